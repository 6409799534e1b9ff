package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func plan(t *testing.T, inv analyze.Inventory, change ...func(*Options)) Plan {
	t.Helper()
	o := Defaults()
	for _, c := range change {
		c(&o)
	}
	p, err := Make(inv, o, nil)
	require.NoError(t, err)
	return p
}

func tableOf(t *testing.T, p Plan, n analyze.Name) Table {
	t.Helper()
	i := slices.IndexFunc(p.Tables, func(x Table) bool { return x.Name == n })
	require.GreaterOrEqual(t, i, 0, "%s is not in the plan", n)
	return p.Tables[i]
}

// groupOf is the number of a table's group.
func groupOf(t *testing.T, p Plan, table string) int { return tableOf(t, p, name(table)).Group }

// shown lists builds as "id kind table name <- needs".
func shown(p Plan) []string {
	var out []string
	for _, b := range p.Builds {
		out = append(out, fmt.Sprintf("%d %s %s <- %v", b.ID, b.Kind, strings.TrimSpace(b.Table.Name+" "+b.Name), b.Needs))
	}
	return out
}

func codes(p Plan) []string {
	var out []string
	for _, f := range p.Findings {
		out = append(out, f.Code+" "+f.Subject)
	}
	return out
}

func TestHandling(t *testing.T) {
	unlogged, foreign, ext := plain("unlogged", 100), plain("foreign", 0), plain("spatial_ref_sys", 100)
	unlogged.Unlogged = true
	foreign.Kind, foreign.Indexes, foreign.Constraints = analyze.Foreign, nil, nil
	ext.Extension = "postgis"
	full, nothing, deferrable, byIndex := plain("full", 1), plain("nothing", 1), plain("deferrable", 1), plain("by_index", 1)
	full.ReplicaIdentity, nothing.ReplicaIdentity, byIndex.ReplicaIdentity = "full", "nothing", "index"
	deferrable.Indexes[0].Immediate, deferrable.Constraints[0].Deferrable = false, true
	byIndex.Indexes[0].ReplicaIdentity = true
	parent, child := plain("parent", 100), plain("child", 100)
	parent.HasChildren, child.Parents = true, []analyze.Name{parent.Name}
	excluded := plain("excluded", 100)
	gone := plain("excluded_child", 100)
	gone.Parents = []analyze.Name{excluded.Name}
	marker, set := plain("marker_dms_slot_01", 1), plain("replication_set", 1)
	marker.Name.Schema, set.Name.Schema = "pgcutover", "pglogical"
	p := plan(t, inventory(plain("orders", 100), withoutKey(plain("log", 100)), unlogged, foreign, ext, full, nothing, deferrable, byIndex, parent, child, excluded, gone, marker, set),
		func(o *Options) { o.Tables.Exclude = []string{"public.excluded"} })
	got := map[string]string{}
	for _, x := range p.Tables {
		got[x.Name.Name] = string(x.Handling) + ": " + x.Reason
	}
	require.Empty(t, cmp.Diff(map[string]string{
		"orders":          "replicate: rows are identified by the primary key",
		"log":             "inserts only: no primary key: updates and deletes cannot be carried",
		"unlogged":        "structure only: unlogged: a standby does not have its rows and the WAL does not carry them",
		"foreign":         "structure only: its rows are on a foreign server",
		"spatial_ref_sys": "left out: belongs to the extension postgis, which creates it",
		"full":            "inserts only: replica identity is FULL, which pglogical does not take: updates and deletes cannot be carried",
		"nothing":         "inserts only: replica identity is NOTHING: updates and deletes cannot be carried",
		"deferrable":      "inserts only: the primary key is deferrable: updates and deletes cannot be carried",
		"by_index":        "replicate: rows are identified by the index named as replica identity",
		"parent":          "replicate: rows are identified by the primary key",
		"child":           "replicate: rows are identified by the primary key",
		"excluded":        "left out: excluded in the configuration",
		"excluded_child":  "left out: its parent public.excluded is excluded",
	}, got))
	require.Equal(t, &parent.Name, tableOf(t, p, child.Name).Root)
	require.Contains(t, codes(p), "ID101 public.log")
	require.Contains(t, codes(p), "CV106 public.parent")
}

// partitioned is a tree of two levels: events, events_2026 below it, two leaves below that.
func partitioned() []analyze.Table {
	events := plain("events", 0)
	events.Kind, events.PartitionKey, events.HasChildren = analyze.Partitioned, "RANGE (id)", true
	events.Indexes = append(events.Indexes, analyze.Index{Name: "events_note_idx", Definition: "CREATE INDEX events_note_idx ON ONLY public.events USING btree (note)", Method: "btree", Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"note"}})
	tables := []analyze.Table{events}
	below := func(parent analyze.Table, n string, kind analyze.TableKind) analyze.Table {
		x := plain(n, 1<<20)
		x.Kind, x.IsPartition, x.Parents = kind, true, []analyze.Name{parent.Name}
		x.Indexes = append(x.Indexes, analyze.Index{Name: n + "_note_idx", Definition: "CREATE INDEX " + n + "_note_idx ON public." + n + " USING btree (note)", Method: "btree", Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"note"}, Bytes: ptr(int64(100))})
		x.Indexes[0].Parent, x.Indexes[1].Parent = ptr(name(parent.Indexes[0].Name)), ptr(name(parent.Indexes[1].Name))
		x.Constraints[0].Inherited = true
		return x
	}
	year := below(events, "events_2026", analyze.Partitioned)
	year.HeapBytes, year.Pages = ptr(int64(0)), 0
	return append(tables, year, below(year, "events_2026_01", analyze.Ordinary), below(year, "events_2026_02", analyze.Ordinary))
}

