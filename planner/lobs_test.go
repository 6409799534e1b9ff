package planner

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

// lobTable has a LOB of each kind: measured, sampled, unknown, too large for limited mode, and a varchar without a length.
func lobTable(n string, columns ...analyze.Column) analyze.Table {
	t := plain(n, 1_000_000)
	t.Columns = append(t.Columns[:1], columns...)
	for i := range t.Columns {
		t.Columns[i].Number = i + 1
	}
	return t
}

func lob(name, typ string, class analyze.LOBClass, bytes *int64, method string) analyze.Column {
	c := column(0, name, typ)
	c.LOB, c.LOBMax = class, &analyze.LOBMax{Bytes: bytes, Method: method, Rows: map[string]int64{"sampled": 500}[method]}
	return c
}

func TestLOBs(t *testing.T) {
	kb := func(n int64) *int64 { return ptr(n << 10) }
	generated := lob("made", "text", analyze.NCLOB, kb(900), "exact")
	generated.Generated = "stored"
	inv := inventory(
		lobTable("a", lob("small", "text", analyze.NCLOB, kb(10), "exact"), lob("sampled", "jsonb", analyze.NCLOB, kb(40), "sampled"), generated),
		lobTable("b", lob("unknown", "bytea", analyze.BLOB, nil, "skipped"), lob("huge", "bytea", analyze.BLOB, kb(200<<10), "exact")),
		lobTable("c", lob("title", "character varying", analyze.UnboundedVarchar, kb(6), "exact")),
		lobTable("cut", lob("log", "text", analyze.NCLOB, kb(5000), "exact")),
		plain("left", 10),
	)
	o := Defaults()
	o.Slots.Together = [][]string{{"public.a", "public.b", "public.c", "public.cut"}}
	o.LOB.Truncate = []string{"public.cut"}
	o.LOB.Margins = map[string]float64{"public.a": 3}
	o.Tables.Exclude = []string{"public.left"}
	p, err := Make(inv, o, nil)
	require.NoError(t, err)
	l := LOBsOf(p, inv)
	require.Equal(t, p.Inventory, l.Inventory)
	var names []string
	at := map[string]LOBColumn{}
	for _, c := range l.Columns {
		names = append(names, c.Column)
		at[c.Column] = c
	}
	require.Equal(t, []string{"unknown", "huge", "log", "sampled", "small", "title"}, names, "unknown first, then the largest; none of a generated column or a table left out")

	require.Equal(t, LOBUnlimited, at["unknown"].Mode)
	require.Equal(t, "unknown", at["unknown"].Method)
	require.Nil(t, at["unknown"].NeedBytes)
	require.Equal(t, LOBUnlimited, at["huge"].Mode)
	require.Equal(t, TruncationNever, at["huge"].Truncation)
	require.Nil(t, at["huge"].LimitBytes)
	require.Equal(t, int64(500), at["sampled"].Rows)
	require.Equal(t, kb(40*2*3), at["sampled"].NeedBytes, "twice, and the margin of its table")
	require.InDelta(t, 3, at["small"].Margin, 0)
	require.Equal(t, LOBLimited, at["small"].Mode)
	require.Equal(t, int64(p.DMS.Tasks[0].LOBMaxKB)<<10, *at["small"].LimitBytes)
	require.True(t, at["log"].Accepted)
	require.False(t, at["small"].Accepted)
	require.Equal(t, TruncationCuts, at["small"].Truncation, "one setting for the whole task")
	require.Equal(t, LOBVarchar, at["title"].Mode)
	require.Equal(t, int64(p.DMS.Tasks[0].VarcharMaxBytes), *at["title"].LimitBytes)
	require.Equal(t, LOBSums{Columns: 6, Tables: 4, Unknown: 1, Sampled: 1, Unlimited: 2, Cut: 4, LargestBytes: 200 << 20}, l.Sums)

	o.LOB.Truncate = nil
	p, err = Make(inv, o, nil)
	require.NoError(t, err)
	for _, c := range LOBsOf(p, inv).Columns {
		if c.Column == "small" {
			require.Equal(t, TruncationStops, c.Truncation)
		}
	}

	// Where no AWS DMS is, nothing is cut.
	p, err = Make(inv, nativeOptions(), nil)
	require.NoError(t, err)
	l = LOBsOf(p, inv)
	require.NotEmpty(t, l.Columns)
	for _, c := range l.Columns {
		require.Equal(t, LOBWhole, c.Mode)
		require.Equal(t, TruncationNever, c.Truncation)
		require.NotEmpty(t, c.Slot)
	}
	p, err = Make(inventory(), Defaults(), nil)
	require.NoError(t, err)
	require.Empty(t, LOBsOf(p, inventory()).Columns)
}
