package hazard

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/pgcutover/pgcutover/analyze"
)

// decodeBytesPerSecond is how fast one slot decodes WAL on the source: single-threaded, every slot for itself. Measured
// with pglogical: about 95 MB/s on a slow core that did nothing else; this leaves room for a busy one.
const decodeBytesPerSecond = 60e6

func capacityRules() []Rule {
	return []Rule{
		{
			Code: "CP101", Engines: Logical, Title: "WAL that the source's disk cannot hold", Severity: Error, Since: "0.1",
			Why:  "From the creation of the slots until change data capture has caught up the primary keeps all WAL. A full disk stops production.",
			Fix:  "extend the disk before creating the slots; shorten the load with more workers; set max_slot_wal_keep_size so that production wins",
			Find: func(f *Facts) []Finding { return disk("server", f.Figures.SourceWALBytes, f.Figures.SourceFreeBytes) },
		},
		{
			Code: "CP102", HandOff: FromReplica, Title: "WAL that the replica's disk cannot hold", Severity: Error, Since: "0.1",
			Why: "A paused standby goes on receiving WAL and keeps all of it until it replays again. A full disk stops it, and the load with it.",
			Fix: "extend the replica's disk before the pause; shorten the load with more workers",
			Find: func(f *Facts) []Finding {
				return disk("replica", f.Figures.ReplicaWALBytes, f.Figures.ReplicaFreeBytes)
			},
		},
		{
			Code: "CP103", Engines: Logical, Title: "free disk unknown", Severity: Warning, Since: "0.1",
			Why: "A database server does not say how much disk is free. Without that figure nobody has compared it with the WAL that piles up during the load, which is what fills disks in migrations.",
			Fix: "set wal.source_free_bytes and wal.replica_free_bytes in the configuration",
			Find: func(f *Facts) []Finding {
				var out []Finding
				if len(f.Groups) > 0 && f.Figures.SourceFreeBytes == nil {
					out = append(out, about("server", "set wal.source_free_bytes", "%s", held(f.Figures.SourceWALBytes))...)
				}
				if len(f.Groups) > 0 && f.Figures.ReplicaFreeBytes == nil && BySlots.Have(cmp.Or(f.Engine, DMS)) && !f.Subscribing.Snapshots {
					out = append(out, about("replica", "set wal.replica_free_bytes", "%s", held(f.Figures.ReplicaWALBytes))...)
				}
				return out
			},
		},
		{
			Code: "CP104", Engines: Logical, Title: "write rates not known", Severity: Warning, Since: "0.1", Needs: []string{"write rates"},
			Why: "Slots are balanced by how much changes. Without a sample, or with one in which nothing changed, the counters since the last reset of the statistics stand in, or even the bytes: a table that grew large long ago weighs as much as a hot one. The time to catch up cannot be estimated at all.",
			Fix: "pgcutover analyze --sample 10m, in a busy hour",
			Find: func(f *Facts) []Finding {
				if f.Figures.Weights == "sampled" || len(f.Groups) == 0 {
					return nil
				}
				by := "bytes"
				if f.Figures.Weights == "counters" {
					by = "the counters since the last reset of the statistics"
				}
				if s := f.Inventory.Sample; s != nil && !s.StatsResetBetween {
					return about("database", "", "No row changed within the sample; groups are balanced by %s.", by)
				}
				return about("database", "", "Groups are balanced by %s.", by)
			},
		},
		{
			Code: "CP105", Engines: Logical, Title: "group that never catches up", Severity: Error, Since: "0.1",
			Why: "More changes arrive than one apply stream manages, so the group falls further behind for ever. It cannot be split while it runs: new slots start later, and the tables would have to be loaded again.",
			Fix: "more groups (slots.max, slots.count); split partition trees; unique: defer for batches; a larger replication instance; a quieter period; slots.changes_per_second once it has been measured",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, g := range f.Groups {
					if g.Load >= 1 {
						out = append(out, about("slot "+g.Slot, "", "Needs %.0f %% of one apply stream.", g.Load*100)...)
					}
				}
				return out
			},
		},
		{
			Code: "CP106", Engines: Logical, Title: "group above the target load", Severity: Warning, Since: "0.1",
			Why: "The busier a group is the longer it takes to catch up: at 60 % one and a half times the time it is behind, at 90 % nine times.",
			Fix: "see CP105; or raise slots.target_load if the estimate is good enough",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, g := range f.Groups {
					if g.Load > f.Figures.TargetLoad && g.Load < 1 {
						out = append(out, about("slot "+g.Slot, "", "Needs %.0f %% of one apply stream; %.0f %% is the target.", g.Load*100, f.Figures.TargetLoad*100)...)
					}
				}
				return out
			},
		},
		{
			Code: "CP107", Engines: Logical, Title: "groups out of balance", Severity: Note, Since: "0.1",
			Why: "The heaviest group decides when all have caught up. The lower bound says how light it could be at best; the configuration's wishes, or few large tables, may be in the way.",
			Fix: "look at slots.together, slots.pin and slots.apart",
			Find: func(f *Facts) []Finding {
				if f.Figures.GroupBound <= 0 || f.Figures.GroupMax <= 1.1*f.Figures.GroupBound {
					return nil
				}
				return about("database", "", "The heaviest group is %.0f %% above the lower bound.", (f.Figures.GroupMax/f.Figures.GroupBound-1)*100)
			},
		},
		{
			Code: "CP108", Engines: Logical, Title: "large table that is loaded in one piece", Severity: Warning, Since: "0.1",
			Why: "One session copies the whole table, and the load lasts at least that long, however many workers there are.",
			Fix: "give the table a key that can be cut (ANALYZE it, if only its histogram is missing)",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				if fate.Whole == "" {
					return nil
				}
				return one(t, "", "%s in one piece: %s.", gigabytes(fate.Bytes), fate.Whole)
			},
		},
		{
			Code: "CP109", Engines: Logical, Title: "more WAL than one slot decodes", Severity: Error, Since: "0.1",
			Why: "Every slot decodes all WAL of the cluster in a single thread, whatever its tables. Close to that limit no slot ever catches up.",
			Fix: "a quieter period; less WAL (fewer indexes, fewer full-page images through longer checkpoints); fewer slots save CPU but do not raise this limit",
			Find: func(f *Facts) []Finding {
				w := f.Figures.WALBytesPerSecond
				if w == nil || len(f.Groups) == 0 || *w < 0.7*decodeBytesPerSecond {
					return nil
				}
				return about("server", "", "%s/s of WAL; one slot decodes about %s/s.", gigabytes(int64(*w)), gigabytes(decodeBytesPerSecond))
			},
		},
		{
			Code: "CP110", Engines: Logical, Title: "transaction ids running out", Severity: Warning, Since: "0.1",
			Why: "Slots hold back the vacuum of catalogs, and a standby with feedback that of every table. A database that is far on its way to wraparound must not be held for days.",
			Fix: "VACUUM (FREEZE) the oldest tables before the migration",
			Find: func(f *Facts) []Finding {
				age := f.Inventory.Database.FrozenXIDAge
				if age < 500_000_000 {
					return nil
				}
				x := about("database", "", "age(datfrozenxid) is %d million; the server stops at about 2100.", age/1_000_000)
				if age > 1_500_000_000 {
					x[0].Severity = Error
				}
				return x
			},
		},
		{
			Code: "CP111", Engines: Logical, Title: "size not known", Severity: Warning, Since: "0.1", Needs: []string{"sizes"},
			Why: "The load is cut and timed by sizes. For these tables the number of pages stands in, or nothing.",
			Fix: "analyze again when nothing locks the table; a role with rights on the table sees its size",
			Copied: func(f *Facts, t *analyze.Table, fate Fate) []Finding {
				if _, ok := t.Bytes(); ok {
					return nil
				}
				return one(t, "", "Assumed: %s.", gigabytes(fate.Bytes))
			},
		},
		{
			Code: "CP112", Engines: Logical, Title: "short sample", Severity: Note, Since: "0.1",
			Why: "Minutes hold neither the peak of the day nor the nightly jobs. The groups fit the moment of the sample.",
			Fix: "sample in the busiest hour, for ten minutes at least",
			Find: func(f *Facts) []Finding {
				s := f.Inventory.Sample
				if s == nil || s.Seconds >= 300 || f.Figures.Weights != "sampled" {
					return nil
				}
				return about("database", "", "%.0f seconds.", s.Seconds)
			},
		},
		{
			Code: "CP113", Engines: Logical, Title: "statistics reset during the sample", Severity: Warning, Since: "0.1",
			Why: "The counters began anew between the two readings, so the sampled rates are void.",
			Fix: "analyze again with --sample",
			Find: func(f *Facts) []Finding {
				if s := f.Inventory.Sample; s == nil || !s.StatsResetBetween {
					return nil
				}
				return about("database", "", "Between the two readings of the sample.")
			},
		},
		{
			Code: "CP114", Engines: Logical, Title: "more tables than the lock table holds", Severity: Error, Since: "0.1",
			Why: "pg_dump locks every table in one transaction, and creating the schema locks every table on the target. The lock table has max_locks_per_transaction × (max_connections + max_prepared_transactions) places; beyond them: out of shared memory.",
			Fix: "raise max_locks_per_transaction on the server, standbys first (it needs a restart)",
			Find: func(f *Facts) []Finding {
				tables := 0
				for _, fate := range f.Fates {
					if fate.Present {
						tables++
					}
				}
				servers := map[string][]analyze.Setting{"server": f.Inventory.Settings}
				if f.Inventory.Target != nil {
					servers["target"] = f.Inventory.Target.Settings
				}
				var out []Finding
				for _, name := range slices.Sorted(maps.Keys(servers)) {
					locks, connections := number(servers[name], "max_locks_per_transaction"), number(servers[name], "max_connections")
					places := locks * (connections + max(number(servers[name], "max_prepared_transactions"), 0))
					if locks > 0 && connections > 0 && tables > places {
						out = append(out, about(name, "", "%d tables, %d places (max_locks_per_transaction %d, max_connections %d).", tables, places, locks, connections)...)
					}
				}
				return out
			},
		},
		{
			Code: "CP115", Engines: ByDMS, Title: "table mapping that AWS DMS does not take", Severity: Error, Since: "0.1",
			Why: "A task's table mapping has one rule for each table, because only that means the table and no other. It may have 2 MB, so many tables with long names need more than one task.",
			Fix: "lower slots.max_tables, and raise slots.max if there are not enough groups then",
			Find: func(f *Facts) []Finding {
				var out []Finding
				for _, g := range f.Groups {
					if g.MappingBytes > 2_000_000 {
						out = append(out, about("slot "+g.Slot, "", "Its mapping would have about %s.", gigabytes(int64(g.MappingBytes)))...)
					}
				}
				return out
			},
		},
		{
			Code: "CP116", Engines: Logical, Title: "data that the target's disk cannot hold", Severity: Error, Since: "0.1",
			Why: "A target whose disk is full in the middle of the load fails it, or stops altogether. Tables and indexes are taken to be as large as on the source; while they are built, sorting and WAL take room besides.",
			Fix: "give the target more storage before the load, and say so in target.free_bytes",
			Find: func(f *Facts) []Finding {
				need, free := f.Figures.TargetBytes, f.Figures.TargetFreeBytes
				if free == nil || float64(*free) >= 1.2*float64(need) {
					return nil
				}
				x := about("target", "", "%s of tables and indexes, %s free.", gigabytes(need), gigabytes(*free))
				if *free >= need {
					x[0].Severity = Warning
					x[0].Detail += " A fifth more is wanted for building them."
				}
				return x
			},
		},
		{
			Code: "CP117", Engines: Logical, Title: "index builds that take the target's memory", Severity: Warning, Since: "0.1",
			Why: "Every worker of the load builds with maintenance_work_mem of its own. Half of the memory belongs to shared_buffers and to the cache of the operating system; beyond all of it the server's processes are killed.",
			Fix: "lower load.maintenance_work_mem or load.workers, or load into a larger instance class and make it smaller afterwards",
			Find: func(f *Facts) []Finding {
				most, has := f.Figures.BuildMemoryBytes, f.Figures.TargetMemoryBytes
				if has == nil || most <= *has/2 {
					return nil
				}
				x := about("target", "", "%s at once take up to %s of %s.", analyze.Count(f.Figures.BuildsAtOnce, "index build"), gigabytes(most), gigabytes(*has))
				if most > *has {
					x[0].Severity = Error
				}
				return x
			},
		},
	}
}

// disk compares WAL with free space: too little is an error, little to spare a warning.
func disk(subject string, need, free *int64) []Finding {
	if need == nil || free == nil || float64(*free) >= 1.5*float64(*need) {
		return nil
	}
	x := about(subject, "", "%s of WAL estimated, %s free.", gigabytes(*need), gigabytes(*free))
	if *free >= *need {
		x[0].Severity = Warning
		x[0].Detail += fmt.Sprintf(" That is %.1f times as much; 1.5 times is wanted, because peaks are higher than means.", math.Floor(float64(*free)/float64(*need)*10)/10)
	}
	return x
}

// number is a setting's value, -1 when it is not known.
func number(settings []analyze.Setting, name string) int {
	v, _ := valueOf(settings, name)
	n, err := strconv.Atoi(v)
	if err != nil {
		return -1
	}
	return n
}

func held(n *int64) string {
	if n == nil {
		return "Neither the WAL that will be held nor the free disk is known."
	}
	return fmt.Sprintf("About %s of WAL will be held; how much is free was not said.", gigabytes(*n))
}
