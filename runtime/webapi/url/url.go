package url

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// URL is https://url.spec.whatwg.org/#url-class. Like its realm it belongs to one goroutine at a time.
type URL struct {
	record *whatwgurl.URL
	params *SearchParams // nil until script reads searchParams
	object *goja.Object  // the URLSearchParams of params: the same at each read
}

// Class is the class URL.
var Class = webidl.NewClass[*URL]("URL")

// attributes are those that are strings, in the order of the standard. searchParams comes before hash.
var attributes = []struct {
	name string
	get  func(*whatwgurl.URL) string
	set  func(*whatwgurl.URL, string)
}{
	{"protocol", (*whatwgurl.URL).Protocol, (*whatwgurl.URL).SetProtocol},
	{"username", (*whatwgurl.URL).Username, (*whatwgurl.URL).SetUsername},
	{"password", (*whatwgurl.URL).Password, (*whatwgurl.URL).SetPassword},
	{"host", (*whatwgurl.URL).Host, (*whatwgurl.URL).SetHost},
	{"hostname", (*whatwgurl.URL).Hostname, (*whatwgurl.URL).SetHostname},
	{"port", (*whatwgurl.URL).Port, (*whatwgurl.URL).SetPort},
	{"pathname", (*whatwgurl.URL).Pathname, (*whatwgurl.URL).SetPathname},
	{"hash", (*whatwgurl.URL).Hash, (*whatwgurl.URL).SetHash},
}

func init() {
	href := func(u *URL, r *webidl.Realm) goja.Value { return r.Str(u.current().Href()) }
	stringifier := func(u *URL, c webidl.Call) goja.Value { return href(u, c.Realm) }
	Class.Constructor(1, construct).
		Static("parse", 1, func(c webidl.Call) goja.Value {
			record, err := parse(c)
			if err != nil {
				return goja.Null()
			}
			return Class.New(c.Realm, &URL{record: record})
		}).
		Static("canParse", 1, func(c webidl.Call) goja.Value {
			_, err := parse(c)
			return c.ToValue(err == nil)
		}).
		Attribute("href", href, (*URL).setHref).
		Getter("origin", func(u *URL, r *webidl.Realm) goja.Value { return r.Str(u.current().Origin()) })
	for _, a := range attributes {
		if a.name == "hash" {
			Class.Attribute("search", func(u *URL, r *webidl.Realm) goja.Value { return r.Str(u.current().Search()) }, (*URL).setSearch).
				Getter("searchParams", (*URL).searchParams)
		}
		Class.Attribute(a.name, func(u *URL, r *webidl.Realm) goja.Value { return r.Str(a.get(u.current())) },
			func(u *URL, c webidl.Call, v goja.Value) { a.set(u.current(), c.USVString(v)) })
	}
	Class.Method("toString", 0, stringifier).Method("toJSON", 0, stringifier)
}

// current is the record with all changes of the params.
func (u *URL) current() *whatwgurl.URL {
	if u.params != nil && u.params.changed {
		u.params.update()
	}
	return u.record
}

// construct is https://url.spec.whatwg.org/#dom-url-url.
func construct(c webidl.Call) *URL {
	record, err := parse(c)
	if err != nil {
		panic(invalid(c.Realm))
	}
	return &URL{record: record}
}

// invalid is the error that workerd throws, for a base too.
func invalid(r *webidl.Realm) *goja.Object { return r.TypeError("Invalid URL string.") }

// parse is the API URL parser (https://url.spec.whatwg.org/#api-url-parser) on the arguments url and base.
func parse(c webidl.Call) (*whatwgurl.URL, error) {
	input := c.String(0)
	if !c.Has(1) {
		return whatwgurl.Parse(input, nil)
	}
	base, err := whatwgurl.Parse(c.String(1), nil)
	if err != nil {
		return nil, err
	}
	return whatwgurl.Parse(input, base)
}

func (u *URL) setHref(c webidl.Call, v goja.Value) {
	if err := u.current().SetHref(c.USVString(v)); err != nil {
		panic(invalid(c.Realm))
	}
	if u.params != nil {
		query, _ := u.current().Query()
		u.params.reset(query)
	}
}

// setSearch gives the params the text as script wrote it, which still has what the URL itself leaves out: tabs and newlines.
func (u *URL) setSearch(c webidl.Call, v goja.Value) {
	search := c.USVString(v)
	u.current().SetSearch(search)
	if u.params != nil {
		u.params.reset(strings.TrimPrefix(search, "?"))
	}
}

func (u *URL) searchParams(r *webidl.Realm) goja.Value {
	if u.object == nil {
		query, _ := u.current().Query()
		u.params = &SearchParams{unparsed: query, url: u, realm: r}
		u.object = SearchParamsClass.New(r, u.params)
	}
	return u.object
}
