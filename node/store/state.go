package store

import (
	"github.com/hashicorp/go-memdb"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Format is that of the commands and snapshots that this program writes. It reads all formats up to it.
const Format = 1

// What is kept.
const (
	// KeptReleases is how many of the last releases are kept, with all versions that they name.
	KeptReleases = 20
	// KeptRequests is how many of the last requests are remembered, so that a retry is applied once.
	KeptRequests = 10_000
)

// Tables of the state.
const (
	tableMeta     = "meta"
	tableWorkers  = "workers"
	tableVersions = "versions"
	tableReleases = "releases"
	tableNodes    = "nodes"
	tableRequests = "requests"
	tableHeldBack = "held_back"
	tableTokens   = "tokens"
	tableKeys     = "gossip_keys"
	byID          = "id"
	byIndex       = "index"
	byVersion     = "version"
)

// meta is the one row of its table.
type meta struct {
	Key          string // always ""
	ClusterID    string
	Index        uint64 // of the last command applied
	WorkersIndex uint64 // of the last command that changed Workers
	Release      int64  // number of the last release
	Requests     int    // how many are remembered
}

func table(name string, id memdb.Indexer, more ...*memdb.IndexSchema) *memdb.TableSchema {
	t := &memdb.TableSchema{Name: name, Indexes: map[string]*memdb.IndexSchema{byID: {Name: byID, Unique: true, Indexer: id}}}
	for _, i := range more {
		t.Indexes[i.Name] = i
	}
	return t
}

var schema = &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{
	tableMeta: {Name: tableMeta, Indexes: map[string]*memdb.IndexSchema{byID: {Name: byID, Unique: true, AllowMissing: true, Indexer: only{}}}},
	tableWorkers: table(tableWorkers, &memdb.StringFieldIndex{Field: "Name"},
		&memdb.IndexSchema{Name: byVersion, Indexer: &memdb.StringFieldIndex{Field: "Version"}}),
	tableVersions: table(tableVersions, &memdb.StringFieldIndex{Field: "Id"}),
	tableReleases: table(tableReleases, &memdb.IntFieldIndex{Field: "Number"}),
	tableNodes:    table(tableNodes, &memdb.StringFieldIndex{Field: "Id"}),
	tableRequests: table(tableRequests, &memdb.StringFieldIndex{Field: "RequestId"},
		&memdb.IndexSchema{Name: byIndex, Unique: true, Indexer: &memdb.UintFieldIndex{Field: "Index"}}),
	tableHeldBack: table(tableHeldBack, &memdb.CompoundIndex{Indexes: []memdb.Indexer{
		&memdb.StringFieldIndex{Field: "Worker"}, &memdb.StringFieldIndex{Field: "Version"},
	}}),
	tableTokens: table(tableTokens, &memdb.StringFieldIndex{Field: "Id"}),
	tableKeys:   {Name: tableKeys, Indexes: map[string]*memdb.IndexSchema{byID: {Name: byID, Unique: true, AllowMissing: true, Indexer: only{}}}},
}}

// only is the index of a table with one row.
type only struct{}

func (only) FromObject(any) (bool, []byte, error) { return true, []byte{0}, nil }
func (only) FromArgs(...any) ([]byte, error)      { return []byte{0}, nil }

func newDB() *memdb.MemDB {
	db, err := memdb.NewMemDB(schema)
	if err != nil {
		panic(err) // the schema is a constant
	}
	return db
}

// State is the replicated state at one index. It never changes, and what it gives must not be changed. Its methods may be called from any
// goroutine.
type State struct{ txn *memdb.Txn }

func (s State) meta() *meta {
	if m := first[*meta](s.txn, tableMeta, byID); m != nil {
		return m
	}
	return &meta{}
}

// Index is that of the last command in the state.
func (s State) Index() uint64 { return s.meta().Index }

// WorkersIndex is that of the last command that changed Workers.
func (s State) WorkersIndex() uint64 { return s.meta().WorkersIndex }

