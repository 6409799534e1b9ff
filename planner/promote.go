package planner

import (
	"fmt"

	"github.com/pgcutover/pgcutover/analyze"
)

// checkPromote refuses what a physical replica cannot do.
func (o Options) checkPromote() error {
	if o.Engine != EnginePromote {
		return nil
	}
	for _, x := range []struct {
		path  string
		given []string
	}{{"tables.exclude", o.Tables.Exclude}, {"tables.exclude_schemas", o.Tables.ExcludeSchemas}, {"tables.inserts_only", o.Tables.InsertsOnly}} {
		if len(x.given) > 0 {
			return &OptionError{x.path, "a read replica is a copy of the whole instance", "take it out; what is not wanted on the target can be dropped there after the cutover"}
		}
	}
	return nil
}

// isPhysical reports whether the target is a physical copy of the source: then nothing is copied, built, deferred or applied.
func (b *builder) isPhysical() bool { return b.opt.Engine == EnginePromote }

// physicalHandling is handling for the engine promote.
func physicalHandling(t *analyze.Table) (Handling, string) {
	switch {
	case t.Kind == analyze.Partitioned:
		return Structure, "routes rows to its partitions and holds none itself"
	case t.Kind == analyze.Foreign:
		return Structure, "its rows are on a foreign server"
	case t.Unlogged:
		return Structure, "unlogged: WAL does not carry its rows, and it is empty after the promotion"
	}
	return Physical, "physical replication carries every block"
}

// promotion is the estimate of the engine promote.
func (b *builder) promotion(p *Plan) Estimate {
	e := Estimate{SourceFreeBytes: b.opt.WAL.SourceFreeBytes, WALBytesPerSecond: b.walRate()}
	say := func(format string, args ...any) { e.Basis = append(e.Basis, fmt.Sprintf(format, args...)) }
	a := p.Aurora
	if a.ReplicaSeconds != nil {
		say("Replica: %s until it is there, while the source is in use. Its storage is filled from a snapshot.", Span(*a.ReplicaSeconds))
	}
	switch {
	case e.WALBytesPerSecond == nil:
		say("WAL: the rate was not sampled, so what the source keeps for the replica while that is being made is not known. Analyze with --sample, or set wal.bytes_per_second.")
	case a.ReplicaSeconds != nil:
		e.SourceWALBytes = b.replicaWAL(*p)
		say("WAL: %s/s; the source keeps it from the snapshot until the replica has read it.", Size(int64(*e.WALBytesPerSecond)))
	}
	return e
}

// replaySeconds is what a replica takes to replay what the gate cutover-ready lets be outstanding, one segment of WAL, and for the marker to be seen there.
const replaySeconds = 2.0

// stopOfPromotion is the cutover to a promoted read replica.
func (b *builder) stopOfPromotion(p *Plan) WriteStop {
	var w WriteStop
	b.stopFreeze(&w)
	if !w.measured(b, StopDrain, stepDrain) {
		w.add(StopDrain, replaySeconds, "A marker on the replica, and what may be outstanding when the gate cutover-ready passes: %s of WAL.", Size(ReadyBytes))
	}
	took, measured := p.Aurora.PromotionSeconds, p.Aurora.PromotionMeasured
	reason := "Assumed (aurora.promotion_seconds); 10 to 20 minutes for those who wrote about it. 20-aurora/23-dry-run.sh measures it."
	if measured {
		reason = "Measured, the slowest of the timings given."
	}
	w.Phases = append(w.Phases, Phase{Name: StopPromotion, Seconds: &took, Measured: measured, Reason: reason})
	if !w.measured(b, StopLookOver, stepLookOver) {
		w.add(StopLookOver, stepSeconds, "Collations, extensions and indexes are looked at on the target; gathering statistics there (--analyze) would come on top.")
	}
	b.stopGate(&w, p)
	if !w.measured(b, StopOpen, stepOpen) {
		w.add(StopOpen, stepSeconds, "The freeze, which came along, is taken off the target.")
	}
	w.unknown(StopSwitch, "The application's own: DNS or secrets, a restart of its pools. Nothing here knows how long that takes, so it is not in the sum.")
	if !measured {
		w.Shorter = append(w.Shorter, "A promotion cannot be made shorter, only known: the dry run measures it. Where minutes are too long, the engines dms, dms-full and native take seconds.")
	}
	return w
}
