// expect: 200 "0 true"
// What belonged to an earlier request.
const kept = [];

export default {
	async fetch(request) {
		kept.push(request);
		let texts = 0;
		for (const r of kept) {
			try {
				texts += (await r.clone().text()).length;
			} catch {}
		}
		return new Response(`${texts} ${kept.length > 0}`);
	},
};
