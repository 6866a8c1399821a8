package compression_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/compression"
	"github.com/bindery/bindery/runtime/webapi/encoding"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) {
	runtimetest.Main(m, compression.API, encoding.API, fetch.API, headers.API, streams.API)
}

// tools give pass(stream, ...chunks): the bytes that come out; text(bytes); hex(bytes); and data[format], which says "expected output".
const tools = `
	const pass = async (ts, ...chunks) => {
		const w = ts.writable.getWriter(), r = ts.readable.getReader(), out = [];
		w.closed.catch(() => {});
		for (const chunk of chunks) w.write(chunk).catch(() => {});
		w.close().catch(() => {});
		for (let x; !(x = await r.read()).done;) out.push(...x.value);
		return new Uint8Array(out);
	};
	const text = (b) => new TextDecoder().decode(b), bytes = (...b) => new Uint8Array(b);
	const unzip = async (format, ...chunks) => text(await pass(new DecompressionStream(format), ...chunks));
	const data = {
		"deflate": bytes(120, 156, 75, 173, 40, 72, 77, 46, 73, 77, 81, 200, 47, 45, 41, 40, 45, 1, 0, 48, 173, 6, 36),
		"deflate-raw": bytes(75, 173, 40, 72, 77, 46, 73, 77, 81, 200, 47, 45, 41, 40, 45, 1, 0),
		"gzip": bytes(31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 173, 40, 72, 77, 46, 73, 77, 81, 200, 47, 45, 41, 40, 45, 1, 0, 176, 1, 57, 179, 15, 0, 0, 0),
	};
	const formats = Object.keys(data);
	const settle = async () => { for (let i = 0; i < 50; i++) await 0; };
`

func TestConstructors(t *testing.T) {
	for _, class := range []string{"CompressionStream", "DecompressionStream"} {
		runtimetest.Table(t, []runtimetest.Case{
			{Src: `const s = new ` + class + `("gzip"); [s.readable instanceof ReadableStream, s.writable instanceof WritableStream, s.readable === s.readable, s.writable === s.writable].join()`, Want: "true,true,true,true"},
			{Src: `Object.keys(` + class + `.prototype).join() + ` + class + `.length`, Want: "readable,writable1"},
			{Src: `String(new ` + class + `("deflate"))`, Want: "[object " + class + "]"},
			{Src: `new ` + class + `({ toString() { return "deflate-raw"; } }) instanceof ` + class, Want: "true"},
			{Src: `new ` + class + `()`, Want: "throws TypeError: Failed to execute 'new " + class + "': 1 argument required, but only 0 present."},
			{Src: `new ` + class + `("GZIP")`, Want: "throws TypeError: The compression format must be either 'deflate', 'deflate-raw' or 'gzip'."},
			{Src: `new ` + class + `("")`, Want: "throws TypeError"},
			{Src: `new ` + class + `(undefined)`, Want: "throws TypeError"},
			{Src: `new ` + class + `("gzip\0")`, Want: "throws TypeError"},
			{Src: `Object.getOwnPropertyDescriptor(` + class + `.prototype, "readable").get.call({})`, Want: "throws TypeError: Illegal invocation"},
			{Src: `Object.prototype.type = "x"; Object.prototype.size = 1; new ` + class + `("gzip").readable.locked`, Want: "false"},
			{Src: `class X extends ` + class + ` { #p = 1; get p() { return this.#p; } } const x = new X("gzip"); [x.p, x instanceof ` + class + `, x.readable.locked].join()`, Want: "1,true,false"},
		})
	}
}

