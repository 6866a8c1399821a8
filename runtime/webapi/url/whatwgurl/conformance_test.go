package whatwgurl

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/webapi/wpt"
)

func parseStrings(input string, base any) (*URL, error) {
	b, ok := base.(string)
	if !ok {
		return Parse(input, nil)
	}
	baseURL, err := Parse(b, nil)
	if err != nil {
		return nil, err
	}
	return Parse(input, baseURL)
}

// complain compares the getters named in want and returns the differences.
func complain(u *URL, want map[string]any) string {
	getters := map[string]func() string{
		"href": u.Href, "origin": u.Origin, "protocol": u.Protocol, "username": u.Username, "password": u.Password,
		"host": u.Host, "hostname": u.Hostname, "port": u.Port, "pathname": u.Pathname, "search": u.Search, "hash": u.Hash,
	}
	var faults []string
	for name, value := range want {
		if getter := getters[name]; getter != nil && getter() != value {
			faults = append(faults, fmt.Sprintf("%s is %q, want %q", name, getter(), value))
		}
	}
	return strings.Join(faults, "; ")
}

func TestURLTestData(t *testing.T) {
	for _, file := range []string{"urltestdata.json", "urltestdata-javascript-only.json"} {
		t.Run(file, func(t *testing.T) {
			table := wpt.Table(t, "url/resources/"+file)
			count := wpt.NewTally(t, file)
			for _, row := range table {
				input := row["input"].(string)
				key := strconv.Quote(fmt.Sprint(input, " against ", row["base"]))
				u, err := parseStrings(input, row["base"])
				switch {
				case row["failure"] == true && err == nil:
					count.Check(key, "parses as "+u.Href())
				case row["failure"] == true:
					count.Check(key, "")
				case err != nil:
					count.Check(key, err.Error())
				default:
					count.Check(key, complain(u, row))
				}
			}
			count.Done()
		})
	}
}

// TestParseIsIdempotent holds the parser against its own serialisation, on every row of the table.
func TestParseIsIdempotent(t *testing.T) {
	for _, row := range wpt.Table(t, "url/resources/urltestdata.json") {
		u, err := parseStrings(row["input"].(string), row["base"])
		if err != nil {
			continue
		}
		again, err := Parse(u.Href(), nil)
		if err != nil || *again != *u {
			t.Errorf("%q parses as %+v, its serialisation as %+v, %v", row["input"], u, again, err)
		}
	}
}

func TestSetters(t *testing.T) {
	setters := map[string]func(*URL, string){
		"href": func(u *URL, v string) {
			if err := u.SetHref(v); err != nil {
				t.Errorf("set href to %q: %v", v, err)
			}
		},
		"protocol": (*URL).SetProtocol, "username": (*URL).SetUsername, "password": (*URL).SetPassword,
		"host": (*URL).SetHost, "hostname": (*URL).SetHostname, "port": (*URL).SetPort,
		"pathname": (*URL).SetPathname, "search": (*URL).SetSearch, "hash": (*URL).SetHash,
	}
	var tables map[string]json.RawMessage
	wpt.Unmarshal(t, "url/resources/setters_tests.json", &tables)
	count := wpt.NewTally(t, "setters_tests.json")
	for property, set := range setters {
		var rows []struct {
			Href     string
			NewValue string `json:"new_value"`
			Expected map[string]any
		}
		if err := json.Unmarshal(tables[property], &rows); err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			t.Errorf("no rows for %s", property)
		}
		for _, row := range rows {
			u, err := Parse(row.Href, nil)
			if err != nil {
				t.Fatal(err)
			}
			set(u, row.NewValue)
			count.Check(strconv.Quote(fmt.Sprint(row.Href, " ", property, " = ", row.NewValue)), complain(u, row.Expected))
		}
	}
	count.Done()
}

func TestDomainToASCII(t *testing.T) {
	for _, file := range []string{"toascii.json", "IdnaTestV2.json", "IdnaTestV2-removed.json"} {
		t.Run(file, func(t *testing.T) {
			table := wpt.Table(t, "url/resources/"+file)
			count := wpt.NewTally(t, file)
			for _, row := range table {
				input := row["input"].(string)
				if input == "" {
					continue // can't be tried as the host of a URL
				}
				u, err := Parse("https://"+input+"/x", nil)
				got := "failure"
				if err == nil {
					got = u.Host()
				}
				want, ok := row["output"].(string)
				if !ok {
					want = "failure"
				}
				complaint := ""
				if got != want {
					complaint = fmt.Sprintf("%s, want %s", got, want)
				}
				count.Check(strconv.QuoteToASCII(input), complaint)
			}
			count.Done()
		})
	}
}

// TestPercentEncoding runs the UTF-8 column; the others are for documents in a legacy encoding, which a Worker has none
// of.
func TestPercentEncoding(t *testing.T) {
	table := wpt.Table(t, "url/resources/percent-encoding.json")
	count := wpt.NewTally(t, "percent-encoding.json")
	for _, row := range table {
		input := row["input"].(string)
		want := row["output"].(map[string]any)["utf-8"]
		u, err := Parse("https://x/?"+input, nil)
		if err != nil {
			t.Fatal(err)
		}
		complaint := ""
		if got, _ := u.Query(); got != want {
			complaint = fmt.Sprintf("%s, want %v", got, want)
		}
		count.Check(strconv.QuoteToASCII(input), complaint)
	}
	count.Done()
}
