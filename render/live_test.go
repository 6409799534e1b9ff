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
