package console

import (
	"math"
	"strings"
	"unicode/utf8"
)

// layout sets an object's entries: on one line where they fit, lists of many short items in columns, else a line each. The rules are
// those of Node's util.inspect with its default "compact: 3": the innermost three levels may share a line.
func (p *printer) layout(s *shown, depth int) string {
	entries := s.entries
	if s.list && len(entries) > 6 {
		entries = p.columns(entries, s.numbers)
	}
	if p.last-depth < 3 && len(entries) == len(s.entries) {
		start := len(entries) + p.indent + len(s.open) + len(s.base) + 10
		if fits(entries, start) && !strings.Contains(s.base, "\n") {
			return join(s.base, s.open+" "+strings.Join(entries, ", ")+" "+s.close)
		}
	}
	margin := "\n" + strings.Repeat(" ", p.indent)
	return join(s.base, s.open+margin+"  "+strings.Join(entries, ","+margin+"  ")+margin+s.close)
}

func fits(entries []string, start int) bool {
	total := start + len(entries)
	for _, e := range entries {
		if total += len(e); total > lineWidth || strings.Contains(e, "\n") {
			return false
		}
	}
	return true
}

// columns sets the items of a list in columns of equal width, as many as make the block about 2.5 times as wide as it is high.
func (p *printer) columns(entries []string, numbers bool) []string {
	items := entries
	var rest []string
	if last := entries[len(entries)-1]; strings.HasPrefix(last, "... ") {
		items, rest = entries[:len(entries)-1], entries[len(entries)-1:]
	}
	widths := make([]int, len(items))
	total, widest := 0, 0
	for i, e := range items {
		if strings.Contains(e, "\n") {
			return entries
		}
		widths[i] = utf8.RuneCountInString(e) + 2
		total += widths[i]
		widest = max(widest, widths[i])
	}
	if widest*3+p.indent >= lineWidth || float64(total)/float64(widest) <= 5 && widest > 8 {
		return entries
	}
	bias := math.Sqrt(float64(widest) - float64(total)/float64(len(entries)))
	biased := math.Max(float64(widest)-3-bias, 1)
	columns := min(int(math.Round(math.Sqrt(2.5*biased*float64(len(items)))/biased)), (lineWidth-p.indent)/widest, 12, 15)
	if columns <= 1 {
		return entries
	}
	column := make([]int, columns)
	for i, w := range widths {
		column[i%columns] = max(column[i%columns], w)
	}
	var lines []string
	for i := 0; i < len(items); i += columns {
		var line strings.Builder
		for j := i; j < min(i+columns, len(items)); j++ {
			pad := strings.Repeat(" ", column[j-i]-widths[j])
			last := j == min(i+columns, len(items))-1
			switch {
			case numbers && last:
				line.WriteString(pad + items[j])
			case numbers:
				line.WriteString(pad + items[j] + ", ")
			case last:
				line.WriteString(items[j])
			default:
				line.WriteString(items[j] + ", " + pad)
			}
		}
		lines = append(lines, line.String())
	}
	return append(lines, rest...)
}
