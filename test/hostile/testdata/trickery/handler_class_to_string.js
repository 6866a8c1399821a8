// expect: 200 "class"
class Handler {
	static toString() {
		throw new Error("toString was called");
	}
	fetch() {
		return new Response("class");
	}
}

export default Handler;
