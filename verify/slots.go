package verify

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// slot is a row of pg_replication_slots. Positions are zero where the column is NULL.
type slot struct {
	Name, Plugin, Type, Database string
	Active, Temporary, TwoPhase  bool
	WALStatus                    string // empty before 13
	Invalidation                 string // reason, 17 and newer
	Restart, Confirmed           LSN
}

// slotsSQL lists the named slots. to_jsonb makes columns of newer versions NULL on older ones.
const slotsSQL = `select s.slot_name::text as name, coalesce(s.plugin::text, '') as plugin, s.slot_type as type, coalesce(s.database::text, '') as database,
	s.active, coalesce((to_jsonb(s) ->> 'temporary')::bool, false) as temporary, coalesce((to_jsonb(s) ->> 'two_phase')::bool, false) as two_phase,
	coalesce(to_jsonb(s) ->> 'wal_status', '') as wal_status, coalesce(to_jsonb(s) ->> 'invalidation_reason', '') as invalidation,
	s.restart_lsn::text as restart, s.confirmed_flush_lsn::text as confirmed
	from pg_replication_slots s where s.slot_name = any($1)`

// probeSlots reads those of the plan's groups on a server, whatever they are, by the plan's names.
func probeSlots(ctx context.Context, e *Env, on Side) (map[string]slot, error) {
	rows, err := query[struct {
		Name, Plugin, Type, Database string
		Active, Temporary, TwoPhase  bool
		WALStatus                    string `db:"wal_status"`
		Invalidation                 string
		Restart, Confirmed           *string
	}](ctx, e, on, slotsSQL, e.slotNames())
	if err != nil {
		return nil, err
	}
	out, planned := map[string]slot{}, e.plannedSlots()
	for _, r := range rows {
		out[planned[r.Name]] = slot{r.Name, r.Plugin, r.Type, r.Database, r.Active, r.Temporary, r.TwoPhase, r.WALStatus, r.Invalidation, lsn(r.Restart), lsn(r.Confirmed)}
	}
	return out, nil
}

const slotGone = "it does not exist: see G1-SLOT"

func checkSlots(ctx context.Context, e *Env) ([]Result, error) {
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	who, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	return orNothing(e.bySnapshots(judgeSlots(e.Plan.Groups, e.plugin(), slots, who.Database, e.State)), noGroups), nil
}

// judgeSlots checks that the plan's slots are what change data capture needs, and that nobody reads from them yet.
func judgeSlots(groups []planner.Group, plugin string, slots map[string]slot, database string, state *State) []Result {
	const anew = "drop it and create it anew: before the pause with 10-source/17-slots.sh, after it with 80-recovery/82-restart-slot.sh"
	var out []Result
	planned := map[string]bool{}
	for _, g := range groups {
		planned[g.Slot] = true
		s, ok := slots[g.Slot]
		var r Result
		recorded := StateSlot{}
		known := false
		if state != nil {
			recorded, known = state.Slots[g.Slot]
		}
		switch {
		case !ok && known:
			r = fail(g.Slot, "the slot is gone: it was created, and somebody dropped it").hint("changes since its creation are lost with it; before the pause run 10-source/17-slots.sh, after it 80-recovery/82-restart-slot.sh")
		case !ok:
			r = fail(g.Slot, "there is no slot of this name").hint("10-source/17-slots.sh creates it")
		case s.Type != "logical":
			r = fail(g.Slot, "it is a %s slot, a logical one is needed", s.Type).hint("%s", anew)
		case s.Plugin != plugin && plugin == "pglogical":
			r = fail(g.Slot, "its output plugin is %s, AWS DMS reads pglogical here", s.Plugin).hint("%s", anew)
		case s.Plugin != plugin:
			r = fail(g.Slot, "its output plugin is %s, a subscription reads %s", s.Plugin, plugin).hint("%s", anew)
		case s.Database != database:
			r = fail(g.Slot, "it belongs to database %s, not to %s", analyze.Display(s.Database), analyze.Display(database)).hint("%s", anew)
		case s.Temporary:
			r = fail(g.Slot, "it is temporary: it vanishes with the session that created it").hint("%s", anew)
		case s.TwoPhase:
			r = fail(g.Slot, "it decodes prepared transactions, which AWS DMS does not know").hint("%s", anew)
		case !known:
			r = fail(g.Slot, "state.json does not know it: it was not created by the scripts of this plan").hint("%s", anew)
		case s.Confirmed != 0 && s.Confirmed < recorded.ConfirmedFlushLSN:
			r = fail(g.Slot, "its confirmed_flush_lsn %s is before the %s that state.json recorded, and a slot never goes back: it is another slot, or state.json was edited", s.Confirmed, recorded.ConfirmedFlushLSN).
				hint("restore state.json from a copy; a slot of another origin has to be dropped and created anew")
		case s.Active && state.Earlier(g.Slot):
			r = pass(g.Slot, "logical, plugin %s; its task reads from it", plugin)
		case s.Active:
			r = fail(g.Slot, "somebody reads from it now").hint("find the reader in pg_stat_replication: what it consumes, change data capture never sees")
		default:
			r = pass(g.Slot, "logical, plugin %s, nobody reads from it", plugin)
		}
		if ok {
			r = r.with("restart_lsn", s.Restart, "confirmed_flush_lsn", s.Confirmed, "plugin", s.Plugin, "database", s.Database, "active", s.Active)
		}
		out = append(out, r)
	}
	if state != nil {
		for _, name := range slices.Sorted(maps.Keys(state.Slots)) {
			if !planned[name] {
				out = append(out, fail(analyze.Display(name), "state.json records a slot that the plan does not have").hint("restore state.json from a copy; nobody edits it"))
			}
		}
	}
	return out
}

