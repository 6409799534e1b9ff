package render

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// reportInventory has tables with names that mean something to Markdown and HTML.
func reportInventory() analyze.Inventory {
	inv := analyze.Inventory{
		Format:   analyze.Format,
		Server:   analyze.Server{VersionNum: 150020, Version: "15.20", User: "postgres"},
		Database: analyze.Database{Name: "<b>shop|`"},
		Schemas:  []analyze.Schema{{Name: "public", Usage: true}},
		Roles:    []analyze.Role{{Name: "a|b", Superuser: true, ConnLimit: -1, Owner: true}},
		Sample:   &analyze.Sample{Seconds: 600, WALBytes: 1e9},
	}
	for i, n := range []string{"a|b", "`tick`", "``", "<script>alert(1)</script>", "line\nbreak", "*star*_under_", "[link](http://x)", "# head", "| --- |", "plain", "&amp;", `"quoted"`, "${x}", "</title>"} {
		id := analyze.Column{Name: "id", Number: 1, Type: "bigint", BaseType: "int8", TypeKind: "base", NotNull: true}
		note := analyze.Column{Name: "no|te", Number: 2, Type: "text", BaseType: "text", TypeKind: "base", NotNull: true, LOB: analyze.NCLOB}
		bytes, none := int64(i)<<28, int64(0)
		t := analyze.Table{
			Name: analyze.Name{Schema: "public", Name: n}, Kind: analyze.Ordinary, ReplicaIdentity: "default", Readable: true, Pages: bytes / 8192, HeapBytes: &bytes, ToastBytes: &none,
			Columns: []analyze.Column{id, note}, Rates: &analyze.Rates{Inserts: float64(10 * i)},
		}
		if i%2 == 0 {
			t.Indexes = []analyze.Index{{Name: n + "_k", Definition: "CREATE UNIQUE INDEX " + analyze.Ident(n+"_k") + " ON " + (analyze.Name{Schema: "public", Name: n}).SQL() + " USING btree (id)", Method: "btree", Unique: true, Primary: true, Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"id"}}}
		}
		inv.Tables = append(inv.Tables, t)
	}
	return inv
}

func reports(t *testing.T, change func(*planner.Options)) (markdown, html string) {
	t.Helper()
	o := planner.Defaults()
	o.Accept = []planner.Acceptance{{Code: "ID101", Subject: "*", Reason: "because | of <i>this</i>\nand that"}}
	if change != nil {
		change(&o)
	}
	p, err := planner.Make(reportInventory(), o, nil)
	require.NoError(t, err)
	md, page, err := Report(p)
	require.NoError(t, err)
	again, _, err := Report(p)
	require.NoError(t, err)
	require.Equal(t, string(md), string(again))
	return string(md), string(page)
}

// pipe is a pipe that Markdown reads as the border of a cell.
var pipe = regexp.MustCompile(`(^|[^\\])((\\\\)*)\|`)

// A name with a pipe or a newline in it must not add a cell or end a row.
func TestReportTablesKeepTheirShape(t *testing.T) {
	md, _ := reports(t, nil)
	cells, rows := 0, 0
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
		rows++
	}
	require.Greater(t, rows, 40)
}

func TestReportEscapesNames(t *testing.T) {
	md, page := reports(t, nil)
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "</title>\"", "a name closed the title")
	require.Equal(t, 1, strings.Count(page, "</title>\n"))
	require.Contains(t, page, "&lt;script&gt;alert(1)&lt;/script&gt;")
	require.NotContains(t, page, "ZgotmplZ", "html/template refused a value")
	require.NotContains(t, md, "\nbreak")
	require.Contains(t, md, "``public.\"`tick`\"``")
	for _, line := range strings.Split(md, "\n") {
		text := regexp.MustCompile("``.*?``|`[^`]*`").ReplaceAllString(line, "") // code spans show what they hold
		require.NotRegexp(t, `(^|[^\\])<`, text)
		require.NotRegexp(t, `(^|[^\\])\[link\]`, text)
	}
	require.Contains(t, md, `because \| of \<i\>this\</i\> and that`)
}

// The drawings are well-formed, and no bar leaves its picture.
func TestReportDrawings(t *testing.T) {
	_, page := reports(t, func(o *planner.Options) { o.Load.Workers = 3; o.Slots.Count = 4 })
	drawings := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1)
	require.Len(t, drawings, 2)
	for _, d := range drawings {
		rects := 0
		for dec := xml.NewDecoder(strings.NewReader(d)); ; {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, d)
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
				rects++
				at := map[string]float64{}
				for _, a := range e.Attr {
					var x float64
					if _, err := fmt.Sscan(a.Value, &x); err == nil {
						at[a.Name.Local] = x
					}
				}
				require.LessOrEqual(t, at["x"]+at["width"], chartWidth+0.2)
			}
		}
		require.GreaterOrEqual(t, rects, 4)
	}
}

func TestReportOfAnEmptyDatabase(t *testing.T) {
	inv := reportInventory()
	inv.Tables = nil
	p, err := planner.Make(inv, planner.Defaults(), nil)
	require.NoError(t, err)
	md, page, err := Report(p)
	require.NoError(t, err)
	require.Contains(t, string(md), "There is nothing to load.")
	require.NotContains(t, string(page), "<svg")
}

// The report of a very large database stays one that can be read.
func TestReportIsBounded(t *testing.T) {
	inv := reportInventory()
	inv.Tables = nil
	for i := range 3000 {
		bytes, none := int64(i)<<20, int64(0)
		inv.Tables = append(inv.Tables, analyze.Table{Name: analyze.Name{Schema: "public", Name: fmt.Sprintf("t%d", i)}, Kind: analyze.Ordinary, ReplicaIdentity: "default", HeapBytes: &bytes, ToastBytes: &none})
	}
	p, err := planner.Make(inv, planner.Defaults(), nil)
	require.NoError(t, err)
	md, page, err := Report(p)
	require.NoError(t, err)
	require.Less(t, len(md), 60_000)
	require.Less(t, len(page), 400_000)
	require.Contains(t, string(md), "and 2988 more in the plan")
}
