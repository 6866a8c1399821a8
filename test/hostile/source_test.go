package hostile_test

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// answering is a Worker after whatever came before it.
const answering = "\nexport default { fetch() { return new Response(\"ok\"); } };\n"

// closing are the brackets that end what each kind of nest begins with.
var closing = map[string][3]string{ // opening, innermost, closing
	"(":           {"(", "1", ")"},
	"[":           {"[", "1", "]"},
	"{":           {"{", "1", "}"},
	"object":      {"({a:", "1", "})"},
	"function":    {"(function(){", "", "})"},
	"arrow":       {"()=>", "1", ""},
	"async":       {"async()=>(", "1", ")"},
	"class":       {"(class{x=", "1", "})"},
	"template":    {"`${", "1", "}`"},
	"tag":         {"String.raw`${", "1", "}`"},
	"call":        {"String(", "1", ")"},
	"new":         {"new ", "Object", ""},
	"minus":       {"- ", "1", ""},
	"not":         {"!", "1", ""},
	"typeof":      {"typeof ", "1", ""},
	"power":       {"1**", "1", ""},
	"plus":        {"1+", "1", ""}, // leans to the left
	"comma":       {"1,", "1", ""},
	"nullish":     {"null??", "1", ""},
	"conditional": {"1?1:", "1", ""},
	"assign":      {"globalThis.a=", "1", ""},
	"spread":      {"[...", "[]", "]"},
	"if":          {"if(1)", ";", ""},
	"else":        {"if(0);else ", ";", ""},
	"for":         {"for(;0;)", ";", ""},
	"label":       {"", ";", ""}, // labels must differ
	"block":       {"{", ";", "}"},
	"try":         {"try{", ";", "}catch{}"},
	"switch":      {"switch(1){case 1:", ";", "}"},
	"member":      {"", "", ""},
	"chain":       {"", "", ""},
	"pattern":     {"[", "a", "]"},
	"type":        {"Array<", "1", ">"},
	"jsx":         {"<a>", "", "</a>"},
}

// generate makes a source text that is too large to be stored. The words are what and how many.
func generate(words []string) (string, error) {
	if len(words) == 0 {
		return "", fmt.Errorf("generate what?")
	}
	n := 0
	if len(words) > 1 {
		var err error
		if n, err = strconv.Atoi(words[len(words)-1]); err != nil {
			return "", err
		}
	}
	if words[0] == "nest" && len(words) == 3 {
		return nest(words[1], n)
	}
	if words[0] == "open" && len(words) == 3 { // never closed
		return "export default " + strings.Repeat(closing[words[1]][0], n), nil
	}
	if make := long[words[0]]; make != nil {
		return make(n), nil
	}
	return "", fmt.Errorf("generate %v: unknown", words)
}

func nest(kind string, n int) (string, error) {
	c, ok := closing[kind]
	if !ok {
		return "", fmt.Errorf("nest %s: unknown", kind)
	}
	inner := strings.Repeat(c[0], n) + c[1] + strings.Repeat(c[2], n)
	switch kind {
	case "member":
		inner = "globalThis" + strings.Repeat(".globalThis", n)
	case "chain":
		inner = "let f = () => f; f" + strings.Repeat("()", n)
	case "pattern":
		inner = "(" + inner + ") => 1"
	case "type":
		return "let x: " + inner + " | undefined;" + answering, nil
	case "label":
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "l%d:", i)
		}
		inner = b.String() + ";"
	case "if", "else", "for", "block", "try", "switch":
	default:
		inner = "const x = () => (" + inner + ");"
	}
	return inner + answering, nil
}

// repeated writes n of what each gives.
func repeated(n int, each func(b *strings.Builder, i int)) string {
	var b strings.Builder
	for i := range n {
		each(&b, i)
	}
	return b.String()
}

