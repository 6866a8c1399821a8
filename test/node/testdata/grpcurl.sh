#!/bin/sh
# Deploys a Worker twice and rolls back, knowing nothing but the .proto files and a context: what a client in any language would do.
#
#   grpcurl.sh GRPCURL DIR      GRPCURL is the command, DIR the node's data directory
set -eu
grpcurl=$1 dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A context is JSON; its PEM texts have \n for line breaks.
field() { sed -n "s/^ *\"$1\": \"\(.*\)\",*$/\1/p" "$dir/context.json" | sed 's/\\n/\n/g'; }
field ca > "$work/ca.pem"
field cert > "$work/cert.pem"
field key > "$work/key.pem"
address=$(sed -n 's/^ *"cluster": "\(.*\)",*$/\1/p' "$dir/node.json")

call() { # METHOD, the request on standard input
	"$grpcurl" -cacert "$work/ca.pem" -cert "$work/cert.pem" -key "$work/key.pem" -d @ "$address" "$1"
}

# release NAME TEXT MESSAGE: a Worker that answers TEXT.
release() {
	printf '{"format":1,"name":"worker.js","syntax":"modules","code":"export default { fetch() { return new Response(\\"%s\\") } }"}' "$2" > "$work/bundle"
	hash=$(sha256sum "$work/bundle" | cut -d' ' -f1)
	if echo "{\"bundles\": [\"$hash\"]}" | call bindery.v1.DeploymentService/FindMissing | grep -q "$hash"; then
		zstd -q -c "$work/bundle" > "$work/compressed"
		{
			printf '{"header": {"bundle": "%s", "bytes": %d, "compressed_bytes": %d}}\n' "$hash" "$(wc -c < "$work/bundle")" "$(wc -c < "$work/compressed")"
			printf '{"data": "%s"}\n' "$(base64 -w0 < "$work/compressed")"
		} | call bindery.v1.DeploymentService/Upload > /dev/null
	fi
	cat <<- END | call bindery.v1.DeploymentService/Release
		{
			"request_id": "$3", "author": "a script", "message": "$3",
			"workers": [{"bundle": "$hash", "config": {"name": "$1", "routes": [{"pattern": "*/*"}]}}]
		}
	END
}

release hello one first
release hello two second
release hello two second # the same request again: nothing happens
echo '{"request_id": "back"}' | call bindery.v1.DeploymentService/Rollback
echo '{}' | call grpc.health.v1.Health/Check
"$grpcurl" -cacert "$work/ca.pem" -cert "$work/cert.pem" -key "$work/key.pem" "$address" list