func checkSlotWAL(ctx context.Context, e *Env) ([]Result, error) {
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	return orNothing(judgeSlotWAL(e.Plan.Groups, slots, e.noSlot), noGroups), nil
}

// judgeSlotWAL checks that the WAL a slot needs is still there. Until 12 nothing takes it away.
func judgeSlotWAL(groups []planner.Group, slots map[string]slot, none func(string) Result) []Result {
	const lost = "the slot can never be read again: drop it, raise max_slot_wal_keep_size, and start its group over with 80-recovery/82-restart-slot.sh"
	var out []Result
	for _, g := range groups {
		s, ok := slots[g.Slot]
		var r Result
		switch {
		case !ok:
			r = none(g.Slot)
		case s.Invalidation != "":
			r = fail(g.Slot, "it was invalidated: %s", s.Invalidation).hint("%s", lost)
		case s.WALStatus == "lost":
			r = fail(g.Slot, "it is lost: the server removed WAL it needs (max_slot_wal_keep_size)").hint("%s", lost)
		case s.Restart == 0:
			r = fail(g.Slot, "it has no restart_lsn: it holds no WAL").hint("%s", lost)
		case s.WALStatus == "unreserved":
			r = warn(g.Slot, "the server may remove WAL it needs at the next checkpoint").hint("raise max_slot_wal_keep_size now, or make it -1, and reload")
		case s.WALStatus == "" || s.WALStatus == "reserved" || s.WALStatus == "extended":
			r = pass(g.Slot, "WAL from %s on is kept", s.Restart)
		default:
			r = unknown(g.Slot, "its wal_status is %q, which this program does not know", s.WALStatus)
		}
		if ok {
			r = r.with("restart_lsn", s.Restart, "wal_status", orNone(s.WALStatus))
		}
		out = append(out, r)
	}
	return out
}

// handOff is everything on which the hand-off at the pause LSN rests.
type handOff struct {
	State  *State
	Source server
	// Replica is nil where its position is judged elsewhere (after the load).
	Replica *server
	Groups  []planner.Group
	Slots   map[string]slot
}

func checkHandOff(ctx context.Context, e *Env) ([]Result, error) {
	if e.State == nil || e.State.Pause == nil {
		return nil, errNoPause
	}
	h := handOff{State: e.State, Groups: e.Plan.Groups}
	var err error
	if h.Source, err = e.server(Source); err != nil {
		return nil, err
	}
	if h.Slots, err = probeSlots(ctx, e, Source); err != nil {
		return nil, err
	}
	if e.Gate == Paused {
		if r, ok := e.missing("replica", Replica); !ok {
			return append(h.judge(), r), nil
		}
		now, err := probeServer(ctx, e, Replica) // afresh: where it stands now is the question
		if err != nil {
			return h.judge(), err
		}
		h.Replica = &now
	}
	return h.judge(), nil
}

