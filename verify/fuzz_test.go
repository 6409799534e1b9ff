package verify

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

// hostileReport has one text in every place that servers and files fill.
func hostileReport(s string, st Status, undecided bool) Report {
	check := Check{Code: "G3-ROWS", Title: "both sides have the same number of rows", Family: Rows}
	res := Result{Check: check.Code, Code: check.Code, Subject: s, Status: st, Undecided: undecided, Detail: s, Hint: s, Evidence: []Fact{{Name: "replica", Value: s}}}
	return Report{
		Gate: Loaded, Plan: strings.Repeat("ab", 32), StartedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Checks: []Check{check}, Results: []Result{res, res},
		Servers: []ServerSummary{{Side: Source, Version: s, Database: s, User: s, SystemIdentifier: s, LSN: 1, StartedAt: s}},
	}
}

// commands are the workflow commands that a runner of GitHub takes a log for: lines that begin with two colons, blanks in front
// left out (actions/runner, ActionCommand.TryParseV2), and those of the older form.
func commands(log string) (found []string) {
	for _, line := range strings.FieldsFunc(log, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "::") || strings.Contains(line, "##[") {
			found = append(found, line)
		}
	}
	return found
}

func FuzzPrinters(f *testing.F) {
	for i, s := range []string{
		"", "plain", "a\nb", "\n::error::x", "\n:", "\n\u00a0::x", "#\n#[", "x\n::stop-commands::t", "%0A::error::", "a,b:c%", "]]>", "<b>&amp;", "\x00", "\x01", "\x1b[31m", "\ufffe", "\uffff", "\ud7ff", "\xff", "\u202e", "\r", "\u2028", "\u0085", "é", "##[error]x", "\"'",
	} {
		f.Add(s, i%5, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, s string, status int, undecided bool) {
		st := byGravity[(status%len(byGravity)+len(byGravity))%len(byGravity)]
		r := hostileReport(s, st, undecided)
		plain := hostileReport("plain", st, undecided)
		printed := func(r Report, f Format, style Style) string {
			var b strings.Builder
			require.NoError(t, r.Print(&b, f, style))
			return b.String()
		}
		steers := func(r rune) bool { return r != '\n' && r != '\t' && analyze.Steers(r) }

		for _, style := range []Style{{}, {All: true}, {Unicode: true, All: true}} {
			text := printed(r, Text, style)
			require.False(t, strings.ContainsFunc(text, steers), "%q", text)
			require.Empty(t, commands(text), "text in a log of GitHub's")
		}

		var report struct {
			Results []struct {
				Subject, Detail, Hint string
				Evidence              []Fact
			}
			Servers []ServerSummary
		}
		require.NoError(t, json.Unmarshal([]byte(printed(r, JSON, Style{})), &report))
		if analyze.Expressible(s) == nil {
			require.Equal(t, s, report.Results[1].Subject)
			require.Equal(t, s, report.Results[1].Evidence[0].Value)
			require.Equal(t, s, report.Servers[0].Database)
		}

		// The same elements as in a report of plain words, whatever the words.
		require.Equal(t, elements(t, printed(plain, JUnit, Style{})), elements(t, printed(r, JUnit, Style{})))

		hostile := printed(r, GitHub, Style{})
		require.False(t, strings.ContainsFunc(hostile, steers), "%q", hostile)
		ours, theirs := commands(printed(plain, GitHub, Style{})), commands(hostile)
		require.Len(t, theirs, len(ours), "%q", hostile)
		for i, line := range theirs {
			head, _, ok := strings.Cut(line[2:], "::")
			require.True(t, ok, line)
			level, title, ok := strings.Cut(head, " title=")
			require.True(t, ok, line)
			require.True(t, strings.HasPrefix(ours[i], "::"+level+" title="), "%q beside %q", line, ours[i])
			require.NotContains(t, title, ",", "it would begin another property")
		}
	})
}

