package verify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
)

const codeConnect = "G0-CONNECT"

// server is what one server says about itself.
type server struct {
	VersionNum       int
	Version          string
	Database         string
	User             string
	Superuser        bool
	Replication      bool // the role has REPLICATION
	InRecovery       bool
	StartTime        time.Time
	SystemIdentifier string // empty: not readable
	Timeline         int    // 0: not readable
	Insert, Flush    LSN    // on a primary
	Replay, Receive  LSN    // on a standby
	Receiver         receiver
}

// receiver is the state of a standby's WAL receiver.
type receiver struct {
	Present bool
	Status  string // empty where the role may not see it
}

// release is the number people call a version by: 9.6, 15.
func release(versionNum int) string {
	if versionNum < 100000 {
		return fmt.Sprintf("%d.%d", versionNum/10000, versionNum/100%100)
	}
	return fmt.Sprint(versionNum / 10000)
}

func (s server) summary(side Side) ServerSummary {
	at := s.Insert
	if s.InRecovery {
		at = s.Replay
	}
	return ServerSummary{side, s.Version, s.Database, s.User, s.SystemIdentifier, s.Timeline, s.InRecovery, at, s.StartTime.UTC().Format(time.RFC3339Nano)}
}

const identitySQL = `select current_setting('server_version_num')::int as version_num, current_setting('server_version') as version,
	current_database()::text as database, current_user::text as "user", pg_is_in_recovery() as in_recovery,
	pg_postmaster_start_time() as start_time,
	coalesce((select rolsuper from pg_roles where rolname = current_user), false) as superuser,
	coalesce((select rolreplication from pg_roles where rolname = current_user), false) as replication`

// probeServer asks a server who it is. What the role may not read stays empty.
func probeServer(ctx context.Context, e *Env, side Side) (server, error) {
	ctx, cancel := context.WithTimeout(ctx, Instant.timeout())
	defer cancel()
	id, err := queryOne[struct {
		VersionNum                         int
		Version, Database, User            string
		InRecovery, Superuser, Replication bool
		StartTime                          time.Time
	}](ctx, e, side, identitySQL)
	if err != nil {
		return server{}, err
	}
	s := server{
		VersionNum: id.VersionNum, Version: id.Version, Database: id.Database, User: id.User, Superuser: id.Superuser,
		Replication: id.Replication, InRecovery: id.InRecovery, StartTime: id.StartTime,
	}
	control, err := queryOne[struct {
		SystemIdentifier string
		Timeline         int
	}](ctx, e, side, `select (select system_identifier::text from pg_control_system()) as system_identifier,
		(select timeline_id from pg_control_checkpoint()) as timeline`)
	switch {
	case err == nil:
		s.SystemIdentifier, s.Timeline = control.SystemIdentifier, control.Timeline
	case !denied(err):
		return s, err
	}
	if s.InRecovery {
		return s, probeStandby(ctx, e, side, &s)
	}
	at, err := queryOne[struct {
		Insert, Flush string
		Timeline      int
	}](ctx, e, side, walNames(s.VersionNum, `select pg_current_wal_insert_lsn()::text as insert, pg_current_wal_flush_lsn()::text as flush,
		('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int as timeline`))
	if err != nil {
		return s, err
	}
	s.Insert, s.Flush = lsn(&at.Insert), lsn(&at.Flush)
	s.Timeline = at.Timeline // after a promotion the control file follows only with the next checkpoint
	return s, nil
}

func probeStandby(ctx context.Context, e *Env, side Side, s *server) error {
	at, err := queryOne[struct {
		Replay, Receive *string
		Timeline        *int
		Present         bool
		Status          *string
	}](ctx, e, side, walNames(s.VersionNum, `select pg_last_wal_replay_lsn()::text as replay, pg_last_wal_receive_lsn()::text as receive,
		(select received_tli from pg_stat_wal_receiver) as timeline, exists (select from pg_stat_get_wal_receiver() r where r.pid is not null) as present,
		(select status from pg_stat_wal_receiver) as status`))
	if err != nil {
		return err
	}
	s.Replay, s.Receive = lsn(at.Replay), lsn(at.Receive)
	s.Receiver.Present = at.Present
	if at.Status != nil {
		s.Receiver.Status = *at.Status
	}
	if at.Timeline != nil && *at.Timeline > s.Timeline {
		s.Timeline = *at.Timeline
	}
	return nil
}

// expectation is what a plan and a state expect of the side; empty parts are not known.
type expectation struct {
	VersionNum       int
	SystemIdentifier string
	Database         string
}

// hinter is an error of whoever opens the sessions that says what to do about it.
type hinter interface {
	error
	Hint() string
}

