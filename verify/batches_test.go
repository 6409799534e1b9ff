package verify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// A table that is applied in batches has the one index that identifies its rows, and nothing else that refuses one.
func TestBatches(t *testing.T) {
	key := analyze.Index{Name: "orders_pkey", Unique: true, Primary: true, Valid: true, Ready: true, Immediate: true, KeyColumns: []string{"id", "part"}, Constraint: "orders_pkey"}
	plain := func(edit func(*analyze.Index)) analyze.Index {
		x := analyze.Index{Name: "extra", Unique: true, Valid: true, Ready: true, Immediate: true, KeyColumns: []string{"email"}, Definition: "CREATE UNIQUE INDEX extra …"}
		edit(&x)
		return x
	}
	none := func(*analyze.Index) {}
	with := func(indexes ...analyze.Index) []analyze.Table {
		return []analyze.Table{{Name: table1, Indexes: indexes}}
	}
	plan := func() planner.Plan {
		return planner.Plan{
			Tables: []planner.Table{{Name: table1, Handling: planner.Replicate, Group: 1, Key: []string{"part", "id"}}, {Name: table2, Handling: planner.Replicate, Group: 2, Key: []string{"id"}}},
			Groups: []planner.Group{{Number: 1, Slot: "s1", Tables: []analyze.Name{table1}, BatchApply: true}, {Number: 2, Slot: "s2", Tables: []analyze.Name{table2}}},
			DMS:    planner.DMS{Tasks: []planner.DMSTask{{Group: 1, LOBMaxKB: 32}, {Group: 2, Unlimited: []planner.DMSTable{{Name: table2}}}}},
		}
	}
	for name, c := range map[string]struct {
		there []analyze.Table
		edit  func(*planner.Plan)
		want  []string
		says  string
	}{
		"its key":               {there: with(key), want: []string{"pass s1"}},
		"an index that is none": {there: with(key, plain(func(x *analyze.Index) { x.Unique = false })), want: []string{"pass s1"}},
		"a unique index":        {there: with(key, plain(none)), want: []string{"fail public.orders"}, says: "unique index extra is on the target beside the key"},
		"partial":               {there: with(key, plain(func(x *analyze.Index) { x.Partial = true })), want: []string{"fail public.orders"}},
		"on an expression":      {there: with(key, plain(func(x *analyze.Index) { x.Expression, x.KeyColumns = true, []string{""} })), want: []string{"fail public.orders"}},
		"a constraint":          {there: with(key, plain(func(x *analyze.Index) { x.Constraint = "extra" })), want: []string{"fail public.orders"}, says: "unique constraint extra"},
		"checked at commit":     {there: with(key, plain(func(x *analyze.Index) { x.Immediate = false })), want: []string{"fail public.orders"}},
		"an exclusion": {there: with(key, plain(func(x *analyze.Index) { x.Unique, x.Exclusion, x.Constraint = false, true, "extra" })), want: []string{"fail public.orders"},
			says: "exclusion constraint extra"},
		"a build that failed": {there: with(key, plain(func(x *analyze.Index) { x.Valid = false })), want: []string{"fail public.orders"}, says: "not valid, and enforced all the same"},
		"the same key twice":  {there: with(key, plain(func(x *analyze.Index) { x.KeyColumns = []string{"id", "part"} })), want: []string{"fail public.orders"}},
		"deferred, and there": {there: with(key, plain(none)), edit: func(p *planner.Plan) {
			p.Deferred = []planner.Deferred{{Kind: planner.DeferIndex, Table: table1, Name: "extra"}}
		}, want: []string{"fail public.orders"}, says: "74-constraints.sh brings it back"},
		"deferred, and not there": {there: with(key), edit: func(p *planner.Plan) {
			p.Deferred = []planner.Deferred{{Kind: planner.DeferIndex, Table: table1, Name: "extra"}}
		}, want: []string{"pass s1"}},
		"no key":               {there: with(), want: []string{"fail public.orders"}, says: "nothing on the target identifies its rows by part, id"},
		"a key not valid":      {there: with(func() analyze.Index { x := key; x.Valid = false; return x }()), want: []string{"fail public.orders"}},
		"a key of other rows":  {there: with(func() analyze.Index { x := key; x.KeyColumns = []string{"id"}; return x }()), want: []string{"fail public.orders"}},
		"a key at commit":      {there: with(func() analyze.Index { x := key; x.Immediate = false; return x }()), want: []string{"fail public.orders"}},
		"identified elsewise":  {there: with(key, plain(none)), edit: func(p *planner.Plan) { p.Tables[0].Key = []string{"email"} }, want: []string{"fail public.orders"}, says: "unique constraint orders_pkey is on the target beside the key"},
		"no table":             {there: nil, want: []string{"unknown public.orders"}},
		"LOBs without a limit": {there: with(key), edit: func(p *planner.Plan) { p.DMS.Tasks[0].Unlimited = []planner.DMSTable{{Name: table1}} }, want: []string{"fail public.orders"}, says: "its LOBs are not limited"},
		"in the other group":   {there: append(with(key), analyze.Table{Name: table2, Indexes: []analyze.Index{plain(none)}}), want: []string{"pass s1"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan()
			if c.edit != nil {
				c.edit(&p)
			}
			got := judgeBatches(p, c.there)
			require.Equal(t, c.want, brief(got), said(got))
			require.Contains(t, said(got), c.says)
		})
	}
}
