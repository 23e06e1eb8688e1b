// Command follow prints a line for each change of the catalogue, until it is interrupted: the revision, the ordinal
// within it, and what it is about.
//
// With a revision as its argument it begins after that one, 0 being the beginning of the log; without, with what is
// committed from now on. MODELDEX_TARGET and MODELDEX_TOKEN say whom to ask; see modeldex.FromEnv for the rest.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	request, err := begin(os.Args[1:])
	if err != nil {
		log.Fatal("usage: follow [REVISION]")
	}
	if err := follow(ctx, request); !errors.Is(err, context.Canceled) {
		log.Fatal("follow: ", err)
	}
}

func begin(arguments []string) (*modeldexv1.WatchRequest, error) {
	if len(arguments) == 0 {
		return &modeldexv1.WatchRequest{}, nil
	}
	revision, err := strconv.ParseInt(arguments[0], 10, 64)
	start := &modeldexv1.WatchOptions_AfterRevision{AfterRevision: revision}
	return &modeldexv1.WatchRequest{Options: &modeldexv1.WatchOptions{Start: start}}, err
}

func follow(ctx context.Context, request *modeldexv1.WatchRequest) error {
	conn, err := modeldex.Connect(modeldex.FromEnv())
	if err != nil {
		return err
	}
	defer conn.Close()
	for message, err := range modeldex.Watch(ctx, modeldexv1.NewSubscriberServiceClient(conn), request) {
		if err != nil {
			return err
		}
		for _, update := range message.GetUpdates() {
			fmt.Println(update.GetRevision(), update.GetOrdinal(), subject(update))
		}
	}
	return nil
}

// subject says what an update is about. The getters of a kind that it is not give nothing.
func subject(update *modeldexv1.UpdateEvent) string {
	return cmp.Or(update.GetModel().GetModelId(), update.GetProvider().GetProviderId(),
		update.GetCapability().GetCapability(), update.GetLifecycle().GetModelId(), update.GetOperation().GetMessage())
}
