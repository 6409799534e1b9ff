package chaos

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// Of "make chaos".
var (
	flagRounds = flag.Int("rounds", 0, "run so many rounds with drawn faults")
	flagSeed   = flag.Uint64("seed", 20261121, "what the faults are drawn from")
	flagFault  = flag.String("fault", "", "only faults whose name matches this expression")
	flagEach   = flag.Bool("each", false, "take the faults in turn, each alone")
	flagFrom   = flag.Int("from", 0, "leave out so many of the faults")
	flagWorlds = flag.Int("worlds", 1, "sets of servers that work at the same time")
	flagKeep   = flag.String("keep", "", "directory to leave all rounds in; without it only those that failed stay, in a temporary one")
	flagRecord = flag.String("record", "", "Markdown file to bring up to date with the table of the rounds")
)

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// program builds the pgcutover of this tree.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pgcutover")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "github.com/pgcutover/pgcutover/cmd/pgcutover").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// workDir is a directory that stays where the test fails.
func workDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "chaos") //nolint:usetesting // that of the test would go although it failed
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what the rounds left is in %s", dir)
			return
		}
		require.NoError(t, os.RemoveAll(dir))
	})
	return dir
}

func TestRounds(t *testing.T) {
	if *flagRounds == 0 {
		t.Skip("make chaos runs it")
	}
	cluster.NeedPGLogical(t)
	o := Options{Program: program(t), Dir: *flagKeep, Seed: *flagSeed, Rounds: *flagRounds, Each: *flagEach, Progress: os.Stdout, Worlds: *flagWorlds, Keep: *flagKeep != ""}
	if *flagFault != "" {
		o.Faults = slices.DeleteFunc(Faults(), func(f Fault) bool { return !regexp.MustCompile("^(" + *flagFault + ")$").MatchString(f.Name) })
		require.NotEmpty(t, o.Faults, "there is no fault %q", *flagFault)
	}
	if *flagFrom > 0 {
		o.Faults = Faults()[*flagFrom:]
	}
	if o.Dir == "" {
		o.Dir = workDir(t)
	}
	rep, err := Run(t.Context(), o)
	require.NoError(t, err)
	fmt.Printf("\n%s", rep.Summary())
	if *flagRecord != "" {
		old, err := os.ReadFile(*flagRecord)
		require.NoError(t, err)
		updated, err := rep.Record(string(old), time.Now().UTC().Format(time.DateOnly))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(*flagRecord, []byte(updated), 0o644))
	}
	for _, r := range rep.Failed() {
		t.Errorf("%s: %s", r, r.Text)
	}
}

// few are rounds for every run of the tests: one of each kind, of those whose verdict depends on nobody's luck.
var few = []struct {
	fault   string
	at      Moment
	verdict Verdict
	by      string // what stopped it
}{
	{"kill the load host", inLoad, Recovered, ""},
	{"stall a stream, then cut it", inLoad, Recovered, ""},
	{"crash the target", inLoad, Recovered, ""},
	{"resume the replica", inLoad, Recovered, ""},
	{"kill a script", inScript(pauseStep, Source, 28), Recovered, ""},
	{"fill the target's disk", inLoad, Recovered, ""},
	{"source: add a column", after(pauseStep), Stopped, "gate paused"},
	{"a table leaves its sets", after(pauseStep), Stopped, "gate paused"},
	{"a loaded row is swapped", after(loadStep), Stopped, "gate loaded"},
	{"an item is marked as done", before(loadStep), Stopped, "gate loaded"},
}

// The last round is broken where no gate looks any more: a harness that passes it would pass anything.
func TestFewRounds(t *testing.T) {
	cluster.NeedPGLogical(t)
	if testing.Short() {
		t.Skip("a minute and a half")
	}
	o := Options{Program: program(t), Dir: workDir(t), Seed: 20261121, Each: true, Progress: t.Output()}
	var want []Round
	for _, x := range few {
		f, ok := Find(x.fault)
		require.True(t, ok, x.fault)
		f.Moments = []Moment{x.at}
		if f.Needs != nil && f.Needs() != nil {
			t.Logf("not possible on this machine: %s: %v", f.Name, f.Needs())
			continue
		}
		o.Faults = append(o.Faults, f)
		want = append(want, Round{Verdict: x.verdict, By: x.by})
	}
	o.Faults = append(o.Faults,
		Fault{
			Name: "behind the last gate", Moments: []Moment{after(lastGate)}, Outcome: must,
			Strike: func(ctx context.Context, f *Field) error {
				_, err := f.SQL(ctx, Target, "delete from public.colors where id = 1; delete from public.events where id = 1; insert into public.notes values (900001, 1)")
				if err != nil {
					return err
				}
				_, err = f.SQL(ctx, Source, "insert into public.events (what) values ('skipped'); select pg_replication_slot_advance(slot_name, pg_current_wal_insert_lsn()) from pg_replication_slots")
				return err
			},
		},
	)
	want = append(want, Round{Verdict: Failed})
	o.Rounds = len(o.Faults)
	rep, err := Run(t.Context(), o)
	require.NoError(t, err)
	require.Len(t, rep.Rounds, len(want))
	for i, r := range rep.Rounds {

		require.Equal(t, want[i].Verdict, r.Verdict, "%s: %s", r, r.Text)
		require.Equal(t, want[i].By, r.By, "%s", r)
		require.NotContains(t, r.Faults[0].Moment, "not reached")
	}
	lost := rep.Rounds[len(want)-1].Text
	for _, text := range []string{"every gate is green, but", "public.colors has 11 rows on the target, the replica held 12", "public.notes has", "rows of events are on the source, but neither on the target nor in a slot"} {
		require.Contains(t, lost, text)
	}
	var b bytes.Buffer
	require.NoError(t, rep.Print(&b))
	require.Contains(t, b.String(), "1 failed")
}

func TestFaultsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	steps := []string{planned, "10-source/14-markers.sql", "10-source/15-node.sql", membersStep, slotsStep, pauseStep, "gate paused", schemaStep, ledgerStep, loadStep, lastGate}
	for _, f := range Faults() {
		require.False(t, seen[f.Name], f.Name)
		seen[f.Name] = true
		require.NotEmpty(t, f.Does, f.Name)
		require.NotEmpty(t, f.Moments, f.Name)
		require.NotNil(t, f.Strike, f.Name)
		require.True(t, f.Outcome.Recovers || len(f.Outcome.Stops) > 0, "%s has no good end", f.Name)
		require.False(t, f.Combines && !f.Outcome.Recovers, "%s: beside others only what recovers", f.Name)
		for _, m := range f.Moments {
			require.Contains(t, steps, m.Step, f.Name)
			require.Equal(t, m.When == Within, m.Connections[1]+m.Bytes[1] > 0, f.Name)
		}
		if f.Outcome.Notice != "" {
			require.Contains(t, steps, f.Outcome.Notice, f.Name)
		}
	}
}

func TestSameSeedSameRounds(t *testing.T) {
	seen := map[string]int{}
	draw := func(seed uint64) (out []string) {
		clear(seen)
		for n := range Faults() {
			for _, f := range plant(seed, Faults(), n, false) {
				out = append(out, f.Name+" "+f.at.String())
				seen[f.Name]++
			}
		}
		return out
	}
	one, again := draw(1), draw(1)
	require.Equal(t, one, again)
	require.NotEqual(t, one, draw(2))
	require.Len(t, seen, len(Faults()), "every fault has its turn")
	require.Greater(t, len(one), len(Faults()), "some rounds have more than one")
}

var update = flag.Bool("update", false, "bring docs/chaos.md up to date")

func TestFaultsAreDocumented(t *testing.T) {
	const path = "../../../docs/chaos.md"
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	want, err := Catalogue(string(b))
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(b), "go test ./verify/rehearse/chaos -run TestFaultsAreDocumented -update")
}

func TestRecordReplacesTheLastRun(t *testing.T) {
	r := Report{Seed: 7, Source: "15.1", Target: "16.1", Rounds: []Round{
		{Number: 1, Faults: []Struck{{"a|b", "before x"}, {"c", "after y"}}, Verdict: Recovered, Text: "recovered, nothing lost", Rows: 10, Seconds: 2},
		{Number: 2, Faults: []Struck{{"d", "after y"}}, Verdict: Stopped, Text: "stopped by gate loaded G3-ROWS", By: "gate loaded", Codes: []string{"G3-ROWS"}},
	}}
	text := "# Title\n" + recordBegin + "\nold\n" + recordEnd + "\nrest\n"
	once, err := r.Record(text, "2026-01-02")
	require.NoError(t, err)
	require.Contains(t, once, "2026-01-02, `make chaos ROUNDS=2 SEED=7`")
	require.Contains(t, once, `| 1 | a\|b + c | before x + after y | recovered, nothing lost |`)
	require.Contains(t, once, "1 recovered, 1 stopped, 0 failed")
	require.Contains(t, once, "Stopped by: G3-ROWS 1.")
	require.NotContains(t, once, "old")
	require.Contains(t, once, "rest")
	again, err := r.Record(once, "2026-01-02")
	require.NoError(t, err)
	require.Equal(t, once, again)
	_, err = r.Record("nothing", "2026-01-02")
	require.Error(t, err)
}

// walked is a round whose commands ended so.
func walked(f Fault, at Moment, struckAfter int, history ...said) *round {
	commands := make([]rehearse.Command, 0, 8)
	for _, step := range []string{planned, slotsStep, pauseStep, "gate paused", schemaStep, loadStep, lastGate} {
		commands = append(commands, rehearse.Command{Name: step})
	}
	r := &round{walker: &walker{commands: commands, history: history}}
	f.Name = "trouble"
	r.faults = []*planted{{Fault: f, at: drawn{Moment: at}, struck: true, after: struckAfter}}
	return r
}

