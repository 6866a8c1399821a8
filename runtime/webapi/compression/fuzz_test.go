package compression_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/dop251/goja"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// whole decompresses what is all there. It reports false for data that is not whole, or has more behind it.
func whole(format string, data []byte) (plain []byte, ok bool) {
	src := bytes.NewReader(data)
	var r io.Reader
	var err error
	switch format {
	case "deflate":
		r, err = zlib.NewReader(src)
	case "deflate-raw":
		r = flate.NewReader(src)
	default:
		var z *gzip.Reader
		if z, err = gzip.NewReader(src); err == nil {
			z.Multistream(false)
			r = z
		}
	}
	if err != nil {
		return nil, false
	}
	plain, err = io.ReadAll(r)
	return plain, err == nil && src.Len() == 0
}

// FuzzDecompress holds that a stream gives for any data, in chunks of any size, what the library gives for all of it at once, or a TypeError where
// that gives an error.
func FuzzDecompress(f *testing.F) {
	gz := "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\xad\x28\x48\x4d\x2e\x49\x4d\x51\xc8\x2f\x2d\x29\x28\x2d\x01\x00\xb0\x01\x39\xb3\x0f\x00\x00\x00"
	for i, seed := range []string{
		gz, gz + gz, gz[:20], gz + "\x00", "", "\x1f\x8b", "\x1f\x8b\x08\x1e\x00\x00\x00\x00\x00\x03\x02\x00ABname\x00",
		"\x78\x9c\x4b\xad\x28\x48\x4d\x2e\x49\x4d\x51\xc8\x2f\x2d\x29\x28\x2d\x01\x00\x30\xad\x06\x24", "\x78\x9c\x03\x00\x00\x00\x00\x01", "\x78\xbb",
		"\x4b\xad\x28\x48\x4d\x2e\x49\x4d\x51\xc8\x2f\x2d\x29\x28\x2d\x01\x00", "\x03\x00", "\x00\x00\x00\xff\xff\x03\x00", "\x01\x02\x00\xfd\xffab", "\x07", "\xed\xc0\x01\x01",
	} {
		for format := range 3 {
			f.Add([]byte(seed), uint8(format), uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, kind, size uint8) {
		format := []string{"gzip", "deflate", "deflate-raw"}[kind%3]
		want, ok := whole(format, data)
		if len(want) > 1<<20 {
			return
		}
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) {
			for name, v := range map[string]goja.Value{
				"data": r.Uint8Array(bytes.Clone(data)), "want": r.Uint8Array(want), "format": r.Str(format), "size": r.ToValue(int(size) + 1), "ok": r.ToValue(ok),
			} {
				if err := r.VM.Set(name, v); err != nil {
					t.Error(err)
				}
			}
		})
		rt.Async(`
			const s = new DecompressionStream(format), w = s.writable.getWriter(), r = s.readable.getReader();
			w.closed.catch(() => {}); r.closed.catch(() => {});
			for (let i = 0; i < data.length; i += size) w.write(data.subarray(i, i + size)).catch(() => {});
			const closed = w.close().then(() => null, (e) => e);
			let n = 0, same = true, error = null;
			try {
				for (let x; !(x = await r.read()).done;) for (const b of x.value) same = same && b === want[n++];
			} catch (e) { error = e; }
			if (await closed !== error) return "close: " + await closed + ", read: " + error;
			if (!ok) return error instanceof TypeError ? "" : "want a TypeError, got " + error;
			return error ? String(error) : same && n === want.length ? "" : "got " + n + " bytes, want " + want.length;
		`).Want("")
	})
}
