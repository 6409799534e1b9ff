package golden_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/golden"
)

// pgcutover is the program under test, built once: the cases go through the command line like a user does.
var pgcutover string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "pgcutover-golden-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		defer os.RemoveAll(dir)
		pgcutover = filepath.Join(dir, "pgcutover")
		build := exec.Command("go", "build", "-o", pgcutover, "github.com/pgcutover/pgcutover/cmd/pgcutover")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "building pgcutover:", err)
			return 2
		}
		return m.Run()
	}())
}

// run executes pgcutover in dir and returns its standard error and exit code.
func run(t *testing.T, dir string, args ...string) (stderr string, code int) {
	t.Helper()
	cmd := exec.Command(pgcutover, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	var out bytes.Buffer
	cmd.Stderr = &out
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return out.String(), exit.ExitCode()
	}
	require.NoError(t, err, out.String())
	return out.String(), 0
}

// TestCases takes every case from its inventory to its bundle and compares each file with the committed one.
func TestCases(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(inventories)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join("cases", name)

			var inventory bytes.Buffer
			require.NoError(t, inventories[name]().Encode(&inventory))
			golden.Equal(t, filepath.Join(dir, "inventory.json"), inventory.Bytes())

			work := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(work, "inventory.json"), inventory.Bytes(), 0o644))
			var configured []string
			if config, err := os.ReadFile(filepath.Join(dir, "pgcutover.yaml")); err == nil {
				require.NoError(t, os.WriteFile(filepath.Join(work, "pgcutover.yaml"), config, 0o644))
				configured = []string{"-c", "pgcutover.yaml"}
			}
			stderr, code := run(t, work, append([]string{"plan", "inventory.json", "-o", "plan.json"}, configured...)...)
			require.LessOrEqual(t, code, 1, stderr)
			golden.Equal(t, filepath.Join(dir, "plan.stderr"), fmt.Appendf(nil, "%sexit %d\n", stderr, code))
			for _, file := range []string{"plan.json", "plan.md"} {
				got, err := os.ReadFile(filepath.Join(work, file))
				require.NoError(t, err)
				golden.Equal(t, filepath.Join(dir, file), got)
			}

			stderr, code = run(t, work, "render", "plan.json", "-o", "migration")
			require.Zero(t, code, stderr)
			golden.Tree(t, filepath.Join(dir, "migration"), golden.Read(t, filepath.Join(work, "migration")))

			stderr, code = run(t, work, "render", "plan.json", "-o", "migration", "--check")
			require.Zero(t, code, stderr)

			if slices.Contains(restarted, name) {
				restart(t, dir, work)
			}
			if slices.Contains(compared, name) {
				asked(t, dir, work, configured, "compare", "text", "markdown", "json")
			}
			if slices.Contains(listed, name) {
				asked(t, dir, work, configured, "lobs", "text", "csv", "json")
			}

			// A list of rows that differ names its plan, which changes with every plan.
			if list, err := os.ReadFile(filepath.Join(dir, "differences.json")); err == nil {
				plan := regexp.MustCompile(`"plan": "([0-9a-f]{64})"`).FindSubmatch(golden.Read(t, filepath.Join(work, "migration"))["MANIFEST.json"].Body)
				require.NoError(t, os.WriteFile(filepath.Join(work, "differences.json"), bytes.ReplaceAll(list, []byte("@PLAN@"), plan[1]), 0o600))
				stderr, code = run(t, work, "render", "plan.json", "--backfill", "differences.json", "-o", "backfill")
				require.Zero(t, code, stderr)
				golden.Tree(t, filepath.Join(dir, "backfill"), golden.Read(t, filepath.Join(work, "backfill")))
			}
		})
	}
}

// compared are the cases whose ways are set side by side, listed those whose LOBs are listed.
var (
	compared = []string{"huge", "nokeys", "pg96", "rds", "small"}
	listed   = []string{"hostile", "native-small", "nokeys", "small"}
)

// asked compares what plan says in place of a plan: a file for each format.
func asked(t *testing.T, dir, work string, config []string, what string, formats ...string) {
	for _, format := range formats {
		file := what + "." + map[string]string{"text": "txt", "markdown": "md", "csv": "csv", "json": "json"}[format]
		stderr, code := run(t, work, append([]string{"plan", "inventory.json", "--" + what, "--format", format, "-o", file}, config...)...)
		require.LessOrEqual(t, code, 1, stderr)
		got, err := os.ReadFile(filepath.Join(work, file))
		require.NoError(t, err)
		golden.Equal(t, filepath.Join(dir, file), got)
	}
}

// restarted are the cases whose first slot is restarted.
var restarted = []string{"hostile", "native-small", "native-snapshot", "small"}

// restart compares the restart of the first slot with the committed one; where the case has another configuration for it, that passes to the plan made
// with it.
func restart(t *testing.T, dir, work string) {
	args := []string{"render", "plan.json", "--restart", "slot=1", "-o", "restart"}
	if config, err := os.ReadFile(filepath.Join(dir, "successor.yaml")); err == nil {
		require.NoError(t, os.WriteFile(filepath.Join(work, "successor.yaml"), config, 0o644))
		stderr, code := run(t, work, "plan", "inventory.json", "-c", "successor.yaml", "-o", "next.json")
		require.LessOrEqual(t, code, 1, stderr)
		args = []string{"render", "next.json", "--restart", "slot=1", "--running", "plan.json", "-o", "restart"}
	}
	stderr, code := run(t, work, args...)
	require.Zero(t, code, stderr)
	golden.Tree(t, filepath.Join(dir, "restart"), golden.Read(t, filepath.Join(work, "restart")))
	stderr, code = run(t, work, append(args, "--check")...)
	require.Zero(t, code, stderr)
}

// TestNoForgottenCase fails when a folder of golden/cases belongs to no case.
func TestNoForgottenCase(t *testing.T) {
	entries, err := os.ReadDir("cases")
	require.NoError(t, err)
	for _, e := range entries {
		require.Contains(t, inventories, e.Name(), "golden/cases/%s belongs to no case", e.Name())
	}
}
