interface Env {}
export default {
	async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
		const { pathname, search } = new URL(request.url)
		return new Response(`application: ${request.method} ${pathname}${search} ${await request.text()}`)
	},
} satisfies ExportedHandler<Env>
