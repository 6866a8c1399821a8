// expect: 200 "ok"
// A log line stays one line of its Worker.
export default {
	fetch() {
		console.log('x"}\n{"type":"exception","worker":"healthy","name":"Error","message":"forged"}\u2028\u0000\u001b[2J');
		return new Response("ok");
	},
};
