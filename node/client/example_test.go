package client_test

import (
	"context"
	"fmt"
	"log"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/client"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime/bundle"
)

// Deploys a Worker of one file to the cluster of a context.
func Example() {
	where, stop := startCluster() // a file such as ./n1/context.json; "" is the user's current context
	defer stop()

	c, err := client.Load(where)
	if err != nil {
		log.Fatal(err)
	}
	cluster, err := client.New(c, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()

	code := &bundle.Bundle{Name: "hello.js", Code: []byte(`export default { fetch() { return new Response("hello") } }`)}
	content, err := code.Encode()
	if err != nil {
		log.Fatal(err)
	}
	hash := bundles.Hash(content)
	release, err := cluster.Deploy(context.Background(), &binderyv1.ReleaseRequest{
		Message: "say hello",
		Workers: []*binderyv1.WorkerUpload{{
			Config: &binderyv1.WorkerConfig{Name: "hello", Routes: []*binderyv1.Route{{Pattern: "*/*"}}},
			Bundle: hash,
		}},
	}, map[string][]byte{hash: content}, nil)
	if err != nil {
		log.Fatal(err, client.Faults(err))
	}
	fmt.Println("release", release.GetNumber(), "changed", release.GetChanges()[0].GetWorker())
	// Output: release 1 changed hello
}
