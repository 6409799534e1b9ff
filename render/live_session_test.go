package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func TestEnvironmentFile(t *testing.T) {
	l := newLab(t)
	env := func(text string) { require.NoError(t, os.WriteFile(l.path("env"), []byte(text), 0o600)) }
	state := filepath.Join(l.dir, "elsewhere", "state.json")
	require.NoError(t, os.Mkdir(filepath.Dir(state), 0o755))
	env("# names\n\n  export PGCUTOVER_STATE='" + state + "'\r\nPGCUTOVER_SOURCE=pgcutover_source\n")
	for _, f := range []string{"14-markers.sql", "15-node.sql", "16-members.sh"} {
		l.must(t, "10-source/"+f)
	}
	require.FileExists(t, state)
	require.NoFileExists(t, filepath.Join(l.dir, "state.json"))

	// What the environment says wins.
	l.env = append(l.env, "PGCUTOVER_STATE="+filepath.Join(l.dir, "state.json"))
	l.must(t, "10-source/17-slots.sh")
	require.FileExists(t, filepath.Join(l.dir, "state.json"))

	for text, want := range map[string]string{
		"PGPASSWORD=canary-1\n":                                           "env, line 1: PGPASSWORD is not a setting of this bundle",
		"\nwhat is this canary-1\n":                                       "env, line 2: not NAME=value",
		"PGCUTOVER_SOURCE='canary-1 password=x'":                          "PGCUTOVER_SOURCE is not the name of a service",
		"PGCUTOVER_PG_BIN=/nonexistent":                                   "", // the environment of this test sets it
		"PGCUTOVER_TARGET=$(touch " + filepath.Join(l.dir, "pwned") + ")": "",
	} {
		env(text)
		out, status := l.run(t, "10-source/16-members.sh", "--check")
		if want == "" {
			require.Zero(t, status, out)
			continue
		}
		require.Equal(t, 2, status, out)
		require.Equal(t, 1, strings.Count(out, want), "said once: %s", out)
		require.NotContains(t, out, "canary")
	}
	require.NoFileExists(t, filepath.Join(l.dir, "pwned"), "the file is read, not run")
}

// What runs is what was reviewed.
func TestEditedScriptsDoNotRun(t *testing.T) {
	l := newLab(t)
	edit := func(path string) (undo func()) {
		before, err := os.ReadFile(l.path(path))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(l.path(path), append(before, "# one more line\n"...), 0o755))
		return func() { require.NoError(t, os.WriteFile(l.path(path), before, 0o755)) }
	}
	l.must(t, "10-source/12-settings.sh", "--check")
	undo := edit("10-source/12-settings.sh")
	l.refused(t, []string{"10-source/12-settings.sh was edited after it was rendered", "PGCUTOVER_EDITED=yes"}, "10-source/12-settings.sh", "--check")
	l.run(t, "10-source/11-preflight.sh") // another's edit is not its concern
	l.env = append(l.env, "PGCUTOVER_EDITED=yes")
	l.must(t, "10-source/12-settings.sh", "--check")
	l.env = l.env[:len(l.env)-1]
	undo()
	undo = edit("session.sh")
	l.refused(t, []string{"session.sh was edited after it was rendered"}, "10-source/12-settings.sh", "--check")
	undo()
	l.must(t, "10-source/12-settings.sh", "--check")
	require.NoError(t, os.Remove(l.path("MANIFEST.json")))
	l.refused(t, []string{"MANIFEST.json is missing"}, "10-source/12-settings.sh", "--check")
}

func TestOneRunAtATime(t *testing.T) {
	l := newLab(t)
	for _, f := range []string{"14-markers.sql", "15-node.sql", "16-members.sh"} {
		l.must(t, "10-source/"+f)
	}
	_, stop := l.hold(t, l.src, "shop", "begin; create table x (); select pg_sleep(600)")
	cmd := exec.Command("bash", l.path("10-source/17-slots.sh"))
	cmd.Env, cmd.Dir = l.env, l.dir
	require.NoError(t, cmd.Start())
	waiting := "select count(*) from pg_stat_activity where application_name = 'pgcutover slot dms_slot_01'"
	require.Eventually(t, func() bool { return l.src.MustPsql(t, "shop", waiting) == "1" }, time.Minute, 50*time.Millisecond)
	l.refused(t, []string{"17-slots is already running on this machine"}, "10-source/17-slots.sh")

	// Ended by a signal it cancels the creation, which otherwise would go on without anybody who knows of it.
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.Error(t, cmd.Wait())
	require.Eventually(t, func() bool { return l.src.MustPsql(t, "shop", waiting) == "0" }, time.Minute, 50*time.Millisecond)
	require.Equal(t, "0", l.src.MustPsql(t, "shop", "select count(*) from pg_replication_slots"))
	stop()

	// Ended between the creation and the note in state.json, the next run knows whose the slot is.
	require.FileExists(t, filepath.Join(l.dir, ".pgcutover", "creating-dms_slot_01"))
	l.src.MustPsql(t, "shop", "select pg_create_logical_replication_slot('dms_slot_01', 'pglogical')")
	l.must(t, "10-source/17-slots.sh")
	require.Contains(t, l.state(t), l.src.MustPsql(t, "shop", "select confirmed_flush_lsn from pg_replication_slots where slot_name = 'dms_slot_01'"))
	require.NoFileExists(t, filepath.Join(l.dir, ".pgcutover", "creating-dms_slot_01"))
}

