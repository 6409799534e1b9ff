package render

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
	"github.com/pgcutover/pgcutover/templates"
)

// Comparison shows the ways of moving a database side by side, as text for a terminal of 140 columns, Markdown, one page of HTML or JSON.
func Comparison(c planner.Comparison, format string) ([]byte, error) {
	switch format {
	case "json":
		var b bytes.Buffer
		if err := c.Encode(&b); err != nil {
			return nil, fmt.Errorf("encoding the comparison: %w", err)
		}
		return b.Bytes(), nil
	case "markdown":
		return execute("report/compare.md.tmpl", compareOf(c))
	case "html":
		t, err := template.New("compare.html.tmpl").Option("missingkey=error").ParseFS(templates.FS, "report/compare.html.tmpl", htmlStyle)
		if err != nil {
			return nil, fmt.Errorf("parsing template report/compare.html.tmpl: %w", err)
		}
		var b bytes.Buffer
		if err := t.Execute(&b, compareOf(c)); err != nil {
			return nil, fmt.Errorf("filling template report/compare.html.tmpl: %w", err)
		}
		return b.Bytes(), nil
	case "text":
		return compareOf(c).text(), nil
	}
	return nil, fmt.Errorf("a comparison has no format %q", format)
}

type compareView struct {
	Title   string
	Facts   string // one line about the database
	Verdict string // the way to go; empty: none
	Reason  string
	Changes []string
	Names   []string
	Rows    []compareRow
	Ways    []compareWay
	Basis   string
}

// compareRow is a line of the table: a cell for each way.
type compareRow struct {
	Name  string
	Cells []compareCell
}

// Sub reports whether the row belongs to the one above it.
func (r compareRow) Sub() bool { return strings.HasPrefix(r.Name, " ") }

// compareCell has a class where a colour says the same as its words.
type compareCell struct{ Text, Class string }

// compareWay is what the table has no room for.
type compareWay struct {
	Name, Title, Feasible, Class string
	Obstacles, StandIns          []string
	Stop, Duration               []settledView
	StopSum, DurationSum         string
	SameStop                     string // name of the way whose phases are these; Stop is then empty
	Shorter                      []string
	Load                         []pair
	Needs, Costs                 []string
	Hazards                      string
	Gravest, NotProven           []string
	WayBack                      string
	Planned                      bool
}

// dash stands in cells of ways that are not feasible, or of which there is no plan.
const dash = "–"

func compareOf(c planner.Comparison) compareView {
	v := compareView{
		Title:   analyze.Display(c.Source.Database),
		Facts:   fmt.Sprintf("%s to %s. %s, %s of rows and TOAST, %s of indexes; %s.", serverText(c.Source.VersionNum, c.Source.Managed), targetServer(c.Target), analyze.Count(c.Tables, "table"), planner.Size(c.Bytes), planner.Size(c.IndexBytes), rateText(c.WALRate)),
		Verdict: c.Recommendation.Way, Reason: c.Recommendation.Reason, Changes: c.Recommendation.Changes,
		Basis: "Figures are estimates from the inventory and from assumptions that the plan of each way names; the timings of a load and of a rehearsed cutover replace them (plan --timings). \"pgcutover explain CODE\" says more about a hazard.",
	}
	for i := range c.Ways {
		w := &c.Ways[i]
		v.Names = append(v.Names, w.Name)
		x := compareWayOf(w)
		for j := range c.Ways[:i] {
			if told(w) && reflect.DeepEqual(w.WriteStop.Phases, c.Ways[j].WriteStop.Phases) {
				x.SameStop, x.Stop = c.Ways[j].Name, nil
				break
			}
		}
		v.Ways = append(v.Ways, x)
	}
	row := func(name string, cell func(w *planner.Way) (text, class string)) {
		r := compareRow{Name: name}
		for i := range c.Ways {
			text, class := dash, ""
			if w := &c.Ways[i]; told(w) || name == feasibleRow {
				text, class = cell(w)
			}
			r.Cells = append(r.Cells, compareCell{text, class})
		}
		v.Rows = append(v.Rows, r)
	}
	plain := func(cell func(w *planner.Way) string) func(w *planner.Way) (string, string) {
		return func(w *planner.Way) (string, string) { return cell(w), "" }
	}
	row(feasibleRow, feasibleCell)
	row("Nobody can write for", plain(stopCell))
	row("  most of that", plain(func(w *planner.Way) string { return mostOf(w.WriteStop.Phases, 2) }))
	row("Until the cutover", plain(func(w *planner.Way) string { return spanOf(w.Duration.Seconds) }))
	row("  of that", plain(func(w *planner.Way) string { return mostOf(w.Duration.Phases, 3) }))
	row("Source: rows read", plain(func(w *planner.Way) string {
		if w.Load.Sessions == 0 {
			return "none"
		}
		return fmt.Sprintf("%s by %s", planner.Size(w.Load.Bytes), analyze.Count(w.Load.Sessions, "session"))
	}))
	row("  WAL decoded", plain(decodedCell))
	row("  WAL held", plain(func(w *planner.Way) string {
		if n := w.Load.WALBytes; n != nil && *n == 0 {
			return "none"
		}
		return against(w.Load.WALBytes, w.Load.WALFreeBytes)
	}))
	row("  vacuum held back", plain(func(w *planner.Way) string {
		if w.Load.VacuumSeconds == 0 {
			return "no"
		}
		return "for " + planner.Span(w.Load.VacuumSeconds)
	}))
	row("  restarts", plain(restartCell))
	row("Beside the servers", plain(func(w *planner.Way) string { return cmp.Or(strings.Join(w.Beside, "; "), "nothing") }))
	row("Hazards", plain(func(w *planner.Way) string { return hazardWords(w.Risks) }))
	row("  gravest", plain(func(w *planner.Way) string {
		var codes []string
		for _, f := range w.Risks.Gravest {
			codes = append(codes, f.Code)
		}
		return cmp.Or(strings.Join(codes, ", "), "none")
	}))
	row("Way back", plain(func(w *planner.Way) string { return w.WayBack.Words }))
	return v
}

