package planner

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
)

func after(t require.TestingT, previous Plan, inv analyze.Inventory, o Options) (Plan, Changes) {
	p, c, err := MakeAfter(previous, inv, o, nil)
	require.NoError(t, err)
	require.NoError(t, p.Validate())
	return p, c
}

// hot is a database whose tables' rates are what the arguments say.
func hot(rates ...float64) analyze.Inventory {
	var tables []analyze.Table
	for i, r := range rates {
		tables = append(tables, withRate(plain(fmt.Sprintf("t%02d", i), 1<<30), r))
	}
	return inventory(tables...)
}

// After a plan of the same facts and wishes comes the same plan; after one of other facts, one that stays as it is from then on.
func TestPreviousPlanIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inv := drawInventory(t)
		o := drawOptions(t, inv)
		p, err := Make(inv, o, nil)
		if err != nil {
			return
		}
		again, c := after(t, p, inv, o)
		require.Equal(t, encoded(t, p), encoded(t, again), "nothing changed, and the plan did")
		require.Empty(t, c.Moved)
		require.Empty(t, c.New)
		require.Empty(t, c.Gone)
		require.Empty(t, c.Groups)

		other := inv
		other.Tables = slices.Clone(inv.Tables)
		for i := range other.Tables {
			x := &other.Tables[i]
			if r := x.Rates; r != nil {
				changed := *r
				changed.Inserts *= 1 + float64(rapid.IntRange(-10, 10).Draw(t, "drift"))/100
				x.Rates = &changed
			}
		}
		q, _, err := MakeAfter(p, other, o, nil)
		if err != nil {
			require.ErrorAs(t, err, new(*OptionError))
			return
		}
		require.NoError(t, q.Validate())
		checkCoverage(t, other, q)
		fresh, err := Make(other, o, nil)
		require.NoError(t, err)
		if q.Balance.Groups == fresh.Balance.Groups {
			require.LessOrEqual(t, q.Balance.GroupMax, fresh.Balance.GroupMax*(1+o.Slots.Tolerance)+1e-6)
		}
		require.LessOrEqual(t, q.Balance.LoadSeconds, fresh.Balance.LoadSeconds*(1+o.Slots.Tolerance)+1e-6)
		r, c := after(t, q, other, o)
		require.Equal(t, encoded(t, q), encoded(t, r), "once kept, always kept")
		require.Empty(t, c.Moved)
	})
}

// Nothing moves as long as the groups of before are balanced well enough for the rates of now.
func TestWhatCanStayStays(t *testing.T) {
	kept := 0
	rapid.Check(t, func(t *rapid.T) {
		inv := drawInventory(t)
		o := drawOptions(t, inv)
		p, err := Make(inv, o, nil)
		if err != nil {
			return
		}
		now := inv
		now.Tables = slices.Clone(inv.Tables)
		most := rapid.SampledFrom([]int{5, 30, 300}).Draw(t, "most")
		for i := range now.Tables {
			if x := &now.Tables[i]; x.Rates != nil && rapid.IntRange(0, 3).Draw(t, "changes") == 0 {
				changed := *x.Rates
				changed.Inserts *= float64(100+rapid.IntRange(-min(most, 100), most).Draw(t, "percent")) / 100
				x.Rates = &changed
			}
		}
		fresh, err := Make(now, o, nil)
		if err != nil {
			return
		}
		load := make([]float64, len(p.Groups))
		for _, x := range fresh.Tables { // of the groups before, with the weights of now
			if was := tableIn(p, x.Name); was.Group > 0 {
				load[was.Group-1] += x.Weight
			}
		}
		heaviest := 0.0
		for g, w := range load {
			if p.Groups[g].BatchApply {
				w /= batchSpeed
			}
			heaviest = max(heaviest, w)
		}
		q, c := after(t, p, now, o)
		if fresh.Balance.Groups >= p.Balance.Groups && heaviest <= fresh.Balance.GroupMax*(1+o.Slots.Tolerance)*(1-1e-5) {
			require.Empty(t, c.Moved)
			require.Empty(t, c.Groups)
			kept++
		}
		require.Equal(t, len(c.Moved)+c.Stayed+len(c.New), copiedTables(q))
		for _, m := range c.Moved {
			require.NotEmpty(t, m.Reason)
		}
	})
	require.NotZero(t, kept)
}

