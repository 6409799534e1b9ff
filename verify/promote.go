package verify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// physical reports whether the target is a physical copy of the source.
func (e *Env) physical() bool { return e.Plan.Options.Engine == planner.EnginePromote }

// toBeMade reports whether the target is an Aurora read replica that is not there yet, or not promoted.
func (e *Env) toBeMade() bool {
	return e.physical() || e.Plan.Options.Emptied() && (e.State == nil || e.State.Aurora == nil || e.State.Aurora.PromotedAt == nil)
}

// marked reports whether a server has the mark that 20-aurora/23-promote.sh leaves on the target alone.
func marked(ctx context.Context, e *Env, side Side) (bool, error) {
	x, err := queryOne[struct{ Marked bool }](ctx, e, side, `select to_regclass('pgcutover.promoted') is not null as marked`)
	return x.Marked, err
}

// judgeAuroraState is judgeState for a target that is a promoted replica.
func judgeAuroraState(gate Gate, fingerprint string, s *State) []Result {
	if s == nil || s.Plan != fingerprint {
		return judgeState(gate, fingerprint, s, 0, planner.Options{})
	}
	missing := ""
	switch {
	case gate == Preflight:
	case s.Aurora == nil || s.Aurora.AvailableAt == nil:
		missing = "no replica: 20-aurora/21-deploy.sh has not been run to its end"
	case gate == Cutover && s.Aurora.TrialAt != nil: // to be looked at, and never to be cut over to: G7-PROMOTED misses the drain
	case gate == Cutover && s.Drain == nil:
		missing = "no drain: 70-cutover/72-drain.sh has not been run to its end"
	case gate == Cutover && s.Aurora.AskedAt == nil:
		missing = "no promotion: 70-cutover/73-promote.sh has not been run"
	}
	if missing == "" {
		return []Result{pass("state", "written by the scripts of this plan")}
	}
	return []Result{unknown("state", "state.json has %s", missing)}
}

// instance is what else is in the instance of the source.
type instance struct {
	Databases []string // that connections are allowed to, other than the plan's and the server's own
	Prepared  int      // transactions of any database
	Slots     []string // logical ones that are read
}

func checkInstance(ctx context.Context, e *Env) ([]Result, error) {
	// Every server has database postgres: it is somebody's where it is written to.
	const written = "select coalesce(max(tup_inserted + tup_updated + tup_deleted), 0)::bigint as n from pg_stat_database where datname = 'postgres'"
	before, err := queryOne[struct{ N int64 }](ctx, e, Source, written)
	if err != nil {
		return nil, err
	}
	if err := pauseFor(ctx, e.Settle); err != nil {
		return nil, err
	}
	row, err := queryOne[instance](ctx, e, Source, `select coalesce((select array_agg(datname::text order by datname) from pg_database
			where datallowconn and not datistemplate and datname not in (current_database(), 'rdsadmin') and (datname <> 'postgres' or (`+written+`) > $1)), '{}') as databases,
		(select count(*) from pg_prepared_xacts)::int as prepared,
		coalesce((select array_agg(slot_name::text order by slot_name) from pg_replication_slots where slot_type = 'logical' and active), '{}') as slots`, before.N)
	if err != nil {
		return nil, err
	}
	return row.judge(), nil
}

func (i instance) judge() []Result {
	var out []Result
	if i.Prepared > 0 {
		out = append(out, fail("prepared transactions", "%s: prepared on the promoted cluster as well", analyze.Count(i.Prepared, "prepared transaction")).
			hint("COMMIT PREPARED or ROLLBACK PREPARED each of them"))
	}
	for _, s := range i.Slots {
		out = append(out, warn("slot "+analyze.Display(s), "somebody reads it, and it does not come along").hint("talk to its owner: see PR106"))
	}
	for _, d := range i.Databases {
		out = append(out, warn("database "+analyze.Display(d), "it moves at the same moment, and no freeze of this bundle holds there").hint("stop its writers at the cutover"))
	}
	if len(out) == 0 {
		out = append(out, pass("", "no other database, no prepared transaction, no logical slot that is read"))
	}
	return out
}

// follower is the replica beside its source.
type follower struct {
	Trial       bool // it was promoted on trial
	Recovery    bool
	At, Replay  LSN    // of the source, read first, and of the replica
	Token, Copy string // of the marker on the source and on the replica; empty: there is none
	Age         float64
}

