package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// site is where the load is tested: a source, its standby paused at a known LSN, a target that has the schema before data, and the
// bundle of a plan made from the source's own inventory.
type site struct {
	src, rep, dst *cluster.Cluster
	encoding      string // of the source's database; empty: UTF8, as the target's is
	plan          planner.Plan
	dir           string // the bundle is in dir/migration
	env           []string
}

// newSite makes the database from SQL, plans it and does everything up to the ledger. configure may change the options.
func newSite(t *testing.T, sql string, configure func(*planner.Options)) *site {
	t.Helper()
	s := &site{src: cluster.StartSource(t, "max_prepared_transactions=5"), dst: cluster.StartTarget(t)}
	s.prepare(t, sql, configure)
	for _, step := range []string{"30-target/31-roles.sql", "30-target/32-schema.sh", "30-target/33-relax.sql", "40-load/41-ledger.sql"} {
		s.must(t, step)
	}
	return s
}

// newSiteBetween is newSite for servers of given majors (0: the default). What pg_dump would restore is given, because the
// machine has no pg_dump for every pair.
func newSiteBetween(t *testing.T, source, target int, sql, predata string, configure func(*planner.Options)) *site {
	t.Helper()
	s := &site{
		src: cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: source}),
		dst: cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: target}),
	}
	s.prepare(t, sql, configure)
	s.target(t, predata)
	s.must(t, "40-load/41-ledger.sql")
	return s
}

func (s *site) prepare(t *testing.T, sql string, configure func(*planner.Options)) {
	t.Helper()
	s.dir = t.TempDir()
	if s.encoding == "" {
		s.src.CreateDatabase(t, "shop")
	} else {
		s.src.MustPsql(t, "postgres", "create database shop encoding '"+s.encoding+"' template template0 lc_collate 'C' lc_ctype 'C'")
	}
	s.dst.CreateDatabase(t, "shop")
	s.src.MustPsql(t, "shop", sql+"\n;vacuum analyze")
	s.rep = s.src.StartStandby(t)
	s.makePlan(t, configure)
	s.bundle(t, "postgres")
	s.must(t, "10-source/14-markers.sql")
	s.pause(t)
}

// bundle renders the plan, and makes services that connect as the user: to the replica too, where there is one.
func (s *site) bundle(t *testing.T, user string) render.Bundle {
	t.Helper()
	b, err := render.Render(s.plan)
	require.NoError(t, err)
	require.NoError(t, b.Write(filepath.Join(s.dir, "migration"), true))
	s.env = s.as(t, user)
	return b
}

// as is the environment of scripts that connect as the user.
func (s *site) as(t *testing.T, user string) []string {
	t.Helper()
	return environment(t, s.dir, user, s.src, s.rep, s.dst)
}

// environment writes the services of a migration in dir, which connect as the user, and returns what scripts run with. rep may be nil.
func environment(t *testing.T, dir, user string, src, rep, dst *cluster.Cluster) []string {
	t.Helper()
	var services strings.Builder
	for name, c := range map[string]*cluster.Cluster{"source": src, "replica": rep, "target": dst} {
		if c != nil {
			fmt.Fprintf(&services, "[pgcutover_%s]\nhost=%s\nport=%d\nuser=%s\ndbname=shop\n", name, c.SocketDir(), c.Port(), user)
		}
	}
	file := filepath.Join(dir, "services")
	if user != "postgres" {
		file += "-" + user
	}
	require.NoError(t, os.WriteFile(file, []byte(services.String()), 0o600))
	return append(os.Environ(), "PGSERVICEFILE="+file, "PGCUTOVER_PG_BIN="+cluster.Clients(t.Context(), src, dst),
		"TMPDIR="+dir) // what a killed script cannot remove goes with the test
}

func (s *site) makePlan(t *testing.T, configure func(*planner.Options)) {
	t.Helper()
	read := func(c *cluster.Cluster) *pgx.Conn {
		conn, err := pgx.Connect(t.Context(), c.DSN("shop"))
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close(context.Background()) })
		return conn
	}
	inv, err := catalog.Read(t.Context(), read(s.src), catalog.Options{Target: read(s.dst), TextBounds: true})
	require.NoError(t, err)
	o := planner.Defaults()
	o.Load.Workers, o.Load.MaintenanceWorkMem = 3, "64MB"
	if configure != nil {
		configure(&o)
	}
	s.plan, err = planner.Make(inv, o, nil)
	require.NoError(t, err)
}

