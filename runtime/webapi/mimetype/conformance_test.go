package mimetype

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/webapi/wpt"
)

func TestMIMETypes(t *testing.T) {
	for _, file := range []string{"mime-types.json", "generated-mime-types.json"} {
		t.Run(file, func(t *testing.T) {
			table := wpt.Table(t, "mimesniff/mime-types/resources/"+file)
			count := wpt.NewTally(t, file)
			for _, row := range table {
				input := row["input"].(string)
				count.Check(strconv.QuoteToASCII(input), complain(row, "output", input, Parse))
			}
			count.Done()
		})
	}
}

func TestContentTypes(t *testing.T) {
	table := wpt.Table(t, "fetch/content-type/resources/content-types.json")
	count := wpt.NewTally(t, "content-types.json")
	for _, row := range table {
		var fields []string
		for _, field := range row["contentType"].([]any) {
			fields = append(fields, field.(string))
		}
		input := strings.Join(fields, ", ")
		count.Check(strconv.QuoteToASCII(input), complain(row, "mimeType", input, Extract))
	}
	count.Done()
}

// complain compares what parse gives for input with the column of that name and the column "encoding".
func complain(row map[string]any, column, input string, parse func(string) (*Type, bool)) string {
	parsed, ok := parse(input)
	want, wantOK := row[column].(string)
	switch {
	case ok != wantOK:
		return fmt.Sprintf("ok is %v", ok)
	case !ok:
		return ""
	case parsed.String() != want:
		return fmt.Sprintf("%q, want %q", parsed, want)
	}
	encoding := ""
	if e := parsed.Encoding(); e != nil {
		encoding = e.Name()
	}
	if want, given := row["encoding"]; given && (want == nil && encoding != "" || want != nil && encoding != want) {
		return fmt.Sprintf("encoding %q, want %v", encoding, want)
	}
	return ""
}
