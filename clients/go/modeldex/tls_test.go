package modeldex_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// Over TLS a server whose signer is trusted gets the token and the caller's certificate.
func TestTLSCarriesTokenAndCertificate(t *testing.T) {
	calls := make(chan *http.Request, 1)
	config := secureServer(t, func(answer http.ResponseWriter, call *http.Request) {
		calls <- call
		answer.WriteHeader(http.StatusForbidden)
	})

	code := getOverTLS(t, config)

	// Forbidden becomes PermissionDenied: the answer came through, though it is no gRPC.
	if code != codes.PermissionDenied {
		t.Fatalf("got %v", code)
	}
	call := <-calls
	if token := call.Header.Get("authorization"); token != "Bearer mdx_secret" {
		t.Errorf("authorization %q", token)
	}
	if len(call.TLS.PeerCertificates) != 1 {
		t.Errorf("%d certificates", len(call.TLS.PeerCertificates))
	}
}

// A server whose signer is not trusted gets nothing.
func TestTLSRefusesAnUntrustedServer(t *testing.T) {
	config := secureServer(t, func(http.ResponseWriter, *http.Request) { t.Error("the call arrived") })
	config.CA = ""
	if code := getOverTLS(t, config); code != codes.Unavailable {
		t.Errorf("got %v", code)
	}
}

// secureServer starts a server that speaks TLS and asks for a certificate, and tells how to reach it. Its own
// certificate serves as the caller's, too.
func secureServer(t *testing.T, handler http.HandlerFunc) modeldex.Config {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)

	pair := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate := writePEM(t, "CERTIFICATE", pair.Certificate[0])
	return modeldex.Config{
		Target:      strings.TrimPrefix(server.URL, "https://"),
		Token:       "mdx_secret",
		CA:          certificate,
		Certificate: certificate,
		Key:         writePEM(t, "PRIVATE KEY", key),
	}
}

func getOverTLS(t *testing.T, config modeldex.Config) codes.Code {
	t.Helper()
	conn, err := modeldex.Connect(config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = modeldexv1.NewDiscoveryServiceClient(conn).GetModel(t.Context(), &modeldexv1.GetModelRequest{Id: "a/b"})
	return status.Code(err)
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "part.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
