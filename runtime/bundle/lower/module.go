package lower

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/unistring"
)

// names are the identifiers that lowering adds. None of them occurs in the source.
type names struct {
	helper        [helpers]string // the first parameters of the wrapper
	imports, load string          // the next parameter, and the function that import() becomes
	value, object string          // parameters that hold intermediate values
	depth         string          // a parameter that counts functions
	arguments     string          // what a mention of arguments outside of functions becomes: it's never declared
	module        string          // prefix of the constants that hold imported modules
}

// newNames picks names. load has to be as long as the keyword import, which it replaces.
func newNames(code string) names {
	pick := func(base string) string {
		name := base
		for i := 0; strings.Contains(code, name); i++ {
			digits := strconv.Itoa(i)
			name = base[:max(len(base)-len(digits), len("ɵ"))] + digits
		}
		return name
	}
	n := names{
		imports: pick("ɵimport"), load: pick("ɵload"),
		value: pick("ɵvalue"), object: pick("ɵobject"), depth: pick("ɵn"), arguments: pick("ɵarguments"), module: pick("ɵmodule"),
	}
	for h, name := range helperNames {
		n.helper[h] = pick(name)
	}
	return n
}

// module is what the import and export statements of the code say.
type module struct {
	imports []importStatement
	exports []exportName
	dynamic bool // there are dynamic imports
	strict  bool // a classic script with the directive
}

type importStatement struct {
	specifier string
	namespace string       // local name of import * as
	names     []exportName // imported and local names
	offset    int
}

// exportName is a name of a module's namespace and the variable it stands for.
type exportName struct {
	exported, local string
	offset          int
}

// statements reads the import and export statements in esbuild's print, and blanks them out.
type statements struct {
	l      *lowering
	t      tokenizer
	module *module
}

// link finds import and export statements, remembers what they say, and blanks them out, so that offsets stay.
func (l *lowering) link() error {
	l.names = newNames(string(l.code))
	s := statements{l: l, t: tokenizer{src: l.code}, module: &l.module}
	directives := true
	added := lookups{source: l.in.Code}
	for k := s.t.next(); k.kind != endOfFile; k = s.t.next() {
		if directives = directives && (k.kind == stringToken || s.t.is(k, ";")); directives && k.kind == stringToken {
			l.module.strict = l.module.strict || s.t.text(k) == `"use strict"`
		}
		added.see(&s, k)
		if k.kind != nameToken || s.t.property {
			continue
		}
		var err error
		switch s.t.text(k) {
		case "import":
			err = s.importKeyword(k)
		case "export":
			err = s.export(k)
		}
		if err != nil {
			return err
		}
	}
	if strings.HasPrefix(string(l.code), "#!") {
		copy(l.code, "//")
	}
	for _, e := range l.module.exports {
		l.program.Exports = append(l.program.Exports, e.exported)
	}
	seen := map[string]bool{}
	for _, i := range l.module.imports {
		if !seen[i.specifier] {
			l.program.Imports = append(l.program.Imports, i.specifier)
		}
		seen[i.specifier] = true
	}
	return nil
}

// importKeyword handles a token import: a call, a statement, or a property of that name in an object or class.
func (s *statements) importKeyword(keyword lexeme) error {
	before := s.t
	k := s.t.next()
	switch {
	case s.t.is(k, "("):
		// A method of this name is told from a call by the brace after its parameters.
		if isMethod(s.t) {
			return nil
		}
		s.l.program.Dynamic = true
		copy(s.l.code[keyword.start:keyword.end], s.l.names.load)
		s.module.dynamic = true
		return nil
	case len(before.open) > 0 || s.t.is(k, ":") || s.t.is(k, ","):
		s.t = before
		return nil
	case s.l.in.ServiceWorker:
		return s.refuse(keyword, "a service worker script can't have import statements: export a handler to make it a module")
	}
	statement := importStatement{offset: keyword.start}
	for ; !s.t.is(k, "from") && k.kind != stringToken; k = s.t.next() {
		switch {
		case s.t.is(k, "{"):
			named, err := s.list()
			if err != nil {
				return err
			}
			statement.names = append(statement.names, named...)
		case s.t.is(k, "*"):
			s.t.next() // as
			statement.namespace = s.t.text(s.t.next())
		case s.t.is(k, ","):
		case k.kind == nameToken && len(statement.names) == 0 && statement.namespace == "":
			statement.names = append(statement.names, exportName{"default", s.t.text(k), k.start})
		default:
			return s.refuse(k, "this form of import is not supported")
		}
	}
	if s.t.is(k, "from") {
		k = s.t.next()
	}
	var err error
	if statement.specifier, err = s.unquote(k); err != nil {
		return err
	}
	s.module.imports = append(s.module.imports, statement)
	return s.end(keyword)
}

