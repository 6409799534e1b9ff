package planner

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
)

// permuted gives everything that has no order of its own another one.
func permuted(inv analyze.Inventory, r *rand.Rand) analyze.Inventory {
	inv.Tables = mixed(inv.Tables, r)
	for i := range inv.Tables {
		t := &inv.Tables[i]
		t.Columns, t.Indexes, t.Constraints, t.Triggers = mixed(t.Columns, r), mixed(t.Indexes, r), mixed(t.Constraints, r), mixed(t.Triggers, r)
	}
	inv.Settings, inv.Extensions, inv.Roles, inv.Schemas = mixed(inv.Settings, r), mixed(inv.Extensions, r), mixed(inv.Roles, r), mixed(inv.Schemas, r)
	inv.Sequences, inv.Views, inv.Enums, inv.Unknown = mixed(inv.Sequences, r), mixed(inv.Views, r), mixed(inv.Enums, r), mixed(inv.Unknown, r)
	return inv
}

func mixed[T any](s []T, r *rand.Rand) []T {
	s = slices.Clone(s)
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

// renamedTables gives every table that is planned another name, in the inventory and in the wishes.
func renamedTables(inv analyze.Inventory, o Options, to func(analyze.Name) analyze.Name) (analyze.Inventory, Options) {
	shown := map[string]string{}
	inv.Tables = slices.Clone(inv.Tables)
	for i := range inv.Tables {
		t := &inv.Tables[i]
		if NeverPlanned(t.Name.Schema) {
			continue
		}
		shown[t.Name.String()] = to(t.Name).String()
		t.Parents, t.Constraints, t.Indexes = slices.Clone(t.Parents), slices.Clone(t.Constraints), slices.Clone(t.Indexes)
		for j := range t.Indexes {
			x := &t.Indexes[j]
			x.Definition = strings.Replace(x.Definition, t.Name.SQL(), to(t.Name).SQL(), 1)
		}
		for j := range t.Parents {
			t.Parents[j] = to(t.Parents[j])
		}
		for j, c := range t.Constraints {
			if c.References != nil {
				t.Constraints[j].References = ptr(to(*c.References))
			}
		}
		t.Name = to(t.Name)
	}
	all := func(texts []string) []string {
		texts = slices.Clone(texts)
		for i := range texts {
			texts[i] = shown[texts[i]]
		}
		return texts
	}
	o.Slots.Dedicated, o.Tables.Exclude = all(o.Slots.Dedicated), all(o.Tables.Exclude)
	o.Slots.Together, o.Slots.Apart = slices.Clone(o.Slots.Together), slices.Clone(o.Slots.Apart)
	for _, lists := range [][][]string{o.Slots.Together, o.Slots.Apart} {
		for i := range lists {
			lists[i] = all(lists[i])
		}
	}
	pin := map[string]int{}
	for text, group := range o.Slots.Pin {
		pin[shown[text]] = group
	}
	o.Slots.Pin = pin
	return inv.Normalize(), o
}

// Names that sort like the old ones change nothing but the names.
func TestRenamingChangesNothingElse(t *testing.T) {
	const prefix = "zq_"
	rapid.Check(t, func(t *rapid.T) {
		inv := drawInventory(t)
		o := drawOptions(t, inv)
		p, err := Make(inv, o, nil)
		again, w := renamedTables(inv, o, func(n analyze.Name) analyze.Name { return analyze.Name{Schema: n.Schema, Name: prefix + n.Name} })
		q, other := Make(again, w, nil)
		if err != nil {
			require.ErrorAs(t, other, new(*OptionError))
			require.Equal(t, err.Error(), strings.ReplaceAll(other.Error(), prefix, ""))
			return
		}
		require.NoError(t, other)
		for _, plan := range []*Plan{&p, &q} { // sums over the names
			plan.Inventory = ""
			for i := range plan.Structure {
				plan.Structure[i].Digest = ""
			}
		}
		require.Equal(t, encoded(t, p), strings.ReplaceAll(encoded(t, q), prefix, ""))
	})
}

// Names that sort in any way are a matter of taste: the groups are as good.
func TestNamesDoNotDecideTheBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inv := drawInventory(t)
		o := drawOptions(t, inv)
		p, err := Make(inv, o, nil)
		if err != nil {
			return
		}
		r := rand.New(rand.NewSource(int64(rapid.IntRange(0, 1000).Draw(t, "names"))))
		name := map[analyze.Name]analyze.Name{}
		for i, n := range r.Perm(len(inv.Tables)) {
			name[inv.Tables[i].Name] = analyze.Name{Schema: inv.Tables[i].Name.Schema, Name: fmt.Sprintf("t%03d", n)}
		}
		again, w := renamedTables(inv, o, func(n analyze.Name) analyze.Name { return name[n] })
		q, err := Make(again, w, nil)
		require.NoError(t, err)
		if takenApart(p) || takenApart(q) {
			return // which partitions are neighbours is told by their names
		}
		require.Equal(t, p.Balance.Groups, q.Balance.Groups)
		require.InEpsilon(t, 1+p.Balance.GroupMax, 1+q.Balance.GroupMax, 1e-5)
		require.InEpsilon(t, 1+p.Balance.GroupBound, 1+q.Balance.GroupBound, 1e-5)
		if o.FullLoad() {
			return // each task loads its own tables, and groups that are as good by changes need not be so by bytes
		}
		require.InEpsilon(t, 1+p.Balance.LoadSeconds, 1+q.Balance.LoadSeconds, 1e-2)
		require.InEpsilon(t, 1+p.Balance.LoadBound, 1+q.Balance.LoadBound, 1e-5)
	})
}