func TestRoundTrips(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "in one chunk", Src: tools + `
			const out = []; for (const f of formats) out.push(await unzip(f, await pass(new CompressionStream(f), new TextEncoder().encode("grüße")))); return out.join()`, Want: "grüße,grüße,grüße"},
		{Name: "nothing", Src: tools + `
			const out = []; for (const f of formats) { const z = await pass(new CompressionStream(f)); out.push(z.length > 0, (await pass(new DecompressionStream(f), z)).length); } return out.join()`, Want: "true,0,true,0,true,0"},
		{Name: "empty chunks", Src: tools + `
			const out = []; for (const f of formats) out.push(await unzip(f, bytes(), ...[...await pass(new CompressionStream(f), bytes(), bytes(97), bytes())].map(b => bytes(b)), bytes())); return out.join()`, Want: "a,a,a"},
		{Name: "many chunks", Src: tools + `
			const chunks = Array.from({ length: 30 }, (_, i) => new Uint8Array(1000).map((_, j) => i * j % 251)), want = chunks.flatMap(c => [...c]).join();
			for (const f of formats) if ((await pass(new DecompressionStream(f), await pass(new CompressionStream(f), ...chunks))).join() !== want) return f;
			return "same"`, Want: "same"},
		{Name: "it gets smaller", Src: tools + `return (await pass(new CompressionStream("gzip"), new Uint8Array(100000))).length < 1000`, Want: "true"},
		{Name: "any BufferSource", Src: tools + `
			const b = bytes(97, 98, 99, 100).buffer;
			return await unzip("gzip", await pass(new CompressionStream("gzip"), b, new DataView(b, 1, 1), new Uint16Array(b, 2, 1), new Uint8ClampedArray(b, 3)))`, Want: "abcdbcdd"},
		{Name: "pipeThrough", Src: `
			const source = new ReadableStream({ start(c) { for (let i = 0; i < 100; i++) c.enqueue("chunk " + i); c.close(); } });
			const r = source.pipeThrough(new TextEncoderStream()).pipeThrough(new CompressionStream("deflate")).pipeThrough(new DecompressionStream("deflate")).pipeThrough(new TextDecoderStream()).getReader();
			let out = ""; for (let x; !(x = await r.read()).done;) out += x.value;
			return out === Array.from({ length: 100 }, (_, i) => "chunk " + i).join("")`, Want: "true"},
		{Name: "a body", Src: `
			const text = "a body ".repeat(20000), zipped = new Response(new Response(text).body.pipeThrough(new CompressionStream("gzip")));
			const data = await zipped.arrayBuffer(); const plain = new Response(new Response(data).body.pipeThrough(new DecompressionStream("gzip")));
			return [data.byteLength < 2000, (await plain.text()) === text].join()`, Want: "true,true"},
		{Name: "an encoder that others have used", Src: tools + `
			for (let i = 0; i < 5; i++) for (const f of formats) { const s = "text " + i + f; if (await unzip(f, await pass(new CompressionStream(f), new TextEncoder().encode(s))) !== s) return s; } return "same"`, Want: "same"},
	})
}

