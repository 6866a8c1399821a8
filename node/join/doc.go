// Package join owns how a node comes into a cluster: the text of join tokens, whether one is still good, and both ends of the call in which a node
// shows one and gets its certificate. It does not own where tokens are kept, nor who may make them: a [Registry] does.
//
// The call, in order:
//
//  1. The token names the cluster's authority by the hash of its certificate. The node dials with TLS 1.3, shows no certificate, and says nothing
//     until the other end has shown that authority's certificate and one of a node that it signed. So a token that is used against another
//     machine, or on a network that somebody else answers on, is not given away.
//  2. The node sends the token's id and secret, and a certificate request: its key stays where it was made.
//  3. The cluster looks whether the token is good, and whether the node's name is free; it takes one use of the token and notes the node in one
//     step of the replicated state. A node that asks again, because an answer was lost, takes no further use.
//  4. The answer has the certificate, the authority's, the gossip keys, and where the servers are.
//
// What can pass is tried again, with growing, random pauses; what can't is an error at once that says what to do. Of a token's secret the cluster
// keeps a hash only. Failed attempts are counted by address, and in all.
package join
