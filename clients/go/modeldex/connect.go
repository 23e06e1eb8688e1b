// Package modeldex connects a Go program to a modeldex server.
//
// It adds to the generated stubs what every caller would write again: a connection with a token, TLS and retries, an
// iterator over the pages of a list, a watch that goes on after every disconnect, and the reason of an error. The stubs
// themselves are used as they are.
package modeldex

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	reconnecting "google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

// DefaultTarget is where a server listens that was told nothing else.
const DefaultTarget = "localhost:50051"

// The retries that the contract allows: a copy of generated/service_config.json, because a module embeds only its own
// files. A test compares the two.
//
//go:generate cp ../../../generated/service_config.json .
//go:embed service_config.json
var serviceConfig string

// Config says how to reach a server. The zero value is a server on this machine that asks for no token.
type Config struct {
	Target      string // HOST:PORT; empty is DefaultTarget.
	Token       string // The bearer token; empty for a server without tokens.
	TLS         bool   // Whether the server speaks TLS. A file below implies it.
	CA          string // PEM file of who signed the server's certificate; empty trusts what the system trusts.
	Certificate string // PEM file of the caller's own certificate, for a server that asks for one.
	Key         string // PEM file of that certificate's private key.
}

// FromEnv reads MODELDEX_TARGET, MODELDEX_TOKEN, MODELDEX_TLS ("1"), MODELDEX_CA, MODELDEX_CERTIFICATE and
// MODELDEX_KEY.
func FromEnv() Config {
	return Config{
		Target:      os.Getenv("MODELDEX_TARGET"),
		Token:       os.Getenv("MODELDEX_TOKEN"),
		TLS:         os.Getenv("MODELDEX_TLS") == "1",
		CA:          os.Getenv("MODELDEX_CA"),
		Certificate: os.Getenv("MODELDEX_CERTIFICATE"),
		Key:         os.Getenv("MODELDEX_KEY"),
	}
}

// Connect gives a connection for the generated stubs. The first call opens it. Options are added to those that follow
// from the config. It fails for a PEM file that cannot be read, and for a token that would leave this machine without
// TLS.
func Connect(config Config, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	config.Target = cmp.Or(config.Target, DefaultTarget)
	transport, err := config.transport()
	if err != nil {
		return nil, fmt.Errorf("modeldex: %w", err)
	}
	reconnects := reconnecting.DefaultConfig
	reconnects.MaxDelay = 2 * time.Second // A server that comes back is found soon, however long it was away.
	defaults := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultServiceConfig(serviceConfig),
		// The server bounds its answers; grpc's limit of 4 MiB would refuse a page of large models.
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32)),
		// Finds a dead connection below an open call. The server allows a ping every 10 seconds.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnects, MinConnectTimeout: 20 * time.Second}),
	}
	if config.Token != "" {
		defaults = append(defaults, grpc.WithPerRPCCredentials(bearer{config.Token, config.secure()}))
	}
	return grpc.NewClient(config.Target, append(defaults, options...)...)
}

func (c Config) secure() bool { return c.TLS || cmp.Or(c.CA, c.Certificate, c.Key) != "" }

func (c Config) transport() (credentials.TransportCredentials, error) {
	if !c.secure() {
		if c.Token != "" && !loopback(c.Target) {
			return nil, fmt.Errorf("the token would cross the network to %s in the clear; set TLS", c.Target)
		}
		return insecure.NewCredentials(), nil
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if err := errors.Join(c.trust(settings), c.identify(settings)); err != nil {
		return nil, err
	}
	return credentials.NewTLS(settings), nil
}

// trust reads whose servers to believe.
func (c Config) trust(settings *tls.Config) error {
	if c.CA == "" {
		return nil
	}
	pem, err := os.ReadFile(c.CA)
	if err != nil {
		return err
	}
	settings.RootCAs = x509.NewCertPool()
	if !settings.RootCAs.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s holds no PEM certificate", c.CA)
	}
	return nil
}

// identify reads the certificate that the caller shows.
func (c Config) identify(settings *tls.Config) error {
	if c.Certificate == "" && c.Key == "" {
		return nil
	}
	if c.Certificate == "" || c.Key == "" {
		return errors.New("a certificate and its key belong together: one of the two is missing")
	}
	certificate, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	settings.Certificates = []tls.Certificate{certificate}
	return err
}

func loopback(target string) bool {
	host, _, err := net.SplitHostPort(target)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// bearer sends a token with every call.
type bearer struct {
	token  string
	secure bool
}

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.token}, nil
}

// RequireTransportSecurity holds grpc to TLS where there is TLS; elsewhere Connect has seen to it that the token stays
// on this machine.
func (b bearer) RequireTransportSecurity() bool { return b.secure }
