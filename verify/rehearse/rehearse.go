// Package rehearse runs a whole migration on throwaway servers of this machine: a primary that an application keeps writing to,
// its streaming standby, and a target. It types what the runbook says, in the runbook's order: the commands of pgcutover and
// the rendered scripts, as subprocesses, so that what is rehearsed is what a person would run. It touches no other server.
package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/sample"
	"github.com/pgcutover/pgcutover/verify/rehearse/standin"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// Options of a rehearsal.
type Options struct {
	Program string    // path of the pgcutover that is rehearsed
	Out     string    // directory that the bundle, the reports and the logs are left in; made, or emptied where an earlier rehearsal made it
	Stdout  io.Writer // what is done and what it says, for people

	HandOff      string        // with EngineNative: planner.HandOffSnapshot needs no standby; HandOffReplica, or empty: the standby is paused
	Engine       string        // planner.EngineNative, EngineDMS or EngineDMSFull, through the cutover; empty: dms, up to the start of change data capture
	Sample       time.Duration // how long analyze watches the write rates; 3s
	Rate         float64       // transactions a second of the application; 150
	SourceMajor  int           // 15; 0: the newest that has pglogical
	TargetMajor  int           // 0: as the source
	Password     string        // what the servers ask for; random where empty
	AfterEach    func(Step)    // called after each step that succeeded; may be nil
	AfterSetup   func(Servers) // called once the servers run; may be nil
	BeforeFinish func(Servers) // called when the last step is done and the servers still run; may be nil

	// Recovery rehearses the ways out too: a load begun anew, one slot restarted, a cutover called off, and with the engine dms, which then ends before the cutover, the end of it all.
	Recovery bool

	Content Content // what is migrated; the zero value: the sample database

	between  func(context.Context, *run, Step) error // for tests: called after each step that succeeded, with the rehearsal itself
	bare     bool                                    // for tests of the order of things: the sample without its rows, nobody writes
	task     func(slot string, t *standin.Task)      // for tests: changes a task that loads, before it starts
	settings []string                                // for tests: of the source, which then may lack pglogical
}

// Content is a database to migrate instead of the sample.
type Content struct {
	Database string // its name, on every server; "calltrack"
	About    string // "a sample database: a business that tracks phone calls"
	// Fill makes what is in it. It is called when the database is there and empty, before the standby is made; nil: the sample.
	Fill func(ctx context.Context, primary *cluster.Cluster, database string) error
	// Config is the text of pgcutover.yaml for the free bytes of the disks of primary and replica, without what the engine native needs of it;
	// nil: the sample's.
	Config func(sourceFree, replicaFree int64) string
	// Answer lets a configuration take on what a plan would stop at, each with a reason: a rehearsal shows what comes after it.
	// With the engine dms it then ends before change data capture, because what was taken on unread are losses of rows, most of it.
	Answer  bool
	WayBack bool // one is opened; engine native
	// Write sets an application to work on the database of this connection string; nil: the sample's workload, or, with Fill, nobody
	// writes.
	Write func(ctx context.Context, dsn string) (Application, error)
	// Role is who it logs in as where the rehearsal goes through the cutover: no superuser, whom no freeze would stop. RoleOptions are those of ALTER ROLE that let it
	// in, on either server; Grants is SQL that gives it its rights on the primary. From there they come to the target.
	Role, RoleOptions, Grants string
	// Remarks are told at the end: what the rehearsal did not show.
	Remarks func() []string
	// Again are rows that the application writes again at the cutover with the engine dms, which does not carry all of their values.
	Again []Rows
}

// Rows are some of a table.
type Rows struct{ Table, Where string }

// An Application writes to the primary from the start of the migration to its end.
type Application interface {
	Failed() <-chan struct{}       // closed at its first error
	Stats() workload.Stats         // so far
	Stop() (workload.Stats, error) // ends it; the error is the first that it met
}

