package modeldex_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// What openai/gpt-4o costs and how much it reads, within five seconds.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := modeldex.Connect(modeldex.FromEnv())
	if err != nil {
		log.Fatal(err)
	}
	catalogue := modeldexv1.NewDiscoveryServiceClient(conn)
	answer, err := catalogue.GetModel(ctx, &modeldexv1.GetModelRequest{Id: "openai/gpt-4o"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.GetModel().GetPrices()["input"].GetAmount(), answer.GetModel().GetContextWindow())
}

// What changes in the catalogue, for as long as the program runs.
func ExampleWatch() {
	ctx := context.Background()
	conn, err := modeldex.Connect(modeldex.FromEnv())
	if err != nil {
		log.Fatal(err)
	}
	subscriber := modeldexv1.NewSubscriberServiceClient(conn)
	for message, err := range modeldex.Watch(ctx, subscriber, &modeldexv1.WatchRequest{}) {
		if err != nil {
			log.Fatal(err)
		}
		for _, update := range message.GetUpdates() {
			fmt.Println(update.GetRevision(), update.GetModel().GetModelId(), update.GetModel().GetChanges())
		}
	}
}
