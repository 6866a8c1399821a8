package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/hashicorp/go-memdb"
	"google.golang.org/protobuf/proto"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// ErrDamaged says that a snapshot is not what was written.
var ErrDamaged = errors.New("snapshot is damaged")

// Read reads what [State.Write] wrote. Errors: ErrDamaged, wrapped; a format of a newer program.
func Read(r io.Reader) (State, error) {
	db, err := read(r)
	if err != nil {
		return State{}, fmt.Errorf("read snapshot: %w", err)
	}
	return State{db.Txn(false)}, nil
}

func read(r io.Reader) (*memdb.MemDB, error) {
	db := newDB()
	txn := db.Txn(true)
	defer txn.Abort()
	in := &recordReader{r: bufio.NewReader(r), sum: sha256.New()}
	head, err := in.next()
	if err != nil {
		return nil, err
	}
	h := head.GetHeader()
	switch {
	case h == nil:
		return nil, fmt.Errorf("%w: it does not begin with a header", ErrDamaged)
	case h.GetFormat() == 0 || h.GetFormat() > Format:
		return nil, fmt.Errorf("it has format %d, and this program knows formats up to %d: upgrade it", h.GetFormat(), Format)
	}
	m := &meta{ClusterID: h.GetClusterId(), Index: h.GetIndex(), WorkersIndex: h.GetWorkersIndex(), Release: h.GetRelease()}
	a := &application{State: State{txn}, txn: txn}
	for {
		sum, n := in.sum.Sum(nil), in.records
		record, err := in.next()
		if err != nil {
			return nil, err
		}
		if end := record.GetEnd(); end != nil {
			if end.GetRecords() != n || !bytes.Equal(end.GetChecksum(), sum) {
				return nil, fmt.Errorf("%w: its checksum is wrong", ErrDamaged)
			}
			break
		}
		if err := a.restore(record, m); err != nil {
			return nil, err
		}
	}
	a.insert(tableMeta, m)
	txn.Commit()
	return db, nil
}

// restore puts one record back.
func (a *application) restore(record *binderyv1.Record, m *meta) (err error) {
	defer func() {
		if x := recover(); x != nil { // an index has no place for it
			err = fmt.Errorf("%w: %v", ErrDamaged, x)
		}
	}()
	switch b := record.GetBody().(type) {
	case *binderyv1.Record_Version:
		a.insert(tableVersions, b.Version)
	case *binderyv1.Record_Worker:
		a.insert(tableWorkers, b.Worker)
	case *binderyv1.Record_Release:
		a.insert(tableReleases, b.Release)
	case *binderyv1.Record_Node:
		a.insert(tableNodes, b.Node)
	case *binderyv1.Record_Request:
		a.insert(tableRequests, b.Request)
		m.Requests++
	case *binderyv1.Record_HeldBack:
		a.insert(tableHeldBack, b.HeldBack)
	case *binderyv1.Record_Token:
		a.insert(tableTokens, b.Token)
	case *binderyv1.Record_GossipKeys:
		a.insert(tableKeys, b.GossipKeys)
	default:
		return fmt.Errorf("%w: it has a record of an unknown kind", ErrDamaged)
	}
	return nil
}

// recordReader reads what a recordWriter wrote.
type recordReader struct {
	r       *bufio.Reader
	sum     hash.Hash
	records int64
}

func (in *recordReader) next() (*binderyv1.Record, error) {
	var head [4]byte
	if _, err := io.ReadFull(in.r, head[:]); err != nil {
		return nil, cut(err)
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxRecord {
		return nil, fmt.Errorf("%w: a record claims to have %d bytes", ErrDamaged, n)
	}
	// A damaged length must not make room for what is not there.
	var data bytes.Buffer
	if _, err := io.CopyN(&data, in.r, int64(n)); err != nil {
		return nil, cut(err)
	}
	in.sum.Write(head[:])
	in.sum.Write(data.Bytes())
	in.records++
	record := new(binderyv1.Record)
	if err := proto.Unmarshal(data.Bytes(), record); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return record, nil
}

// cut tells an end that came too soon from other faults of reading.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it is cut off", ErrDamaged)
	}
	return err
}
