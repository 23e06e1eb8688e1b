// Command tour shows what a modeldex server answers: it lists, gets, gets a batch, meets an error, and saves a model.
//
// MODELDEX_TARGET and MODELDEX_TOKEN say whom to ask; see modeldex.FromEnv for the rest. With MODELDEX_WRITER_TOKEN it
// also saves a private model, sees that in a watch, reads it back and deletes it.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := tour(ctx, modeldex.FromEnv(), os.Getenv("MODELDEX_WRITER_TOKEN")); err != nil {
		log.Fatal("tour: ", explain(err))
	}
}

// explain says what a person can do about an error.
func explain(err error) string {
	switch {
	case modeldex.Reason(err) == modeldexv1.ErrorReason_ERROR_REASON_UNAUTHENTICATED:
		return "the server asks for a token that it knows; set MODELDEX_TOKEN"
	case status.Code(err) == codes.Unavailable && modeldex.Info(err) == nil:
		return "no modeldex server answers; start one with `modeldex serve`, or set MODELDEX_TARGET and MODELDEX_TLS\n  " +
			status.Convert(err).Message()
	default:
		return status.Convert(err).Message()
	}
}

func tour(ctx context.Context, config modeldex.Config, writerToken string) error {
	conn, err := modeldex.Connect(config)
	if err != nil {
		return err
	}
	defer conn.Close()

	// One deadline for the whole tour: every call below hands on what is left of it.
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()

	catalogue := modeldexv1.NewDiscoveryServiceClient(conn)
	for _, stop := range []func(context.Context, modeldexv1.DiscoveryServiceClient) error{list, get, batch, miss} {
		if err := stop(ctx, catalogue); err != nil {
			return err
		}
	}
	if writerToken == "" {
		fmt.Println("Set MODELDEX_WRITER_TOKEN to see a model saved, too.")
		return nil
	}
	config.Token = writerToken
	return write(ctx, config)
}

// list walks all pages of a filtered list. It shows the ten cheapest models that are not free, and counts the others.
func list(ctx context.Context, catalogue modeldexv1.DiscoveryServiceClient) error {
	request := &modeldexv1.ListModelsRequest{
		Filter: &modeldexv1.ModelFilter{
			CapabilitiesTrue: []string{"function_calling"},
			InputModalities:  []modeldexv1.Modality{modeldexv1.Modality_MODALITY_IMAGE},
			PriceCeilings:    []*modeldexv1.PriceCeiling{{Meter: "input", MaxAmount: "0.50"}},
		},
		SortField: modeldexv1.ModelSortField_MODEL_SORT_FIELD_INPUT_PRICE,
		PageSize:  200,
	}
	var rows []string
	free := 0
	for model, err := range modeldex.Models(ctx, catalogue, request) {
		if err != nil {
			return err
		}
		if dollars(model, "input") == "free" {
			free++
		} else {
			rows = append(rows, row(model))
		}
	}
	shown := rows[:min(10, len(rows))]
	fmt.Print("Models that see images, call functions and take a million tokens for $0.50 or less, cheapest first:\n\n")
	fmt.Printf("%10s %10s %12s   %s\n", "input", "output", "context", "model")
	fmt.Println(strings.Join(shown, "\n"))
	fmt.Printf("... and %d more, beside %d that are free\n\n", len(rows)-len(shown), free)
	return nil
}

// get shows one model.
func get(ctx context.Context, catalogue modeldexv1.DiscoveryServiceClient) error {
	answer, err := catalogue.GetModel(ctx, &modeldexv1.GetModelRequest{Id: "openai/gpt-4o"})
	if err != nil {
		return err
	}
	model := answer.GetModel()
	fmt.Printf("%s is %s: %s in, %s out, %s tokens of context. Version %d, current through revision %d.\n",
		model.GetId(), model.GetDisplayName(), dollars(model, "input"), dollars(model, "output"), tokens(model),
		model.GetVersion(), answer.GetRevision())
	return nil
}

// batch gets several models in one call. An id without a model is an answer, not an error.
func batch(ctx context.Context, catalogue modeldexv1.DiscoveryServiceClient) error {
	ids := []string{"openai/gpt-4o", "anthropic/claude-sonnet-4-5", "openai/gpt-9"}
	answer, err := catalogue.BatchGetModels(ctx, &modeldexv1.BatchGetModelsRequest{Ids: ids})
	if err != nil {
		return err
	}
	fmt.Printf("Of %d ids asked for in one call, %d have a model; missing: %s.\n", len(ids), len(answer.GetModels()),
		strings.Join(answer.GetMissingIds(), ", "))
	return nil
}

