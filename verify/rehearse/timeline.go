package rehearse

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

// timeline is rehearsal.json: what was done, how long it took and how it ended.
type timeline struct {
	Format  int     `json:"format"`
	Source  string  `json:"source"` // server version
	Target  string  `json:"target"`
	Seconds float64 `json:"seconds"` // of everything, setting up included
	Passed  bool    `json:"passed"`
	Steps   []Step  `json:"steps"`
	Proof   proof   `json:"proof"`                // zero where it did not come to that
	Frozen  float64 `json:"frozen,omitempty"`     // seconds in which nobody could write; of a rehearsal through the cutover
	Own     float64 `json:"frozen_own,omitempty"` // of these, the rehearsal's own comparison of every row
	// Files of the bundle that were executed, or read by what was, and the others. By name.
	Executed    []string `json:"executed"`
	NotExecuted []string `json:"not_executed"`
}

func (r *run) writeTimeline(cause error) error {
	t := timeline{Format: 1, Seconds: time.Since(r.began).Seconds(), Passed: cause == nil, Steps: r.steps, Proof: r.proof, Frozen: r.frozen.Seconds(), Own: r.compared.Seconds()}
	if r.servers.Source != nil {
		t.Source = r.servers.Source.Install().Version
	}
	if r.servers.Target != nil {
		t.Target = r.servers.Target.Install().Version
	}
	slices.Sort(r.executed)
	t.Executed, t.NotExecuted = slices.Compact(r.executed), []string{}
	for _, f := range r.manifested.Files {
		if _, ok := slices.BinarySearch(t.Executed, f.Path); !ok {
			t.NotExecuted = append(t.NotExecuted, f.Path)
		}
	}
	b, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the timeline: %w", err)
	}
	return os.WriteFile(filepath.Join(r.out, "rehearsal.json"), append(b, '\n'), 0o644)
}

func (r *run) printTimeline() {
	if len(r.steps) == 0 {
		return
	}
	r.printf("\n")
	w := tabwriter.NewWriter(r.options.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "seconds\tcommits meanwhile\t  step\n")
	var seconds float64
	for _, s := range r.steps {
		verdict := ""
		if s.Exit != 0 {
			verdict = fmt.Sprintf("  (exit code %d)", s.Exit)
		}
		fmt.Fprintf(w, "%.1f\t%d\t  %s%s\n", s.Seconds, s.Commits, s.Name, verdict)
		seconds += s.Seconds
	}
	_ = w.Flush() // to Stdout, whose failure nobody could be told of
	r.printf("%.0f seconds for the steps, %.0f with setting up\n", seconds, time.Since(r.began).Seconds())
}
