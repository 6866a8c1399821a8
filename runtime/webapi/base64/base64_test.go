package base64_test

import (
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/base64"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { runtimetest.Main(m, base64.API) }

func TestBase64(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `btoa("hello")`, Want: "aGVsbG8="},
		{Src: `btoa("")`, Want: ""},
		{Src: `btoa("\xff\x00é")`, Want: "/wDp"},
		{Src: `btoa(null) + btoa(undefined) + btoa(12) + btoa([1, 2])`, Want: "bnVsbA==dW5kZWZpbmVkMTI=MSwy"},
		{Src: `btoa("ā")`, Want: "throws InvalidCharacterError: btoa() can only operate on characters in the Latin1"},
		{Src: `btoa("\ud800")`, Want: "throws InvalidCharacterError"},
		{Src: `btoa()`, Want: "throws TypeError: Failed to execute 'btoa': 1 argument required"},
		{Src: `atob("aGVsbG8=") + atob(" aGVs\tbG8 ")`, Want: "hellohello"},
		{Src: `const s = atob("/wDp"); [s.length, s.charCodeAt(0), s.charCodeAt(1), s.charCodeAt(2)].join()`, Want: "3,255,0,233"},
		{Src: `atob("a")`, Want: "throws InvalidCharacterError: atob() called with invalid base64-encoded data."},
		{Src: `atob("aGVsbG8-")`, Want: "throws InvalidCharacterError"},
		{Src: `atob("ā")`, Want: "throws InvalidCharacterError"},
		{Src: `try { atob("=") } catch (e) { e.code }`, Want: "5"},
		{Src: `atob(null).length`, Want: "3"},
		{Src: `let all = ""; for (let i = 0; i < 256; i++) all += String.fromCharCode(i); atob(btoa(all)) === all`, Want: "true"},
		{Src: `atob.name + atob.length`, Want: "atob1"},
	})
}

func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{"", "a", "héllo", "aGVsbG8=", "\x00\xff", "日本", " a b "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) { _ = r.VM.Set("s", r.Str(s)) })
		rt.Run(`let out = "ok";
			try { if (atob(btoa(s)) !== s) out = "differs" } catch (e) { if (e.name !== "InvalidCharacterError" || ![...s].some(c => c > "\xff")) out = String(e) }
			try { btoa(atob(s)) } catch (e) { if (e.name !== "InvalidCharacterError") out = String(e) }
			out`).Want("ok")
	})
}