// Step is one command of the rehearsal.
type Step struct {
	Name    string  `json:"name"`    // "analyze", "gate paused", "40-load/42-load.sh"
	Title   string  `json:"title"`   // what it is for
	Command string  `json:"command"` // as a person types it
	Seconds float64 `json:"seconds"`
	Commits int64   `json:"commits"` // transactions that the application committed meanwhile
	Exit    int     `json:"exit"`
	Log     string  `json:"log"` // its output, relative to Out
}

// A StepError is a step that ended with another exit code than 0.
type StepError struct {
	Step Step
	Tail string // the end of what it said
}

func (e *StepError) Error() string {
	return fmt.Sprintf("%s ended with exit code %d", e.Step.Command, e.Step.Exit)
}

// Run rehearses. It returns nil when every step and every gate passed and the target holds what the replica holds; a
// *StepError where a step did not. Every server it started is stopped when it returns, and what was written to Out stays.
func Run(ctx context.Context, o Options) error {
	o = o.withDefaults()
	r := &run{options: o, began: time.Now()}
	if err := r.openOut(); err != nil {
		return err
	}
	err := r.rehearse(ctx)
	return r.close(err)
}

func (r *run) rehearse(ctx context.Context) error {
	if err := r.setUp(ctx); err != nil {
		return err
	}
	if r.options.AfterSetup != nil {
		r.options.AfterSetup(r.servers)
	}
	if err := r.migrate(ctx); err != nil {
		return err
	}
	if r.options.BeforeFinish != nil {
		r.options.BeforeFinish(r.servers)
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Sample == 0 {
		o.Sample = 3 * time.Second
	}
	if o.Rate == 0 {
		o.Rate = 150
	}
	c := &o.Content
	c.Database = cmp.Or(c.Database, "calltrack")
	if c.Write == nil && c.Fill == nil && !o.bare {
		c.Write = func(ctx context.Context, dsn string) (Application, error) {
			return sample.StartWorkload(ctx, dsn, workload.Options{Rate: o.Rate, Seed: 1})
		}
		c.Role, c.RoleOptions, c.Grants = sampleRole, "login", sampleGrants
	}
	if c.Fill == nil {
		c.About = cmp.Or(c.About, "a sample database: a business that tracks phone calls")
		c.Fill = fillSample(o.bare)
		if !o.full() { // which leaves the table to pg_dump
			c.Again = []Rows{{"import_rows", "batch >= 1000"}} // what is imported while the migration runs
		}
	}
	c.About = cmp.Or(c.About, "the database "+c.Database)
	return o
}

// run is one rehearsal.
type run struct {
	options  Options
	began    time.Time
	out      string // Options.Out, absolute
	servers  Servers
	workload Application // nil: nobody writes
	config   string      // text of pgcutover.yaml
	accepted []string    // hazards that a plan would have stopped at
	steps    []Step
	proof    proof

	manifested render.Manifest // of the bundle; zero before there is one
	executed   []string        // files of it, in the order of their execution

	stats        workload.Stats // of an application that has ended
	wayBack      bool           // the bundle opens one
	onTarget     workload.Stats // of the one that wrote to the target
	beforeFreeze int64          // transactions committed when the freeze began
	frozenAt     time.Time
	chapter      int           // of the story that is told, the last one begun
	frozen       time.Duration // how long nobody could write; zero: it did not come to that
	compared     time.Duration // how much of it the rehearsal's own comparison took

	loaded  map[string]standin.Task // that have loaded their tables, by the plan's name of the slot
	tasks   []task                  // that run, in the place of those of AWS DMS
	applied standin.Stats           // by those that were stopped
	leftOut []string                // what needs AWS
}

// committed is how many transactions the application has committed so far.
func (r *run) committed() int64 {
	if r.workload == nil {
		return r.stats.Committed
	}
	return r.stats.Committed + r.workload.Stats().Committed
}

func (r *run) printf(format string, args ...any) { fmt.Fprintf(r.options.Stdout, format, args...) }

// marker tells a directory that a rehearsal made from one that somebody else did.
const marker = ".pgcutover-rehearsal"

// products are what a rehearsal leaves in its directory, and all that the next one removes.
var products = []string{
	"inventory.json", "pgcutover.yaml", "plan.json", "plan.md", "plan.html", "migration", "state.json", "timings.json", ".pgcutover",
	"logs", "reports", "rehearsal.json", "load-logs", "schema.dump", "predata.sql", "postdata.list", "prepared-*", "round-*", "evidence", restFile,
}

func (r *run) openOut() (err error) {
	if r.out, err = MakeOut(r.options.Out); err != nil {
		return err
	}
	for _, dir := range []string{"logs", "reports"} {
		if err := os.MkdirAll(filepath.Join(r.out, dir), 0o755); err != nil {
			return fmt.Errorf("making %s: %w", r.options.Out, err)
		}
	}
	return nil
}

// MakeOut makes the directory of a rehearsal ready, without what an earlier one has left there, and returns its absolute path. One that is not
// empty and not a rehearsal's is refused.
func MakeOut(dir string) (out string, err error) {
	if out, err = filepath.Abs(dir); err != nil {
		return "", fmt.Errorf("making %s: %w", dir, err)
	}
	entries, err := os.ReadDir(out)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return "", fmt.Errorf("making %s: %w", dir, err)
	case len(entries) > 0:
		if _, err := os.Stat(filepath.Join(out, marker)); err != nil {
			return "", fmt.Errorf("%s is not empty and was not made by a rehearsal", dir)
		}
		for _, name := range products {
			found, _ := filepath.Glob(filepath.Join(out, name)) // only a pattern that is none is an error
			for _, f := range found {
				if err := os.RemoveAll(f); err != nil {
					return "", fmt.Errorf("emptying %s: %w", dir, err)
				}
			}
		}
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", fmt.Errorf("making %s: %w", dir, err)
	}
	text := "Made by \"pgcutover rehearse\"; the next rehearsal into this directory replaces what this one left.\n"
	if err := os.WriteFile(filepath.Join(out, marker), []byte(text), 0o644); err != nil {
		return "", fmt.Errorf("making %s: %w", dir, err)
	}
	return out, nil
}

