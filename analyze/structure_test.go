package analyze_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
)

// orders is the table of the sample that most cases change.
func orders(inv *analyze.Inventory) *analyze.Table { return &inv.Tables[0] }

func TestDrift(t *testing.T) {
	table := name("public", "orders")
	one := func(kind string, name analyze.Name, what string) []analyze.Change {
		return []analyze.Change{{Kind: kind, Name: name, What: what}}
	}
	for _, c := range []struct {
		what   string
		change func(*analyze.Inventory)
		want   []analyze.Change
	}{
		{"nothing", func(*analyze.Inventory) {}, nil},

		// What moves on a server that nobody changes, or differs on a standby, or after a restart.
		{"sizes and statistics", func(inv *analyze.Inventory) {
			x := orders(inv)
			x.HeapBytes, x.ToastBytes, x.IndexBytes, x.EstimatedRows, x.Pages, x.Counters, x.Rates = ptr(int64(1<<40)), nil, nil, ptr(int64(5)), 9, nil, nil
			x.Columns[0].AvgWidth, x.Columns[0].NullFraction, x.Columns[1].Bounds, x.Columns[0].LOBMax = ptr(4), ptr(0.5), []string{"2"}, nil
			x.Indexes[0].Bytes = ptr(int64(3))
		}, nil},
		{"a file node", func(inv *analyze.Inventory) { orders(inv).Filenode = 99 }, nil},
		{"column numbers, which a dump and restore closes up", func(inv *analyze.Inventory) { orders(inv).Columns[0].Number = 7 }, nil},
		{"sequence values", func(inv *analyze.Inventory) {
			inv.Sequences[0].LastValue, inv.Sequences[0].IsCalled = ptr(int64(1000)), ptr(true)
		}, nil},
		{"the server", func(inv *analyze.Inventory) {
			inv.Server, inv.Replica, inv.Activity.Connections = analyze.Server{InRecovery: true}, nil, 50
		}, nil},
		{"owners and rights", func(inv *analyze.Inventory) { orders(inv).Owner, orders(inv).Readable = "other", true }, nil},
		{"CLUSTER ON", func(inv *analyze.Inventory) { orders(inv).Indexes[1].Clustered = true }, nil},
		{"a statistics target", func(inv *analyze.Inventory) { orders(inv).Columns[0].StatisticsTarget = 1000 }, nil},

		// What the migration itself does to the source.
		{"pglogical's truncate trigger", func(inv *analyze.Inventory) {
			orders(inv).Triggers = append(orders(inv).Triggers, analyze.Trigger{Name: "queue_truncate_trigger_1234", Enabled: "origin",
				Definition: "CREATE TRIGGER … EXECUTE FUNCTION pglogical.queue_truncate()"})
		}, nil},
		{"the markers", func(inv *analyze.Inventory) {
			inv.Tables = append(inv.Tables, analyze.Table{Name: name("pgcutover", "marker_1"), Kind: analyze.Ordinary}, analyze.Table{Name: name("pglogical", "queue")})
			inv.Sequences = append(inv.Sequences, analyze.Sequence{Name: name("pgcutover", "s"), Increment: 1})
			inv.Views = append(inv.Views, analyze.View{Name: name("pgcutover", "v")})
			inv.Enums = append(inv.Enums, analyze.Enum{Name: name("pgcutover", "e")})
		}, nil},

		// What somebody does.
		{"a table that comes is one change", func(inv *analyze.Inventory) {
			x := *orders(inv)
			x.Name = name("public", "later")
			inv.Tables = append(inv.Tables, x)
		}, one("table", name("public", "later"), "added")},
		{"a table that goes is one change", func(inv *analyze.Inventory) { inv.Tables = inv.Tables[1:] }, one("table", table, "removed")},
		{"a column that comes", func(inv *analyze.Inventory) {
			orders(inv).Columns = append(orders(inv).Columns, analyze.Column{Name: "c", Number: 3, Type: "int"})
		}, one("columns", table, "changed")},
		{"a column that is renamed", func(inv *analyze.Inventory) { orders(inv).Columns[0].Name = "bb" }, one("columns", table, "changed")},
		{"a type", func(inv *analyze.Inventory) { orders(inv).Columns[0].Type = "citext" }, one("columns", table, "changed")},
		{"NOT NULL", func(inv *analyze.Inventory) { orders(inv).Columns[1].NotNull = false }, one("columns", table, "changed")},
		{"a default that goes", func(inv *analyze.Inventory) { orders(inv).Columns[1].Default = nil }, one("columns", table, "changed")},
		{"a default that is empty is a default", func(inv *analyze.Inventory) { orders(inv).Columns[0].Default = ptr("") }, one("columns", table, "changed")},
		{"two columns that change places", func(inv *analyze.Inventory) {
			orders(inv).Columns[0].Number, orders(inv).Columns[1].Number = 1, 2
		}, one("columns", table, "changed")},
		{"an index that comes", func(inv *analyze.Inventory) {
			orders(inv).Indexes = append(orders(inv).Indexes, analyze.Index{Name: "x"})
		}, one("indexes", table, "changed")},
		{"an index that becomes invalid", func(inv *analyze.Inventory) { orders(inv).Indexes[0].Valid = false }, one("indexes", table, "changed")},
		{"all indexes gone", func(inv *analyze.Inventory) { orders(inv).Indexes = nil }, one("indexes", table, "removed")},
		{"a constraint validated", func(inv *analyze.Inventory) { orders(inv).Constraints[1].Validated = true }, one("constraints", table, "changed")},
		{"a trigger disabled", func(inv *analyze.Inventory) { orders(inv).Triggers[0].Enabled = "disabled" }, one("triggers", table, "changed")},
		{"the first trigger", func(inv *analyze.Inventory) { inv.Tables[1].Triggers = []analyze.Trigger{{Name: "t"}} },
			one("triggers", name("app", "Ta\"b'le\nx\u202e"), "added")},
		{"replica identity", func(inv *analyze.Inventory) { orders(inv).ReplicaIdentity = "full" }, one("table", table, "changed")},
		{"the index of the replica identity", func(inv *analyze.Inventory) { orders(inv).Indexes[0].ReplicaIdentity = true }, one("table", table, "changed")},
		{"row-level security", func(inv *analyze.Inventory) { orders(inv).RowSecurity = true }, one("table", table, "changed")},
		{"a policy", func(inv *analyze.Inventory) {
			inv.Objects.Policies = append(inv.Objects.Policies, analyze.Policy{Table: table, Name: "p"})
		}, one("table", table, "changed")},
		{"a rule", func(inv *analyze.Inventory) {
			inv.Objects.Rules = append(inv.Objects.Rules, analyze.ColumnRef{Table: table, Column: "r"})
		}, one("table", table, "changed")},
		{"parents that change places", func(inv *analyze.Inventory) {
			p := orders(inv).Parents
			p[0], p[1] = p[1], p[0]
		}, one("table", table, "changed")},
		{"SET UNLOGGED", func(inv *analyze.Inventory) { orders(inv).Unlogged = true }, one("table", table, "changed")},
		{"a partition bound", func(inv *analyze.Inventory) { orders(inv).PartitionBound = "FOR VALUES IN (1)" }, one("table", table, "changed")},
		{"a sequence's increment", func(inv *analyze.Inventory) { inv.Sequences[0].Increment = 10 }, one("sequence", name("public", "s"), "changed")},
		{"a sequence's owner column", func(inv *analyze.Inventory) { inv.Sequences[1].OwnedBy.Column = "b" }, one("sequence", name("app", "s"), "changed")},
		{"a sequence whose definition is hidden now", func(inv *analyze.Inventory) { inv.Sequences[0].Increment = 0 }, nil},
		{"a sequence that goes", func(inv *analyze.Inventory) { inv.Sequences = inv.Sequences[:1] }, one("sequence", name("app", "s"), "removed")},
		{"an enum value", func(inv *analyze.Inventory) { inv.Enums[0].Labels = []string{"z", "m", "a"} }, one("enum", name("public", "e"), "changed")},
		{"a view", func(inv *analyze.Inventory) { inv.Views[0].Definition = "SELECT 3" }, one("view", name("public", "v"), "changed")},
		{"several, by name and then kind", func(inv *analyze.Inventory) {
			inv.Views[1].Definition, orders(inv).Indexes, orders(inv).Columns[0].Name = "x", nil, "x"
		}, []analyze.Change{{"view", name("app", "v"), "changed"}, {"columns", table, "changed"}, {"indexes", table, "removed"}}},
	} {
		t.Run(c.what, func(t *testing.T) {
			planned, now := sample(), sample()
			c.change(&now)
			if c.want == nil {
				c.want = []analyze.Change{}
			}
			require.Empty(t, cmp.Diff(c.want, analyze.Drift(planned.Structure(), now.Structure())))
			back := map[string]string{"added": "removed", "removed": "added", "changed": "changed"}
			for i := range c.want {
				c.want[i].What = back[c.want[i].What]
			}
			require.Empty(t, cmp.Diff(c.want, analyze.Drift(now.Structure(), planned.Structure())), "the other way round")
		})
	}
}

