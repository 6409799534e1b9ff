package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Report is what was measured, by subject.
type Report map[string]Subject

// Subject is what was measured of one subject, at one time.
type Subject struct {
	At       string            `json:"at"` // day
	Machine  string            `json:"machine"`
	Versions map[string]string `json:"versions"`
	Runs     int               `json:"runs"`
	Figures
}

// Figures are what a subject comes to.
type Figures struct {
	Contests    []Contest    `json:"contests,omitempty"`
	Predictions []Prediction `json:"predictions,omitempty"`
}

const figuresFile = "figures.json"

func readReport(dir string) (Report, error) {
	r := Report{}
	text, err := os.ReadFile(filepath.Join(dir, figuresFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was measured before: %w", err)
	}
	return r, nil
}

func (r Report) write(dir string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(dir, figuresFile), append(text, '\n'), 0o644), os.WriteFile(filepath.Join(dir, "README.md"), r.page(), 0o644))
}

// titles of the subjects.
var titles = map[string]string{"load": "Load", "scale": "Scale", "verify": "Comparing rows", "catalog": "Analyze, plan, render", "huge": "Analyze, plan, render: 100,000 tables", "cutover": "Cutover"}

// page is the report for people.
func (r Report) page() []byte {
	var b bytes.Buffer
	b.WriteString(`# Benchmarks

Written by ` + "`make bench`" + `, which runs every way of doing a job in turns on the same throwaway servers; nobody edits this page. A ratio is that of one way to the
baseline in the same turn: the least, the median and the greatest of all turns. CPU is what clients and server sessions worked, which a busy
machine disturbs less than the clock; on few cores the clock follows it. Settings of the servers and the data are in ` + "`.ci/bench`" + `; all single figures in [figures.json](figures.json).
`)
	for _, s := range subjects {
		subject, measured := r[s.name]
		if !measured {
			continue
		}
		var versions []string
		for _, name := range slices.Sorted(maps.Keys(subject.Versions)) {
			versions = append(versions, name+" "+subject.Versions[name])
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s; %s; %s; %d turns.\n", titles[s.name], subject.At, subject.Machine, strings.Join(versions, ", "), subject.Runs)
		for _, c := range subject.Contests {
			c.print(&b)
		}
		printPredictions(&b, subject.Predictions)
	}
	return b.Bytes()
}

func (c Contest) print(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n### %s\n\n", c.Title)
	if c.Note != "" {
		fmt.Fprintf(b, "%s\n\n", c.Note)
	}
	b.WriteString("| | seconds | ratio to the baseline | CPU seconds | ratio | peak memory of a client |\n| --- | --: | --: | --: | --: | --: |\n")
	base := c.Ways[slices.IndexFunc(c.Ways, func(w Way) bool { return w.Name == c.Baseline })]
	cpu := func(t Turn) float64 { return t.CPU }
	for _, w := range c.Ways {
		name := w.Name
		if name == c.Baseline {
			name += " (baseline)"
		}
		var peak int64
		for _, t := range w.Turns {
			peak = max(peak, t.PeakKB)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", name, middle(w, seconds), against(w, base, seconds), middle(w, cpu), against(w, base, cpu), megabytes(peak))
	}
	for i, g := range c.Goals {
		if i == 0 {
			b.WriteByte('\n')
		}
		g.print(b, c.Ways)
	}
}

// print tells whether a goal is reached, where all that it is about was measured.
func (g Goal) print(b *bytes.Buffer, ways []Way) {
	of := func(name string) (w Way, found bool) {
		i := slices.IndexFunc(ways, func(w Way) bool { return w.Name == name })
		if i < 0 {
			return w, false
		}
		return ways[i], true
	}
	who, found := of(g.Way)
	if !found {
		return
	}
	met := func(have float64) string {
		if have <= g.AtMost {
			return "reached"
		}
		return "missed"
	}
	if len(g.Of) == 0 {
		have := median(values(who, seconds))
		fmt.Fprintf(b, "- Goal: %s in at most %g seconds: %s, %.2f\n", g.Way, g.AtMost, met(have), have)
		return
	}
	var fastest *Way
	for _, name := range g.Of {
		if w, found := of(name); found && (fastest == nil || median(values(w, seconds)) < median(values(*fastest, seconds))) {
			fastest = &w
		}
	}
	if fastest == nil {
		return
	}
	among := ""
	if len(g.Of) > 1 {
		among = fmt.Sprintf(", the fastest of %d", len(g.Of))
	}
	r := ratios(who, *fastest, seconds)
	fmt.Fprintf(b, "- Goal: %s in at most %g of the time of %s%s: %s, %s\n", g.Way, g.AtMost, fastest.Name, among, met(median(r)), spread(r))
}

// middle is the median of what is measured.
func middle(w Way, of func(Turn) float64) string {
	m := median(values(w, of))
	switch {
	case m == 0:
		return "–"
	case m < 10:
		return fmt.Sprintf("%.2f", m)
	}
	return fmt.Sprintf("%.1f", m)
}

// against is the ratio to the baseline, turn by turn.
func against(w, base Way, of func(Turn) float64) string {
	r := ratios(w, base, of)
	if len(r) == 0 || w.Name == base.Name {
		return "–"
	}
	return spread(r)
}

// ratios of one way to another, turn by turn.
func ratios(w, base Way, of func(Turn) float64) (out []float64) {
	for i := range min(len(w.Turns), len(base.Turns)) {
		if b := of(base.Turns[i]); b > 0 {
			out = append(out, of(w.Turns[i])/b)
		}
	}
	return out
}

func spread(v []float64) string {
	return fmt.Sprintf("%.2f (%.2f to %.2f)", median(v), slices.Min(v), slices.Max(v))
}

func seconds(t Turn) float64 { return t.Seconds }

// values of what is measured, turn by turn.
func values(w Way, of func(Turn) float64) []float64 {
	out := make([]float64, len(w.Turns))
	for i, t := range w.Turns {
		out[i] = of(t)
	}
	return out
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

func megabytes(kb int64) string {
	if kb == 0 {
		return "–"
	}
	return fmt.Sprintf("%d MB", (kb+512)/1024)
}