func takenApart(p Plan) bool {
	return slices.ContainsFunc(p.Groups, func(g Group) bool { return strings.Contains(g.Reason, "was taken apart") })
}

// The same changes in a tenth of the time, on a target ten times as fast.
func TestTheUnitOfTimeDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inv := drawInventory(t)
		o := drawOptions(t, inv)
		p, err := Make(inv, o, nil)
		if err != nil {
			return
		}
		factor := float64(int(1) << rapid.IntRange(1, 6).Draw(t, "factor"))
		faster := inv
		faster.Tables = slices.Clone(inv.Tables)
		for i := range faster.Tables {
			if r := faster.Tables[i].Rates; r != nil {
				faster.Tables[i].Rates = &analyze.Rates{Inserts: r.Inserts * factor, Updates: r.Updates * factor, HotUpdates: r.HotUpdates * factor, Deletes: r.Deletes * factor}
			}
		}
		o.Slots.ChangesPerSecond *= factor
		q, err := Make(faster, o, nil)
		require.NoError(t, err)
		require.Equal(t, p.Groups, q.Groups)
		require.Equal(t, p.Items, q.Items)
		require.Equal(t, p.Balance, q.Balance)
	})
}

// One slot more never makes the heaviest heavier, whatever the wishes, where the optimum is known.
func TestOneMoreSlotIsNoWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rates []float64
		for range rapid.IntRange(2, exactJobs).Draw(t, "tables") {
			rates = append(rates, float64(rapid.IntRange(0, 500).Draw(t, "rate")))
		}
		inv := hot(rates...)
		for i := range inv.Tables {
			if rapid.IntRange(0, 3).Draw(t, "unique") == 0 {
				inv.Tables[i] = withUnique(inv.Tables[i])
			}
		}
		before := 0.0
		for k := range len(rates) {
			o := Defaults()
			o.Slots.Count = k + 1
			p, err := Make(inv, o, nil)
			require.NoError(t, err)
			if k > 0 {
				require.LessOrEqual(t, p.Balance.GroupMax, before)
			}
			before = p.Balance.GroupMax
		}
	})
}

// checkBalance reckons with the figures of a plan again, from its tables alone.
func checkBalance(t require.TestingT, p Plan) {
	heaviest := 0.0
	groups := map[analyze.Name]int{}
	for _, g := range p.Groups {
		weight, speed := 0.0, float64(batchSpeed)
		for _, n := range g.Tables {
			require.Zero(t, groups[n], "%s is in two groups", n)
			groups[n] = g.Number
		}
		for _, x := range p.Tables {
			if x.Group != g.Number {
				continue
			}
			require.Equal(t, g.Number, groups[x.Name], "%s", x.Name)
			weight += x.Weight
			if x.BatchUnsafe != "" {
				speed = 1
			}
		}
		heaviest = max(heaviest, weight/speed)
	}
	require.InDelta(t, heaviest, p.Balance.GroupMax, 1e-5*max(heaviest, 1e-5))
	require.LessOrEqual(t, p.Balance.GroupBound, p.Balance.GroupMax)
	require.LessOrEqual(t, p.Balance.LoadBound, p.Balance.LoadSeconds)
	pieces := map[analyze.Name]int{}
	for _, it := range p.Items {
		for _, n := range it.Tables {
			pieces[n]++
			require.True(t, it.Range != nil || pieces[n] == 1, "%s is loaded twice", n)
			require.True(t, it.Range == nil || len(it.Tables) == 1 && pieces[n] <= it.Range.Of)
		}
	}
	for _, x := range p.Tables {
		copied := x.Handling == Replicate || x.Handling == InsertsOnly
		require.Equal(t, copied, groups[x.Name] > 0, "%s", x.Name)
		require.Equal(t, copied, pieces[x.Name] > 0, "%s", x.Name)
	}
}