func TestBuildsOfPartitions(t *testing.T) {
	p := plan(t, inventory(partitioned()...))
	require.Len(t, p.Items, 1, "two small leaves in one batch, and nothing for the parents")
	require.Empty(t, cmp.Diff([]string{
		"2 index events_2026_01 events_2026_01_pkey <- [1]",
		"3 index events_2026_02 events_2026_02_pkey <- [1]",
		"4 index events_2026_01 events_2026_01_note_idx <- [1]",
		"5 index events_2026_02 events_2026_02_note_idx <- [1]",
		"6 constraint events_2026_01 events_2026_01_pkey <- [1 2 4]",
		"7 constraint events_2026_02 events_2026_02_pkey <- [1 3 5]",
		"8 attach events_2026 events_2026_note_idx <- [2 3 4 5 6 7]",
		"9 attach events events_note_idx <- [2 3 4 5 6 7 8]",
		"10 attach events_2026 events_2026_pkey <- [2 3 4 5 6 7 8]",
		"11 attach events events_pkey <- [2 3 4 5 6 7 9 10]",
		"12 analyze events_2026_01 <- [1 2 4 6]",
		"13 analyze events_2026_02 <- [1 3 5 7]",
		"14 analyze events_2026 <- [8 10 12 13]",
		"15 analyze events <- [9 11 14]",
	}, shown(p)))
	pk := p.Builds[8]
	require.Equal(t, &ConstraintSpec{Kind: analyze.PrimaryKey, Only: true}, pk.Constraint)
	require.Equal(t, "PRIMARY KEY (id)", pk.Definition)
	require.Equal(t, []analyze.Name{name("events_2026_01_pkey"), name("events_2026_02_pkey")}, pk.Attach)
	require.Nil(t, p.Builds[7].Constraint)
	require.Equal(t, []analyze.Name{name("events_2026_note_idx")}, p.Builds[7].Attach)
}

func TestBuildsOfOneTable(t *testing.T) {
	x := withUnique(plain("users", 100<<20))
	x.Indexes = append(x.Indexes,
		analyze.Index{Name: "users_broken", Definition: "CREATE INDEX users_broken ON public.users USING btree (note)", Method: "btree", Immediate: true, Ready: true, KeyColumns: []string{"note"}},
		analyze.Index{Name: "users_clustered", Definition: "CREATE INDEX users_clustered ON public.users USING btree (note)", Method: "btree", Immediate: true, Valid: true, Ready: true, Clustered: true, KeyColumns: []string{"note"}},
		analyze.Index{Name: "users_excl", Definition: "CREATE INDEX users_excl ON public.users USING gist (note)", Method: "gist", Exclusion: true, Immediate: true, Valid: true, Ready: true, Constraint: "users_excl"},
		analyze.Index{Name: "users_later", Definition: "CREATE UNIQUE INDEX users_later ON public.users USING btree (note)", Method: "btree", Unique: true, Valid: true, Ready: true, Constraint: "users_later", KeyColumns: []string{"note"}},
	)
	x.Constraints = append(x.Constraints,
		analyze.Constraint{Name: "users_excl", Kind: analyze.Exclusion, Definition: "EXCLUDE USING gist (note WITH =)", Validated: true, Index: "users_excl"},
		analyze.Constraint{Name: "users_later", Kind: analyze.UniqueKey, Definition: "UNIQUE (note) DEFERRABLE", Deferrable: true, Validated: true, Index: "users_later"},
		analyze.Constraint{Name: "users_check", Kind: analyze.Check, Definition: "CHECK (id > 0) NOT VALID"},
		analyze.Constraint{Name: "users_check_inherited", Kind: analyze.Check, Definition: "CHECK (id > 0) NOT VALID", Inherited: true},
		analyze.Constraint{Name: "users_check_valid", Kind: analyze.Check, Definition: "CHECK (id > 0)", Validated: true},
	)
	p := plan(t, inventory(x), func(o *Options) { o.Load.SplitBytes = 60 << 20 })
	require.Empty(t, cmp.Diff([]string{
		"3 index users users_pkey <- [1 2]",
		"4 index users users_note_key <- [1 2]",
		"5 index users users_clustered <- [1 2 3 4]", // ALTER TABLE … CLUSTER ON behind the others
		"6 constraint users users_excl <- [1 2 3 4 5]",
		"7 constraint users users_note_key <- [1 2 3 4 5]",
		"8 constraint users users_pkey <- [1 2 3 4 5]",
		"9 constraint users users_check <- [1 2 3 4 5 6 7 8]",
		"10 analyze users <- [1 2 3 4 5 6 7 8 9]",
	}, shown(p)))
	require.True(t, p.Builds[2].Clustered)
	require.False(t, p.Builds[3].Constraint.UsingIndex, "an exclusion constraint takes over no index")
	require.True(t, p.Builds[4].Constraint.UsingIndex)
	require.Equal(t, []Deferred{{
		Kind: DeferConstraint, Table: x.Name, Name: "users_later", Definition: "UNIQUE (note) DEFERRABLE", Index: "CREATE UNIQUE INDEX users_later ON public.users USING btree (note)",
		Constraint: &ConstraintSpec{Kind: analyze.UniqueKey, UsingIndex: true, Deferrable: true}, Attach: []analyze.Name{},
		Reason: "Deferrable: within one transaction of the source it may be violated for a moment, and the apply checks it at once.",
	}}, p.Deferred)
	require.Contains(t, codes(p), "ID115 public.users")
}

