package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// nativeChecks are about subscriptions of PostgreSQL itself.
func nativeChecks() []Check {
	ready, running := []Gate{CDCReady}, []Gate{CDC, CutoverReady}
	return []Check{
		{
			Code: "G4-SUB", Title: "each group has its subscription, as planned and disabled", Engine: planner.EngineNative, Gates: ready, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkSubscriptions,
			Why:    "A subscription of other publications, or to another slot, applies other changes or none. One that is enabled before everything was looked at may have begun at the wrong position already.",
			Remedy: "50-cdc/native/51-subscriptions.sh",
		},
		{
			Code: "G4-ORIGIN", Title: "each subscription starts exactly where the copy ends", Engine: planner.EngineNative, Gates: ready, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkOrigins,
			Why:    "The replication origin says where the source begins to send. Without one it begins where the slot was made, and what the copy holds comes again; set too far, what lies between is missing without an error.",
			Remedy: "50-cdc/native/51-subscriptions.sh sets it",
		},
		{
			Code: "G4-LSN", Title: "nobody has read the slots past the captured position", Engine: planner.EngineNative, Gates: ready, Family: Apply, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkSlotsUnmoved,
			Why:    "A slot never goes back: asked for an earlier position it silently starts at its own.",
			Remedy: "80-recovery/82-restart-slot.sh",
		},
		{
			Code: "G4-WORKERS", Title: "the target has a worker for each subscription", Engine: planner.EngineNative, Gates: ready, Family: Apply, Cost: Instant, Needs: []Side{Target}, Run: checkWorkers,
			Why:    "Workers come out of max_logical_replication_workers and max_worker_processes. A subscription that gets none waits without an error.",
			Remedy: "10-source/12-settings.sh --apply target, then restart the target",
		},
		{
			Code: "G5-SUB", Title: "the subscriptions are enabled and being applied", Engine: planner.EngineNative, Gates: running, Family: Apply, Cost: Bounded, Needs: []Side{Source, Target}, Run: checkApplying,
			Why:    "A subscription that meets an error ends its worker and tries again every few seconds, for ever; its view then shows nothing.",
			Remedy: "the target's log says why",
		},
		{
			Code: "G5-ERRORS", Title: "no change failed to apply", Engine: planner.EngineNative, Gates: running, Family: Apply, Cost: Bounded, Loss: true, Needs: []Side{Target}, Run: checkApplyErrors,
			Why:    "From version 15 on the target counts the errors of each subscription. One that grows means that a change cannot be applied, and everything after it waits.",
			Remedy: "mend the cause on the target; never skip a transaction",
		},
		{
			Code: "G5-LAG", Title: "the subscriptions keep up, or catch up", Engine: planner.EngineNative, Gates: running, Family: Apply, Cost: Bounded, Needs: []Side{Source, Target}, Run: checkLag,
			Why:    "A group whose backlog grows is never ready for the cutover, and its slot fills the source's disk meanwhile.",
			Remedy: "a quieter time; a faster target; fewer indexes on what changes most",
		},
	}
}

func (e *Env) native() bool { return e.Plan.Options.Engine == planner.EngineNative }

// plugin is the output plugin of the plan's slots.
func (e *Env) plugin() string {
	if e.native() {
		return "pgoutput"
	}
	return "pglogical"
}

