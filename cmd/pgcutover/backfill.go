package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
)

// backfill makes the directory that mends the rows of a list.
func (c *renderCmd) backfill(p planner.Plan) (render.Bundle, error) {
	f, err := os.Open(c.Backfill)
	if err != nil {
		return nil, hinted(fmt.Errorf("reading the list of differences: %w", err), `"pgcutover verify --check rows --rows delta --differences FILE" writes it`)
	}
	defer f.Close()
	l, err := differences.Decode(f)
	if err != nil {
		return nil, hinted(fmt.Errorf("%s: %w", c.Backfill, err), "compare again: pgcutover verify --check rows --rows delta --differences FILE")
	}
	bundle, err := render.Backfill(p, l)
	switch {
	case errors.Is(err, render.ErrNothingToBackfill):
		return nil, refused(fmt.Errorf("%s: %w", c.Backfill, err))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", c.Backfill, err)
	}
	return bundle, nil
}
