package scheduler

const (
	// DefaultReplicas is the number of nodes a group runs on when its root does not say.
	DefaultReplicas = 2
	// All, as Version.Replicas, puts a group on every node that meets its constraint.
	All = -1
	// DefaultMemory is what a Worker counts for, in bytes, when it declares nothing and nobody measured it.
	DefaultMemory = 1 << 20
	// DefaultCPU is the same in thousandths of a core.
	DefaultCPU = 1
)

// A Snapshot is all that a plan depends on. The order of its lists never matters. The scheduler keeps references to its
// slices and maps: the caller must not change them afterwards.
type Snapshot struct {
	Nodes   []Node
	Workers []Worker
	// Held names the versions that must not run, because they killed their data plane.
	Held []Pin
	// Measured is what the nodes saw Workers use; see [Measure].
	Measured []Measure
	// Assigned is where compositions are now. A plan moves none of them without need.
	Assigned []Assignment
	Settings Settings
}

// Settings hold for a whole cluster. Changing them takes a new [Plan].
type Settings struct {
	// Replicas replaces DefaultReplicas if it is above 0.
	Replicas int
	// Demand replaces DefaultMemory and DefaultCPU, each if it is above 0.
	Demand Demand
	// Even chooses, among nodes where a group costs the same memory, the emptiest one. The default is to fill nodes one
	// after the other, which needs the fewest.
	Even bool
}

// NodeState says what a node is good for.
type NodeState uint8

const (
	// Ready nodes take groups.
	Ready NodeState = iota
	// Draining nodes take no group, and lose each one as soon as it runs elsewhere.
	Draining
	// Lost nodes run nothing.
	Lost
)

// A Node is one machine of the cluster.
type Node struct {
	ID    string
	Zone  string
	State NodeState
	// Memory is what Workers may use in all, in bytes; it must be above 0.
	Memory int64
	// CPU is the same in thousandths of a core; 0 means that it is not limited.
	CPU    int64
	Labels map[string]string
}

// A Worker is a named script.
type Worker struct {
	Name string
	// Versions has the one to serve first, then those to fall back to, newest first, when it is held. A Worker without
	// versions does not exist.
	Versions []Version
}

// A Version is one immutable upload of a Worker, with what its configuration file says.
type Version struct {
	ID string
	// Release names the atomic change this version came with. When one version of a release is held, all of them are:
	// a release is served whole or not at all. Empty means that the version came alone.
	Release string
	// Root is set for a Worker that can be reached from outside.
	Root     bool
	Bindings []Binding
	Demand   Demand
	// Constraint binds every group that this Worker is a member of.
	Constraint Constraint
	// Replicas is the number of nodes of this root's group: 0 for the default, or All. Members that aren't its root have
	// no say.
	Replicas int
}

// A Binding is a service binding: Name in env is the Worker Service.
type Binding struct {
	Name    string
	Service string
}

// Demand is what a Worker takes of a node once, however many groups bring it there. Zero means not declared.
type Demand struct {
	// Memory is in bytes.
	Memory int64
	// CPU is in thousandths of a core.
	CPU int64
}

// A Constraint says which nodes will do. The zero value accepts any.
type Constraint struct {
	// Zones are the only ones allowed, if there are any.
	Zones []string
	// Labels must all be on the node with the same value.
	Labels map[string]string
}

// A Pin names one version of one Worker.
type Pin struct {
	Worker  string
	Version string
}

// A Measure is what one Worker was seen to use on a node. It is rounded up to four significant bits, so that small changes
// mean nothing. A Worker counts for the larger of what it declares and what was measured; if it declares nothing, for what
// was measured. A zero Demand takes a measure back.
type Measure struct {
	Worker string
	Demand Demand
}

// An Assignment is a composition on a node.
type Assignment struct {
	Root string
	Node string
	// Composition is the hash of the root and the pinned versions of all members, as [State.Composition] returns it.
	Composition string
}

// A Delta is what happened since a state was made. A Node, Worker or Measure in it replaces the one of the same name.
type Delta struct {
	Nodes         []Node
	RemoveNodes   []string
	Workers       []Worker
	RemoveWorkers []string
	Hold          []Pin
	Unhold        []Pin
	Measured      []Measure
}

// Changes are what a plan does to the assignments, each list sorted by root, then node.
type Changes struct {
	// Assign has compositions that a node doesn't run yet.
	Assign []Assignment
	// Update has groups that stay on their node with another composition, the one given.
	Update []Assignment
	// Unassign has what a node must stop. Its composition is the one that was assigned.
	Unassign []Assignment
	// Short has the roots that came to have fewer replicas than they should, or to be broken; [State.Shortages] tells why.
	// Whole has those for which that ended. Both are sorted.
	Short []string
	Whole []string
}

// Empty reports whether no assignment changes.
func (c Changes) Empty() bool {
	return len(c.Assign) == 0 && len(c.Update) == 0 && len(c.Unassign) == 0
}

// Apply returns the assignments that are left of have when c is carried out, sorted by root, then node.
func (c Changes) Apply(have []Assignment) []Assignment {
	type key struct{ root, node string }
	m := make(map[key]string, len(have)+len(c.Assign))
	for _, a := range have {
		m[key{a.Root, a.Node}] = a.Composition
	}
	for _, a := range c.Unassign {
		delete(m, key{a.Root, a.Node})
	}
	for _, list := range [][]Assignment{c.Assign, c.Update} {
		for _, a := range list {
			m[key{a.Root, a.Node}] = a.Composition
		}
	}
	out := make([]Assignment, 0, len(m))
	for k, composition := range m {
		out = append(out, Assignment{k.root, k.node, composition})
	}
	sortAssignments(out)
	return out
}