// hold runs SQL in a session of its own until stop is called.
func (l *lab) hold(t *testing.T, c *cluster.Cluster, db, sql string) (name string, stop func()) {
	t.Helper()
	name = fmt.Sprintf("holder %d", time.Now().UnixNano())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = c.Psql(t.Context(), db, "set application_name = '"+name+"'; "+sql)
	}()
	require.Eventually(t, func() bool {
		return c.MustPsql(t, db, "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and application_name = '"+name+"'") == "1"
	}, 20*time.Second, 20*time.Millisecond)
	return name, func() {
		c.MustPsql(t, db, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '"+name+"'")
		<-done
	}
}

// TestManagedTarget restores as RDS has it: the owner of the database may create roles, and is no superuser.
func TestManagedTarget(t *testing.T) {
	l := newLab(t)
	l.dst.MustPsql(t, "postgres", "create role master login createrole createdb; alter database shop owner to master")
	// The replica is read without a superuser too. Rights on system functions are each server's own, and only a superuser may grant them.
	l.src.MustPsql(t, "shop", "grant execute on function pg_control_system() to reader; alter role reader login")
	l.src.MustPsql(t, "shop", `select format('grant usage on schema %1$I to reader; grant select on all tables in schema %1$I to reader', nspname) from pg_namespace where nspname !~ '^pg_' \gexec`)
	l.src.MustPsql(t, "shop", `alter schema "we""ird $x" owner to "we""ird role"`)
	l.src.MustCatchUp(t, l.rep)
	services := filepath.Join(l.dir, "services")
	b, err := os.ReadFile(services)
	require.NoError(t, err)
	var out strings.Builder
	for section := range strings.SplitAfterSeq(string(b), "dbname=shop\n") {
		if strings.HasPrefix(section, "[pgcutover_target]") {
			section = strings.Replace(section, "user=postgres", "user=master", 1)
		}
		if strings.HasPrefix(section, "[pgcutover_replica]") {
			section = strings.Replace(section, "user=postgres", "user=reader", 1)
		}
		out.WriteString(section)
	}
	require.NoError(t, os.WriteFile(services, []byte(out.String()), 0o600))
	p := samplePlan()
	p.Target.Managed = "rds"
	p.Roles[0].Settings = append(p.Roles[0].Settings, "session_preload_libraries=auto_explain", "no_such_thing=1")
	l.render(t, p)
	for range 2 {
		require.Contains(t, l.must(t, "30-target/31-roles.sql"), "left out: ALTER ROLE")
		l.must(t, "30-target/32-schema.sh")
		l.must(t, "30-target/33-relax.sql")
	}
	require.Equal(t, "f|t", l.dst.MustPsql(t, "shop", `select has_schema_privilege('we"ird role', 'public', 'CREATE'), has_table_privilege('reader', 'public.calls', 'SELECT')`),
		"the right to create is lent for the restore alone")
	require.Equal(t, "we\"ird role|t", l.dst.MustPsql(t, "shop", `select pg_get_userbyid(nspowner), has_schema_privilege('we"ird role', oid, 'CREATE') from pg_namespace where nspname = 'we"ird $x'`),
		"what was lent to a schema's owner-to-be is his own by then")
	require.Equal(t, `we"ird role|app`, l.dst.MustPsql(t, "shop", "select (select tableowner from pg_tables where tablename = 'calls'), (select string_agg(rolname, ',') from pg_roles where rolname = 'app' and rolconfig::text like '%statement_timeout=1min%')"))
}

