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
		return err
	}
	s.note("%d files in %s; begin with RUNBOOK.md", len(bundle), c.Output)
	return nil
}

func (c *renderCmd) readPlan(stdin io.Reader) (planner.Plan, error) {
	r := stdin
	if c.Plan != "-" {
		f, err := os.Open(c.Plan)
		if err != nil {
			return planner.Plan{}, fmt.Errorf("reading the plan: %w", err)
		}
		defer f.Close()
		r = f
	}
	p, err := planner.Decode(r)
	if err != nil && c.Plan != "-" {
		return p, fmt.Errorf("%s: %w", c.Plan, err)
	}
	return p, err
}

func (c *renderCmd) compare(bundle render.Bundle, s streams) error {
	differences, err := bundle.Diff(c.Output)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, d := range differences {
		fmt.Fprintf(&b, "%s\t%s\n", d.What, d.Path)
	}
	if _, err := io.WriteString(s.Stdout, b.String()); err != nil {
		return fmt.Errorf("writing the differences: %w", err)
	}
	if len(differences) > 0 {
		return refused(hinted(fmt.Errorf("%s is not what the plan says: %d files differ", c.Output, len(differences)),
			"render the plan again and commit the result"))
	}
	s.note("%s is what the plan says", c.Output)
	return nil
}