// What script compresses is what others can read.
func TestOthersRead(t *testing.T) {
	for format, open := range openers {
		rt := runtimetest.New(t)
		got := rt.Async(tools + `return String.fromCharCode(...await pass(new CompressionStream("` + format + `"), new TextEncoder().encode("some text"), new TextEncoder().encode(" more text")))`).Value()
		raw := make([]byte, 0, len(got))
		for _, r := range got {
			raw = append(raw, byte(r))
		}
		r, err := open(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if plain, err := io.ReadAll(r); string(plain) != "some text more text" || err != nil {
			t.Errorf("%s: %q, %v", format, plain, err)
		}
	}
}

var openers = map[string]func(r io.Reader) (io.Reader, error){
	"deflate":     func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
	"deflate-raw": func(r io.Reader) (io.Reader, error) { return flate.NewReader(r), nil },
	"gzip":        func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
}

func TestDecompress(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "each format", Src: tools + `const out = []; for (const f of formats) out.push(await unzip(f, data[f])); return out.join()`, Want: "expected output,expected output,expected output"},
		{Name: "a byte at a time", Src: tools + `const out = []; for (const f of formats) out.push(await unzip(f, ...[...data[f]].map(b => bytes(b)))); return out.join()`, Want: "expected output,expected output,expected output"},
		{Name: "cut anywhere", Src: tools + `
			for (const f of formats) for (let i = 0; i <= data[f].length; i++) if (await unzip(f, data[f].subarray(0, i), data[f].subarray(i)) !== "expected output") return f + i; return "same"`, Want: "same"},
		{Name: "a gzip head with all that it may have", Src: tools + `
			return await unzip("gzip", bytes(31, 139, 8, 30, 0, 0, 0, 0, 0, 3, 2, 0, 65, 66, 110, 97, 109, 101, 0, 99, 111, 109, 109, 101, 110, 116, 0, 230, 182, 75, 173, 40, 72, 77, 46, 73, 77, 81, 200, 47, 45, 41, 40, 45, 1, 0, 176, 1, 57, 179, 15, 0, 0, 0))`, Want: "expected output"},
		{Name: "what was flushed is there before the end", Src: tools + `
			const s = new DecompressionStream("gzip"), w = s.writable.getWriter(), r = s.readable.getReader();
			const read = r.read(); await w.write(bytes(31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 74, 203, 44, 42, 46, 81, 0, 0, 0, 0, 255, 255));
			const first = text((await read).value); w.write(bytes(43, 78, 77, 206, 207, 75, 1, 0, 179, 27, 203, 76, 12, 0, 0, 0)); w.close();
			return [first, text((await r.read()).value), (await r.read()).done].join()`, Want: "first ,second,true"},
		{Name: "truncated anywhere", Src: tools + `
			for (const f of formats) for (let i = 0; i < data[f].length; i++) {
				const e = await unzip(f, data[f].subarray(0, i)).catch(String); if (e !== "TypeError: Called close() on a decompression stream with incomplete data") return f + i + e;
			} return "refused"`, Want: "refused"},
		{Name: "trailing bytes in the same chunk", Src: tools + `
			for (const f of formats) { const e = await unzip(f, bytes(...data[f], 0)).catch(String); if (e !== "TypeError: Trailing bytes after end of compressed data") return f + e; } return "refused"`, Want: "refused"},
		{Name: "trailing bytes in another chunk", Src: tools + `
			for (const f of formats) { const e = await unzip(f, data[f], bytes(0)).catch(String); if (e !== "TypeError: Trailing bytes after end of compressed data") return f + e; } return "refused"`, Want: "refused"},
		{Name: "a second gzip member", Src: tools + `return await unzip("gzip", data.gzip, data.gzip)`, Want: "throws TypeError: Trailing bytes after end of compressed data"},
		{Name: "a wrong checksum", Src: tools + `data.deflate[20]++; return await unzip("deflate", data.deflate)`, Want: "throws TypeError: Decompression failed."},
		{Name: "a wrong length", Src: tools + `data.gzip[31]++; return await unzip("gzip", data.gzip)`, Want: "throws TypeError: Decompression failed."},
		{Name: "reserved flags", Src: tools + `data.gzip[3] = 128; return await unzip("gzip", data.gzip)`, Want: "throws TypeError: Decompression failed."},
		{Name: "another method", Src: tools + `data.gzip[2] = 7; return await unzip("gzip", data.gzip)`, Want: "throws TypeError: Decompression failed."},
		{Name: "a dictionary", Src: tools + `return await unzip("deflate", bytes(120, 249, 22, 192, 4, 55, 75, 129, 179, 20, 202, 243, 139, 82, 138, 1, 55, 106, 6, 134))`, Want: "throws TypeError: Decompression failed."},
		{Name: "a reserved block", Src: tools + `return await unzip("deflate-raw", bytes(7))`, Want: "throws TypeError: Decompression failed."},
		{Name: "the wrong format", Src: tools + `return await unzip("gzip", data.deflate)`, Want: "throws TypeError: Decompression failed."},
		{Name: "the chunk changes after the write", Src: tools + `
			const s = new DecompressionStream("gzip"), w = s.writable.getWriter(); w.write(data.gzip); await settle(); data.gzip.fill(0); w.close();
			const r = s.readable.getReader(); let out = ""; for (let x; !(x = await r.read()).done;) out += text(x.value); return out`, Want: "expected output"},
		{Name: "many reads at once", Src: tools + `
			const z = await pass(new CompressionStream("gzip"), new Uint8Array(1 << 20)), s = new DecompressionStream("gzip"), r = s.readable.getReader(), w = s.writable.getWriter();
			const reads = Array.from({ length: 40 }, () => r.read()); await settle(); w.write(z); w.close();
			return (await Promise.all(reads)).reduce((n, x) => n + (x.value?.length ?? 0), 0)`, Want: "1048576"},
		{Name: "tee", Src: tools + `
			const s = new DecompressionStream("gzip"), w = s.writable.getWriter(); w.write(data.gzip).catch(() => {}); w.close().catch(() => {});
			const out = []; for (const x of s.readable.tee()) { const r = x.getReader(); let got = ""; for (let x; !(x = await r.read()).done;) got += text(x.value); out.push(got); } return out.join()`, Want: "expected output,expected output"},
	})
}