// setUp starts the servers, fills the primary and sets the application to work.
func (r *run) setUp(ctx context.Context) error {
	r.printf("Setting up a migration to rehearse.\n")
	if err := r.servers.start(ctx, r.options, r.printf); err != nil {
		return err
	}
	if err := r.writeConfig(); err != nil {
		return err
	}
	if r.options.Content.Write == nil {
		r.printf("  nobody writes to the primary\n\n")
		return nil
	}
	dsn := r.servers.Source.DSN(r.servers.Database)
	if r.options.cutsOver() {
		dsn = r.applicationDSN(r.servers.Source)
	}
	w, err := r.options.Content.Write(ctx, dsn)
	if err != nil {
		return err
	}
	r.workload = w
	until := "the end"
	if r.options.cutsOver() {
		until = "it is frozen, and then to the target"
	}
	r.printf("  an application writes to the primary until %s, about %.0f transactions a second\n\n", until, r.options.Rate)
	return nil
}

// close stops everything, keeps the servers' logs, shows the timeline and tells how it went; cause is why the rehearsal ends, nil
// where all is done.
func (r *run) close(cause error) error {
	stats := r.stats
	if r.workload != nil {
		more, err := r.workload.Stop()
		if cause == nil {
			cause = err
		}
		stats = add(stats, more)
	}
	errs := []error{cause, r.stopTasks(context.Background()), r.servers.saveLogs(filepath.Join(r.out, "logs"))}
	if cause != nil {
		r.explain(cause)
	}
	errs = append(errs, r.servers.stop(), r.leaks())
	errs = append(errs, r.writeTimeline(errors.Join(errs...)))
	r.printTimeline()
	err := errors.Join(errs...)
	if err == nil {
		r.sumUp(stats)
	}
	if len(r.accepted) > 0 {
		r.printf("%s", wrapped("taken on: "+strings.Join(r.accepted, ", ")+"; a plan for the real servers stops there until its configuration answers", "  ", 120))
	}
	if r.options.Content.Remarks != nil {
		for _, remark := range r.options.Content.Remarks() {
			r.printf("%s", wrapped(remark, "  ", 120))
		}
	}
	r.readOn(err)
	return err
}

