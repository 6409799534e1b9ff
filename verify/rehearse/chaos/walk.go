package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/verify/rehearse"
)

// patience is how long a step may take before it counts as hanging. It is generous: a load that waits for a server does so for five minutes by itself, but
// no fault takes a server away for longer than a script needs to notice.
const patience = 4 * time.Minute

// tries of one step, the first included, and of ways around.
const (
	tries   = 3
	detours = 2
)

// said is how one command ended.
type said struct {
	step  string
	exit  int
	text  string   // all that it said
	codes []string // of a gate: the checks that failed or could not be decided, sorted
}

// walker follows the runbook.
type walker struct {
	round    *round
	commands []rehearse.Command
	next     int
	skip     map[string]bool // steps that a full restart leaves out
	tried    map[string]int
	around   int
	mended   bool
	history  []said
	image    image // of the replica at the last pause
}

// errHangs is a step that did not end.
var errHangs = errors.New("it does not end")

// walk goes to the end of the commands and returns nil, or how the command ended that stopped it.
func (w *walker) walk(ctx context.Context) (*said, error) {
	for w.next < len(w.commands) {
		c := w.commands[w.next]
		if w.skip[c.Name] {
			w.next++
			continue
		}
		s, err := w.step(ctx, c)
		if err != nil {
			return nil, err
		}
		if s.exit == 0 {
			w.next++
			continue
		}
		stop, err := w.answer(ctx, c, s)
		if err != nil || stop {
			return &w.history[len(w.history)-1], err
		}
	}
	return nil, nil
}

// step runs one command with the faults of its moments.
func (w *walker) step(ctx context.Context, c rehearse.Command) (said, error) {
	r := w.round
	if err := r.strikeAt(ctx, c.Name, Before); err != nil {
		return said{}, err
	}
	r.arm(ctx, c.Name)
	s, err := w.run(ctx, c)
	if err != nil {
		return s, err
	}
	if err := r.disarm(ctx, c.Name); err != nil {
		return s, err
	}
	return s, r.strikeAt(ctx, c.Name, After)
}

// Steps that are treated apart.
const (
	pauseStep   = "20-replica/21-pause.sh"
	slotsStep   = "10-source/17-slots.sh"
	membersStep = "10-source/16-members.sh"
	schemaStep  = "30-target/32-schema.sh"
	ledgerStep  = "40-load/41-ledger.sql"
	loadStep    = "40-load/42-load.sh"
	resumeStep  = "20-replica/22-resume.sh"
	lastGate    = "gate loaded"

	subscribeStep = "50-cdc/native/51-subscriptions.sh"
	enableStep    = "50-cdc/native/52-enable.sh"
	catchUpStep   = "70-cutover/72-drain.sh --not-frozen"
	cdcGate       = "gate cdc"
)

// run runs a command to its end and notes how it ended.
func (w *walker) run(ctx context.Context, c rehearse.Command) (said, error) {
	r := w.round
	s := said{step: c.Name}
	report := ""
	words := slices.Clone(c.Words)
	if strings.HasPrefix(c.Name, "gate ") {
		if c.Name == lastGate {
			words = append(words, "--rows", "checksum")
		}
		report = filepath.Join(r.dir, words[slices.Index(words, "-o")+1])
		_ = os.Remove(report) // of an earlier run
	}
	if c.Name == subscribeStep {
		if err := r.world.letIn(ctx); err != nil {
			return s, err
		}
	}
	began, connections := time.Now(), r.world.connections()
	var err error
	s.text, s.exit, err = r.execute(ctx, c.Name, words)
	if err != nil {
		return s, fmt.Errorf("%s: %w", short(c.Name), err)
	}
	if c.Name == pauseStep && s.exit == 0 {
		if w.image, err = r.world.image(ctx, Replica); err != nil {
			return s, err
		}
	}
	if report != "" {
		if s.codes, err = failing(report); err != nil && s.exit == 0 {
			return s, err
		}
	}
	w.history = append(w.history, s)
	for i, n := range r.world.connections() {
		connections[i] = n - connections[i]
	}
	r.logf("%6.1fs %3d  %-28s %d  %s\n", time.Since(began).Seconds(), connections, short(c.Name), s.exit, strings.Join(s.codes, " "))
	return s, nil
}

