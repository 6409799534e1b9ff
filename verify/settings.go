package verify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// setting is a row of pg_settings with the value as SHOW prints it.
type setting struct {
	Name           string
	Setting        string // in the base unit
	Shown          string // with its unit
	PendingRestart bool
}

type settings map[string]setting

// relevant are the settings that the checks look at; the plan's come on top.
var relevant = []string{
	"wal_level", "shared_preload_libraries", "output_plugin_libraries", "wal_sender_timeout", "max_slot_wal_keep_size",
	"idle_replication_slot_timeout", "max_replication_slots", "max_wal_senders", "max_worker_processes", "max_connections",
	"superuser_reserved_connections", "max_prepared_transactions", "max_locks_per_transaction", "hot_standby_feedback",
	"max_standby_streaming_delay", "session_replication_role",
}

func probeSettings(ctx context.Context, e *Env, side Side) (settings, error) {
	names := slices.Clone(relevant)
	for _, c := range e.Plan.Settings {
		names = append(names, c.Name)
	}
	rows, err := query[setting](ctx, e, side, `select name, coalesce(setting, '') as setting,
		coalesce(current_setting(name, true), '') as shown, pending_restart from pg_settings where name = any($1)`, names)
	if err != nil {
		return nil, err
	}
	out := settings{}
	for _, r := range rows {
		out[r.Name] = r
	}
	return out, nil
}

// number is a setting's value as a number; ok is false where it is missing or not one.
func (s settings) number(name string) (n int64, ok bool) {
	n, err := strconv.ParseInt(s[name].Setting, 10, 64)
	return n, err == nil
}

// keepSize is max_slot_wal_keep_size in bytes; negative: no limit, or a version that knows none.
func (s settings) keepSize() int64 {
	if mb, ok := s.number("max_slot_wal_keep_size"); ok && mb >= 0 {
		return mb << 20
	}
	return -1
}

// list splits a setting that lists libraries.
func list(value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.Trim(strings.TrimSpace(part), `"'`); part != "" {
			out = append(out, strings.TrimPrefix(part, "$libdir/"))
		}
	}
	return out
}