// pause pauses the standby and writes what 20-replica/21-pause.sh would write.
func (s *site) pause(t *testing.T) {
	t.Helper()
	s.src.MustCatchUp(t, s.rep)
	xlog, wal, state := "wal", "lsn", "pg_get_wal_replay_pause_state() = 'paused'"
	switch v := s.plan.Source.VersionNum; {
	case v < 100000:
		xlog, wal, state = "xlog", "location", "pg_is_xlog_replay_paused()"
	case v < 140000:
		state = "pg_is_wal_replay_paused()"
	}
	s.rep.MustPsql(t, "shop", "select pg_"+xlog+"_replay_pause()")
	require.Eventually(t, func() bool { return s.rep.MustPsql(t, "shop", "select "+state) == "t" }, time.Minute, 20*time.Millisecond)
	pause := s.rep.MustPsql(t, "shop", `select json_build_object('lsn', pg_last_`+xlog+`_replay_`+wal+`(), 'timeline', 1, 'proof', 'pause_state',
		'system_identifier', (select system_identifier::text from pg_control_system()),
		'postmaster_start_time', to_char(pg_postmaster_start_time() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))`)
	state = fmt.Sprintf(`{"format": 1, "plan": %q, "pause": %s}`, s.plan.Fingerprint(), pause)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "state.json"), []byte(state), 0o600))
}

// rePlan makes state.json belong to the plan as it is now.
func (s *site) rePlan(t *testing.T) {
	t.Helper()
	state := s.state(t)
	state["plan"] = s.plan.Fingerprint()
	b, err := json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "state.json"), b, 0o600))
}

func (s *site) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir, "migration"}, parts...)...)
}

// command is a step that has not been started.
func (s *site) command(t *testing.T, path string, args ...string) *exec.Cmd {
	t.Helper()
	name, all := "bash", append([]string{s.path(path)}, args...)
	if strings.HasSuffix(path, ".sql") {
		on := "target"
		if strings.HasPrefix(path, "10-") {
			on = "source"
		}
		name, all = s.src.Bin("psql"), append([]string{"-X", "-w", "-v", "ON_ERROR_STOP=1", "-d", "service=pgcutover_" + on, "-f", s.path(path)}, args...)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, all...)
	cmd.Env, cmd.Dir = s.env, "/"
	return cmd
}

// run runs a step and returns what it said and its exit code.
func (s *site) run(t *testing.T, path string, args ...string) (string, int) {
	t.Helper()
	cmd := s.command(t, path, args...)
	out, err := cmd.CombinedOutput()
	code := 0
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		code = e.ExitCode()
	} else {
		require.NoError(t, err)
	}
	t.Logf("%s %s: exit %d\n%s", path, strings.Join(args, " "), code, out)
	return string(out), code
}

func (s *site) must(t *testing.T, path string, args ...string) string {
	t.Helper()
	out, code := s.run(t, path, args...)
	require.Zero(t, code, out)
	return out
}

// refused runs a step that must exit with 1 and say all the words.
func (s *site) refused(t *testing.T, words []string, path string, args ...string) string {
	t.Helper()
	out, code := s.run(t, path, args...)
	require.Equal(t, 1, code, out)
	for _, w := range words {
		require.Contains(t, out, w)
	}
	return out
}

func (s *site) target(t *testing.T, sql string) string {
	t.Helper()
	return s.dst.MustPsql(t, "shop", sql)
}

// logs are what the workers wrote.
func (s *site) logs(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "load-logs", "*.log"))
	require.NoError(t, err)
	var all bytes.Buffer
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		fmt.Fprintf(&all, "== %s\n%s", filepath.Base(f), b)
	}
	return all.String()
}

func (s *site) state(t *testing.T) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, "state.json"))
	require.NoError(t, err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(b, &m))
	return m
}

// sameRows compares every copied table of replica and target: the number of rows and the sum of their hashes.
func (s *site) sameRows(t *testing.T) {
	t.Helper()
	for _, table := range s.plan.Tables {
		if table.Handling.Copied() {
			s.sameTable(t, table.Name)
		}
	}
	for _, g := range s.plan.Groups {
		s.sameTable(t, g.Marker)
	}
}

func (s *site) sameTable(t *testing.T, n analyze.Name) {
	t.Helper()
	sql := `set extra_float_digits = 3; select count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 8))::bit(32)::bigint), 0) from only ` + n.SQL() + ` t`
	require.Equal(t, s.rep.MustPsql(t, "shop", sql), s.target(t, sql), "table %s", n)
}
