package whatwgurl

import "strconv"

// ParseError tells why a string is not a URL. The URL class throws it as a TypeError whose message is "Invalid URL" on
// most runtimes; Reason is for logs and for people.
type ParseError struct {
	Reason string // e.g. "malformed IPv4 address"
	Input  string // the part that was refused
}

// Error implements error.
func (e *ParseError) Error() string { return "parse URL: " + e.Reason + ": " + strconv.Quote(e.Input) }

func failure(reason, input string) error { return &ParseError{Reason: reason, Input: input} }
