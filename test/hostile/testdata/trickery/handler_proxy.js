// expect: 200 "proxied"
export default new Proxy({}, {
	get: (target, key) => (key === "fetch" ? () => new Response("proxied") : undefined),
	has: () => { throw new Error("has"); },
	getPrototypeOf: () => { throw new Error("getPrototypeOf"); },
	ownKeys: () => { throw new Error("ownKeys"); },
});
