package whatwgurl

import (
	"strconv"
	"strings"
)

// endsInNumber is the ends-in-a-number checker (https://url.spec.whatwg.org/#ends-in-a-number-checker).
func endsInNumber(domain string) bool {
	domain = strings.TrimSuffix(domain, ".")
	last := domain[strings.LastIndexByte(domain, '.')+1:]
	if last == "" {
		return false
	}
	if allDigits(last) {
		return true
	}
	_, ok := parseIPv4Number(last)
	return ok
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parseIPv4Number is the IPv4 number parser (https://url.spec.whatwg.org/#ipv4-number-parser). Numbers above 32 bits
// saturate at 1<<32: they are too large wherever they stand.
func parseIPv4Number(s string) (uint64, bool) {
	if s == "" {
		return 0, false
	}
	base := uint64(10)
	if len(s) >= 2 && s[0] == '0' {
		if s[1] == 'x' || s[1] == 'X' {
			s, base = s[2:], 16
		} else {
			s, base = s[1:], 8
		}
	}
	n := uint64(0)
	for i := range len(s) {
		digit := unhex(s[i])
		if digit < 0 || uint64(digit) >= base {
			return 0, false
		}
		n = min(n*base+uint64(digit), 1<<32)
	}
	return n, true
}

// parseIPv4 is the IPv4 parser (https://url.spec.whatwg.org/#concept-ipv4-parser) for a domain that ends in a number.
func parseIPv4(domain string) (uint32, bool) {
	parts := strings.Split(strings.TrimSuffix(domain, "."), ".")
	if len(parts) > 4 {
		return 0, false
	}
	address := uint64(0)
	for i, part := range parts {
		n, ok := parseIPv4Number(part)
		if !ok {
			return 0, false
		}
		if i == len(parts)-1 {
			if n >= 1<<(8*(5-len(parts))) {
				return 0, false
			}
			return uint32(address + n), true
		}
		if n > 255 {
			return 0, false
		}
		address += n << (8 * (3 - i))
	}
	return 0, false
}

// formatIPv4 is the IPv4 serialiser (https://url.spec.whatwg.org/#concept-ipv4-serializer).
func formatIPv4(address uint32) string {
	b := make([]byte, 0, len("255.255.255.255"))
	for shift := 24; shift >= 0; shift -= 8 {
		if shift < 24 {
			b = append(b, '.')
		}
		b = strconv.AppendUint(b, uint64(address>>shift&0xFF), 10)
	}
	return string(b)
}

// parseIPv6 is the IPv6 parser (https://url.spec.whatwg.org/#concept-ipv6-parser); s is without brackets.
func parseIPv6(s string) (address [8]uint16, ok bool) {
	pieces, compress := 0, -1
	if strings.HasPrefix(s, ":") {
		if !strings.HasPrefix(s, "::") {
			return address, false
		}
		s = s[2:]
		pieces, compress = 1, 1 // "::" stands for one piece at least
	}
	for s != "" {
		if pieces == 8 {
			return address, false
		}
		if s[0] == ':' {
			if compress >= 0 {
				return address, false
			}
			s = s[1:]
			pieces++
			compress = pieces
			continue
		}
		value, n := uint16(0), 0
		for n < 4 && n < len(s) && unhex(s[n]) >= 0 {
			value = value<<4 | uint16(unhex(s[n]))
			n++
		}
		rest := s[n:]
		if strings.HasPrefix(rest, ".") {
			if n == 0 || pieces > 6 || !parseEmbeddedIPv4(s, address[pieces:pieces+2]) {
				return address, false
			}
			pieces += 2
			break
		}
		if rest != "" {
			if rest[0] != ':' || rest == ":" {
				return address, false
			}
			rest = rest[1:]
		}
		address[pieces] = value
		pieces++
		s = rest
	}
	if compress >= 0 {
		moved := pieces - compress
		copy(address[8-moved:], address[compress:pieces])
		clear(address[compress : 8-moved])
		return address, true
	}
	return address, pieces == 8
}

// parseEmbeddedIPv4 reads the dotted form that may end an IPv6 address into two pieces: four decimal numbers without
// leading zeroes.
func parseEmbeddedIPv4(s string, pieces []uint16) bool {
	for i := range 4 {
		if i > 0 {
			if !strings.HasPrefix(s, ".") {
				return false
			}
			s = s[1:]
		}
		value, n := 0, 0
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			if n > 0 && value == 0 {
				return false
			}
			value = value*10 + int(s[n]-'0')
			if value > 255 {
				return false
			}
			n++
		}
		if n == 0 {
			return false
		}
		s = s[n:]
		pieces[i/2] = pieces[i/2]<<8 | uint16(value)
	}
	return s == ""
}

// formatIPv6 is the IPv6 serialiser (https://url.spec.whatwg.org/#concept-ipv6-serializer), without brackets.
func formatIPv6(address [8]uint16) string {
	start, length := -1, 1 // the first longest run of two or more zero pieces
	for i := 0; i < 8; i++ {
		run := 0
		for i+run < 8 && address[i+run] == 0 {
			run++
		}
		if run > length {
			start, length = i, run
		}
		i += run
	}
	b := make([]byte, 0, 39)
	for i := 0; i < 8; i++ {
		if i == start {
			b = append(b, "::"...)
			i += length - 1
			continue
		}
		if i > 0 && b[len(b)-1] != ':' {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, uint64(address[i]), 16)
	}
	return string(b)
}