// TestUserMappingsStayAway: their options hold passwords, which no file may.
func TestUserMappingsStayAway(t *testing.T) {
	l := newLab(t)
	const server = "create extension postgres_fdw; create server other foreign data wrapper postgres_fdw options (host 'elsewhere');"
	l.src.MustPsql(t, "shop", server+`create user mapping for public server other options (user 'u', password 'canary-of-the-mapping');
		create foreign table public.remote (id int) server other`)
	l.src.MustCatchUp(t, l.rep)
	p := samplePlan()
	p.Tables = append(p.Tables, planner.Table{Name: public("remote"), Handling: planner.Structure, Reason: "foreign"})
	l.render(t, p)
	l.must(t, "30-target/31-roles.sql")
	l.dst.MustPsql(t, "shop", server)
	out := l.must(t, "30-target/32-schema.sh")
	require.Contains(t, out, "1 user mappings, which can hold passwords")
	require.Equal(t, "1", l.dst.MustPsql(t, "shop", "select count(*) from pg_foreign_table"))
	require.NoError(t, filepath.WalkDir(l.dir, func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.IsDir() {
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NotContains(t, string(b), "canary-of", path)
		}
		return nil
	}))
}

func TestServersThatDoNotAnswer(t *testing.T) {
	l := newLab(t)
	require.NoError(t, l.src.Stop())
	out, status := l.run(t, "10-source/16-members.sh")
	require.Equal(t, 2, status, out)
	require.Contains(t, out, "cannot look at the source (service pgcutover_source)")
	l.env = append(l.env, "PGCUTOVER_SOURCE=no_such_service")
	out, status = l.run(t, "10-source/16-members.sh")
	require.Equal(t, 2, status, out)
	require.Contains(t, out, `"no_such_service" not found`)
	l.env = append(l.env, "PGCUTOVER_PG_BIN=/nonexistent")
	out, status = l.run(t, "10-source/16-members.sh")
	require.Equal(t, 2, status, out)
	require.Contains(t, out, "/nonexistent/psql is not there")
}

