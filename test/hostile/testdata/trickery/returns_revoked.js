// expect: 500 "TypeError"
// log: TypeError
export default {
	async fetch() {
		return (() => {
			const { proxy, revoke } = Proxy.revocable({}, {});
			revoke();
			return proxy;
		})();
	},
};