func TestUniqueKeys(t *testing.T) {
	x := withUnique(plain("users", 100))
	identity := withUnique(plain("codes", 100))
	identity.ReplicaIdentity, identity.Indexes[1].ReplicaIdentity = "index", true
	keep := plan(t, inventory(x, identity))
	group := keep.Groups[groupOf(t, keep, "users")-1]
	require.False(t, group.BatchApply)
	require.Contains(t, group.BatchReason, "users_note_key")
	require.Empty(t, keep.Deferred)
	later := plan(t, inventory(x, identity), func(o *Options) { o.Unique = UniqueDefer })
	require.Equal(t, "users_note_key", later.Deferred[0].Name)
	require.Len(t, later.Deferred, 1, "an index that identifies rows cannot wait")
	require.Empty(t, tableOf(t, later, x.Name).BatchUnsafe)
	for _, b := range later.Builds {
		require.NotEqual(t, "users_note_key", b.Name, "built and deferred")
	}
	i := slices.IndexFunc(later.Builds, func(b Build) bool { return b.Name == "codes_note_key" && b.Kind == BuildConstraint })
	require.True(t, later.Builds[i].ReplicaIdentity)
	require.Equal(t, []string{"note"}, tableOf(t, later, identity.Name).Key)
}

func TestDeferredOrder(t *testing.T) {
	tables := partitioned()
	tables[0].Constraints = append(tables[0].Constraints, analyze.Constraint{Name: "events_fk", Kind: analyze.ForeignKey, Definition: "FOREIGN KEY (id) REFERENCES public.users(id)", Validated: true, References: ptr(name("users"))})
	tables[2].Constraints = append(tables[2].Constraints, analyze.Constraint{Name: "events_fk", Kind: analyze.ForeignKey, Definition: "FOREIGN KEY (id) REFERENCES public.users(id)", Validated: true, Inherited: true, References: ptr(name("users"))})
	for i := range tables { // an extra unique key down the tree
		u := withUnique(tables[i])
		u.Indexes[2].Name, u.Indexes[2].Constraint = tables[i].Name.Name+"_u", ""
		u.Indexes[2].Definition = "CREATE UNIQUE INDEX " + u.Indexes[2].Name + " ON " + u.Name.String() + " USING btree (note)"
		u.Constraints = u.Constraints[:len(u.Constraints)-1]
		if len(u.Parents) > 0 {
			u.Indexes[2].Parent = ptr(name(u.Parents[0].Name + "_u"))
		}
		tables[i] = u
	}
	orders := references(references(plain("orders", 10), "users"), "gone")
	orders.Constraints[1].Validated = false
	orders.Triggers = []analyze.Trigger{{Name: "audit", Enabled: "origin", Definition: "CREATE TRIGGER …"}}
	gone := plain("gone", 10)
	inv := inventory(append(tables, plain("users", 10), orders, gone)...)
	inv.EventTriggers = []analyze.EventTrigger{{Name: "watch", Event: "ddl_command_end"}, {Name: "awsdms_intercept_ddl"}}
	inv.Objects.Rules = []analyze.ColumnRef{{Table: name("orders"), Column: "protect"}}
	inv.Objects.Policies = []analyze.Policy{{Table: name("orders"), Name: "own"}}
	view := func(n, definition string, materialized bool) analyze.View {
		return analyze.View{Name: name(n), Definition: definition, Materialized: materialized, Populated: true}
	}
	inv.Views = []analyze.View{
		view("a_totals", "SELECT sum(n) FROM public.through", true), view("through", "SELECT n FROM public.z_daily", false),
		view("z_daily", "SELECT count(*) AS n FROM public.orders", true), {Name: name("stale"), Materialized: true, Definition: "SELECT 1"},
	}
	p := plan(t, inv, func(o *Options) { o.Unique = UniqueDefer; o.Tables.Exclude = []string{"public.gone"} })
	var got []string
	for _, d := range p.Deferred {
		got = append(got, fmt.Sprintf("%s %s %s valid=%t two=%t attach=%d", d.Kind, d.Table.Name, d.Name, d.Validated, d.TwoSteps, len(d.Attach)))
	}
	require.Empty(t, cmp.Diff([]string{
		"index events_2026_01 events_2026_01_u valid=false two=false attach=0",
		"index events_2026_02 events_2026_02_u valid=false two=false attach=0",
		"index events_2026 events_2026_u valid=false two=false attach=2",
		"index events events_u valid=false two=false attach=1",
		"foreign key events events_fk valid=true two=false attach=0", // on a partitioned table before 18: in one statement
		"foreign key orders orders_users_fkey valid=false two=true attach=0",
		"trigger orders audit valid=false two=false attach=0",
		"rule orders protect valid=false two=false attach=0",
		"policy orders own valid=false two=false attach=0",
		"event trigger  watch valid=false two=false attach=0",
		"materialized view z_daily z_daily valid=false two=false attach=0", // before the one that reads it through a view
		"materialized view a_totals a_totals valid=false two=false attach=0",
	}, got))
	require.Contains(t, codes(p), "TR102 public.orders")

	newer := plan(t, inv, func(o *Options) { o.Target.Version = 18 })
	i := slices.IndexFunc(newer.Deferred, func(d Deferred) bool { return d.Name == "events_fk" })
	require.True(t, newer.Deferred[i].TwoSteps)
}

func TestRelaxed(t *testing.T) {
	x := plain("notes", 10)
	x.Columns = append(x.Columns, column(4, "body", "text!"), column(5, "key", "text!"))
	x.Indexes[0].KeyColumns = []string{"id", "key"}
	generated := column(6, "upper", "text!")
	generated.Generated = "stored"
	x.Columns = append(x.Columns, generated)
	tree := partitioned()
	for i := range tree {
		tree[i].Columns[1].NotNull = true
	}
	own := &tree[3] // a NOT NULL of one partition alone
	own.Columns = append(own.Columns, column(4, "extra", "text!"))
	p := plan(t, inventory(append(tree, x)...))
	var got []string
	for _, r := range p.Relaxed {
		got = append(got, r.Table.Name+"."+r.Column)
	}
	require.Equal(t, []string{"events.note", "events_2026_02.extra", "notes.body"}, got)
	columns := tableOf(t, p, x.Name).Columns
	require.False(t, slices.ContainsFunc(columns, func(c Column) bool { return c.Name == "upper" }), "generated columns are not copied")
}