func checkConnect(_ context.Context, e *Env) ([]Result, error) {
	var out []Result
	for _, side := range e.Sides {
		s, err := e.server(side)
		if err != nil {
			r := unknown(string(side), "%v", err)
			if !errors.As(err, new(*openError)) {
				r = undecidable(context.Background(), Check{Cost: Instant}, err)
				r.Subject = string(side)
			}
			if h, ok := errors.AsType[hinter](err); ok {
				r = r.hint("%s", h.Hint())
			}
			out = append(out, r)
			continue
		}
		out = append(out, pass(string(side), "PostgreSQL %s, database %s, as %s", s.Version, analyze.Display(s.Database), analyze.Display(s.User)))
	}
	if e.Whole {
		for _, side := range e.wanted() {
			if !e.given(side) {
				r, _ := e.missing(string(side), side)
				out = append(out, r)
			}
		}
	}
	if len(out) == 0 {
		out = append(out, unasked("", "no server was given").hint("give --source, --replica and --target"))
	}
	return out, nil
}

func checkTopology(ctx context.Context, e *Env) ([]Result, error) {
	t := topology{Gate: e.Gate, State: e.State, Physical: e.physical(), Emptied: e.Plan.Options.Emptied(), Marked: map[Side]bool{}}
	for side, to := range map[Side]**server{Source: &t.Source, Replica: &t.Replica, Target: &t.Target} {
		if !e.given(side) {
			continue
		}
		s, err := e.server(side)
		if err != nil { // checkConnect has said so
			continue
		}
		*to = &s
		if e.Plan.Options.Emptied() && side != Replica {
			is, err := marked(ctx, e, side)
			if err != nil {
				return nil, err
			}
			t.Marked[side] = is
		}
	}
	p := e.Plan
	t.PlannedSource = expectation{p.Source.VersionNum, p.Source.SystemIdentifier, p.Source.Database}
	t.PlannedTarget = expectation{p.Target.VersionNum, p.Target.SystemIdentifier, p.Target.Database}
	if p.Target.SystemIdentifier == "" { // no target was looked at: the name is a guess
		t.PlannedTarget.Database = ""
	}
	return t.judge(), nil
}

// topology is the three servers as far as they answered.
type topology struct {
	Physical                     bool // the target is a copy of the source
	Emptied                      bool // it was one, and is told from the source by a mark: a physical copy may have the source's system identifier
	Marked                       map[Side]bool
	Gate                         Gate
	Source, Replica, Target      *server
	PlannedSource, PlannedTarget expectation
	State                        *State
}

// staleReplica is how far behind a replica may be before somebody should look.
const staleReplica = 256 << 20

func (t topology) judge() []Result {
	var out []Result
	for _, part := range []struct {
		side Side
		s    *server
		f    func() []Result
	}{{Source, t.Source, t.judgeSource}, {Replica, t.Replica, t.judgeReplica}, {Target, t.Target, t.judgeTarget}} {
		if part.s == nil {
			continue
		}
		results := part.f()
		if len(results) == 0 {
			role := map[Side]string{Source: "the primary that the plan was made for", Replica: "a streaming standby of the source", Target: "a primary of its own"}[part.side]
			if t.Physical && part.side == Target && part.s.InRecovery {
				role = "a read replica"
			}
			results = append(results, pass(string(part.side), "%s", role))
		}
		for _, r := range results {
			out = append(out, r.with("system identifier", orUnknown(part.s.SystemIdentifier), "timeline", part.s.Timeline, "in recovery", part.s.InRecovery,
				"started", part.s.StartTime.UTC().Format(time.RFC3339)))
		}
	}
	if len(out) == 0 {
		return []Result{unasked("", "no server answered")}
	}
	return out
}

func orUnknown(s string) string {
	if s == "" {
		return "not readable"
	}
	return s
}

func (t topology) judgeSource() (out []Result) {
	s, who := t.Source, string(Source)
	if s.InRecovery {
		return []Result{fail(who, "it is a standby (in recovery), a primary is needed").hint("connect --source to the primary; the standby goes to --replica")}
	}
	if t.Emptied && t.Marked[Source] {
		return []Result{fail(who, "it is the promoted replica: it has the mark of 20-aurora/23-promote.sh").hint("connect --source to the instance that the replica was made of")}
	}
	out = append(out, t.PlannedSource.judge(who, s, "the plan was made for")...)
	if t.State != nil && t.State.Source != nil {
		st := t.State.Source
		out = append(out, expectation{0, st.SystemIdentifier, st.Database}.judge(who, s, "the slots were made on")...)
		if st.Timeline > 0 && s.Timeline > 0 && s.Timeline != st.Timeline {
			out = append(out, fail(who, "it is on timeline %d, the slots were made on timeline %d: it failed over since", s.Timeline, st.Timeline).
				hint("logical slots do not survive a failover: start over with 80-recovery/83-full-restart.sh"))
		}
	}
	return out
}

