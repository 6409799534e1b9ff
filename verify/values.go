package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/parity"
)

// parityServer is a side as the comparison of rows asks it.
type parityServer struct {
	e    *Env
	side Side
}

// Rows runs a statement. Unprepared: each is run once, with its values in its text, so that it is planned for them.
func (s parityServer) Rows(ctx context.Context, sql string, scan func(pgx.Rows) error) error {
	return s.e.session(ctx, s.side, func(conn Session) error {
		rows, err := conn.Query(ctx, sql, pgx.QueryExecModeExec)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// checkValues compares every value of every row of the replica with the target's, both standing still.
func checkValues(ctx context.Context, e *Env, tables []planner.Table, sent map[analyze.Name]int64) ([]Result, error) {
	var out []Result
	progress, err := e.openProgress()
	if err != nil {
		return nil, err
	}
	if progress != nil && progress.Stale != "" {
		out = append(out, warn("resume", "nothing of %s was used: %s", e.Resume, progress.Stale))
	}
	run := ctx
	if e.Budget > 0 {
		var cancel context.CancelFunc
		run, cancel = context.WithTimeout(ctx, e.Budget)
		defer cancel()
	}
	var outcomes []parity.Outcome
	err = parity.Compare(run, parityServer{e, Replica}, parityServer{e, Target}, asked(tables), parity.Options{
		Jobs: e.Jobs, Show: e.Show, List: e.List, PieceBytes: e.PieceBytes, Progress: progress,
		Report: func(done, total int64) {
			if e.Compared != nil {
				e.Compared("G3-ROWS", done, total)
			}
		},
	}, func(o parity.Outcome) { outcomes = append(outcomes, o) })
	err = errors.Join(err, progress.Close())
	if err != nil && run.Err() != nil && ctx.Err() == nil { // not even the servers' versions were asked in time
		err = fmt.Errorf("the budget of %s was over before a table was compared", e.Budget)
	}
	// What was read counts only if the replica stood still all the while.
	moved, moveErr := replicaAtPause(ctx, e)
	if moveErr != nil {
		return out, errors.Join(err, moveErr)
	}
	if moved != "" {
		return append(out, unknown("replica", "rows were compared, but the replica did not stand still until the end: %s", moved).
			hint("pause it, load again, and compare before it is resumed; afterwards --rows delta compares what changed since")), err
	}
	before := 0
	for _, o := range outcomes {
		e.list(o, nil)
		out = append(out, e.judgeValues(o, sent))
		before += o.Before
	}
	if before > 0 {
		out = append(out, pass("resume", "%s were equal in an earlier run, by %s, and their tables were not written to since", analyze.Count(before, "piece"), e.Resume))
	}
	return out, err
}

func asked(tables []planner.Table) []parity.Table {
	out := make([]parity.Table, len(tables))
	for i, t := range tables {
		out[i] = parity.Table{Name: t.Name, Key: t.Key}
		for _, c := range t.Columns {
			out[i].Columns = append(out[i].Columns, c.Name)
		}
	}
	return out
}

// openProgress opens the file that remembers, bound to what is compared.
func (e *Env) openProgress() (*parity.Progress, error) {
	if e.Resume == "" {
		return nil, nil
	}
	to, err := e.server(Target)
	if err != nil {
		return nil, err
	}
	p := e.State.Pause
	return parity.OpenProgress(e.Resume, parity.Binding{
		Plan: e.Fingerprint, PauseLSN: p.LSN.String(), StartedAt: p.PostmasterStartTime.UTC().Format(time.RFC3339Nano),
		SourceSystem: p.SystemIdentifier, TargetSystem: to.SystemIdentifier, TargetDatabase: to.Database,
	})
}

// judgeValues says what the comparison of a table's values came to.
func (e *Env) judgeValues(o parity.Outcome, sent map[analyze.Name]int64) Result {
	who := o.Table.String()
	ledger, known := sent[o.Table]
	rows := analyze.Count(int(o.Rows[1]), "row")
	switch {
	case o.Differs():
		r := fail(who, "%s%s", e.differences(o, "replica"), e.unfinished(o)).hint("%s", mend)
		if o.Sums[0] != "" {
			r = r.with("replica", o.Sums[0], "target", o.Sums[1])
		}
		return r
	case errors.Is(o.Err, parity.ErrNoTable):
		return fail(who, "the table is not on the target").hint("30-target/32-schema.sh creates it")
	case errors.Is(o.Err, parity.ErrNoColumn):
		return fail(who, "%v", o.Err).hint("30-target/32-schema.sh creates them")
	case denied(o.Err):
		return unknown(who, "%s", o.Err).hint("grant select on table %s to the role", o.Table.SQL())
	case o.Err != nil:
		return unknown(who, "%s", o.Err).hint("run it again%s", e.again())
	case o.Restless:
		return unknown(who, "it was not the same when it was read again: something writes to it on the target").hint("find out what writes to the target, then run it again")
	case o.Done < o.Pieces:
		return unknown(who, "%s", strings.TrimPrefix(e.unfinished(o), "; ")).hint("run it again with more time%s", e.again())
	case len(o.Doubtful) > 0:
		return unknown(who, "%s, equal but for %s: the two versions may write values of such types differently", rows, displayed(o.Doubtful)).
			hint("compare these columns by what the extension can compare: values, not text")
	case known && ledger != o.Rows[0]:
		return fail(who, "the replica has %s, the load sent %d", rows, ledger).hint(resent)
	case len(o.Left) > 0:
		return warn(who, "%s, equal by checksum; the target does not have what the source generates: %s", rows, displayed(o.Left))
	}
	r := pass(who, "%s, equal by checksum", rows)
	if o.Sums[0] != "" {
		r = r.with("checksum", o.Sums[0])
	}
	return r
}

// again reminds of what makes the next run shorter.
func (e *Env) again() string {
	if e.Resume == "" {
		return ", and with --resume FILE, which remembers what was equal"
	}
	return ": what was equal is remembered"
}

func (e *Env) unfinished(o parity.Outcome) string {
	if o.Done >= o.Pieces {
		return ""
	}
	why := "it was interrupted"
	if e.Budget > 0 {
		why = fmt.Sprintf("the budget of %s was over", e.Budget)
	}
	return fmt.Sprintf("; compared %d of %s, then %s", o.Done, analyze.Count(o.Pieces, "piece"), why)
}

func displayed(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = analyze.Display(n)
	}
	return analyze.Some(out, 10)
}

// differences counts the rows that differ and names them; from is what the target is compared with.
func (e *Env) differences(o parity.Outcome, from string) string {
	var b strings.Builder
	all := o.Missing + o.Extra + o.Different
	if o.AtLeast {
		b.WriteString("at least ")
	}
	fmt.Fprintf(&b, "%s differ", analyze.Count(int(all), "row"))
	if all == 1 {
		b.WriteString("s")
	}
	var parts []string
	for _, k := range []struct {
		n    int64
		what string
	}{{o.Missing, "missing on the target"}, {o.Extra, "too many on the target"}, {o.Different, "with other values"}} {
		if k.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", k.n, k.what))
		}
	}
	fmt.Fprintf(&b, " (the %s has %s, the target %d): %s", from, analyze.Count(int(o.Rows[0]), "row"), o.Rows[1], strings.Join(parts, ", "))
	for _, r := range o.Found {
		b.WriteString("\n" + e.rowText(r, from))
	}
	if n := all - int64(len(o.Found)); n > 0 && len(o.Found) > 0 {
		fmt.Fprintf(&b, "\nand %s more", map[bool]string{true: "at least ", false: ""}[o.AtLeast]+fmt.Sprint(n))
	}
	return b.String()
}

// rowText names a row: what is the matter, its key where that may be shown, where it is, and which columns differ. Never a value.
func (e *Env) rowText(r parity.Row, from string) string {
	var key, at []string
	for _, v := range r.Key {
		text := "…"
		if e.Keys == KeysAll || e.Keys == KeysPlain && v.Plain {
			text = cutText(v.Text)
		}
		key = append(key, analyze.Display(v.Column)+" = "+text)
	}
	for i, side := range []string{from, "target"} {
		if r.CTID[i] != "" {
			at = append(at, r.CTID[i]+" of the "+side)
		}
	}
	out := string(r.Kind) + ": "
	switch {
	case len(key) > 0 && len(at) > 0:
		out += strings.Join(key, ", ") + ", at " + strings.Join(at, " and ")
	case len(at) > 0:
		out += "at " + strings.Join(at, " and ")
	default:
		out += cmp.Or(strings.Join(key, ", "), "a row that could not be found again")
	}
	if len(r.Columns) > 0 {
		out += ": " + displayed(r.Columns)
	}
	return out
}

// cutText keeps a value on one line, and short.
func cutText(s string) string {
	s = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
