package ingress

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// failure is why there is no response of a Worker, for the client.
type failure struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Stack   string `json:"stack,omitempty"`
}

// fail answers in place of a Worker that failed.
func (x *exchange) fail(err error) {
	x.h.exception(x, err)
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, invocation.ErrDisconnected):
		x.disconnected()
		return
	case errors.Is(err, invocation.ErrDepth), errors.Is(err, invocation.ErrSubrequests), errors.Is(err, runtime.ErrCondemned), isLimit(err):
		status = http.StatusServiceUnavailable // as Cloudflare's error 1102
	}
	if errors.Is(err, runtime.ErrOverloaded) {
		x.w.Header().Set("Retry-After", "1")
		x.refuse(http.StatusServiceUnavailable, "The Worker is overloaded: try again in a second.")
		return
	}
	if refused := Refusal(nil); errors.As(err, &refused) {
		x.refuse(http.StatusServiceUnavailable, refused.Refusal())
		return
	}
	if !x.h.options.Stacks {
		x.write(status, failure{Name: "Error", Message: "Worker threw exception"})
		return
	}
	f := failure{Name: "Error", Message: err.Error()}
	var thrown *webidl.Thrown
	if errors.As(err, &thrown) {
		f = failure{Name: thrown.Class, Message: thrown.Message, Stack: thrown.Stack}
		if thrown.Name != "" {
			f.Name = thrown.Name
		}
		var load *runtime.LoadError
		if errors.As(err, &load) {
			f.Message += " (while Worker " + strconv.Quote(load.Worker) + " was loaded)"
		}
	}
	x.write(status, f)
}

// Refusal is an error that says why a Worker is not served, in words for the client.
type Refusal interface {
	error
	Refusal() string
}

// isLimit reports whether a limit of the runtime ended the request.
func isLimit(err error) bool {
	var limit *runtime.LimitError
	return errors.As(err, &limit)
}

// refuse answers a request that no Worker was called for, or whose answer can't be sent.
func (x *exchange) refuse(status int, text string) {
	x.write(status, failure{Message: text})
}

// write answers with JSON if the client asked for it, else with text.
func (x *exchange) write(status int, f failure) {
	h := x.w.Header()
	var text []byte
	if wantsJSON(x.r) {
		h.Set("Content-Type", "application/json")
		if f.Name == "" {
			f.Name = http.StatusText(status)
		}
		text, _ = json.Marshal(struct { // strings always marshal
			Status int     `json:"status"`
			Error  failure `json:"error"`
		}{status, f})
	} else {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		line := f.Message
		if f.Name != "" {
			line = strings.TrimSuffix(f.Name+": "+f.Message, ": ")
		}
		f.Stack = strings.Trim(strings.TrimPrefix(f.Stack, line), "\n")
		text = []byte(line + "\n")
		if f.Stack != "" {
			text = append(text, f.Stack+"\n"...)
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	x.entry.Status = status
	x.w.WriteHeader(status)
	if x.r.Method != http.MethodHead {
		n, _ := x.w.Write(text)
		x.entry.Bytes = int64(n)
	}
}

// wantsJSON reports whether JSON is named in Accept and HTML is not.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// exception tells of what ended a request.
func (h *Handler) exception(x *exchange, err error) {
	if h.options.Exception != nil && !errors.Is(err, invocation.ErrDisconnected) {
		h.options.Exception(x.entry.Worker, x.inv, err)
	}
}

// notFound says why a request has no root, and with Local what there is instead.
func (s *Site) notFound(r *http.Request, target string) string {
	host := r.Host
	path, _, _ := strings.Cut(target, "?")
	text := "There is no Worker at " + host + path
	if !s.local {
		return text
	}
	name := hostname(host)
	if label, ok := strings.CutSuffix(name, ".localhost"); ok && s.private[label] {
		text += ": Worker " + strconv.Quote(label) + " is private, and is reached by the service bindings of others only. Give it a route to serve it"
	}
	var b strings.Builder
	b.WriteString(text + ".\n\nServed here:\n")
	port := (&url.URL{Host: host}).Port()
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok && port == "" {
		port = strconv.Itoa(local.Port) // a made-up Host header has none
	}
	if port != "" {
		port = ":" + port
	}
	for _, root := range s.roots {
		b.WriteString("  " + root.Worker + "  http://" + root.Worker + ".localhost" + port + "/")
		for _, p := range root.Patterns {
			b.WriteString("  " + p.String())
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}