// judge is the condition under which starting every slot at the pause LSN R loses nothing and repeats nothing: a transaction
// is in the copy when its commit was replayed before R, and in the stream when its commit starts at R or later. PostgreSQL
// does not refuse an R before a slot's confirmed_flush_lsn; it silently leaves out what lies between.
func (h handOff) judge() []Result {
	p := h.State.Pause
	var out []Result
	who := p.LSN.String()
	bad := func(r Result) {
		out = append(out, r.with("pause lsn", p.LSN, "source flushed to", h.Source.Flush, "sets_complete_lsn", h.State.SetsCompleteLSN))
	}
	const again = "resume the replica with 20-replica/22-resume.sh, let it catch up, and pause it again with 20-replica/21-pause.sh"
	if p.LSN > h.Source.Flush {
		bad(fail(who, "the pause LSN lies after %s, up to which the source has written: it is not a position of this source", h.Source.Flush).hint("restore state.json from a copy; nobody edits it"))
	}
	if h.State.SetsCompleteLSN == 0 {
		bad(unknown(who, "state.json does not say when the sets were complete").hint("run 10-source/17-slots.sh to its end"))
	} else if p.LSN < h.State.SetsCompleteLSN {
		bad(fail(who, "the pause LSN lies before %s, where slots and sets were complete: what was written in between would be missing", h.State.SetsCompleteLSN).hint("%s", again))
	}
	if p.SystemIdentifier != "" && h.Source.SystemIdentifier != "" && p.SystemIdentifier != h.Source.SystemIdentifier {
		bad(fail(who, "the replica was paused with system identifier %s, the source has %s", p.SystemIdentifier, h.Source.SystemIdentifier).hint("pause a standby of this source"))
	}
	if p.Timeline != h.Source.Timeline {
		bad(fail(who, "the replica was paused on timeline %d, the source is on %d: it failed over", p.Timeline, h.Source.Timeline).
			hint("logical slots do not survive a failover: start over with 80-recovery/83-full-restart.sh"))
	}
	if len(out) == 0 {
		bad(pass(who, "it is a position of the source after slots and sets were complete"))
	}
	if h.Replica != nil {
		out = append(out, h.judgeReplica())
	}
	for _, g := range h.Groups {
		out = append(out, h.judgeSlot(g.Slot, again))
	}
	return out
}

func (h handOff) judgeSlot(name, again string) Result {
	s, ok := h.Slots[name]
	p := h.State.Pause
	if !ok {
		return unasked(name, slotGone)
	}
	start, called := p.LSN, "the pause LSN"
	if own := h.State.Slots[name].StartLSN; own != 0 { // the group was restarted alone
		start, called = own, "its start LSN"
	}
	ahead := int64(s.Confirmed) - int64(start)
	recorded := h.State.Slots[name].ConfirmedFlushLSN
	var r Result
	switch {
	case h.State.Earlier(name) && ahead > 0:
		return skip(name, "it started at %s, at an earlier pause, and its task has read on since", start)
	case s.Confirmed == 0:
		r = fail(name, "it has no confirmed_flush_lsn: it never became consistent").hint("drop it and create it anew, then pause again")
	case ahead > 0 && recorded != 0 && s.Confirmed > recorded:
		r = fail(name, "its confirmed_flush_lsn %s lies %s after %s %s: somebody consumed from it, and what lies between would be missing without an error", s.Confirmed, analyze.Bytes(ahead), called, start).
			hint("the group has to be started over: 80-recovery/82-restart-slot.sh")
	case ahead > 0:
		r = fail(name, "its confirmed_flush_lsn %s lies %s after %s %s: what lies between would be missing without an error", s.Confirmed, analyze.Bytes(ahead), called, start).hint("%s", again)
	case recorded != 0 && s.Confirmed > recorded:
		r = warn(name, "somebody consumed from it: its confirmed_flush_lsn moved from %s to %s, still not after %s", recorded, s.Confirmed, called).
			hint("find out who reads from it: past %s nothing may be consumed", start)
	default:
		r = pass(name, "confirmed_flush_lsn %s is not after %s", s.Confirmed, called)
	}
	return r.with("confirmed_flush_lsn", s.Confirmed, "recorded", recorded, "starts at", start)
}

