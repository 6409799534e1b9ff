package render_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// lab is a primary with a standby, a target, and a bundle that knows them by service names.
type lab struct {
	src, rep, dst *cluster.Cluster
	dir           string // the bundle is in dir/migration
	env           []string
}

func newLab(t *testing.T, settings ...string) *lab {
	t.Helper()
	cluster.NeedPGLogical(t)
	l := &lab{src: cluster.StartSource(t, settings...), dst: cluster.StartTarget(t), dir: t.TempDir()}
	l.src.CreateDatabase(t, "shop")
	l.dst.CreateDatabase(t, "shop")
	l.src.MustPsql(t, "shop", sampleSQL)
	l.rep = l.src.StartStandby(t)
	l.services(t)
	l.render(t, samplePlan())
	return l
}

func (l *lab) services(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for name, c := range map[string]*cluster.Cluster{"source": l.src, "replica": l.rep, "target": l.dst} {
		fmt.Fprintf(&b, "[pgcutover_%s]\nhost=%s\nport=%d\nuser=postgres\ndbname=shop\n", name, c.SocketDir(), c.Port())
	}
	file := filepath.Join(l.dir, "services")
	require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o600))
	l.env = append(os.Environ(), "PGSERVICEFILE="+file, "PGCUTOVER_PG_BIN="+filepath.Dir(l.src.Bin("pg_dump")))
}

func (l *lab) render(t *testing.T, p planner.Plan) {
	t.Helper()
	b, err := render.Render(p)
	require.NoError(t, err)
	require.NoError(t, b.Write(filepath.Join(l.dir, "migration"), true))
}

func (l *lab) path(parts ...string) string {
	return filepath.Join(append([]string{l.dir, "migration"}, parts...)...)
}

func (l *lab) state(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(l.dir, "state.json"))
	require.NoError(t, err)
	return string(b)
}

