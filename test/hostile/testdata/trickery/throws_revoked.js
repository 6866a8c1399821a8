// expect: 500 "Error"
// log: Error
export default {
	fetch() {
		const { proxy, revoke } = Proxy.revocable({}, {});
		revoke();
		throw proxy;
	},
};
