package main

import (
	"fmt"
	"strconv"
	"strings"
)

// size is a number of bytes on the command line: 512MB, 2GiB, 1073741824. All units are powers of 1024, as GOMEMLIMIT has them.
type size int64

// units are tried in this order.
var units = []struct {
	name  string
	bytes float64
}{
	{"KIB", 1 << 10},
	{"MIB", 1 << 20},
	{"GIB", 1 << 30},
	{"TIB", 1 << 40},
	{"KB", 1 << 10},
	{"MB", 1 << 20},
	{"GB", 1 << 30},
	{"TB", 1 << 40},
	{"K", 1 << 10},
	{"M", 1 << 20},
	{"G", 1 << 30},
	{"T", 1 << 40},
	{"B", 1},
	{"", 1},
}

// leastMemory is what a process needs to serve anything.
const leastMemory = 64 << 20

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *size) UnmarshalText(text []byte) error {
	number, factor := strings.ToUpper(strings.TrimSpace(string(text))), 1.0
	for _, u := range units {
		if n, ok := strings.CutSuffix(number, u.name); ok {
			number, factor = strings.TrimSpace(n), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || !(n >= 0 && n*factor < 1<<62): // NaN is neither
		return fmt.Errorf("%q is no size: write it as 512MB or 2GB", text)
	case n*factor < leastMemory:
		return fmt.Errorf("%s is too little: 64MB is the least", text)
	}
	*s = size(n * factor)
	return nil
}
