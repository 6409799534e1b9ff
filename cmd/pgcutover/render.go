package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
)

// renderCmd writes a plan's bundle, or compares a directory with it.
type renderCmd struct {
	Plan     string `arg:"" help:"The plan, as the command plan wrote it; - is standard input."`
	Output   string `short:"o" required:"" placeholder:"DIR" help:"Directory of the bundle; made where it does not exist."`
	Check    bool   `xor:"how" help:"Write nothing; exit with 1 when the directory is not what the plan says."`
	Force    bool   `xor:"how" help:"Overwrite files that were edited by hand."`
	Backfill string `placeholder:"FILE" help:"In place of the bundle, what mends the rows of this list (verify --differences) while changes are applied."`
	Restart  string `placeholder:"slot=SLOT" help:"In place of the bundle, what is signed off before the tables of one slot are loaded anew; SLOT is its name or number."`
	Running  string `placeholder:"PLAN" help:"With --restart: the plan that is being carried out, whose place the other one takes; nothing but the task of the slot may differ."`
}

// Help is the long help.
func (renderCmd) Help() string {
	return `The bundle is a directory of SQL, shell and prose to review, commit and run: RUNBOOK.md says in which order.
The same plan gives the same files. Files that an earlier rendering wrote and this one does not are removed; a file named
env and files that no rendering wrote stay. A directory that holds something else, or a bundle that was edited by hand, is
refused.

With --restart it writes a directory of another kind, about the restart of one slot: RESTART.md with the steps in order, what they mean and how
long they take, and the SQL that empties the tables. With --running, the restart passes from the plan that is being carried out to this
one, made of the same inventory with other settings for the slot's task, such as lob.margins; what else differs is named and refused.

With --backfill it writes a third kind: BACKFILL.md, a script, and the SQL and keys of the rows that it mends on the target.`
}

// Validate refuses what is no directory, whatever the disk says.
func (c *renderCmd) Validate() error {
	if c.Output == "-" {
		return errors.New("a bundle is many files: -o takes the name of a directory")
	}
	if c.Restart != "" && c.Backfill != "" {
		return errors.New("--restart and --backfill write different directories")
	}
	if c.Restart == "" && c.Running != "" {
		return errors.New("--running goes with --restart")
	}
	if slot, ok := strings.CutPrefix(c.Restart, "slot="); c.Restart != "" && (!ok || slot == "") {
		return errors.New("--restart takes slot= and the name or number of a slot, such as slot=03")
	}
	if c.Plan == "-" && c.Running == "-" {
		return errors.New("standard input is one plan only")
	}
	return nil
}

// Run renders.
func (c *renderCmd) Run(s streams) error {
	p, err := readPlan(c.Plan, s.Stdin)
	if err != nil {
		return err
	}
	bundle, begin := render.Bundle(nil), "RUNBOOK.md"
	switch {
	case c.Restart != "":
		bundle, err = c.restart(p, s.Stdin)
		begin = "RESTART.md"
	case c.Backfill != "":
		bundle, err = c.backfill(p)
		begin = "BACKFILL.md"
	default:
		bundle, err = render.Render(p)
	}
	if err != nil {
		return err
	}
	if c.Check {
		return c.compare(bundle, s)
	}
	if err := bundle.Write(c.Output, c.Force); err != nil {
		if errors.Is(err, render.ErrNotOurs) || errors.Is(err, render.ErrOtherKind) {
			return hinted(err, "name an empty or a new directory")
		}
		if _, ok := errors.AsType[*render.EditedError](err); ok {
			return hinted(err, "put the change into the configuration and plan again; to throw it away, add --force")
		}
		return fileHint(err)
	}
	s.note("%d files in %s; begin with %s", len(bundle), c.Output, begin)
	return nil
}

// restart renders the restart of a slot.
func (c *renderCmd) restart(p planner.Plan, stdin io.Reader) (render.Bundle, error) {
	var running *planner.Plan
	if c.Running != "" {
		r, err := readPlan(c.Running, stdin)
		if err != nil {
			return nil, err
		}
		running = &r
	}
	bundle, err := render.RenderRestart(p, strings.TrimPrefix(c.Restart, "slot="), running)
	if e, ok := errors.AsType[*planner.GroupError](err); ok {
		return nil, hinted(err, e.Hint())
	}
	if e, ok := errors.AsType[*planner.EngineError](err); ok {
		return nil, hinted(err, e.Hint())
	}
	if e, ok := errors.AsType[*planner.SuccessorError](err); ok {
		return nil, refused(hinted(err, e.Hint()))
	}
	return bundle, err
}

func readPlan(file string, stdin io.Reader) (planner.Plan, error) {
	const hint = `a plan is what "pgcutover plan" writes: change the configuration, not the plan, and plan again with this version`
	r := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return planner.Plan{}, hinted(fmt.Errorf("reading the plan: %w", err), hint)
		}
		defer f.Close()
		r = f
	}
	p, err := planner.Decode(r)
	switch {
	case err == nil:
		return p, nil
	case file != "-":
		err = fmt.Errorf("%s: %w", file, err)
	}
	return p, hinted(err, hint)
}

func (c *renderCmd) compare(bundle render.Bundle, s streams) error {
	differences, err := bundle.Diff(c.Output)
	if err != nil {
		return fileHint(err)
	}
	var b strings.Builder
	hint := "render the plan again and commit the result"
	for _, d := range differences {
		if d.What == render.Leftover {
			hint += "; a file that is left over and that no rendering wrote has to be removed by hand"
			break
		}
	}
	for _, d := range differences {
		fmt.Fprintf(&b, "%s\t%s\n", d.What, d.Path)
	}
	if _, err := io.WriteString(s.Stdout, b.String()); err != nil {
		return fmt.Errorf("writing the differences: %w", err)
	}
	if len(differences) > 0 {
		files := "files differ"
		if len(differences) == 1 {
			files = "file differs"
		}
		return refused(hinted(fmt.Errorf("%s is not what the plan says: %d %s", c.Output, len(differences), files), hint))
	}
	s.note("%s is what the plan says", c.Output)
	return nil
}