// nearEnough is how far behind the replica may be at the freeze: one segment of WAL.
const nearEnough = 16 << 20

func checkFollows(ctx context.Context, e *Env) ([]Result, error) {
	f := follower{Trial: e.State != nil && e.State.Aurora != nil && e.State.Aurora.TrialAt != nil}
	who, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	at, err := queryOne[struct{ At string }](ctx, e, Source, walNames(who.VersionNum, "select pg_current_wal_lsn()::text as at"))
	if err != nil {
		return nil, err
	}
	f.At = lsn(&at.At)
	there, err := queryOne[struct {
		Recovery bool
		Replay   *string
	}](ctx, e, Target, walNames(who.VersionNum, "select pg_is_in_recovery() as recovery, case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as replay"))
	if err != nil {
		return nil, err
	}
	f.Recovery, f.Replay = there.Recovery, lsn(there.Replay)
	for side, token := range map[Side]*string{Source: &f.Token, Target: &f.Copy} {
		m, err := query[struct {
			Token string
			Age   float64
		}](ctx, e, side, "select token, extract(epoch from clock_timestamp() - at)::float8 as age from "+e.Plan.AuroraMarker().SQL()+" where id = 1")
		switch {
		case absent(err):
		case err != nil:
			return nil, err
		case len(m) == 1:
			*token = m[0].Token
			if side == Source {
				f.Age = m[0].Age
			}
		}
	}
	return f.judge(), nil
}

func (f follower) judge() []Result {
	var r Result
	switch {
	case !f.Recovery && f.Trial:
		r = fail("replica", "the cluster was promoted on trial: it follows nobody").hint("20-aurora/23-dry-run.sh --yes --end makes the replica anew")
	case !f.Recovery:
		r = fail("replica", "the target is not in recovery: it follows nobody").hint("20-aurora/24-delete.sh --yes, then 21-deploy.sh; or --target leads to another server")
	case f.Trial:
		r = fail("replica", "a promotion on trial was begun").hint("20-aurora/23-dry-run.sh --yes goes on with it, --yes --end makes the replica anew")
	case f.Token == "":
		r = fail("marker", "the source has no marker").hint("10-source/14-marker.sql")
	case f.Copy == "" && f.Replay >= f.At:
		r = fail("marker", "the target has replayed past the source's position and does not have its marker: it is a replica of another server").hint("connect --target to the endpoint of the cluster of the plan")
	case f.Copy == "":
		r = fail("marker", "the marker of the source has not arrived").hint("20-aurora/22-catch-up.sh; if it stays so, --target is a replica of another server")
	case f.Copy != f.Token && (f.Age > 60 || f.Replay >= f.At):
		r = fail("marker", "the marker of the source, written %.0f s ago, has not arrived: the replica stands, or is one of another server", f.Age).hint("20-aurora/22-catch-up.sh")
	case f.At > f.Replay && f.At-f.Replay > nearEnough:
		r = fail("replica", "it is %s behind", analyze.Bytes(int64(f.At-f.Replay))).hint("20-aurora/22-catch-up.sh waits until it is near")
	default:
		behind := int64(0)
		if f.At > f.Replay {
			behind = int64(f.At - f.Replay)
		}
		r = pass("replica", "it follows, %s behind", analyze.Bytes(behind))
	}
	return []Result{r.with("source at", f.At, "replayed", f.Replay)}
}

// sameSettings are settings by which an application would notice that it is on another server. Sizes of memory and the like are each server's own matter.
var sameSettings = []string{
	"bytea_output", "DateStyle", "default_text_search_config", "default_toast_compression", "default_transaction_isolation", "extra_float_digits", "idle_in_transaction_session_timeout",
	"idle_session_timeout", "IntervalStyle", "lc_monetary", "lc_numeric", "lc_time", "lock_timeout", "row_security", "search_path", "session_preload_libraries", "session_replication_role",
	"standard_conforming_strings", "statement_timeout", "TimeZone", "timezone_abbreviations", "track_commit_timestamp", "transaction_timeout", "xmlbinary", "xmloption", "max_connections",
	"max_prepared_transactions", "wal_level",
}

