package compiler

import (
	"regexp"
	"strconv"
	"strings"
)

// Frame is a place in a stack of script.
type Frame struct {
	File         string
	Line, Column int // from 1
}

// framePattern finds file, line and column in a line of a stack.
var framePattern = regexp.MustCompile(`(?m)^\s*at (?:.*\()?([^()\n]+):(\d+):(\d+)(?:\(\d+\))?\)?$`)

// Frames reads the places of a stack, the innermost first.
func Frames(stack string) []Frame {
	var list []Frame
	for _, m := range framePattern.FindAllStringSubmatch(stack, -1) {
		f := Frame{File: m[1]}
		f.Line, _ = strconv.Atoi(m[2]) // digits
		f.Column, _ = strconv.Atoi(m[3])
		list = append(list, f)
	}
	return list
}

// line is the nth line of a text, from 1; "" if there is none.
func line(text string, n int) string {
	lines := strings.Split(text, "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[n-1], "\r")
}
