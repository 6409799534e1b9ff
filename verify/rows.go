package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// rowCount is how many rows each side says a table has.
type rowCount struct {
	Table   analyze.Name
	Replica *int64 // nil: the replica is not at the pause LSN any more
	Target  *int64 // nil: the table is not there
	Ledger  *int64 // rows that the load sent; nil: not in the ledger
	Months  []month
	Refused error // why it could not be counted, by the server
}

// month is a month of a sampled table: [From, To).
type month struct {
	From, To        string // dates
	Replica, Target int64
}

// sampledMonths is how many months of a large table are counted: the first, the last and others evenly between.
const sampledMonths = 6

func checkRows(ctx context.Context, e *Env) ([]Result, error) {
	if e.Rows == RowsDelta {
		return checkDelta(ctx, e, "G3-ROWS")
	}
	l, err := probeLedger(ctx, e)
	if err != nil {
		return nil, err
	}
	sent := l.sent(e.Plan.Groups)
	if e.snapshots() {
		return checkSnapshotRows(ctx, e, sent)
	}
	still, err := replicaAtPause(ctx, e)
	if err != nil {
		return nil, err
	}
	var tables []planner.Table
	out := e.unchosen()
	for _, t := range e.chosen(e.Plan.Tables) {
		switch {
		case !t.Handling.Copied():
		case t.Group > 0 && t.Group <= len(e.Plan.Groups) && e.State.Earlier(e.Plan.Groups[t.Group-1].Slot):
			out = append(out, skip(t.Name.String(), "its slot started at an earlier pause than the last: the target may have changes since"))
		default:
			tables = append(tables, t)
		}
	}
	// Largest first: the last to end is then a small one.
	slices.SortStableFunc(tables, func(a, b planner.Table) int { return cmp.Compare(b.Bytes, a.Bytes) })
	if e.Rows == RowsChecksum && still == "" {
		results, err := checkValues(ctx, e, tables, sent)
		if out = append(out, results...); err != nil {
			return out, err
		}
		return orNothing(out, "the plan copies no tables"), nil
	}
	counts := make([]*rowCount, len(tables))
	var done atomic.Int64
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(e.Jobs)
	next := 0
	for _, batch := range e.batches(tables) {
		to := counts[next : next+len(batch)]
		next += len(batch)
		g.Go(func() error {
			counted, err := e.count(gctx, batch, still == "", sent)
			if err != nil {
				return err
			}
			for i := range counted {
				to[i] = &counted[i]
			}
			e.progress("G3-ROWS", int(done.Add(int64(len(batch)))), len(tables))
			return nil
		})
	}
	countErr := g.Wait()
	if still == "" {
		// What was counted on the replica counts only if it stood still all the while.
		now, err := replicaAtPause(ctx, e)
		if err != nil && countErr == nil {
			countErr = err
		}
		if now != "" || err != nil {
			still = cmp.Or(now, "whether it stood still while rows were counted is not known")
			for _, c := range counts {
				if c != nil {
					c.Replica, c.Months = nil, nil
				}
			}
		}
	}
	for _, c := range counts {
		if c != nil {
			out = append(out, c.judge())
		}
	}
	out = append(out, judgeMethod(e.Rows, still, counts)...)
	if countErr != nil {
		return out, countErr
	}
	return orNothing(out, "the plan copies no tables"), nil
}

// sent sums the rows that the load read from each table. Of a table that was loaded again when its group was restarted, the
// last load counts.
func (l ledger) sent(groups []planner.Group) map[analyze.Name]int64 {
	out := map[analyze.Name]int64{}
	void := map[analyze.Name]bool{}
	again := map[analyze.Name]bool{}
	for id, it := range l.Items {
		if restartOf(groups, id) != nil {
			for _, t := range it.Tables {
				again[t.Name] = true
			}
		}
	}
	for id, it := range l.Items {
		for _, t := range it.Tables {
			if again[t.Name] && restartOf(groups, id) == nil {
				continue
			}
			if it.State != "done" || t.Sent == nil {
				void[t.Name] = true // a part is missing: the sum says nothing
				continue
			}
			out[t.Name] += *t.Sent
		}
	}
	for n := range void {
		delete(out, n)
	}
	return out
}

