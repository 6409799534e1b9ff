package verify

import (
	"context"

	"github.com/pgcutover/pgcutover/analyze"
)

// disk is what a server has to hold until change data capture has caught up, and where to put it.
type disk struct {
	Side     Side
	Free     *int64 // as the operator says
	Need     *int64 // as the plan reckons
	Retained int64  // held by the plan's slots now; source only
	// KeepSize is max_slot_wal_keep_size in bytes; negative: no limit. Source only.
	KeepSize int64
}

func checkDisk(ctx context.Context, e *Env) ([]Result, error) {
	if len(e.Plan.Groups) == 0 {
		return orNothing(nil, noGroups), nil
	}
	src := disk{Side: Source, Free: e.free(Source), Need: e.Plan.Estimate.SourceWALBytes}
	s, err := probeSettings(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	src.KeepSize = s.keepSize()
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	now, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	for _, x := range slots {
		if x.Restart != 0 && now.Insert > x.Restart {
			src.Retained = max(src.Retained, int64(now.Insert-x.Restart))
		}
	}
	// Before anything is changed half as much again has to be free; once slots hold WAL twice as much.
	warnBelow, failBelow := 1.5, 1.0
	if e.Gate != Preflight {
		warnBelow, failBelow = 2, 1.2
	}
	out := []Result{src.judge(warnBelow, failBelow)}
	if !e.standby() {
		return tolerate(out, e.Plan.Findings, map[string]tolerated{"CP101 server": {Fail, "source"}, "CP103 server": {Unknown, "source"}}), nil
	}
	rep := disk{Side: Replica, Free: e.free(Replica), Need: e.Plan.Estimate.ReplicaWALBytes, KeepSize: -1}
	out = append(out, rep.judge(warnBelow, failBelow))
	return tolerate(out, e.Plan.Findings, map[string]tolerated{
		"CP101 server": {Fail, "source"}, "CP102 replica": {Fail, "replica"}, "CP103 server": {Unknown, "source"}, "CP103 replica": {Unknown, "replica"},
	}), nil
}

// free is the free disk of a side: as given to the command, else as configured for the plan.
func (e *Env) free(side Side) *int64 {
	if n, ok := e.FreeBytes[side]; ok {
		return &n
	}
	if side == Source {
		return e.Plan.Estimate.SourceFreeBytes
	}
	return e.Plan.Estimate.ReplicaFreeBytes
}

// judge compares free disk with what is needed. What the slots hold already is part of the need, so it counts as covered.
func (d disk) judge(warnBelow, failBelow float64) Result {
	who := string(d.Side)
	var r Result
	switch {
	case d.Need == nil:
		r = unknown(who, "how much WAL it has to hold is not known: the write rate was not sampled").
			hint("pgcutover analyze --sample 10m at a busy hour, or wal.bytes_per_second in the configuration; then plan again")
	case d.KeepSize >= 0 && d.KeepSize < *d.Need:
		r = fail(who, "max_slot_wal_keep_size is %s, the slots are going to hold about %s: they would be lost on the way", analyze.Bytes(d.KeepSize), analyze.Bytes(*d.Need)).
			hint("raise max_slot_wal_keep_size, or shorten the load")
	case d.Free == nil:
		r = unknown(who, "about %s of WAL piles up; how much disk is free is not known", analyze.Bytes(*d.Need)).
			hint("look with df on the server, then set PGCUTOVER_%s_FREE_BYTES or wal.%s_free_bytes in the configuration", map[Side]string{Source: "SOURCE", Replica: "REPLICA"}[d.Side], who)
	default:
		open := max(*d.Need-d.Retained, 0)
		text := analyze.Bytes(*d.Free) + " free, about " + analyze.Bytes(open) + " of WAL still to come"
		switch {
		case float64(*d.Free) < failBelow*float64(open):
			r = fail(who, "%s: the disk would fill", text).hint("make room, or shorten the load: more workers, a quieter time")
		case float64(*d.Free) < warnBelow*float64(open):
			r = warn(who, "%s: little is left for anything unforeseen", text)
		default:
			r = pass(who, "%s", text)
		}
	}
	if d.Retained > 0 {
		r = r.with("held by the slots now", analyze.Bytes(d.Retained))
	}
	return r
}