func checkSettings(ctx context.Context, e *Env) ([]Result, error) {
	s, err := probeSettings(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	sees, err := queryOne[struct{ Sees bool }](ctx, e, Source, `select coalesce((select rolsuper from pg_roles where rolname = current_user), false)
		or coalesce((select bool_or(pg_has_role(oid, 'member')) from pg_roles where rolname = 'pg_read_all_settings'), false) as sees`)
	if err != nil {
		return nil, err
	}
	who, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	return judgeSettings(who.VersionNum, e.plugin(), s, sees.Sees, e.Plan.Settings), nil
}

// judgeSettings judges the source's settings. sees says whether the role sees settings that are kept from ordinary roles.
func judgeSettings(versionNum int, plugin string, s settings, sees bool, planned []planner.SettingChange) []Result {
	var out []Result
	judged := map[string]bool{}
	add := func(name string, r Result) {
		judged[name] = true
		r.Subject = name
		out = append(out, r.with("value", s[name].Shown))
	}
	if v := s["wal_level"].Setting; v != "logical" {
		add("wal_level", fail("", "wal_level is %s; logical decoding needs logical", v).hint("10-source/12-settings.sh shows how, standbys first; the source has to be restarted"))
	} else {
		add("wal_level", pass("", "logical"))
	}
	switch _, known := s["shared_preload_libraries"]; {
	case plugin != "pglogical": // which is in the server
	case !known && !sees:
		add("shared_preload_libraries", unknown("", "what is preloaded is hidden from the role").hint("grant pg_read_all_settings to the role (10 and newer)"))
	case !slices.Contains(list(s["shared_preload_libraries"].Shown), "pglogical"):
		add("shared_preload_libraries", fail("", "pglogical is not in shared_preload_libraries (%q)", s["shared_preload_libraries"].Shown).hint("add it, never replace what is there; the source has to be restarted"))
	default:
		add("shared_preload_libraries", pass("", "loads pglogical"))
	}
	switch v, known := s["output_plugin_libraries"]; {
	case known && !slices.Contains(list(v.Shown), plugin):
		add(v.Name, fail("", "output_plugin_libraries (%q) does not allow %s, so no slot of it can be created", v.Shown, plugin).
			hint("alter system set output_plugin_libraries = %s; select pg_reload_conf();", strings.Join(append(list(v.Shown), plugin), ", ")))
	case known:
		add(v.Name, pass("", "allows %s", plugin))
	case !sees:
		add("output_plugin_libraries", unknown("", "whether output_plugin_libraries allows %s is hidden from the role", plugin).hint("grant pg_read_all_settings to the role"))
	}
	if n, ok := s.number("idle_replication_slot_timeout"); ok && n > 0 {
		add("idle_replication_slot_timeout", fail("", "slots that nobody reads from for %s are thrown away; those of the migration are idle until change data capture starts", s["idle_replication_slot_timeout"].Shown).
			hint("alter system set idle_replication_slot_timeout = 0; select pg_reload_conf();"))
	}
	if n, ok := s.number("wal_sender_timeout"); ok && n == 0 && versionNum >= 120000 {
		add("wal_sender_timeout", warn("", "wal_sender_timeout is 0 for every standby and subscriber: dead connections are noticed late").
			hint("leave the server at its default and set it for the one role: alter role … set wal_sender_timeout"))
	}
	for _, c := range planned {
		if c.On != "source" || judged[c.Name] {
			continue
		}
		add(c.Name, judgePlanned(c, s))
	}
	for _, name := range relevant {
		if s[name].PendingRestart {
			out = append(out, fail(name, "it was changed, but takes effect only with a restart").with("value now", s[name].Shown).
				hint("restart the source, after its standbys have the new values"))
		}
	}
	return out
}

// judgePlanned compares a setting with what the plan wants: at least as much of a number, at least these of a list, else the same.
func judgePlanned(c planner.SettingChange, s settings) Result {
	now, known := s[c.Name]
	switch {
	case !known:
		return unknown(c.Name, "the server shows no setting of this name, the plan wants %s: %s", c.To, c.Reason)
	case now.Setting == c.To || now.Shown == c.To:
		return pass(c.Name, "%s", now.Shown)
	case bytesOf(c.To) > 0 && bytesOf(c.To) == bytesOf(now.Shown):
		return pass(c.Name, "%s, the plan wants %s, which is the same", now.Shown, c.To)
	case strings.HasSuffix(c.Name, "_libraries"):
		if missing := without(list(c.To), list(now.Shown)); len(missing) > 0 {
			return fail(c.Name, "it lacks %s: %s", strings.Join(missing, ", "), c.Reason)
		}
		return pass(c.Name, "%s", now.Shown)
	}
	want, errWant := strconv.ParseFloat(c.To, 64)
	is, errIs := strconv.ParseFloat(now.Setting, 64)
	if errWant == nil && errIs == nil && is >= want && want > 0 {
		return pass(c.Name, "%s, the plan wants %s", now.Shown, c.To)
	}
	if !c.Restart {
		return fail(c.Name, "it is %s, the plan wants %s: %s", now.Shown, c.To, c.Reason).hint("10-source/12-settings.sh; a reload is enough")
	}
	return fail(c.Name, "it is %s, the plan wants %s: %s", now.Shown, c.To, c.Reason).hint("10-source/12-settings.sh, standbys first; it takes a restart")
}

// bytesOf reads a size as SHOW prints it, which is in the largest unit that divides it: 450GB for 460800MB. 0: it is none.
func bytesOf(s string) int64 {
	digits := strings.TrimRight(s, "kMGTB ")
	n, err := strconv.ParseInt(digits, 10, 64)
	shift, known := map[string]int{"kB": 10, "MB": 20, "GB": 30, "TB": 40}[strings.TrimSpace(s[len(digits):])]
	if err != nil || !known {
		return 0
	}
	return n << shift
}

func without(want, have []string) (out []string) {
	for _, w := range want {
		if !slices.Contains(have, w) {
			out = append(out, w)
		}
	}
	return out
}

// followed are the settings in which a standby must not be lower than its primary (PostgreSQL documentation, "Hot Standby
// Parameter Reference"); max_wal_senders counts from 12.
var followed = []string{"max_connections", "max_worker_processes", "max_prepared_transactions", "max_locks_per_transaction", "max_wal_senders"}

func checkStandbySettings(ctx context.Context, e *Env) ([]Result, error) {
	src, err := probeSettings(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	rep, err := probeSettings(ctx, e, Replica)
	if err != nil {
		return nil, err
	}
	who, err := e.server(Source)
	if err != nil {
		return nil, err
	}
	others, err := queryOne[struct{ N int }](ctx, e, Source, "select count(*)::int as n from pg_stat_get_wal_senders() where pid is not null")
	if err != nil {
		return nil, err
	}
	return judgeStandbySettings(who.VersionNum, src, rep, e.Plan.Settings, others.N), nil
}

func judgeStandbySettings(versionNum int, source, replica settings, planned []planner.SettingChange, senders int) []Result {
	var out []Result
	raised := false
	for _, name := range followed {
		if name == "max_wal_senders" && versionNum < 120000 {
			continue
		}
		need, ok := source.number(name)
		has, okReplica := replica.number(name)
		if !ok || !okReplica {
			out = append(out, unknown(name, "it is not readable on both servers"))
			continue
		}
		whose := "the source has"
		for _, c := range planned {
			if n, err := strconv.ParseInt(c.To, 10, 64); c.On == "source" && c.Name == name && err == nil && n > need {
				need, whose, raised = n, "the source is going to have", true
			}
		}
		if has < need {
			effect := "replay stops until the standby is restarted with more"
			if versionNum < 140000 {
				effect = "the standby shuts down as soon as the source's value reaches it"
			}
			out = append(out, fail(name, "the replica has %d, %s %d: %s", has, whose, need, effect).
				hint("raise it on every standby first and restart them, then on the source"))
			continue
		}
		out = append(out, pass(name, "the replica has %d, %s %d", has, whose, need))
	}
	if raised && senders > 1 {
		out = append(out, warn("other standbys", "%d walsenders are connected to the source; the values of the standbys not given here cannot be looked at", senders).
			hint("raise the settings on every standby before the source, cascaded and disaster recovery ones included"))
	}
	return out
}

// usage is what of a server's limits is in use.
type usage struct {
	SlotsOthers int // replication slots that are not the plan's
	SlotsOurs   int
	Senders     int // walsenders
	Connections int // client backends
}

func checkCapacity(ctx context.Context, e *Env) ([]Result, error) {
	var slots []string
	for _, g := range e.Plan.Groups {
		slots = append(slots, g.Slot)
	}
	s, err := probeSettings(ctx, e, Source)
	if err != nil {
		return nil, err
	}
	u, err := queryOne[usage](ctx, e, Source, `select (select count(*)::int from pg_replication_slots where slot_name <> all($1)) as slots_others,
		(select count(*)::int from pg_replication_slots where slot_name = any($1)) as slots_ours,
		(select count(*)::int from pg_stat_get_wal_senders() where pid is not null) as senders,
		(select sum(numbackends)::int from pg_stat_database) as connections`, slots)
	if err != nil {
		return nil, err
	}
	out := judgeCapacity(s, u, len(slots))
	if f := e.Plan.Full; f != nil { // beside those that read the slots
		out = append(out, judgeRoom("connections of the full load", "max_connections", s, u.Connections, reserved(s), f.Sessions+2*len(slots)+5, "a session for each table that is read at a time, two for each task and a few to look at it"))
	}
	own, err := queryOne[databaseLimit](ctx, e, Source, databaseLimitSQL)
	if err != nil {
		return out, err
	}
	out = append(out, own.judge("connections to the database", 2*len(slots)+5)...)
	if r, ok := e.missing("target connections", Target); !ok {
		return append(out, r), nil
	}
	t, err := probeSettings(ctx, e, Target)
	if err != nil {
		return out, err
	}
	used, err := queryOne[struct{ Connections int }](ctx, e, Target, "select sum(numbackends)::int as connections from pg_stat_database")
	if err != nil {
		return out, err
	}
	need, why := e.Plan.Options.Load.Workers+len(slots)+5, "the load's workers, a session for each task and a few to look at it"
	if f := e.Plan.Full; f != nil {
		need, why = max(f.Sessions, e.Plan.Options.Load.Workers)+len(slots)+5, "a session for each table that is loaded at a time, one for each task and a few to look at it"
	}
	out = append(out, judgeRoom("target connections", "max_connections", t, used.Connections, reserved(t), need, why))
	who, err := e.server(Target)
	if err != nil || who.Superuser { // whom no limit of a database concerns
		return out, err
	}
	own, err = queryOne[databaseLimit](ctx, e, Target, databaseLimitSQL)
	return append(out, own.judge("target connections to the database", need)...), err
}

// databaseLimit is how many sessions of ordinary roles a database takes (ALTER DATABASE … CONNECTION LIMIT); negative: as many as the server.
type databaseLimit struct {
	Name        string
	Limit, Used int
}

const databaseLimitSQL = `select d.datname::text as name, d.datconnlimit::int as limit,
	coalesce((select s.numbackends from pg_stat_database s where s.datid = d.oid), 0)::int as used from pg_database d where d.datname = current_database()`

func (l databaseLimit) judge(what string, need int) []Result {
	if l.Limit < 0 || l.Limit-l.Used >= need {
		return nil
	}
	return []Result{fail(what, "%d of the database's %d in use, %d needed", l.Used, l.Limit, need).
		hint("alter database %s connection limit %d;", analyze.Ident(l.Name), l.Used+need)}
}

func reserved(s settings) int {
	n, _ := s.number("superuser_reserved_connections")
	return int(n)
}

// judgeCapacity counts what the migration adds to a source: a slot and a walsender for each group, one spare slot to restart a
// group with, and two walsenders for a base backup in between.
func judgeCapacity(s settings, u usage, groups int) []Result {
	return []Result{
		judgeRoom("replication slots", "max_replication_slots", s, u.SlotsOthers+u.SlotsOurs, 0, groups+1-u.SlotsOurs, "one for each group and a spare one"),
		judgeRoom("walsenders", "max_wal_senders", s, u.Senders, 0, groups+2, "one for each group and two for a base backup"),
		judgeRoom("connections", "max_connections", s, u.Connections, reserved(s), 2*groups+5, "two for each task and a few to look at it"),
	}
}

func judgeRoom(what, name string, s settings, used, reserved, need int, why string) Result {
	limit, ok := s.number(name)
	if !ok {
		return unknown(what, "%s is not readable", name)
	}
	free := int(limit) - used - reserved
	text := fmt.Sprintf("%d of %d in use, %d needed (%s)", used+reserved, limit, need, why)
	if free < need {
		return fail(what, "%s", text).hint("raise %s to %d or more, on the standbys first", name, used+reserved+need)
	}
	return pass(what, "%s", text)
}

func checkVersions(ctx context.Context, e *Env) ([]Result, error) {
	v := versions{PlannedTarget: e.Plan.Target.VersionNum, Clients: map[string]string{}}
	for side, to := range map[Side]*int{Source: &v.Source, Replica: &v.Replica, Target: &v.Target} {
		if _, ok := e.missing("", side); ok {
			s, err := e.server(side)
			if err != nil {
				return nil, err
			}
			*to = s.VersionNum
		}
	}
	if e.ClientVersion != nil {
		for _, program := range []string{"psql", "pg_dump"} {
			text, err := e.ClientVersion(ctx, program)
			if err != nil {
				text = "error: " + err.Error()
			}
			v.Clients[program] = text
		}
	}
	return v.judge(), nil
}

// versions are of servers as server_version_num, 0 for one that was not given, and of clients as they print them.
type versions struct {
	Source, Replica, Target, PlannedTarget int
	Clients                                map[string]string
}

func (v versions) judge() []Result {
	var out []Result
	if v.Source < 90600 {
		out = append(out, fail("source", "PostgreSQL %s: 9.6 is the oldest that is supported", release(v.Source)))
	}
	if v.Replica != 0 && release(v.Replica) != release(v.Source) {
		out = append(out, fail("replica", "PostgreSQL %s, the source is %s: a standby has its primary's major version", release(v.Replica), release(v.Source)))
	}
	target := v.Target
	if target == 0 {
		target = v.PlannedTarget
	}
	switch {
	case target == 0:
		out = append(out, unasked("target", "no target was given and the plan knows none").hint("give --target"))
	case target/10000 < v.Source/10000:
		out = append(out, fail("target", "PostgreSQL %s is older than the source's %s", release(target), release(v.Source)))
	default:
		out = append(out, pass("servers", "from PostgreSQL %s to %s", release(v.Source), release(target)))
	}
	need := max(target/10000, v.Source/10000, 14)
	for _, program := range []string{"psql", "pg_dump"} {
		text, ok := v.Clients[program]
		if !ok {
			continue
		}
		switch major := clientMajor(text); {
		case major == 0:
			out = append(out, fail(program, "its version cannot be told: %s", text).hint("install the client of PostgreSQL %d; PGCUTOVER_PG_BIN names its directory", need))
		case major < need:
			out = append(out, fail(program, "%s is too old: %d or newer is needed", text, need).hint("install the client of PostgreSQL %d; PGCUTOVER_PG_BIN names its directory", need))
		default:
			out = append(out, pass(program, "%s", text))
		}
	}
	return out
}

// clientMajor finds the major version in what a client prints: "psql (PostgreSQL) 15.20 (Debian …)". 0: none.
func clientMajor(text string) int {
	_, rest, ok := strings.Cut(text, "(PostgreSQL) ")
	if !ok || strings.HasPrefix(text, "error:") {
		return 0
	}
	digits := strings.IndexFunc(rest+".", func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.Atoi(rest[:digits])
	if err != nil {
		return 0
	}
	return n
}

func checkExtensions(ctx context.Context, e *Env) ([]Result, error) {
	type extension struct{ Name, Version string }
	const available = `select name::text, default_version::text as version from pg_available_extensions`
	var out []Result
	if e.plugin() == "pglogical" {
		src, err := query[extension](ctx, e, Source, available+" where name = 'pglogical'")
		switch {
		case err != nil:
			return nil, err
		case len(src) == 0:
			out = append(out, fail("pglogical", "it is not installed on the source's machine").hint("install the package of pglogical for the source's major version"))
		default:
			out = append(out, pass("pglogical", "version %s is there on the source", src[0].Version))
		}
	}
	if r, ok := e.missing("target", Target); !ok {
		return append(out, r), nil
	}
	there, err := query[extension](ctx, e, Target, available)
	if err != nil {
		return out, err
	}
	versions := map[string]string{}
	for _, x := range there {
		versions[x.Name] = x.Version
	}
	return orNothing(append(out, judgeExtensions(e.Plan.Extensions, versions)...), "the plan creates no extensions"), nil
}

func judgeExtensions(planned []planner.Extension, available map[string]string) (out []Result) {
	for _, x := range planned {
		if !x.Create {
			continue
		}
		who := "extension " + analyze.Display(x.Name)
		v, ok := available[x.Name]
		switch {
		case !ok:
			out = append(out, fail(who, "the source has version %s, the target has none to create", x.Version).
				hint("install its package on the target, or exclude what needs it in the configuration"))
		case v != x.Version:
			out = append(out, warn(who, "the source has version %s, the target %s", x.Version, v).hint("read what changed between the two"))
		default:
			out = append(out, pass(who, "version %s on both", v))
		}
	}
	return out
}
