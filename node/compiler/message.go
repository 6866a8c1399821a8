package compiler

import (
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Bounds of what is said about one Worker. A file of 10 MB on one line has an excerpt of 10 MB, for each of its faults.
const (
	maxMessages = 100
	maxNotes    = 20
	maxLine     = 4 << 10
	maxText     = 64 << 10
)

// bounded makes messages small enough to be shown, and fit to leave the process.
func bounded(messages []api.Message) []api.Message {
	var out []api.Message
	for i, m := range messages {
		if i == maxMessages {
			return append(out, api.Message{Text: fmt.Sprintf("and %d more", len(messages)-i)})
		}
		m.Text, m.Location, m.Detail = cut(m.Text), boundedLocation(m.Location), nil
		notes := m.Notes
		m.Notes = nil
		for _, n := range notes[:min(len(notes), maxNotes)] {
			m.Notes = append(m.Notes, api.Note{Text: cut(n.Text), Location: boundedLocation(n.Location)})
		}
		out = append(out, m)
	}
	return out
}

func boundedLocation(at *api.Location) *api.Location {
	if at == nil {
		return nil
	}
	c := *at
	switch {
	case len(c.LineText) <= maxLine:
		c.LineText = strings.Clone(c.LineText) // not the whole source with it
	case c.Column < maxLine/2:
		c.LineText = strings.ToValidUTF8(c.LineText[:maxLine], "")
		c.Length = min(c.Length, max(0, len(c.LineText)-c.Column))
	default:
		c.LineText, c.Length = "", 0
	}
	return &c
}

func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}