// A plan keeps the digests: other ones for the same facts would make every database drift.
func TestDigestsAreWhatTheyWere(t *testing.T) {
	want := []analyze.Object{
		{Kind: "table", Name: name("app", "Ta\"b'le\nx\u202e"), Digest: "7d659ddb085852ef"},
		{Kind: "enum", Name: name("app", "e"), Digest: "4f53cda18c2baa0c"},
		{Kind: "sequence", Name: name("app", "s"), Digest: "139f8f6062b92dc2"},
		{Kind: "view", Name: name("app", "v"), Digest: "74e56b175f9a9ac9"},
		{Kind: "enum", Name: name("public", "e"), Digest: "d3f3eae0185f0f2b"},
		{Kind: "columns", Name: name("public", "orders"), Digest: "ec8860726c10fd8f"},
		{Kind: "constraints", Name: name("public", "orders"), Digest: "249672344c06fad3"},
		{Kind: "indexes", Name: name("public", "orders"), Digest: "592f03f2bf671f13"},
		{Kind: "table", Name: name("public", "orders"), Digest: "dbe4717e8a9db4f7"},
		{Kind: "triggers", Name: name("public", "orders"), Digest: "57eb300e3d815a6e"},
		{Kind: "sequence", Name: name("public", "s"), Digest: "8568970b3ced7a9f"},
		{Kind: "view", Name: name("public", "v"), Digest: "5a182464eb80bcc5"},
	}
	require.Empty(t, cmp.Diff(want, sample().Structure()))
}