// probePublications reads the plan's publications the way sets of pglogical are read: with their tables, and with the transactions that wrote
// the rows as their versions.
func probePublications(ctx context.Context, e *Env, side Side) (map[string]replicationSet, error) {
	var names []string
	for _, g := range e.Plan.Groups {
		names = append(names, g.UpdateSet, g.InsertSet)
	}
	rows, err := query[struct {
		Name, Version                               string
		Insertions, Updates, Deletions, Truncations bool
		All, Root                                   bool
	}](ctx, e, side, `select p.pubname::text as name, p.xmin::text as version, p.pubinsert as insertions, p.pubupdate as updates, p.pubdelete as deletions,
		coalesce((to_jsonb(p) ->> 'pubtruncate')::bool, false) as truncations, p.puballtables as all, coalesce((to_jsonb(p) ->> 'pubviaroot')::bool, false) as root
		from pg_publication p where p.pubname = any($1)`, names)
	if err != nil {
		return nil, err
	}
	sets := map[string]replicationSet{}
	for _, r := range rows {
		s := replicationSet{r.Name, r.Insertions, r.Updates, r.Deletions, r.Truncations, r.Version, map[analyze.Name]member{}, ""}
		if r.All || r.Root {
			s.Other = map[bool]string{true: "it publishes all tables", false: "it publishes rows of partitions under the name of their root"}[r.All]
		}
		sets[r.Name] = s
	}
	tables, err := query[struct {
		Set, Schema, Name, Version string
		Columns, Rows              bool
	}](ctx, e, side, `select p.pubname::text as set, n.nspname::text as schema, c.relname::text as name, r.xmin::text as version,
		to_jsonb(r) ->> 'prattrs' is not null as columns, to_jsonb(r) ->> 'prqual' is not null as rows
		from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
		join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace where p.pubname = any($1)`, names)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		sets[t.Set].Members[analyze.Name{Schema: t.Schema, Name: t.Name}] = member{t.Columns, t.Rows, t.Version}
	}
	return sets, nil
}

// judgePublications checks what the publications publish.
func (e *Env) judgePublications(sets map[string]replicationSet) []Result {
	truncate := strings.Contains(e.Plan.Native.Publish, "truncate")
	var out []Result
	for _, g := range e.Plan.Groups {
		for _, want := range []replicationSet{
			{Name: g.UpdateSet, Insertions: true, Updates: true, Deletions: true, Truncations: truncate},
			{Name: g.InsertSet, Insertions: true, Truncations: truncate},
		} {
			have, ok := sets[want.Name]
			switch {
			case !ok:
				out = append(out, fail(want.Name, "there is no publication of this name").hint("10-source/15-publications.sql creates it"))
			case have.Other != "":
				out = append(out, fail(want.Name, "%s", have.Other).hint("drop it if nobody else subscribes to it, then 10-source/15-publications.sql and 16-members.sh"))
			case have.carries() != want.carries():
				out = append(out, fail(want.Name, "it publishes %s, it has to publish %s", have.carries(), want.carries()).
					hint("alter publication %s set (publish = '%s');", analyze.Ident(want.Name), map[bool]string{true: e.Plan.Native.Publish, false: e.Plan.Native.Inserts}[want.Updates]))
			default:
				out = append(out, pass(want.Name, "it publishes %s", want.carries()))
			}
		}
	}
	return out
}

// judgeForeignNative is [foreign.judge] where publications take the place of sets, and no node is needed.
func (e *Env) judgeForeignNative(ctx context.Context, f foreign, slots, sets []string, started bool) ([]Result, error) {
	f.Node, f.NoRight = "", false
	there, err := query[struct{ Name string }](ctx, e, Source, "select pubname::text as name from pg_publication order by 1")
	if err != nil {
		return nil, err
	}
	f.Sets = nil
	var out []Result
	for _, p := range there {
		if !started && slices.Contains(sets, p.Name) {
			out = append(out, fail("publication "+analyze.Display(p.Name), "a publication of a name the plan wants exists already").
				hint("find out whose it is; drop it, or choose another slots.prefix in the configuration"))
		}
	}
	results := slices.DeleteFunc(f.judge("", slots, sets, started), func(r Result) bool { return r.Subject == "node" })
	return orNothing(append(out, results...), "nobody else replicates from the source, or into it"), nil
}

// subscription is one of the target's, with how far it is.
type subscription struct {
	Name, Slot, Publications string // publications sorted, with commas
	Enabled                  bool
	Origin                   LSN // zero: none
	PID                      *int
	Errors                   *int64            // of the apply; nil before 15
	Tables                   []string          // of pg_subscription_rel, as SQL names them
	Options                  map[string]string // as CREATE SUBSCRIPTION names them
}

