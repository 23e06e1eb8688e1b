package modeldex_test

import (
	"context"
	"net"
	"os"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// A read is tried again while the server is away, and the caller does not notice.
func TestReadIsTriedAgain(t *testing.T) {
	server, catalogue := awayFor(t, 2)
	if _, err := catalogue.GetModel(t.Context(), &modeldexv1.GetModelRequest{Id: "acme/one"}); err != nil {
		t.Error(err)
	}
	if server.calls != 3 {
		t.Errorf("%d calls", server.calls)
	}
}

// What the contract does not call idempotent is tried once.
func TestBenchmarkIsNotTriedAgain(t *testing.T) {
	server, catalogue := awayFor(t, 2)
	_, err := catalogue.BenchmarkModel(t.Context(), &modeldexv1.BenchmarkModelRequest{})
	if status.Code(err) != codes.Unavailable || server.calls != 1 {
		t.Errorf("%v after %d calls", err, server.calls)
	}
}

// The embedded retries are those of the contract; `go generate ./...` brings them up to date.
func TestServiceConfigIsCurrent(t *testing.T) {
	contract, err := os.ReadFile("../../../generated/service_config.json")
	if err != nil {
		t.Skip("not in modeldex's repository")
	}
	ours, err := os.ReadFile("service_config.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(ours) != string(contract) {
		t.Error("service_config.json is not generated/service_config.json: run `go generate ./...`")
	}
}

// away answers UNAVAILABLE to the first calls. One call at a time, so a plain counter does.
type away struct {
	modeldexv1.UnimplementedDiscoveryServiceServer
	calls, failing int
}

func (a *away) answer() error {
	if a.calls++; a.calls <= a.failing {
		return status.Error(codes.Unavailable, "back in a moment")
	}
	return nil
}

func (a *away) GetModel(context.Context, *modeldexv1.GetModelRequest) (*modeldexv1.GetModelResponse, error) {
	return &modeldexv1.GetModelResponse{}, a.answer()
}

func (a *away) BenchmarkModel(
	context.Context, *modeldexv1.BenchmarkModelRequest,
) (*modeldexv1.BenchmarkModelResponse, error) {
	return &modeldexv1.BenchmarkModelResponse{}, a.answer()
}

func awayFor(t *testing.T, failing int) (*away, modeldexv1.DiscoveryServiceClient) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service, server := &away{failing: failing}, grpc.NewServer()
	modeldexv1.RegisterDiscoveryServiceServer(server, service)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	conn, err := modeldex.Connect(modeldex.Config{Target: listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return service, modeldexv1.NewDiscoveryServiceClient(conn)
}
