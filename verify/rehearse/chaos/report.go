package chaos

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Verdict is how a round ended.
type Verdict string

// The three verdicts.
const (
	Recovered Verdict = "recovered" // loaded, nothing lost and nothing doubled
	Stopped   Verdict = "stopped"   // by a gate or a script, for a declared reason
	Failed    Verdict = "FAILED"    // anything else
)

// Struck is a fault of a round and its moment.
type Struck struct{ Fault, Moment string }

// A Round is what came of one.
type Round struct {
	Number  int
	Seed    uint64
	Faults  []Struck
	Verdict Verdict
	Text    string   // "recovered, nothing lost", "stopped by gate loaded G3-ROWS"
	By      string   // what stopped it: "gate loaded", "42-load"
	Codes   []string // of the checks, where a gate stopped it
	Rows    int64    // compared on the target, where it recovered
	Steps   int      // commands that were run
	Seconds float64
}

func (r Round) faults() (names, moments string) {
	var n, m []string
	for _, f := range r.Faults {
		n, m = append(n, f.Fault), append(m, f.Moment)
	}
	return strings.Join(n, " + "), strings.Join(m, " + ")
}

func (r Round) String() string {
	names, moments := r.faults()
	return fmt.Sprintf("%3d  %5.1fs  %s (%s): %s", r.Number, r.Seconds, names, moments, oneLine(r.text()))
}

func (r Round) text() string {
	if r.Verdict == Failed {
		return "FAILED: " + r.Text
	}
	return r.Text
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		s = string(r[:159]) + "…"
	}
	return s
}

// A Report is all rounds.
type Report struct {
	Seed           uint64
	Source, Target string   // versions of the servers
	Impossible     []string // faults that this machine cannot have, and why
	Rounds         []Round
}

// Failed are the rounds that ended badly.
func (r Report) Failed() []Round {
	return slices.DeleteFunc(slices.Clone(r.Rounds), func(x Round) bool { return x.Verdict != Failed })
}

// Print writes the table of the rounds and a summary.
func (r Report) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "round\tfault\tmoment\toutcome")
	for _, x := range r.Rounds {
		names, moments := x.faults()
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\n", x.Number, names, moments, oneLine(x.text()))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s", r.Summary())
	return err
}

// Summary tells in a few lines how the rounds ended.
func (r Report) Summary() string {
	var b strings.Builder
	count := map[Verdict]int{}
	var seconds float64
	var rows int64
	steps := 0
	by := map[string]int{}
	for _, x := range r.Rounds {
		count[x.Verdict]++
		seconds, rows, steps = seconds+x.Seconds, rows+x.Rows, steps+x.Steps
		if x.Verdict != Stopped {
			continue
		}
		if len(x.Codes) == 0 {
			by[x.By]++
		}
		for _, c := range x.Codes {
			by[c]++
		}
	}
	fmt.Fprintf(&b, "%d rounds with seed %d, PostgreSQL %s to %s: %d recovered, %d stopped, %d failed.\n",
		len(r.Rounds), r.Seed, r.Source, r.Target, count[Recovered], count[Stopped], count[Failed])
	fmt.Fprintf(&b, "%d rows compared after recoveries, %d commands run, %.1f seconds a round.\n", rows, steps, seconds/float64(max(1, len(r.Rounds))))
	if len(by) > 0 {
		var parts []string
		for what, n := range by {
			parts = append(parts, fmt.Sprintf("%s %d", what, n))
		}
		slices.Sort(parts)
		fmt.Fprintf(&b, "Stopped by: %s.\n", strings.Join(parts, ", "))
	}
	for _, i := range r.Impossible {
		fmt.Fprintf(&b, "Not possible on this machine: %s.\n", i)
	}
	return b.String()
}

// What is replaced in a Markdown file.
const (
	recordBegin = "<!-- rounds: made by make chaos -->"
	recordEnd   = "<!-- end of rounds -->"
	faultsBegin = "<!-- faults: made by TestFaultsAreDocumented -->"
	faultsEnd   = "<!-- end of faults -->"
)

// replaced puts a block between two marks, in the place of what stands there.
func replaced(text, begin, end, block string) (string, error) {
	head, rest, ok := strings.Cut(text, begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", fmt.Errorf("bringing a file up to date: it lacks %s or %s", begin, end)
	}
	return head + begin + "\n\n" + block + "\n" + end + tail, nil
}

var cell = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;")

// Record returns the Markdown text with the table of the rounds and the summary between its two marks; an error: it has no marks.
func (r Report) Record(text, date string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, `make chaos ROUNDS=%d SEED=%d`\n\n", date, len(r.Rounds), r.Seed)
	for line := range strings.Lines(r.Summary()) {
		fmt.Fprintf(&b, "* %s", cell.Replace(line))
	}
	b.WriteString("\n| round | fault | moment | outcome |\n|---:|---|---|---|\n")
	for _, x := range r.Rounds {
		names, moments := x.faults()
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", x.Number, cell.Replace(names), cell.Replace(moments), cell.Replace(oneLine(x.text())))
	}
	return replaced(text, recordBegin, recordEnd, b.String())
}

// Catalogue returns the Markdown text with the list of the faults between its two marks; an error: it has no marks.
func Catalogue(text string) (string, error) {
	var b strings.Builder
	b.WriteString("| fault | what happens | may end |\n|---|---|---|\n")
	for _, f := range Faults() {
		var ends []string
		if f.Outcome.Recovers {
			ends = append(ends, "recovered")
		}
		if len(f.Outcome.Stops) > 0 {
			ends = append(ends, "stopped by "+strings.Join(f.Outcome.Stops, ", "))
		}
		end := strings.Join(ends, "; ")
		if f.Outcome.Notice != "" {
			end += "; noticed by " + short(f.Outcome.Notice)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell.Replace(f.Name), cell.Replace(f.Does), cell.Replace(end))
	}
	return replaced(text, faultsBegin, faultsEnd, b.String())
}
