package whatwgurl

import "strings"

// mapUnicode16 applies those mappings of UTS #46 that Unicode 15.1 and 16 changed for characters which Unicode 15 had
// already (https://www.unicode.org/reports/tr46/#Modifications): golang.org/x/net/idna takes its table by the version
// of Go, and has Unicode 15 below Go 1.27. The results are mapped to themselves by every version, so this does no harm
// to a newer table.
func mapUnicode16(domain string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x4C0:
			return r
		case 0x10A0 <= r && r <= 0x10C5: // Georgian capitals
			return r - 0x10A0 + 0x2D00
		case 0x2061 <= r && r <= 0x2063, 0x206A <= r && r <= 0x206F, 0x1D173 <= r && r <= 0x1D17A:
			return -1
		}
		switch r {
		case 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFFA0:
			return -1
		case 0x4C0:
			return 0x4CF
		case 0x1E9E:
			return 0xDF
		case 0x2132:
			return 0x214E
		case 0x2183:
			return 0x2184
		case 0x2F868:
			return 0x36FC
		case 0x2F874:
			return 0x5F53
		case 0x2F91F:
			return 0x243AB
		case 0x2F95F:
			return 0x7AEE
		case 0x2F9BF:
			return 0x45D7
		}
		return r
	}, domain)
}