func TestRangesByBlock(t *testing.T) {
	p := plan(t, inventory(plain("calls", 1<<30)), func(o *Options) { o.Load.SplitBytes = 300 << 20 })
	require.Len(t, p.Items, 4)
	var at []string
	for _, it := range slices.SortedFunc(slices.Values(p.Items), func(a, b Item) int { return a.Range.Part - b.Range.Part }) {
		at = append(at, fmt.Sprint(it.Bytes, " ", value(it.Range.From), "..", value(it.Range.To)))
	}
	require.Equal(t, []string{"268435456 ..32768", "268435456 32768..65536", "268435456 65536..98304", "268435456 98304.."}, at)
}

func value(b Bound) string {
	if len(b) == 0 {
		return ""
	}
	return *b[0]
}

func TestRangesByKey(t *testing.T) {
	cut := func(typ, base string, bounds []string, change ...func(*analyze.Inventory)) Plan {
		x := plain("calls", 1<<30)
		x.Columns[0].Type, x.Columns[0].BaseType, x.Columns[0].Bounds = typ, base, bounds
		inv := inventory(x)
		inv.Server.VersionNum = 90624
		for _, c := range change {
			c(&inv)
		}
		return plan(t, inv, func(o *Options) { o.Load.SplitBytes = 300 << 20 })
	}
	ends := func(p Plan) []string {
		var out []string
		for _, it := range slices.SortedFunc(slices.Values(p.Items), func(a, b Item) int { return a.Range.Part - b.Range.Part }) {
			out = append(out, value(it.Range.To))
		}
		return out[:len(out)-1]
	}
	p := cut("bigint", "int8", []string{"-5", "9", "10", "100", "1000", "20", "30"})
	require.Equal(t, []string{"10", "20", "100"}, ends(p), "by number, not by text")
	require.Equal(t, "key", p.Items[0].Range.By)

	uuids := func(first ...string) (out []string) {
		for _, f := range first {
			out = append(out, f+"0000000-0000-4000-8000-000000000000")
		}
		return out
	}
	require.Len(t, cut("uuid", "uuid", uuids("0", "4", "8", "c", "f")).Items, 4)
	require.Equal(t, []string{"2024-06-01 00:00:00+00", "2025-01-01 12:00:00.5+00"}, ends(cut("timestamp with time zone", "timestamptz", []string{"2024-01-01 00:00:00+00", "2025-01-01 12:00:00.5+00", "2024-06-01 00:00:00+00", "2026-01-01 00:00:00+00"})))
	require.Len(t, cut("numeric", "numeric", []string{"1", "2", "3", "NaN"}).Items, 3)
	require.Len(t, cut("bigint", "int8", nil).Items, 1)

	require.Equal(t, []string{"B", "c", "D"}, ends(cut("text", "text", []string{"a", "B", "c", "D", "e"})), "as the server has sorted them")
	require.Contains(t, codes(cut("bigint", "int8", nil)), "CP108 public.calls")
}

func TestBatches(t *testing.T) {
	var tables []analyze.Table
	for i := range 1300 {
		tables = append(tables, plain(fmt.Sprintf("t%04d", i), int64(i)*10))
	}
	p := plan(t, inventory(append(tables, plain("large", 100<<20))...), func(o *Options) { o.Load.Workers = 2 })
	require.Equal(t, []analyze.Name{name("large")}, p.Items[0].Tables)
	n := 0
	for _, it := range p.Items[1:] {
		require.LessOrEqual(t, len(it.Tables), maxBatchTables)
		require.True(t, slices.IsSortedFunc(it.Tables, analyze.Name.Compare))
		n += len(it.Tables)
	}
	require.Equal(t, 1300, n)
	require.Len(t, p.Items, 1+13)
}

func TestAutomaticSplitKeepsWorkersBusy(t *testing.T) {
	var tables []analyze.Table
	for i := range 40 {
		tables = append(tables, plain(fmt.Sprintf("t%02d", i), int64(1+i)<<26))
	}
	p := plan(t, inventory(append(tables, plain("giant", 1<<40))...), func(o *Options) { o.Load.Workers = 16 })
	require.LessOrEqual(t, p.Balance.LoadSeconds, p.Balance.LoadBound*1.01)
	require.Less(t, len(p.Items), 200, "not cut finer than needed")
}

func TestWeightsWithoutASample(t *testing.T) {
	hot, big := withRate(plain("hot", 100), 100), plain("big", 1<<40)
	inv := inventory(hot, big)
	inv.Sample = nil
	p := plan(t, inv)
	require.Equal(t, ByCounters, p.Balance.Weights)
	require.InDelta(t, 1.0, tableOf(t, p, hot.Name).Weight, 1e-9)
	require.Nil(t, p.Estimate.CatchUpSeconds)
	require.Contains(t, codes(p), "CP104 database")
	for i := range inv.Tables {
		inv.Tables[i].Counters = nil
	}
	p = plan(t, inv)
	require.Equal(t, ByBytes, p.Balance.Weights)
	require.Contains(t, p.Balance.Reason, "bytes")
	require.Greater(t, tableOf(t, p, big.Name).Weight, 0.99)
}

// Nothing seen is not the same as nothing looked at.
func TestWeightsOfASampleWithoutChanges(t *testing.T) {
	inv := inventory(withRate(plain("idle", 100), 0), withRate(plain("still", 1<<20), 0))
	for i := range inv.Tables {
		inv.Tables[i].Counters = &analyze.Counters{Inserts: int64(1000 * (i + 1))}
	}
	p := plan(t, inv)
	require.Equal(t, ByCounters, p.Balance.Weights)
	require.Contains(t, p.Balance.Reason, "No row changed while write rates were sampled")
	require.NotContains(t, strings.Join(p.Estimate.Basis, "\n"), "not sampled")
	require.Contains(t, codes(p), "CP104 database")
	for _, f := range p.Findings {
		if f.Code == "CP104" {
			require.Contains(t, f.Detail, "No row changed within the sample")
		}
	}
	inv.Sample.StatsResetBetween = true
	require.Contains(t, plan(t, inv).Balance.Reason, "The statistics were reset while write rates were sampled")
}