// isMethod reports whether the parenthesis that was just opened holds the parameters of a method.
func isMethod(t tokenizer) bool {
	if n := len(t.open); n < 2 || t.open[n-2].open != '{' {
		return false
	}
	t.open = append([]bracket(nil), t.open...)
	depth := len(t.open)
	for len(t.open) >= depth {
		if t.next().kind == endOfFile {
			return false
		}
	}
	return t.is(t.next(), "{")
}

// export handles the trailing export list, the only export statement that esbuild prints besides export * from.
func (s *statements) export(keyword lexeme) error {
	before := s.t
	k := s.t.next()
	switch {
	case len(before.open) > 0:
		s.t = before
		return nil
	case s.l.in.ServiceWorker:
		return s.refuse(keyword, "a service worker script can't have export statements")
	case s.t.is(k, "*"):
		return s.refuse(keyword, "export * from an external module is not supported: name what it exports")
	case !s.t.is(k, "{"):
		return s.refuse(keyword, "this form of export is not supported")
	}
	names, err := s.list()
	if err != nil {
		return err
	}
	for _, n := range names {
		// In an export list the local name comes first.
		n.exported, n.local = n.local, n.exported
		s.module.exports = append(s.module.exports, n)
	}
	return s.end(keyword)
}

// list reads the names after an opening brace up to the closing one: a, b as c.
func (s *statements) list() (names []exportName, err error) {
	for k := s.t.next(); !s.t.is(k, "}"); k = s.t.next() {
		if s.t.is(k, ",") {
			continue
		}
		if k.kind != nameToken && k.kind != stringToken {
			return nil, s.refuse(k, "this form of import or export is not supported")
		}
		name := exportName{offset: k.start}
		if name.exported, err = s.unquote(k); err != nil {
			return nil, err
		}
		name.local = name.exported
		before := s.t
		if s.t.is(s.t.next(), "as") {
			if name.local, err = s.unquote(s.t.next()); err != nil {
				return nil, err
			}
		} else {
			s.t = before
		}
		names = append(names, name)
	}
	return names, nil
}

// end reads the semicolon of a statement and blanks the statement.
func (s *statements) end(keyword lexeme) error {
	k := s.t.next()
	if !s.t.is(k, ";") {
		return s.refuse(k, "import attributes on an external module are not supported")
	}
	for i := keyword.start; i < k.end; i++ {
		if s.l.code[i] != '\n' {
			s.l.code[i] = ' '
		}
	}
	return nil
}

func (s *statements) refuse(k lexeme, text string) error {
	return s.l.fail(s.l.placeInCode(k.start), text)
}

// unquote gives the value of a string literal, or a name as it is.
func (s *statements) unquote(k lexeme) (string, error) {
	text := s.t.text(k)
	if k.kind != stringToken {
		return text, nil
	}
	if text[0] == '\'' {
		text = `"` + strings.ReplaceAll(text[1:len(text)-1], `"`, `\"`) + `"`
	}
	value, err := strconv.Unquote(text)
	if err != nil {
		return "", s.refuse(k, "escapes in the name of a module are not supported")
	}
	return value, nil
}

