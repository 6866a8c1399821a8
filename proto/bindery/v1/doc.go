// Package binderyv1 is the control plane's API and the replicated state's encoding: the .proto files beside this one, and the Go generated from
// them. It owns no behaviour. Only packages of node and cmd import it; those below have plain types of their own.
package binderyv1
