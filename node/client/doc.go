// Package client is the Go client of a Bindery cluster: what the command and the tests use. It owns contexts (files that say where a cluster is
// and who calls), the connection, retries, and the upload of what a release lacks. What can be asked for is in the .proto files; Client has the
// generated clients, and its own methods where more than one call makes sense.
//
// A change is sent again, with the same request id, where the connection was lost or somebody else changed something meanwhile; the cluster
// carries it out once.
package client
