package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
)

// measureCutover takes databases of many small tables through a whole migration and takes the time for which nobody can write. It is the
// benchmark Frozen of verify/rehearse, which also tells of which steps that time is made.
func measureCutover(ctx context.Context, b *bench) (Figures, error) {
	c := Contest{
		Title: "Seconds for which nobody can write, from the first command of the freeze to the gate cutover", Baseline: cutoverOf(b.tables[0]),
		Note: "By PostgreSQL's own replication, gates and the rehearsal's own comparison of all rows included.",
	}
	for _, n := range b.tables {
		w := Way{Name: cutoverOf(n)}
		for turn := range b.runs {
			frozen, err := frozen(ctx, n)
			if err != nil {
				return Figures{}, err
			}
			w.Turns = append(w.Turns, Turn{Seconds: frozen})
			fmt.Fprintf(os.Stderr, "bench: turn %d of %d: %-60s %7.1f s\n", turn+1, b.runs, w.Name, frozen)
		}
		c.Ways = append(c.Ways, w)
	}
	return Figures{Contests: []Contest{c}}, nil
}

func cutoverOf(n int) string { return fmt.Sprintf("%d tables", n) }

var metric = regexp.MustCompile(`([0-9.]+) s-frozen`)

func frozen(ctx context.Context, n int) (float64, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "./verify/rehearse", "-run=^$", "-bench=^BenchmarkFrozen$", "-benchtime=1x", "-count=1", "-timeout=0", "-args", fmt.Sprintf("-tables=%d", n))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		text := out.String()
		return 0, fmt.Errorf("%d tables: %w\n%s", n, err, text[max(0, len(text)-4000):])
	}
	m := metric.FindSubmatch(out.Bytes())
	if m == nil {
		return 0, fmt.Errorf("%d tables: the benchmark does not say how long it was", n)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
