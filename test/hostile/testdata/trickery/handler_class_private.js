// expect: 200 "private 1"
export default class {
	#n = 0;
	static [Symbol.hasInstance]() {
		throw new Error("hasInstance");
	}
	get env() {
		throw new Error("env");
	}
	fetch() {
		this.#n++;
		return new Response(`private ${this.#n}`);
	}
}