func checkSameSettings(ctx context.Context, e *Env) ([]Result, error) {
	values := map[Side]map[string]string{}
	for _, side := range []Side{Source, Target} {
		// The server's own: sessions of this program have some of their own.
		rows, err := query[struct{ Name, Value string }](ctx, e, side, "select name, reset_val as value from pg_settings where name = any($1) and source not in ('client', 'session')", sameSettings)
		if err != nil {
			return nil, err
		}
		values[side] = map[string]string{}
		for _, r := range rows {
			values[side][r.Name] = r.Value
		}
	}
	return judgeSameSettings(values[Source], values[Target]), nil
}

func judgeSameSettings(source, target map[string]string) []Result {
	var out []Result
	for _, name := range sameSettings {
		s, there := source[name]
		t, here := target[name]
		if there && here && s != t {
			out = append(out, warn(name, "%q on the source, %q on the replica", s, t))
		}
	}
	if len(out) == 0 {
		out = append(out, pass("", "the settings that an application notices are the same"))
	}
	return out
}

// promotion is the promoted target beside the frozen source.
type promotion struct {
	State       *State
	Recovery    bool
	Token, Copy string
}

func checkPromoted(ctx context.Context, e *Env) ([]Result, error) {
	p := promotion{State: e.State}
	there, err := queryOne[struct{ Recovery bool }](ctx, e, Target, "select pg_is_in_recovery() as recovery")
	if err != nil {
		return nil, err
	}
	p.Recovery = there.Recovery
	for side, token := range map[Side]*string{Source: &p.Token, Target: &p.Copy} {
		m, err := query[struct{ Token string }](ctx, e, side, "select token from "+e.Plan.AuroraMarker().SQL()+" where id = 1")
		switch {
		case absent(err):
		case err != nil:
			return nil, err
		case len(m) == 1:
			*token = m[0].Token
		}
	}
	return p.judge(), nil
}

func (p promotion) judge() []Result {
	switch {
	case p.State == nil || p.State.Drain == nil:
		return []Result{unknown("", "state.json has no drain").hint("70-cutover/72-drain.sh, before the promotion; after one without it: 70-cutover/76-unfreeze.sh, and a new replica")}
	case p.Recovery:
		return []Result{fail("", "the target is in recovery: it is not promoted, or a reader").hint("70-cutover/73-promote.sh --yes; --target leads to the writer endpoint")}
	case p.Copy == "" && p.State.Aurora != nil && p.State.Aurora.OpenedAt != nil:
		return []Result{skip("", "the target was opened, and the marker is gone from it")}
	case p.Copy == "":
		return []Result{fail("", "the target does not have the marker: it is no copy of this source")}
	case p.Token != p.State.Drain.Token:
		return []Result{fail("", "the marker of the source is not the one of the drain in state.json: something was written after it")}
	case p.Copy != p.Token:
		return []Result{fail("", "the target has not the marker of the drain: it was promoted before everything had arrived")}
	case p.State.Freeze != nil && p.State.Drain.LSN < p.State.Freeze.LSN:
		return []Result{fail("", "the drain was of everything up to %s, and the source was frozen anew at %s", p.State.Drain.LSN, p.State.Freeze.LSN)}
	}
	return []Result{pass("", "promoted, with everything up to %s", p.State.Drain.LSN)}
}

func checkOthers(ctx context.Context, e *Env) ([]Result, error) {
	if e.State == nil || e.State.Drain == nil || e.State.Aurora == nil {
		return []Result{unknown("", "state.json has no drain").hint("70-cutover/72-drain.sh")}, nil
	}
	rows, err := query[counted](ctx, e, Source, `select datname::text as name, tup_inserted + tup_updated + tup_deleted as n from pg_stat_database
		where datname is not null and datname not in (current_database(), 'rdsadmin', 'template0', 'template1') order by 1`)
	if err != nil {
		return nil, err
	}
	untouched := map[string]bool{}
	for _, d := range rows {
		if before, noted := e.State.Aurora.Others[d.Name]; noted && d.N > before && e.State.Aurora.Written[d.Name] != "" {
			untouched[d.Name] = e.writtenIn(ctx, d.Name) == e.State.Aurora.Written[d.Name]
		}
	}
	return judgeOthers(rows, e.State.Aurora.Others, untouched, e.State.Aurora.Ignored), nil
}

