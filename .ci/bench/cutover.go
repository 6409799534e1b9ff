package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// measureCutover takes databases of many small tables through a whole migration and takes the time for which nobody can write. It is the
// benchmark Frozen of verify/rehearse, which also tells of which steps that time is made.
func measureCutover(ctx context.Context, b *bench) (Figures, error) {
	c := Contest{
		Title: "Seconds for which nobody can write, from the first command of the freeze to the gate cutover",
		Note:  "By PostgreSQL's own replication, with the gate; without the comparison of all rows that a rehearsal makes on top. Two of the seconds are spent on watching that nothing writes.",
	}
	for _, n := range b.tables {
		if n == 1000 {
			c.Goals = []Goal{{Way: cutoverOf(n), AtMost: 5}}
		}
		w := Way{Name: cutoverOf(n)}
		c.Baseline = cmp.Or(c.Baseline, w.Name)
		turns := b.runs
		if n > mostRepeated {
			turns = 1
		}
		steps := ""
		for turn := range turns {
			seconds, of, err := frozen(ctx, n)
			if err != nil {
				return Figures{}, err
			}
			w.Turns = append(w.Turns, Turn{Seconds: seconds})
			steps = of
			fmt.Fprintf(os.Stderr, "bench: turn %d of %d: %-60s %7.1f s\n", turn+1, turns, w.Name, seconds)
		}
		c.Ways = append(c.Ways, w)
		c.Note += fmt.Sprintf(" The last of %s: %s.", w.Name, steps)
	}
	return Figures{Contests: []Contest{c}}, nil
}

const mostRepeated = 1000 // tables; a larger database is taken through its migration once

func cutoverOf(n int) string { return fmt.Sprintf("%d tables", n) }

var metric = regexp.MustCompile(`([0-9.]+) s-(\S+)`)

// What the benchmark calls the whole, and what a rehearsal does on top.
const wholeFreeze, ownComparison = "frozen", "compare-rows:-source"

// frozen returns the seconds, and of which steps they are made.
func frozen(ctx context.Context, n int) (seconds float64, steps string, err error) {
	cmd := exec.CommandContext(ctx, "go", "test", "./verify/rehearse", "-run=^$", "-bench=^BenchmarkFrozen$", "-benchtime=1x", "-count=1", "-timeout=0", "-args", fmt.Sprintf("-tables=%d", n))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		text := out.String()
		return 0, "", fmt.Errorf("%d tables: %w\n%s", n, err, text[max(0, len(text)-4000):])
	}
	said := map[string]float64{}
	for _, m := range metric.FindAllSubmatch(out.Bytes(), -1) {
		if said[string(m[2])], err = strconv.ParseFloat(string(m[1]), 64); err != nil {
			return 0, "", fmt.Errorf("%d tables: %w", n, err)
		}
	}
	if said[wholeFreeze] == 0 || said[ownComparison] == 0 {
		return 0, "", fmt.Errorf("%d tables: the benchmark does not say how long it was", n)
	}
	var parts []string
	for _, step := range slices.Sorted(maps.Keys(said)) {
		if step != wholeFreeze && step != ownComparison {
			parts = append(parts, fmt.Sprintf("%s %.1f s", step, said[step]))
		}
	}
	return said[wholeFreeze] - said[ownComparison], strings.Join(parts, ", "), nil
}
