package verify

import (
	"context"
	"time"

	"github.com/pgcutover/pgcutover/planner"
)

// spanning is the second row of a marker table, which a transaction of 21-pause.sh wrote before the pause and committed after it, so that it is not in
// the copy and can have come only through the slot, as what began before the position and ended behind it.
type spanning struct {
	Source, Target string // tokens; empty: no row
	// Applied: the target is known to have what the source had right after the commit.
	Applied bool
}

func checkStraddlersArrived(ctx context.Context, e *Env) ([]Result, error) {
	if e.State == nil || e.State.Pause == nil {
		return nil, errNoPause
	}
	// What was in flight at the pause comes first, so it is worth a wait where changes have only just been let through.
	deadline := time.Now().Add(e.Patience)
	var out []Result
	for _, g := range e.Plan.Groups {
		x, err := e.probeSpanning(ctx, g)
		for err == nil && e.State.Straddled(g.Slot) != 0 && x.due() && time.Now().Before(deadline) {
			if err = pauseFor(ctx, min(e.Patience, 500*time.Millisecond)); err == nil {
				x, err = e.probeSpanning(ctx, g)
			}
		}
		if err == nil && x.lost() { // batches may apply the rows of one table in more than one transaction
			if err = pauseFor(ctx, max(e.Settle, time.Second)); err == nil {
				x, err = e.probeSpanning(ctx, g)
			}
		}
		if err != nil {
			return out, err
		}
		out = append(out, e.judgeSpanning(g, x))
	}
	return orNothing(out, noGroups), nil
}

func (e *Env) probeSpanning(ctx context.Context, g planner.Group) (x spanning, err error) {
	// Whether the target has what came later is asked first: what arrives between the questions is then no loss.
	if after := e.State.Straddled(g.Slot); after != 0 {
		if x.Applied, err = e.applied(ctx, g.Marker, after.String()); err != nil {
			return x, err
		}
	}
	for side, token := range map[Side]*string{Source: &x.Source, Target: &x.Target} {
		rows, err := query[struct{ Token string }](ctx, e, side, "select token from "+g.Marker.SQL()+" where id = 2")
		if err != nil && !absent(err) {
			return x, err
		}
		if len(rows) == 1 {
			*token = rows[0].Token
		}
	}
	return x, nil
}

// due: it is on its way, or lost, and which is not known yet.
func (x spanning) due() bool { return !x.Applied && x.Source != "" && x.Source != x.Target }

func (x spanning) lost() bool { return x.Applied && x.Source != "" && x.Source != x.Target }

func (e *Env) judgeSpanning(g planner.Group, x spanning) Result {
	behind := e.State.Straddled(g.Slot)
	const compare = "verify --check rows --rows delta compares the rows of all that were in flight"
	var r Result
	switch {
	case x.Source == "created" && behind == 0: // 21-pause.sh could not, because the replica lagged, and said so
		return warn(g.Slot, "the pause left no transaction of its own across it, so that such transactions arrive is not proven by one").hint(compare)
	case x.Source == "" || x.Source == "created" || behind == 0:
		return unknown(g.Slot, "the pause left no transaction of its own across it, so whether such transactions arrive cannot be told").hint(compare)
	case x.Source == x.Target:
		r = pass(g.Slot, "the transaction that was in flight at the pause is there")
	case x.Applied:
		r = fail(g.Slot, "a transaction that began before %s and committed after it is missing, and what was committed later is there: what was in flight at the pause is lost", e.State.Start(g.Slot)).
			hint("look at the position that the slot was read from (G4-START, G4-TRIM, G4-ORIGIN); then 80-recovery/82-restart-slot.sh %s", g.Slot)
	default:
		r = unknown(g.Slot, "the transaction that was in flight at the pause is not there, and the target is not known to have what the source had right after it").
			hint("wait until change data capture has come past %s; the marker tells: in psql on the source: %s;", behind, e.touch(g.Marker))
	}
	return r.with("of the source", x.Source, "of the target", x.Target, "committed before", behind)
}
