package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func comparison(t *testing.T) planner.Comparison {
	t.Helper()
	inv := reportInventory()
	evil := int64(5 << 20)
	inv.Tables[3].HeapBytes = &evil
	c, err := planner.Compare(inv, planner.Defaults(), nil)
	require.NoError(t, err)
	return c
}

func compared(t *testing.T, format string) string {
	t.Helper()
	out, err := Comparison(comparison(t), format)
	require.NoError(t, err)
	again, err := Comparison(comparison(t), format)
	require.NoError(t, err)
	require.Equal(t, string(out), string(again))
	return string(out)
}

func TestComparisonFormats(t *testing.T) {
	c := comparison(t)
	text, md, page := compared(t, "text"), compared(t, "markdown"), compared(t, "html")
	for _, w := range c.Ways {
		for format, s := range map[string]string{"text": text, "markdown": md, "html": page} {
			require.Contains(t, s, w.Name, format)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 140, line)
		require.Equal(t, strings.TrimRight(line, " "), line)
	}
	require.Less(t, strings.Index(text, "Recommended: "), strings.Index(text, "Feasible?"), "what to do comes first")

	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "ZgotmplZ")
	require.Equal(t, 1, strings.Count(page, "<style>\n:root"), "the style that plan.html has too")
	for _, line := range strings.Split(md, "\n") {
		bare := regexp.MustCompile("``.*?``|`[^`]*`").ReplaceAllString(line, "")
		require.NotRegexp(t, `(^|[^\\])<`, bare)
	}
	cells := 0
	for _, line := range strings.Split(md, "\n") {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := len(pipe.FindAllString(strings.ReplaceAll(line, "||", "| |"), -1))
		if cells == 0 {
			cells = n
		}
		require.Equal(t, cells, n, "a row of another width: %s", line)
	}

	var decoded planner.Comparison
	require.NoError(t, json.Unmarshal([]byte(compared(t, "json")), &decoded))
	require.Equal(t, c, decoded)
	_, err := Comparison(c, "csv")
	require.Error(t, err)
}

// The words of a server steer no terminal, and break no column.
func TestComparisonIsPlainText(t *testing.T) {
	c := comparison(t)
	c.Source.Database = "a\x1b[31m\nb"
	c.Ways[0].Obstacles = []planner.Obstacle{{Code: "XX101", Text: "value \x1b]0;title\a and \u202eturned", Count: 1}}
	c.Ways[0].Beside = []string{strings.Repeat("x", 60)}
	out, err := Comparison(c, "text")
	require.NoError(t, err)
	for _, r := range string(out) {
		require.True(t, r == '\n' || !analyze.Steers(r), "%U", r)
	}
	require.Contains(t, string(out), strings.Repeat("x", 60), "a long word stays whole")
}

func lobReport() planner.LOBs {
	n, need, limit := int64(20_000), int64(60_000), int64(57_344)
	l := planner.LOBs{Format: 1, Engine: planner.EngineDMS, Columns: []planner.LOBColumn{}}
	for _, name := range []string{"plain", "=1+1", "+x", "-x", "@sum(a1)", "\tcmd", "a,b", `a"b`, "a\nb", "a\r\nb", "Größe", "'", "\u202eturned"} {
		l.Columns = append(l.Columns, planner.LOBColumn{Table: analyze.Name{Schema: name, Name: name}, Column: name, Type: name, Class: analyze.NCLOB, LargestBytes: &n, Method: "sampled", Rows: 7,
			NeedBytes: &need, Margin: 1.5, Mode: planner.LOBLimited, LimitBytes: &limit, Truncation: planner.TruncationStops, Slot: "dms_slot_01"})
	}
	l.Columns[0].LargestBytes, l.Columns[0].NeedBytes, l.Columns[0].Method = nil, nil, "unknown"
	return l
}

// A spreadsheet takes no cell for a formula, and a reader of RFC 4180 gets every cell back.
func TestLOBsCSV(t *testing.T) {
	l := lobReport()
	out, err := LOBs(l, "csv")
	require.NoError(t, err)
	require.Equal(t, strings.Count(string(out), "\n"), strings.Count(string(out), "\r\n"), "lines end with CRLF, and none is broken")
	require.Equal(t, len(l.Columns)+1, strings.Count(string(out), "\n"))
	rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	require.NoError(t, err)
	seen := map[string]bool{}
	for i, row := range rows {
		require.Len(t, row, len(rows[0]))
		for _, cell := range row {
			require.False(t, cell != "" && strings.Contains("=+-@\t\r", cell[:1]), "%q", cell)
			for _, r := range cell {
				require.False(t, analyze.Steers(r), "%q", cell)
			}
		}
		if i > 0 {
			require.False(t, seen[row[0]], "two tables with one name: %s", row[0])
			seen[row[0]] = true
			require.Equal(t, l.Columns[i-1].Table.String(), row[0])
		}
	}
	require.Equal(t, []string{"", "", "unknown", "", "1.5", ""}, rows[1][4:10])
	require.Equal(t, []string{"20", "20000", "sampled", "7", "1.5", "59", "limited", "56"}, rows[2][4:12], "kB of 1024 bytes, rounded up")
}

func TestLOBsText(t *testing.T) {
	out, err := LOBs(lobReport(), "text")
	require.NoError(t, err)
	for _, r := range string(out) {
		require.True(t, r == '\n' || !analyze.Steers(r), "%U", r)
	}
	lines := strings.Split(string(out), "\n")
	require.Regexp(t, `^table +column +type +largest kB `, lines[0])
	require.Contains(t, lines[1], "unknown")
	require.Contains(t, lines[2], "7 rows")
	require.Contains(t, lines[2], "the task stops")
	out, err = LOBs(planner.LOBs{}, "text")
	require.NoError(t, err)
	require.Equal(t, "No column is a LOB to AWS DMS, and none is a varchar without a length.\n", string(out))
	_, err = LOBs(lobReport(), "html")
	require.Error(t, err)
	var l planner.LOBs
	out, err = LOBs(lobReport(), "json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &l))
	require.Equal(t, lobReport(), l)
}

// FuzzCell puts names and types before a reader of RFC 4180: each row comes back whole, in one line, and no cell is a formula.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"plain", "=1+1", "+1", "-1", "@a", "\t=1", "\r\n", "a\"b", "a,b", "", "\xff", "\u202e", "=\n", "\ufeff=1"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, typ string) {
		if !utf8.ValidString(name+typ) || strings.Contains(name+typ, "\x00") {
			t.Skip("no inventory holds it")
		}
		l := planner.LOBs{Columns: []planner.LOBColumn{{Table: analyze.Name{Schema: "s", Name: name}, Column: name, Type: typ, Method: "exact"}}}
		out, err := LOBs(l, "csv")
		require.NoError(t, err)
		require.Equal(t, 2, strings.Count(string(out), "\n"))
		rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Equal(t, l.Columns[0].Table.String(), rows[1][0])
		require.Equal(t, analyze.Display(name), rows[1][1])
		for _, cell := range rows[1][:3] {
			require.False(t, cell != "" && strings.Contains("=+-@\t\r\n", cell[:1]), "%q", cell)
			require.False(t, strings.ContainsFunc(cell, analyze.Steers), "%q", cell)
		}
		_, err = LOBs(l, "text")
		require.NoError(t, err)
	})
}
