package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
)

// planCmd turns an inventory into a plan and its report.
type planCmd struct {
	Inventory string `arg:"" help:"The inventory, as the command analyze wrote it; - is standard input."`
	Config    string `short:"c" placeholder:"FILE" help:"The configuration, in YAML."`
	Timings   string `placeholder:"FILE" help:"The state.json of an earlier load or cutover: what it and timings.json beside it measured replaces what is assumed."`
	Previous  string `placeholder:"FILE" help:"A plan made before, of which everything stays that can; the report says what moved and why."`
	Compare   bool   `xor:"report" help:"Make no plan, but set all ways of moving the database side by side: which are feasible, how long nobody can write, what each costs and risks."`
	Lobs      bool   `xor:"report" help:"Make no plan, but list the columns that AWS DMS moves as LOBs: the largest value of each, the limit that the plan sets, whether a truncation is accepted."`
	Format    string `placeholder:"FORMAT" enum:",text,markdown,html,json,csv" default:"" help:"Of --compare: text, markdown, html or json. Of --lobs: text, csv or json."`
	Output    string `short:"o" placeholder:"FILE" help:"The plan; plan.md and plan.html appear beside it. - is standard output, without the reports, and where --compare and --lobs go by themselves."`
}

const inventoryHint = `an inventory is what "pgcutover analyze" writes: take it again with this version, and leave it as it is`

// Help is the long help.
func (planCmd) Help() string {
	return `The plan says which tables share a replication slot, in which pieces the rows are loaded, what waits for the
cutover, which settings have to change, how long it takes, and what can go wrong. The same inventory and configuration give
the same plan. The report beside it is what to review; commit all three.

With --previous everything stays that can: tables keep their groups and pieces unless a constraint forbids it or the balance would
suffer by more than slots.tolerance. The report says what moved and why.

With --compare or --lobs no plan is written. --compare takes the configuration of one engine and assumes for the others what it does not say; it ends with 1 when
none of the ways is feasible.

An error that nobody has accepted in the configuration makes the command end with 1; the files are written all the same.
"pgcutover explain CODE" says what stands behind a finding.`
}

// Validate refuses flags that do not go together.
func (c *planCmd) Validate() error {
	switch {
	case c.Compare || c.Lobs:
		if c.Previous != "" {
			return errors.New("--previous is for a plan, and none is made")
		}
		if formats := c.formats(); c.Format != "" && !slices.Contains(formats, c.Format) {
			return fmt.Errorf("--format is one of %s here", strings.Join(formats, ", "))
		}
	case c.Format != "":
		return errors.New("--format is for --compare and --lobs")
	case c.Output == "":
		return errors.New("missing flags: --output=FILE")
	}
	return nil
}

// formats are those of what is asked for in place of a plan.
func (c *planCmd) formats() []string {
	if c.Compare {
		return []string{"text", "markdown", "html", "json"}
	}
	return []string{"text", "csv", "json"}
}

func (c *planCmd) Run(s streams) error {
	if c.Compare || c.Lobs {
		return c.report(s)
	}
	if c.Output != "-" {
		// The previous plan may be replaced: to follow it is what --previous is for.
		markdown, html := c.reports()
		if err := spare([]string{c.Output, markdown, html}, c.Inventory, c.Config, c.Timings); err != nil {
			return err
		}
	}
	cfg, inv, timings, err := c.read(s)
	if err != nil {
		return err
	}
	p, changes, err := c.make(inv, cfg.options, timings)
	if err != nil {
		if _, ok := errors.AsType[*planner.PreviousError](err); ok {
			return hinted(fmt.Errorf("%s: %w", c.Previous, err), "give the plan that was made of this database before, or leave --previous out")
		}
		return cfg.explain(err)
	}
	if err := c.write(p, changes, s.Stdout); err != nil {
		return err
	}
	if changes != nil {
		s.note("since the plan before: %s", strings.Join(changeWords(*changes), ", "))
		if changes.Underway != "" {
			s.say(red, "warning", changes.Underway)
		}
	}
	return c.tell(p, s)
}