func TestGroupsFollowWishes(t *testing.T) {
	var tables []analyze.Table
	for i := range 12 {
		tables = append(tables, withRate(plain(fmt.Sprintf("t%02d", i), 1000), float64(20*i)))
	}
	inv := inventory(tables...)
	p := plan(t, inv, func(o *Options) {
		o.Slots.Count = 4
		o.Slots.Dedicated = []string{"public.t00"}
		o.Slots.Together = [][]string{{"public.t01", "public.t11"}, {"public.t11", "public.t02"}}
		o.Slots.Apart = [][]string{{"public.t10", "public.t09", "public.t08"}}
		o.Slots.Pin = map[string]int{"public.t05": 3}
	})
	require.Len(t, p.Groups, 4)
	require.Len(t, p.Groups[groupOf(t, p, "t00")-1].Tables, 1)
	require.Equal(t, groupOf(t, p, "t01"), groupOf(t, p, "t11"))
	require.Equal(t, groupOf(t, p, "t02"), groupOf(t, p, "t11"))
	require.NotEqual(t, groupOf(t, p, "t10"), groupOf(t, p, "t09"))
	require.NotEqual(t, groupOf(t, p, "t08"), groupOf(t, p, "t09"))
	require.Equal(t, 3, groupOf(t, p, "t05"))
	require.Contains(t, p.Groups[2].Reason, "public.t05 is pinned to this group by the configuration.")
}

func TestMarginGivenTwice(t *testing.T) {
	o := Defaults()
	o.LOB.Margins = map[string]float64{`public."Big"`: 2, "public.Big": 3}
	_, err := Make(inventory(plain("Big", 10)), o, nil)
	require.EqualError(t, err, `configuration: lob.margins: public."Big" is given twice, with 2 and 3`)
}

func TestContradictions(t *testing.T) {
	a, b, c, log := plain("a", 10), plain("b", 10), plain("c", 10), plain("log", 10)
	log.Unlogged = true
	inv := inventory(a, b, c, log)
	for want, change := range map[string]func(*Options){
		"configuration: lob.margins: there is no table public.x in the inventory": func(o *Options) { o.LOB.Margins = map[string]float64{"public.x": 2} },
		"configuration: lob.margins: public.a has 0.5, which is no factor from 1 to 1000000": func(o *Options) {
			o.LOB.Margins = map[string]float64{"public.a": 0.5}
		},
		"configuration: slots.dedicated: public.a is to have a slot of its own and to share one with public.b": func(o *Options) {
			o.Slots.Dedicated, o.Slots.Together = []string{"public.a"}, [][]string{{"public.a", "public.b"}}
		},
		"configuration: slots.apart[0]: public.a and public.b are to be apart and together at once": func(o *Options) {
			o.Slots.Apart, o.Slots.Together = [][]string{{"public.a", "public.b"}}, [][]string{{"public.a", "public.b"}}
		},
		"configuration: slots.apart[0]: public.a and public.b are to be apart, and both are pinned to group 1": func(o *Options) {
			o.Slots.Apart, o.Slots.Pin = [][]string{{"public.a", "public.b"}}, map[string]int{"public.a": 1, "public.b": 1}
		},
		"configuration: slots.pin: public.b is pinned to group 2, but has to share its slot with a table pinned to group 1": func(o *Options) {
			o.Slots.Together, o.Slots.Pin = [][]string{{"public.a", "public.b"}}, map[string]int{"public.a": 1, "public.b": 2}
		},
		"configuration: slots.pin: public.a is pinned to group 9, and there are 8 at most": func(o *Options) {
			o.Slots.Pin = map[string]int{"public.a": 9}
		},
		"configuration: slots.dedicated: public.a and public.b are pinned to group 1, and one of them is to have a slot of its own": func(o *Options) {
			o.Slots.Dedicated, o.Slots.Pin = []string{"public.a"}, map[string]int{"public.a": 1, "public.b": 1}
		},
		"configuration: slots.count: 2 groups are too few: 3 tables are to be kept apart from each other": func(o *Options) {
			o.Slots.Count, o.Slots.Apart = 2, [][]string{{"public.a", "public.b", "public.c"}}
		},
		"configuration: slots.dedicated: public.log is in no slot: unlogged: a standby does not have its rows and the WAL does not carry them": func(o *Options) {
			o.Slots.Dedicated = []string{"public.log"}
		},
		"configuration: tables.exclude_schemas: there is no schema privat in the inventory": func(o *Options) { o.Tables.ExcludeSchemas = []string{"privat"} },
		"configuration: slots.pin: there are tables for 3 groups only, and a table is pinned to group 5": func(o *Options) {
			o.Slots.Pin = map[string]int{"public.a": 5}
		},
		"configuration: load.workers: must be 1 to 1000, is 0":                        func(o *Options) { o.Load.Workers = 0 },
		"configuration: slots.target_load: must be greater than 0, is 0":              func(o *Options) { o.Slots.TargetLoad = 0 },
		`configuration: load.maintenance_work_mem: "lots" is not a memory size`:       func(o *Options) { o.Load.MaintenanceWorkMem = "lots" },
		`configuration: unique: unknown policy "never"`:                               func(o *Options) { o.Unique = "never" },
		"configuration: lob.truncate: there is no table public.nope in the inventory": func(o *Options) { o.LOB.Truncate = []string{"public.nope"} },
	} {
		o := Defaults()
		change(&o)
		_, err := Make(inv, o, nil)
		require.EqualError(t, err, want)
		require.ErrorAs(t, err, new(*OptionError))
	}
}

