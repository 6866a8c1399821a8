export default {
	async fetch(request, env) {
		const authResponse = await env.auth.fetch(request.clone())
		if (authResponse.status !== 200) {
			return authResponse
		}
		const response = await env.application.fetch(request)
		// What a binding gave is immutable, as a fetched response is; a copy is not.
		const copy = new Response(response.body, response)
		copy.headers.set('x-auth-saw', authResponse.headers.get('x-saw'))
		return copy
	},
}
