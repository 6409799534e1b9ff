package planner

import (
	"bytes"
	"fmt"
	"math/rand"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
	_ "github.com/pgcutover/pgcutover/golden/seed"
)

// drawInventory makes databases of the kinds that exist: partitioned in levels, inherited, without keys, unlogged, empty.
func drawInventory(t *rapid.T) analyze.Inventory {
	inv := inventory()
	inv.Server.VersionNum = rapid.SampledFrom([]int{90624, 110022, 150020, 180004}).Draw(t, "version")
	inv.Schemas = append(inv.Schemas, analyze.Schema{Name: `we"ird`, Usage: true}, analyze.Schema{Name: "pglogical"})
	inv.Tables = append(inv.Tables, plain("x", 100))
	inv.Tables[0].Name.Schema = "pglogical"
	hostile := []string{`a"b`, "select", "Größe", "new\nline", "per%cent"}
	for i := range rapid.IntRange(0, 25).Draw(t, "tables") {
		size := int64(rapid.IntRange(0, 1<<20).Draw(t, "pages")) * 8192 >> rapid.IntRange(0, 20).Draw(t, "shift")
		x := plain(fmt.Sprintf("t%02d", i), size)
		x.Rates.Inserts = float64(rapid.IntRange(0, 500).Draw(t, "inserts"))
		x.Rates.Updates = float64(rapid.IntRange(0, 50).Draw(t, "updates"))
		x.Columns[0].Bounds = []string{"1", "5", "20", "3", "100", "200", "7"}
		switch rapid.IntRange(0, 11).Draw(t, "kind") {
		case 0:
			x = withoutKey(x)
		case 1:
			x.Unlogged = true
		case 2:
			x.Kind, x.Indexes, x.Constraints = analyze.Foreign, nil, nil
		case 3:
			x = withUnique(x)
		case 4:
			x = withUnique(x)
			x.Indexes[1].Immediate, x.Constraints[1].Deferrable = false, true
		case 5:
			x.Name = analyze.Name{Schema: `we"ird`, Name: hostile[i%len(hostile)] + fmt.Sprint(i)}
		case 6:
			x.Extension = "postgis"
		case 7:
			x.HeapBytes, x.EstimatedRows = nil, nil
		case 8:
			x.Indexes[0].Valid = false
		case 9, 10: // a tree of two levels
			parent := x
			parent.Kind, parent.PartitionKey, parent.Pages, parent.HeapBytes = analyze.Partitioned, "RANGE (id)", 0, ptr(int64(0))
			parent.HasChildren = true
			middle := parent
			middle.Name.Name += "_m"
			middle.IsPartition, middle.Parents = true, []analyze.Name{parent.Name}
			middle = renamed(middle, parent.Indexes[0].Name)
			inv.Tables = append(inv.Tables, parent, middle)
			for j := range rapid.IntRange(0, 3).Draw(t, "leaves") {
				leaf := plain(fmt.Sprintf("%s_%d", parent.Name.Name, j), size)
				leaf.IsPartition, leaf.Parents = true, []analyze.Name{middle.Name}
				leaf = renamed(leaf, middle.Indexes[0].Name)
				inv.Tables = append(inv.Tables, leaf)
			}
			continue
		}
		if i > 0 && rapid.Bool().Draw(t, "references") {
			x = references(x, fmt.Sprintf("t%02d", rapid.IntRange(0, i-1).Draw(t, "to")))
		}
		inv.Tables = append(inv.Tables, x)
	}
	if rapid.IntRange(0, 3).Draw(t, "unsampled") == 0 {
		inv.Sample = nil
	}
	for i := range inv.Tables {
		x := &inv.Tables[i]
		x.Indexes = slices.Clone(x.Indexes)
		for j, k := range x.Indexes {
			unique, on := "", "ON "
			if k.Unique {
				unique = "UNIQUE "
			}
			if x.Kind == analyze.Partitioned {
				on = "ON ONLY "
			}
			x.Indexes[j].Definition = "CREATE " + unique + "INDEX " + analyze.Ident(k.Name) + " " + on + x.Name.SQL() + " USING btree (id)"
		}
	}
	return inv.Normalize()
}

// renamed gives a partition's index a name of its own and hangs it below the parent's.
func renamed(t analyze.Table, parent string) analyze.Table {
	t.Indexes, t.Constraints = slices.Clone(t.Indexes), slices.Clone(t.Constraints)
	n := t.Name.Name + "_pkey"
	t.Indexes[0].Name, t.Indexes[0].Constraint, t.Indexes[0].Parent = n, n, &analyze.Name{Schema: "public", Name: parent}
	t.Constraints[0].Name, t.Constraints[0].Index, t.Constraints[0].Inherited = n, n, true
	return t
}

