// expect: 200 "x"
// header: x-a: b
// What frames a message on its connection is the server's.
export default {
	fetch: () => new Response("x", {
		headers: { "transfer-encoding": "chunked", "content-length": "1000000", connection: "upgrade", upgrade: "h2c", trailer: "x-a", te: "trailers", "keep-alive": "timeout=1", "x-a": "b" },
	}),
};