// told reports whether figures are shown: of a way that is not feasible they would only distract.
func told(w *planner.Way) bool { return w.Planned && w.Feasible != planner.Impossible }

const feasibleRow = "Feasible?"

func feasibleCell(w *planner.Way) (text, class string) {
	switch w.Feasible {
	case planner.Possible:
		return "yes", "good"
	case planner.Blocked:
		return "not yet" + codesOf(w), "warning"
	}
	return "no" + codesOf(w), "error"
}

func codesOf(w *planner.Way) string {
	var codes []string
	for _, o := range w.Obstacles {
		if o.Code != "" {
			codes = append(codes, o.Code)
		}
	}
	if len(codes) == 0 {
		return ""
	}
	return ": " + analyze.Some(codes, 3)
}

// stopCell leaves the switch out, which every way has.
func stopCell(w *planner.Way) string {
	if len(w.WriteStop.Phases) == 0 {
		return "not known"
	}
	s := planner.Span(w.WriteStop.Seconds)
	if slices.ContainsFunc(w.WriteStop.Open(), func(name string) bool { return name != planner.StopSwitch }) {
		return "at least " + s
	}
	return s
}

// mostOf are the longest phases, and those of which nobody knows how long they are.
func mostOf(phases []planner.Phase, most int) string {
	known := slices.DeleteFunc(slices.Clone(phases), func(p planner.Phase) bool { return p.Seconds == nil })
	slices.SortStableFunc(known, func(a, b planner.Phase) int { return cmp.Compare(*b.Seconds, *a.Seconds) })
	var words []string
	for _, p := range known[:min(len(known), most)] {
		words = append(words, p.Name+" "+planner.Span(*p.Seconds))
	}
	for _, p := range phases {
		if p.Seconds == nil && p.Name != planner.StopSwitch {
			words = append(words, p.Name+" not known")
		}
	}
	return strings.Join(words, "; ")
}

func decodedCell(w *planner.Way) string {
	if w.Load.Slots == 0 {
		return "none"
	}
	s := "by " + analyze.Count(w.Load.Slots, "slot")
	if r := w.Load.DecodedBytesPerSecond; r != nil {
		s = planner.Size(int64(*r)) + "/s " + s
	}
	return s
}

func restartCell(w *planner.Way) string {
	if len(w.Load.Restarts) == 0 {
		return "none"
	}
	s := "1, for " + analyze.Count(len(w.Load.Restarts), "setting")
	if len(w.Load.StandbyRestarts) > 0 {
		s += "; standbys first"
	}
	return s
}

func hazardWords(r planner.Risks) string {
	s := fmt.Sprintf("%s, %s, %s", analyze.Count(r.Errors, "error"), analyze.Count(r.Warnings, "warning"), analyze.Count(r.Notes, "note"))
	if r.Accepted > 0 {
		s += fmt.Sprintf("; %d accepted", r.Accepted)
	}
	return s
}

func spanOf(s *float64) string {
	if s == nil {
		return "not known"
	}
	return planner.Span(*s)
}

func rateText(r *float64) string {
	if r == nil {
		return "rates were not sampled"
	}
	return planner.Size(int64(*r)) + "/s of WAL"
}

func targetServer(t planner.Target) string {
	if t.VersionNum == 0 {
		return "a target that was not looked at"
	}
	return serverText(t.VersionNum, t.Managed)
}

func phasesView(phases []planner.Phase) []settledView {
	var out []settledView
	for _, p := range phases {
		out = append(out, settledView{p.Name, spanOf(p.Seconds), p.Reason})
	}
	return out
}

