package rehearse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// fakeMode, where set, makes this binary play pgcutover: its commands print their arguments, and render writes a bundle of
// scripts that do the same.
const fakeMode = "REHEARSE_TEST_FAKE"

func TestMain(m *testing.M) {
	if mode := os.Getenv(fakeMode); mode != "" {
		os.Exit(fake(mode, os.Args[1:]))
	}
	goleak.VerifyTestMain(m)
}

func fake(mode string, args []string) int {
	fmt.Println("fake", strings.Join(args, " "))
	switch {
	case args[0] == "render":
		if err := fakeBundle("migration", mode); err != nil {
			fmt.Println(err)
			return 2
		}
	case args[0] == "verify" && mode == "refuse "+args[1]:
		fmt.Println("the gate says no")
		return 1
	case args[0] == "plan" && mode == "leak":
		secret, _ := os.ReadFile(os.Getenv("PGPASSFILE"))
		fields := bytes.Split(bytes.TrimSpace(secret), []byte(":"))
		_ = os.WriteFile("plan.md", fields[len(fields)-1], 0o600)
	}
	return 0
}

// fakeFiles are the steps of the fake bundle, in the order of paths.
var fakeFiles = []render.ManifestFile{
	{Path: "10-source/11-preflight.sh", On: render.OnSource, Step: true, Order: 1},
	{Path: "10-source/12-settings.sh", On: render.OnSource, Step: true, Order: 2},
	{Path: "10-source/13-role.sql", On: render.OnSource, Step: true, Order: 3},
	{Path: "10-source/17-slots.sh", On: render.OnSource, Step: true, Order: 4, Gate: "ready-to-pause", Title: "Create the slots"},
	{Path: "20-replica/21-pause.sh", On: render.OnReplica, Step: true, Order: 5, Gate: "paused"},
	{Path: "20-replica/22-resume.sh", On: render.OnReplica, Step: true, Order: 8},
	{Path: "40-load/42-load.sh", On: render.OnTarget, Step: true, Order: 6, Gate: "loaded"},
	{Path: "40-load/progress.sql", On: render.OnTarget},
	{Path: "60-qa/61-spot-checks.sh", On: render.OnOperator, Step: true, Order: 7},
	{Path: "70-cutover/71-freeze.sh", On: render.OnSource, Step: true, Order: 9},
}

// fakeLoad copies a table that the application does not write to.
const fakeLoad = `#!/usr/bin/env bash
set -Eeuo pipefail
psql service=pgcutover_target -Xqc 'create table sources (code varchar(20) primary key, label text not null)'
psql service=pgcutover_replica -Xqc 'copy sources to stdout' | psql service=pgcutover_target -Xqc 'copy sources from stdin'
`

func fakeBundle(dir, mode string) error {
	for _, f := range fakeFiles {
		body := "#!/usr/bin/env bash\necho \"script $0 in $PWD\"\npsql service=pgcutover_source -XAtc 'select 40 + 2'\n"
		if strings.HasSuffix(f.Path, ".sql") {
			body = "select 'sql on ' || current_database();\n"
		}
		if f.Path == preflight {
			body = "#!/usr/bin/env bash\nif [ -e looked ]; then exit 0; fi\ntouch looked; echo 'something is missing'; exit 1\n"
		}
		if strings.HasSuffix(f.Path, "load.sh") {
			body = fakeLoad + map[string]string{
				"lose":    "psql service=pgcutover_target -Xqc \"delete from sources where code = 'ads'\"\n",
				"confuse": "psql service=pgcutover_target -Xqc \"update sources set label = 'x' where code = 'ads'\"\n",
				"nothing": "psql service=pgcutover_target -Xqc 'drop table sources'\n",
				"invent":  "psql service=pgcutover_target -Xqc 'create table invented ()'\n",
			}[mode]
		}
		if mode == "hang" && strings.HasSuffix(f.Path, "pause.sh") {
			body = "#!/usr/bin/env bash\necho hanging $BASHPID\nsleep 600\n"
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(body), 0o755)); err != nil {
			return err
		}
	}
	b, err := json.Marshal(render.Manifest{Format: render.ManifestFormat, Files: fakeFiles})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, render.ManifestPath), b, 0o644)
}