func (h handOff) judgeReplica() Result {
	p, s := h.State.Pause, h.Replica
	var r Result
	switch {
	case !s.InRecovery:
		r = fail("replica", "it is no standby any more: it was promoted").hint("build a new replica and start over")
	case !sameInstant(p.PostmasterStartTime, s.StartTime):
		r = fail("replica", "it was restarted since the pause (started %s, at the pause %s): a restart forgets the pause", s.StartTime.UTC().Format(timeText), p.PostmasterStartTime.UTC().Format(timeText)).
			hint("void what was copied and pause again with 20-replica/21-pause.sh; keep whatever restarted it from doing so")
	case s.Replay == 0:
		r = unknown("replica", "it does not say how far it has replayed")
	case s.Replay != p.LSN:
		r = fail("replica", "it stands at %s, state.json says %s", s.Replay, p.LSN).
			hint("it moved after the pause, or state.json was edited; pause again with 20-replica/21-pause.sh before anything is copied")
	default:
		r = pass("replica", "it stands at the pause LSN and was not restarted")
	}
	return r.with("replayed to", s.Replay, "pause lsn", p.LSN, "started", s.StartTime.UTC().Format(timeText))
}

const timeText = "2006-01-02T15:04:05.999999Z07:00"

func checkReplay(ctx context.Context, e *Env) ([]Result, error) {
	if e.State == nil {
		return nil, errNoPause
	}
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	now, err := probeServer(ctx, e, Replica)
	if err != nil {
		return nil, err
	}
	return judgeReplay(e.Plan.Groups, slots, e.State.SetsCompleteLSN, now.Replay), nil
}

// judgeReplay checks that the replica has replayed past everything that has to lie before the pause.
func judgeReplay(groups []planner.Group, slots map[string]slot, complete, replay LSN) []Result {
	need, from := complete, "where slots and sets were complete"
	var missing []string
	for _, g := range groups {
		s, ok := slots[g.Slot]
		if !ok || s.Confirmed == 0 {
			missing = append(missing, g.Slot)
		}
		if s.Confirmed > need {
			need, from = s.Confirmed, "the confirmed_flush_lsn of "+g.Slot
		}
	}
	var r Result
	switch {
	case complete == 0:
		r = unknown("replica", "state.json does not say when the sets were complete").hint("run 10-source/17-slots.sh to its end")
	case len(missing) > 0:
		r = unasked("replica", "no position of %s: see G1-SLOT", strings.Join(missing, ", "))
	case replay == 0:
		r = unknown("replica", "it does not say how far it has replayed")
	case replay < need:
		r = fail("replica", "it has replayed to %s and has %s to go to %s, %s", replay, analyze.Bytes(int64(need-replay)), need, from).hint("wait: it has to catch up before it is paused")
	default:
		r = pass("replica", "it has replayed to %s, past %s, %s", replay, need, from)
	}
	return []Result{r.with("replayed to", replay, "needed", need, "sets_complete_lsn", complete)}
}

// proof is what a replica says about its pause, read several times.
type proof struct {
	VersionNum int
	Readings   []reading
}

// reading is one look at the replica.
type reading struct {
	Recovery        bool
	Flag            bool   // pg_is_wal_replay_paused: the pause was asked for
	State           string // pg_get_wal_replay_pause_state, 14 and newer
	Event           string // wait event of the startup process, 13 and newer; empty where hidden
	Replay, Receive LSN
}