func TestUnnoticedFaultFailsTheRound(t *testing.T) {
	good := []said{{step: pauseStep}, {step: "gate paused"}, {step: schemaStep}, {step: loadStep}, {step: lastGate}}
	noticed := slices.Clone(good)
	noticed[1].exit = 1
	for name, c := range map[string]struct {
		by      string
		at      Moment
		after   int
		history []said
		want    string
	}{
		"nobody has to":                   {"", after(pauseStep), 1, good, ""},
		"noticed":                         {"gate paused", after(pauseStep), 1, noticed, ""},
		"noticed before it struck":        {lastGate, after(schemaStep), 3, noticed, "gate loaded ended with 0"},
		"the gate was content":            {"gate paused", after(pauseStep), 1, good, "gate paused ended with 0"},
		"struck after the step":           {"gate paused", inLoad, 4, good, "gate loaded ended with 0"},
		"the load was content":            {loadStep, inLoad, 3, good, "42-load ended with 0"},
		"something else stopped it first": {lastGate, after(pauseStep), 1, noticed[:2], ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := walked(Fault{Outcome: Outcome{Recovers: true, Notice: c.by}}, c.at, c.after, c.history...)
			why := r.overlooked(r.faults[0])
			if c.want == "" {
				require.Empty(t, why)
				return
			}
			require.Contains(t, why, c.want+` after "trouble", which it had to notice`)
		})
	}
}

func TestStopsOnlyForDeclaredReasons(t *testing.T) {
	gate := said{step: lastGate, exit: 1, codes: []string{"G3-IDX", "G3-ROWS"}}
	script := said{step: loadStep, exit: 1, text: "42-load: refused: 3 of 4 items are done\n42-load: hint: mend the cause\n"}
	for name, c := range map[string]struct {
		stops []string
		by    said
		want  Verdict
		text  string
	}{
		"a code":          {[]string{"G3-ROWS"}, gate, Stopped, "stopped by gate loaded G3-IDX, G3-ROWS"},
		"another code":    {[]string{"G3-SEQ"}, gate, Failed, "not among the outcomes declared"},
		"a script":        {[]string{"42-load"}, script, Stopped, "stopped by 42-load: refused: 3 of 4 items are done"},
		"another script":  {[]string{"41-ledger"}, script, Failed, "not among the outcomes declared"},
		"it must recover": {nil, script, Failed, "not among the outcomes declared"},
	} {
		t.Run(name, func(t *testing.T) {
			r := walked(Fault{Outcome: Outcome{Stops: c.stops}}, inLoad, 0, c.by)
			var res Round
			r.judge(t.Context(), &res, &c.by)
			require.Equal(t, c.want, res.Verdict, res.Text)
			require.Contains(t, res.Text, c.text)
		})
	}
}

func TestHintsAreFollowed(t *testing.T) {
	r := walked(Fault{Outcome: Outcome{Stops: []string{"G1-SLOT"}}, Recovery: anew}, after(pauseStep), 0)
	w := r.walker
	w.round, w.next = r, 5
	load := rehearse.Command{Name: loadStep}
	d, ok := w.detour(load, said{step: loadStep, exit: 1, text: "42-load: refused: moved\n42-load: hint: start over: 80-recovery/83-full-restart.sh\n"})
	require.True(t, ok)
	require.Equal(t, Remedy{[]string{"80-recovery/83-full-restart.sh", "--yes"}, slotsStep}, d)
	d, ok = w.detour(load, said{step: pauseStep, exit: 1, text: "21-pause: hint: resume it: 20-replica/22-resume.sh --force\n"})
	require.True(t, ok)
	require.Equal(t, []string{resumeStep, "--force"}, d.Words)
	_, ok = w.detour(load, said{step: loadStep, exit: 1, text: "42-load: error 83-full-restart is no hint\n"})
	require.False(t, ok)
	d, ok = w.detour(rehearse.Command{Name: "gate paused"}, said{step: "gate paused", exit: 1, codes: []string{"G1-SLOT"}})
	require.True(t, ok)
	require.Equal(t, anew[0], d)
}

// TestShown breaks a migration of the engine native with each of the faults that a rehearsal shows.
func TestShown(t *testing.T) {
	if testing.Short() {
		t.Skip("three minutes")
	}
	cluster.Need(t)
	o := Options{Engine: planner.EngineNative, Program: program(t), Dir: workDir(t), Seed: 3, Each: true, Progress: t.Output(), Faults: Shown(planner.EngineNative)}
	rep, err := Run(t.Context(), o)
	require.NoError(t, err)
	require.Len(t, rep.Rounds, len(o.Faults)-len(rep.Impossible))
	for _, r := range rep.Rounds {
		require.Equal(t, Recovered, r.Verdict, "%s: %s", r, r.Text)
		require.NotContains(t, r.Faults[0].Moment, "not reached")
	}
}
