package membership

import (
	"errors"
	"fmt"

	"github.com/hashicorp/memberlist"
	"google.golang.org/protobuf/proto"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Format is that of the metadata that this program writes.
const Format = 1

// MaxMetadata is how many bytes a member may say of itself.
const MaxMetadata = memberlist.MetaMaxSize

// ErrTooLong says that a member says more of itself than MaxMetadata bytes.
var ErrTooLong = errors.New("the node's name, addresses, zone and version are too long together")

// Member is a node as it describes itself.
type Member struct {
	ID   string // made with its data directory, and never changed
	Name string
	// Cluster, HTTP and Peer are addresses, host:port: of gRPC and raft, of the ingress, and of the ingress for other nodes.
	Cluster, HTTP, Peer string
	// Gossip is where the member was heard, IP:port. It is not what the member says.
	Gossip  string
	Zone    string
	Version string // of the program
	Server  bool   // whether it is a voter
}

// encode is the metadata of a member.
func (m Member) encode(cluster string, leaving bool) ([]byte, error) {
	b, err := proto.Marshal(&binderyv1.MemberMetadata{
		Format: Format, ClusterId: cluster, Id: m.ID, Name: m.Name, ClusterAddress: m.Cluster, HttpAddress: m.HTTP, PeerAddress: m.Peer,
		Zone: m.Zone, Version: m.Version, Server: m.Server, Leaving: leaving,
	})
	if err == nil && len(b) > MaxMetadata {
		err = fmt.Errorf("%w: %d bytes, and %d are the most", ErrTooLong, len(b), MaxMetadata)
	}
	if err != nil {
		return nil, fmt.Errorf("describe node %s: %w", m.Name, err)
	}
	return b, nil
}

// decode reads what a member says of itself, and refuses what is not of the cluster or can't be understood.
func decode(cluster string, n *memberlist.Node) (m Member, leaving bool, err error) {
	var said binderyv1.MemberMetadata
	if err := proto.Unmarshal(n.Meta, &said); err != nil {
		return Member{}, false, fmt.Errorf("read what node %q says of itself: %w", n.Name, err)
	}
	switch {
	case said.GetFormat() == 0 || said.GetFormat() > Format:
		return Member{}, false, fmt.Errorf("node %q describes itself in format %d, and this program knows formats up to %d: upgrade it", n.Name, said.GetFormat(), Format)
	case said.GetClusterId() != cluster:
		return Member{}, false, fmt.Errorf("node %q is of cluster %q, and this one is %q", n.Name, said.GetClusterId(), cluster)
	case said.GetId() == "" || said.GetId() != n.Name:
		return Member{}, false, fmt.Errorf("node %q says that it is %q", n.Name, said.GetId())
	}
	return Member{
		ID: said.GetId(), Name: said.GetName(), Cluster: said.GetClusterAddress(), HTTP: said.GetHttpAddress(), Peer: said.GetPeerAddress(),
		Gossip: n.Address(), Zone: said.GetZone(), Version: said.GetVersion(), Server: said.GetServer(),
	}, said.GetLeaving(), nil
}
