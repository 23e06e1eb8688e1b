package modeldex_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// A token leaves this machine only under TLS.
func TestTokenStaysOnThisMachineWithoutTLS(t *testing.T) {
	for target, safe := range map[string]bool{
		"localhost:50051":     true,
		"127.0.0.1:50051":     true,
		"[::1]:50051":         true,
		"models.example:443":  false,
		"192.0.2.7:50051":     false,
		"localhost.evil:5005": false,
	} {
		conn, err := modeldex.Connect(modeldex.Config{Target: target, Token: "mdx_secret"})
		if (err == nil) != safe {
			t.Errorf("%s: %v", target, err)
		}
		if err == nil {
			conn.Close()
		}
		if err != nil && strings.Contains(err.Error(), "mdx_secret") {
			t.Errorf("the error shows the token: %v", err)
		}
		conn, err = modeldex.Connect(modeldex.Config{Target: target, Token: "mdx_secret", TLS: true})
		if err != nil {
			t.Errorf("%s with TLS: %v", target, err)
			continue
		}
		conn.Close()
	}
}

// A PEM file that is away, or is none, fails at once and not with the first call.
func TestUnreadablePEMFailsAtOnce(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for problem, config := range map[string]modeldex.Config{
		"missing.pem":     {CA: "missing.pem"},
		"empty.pem":       {CA: empty},
		"client.pem":      {Certificate: "client.pem", Key: "client.key"},
		"belong together": {Certificate: "client.pem"},
	} {
		if _, err := modeldex.Connect(config); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: %v", problem, err)
		}
	}
}

// Where nobody listens a call fails with UNAVAILABLE, without a reason.
func TestNobodyListens(t *testing.T) {
	conn, err := modeldex.Connect(modeldex.Config{Target: closedPort(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err = modeldexv1.NewDiscoveryServiceClient(conn).GetModel(ctx, &modeldexv1.GetModelRequest{Id: "openai/gpt-4o"})
	if status.Code(err) != codes.Unavailable || modeldex.Info(err) != nil {
		t.Errorf("got %v", err)
	}
}

// A call ends with its deadline, whatever the server does.
func TestDeadlineEndsTheCall(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	conn, err := modeldex.Connect(modeldex.Config{Target: silent.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = modeldexv1.NewDiscoveryServiceClient(conn).GetModel(ctx, &modeldexv1.GetModelRequest{Id: "openai/gpt-4o"})
	if status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
}

// An error that no server sent has no reason.
func TestForeignErrorHasNoReason(t *testing.T) {
	for _, err := range []error{nil, errors.New("out of paper"), status.Error(codes.NotFound, "who?")} {
		if reason := modeldex.Reason(err); reason != modeldexv1.ErrorReason_ERROR_REASON_UNSPECIFIED {
			t.Errorf("%v has reason %v", err, reason)
		}
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
