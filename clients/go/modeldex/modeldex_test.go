package modeldex_test

import (
	"context"
	"crypto/rand"
	"maps"
	"math/big"
	"os"
	"slices"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// cheapVision is a list of several pages.
func cheapVision() *modeldexv1.ListModelsRequest {
	return &modeldexv1.ListModelsRequest{
		Filter: &modeldexv1.ModelFilter{
			CapabilitiesTrue: []string{"function_calling"},
			InputModalities:  []modeldexv1.Modality{modeldexv1.Modality_MODALITY_IMAGE},
			PriceCeilings:    []*modeldexv1.PriceCeiling{{Meter: "input", MaxAmount: "0.50"}},
		},
		SortField:        modeldexv1.ModelSortField_MODEL_SORT_FIELD_INPUT_PRICE,
		PageSize:         100,
		IncludeTotalSize: true,
	}
}

// Every model of a list comes once, on all its pages, in the order asked for.
func TestModelsWalksAllPages(t *testing.T) {
	catalogue, calls := connect(t, token(t))
	first, err := catalogue.ListModels(t.Context(), cheapVision())
	if err != nil {
		t.Fatal(err)
	}
	calls.n = 0 // Counts the pages from here on.

	seen, last := map[string]bool{}, new(big.Rat)
	for model, err := range modeldex.Models(t.Context(), catalogue, cheapVision()) {
		if err != nil {
			t.Fatal(err)
		}
		if !model.GetCapabilities()["function_calling"].GetFlag() ||
			!slices.Contains(model.GetInputModalities(), modeldexv1.Modality_MODALITY_IMAGE) {
			t.Errorf("%s does not meet the filter", model.GetId())
		}
		price, ok := new(big.Rat).SetString(model.GetPrices()["input"].GetAmount())
		if !ok || price.Cmp(last) < 0 {
			t.Errorf("%s for %v comes after one for %v", model.GetId(), price, last)
		}
		seen[model.GetId()], last = true, price
	}

	if total := int(first.GetTotalSize()); len(seen) != total || total <= 100 {
		t.Errorf("walked %d models of %d", len(seen), total)
	}
	if pages := (int(first.GetTotalSize()) + 99) / 100; calls.n != pages {
		t.Errorf("asked for %d pages of %d", calls.n, pages)
	}
}

// A loop that stops early asks for no page that it does not need, and leaves the request as it was.
func TestModelsAsksForPagesAsTheLoopReachesThem(t *testing.T) {
	catalogue, calls := connect(t, token(t))
	request := cheapVision()
	count := 0
	for range modeldex.Models(t.Context(), catalogue, request) {
		if count++; count == 101 { // The first of the second page.
			break
		}
	}
	if calls.n != 2 || request.GetPageToken() != "" {
		t.Errorf("%d calls, page token %q left in the request", calls.n, request.GetPageToken())
	}
}

// The first error ends the walk and reaches the loop.
func TestModelsEndsWithAnError(t *testing.T) {
	catalogue, _ := connect(t, token(t))
	request := &modeldexv1.ListModelsRequest{PageToken: "forged"}
	var failures []modeldexv1.ErrorReason
	for _, err := range modeldex.Models(t.Context(), catalogue, request) {
		failures = append(failures, modeldex.Reason(err))
	}
	if !slices.Equal(failures, []modeldexv1.ErrorReason{modeldexv1.ErrorReason_ERROR_REASON_INVALID_PAGE_TOKEN}) {
		t.Errorf("got %v", failures)
	}
}

// A model is got by its id.
func TestGetsOneModel(t *testing.T) {
	catalogue, _ := connect(t, token(t))
	answer, err := catalogue.GetModel(t.Context(), &modeldexv1.GetModelRequest{Id: "openai/gpt-4o"})
	if err != nil {
		t.Fatal(err)
	}
	if model := answer.GetModel(); model.GetProviderModelId() != "gpt-4o" || model.GetVersion() < 1 {
		t.Errorf("got %v", model)
	}
}

// An id without a model is named in the answer of a batch and is no error.
func TestBatchNamesMissingIDs(t *testing.T) {
	catalogue, _ := connect(t, token(t))
	answer, err := catalogue.BatchGetModels(t.Context(), &modeldexv1.BatchGetModelsRequest{
		Ids: []string{"openai/gpt-4o", "openai/gpt-9"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.GetModels()) != 1 || !slices.Equal(answer.GetMissingIds(), []string{"openai/gpt-9"}) {
		t.Errorf("%d models, missing %v", len(answer.GetModels()), answer.GetMissingIds())
	}
}

// An error tells its reason and what varies in it.
func TestMissingModelHasAReason(t *testing.T) {
	catalogue, _ := connect(t, token(t))
	_, err := catalogue.GetModel(t.Context(), &modeldexv1.GetModelRequest{Id: "openai/gpt-9"})
	expect(t, err, codes.NotFound, modeldexv1.ErrorReason_ERROR_REASON_MODEL_NOT_FOUND)
	want := map[string]string{"model_id": "openai/gpt-9", "state": "unknown"}
	if metadata := modeldex.Info(err).GetMetadata(); !maps.Equal(metadata, want) {
		t.Errorf("metadata %v, want %v", metadata, want)
	}
}

// A write is read back by whoever passes on its revision.
func TestReadsItsOwnWrite(t *testing.T) {
	writer, _ := connect(t, writerToken(t))
	reader, _ := connect(t, token(t))
	id := "acme/go-" + rand.Text()
	saved, err := writer.SaveModel(t.Context(), &modeldexv1.SaveModelRequest{
		Model: &modeldexv1.Model{Id: id, DisplayName: "Acme Go"}, RequestId: rand.Text(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		request := &modeldexv1.DeleteModelRequest{Id: id, RequestId: rand.Text()}
		if _, err := writer.DeleteModel(context.Background(), request); err != nil {
			t.Error(err)
		}
	})

	read, err := reader.GetModel(t.Context(), &modeldexv1.GetModelRequest{Id: id, MinRevision: saved.GetRevision()})
	if err != nil {
		t.Fatal(err)
	}
	if read.GetModel().GetDisplayName() != "Acme Go" || read.GetRevision() < saved.GetRevision() {
		t.Errorf("saved at revision %d, read %v at %d", saved.GetRevision(), read.GetModel(), read.GetRevision())
	}
}

// A reader's token does not save.
func TestReaderMayNotSave(t *testing.T) {
	catalogue, _ := connect(t, token(t))
	_, err := catalogue.SaveModel(t.Context(), &modeldexv1.SaveModelRequest{
		Model: &modeldexv1.Model{Id: "acme/go-refused"}, RequestId: rand.Text(),
	})
	expect(t, err, codes.PermissionDenied, modeldexv1.ErrorReason_ERROR_REASON_PERMISSION_DENIED)
	if required := modeldex.Info(err).GetMetadata()["required_role"]; required != "writer" {
		t.Errorf("required role %q", required)
	}
}

// A token that the server does not know is refused.
func TestWrongTokenIsRefused(t *testing.T) {
	token(t)
	catalogue, _ := connect(t, "mdx_wrong")
	_, err := catalogue.GetModel(t.Context(), &modeldexv1.GetModelRequest{Id: "openai/gpt-4o"})
	expect(t, err, codes.Unauthenticated, modeldexv1.ErrorReason_ERROR_REASON_UNAUTHENTICATED)
}

// counter counts the calls of a connection.
type counter struct{ n int }

func (c *counter) count(ctx context.Context, method string, request, answer any, conn *grpc.ClientConn,
	call grpc.UnaryInvoker, options ...grpc.CallOption) error {
	c.n++
	return call(ctx, method, request, answer, conn, options...)
}

func connect(t *testing.T, token string) (modeldexv1.DiscoveryServiceClient, *counter) {
	t.Helper()
	config := modeldex.FromEnv()
	config.Token = token
	calls := &counter{}
	conn, err := modeldex.Connect(config, grpc.WithUnaryInterceptor(calls.count))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return modeldexv1.NewDiscoveryServiceClient(conn), calls
}

func token(t *testing.T) string       { return need(t, "MODELDEX_TOKEN") }
func writerToken(t *testing.T) string { return need(t, "MODELDEX_WRITER_TOKEN") }

// need gives the value of a variable that says which server to test against, and skips the test without it.
func need(t *testing.T, name string) string {
	t.Helper()
	for _, needed := range []string{"MODELDEX_TARGET", name} {
		if os.Getenv(needed) == "" {
			t.Skipf("%s is not set: this test asks a running server", needed)
		}
	}
	return os.Getenv(name)
}

func expect(t *testing.T, err error, code codes.Code, reason modeldexv1.ErrorReason) {
	t.Helper()
	if status.Code(err) != code || modeldex.Reason(err) != reason {
		t.Errorf("got %v (%v), want %v (%v)", err, modeldex.Reason(err), code, reason)
	}
}