// ClusterID is the cluster's identity, "" before there is one.
func (s State) ClusterID() string { return s.meta().ClusterID }

// Worker gives a Worker's current version and the release that gave it, nil if there is no such Worker.
func (s State) Worker(name string) *binderyv1.WorkerState {
	return first[*binderyv1.WorkerState](s.txn, tableWorkers, byID, name)
}

// Workers gives all Workers by name.
func (s State) Workers() []*binderyv1.WorkerState {
	return all[*binderyv1.WorkerState](s.txn, tableWorkers)
}

// Version gives a version, nil if it is not kept.
func (s State) Version(id string) *binderyv1.Version {
	return first[*binderyv1.Version](s.txn, tableVersions, byID, id)
}

// Versions gives all versions that are kept, by id.
func (s State) Versions() []*binderyv1.Version {
	return all[*binderyv1.Version](s.txn, tableVersions)
}

// Current gives the current version of a Worker, nil if there is no such Worker.
func (s State) Current(name string) *binderyv1.Version {
	if w := s.Worker(name); w != nil {
		return s.Version(w.GetVersion())
	}
	return nil
}

// LastRelease is the number of the last release, 0 if there was none.
func (s State) LastRelease() int64 { return s.meta().Release }

// Release gives a release, nil if it is not kept.
func (s State) Release(number int64) *binderyv1.Release {
	return first[*binderyv1.Release](s.txn, tableReleases, byID, number)
}

// Releases gives the kept releases, the oldest first.
func (s State) Releases() []*binderyv1.Release {
	return all[*binderyv1.Release](s.txn, tableReleases)
}

// Nodes gives the nodes by id.
func (s State) Nodes() []*binderyv1.Node { return all[*binderyv1.Node](s.txn, tableNodes) }

// Node gives a node, nil if there is none of that id.
func (s State) Node(id string) *binderyv1.Node {
	return first[*binderyv1.Node](s.txn, tableNodes, byID, id)
}

// Token gives a token by which nodes join, nil if there is none of that id.
func (s State) Token(id string) *binderyv1.JoinToken {
	return first[*binderyv1.JoinToken](s.txn, tableTokens, byID, id)
}

// Tokens gives the tokens by id.
func (s State) Tokens() []*binderyv1.JoinToken {
	return all[*binderyv1.JoinToken](s.txn, tableTokens)
}

// GossipKeys gives the keys of the gossip, nil if there are none yet.
func (s State) GossipKeys() *binderyv1.GossipKeys {
	return first[*binderyv1.GossipKeys](s.txn, tableKeys, byID)
}

// HeldBack gives what is held back, by Worker and version.
func (s State) HeldBack() []*binderyv1.HeldBack {
	return all[*binderyv1.HeldBack](s.txn, tableHeldBack)
}

// Request gives what came of a request, nil if it is not known (any more).
func (s State) Request(id string) *binderyv1.AppliedRequest { return s.request(id) }

// request gives what came of a request, nil if it is not known.
func (s State) request(id string) *binderyv1.AppliedRequest {
	return first[*binderyv1.AppliedRequest](s.txn, tableRequests, byID, id)
}

// first gives the row of an index, the zero value if there is none.
func first[T any](txn *memdb.Txn, table, index string, args ...any) (row T) {
	if table == tableMeta || table == tableKeys {
		args = []any{""}
	}
	v, err := txn.First(table, index, args...)
	if err != nil {
		panic(err) // the schema and its callers are of this package
	}
	row, _ = v.(T)
	return row
}

// all gives the rows of a table in the order of their ids.
func all[T any](txn *memdb.Txn, table string) []T {
	it, err := txn.Get(table, byID)
	if err != nil {
		panic(err)
	}
	var list []T
	for v := it.Next(); v != nil; v = it.Next() {
		list = append(list, v.(T))
	}
	return list
}
