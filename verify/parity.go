package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/parity"
)

// checkParity compares the frozen source with the drained target.
func checkParity(ctx context.Context, e *Env) ([]Result, error) {
	if e.Rows == RowsDelta {
		return checkDelta(ctx, e, "G7-PARITY")
	}
	var tables []planner.Table
	for _, t := range e.chosen(e.Plan.Tables) {
		if t.Handling.Arrives() {
			tables = append(tables, t)
		}
	}
	slices.SortStableFunc(tables, func(a, b planner.Table) int { return cmp.Compare(b.Bytes, a.Bytes) })
	if e.Rows == RowsChecksum {
		return e.compareFrozen(ctx, tables)
	}
	counted := make([]Result, len(tables))
	var done atomic.Int64
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(e.Jobs)
	for i, t := range tables {
		g.Go(func() error {
			var n [2]int64
			both, bctx := errgroup.WithContext(gctx)
			var denial error
			var mu sync.Mutex
			for j, side := range []Side{Source, Target} {
				both.Go(func() error {
					r, err := queryOne[struct{ N int64 }](bctx, e, side, "select count(*) as n from only "+t.Name.SQL())
					if denied(err) || absent(err) {
						mu.Lock()
						denial = err
						mu.Unlock()
						return nil
					}
					n[j] = r.N
					return err
				})
			}
			if err := both.Wait(); err != nil {
				return fmt.Errorf("counting %s: %w", t.Name, err)
			}
			counted[i] = judgeCounts(t, n, denial)
			e.progress("G7-PARITY", int(done.Add(1)), len(tables))
			return nil
		})
	}
	err := g.Wait()
	out := append(e.unchosen(), slices.DeleteFunc(slices.Clone(counted), func(r Result) bool { return r.Status == "" })...)
	if e.State != nil && e.State.AheadAt != nil && slices.ContainsFunc(e.Plan.Deferred, func(d planner.Deferred) bool { return d.Kind == planner.DeferForeignKey }) {
		out = append(out, unknown("", "foreign keys were validated before the freeze, and do not look at what is applied: only equal values prove that it obeys them").
			hint("the same with --rows delta, which compares what has changed since the pause, or --rows checksum"))
	}
	return orNothing(out, "the plan copies no tables"), err
}

func judgeCounts(t planner.Table, n [2]int64, denial error) Result {
	who := t.Name.String()
	switch {
	case denial != nil && absent(denial):
		return fail(who, "the table is missing: %v", denial)
	case denial != nil:
		return unknown(who, "%v", denial).hint("grant select on table %s to the role", t.Name.SQL())
	case n[0] != n[1] && t.Handling == planner.InsertsOnly:
		return fail(who, "the source has %d rows, the target %d: %s; its updates and deletes are not carried", n[0], n[1], difference(n[0], n[1])).
			hint("while both are frozen: empty it on the target and copy it again")
	case n[0] != n[1]:
		return fail(who, "the source has %d rows, the target %d: %s", n[0], n[1], difference(n[0], n[1]))
	}
	return pass(who, "%s", analyze.Count(int(n[1]), "row"))
}

// compareFrozen compares every value of source and target.
func (e *Env) compareFrozen(ctx context.Context, tables []planner.Table) ([]Result, error) {
	run := ctx
	if e.Budget > 0 {
		var cancel context.CancelFunc
		run, cancel = context.WithTimeout(ctx, e.Budget)
		defer cancel()
	}
	out := e.unchosen()
	err := parity.Compare(run, parityServer{e, Source}, parityServer{e, Target}, asked(tables), parity.Options{
		Jobs: e.Jobs, Show: e.Show, List: e.List, PieceBytes: e.PieceBytes,
		Report: func(done, total int64) {
			if e.Compared != nil {
				e.Compared("G7-PARITY", done, total)
			}
		},
	}, func(o parity.Outcome) {
		e.list(o, nil)
		if o.Differs() {
			out = append(out, fail(o.Table.String(), "%s%s", e.differences(o, "source"), e.unfinished(o)))
			return
		}
		out = append(out, e.judgeValues(o, nil))
	})
	if err != nil && run.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("the budget of %s was over before a table was compared", e.Budget)
	}
	return orNothing(out, "the plan copies no tables"), err
}
