package blob

import (
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// FileClass is the class File.
var FileClass = webidl.NewClass[*File]("File")

// File is what a File object carries: a Blob with a name.
type File struct {
	Blob
	Name         string
	LastModified int64 // milliseconds since the epoch
}

// NewFile makes a File of a Blob, last modified now.
func NewFile(b *Blob, name string) *File {
	return &File{Blob: *b, Name: name, LastModified: time.Now().UnixMilli()}
}

func init() {
	FileClass.Extends(Class.Interface).Constructor(2, func(c webidl.Call) *File {
		f := &File{}
		parts, bag := c.Arg(0), c.Arg(2)
		if _, ok := parts.(*goja.Object); !ok {
			panic(c.TypeError("Failed to execute '%s': The provided value cannot be converted to a sequence.", c.Name))
		}
		f.Name = c.String(1)
		f.Blob = *construct(c, parts, bag, func(d webidl.Dictionary) {
			if v, ok := d.Get("lastModified"); ok {
				f.LastModified = c.Integer(v, 53, true)
			} else {
				f.LastModified = time.Now().UnixMilli()
			}
		})
		return f
	}).
		Getter("name", func(f *File, r *webidl.Realm) goja.Value { return r.Str(f.Name) }).
		Getter("lastModified", func(f *File, r *webidl.Realm) goja.Value { return r.ToValue(f.LastModified) })
}
