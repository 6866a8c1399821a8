package codec

import (
	"strconv"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/webapi/wpt"
)

// TestLabels runs every label of the standard, as it is and in upper case between whitespace.
func TestLabels(t *testing.T) {
	var sections []struct {
		Encodings []struct {
			Labels []string
			Name   string
		}
	}
	wpt.Unmarshal(t, "encoding/resources/encodings.json", &sections)
	count := wpt.NewTally(t, "encodings.json")
	names := 0
	for _, section := range sections {
		for _, encoding := range section.Encodings {
			names++
			for _, label := range encoding.Labels {
				complaint := ""
				for _, form := range []string{label, "\t\n\f\r " + strings.ToUpper(label) + " "} {
					if got := Lookup(form); got == nil || got.Name() != encoding.Name {
						complaint = strconv.Quote(form) + " isn't " + encoding.Name
					}
				}
				count.Check(strconv.Quote(label), complaint)
			}
		}
	}
	count.Done()
	if names != len(encodings) || len(byLabel) != count.Total() {
		t.Errorf("%d encodings and %d labels here, %d and %d in the standard", len(encodings), len(byLabel), names,
			count.Total())
	}
}
