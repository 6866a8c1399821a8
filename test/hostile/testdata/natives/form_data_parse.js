// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n';
		const text = part.repeat(1e4) + "--b--\r\n";
		for (;;) await new Response(text, { headers: { "content-type": "multipart/form-data; boundary=b" } }).formData();
	},
};
