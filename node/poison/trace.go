package poison

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/bindery/bindery/runtime"
)

// Trace is what a data plane left when it died.
type Trace struct {
	// Cause is the line that says why, as "fatal error: stack overflow"; "" where nothing was said, as after a signal that leaves no time.
	Cause string
	// Versions are those whose turn was the last on the goroutine that it died of.
	Versions []string
}

// causes begin the line that says why a Go process ended. MemoryPassed is ours.
var causes = []string{"fatal error: ", "panic: ", "runtime: out of memory", "SIGSEGV: ", "SIGBUS: ", "SIGFPE: ", "unexpected fault address", MemoryPassed}

// MemoryPassed begins the trace of a data plane that ended itself because it passed its memory ceiling.
const MemoryPassed = "memory ceiling passed:"

// unallocated is how the race detector says that there is no memory.
const unallocated = "ThreadSanitizer failed to allocate"

var (
	header = regexp.MustCompile(`^goroutine \d+ .*\[.*\]:$`)
	label  = regexp.MustCompile(regexp.QuoteMeta(strconv.Quote(runtime.Label)) + `: "([^"]*)"`)
)

// Parse reads what Go wrote when the process ended. The goroutine that it ended of is the first.
func Parse(text string) Trace {
	var t Trace
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if t.Cause == "" || strings.HasPrefix(t.Cause, "runtime: ") {
			for _, c := range causes {
				if strings.HasPrefix(line, c) || strings.Contains(line, unallocated) {
					t.Cause = line
				}
			}
		}
		if t.Cause != "" && header.MatchString(line) {
			for _, m := range label.FindAllStringSubmatch(line, -1) {
				t.Versions = append(t.Versions, m[1])
			}
			break
		}
	}
	return t
}