// rehearsal runs one with the fake program.
func rehearsal(t *testing.T, ctx context.Context, mode string, change func(*Options)) (out string, said string, err error) {
	t.Helper()
	cluster.NeedPGLogical(t)
	t.Setenv(fakeMode, mode)
	t.Setenv("PGHOST", "never.invalid") // nothing of this may reach a step
	var b strings.Builder
	o := Options{Program: os.Args[0], Out: filepath.Join(t.TempDir(), "demo"), Stdout: &b, bare: true}
	if change != nil {
		change(&o)
	}
	err = Run(ctx, o)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(b.String())
		}
	})
	return o.Out, b.String(), err
}

func TestOrder(t *testing.T) {
	var done []string
	var pids []int
	var seen []string
	out, said, err := rehearsal(t, t.Context(), "good", func(o *Options) {
		o.bare = false
		o.Password = "canary-of-the-rehearsal"
		o.AfterEach = func(s Step) { done = append(done, s.Name) }
		o.AfterSetup = func(s Servers) {
			pids = []int{s.Source.Pid(), s.Replica.Pid(), s.Target.Pid()}
			seen = append(seen, s.ServiceFile, s.Dir)
			_, err := s.Source.Psql(t.Context(), s.Database, "select count(*) from calls")
			require.NoError(t, err)
		}
	})
	require.NoError(t, err)
	want := []string{
		"analyze", "plan", "render", "10-source/11-preflight.sh", "10-source/12-settings.sh standby", "10-source/12-settings.sh source",
		"10-source/12-settings.sh target", "10-source/11-preflight.sh again", "gate preflight", "10-source/13-role.sql", "10-source/17-slots.sh", "gate ready-to-pause",
		"20-replica/21-pause.sh", "gate paused", "40-load/42-load.sh", "40-load/progress.sql", "gate loaded", "60-qa/61-spot-checks.sh", "20-replica/22-resume.sh",
	}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	for _, line := range []string{
		"$ pgcutover analyze --sample 3s -o inventory.json", "    fake analyze --sample 3s -o inventory.json",
		"$ psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_source -f migration/10-source/13-role.sql", "sql on calltrack",
		"# Create the slots\n#   Sets first, slots then", "    42\n", "Done: every script ran, every gate passed.",
		"== 3. Stop the replica at one position ==", "# Gate paused: does the replica stand", "    6 rows in 1 tables: the same on both sides",
		"not on the target: public.calls, ", "  gates     4 passed, after 12 runs of the bundle's scripts",
	} {
		require.Contains(t, said, line)
	}
	require.NotContains(t, said, "canary")
	for _, pid := range pids {
		require.Error(t, syscall.Kill(pid, 0), "every server is gone")
	}
	for _, path := range seen {
		require.NoFileExists(t, path)
		require.NoDirExists(t, path)
	}
	for _, file := range []string{"logs/source.server.log", "logs/replica.server.log", "logs/target.server.log", "logs/01-analyze.log", "migration/MANIFEST.json", "pgcutover.yaml"} {
		require.FileExists(t, filepath.Join(out, file))
	}
	var line timeline
	b, err := os.ReadFile(filepath.Join(out, "rehearsal.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &line))
	require.True(t, line.Passed)
	require.Len(t, line.Steps, len(want)+1, "and the comparison of rows")
	require.Equal(t, int64(6), line.Proof.Rows)
	var commits int64
	for _, s := range line.Steps {
		commits += s.Commits
	}
	require.Positive(t, commits, "the application works all the while")

	// The next one replaces what is there.
	require.NoError(t, os.WriteFile(filepath.Join(out, "plan.json"), []byte("old"), 0o644))
	require.NoError(t, (&run{options: Options{Out: out}}).openOut())
	require.NoFileExists(t, filepath.Join(out, "plan.json"))
}

func TestGateThatSaysNoEndsIt(t *testing.T) {
	var pids []int
	out, said, err := rehearsal(t, t.Context(), "refuse paused", func(o *Options) {
		o.AfterSetup = func(s Servers) { pids = []int{s.Source.Pid(), s.Replica.Pid(), s.Target.Pid()} }
	})
	var step *StepError
	require.ErrorAs(t, err, &step)
	require.Equal(t, 1, step.Step.Exit)
	require.Equal(t, "gate paused", step.Step.Name)
	require.Contains(t, step.Tail, "the gate says no")
	require.Contains(t, said, "gate paused ended with exit code 1; all that it said: ")
	require.NotContains(t, said, "The end of the log", "a check that said no has said why")
	require.NotContains(t, said, "Done")
	require.NotContains(t, said, "42-load")
	for _, pid := range pids {
		require.Error(t, syscall.Kill(pid, 0), "every server is gone")
	}
	b, err := os.ReadFile(filepath.Join(out, "rehearsal.json"))
	require.NoError(t, err)
	require.Contains(t, string(b), `"passed": false`)
}

func TestInterruptEndsAllProcesses(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var pids []int
	var watch sync.WaitGroup
	_, said, err := rehearsal(t, ctx, "hang", func(o *Options) {
		dir := o.Out
		o.AfterSetup = func(s Servers) {
			pids = []int{s.Source.Pid(), s.Replica.Pid(), s.Target.Pid()}
			watch.Go(func() {
				for ctx.Err() == nil {
					logs, _ := filepath.Glob(filepath.Join(dir, "logs", "*21-pause.sh.log"))
					if len(logs) > 0 {
						var pid int
						if b, _ := os.ReadFile(logs[0]); len(b) > 0 {
							if _, err := fmt.Sscanf(string(b), "hanging %d", &pid); err == nil {
								pids = append(pids, pid)
								cancel()
							}
						}
					}
					time.Sleep(20 * time.Millisecond)
				}
			})
		}
	})
	watch.Wait()
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, pids, 4)
	for _, pid := range pids {
		require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, time.Minute, 10*time.Millisecond)
	}
	require.NotContains(t, said, "gate paused")
}

