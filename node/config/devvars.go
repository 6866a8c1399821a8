package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// secrets reads the secrets for development of a Worker. As in wrangler they are added to vars, or take their place,
// and where the wrangler file lists its secrets, others are left out.
func (l *loader) secrets(f *file) {
	path := filepath.Join(f.w.Dir, ".dev.vars")
	if l.o.Env != "" {
		if own := path + "." + l.o.Env; exists(own) {
			path = own
		}
	}
	f.w.Secrets = map[string]string{}
	var found []devVar
	if exists(path) {
		s := openSource(path, l.base)
		l.sources = append(l.sources, s)
		if len(s.errors) > 0 {
			return
		}
		found = parseDevVars(s)
		f.takeSecrets(s, found)
	}
	var missing []string
	for _, name := range f.w.RequiredSecrets {
		if _, ok := f.w.Secrets[name]; !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		required := f.own("secrets").in("required")
		f.warnf(required.key, "%s: %s has no value for %s", required.path, shownPath(path, l.base), quoteList(missing))
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// takeSecrets gives the Worker what its .dev.vars has.
func (f *file) takeSecrets(s *source, found []devVar) {
	services := map[string]*api.Location{}
	for _, service := range f.w.Services {
		services[service.Binding] = &service.Pos
	}
	for _, v := range found {
		_, isVar := f.w.Vars[v.name]
		switch {
		case !isIdentifier(v.name):
			text := fmt.Sprintf("%q can't be the name of a secret; use an identifier: letters, digits and _, not beginning with a digit", v.name)
			s.error(api.Message{Text: text, Location: s.suggest(v.key, madeIdentifier(v.name))})
			continue
		case services[v.name] != nil:
			s.error(api.Message{
				Text:     fmt.Sprintf("the name %q is taken by a service binding", v.name),
				Location: s.at(v.key),
				Notes:    []api.Note{{Text: "It is taken here:", Location: services[v.name]}},
			})
			continue
		case f.own("secrets").present() && !isVar && !slices.Contains(f.w.RequiredSecrets, v.name):
			s.warnf(v.key, "%q is neither a var nor under secrets.required in %s; it is left out", v.name, f.shown)
			continue
		}
		f.w.Secrets[v.name] = v.value
	}
	for name := range f.w.Secrets {
		delete(f.w.Vars, name)
	}
}

// devVar is a line of .dev.vars.
type devVar struct {
	name, value string
	key         span
}

// parseDevVars reads a file of the form that the npm package dotenv reads: KEY=value lines, with comments, an optional
// "export", and values in double, single or backquotes, which may go over several lines. In double quotes \n and \r
// are line breaks; a backslash keeps a quote from ending the value and stays in it, as dotenv has it. Where dotenv
// passes over a line that it doesn't understand, this is an error. Of two lines for one key the last counts, with a
// warning. Names are checked by the caller.
func parseDevVars(s *source) []devVar {
	p := devVarsParser{s: s}
	var out []devVar
	index := map[string]int{}
	for p.pos < len(s.text) && len(s.errors) < maxFaults {
		v, ok := p.line()
		if !ok {
			continue
		}
		if i, again := index[v.name]; again {
			s.warn(api.Message{
				Text:     fmt.Sprintf("%q is set twice; the last one counts", v.name),
				Location: s.at(v.key),
				Notes:    []api.Note{{Text: "It is first set here:", Location: s.at(out[i].key)}},
			})
			out[i] = v
			continue
		}
		index[v.name] = len(out)
		out = append(out, v)
	}
	return out
}

type devVarsParser struct {
	s   *source
	pos int
}

// line reads up to and with the next line break. ok is false for a line without a variable.
func (p *devVarsParser) line() (v devVar, ok bool) {
	text := p.s.text
	end := p.lineEnd(p.pos)
	defer func() { p.pos = end + 1 }()

	p.skipSpace(end)
	if p.pos == end || text[p.pos] == '#' {
		return v, false
	}
	start := p.pos
	if rest, found := bytes.CutPrefix(text[start:end], []byte("export")); found && len(rest) > 0 && isSpace(rest[0]) {
		p.pos += len("export")
		p.skipSpace(end)
	}
	key := span{p.pos, p.pos}
	for p.pos < end && text[p.pos] != '=' && text[p.pos] != ':' && !isSpace(text[p.pos]) && text[p.pos] != '#' {
		p.pos++
	}
	key.end = p.pos
	p.skipSpace(end)
	assigned := p.pos < end && (text[p.pos] == '=' || text[p.pos] == ':' && p.pos+1 < end && isSpace(text[p.pos+1]))
	if key.start == key.end || !assigned {
		p.s.errorf(span{start, end}, "expected a line of the form KEY=value")
		return v, false
	}
	p.pos++
	p.skipSpace(end)
	v.name, v.key = string(text[key.start:key.end]), key
	if p.pos < end && strings.IndexByte("\"'`", text[p.pos]) >= 0 {
		end, ok = p.quoted(&v, end)
		return v, ok
	}
	value := text[p.pos:end]
	if i := bytes.IndexByte(value, '#'); i >= 0 {
		value = value[:i]
	}
	v.value = string(bytes.TrimSpace(value))
	return v, true
}

// quoted reads a value in quotes and what follows it. It returns the end of the line that the value ends on.
func (p *devVarsParser) quoted(v *devVar, end int) (int, bool) {
	text, open := p.s.text, p.pos
	quote := text[open]
	stop := open + 1
	for stop < len(text) && text[stop] != quote {
		if text[stop] == '\\' {
			stop++
		}
		stop++
	}
	if stop >= len(text) {
		p.s.errorf(span{open, end}, "the value of %q has no closing %c", v.name, quote)
		return end, false
	}
	last := p.lineEnd(stop)
	p.pos = stop + 1
	p.skipSpace(last)
	if p.pos < last && text[p.pos] != '#' {
		p.s.errorf(span{p.pos, last}, "unexpected text after the closing %c of %q", quote, v.name)
		return last, false
	}
	v.value = strings.ReplaceAll(string(text[open+1:stop]), "\r\n", "\n")
	if quote == '"' {
		v.value = strings.NewReplacer(`\n`, "\n", `\r`, "\r").Replace(v.value)
	}
	return last, true
}

func (p *devVarsParser) lineEnd(from int) int {
	if i := bytes.IndexByte(p.s.text[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(p.s.text)
}

func (p *devVarsParser) skipSpace(end int) {
	for p.pos < end && isSpace(p.s.text[p.pos]) {
		p.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }
