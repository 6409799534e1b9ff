package rehearse

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
)

// Paths in Out.
const (
	bundleDir     = "migration"
	inventoryFile = "inventory.json"
	planFile      = "plan.json"
	configFile    = "pgcutover.yaml"
)

// Steps that are treated apart. The preflight looks before anything is set, and may find settings that are missing: applying
// them is the step that follows, and only then everything has to be right.
const (
	preflight = "10-source/11-preflight.sh"
	settings  = "10-source/12-settings.sh"
	pause     = "20-replica/21-pause.sh"
	resume    = "20-replica/22-resume.sh"
)

// rehearsed are the folders of the bundle that a rehearsal walks through: up to the start of change data capture.
var rehearsed = []string{"10-source", "20-replica", "20-snapshots", "30-target", "40-load", "60-qa"}

// command is one line to type.
type command struct {
	name     string
	title    string
	words    []string // "pgcutover" stands for the program that is rehearsed
	shown    [2]int   // how many of the first and of the last lines of its output are shown; zero: as many as of any other
	mayDeny  bool     // exit code 1 is an answer to go on with
	yielding string   // with mayDeny: what is said then
}

func (c command) String() string {
	out := make([]string, len(c.words))
	for i, w := range c.words {
		if strings.ContainsAny(w, " \t\n'\"$&|;<>()*?[]{}~#!\\") || w == "" {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		out[i] = w
	}
	return strings.Join(out, " ")
}

// migrate does the work.
func (r *run) migrate(ctx context.Context) error {
	r.printf("$ cd %s\n", r.options.Out)
	for _, v := range r.servers.exports() {
		r.printf("$ export %s\n", v)
	}
	for _, c := range []command{
		{name: "analyze", title: "Take the inventory of the primary", words: []string{"pgcutover", "analyze", "--sample", r.options.Sample.String(), "-o", inventoryFile}},
		{name: "plan", title: "Decide: slots, load items, what is deferred", words: []string{"pgcutover", "plan", inventoryFile, "-c", configFile, "-o", planFile}},
		{name: "render", title: "Write the bundle", words: []string{"pgcutover", "render", planFile, "-o", bundleDir}},
	} {
		if err := r.do(ctx, c); err != nil {
			return err
		}
		if c.name == "analyze" && r.options.Content.Answer {
			if err := r.answer(); err != nil {
				return err
			}
		}
	}
	m, err := r.manifest()
	if err != nil {
		return err
	}
	commands, err := script(m, r.options.standsIn())
	if err != nil {
		return err
	}
	r.manifested = m
	if r.options.Recovery {
		if commands, err = withRecoveries(commands, m); err != nil {
			return err
		}
	}
	if r.options.standsIn() {
		r.leftOut = leftOut(m)
		if r.options.full() {
			commands = withLoaders(commands)
		} else {
			commands = withStandIns(commands)
		}
	}
	r.wayBack = slices.ContainsFunc(commands, func(c command) bool { return c.name == openBack })
	for _, c := range commands {
		if c.name == resume { // the last moment at which it can be done
			if err := r.prove(ctx, r.servers.Replica, "replica", "Compare every row on both sides, without pgcutover"); err != nil {
				return err
			}
		}
		if r.options.cutsOver() {
			if err := r.before(ctx, c); err != nil {
				return err
			}
		}
		if err := r.step(ctx, c); err != nil {
			return err
		}
		if c.name == unfreeze {
			if err := r.giveBack(ctx); err != nil {
				return err
			}
		}
	}
	if r.options.cutsOver() {
		return r.comeBack(ctx)
	}
	return nil
}

func (r *run) manifest() (render.Manifest, error) {
	b, err := os.ReadFile(filepath.Join(r.out, bundleDir, render.ManifestPath))
	if err != nil {
		return render.Manifest{}, fmt.Errorf("reading the bundle: %w", err)
	}
	return render.DecodeManifest(bytes.NewReader(b))
}

// withoutAWS are the arguments of verify that leave out what only AWS could tell: every other family of checks.
func withoutAWS() []string {
	var families []string
	for _, f := range verify.Families {
		if f != verify.AWS {
			families = append(families, string(f))
		}
	}
	return []string{"--check", strings.Join(families, ",")}
}

// gateCommand asks a gate; byAWS: without what only AWS could tell.
func gateCommand(name, question string, byAWS bool) command {
	words := []string{"pgcutover", "verify", name, "--plan", planFile, "--format", "json", "-o", "reports/" + name + ".json"}
	if byAWS {
		words = append(words, withoutAWS()...)
	}
	return command{name: "gate " + name, title: "Gate " + name + ": " + question, shown: [2]int{32, 32}, words: words}
}

// script turns a bundle's manifest into what is typed: its steps in order, each with the gate that follows; the gate preflight before
// all of them where no step has it. With whole a bundle for AWS DMS is gone through to its end, but for what asks AWS.
func script(m render.Manifest, whole bool) ([]command, error) {
	var steps []render.ManifestFile
	folders := rehearsed
	if whole || slices.ContainsFunc(m.Files, func(f render.ManifestFile) bool { return f.Path == subscribe }) { // what needs no AWS
		folders = append(slices.Clone(rehearsed), "50-cdc", "70-cutover")
	}
	for _, f := range m.Files {
		dir, _, _ := strings.Cut(f.Path, "/")
		if f.Step && !asksAWS(f) && (slices.Contains(folders, dir) || dir == "50-cdc") {
			steps = append(steps, f)
		}
	}
	slices.SortStableFunc(steps, func(a, b render.ManifestFile) int { return a.Order - b.Order })
	standby := slices.ContainsFunc(steps, func(f render.ManifestFile) bool { return f.Path == pause })
	var out []command
	passed := map[string]bool{}
	gate := func(name string) {
		if passed[name] {
			return
		}
		passed[name] = true
		question := gateQuestions[name]
		if !standby {
			question = cmp.Or(withoutStandby["gate "+name], question)
		}
		byAWS := slices.ContainsFunc(m.Files, asksAWS) && slices.Contains([]verify.Gate{verify.CutoverReady, verify.Cutover, verify.After}, verify.Gate(name))
		out = append(out, gateCommand(name, question, byAWS))
	}
	early := !slices.ContainsFunc(steps, func(f render.ManifestFile) bool { return f.Gate == string(verify.Preflight) || f.Path == settings })
	if early {
		gate(string(verify.Preflight))
	}
	for _, f := range steps {
		cs, err := commands(f, standby)
		if err != nil {
			return nil, err
		}
		if f.Path == freeze {
			out = append(out,
				command{name: sequences + " ahead", title: "Move the sequences by their margin", words: []string{path.Join(bundleDir, sequences)}},
				command{name: statistics + " --all", title: "Gather statistics of every table", words: []string{path.Join(bundleDir, statistics), "--all"}})
		}
		if f.Before != "" {
			gate(f.Before)
		}
		out = append(out, cs...)
		if f.Path == enable {
			out = append(out, command{name: drain + " --not-frozen", title: "Wait until the target has caught up", words: []string{path.Join(bundleDir, drain), "--not-frozen"}})
		}
		if f.Path == load && slices.ContainsFunc(m.Files, func(f render.ManifestFile) bool { return f.Path == progress }) {
			out = append(out, command{name: progress, title: "How the load went", words: []string{"psql", "-X", "-w", "-d", "service=pgcutover_target", "-f", path.Join(bundleDir, progress)}})
		}
		if f.Gate != "" && f.Path != preflight {
			gate(f.Gate)
		}
		if f.Path == settings {
			gate(string(verify.Preflight))
		}
	}
	// The step that this gate follows may be one that asks AWS.
	if passed[string(verify.Cutover)] {
		gate(string(verify.After))
	}
	wanted := []verify.Gate{verify.Preflight, verify.ReadyToPause, verify.Paused, verify.Loaded}
	if hasLoaders(m) {
		wanted = gatesOfFull
	}
	for _, g := range wanted {
		if !passed[string(g)] {
			return nil, fmt.Errorf("the bundle has no step that the gate %s follows", g)
		}
	}
	if !hasLoaders(m) && !slices.ContainsFunc(out, func(c command) bool { return c.name == resume || c.name == release }) {
		return nil, fmt.Errorf("the bundle has no step %s", resume)
	}
	return out, nil
}

// commands are the lines that run a file of the bundle; standby: there is one.
func commands(f render.ManifestFile, standby bool) ([]command, error) {
	file := path.Join(bundleDir, f.Path)
	c := command{name: f.Path, title: f.Title, words: []string{file}}
	switch path.Ext(f.Path) {
	case ".sh":
	case ".sql":
		if f.On != render.OnSource && f.On != render.OnReplica && f.On != render.OnTarget {
			return nil, fmt.Errorf("%s: SQL to run on %q", f.Path, f.On)
		}
		c.words = []string{"psql", "-X", "-w", "-v", "ON_ERROR_STOP=1", "-d", "service=pgcutover_" + string(f.On), "-f", file}
	default:
		return nil, fmt.Errorf("%s: a step that is neither a script nor SQL", f.Path)
	}
	switch f.Path {
	case retire:
		c.words = append(c.words, "--yes")
	case preflight:
		c.mayDeny, c.yielding = true, "The next step mends what it found; then it is asked again."
	case settings:
		var out []command
		for _, where := range []string{"standby", "source", "target"} {
			if where == "standby" && !standby {
				continue
			}
			out = append(out, command{name: f.Path + " " + where, title: "Set what the " + where + " has to be configured with", words: []string{file, "--apply", where}})
		}
		again := command{name: preflight + " again", title: "Is anything left that would stop the migration?", words: []string{path.Join(bundleDir, preflight)}}
		return append(out, again), nil
	}
	return []command{c}, nil
}

// step runs one command, or does what has none.
func (r *run) step(ctx context.Context, c command) error {
	switch c.name {
	case letStandInsIn:
		return r.letTasksIn(ctx)
	case startStandIns:
		return r.startTasks(ctx, c)
	case loadStandIns:
		return r.loadTasks(ctx, c)
	case resumeStandIns:
		return r.resumeTasks(ctx, c)
	case deleteStandIns:
		return r.deleteTasks(ctx, c)
	case stopStandIns:
		return r.inPlace(ctx, c, func() error { return r.stopTasks(ctx) })
	}
	return r.do(ctx, c)
}

// do runs one command, echoes it and what it says, and keeps both.
func (r *run) do(ctx context.Context, c command) error {
	if err := r.failedTask(ctx); err != nil {
		return err
	}
	if r.workload != nil && (r.frozenAt.IsZero() || r.frozen > 0) { // the freeze ends the application's sessions
		select {
		case <-r.workload.Failed():
			_, err := r.workload.Stop()
			return err
		default:
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.announce(c)
	step := Step{Name: c.name, Title: c.title, Command: c.String(), Log: fmt.Sprintf("logs/%02d-%s.log", len(r.steps)+1, logName(c.name))}
	before, start := r.committed(), time.Now()
	tail, code, err := r.execute(ctx, c, filepath.Join(r.out, step.Log))
	step.Seconds, step.Commits, step.Exit = time.Since(start).Seconds(), r.committed()-before, code
	r.steps = append(r.steps, step)
	if err != nil {
		return fmt.Errorf("running %s: %w", c, err)
	}
	r.executed = append(r.executed, c.executed()...)
	if code == 1 && c.mayDeny {
		r.printf("%s\n", c.yielding)
		code = 0
	}
	if code != 0 {
		return &StepError{Step: step, Tail: tail}
	}
	return r.after(ctx, step)
}

// after tells of a step that succeeded.
func (r *run) after(ctx context.Context, step Step) error {
	if r.options.AfterEach != nil {
		r.options.AfterEach(step)
	}
	if r.options.between != nil {
		return r.options.between(ctx, r, step)
	}
	return nil
}

// announce tells what comes, and why.
func (r *run) announce(c command) {
	for _, ch := range chapters {
		if ch.before == c.name {
			r.chapter++
			r.printf("\n== %d. %s ==\n%s", r.chapter, r.told(ch.before+" title", ch.title), wrapped(r.told(ch.before+" chapter", ch.text), "   ", 110))
		}
	}
	r.printf("\n%s%s", wrapped(c.title, "# ", 120), wrapped(r.told(c.name, reasons[c.name]), "#   ", 110))
	if len(c.words) > 0 {
		r.printf("$ %s\n", c)
	}
}

// told is a text of the story, or what is told in its place where there is no standby.
func (r *run) told(name, text string) string {
	if r.options.full() {
		return cmp.Or(ofLoaders[name], text)
	}
	if r.options.snapshots() {
		return cmp.Or(withoutStandby[name], text)
	}
	return text
}

func logName(s string) string {
	return strings.NewReplacer("/", "_", " ", "-").Replace(s)
}
