package modeldex_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

var unavailable = status.Error(codes.Unavailable, "back in a moment")

// However a connection ends, the next one begins after the last message, and none is repeated or lost.
func TestWatchGoesOnAfterTheLastToken(t *testing.T) {
	server, stub := script(t,
		connection{[]*modeldexv1.WatchResponse{said(1), said(2)}, unavailable},
		connection{nil, unavailable},
		connection{nil, status.Error(codes.Internal, "broken off")},
		connection{[]*modeldexv1.WatchResponse{said(3)}, nil},
		connection{nil, fails(t, codes.Aborted, "REDELIVERY")},
		connection{nil, fails(t, codes.Aborted, "SUBSCRIPTION_CHANGED")},
		connection{[]*modeldexv1.WatchResponse{said(4)}, nil},
	)
	revisions, err := revisions(t, stub, &modeldexv1.WatchRequest{}, 4)
	if err != nil || !slices.Equal(revisions, []int64{1, 2, 3, 4}) {
		t.Errorf("%v, %v", revisions, err)
	}
	want := []string{"", "after 2", "after 2", "after 2", "after 3", "after 3", "after 3"}
	if tokens := server.tokens(); !slices.Equal(tokens, want) {
		t.Errorf("connected with %q", tokens)
	}
}

// Until something comes, a watch begins where it was told to.
func TestWatchBeginsWhereItWasToldTo(t *testing.T) {
	server, stub := script(t, connection{nil, unavailable}, connection{[]*modeldexv1.WatchResponse{said(8)}, nil})
	start := &modeldexv1.WatchOptions_AfterRevision{AfterRevision: 7}
	request := &modeldexv1.WatchRequest{
		Options: &modeldexv1.WatchOptions{Start: start, OmitBefore: true},
		Models:  &modeldexv1.ModelFilter{ProviderIds: []string{"acme"}},
	}
	if _, err := revisions(t, stub, request, 1); err != nil {
		t.Fatal(err)
	}
	for _, asked := range server.requests() {
		if !proto.Equal(asked, request) {
			t.Errorf("asked for %v", asked)
		}
	}
	if request.Options.Start != start {
		t.Error("the caller's request was changed")
	}
}

// A server that says nothing for three bookmark intervals is left for a connection that says something.
func TestWatchLeavesASilentServer(t *testing.T) {
	server, stub := script(t,
		connection{[]*modeldexv1.WatchResponse{said(1)}, silent}, connection{[]*modeldexv1.WatchResponse{said(2)}, nil})
	request := &modeldexv1.WatchRequest{
		Options: &modeldexv1.WatchOptions{BookmarkInterval: durationpb.New(time.Second)},
	}
	began := time.Now()
	revisions, err := revisions(t, stub, request, 2)
	if err != nil || !slices.Equal(revisions, []int64{1, 2}) || time.Since(began) < 3*time.Second {
		t.Errorf("%v, %v after %v", revisions, err, time.Since(began))
	}
	if tokens := server.tokens(); !slices.Equal(tokens, []string{"", "after 1"}) {
		t.Errorf("connected with %q", tokens)
	}
}

// Whoever reads slowly is not taken for a silent server.
func TestWatchWaitsForItsReader(t *testing.T) {
	server, stub := script(t, connection{[]*modeldexv1.WatchResponse{said(1)}, silent})
	request := &modeldexv1.WatchRequest{
		Options: &modeldexv1.WatchOptions{BookmarkInterval: durationpb.New(time.Second)},
	}
	for _, err := range modeldex.Watch(t.Context(), stub, request) {
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-server.left:
			t.Error("the stream was left")
		case <-time.After(3500 * time.Millisecond):
		}
		break
	}
}