func TestTreesAreKeptOrTakenApart(t *testing.T) {
	tree := func(rate float64) []analyze.Table {
		parent := plain("events", 0)
		parent.Kind, parent.HasChildren = analyze.Partitioned, true
		tables := []analyze.Table{parent, withRate(plain("other", 10), 100)}
		for i := range 12 {
			x := withRate(plain(fmt.Sprintf("events_%02d", i), 10), rate)
			x.IsPartition, x.Parents = true, []analyze.Name{parent.Name}
			tables = append(tables, x)
		}
		return tables
	}
	p := plan(t, inventory(tree(10)...), func(o *Options) { o.Slots.Count = 2 })
	require.Equal(t, groupOf(t, p, "events_00"), groupOf(t, p, "events_11"))
	p = plan(t, inventory(tree(1000)...), func(o *Options) { o.Slots.Count = 4 })
	require.Len(t, p.Groups, 4)
	require.Less(t, p.Balance.GroupMax, p.Balance.GroupBound*1.05, "the tree is heavier than a slot and is taken apart")
	require.Contains(t, p.Groups[0].Reason, "was taken apart")
}

func TestRelatedTablesShareASlotWhereItIsFree(t *testing.T) {
	var tables []analyze.Table
	for i := range 20 {
		x := withRate(plain(fmt.Sprintf("t%02d", i), 10), 30)
		if i >= 10 {
			x = references(x, fmt.Sprintf("t%02d", i-10))
		}
		tables = append(tables, x)
	}
	// Idle tables that refer to busy ones cost nothing to move.
	for i := range 10 {
		tables = append(tables, references(plain(fmt.Sprintf("u%02d", i), 10), fmt.Sprintf("t%02d", i)))
	}
	p := plan(t, inventory(tables...), func(o *Options) { o.Slots.Count = 3 })
	for i := range 10 {
		require.Equal(t, groupOf(t, p, fmt.Sprintf("t%02d", i)), groupOf(t, p, fmt.Sprintf("u%02d", i)))
	}
	require.LessOrEqual(t, p.Balance.GroupMax, p.Balance.GroupBound*1.06)
}

func TestAutomaticCount(t *testing.T) {
	var even []analyze.Table
	for i := range 40 {
		even = append(even, withRate(plain(fmt.Sprintf("t%02d", i), 10), 100)) // 40 × 0.115 in batches of a third: 1.53 streams
	}
	p := plan(t, inventory(even...))
	require.Len(t, p.Groups, 3)
	require.LessOrEqual(t, p.Balance.GroupMax, 0.6)
	hot := append(even[:4:4], withRate(plain("hot", 10), 9000))
	p = plan(t, inventory(hot...))
	require.Len(t, p.Groups, 2, "no number of groups helps the hot table, and the others need one")
	require.Contains(t, codes(p), "CP105 slot dms_slot_01")
	require.Nil(t, p.Estimate.CatchUpSeconds)
}

func TestSettings(t *testing.T) {
	inv := inventory(plain("a", 10))
	inv.Settings = []analyze.Setting{{Name: "wal_level", Value: "replica"}, {Name: "shared_preload_libraries", Value: "pg_stat_statements"}, {Name: "max_replication_slots", Value: "1"},
		{Name: "max_wal_senders", Value: "2"}, {Name: "max_worker_processes", Value: "8"}, {Name: "output_plugin_libraries", Value: "pgoutput, test_decoding"}}
	inv.Replica = &analyze.Replica{Server: inv.Server, Settings: []analyze.Setting{{Name: "max_worker_processes", Value: "8"}, {Name: "max_wal_senders", Value: "50"}}}
	inv.Replication.Standbys = []analyze.Standby{{ApplicationName: "r1"}}
	p := plan(t, inv)
	var got []string
	for _, s := range p.Settings {
		got = append(got, fmt.Sprintf("%s %s %s -> %s %t", s.On, s.Name, s.From, s.To, s.Restart))
	}
	require.Equal(t, []string{
		"standby max_worker_processes 8 -> 10 true",
		"source max_replication_slots 1 -> 2 true",
		"source max_wal_senders 2 -> 5 true",
		"source max_worker_processes 8 -> 10 true",
		"source output_plugin_libraries pgoutput, test_decoding -> pgoutput, test_decoding, pglogical false",
		"source shared_preload_libraries pg_stat_statements -> pg_stat_statements, pglogical true",
		"source wal_level replica -> logical true",
	}, got)
	inv.Server.Managed = "rds"
	require.True(t, slices.ContainsFunc(plan(t, inv).Settings, func(s SettingChange) bool { return s.Name == "rds.logical_replication" }))
}

func TestTimingsReplaceAssumptions(t *testing.T) {
	inv := inventory(plain("a", 1<<30), plain("b", 1<<30))
	slow, err := Make(inv, Defaults(), []Timing{{Kind: "copy", Table: name("a"), Bytes: 10 << 20, Seconds: 10}, {Kind: "index", Table: name("a"), Bytes: 10 << 20, Seconds: 1}})
	require.NoError(t, err)
	require.Greater(t, slow.Estimate.CopySeconds, 10*plan(t, inv).Estimate.CopySeconds)
	require.Contains(t, slow.Estimate.Basis[0], "measured (1 copy timing")
}

