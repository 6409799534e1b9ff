package planner

import (
	"cmp"
	"fmt"

	"github.com/pgcutover/pgcutover/analyze"
)

// way is one entry of the comparison: what has to be known about it that its plan does not say.
type way struct {
	name, title string
	engine      string
	// options turns the configuration into that of the way; what had to be assumed goes to say.
	options func(o *Options, inv *analyze.Inventory, say func(format string, args ...any))
	// needs are sentences: what has to be there beside the source.
	needs func(p *Plan, inv *analyze.Inventory) []string
	// beside is what runs beside source and target.
	beside func(p *Plan) []string
	// wayBack is what becomes of what the application has written to the target.
	wayBack func(p *Plan) WayBack
	costs   func(p *Plan) []string
	// notProven is what only the real servers show.
	notProven func(p *Plan) []string
	// duration are the phases until the cutover may begin; nil: those of a load by the bundle.
	duration func(p *Plan) []Phase
	// load changes what the source bears, where the plan alone does not tell; nil: it does.
	load func(p *Plan, inv *analyze.Inventory, l *SourceLoad)
	// final are the codes of hazards that neither work nor configuration removes.
	final []string
	// doubt is 0 for a way of which nothing is uncertain, else more the more there is.
	doubt func(w *Way, inv *analyze.Inventory) int
	// strength is what speaks for it, in a sentence.
	strength string
	// instead ends the sentence "take this one, if ...".
	instead func(w *Way) string
}

// ways are set side by side in this order; of those that are alike the first is recommended.
func ways() []way {
	return []way{nativeReplicaWay(), nativeSnapshotWay(), dmsWay(), fullWay(), promoteWay()}
}

// noReplica are the hazards of a source that has no replica to pause, whatever is done about it.
var noReplica = []string{"RP115"}

// longHold is how long a source bears to remove no dead rows without somebody having to think about it, in seconds.
const longHold = 6 * 3600

func nativeReplicaWay() way {
	x := nativeWay()
	x.name, x.title = "native-replica", "PostgreSQL's own replication, rows from a paused replica"
	x.options = func(o *Options, inv *analyze.Inventory, say func(string, ...any)) {
		nativeStandIns(o, inv, say)
		o.Native.HandOff = HandOffReplica
	}
	needs := x.needs
	x.needs = func(p *Plan, inv *analyze.Inventory) []string { return append(replicaNeeds(p, inv), needs(p, inv)...) }
	costs := x.costs
	x.costs = func(p *Plan) []string { return append(costs(p), replicaCost) }
	x.beside = func(*Plan) []string { return []string{maintenanceReplica} }
	x.doubt, x.final = replicaDoubt, noReplica
	x.strength = "Rows come from a replica that stands still and changes through PostgreSQL's own replication: nobody reads the source but its slots, transactions arrive whole, and all of it can be rehearsed on servers of your own."
	x.instead = func(w *Way) string {
		return "a physical replica can be paused for " + Span(loadSeconds(w.Duration)) + ": nobody then reads the source, and vacuum there goes on"
	}
	return x
}

func nativeSnapshotWay() way {
	x := nativeWay()
	x.name, x.title = "native-snapshot", "PostgreSQL's own replication, rows from the source in snapshots"
	x.options = func(o *Options, inv *analyze.Inventory, say func(string, ...any)) {
		nativeStandIns(o, inv, say)
		o.Native.HandOff = HandOffSnapshot
	}
	x.doubt = func(w *Way, _ *analyze.Inventory) int {
		if w.Load.VacuumSeconds > longHold {
			return 1
		}
		return 0
	}
	x.strength = "Rows come from the source itself, in snapshots that it exports at the position of each slot, and changes through PostgreSQL's own replication: no replica has to be paused, and transactions arrive whole."
	x.instead = func(w *Way) string {
		return fmt.Sprintf("no replica can be paused: %s then read %s from the source, which removes no dead rows for %s", analyze.Count(w.Load.Sessions, "session"), Size(w.Load.Bytes), Span(w.Load.VacuumSeconds))
	}
	return x
}

// nativeWay is what both ways of the engine native have in common.
func nativeWay() way {
	return way{
		engine: EngineNative,
		needs: func(p *Plan, inv *analyze.Inventory) []string {
			right := "a superuser there, from 16 on a member of pg_create_subscription"
			if p.Target.Managed != "" {
				right = "rds_superuser there"
			}
			return append([]string{"The target's own server reaches the source and logs in there; whoever makes the subscriptions is " + right + "."}, targetNeeds(p, inv)...)
		},
		beside: func(*Plan) []string { return nil },
		wayBack: func(p *Plan) WayBack {
			if len(p.Options.Native.WayBack) > 0 {
				return WayBack{"prepared: nothing is lost", "Prepared (native.way_back): what is written to the target goes back to the old source, and nothing is lost."}
			}
			return WayBack{"nothing lost, once prepared", "Can be prepared (native.way_back), and then nothing is lost. As configured it is not: what the application has written to the target is lost by going back."}
		},
		costs: sideBySide,
		notProven: func(p *Plan) []string {
			out := []string{"Speed: rates of copies, builds and applied changes are assumptions until a load on a copy has measured them (plan --timings)."}
			if p.Source.Managed != "" || p.Target.Managed != "" {
				out = append(out, "What RDS and Aurora allow to roles, above all to set the position of an origin; 11-preflight.sh asks the servers, before anything is changed.")
			}
			return out
		},
	}
}

