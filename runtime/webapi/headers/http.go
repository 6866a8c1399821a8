package headers

import "net/http"

// FromHTTP makes a list of a header map of net/http, whose names and values must be valid ones. Names come in no order, as the map has
// none.
func FromHTTP(h http.Header) *List {
	n := 0
	for _, values := range h {
		n += len(values)
	}
	l := &List{pairs: make([]Pair, 0, n+2)} // room for what an ingress adds
	for name, values := range h {
		name = Lower(name)
		for _, value := range values {
			l.pairs = append(l.pairs, Pair{name, value})
		}
	}
	return l
}

// AddTo adds the headers to a header map of net/http. Those of one name become one field, but for Set-Cookie, as on Cloudflare. Values of one name share one allocation with the map's other single values.
func (l *List) AddTo(h http.Header) {
	if l == nil {
		return
	}
	backing := make([]string, 0, len(l.pairs))
	for _, p := range l.pairs {
		name, ok := canonical[p.Name]
		if !ok {
			name = http.CanonicalHeaderKey(p.Name)
		}
		if values, ok := h[name]; ok {
			if len(values) == 0 || name == "Set-Cookie" {
				h[name] = append(values, p.Value)
			} else {
				h[name] = []string{values[0] + ", " + p.Value}
			}
			continue
		}
		n := len(backing)
		backing = append(backing, p.Value)
		h[name] = backing[n : n+1 : n+1]
	}
}

// HTTP makes a header map of net/http.
func (l *List) HTTP() http.Header {
	h := make(http.Header, l.Len())
	l.AddTo(h)
	return h
}
