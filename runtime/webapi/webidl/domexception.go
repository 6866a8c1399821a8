package webidl

import (
	"fmt"

	"github.com/dop251/goja"
)

// DOMException is https://webidl.spec.whatwg.org/#idl-DOMException.
type DOMException struct{ Name, Message string }

// DOMExceptionClass is its class.
var DOMExceptionClass = NewClass[*DOMException]("DOMException").ExtendsBuiltin("Error")

// domCodes has the legacy codes, in the order of their constants.
var domCodes = []struct {
	name, constant string
}{
	1: {"IndexSizeError", "INDEX_SIZE_ERR"}, 2: {"", "DOMSTRING_SIZE_ERR"}, 3: {"HierarchyRequestError", "HIERARCHY_REQUEST_ERR"},
	4: {"WrongDocumentError", "WRONG_DOCUMENT_ERR"}, 5: {"InvalidCharacterError", "INVALID_CHARACTER_ERR"}, 6: {"", "NO_DATA_ALLOWED_ERR"},
	7: {"NoModificationAllowedError", "NO_MODIFICATION_ALLOWED_ERR"}, 8: {"NotFoundError", "NOT_FOUND_ERR"},
	9: {"NotSupportedError", "NOT_SUPPORTED_ERR"}, 10: {"InUseAttributeError", "INUSE_ATTRIBUTE_ERR"},
	11: {"InvalidStateError", "INVALID_STATE_ERR"}, 12: {"SyntaxError", "SYNTAX_ERR"}, 13: {"InvalidModificationError", "INVALID_MODIFICATION_ERR"},
	14: {"NamespaceError", "NAMESPACE_ERR"}, 15: {"InvalidAccessError", "INVALID_ACCESS_ERR"}, 16: {"", "VALIDATION_ERR"},
	17: {"TypeMismatchError", "TYPE_MISMATCH_ERR"}, 18: {"SecurityError", "SECURITY_ERR"}, 19: {"NetworkError", "NETWORK_ERR"},
	20: {"AbortError", "ABORT_ERR"}, 21: {"URLMismatchError", "URL_MISMATCH_ERR"}, 22: {"QuotaExceededError", "QUOTA_EXCEEDED_ERR"},
	23: {"TimeoutError", "TIMEOUT_ERR"}, 24: {"InvalidNodeTypeError", "INVALID_NODE_TYPE_ERR"}, 25: {"DataCloneError", "DATA_CLONE_ERR"},
}

func init() {
	DOMExceptionClass.Constructor(0, func(c Call) *DOMException {
		d := &DOMException{Name: "Error"}
		if c.Has(0) {
			d.Message = c.String(0)
		}
		if c.Has(1) {
			if obj, ok := c.Arg(1).(*goja.Object); ok {
				d.Name = c.Dictionary(obj).String("name", "Error")
			} else {
				d.Name = c.String(1)
			}
		}
		return d
	}).
		Getter("name", func(d *DOMException, r *Realm) goja.Value { return r.Str(d.Name) }).
		Getter("message", func(d *DOMException, r *Realm) goja.Value { return r.Str(d.Message) }).
		Getter("code", func(d *DOMException, r *Realm) goja.Value { return r.ToValue(d.code()) })
	for code, c := range domCodes {
		if c.constant != "" {
			DOMExceptionClass.Constant(c.constant, code)
		}
	}
	Install(API{Classes: []Declared{DOMExceptionClass}})
}

func (d *DOMException) code() int {
	for code, c := range domCodes {
		if c.name != "" && c.name == d.Name {
			return code
		}
	}
	return 0
}

// Bind gives the object its stack, as an Error has one.
func (d *DOMException) Bind(r *Realm, obj *goja.Object) {
	vm := r.VM
	text := d.Name
	if d.Message != "" {
		text += ": " + d.Message
	}
	for _, f := range vm.CaptureCallStack(0, nil) {
		p := f.Position()
		text += fmt.Sprintf("\n    at %s (%s:%d:%d)", f.FuncName(), f.SrcName(), p.Line, p.Column)
	}
	_ = obj.DefineDataProperty("stack", vm.ToValue(text), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// DOMException makes (does not throw) a DOMException: panic(r.DOMException("DataCloneError", "...")).
func (r *Realm) DOMException(name, format string, args ...any) *goja.Object {
	return DOMExceptionClass.New(r, &DOMException{Name: name, Message: fmt.Sprintf(format, args...)})
}