// elements are the start tags of a document with the names of their attributes, and that nothing else is wrong with it.
func elements(t *testing.T, doc string) (found []string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(doc)); ; {
		tok, err := d.Token()
		if err == io.EOF { //nolint:errorlint // as the decoder documents it
			return found
		}
		require.NoError(t, err, doc)
		if e, ok := tok.(xml.StartElement); ok {
			name := e.Name.Local
			for _, a := range e.Attr {
				name += " " + a.Name.Local
			}
			found = append(found, name)
		}
	}
}

const wholeState = `{"format": 1, "plan": "ab", "source": {"system_identifier": "7", "database": "shop", "timeline": 1},
"slots": {"dms_slot_01": {"consistent_point": "0/16B3748", "restart_lsn": "0/16B3710", "confirmed_flush_lsn": "0/16B3748", "created_at": "2026-01-02T03:04:05Z", "start_lsn": "1/0"}},
"sets_complete_lsn": "0/16B4000",
"pause": {"lsn": "0/1A00000", "timeline": 1, "system_identifier": "7", "postmaster_start_time": "2026-01-02T03:04:05.123456Z", "paused_at": "2026-01-02T03:04:05Z", "proof": "pause_state"},
"schema": {"dumped_at": "2026-01-02T03:04:05Z", "target_system_identifier": "8", "target_database": "shop", "predata_sha256": "00"},
"load": {"started_at": "2026-01-02T03:04:05.123Z", "finished_at": "2026-01-02T03:05:05.123Z", "items": 2, "bytes": 3, "rows": 4}, "resumed_at": "2026-01-02T04:04:05Z"}`

func FuzzDecodeState(f *testing.F) {
	f.Add([]byte(wholeState))
	for _, change := range [][2]string{
		{`"0/1A00000"`, `"0/0"`}, {`"0/1A00000"`, `"-1/0"`}, {`"0/1A00000"`, `"0/123456789"`}, {`"0/1A00000"`, `"+1/+1"`}, {`"0/1A00000"`, `"0x1/1"`}, {`"0/1A00000"`, `null`}, {`"0/1A00000"`, `1`},
		{`04:04:05Z`, `04:04:05+02:00`}, {`2026-01-02T04`, `99999-01-02T04`}, {`"dms_slot_01"`, `""`}, {`"load"`, `"Load"`}, {`"plan"`, `"plan": "x", "plan"`}, {`"items": 2`, `"items": 1e3`},
	} {
		f.Add([]byte(strings.Replace(wholeState, change[0], change[1], 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := DecodeState(bytes.NewReader(data))
		if err != nil {
			require.ErrorContains(t, err, "reading state: ")
			return
		}
		_, _ = s.Reached(), s.Earlier("dms_slot_01")
		var b bytes.Buffer
		require.NoError(t, s.Encode(&b), "what was read can be written")
		again, err := DecodeState(bytes.NewReader(b.Bytes()))
		require.NoError(t, err, b.String())
		require.Equal(t, s, again)
	})
}

// A file cut anywhere is refused: a script that was killed while it wrote would leave one.
func TestDecodeStateFindsEveryCut(t *testing.T) {
	_, err := DecodeState(strings.NewReader(wholeState))
	require.NoError(t, err)
	for n := range len(wholeState) {
		_, err := DecodeState(strings.NewReader(wholeState[:n]))
		require.ErrorContains(t, err, "reading state: ", "the first %d bytes", n)
	}
}

func FuzzParseLSN(f *testing.F) {
	for _, s := range []string{"0/0", "0/16B3748", "FFFFFFFF/FFFFFFFF", "ffffffff/0", "1/", "/1", "0/123456789", "-1/0", "+1/+1", "0x1/1", "1_0/0", " 1/1", "１/1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLSN(s)
		if err != nil {
			return
		}
		require.Regexp(t, `^[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}$`, s)
		if l != 0 {
			again, err := ParseLSN(l.String())
			require.NoError(t, err)
			require.Equal(t, l, again)
		}
	})
}
