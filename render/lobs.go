package render

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// LOBs shows a report on LOB columns as text, CSV (RFC 4180) or JSON.
//
// CSV has names as [analyze.Name.String] shows them: quoted where they are not plain, which leaves no cell that begins with what a spreadsheet takes for a
// formula, and no line break in any.
func LOBs(l planner.LOBs, format string) ([]byte, error) {
	switch format {
	case "json":
		var b bytes.Buffer
		if err := l.Encode(&b); err != nil {
			return nil, fmt.Errorf("encoding the LOB report: %w", err)
		}
		return b.Bytes(), nil
	case "csv":
		return lobsCSV(l)
	case "text":
		return lobsText(l), nil
	}
	return nil, fmt.Errorf("a LOB report has no format %q", format)
}

// kilobytes is how AWS DMS counts the size of LOBs: units of 1024 bytes, and a begun one counts.
func kilobytes(n int64) string { return strconv.FormatInt((n+1023)/1024, 10) }

func optional(n *int64, show func(int64) string) string {
	if n == nil {
		return ""
	}
	return show(*n)
}

func lobsCSV(l planner.LOBs) ([]byte, error) {
	decimal := func(n int64) string { return strconv.FormatInt(n, 10) }
	rows := [][]string{{"table", "column", "type", "dms_class", "largest_kb", "largest_bytes", "measured", "rows_sampled", "margin", "needed_kb", "mode", "limit_kb", "truncation_accepted", "beyond_the_limit", "slot"}}
	for _, c := range l.Columns {
		sampled := ""
		if c.Method == "sampled" {
			sampled = decimal(c.Rows)
		}
		rows = append(rows, []string{
			c.Table.String(), analyze.Display(c.Column), typeText(c.Type), string(c.Class), optional(c.LargestBytes, kilobytes), optional(c.LargestBytes, decimal), c.Method, sampled,
			strconv.FormatFloat(c.Margin, 'g', -1, 64), optional(c.NeedBytes, kilobytes), string(c.Mode), optional(c.LimitBytes, kilobytes), yesNo(c.Accepted), string(c.Truncation), c.Slot,
		})
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("writing the LOB report: %w", err)
	}
	return b.Bytes(), nil
}

// typeText is a type as the server prints it, in one line. The server quotes what is not plain; an inventory that says otherwise is no way into a
// spreadsheet either.
func typeText(s string) string {
	s = strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(analyze.Visible(s))
	if s != "" && strings.Contains("=+-@", s[:1]) {
		return strconv.Quote(s)
	}
	return s
}

func lobsText(l planner.LOBs) []byte {
	if l.Engine == planner.EnginePromote {
		return []byte("Physical replication carries every block: with the engine promote nothing is moved as a LOB, and nothing is cut.\n")
	}
	if len(l.Columns) == 0 {
		return []byte("No column is a LOB to AWS DMS, and none is a varchar without a length.\n")
	}
	rows := [][]string{{"table", "column", "type", "largest kB", "measured", "needed kB", "limit kB", "mode", "beyond the limit", "accepted"}}
	numbers := map[int]bool{3: true, 5: true, 6: true}
	for _, c := range l.Columns {
		method := c.Method
		if method == "sampled" {
			method = fmt.Sprintf("%d rows", c.Rows)
		}
		show := func(n *int64, none string) string {
			if n == nil {
				return none
			}
			return kilobytes(*n)
		}
		rows = append(rows, []string{
			c.Table.String(), analyze.Display(c.Column), typeText(c.Type), show(c.LargestBytes, "unknown"), method, show(c.NeedBytes, "unknown"), show(c.LimitBytes, "none"), string(c.Mode),
			map[planner.Truncation]string{planner.TruncationNever: "nothing is cut", planner.TruncationStops: "the task stops", planner.TruncationCuts: "the end is lost"}[c.Truncation], yesNo(c.Accepted),
		})
	}
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, s := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(s))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		var line strings.Builder
		for i, s := range r {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(s))
			if numbers[i] {
				s = pad + s
			} else {
				s += pad
			}
			if i > 0 {
				line.WriteString("  ")
			}
			line.WriteString(s)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	s := l.Sums
	fmt.Fprintf(&b, "\n%s in %s; the largest value has %s kB. Of unknown size: %d, known from a sample only: %d (analyze --lob exact). Looked up one by one: %d, cut beyond their limit: %d.\n",
		analyze.Count(s.Columns, "column"), analyze.Count(s.Tables, "table"), kilobytes(s.LargestBytes), s.Unknown, s.Sampled, s.Unlimited, s.Cut)
	if !planner.ByDMS.Have(l.Engine) {
		fmt.Fprintf(&b, "With the engine %s nothing is a LOB: values travel whole. What is needed is what AWS DMS would need.\n", l.Engine)
	}
	return []byte(b.String())
}
