package modeldex

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// What the contract says of bookmark_interval.
const shortestBookmarks, bookmarks, longestBookmarks = time.Second, 10 * time.Second, time.Minute

// A connection on which nothing came for so many intervals of bookmarks counts as dead.
const silentIntervals = 3

var errSilent = status.Error(codes.Unavailable, "nothing came for three bookmark intervals")

// Watch gives the messages of a watch as they come, over as many connections as it takes. It begins where the request's
// options.start says: with what is committed from now on, after a revision, after a token, or with a snapshot.
//
// Where the connection is lost, the server goes away or nothing comes for three bookmark intervals, it connects again,
// to any replica, and goes on after the last message: every update comes once, in order. The resume_token of a message
// continues after it in another process, too. With the first message the watch has begun: from then on nothing is
// missed.
//
// A snapshot comes as one message with snapshot_complete: each of its models is an update with `after`, the transition
// ENTERED and no type. It takes the place of all that came before, so a copy drops what it does not name. A watch that
// asked for a snapshot gets a new one where the log does not keep its place any more; another one ends.
//
// An error that another attempt would not mend ends the loop, and so does the end of the context: the last value is
// that error. Leaving the loop hangs up; nothing else is to be closed.
func Watch(
	ctx context.Context,
	stub modeldexv1.SubscriberServiceClient,
	request *modeldexv1.WatchRequest,
	options ...grpc.CallOption,
) iter.Seq2[*modeldexv1.WatchResponse, error] {
	return func(yield func(*modeldexv1.WatchResponse, error) bool) {
		ask := proto.CloneOf(request) // The caller's request stays as it is and can be watched again.
		if ask.Options == nil {
			ask.Options = &modeldexv1.WatchOptions{}
		}
		start := ask.Options.Start
		for wait := newBackoff(); ; {
			var ended error
			var asked time.Duration
			for message, err := range whole(connect(ctx, stub, ask, options)) {
				if err != nil {
					ended = err
					break
				}
				wait.reset()
				ask.Options.Start = &modeldexv1.WatchOptions_ResumeToken{ResumeToken: message.GetResumeToken()}
				asked = message.GetGoingAway().GetRetryAfter().AsDuration()
				if !yield(message, nil) {
					return
				}
			}
			switch {
			case ctx.Err() != nil:
				yield(nil, ctx.Err())
				return
			case gone(ended) && request.GetOptions().GetInitialSnapshot():
				ask.Options.Start = start
			case final(ended):
				yield(nil, ended)
				return
			}
			pause(ctx, wait.next(max(asked, retryAfter(ended))))
		}
	}
}

// connect gives the messages of one connection, until it ends.
func connect(
	ctx context.Context,
	stub modeldexv1.SubscriberServiceClient,
	request *modeldexv1.WatchRequest,
	options []grpc.CallOption,
) iter.Seq2[*modeldexv1.WatchResponse, error] {
	return func(yield func(*modeldexv1.WatchResponse, error) bool) {
		ctx, hangUp := context.WithCancelCause(ctx)
		defer hangUp(nil)
		limit := silence(request.GetOptions())
		silent := time.AfterFunc(limit, func() { hangUp(errSilent) })
		defer silent.Stop()
		stream, err := stub.Watch(ctx, request, options...)
		for err == nil {
			var message *modeldexv1.WatchResponse
			if message, err = stream.Recv(); err != nil {
				break
			}
			silent.Stop() // Whoever reads may take long: that is no silence of the server.
			if !yield(message, nil) {
				return
			}
			silent.Reset(limit)
		}
		switch {
		case context.Cause(ctx) == errSilent:
			yield(nil, errSilent)
		case !errors.Is(err, io.EOF):
			yield(nil, err)
		}
	}
}

// whole joins the parts of a snapshot, which have no token: a snapshot that breaks off begins anew.
func whole(parts iter.Seq2[*modeldexv1.WatchResponse, error]) iter.Seq2[*modeldexv1.WatchResponse, error] {
	return func(yield func(*modeldexv1.WatchResponse, error) bool) {
		var entered []*modeldexv1.UpdateEvent
		for part, err := range parts {
			for _, model := range part.GetSnapshotModels() {
				entered = append(entered, enters(model))
			}
			if err == nil && part.GetResumeToken() == "" {
				continue
			}
			if part.GetSnapshotComplete() {
				part.SnapshotModels, part.Updates = nil, append(entered, part.Updates...)
				entered = nil
			}
			if !yield(part, err) {
				return
			}
		}
	}
}

// enters is a model of a snapshot as an update.
func enters(model *modeldexv1.Model) *modeldexv1.UpdateEvent {
	return &modeldexv1.UpdateEvent{
		Revision:   model.GetRevision(),
		Time:       model.GetUpdateTime(),
		Transition: modeldexv1.UpdateTransition_UPDATE_TRANSITION_ENTERED,
		Update: &modeldexv1.UpdateEvent_Model{Model: &modeldexv1.ModelUpdate{
			ModelId:    model.GetId(),
			ProviderId: model.GetProviderId(),
			Version:    model.GetVersion(),
			After:      model,
		}},
	}
}

// final says whether an error ends a watch: another attempt would not mend it.
func final(err error) bool {
	switch status.Code(err) {
	case codes.Aborted:
		return !again(err)
	case codes.AlreadyExists, codes.FailedPrecondition, codes.InvalidArgument, codes.NotFound, codes.OutOfRange,
		codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented:
		return true
	default:
		return errors.Is(err, grpc.ErrClientConnClosing) // By the caller: a stream that a server cancels is opened anew.
	}
}

// again says whether the stream of a subscription ended so that it is opened anew.
func again(err error) bool {
	reason := Reason(err)
	return reason == modeldexv1.ErrorReason_ERROR_REASON_REDELIVERY ||
		reason == modeldexv1.ErrorReason_ERROR_REASON_SUBSCRIPTION_CHANGED
}

// gone says whether an error means that the place in the log is worth nothing any more, which a new snapshot mends.
func gone(err error) bool {
	switch status.Code(err) {
	case codes.OutOfRange:
		return true
	case codes.Aborted: // The history was rewound, or the caller may see other models now.
		return !again(err) && Reason(err) != modeldexv1.ErrorReason_ERROR_REASON_SUBSCRIPTION_SUPERSEDED
	default:
		return false
	}
}

// retryAfter is how long the server asks to wait before the next attempt.
func retryAfter(err error) time.Duration {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return info.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

// silence is how long nothing may come. Outside of the contract's bounds the server has to refuse, so it gets its time.
func silence(options *modeldexv1.WatchOptions) time.Duration {
	interval := bookmarks
	if options.GetBookmarkInterval() != nil {
		interval = options.GetBookmarkInterval().AsDuration()
	}
	return silentIntervals * min(max(interval, shortestBookmarks), longestBookmarks)
}

func pause(ctx context.Context, wait time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}