// run runs a script, or an SQL file against the server of its folder, and returns what it said and its exit code.
func (l *lab) run(t *testing.T, path string, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	name, all := "bash", append([]string{l.path(path)}, args...)
	if strings.HasSuffix(path, ".sql") {
		service := "pgcutover_source"
		if strings.HasPrefix(path, "30-") {
			service = "pgcutover_target"
		}
		name = l.src.Bin("psql")
		all = append([]string{"-X", "-w", "-v", "ON_ERROR_STOP=1", "-d", "service=" + service, "-f", l.path(path)}, args...)
	}
	cmd := exec.CommandContext(ctx, name, all...)
	cmd.Env, cmd.Dir = l.env, "/"
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

// must runs a step that has to succeed.
func (l *lab) must(t *testing.T, path string, args ...string) string {
	t.Helper()
	out, code := l.run(t, path, args...)
	require.Zero(t, code, out)
	return out
}

// refused runs a step that a check has to stop, and wants every one of the words in what it says.
func (l *lab) refused(t *testing.T, words []string, path string, args ...string) string {
	t.Helper()
	out, code := l.run(t, path, args...)
	if strings.HasSuffix(path, ".sql") {
		require.Equal(t, 3, code, out)
	} else {
		require.Equal(t, 1, code, out)
	}
	for _, w := range words {
		require.Contains(t, out, w)
	}
	return out
}

func TestSource(t *testing.T) {
	l := newLab(t)
	for range 2 { // everything can be run again
		l.must(t, "10-source/11-preflight.sh")
		l.must(t, "10-source/12-settings.sh", "--check", "source", "standby")
		l.must(t, "10-source/13-role.sql")
		l.must(t, "10-source/14-markers.sql")
		l.must(t, "10-source/15-node.sql")
		l.must(t, "10-source/16-members.sh")
		l.must(t, "10-source/17-slots.sh")
	}
	for range 2 {
		l.must(t, "20-replica/21-pause.sh")
	}
	t.Log(l.state(t))
	l.refused(t, nil, "20-replica/22-resume.sh")
	for range 2 {
		l.must(t, "20-replica/22-resume.sh", "--force")
	}
	l.must(t, "20-replica/21-pause.sh")
}

func TestTarget(t *testing.T) {
	l := newLab(t)
	for range 2 {
		l.must(t, "30-target/31-roles.sql")
		l.must(t, "30-target/32-schema.sh")
		l.must(t, "30-target/33-relax.sql")
	}
	require.Equal(t, "f|t", l.dst.MustPsql(t, "postgres", "select rolcanlogin, rolpassword is null from pg_authid where rolname = 'app'"))
	require.Equal(t, `{"search_path=\"$user\", public",statement_timeout=1min}`, l.dst.MustPsql(t, "postgres", "select rolconfig from pg_roles where rolname = 'app'"))
	require.Equal(t, "t", l.dst.MustPsql(t, "postgres", "select pg_has_role('app', 'reader', 'member')"))
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", `select (select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace in ('public'::regnamespace, '"we""ird $x"'::regnamespace))
		+ (select count(*) from pg_constraint where contype <> 'c' and connamespace = 'public'::regnamespace) + (select count(*) from pg_trigger where not tgisinternal)`))
	require.Equal(t, "8|1", l.dst.MustPsql(t, "shop", "select (select count(*) from pg_class where relkind in ('r','p') and relnamespace <> 'pgcutover'::regnamespace and oid > 16384), (select count(*) from pg_statistic_ext)"))
	require.Equal(t, `we"ird role`, l.dst.MustPsql(t, "shop", "select tableowner from pg_tables where tablename = 'calls'"))
	require.Equal(t, "f|d", l.dst.MustPsql(t, "shop", "select (select attnotnull from pg_attribute where attrelid = 'calls'::regclass and attname = 'body'), (select attidentity from pg_attribute where attrelid = 'calls'::regclass and attname = 'id')"))
	require.Equal(t, "public|calls|id", l.dst.MustPsql(t, "shop", "select * from pgcutover.identity_always"))
	list, err := os.ReadFile(filepath.Join(l.dir, "postdata.list"))
	require.NoError(t, err)
	for _, want := range []string{" TRIGGER public calls touch ", " RULE public nokey no_delete ", " POLICY public Mixed Case everybody ", " INDEX public per_day_key "} {
		require.Contains(t, string(list), want)
	}
	require.NotContains(t, string(list), "CONSTRAINT")
	require.NotContains(t, string(list), "INDEX public calls_at")
	for _, f := range []string{"predata.sql", "schema.dump", "state.json"} {
		b, err := os.ReadFile(filepath.Join(l.dir, f))
		require.NoError(t, err)
		require.NotContains(t, string(b), "canary", f)
	}
	// A second run on the machine of somebody who lacks the archive must not go on without it.
	require.NoError(t, os.Rename(filepath.Join(l.dir, "schema.dump"), filepath.Join(l.dir, "elsewhere")))
	l.refused(t, []string{"schema.dump"}, "30-target/32-schema.sh")
}

func TestTargetThatIsNotEmpty(t *testing.T) {
	l := newLab(t)
	l.dst.MustPsql(t, "shop", sampleSQL+"truncate public.calls cascade; truncate public.nokey, public.events")
	l.refused(t, []string{"tables already"}, "30-target/32-schema.sh")
	for range 2 {
		l.must(t, "30-target/32-schema.sh", "--existing")
	}
	require.Equal(t, "1", l.dst.MustPsql(t, "shop", `select (select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where c.relkind <> 'm' and c.relnamespace in ('public'::regnamespace, '"we""ird $x"'::regnamespace))
		+ (select count(*) from pg_constraint where contype <> 'c' and connamespace = 'public'::regnamespace and conrelid <> 'public.left_out'::regclass) + (select count(*) from pg_trigger where not tgisinternal)
		+ (select count(*) from pg_policy)`), "only the index of the table that is left out")
	b, err := os.ReadFile(filepath.Join(l.dir, "stripped.sql"))
	require.NoError(t, err)
	require.Contains(t, string(b), "-- CREATE INDEX calls_at ON public.calls")
	require.Contains(t, string(b), "FOREIGN KEY (call_id) REFERENCES public.calls(id)")
}

func TestServersThatAreNotTheRightOnes(t *testing.T) {
	l := newLab(t)
	right := [3]*cluster.Cluster{l.src, l.rep, l.dst}
	set := func(src, rep, dst *cluster.Cluster) { l.src, l.rep, l.dst = src, rep, dst; l.services(t) }
	set(right[1], right[1], right[2])
	l.refused(t, []string{"is a standby, not the primary"}, "10-source/16-members.sh")
	l.refused(t, []string{"this is a standby"}, "10-source/14-markers.sql")
	set(right[0], right[0], right[2])
	l.refused(t, []string{"it is not in recovery"}, "20-replica/22-resume.sh")
	set(right[0], right[1], right[0])
	l.refused(t, []string{"the target is the source itself"}, "30-target/32-schema.sh")
	set(right[0], right[1], right[1])
	l.refused(t, []string{"takes no writes"}, "30-target/32-schema.sh")
	set(right[0], right[1], right[2])
	p := samplePlan()
	p.Source.SystemIdentifier = "1234"
	l.render(t, p)
	l.refused(t, []string{"another server than the one the plan was made for"}, "10-source/17-slots.sh")
	l.refused(t, []string{"another server than the one the plan was made for"}, "10-source/15-node.sql")
	p.Source.SystemIdentifier, p.Source.Database = "", "warehouse"
	l.render(t, p)
	l.refused(t, []string{"connected to database shop, the plan is about warehouse"}, "10-source/17-slots.sh")
	l.refused(t, []string{"connected to database shop, the plan is about warehouse"}, "10-source/13-role.sql")
	p.Source.Database, p.Source.VersionNum = "shop", 140010
	l.render(t, p)
	l.refused(t, []string{"the plan was made for 14"}, "10-source/17-slots.sh")
	l.refused(t, []string{"the plan was made for 14"}, "10-source/13-role.sql")
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "state.json"), []byte(`{"format": 1, "plan": "other"}`), 0o644))
	l.render(t, samplePlan())
	l.refused(t, []string{"belongs to another plan"}, "10-source/17-slots.sh")
}