// replicaAtPause says why rows cannot be compared with the replica; empty: they can.
func replicaAtPause(ctx context.Context, e *Env) (string, error) {
	r, ok := e.missing("", Replica)
	switch {
	case !ok:
		return r.Detail, nil
	case e.State == nil || e.State.Pause == nil:
		return "state.json has no pause", nil
	}
	now, err := probeServer(ctx, e, Replica)
	if err != nil {
		return "", err
	}
	if !now.InRecovery {
		return "it is no standby any more", nil
	}
	paused, err := askPaused(ctx, e, now)
	if err != nil {
		return "", err
	}
	p := e.State.Pause
	switch {
	case !sameInstant(p.PostmasterStartTime, now.StartTime):
		return "it was restarted since the pause", nil
	case now.Replay != p.LSN:
		return fmt.Sprintf("it stands at %s, not at the pause LSN %s any more", now.Replay, p.LSN), nil
	case !paused:
		return "it is not paused any more", nil
	}
	return "", nil
}

// samples reports whether of a table only some months are counted, where it has any.
func (e *Env) samples(t planner.Table) bool {
	return e.Rows == RowsSample && t.Bytes >= e.SampleFrom && t.TimeColumn != ""
}

// count counts one of the batches on both sides at once.
func (e *Env) count(ctx context.Context, batch []planner.Table, replica bool, sent map[analyze.Name]int64) ([]rowCount, error) {
	out := make([]rowCount, len(batch))
	for i, t := range batch {
		out[i].Table = t.Name
		if n, ok := sent[t.Name]; ok {
			out[i].Ledger = &n
		}
	}
	if t := batch[0]; e.samples(t) && replica { // it is alone
		ok, err := e.sample(ctx, t, &out[0])
		if err != nil {
			return nil, fmt.Errorf("counting %s: %w", t.Name, err)
		}
		if ok {
			return out, nil
		}
	}
	var here, there []tally
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		there, err = e.countRows(gctx, Target, batch)
		return err
	})
	if replica {
		g.Go(func() (err error) {
			here, err = e.countRows(gctx, Replica, batch)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i := range there {
		if x := there[i]; x.Refused == nil {
			out[i].Target = &x.Rows
		} else if !absent(x.Refused) { // else there is no count
			out[i].Refused = x.Refused
		}
	}
	note(out, here)
	return out, nil
}

// note adds what was counted where the rows come from, which has every table.
func note(counts []rowCount, here []tally) {
	for i, x := range here {
		switch {
		case x.Refused == nil:
			counts[i].Replica = &x.Rows
		case counts[i].Target != nil: // a table that the target lacks is missing, whatever it is there
			counts[i].Refused = x.Refused
		}
	}
}

// sample counts some months of a table on both sides, one statement each, or notes why a server does not. ok is false for a table without months: one
// that is empty or has no finite time.
func (e *Env) sample(ctx context.Context, t planner.Table, c *rowCount) (ok bool, err error) {
	column := analyze.Ident(t.TimeColumn)
	span, err := queryOne[struct{ First, Last *time.Time }](ctx, e, Replica,
		fmt.Sprintf(`select date_trunc('month', min(%[1]s)::timestamp)::date as first, date_trunc('month', max(%[1]s)::timestamp)::date as last
			from only %[2]s where isfinite(%[1]s)`, column, t.Name.SQL()))
	switch {
	case ofStatement(err):
		c.Refused = err
		return true, nil
	case err != nil || span.First == nil || span.Last == nil:
		return false, err
	}
	c.Months = spread(*span.First, *span.Last)
	parts, ranges := make([]string, len(c.Months)), make([]string, len(c.Months))
	for i, m := range c.Months {
		ranges[i] = fmt.Sprintf("%[1]s >= '%[2]s' and %[1]s < '%[3]s'", column, m.From, m.To)
		parts[i] = "count(*) filter (where " + ranges[i] + ")"
	}
	sql := fmt.Sprintf("select array[%s] as n from only %s where %s", strings.Join(parts, ", "), t.Name.SQL(), "("+strings.Join(ranges, ") or (")+")")
	counts := map[Side][]int64{}
	var mu sync.Mutex
	missing := false
	g, gctx := errgroup.WithContext(ctx)
	for _, side := range []Side{Replica, Target} {
		g.Go(func() error {
			r, err := queryOne[struct{ N []int64 }](gctx, e, side, sql)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case absent(err) && side == Target:
				missing = true
			case ofStatement(err):
				c.Refused = err
			case err != nil:
				return err
			default:
				counts[side] = r.N
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return false, err
	}
	if len(counts) < 2 {
		c.Months = nil
		if missing { // whatever it is on the replica
			c.Refused = nil
		}
		return true, nil
	}
	for i := range c.Months {
		c.Months[i].Replica, c.Months[i].Target = counts[Replica][i], counts[Target][i]
	}
	return true, nil
}

// spread picks at most sampledMonths months between two first days of months, both ends included.
func spread(first, last time.Time) []month {
	const n = sampledMonths
	all := (last.Year()-first.Year())*12 + int(last.Month()-first.Month()) + 1
	var out []month
	for i := range min(n, all) {
		at := i
		if all > n {
			at = i * (all - 1) / (n - 1)
		}
		from := first.AddDate(0, at, 0)
		out = append(out, month{From: from.Format(time.DateOnly), To: from.AddDate(0, 1, 0).Format(time.DateOnly)})
	}
	return out
}

const mend = "see what removed, added or changed rows on the target; to load the table again, empty the target and start the load over"

const resent = "the replica moved during the load, or an item was copied twice: load again into an empty target"

func (c rowCount) judge() Result { return c.judgeFrom("replica") }

// judgeFrom is judge for rows that were counted elsewhere than on the replica.
func (c rowCount) judgeFrom(side string) Result {
	who := c.Table.String()
	switch {
	case c.Refused != nil:
		return notCounted(c.Table, c.Refused)
	case len(c.Months) > 0:
		for _, m := range c.Months {
			if m.Replica != m.Target {
				return fail(who, "of %s to %s the replica has %d rows, the target %d: %s", m.From, m.To, m.Replica, m.Target, difference(m.Replica, m.Target)).hint("%s", mend)
			}
		}
		return pass(who, "equal in %s", analyze.Count(len(c.Months), "sampled month"))
	case c.Target == nil:
		return fail(who, "the table is not on the target").hint("30-target/32-schema.sh creates it")
	case c.Replica != nil && *c.Replica != *c.Target:
		return fail(who, "the %s has %d rows, the target %d: %s", side, *c.Replica, *c.Target, difference(*c.Replica, *c.Target)).hint("%s", mend)
	case c.Replica != nil && c.Ledger != nil && *c.Ledger != *c.Replica:
		return fail(who, "the %s has %d rows, the load sent %d", side, *c.Replica, *c.Ledger).hint(resent)
	case c.Replica != nil:
		return pass(who, "%s", analyze.Count(int(*c.Target), "row"))
	case c.Ledger == nil:
		return unknown(who, "%s on the target, and nothing to compare them with", analyze.Count(int(*c.Target), "row"))
	case *c.Ledger != *c.Target:
		return fail(who, "the load sent %d rows, the target has %d: %s", *c.Ledger, *c.Target, difference(*c.Ledger, *c.Target)).hint("%s", mend)
	}
	return pass(who, "%s, as many as the load sent", analyze.Count(int(*c.Target), "row"))
}

func difference(want, have int64) string {
	if have < want {
		return analyze.Count(int(want-have), "row") + " missing"
	}
	return analyze.Count(int(have-want), "row") + " too many"
}

// judgeMethod says how rows were compared, and what that leaves open.
func judgeMethod(mode RowsMode, moved string, counts []*rowCount) []Result {
	var out []Result
	if moved != "" {
		out = append(out, unknown("replica", "rows were compared with what the load sent, not with the replica: %s", moved).
			hint("only while the replica stands at the pause LSN can both sides be compared exactly"))
	}
	sampled := 0
	for _, c := range counts {
		if c != nil && len(c.Months) > 0 {
			sampled++
		}
	}
	if mode == RowsSample && sampled > 0 {
		out = append(out, warn("sample", "of %s only some months were counted: equal months prove nothing about the others", analyze.Count(sampled, "large table")).
			hint("--rows exact counts everything"))
	}
	return out
}
