package schedulertest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bindery/bindery/scheduler"
)

// ParseNode reads a node, as "n1 zone=a mem=512MiB cpu=2 disk=ssd draining". Memory without a unit is in MiB and defaults to
// 512; cpu is in cores and not limited by default; other keys are labels.
func ParseNode(line string) (scheduler.Node, error) {
	n := scheduler.Node{Memory: 512 << 20}
	for i, word := range strings.Fields(line) {
		key, value, pair := strings.Cut(word, "=")
		var err error
		switch {
		case i == 0:
			n.ID = word
		case word == "draining":
			n.State = scheduler.Draining
		case word == "lost":
			n.State = scheduler.Lost
		case !pair:
			err = fmt.Errorf("word %q: want draining, lost or key=value", word)
		case key == "zone":
			n.Zone = value
		case key == "mem":
			n.Memory, err = parseBytes(value)
		case key == "cpu":
			n.CPU, err = parseCores(value)
		default:
			if n.Labels == nil {
				n.Labels = map[string]string{}
			}
			n.Labels[key] = value
		}
		if err != nil {
			return n, fmt.Errorf("parse node %q: %w", line, err)
		}
	}
	return n, nil
}

// ParseWorker reads a version of a Worker, as "gateway@3 root -> auth,application mem=8 cpu=0.05 replicas=2 zones=a,b
// label:disk=ssd release=r7". Without @ the version is left empty.
func ParseWorker(line string) (scheduler.Worker, error) {
	v := scheduler.Version{}
	w := scheduler.Worker{}
	words := strings.Fields(line)
	for i := 0; i < len(words); i++ {
		word := words[i]
		var err error
		switch {
		case i == 0:
			w.Name, v.ID, _ = strings.Cut(word, "@")
		case word == "root":
			v.Root = true
		case word == "->":
			i++
			if i == len(words) {
				return w, fmt.Errorf("parse Worker %q: -> wants names after it", line)
			}
			for _, service := range strings.Split(words[i], ",") {
				v.Bindings = append(v.Bindings, scheduler.Binding{Name: strings.ToUpper(service), Service: service})
			}
		default:
			err = versionField(&v, word)
		}
		if err != nil {
			return w, fmt.Errorf("parse Worker %q: %w", line, err)
		}
	}
	w.Versions = []scheduler.Version{v}
	return w, nil
}

func versionField(v *scheduler.Version, word string) (err error) {
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "mem":
		v.Demand.Memory, err = parseBytes(value)
	case "cpu":
		v.Demand.CPU, err = parseCores(value)
	case "replicas":
		if value == "all" {
			v.Replicas = scheduler.All
		} else {
			v.Replicas, err = strconv.Atoi(value)
		}
	case "zones":
		v.Constraint.Zones = strings.Split(value, ",")
	case "release":
		v.Release = value
	default:
		label, ok := strings.CutPrefix(key, "label:")
		if !ok {
			return fmt.Errorf("word %q: want root, ->, mem=, cpu=, replicas=, zones=, release= or label:KEY=", word)
		}
		if v.Constraint.Labels == nil {
			v.Constraint.Labels = map[string]string{}
		}
		v.Constraint.Labels[label] = value
	}
	return err
}

// ParseMeasure reads a measured figure, as "auth mem=12 cpu=0.2".
func ParseMeasure(line string) (scheduler.Measure, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	m := scheduler.Measure{Worker: name}
	for _, word := range strings.Fields(rest) {
		key, value, _ := strings.Cut(word, "=")
		var err error
		switch key {
		case "mem":
			m.Demand.Memory, err = parseBytes(value)
		case "cpu":
			m.Demand.CPU, err = parseCores(value)
		default:
			err = fmt.Errorf("word %q: want mem= or cpu=", word)
		}
		if err != nil {
			return m, fmt.Errorf("parse measure %q: %w", line, err)
		}
	}
	return m, nil
}

// ParsePin reads "auth@3".
func ParsePin(word string) (scheduler.Pin, error) {
	worker, version, ok := strings.Cut(word, "@")
	if !ok || version == "" {
		return scheduler.Pin{}, fmt.Errorf("parse version %q: want WORKER@VERSION", word)
	}
	return scheduler.Pin{Worker: worker, Version: version}, nil
}

func parseBytes(s string) (int64, error) {
	unit := int64(1 << 20)
	for _, u := range []struct {
		name string
		size int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}} {
		if number, ok := strings.CutSuffix(s, u.name); ok {
			s, unit = number, u.size
			break
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("size %q: want a number, with B, KiB, MiB or GiB", s)
	}
	return int64(f * float64(unit)), nil
}

func parseCores(s string) (int64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("CPU %q: want a number of cores", s)
	}
	return int64(f*1000 + 0.5), nil
}
