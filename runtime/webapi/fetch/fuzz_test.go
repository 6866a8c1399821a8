package fetch_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// FuzzConstructors gives any text wherever Request and Response take one: they must make an object or throw a TypeError or a RangeError.
func FuzzConstructors(f *testing.F) {
	for _, s := range []string{
		"", "http://x/", "https://[::1]:0/%zz?\x00#\n", "http://xn--/", "HTTP://user@h", "//x", "data:,x", "get", "CONNECT", "a b", "\u2028",
		"text/html;charset=x", "multipart/form-data; boundary=\"", "no-store", "manual", "a\r\nb: c", "{\"a\":[1]}", "\xff\xfe",
	} {
		f.Add(s)
	}
	program := goja.MustCompile("fuzz.js", `(s) => {
		const tries = [
			() => new Request(s), () => new Request("http://x", { method: s }), () => new Request("http://x", { redirect: s }),
			() => new Request("http://x", { cache: s }), () => new Request("http://x", { headers: { [s]: s } }),
			() => new Request("http://x", { method: "POST", body: s }), () => new Request(new Request(s).url),
			() => new Response(s, { statusText: s }), () => new Response(s, { headers: [[s, s]] }), () => new Response(null, { status: s }),
			() => Response.redirect(s), () => Response.json(s), () => new Response(s, { encodeBody: s }),
		];
		for (const t of tries) try { t() } catch (e) { if (!(e instanceof TypeError || e instanceof RangeError)) throw e }
		const u = (() => { try { return new Request(s).url } catch { return null } })();
		if (u !== null && new Request(u).url !== u) throw new Error("no fixed point: " + u);
		const all = ["text", "json", "blob", "formData", "bytes"].map(m => {
			const r = new Response(s); try { r.headers.set("content-type", s) } catch {}
			return r[m]().then(() => 0, (e) => { if (!(e instanceof TypeError || e instanceof SyntaxError)) throw e });
		});
		return Promise.all(all);
	}`, true)
	f.Fuzz(func(t *testing.T, s string) {
		rt := runtimetest.New(t)
		outcome := "pending"
		rt.Do(func(r *webidl.Realm) {
			fn, err := r.VM.RunProgram(program)
			if err != nil {
				t.Fatal(err)
			}
			call, _ := goja.AssertFunction(fn)
			v, err := call(goja.Undefined(), goja.StringFromUTF16(utf16.Encode([]rune(strings.ToValidUTF8(s, "\uFFFD")))))
			if err != nil {
				t.Fatal(err)
			}
			r.Then(v, func(goja.Value) { outcome = "" }, func(v goja.Value) { outcome = r.Describe(v).Error() })
		})
		if outcome != "" {
			t.Error(outcome)
		}
	})
}
