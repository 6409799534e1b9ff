// Package rehearse runs a whole migration on throwaway servers of this machine: a primary that an application keeps writing to,
// its streaming standby, and a target. It types what the runbook says, in the runbook's order: the commands of pgcutover and
// the rendered scripts, as subprocesses, so that what is rehearsed is what a person would run. It touches no other server.
package rehearse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/verify/rehearse/sample"
)

// Options of a rehearsal.
type Options struct {
	Program string    // path of the pgcutover that is rehearsed
	Out     string    // directory that the bundle, the reports and the logs are left in; made, or emptied where an earlier rehearsal made it
	Stdout  io.Writer // what is done and what it says, for people

	Sample       time.Duration // how long analyze watches the write rates; 3s
	Rate         float64       // transactions a second of the application; 150
	SourceMajor  int           // 15; 0: the newest that has pglogical
	TargetMajor  int           // 0: as the source
	Password     string        // what the servers ask for; random where empty
	AfterEach    func(Step)    // called after each step that succeeded; may be nil
	AfterSetup   func(Servers) // called once the servers run; may be nil
	BeforeFinish func(Servers) // called when the last step is done and the servers still run; may be nil
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

// Run rehearses. It returns nil when every step and every gate passed; a *StepError where one did not. Every server it started
// is stopped when it returns, and what was written to Out stays.
func Run(ctx context.Context, o Options) (err error) {
	o = o.withDefaults()
	r := &run{options: o, began: time.Now()}
	if err := r.openOut(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close(err)) }()
	if err := r.setUp(ctx); err != nil {
		return err
	}
	if o.AfterSetup != nil {
		o.AfterSetup(r.servers)
	}
	if err := r.migrate(ctx); err != nil {
		return err
	}
	if o.BeforeFinish != nil {
		o.BeforeFinish(r.servers)
	}
	return r.finish()
}

func (o Options) withDefaults() Options {
	if o.Sample == 0 {
		o.Sample = 3 * time.Second
	}
	if o.Rate == 0 {
		o.Rate = 150
	}
	return o
}

// run is one rehearsal.
type run struct {
	options  Options
	began    time.Time
	out      string // Options.Out, absolute
	servers  Servers
	workload *sample.Workload
	steps    []Step
}

func (r *run) printf(format string, args ...any) { fmt.Fprintf(r.options.Stdout, format, args...) }

// marker tells a directory that a rehearsal made from one that somebody else did.
const marker = ".pgcutover-rehearsal"

// products are what a rehearsal leaves in its directory, and all that the next one removes.
var products = []string{
	"inventory.json", "pgcutover.yaml", "plan.json", "plan.md", "plan.html", "migration", "state.json", ".pgcutover",
	"logs", "reports", "rehearsal.json",
}

// openOut makes the directory ready. One that is not empty and not ours is refused.
func (r *run) openOut() error {
	out, err := filepath.Abs(r.options.Out)
	if err != nil {
		return fmt.Errorf("making %s: %w", r.options.Out, err)
	}
	r.out = out
	entries, err := os.ReadDir(out)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return fmt.Errorf("making %s: %w", r.options.Out, err)
	case len(entries) > 0:
		if _, err := os.Stat(filepath.Join(out, marker)); err != nil {
			return fmt.Errorf("%s is not empty and was not made by a rehearsal", r.options.Out)
		}
		for _, name := range products {
			if err := os.RemoveAll(filepath.Join(out, name)); err != nil {
				return fmt.Errorf("emptying %s: %w", r.options.Out, err)
			}
		}
	}
	for _, dir := range []string{"logs", "reports"} {
		if err := os.MkdirAll(filepath.Join(out, dir), 0o755); err != nil {
			return fmt.Errorf("making %s: %w", r.options.Out, err)
		}
	}
	text := "Made by \"pgcutover rehearse\"; the next rehearsal into this directory replaces what this one left.\n"
	if err := os.WriteFile(filepath.Join(out, marker), []byte(text), 0o644); err != nil {
		return fmt.Errorf("making %s: %w", r.options.Out, err)
	}
	return nil
}

// setUp starts the servers, loads the sample and sets the application to work.
func (r *run) setUp(ctx context.Context) error {
	r.printf("Setting up a migration to rehearse.\n")
	if err := r.servers.start(ctx, r.options, r.printf); err != nil {
		return err
	}
	if err := r.writeConfig(ctx); err != nil {
		return err
	}
	w, err := sample.StartWorkload(ctx, r.servers.Source.DSN(database), sample.WorkloadOptions{Rate: r.options.Rate, Seed: 1})
	if err != nil {
		return err
	}
	r.workload = w
	r.printf("  an application writes to the primary until the end, about %.0f transactions a second\n\n", r.options.Rate)
	return nil
}

// finish stops the application and tells how it went.
func (r *run) finish() error {
	stats, err := r.workload.Stop()
	if err != nil {
		return err
	}
	r.printf("\nDone: every script ran, every gate passed.\n")
	r.printf("The application committed %d transactions meanwhile, %d of them large and %d long, and rolled back %d savepoints.\n",
		stats.Committed, stats.Large, stats.Long, stats.Savepoints)
	return nil
}

// close stops everything, keeps the servers' logs, and shows the timeline; cause is why the rehearsal ends.
func (r *run) close(cause error) error {
	if r.workload != nil {
		if _, err := r.workload.Stop(); err != nil && cause == nil {
			cause = err
		}
	}
	errs := []error{r.servers.saveLogs(filepath.Join(r.out, "logs"))}
	if cause != nil {
		r.explain(cause)
	}
	errs = append(errs, r.servers.stop(), r.leaks(), r.writeTimeline(cause))
	r.printTimeline()
	r.printf("\nIn %s: plan.md, migration/RUNBOOK.md and the scripts, state.json, reports/, logs/.\n", r.options.Out)
	return errors.Join(errs...)
}

// explain shows the end of what failed and of the servers' logs.
func (r *run) explain(cause error) {
	var step *StepError
	if errors.As(cause, &step) {
		r.printf("\n%s failed; the end of what it said (all of it: %s):\n%s\n", step.Step.Name, filepath.Join(r.options.Out, step.Step.Log), indent(step.Tail))
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