// writtenSQL is the hash that 72-drain.sh notes of another database: the counters of its tables, but for those into which the server writes the statistics that it
// gathers by itself: before 12 pg_statistic_ext has the extended ones. Large objects, functions, rights and whatever else is in catalogs of the database are among them;
// catalogs that all databases share are not: whoever writes to these, in whichever database, would change every hash.
const writtenSQL = `select md5(coalesce(string_agg(concat_ws(' ', t.relid::bigint, t.n_tup_ins, t.n_tup_upd, t.n_tup_del), ',' order by t.relid), '')) from pg_stat_all_tables t
	where t.relid <> all (array(select unnest(array[c.oid, c.reltoastrelid]) from pg_class c where c.relisshared or c.relnamespace = 'pg_catalog'::regnamespace and
		(c.relname in ('pg_statistic', 'pg_statistic_ext_data') or c.relname = 'pg_statistic_ext' and to_regclass('pg_catalog.pg_statistic_ext_data') is null)))`

// writtenIn is the hash of another database of the source; empty: it cannot be told.
func (e *Env) writtenIn(ctx context.Context, database string) string {
	if e.Elsewhere == nil {
		return ""
	}
	one := newPool(1, func(ctx context.Context) (Session, error) { return e.Elsewhere(ctx, Source, database) })
	defer one.close()
	s, err := one.take(ctx)
	if err != nil {
		return ""
	}
	defer one.give(s)
	rows, err := s.Query(ctx, writtenSQL)
	if err != nil {
		return ""
	}
	hash, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	if err != nil {
		return ""
	}
	return hash
}

// counted is a database with the rows that were written in it since its counters began.
type counted struct {
	Name string
	N    int64
}

