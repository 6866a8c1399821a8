package whatwgurl

import (
	"strings"

	"golang.org/x/net/idna"
)

// profileLax and profileStrict are UTS #46 ToASCII with the flags that the standard gives for beStrict false and true:
// CheckBidi and CheckJoiners on, Transitional_Processing off; CheckHyphens, UseSTD3ASCIIRules and VerifyDnsLength
// follow beStrict.
var (
	profileLax = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false),
		idna.CheckJoiners(true), idna.CheckHyphens(false), idna.StrictDomainName(false), idna.VerifyDNSLength(false))
	profileStrict = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false),
		idna.CheckJoiners(true), idna.CheckHyphens(true), idna.StrictDomainName(true), idna.VerifyDNSLength(true))
)

// maxUnicodeDomain is how many bytes of UTF-8 a domain may have that needs more than lower case. The standard sets no
// limit, but DNS ends at 253, and Punycode takes time quadratic in the length of a label (20,000 characters: 2.6 s),
// during which no limit on CPU time can stop a script.
const maxUnicodeDomain = 2048

// DomainToASCII is "domain to ASCII" (https://url.spec.whatwg.org/#concept-domain-to-ascii); ok is false for failure.
// A domain that isn't plain ASCII and longer than 2,048 bytes is a failure as well.
func DomainToASCII(domain string, beStrict bool) (ascii string, ok bool) {
	if !beStrict && isPlainASCII(domain) {
		return asciiLower(domain), domain != ""
	}
	if len(domain) > maxUnicodeDomain {
		return "", false
	}
	profile := profileLax
	if beStrict {
		profile = profileStrict
	}
	ascii, err := profile.ToASCII(mapUnicode16(domain))
	if err != nil || ascii == "" || hidesPunycode(ascii) {
		return "", false
	}
	return ascii, true
}

// isPlainASCII reports whether domain is ASCII and no label of it begins with "xn--".
func isPlainASCII(domain string) bool {
	labelStart := true
	for i := range len(domain) {
		c := domain[i]
		if c >= 0x80 || labelStart && (c|0x20) == 'x' && hasPunycodePrefix(domain[i:]) {
			return false
		}
		labelStart = c == '.'
	}
	return true
}

func hasPunycodePrefix(label string) bool {
	return len(label) >= 4 && strings.EqualFold(label[:4], "xn--")
}

// asciiLower is "ASCII lowercase" (https://infra.spec.whatwg.org/#ascii-lowercase).
func asciiLower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if 'A' <= b[j] && b[j] <= 'Z' {
					b[j] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

// hidesPunycode reports whether a label decodes to one that begins with "xn--" again, which UTS #46 forbids (section
// 4.1, criterion 4) and golang.org/x/net/idna lets pass.
func hidesPunycode(ascii string) bool {
	if !strings.Contains(ascii, "xn--xn-") {
		return false
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if !strings.HasPrefix(label, "xn--xn-") {
			continue
		}
		if decoded, err := idna.Punycode.ToUnicode(label); err != nil || strings.HasPrefix(decoded, "xn--") {
			return true
		}
	}
	return false
}
