package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Each folder of testdata/cases is what a user writes: Workers, and want.txt, which says what they answer.
//
//	# a comment
//	$ --env staging            more arguments of bindery dev, once
//	% text                     some line of output has this text
//	! reason                   the next exchange is known to fail; that it passes is a failure
//
//	> POST /path?query         a request: method and target,
//	> content-type: text/plain headers ("host" sets the host),
//	>                          and after an empty line the body, its lines joined by LF, or CRLF in multipart/form-data
//	> body
//	< 200                      its answer: the status,
//	< x-header: value          a header's whole value (one of them, where there are several),
//	< x-header ~ expression    a regular expression that matches it,
//	< !x-header                a header that is not there,
//	<                          and after an empty line the whole body, its lines joined by LF,
//	< body
//	<~ expression              or a regular expression that matches it
//
// A request begins where a ">" follows a "<".
func TestCases(t *testing.T) {
	folders, err := filepath.Glob("testdata/cases/*/want.txt")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range folders {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			c, err := readCase(file)
			if err != nil {
				t.Fatal(err)
			}
			d := start(t, append([]string{dir}, c.args...)...)
			c.run(t, d)
		})
	}
}

// testCase is a parsed want.txt.
type testCase struct {
	file      string
	args      []string
	says      []string
	exchanges []*exchange
}

// exchange is one request and what is wanted of its answer.
type exchange struct {
	line           int
	known          string // why it fails
	method, target string
	header         http.Header
	host           string
	body           []string
	hasBody        bool

	status  int
	headers []wantHeader
	text    []string // the lines of the body; nil if any will do
	matches []*regexp.Regexp
}

type wantHeader struct {
	name    string
	value   string         // the whole value, where match is nil
	match   *regexp.Regexp // or an expression for it
	missing bool
}

func readCase(file string) (*testCase, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &testCase{file: file}
	var p caseParser
	for i, line := range strings.Split(string(b), "\n") {
		if err := p.line(c, i+1, line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	for _, x := range c.exchanges {
		if x.status == 0 {
			return nil, fmt.Errorf("%s:%d: a request without an answer", file, x.line)
		}
	}
	if len(c.exchanges) == 0 {
		return nil, fmt.Errorf("%s: no requests", file)
	}
	return c, nil
}

// caseParser knows where in an exchange a line stands.
type caseParser struct {
	x       *exchange
	answers bool // past the first "<"
	body    bool // past the empty line
	known   string
}

func (p *caseParser) line(c *testCase, number int, line string) error {
	mark, rest, _ := strings.Cut(line, " ")
	switch mark {
	case "":
		if strings.TrimSpace(line) != "" {
			return fmt.Errorf("no mark at the start of %q", line)
		}
	case "#":
	case "$":
		c.args = append(c.args, strings.Fields(rest)...)
	case "!":
		p.known = rest
	case "%":
		c.says = append(c.says, rest)
	case ">":
		return p.request(c, number, rest)
	case "<", "<~":
		if p.x == nil {
			return fmt.Errorf("an answer without a request")
		}
		return p.answer(mark, rest)
	default:
		if !strings.HasPrefix(line, "#") {
			return fmt.Errorf("unknown mark %q", mark)
		}
	}
	return nil
}

func (p *caseParser) request(c *testCase, number int, text string) error {
	if p.x == nil || p.answers {
		method, target, ok := strings.Cut(text, " ")
		if !ok || !strings.HasPrefix(target, "/") {
			return fmt.Errorf("want METHOD /TARGET, have %q", text)
		}
		*p = caseParser{x: &exchange{line: number, known: p.known, method: method, target: target, header: http.Header{}}}
		c.exchanges = append(c.exchanges, p.x)
		return nil
	}
	switch {
	case p.body:
		p.x.body = append(p.x.body, text)
	case text == "":
		p.body, p.x.hasBody = true, true
	default:
		name, value, ok := strings.Cut(text, ": ")
		if !ok {
			return fmt.Errorf("want a header, have %q", text)
		}
		if strings.EqualFold(name, "host") {
			p.x.host = value
		} else {
			p.x.header.Add(name, value)
		}
	}
	return nil
}

func (p *caseParser) answer(mark, text string) error {
	if mark == "<~" {
		re, err := regexp.Compile(text)
		p.x.matches = append(p.x.matches, re)
		return err
	}
	if !p.answers {
		p.answers, p.body = true, false
		status, err := strconv.Atoi(text)
		p.x.status = status
		return err
	}
	switch {
	case p.body:
		p.x.text = append(p.x.text, text)
	case text == "":
		p.body, p.x.text = true, []string{}
	case text[0] == '!':
		p.x.headers = append(p.x.headers, wantHeader{name: text[1:], missing: true})
	default:
		if name, value, ok := strings.Cut(text, ": "); ok && !strings.Contains(name, " ") {
			p.x.headers = append(p.x.headers, wantHeader{name: name, value: value})
			return nil
		}
		name, expression, ok := strings.Cut(text, " ~ ")
		if !ok {
			return fmt.Errorf("want a header, have %q", text)
		}
		re, err := regexp.Compile(expression)
		p.x.headers = append(p.x.headers, wantHeader{name: name, match: re})
		return err
	}
	return nil
}

func (c *testCase) run(t *testing.T, d *dev) {
	for _, x := range c.exchanges {
		at := fmt.Sprintf("%s:%d: %s %s", c.file, x.line, x.method, x.target)
		var faults []string
		if resp, body, err := x.send(d); err != nil {
			faults = []string{err.Error()}
		} else {
			faults = x.check(resp, body)
		}
		switch {
		case x.known == "":
			for _, fault := range faults {
				t.Errorf("%s: %s", at, fault)
			}
		case len(faults) == 0:
			t.Errorf("%s passes, take its mark away: %s", at, x.known)
		}
	}
	for _, text := range c.says {
		d.says(text)
	}
}

func (x *exchange) send(d *dev) (*http.Response, string, error) {
	var body io.Reader
	if x.hasBody {
		end := "\n"
		if strings.HasPrefix(x.header.Get("content-type"), "multipart/") {
			end = "\r\n"
		}
		body = strings.NewReader(strings.Join(x.body, end))
	}
	req, err := http.NewRequestWithContext(context.Background(), x.method, d.url+x.target, body)
	if err != nil {
		return nil, "", err
	}
	req.Header, req.Host = x.header, x.host
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

// check gives all that differs.
func (x *exchange) check(resp *http.Response, body string) (faults []string) {
	if resp.StatusCode != x.status {
		faults = append(faults, fmt.Sprintf("status %d, want %d (body %q)", resp.StatusCode, x.status, body))
	}
	for _, h := range x.headers {
		have := resp.Header.Values(h.name)
		found := false
		for _, v := range have {
			found = found || h.missing || h.match != nil && h.match.MatchString(v) || h.match == nil && v == h.value
		}
		switch {
		case h.missing && found:
			faults = append(faults, fmt.Sprintf("header %s: have %q, want none", h.name, have))
		case !h.missing && !found && h.match != nil:
			faults = append(faults, fmt.Sprintf("header %s: have %q, want %s", h.name, have, h.match))
		case !h.missing && !found:
			faults = append(faults, fmt.Sprintf("header %s: have %q, want %q", h.name, have, h.value))
		}
	}
	if want := strings.Join(x.text, "\n"); x.text != nil && body != want {
		faults = append(faults, fmt.Sprintf("body\n%q, want\n%q", body, want))
	}
	for _, re := range x.matches {
		if !re.MatchString(body) {
			faults = append(faults, fmt.Sprintf("body %q, want a match of %s", body, re))
		}
	}
	return faults
}
