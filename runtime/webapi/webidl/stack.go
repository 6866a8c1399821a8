package webidl

import (
	"net/url"
	"strings"
)

// v8Stack words a stack as V8 does: goja puts a tab before each frame and the offset in its own code behind the column.
func v8Stack(stack string) string {
	if !strings.Contains(stack, "\n\tat ") {
		return stack
	}
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimRight(stack, "\n"), "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		frame, ok := strings.CutPrefix(line, "\tat ")
		if !ok {
			b.WriteString(line)
			continue
		}
		b.WriteString("    at ")
		b.WriteString(withPlainName(withoutOffset(frame)))
	}
	return b.String()
}

// withoutOffset turns "f (a.js:1:2(3))" into "f (a.js:1:2)" and "a.js:1:2(3)" into "a.js:1:2".
func withoutOffset(frame string) string {
	end := ""
	rest, ok := strings.CutSuffix(frame, "))")
	if ok {
		end = ")"
	} else if rest, ok = strings.CutSuffix(frame, ")"); !ok {
		return frame
	}
	open := strings.LastIndexByte(rest, '(')
	if open < 0 || open+1 == len(rest) || strings.Trim(rest[open+1:], "0123456789") != "" {
		return frame
	}
	return rest[:open] + end
}

// withPlainName undoes what goja does to the file's name: it takes the names of a source map for URLs, and escapes them.
func withPlainName(frame string) string {
	if !strings.Contains(frame, "%") {
		return frame
	}
	at := strings.LastIndex(frame, " (") + 1
	if !strings.HasSuffix(frame, ")") {
		at = 0
	}
	name, err := url.PathUnescape(frame[at:])
	if err != nil {
		return frame
	}
	return frame[:at] + name
}