func TestRolesAndExtensions(t *testing.T) {
	inv := inventory(plain("a", 10))
	inv.Roles = []analyze.Role{
		{Name: "admin", Superuser: true, Replication: true, Inherit: true, ConnLimit: -1, Login: true, Owner: true},
		{Name: "app", Inherit: true, ConnLimit: 5, Login: true, ValidUntil: "2030-01-01", MemberOf: []analyze.Membership{{Role: "writers", Admin: true}, {Role: "rds_superuser"}}},
		{Name: "postgres", Superuser: true}, {Name: "rdsadmin"}, {Name: "pg_monitor"},
	}
	inv.Extensions = []analyze.Extension{{Name: "plpgsql"}, {Name: "pglogical", Version: "2.4.4"}, {Name: "citext", Version: "1.6"}, {Name: "oddity", Version: "1"}}
	inv.Target = &analyze.Target{Server: analyze.Server{VersionNum: 160010, Managed: "rds"}, Database: analyze.Database{Name: "shop", Encoding: "UTF8"}, Available: []analyze.Extension{{Name: "citext", Version: "1.7"}}, Roles: []string{"app"}}
	p := plan(t, inv)
	require.Len(t, p.Roles, 2)
	require.Equal(t, []string{"SUPERUSER", "REPLICATION"}, p.Roles[0].Dropped)
	require.Equal(t, []string{"INHERIT", "CONNECTION LIMIT 5"}, p.Roles[1].Attributes)
	require.Equal(t, []string{"writers"}, p.Roles[1].MemberOf)
	require.Equal(t, map[string][]string{"writers": {"ADMIN OPTION"}}, p.Roles[1].MemberOptions)
	require.Contains(t, p.Roles[1].Reason, "exists on the target")
	require.Equal(t, []Extension{
		{Name: "citext", Version: "1.6", Target: "1.7", Create: true, Reason: "Used on the source; the target has version 1.7."},
		{Name: "oddity", Version: "1", Create: true, Reason: "Used on the source, and the target does not offer it."},
		{Name: "pglogical", Version: "2.4.4", Reason: "Serves replication on the source; the target does not need it."},
	}, p.Extensions)
	require.Contains(t, codes(p), "EX101 extension oddity")
}

func TestOldSource(t *testing.T) {
	inv := inventory()
	inv.Server.VersionNum, inv.Server.Version = 90426, "9.4.26"
	_, err := Make(inv, Defaults(), nil)
	require.EqualError(t, err, "the source has version 9.4.26 (90426): 9.6 is the oldest that can be moved")
}

// As with a table that does not exist: somebody meant something, and it would not happen.
func TestAcceptanceOfACodeThatDoesNotExist(t *testing.T) {
	for code, remedy := range map[string]string{
		"RP1O2": "did you mean RP102", "id101": "did you mean ID101", "G0-WALCAP": "pgcutover explain --all lists the codes; answers of checks are not accepted here",
	} {
		o := Defaults()
		o.Accept = []Acceptance{{Code: "ID101", Subject: "*", Reason: "x"}, {Code: code, Subject: "*", Reason: "x"}}
		_, err := Make(inventory(), o, nil)
		var wrong *OptionError
		require.ErrorAs(t, err, &wrong)
		require.EqualError(t, err, "configuration: accept[1].code: no hazard has the code "+code)
		require.Contains(t, wrong.Remedy, remedy)
	}
}

// What the target needs is judged where the configuration says what it has.
func TestDiskAndMemoryOfTheTarget(t *testing.T) {
	inv := inventory(plain("a", 10<<30), plain("b", 10<<30))
	for i := range inv.Tables {
		inv.Tables[i].Indexes[0].Bytes = ptr(int64(4 << 30))
	}
	found := func(free, memory int64) (codes []string) {
		o := Defaults()
		o.Target.FreeBytes, o.Target.MemoryBytes = &free, &memory
		p, err := Make(inv, o, nil)
		require.NoError(t, err)
		require.Equal(t, int64(28<<30), p.TargetBytes())
		for _, f := range p.Findings {
			if f.Code == "CP116" || f.Code == "CP117" {
				codes = append(codes, f.Code+" "+string(f.Severity)+": "+f.Detail)
			}
		}
		return codes
	}
	require.Empty(t, found(34<<30, 4<<30), "a fifth more than 28 GiB; two builds with 1 GiB each")
	require.Equal(t, []string{
		"CP116 error: 30.1 GB of tables and indexes, 21.5 GB free.", "CP117 error: 2 index builds at once take up to 2.1 GB of 1.1 GB.",
	}, found(20<<30, 1<<30))
	require.Equal(t, []string{
		"CP116 warning: 30.1 GB of tables and indexes, 31.1 GB free. A fifth more is wanted for building them.", "CP117 warning: 2 index builds at once take up to 2.1 GB of 3.2 GB.",
	}, found(29<<30, 3<<30))
	o := Defaults()
	o.Target.FreeBytes = ptr(int64(-1))
	_, err := Make(inv, o, nil)
	require.EqualError(t, err, "configuration: target.free_bytes: must not be negative, is -1")
}

func TestNearest(t *testing.T) {
	all := []string{"public.calls", "public.call_logs", `sales."Order"`, "archive.calls", "public.x"}
	require.Equal(t, []string{"public.calls"}, Nearest("public.clals", all, 1))
	require.Equal(t, []string{"archive.calls", "public.calls"}, Nearest("calls", all, 3))
	require.Equal(t, []string{`sales."Order"`}, Nearest("sales.order", all, 3))
	require.Empty(t, Nearest("nothing.like_it_at_all", all, 3))
}

