package whatwgurl

import (
	"strings"
)

// parseHost is the host parser (https://url.spec.whatwg.org/#concept-host-parser), returning the host serialised.
func parseHost(input string, special bool) (string, error) {
	if strings.HasPrefix(input, "[") {
		if !strings.HasSuffix(input, "]") {
			return "", failure("IPv6 address is not closed with \"]\"", input)
		}
		address, ok := parseIPv6(input[1 : len(input)-1])
		if !ok {
			return "", failure("malformed IPv6 address", input)
		}
		return "[" + formatIPv6(address) + "]", nil
	}
	if !special {
		if firstIn(input, forbiddenHost) < len(input) {
			return "", failure("forbidden character in host", input)
		}
		return PercentEncode(input, C0ControlSet), nil
	}
	domain, ok := DomainToASCII(decodeText(input), false)
	if !ok {
		return "", failure("malformed domain", input)
	}
	if firstIn(domain, forbiddenDomain) < len(domain) {
		return "", failure("forbidden character in domain", input)
	}
	if endsInNumber(domain) {
		address, ok := parseIPv4(domain)
		if !ok {
			return "", failure("malformed IPv4 address", input)
		}
		return formatIPv4(address), nil
	}
	return domain, nil
}
