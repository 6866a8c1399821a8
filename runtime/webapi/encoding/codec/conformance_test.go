package codec

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

// TestLabels runs every label of the standard, as it is and in upper case between whitespace.
func TestLabels(t *testing.T) {
	var sections []struct {
		Encodings []struct {
			Labels []string
			Name   string
		}
	}
	if err := json.Unmarshal(readData(t, "encoding/resources/encodings.json"), &sections); err != nil {
		t.Fatal(err)
	}
	count := newTally(t, "encodings.json")
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
				count.check(strconv.Quote(label), complaint)
			}
		}
	}
	count.done()
	if names != len(encodings) || len(byLabel) != count.passed+count.failed {
		t.Errorf("%d encodings and %d labels here, %d and %d in the standard", len(encodings), len(byLabel), names,
			count.passed+count.failed)
	}
}
