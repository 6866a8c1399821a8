// expect: 200 "RangeError: Maximum call stack size exceeded"
const overflow = () => {
	try {
		return overflow();
	} catch (e) {
		return `${e.name}: ${e.message}`;
	}
};
const text = overflow();

export default { fetch: () => new Response(text) };
