// Package outbound takes the requests of Workers to the network: it is the [fetch.Outbound] for production, on net/http.
//
// It follows redirects (whose rules are [fetch.Redirected]'s) and decompresses, and owns the rule that a Worker must not reach what lies
// behind its host: addresses of this machine and of private networks are refused where they are dialled, after the names were resolved,
// unless a setting allows them. Proxies of the environment are not used. It knows no JavaScript.
package outbound