// failing reads the codes of a report that kept its gate from passing.
func failing(report string) ([]string, error) {
	b, err := os.ReadFile(report)
	if err != nil {
		return nil, err
	}
	var rep struct {
		Results []struct {
			Code      string `json:"code"`
			Status    string `json:"status"`
			Undecided bool   `json:"undecided"`
		} `json:"results"`
	}
	if err := json.Unmarshal(b, &rep); err != nil {
		return nil, fmt.Errorf("reading %s: %w", report, err)
	}
	var codes []string
	for _, r := range rep.Results {
		if r.Status == "fail" || r.Undecided {
			codes = append(codes, r.Code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes), nil
}

// answer does what a person does when a command has not ended with 0. It tells whether that is the end.
func (w *walker) answer(ctx context.Context, c rehearse.Command, s said) (stop bool, err error) {
	r := w.round
	w.tried[c.Name]++
	if !w.mended && r.struck() {
		w.mended = true
		mended, err := r.mend(ctx)
		if err != nil {
			return true, err
		}
		if mended && s.exit != 1 { // what could not be done can be done now; a refusal may need more than that
			return false, nil
		}
		if mended && !strings.Contains(s.text, "83-full-restart") {
			return false, nil
		}
	}
	if w.around < detours {
		if d, ok := w.detour(c, s); ok {
			w.around++
			return w.take(ctx, d)
		}
	}
	gate := strings.HasPrefix(c.Name, "gate ")
	if gate && s.exit != 2 && c.Name != cdcGate { // what is behind may catch up
		return true, nil
	}
	return w.tried[c.Name] >= tries, nil
}

// detour is what a hint or the runbook says to do.
func (w *walker) detour(c rehearse.Command, s said) (Remedy, bool) {
	hints := hintsOf(s.text)
	restart := Remedy{[]string{"80-recovery/83-full-restart.sh", "--yes"}, slotsStep}
	switch {
	case strings.Contains(hints, "22-resume.sh --force"):
		return Remedy{[]string{resumeStep, "--force"}, c.Name}, true
	case w.past(loadStep) && strings.Contains(hints, "83-full-restart"):
		return restart, true
	}
	for _, f := range w.round.faults {
		if f.struck && f.Recovery != nil && stopsOf(s, f.Outcome.Stops) {
			i := min(w.around, len(f.Recovery)-1)
			return f.Recovery[i], true
		}
	}
	return Remedy{}, false
}

// past tells whether a step is the next one or behind us.
func (w *walker) past(name string) bool {
	return w.next >= slices.IndexFunc(w.commands, func(c rehearse.Command) bool { return c.Name == name })
}

// hintsOf are the lines of a script's output that say what to do.
func hintsOf(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, ": hint: ") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// take runs a remedy, and what its own hint says should it refuse, and goes on where it says.
func (w *walker) take(ctx context.Context, d Remedy) (stop bool, err error) {
	words := slices.Clone(d.Words)
	words[0] = "migration/" + words[0]
	for range tries {
		s, err := w.run(ctx, rehearse.Command{Name: d.Words[0], Words: words})
		if err != nil {
			return true, err
		}
		if s.exit == 0 {
			w.next = slices.IndexFunc(w.commands, func(c rehearse.Command) bool { return c.Name == d.Resume })
			clear(w.tried)
			restored := slices.ContainsFunc(w.history, func(s said) bool { return s.step == schemaStep && s.exit == 0 })
			if restored && strings.Contains(d.Words[0], "83-full-restart") {
				for _, c := range w.commands {
					if strings.HasPrefix(c.Name, "30-target/") {
						w.skip[c.Name] = true
					}
				}
			}
			return false, nil
		}
		if strings.Contains(hintsOf(s.text), "22-resume.sh --force") && d.Words[0] != resumeStep {
			if _, err := w.run(ctx, rehearse.Command{Name: resumeStep, Words: []string{"migration/" + resumeStep, "--force"}}); err != nil {
				return true, err
			}
		}
	}
	return true, nil
}

// stopsOf tells whether a command said no for one of these reasons: codes of a gate's checks, or the names of scripts.
func stopsOf(s said, stops []string) bool {
	for _, stop := range stops {
		if stop == short(s.step) || slices.Contains(s.codes, stop) {
			return true
		}
	}
	return false
}

// reason is what a command that said no said first, in one line.
func (s said) reason() string {
	for line := range strings.Lines(s.text) {
		for _, mark := range []string{": refused: ", ": error: ", "ERROR:", "FATAL:", "error: "} {
			if i := strings.Index(line, mark); i >= 0 {
				return strings.TrimSpace(strings.TrimPrefix(line[i:], ": "))
			}
		}
	}
	lines := strings.Split(strings.TrimSpace(s.text), "\n")
	return lines[len(lines)-1]
}
