// Package control owns the gRPC services of a cluster: DeploymentService, ClusterService and PlacementService. It carries out what they ask
// for: it checks a release, plans it (package release), commits it (package store), and tells what came of it.
//
// It owns neither sockets nor certificates (package daemon), nor the processes that serve (package agent). What it needs of others it takes as
// small interfaces: a Checker of code, and reports of nodes.
package control