func probeSubscriptions(ctx context.Context, e *Env) (map[string]subscription, error) {
	who, err := e.server(Target)
	if err != nil {
		return nil, err
	}
	errorCount, leader := "null::int8", ""
	if who.VersionNum >= 150000 {
		errorCount = "(select t.apply_error_count from pg_stat_subscription_stats t where t.subid = s.oid)"
	}
	if who.VersionNum >= 160000 {
		leader = " and w.leader_pid is null"
	}
	names := make([]string, 0, len(e.Plan.Groups))
	for _, g := range e.Plan.Groups {
		names = append(names, g.Slot)
	}
	rows, err := query[struct {
		Name, Slot, Publications                   string
		Tables                                     []string
		Enabled                                    bool
		Origin                                     *string
		PID                                        *int
		Errors                                     *int64
		Binary, Stream, Origins, RunAs, OnErr, Two *string
	}](ctx, e, Target, `select s.subname::text as name, coalesce(s.subslotname::text, '') as slot, s.subenabled as enabled,
		array_to_string(array(select p from unnest(s.subpublications) p order by p collate "C"), ',') as publications,
		(select o.remote_lsn::text from pg_replication_origin_status o where o.external_id = 'pg_' || s.oid) as origin,
		(select w.pid from pg_stat_subscription w where w.subid = s.oid and w.relid is null and w.pid is not null`+leader+`) as pid,
		`+errorCount+` as errors,
		array(select '"' || replace(n.nspname, '"', '""') || '"."' || replace(c.relname, '"', '""') || '"' from pg_subscription_rel r join pg_class c on c.oid = r.srrelid
			join pg_namespace n on n.oid = c.relnamespace where r.srsubid = s.oid order by 1) as tables,
		to_jsonb(s) ->> 'subbinary' as binary, to_jsonb(s) ->> 'substream' as stream, to_jsonb(s) ->> 'suborigin' as origins,
		to_jsonb(s) ->> 'subrunasowner' as run_as, to_jsonb(s) ->> 'subdisableonerr' as on_err, to_jsonb(s) ->> 'subtwophasestate' as two
		from pg_subscription s where s.subname = any($1) and s.subdbid = (select oid from pg_database where datname = current_database())`, names)
	if err != nil {
		return nil, err
	}
	out := map[string]subscription{}
	for _, r := range rows {
		s := subscription{Name: r.Name, Slot: r.Slot, Publications: r.Publications, Enabled: r.Enabled, Origin: lsn(r.Origin), PID: r.PID, Errors: r.Errors, Tables: r.Tables, Options: map[string]string{}}
		for name, v := range map[string]*string{"binary": r.Binary, "streaming": r.Stream, "origin": r.Origins, "run_as_owner": r.RunAs, "disable_on_error": r.OnErr, "two_phase": r.Two} {
			if v == nil {
				continue
			}
			// substream is a boolean up to 15, then a letter; subtwophasestate is a letter.
			s.Options[name] = map[string]string{"t": "on", "f": "false", "d": "false", "e": "true", "p": "true"}[*v]
			if len(*v) > 1 {
				s.Options[name] = *v
			}
			if name == "streaming" && *v == "true" {
				s.Options[name] = "on"
			}
		}
		out[r.Name] = s
	}
	return out, nil
}

func checkSubscriptions(ctx context.Context, e *Env) ([]Result, error) {
	subs, err := probeSubscriptions(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		s, ok := subs[g.Slot]
		want := []string{g.Marker.SQL()}
		for _, t := range g.Tables {
			want = append(want, t.SQL())
		}
		bad := func(format string, args ...any) { out = append(out, fail(g.Slot, format, args...)) }
		before := len(out)
		switch {
		case !ok:
			bad("the target has no subscription of this name")
			continue
		case s.Slot != g.Slot:
			bad("it reads slot %s, not %s", orNone(s.Slot), g.Slot)
		case s.Publications != g.InsertSet+","+g.UpdateSet:
			bad("it subscribes to %s, not to %s and %s", orNone(s.Publications), g.UpdateSet, g.InsertSet)
		case s.Enabled && !e.State.earlier(g.Slot):
			bad("it is enabled: changes may be applied already")
		}
		if missing := without(want, s.Tables); len(missing) > 0 {
			out = append(out, fail(g.Slot, "it does not apply changes of %s", analyze.Some(missing, 5)).hint("alter subscription %s refresh publication with (copy_data = false); once the publications are whole", g.Slot))
		}
		for _, o := range e.Plan.Native.Options {
			if have, known := s.Options[o.Name]; o.Value != "" && known && have != o.Value {
				out = append(out, fail(g.Slot, "its option %s is %s, the plan has %s: %s", o.Name, have, o.Value, o.Reason).hint("drop it (slot_name = NONE first) and run 50-cdc/native/51-subscriptions.sh"))
			}
		}
		if len(out) == before {
			out = append(out, pass(g.Slot, "disabled, %s", analyze.Count(len(want), "table")))
		}
	}
	return orNothing(out, noGroups), nil
}