// read reads what a plan is made from.
func (c *planCmd) read(s streams) (cfg config, inv analyze.Inventory, timings []planner.Timing, err error) {
	if cfg, err = readConfig(c.Config); err != nil {
		return
	}
	if inv, err = c.readInventory(s.Stdin); err != nil {
		return
	}
	timings, err = c.readTimings(s, inv)
	return
}

// report writes the comparison or the list of LOBs.
func (c *planCmd) report(s streams) error {
	if c.Output != "" && c.Output != "-" {
		if err := spare([]string{c.Output}, c.Inventory, c.Config, c.Timings); err != nil {
			return err
		}
	}
	cfg, inv, timings, err := c.read(s)
	if err != nil {
		return err
	}
	format := cmp.Or(c.Format, "text")
	var body []byte
	var none bool
	if c.Compare {
		var comparison planner.Comparison
		if comparison, err = planner.Compare(inv, cfg.options, timings); err == nil {
			body, err = render.Comparison(comparison, format)
			none = comparison.Recommendation.Way == ""
		}
	} else {
		var p planner.Plan
		if p, err = planner.Make(inv, cfg.options, timings); err == nil {
			body, err = render.LOBs(planner.LOBsOf(p, inv), format)
		}
	}
	if err != nil {
		return cfg.explain(err)
	}
	if c.Output == "" || c.Output == "-" {
		if _, err := s.Stdout.Write(body); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	} else if err := writeWhole(text(c.Output, body)); err != nil {
		return err
	}
	if none {
		return refused(hinted(errors.New("none of the ways is feasible"), "the report says of each what stands in its way"))
	}
	return nil
}

// reports are the names of the plan's reports.
func (c *planCmd) reports() (markdown, html string) {
	base := strings.TrimSuffix(c.Output, filepath.Ext(c.Output))
	return base + ".md", base + ".html"
}

// make plans, after the plan before where one is given. changes is nil where none is.
func (c *planCmd) make(inv analyze.Inventory, opt planner.Options, timings []planner.Timing) (planner.Plan, *planner.Changes, error) {
	if c.Previous == "" {
		p, err := planner.Make(inv, opt, timings)
		return p, nil, err
	}
	const hint = `--previous takes a plan.json that "pgcutover plan" wrote of this database`
	f, err := os.Open(c.Previous)
	if err != nil {
		return planner.Plan{}, nil, hinted(fmt.Errorf("reading the previous plan: %w", err), hint)
	}
	defer f.Close()
	previous, err := planner.Decode(f)
	if err != nil {
		return planner.Plan{}, nil, hinted(fmt.Errorf("%s: %w", c.Previous, err), hint)
	}
	p, changes, err := planner.MakeAfter(previous, inv, opt, timings)
	if err != nil {
		return planner.Plan{}, nil, err
	}
	if changes.Underway, err = c.underway(changes); err != nil {
		return planner.Plan{}, nil, err
	}
	return p, &changes, nil
}

// underway looks for the state.json beside the plan before, or the one that the timings come from: once the replica was paused,
// a table that changes its group cannot just be moved.
func (c *planCmd) underway(changes planner.Changes) (string, error) {
	if len(changes.Moved)+len(changes.New) == 0 {
		return "", nil
	}
	for _, path := range []string{c.Timings, filepath.Join(filepath.Dir(c.Previous), "state.json")} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("reading the state of the previous plan: %w", err)
		}
		state, err := verify.DecodeState(f)
		f.Close()
		if err != nil {
			return "", hinted(fmt.Errorf("%s: %w", path, err), "it says whether the previous plan is being carried out; put it right, or move it away if it belongs to something else")
		}
		if state.Plan == changes.Previous && state.Pause != nil {
			return fmt.Sprintf("The plan before is being carried out: the replica was paused at %s. Changes of a table that is new or changes its group are in no slot "+
				"that begins there, so the load has to be done again: abort and begin anew with this plan, or go on with the plan before.", state.Pause.LSN), nil
		}
		if state.Plan == changes.Previous && slices.ContainsFunc(slices.Collect(maps.Values(state.Tasks)), func(t verify.StateTask) bool { return t.StartedAt != nil }) {
			return "The plan before is being carried out: tasks of AWS DMS were started. A table that is new or changes its group is in no task that loads it, " +
				"so the load has to be done again: abort and begin anew with this plan, or go on with the plan before.", nil
		}
		if state.Plan == changes.Previous && state.Reached() != verify.Preflight && state.Reached() != verify.ReadyToPause {
			return "The plan before is being carried out: snapshots of the source were taken. Changes of a table that is new or changes its group are in no slot " +
				"that begins there, so the load has to be done again: abort and begin anew with this plan, or go on with the plan before.", nil
		}
	}
	return "", nil
}

