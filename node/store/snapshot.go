package store

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"

	"google.golang.org/protobuf/proto"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// maxRecord bounds one record of a snapshot, in bytes.
const maxRecord = 64 << 20

// Write writes a state as a stream of records, each with its length before it. Equal states give equal bytes. The last record has the
// count and the hash of all before it.
func (s State) Write(w io.Writer) error {
	out := &recordWriter{w: bufio.NewWriter(w), sum: sha256.New()}
	m := s.meta()
	out.put(&binderyv1.Record{Body: &binderyv1.Record_Header{Header: &binderyv1.SnapshotHeader{
		Format: Format, Index: m.Index, ClusterId: m.ClusterID, Release: m.Release, WorkersIndex: m.WorkersIndex,
	}}})
	s.records(out.put)
	if out.err == nil {
		out.put(&binderyv1.Record{Body: &binderyv1.Record_End{End: &binderyv1.SnapshotEnd{Records: out.records, Checksum: out.sum.Sum(nil)}}})
	}
	if out.err == nil {
		out.err = out.w.Flush()
	}
	if out.err != nil {
		return fmt.Errorf("write snapshot: %w", out.err)
	}
	return nil
}

// records gives all rows but meta, in the order of the snapshot.
func (s State) records(put func(*binderyv1.Record)) {
	for _, v := range s.Versions() {
		put(&binderyv1.Record{Body: &binderyv1.Record_Version{Version: v}})
	}
	for _, w := range s.Workers() {
		put(&binderyv1.Record{Body: &binderyv1.Record_Worker{Worker: w}})
	}
	for _, r := range s.Releases() {
		put(&binderyv1.Record{Body: &binderyv1.Record_Release{Release: r}})
	}
	for _, n := range s.Nodes() {
		put(&binderyv1.Record{Body: &binderyv1.Record_Node{Node: n}})
	}
	for _, r := range all[*binderyv1.AppliedRequest](s.txn, tableRequests) {
		put(&binderyv1.Record{Body: &binderyv1.Record_Request{Request: r}})
	}
	for _, h := range s.HeldBack() {
		put(&binderyv1.Record{Body: &binderyv1.Record_HeldBack{HeldBack: h}})
	}
	for _, t := range s.Tokens() {
		put(&binderyv1.Record{Body: &binderyv1.Record_Token{Token: t}})
	}
	if keys := s.GossipKeys(); keys != nil {
		put(&binderyv1.Record{Body: &binderyv1.Record_GossipKeys{GossipKeys: keys}})
	}
}

// Hash is a hash of the whole state: equal on all replicas that have applied the same commands.
func (s State) Hash() [sha256.Size]byte {
	h := sha256.New()
	if err := s.Write(h); err != nil {
		panic(err) // a hash takes everything
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// recordWriter writes records until the first error.
type recordWriter struct {
	w       *bufio.Writer
	sum     hash.Hash
	records int64
	buf     []byte
	err     error
}

func (o *recordWriter) put(r *binderyv1.Record) {
	if o.err != nil {
		return
	}
	o.buf = binary.BigEndian.AppendUint32(o.buf[:0], 0)
	if o.buf, o.err = (proto.MarshalOptions{Deterministic: true}).MarshalAppend(o.buf, r); o.err != nil {
		return
	}
	binary.BigEndian.PutUint32(o.buf, uint32(len(o.buf)-4))
	if len(o.buf)-4 > maxRecord {
		o.err = fmt.Errorf("a record has %d bytes, more than %d", len(o.buf)-4, maxRecord)
		return
	}
	o.sum.Write(o.buf)
	o.records++
	_, o.err = o.w.Write(o.buf)
}