// A server that goes away is given the time it asks for, and so is one that says so with its error.
func TestWatchWaitsAsLongAsAsked(t *testing.T) {
	leaving := said(1)
	leaving.GoingAway = &modeldexv1.WatchGoingAway{RetryAfter: durationpb.New(300 * time.Millisecond)}
	full := fails(t, codes.ResourceExhausted, "TOO_MANY_STREAMS",
		&errdetails.RetryInfo{RetryDelay: durationpb.New(300 * time.Millisecond)})
	_, stub := script(t,
		connection{[]*modeldexv1.WatchResponse{leaving}, nil},
		connection{nil, full},
		connection{[]*modeldexv1.WatchResponse{said(2)}, nil},
	)
	began := time.Now()
	if _, err := revisions(t, stub, &modeldexv1.WatchRequest{}, 2); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 600*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

// A snapshot is one message whose models enter; one that breaks off is not seen.
func TestWatchGivesASnapshotWhole(t *testing.T) {
	server, stub := script(t,
		connection{[]*modeldexv1.WatchResponse{part("acme/one")}, unavailable},
		connection{[]*modeldexv1.WatchResponse{part("acme/one"), part("acme/two"), complete(5), said(6)}, nil},
	)
	var messages []*modeldexv1.WatchResponse
	for message, err := range modeldex.Watch(t.Context(), stub, snapshot()) {
		if messages = append(messages, message); err != nil || len(messages) == 2 {
			break
		}
	}
	first := messages[0]
	if !slices.Equal(entered(first), []string{"acme/one", "acme/two"}) || !first.GetSnapshotComplete() ||
		first.GetRevision() != 5 || len(first.GetSnapshotModels()) != 0 {
		t.Errorf("got %v", first)
	}
	update := first.GetUpdates()[0]
	if update.GetRevision() != 3 || update.GetModel().GetProviderId() != "acme" || update.GetModel().GetVersion() != 2 ||
		update.GetModel().GetType() != modeldexv1.ModelUpdateType_MODEL_UPDATE_TYPE_UNSPECIFIED {
		t.Errorf("entered as %v", update)
	}
	if messages[1].GetSnapshotComplete() || messages[1].GetRevision() != 6 {
		t.Errorf("then %v", messages[1])
	}
	for _, asked := range server.requests() {
		if !asked.GetOptions().GetInitialSnapshot() {
			t.Errorf("asked for %v", asked)
		}
	}
}

// Where its place is gone, a watch that asked for a snapshot takes a new one, and any other ends.
func TestWatchTakesANewSnapshotWhereItsPlaceIsGone(t *testing.T) {
	for _, lost := range []error{
		fails(t, codes.OutOfRange, "REVISION_COMPACTED"),
		fails(t, codes.Aborted, "HISTORY_REWOUND"),
		fails(t, codes.Aborted, "ACCESS_CHANGED"),
	} {
		server, stub := script(t,
			connection{[]*modeldexv1.WatchResponse{part("acme/one"), complete(5), said(9)}, lost},
			connection{[]*modeldexv1.WatchResponse{part("acme/two"), complete(4)}, nil},
		)
		got, err := revisions(t, stub, snapshot(), 3)
		if err != nil || !slices.Equal(got, []int64{5, 9, 4}) {
			t.Errorf("%v: %v, %v", lost, got, err)
		}
		if again := server.requests()[1]; !again.GetOptions().GetInitialSnapshot() {
			t.Errorf("%v: asked for %v", lost, again)
		}

		_, stub = script(t, connection{[]*modeldexv1.WatchResponse{said(9)}, lost})
		if _, err = revisions(t, stub, &modeldexv1.WatchRequest{}, 2); status.Code(err) != status.Code(lost) {
			t.Errorf("without a snapshot %v ends with %v", lost, err)
		}
	}
}

// An error that another attempt would not mend ends the watch at once, with a snapshot or without.
func TestWatchEndsWithFinalErrors(t *testing.T) {
	for _, last := range []error{
		fails(t, codes.InvalidArgument, "INVALID_RESUME_TOKEN"),
		fails(t, codes.Unauthenticated, "UNAUTHENTICATED"),
		fails(t, codes.PermissionDenied, "PERMISSION_DENIED"),
		fails(t, codes.NotFound, "SUBSCRIPTION_NOT_FOUND"),
		fails(t, codes.Aborted, "SUBSCRIPTION_SUPERSEDED"),
		status.Error(codes.AlreadyExists, ""),
		status.Error(codes.FailedPrecondition, ""),
		status.Error(codes.Unimplemented, "unknown service"),
	} {
		server, stub := script(t, connection{[]*modeldexv1.WatchResponse{said(1)}, last})
		got, err := revisions(t, stub, snapshot(), 2)
		if status.Code(err) != status.Code(last) || modeldex.Reason(err) != modeldex.Reason(last) || len(got) != 1 {
			t.Errorf("%v ends with %v, %v", last, got, err)
		}
		if count := len(server.requests()); count != 1 {
			t.Errorf("%d connections before %v", count, last)
		}
	}
}

// Leaving the loop hangs up.
func TestLeavingTheLoopEndsTheStream(t *testing.T) {
	server, stub := script(t, connection{[]*modeldexv1.WatchResponse{said(1)}, silent})
	if _, err := revisions(t, stub, &modeldexv1.WatchRequest{}, 1); err != nil {
		t.Fatal(err)
	}
	select {
	case <-server.left:
	case <-time.After(20 * time.Second):
		t.Error("the stream is still open")
	}
}

// Closing the connection ends the watch.
func TestClosingTheConnectionEndsTheWatch(t *testing.T) {
	server, _ := script(t, connection{[]*modeldexv1.WatchResponse{said(1)}, silent})
	conn, err := modeldex.Connect(modeldex.Config{Target: server.address})
	if err != nil {
		t.Fatal(err)
	}
	var ended error
	stub := modeldexv1.NewSubscriberServiceClient(conn)
	for _, err := range modeldex.Watch(limited(t), stub, &modeldexv1.WatchRequest{}) {
		ended = err
		conn.Close()
	}
	if status.Code(ended) != codes.Canceled {
		t.Errorf("ends with %v", ended)
	}
}

// The end of the context ends the watch, while it reads and while it waits for the next attempt.
func TestTheContextEndsTheWatch(t *testing.T) {
	later := fails(t, codes.Unavailable, "DRAINING", &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Hour)})
	for _, last := range []error{silent, later} {
		_, stub := script(t, connection{[]*modeldexv1.WatchResponse{said(1)}, last})
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		var ended error
		for _, err := range modeldex.Watch(ctx, stub, &modeldexv1.WatchRequest{}) {
			ended = err
		}
		if !errors.Is(ended, context.DeadlineExceeded) {
			t.Errorf("ends with %v", ended)
		}
	}
}

