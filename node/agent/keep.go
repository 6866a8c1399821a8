package agent

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/durable"
	"github.com/bindery/bindery/node/poison"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

const (
	keptName   = "assignments"
	ledgerName = "poison.json"
	// keptMagic begins the file of the assignments, before their hash and themselves.
	keptMagic = "bindery assignments 1\n"
)

// keep writes what is assigned to disk, its secrets sealed under this node's own key.
func (a *Agent) keep(as *assigned) error {
	kept := &binderyv1.Assignments{Index: as.GetIndex(), Groups: as.GetGroups(), HeldBack: as.GetHeldBack()}
	for _, v := range as.GetVersions() {
		if values := as.secrets[v.GetId()]; values != nil {
			name := v.GetConfig().GetName()
			sealed := &binderyv1.Version{Id: v.GetId(), Config: v.GetConfig(), Bundle: v.GetBundle(), Entrypoints: v.GetEntrypoints(), Checked: v.GetChecked()}
			for _, s := range v.GetSecrets() {
				value := a.key.Seal(name, s.GetName(), values[s.GetName()])
				sealed.Secrets = append(sealed.Secrets, &binderyv1.SealedSecret{Name: s.GetName(), Sealed: value, Digest: s.GetDigest()})
			}
			v = sealed
		}
		kept.Versions = append(kept.Versions, v)
	}
	b, err := proto.Marshal(kept)
	if err == nil {
		sum := sha256.Sum256(b)
		err = durable.Replace(filepath.Join(a.dir, keptName), append(append([]byte(keptMagic), sum[:]...), b...))
	}
	if err != nil {
		return fmt.Errorf("keep assignments: %w", err)
	}
	return nil
}

// errTorn says that a file is not what was written.
var errTorn = errors.New("it is damaged")

// readAssignments reads what keep wrote.
func (a *Agent) readAssignments() (*assigned, error) {
	b, err := os.ReadFile(filepath.Join(a.dir, keptName))
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(b, []byte(keptMagic))
	if !ok || len(rest) < sha256.Size {
		return nil, errTorn
	}
	sum, b := rest[:sha256.Size], rest[sha256.Size:]
	if got := sha256.Sum256(b); !bytes.Equal(sum, got[:]) {
		return nil, errTorn
	}
	as := &binderyv1.Assignments{}
	if err := proto.Unmarshal(b, as); err != nil {
		return nil, fmt.Errorf("%w: %w", errTorn, err)
	}
	return openSecrets(as, nil, a.key.Open), nil
}

// readKept reads what an earlier agent kept. What is damaged is set aside: the node waits for its assignments then, as a new one.
func (a *Agent) readKept() {
	setAside := func(name string, err error) {
		path := filepath.Join(a.dir, name)
		a.o.Logger.Error("kept file can't be read, and is set aside", "file", path, "error", err)
		_ = os.Rename(path, path+".damaged")
	}
	as, err := a.readAssignments()
	switch {
	case err == nil:
		a.assigned = as
		a.wanted++
	case !errors.Is(err, fs.ErrNotExist):
		setAside(keptName, err)
	}
	a.wanted++ // an empty assignment is one, too
	b, err := os.ReadFile(filepath.Join(a.dir, ledgerName))
	if err == nil {
		ledger := &poison.Ledger{}
		if err = json.Unmarshal(b, ledger); err == nil {
			a.ledger = ledger
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		setAside(ledgerName, err)
	}
}

// keepLedger writes what is known against versions.
func (a *Agent) keepLedger() {
	a.mu.Lock()
	b, err := json.MarshalIndent(a.ledger, "", "\t")
	a.mu.Unlock()
	if err == nil {
		err = durable.Replace(filepath.Join(a.dir, ledgerName), b)
	}
	if err != nil {
		a.o.Logger.Error("what is known against versions was not kept", "error", err)
	}
}