func checkPaused(ctx context.Context, e *Env) ([]Result, error) {
	who, err := e.server(Replica)
	if err != nil {
		return nil, err
	}
	p := proof{VersionNum: who.VersionNum}
	sql := "select pg_is_in_recovery() as recovery, pg_last_wal_replay_lsn()::text as replay, pg_last_wal_receive_lsn()::text as receive"
	if who.InRecovery {
		sql += ", pg_is_wal_replay_paused() as flag"
	} else {
		sql += ", false as flag" // the function is an error on a primary
	}
	if who.VersionNum >= 140000 && who.InRecovery {
		sql += ", pg_get_wal_replay_pause_state() as state"
	} else {
		sql += ", ''::text as state"
	}
	if who.VersionNum >= 130000 {
		sql += ", coalesce((select wait_event from pg_stat_activity where backend_type = 'startup'), '') as event"
	} else {
		sql += ", ''::text as event"
	}
	// Where the server itself says that replay stands, two readings are enough to see a position that moves all the same.
	readings, apart := 3, e.Settle
	if who.VersionNum >= 130000 {
		readings, apart = 2, e.Settle/4
	}
	for i := range readings {
		if i > 0 {
			select {
			case <-time.After(apart):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		r, err := queryOne[struct {
			Recovery, Flag  bool
			State, Event    string
			Replay, Receive *string
		}](ctx, e, Replica, walNames(who.VersionNum, sql))
		if err != nil {
			return nil, err
		}
		p.Readings = append(p.Readings, reading{r.Recovery, r.Flag, r.State, r.Event, lsn(r.Replay), lsn(r.Receive)})
	}
	return []Result{p.judge()}, nil
}

// judge decides whether replay really stands still. The flag alone says only that somebody asked: a record that waits for a
// conflicting query is replayed later. 14 and newer tell; 13 shows it in the wait event of the startup process; before, only
// a position that does not move although there is more to replay speaks for it.
func (p proof) judge() Result {
	last := p.Readings[len(p.Readings)-1]
	still := true
	for _, r := range p.Readings {
		still = still && r.Replay == p.Readings[0].Replay && r.Flag
	}
	const pause = "20-replica/21-pause.sh pauses it and waits until replay stands still"
	var r Result
	switch {
	case !last.Recovery:
		r = fail("replica", "it is no standby").hint("build a new replica and start over")
	case !last.Flag:
		r = fail("replica", "replay is not paused").hint("%s", pause)
	case !still:
		r = fail("replica", "replay moved from %s to %s although a pause was asked for", p.Readings[0].Replay, last.Replay).hint("%s", "wait for it to settle, then capture the LSN again: "+pause)
	case p.VersionNum >= 140000 && last.State == "paused":
		r = pass("replica", "the server says that replay is paused")
	case p.VersionNum >= 140000:
		r = fail("replica", "a pause was asked for, replay still goes on (%s)", last.State).hint("%s", "a query on the replica may hold up a record: end it; "+pause)
	case p.VersionNum >= 130000 && last.Event == "RecoveryPause":
		r = pass("replica", "the startup process waits in RecoveryPause")
	case p.VersionNum >= 130000 && last.Event != "":
		r = fail("replica", "a pause was asked for, the startup process waits for %s", last.Event).hint("%s", "a query on the replica may hold up a record: end it; "+pause)
	case last.Receive > last.Replay:
		r = warn("replica", "replay stood at %s in %d readings with more to replay; this version has no better proof", last.Replay, len(p.Readings)).hint("the position is compared again before and after each piece of the load")
	default:
		r = warn("replica", "replay stands at %s, but nothing more was there to replay: whether it is paused cannot be seen on this version", last.Replay).
			hint("run the check again once the source has written something")
	}
	return r.with("replayed to", last.Replay, "received to", last.Receive, "pause state", orNone(last.State), "startup waits for", orNone(last.Event))
}

func checkFeedback(ctx context.Context, e *Env) ([]Result, error) {
	s, err := probeSettings(ctx, e, Replica)
	if err != nil {
		return nil, err
	}
	return judgeFeedback(s), nil
}

func judgeFeedback(s settings) []Result {
	v, ok := s["hot_standby_feedback"]
	switch {
	case !ok:
		return []Result{unknown("hot_standby_feedback", "it is not readable")}
	case v.Setting == "on":
		return []Result{warn("hot_standby_feedback", "it is on: a replica that stands still goes on telling the source the oldest transaction it knows, also without a query on it, and the source keeps every row that dies from the pause on").
			hint("on the replica: alter system set hot_standby_feedback = off; select pg_reload_conf(); nothing is replayed, so no query can be cancelled by replay")}
	}
	return []Result{pass("hot_standby_feedback", "off")}
}

func checkRetired(ctx context.Context, e *Env) ([]Result, error) {
	if e.full() {
		return checkFullRetired(ctx, e)
	}
	slots, err := probeSlots(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		if s, ok := slots[g.Slot]; ok {
			out = append(out, fail(g.Slot, "the slot is still there and keeps WAL from %s on", s.Restart))
		} else {
			out = append(out, pass(g.Slot, "gone"))
		}
	}
	return orNothing(out, noGroups), nil
}