// startOf is where a slot's changes begin that are not in the copy.
func (e *Env) startOf(slot string) LSN {
	if e.State == nil || e.State.Pause == nil {
		return 0
	}
	if own := e.State.Slots[slot].StartLSN; own != 0 {
		return own
	}
	return e.State.Pause.LSN
}

func checkOrigins(ctx context.Context, e *Env) ([]Result, error) {
	subs, err := probeSubscriptions(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		s, ok := subs[g.Slot]
		start := e.startOf(g.Slot)
		var r Result
		switch {
		case start == 0:
			r = unknown(g.Slot, "state.json has no pause")
		case !ok:
			r = unasked(g.Slot, "there is no subscription: see G4-SUB")
		case e.State.earlier(g.Slot):
			r = skip(g.Slot, "it started at %s, at an earlier pause, and has gone on since", start)
		case s.Origin == 0:
			r = fail(g.Slot, "its origin has no position: the source would begin where the slot was made, and repeat what the copy holds")
		case s.Origin < start:
			r = fail(g.Slot, "its origin stands at %s, before %s where the copy ends: what lies between would come again", s.Origin, start)
		case s.Origin > start:
			r = fail(g.Slot, "its origin stands at %s, past %s where the copy ends: what lies between would be missing without an error", s.Origin, start)
		default:
			r = pass(g.Slot, "at %s, where the copy ends", start)
		}
		out = append(out, r.with("origin", s.Origin, "copy ends at", start))
	}
	return orNothing(out, noGroups), nil
}

func checkSlotsUnmoved(ctx context.Context, e *Env) ([]Result, error) {
	slots, err := probeSlots(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		s, ok := slots[g.Slot]
		start := e.startOf(g.Slot)
		var r Result
		switch {
		case !ok:
			r = fail(g.Slot, "the slot does not exist")
		case start == 0:
			r = unknown(g.Slot, "state.json has no pause")
		case e.State.earlier(g.Slot):
			r = skip(g.Slot, "it started at %s, at an earlier pause, and is being read since", start)
		case s.Plugin != e.plugin():
			r = fail(g.Slot, "its output plugin is %s, a subscription reads %s", s.Plugin, e.plugin())
		case s.Active:
			r = fail(g.Slot, "somebody reads from it now").hint("find the reader in pg_stat_replication of the source")
		case s.Confirmed > start:
			r = fail(g.Slot, "it has been read up to %s, past %s where the copy ends: what lies between would be missing without an error", s.Confirmed, start)
		default:
			r = pass(g.Slot, "confirmed_flush_lsn %s is not after %s", s.Confirmed, start)
		}
		out = append(out, r.with("confirmed_flush_lsn", s.Confirmed, "copy ends at", start))
	}
	return orNothing(out, noGroups), nil
}

func checkWorkers(ctx context.Context, e *Env) ([]Result, error) {
	r, err := queryOne[struct{ Workers, Processes, Used int64 }](ctx, e, Target, `select current_setting('max_logical_replication_workers')::int8 as workers,
		current_setting('max_worker_processes')::int8 as processes,
		(select count(*) from pg_stat_subscription w join pg_subscription s on s.oid = w.subid where w.pid is not null and s.subname <> all($1)) as used`, e.slotNames())
	if err != nil {
		return nil, err
	}
	need := int64(len(e.Plan.Groups)) + r.Used
	var out []Result
	for _, x := range []struct {
		name string
		have int64
		need int64
	}{{"max_logical_replication_workers", r.Workers, need}, {"max_worker_processes", r.Processes, need + 1}} {
		if x.have < x.need {
			out = append(out, fail(x.name, "it is %d on the target, %d are needed", x.have, x.need))
		} else {
			out = append(out, pass(x.name, "%d, %d are needed", x.have, x.need))
		}
	}
	return out, nil
}

