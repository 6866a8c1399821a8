// expect: 200 "TypeError: iterator.next is not a function"
export default {
	async fetch(request, env, ctx) {
		const proto = Object.getPrototypeOf([][Symbol.iterator]());
		const next = proto.next;
		proto.next = undefined;
		try {
			for (const x of [1]);
			return new Response("no error");
		} catch (e) {
			proto.next = next;
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
