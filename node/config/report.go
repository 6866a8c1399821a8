package config

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	// maxFile bounds a file's size in bytes.
	maxFile = 1 << 20
	// maxFaults bounds the messages about one file: whoever has more mends some and tries again.
	maxFaults = 100
	// maxLine bounds the excerpt of a message; a longer line is a generated file's.
	maxLine = 1000
)

// source is a file and what is wrong with it.
type source struct {
	path  string // absolute
	shown string // as messages name it
	text  []byte
	lines []int // the offset of each line's start

	errors, warnings []api.Message
}

// openSource reads a file. Faults are in the source; its text is usable only if there are none.
func openSource(path, base string) *source {
	s := &source{path: path, shown: shownPath(path, base)}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("it is not a regular file")
	}
	if err == nil && info.Size() > maxFile {
		err = fmt.Errorf("it has %d bytes, and the most that is read is %d", info.Size(), maxFile)
	}
	if err == nil {
		s.text, err = os.ReadFile(path)
	}
	if err != nil {
		if pe, ok := err.(*os.PathError); ok {
			err = pe.Err
		}
		s.errors = append(s.errors, api.Message{Text: fmt.Sprintf("read %s: %v", s.shown, err)})
		return s
	}
	s.setText(s.text)
	return s
}

// setText takes the text, without a byte order mark, and checks that it is UTF-8.
func (s *source) setText(text []byte) {
	s.text = bytes.TrimPrefix(text, []byte("\ufeff"))
	s.lines = append(s.lines[:0], 0)
	for i, c := range s.text {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	if utf8.Valid(s.text) {
		return
	}
	for i := 0; i < len(s.text); {
		r, size := utf8.DecodeRune(s.text[i:])
		if r == utf8.RuneError && size == 1 {
			s.errorf(span{i, i + 1}, "this byte is not UTF-8; save the file as UTF-8")
			return
		}
		i += size
	}
}

// shownPath is path as messages name it: relative to base if it is below it, with slashes.
func shownPath(path, base string) string {
	if rel, err := filepath.Rel(base, path); err == nil && filepath.IsLocal(rel) {
		path = rel
	}
	return filepath.ToSlash(path)
}

// at makes a location of a span; what goes beyond its first line is cut off.
func (s *source) at(where span) *api.Location {
	start := min(max(where.start, 0), len(s.text))
	line, found := slices.BinarySearch(s.lines, start)
	if !found {
		line--
	}
	if line < 0 || len(s.lines) == 0 {
		return &api.Location{File: s.shown, Line: 1}
	}
	begin, end := s.lines[line], len(s.text)
	if line+1 < len(s.lines) {
		end = s.lines[line+1] - 1
	}
	if end > begin && s.text[end-1] == '\r' {
		end--
	}
	start = min(start, end)
	loc := &api.Location{File: s.shown, Line: line + 1, Column: start - begin}
	loc.Length = max(min(where.end, end)-start, 0)
	if end-begin <= maxLine {
		loc.LineText = string(s.text[begin:end])
	}
	return loc
}

// suggest is at with what would be right there; a quoted original gives a quoted suggestion.
func (s *source) suggest(where span, text string) *api.Location {
	loc := s.at(where)
	if text == "" {
		return loc
	}
	if where.start < len(s.text) && (s.text[where.start] == '"' || s.text[where.start] == '\'') {
		text = strconv.Quote(text)
	}
	loc.Suggestion = text
	return loc
}

func (s *source) errorf(where span, format string, args ...any) {
	s.error(api.Message{Text: fmt.Sprintf(format, args...), Location: s.at(where)})
}

func (s *source) warnf(where span, format string, args ...any) {
	s.warn(api.Message{Text: fmt.Sprintf(format, args...), Location: s.at(where)})
}

func (s *source) error(m api.Message) {
	if len(s.errors) < maxFaults {
		s.errors = append(s.errors, m)
	}
}

func (s *source) warn(m api.Message) {
	if len(s.warnings) < maxFaults {
		s.warnings = append(s.warnings, m)
	}
}

// sortMessages sorts by file, line and column; messages without a place come first.
func sortMessages(ms []api.Message) {
	slices.SortStableFunc(ms, func(a, b api.Message) int {
		if a.Location == nil || b.Location == nil {
			switch {
			case a.Location == b.Location:
				return cmp.Compare(a.Text, b.Text)
			case a.Location == nil:
				return -1
			}
			return 1
		}
		return cmp.Or(
			cmp.Compare(a.Location.File, b.Location.File),
			cmp.Compare(a.Location.Line, b.Location.Line),
			cmp.Compare(a.Location.Column, b.Location.Column),
		)
	})
}

// closest returns the one of candidates that name is probably a slip of, or "". The distance counts letters added,
// left out, replaced and two swapped; a third of the letters may be wrong. Case and - for _ count nothing.
func closest(name string, candidates []string) string {
	if name == "" || len(name) > 100 {
		return ""
	}
	fold := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }
	best, distance := "", min(3, len(name)/3)+1
	for _, c := range candidates {
		if d := typoDistance(fold(name), fold(c)); d < distance && c != name {
			best, distance = c, d
		}
	}
	return best
}

// typoDistance is the optimal string alignment distance.
func typoDistance(a, b string) int {
	if d := len(a) - len(b); d > 3 || d < -3 {
		return 4
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
