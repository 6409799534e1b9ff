package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func bound(s string) planner.Bound { return planner.Bound{&s} }

func TestCopyStatement(t *testing.T) {
	calls := analyze.Name{Schema: "public", Name: "calls"}
	columns := map[analyze.Name][]string{
		calls:                            {"id", "at"},
		{Schema: "s'\n", Name: `t"\`}:    {`c'"\`},
		{Schema: "public", Name: "none"}: {},
	}
	for name, c := range map[string]struct {
		item planner.Item
		want string
	}{
		"whole": {planner.Item{ID: 7, Tables: []analyze.Name{calls}}, `SELECT 'SELECT pgcutover.begin_table(7, 1, true);
COPY "public"."calls" ("id", "at") FROM stdin WITH (FREEZE);' \g /dev/fd/1
COPY "public"."calls" ("id", "at") TO STDOUT \g /dev/fd/1
SELECT E'\\.
SELECT pgcutover.count_table(7, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \g /dev/fd/1
`},
		"blocks": {planner.Item{ID: 7, Tables: []analyze.Name{calls}, Range: &planner.Range{Part: 2, Of: 3, By: "tid", From: bound("10"), To: bound("20")}}, `SELECT 'SELECT pgcutover.begin_table(7, 1, false);
COPY "public"."calls" ("id", "at") FROM stdin;' \g /dev/fd/1
COPY (SELECT "id", "at" FROM ONLY "public"."calls" WHERE ctid >= '(10,0)'::tid AND ctid < '(20,0)'::tid) TO STDOUT \g /dev/fd/1
SELECT E'\\.
SELECT pgcutover.count_table(7, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \g /dev/fd/1
`},
		"first keys": {planner.Item{ID: 7, Tables: []analyze.Name{calls}, Range: &planner.Range{Part: 1, Of: 2, By: "key", Key: []planner.KeyColumn{{Name: "id", Type: "bigint"}}, To: bound("-5")}}, `SELECT 'SELECT pgcutover.begin_table(7, 1, false);
COPY "public"."calls" ("id", "at") FROM stdin;' \g /dev/fd/1
COPY (SELECT "id", "at" FROM ONLY "public"."calls" WHERE "id" < '-5'::bigint) TO STDOUT \g /dev/fd/1
SELECT E'\\.
SELECT pgcutover.count_table(7, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \g /dev/fd/1
`},
		"text keys, quoted": {planner.Item{ID: 7, Tables: []analyze.Name{{Schema: "s'\n", Name: `t"\`}}, Range: &planner.Range{Part: 2, Of: 2, By: "key", Key: []planner.KeyColumn{{Name: `c'"\`, Type: "text"}}, From: bound(`o'\x`)}}, `SELECT E'SELECT pgcutover.begin_table(7, 1, false);
COPY "s''
"."t""\\" ("c''""\\") FROM stdin;' \g /dev/fd/1
COPY (SELECT "c'""\" FROM ONLY "s'
"."t""\" WHERE ("c'""\" >= E'o''\\x'::text OR "c'""\" IS NULL)) TO STDOUT \g /dev/fd/1
SELECT E'\\.
SELECT pgcutover.count_table(7, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \g /dev/fd/1
`},
		"whole, binary": {planner.Item{ID: 7, Tables: []analyze.Name{calls}}, `-- binary
SELECT 'SELECT pgcutover.begin_table(7, 1, true);
COPY "public"."calls" ("id", "at") FROM stdin WITH (FREEZE, FORMAT binary);' \g /dev/fd/1
COPY "public"."calls" ("id", "at") TO STDOUT WITH (FORMAT binary) \g /dev/fd/1
SELECT 'SELECT pgcutover.count_table(7, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \g |cat >&8
`},
		"blocks, binary": {planner.Item{ID: 7, Tables: []analyze.Name{calls}, Range: &planner.Range{Part: 2, Of: 3, By: "tid", From: bound("10"), To: bound("20")}}, `-- binary
SELECT 'SELECT pgcutover.begin_table(7, 1, false);
COPY "public"."calls" ("id", "at") FROM stdin WITH (FORMAT binary);' \g /dev/fd/1
COPY (SELECT "id", "at" FROM ONLY "public"."calls" WHERE ctid >= '(10,0)'::tid AND ctid < '(20,0)'::tid) TO STDOUT WITH (FORMAT binary) \g /dev/fd/1
SELECT 'SELECT pgcutover.count_table(7, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \g |cat >&8
`},
		"no columns": {planner.Item{ID: 7, Tables: []analyze.Name{{Schema: "public", Name: "none"}}}, `SELECT 'SELECT pgcutover.begin_table(7, 1, true);
COPY "public"."none" FROM stdin WITH (FREEZE);' \g /dev/fd/1
COPY "public"."none" TO STDOUT \g /dev/fd/1
SELECT E'\\.
SELECT pgcutover.count_table(7, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \g /dev/fd/1
`},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := copyItem(c.item, columns, strings.HasPrefix(c.want, "-- binary\n"))
			require.NoError(t, err)
			if diff := cmp.Diff(c.want, l.Statement); diff != "" {
				t.Error("-want +got:\n" + diff)
			}
		})
	}
}

func TestCopyRefused(t *testing.T) {
	a, b := analyze.Name{Schema: "s", Name: "a"}, analyze.Name{Schema: "s", Name: "b"}
	columns := map[analyze.Name][]string{a: {"x"}, b: {"x"}}
	for name, it := range map[string]planner.Item{
		"copies no table":     {},
		"more than one table": {Tables: []analyze.Name{a, b}, Range: &planner.Range{By: "tid"}},
		"not in the plan":     {Tables: []analyze.Name{{Schema: "s", Name: "c"}}},
		"unknown kind":        {Tables: []analyze.Name{a}, Range: &planner.Range{By: "hash"}},
		"not a block":         {Tables: []analyze.Name{a}, Range: &planner.Range{By: "tid", From: bound("1; drop table x")}},
		"not a block number":  {Tables: []analyze.Name{a}, Range: &planner.Range{By: "tid", To: bound("4294967296")}},
		"a NUL character":     {Tables: []analyze.Name{a}, Range: &planner.Range{By: "key", Key: []planner.KeyColumn{{Name: "x", Type: "text"}}, From: bound("\x00")}},
		"cannot be empty":     {Tables: []analyze.Name{a}, Range: &planner.Range{By: "key", Key: []planner.KeyColumn{{Type: "text"}}, From: bound("1")}},
		"not valid UTF-8":     {Tables: []analyze.Name{a}, Range: &planner.Range{By: "key", Key: []planner.KeyColumn{{Name: "\xff", Type: "text"}}}},
	} {
		_, err := copyItem(it, columns, false)
		require.ErrorContains(t, err, name)
	}
}

func TestBuildStatement(t *testing.T) {
	table := analyze.Name{Schema: "s", Name: `t"`}
	for want, b := range map[string]planner.Build{
		"CREATE INDEX i ON s.t USING btree (a);\nALTER INDEX \"s\".\"i\" ALTER COLUMN 2 SET STATISTICS 500;\nALTER TABLE ONLY \"s\".\"t\"\"\" REPLICA IDENTITY USING INDEX \"i\";\nALTER TABLE \"s\".\"t\"\"\" CLUSTER ON \"i\";": {
			Kind: planner.BuildIndex, Name: "i", Definition: "CREATE INDEX i ON s.t USING btree (a)", ReplicaIdentity: true, Clustered: true,
			StatisticsTargets: []analyze.IndexStatistics{{Column: 2, Target: 500}},
		},
		`ALTER TABLE "s"."t""" ADD CONSTRAINT "k" PRIMARY KEY USING INDEX "k";`: {
			Kind: planner.BuildConstraint, Name: "k", Definition: "PRIMARY KEY (a)", Constraint: &planner.ConstraintSpec{Kind: analyze.PrimaryKey, UsingIndex: true},
		},
		`ALTER TABLE "s"."t""" ADD CONSTRAINT "k" UNIQUE USING INDEX "k" DEFERRABLE INITIALLY DEFERRED;`: {
			Kind: planner.BuildConstraint, Name: "k", Constraint: &planner.ConstraintSpec{Kind: analyze.UniqueKey, UsingIndex: true, Deferrable: true, Deferred: true},
		},
		`ALTER TABLE "s"."t""" ADD CONSTRAINT "k" CHECK (a > 0) NOT VALID;`: {
			Kind: planner.BuildConstraint, Name: "k", Definition: "CHECK (a > 0) NOT VALID", Constraint: &planner.ConstraintSpec{Kind: analyze.Check},
		},
		"ALTER TABLE ONLY \"s\".\"t\"\"\" ADD CONSTRAINT \"k\" PRIMARY KEY (a);\nALTER INDEX \"s\".\"k\" ATTACH PARTITION \"s\".\"k_1\";\nALTER INDEX \"s\".\"k\" ATTACH PARTITION \"o\".\"k_2\";": {
			Kind: planner.BuildAttach, Name: "k", Definition: "PRIMARY KEY (a)", Constraint: &planner.ConstraintSpec{Kind: analyze.PrimaryKey, Only: true},
			Attach: []analyze.Name{{Schema: "s", Name: "k_1"}, {Schema: "o", Name: "k_2"}},
		},
		"CREATE INDEX i ON ONLY s.t USING btree (a);\nALTER INDEX \"s\".\"i\" ATTACH PARTITION \"s\".\"i_1\";": {
			Kind: planner.BuildAttach, Name: "i", Definition: "CREATE INDEX i ON ONLY s.t USING btree (a)", Attach: []analyze.Name{{Schema: "s", Name: "i_1"}},
		},
		`ANALYZE "s"."t""";`: {Kind: planner.BuildAnalyze},
	} {
		b.Table = table
		got, err := buildStatement(b)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, b := range []planner.Build{
		{Kind: planner.BuildConstraint, Name: "k"},
		{Kind: planner.BuildConstraint, Name: "k", Constraint: &planner.ConstraintSpec{Kind: analyze.Exclusion, UsingIndex: true}},
		{Kind: planner.BuildIndex},
	} {
		b.Table = table
		_, err := buildStatement(b)
		require.Error(t, err)
	}
}

// What other items wait for comes before what is only larger.
func TestTails(t *testing.T) {
	o := planner.LoadOptions{BytesPerSecond: 1000, IndexBytesPerSecond: 500}
	items := []ledgerItem{
		{ID: 1, Kind: "copy", Bytes: 10_000},                      // 10 s alone
		{ID: 2, Kind: "copy", Bytes: 1000},                        // 1 s, then 12
		{ID: 3, Kind: "index", Bytes: 5000, Needs: []int{2}},      // 10 s
		{ID: 4, Kind: "constraint", Needs: []int{3}},              // nothing by itself
		{ID: 5, Kind: "analyze", Bytes: 2000, Needs: []int{4, 2}}, // 2 s
		{ID: 6, Kind: "index", Bytes: 500, Needs: []int{2}},       // 1 s
		{ID: 7, Kind: "analyze", Bytes: 1 << 50, Needs: []int{1}}, // a sample, not a petabyte
	}
	require.NoError(t, tails(items, o))
	var got []int64
	for _, it := range items {
		got = append(got, it.Tail)
	}
	sample := int64(256<<20) * 1000 / 1000
	require.Equal(t, []int64{10_000 + sample, 13_000, 12_000, 2000, 2000, 1000, sample}, got)

	require.ErrorContains(t, tails([]ledgerItem{{ID: 1, Needs: []int{2}}}, o), "does not exist")
	require.ErrorContains(t, tails([]ledgerItem{{ID: 1}, {ID: 1}}, o), "same id")
	require.ErrorContains(t, tails([]ledgerItem{{ID: 1, Needs: []int{2}}, {ID: 2, Needs: []int{1}}}, o), "circle")
}

func TestItemsTSV(t *testing.T) {
	items := []ledgerItem{{
		ID: 3, Kind: "copy", Label: "a\tb", Relation: `s."t"`, Bytes: 5, Tail: 7, Needs: []int{1, 2},
		Tables: []analyze.Name{{Schema: "s", Name: "a\n\"\\"}}, Statement: "COPY \\.\nx", Slot: "a_01",
	}}
	got, err := itemsTSV(items, false)
	require.NoError(t, err)
	require.Equal(t, itemsHeader+"\n"+`3	copy	a\tb	s."t"	5	7	{1,2}	[["s","a\\n\\"\\\\"]]	COPY \\.\nx`+"\n", string(got))
	for line := range strings.Lines(string(got)) {
		require.Equal(t, strings.Count(itemsHeader, "\t"), strings.Count(line, "\t"))
	}
	got, err = itemsTSV(items, true)
	require.NoError(t, err)
	require.Contains(t, string(got), "\tstatement\tslot\n")
	require.True(t, strings.HasSuffix(string(got), "\ta_01\n"))
}

func TestMarkersAreTheLastItem(t *testing.T) {
	p := planner.Plan{Groups: []planner.Group{{Slot: "a", Marker: analyze.Name{Schema: "pgcutover", Name: "marker_a"}}, {Slot: "b", Marker: analyze.Name{Schema: "pgcutover", Name: "marker_b"}}}}
	p.Tables = []planner.Table{{Name: analyze.Name{Schema: "s", Name: "t"}, Columns: []planner.Column{{Name: "a"}}}}
	p.Items = []planner.Item{{ID: 1, Tables: []analyze.Name{{Schema: "s", Name: "t"}}}}
	p.Builds = []planner.Build{{ID: 2, Kind: planner.BuildAnalyze, Table: analyze.Name{Schema: "s", Name: "t"}, Needs: []int{1}}}
	items, err := ledgerItems(p)
	require.NoError(t, err)
	require.Len(t, items, 3)
	require.Equal(t, 3, items[2].ID)
	require.Equal(t, "markers of 2 slots", items[2].Label)
	require.Equal(t, 2, strings.Count(items[2].Statement, "begin_table"))
	require.Empty(t, items[0].Slot)

	// Where each slot has a snapshot of its own, no copy is of two of them.
	p.Groups[0].Tables = []analyze.Name{{Schema: "s", Name: "t"}}
	p.Options = planner.DefaultsFor(planner.EngineNative)
	p.Options.Native.HandOff = planner.HandOffSnapshot
	items, err = ledgerItems(p)
	require.NoError(t, err)
	require.Len(t, items, 4)
	for i, slot := range []string{"a", "", "a", "b"} {
		require.Equal(t, slot, items[i].Slot)
	}
}

func BenchmarkItems(b *testing.B) {
	p := planner.Plan{Options: planner.Options{Load: planner.LoadOptions{BytesPerSecond: 1, IndexBytesPerSecond: 1}}}
	for i := range 20_000 {
		n := analyze.Name{Schema: "public", Name: fmt.Sprintf("table %d", i)}
		p.Tables = append(p.Tables, planner.Table{Name: n, Columns: []planner.Column{{Name: "id"}, {Name: "body"}}})
		p.Items = append(p.Items, planner.Item{ID: i + 1, Tables: []analyze.Name{n}, Bytes: int64(i)})
		p.Builds = append(p.Builds, planner.Build{ID: 20_001 + i, Kind: planner.BuildIndex, Table: n, Name: fmt.Sprintf("index %d", i), Definition: "CREATE INDEX", Needs: []int{i + 1}})
	}
	for b.Loop() {
		items, err := ledgerItems(p)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := itemsTSV(items, false); err != nil {
			b.Fatal(err)
		}
	}
}
