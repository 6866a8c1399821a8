package bounds_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/dop251/goja"

	_ "github.com/bindery/bindery/runtime" // installs built-ins and Web APIs as an isolate has them
	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) {
	bounds.Install()
	os.Exit(m.Run())
}

var errTooMuch = errors.New("memory limit exceeded")

// host is an isolate in which nothing comes back later.
type host struct{}

func (host) Post(*invocation.Invocation, func())          {}
func (host) Pending(int)                                  {}
func (host) Log(*invocation.Invocation, webidl.LogEntry)  {}
func (host) Unhandled(*invocation.Invocation, goja.Value) {}

func newRealm(tb testing.TB) *webidl.Realm {
	tb.Helper()
	r := webidl.NewRealm(host{})
	r.VM.SetMaxCallStackSize(10_000)
	return r
}

// evaluate gives the value of a program as text: JSON where it can be, "throws Name: message" for an exception.
func evaluate(r *webidl.Realm, source string) (text string, err error) {
	v, err := r.VM.RunString(source)
	var thrown *goja.Exception
	switch {
	case errors.As(err, &thrown):
		if o, ok := thrown.Value().(*goja.Object); ok {
			return fmt.Sprintf("throws %v: %v", o.Get("name"), o.Get("message")), nil
		}
		return "throws " + thrown.Value().String(), nil
	case err != nil:
		return "", err
	}
	return show(r, v), nil
}

func show(r *webidl.Realm, v goja.Value) string {
	if o, ok := v.(*goja.Object); ok {
		if b, err := o.MarshalJSON(); err == nil {
			return string(b)
		}
	}
	return v.String()
}
