package hostile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse"
)

// cutover runs the steps of a cutover on a migration that is loaded, and compares the structure of both sides.
func cutover(t *testing.T, s rehearse.Servers, out string) {
	t.Helper()
	f, err := os.Open(filepath.Join(out, "plan.json"))
	require.NoError(t, err)
	defer f.Close()
	plan, err := planner.Decode(f)
	require.NoError(t, err)
	step := func(path string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), filepath.Join(out, "migration", path), args...)
		cmd.Dir, cmd.Env = out, clientEnv(s)
		said, err := cmd.CombinedOutput()
		t.Logf("%s\n%s", path, said)
		require.NoError(t, err, path)
	}
	step("70-cutover/71-freeze.sh")
	stop, err := s.Carry(t.Context(), plan)
	require.NoError(t, err)
	step("70-cutover/72-drain.sh", "--timeout", "120")
	require.NoError(t, stop())
	step("70-cutover/73-sequences.sh")
	step("70-cutover/74-constraints.sh")
	step("70-cutover/75-analyze.sh")
	if diff := cmp.Diff(structure(t, s, "source"), structure(t, s, "target")); diff != "" {
		t.Errorf("the structure of the target is not the source's (-source +target):\n%s", diff)
	}
}

// clientEnv is what scripts run in.
func clientEnv(s rehearse.Servers) []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") {
			env = append(env, v)
		}
	}
	return append(env, "PGSERVICEFILE="+s.ServiceFile, "PGPASSFILE="+s.PassFile, "PGCUTOVER_PG_BIN="+filepath.Dir(s.Target.Bin("psql")))
}

// structure is all that pg_dump tells of a database, but for what the migration itself has put there.
func structure(t *testing.T, s rehearse.Servers, server string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.Target.Bin("pg_dump"), "--schema-only", "--no-publications", "--no-subscriptions", "--no-privileges", "--no-password",
		"--exclude-schema=pgcutover", "--exclude-schema=pglogical", "--exclude-schema=awsdms_control", "-d", "service=pgcutover_"+server)
	cmd.Env = clientEnv(s)
	text, err := cmd.Output()
	require.NoError(t, err)
	// Restricted mode carries a random key.
	ours := regexp.MustCompile(`(?m)^(-- Name: (EXTENSION )?pglogical; .*|(CREATE EXTENSION IF NOT EXISTS|COMMENT ON EXTENSION) pglogical .*|\\(un)?restrict .*)$`)
	return slices.DeleteFunc(strings.Split(ours.ReplaceAllString(string(text), ""), "\n"), func(line string) bool { return line == "" || line == "--" })
}
