package encoding_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
)

// streamTools give pass(stream, ...chunks): what comes out, chunk by chunk.
const streamTools = `
	const pass = async (ts, ...chunks) => {
		const w = ts.writable.getWriter(), r = ts.readable.getReader(), out = [];
		w.closed.catch(() => {});
		for (const chunk of chunks) w.write(chunk).catch(() => {});
		w.close().catch(() => {});
		for (let x; !(x = await r.read()).done;) out.push(x.value);
		return out;
	};
	const enc = async (...chunks) => (await pass(new TextEncoderStream(), ...chunks)).map((b) => [...b].map((x) => x.toString(16)).join(" ")).join("|");
	const dec = async (args, ...chunks) => (await pass(new TextDecoderStream(...args), ...chunks.map((c) => new Uint8Array(c)))).join("|");
`

func TestTextEncoderStream(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "attributes", Src: `const s = new TextEncoderStream(); [s.encoding, s.readable instanceof ReadableStream, s.writable instanceof WritableStream, s.readable === s.readable].join()`, Want: "utf-8,true,true,true"},
		{Name: "keys", Src: `Object.keys(TextEncoderStream.prototype).join() + TextEncoderStream.length`, Want: "encoding,readable,writable0"},
		{Name: "tag", Src: `String(new TextEncoderStream())`, Want: "[object TextEncoderStream]"},
		{Name: "brand", Src: `Object.getOwnPropertyDescriptor(TextEncoderStream.prototype, "readable").get.call({})`, Want: "throws TypeError: Illegal invocation"},
		{Name: "text", Src: streamTools + `return await enc("a", "ü€", "😀")`, Want: "61|c3 bc e2 82 ac|f0 9f 98 80"},
		{Name: "Uint8Array", Src: streamTools + `const [b] = await pass(new TextEncoderStream(), "a"); return b.constructor === Uint8Array`, Want: "true"},
		{Name: "no text, no chunk", Src: streamTools + `return await enc("", "a", "")`, Want: "61"},
		{Name: "a pair in two chunks", Src: streamTools + `return await enc("a\uD83D", "\uDE00b")`, Want: "61|f0 9f 98 80 62"},
		{Name: "a pair with nothing in between", Src: streamTools + `return await enc("\uD83D", "", "\uDE00")`, Want: "f0 9f 98 80"},
		{Name: "a lead surrogate, then another letter", Src: streamTools + `return await enc("\uD83D", "ab")`, Want: "ef bf bd 61 62"},
		{Name: "two lead surrogates", Src: streamTools + `return await enc("\uD83D", "\uD83D", "\uDE00")`, Want: "ef bf bd|f0 9f 98 80"},
		{Name: "three lead surrogates, then the end", Src: streamTools + `return await enc("\uD83D\uD83D", "\uD83D")`, Want: "ef bf bd|ef bf bd|ef bf bd"},
		{Name: "half a pair, then a whole one in two", Src: streamTools + `return await enc("\uD83D", "\uDE00\uD83D", "\uDE01")`, Want: "f0 9f 98 80|f0 9f 98 81"},
		{Name: "a trail surrogate first", Src: streamTools + `return await enc("\uDE00", "a\uDE00", "\uDE00")`, Want: "ef bf bd|61 ef bf bd|ef bf bd"},
		{Name: "a lead surrogate at the end", Src: streamTools + `return await enc("a\uD83D")`, Want: "61|ef bf bd"},
		{Name: "U+FFFD after a lead surrogate", Src: streamTools + `return await enc("\uD83D", "\uFFFD")`, Want: "ef bf bd ef bf bd"},
		{
			Name: "conversion", Src: streamTools + `return await enc(1, null, undefined, {}, ["x", "y"], { toString() { return "t"; } })`,
			Want: "31|6e 75 6c 6c|75 6e 64 65 66 69 6e 65 64|5b 6f 62 6a 65 63 74 20 4f 62 6a 65 63 74 5d|78 2c 79|74",
		},
		{Name: "a symbol", Src: streamTools + `return await enc(Symbol())`, Want: "throws TypeError: Cannot convert a Symbol value to a string"},
		{Name: "conversion that throws", Src: streamTools + `
			const s = new TextEncoderStream(), w = s.writable.getWriter(); w.closed.catch(() => {});
			const p = w.write({ toString() { throw new RangeError("mine"); } }).catch(String);
			return [await s.readable.getReader().read().catch(String), await p, await w.write("a").catch(String)].join()`, Want: "RangeError: mine,RangeError: mine,RangeError: mine"},
		{Name: "backpressure", Src: `
			let n = 0; const s = new TextEncoderStream(), w = s.writable.getWriter(), chunk = { toString() { n++; return "a"; } };
			w.write(chunk); w.write(chunk); for (let i = 0; i < 20; i++) await 0;
			const before = n; await s.readable.getReader().read(); return [before, n, w.desiredSize].join()`, Want: "0,1,-1"},
		{Name: "cancel", Src: `const s = new TextEncoderStream(); await s.readable.cancel("why"); return await s.writable.getWriter().closed.catch(e => e)`, Want: "why"},
		{Name: "abort", Src: `const s = new TextEncoderStream(); await s.writable.abort("why"); return await s.readable.getReader().read().catch(e => e)`, Want: "why"},
	})
}

