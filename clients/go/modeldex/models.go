package modeldex

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// Models gives every model of a list, on however many pages: the next page is asked for when the loop comes to it.
// The first error ends the loop; models before it were given. The context limits the whole walk.
func Models(
	ctx context.Context,
	stub modeldexv1.DiscoveryServiceClient,
	request *modeldexv1.ListModelsRequest,
	options ...grpc.CallOption,
) iter.Seq2[*modeldexv1.Model, error] {
	return func(yield func(*modeldexv1.Model, error) bool) {
		ask := proto.CloneOf(request) // The caller's request stays as it is and can be walked again.
		for {
			page, err := stub.ListModels(ctx, ask, options...)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, model := range page.GetModels() {
				if !yield(model, nil) {
					return
				}
			}
			if ask.PageToken = page.GetNextPageToken(); ask.PageToken == "" {
				return
			}
		}
	}
}
