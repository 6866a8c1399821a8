// expect: 500 "TypeError"
// log: TypeError
export default class {
	constructor() {
		return Object.create(null);
	}
	fetch() {
		return new Response("class");
	}
}
