package differences

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func TestListsSurvive(t *testing.T) {
	want := List{Format: Format, Plan: "p", Rows: "delta", Tables: []Table{
		{Name: analyze.Name{Schema: "public", Name: `a "b"`}, Key: []string{"id", "x\ny"}, Missing: 1, Extra: 1, Different: 1, Undecided: 1, Exceptions: &Exceptions{3, "2026-01-02 03:04:05.678901"},
			Listed: []Row{{Missing, []string{"1", "a\nb\\c'\"<&>\t"}}, {Extra, []string{"", "\u2028"}}, {Different, []string{"2", `\x00`}}, {Undecided, []string{"3", "é"}}}},
		{Name: analyze.Name{Schema: "public", Name: "keyless"}, Key: []string{}, Missing: 4, Incomplete: "nothing names its rows", Listed: []Row{}},
	}}
	var buf bytes.Buffer
	w := NewWriter(&buf, List{Plan: "p", Rows: "delta"})
	for _, x := range want.Tables {
		require.NoError(t, w.Add(x))
	}
	_, err := Decode(bytes.NewReader(buf.Bytes()))
	require.Error(t, err, "it is not whole yet")
	require.NoError(t, w.Close())
	got, err := Decode(bytes.NewReader(buf.Bytes()))
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, []Row{want.Tables[0].Listed[0], want.Tables[0].Listed[1], want.Tables[0].Listed[2]}, got.Tables[0].Settled())
	require.Equal(t, 8, strings.Count(buf.String(), "\n"), "a line for each table and row:\n%s", buf.String())

	buf.Reset()
	require.NoError(t, NewWriter(&buf, List{Plan: "p", Rows: "checksum"}).Close())
	got, err = Decode(&buf)
	require.NoError(t, err)
	require.Equal(t, List{Format: Format, Plan: "p", Rows: "checksum", Tables: []Table{}}, got)
}

func TestOtherListsAreRefused(t *testing.T) {
	for in, want := range map[string]string{
		`{"format": 1, "plan": "p", "rows": "delta"}`: `no "tables"`,
		`{"format": 2, "tables": []}`:                 "newer than this program",
		`{"format": 1, "tables": [{"name": {"schema": "s", "name": "t"}, "key": ["id"], "listed": [{"kind": "lost", "key": ["1"]}]}]}`:       "no kind",
		`{"format": 1, "tables": [{"name": {"schema": "s", "name": "t"}, "key": ["id"], "listed": [{"kind": "extra", "key": []}]}]}`:         "0 values for a key of 1 columns",
		`{"format": 1, "tables": [{"name": {"schema": "s", "name": "t"}, "key": [], "listed": [{"kind": "extra", "key": []}]}]}`:             "0 values for a key of 0 columns",
		`{"format": 1, "tables": [{"name": {"schema": "s", "name": "t"}}, {"name": {"schema": "s", "name": "t"}}]}`:                          "twice",
		`{"format": 1, "tables": [{"name": {"schema": "s", "name": "t"}, "key": ["id"], "listed": [{"kind": "extra", "key": ["\u0000"]}]}]}`: "NUL",
		`{"format": 1, "tables": [], "more": 1}`: "more",
	} {
		_, err := Decode(strings.NewReader(in))
		require.ErrorContains(t, err, want, in)
	}
}