// judgeOthers compares the counters. Statistics that the server gathers are in them; untouched are the databases in which nothing else was written.
func judgeOthers(now []counted, then map[string]int64, untouched map[string]bool, ignored []string) []Result {
	if then == nil {
		return []Result{unknown("", "state.json has no counters of the other databases").hint("70-cutover/72-drain.sh notes them, before the promotion")}
	}
	var out []Result
	gone := maps.Clone(then)
	for _, d := range now {
		who := "database " + analyze.Display(d.Name)
		before, noted := then[d.Name]
		delete(gone, d.Name)
		switch {
		case slices.Contains(ignored, d.Name):
			out = append(out, warn(who, "what is written there since the drain is lost: 72-drain.sh was told to ignore it"))
		case !noted:
			out = append(out, fail(who, "it was made since the drain"))
		case d.N > before && untouched[d.Name]:
		case d.N > before:
			out = append(out, fail(who, "%d rows were written since the drain", d.N-before).hint("where the role of the source can connect to it, 72-drain.sh and this tell apart what the server writes when it gathers statistics; else that counts as well: look at the tables"))
		case d.N < before:
			out = append(out, fail(who, "the server has lost its counters since the drain: what was written since cannot be told"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		out = append(out, fail("database "+analyze.Display(name), "it is gone since the drain"))
	}
	if len(out) == 0 {
		names := make([]string, len(now))
		for i, d := range now {
			names[i] = analyze.Display(d.Name)
		}
		if len(names) == 0 {
			return []Result{pass("", "the instance has no other database")}
		}
		out = append(out, pass("", "no row was written since the drain in %s", analyze.Some(names, 5)))
	}
	return out
}

func checkLibraries(ctx context.Context, e *Env) ([]Result, error) {
	who, err := e.server(Target)
	if err != nil {
		return nil, err
	}
	var out []Result
	if who.VersionNum >= 150000 {
		d, err := queryOne[struct{ Was, Is *string }](ctx, e, Target, "select datcollversion as was, pg_database_collation_actual_version(oid) as is from pg_database where datname = current_database()")
		if err != nil {
			return nil, err
		}
		if d.Was != nil && d.Is != nil && *d.Was != *d.Is {
			out = append(out, fail("database", "sorted by version %s of its collation, and the library has %s", *d.Was, *d.Is).hint("REINDEX what sorts text, then ALTER DATABASE … REFRESH COLLATION VERSION"))
		} else if d.Was == nil && d.Is != nil {
			out = append(out, warn("database", "by which version of its collation it was sorted was not noted: the library here has %s", *d.Is).hint("amcheck's bt_index_check proves the order of an index"))
		}
	} else {
		out = append(out, warn("database", "before 15 the server does not note by which version of a library a database was sorted").hint("amcheck's bt_index_check proves the order of an index; see PR118"))
	}
	if who.VersionNum >= 100000 {
		rows, err := query[struct{ Name, Was, Is string }](ctx, e, Target, `select format('%I.%I', n.nspname, c.collname) as name, c.collversion as was, pg_collation_actual_version(c.oid) as is
			from pg_collation c join pg_namespace n on n.oid = c.collnamespace where c.collversion <> pg_collation_actual_version(c.oid)
			and exists (select from pg_depend d where d.refclassid = 'pg_collation'::regclass and d.refobjid = c.oid) order by 1`)
		if err != nil {
			return out, err
		}
		for _, r := range rows {
			out = append(out, fail("collation "+r.Name, "has version %s, and the library %s", r.Was, r.Is).hint("REINDEX what uses it, then ALTER COLLATION … REFRESH VERSION"))
		}
	}
	rows, err := query[struct{ Name, Version string }](ctx, e, Target, `select extname::text as name, extversion as version from pg_extension x
		where not exists (select from pg_available_extensions a where a.name = x.extname) order by 1`)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		out = append(out, fail("extension "+analyze.Display(r.Name), "version %s is in the catalogs, and its library is not to be had", r.Version).hint("what uses it fails: drop that, or 70-cutover/76-unfreeze.sh"))
	}
	if len(out) == 0 {
		out = append(out, pass("", "collations have the versions that were noted, every extension has its library"))
	}
	return out, nil
}

// opened is who takes writes after the cutover.
type opened struct {
	Source, Target bool // frozen
	ReadOnly       bool // the target's database still is, by default
}

func checkOpened(ctx context.Context, e *Env) ([]Result, error) {
	var o opened
	for side, frozen := range map[Side]*bool{Source: &o.Source, Target: &o.Target} {
		row, err := queryOne[struct{ Frozen bool }](ctx, e, side, "select to_regclass('pgcutover.frozen') is not null as frozen")
		if err != nil {
			return nil, err
		}
		*frozen = row.Frozen
	}
	row, err := queryOne[struct{ Settings []string }](ctx, e, Target, `select coalesce(array_agg(c), '{}') as settings from pg_db_role_setting s cross join unnest(s.setconfig) c
		where s.setdatabase = (select oid from pg_database where datname = current_database()) and s.setrole = 0`)
	if err != nil {
		return nil, err
	}
	for _, s := range row.Settings {
		o.ReadOnly = o.ReadOnly || strings.EqualFold(s, "default_transaction_read_only=on")
	}
	return o.judge(), nil
}

func (o opened) judge() []Result {
	var out []Result
	if o.Target {
		out = append(out, fail("target", "it is frozen, as the source was when it was promoted").hint("70-cutover/75-open.sh --yes"))
	} else if o.ReadOnly {
		out = append(out, fail("target", "transactions of its database are read-only by default").hint("ALTER DATABASE … RESET default_transaction_read_only, unless that is meant"))
	}
	if !o.Source {
		out = append(out, fail("source", "it is not frozen: two servers take writes").hint("70-cutover/71-freeze.sh, and look for what was written meanwhile"))
	}
	if len(out) == 0 {
		out = append(out, pass("", "the target takes writes, the source does not"))
	}
	return out
}

// judgeCopy is what topology expects of a target that is a copy of the source. Whether system identifiers are the same is not documented for Aurora; the marker
// proves whose copy it is.
func (t topology) judgeCopy() (out []Result) {
	s, who := t.Target, string(Target)
	before := t.Gate == Preflight || t.Gate == CutoverReady
	switch {
	case t.Source != nil && s.StartTime.Equal(t.Source.StartTime) && s.Version == t.Source.Version:
		return []Result{fail(who, "it started at the very moment the source did: it is the same server").hint("connect --target to the endpoint of the Aurora cluster")}
	case before && !s.InRecovery:
		out = append(out, fail(who, "it is not in recovery: no read replica, or one that was promoted").hint("connect --target to the endpoint of the Aurora cluster; after a dry run 20-aurora/23-dry-run.sh --yes --end"))
	case !before && s.InRecovery:
		out = append(out, fail(who, "it is in recovery: not promoted, or a reader").hint("connect --target to the writer endpoint of the cluster; 70-cutover/73-promote.sh --yes"))
	}
	return append(out, expectation{VersionNum: t.PlannedTarget.VersionNum, Database: t.PlannedSource.Database}.judge(who, s, "the plan was made for")...)
}