func (t topology) judgeReplica() (out []Result) {
	s, who := t.Replica, string(Replica)
	if !s.InRecovery {
		return []Result{fail(who, "it is not a standby (not in recovery)").
			hint("connect --replica to a streaming standby of the source; one that was promoted has to be built anew")}
	}
	if src := t.Source; src != nil {
		switch {
		case s.SystemIdentifier == "" || src.SystemIdentifier == "":
			out = append(out, unknown(who, "whether it is a standby of the source cannot be told: a system identifier is not readable").
				hint("grant execute on function pg_catalog.pg_control_system() to the role, on the source"))
		case s.SystemIdentifier != src.SystemIdentifier:
			return append(out, fail(who, "its system identifier is %s, the source's is %s: it is not a standby of the source", s.SystemIdentifier, src.SystemIdentifier).
				hint("connect --replica to a physical standby of the source"))
		}
		if s.Timeline != 0 && src.Timeline != 0 && s.Timeline != src.Timeline {
			out = append(out, fail(who, "it is on timeline %d, the source on %d", s.Timeline, src.Timeline).
				hint("after a failover the replica has to follow the new primary, and the slots are gone: 80-recovery/83-full-restart.sh"))
		}
		if s.Database != src.Database {
			out = append(out, fail(who, "connected to database %s, the source to %s", analyze.Display(s.Database), analyze.Display(src.Database)))
		}
		if lag := int64(src.Insert) - int64(s.Replay); lag > staleReplica && (t.Gate == Preflight || t.Gate == ReadyToPause) {
			out = append(out, warn(who, "it is %s of WAL behind the source", analyze.Bytes(lag)))
		}
	} else if id := t.PlannedSource.SystemIdentifier; id == "" || s.SystemIdentifier == "" {
		out = append(out, unknown(who, "whether it is a standby of the source cannot be told without the source").hint("give --source too"))
	} else if id != s.SystemIdentifier {
		out = append(out, fail(who, "its system identifier is %s, the plan's source has %s", s.SystemIdentifier, id))
	}
	switch {
	case !s.Receiver.Present && (t.Gate == Preflight || t.Gate == ReadyToPause):
		out = append(out, fail(who, "it does not stream from its primary").hint("look for the reason in the replica's log: primary_conninfo, its slot, WAL already removed"))
	case !s.Receiver.Present:
		out = append(out, warn(who, "it receives no WAL from its primary; it has to once it is resumed"))
	case s.Receiver.Status == "":
		out = append(out, warn(who, "the state of its WAL receiver is hidden from %s", analyze.Display(s.User)).hint("grant pg_read_all_stats to the role"))
	case s.Receiver.Status != "streaming":
		out = append(out, warn(who, "its WAL receiver is %s", s.Receiver.Status))
	}
	return out
}

func (t topology) judgeTarget() (out []Result) {
	if t.Physical {
		return t.judgeCopy()
	}
	s, who := t.Target, string(Target)
	if s.InRecovery {
		return []Result{fail(who, "it is a standby (in recovery), nothing can be loaded into it").hint("connect --target to the primary of the target")}
	}
	if t.Emptied && !t.Marked[Target] {
		return []Result{fail(who, "it does not have the mark of 20-aurora/23-promote.sh: it is not the replica that was promoted, and may be the source").hint("20-aurora/23-promote.sh --yes; --target leads to the writer endpoint of the cluster")}
	}
	for _, other := range []struct {
		side Side
		s    *server
	}{{Source, t.Source}, {Replica, t.Replica}} {
		switch {
		case other.s == nil || t.Emptied:
		case s.SystemIdentifier != "" && s.SystemIdentifier == other.s.SystemIdentifier:
			return []Result{fail(who, "it is the same server as the %s, or a physical copy of it: both have system identifier %s", other.side, s.SystemIdentifier).
				hint("connect --target to another server; two databases of one server are no migration")}
		case s.SystemIdentifier == "" || other.s.SystemIdentifier == "":
			if s.StartTime.Equal(other.s.StartTime) && s.Version == other.s.Version {
				return []Result{fail(who, "it started at the very moment the %s did: it is the same server", other.side).hint("connect --target to another server")}
			}
			if other.side == Source {
				out = append(out, unknown(who, "whether it is another server than the source cannot be told: a system identifier is not readable").
					hint("grant execute on function pg_catalog.pg_control_system() to the role, on both"))
			}
		}
	}
	out = append(out, t.PlannedTarget.judge(who, s, "the plan was made for")...)
	if t.State != nil && t.State.Schema != nil {
		st := t.State.Schema
		out = append(out, expectation{0, st.TargetSystemIdentifier, st.TargetDatabase}.judge(who, s, "the schema was loaded into")...)
	}
	return out
}

// judge compares a server with what is expected of it; what is not known is not compared.
func (x expectation) judge(who string, s *server, whose string) (out []Result) {
	if x.SystemIdentifier != "" && s.SystemIdentifier != "" && x.SystemIdentifier != s.SystemIdentifier {
		out = append(out, fail(who, "its system identifier is %s, the server %s has %s", s.SystemIdentifier, whose, x.SystemIdentifier).
			hint("connect --%s to that server, or analyze and plan again for this one", who))
	}
	if x.Database != "" && x.Database != s.Database {
		out = append(out, fail(who, "connected to database %s, the database %s is %s", analyze.Display(s.Database), whose, analyze.Display(x.Database)).
			hint("name the database with dbname=, or as the path of a URI"))
	}
	if x.VersionNum != 0 && release(x.VersionNum) != release(s.VersionNum) {
		out = append(out, fail(who, "it runs PostgreSQL %s, the server %s runs %s", s.Version, whose, release(x.VersionNum)).
			hint("analyze and plan again: what is rendered depends on the major version"))
	}
	return out
}