// nativeStandIns is what a subscription needs and the configuration of another engine does not say.
func nativeStandIns(o *Options, inv *analyze.Inventory, say func(string, ...any)) {
	n := *cmp.Or(o.Native, DefaultsFor(EngineNative).Native) // a copy, for it is the caller's
	if len(n.Connection) == 0 {
		n.Connection = map[string]string{"service": "source"}
		if (&builder{inv: *inv, opt: *o}).target().Managed != "" {
			n.Password = PasswordPrompt
		}
		say("native.connection, how the target's server reaches the source, is not configured: a service named source stands in.")
	}
	o.Native = &n
	if o.Unique != UniqueKeep {
		say("unique is taken as %q: nothing is applied in batches, so no unique key has to wait.", UniqueKeep)
		o.Unique = UniqueKeep
	}
}

func dmsWay() way {
	return way{
		name: "dms", title: "AWS DMS applies the changes of slots, rows from a paused replica", engine: EngineDMS,
		options: func(*Options, *analyze.Inventory, func(string, ...any)) {},
		needs: func(p *Plan, inv *analyze.Inventory) []string {
			out := append(replicaNeeds(p, inv), "AWS: a replication instance that reaches both servers, two subnets in two availability zones, two secrets, rights (docs/dms.md).")
			return append(out, targetNeeds(p, inv)...)
		},
		beside:  func(p *Plan) []string { return append(dmsBeside(p), maintenanceReplica) },
		wayBack: noWayBack,
		costs:   func(p *Plan) []string { return append(dmsCosts(p), append(sideBySide(p), replicaCost)...) },
		notProven: func(*Plan) []string {
			return []string{
				"What AWS DMS really does with a position, with types, LOBs and batches, and how fast it is: a dry run on a restored copy shows it (docs/dms.md).",
				"Speed of the load: rates are assumptions until one on a copy has measured them (plan --timings).",
			}
		},
		final:    noReplica,
		doubt:    func(w *Way, inv *analyze.Inventory) int { return 1 + replicaDoubt(w, inv) }, // see notProven
		strength: "AWS DMS applies what slots of pglogical deliver, from the position that a paused replica stands at: it takes sources of version 9.6, and targets that may not connect to the source.",
		instead: func(*Way) string {
			return "the target's server may not open connections to the source"
		},
	}
}

func fullWay() way {
	return way{
		name: "dms-full", title: "AWS DMS copies the rows from the source and applies the changes", engine: EngineDMSFull,
		options: func(o *Options, _ *analyze.Inventory, say func(string, ...any)) {
			if o.CDC.TrimSlots {
				say("cdc.trim_slots is taken as false: AWS DMS makes its slots itself.")
				o.CDC.TrimSlots = false
			}
		},
		needs: func(p *Plan, inv *analyze.Inventory) []string {
			out := []string{"AWS: a replication instance that reaches both servers, two subnets in two availability zones, two secrets, rights (docs/dms.md)."}
			if p.Full != nil && p.Full.Plugin == PluginTestDecoding {
				out = append(out, "Nothing installed on the source: its slots decode with test_decoding, which sends each task the changes of the whole database.")
			}
			if p.Aurora != nil {
				return append(append(out, promoteWay().needs(p, inv)...), loadHost)
			}
			return append(out, targetNeeds(p, inv)...)
		},
		beside:  dmsBeside,
		wayBack: noWayBack,
		costs:   func(p *Plan) []string { return append(dmsCosts(p), sideBySide(p)...) },
		notProven: func(*Plan) []string {
			return []string{
				"What AWS DMS really does with types, LOBs and batches, and that a row which is changed while it is read arrives once: a dry run on a restored copy shows it.",
				"Speed: that of AWS DMS's readers above all, which is assumed; LOBs that it looks up one by one make days of hours.",
			}
		},
		duration: fullPhases,
		load: func(p *Plan, _ *analyze.Inventory, l *SourceLoad) {
			if p.Full == nil {
				return
			}
			l.Sessions, l.Bytes, l.VacuumSeconds = p.Full.Sessions, itemBytes(p), p.Full.LongestSeconds
		},
		doubt:    func(*Way, *analyze.Inventory) int { return 2 }, // rows and changes meet inside AWS DMS, where nothing can be compared
		strength: "AWS DMS does all of it, rows and changes: no replica, no snapshot, no slot of one's own, and no connection between the two servers.",
		instead: func(w *Way) string {
			return fmt.Sprintf("neither a replica can be paused nor the target's server may connect to the source; up to %s then read %s from the source", analyze.Count(w.Load.Sessions, "session"), Size(w.Load.Bytes))
		},
	}
}

