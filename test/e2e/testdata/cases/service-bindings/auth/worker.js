addEventListener('fetch', (event) => {
	event.respondWith(handle(event.request))
})

async function handle(request) {
	const body = await request.text()
	if (request.headers.get('x-custom-token') === SECRET_TOKEN) {
		return new Response('Request allowed', { status: 200, headers: { 'x-saw': body.length } })
	}
	return new Response('x-custom-token does not match, request not allowed', { status: 403 })
}