func TestPasswordLeftBehindIsAFailure(t *testing.T) {
	_, _, err := rehearsal(t, t.Context(), "leak", nil)
	require.ErrorContains(t, err, "the servers' password stands in")
	require.ErrorContains(t, err, "plan.md")
}

func TestDifferentRowsAreAFailure(t *testing.T) {
	for mode, want := range map[string]string{
		"lose":    "public.sources has 1 rows on the replica and 0 on the target",
		"confuse": "rows of public.sources are different on the target",
		"nothing": "there is nothing on the target to compare",
		"invent":  "the target has a table that the replica does not have: public.invented",
	} {
		t.Run(mode, func(t *testing.T) {
			var done []string
			out, said, err := rehearsal(t, t.Context(), mode, func(o *Options) { o.AfterEach = func(s Step) { done = append(done, s.Name) } })
			require.ErrorContains(t, err, want)
			require.Contains(t, said, want)
			require.NotContains(t, said, "Done")
			require.NotContains(t, done, resume)
			b, err := os.ReadFile(filepath.Join(out, "rehearsal.json"))
			require.NoError(t, err)
			require.Contains(t, string(b), `"passed": false`)
		})
	}
}

func TestForeignDirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "precious"), nil, 0o600))
	err := Run(t.Context(), Options{Out: dir, Stdout: new(strings.Builder)})
	require.ErrorContains(t, err, "is not empty and was not made by a rehearsal")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestScriptNeedsEveryGate(t *testing.T) {
	files := []render.ManifestFile{{Path: "10-source/17-slots.sh", Step: true, Order: 1, Gate: "ready-to-pause"}}
	_, err := script(render.Manifest{Files: files}, false)
	require.ErrorContains(t, err, "no step that the gate paused follows")
	_, err = script(render.Manifest{Files: []render.ManifestFile{{Path: "10-source/x.sql", On: render.OnOperator, Step: true}}}, false)
	require.ErrorContains(t, err, "SQL to run on")
	_, err = script(render.Manifest{Files: []render.ManifestFile{{Path: "10-source/x.yaml", Step: true}}}, false)
	require.ErrorContains(t, err, "neither a script nor SQL")
}

func TestExcerpt(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "x.log"))
	require.NoError(t, err)
	defer f.Close()
	var b strings.Builder
	e := &excerpt{log: f, first: shownFirst, keep: shownLast, say: func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }}
	for i := range 100 {
		fmt.Fprintf(e, "10 %%\r50 %%\rline %d\n", i)
	}
	fmt.Fprint(e, "no end")
	e.end()
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	require.Len(t, lines, shownFirst+1+shownLast)
	require.Equal(t, "    line 0", lines[0])
	require.Equal(t, "    … 71 lines more in logs/x.log …", lines[shownFirst])
	require.Equal(t, "    no end", lines[len(lines)-1])
	require.True(t, strings.HasSuffix(e.tail(), "no end"))
}
