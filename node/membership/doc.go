// Package membership owns who is there: the nodes of a cluster watch each other by encrypted gossip (hashicorp/memberlist), and each says a little
// of itself. It tells of nodes that joined, changed, left or do not answer any more, within two seconds on a LAN.
//
// What it says is a hint. It does not own what the cluster has agreed on (package store), nor what is done about a node that is gone, and it
// lets nobody in: who has the gossip key is a member.
//
// Bytes on the wire are encrypted under the first key of a ring and bound to the cluster's identity: what was sent under a key that the
// ring lacks, or for another cluster, is dropped unread. So two clusters never merge, whatever addresses they try.
//
// A partition of any length heals: memberlist forgets who is gone after half a minute, so addresses that are known from elsewhere
// ([Options.Known]) are joined again and again.
package membership