func (e *Env) slotNames() []string {
	names := make([]string, 0, len(e.Plan.Groups))
	for _, g := range e.Plan.Groups {
		names = append(names, g.Slot)
	}
	return names
}

// applyPatience is how long a worker may be away: one that met an error is started again after five seconds.
const applyPatience = 12 * time.Second

func checkApplying(ctx context.Context, e *Env) ([]Result, error) {
	deadline := time.Now().Add(applyPatience)
	for {
		subs, err := probeSubscriptions(ctx, e)
		if err != nil {
			return nil, err
		}
		slots, err := probeSlots(ctx, e)
		if err != nil {
			return nil, err
		}
		out := judgeApplying(e.Plan.Groups, subs, slots)
		waits := slices.ContainsFunc(out, func(r Result) bool { return r.Status == Fail && subs[r.Subject].Enabled })
		if !waits || time.Now().After(deadline) {
			return orNothing(out, noGroups), nil
		}
		if err := pauseFor(ctx, 500*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func pauseFor(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func judgeApplying(groups []planner.Group, subs map[string]subscription, slots map[string]slot) []Result {
	var out []Result
	for _, g := range groups {
		s, ok := subs[g.Slot]
		switch {
		case !ok:
			out = append(out, fail(g.Slot, "the target has no subscription of this name").hint("50-cdc/native/51-subscriptions.sh"))
		case !s.Enabled:
			out = append(out, fail(g.Slot, "it is disabled").hint("50-cdc/native/52-enable.sh"))
		case s.PID == nil:
			out = append(out, fail(g.Slot, "it is enabled, and no process of the target applies its changes").hint("the target's log says why: an error, or no free worker"))
		case !slots[g.Slot].Active:
			out = append(out, fail(g.Slot, "process %d of the target does not read its slot on the source", *s.PID).hint("the target's log says why"))
		default:
			out = append(out, pass(g.Slot, "applied by process %d of the target", *s.PID))
		}
	}
	return out
}

func checkApplyErrors(ctx context.Context, e *Env) ([]Result, error) {
	first, err := probeSubscriptions(ctx, e)
	if err != nil {
		return nil, err
	}
	if who, err := e.server(Target); err == nil && who.VersionNum < 150000 {
		return []Result{skip("", "before version 15 nothing counts errors of the apply: G5-SUB sees a worker that is away, and the target's log says why")}, nil
	}
	wait := e.Settle
	if slices.ContainsFunc(e.Plan.Groups, func(g planner.Group) bool { n := first[g.Slot].Errors; return n != nil && *n > 0 }) {
		wait = max(wait, 6*time.Second) // as long as the next try takes
	}
	if err := pauseFor(ctx, wait); err != nil {
		return nil, err
	}
	second, err := probeSubscriptions(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		a, b := first[g.Slot].Errors, second[g.Slot].Errors
		switch {
		case b == nil:
			out = append(out, unasked(g.Slot, "there is no subscription: see G5-SUB"))
		case a != nil && *b > *a:
			out = append(out, fail(g.Slot, "%s failed within %s, %d in all: a change cannot be applied", analyze.Count(int(*b-*a), "attempt"), wait, *b).hint("the target's log has the error and the row"))
		case *b > 0:
			out = append(out, warn(g.Slot, "%s failed so far, none within %s", analyze.Count(int(*b), "attempt"), wait).hint("find the reason in the target's log"))
		default:
			out = append(out, pass(g.Slot, "none"))
		}
	}
	return orNothing(out, noGroups), nil
}

// backlog is how far a slot's reader is behind.
type backlog struct {
	Slot string
	// Behind is from what the reader has confirmed to the source's insert LSN, in bytes, at two looks; Seconds is the time between them.
	Behind  [2]int64
	Seconds float64
	Marker  *float64 // seconds since the marker of the source was written, if the target does not have it yet; nil: it has
	Known   bool
}

// smallBacklog is what a subscriber is behind at any moment: it confirms now and then.
const smallBacklog = 16 << 20

func checkLag(ctx context.Context, e *Env) ([]Result, error) {
	var looks [2]map[string]int64
	var at [2]time.Time
	who, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	for i := range looks {
		if i > 0 {
			if err := pauseFor(ctx, e.Settle); err != nil {
				return nil, err
			}
		}
		rows, err := query[struct {
			Slot   string
			Behind *int64
		}](ctx, e, Source, walNames(who.VersionNum, `select slot_name::text as slot, (pg_current_wal_insert_lsn() - confirmed_flush_lsn)::int8 as behind
			from pg_replication_slots where slot_name = any($1)`), e.slotNames())
		if err != nil {
			return nil, err
		}
		looks[i], at[i] = map[string]int64{}, time.Now()
		for _, r := range rows {
			if r.Behind != nil {
				looks[i][r.Slot] = *r.Behind
			}
		}
	}
	markers, err := probeMarkers(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		b := backlog{Slot: g.Slot, Seconds: at[1].Sub(at[0]).Seconds()}
		first, known := looks[0][g.Slot]
		second, still := looks[1][g.Slot]
		b.Behind, b.Known = [2]int64{first, second}, known && still
		if m := markers[g.Slot]; m.Source != m.Target {
			b.Marker = &m.Age
		}
		out = append(out, b.judge())
	}
	return orNothing(out, noGroups), nil
}

func (b backlog) judge() Result {
	if !b.Known {
		return unasked(b.Slot, slotGone)
	}
	faster := float64(b.Behind[0]-b.Behind[1]) / max(b.Seconds, 0.001)
	age := ""
	if b.Marker != nil {
		age = fmt.Sprintf("; a marker of %.0f s ago has not arrived yet", *b.Marker)
	}
	var r Result
	switch {
	case b.Behind[1] <= smallBacklog && (b.Marker == nil || *b.Marker < 60):
		r = pass(b.Slot, "%s behind%s", analyze.Bytes(b.Behind[1]), age)
	case b.Behind[1] <= smallBacklog:
		r = fail(b.Slot, "%s behind%s: what reads the slot does not apply it", analyze.Bytes(b.Behind[1]), age)
	case faster <= 0:
		r = fail(b.Slot, "%s behind, and no less than %.0f s before%s", analyze.Bytes(b.Behind[1]), b.Seconds, age).hint("look again in a minute: a large transaction counts only when it is committed; else it does not catch up at all")
	default:
		r = warn(b.Slot, "%s behind; at this pace it has caught up in %s%s", analyze.Bytes(b.Behind[1]), planner.Span(float64(b.Behind[1])/faster), age).hint("wait")
	}
	return r.with("bytes behind", b.Behind[1], "before", b.Behind[0], "seconds between", fmt.Sprintf("%.1f", b.Seconds))
}

// markerPair is what a group's marker says on both sides.
type markerPair struct {
	Source, Target string  // tokens; empty: no row
	Age            float64 // of the source's, in seconds
}

// probeMarkers reads the markers of both sides, by slot.
func probeMarkers(ctx context.Context, e *Env) (map[string]markerPair, error) {
	out := map[string]markerPair{}
	for _, g := range e.Plan.Groups {
		var p markerPair
		for _, side := range []Side{Source, Target} {
			rows, err := query[struct {
				Token string
				Age   float64
			}](ctx, e, side, "select token || ' ' || source_lsn as token, extract(epoch from clock_timestamp() - at)::float8 as age from "+g.Marker.SQL()+" where id = 1")
			if err != nil && !absent(err) {
				return nil, err
			}
			if len(rows) == 1 && side == Source {
				p.Source, p.Age = rows[0].Token, rows[0].Age
			} else if len(rows) == 1 {
				p.Target = rows[0].Token
			}
		}
		out[g.Slot] = p
	}
	return out, nil
}
