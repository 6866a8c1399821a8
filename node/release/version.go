package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"

	"google.golang.org/protobuf/proto"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// seal puts a version in order and names it by its content.
func seal(v *binderyv1.Version) *binderyv1.Version {
	sort.Slice(v.Config.Services, func(i, j int) bool { return v.Config.Services[i].GetBinding() < v.Config.Services[j].GetBinding() })
	sort.Slice(v.Config.Vars, func(i, j int) bool { return v.Config.Vars[i].GetName() < v.Config.Vars[j].GetName() })
	sort.Slice(v.Secrets, func(i, j int) bool { return v.Secrets[i].GetName() < v.Secrets[j].GetName() })
	v.Id = identify(v)
	return v
}

// identify hashes what a Worker does and how: not when it was made, nor how a secret happens to be sealed.
func identify(v *binderyv1.Version) string {
	named := &binderyv1.Version{Config: v.GetConfig(), Bundle: v.GetBundle(), Overrides: v.GetOverrides()}
	for _, s := range v.GetSecrets() {
		named.Secrets = append(named.Secrets, &binderyv1.SealedSecret{Name: s.GetName(), Digest: s.GetDigest()})
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(named)
	if err != nil {
		panic(fmt.Sprintf("release: encode version: %v", err)) // strings are checked where requests come in
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hasSecret(v *binderyv1.Version, name string) bool {
	return slices.ContainsFunc(v.GetSecrets(), func(s *binderyv1.SealedSecret) bool { return s.GetName() == name })
}

// mergeOverrides sees what becomes of what was changed through the API since old was deployed.
func (p *planner) mergeOverrides(v, old *binderyv1.Version, o Options) {
	for _, key := range old.GetOverrides() {
		kind, name, _ := strings.Cut(key, ".")
		current, wanted := line(old, kind, name), line(v, kind, name)
		switch {
		case current == wanted: // the files have caught up
		case o.Keep:
			keep(v, old, kind, name)
			v.Overrides = append(v.Overrides, key)
		case !o.Overwrite:
			what := "put this into the file: " + current
			if current == "" {
				what = "take it out of the file"
			}
			p.fault(v.GetConfig().GetName(), key, "it was changed by bindery binding or the API, and the file would undo that: %s; "+
				"or deploy with --keep to keep it, or with --overwrite to undo it", what)
		}
	}
}

// line is a binding as a wrangler.toml has it, "" if there is none.
func line(v *binderyv1.Version, kind, name string) string {
	if kind == "services" {
		for _, s := range v.GetConfig().GetServices() {
			if s.GetBinding() == name {
				text := fmt.Sprintf("services = [{ binding = %q, service = %q", name, s.GetService())
				if s.GetEntrypoint() != "" {
					text += fmt.Sprintf(", entrypoint = %q", s.GetEntrypoint())
				}
				if len(s.GetProps()) > 0 {
					text += ", props = " + string(s.GetProps())
				}
				return text + " }]"
			}
		}
		return ""
	}
	for _, x := range v.GetConfig().GetVars() {
		if x.GetName() == name {
			if x.GetJson() != nil {
				return fmt.Sprintf("vars.%s = %s", name, bytes.TrimSpace(x.GetJson()))
			}
			return fmt.Sprintf("vars.%s = %q", name, x.GetText())
		}
	}
	return ""
}

// keep gives v what old has.
func keep(v, old *binderyv1.Version, kind, name string) {
	if kind == "services" {
		is := func(s *binderyv1.ServiceBinding) bool { return s.GetBinding() == name }
		v.Config.Services = keepOne(v.Config.Services, old.GetConfig().GetServices(), is)
		return
	}
	is := func(x *binderyv1.Var) bool { return x.GetName() == name }
	v.Config.Vars = keepOne(v.Config.Vars, old.GetConfig().GetVars(), is)
}

func keepOne[T any](list, old []T, is func(T) bool) []T {
	list = slices.DeleteFunc(list, is)
	if i := slices.IndexFunc(old, is); i >= 0 {
		list = append(list, old[i])
	}
	return list
}