// miss asks for a model that is not there and decides by the reason of the error.
func miss(ctx context.Context, catalogue modeldexv1.DiscoveryServiceClient) error {
	_, err := catalogue.GetModel(ctx, &modeldexv1.GetModelRequest{Id: "openai/gpt-9"})
	switch modeldex.Reason(err) {
	case modeldexv1.ErrorReason_ERROR_REASON_MODEL_NOT_FOUND:
		metadata := modeldex.Info(err).GetMetadata()
		fmt.Printf("No model %s; its state is %q.\n", metadata["model_id"], metadata["state"])
		return nil
	default:
		return err
	}
}

// write saves a private model, sees it in a watch, reads it back as any replica would answer, and deletes it.
func write(ctx context.Context, config modeldex.Config) error {
	conn, err := modeldex.Connect(config)
	if err != nil {
		return err
	}
	defer conn.Close()
	catalogue := modeldexv1.NewDiscoveryServiceClient(conn)
	revision, err := watch(ctx, modeldexv1.NewSubscriberServiceClient(conn), catalogue)
	if err != nil {
		return err
	}
	// Whichever replica answers, it has this write.
	read, err := catalogue.GetModel(ctx, &modeldexv1.GetModelRequest{Id: "acme/go-tour", MinRevision: revision})
	if err != nil {
		return err
	}
	fmt.Printf("Saved %s at revision %d and read version %d back.\n", read.GetModel().GetId(), revision,
		read.GetModel().GetVersion())

	_, err = catalogue.DeleteModel(ctx, &modeldexv1.DeleteModelRequest{
		Id: "acme/go-tour", RequestId: rand.Text(), Reason: "the Go tour is over",
	})
	return err
}

// watch saves a model while it watches, until it sees that. It gives the revision that saved it.
func watch(
	ctx context.Context, subscriber modeldexv1.SubscriberServiceClient, catalogue modeldexv1.DiscoveryServiceClient,
) (revision int64, err error) {
	request := &modeldexv1.WatchRequest{Models: &modeldexv1.ModelFilter{ProviderIds: []string{"acme"}}}
	for message, err := range modeldex.Watch(ctx, subscriber, request) {
		if err != nil {
			return 0, err
		}
		if revision == 0 { // With its first message the watch has begun: what is saved now will come.
			if revision, err = save(ctx, catalogue); err != nil {
				return 0, err
			}
		}
		for _, update := range message.GetUpdates() {
			if update.GetRevision() == revision {
				fmt.Printf("The watch tells at revision %d of %s, by %s because of %s.\n", revision,
					update.GetModel().GetModelId(), update.GetPrincipal(), update.GetReason())
				return revision, nil
			}
		}
	}
	return revision, nil
}

// save saves a private model. It gives the revision that holds it.
func save(ctx context.Context, catalogue modeldexv1.DiscoveryServiceClient) (int64, error) {
	saved, err := catalogue.SaveModel(ctx, &modeldexv1.SaveModelRequest{
		Model: &modeldexv1.Model{
			Id:              "acme/go-tour",
			DisplayName:     "Go tour",
			InputModalities: []modeldexv1.Modality{modeldexv1.Modality_MODALITY_TEXT},
			Prices: map[string]*modeldexv1.Price{
				"input": {Amount: "0.15", Unit: modeldexv1.PriceUnit_PRICE_UNIT_MILLION_TOKENS},
			},
		},
		RequestId: rand.Text(), // A retry of this call saves once.
		Reason:    "the Go tour",
	})
	return saved.GetRevision(), err
}

// row is a line of the table.
func row(model *modeldexv1.Model) string {
	return fmt.Sprintf("%10s %10s %12s   %s", dollars(model, "input"), dollars(model, "output"), tokens(model),
		model.GetId())
}

// dollars tells free ("0") from unknown (absent). The amount stays the decimal number it is: a float would round it.
func dollars(model *modeldexv1.Model, meter string) string {
	price, known := model.GetPrices()[meter]
	switch {
	case !known:
		return "?"
	case price.GetAmount() == "0":
		return "free"
	default:
		return "$" + cents(price.GetAmount())
	}
}

// cents writes at least two digits after the point, as people write money.
func cents(amount string) string {
	whole, fraction, _ := strings.Cut(amount, ".")
	for len(fraction) < 2 {
		fraction += "0"
	}
	return whole + "." + fraction
}

// tokens reads the field itself, because its getter gives 0 for an unknown window.
func tokens(model *modeldexv1.Model) string {
	if model.ContextWindow == nil {
		return "?"
	}
	return fmt.Sprint(*model.ContextWindow)
}