func TestBothSides(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "bad chunks", Src: tools + `
			const out = new Set();
			for (const C of [CompressionStream, DecompressionStream]) for (const f of formats) for (const bad of [undefined, null, 3.14, {}, "text", [65], new Proxy(bytes(1), {})]) {
				const s = new C(f), w = s.writable.getWriter(), r = s.readable.getReader(); w.closed.catch(() => {}); r.closed.catch(() => {});
				const wrote = w.write(bad).catch(e => e), e = await r.read().catch(e => e);
				out.add(e === await wrote && e.name + e.message.slice(0, 50));
			} return [...out].join("|")`, Want: "TypeErrorThis TransformStream is being used as a byte strea"},
		{Name: "corrupt data fails both sides", Src: tools + `
			const s = new DecompressionStream("deflate"), w = s.writable.getWriter(), r = s.readable.getReader();
			const all = [r.read(), w.write(bytes(0, 1, 2, 3)), w.write(bytes(1)), w.closed, r.closed, w.ready].map(p => p.catch(e => e));
			const errors = await Promise.all(all); return [new Set(errors).size, errors[0]].join()`, Want: "1,TypeError: Decompression failed."},
		{Name: "incomplete data fails close", Src: tools + `
			const s = new DecompressionStream("gzip"), w = s.writable.getWriter(), r = s.readable.getReader(); w.closed.catch(() => {}); r.closed.catch(() => {});
			w.write(data.gzip.subarray(0, 20)).catch(() => {}); const closed = w.close().catch(e => e); let e; try { while (!(await r.read()).done); } catch (x) { e = x; }
			return [e, e === await closed].join()`, Want: "TypeError: Called close() on a decompression stream with incomplete data,true"},
		{Name: "cancel", Src: tools + `
			const out = []; for (const C of [CompressionStream, DecompressionStream]) { const s = new C("gzip"), why = {}; await s.readable.cancel(why); out.push(await s.writable.getWriter().closed.catch(e => e === why)); } return out.join()`, Want: "true,true"},
		{Name: "cancel during a write", Src: tools + `
			const s = new DecompressionStream("gzip"), w = s.writable.getWriter(), why = {}; w.closed.catch(() => {});
			const wrote = w.write(data.gzip).then(() => "written", e => e === why); const later = w.write(data.gzip).catch(e => e === why); await settle();
			await s.readable.cancel(why); return [await wrote, await later, await w.closed.catch(e => e === why)].join()`, Want: "written,true,true"},
		{Name: "abort", Src: tools + `
			const out = []; for (const C of [CompressionStream, DecompressionStream]) { const s = new C("gzip"), why = {}; await s.writable.abort(why); out.push(await s.readable.getReader().read().catch(e => e === why)); } return out.join()`, Want: "true,true"},
		{Name: "abort in the middle", Src: tools + `
			const s = new DecompressionStream("gzip"), w = s.writable.getWriter(), r = s.readable.getReader(), why = {}; w.closed.catch(() => {});
			const read = r.read().catch(e => e === why); await w.write(data.gzip.subarray(0, 12)); await w.abort(why); return [await read, await r.closed.catch(e => e === why)].join()`, Want: "true,true"},
		{Name: "a write waits for the reader", Src: tools + `
			const z = await pass(new CompressionStream("gzip"), new Uint8Array(1 << 20)), s = new DecompressionStream("gzip"), w = s.writable.getWriter(), r = s.readable.getReader();
			let written = false; const wrote = w.write(z).then(() => { written = true; }); w.close(); await settle(); const log = [written, w.desiredSize];
			const { value } = await r.read(); await settle(); log.push(written, value.length <= 32768);
			let n = value.length; for (let x; !(x = await r.read()).done;) n += x.value.length; await wrote; return [...log, written, n].join()`, Want: "false,0,false,true,true,1048576"},
		{Name: "compression waits for the reader", Src: tools + `
			const s = new CompressionStream("gzip"), w = s.writable.getWriter(); w.write(bytes(1)); await settle(); return w.desiredSize`, Want: "0"},
		{Name: "reading first", Src: tools + `
			const s = new DecompressionStream("gzip"), r = s.readable.getReader(), read = r.read(); await settle(); const w = s.writable.getWriter(); w.write(data.gzip); w.close();
			return [text((await read).value), (await r.read()).done].join()`, Want: "expected output,true"},
		{Name: "one read is enough for write and close", Src: tools + `
			const s = new DecompressionStream("gzip"), r = s.readable.getReader(), w = s.writable.getWriter(), read = r.read();
			await w.write(data.gzip); await w.close(); return text((await read).value)`, Want: "expected output"},
		{Name: "closed promises", Src: tools + `
			const s = new DecompressionStream("gzip"), r = s.readable.getReader(), w = s.writable.getWriter(); w.write(data.gzip); const closed = w.close(); while (!(await r.read()).done); await closed; await w.closed; await r.closed; return "closed"`, Want: "closed"},
	})
}

