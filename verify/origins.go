package verify

import (
	"context"
)

// startOf is where a slot's changes begin that are not in the copy.
func (e *Env) startOf(slot string) LSN {
	if e.snapshots() {
		if e.State == nil {
			return 0
		}
		return e.State.Slots[slot].ConsistentPoint
	}
	return e.State.Start(slot)
}

// judgeStarts judges, group by group, what has to stand where the copy ends: judge is asked about those that are there and have not begun at an
// earlier pause, gone about those that are not.
func (e *Env) judgeStarts(what string, at map[string]LSN, gone func(slot string) Result, judge func(slot string, at, start LSN) Result) []Result {
	var out []Result
	for _, g := range e.Plan.Groups {
		stands, there := at[g.Slot]
		start := e.startOf(g.Slot)
		var r Result
		switch {
		case !there:
			r = gone(g.Slot)
		case start == 0:
			r = unknown(g.Slot, "state.json does not say where it starts")
		case e.State.Earlier(g.Slot):
			r = skip(g.Slot, "it started at %s, at an earlier pause, and has gone on since", start)
		default:
			r = judge(g.Slot, stands, start)
		}
		out = append(out, r.with(what, stands, "copy ends at", start))
	}
	return orNothing(out, noGroups)
}

// probeOrigins reads how far the target's subscriptions are, by name; those that have no position are missing.
func probeOrigins(ctx context.Context, e *Env) (map[string]LSN, error) {
	rows, err := query[struct{ Name, At string }](ctx, e, Target, `select s.subname::text as name, o.remote_lsn::text as at
		from pg_subscription s join pg_replication_origin_status o on o.external_id = 'pg_' || s.oid
		where s.subname = any($1) and s.subdbid = (select oid from pg_database where datname = current_database())`, e.slotNames())
	out := map[string]LSN{}
	for _, r := range rows {
		out[r.Name] = lsn(&r.At)
	}
	return out, err
}

func checkOrigins(ctx context.Context, e *Env) ([]Result, error) {
	subs, err := probeSubscriptions(ctx, e, Target)
	if err != nil {
		return nil, err
	}
	stands, err := probeOrigins(ctx, e)
	if err != nil {
		return nil, err
	}
	at := map[string]LSN{}
	for name := range subs {
		at[name] = stands[name]
	}
	gone := func(slot string) Result { return unasked(slot, "there is no subscription: see G4-SUB") }
	return e.judgeStarts("origin", at, gone, func(slot string, at, start LSN) Result {
		switch {
		case at == 0:
			return fail(slot, "its origin has no position: the source would begin where the slot was made, and repeat what the copy holds")
		case at < start:
			return fail(slot, "its origin stands at %s, before %s where the copy ends: what lies between would come again", at, start)
		case at > start:
			return fail(slot, "its origin stands at %s, past %s where the copy ends: what lies between would be missing without an error", at, start)
		}
		return pass(slot, "at %s, where the copy ends", start)
	}), nil
}

func checkSlotsUnmoved(ctx context.Context, e *Env) ([]Result, error) {
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	at := map[string]LSN{}
	for name, s := range slots {
		at[name] = s.Confirmed
	}
	gone := func(slot string) Result { return fail(slot, "the slot does not exist") }
	return e.judgeStarts("confirmed_flush_lsn", at, gone, func(slot string, at, start LSN) Result {
		switch s := slots[slot]; {
		case s.Plugin != e.plugin():
			return fail(slot, "its output plugin is %s, and %s is read here", s.Plugin, e.plugin())
		case s.Active:
			return fail(slot, "somebody reads from it now").hint("find the reader in pg_stat_replication of the source")
		case at > start:
			return fail(slot, "it has been read up to %s, past %s where the copy ends: what lies between would be missing without an error", at, start)
		}
		return pass(slot, "confirmed_flush_lsn %s is not after %s", at, start)
	}), nil
}
