package verify

import (
	"encoding/json"
	"encoding/xml"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/golden"
)

// sampleReport has an answer of every kind, and text that would break a printer that does not escape.
func sampleReport() Report {
	checks := []Check{
		{Code: "G0-TOPO", Title: "the servers are who they should be", Family: Servers, Guard: true, Loss: true},
		{Code: "G2-LSN", Title: "the hand-off loses nothing", Family: Positions, Loss: true},
		{Code: "G3-ROWS", Title: "both sides have the same number of rows", Family: Rows, Loss: true},
		{Code: "G3-CON", Title: "constraints are the source's", Family: Schema},
		{Code: "G3-IDX", Title: "indexes are the source's", Family: Indexes},
		{Code: "G3-SEQ", Title: "sequences are not behind", Family: Sequences},
	}
	answers := map[string][]Result{
		"G0-TOPO": {pass("source", "the primary that the plan was made for").with("system identifier", "71")},
		"G2-LSN":  {unknown("", "the connection was lost:\nunexpected EOF").hint("look into the server's log"), warn("dms_slot_01", "50%% of it, or more")},
		"G3-ROWS": {
			fail("public.orders", "the replica has 10 rows, the target 9: 1 row missing").with("replica", 10, "target", 9).hint("load it again"),
			pass(`public."Odd ""Name<&>"`, "20 rows"), pass("public.a", "1 row"), pass("public.b", "0 rows"), skip("public.c", "not copied"),
		},
		"G3-CON": {unasked("", "the target did not pass G0-TOPO: a, b: c")},
		"G3-IDX": {unasked("", "the target did not pass G0-TOPO: a, b: c")},
		"G3-SEQ": {pass("public.s\x1b[31m\u202e", "at 5\a")},
	}
	r := Report{Gate: Loaded, Plan: strings.Repeat("ab", 32), StartedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Took: 1234 * time.Millisecond, Checks: checks,
		Servers: []ServerSummary{{Source, "15.20", "shop", "dba", "71", 1, false, 0x4000, "2026-01-01T00:00:00Z"}}}
	for _, c := range checks {
		for _, res := range answers[c.Code] {
			res.Check, res.Code, res.Took = c.Code, c.Code, 10*time.Millisecond
			if res.Evidence == nil {
				res.Evidence = []Fact{}
			}
			r.Results = append(r.Results, res)
		}
	}
	return r
}

func TestPrinters(t *testing.T) {
	r := sampleReport()
	for file, how := range map[string]struct {
		f Format
		s Style
	}{
		"report.txt": {Text, Style{}}, "report-unicode.txt": {Text, Style{Unicode: true}}, "report-all.txt": {Text, Style{All: true}},
		"report.json": {JSON, Style{}}, "report.xml": {JUnit, Style{}}, "report.github": {GitHub, Style{}},
	} {
		var b strings.Builder
		require.NoError(t, r.Print(&b, how.f, how.s))
		golden.Equal(t, filepath.Join("testdata", file), []byte(b.String()))
		if how.f != JSON {
			require.NotContains(t, b.String(), "\x1b", "a server's text must not reach a terminal as control characters")
			require.NotContains(t, b.String(), "\u202e")
		}
	}
	require.Error(t, r.Print(&strings.Builder{}, "yaml", Style{}))
}

func TestMachineFormsAreWellFormed(t *testing.T) {
	r := sampleReport()
	var j, x strings.Builder
	require.NoError(t, r.Print(&j, JSON, Style{}))
	var doc map[string]any
	require.NoError(t, json.Unmarshal([]byte(j.String()), &doc))
	require.Equal(t, float64(1), doc["exit_code"])
	require.NoError(t, r.Print(&x, JUnit, Style{}))
	var suites junitSuites
	require.NoError(t, xml.Unmarshal([]byte(x.String()), &suites))
	require.Equal(t, len(r.Results), suites.Tests)
	require.Equal(t, r.Count(Fail), suites.Failures)
	require.Equal(t, r.Undecided(), suites.Errors, "what is undecided must not be counted as good")
}

func TestColour(t *testing.T) {
	var b strings.Builder
	require.NoError(t, sampleReport().Print(&b, Text, Style{Colour: true, Unicode: true}))
	require.Contains(t, b.String(), "\x1b[31m✗\x1b[0m G3-ROWS public.orders")
}

func TestManyAnswersAreCutShort(t *testing.T) {
	r := Report{Gate: Loaded, Checks: []Check{{Code: "G3-ROWS", Title: "rows", Family: Rows}}}
	for range manyOf + 7 {
		res := fail("t", "no")
		res.Check, res.Code = "G3-ROWS", "G3-ROWS"
		r.Results = append(r.Results, res)
	}
	var short, all strings.Builder
	require.NoError(t, r.Print(&short, Text, Style{}))
	require.NoError(t, r.Print(&all, Text, Style{All: true}))
	require.Contains(t, short.String(), "7 more like these")
	require.Equal(t, manyOf+7, strings.Count(all.String(), "FAIL    G3-ROWS t"))
}
