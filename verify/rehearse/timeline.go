package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
}

func (r *run) writeTimeline(cause error) error {
	t := timeline{Format: 1, Seconds: time.Since(r.began).Seconds(), Passed: cause == nil, Steps: r.steps}
	if r.servers.Source != nil {
		t.Source = r.servers.Source.Install().Version
	}
	if r.servers.Target != nil {
		t.Target = r.servers.Target.Install().Version
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

// config is what a user would have written for this database; %[1]d is the disk free here.
const config = `# How the sample database is to be moved. Every key is described in docs/config.md.
slots:
  # One for the table that dwarfs the rest, one for the hot one, one for everything else.
  count: 3
  dedicated: [public.calls, public.agent_status]
tables:
  exclude:
    - public.page_cache          # unlogged: a cache, empty after a crash and on every standby
    - public."5"" screen \ share" # AWS DMS cannot carry a double quote or a backslash in a name
  inserts_only:
    - public.import_rows         # no key; the application never changes a row
load:
  workers: 2
  split_bytes: 33554432          # calls goes in ranges of 32 MB, so that both workers share it
  batch_bytes: 4194304
wal:
  source_free_bytes: %[1]d
  replica_free_bytes: %[1]d
`

func (r *run) writeConfig(ctx context.Context) error {
	free, err := freeBytes(ctx, r.servers.Source.DataDir())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, configFile), fmt.Appendf(nil, config, free), 0o644)
}

// freeBytes asks df how much room there is.
func freeBytes(ctx context.Context, dir string) (int64, error) {
	out, err := exec.CommandContext(ctx, "df", "-P", "-k", dir).Output()
	if err != nil {
		return 0, fmt.Errorf("asking df for free space: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var device string
	var total, used, free int64
	if _, err := fmt.Sscan(lines[len(lines)-1], &device, &total, &used, &free); err != nil {
		return 0, errors.New("asking df for free space: its answer cannot be read")
	}
	return free * 1024, nil
}