// changeWords are for one line.
func changeWords(c planner.Changes) []string {
	words := []string{analyze.Count(c.Stayed, "table") + " in the same group"}
	for _, x := range []struct {
		n    int
		what string
	}{{len(c.Moved), "moved"}, {len(c.New), "new"}, {len(c.Gone), "gone"}} {
		words = append(words, fmt.Sprintf("%d %s", x.n, x.what))
	}
	return words
}

func (c *planCmd) readInventory(stdin io.Reader) (analyze.Inventory, error) {
	if c.Inventory == "-" {
		inv, err := analyze.Decode(stdin)
		if err != nil {
			return inv, hinted(err, inventoryHint)
		}
		return inv, nil
	}
	f, err := os.Open(c.Inventory)
	if err != nil {
		return analyze.Inventory{}, hinted(fmt.Errorf("reading the inventory: %w", err), inventoryHint)
	}
	defer f.Close()
	inv, err := analyze.Decode(f)
	if err != nil {
		return inv, hinted(fmt.Errorf("%s: %w", c.Inventory, err), inventoryHint)
	}
	return inv, nil
}

// readTimings reads what an earlier run measured: how long steps took from its state.json, and what the load's items took from timings.json beside that.
func (c *planCmd) readTimings(s streams, inv analyze.Inventory) ([]planner.Timing, error) {
	if c.Timings == "" {
		return nil, nil
	}
	const hint = "--timings takes the state.json that the scripts of an earlier load wrote, with the timings.json beside it; without it, assumed rates are used"
	f, err := os.Open(c.Timings)
	if err != nil {
		return nil, hinted(fmt.Errorf("reading the timings: %w", err), hint)
	}
	defer f.Close()
	state, err := verify.DecodeState(f)
	if err != nil {
		return nil, hinted(fmt.Errorf("%s: %w", c.Timings, err), hint)
	}
	beside := filepath.Join(filepath.Dir(c.Timings), verify.TimingsFile)
	var measured verify.Timings
	switch f, err := os.Open(beside); {
	case errors.Is(err, fs.ErrNotExist):
		if state.Load != nil || state.Full != nil {
			s.warn("there is no %s beside %s: of the load's speed it tells nothing", verify.TimingsFile, c.Timings)
		}
	case err != nil:
		return nil, hinted(fmt.Errorf("reading the timings: %w", err), hint)
	default:
		defer f.Close()
		if measured, err = verify.DecodeTimings(f); err != nil {
			return nil, hinted(fmt.Errorf("%s: %w", beside, err), "it is written by the scripts and never by hand; restore it, or move it away: assumed rates are used then")
		}
	}
	return timingsOf(state, measured, inv), nil
}

// timingsOf keeps what tells a rate, work that ended, and how long steps of the cutover took. A batch is of no single table and counts for the mean
// rate only.
func timingsOf(state verify.State, measured verify.Timings, inv analyze.Inventory) []planner.Timing {
	names := map[string]analyze.Name{}
	for _, t := range inv.Tables {
		names[t.Name.String()] = t.Name
	}
	var out []planner.Timing
	for _, t := range measured.Timings {
		if t.StartedAt == nil || t.EndedAt == nil {
			continue
		}
		out = append(out, planner.Timing{Kind: t.Kind, Table: names[t.Table], Bytes: t.Bytes, Seconds: t.EndedAt.Sub(*t.StartedAt).Seconds()})
	}
	for _, step := range slices.Sorted(maps.Keys(state.Steps)) {
		out = append(out, planner.Timing{Kind: "step", Step: step, Seconds: float64(state.Steps[step].Seconds)})
	}
	return out
}

