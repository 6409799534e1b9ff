package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pgcutover/pgcutover/analyze"
)

// profileFile is the inventory of a database of 4.5 TB as the articles describe one; the golden files have its plan with assumed rates.
const profileFile = "golden/cases/huge/inventory.json"

// A Prediction is how long the load of a large database takes at rates that were measured, as a plan with them says.
type Prediction struct {
	Factor       float64  `json:"factor"` // by which every table and index of the profile is larger than it is
	Workers      int      `json:"workers"`
	CopySeconds  float64  `json:"copy_seconds"`  // until the last copy ends
	BuildSeconds float64  `json:"build_seconds"` // after the last copy
	BoundSeconds float64  `json:"bound_seconds"` // the copies alone, divided by the workers
	Basis        []string `json:"basis"`         // the plan's own words about its rates
}

// measureScale loads the data once more and plans large databases with the rates that its ledger has.
func measureScale(ctx context.Context, b *bench) (Figures, error) {
	w, err := b.loaded(ctx)
	if err != nil {
		return Figures{}, err
	}
	state := filepath.Join(w.dir, "state.json")
	var out Figures
	for _, factor := range []float64{1, 10} {
		for _, workers := range []int{16, 64, 256} {
			p, err := b.predict(ctx, state, factor, workers)
			if err != nil {
				return out, fmt.Errorf("%g times the profile, %d workers: %w", factor, workers, err)
			}
			out.Predictions = append(out.Predictions, p)
		}
	}
	c, err := b.profile(ctx)
	out.Contests = append(out.Contests, c)
	return out, err
}

// profile plans and renders the profile as it is.
func (b *bench) profile(ctx context.Context) (Contest, error) {
	at := func(name string) string { return filepath.Join(b.dir, "profile-"+name) }
	config, err := os.ReadFile(filepath.Join(filepath.Dir(profileFile), "pgcutover.yaml"))
	if err == nil {
		err = os.WriteFile(at("pgcutover.yaml"), config, 0o644)
	}
	if err == nil {
		err = enlarge(profileFile, at("inventory.json"), 1)
	}
	if err != nil {
		return Contest{}, err
	}
	plan := func(ctx context.Context) error {
		return b.run(ctx, nil, b.program, "plan", at("inventory.json"), "--config", at("pgcutover.yaml"), "-o", at("plan.json"))
	}
	if err := plan(ctx); err != nil {
		return Contest{}, err
	}
	balance, err := balanceOf(at("plan.json"))
	if err != nil {
		return Contest{}, err
	}
	const planning = "pgcutover plan"
	return b.contest(ctx, Contest{Title: "Planning and rendering the profile of 4.5 TB", Baseline: planning, Note: "Engine dms, 401 tables" + balance + "."}, []way{
		{name: planning, do: plan},
		{name: "pgcutover render", prepare: func(context.Context) error { return os.RemoveAll(at("migration")) }, do: func(ctx context.Context) error {
			return b.run(ctx, nil, b.program, "render", at("plan.json"), "-o", at("migration"))
		}},
	})
}

func (b *bench) predict(ctx context.Context, state string, factor float64, workers int) (Prediction, error) {
	p := Prediction{Factor: factor, Workers: workers}
	at := func(name string) string { return filepath.Join(b.dir, "scale-"+name) }
	if err := enlarge(profileFile, at("inventory.json"), factor); err != nil {
		return p, err
	}
	config := fmt.Sprintf("slots: {max: 16, changes_per_second: 4000, dedicated: [public.events]}\nload: {workers: %d}\nwal: {source_free_bytes: 300TB, replica_free_bytes: 200TB}\n", workers)
	if err := os.WriteFile(at("pgcutover.yaml"), []byte(config), 0o644); err != nil {
		return p, err
	}
	if err := b.run(ctx, nil, b.program, "plan", at("inventory.json"), "--config", at("pgcutover.yaml"), "--timings", state, "-o", at("plan.json")); err != nil {
		return p, err
	}
	plan, err := readPlan(at("plan.json"))
	if err != nil {
		return p, err
	}
	e := plan.Estimate
	p.CopySeconds, p.BuildSeconds, p.Basis = e.CopySeconds, e.BuildSeconds, e.Basis[:2]
	p.BoundSeconds = plan.Balance.LoadBound
	return p, nil
}

// enlarge writes an inventory with every size and row count of another so many times as large.
func enlarge(from, to string, factor float64) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	inv, err := analyze.Decode(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("reading %s: %w", from, err)
	}
	times := func(n *int64) {
		if n != nil {
			*n = int64(float64(*n) * factor)
		}
	}
	for i := range inv.Tables {
		t := &inv.Tables[i]
		times(t.EstimatedRows)
		times(&t.Pages)
		times(t.HeapBytes)
		times(t.ToastBytes)
		times(t.IndexBytes)
		for j := range t.Indexes {
			times(t.Indexes[j].Bytes)
		}
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	return errors.Join(analyze.EncodeCanonical(f, inv), f.Close())
}

// printPredictions writes the arithmetic with the result.
func printPredictions(b *bytes.Buffer, all []Prediction) {
	if len(all) == 0 {
		return
	}
	b.WriteString(`
How long a load takes at the rates of this machine, as ` + "`pgcutover plan --timings state.json`" + ` reckons for the profile of the golden case ` + "`huge`" + ` and for one with
every table and index ten times as large. The bytes of all copies divided by workers and rate are the bound of the copies; builds run between
them and after them. With many workers the longest index of the largest table decides: a plan reckons with one session for it, although the server gives
it up to four helpers. A worker has here one of the two processors, for its clients and its sessions on both servers: on servers of their own it has more, and the rates that a rehearsal there measures replace these.

| size | workers | until the last copy | builds after it | load | copies alone, divided |
| --- | --: | --: | --: | --: | --: |
`)
	hours := func(seconds float64) string { return fmt.Sprintf("%.1f h", seconds/3600) }
	for _, p := range all {
		fmt.Fprintf(b, "| %g × profile | %d | %s | %s | %s | %s |\n", p.Factor, p.Workers, hours(p.CopySeconds), hours(p.BuildSeconds), hours(p.CopySeconds+p.BuildSeconds), hours(p.BoundSeconds))
	}
	for i, p := range all {
		if i == 0 || p.Factor != all[i-1].Factor {
			fmt.Fprintf(b, "\n%g × profile:\n\n", p.Factor)
			for _, line := range p.Basis {
				fmt.Fprintf(b, "- %s\n", line)
			}
		}
	}
}