func TestTextDecoderStream(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "attributes", Src: `const s = new TextDecoderStream(); [s.encoding, s.fatal, s.ignoreBOM, s.readable instanceof ReadableStream, s.writable instanceof WritableStream].join()`, Want: "utf-8,false,false,true,true"},
		{Name: "arguments", Src: `const s = new TextDecoderStream(" LATIN1 ", { fatal: true, ignoreBOM: 1 }); [s.encoding, s.fatal, s.ignoreBOM].join()`, Want: "windows-1252,true,true"},
		{Name: "keys", Src: `Object.keys(TextDecoderStream.prototype).join() + TextDecoderStream.length`, Want: "encoding,fatal,ignoreBOM,readable,writable0"},
		{Name: "a label that is none", Src: `new TextDecoderStream("nothing")`, Want: `throws RangeError: "nothing" is not a valid encoding.`},
		{Name: "replacement", Src: `new TextDecoderStream("iso-2022-kr")`, Want: "throws RangeError"},
		{Name: "text", Src: streamTools + `return await dec([], [97], [195, 188], [240, 159, 152, 128])`, Want: "a|ü|😀"},
		{Name: "a character in four chunks", Src: streamTools + `return await dec([], [240], [159], [], [152], [128, 97])`, Want: "😀a"},
		{Name: "an unfinished character", Src: streamTools + `return await dec([], [97, 226, 130])`, Want: "a|\uFFFD"},
		{Name: "an unfinished character, then another", Src: streamTools + `return await dec([], [226, 130], [97])`, Want: "\uFFFDa"},
		{Name: "an unfinished character, fatal", Src: streamTools + `return await dec(["utf-8", { fatal: true }], [97, 226, 130])`, Want: "throws TypeError: Failed to decode input."},
		{Name: "invalid", Src: streamTools + `return await dec([], [97, 255, 98])`, Want: "a\uFFFDb"},
		{Name: "invalid, fatal", Src: streamTools + `
			const s = new TextDecoderStream("utf-8", { fatal: true }), w = s.writable.getWriter(); w.closed.catch(() => {});
			const p = w.write(new Uint8Array([255])).catch(e => e); const e = await s.readable.getReader().read().catch(e => e);
			return [e, e === await p].join()`, Want: "TypeError: Failed to decode input.,true"},
		{Name: "a byte order mark in parts", Src: streamTools + `const s = await dec([], [0xEF], [0xBB], [0xBF, 97]); return s.length + s`, Want: "1a"},
		{Name: "a byte order mark is kept", Src: streamTools + `const s = await dec(["utf-8", { ignoreBOM: true }], [0xEF], [0xBB, 0xBF, 97]); return s.length`, Want: "2"},
		{Name: "the second byte order mark", Src: streamTools + `return (await dec([], [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF])).length`, Want: "1"},
		{Name: "utf-16", Src: streamTools + `return await dec(["utf-16le"], [0x3D], [0xD8, 0x00], [0xDE])`, Want: "😀"},
		{Name: "shift_jis", Src: streamTools + `return await dec(["shift_jis"], [0x93], [0xFA])`, Want: "日"},
		{Name: "any BufferSource", Src: streamTools + `
			const b = new Uint8Array([97, 98, 99, 100]).buffer;
			return (await pass(new TextDecoderStream(), b, new DataView(b, 1, 1), new Uint16Array(b, 2, 1), b.slice(3))).join("|")`, Want: "abcd|b|cd|d"},
		{Name: "no BufferSource", Src: streamTools + `return await pass(new TextDecoderStream(), "text")`, Want: "throws TypeError"},
		{Name: "null", Src: streamTools + `return await pass(new TextDecoderStream(), null)`, Want: "throws TypeError"},
		{Name: "a number", Src: streamTools + `return await pass(new TextDecoderStream(), [1])`, Want: "throws TypeError"},
		{Name: "there and back, a byte at a time", Src: streamTools + `
			const text = "grüße 世界 😀\u0000".repeat(20), bytes = new TextEncoder().encode(text);
			return (await pass(new TextDecoderStream("utf-8", { fatal: true }), ...[...bytes].map((b) => new Uint8Array([b])))).join("") === text`, Want: "true"},
		{Name: "pipeThrough", Src: `
			const text = "a😀€".repeat(100), units = text.split("");
			const rs = new ReadableStream({ pull(c) { units.length ? c.enqueue(units.shift()) : c.close(); } });
			let out = ""; const r = rs.pipeThrough(new TextEncoderStream()).pipeThrough(new TextDecoderStream()).getReader();
			for (let x; !(x = await r.read()).done;) out += x.value;
			return out === text`, Want: "true"},
	})
}
