package formdata_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/blob"
	"github.com/bindery/bindery/runtime/webapi/formdata"
)

func TestMain(m *testing.M) { runtimetest.Main(m, formdata.API, blob.API) }

func TestFormData(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const f = new FormData(); f.append("a", 1); f.append("b", "x"); f.append("a", 2); JSON.stringify([[...f], f.get("a"), f.getAll("a"), f.has("b"), f.get("z"), f.getAll("z")])`, Want: `[[["a","1"],["b","x"],["a","2"]],"1",["1","2"],true,null,[]]`},
		{Src: `const f = new FormData(); f.append("a", 1); f.append("b", 2); f.append("a", 3); f.set("a", 4); f.set("c", 5); JSON.stringify([...f])`, Want: `[["a","4"],["b","2"],["c","5"]]`},
		{Src: `const f = new FormData(); f.append("a", 1); f.append("b", 2); f.append("a", 3); f.delete("a"); f.delete("z"); JSON.stringify([...f])`, Want: `[["b","2"]]`},
		{Src: `const f = new FormData(); f.append("a", new Blob(["x"], { type: "t/x" })); const v = f.get("a"); [v instanceof File, v.name, v.type, v === f.get("a"), v === [...f.values()][0]].join()`, Want: "true,blob,t/x,true,true"},
		{Src: `const f = new FormData(), x = new File(["x"], "n", { lastModified: 3 }); f.append("a", x); f.append("b", x, "m"); [f.get("a") === x, f.get("b").name, f.get("b").lastModified, f.get("b") === f.get("b")].join()`, Want: "true,m,3,true"},
		{Src: `const f = new FormData(); f.append("\ud800", "\udc00"); [...f][0].join("")`, Want: "\uFFFD\uFFFD"},
		{Src: `const f = new FormData(); f.append("a", 1); const seen = []; f.forEach((v, k, o) => seen.push(k, v, o === f)); for (const [k] of f) { if (k === "a") f.append("b", 1); seen.push(k) } seen.join()`, Want: "a,1,true,a,b"},
		{Src: `new FormData(undefined) instanceof FormData`, Want: "true"},
		{Src: `new FormData({})`, Want: "throws TypeError: Failed to construct 'FormData'"},
		{Src: `new FormData().append("a", "b", "c")`, Want: "throws TypeError: Failed to execute 'FormData.append': parameter 2 is not of type 'Blob'."},
		{Src: `new FormData().append("a")`, Want: "throws TypeError: Failed to execute 'FormData.append': 2 arguments required"},
		{Src: `new FormData().set("a", Symbol())`, Want: "throws TypeError"},
	})
}

func show(f *formdata.FormData) string {
	var b strings.Builder
	for _, e := range f.Entries() {
		if e.File != nil {
			fmt.Fprintf(&b, "%s=<%s %s %s>;", e.Name, e.File.Name, e.File.Type(), e.File.Bytes())
		} else {
			fmt.Fprintf(&b, "%s=%s;", e.Name, e.Value)
		}
	}
	return b.String()
}

func TestDecode(t *testing.T) {
	const multi = "multipart/form-data; boundary=B"
	part := func(header, content string) string { return "--B\r\n" + header + "\r\n\r\n" + content + "\r\n" }
	for _, c := range []struct{ name, contentType, data, want string }{
		{"urlencoded", "application/x-www-form-urlencoded;charset=UTF-8", "a=1&b=%20+x&a=%C3%A9&&c", "a=1;b=  x;a=é;c=;"},
		{"urlencoded, empty", "application/x-www-form-urlencoded", "", ""},
		{"one part", multi, part(`Content-Disposition: form-data; name="a"`, "1") + "--B--\r\n", "a=1;"},
		{"no line end at the end", multi, part(`content-disposition:form-data;name=a`, "1") + "--B--", "a=1;"},
		{"bare line feeds", multi, "--B\nContent-Disposition: form-data; name=\"a\"\n\n1\n--B--\n", "a=1;"},
		{"file", multi, part("Content-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: Text/CSV", "a\r\n--b") + "--B--", "f=<x.txt text/csv a\r\n--b>;"},
		{"file without type", multi, part(`Content-Disposition: form-data; name="f"; filename=""`, "") + "--B--", "f=< text/plain >;"},
		{"escapes", multi, part(`Content-Disposition: form-data; name="a%22%0D%0A%41\"c:\d"`, "é\xff") + "--B--", "a\"\r\n%41\"c:\\d=é\uFFFD;"},
		{"preamble and epilogue", multi, "hello\r\n" + part(`Content-Disposition: form-data; name="a"`, "1") + "--B--\r\nbye", "a=1;"},
		{"boundary inside a line", multi, part(`Content-Disposition: form-data; name="a"`, "x--B y") + "--B--", "a=x--B y;"},
		{"no parts", multi, "--B--\r\n", ""},
		{"quoted boundary", `multipart/form-data; boundary="a b"`, "--a b\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n--a b--", "x=y;"},
		{"empty content", multi, part(`Content-Disposition: form-data; name="a"`, "") + "--B--", "a=;"},
		{"no type", "", "", "error: Parsing a Body as FormData requires a Content-Type header."},
		{"other type", "text/plain", "", "error: Unrecognized Content-Type header value."},
		{"broken type", "bogus", "", "error: Unrecognized Content-Type header value."},
		{"no boundary", "multipart/form-data", "", "error: No boundary string in Content-Type header."},
		{"empty body", multi, "", "error: No initial boundary string"},
		{"cut short", multi, "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n1", "error: No subsequent boundary string"},
		{"header cut short", multi, "--B\r\nContent-Disposition: form-data; name=a", "error: No multipart message header termination found."},
		{"no name", multi, part(`Content-Disposition: form-data; filename="a"`, "1") + "--B--", "error: Content-Disposition header in FormData part is missing a name."},
		{"no disposition", multi, part(`Content-Type: text/plain`, "1") + "--B--", "error: No valid Content-Disposition header found in FormData part."},
		{"another disposition", multi, part(`Content-Disposition: attachment; name=a`, "1") + "--B--", "error: Content-Disposition header for FormData part must have the value"},
		{"unclosed quote", multi, part(`Content-Disposition: form-data; name="a`, "1") + "--B--", "error: Invalid Content-Disposition"},
		{"no colon", multi, part("Content-Disposition: form-data; name=a\r\nbogus", "1") + "--B--", "error: FormData part had invalid headers."},
		{"junk after boundary", multi, "--Bx\r\n\r\n--B--", "error: Boundary string was not succeeded by"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := formdata.Decode([]byte(c.data), c.contentType)
			if message, ok := strings.CutPrefix(c.want, "error: "); ok {
				if err == nil || !strings.HasPrefix(err.Error(), message) {
					t.Errorf("got %v, want %s", err, message)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := show(f); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func file(name, typ, content string) *blob.File {
	return blob.NewFile(blob.New([]byte(content), typ), name)
}

func TestEncode(t *testing.T) {
	f := formdata.New([]formdata.Entry{
		{Name: "a\n\"b", Value: "1\n2\r3\r\n4"},
		{Name: "f", File: file("x\r\"y", "", "\x00\n")},
		{Name: "é", File: file("", "a/b", "")},
	})
	b, contentType := formdata.Encode(f)
	data, _ := b.Whole()
	boundary := strings.TrimPrefix(contentType, "multipart/form-data; boundary=")
	want := "--B\r\nContent-Disposition: form-data; name=\"a%0D%0A%22b\"\r\n\r\n1\r\n2\r\n3\r\n4\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x%0D%22y\"\r\nContent-Type: application/octet-stream\r\n\r\n\x00\n\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"é\"; filename=\"\"\r\nContent-Type: a/b\r\n\r\n\r\n--B--\r\n"
	if got := strings.ReplaceAll(string(data), boundary, "B"); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(boundary) > 70 {
		t.Errorf("boundary of %d characters", len(boundary))
	}
	if _, again := formdata.Encode(f); again == contentType {
		t.Error("the boundary is the same each time")
	}
	back, err := formdata.Decode(data, contentType)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(back), "a\r\n\"b=1\r\n2\r\n3\r\n4;f=<x\r\"y application/octet-stream \x00\n>;é=< a/b >;"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "--B--", "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B--\r\n", "--B\n\n\n--B", "\n--B \t\nx:y\n\n--B--",
		"--B\r\nContent-Disposition: form-data; name=a; filename=\"\\\"\r\n\r\n\r\n--B\r\n--B--", "--B\r\nContent-Disposition: form-data;;= ;name\r\n\r\n\r\n--B--",
		"a=1&%=%zz+&&=",
	} {
		f.Add([]byte(seed), "multipart/form-data; boundary=B")
		f.Add([]byte(seed), "application/x-www-form-urlencoded")
	}
	f.Add([]byte("--\"--"), `multipart/form-data; boundary="\""`)
	f.Add([]byte(""), "multipart/form-data; boundary=\"")
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		before := bytes.Clone(data)
		form, err := formdata.Decode(data, contentType)
		if !bytes.Equal(before, data) {
			t.Fatal("the body was changed")
		}
		if err != nil {
			return
		}
		// What was read must survive a round trip but for line breaks, which encoding makes CRLF.
		b, typ := formdata.Encode(form)
		whole, _ := b.Whole()
		again, err := formdata.Decode(whole, typ)
		if err != nil {
			t.Fatalf("encoded %q: %v", whole, err)
		}
		if len(again.Entries()) != len(form.Entries()) {
			t.Fatalf("%s became %s", show(form), show(again))
		}
		for i, e := range form.Entries() {
			a := again.Entries()[i]
			if (e.File == nil) != (a.File == nil) || e.File != nil && !bytes.Equal(e.File.Bytes(), a.File.Bytes()) {
				t.Fatalf("%s became %s", show(form), show(again))
			}
		}
	})
}
