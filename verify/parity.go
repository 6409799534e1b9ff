package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

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
	var counted []Result
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(e.Jobs)
	for _, batch := range e.batches(tables) {
		g.Go(func() error {
			var n [2][]tally
			both, bctx := errgroup.WithContext(gctx)
			for i, side := range []Side{Source, Target} {
				both.Go(func() (err error) {
					n[i], err = e.countRows(bctx, side, batch)
					return err
				})
			}
			if err := both.Wait(); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for i, t := range batch {
				counted = append(counted, judgeCounts(t, n[0][i], n[1][i]))
			}
			e.progress("G7-PARITY", len(counted), len(tables))
			return nil
		})
	}
	err := g.Wait()
	out := append(e.unchosen(), counted...)
	if e.State != nil && e.State.AheadAt != nil && slices.ContainsFunc(e.Plan.Deferred, func(d planner.Deferred) bool { return d.Kind == planner.DeferForeignKey }) {
		out = append(out, unknown("", "foreign keys were validated before the freeze, and do not look at what is applied: only equal values prove that it obeys them").
			hint("the same with --rows delta, which compares what has changed since the pause, or --rows checksum"))
	}
	return orNothing(out, "the plan copies no tables"), err
}

func judgeCounts(t planner.Table, source, target tally) Result {
	who := t.Name.String()
	refused := source.Refused
	if refused == nil || absent(target.Refused) {
		refused = target.Refused
	}
	have, want := target.Rows, source.Rows
	switch {
	case absent(refused):
		return fail(who, "the table is missing: %v", refused)
	case refused != nil:
		return notCounted(t.Name, refused)
	case want != have && t.Handling == planner.InsertsOnly:
		return fail(who, "the source has %d rows, the target %d: %s; its updates and deletes are not carried", want, have, difference(want, have)).
			hint("while both are frozen: empty it on the target and copy it again")
	case want != have:
		return fail(who, "the source has %d rows, the target %d: %s", want, have, difference(want, have))
	}
	return pass(who, "%s", analyze.Count(int(have), "row"))
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
