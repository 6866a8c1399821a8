// Package daemon owns what a node is made of: its data directory, identity, certificates, ports and files, and the order in which its parts start
// and end. It owns none of the parts: the state (package store), the services (package control), the processes that serve (package agent).
//
// The data directory:
//
//	lock            held while a node runs on it; has the node's process id
//	node.json       process ids and addresses, true while the node runs, removed when it stops
//	context.json    how to reach the cluster, with a client certificate (mode 0600)
//	identity.json   who the node is: cluster, id, name, and the ports it was given
//	ca/             certificate and key of the cluster's authority
//	certs/          certificate and key of the node; the authority's certificate, where the node joined
//	sealing.key     the key under which secrets are kept
//	raft/           log and snapshots of the replicated state
//	bundles/        code, by hash
//	dataplane/      what the node serves, and how its processes are found: package agent's
//
// A node that joined a cluster has neither ca/, sealing.key nor raft/: it follows a server (uplink.go).
//
// docs/deploying.md tells the same to who runs a node.
package daemon