func (c *planCmd) write(p planner.Plan, changes *planner.Changes, stdout io.Writer) error {
	var plan bytes.Buffer
	if err := p.Encode(&plan); err != nil {
		return fmt.Errorf("encoding the plan: %w", err)
	}
	if c.Output == "-" {
		if _, err := stdout.Write(plan.Bytes()); err != nil {
			return fmt.Errorf("writing the plan: %w", err)
		}
		return nil
	}
	report := render.Report
	if changes != nil {
		report = func(p planner.Plan) ([]byte, []byte, error) { return render.ReportAfter(p, *changes) }
	}
	markdown, html, err := report(p)
	if err != nil {
		return err
	}
	markdownPath, htmlPath := c.reports()
	files := []outFile{text(markdownPath, markdown), text(htmlPath, html), text(c.Output, plan.Bytes())} // the plan last: it is there only when its report is
	for _, f := range files[:2] {
		if f.path == c.Output {
			return misused(hinted(fmt.Errorf("the plan cannot be named %s: its report has that name", c.Output), "name it plan.json"))
		}
	}
	return writeWhole(files...)
}

// tell sums the plan up and lists what stands in its way.
func (c *planCmd) tell(p planner.Plan, s streams) error {
	bytes := int64(0)
	tables := 0
	for _, t := range p.Tables {
		if t.Handling.Arrives() {
			bytes += t.Bytes
			tables++
		}
	}
	if p.Options.Engine == planner.EnginePromote {
		s.note("%s with %s come along with the instance %s", analyze.Count(tables, "table"), planner.Size(bytes), p.Aurora.Source)
	} else {
		s.note("%s with %s in %s, %s to load, %s", analyze.Count(tables, "table"), planner.Size(bytes), analyze.Count(len(p.Groups), "slot group"),
			analyze.Count(len(p.Items), "piece"), analyze.Count(len(p.Builds), "build"))
	}
	var open []hazard.Finding
	count := map[hazard.Severity]int{}
	accepted := 0
	for _, f := range p.Findings {
		switch {
		case f.Accepted != "":
			accepted++
		default:
			count[f.Severity]++
			if f.Severity == hazard.Error {
				open = append(open, f)
			}
		}
	}
	const most = 20 // a screenful; plan.md has all of them
	for i, f := range open {
		if i == most {
			s.note("and %d more error hazards: see the report", len(open)-most)
			break
		}
		s.say(red, "hazard", fmt.Sprintf("%s %s: %s\n%s", f.Code, f.Subject, f.Detail, f.Remedy))
	}
	s.note("hazards: %s, %s, %s; %d accepted", analyze.Count(count[hazard.Error], "error"), analyze.Count(count[hazard.Warning], "warning"),
		analyze.Count(count[hazard.Note], "note"), accepted)
	if len(open) == 0 {
		return nil
	}
	return refused(hinted(fmt.Errorf("not accepted: %s", analyze.Count(len(open), "error hazard")),
		"remove the causes and analyze again, or take them on: paste into the configuration, and say why\n"+acceptLines(open)))
}

// acceptLines are ready for the configuration but for the reasons. JSON strings are YAML strings too.
func acceptLines(findings []hazard.Finding) string {
	var b strings.Builder
	b.WriteString("accept:")
	for _, f := range findings {
		subject, err := json.Marshal(f.Subject)
		if err != nil {
			panic("encoding a string: " + err.Error())
		}
		fmt.Fprintf(&b, "\n  - {code: %s, subject: %s, reason: \"\"}", f.Code, subject)
	}
	return b.String()
}