// A stream that nobody reads any more, with a write under way, is not waited for.
func TestNothingPends(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Async(tools + `
		const a = new DecompressionStream("gzip"); a.writable.getWriter().write(data.gzip);
		const b = new DecompressionStream("gzip"); b.readable.getReader().read();
		await settle(); return "done"`).Want("done")
}

func TestEndsWithTheInvocation(t *testing.T) {
	rt := runtimetest.New(t)
	inv := invocation.New("short", invocation.Limits{})
	do := func(src string) {
		rt.Post(inv, func() {
			if _, err := rt.Realm.VM.RunString(src); err != nil {
				t.Error(err)
			}
		})
		rt.Do(func(*webidl.Realm) {})
	}
	before := runtime.NumGoroutine()
	do(`var s = new DecompressionStream("gzip"), w = s.writable.getWriter(), r = s.readable.getReader(), read = r.read();
		w.closed.catch(() => {}); r.closed.catch(() => {}); w.write(new Uint8Array([31, 139]))`)
	during := runtime.NumGoroutine()
	inv.Release()
	if after := runtime.NumGoroutine(); after >= during {
		t.Errorf("%d goroutines before, %d during, %d after the invocation", before, during, after)
	}
	rt.Async(`await w.write(new Uint8Array([8])).catch(() => {}); return await read`).WantError("TypeError: The invocation that this DecompressionStream belongs to is over.")
}

// 32 MB out of 32 KB in one chunk are never in memory at once.
func TestMemoryStaysFlat(t *testing.T) {
	const size = 32 << 20
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := io.CopyN(w, strings.NewReader(strings.Repeat("\x00", size)), size); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := uint64(0)
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		err := r.VM.Set("bomb", r.Uint8Array(z.Bytes()))
		if err == nil {
			err = r.VM.Set("measure", func() {
				runtime.GC()
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc)
			})
		}
		if err != nil {
			t.Error(err)
		}
	})
	rt.Async(`
		const s = new DecompressionStream("deflate"), w = s.writable.getWriter(), r = s.readable.getReader();
		w.write(bomb); w.close(); let n = 0, i = 0;
		for (let x; !(x = await r.read()).done;) { n += x.value.length; if (i++ % 256 === 0) measure(); }
		return n`).Want("33554432")
	if grown := int64(most) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}
