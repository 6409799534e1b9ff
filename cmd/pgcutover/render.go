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
	Plan   string `arg:"" help:"The plan, as the command plan wrote it; - is standard input."`
	Output string `short:"o" required:"" placeholder:"DIR" help:"Directory of the bundle; made where it does not exist."`
	Check  bool   `xor:"how" help:"Write nothing; exit with 1 when the directory is not what the plan says."`
	Force  bool   `xor:"how" help:"Overwrite files that were edited by hand."`
}

// Help is the long help.
func (renderCmd) Help() string {
	return `The bundle is a directory of SQL, shell and prose to review, commit and run: RUNBOOK.md says in which order.
The same plan gives the same files. Files that an earlier rendering wrote and this one does not are removed; a file named
env and files that no rendering wrote stay. A directory that holds something else, or a bundle that was edited by hand, is
refused.`
}

// Validate refuses what is no directory, whatever the disk says.
func (c *renderCmd) Validate() error {
	if c.Output == "-" {
		return errors.New("a bundle is many files: -o takes the name of a directory")
	}
	return nil
}

// Run renders.
func (c *renderCmd) Run(s streams) error {
	p, err := c.readPlan(s.Stdin)
	if err != nil {
		return err
	}
	bundle, err := render.Render(p)
	if err != nil {
		return err
	}
	if c.Check {
		return c.compare(bundle, s)
	}
	if err := bundle.Write(c.Output, c.Force); err != nil {
		if errors.Is(err, render.ErrNotOurs) {
			return hinted(err, "name an empty or a new directory")
		}
		if _, ok := errors.AsType[*render.EditedError](err); ok {
			return hinted(err, "put the change into the configuration and plan again; to throw it away, add --force")
		}
		return fileHint(err)
	}
	s.note("%d files in %s; begin with RUNBOOK.md", len(bundle), c.Output)
	return nil
}

func (c *renderCmd) readPlan(stdin io.Reader) (planner.Plan, error) {
	const hint = `a plan is what "pgcutover plan" writes: change the configuration, not the plan, and plan again with this version`
	r := stdin
	if c.Plan != "-" {
		f, err := os.Open(c.Plan)
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
	case c.Plan != "-":
		err = fmt.Errorf("%s: %w", c.Plan, err)
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
