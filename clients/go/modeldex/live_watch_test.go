package modeldex_test

import (
	"context"
	"crypto/rand"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// A watch that begins from now tells of what is saved after its first message.
func TestWatchSeesASave(t *testing.T) {
	shelf := newShelf(t)
	revision := int64(0)
	for message, err := range modeldex.Watch(limited(t), subscriber(t), shelf.request(nil)) {
		if err != nil {
			t.Fatal(err)
		}
		if revision == 0 {
			revision = shelf.save("one", "Acme One")
		}
		if updates := message.GetUpdates(); len(updates) > 0 {
			after := updates[0].GetModel().GetAfter()
			if updates[0].GetRevision() != revision || after.GetDisplayName() != "Acme One" {
				t.Errorf("saved at %d, saw %v", revision, updates[0])
			}
			break
		}
	}
}

// After a revision, and after a token, comes what came after it and nothing else.
func TestWatchBeginsAfterARevisionOrAToken(t *testing.T) {
	shelf := newShelf(t)
	first, second := shelf.save("one", ""), shelf.save("two", "")

	after := &modeldexv1.WatchOptions_AfterRevision{AfterRevision: first}
	message := next(t, shelf.request(&modeldexv1.WatchOptions{Start: after}))
	if updates := message.GetUpdates(); len(updates) != 1 || updates[0].GetRevision() != second {
		t.Errorf("after %d came %v", first, updates)
	}

	third := shelf.save("three", "")
	token := &modeldexv1.WatchOptions_ResumeToken{ResumeToken: message.GetResumeToken()}
	updates := next(t, shelf.request(&modeldexv1.WatchOptions{Start: token})).GetUpdates()
	if len(updates) != 1 || updates[0].GetRevision() != third {
		t.Errorf("after the token of %d came %v", second, updates)
	}
}

// A copy that a snapshot and the updates after it keep is what the list gives.
func TestWatchKeepsACopy(t *testing.T) {
	shelf := newShelf(t)
	shelf.save("one", "before")
	before := shelf.list(shelf.save("two", "before")) // From here on the replica has both.
	copied, last := map[string]string{}, int64(0)
	for message, err := range modeldex.Watch(limited(t), subscriber(t), shelf.request(snapshot().GetOptions())) {
		if err != nil {
			t.Fatal(err)
		}
		if message.GetSnapshotComplete() {
			clear(copied)
		}
		for _, update := range message.GetUpdates() {
			model := update.GetModel()
			switch update.GetTransition() {
			case modeldexv1.UpdateTransition_UPDATE_TRANSITION_LEFT:
				delete(copied, model.GetModelId())
			default:
				copied[model.GetModelId()] = model.GetAfter().GetDisplayName()
			}
		}
		if last == 0 {
			if !message.GetSnapshotComplete() || !maps.Equal(copied, before) {
				t.Errorf("the snapshot has %v", copied)
			}
			shelf.save("one", "after")
			shelf.save("three", "after")
			last = shelf.delete("two")
		}
		if message.GetRevision() >= last {
			break
		}
	}
	if listed := shelf.list(last); !maps.Equal(copied, listed) || len(listed) != 2 {
		t.Errorf("copied %v, listed %v", copied, listed)
	}
}

// shelf holds the models of one test, under a provider of their own.
type shelf struct {
	t         *testing.T
	catalogue modeldexv1.DiscoveryServiceClient
	provider  string
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	catalogue, _ := connect(t, writerToken(t))
	return &shelf{t, catalogue, "go-" + strings.ToLower(rand.Text())}
}

func (s *shelf) save(name, displayName string) int64 {
	s.t.Helper()
	saved, err := s.catalogue.SaveModel(s.t.Context(), &modeldexv1.SaveModelRequest{
		Model: &modeldexv1.Model{Id: s.provider + "/" + name, DisplayName: displayName}, RequestId: rand.Text(),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return saved.GetRevision()
}

func (s *shelf) delete(name string) int64 {
	s.t.Helper()
	request := &modeldexv1.DeleteModelRequest{Id: s.provider + "/" + name, RequestId: rand.Text()}
	deleted, err := s.catalogue.DeleteModel(s.t.Context(), request)
	if err != nil {
		s.t.Fatal(err)
	}
	return deleted.GetRevision()
}

// list gives the names of the shelf's models by their ids, as of a revision or later.
func (s *shelf) list(revision int64) map[string]string {
	s.t.Helper()
	names := map[string]string{}
	request := &modeldexv1.ListModelsRequest{Filter: s.models(), MinRevision: revision}
	for model, err := range modeldex.Models(s.t.Context(), s.catalogue, request) {
		if err != nil {
			s.t.Fatal(err)
		}
		names[model.GetId()] = model.GetDisplayName()
	}
	return names
}

func (s *shelf) request(options *modeldexv1.WatchOptions) *modeldexv1.WatchRequest {
	return &modeldexv1.WatchRequest{Models: s.models(), Options: options}
}

func (s *shelf) models() *modeldexv1.ModelFilter {
	return &modeldexv1.ModelFilter{ProviderIds: []string{s.provider}}
}

func subscriber(t *testing.T) modeldexv1.SubscriberServiceClient {
	t.Helper()
	token(t)
	conn, err := modeldex.Connect(modeldex.FromEnv())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return modeldexv1.NewSubscriberServiceClient(conn)
}

// next gives the first message of a watch that has updates.
func next(t *testing.T, request *modeldexv1.WatchRequest) *modeldexv1.WatchResponse {
	t.Helper()
	for message, err := range modeldex.Watch(limited(t), subscriber(t), request) {
		if err != nil {
			t.Fatal(err)
		}
		if len(message.GetUpdates()) > 0 {
			return message
		}
	}
	return nil
}

// limited ends a watch that gets stuck.
func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}
