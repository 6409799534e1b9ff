package verify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// backlog is how far a slot's reader is behind.
type backlog struct {
	Slot string
	// Behind is from what the reader has confirmed to the source's insert LSN, in bytes, at two looks; Seconds is the time between them.
	Behind  [2]int64
	Seconds float64
	Read    int64    // bytes that the reader confirmed between the looks
	Marker  *float64 // seconds since the marker of the source was written, if the target does not have it yet; nil: it has
	Known   bool
	Silent  bool // the reader may confirm nothing for a while although it has applied everything: AWS DMS
}

// smallBacklog is what a subscriber is behind at any moment: it confirms now and then. The plan's estimate of the drain rests on it.
const smallBacklog = planner.ReadyBytes

// dmsPause is the time between two looks at what AWS DMS has confirmed: it confirms now and then, not with every transaction.
const dmsPause = 20 * time.Second

// place is how far a slot's reader is.
type place struct {
	Slot      string
	Behind    *int64
	Confirmed *string
}

func checkLag(ctx context.Context, e *Env) ([]Result, error) {
	var looks [2]map[string]place
	var at [2]time.Time
	who, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	for i := range looks {
		if i > 0 {
			apart := e.Settle
			if !e.native() && slices.ContainsFunc(e.Plan.Groups, func(g planner.Group) bool { b := looks[0][g.Slot].Behind; return b != nil && *b > smallBacklog }) {
				apart = max(apart, dmsPause)
			}
			if err := pauseFor(ctx, apart); err != nil {
				return nil, err
			}
		}
		rows, err := query[place](ctx, e, Source, walNames(who.VersionNum, `select slot_name::text as slot, (pg_current_wal_insert_lsn() - confirmed_flush_lsn)::int8 as behind,
			confirmed_flush_lsn::text as confirmed from pg_replication_slots where slot_name = any($1)`), e.slotNames())
		if err != nil {
			return nil, err
		}
		looks[i], at[i] = map[string]place{}, time.Now()
		planned := e.plannedSlots()
		for _, r := range rows {
			if r.Behind != nil {
				looks[i][planned[r.Slot]] = r
			}
		}
	}
	markers, err := probeMarkers(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		b := backlog{Slot: g.Slot, Seconds: at[1].Sub(at[0]).Seconds(), Silent: !e.native()}
		first, known := looks[0][g.Slot]
		second, still := looks[1][g.Slot]
		if known && still {
			b.Behind, b.Known = [2]int64{*first.Behind, *second.Behind}, true
			b.Read = int64(lsn(second.Confirmed)) - int64(lsn(first.Confirmed)) // positions of one log, and a slot never goes back
		}
		if m := markers[g.Slot]; m.Source != m.Target {
			b.Marker = &m.Age
		}
		r := b.judge()
		if !b.Known && e.full() {
			r = e.noSlot(g.Slot)
			if b.Marker == nil {
				r = warn(g.Slot, "which slot its task reads is not known; the last marker has arrived").hint("see G5-LATENCY for how far it is behind")
			}
		}
		out = append(out, r)
	}
	return orNothing(out, noGroups), nil
}

func (b backlog) judge() Result {
	if !b.Known {
		return unasked(b.Slot, slotGone)
	}
	faster := float64(b.Behind[0]-b.Behind[1]) / max(b.Seconds, 0.001)
	written := b.Behind[1] - b.Behind[0] + b.Read
	age := ""
	if b.Marker != nil {
		age = fmt.Sprintf("; a marker of %.0f s ago has not arrived yet", *b.Marker)
	}
	var r Result
	switch {
	case b.Behind[1] <= smallBacklog && (b.Marker == nil || *b.Marker < planner.ReadySeconds):
		r = pass(b.Slot, "%s behind%s", analyze.Bytes(b.Behind[1]), age)
	case b.Behind[1] <= smallBacklog:
		r = fail(b.Slot, "%s behind%s: what reads the slot does not apply it", analyze.Bytes(b.Behind[1]), age)
	case b.Silent && b.Read == 0 && b.Marker == nil:
		r = warn(b.Slot, "%s behind, and nothing confirmed within %.0f s; the last marker has arrived", analyze.Bytes(b.Behind[1]), b.Seconds).
			hint("AWS DMS may confirm late what is of no concern to it: see G5-LATENCY, or move the marker on the source and look again; one that never moves keeps the WAL")
	case b.Silent && faster <= 0 && 2*b.Read > written: // it confirms in steps, so that two looks tell no more than this
		r = warn(b.Slot, "%s behind, and reads about as fast as the source writes%s", analyze.Bytes(b.Behind[1]), age).hint("see G5-LATENCY for whether it catches up, or look again")
	case faster <= 0:
		r = fail(b.Slot, "%s behind, and no less than %.0f s before%s", analyze.Bytes(b.Behind[1]), b.Seconds, age).hint("look again in a minute: a large transaction counts only when it is committed; else it does not catch up at all: a quieter time; a faster target or replication instance; fewer indexes on what changes most; more slots (slots.count) from a new pause on, by 80-recovery/83-full-restart.sh")
	default:
		r = warn(b.Slot, "%s behind; at this pace it has caught up in %s%s", analyze.Bytes(b.Behind[1]), planner.Span(float64(b.Behind[1])/faster), age).hint("wait")
	}
	return r.with("bytes behind", b.Behind[1], "before", b.Behind[0], "seconds between", fmt.Sprintf("%.1f", b.Seconds))
}
