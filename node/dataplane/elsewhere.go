package dataplane

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
)

// clientHeader carries the client's address from the data plane that took the connection to that of the suspects.
const clientHeader = "Bindery-Client-Address"

// newElsewhere hands requests over to the data plane that takes HTTP on socket.
func newElsewhere(socket string) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "quarantine", r.In.Host
			for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
				if sent, ok := r.In.Header[name]; ok {
					r.Out.Header[name] = sent
				}
			}
			if _, ok := r.In.Header["User-Agent"]; !ok {
				r.Out.Header["User-Agent"] = nil
			}
			r.Out.Header.Set(clientHeader, r.In.RemoteAddr)
		},
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "unix", socket)
			},
			DisableCompression: true,
			DisableKeepAlives:  true, // a request on a connection that was used before would be sent again when the other process dies of it
		},
		FlushInterval: -1,
		ErrorLog:      discard,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
			if r.Context().Err() != nil {
				panic(http.ErrAbortHandler) // the client is gone
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusBadGateway)
			_, _ = w.Write([]byte("The process that the Worker ran in has ended.\n"))
		},
	}
}

// restored gives requests of the other data plane their client's address back.
func restored(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = r.Header.Get(clientHeader)
		delete(r.Header, clientHeader)
		next.ServeHTTP(w, r)
	})
}
