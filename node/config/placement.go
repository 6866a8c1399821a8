package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	wantPlacement = `a table, such as { memory = "8MiB", replicas = 2 }`
	wantMemory    = `a size, such as "8MiB" (B, KiB, MiB, GiB, KB, MB or GB), or a number of bytes`
	wantCPU       = "a number of cores, such as 0.05"
	wantReplicas  = `an integer of at least 1, or "all"`

	// maxMemory, maxCores and maxReplicas are beyond any node and any cluster: what is above is a slip.
	maxMemory   = 1 << 50
	maxCores    = 1_000_000
	maxReplicas = 1_000_000
)

// placement reads what the Worker asks of the nodes it runs on. An environment's placement takes the place of all of the
// top level's.
func (f *file) placement() {
	t := f.inherit("placement")
	if !t.isTable(wantPlacement) {
		return
	}
	f.placementFields(t)
	p := &f.w.Placement
	p.Memory = f.memory(t.in("memory"))
	p.CPU = f.cpu(t.in("cpu"))
	p.Replicas = f.replicas(t.in("replicas"))
	p.Zones = t.in("zones").strs(`an array of strings, such as ["eu-1", "eu-2"]`, `a string, the name of a zone, such as "eu-1"`)
	p.Labels = f.labels(t.in("labels"))
}

// placementFields warns of the keys that only wrangler has, and of those that nobody knows.
func (f *file) placementFields(t setting) {
	known := []string{"memory", "cpu", "replicas", "zones", "labels"}
	for _, m := range t.value.members {
		path := join(t.path, m.name)
		switch m.name {
		case "mode", "hint", "region", "host", "hostname":
			f.warnf(m.key, "%s: %q is not supported: it has no effect; \"zones\" and \"labels\" choose the nodes", path, m.name)
		default:
			if !slices.Contains(known, m.name) {
				unexpected(f.source, m, path, known)
			}
		}
	}
}

// memory returns bytes, 0 where there are none or faulty ones.
func (f *file) memory(t setting) int64 {
	if !t.present() {
		return 0
	}
	var bytes float64
	switch t.value.kind {
	case kindInteger:
		bytes, _ = strconv.ParseFloat(t.value.text, 64) // the parser has read it as an integer
	case kindString:
		var near string
		var ok bool
		if bytes, near, ok = parseSize(t.value.text); !ok {
			f.error(api.Message{
				Text:     fmt.Sprintf("%s: expected %s, but found %q", t.path, wantMemory, t.value.text),
				Location: f.suggest(t.value.span, near),
			})
			return 0
		}
	default:
		t.wrong(wantMemory)
		return 0
	}
	bytes = math.Round(bytes)
	if bytes < 1 || bytes > maxMemory {
		f.errorf(t.value.span, "%s: expected a size from 1B to %dGiB, but found %s; leave it out for the default", t.path, maxMemory>>30, t.value.text)
		return 0
	}
	return int64(bytes)
}

var sizeUnits = map[string]float64{
	"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "KB": 1e3, "MB": 1e6, "GB": 1e9,
}

// parseSize reads a decimal number with a unit, as "1.5GiB" or "8 MiB". Where it isn't ok, near is what was probably
// meant, or "".
func parseSize(text string) (bytes float64, near string, ok bool) {
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || text[end] == '.') {
		end++
	}
	digits, unit := text[:end], strings.TrimPrefix(text[end:], " ")
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || strings.HasPrefix(digits, ".") || strings.HasSuffix(digits, ".") {
		return 0, "", false
	}
	if scale, known := sizeUnits[unit]; known {
		return n * scale, "", true
	}
	if meant := nearUnit(unit); meant != "" {
		near = digits + meant
	}
	return 0, near, false
}

// nearUnit is the unit that "mb", "M" or "Mi" is a slip of, or "".
func nearUnit(unit string) string {
	switch lower := strings.ToLower(strings.TrimSpace(unit)); lower {
	case "b", "byte", "bytes":
		return "B"
	case "kb", "mb", "gb":
		return strings.ToUpper(lower)
	case "k", "ki", "kib", "m", "mi", "mib", "g", "gi", "gib":
		return strings.ToUpper(lower[:1]) + "iB"
	}
	return ""
}

// cpu returns thousandths of a core, 0 where there are none or faulty ones.
func (f *file) cpu(t setting) int {
	if !t.present() {
		return 0
	}
	if t.value.kind != kindInteger && t.value.kind != kindFloat {
		t.wrong(wantCPU)
		return 0
	}
	cores, err := strconv.ParseFloat(t.value.text, 64)
	if err != nil || cores < 0.001 || cores > maxCores {
		f.errorf(t.value.span, "%s: expected a number of cores from 0.001 to %d, but found %s; leave it out for the default", t.path, maxCores, t.value.text)
		return 0
	}
	return int(math.Round(cores * 1000))
}

// replicas returns a number of nodes, AllReplicas, or 0 where there is none or a faulty one.
func (f *file) replicas(t setting) int {
	if !t.present() {
		return 0
	}
	if t.value.kind == kindInteger {
		n, _ := t.number(1, maxReplicas, `"all" or an integer`)
		return n
	}
	if t.value.kind != kindString {
		t.wrong(wantReplicas)
		return 0
	}
	text := t.value.text
	if text == "all" {
		return AllReplicas
	}
	loc := f.at(t.value.span)
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= maxReplicas {
		loc.Suggestion = strconv.Itoa(n)
	} else if strings.EqualFold(strings.TrimSpace(text), "all") {
		loc.Suggestion = `"all"`
	}
	f.error(api.Message{Text: fmt.Sprintf("%s: expected %s, but found %q", t.path, wantReplicas, text), Location: loc})
	return 0
}

// labels returns nil where there are none.
func (f *file) labels(t setting) map[string]string {
	all := t.stringMap(`a table of strings, such as { disk = "ssd" }`, `a string, such as "ssd"`)
	if len(all) == 0 {
		return nil
	}
	if _, unnamed := all[""]; unnamed {
		f.errorf(t.in("").key, "%s: a label has a name, as in { disk = \"ssd\" }, but this one's is empty", t.path)
		delete(all, "")
	}
	return all
}
