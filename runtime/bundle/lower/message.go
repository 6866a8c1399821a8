package lower

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
)

// Error is everything that is wrong with a bundle, in the form that esbuild's api.FormatMessages renders.
type Error struct {
	Messages []api.Message // at least one
}

func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Messages))
	for _, m := range e.Messages {
		line := m.Text
		if at := m.Location; at != nil {
			line = fmt.Sprintf("%s:%d:%d: %s", at.File, at.Line, at.Column+1, m.Text)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (l *lowering) fail(at *api.Location, text string) *Error {
	return &Error{Messages: []api.Message{{Text: text, Location: at}}}
}

// place gives the user's place of a byte offset in the wrapped text.
func (l *lowering) place(offset int) *api.Location {
	if l.text == "" || offset < l.prefix {
		return &api.Location{File: l.in.Name, Line: 1}
	}
	return l.placeInCode(offset - l.prefix)
}

// placeInCode is place for an offset in what esbuild printed.
func (l *lowering) placeInCode(offset int) *api.Location {
	before := l.code[:min(offset, len(l.code))]
	line := bytes.Count(before, []byte{'\n'})
	column := utf16Length(before[bytes.LastIndexByte(before, '\n')+1:])
	if at := l.outMap.location(line, column); at != nil {
		return at
	}
	return &api.Location{File: l.in.Name, Line: 1}
}

// placeInInput gives the user's place of a line (from 1) and a column (in bytes, from 0) of the bundle as it came.
func (l *lowering) placeInInput(line, column int, lineText string) *api.Location {
	if l.inMap != nil {
		units := utf16Length([]byte(lineText[:min(column, len(lineText))]))
		if at := l.inMap.location(line-1, units); at != nil {
			return at
		}
	}
	return &api.Location{File: l.in.Name, Line: line, Column: column, LineText: lineText}
}

// fromESBuild moves the messages of esbuild, which are about the bundle, to the user's files.
func (l *lowering) fromESBuild(messages []api.Message) []api.Message {
	moved := make([]api.Message, 0, len(messages))
	move := func(at *api.Location) *api.Location {
		if at == nil {
			return nil
		}
		return l.placeInInput(at.Line, at.Column, at.LineText)
	}
	for _, m := range messages {
		notes := m.Notes
		m.Notes = nil
		for _, note := range notes {
			m.Notes = append(m.Notes, api.Note{Text: note.Text, Location: move(note.Location)})
		}
		m.Location = move(m.Location)
		if m.Location != nil {
			m.Location.Length = 0
		}
		moved = append(moved, m)
	}
	return moved
}

// parseError reports the first fault that goja's parser found: the ones after it tend to be its consequences.
func (l *lowering) parseError(err error) error {
	var list parser.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return l.fail(l.place(0), "SyntaxError: "+err.Error())
	}
	return l.fail(l.placeOf(list[0].Position), "SyntaxError: "+list[0].Message)
}

// placeOf gives the user's place of a position that goja computed in the wrapped text.
func (l *lowering) placeOf(at file.Position) *api.Location {
	offset := 0
	for line := 1; line < at.Line; line++ {
		next := strings.IndexByte(l.text[offset:], '\n')
		if next < 0 {
			break
		}
		offset += next + 1
	}
	return l.place(min(offset+max(at.Column-1, 0), len(l.text)))
}

func (l *lowering) compileError(err error) error {
	var syntax *goja.CompilerSyntaxError
	if errors.As(err, &syntax) {
		return l.fail(l.place(syntax.Offset), "SyntaxError: "+syntax.Message)
	}
	var reference *goja.CompilerReferenceError
	if errors.As(err, &reference) {
		return l.fail(l.place(reference.Offset), "ReferenceError: "+reference.Message)
	}
	return l.fail(l.place(0), err.Error())
}