// Debian's psql starts Perl before it starts psql: scripts call what it would find, once they have found it.
func TestPsqlOfDebianIsCalledDirectly(t *testing.T) {
	const wrapper = "/usr/share/postgresql-common/pg_wrapper"
	if _, err := os.Stat(wrapper); err != nil {
		cluster.Refuse(t, err)
	}
	l := newLab(t)
	script := l.path("try.sh")
	require.NoError(t, os.WriteFile(script, []byte("#!/usr/bin/env bash\nsource \"$(dirname -- \"${BASH_SOURCE[0]}\")/session.sh\"\n"+
		"printf '%s\\n' \"$PSQL\" \"${PGSYSCONFDIR:-}\" \"$PG_DUMP $PG_RESTORE\"\n\"$PSQL\" --version\nask source 'select 40 + 2'\n"), 0o755))
	says := func(settings ...string) []string {
		cmd := exec.Command("bash", script)
		cmd.Env = append(slices.Clone(l.env), append([]string{"PGSYSCONFDIR="}, settings...)...)
		out, err := cmd.Output()
		require.NoError(t, err)
		return strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	version := func(psql string) string {
		out, err := exec.Command(psql, "--version").Output()
		require.NoError(t, err)
		return strings.TrimSpace(string(out))
	}
	bin := filepath.Join(l.dir, "bin")
	require.NoError(t, os.Mkdir(bin, 0o755))
	psql := filepath.Join(bin, "psql")

	require.NoError(t, os.Symlink(wrapper, psql))
	direct := says("PGCUTOVER_PG_BIN=", "PATH="+bin+":"+os.Getenv("PATH"))
	require.Regexp(t, `^/usr/lib/postgresql/\d+/bin/psql$`, direct[0])
	there := filepath.Dir(direct[0])
	require.Equal(t, []string{"/etc/postgresql-common", there + "/pg_dump " + there + "/pg_restore", version(psql), "42"}, direct[1:])
	require.Equal(t, "/elsewhere", says("PGCUTOVER_PG_BIN=", "PATH="+bin+":"+os.Getenv("PATH"), "PGSYSCONFDIR=/elsewhere")[1])
	require.Equal(t, direct, says("PGCUTOVER_PG_BIN="+bin))
	require.Equal(t, l.dst.Bin("psql"), says("PGCUTOVER_PG_BIN=" + filepath.Dir(l.dst.Bin("psql")))[0])

	require.NoError(t, os.Remove(psql))
	require.NoError(t, os.Symlink(l.dst.Bin("psql"), psql))
	require.Equal(t, []string{"psql", "", "pg_dump pg_restore", version(psql), "42"}, says("PGCUTOVER_PG_BIN=", "PATH="+bin+":"+os.Getenv("PATH")))
}

// A right that is missing stops a script with what to grant, and nothing is half done.
func TestMissingRights(t *testing.T) {
	l := newLab(t)
	for _, c := range []*cluster.Cluster{l.src, l.dst} {
		c.MustPsql(t, "postgres", "create role clerk login")
	}
	l.src.MustCatchUp(t, l.rep)
	services := filepath.Join(l.dir, "services")
	b, err := os.ReadFile(services)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(services, []byte(strings.ReplaceAll(string(b), "user=postgres", "user=clerk")), 0o600))
	p := samplePlan()
	p.Settings = []planner.SettingChange{{On: "source", Name: "max_slot_wal_keep_size", To: "64GB", Reason: "Production comes first."}}
	l.render(t, p)
	for path, c := range map[string]struct {
		args []string
		want []string
	}{
		"10-source/12-settings.sh": {[]string{"--apply", "source"}, []string{"not all of it could be set on the source", "ALTER SYSTEM takes a superuser"}},
		"10-source/11-preflight.sh": {nil, []string{
			"role clerk is no superuser", "hint: let a superuser do it: another user in the service", "role clerk may not create roles", "hint: ALTER ROLE clerk CREATEROLE",
			"role clerk may not create schemas or publications", "hint: GRANT CREATE ON DATABASE shop TO clerk", "role clerk may not create replication slots",
			`role clerk may not grant rights on 1 of the tables, calls for one`, `hint: GRANT "we""ird role" TO clerk`,
		}},
		"10-source/17-slots.sh":  {nil, []string{"the role of service pgcutover_source may not create replication slots", "hint: ALTER ROLE clerk REPLICATION"}},
		"30-target/32-schema.sh": {nil, []string{"permission denied", "the schema cannot be dumped from the replica", "GRANT pg_read_all_data"}},
	} {
		out, status := l.run(t, path, c.args...)
		wanted := 2
		if strings.HasPrefix(path, "10-source/1") && path != "10-source/12-settings.sh" {
			wanted = 1 // a check says no
		}
		require.Equal(t, wanted, status, out)
		for _, w := range c.want {
			require.Contains(t, out, w)
		}
		require.NotContains(t, out, "ended with status", path)
	}
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from pg_class where relkind = 'r' and oid > 16384"))
	require.NoFileExists(t, filepath.Join(l.dir, "schema.dump"))
}

// What the runbook says of 30-target: it need not wait for the pause, and the pause does not mind.
func TestTargetBeforeThePause(t *testing.T) {
	l := newLab(t)
	l.ready(t)
	l.src.MustPsql(t, "shop", "grant select on all tables in schema pglogical to reader") // somebody looks at the sets; the target has none
	l.src.MustCatchUp(t, l.rep)
	for _, f := range []string{"30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql", "40-load/41-ledger.sql", "20-replica/21-pause.sh"} {
		l.must(t, f)
	}
	require.Contains(t, l.state(t), `"dumped_at"`)
	require.Contains(t, l.must(t, "30-target/32-schema.sh"), "the target has the schema of this plan already")
}

// TestHostileDatabase has a database name that is code in every language it is written in.
func TestHostileDatabase(t *testing.T) {
	const name = `sh'o"p $(touch /tmp/x) \y ` + "`id`" + ` %s é`
	l := newLab(t)
	l.src.MustPsql(t, "postgres", `alter database shop rename to "`+strings.ReplaceAll(name, `"`, `""`)+`"`)
	l.dst.MustPsql(t, "postgres", `alter database shop rename to "`+strings.ReplaceAll(name, `"`, `""`)+`"`)
	l.src.MustCatchUp(t, l.rep)
	services := filepath.Join(l.dir, "services")
	b, err := os.ReadFile(services)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(services, []byte(strings.ReplaceAll(string(b), "dbname=shop", "dbname="+name)), 0o600))
	p := l.plan
	p.Source.Database, p.Target.Database = name, name
	l.render(t, p)
	for _, f := range []string{
		"10-source/11-preflight.sh", "10-source/13-role.sql", "10-source/14-markers.sql", "10-source/15-node.sql", "10-source/16-members.sh", "10-source/17-slots.sh",
		"20-replica/21-pause.sh", "30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql",
	} {
		l.must(t, f)
	}
	require.Contains(t, l.state(t), `"proof"`)
	require.NoFileExists(t, "/tmp/x")
}