// Whoever edits an inventory can make it say anything.
func TestAnEditedInventoryIsAnErrorAndNoPanic(t *testing.T) {
	for what, edit := range map[string]func(inv *analyze.Inventory){
		"definition":       func(inv *analyze.Inventory) { inv.Tables[0].Indexes[0].Definition = "CREATE TABLE x ()" },
		"table twice":      func(inv *analyze.Inventory) { inv.Tables = append(inv.Tables, inv.Tables[0]) },
		"no name":          func(inv *analyze.Inventory) { inv.Tables[0].Name.Name = "" },
		"long name":        func(inv *analyze.Inventory) { inv.Tables[0].Name.Name = strings.Repeat("x", 64) },
		"column twice":     func(inv *analyze.Inventory) { inv.Tables[0].Columns[1].Name = inv.Tables[0].Columns[0].Name },
		"negative size":    func(inv *analyze.Inventory) { inv.Tables[0].HeapBytes = ptr(int64(-1)) },
		"increment 0":      func(inv *analyze.Inventory) { inv.Sequences = []analyze.Sequence{{Name: name("s")}} },
		"unknown kind":     func(inv *analyze.Inventory) { inv.Tables[0].Kind = "view" },
		"parent of itself": func(inv *analyze.Inventory) { inv.Tables[0].Parents = []analyze.Name{inv.Tables[0].Name} },
		"circle of parents": func(inv *analyze.Inventory) {
			inv.Tables[0].Parents, inv.Tables[1].Parents = []analyze.Name{inv.Tables[1].Name}, []analyze.Name{inv.Tables[0].Name}
		},
		"parent unknown": func(inv *analyze.Inventory) { inv.Tables[0].Parents = []analyze.Name{name("nope")} },
	} {
		t.Run(what, func(t *testing.T) {
			inv := inventory(plain("a", 10), plain("b", 1<<30))
			edit(&inv)
			require.NotPanics(t, func() {
				if p, err := Make(inv, Defaults(), nil); err == nil {
					require.NoError(t, p.Validate())
				}
			})
		})
	}
}

// A generated column is not copied, and so not among the plan's columns.
func TestTimeColumnIsOneThatIsCopied(t *testing.T) {
	x := plain("a", 10)
	x.Columns = append(x.Columns[:1:1], analyze.Column{Name: "created_at", Number: 9, Type: "date", BaseType: "date", TypeKind: "base", NotNull: true, Generated: "stored"})
	require.Empty(t, tableOf(t, plan(t, inventory(x)), x.Name).TimeColumn)
}

// With REPLICA IDENTITY USING INDEX the target has two unique keys, whatever the primary key is called.
func TestAPrimaryKeyBesideTheIdentityIsUnsafeInBatches(t *testing.T) {
	x := withUnique(plain("a", 10))
	x.ReplicaIdentity, x.Indexes[1].ReplicaIdentity = "index", true
	require.Contains(t, tableOf(t, plan(t, inventory(x)), x.Name).BatchUnsafe, "a_pkey")
}

// In a database, what is set for a role in it comes before what is set for the role everywhere.
func TestRoleSettings(t *testing.T) {
	inv := inventory(plain("a", 10))
	inv.Roles = []analyze.Role{{Name: "rdsales", Login: true, ConnLimit: -1}, {Name: "rds_superuser", ConnLimit: -1}}
	inv.Database.RoleSettings = []analyze.RoleSetting{
		{Role: "rdsales", Database: inv.Database.Name, Settings: []string{"work_mem=1GB"}},
		{Role: "rdsales", Settings: []string{"work_mem=64MB", "statement_timeout=5s"}},
	}
	p := plan(t, inv)
	require.Len(t, p.Roles, 1, "a role of the application may begin with rds")
	require.Equal(t, []string{"statement_timeout=5s", "work_mem=1GB"}, p.Roles[0].Settings)
}

// From 16 on a membership has options of its own; those that a plain GRANT would give are not repeated.
func TestMemberOptions(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		inherit bool
		m       analyze.Membership
		want    []string
	}{
		{true, analyze.Membership{}, nil},
		{true, analyze.Membership{Admin: true}, []string{"ADMIN OPTION"}},
		{true, analyze.Membership{Inherit: &yes, Set: &yes}, nil},
		{false, analyze.Membership{Inherit: &no, Set: &yes}, nil},
		{true, analyze.Membership{Inherit: &no, Set: &yes}, []string{"ADMIN FALSE", "INHERIT FALSE", "SET TRUE"}},
		{true, analyze.Membership{Admin: true, Inherit: &yes, Set: &no}, []string{"ADMIN TRUE", "INHERIT TRUE", "SET FALSE"}},
	} {
		require.Equal(t, c.want, memberOptions(analyze.Role{Inherit: c.inherit}, c.m))
	}
}

// A view of a table that is left out stops the schema; left out itself, it does not, and a view of it then does.
func TestViewsAreLeftOut(t *testing.T) {
	inv := inventory()
	inv.Tables = append(inv.Tables, plain("gone", 100), plain("kept", 100))
	view := func(name, of string) analyze.View {
		return analyze.View{Name: analyze.Name{Schema: "public", Name: name}, Materialized: true, Populated: true, Definition: " SELECT id FROM public." + of + ";"}
	}
	inv.Views = []analyze.View{view("v", "gone"), view("w", "v"), view("x", "kept")}
	codes := func(exclude ...string) []string {
		o := Defaults()
		o.Tables.Exclude = exclude
		p, err := Make(inv, o, nil)
		require.NoError(t, err)
		var out []string
		for _, f := range p.Findings {
			if f.Code == "CV112" {
				out = append(out, f.Subject)
			}
		}
		for _, d := range p.Deferred {
			require.False(t, d.Kind == DeferMatview && slices.Contains(p.LeftOutViews, d.Table), "%s is refreshed although it is left out", d.Table)
		}
		return out
	}
	require.Empty(t, codes())
	require.Equal(t, []string{"public.v"}, codes("public.gone"))
	require.Equal(t, []string{"public.w"}, codes("public.gone", "public.v"))
	require.Empty(t, codes("public.gone", "public.v", "public.w"))
	o := Defaults()
	o.Tables.Exclude = []string{"public.nothing"}
	_, err := Make(inv, o, nil)
	require.ErrorAs(t, err, new(*OptionError))
}
