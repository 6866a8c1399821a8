// expect: 200 "sub"
class Evil extends Promise {
	then(resolve, reject) {
		return super.then(resolve, reject);
	}
	static get [Symbol.species]() {
		throw new Error("species");
	}
}

export default { fetch: () => new Promise((resolve) => resolve(Evil.resolve(0).constructor === Evil ? new Response("sub") : null)) };