func tableIn(p Plan, n analyze.Name) Table {
	return p.Tables[slices.IndexFunc(p.Tables, func(x Table) bool { return x.Name == n })]
}

func copiedTables(p Plan) (n int) {
	for _, x := range p.Tables {
		if x.Group > 0 {
			n++
		}
	}
	return n
}

// One table more, one less, or one that is much hotter than before: the others stay but for the few that make room for it.
func TestOneChangeMovesFew(t *testing.T) {
	moved, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		rates := make([]float64, rapid.IntRange(20, 60).Draw(t, "tables"))
		for i := range rates {
			rates[i] = float64(rapid.IntRange(1, 200).Draw(t, "rate"))
		}
		o := Defaults()
		o.Slots.Count = rapid.IntRange(2, 6).Draw(t, "groups")
		p, err := Make(hot(rates...), o, nil)
		require.NoError(t, err)
		at := rapid.IntRange(0, len(rates)-1).Draw(t, "table")
		now := hot(rates...)
		switch rapid.IntRange(0, 2).Draw(t, "change") {
		case 0:
			now = hot(append(slices.Clone(rates), float64(rapid.IntRange(1, 400).Draw(t, "new")))...)
		case 1:
			now.Tables = slices.Delete(now.Tables, at, at+1)
		case 2:
			now.Tables[at] = withRate(now.Tables[at], float64(rapid.IntRange(1, 600).Draw(t, "hotter")))
		}
		q, c := after(t, p, now, o)
		require.LessOrEqual(t, q.Balance.GroupMax, q.Balance.GroupBound*(1+o.Slots.Tolerance)*(1+1e-2))
		require.LessOrEqual(t, len(c.Moved), len(rates)/2, "of %d tables", len(rates))
		moved, all = moved+len(c.Moved), all+len(rates)
	})
	require.LessOrEqual(t, moved, all/20, "of all tables, over all draws")
}

func TestSmallChangesMoveFewTables(t *testing.T) {
	o := Defaults()
	o.Slots.Count = 3
	p, err := Make(hot(500, 400, 300, 200, 150, 100, 90, 80, 70), o, nil)
	require.NoError(t, err)

	// Within the tolerance nothing moves.
	q, c := after(t, p, hot(510, 400, 300, 200, 160, 100, 90, 80, 75), o)
	require.Empty(t, c.Moved)
	require.Equal(t, 9, c.Stayed)
	require.Empty(t, c.Groups)
	for i := range p.Groups {
		require.Equal(t, p.Groups[i].Tables, q.Groups[i].Tables)
		require.Equal(t, p.Groups[i].Slot, q.Groups[i].Slot)
	}
	require.Equal(t, fmt.Sprintf("%d pieces of the load as before, 0 new, 0 gone.", len(p.Items)), c.Items)

	// Beyond it, what has to move moves, and says why.
	q, c = after(t, p, hot(500, 400, 300, 200, 150, 100, 400, 80, 70), o)
	require.NotEmpty(t, c.Moved)
	require.LessOrEqual(t, len(c.Moved), 3)
	require.Regexp(t, `^group \d would need [0-9.]+ % otherwise$`, c.Moved[0].Reason)
	require.LessOrEqual(t, q.Balance.GroupMax, q.Balance.GroupBound*1.1+1e-6)

	// New tables and gone ones: the others stay.
	inv := hot(500, 400, 300, 200, 150, 100, 90, 80, 70, 60)
	inv.Tables = slices.Delete(inv.Tables, 8, 9)
	_, c = after(t, p, inv, o)
	require.Equal(t, []analyze.Name{name("t09")}, c.New)
	require.Equal(t, []analyze.Name{name("t08")}, c.Gone)
	require.Empty(t, c.Moved)
	require.Equal(t, 8, c.Stayed)
}

