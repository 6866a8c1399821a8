package traffic_test

import (
	"context"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/bindery/bindery/node/traffic"
)

// Each end counts the request and the answer of a call, whichever way they go.
func TestMessagesAreCountedAtBothEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var server, client traffic.Counter
	s := grpc.NewServer(grpc.StatsHandler(&server))
	healthv1.RegisterHealthServer(s, health.NewServer())
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithStatsHandler(&client))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 5 {
		if _, err := healthv1.NewHealthClient(conn).Check(context.Background(), &healthv1.HealthCheckRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	s.GracefulStop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if server.Messages() != 10 || client.Messages() != 10 {
		t.Fatalf("%d and %d messages", server.Messages(), client.Messages())
	}
}
