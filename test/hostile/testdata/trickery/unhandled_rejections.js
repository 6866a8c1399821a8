// expect: 200 "ok"
export default {
	fetch() {
		Promise.reject(null);
		Promise.reject(new Proxy({}, { get() { throw new Error("trap"); } }));
		Promise.reject(Object.create(null));
		Promise.reject({ get name() { throw 1; }, get stack() { throw 2; }, toString() { throw 3; } });
		Promise.reject(Symbol("s"));
		return new Response("ok");
	},
};