func TestConstraintsMoveWhatTheyHaveTo(t *testing.T) {
	o := Defaults()
	o.Slots.Count = 3
	inv := hot(500, 400, 300, 200, 150, 100, 90, 80, 70)
	p, err := Make(inv, o, nil)
	require.NoError(t, err)
	group := func(p Plan, n string) int {
		return p.Tables[slices.IndexFunc(p.Tables, func(t Table) bool { return t.Name == name(n) })].Group
	}

	w := o
	w.Slots.Tolerance = 10
	to := group(p, "t08")%3 + 1
	w.Slots.Pin = map[string]int{"public.t08": to}
	q, c := after(t, p, inv, w)
	require.Equal(t, []Move{{name("t08"), group(p, "t08"), to, "the configuration pins it"}}, c.Moved)
	require.Equal(t, to, group(q, "t08"))

	var mates []string
	for _, n := range p.Groups[2].Tables {
		mates = append(mates, n.String())
	}
	require.Greater(t, len(mates), 1)
	w = o
	w.Slots.Tolerance = 10
	w.Slots.Apart = [][]string{mates[:2]}
	_, c = after(t, p, inv, w)
	require.Len(t, c.Moved, 1)
	require.Regexp(t, `^it is to be apart from public\.t`, c.Moved[0].Reason)

	w = o
	w.Slots.Tolerance = 10
	w.Slots.Dedicated = mates[:1]
	q, c = after(t, p, inv, w)
	require.Len(t, c.Moved, len(mates)-1)
	require.Len(t, q.Groups[2].Tables, 1, "it keeps its slot, the others leave")

	w = o
	w.Slots.Count = 4
	q, c = after(t, p, inv, w)
	require.Len(t, q.Groups, 4)
	require.Equal(t, "4 groups in place of 3.", c.Groups)
	require.LessOrEqual(t, q.Balance.GroupMax, q.Balance.GroupBound*1.1+1e-6)
	require.Less(t, len(c.Moved), 5)
	w.Slots.Count = 2
	q, c = after(t, p, inv, w)
	require.Len(t, q.Groups, 2)
	for _, m := range c.Moved {
		require.NotEmpty(t, m.Reason)
	}
}

func TestPiecesStayWhereTheyBalance(t *testing.T) {
	o := Defaults()
	tables := func(giant int64) analyze.Inventory {
		return inventory(plain("giant", giant), plain("a", 3<<30), plain("b", 2<<30), plain("c", 1<<20), plain("d", 1<<20))
	}
	p, err := Make(tables(100<<30), o, nil)
	require.NoError(t, err)
	q, c := after(t, p, tables(104<<30), o)
	require.Len(t, q.Items, len(p.Items))
	for i := range p.Items {
		require.Equal(t, p.Items[i].Range, q.Items[i].Range)
		require.Equal(t, p.Items[i].Tables, q.Items[i].Tables)
	}
	require.Contains(t, c.Items, "0 new, 0 gone")
	require.Less(t, q.Balance.LoadSeconds, q.Balance.LoadBound*1.1)

	_, c = after(t, p, tables(1000<<30), o)
	require.Contains(t, c.Items, "The load is cut anew: as before it would take ")

	// What cut a table before cannot any more.
	inv := tables(100 << 30)
	inv.Server.VersionNum, inv.Server.Version = 120020, "12.20"
	_, c = after(t, p, inv, o)
	require.NotEmpty(t, c.Items)
}

func TestPreviousPlanOfAnotherDatabase(t *testing.T) {
	o := Defaults()
	inv := hot(1, 2)
	p, err := Make(inv, o, nil)
	require.NoError(t, err)
	inv.Database.Name = "other"
	_, _, err = MakeAfter(p, inv, o, nil)
	require.ErrorAs(t, err, new(*PreviousError))
	require.ErrorContains(t, err, "is of the database shop, the inventory of other")
	inv.Database.Name = "shop"
	inv.Server.SystemIdentifier = "7300000000000000099"
	_, _, err = MakeAfter(p, inv, o, nil)
	require.ErrorContains(t, err, "system identifier")
	inv.Server.SystemIdentifier = "" // could not be read: nothing to compare
	_, _, err = MakeAfter(p, inv, o, nil)
	require.NoError(t, err)
}