func TestStructureDoesNotDependOnOrder(t *testing.T) {
	want := sample().Structure()
	rapid.Check(t, func(t *rapid.T) {
		inv := sample()
		shuffle(reflect.ValueOf(&inv).Elem(), rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), "")
		require.Equal(t, want, inv.Structure())
	})
}

func TestTableFacts(t *testing.T) {
	pk := analyze.Index{Name: "pk", Unique: true, Primary: true, Immediate: true, Valid: true}
	ri := analyze.Index{Name: "ri", Unique: true, Immediate: true, Valid: true, ReplicaIdentity: true}
	deferred, invalid := pk, ri
	deferred.Immediate, invalid.Valid = false, false
	for _, c := range []struct {
		why      string
		identity string
		indexes  []analyze.Index
		want     bool
	}{
		{"no key", "default", nil, false},
		{"a primary key", "default", []analyze.Index{pk}, true},
		{"a unique index is no default identity", "default", []analyze.Index{ri}, false},
		{"a deferrable key identifies nothing", "default", []analyze.Index{deferred}, false},
		{"an index as identity", "index", []analyze.Index{pk, ri}, true},
		{"the index was dropped", "index", []analyze.Index{pk}, false},
		{"the index is invalid", "index", []analyze.Index{invalid}, false},
		{"full", "full", []analyze.Index{pk}, false},
		{"nothing", "nothing", []analyze.Index{pk}, false},
	} {
		require.Equal(t, c.want, analyze.Table{ReplicaIdentity: c.identity, Indexes: c.indexes}.CarriesUpdates(), c.why)
	}
	x := analyze.Table{Indexes: []analyze.Index{pk, ri, {Name: "ex", Exclusion: true}, {Name: "plain"}}}
	require.Equal(t, "pk", x.PrimaryKey().Name)
	require.Nil(t, analyze.Table{}.PrimaryKey())
	require.Equal(t, []string{"ri", "ex"}, []string{x.ExtraUnique()[0].Name, x.ExtraUnique()[1].Name})
	_, ok := analyze.Table{HeapBytes: ptr(int64(1))}.Bytes()
	require.False(t, ok)
	n, ok := analyze.Table{HeapBytes: ptr(int64(1)), ToastBytes: ptr(int64(2))}.Bytes()
	require.True(t, ok)
	require.Equal(t, int64(3), n)
	require.Equal(t, 906, analyze.Server{VersionNum: 90624}.Major())
	require.Equal(t, 1500, analyze.Server{VersionNum: 150020}.Major())
}