// long are texts that are long rather than deep, of n parts or bytes.
var long = map[string]func(n int) string{
	"line":     func(n int) string { return strings.Repeat("0;", n/2) + answering },
	"comments": func(n int) string { return strings.Repeat("// a comment\n", n/13) + answering },
	"comment":  func(n int) string { return "/*" + strings.Repeat(" ", n) + "*/" + answering },
	"newlines": func(n int) string { return strings.Repeat("\n", n) + answering },
	"string": func(n int) string {
		return "const s = \"" + strings.Repeat("s", n) + "\"; export default { fetch() { return new Response(String(s.length)); } };\n"
	},
	"number": func(n int) string {
		return "const x = " + strings.Repeat("9", n) + "; export default { fetch() { return new Response(String(x)); } };\n"
	},
	"bigint": func(n int) string {
		return "const x = () => " + strings.Repeat("9", n) + "n;" + answering
	},
	"regex": func(n int) string {
		return "const r = /" + strings.Repeat("(", n) + strings.Repeat(")", n) + "/;" + answering
	},
	"regexrepeat": func(n int) string { return "const r = /" + strings.Repeat("(?:x{1000})", n) + "/;" + answering },
	"regexclass":  func(n int) string { return "const r = /[" + strings.Repeat(`\p{L}`, n) + "]/u;" + answering },
	"functions": func(n int) string {
		return repeated(n, func(b *strings.Builder, i int) { fmt.Fprintf(b, "function f%d(){}\n", i) }) + answering
	},
	"classes": func(n int) string {
		return repeated(n, func(b *strings.Builder, i int) { fmt.Fprintf(b, "class C%d{x=%d}\n", i, i) }) + answering
	},
	"variables": func(n int) string {
		return repeated(n, func(b *strings.Builder, i int) { fmt.Fprintf(b, "let v%d=%d\n", i, i) }) + answering
	},
	"parameters": func(n int) string {
		return "const f = (" + repeated(n, func(b *strings.Builder, i int) { fmt.Fprintf(b, "p%d,", i) }) + ") => 1;" + answering
	},
	"arguments": func(n int) string {
		return "const f = () => String(" + strings.Repeat("1,", n) + "1);" + answering
	},
	"keys": func(n int) string {
		return "const o = () => ({" + repeated(n, func(b *strings.Builder, i int) { fmt.Fprintf(b, "k%d:%d,", i, i) }) + "});" + answering
	},
	"elements": func(n int) string {
		return "const a = () => [" + strings.Repeat("1,", n) + "];" + answering
	},
	"cases": func(n int) string {
		return "const f = (x) => { switch (x) {" + repeated(n, func(b *strings.Builder, i int) { fmt.Fprintf(b, "case %d:", i) }) + "} };" + answering
	},
	"exports": func(n int) string {
		return repeated(n, func(b *strings.Builder, i int) { fmt.Fprintf(b, "export const e%d=%d\n", i, i) }) + answering
	},
	"imports": func(n int) string {
		return repeated(n, func(b *strings.Builder, i int) { fmt.Fprintf(b, "import x%d from \"./missing%d.js\"\n", i, i) }) + answering
	},
	"holes": func(n int) string {
		return "const a = () => [" + strings.Repeat(",", n) + "];" + answering
	},
	"parts": func(n int) string {
		return "const t = (x) => `" + strings.Repeat("${x}", n) + "`;" + answering
	},
	"errors": func(n int) string { return strings.Repeat("let a; let a;\n", n) + answering },
	"unused": func(n int) string { return strings.Repeat("typeof x == \"nul\";\n", n) + answering },
	"bytes":  func(n int) string { return "const s = \"" + strings.Repeat("\xff\xfe\x80", n/3) + "\";" + answering },
	"zeros":  func(n int) string { return strings.Repeat("\x00", n) + answering },
	"binary": func(n int) string {
		b := make([]byte, n)
		state := uint32(1)
		for i := range b {
			state = state*1664525 + 1013904223
			b[i] = byte(state >> 24)
		}
		return string(b)
	},
	// A source map of the source text itself, which a bundler reads.
	"mapping": func(n int) string {
		text := `{"version":3,"sources":["a"],"names":[],"mappings":"` + strings.Repeat("AAAA,", n) + `AAAA"}`
		return answering + "//# sourceMappingURL=data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(text)) + "\n"
	},
	"mappednest": func(n int) string {
		text := `{"version":3,"sources":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `,"names":[],"mappings":"AAAA"}`
		return answering + "//# sourceMappingURL=data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(text)) + "\n"
	},
	"jsonimport": func(n int) string {
		text := strings.Repeat("[", n) + strings.Repeat("]", n)
		return "import j from \"data:application/json," + text + "\";\nconst x = () => j;" + answering
	},
}