// TestWithoutFlock: not every system has the program.
func TestWithoutFlock(t *testing.T) {
	l := newLab(t)
	bin := filepath.Join(l.dir, "bin")
	require.NoError(t, os.Mkdir(bin, 0o755))
	for _, tool := range []string{"bash", "env", "dirname", "mktemp", "rm", "cp", "mv", "mkdir", "rmdir", "cat", "date", "sleep", "grep", "sed", "head", "chmod", "uname", "ls", "sha256sum"} {
		path, err := exec.LookPath(tool)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(bin, tool)))
	}
	l.must(t, "10-source/14-markers.sql")
	l.must(t, "10-source/15-node.sql")
	// Scripts that have flock must not take the directory of one that cannot hold its lock for a dead one's.
	script := l.path("try.sh")
	require.NoError(t, os.WriteFile(script, []byte("#!/usr/bin/env bash\nsource \"$(dirname -- \"${BASH_SOURCE[0]}\")/session.sh\"\nls -- \"$TMP\"\n"+
		"[[ ! -e $TMP/lock ]] || { ! flock -n \"$TMP/lock\" true && printf 'held\\n'; }\n"), 0o755))
	files := func(env []string) string {
		cmd := exec.Command("bash", script)
		cmd.Env = env
		out, err := cmd.Output()
		require.NoError(t, err)
		return string(out)
	}
	require.Equal(t, "lock\nheld\n", files(l.env))
	l.env = append(l.env, "PATH="+bin)
	require.Empty(t, files(l.env))
	l.must(t, "10-source/16-members.sh")
	l.must(t, "10-source/17-slots.sh")
	left, err := filepath.Glob(filepath.Join(l.dir, ".pgcutover", "*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(l.dir, ".pgcutover", ".gitignore")}, left, "locks are given back")
	ignored, err := os.ReadFile(left[0])
	require.NoError(t, err)
	require.Equal(t, "*\n", string(ignored), "what is of one machine stays out of version control, this file too")
	require.NoError(t, os.Mkdir(filepath.Join(l.dir, ".pgcutover", "17-slots.lock.d"), 0o755))
	l.refused(t, []string{"already running", "17-slots.lock.d"}, "10-source/17-slots.sh")
}

// TestStateIsWrittenByManyAtOnce: a script of a person's own, which the bundle knows nothing of, shows how state.json is merged.
func TestStateIsWrittenByManyAtOnce(t *testing.T) {
	l := newLab(t)
	script := l.path("try.sh")
	require.NoError(t, os.WriteFile(script, []byte(`#!/usr/bin/env bash
set -Eeuo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/session.sh"
assert_source
for i in 1 2 3 4; do
  printf '{"slots": {%s: %s}, "resumed_at": null}\n' "$(json_string "$1 $i")" "$(json_object confirmed_flush_lsn 0/1 odd $'a"b\\c\nd\te\x01é&')" | state_merge
done
[[ $(state_get slots "$1 4" odd) == $'a"b\\c\nd\te\x01é&' ]]
`), 0o755))
	var commands []*exec.Cmd
	said := make([]bytes.Buffer, 4)
	for i := range 4 {
		cmd := exec.Command("bash", script, fmt.Sprintf(`w"%d\`, i))
		cmd.Env, cmd.Stdout, cmd.Stderr = l.env, &said[i], &said[i]
		require.NoError(t, cmd.Start())
		commands = append(commands, cmd)
	}
	for i, cmd := range commands {
		require.NoError(t, cmd.Wait(), said[i].String())
	}
	var state struct {
		Plan  string
		Slots map[string]map[string]string
	}
	require.NoError(t, json.Unmarshal([]byte(l.state(t)), &state))
	require.Len(t, state.Slots, 16, "no merge is lost")
	require.Equal(t, l.plan.Fingerprint(), state.Plan)
	left, err := filepath.Glob(filepath.Join(l.dir, "state.json.*"))
	require.NoError(t, err)
	require.Empty(t, left)

	for _, cut := range []string{`{"format": 1, "plan": "cut sho`, ""} {
		require.NoError(t, os.WriteFile(filepath.Join(l.dir, "state.json"), []byte(cut), 0o644))
		out, status := l.run(t, "10-source/17-slots.sh")
		require.Equal(t, 2, status, out)
		require.Contains(t, out, "state.json cannot be read")
	}
}