// fullPhases are those of a load by AWS DMS: its tasks stop when it is done, indexes are built, then they go on.
func fullPhases(p *Plan) []Phase {
	e, known := &p.Estimate, func(s float64) *float64 { return &s }
	if len(p.Groups) == 0 {
		return nil
	}
	var made []Phase
	if a := p.Aurora; a != nil {
		made = append(promoteWay().duration(p), Phase{Name: StopPromotion, Seconds: &a.PromotionSeconds, Measured: a.PromotionMeasured, Reason: "The replica becomes a cluster of its own and is emptied; the source goes on."})
	}
	return append(made, []Phase{
		{Name: loadPhase, Seconds: known(e.CopySeconds), Reason: fmt.Sprintf("%s copied by %s, up to %s at a time, from the source.", Size(itemBytes(p)), analyze.Count(len(p.Groups), "task"), analyze.Count(p.Options.Full.SubTasks*len(p.Groups), "reader"))},
		{Name: "builds", Seconds: known(e.BuildSeconds), Reason: "Indexes, while the tasks stand still."},
		{Name: "until the tasks are resumed", Seconds: known(float64(p.Options.WAL.SetupSeconds)), Reason: "Somebody looks at the gate and resumes them: wal.setup_seconds."},
		catchUp(p),
	}...)
}

// noWayBack is that of AWS DMS.
func noWayBack(*Plan) WayBack {
	return WayBack{"new writes are lost", "None of its own: what the application has written to the target is lost by going back, unless somebody prepares the reverse path while both sides are frozen (80-recovery/84-rollback.md)."}
}

// dmsBeside is the replication instance.
func dmsBeside(p *Plan) []string {
	if len(p.DMS.Tasks) == 0 {
		return nil
	}
	x := p.DMS.Instance
	if x.MultiAZ {
		return []string{x.Class + ", Multi-AZ"}
	}
	return []string{x.Class}
}

// dmsCosts are those of AWS DMS.
func dmsCosts(p *Plan) []string {
	if len(p.DMS.Tasks) == 0 {
		return nil
	}
	x := p.DMS.Instance
	s := fmt.Sprintf("A replication instance %s with %d GB, by the hour, from before the load until after the cutover", x.Class, x.StorageGB)
	if x.MultiAZ {
		s += "; twice, for Multi-AZ"
	}
	return []string{s + ".", fmt.Sprintf("Traffic between availability zones: the WAL of the tables, once for each of %s. Logs and %d alarms in CloudWatch.", analyze.Count(len(p.DMS.Tasks), "task"), 4+2*len(p.DMS.Tasks))}
}

// sideBySide is what every way costs whose target is a database of its own.
func sideBySide(p *Plan) []string {
	return []string{fmt.Sprintf("Both databases side by side until nobody wants to go back: %s of tables and indexes a second time.", Size(p.TargetBytes()))}
}

const maintenanceReplica = "a maintenance replica"

const replicaCost = "The maintenance replica, a server with the disk of the source, until the load is done."

// replicaNeeds is a replica that can stand still.
func replicaNeeds(p *Plan, inv *analyze.Inventory) []string {
	s := fmt.Sprintf("A physical replica whose replay can be paused for %s", Span(p.Estimate.PauseSeconds))
	if n := p.Estimate.ReplicaWALBytes; n != nil {
		s += fmt.Sprintf(", with room for %s of WAL meanwhile", Size(*n))
	}
	switch {
	case inv.Replica != nil:
		s += "; one was looked at"
	case len(inv.Replication.Standbys) > 0:
		s += fmt.Sprintf("; %s connected, none was looked at (analyze --replica)", analyze.Count(len(inv.Replication.Standbys), "standby")+isAre(len(inv.Replication.Standbys)))
	default:
		s += "; none was seen (analyze --replica)"
	}
	return []string{s + "."}
}

// replicaDoubt is whether there is one.
func replicaDoubt(_ *Way, inv *analyze.Inventory) int {
	if inv.Server.Managed == "" && (inv.Replica != nil || len(inv.Replication.Standbys) > 0) {
		return 0
	}
	return 1
}

func targetNeeds(p *Plan, _ *analyze.Inventory) []string {
	s := fmt.Sprintf("An empty database on the target with room for %s", Size(p.TargetBytes()))
	if n := p.Options.Target.FreeBytes; n != nil {
		s += fmt.Sprintf("; %s are free", Size(*n))
	}
	return []string{s + ".", loadHost}
}

const loadHost = "A host beside the servers for the load, with psql, pg_dump and pg_restore."

// loadSeconds is how long the rows are copied; 0: it is not known.
func loadSeconds(d Duration) float64 {
	for _, x := range d.Phases {
		if x.Name == loadPhase && x.Seconds != nil {
			return *x.Seconds
		}
	}
	return 0
}