func drawOptions(t *rapid.T, inv analyze.Inventory) Options {
	o := DefaultsFor(rapid.SampledFrom([]string{EngineDMS, EngineDMSFull}).Draw(t, "engine"))
	o.Slots.Count = rapid.IntRange(0, 4).Draw(t, "count")
	o.Unique = rapid.SampledFrom([]string{UniqueKeep, UniqueDefer}).Draw(t, "unique")
	o.Load.Workers = rapid.IntRange(1, 12).Draw(t, "workers")
	o.Load.SplitBytes = rapid.SampledFrom([]int64{0, 0, 1 << 20, 64 << 20}).Draw(t, "split")
	o.Load.BatchBytes = rapid.SampledFrom([]int64{1, 1 << 20, 32 << 20}).Draw(t, "batch")
	var names []string
	for _, x := range inv.Tables {
		if !NeverPlanned(x.Name.Schema) {
			names = append(names, x.Name.String())
		}
	}
	if len(names) < 3 {
		return o
	}
	pick := rapid.SampledFrom(names)
	switch rapid.IntRange(0, 5).Draw(t, "wish") {
	case 0:
		o.Slots.Dedicated = []string{pick.Draw(t, "dedicated")}
	case 1:
		o.Slots.Together = [][]string{{pick.Draw(t, "t1"), pick.Draw(t, "t2"), pick.Draw(t, "t3")}}
	case 2:
		o.Slots.Apart = [][]string{{pick.Draw(t, "a1"), pick.Draw(t, "a2")}}
	case 3:
		o.Slots.Pin = map[string]int{pick.Draw(t, "p1"): 1, pick.Draw(t, "p2"): 2}
	case 4:
		o.Tables.Exclude = []string{pick.Draw(t, "out")}
	}
	return o
}

func encoded(t require.TestingT, p Plan) string {
	var b bytes.Buffer
	require.NoError(t, p.Encode(&b))
	return b.String()
}

// Whatever the database and the wishes: a plan that holds together, the same from the same facts in any order, and
// readable again; or an error about the configuration.
func TestPlansHoldTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inv := drawInventory(t)
		o := drawOptions(t, inv)
		p, err := Make(inv, o, nil)
		if err != nil {
			require.ErrorAs(t, err, new(*OptionError))
			return
		}
		require.NoError(t, p.Validate())
		text := encoded(t, p)
		again, err := Decode(strings.NewReader(text))
		require.NoError(t, err)
		require.Equal(t, text, encoded(t, again), "reading and writing changes nothing")
		require.NotContains(t, text, "null,\n  \"", "top-level lists are empty, not null")

		r := rand.New(rand.NewSource(int64(rapid.IntRange(0, 100).Draw(t, "shuffle"))))
		q, err := Make(permuted(inv, r), o, nil)
		require.NoError(t, err)
		require.Equal(t, text, encoded(t, q), "the order of the inventory does not matter")

		checkCoverage(t, inv, p)
		checkBalance(t, p)
	})
}

// checkCoverage compares the plan with the inventory, without the planner's own code.
func checkCoverage(t require.TestingT, inv analyze.Inventory, p Plan) {
	planned := map[analyze.Name]Table{}
	for _, x := range p.Tables {
		planned[x.Name] = x
	}
	built := map[analyze.Name]bool{}
	for _, b := range p.Builds {
		if b.Kind == BuildIndex || b.Kind == BuildAttach || b.Kind == BuildConstraint && !b.Constraint.UsingIndex {
			n := analyze.Name{Schema: b.Table.Schema, Name: b.Name}
			require.False(t, built[n], "%s is built twice", n)
			built[n] = true
		}
	}
	for _, d := range p.Deferred {
		if d.Kind == DeferIndex || d.Kind == DeferConstraint {
			n := analyze.Name{Schema: d.Table.Schema, Name: d.Name}
			require.False(t, built[n], "%s is built and deferred", n)
			built[n] = true
		}
	}
	for _, x := range inv.Tables {
		y, ok := planned[x.Name]
		if x.Name.Schema == "pglogical" {
			require.False(t, ok, "%s is planned", x.Name)
			continue
		}
		require.True(t, ok, "%s is not in the plan", x.Name)
		if y.Handling == LeftOut {
			continue
		}
		for _, i := range x.Indexes {
			require.Equal(t, i.Valid, built[analyze.Name{Schema: x.Name.Schema, Name: i.Name}], "index %s of %s", i.Name, x.Name)
		}
	}
}

// A plan of twice as many tables takes twice the memory allocations, give or take what grows by doubling.
func TestPlanningIsLinear(t *testing.T) {
	o := Defaults()
	o.Slots.MaxTables = 100_000
	allocations := func(n int) float64 {
		inv := synthetic(n)
		return testing.AllocsPerRun(1, func() {
			if _, err := Make(inv, o, nil); err != nil {
				t.Error(err)
			}
		})
	}
	require.LessOrEqual(t, allocations(3000), 2.2*allocations(1500))
}

// What one table costs, so that it can be read off whether the cost grows with their number.
func BenchmarkMake(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000, 100_000} {
		inv := synthetic(n)
		o := Defaults()
		o.Slots.MaxTables = n
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var p Plan
			var before, behind runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				var err error
				if p, err = Make(inv, o, nil); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&behind)
			tables := float64(n) * float64(b.N)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/tables, "ns/table")
			b.ReportMetric(float64(behind.TotalAlloc-before.TotalAlloc)/tables, "B/table")
			b.ReportMetric(p.Balance.GroupMax/p.Balance.GroupBound, "of-bound")
			b.ReportMetric(p.Balance.LoadSeconds/p.Balance.LoadBound, "of-load-bound")
		})
	}
}
