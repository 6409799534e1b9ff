package verify

import (
	"context"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// held is what a slot keeps from being cleaned up on the source while its changes are applied.
type held struct {
	Restart, Insert LSN    // the WAL between them is kept; Restart zero: the server has given the slot up
	KeepSize        int64  // max_slot_wal_keep_size in bytes; negative: no limit
	Free            *int64 // of the source's disk; nil: not known
	Planned         bool   // Free is reckoned from what the plan's configuration says, which may be weeks old
	Age             int64  // transactions since its catalog_xmin: dead rows of the system catalogs that are younger stay
}

// Wraparound is at 2^31; autovacuum begins to be forced at 200 million.
const (
	catalogWarn = 500_000_000
	catalogFail = 1_500_000_000
)

func checkHeld(ctx context.Context, e *Env) ([]Result, error) {
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	s, err := probeSettings(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	now, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	rows, err := query[struct {
		Name string
		Age  int64
	}](ctx, e, Source, "select slot_name::text as name, coalesce(age(catalog_xmin), 0)::bigint as age from pg_replication_slots where slot_name = any($1)", e.slotNames())
	if err != nil {
		return nil, err
	}
	ages, planned := map[string]int64{}, e.plannedSlots()
	for _, r := range rows {
		ages[planned[r.Name]] = r.Age
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		x, there := slots[g.Slot]
		if !there {
			out = append(out, e.noSlot(g.Slot))
			continue
		}
		h := held{Restart: x.Restart, Insert: now.Insert, KeepSize: s.keepSize(), Age: ages[g.Slot]}
		if n, told := e.FreeBytes[Source]; told {
			h.Free = &n
		} else if n := e.Plan.Estimate.SourceFreeBytes; n != nil { // before the slots were there
			left := max(*n-h.bytes(), 0)
			h.Free, h.Planned = &left, true
		}
		out = append(out, tolerate([]Result{h.judge(g)}, e.Plan.Findings, map[string]tolerated{"CP103 server": {Unknown, g.Slot}})...)
	}
	return orNothing(out, noGroups), nil
}

func (h held) bytes() int64 { return max(int64(h.Insert)-int64(h.Restart), 0) }

// judge asks whether there is room for as much WAL again, and whether what the catalogs keep for the slot is no danger yet.
func (h held) judge(g planner.Group) Result {
	if h.Restart == 0 {
		return unasked(g.Slot, "it keeps no WAL, since it was given up: see G2-WAL")
	}
	kept := h.bytes()
	hurry := "see G5-LAG; in an emergency make room, or give the slot up (80-recovery/82-restart-slot.sh) before the disk is full"
	left := ""
	if h.Free != nil {
		left = analyze.Bytes(*h.Free) + " left"
	}
	const look = "look with df on the server, then set PGCUTOVER_SOURCE_FREE_BYTES"
	if h.Planned {
		left += ", by what the plan's configuration says was free"
		hurry = look + "; " + hurry
	}
	var r Result
	switch {
	case h.KeepSize >= 0 && kept > h.KeepSize/10*9:
		r = fail(g.Slot, "it keeps %s of WAL, and is given up at %s (max_slot_wal_keep_size)", analyze.Bytes(kept), analyze.Bytes(h.KeepSize)).hint("raise max_slot_wal_keep_size and reload, where the disk allows it; %s", hurry)
	case h.Free != nil && *h.Free < kept/10:
		r = fail(g.Slot, "it keeps %s of WAL, and the source's disk has %s", analyze.Bytes(kept), left).hint("%s", hurry)
	case h.Age > catalogFail:
		r = fail(g.Slot, "it keeps dead rows of the system catalogs for %d million transactions: the source stops writing at 2100 million", h.Age/1_000_000).hint("see G5-LAG; a slot that nobody reads has to be given up")
	case h.KeepSize >= 0 && kept > h.KeepSize/2:
		r = warn(g.Slot, "it keeps %s of WAL, and is given up at %s (max_slot_wal_keep_size)", analyze.Bytes(kept), analyze.Bytes(h.KeepSize)).hint("%s", hurry)
	case h.Free != nil && *h.Free < kept:
		r = warn(g.Slot, "it keeps %s of WAL, and the source's disk has not as much again: %s", analyze.Bytes(kept), left).hint("%s", hurry)
	case h.Age > catalogWarn:
		r = warn(g.Slot, "it keeps dead rows of the system catalogs for %d million transactions", h.Age/1_000_000)
	case h.Free == nil && h.KeepSize < 0:
		r = unknown(g.Slot, "it keeps %s of WAL; how much disk is left is not known, and nothing limits it", analyze.Bytes(kept)).
			hint(look)
	case h.Planned:
		r = warn(g.Slot, "it keeps %s of WAL, and the source's disk has %s", analyze.Bytes(kept), left).hint(look)
	default:
		r = pass(g.Slot, "it keeps %s of WAL", analyze.Bytes(kept))
	}
	return r.with("restart_lsn", h.Restart, "age of catalog_xmin", h.Age)
}