// sumUp tells what was proven.
func (r *run) sumUp(stats workload.Stats) {
	gates, scripts := 0, 0
	for _, s := range r.steps {
		switch {
		case strings.HasPrefix(s.Name, "gate "):
			gates++
		case strings.Contains(s.Name, "/"):
			scripts++
		}
	}
	r.printf("\nDone: every script ran, every gate passed.\n")
	of := "on the replica"
	if r.options.cutsOver() {
		of = "on the source"
	}
	r.printf("  rows      %s in %d tables are the same on the target as %s, by count and by checksum\n", thousands(r.proof.Rows), r.proof.Tables, of)
	r.printf("  gates     %d passed, after %d runs of the bundle's scripts\n", gates, scripts)
	r.printf("  writes    %s transactions committed on the primary meanwhile, %d of them large and %d long; %d savepoints rolled back\n",
		thousands(stats.Committed), stats.Large, stats.Long, stats.Savepoints)
	r.printf("  password  looked for in all that is left behind, and not found\n")
	if len(r.leftOut) > 0 {
		r.tellOfStandIns()
	}
	if r.options.cutsOver() {
		r.printf("  cutover   writes were frozen for %.1f s, %.1f s of that for the rehearsal's own comparison: from the first command of the freeze to the application's first transaction on the target\n", r.frozen.Seconds(), r.compared.Seconds())
		if !r.wayBack {
			return
		}
		r.printf("  way back  %s transactions committed on the target are on the old source as well\n", thousands(r.onTarget.Committed))
		return
	}
	r.printf("  not shown change data capture, which needs AWS DMS, and the cutover (migration/70-cutover)\n")
}

// readOn tells where to go on.
func (r *run) readOn(err error) {
	out := r.options.Out
	if err != nil {
		r.printf("\nWhat there is of it lies in %s: logs/ has all that was said, rehearsal.json how long it took.\n", out)
		return
	}
	r.printf("\nRead on:\n")
	for _, f := range []struct{ name, what string }{
		{"plan.md", "what was decided, and why"},
		{"migration/RUNBOOK.md", "what a person does, step by step"},
		{"state.json, reports/", "what the scripts found out; what the gates answered"},
		{"logs/", "all that was said"},
	} {
		r.printf("  %-*s  %s\n", len(out)+len("/state.json, reports/"), filepath.Join(out, f.name), f.what)
	}
}

// explain shows the end of what failed where it was not shown yet, and of the servers' logs unless a check said no, which says why
// by itself.
func (r *run) explain(cause error) {
	var step *StepError
	if errors.As(cause, &step) {
		r.printf("\n%s ended with exit code %d; all that it said: %s\n", step.Step.Name, step.Step.Exit, filepath.Join(r.options.Out, step.Step.Log))
		if step.Step.Exit == 1 {
			return
		}
	}
	for _, s := range r.servers.all() {
		r.printf("\nThe end of the log of the %s:\n%s\n", s.name, indent(s.LogTail(12)))
	}
}

// leaks looks for the password in everything that is left behind.
func (r *run) leaks() error {
	var found []error
	err := filepath.WalkDir(r.out, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && r.servers.password != "" && strings.Contains(string(b), r.servers.password) {
			found = append(found, fmt.Errorf("the servers' password stands in %s", path))
		}
		return err
	})
	if err != nil {
		found = append(found, fmt.Errorf("looking for the password in what is left behind: %w", err))
	}
	return errors.Join(found...)
}

func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ")
}