func compareWayOf(w *planner.Way) compareWay {
	x := compareWay{
		Name: w.Name, Title: w.Title, StandIns: w.StandIns, Planned: told(w),
		Stop: phasesView(w.WriteStop.Phases), StopSum: w.WriteStop.String(), Shorter: w.WriteStop.Shorter,
		Duration: phasesView(w.Duration.Phases), DurationSum: spanOf(w.Duration.Seconds),
		Needs: w.Needs, Costs: w.Costs, Hazards: hazardWords(w.Risks) + ".", NotProven: w.Risks.NotProven, WayBack: w.WayBack.Text,
	}
	x.Feasible, x.Class = feasibleCell(w)
	for _, o := range w.Obstacles {
		s := o.Text
		if o.Count > 1 {
			s += fmt.Sprintf(" %d findings in all.", o.Count)
		}
		if o.Code != "" {
			s = o.Code + ": " + s
		}
		if o.Remedy != "" {
			s += " Remedy: " + o.Remedy
		}
		x.Obstacles = append(x.Obstacles, s)
	}
	for _, f := range w.Risks.Gravest {
		if f.Severity == hazard.Error && slices.ContainsFunc(w.Obstacles, func(o planner.Obstacle) bool { return o.Code == f.Code }) {
			continue // said among the obstacles
		}
		x.Gravest = append(x.Gravest, fmt.Sprintf("%s (%s): %s: %s", f.Code, f.Severity, f.Subject, f.Detail))
	}
	if !told(w) {
		return x
	}
	if n := len(w.Load.Restarts); n > 0 {
		x.Load = append(x.Load, pair{"Restart of the source", strings.Join(w.Load.Restarts, ", ")})
	}
	if n := len(w.Load.StandbyRestarts); n > 0 {
		x.Load = append(x.Load, pair{"Restart of its standbys, before", strings.Join(w.Load.StandbyRestarts, ", ")})
	}
	return x
}

// Columns of the text. A label and five ways fit into 137.
const (
	labelWidth = 21
	cellWidth  = 21
	textWidth  = 120
)

func (v compareView) text() []byte {
	var b strings.Builder
	say := func(indent, text string) {
		for i, line := range wrap(analyze.Visible(text), textWidth-len(indent)) {
			if i > 0 && strings.HasPrefix(strings.TrimLeft(indent, " "), "- ") {
				indent = strings.Repeat(" ", len(indent))
			}
			b.WriteString(strings.TrimRight(indent+line, " ") + "\n")
		}
	}
	say("", "Ways to move "+v.Title)
	say("", v.Facts)
	b.WriteString("\n")
	say("", cmp.Or(prefixed("Recommended: ", v.Verdict), "Recommended: none"))
	say("  ", v.Reason)
	if len(v.Changes) > 0 {
		b.WriteString("\n")
		say("", "What would change that")
		for _, s := range v.Changes {
			say("  - ", s)
		}
	}
	b.WriteString("\n")
	v.table(&b)
	b.WriteString("\n")
	say("", "To how long nobody can write comes the switch of the application, which is its own.")
	for _, w := range v.Ways {
		b.WriteString("\n")
		say("", fmt.Sprintf("%s: %s", w.Name, w.Title))
		list := func(name string, lines []string) {
			if len(lines) == 0 {
				return
			}
			say("  ", name)
			for _, s := range lines {
				say("    - ", s)
			}
		}
		list("In the way", w.Obstacles)
		list("Assumed", w.StandIns)
		if !w.Planned {
			continue
		}
		var stop, until []string
		for _, p := range w.Stop {
			stop = append(stop, fmt.Sprintf("%s, %s: %s", p.What, p.Value, p.Reason))
		}
		for _, p := range w.Duration {
			until = append(until, fmt.Sprintf("%s, %s: %s", p.What, p.Value, p.Reason))
		}
		if list("Nobody can write for "+w.StopSum, stop); w.SameStop != "" {
			say("  ", fmt.Sprintf("Nobody can write for %s: phase by phase as with %s", w.StopSum, w.SameStop))
		}
		list("What would make that shorter", w.Shorter)
		list("Until the cutover: "+w.DurationSum, until)
		for _, p := range w.Load {
			say("  ", p.Name+": "+p.Value)
		}
		list("Needs", w.Needs)
		list("Hazards: "+w.Hazards, w.Gravest)
		list("Not proven before", w.NotProven)
		list("Way back", []string{w.WayBack})
		list("Costs", w.Costs)
	}
	b.WriteString("\n")
	say("", v.Basis)
	return []byte(b.String())
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// table writes the rows, each cell wrapped in its column.
func (v compareView) table(b *strings.Builder) {
	line := func(label string, cells []string) {
		columns := [][]string{wrap(label, labelWidth)}
		if strings.HasPrefix(label, "  ") {
			columns[0] = []string{label}
		}
		for _, c := range cells {
			columns = append(columns, wrap(analyze.Visible(c), cellWidth))
		}
		lines := 0
		for _, c := range columns {
			lines = max(lines, len(c))
		}
		for i := range lines {
			var s strings.Builder
			for j, c := range columns {
				width, text := cellWidth, ""
				if j == 0 {
					width = labelWidth
				} else {
					s.WriteString("  ")
				}
				if i < len(c) {
					text = c[i]
				}
				s.WriteString(text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text))))
			}
			b.WriteString(strings.TrimRight(s.String(), " ") + "\n")
		}
	}
	line("", v.Names)
	b.WriteString(strings.Repeat("-", labelWidth+len(v.Names)*(cellWidth+2)) + "\n")
	for _, r := range v.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, c.Text)
		}
		line(r.Name, cells)
	}
}

// wrap breaks a text at blanks into lines of so many characters; a longer word gets a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}