// revisions gives those of so many messages, or of those before an error.
func revisions(
	t *testing.T, stub modeldexv1.SubscriberServiceClient, request *modeldexv1.WatchRequest, count int,
) ([]int64, error) {
	t.Helper()
	var revisions []int64
	for message, err := range modeldex.Watch(limited(t), stub, request) {
		if err != nil {
			return revisions, err
		}
		if revisions = append(revisions, message.GetRevision()); len(revisions) == count {
			break
		}
	}
	return revisions, nil
}

func part(id string) *modeldexv1.WatchResponse {
	return &modeldexv1.WatchResponse{
		SnapshotModels: []*modeldexv1.Model{{Id: id, ProviderId: "acme", Version: 2, Revision: 3}},
	}
}

func complete(revision int64) *modeldexv1.WatchResponse {
	message := said(revision)
	message.SnapshotComplete = true
	return message
}

func snapshot() *modeldexv1.WatchRequest {
	start := &modeldexv1.WatchOptions_InitialSnapshot{InitialSnapshot: true}
	return &modeldexv1.WatchRequest{Options: &modeldexv1.WatchOptions{Start: start}}
}

// entered names the models that enter with a message.
func entered(message *modeldexv1.WatchResponse) []string {
	var ids []string
	for _, update := range message.GetUpdates() {
		if update.GetTransition() == modeldexv1.UpdateTransition_UPDATE_TRANSITION_ENTERED {
			ids = append(ids, update.GetModel().GetAfter().GetId())
		}
	}
	return ids
}
