package modeldex_test

import (
	"errors"
	"net"
	"slices"
	"sync"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	"github.com/modeldex/modeldex/clients/go/modeldex"
	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// silent keeps a stream open and says no more.
var silent = errors.New("silent")

// connection is what a server does with one stream: it says something and ends it.
type connection struct {
	says []*modeldexv1.WatchResponse
	end  error
}

// scripted plays one connection after the other; any further one is silent.
type scripted struct {
	modeldexv1.UnimplementedSubscriberServiceServer
	address string
	left    chan struct{} // Receives where a caller left a silent stream.
	lock    sync.Mutex
	script  []connection
	asked   []*modeldexv1.WatchRequest
}

func (s *scripted) Watch(
	request *modeldexv1.WatchRequest, stream grpc.ServerStreamingServer[modeldexv1.WatchResponse],
) error {
	plays := s.next(request)
	for _, message := range plays.says {
		if err := stream.Send(message); err != nil {
			return err
		}
	}
	if !errors.Is(plays.end, silent) {
		return plays.end
	}
	<-stream.Context().Done()
	s.left <- struct{}{}
	return stream.Context().Err()
}

func (s *scripted) next(request *modeldexv1.WatchRequest) connection {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.asked = append(s.asked, request)
	if len(s.script) == 0 {
		return connection{end: silent}
	}
	plays := s.script[0]
	s.script = s.script[1:]
	return plays
}

func (s *scripted) requests() []*modeldexv1.WatchRequest {
	s.lock.Lock()
	defer s.lock.Unlock()
	return slices.Clone(s.asked)
}

func (s *scripted) tokens() []string {
	var tokens []string
	for _, request := range s.requests() {
		tokens = append(tokens, request.GetOptions().GetResumeToken())
	}
	return tokens
}

func script(t *testing.T, connections ...connection) (*scripted, modeldexv1.SubscriberServiceClient) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service := &scripted{script: connections, left: make(chan struct{}, 10), address: listener.Addr().String()}
	server := grpc.NewServer()
	modeldexv1.RegisterSubscriberServiceServer(server, service)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	conn, err := modeldex.Connect(modeldex.Config{Target: service.address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return service, modeldexv1.NewSubscriberServiceClient(conn)
}

// fails is an error as the server sends it.
func fails(t *testing.T, code codes.Code, reason string, details ...protoadapt.MessageV1) error {
	t.Helper()
	info := &errdetails.ErrorInfo{Reason: reason, Domain: "modeldex"}
	answer, err := status.New(code, reason).WithDetails(append(details, info)...)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Err()
}

func said(revision int64) *modeldexv1.WatchResponse {
	return &modeldexv1.WatchResponse{Revision: revision, ResumeToken: "after " + string(rune('0'+revision))}
}