// wrap makes the text that is parsed: the code in a function, with all that lowering adds on a line before it.
func (l *lowering) wrap() {
	n := l.names
	var out strings.Builder
	out.Grow(len(l.code) + 1024)
	out.WriteByte('(')
	if !l.in.ServiceWorker {
		out.WriteString("async ")
	}
	fmt.Fprintf(&out, "function(%s,%s,%s,%s,%s){", strings.Join(n.helper[:], ","), n.imports, n.value, n.object, n.depth)
	if !l.in.ServiceWorker || l.module.strict {
		out.WriteString(`"use strict";`)
	}
	l.writeImports(&out)
	if l.module.dynamic {
		fmt.Fprintf(&out, "const %s=async %s=>%s(`${%s}`);", n.load, n.module, n.imports, n.module)
	}
	out.WriteByte('\n')
	l.prefix = out.Len()
	out.Write(l.code)
	out.WriteString("\n})")
	l.text = out.String()
}

// writeImports writes the bindings of the import statements. A name that the imported module lacks is an error as in ESM, at
// loading, instead of an undefined.
func (l *lowering) writeImports(out *strings.Builder) {
	modules := map[string]string{}
	for _, i := range l.module.imports {
		if modules[i.specifier] == "" {
			modules[i.specifier] = l.names.module + strconv.Itoa(len(modules))
			fmt.Fprintf(out, "const %s=%s(%s);", modules[i.specifier], l.names.imports, quote(i.specifier))
		}
	}
	for _, i := range l.module.imports {
		module := modules[i.specifier]
		if i.namespace != "" {
			fmt.Fprintf(out, "const %s=%s;", i.namespace, module)
		}
		for _, n := range i.names {
			at := l.placeInCode(n.offset)
			missing := fmt.Sprintf("%s:%d:%d: the module %q has no export named %q", at.File, at.Line, at.Column+1, i.specifier, n.exported)
			fmt.Fprintf(out, "if(!(%s in %s))throw new SyntaxError(%s);const %s=%s[%s];",
				quote(n.exported), module, quote(missing), n.local, module, quote(n.exported))
		}
	}
}

// quote writes a string literal of JavaScript.
func quote(s string) string {
	return strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`, `\a`, `\x07`).Replace(strconv.Quote(s))
}

// returnExports appends the statement that returns the exports.
func (l *lowering) returnExports(top *scope) {
	at := file.Idx(len(l.text) - len("})") + 1)
	object := &ast.ObjectLiteral{LeftBrace: at, RightBrace: at}
	object.Value = append(object.Value, &ast.PropertyKeyed{
		Key:   &ast.StringLiteral{Idx: at, Literal: `"__proto__"`, Value: "__proto__"},
		Kind:  ast.PropertyKindValue,
		Value: &ast.NullLiteral{Idx: at, Literal: "null"},
	})
	for _, e := range l.module.exports {
		local := &ast.Identifier{Name: unistring.NewFromString(e.local), Idx: at}
		property := &ast.PropertyKeyed{
			Key:   &ast.StringLiteral{Idx: at, Literal: quote(e.exported), Value: unistring.NewFromString(e.exported)},
			Kind:  ast.PropertyKindValue,
			Value: local,
			// A computed key defines even "__proto__" as a property.
			Computed: true,
		}
		if b := top.names[local.Name]; b != nil && b.changes {
			property.Kind = ast.PropertyKindGet
			property.Value = &ast.FunctionLiteral{
				Function:      at,
				ParameterList: &ast.ParameterList{Opening: at, Closing: at},
				Body: &ast.BlockStatement{
					LeftBrace: at, RightBrace: at,
					List: []ast.Statement{&ast.ReturnStatement{Return: at, Argument: local}},
				},
				Source: "get " + e.exported + "() { [native code] }",
			}
		}
		object.Value = append(object.Value, property)
	}
	body := l.wrapper.Body
	body.List = append(body.List, &ast.ReturnStatement{Return: at, Argument: object})
}
