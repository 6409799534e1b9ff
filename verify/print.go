package verify

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
)

// Format is a way to print a report.
type Format string

// The formats.
const (
	Text   Format = "text"   // for people
	JSON   Format = "json"   // for programs: everything
	JUnit  Format = "junit"  // for CI systems
	GitHub Format = "github" // workflow commands that annotate a run
)

// Style is how the text form looks. The zero value suits every terminal and log.
type Style struct {
	Unicode bool // glyphs instead of words
	Colour  bool
	All     bool // a line for each object that passed too, and the evidence
}

// Print writes a report. Style matters to the text form only.
func (r Report) Print(w io.Writer, f Format, style Style) error {
	var b strings.Builder
	switch f {
	case Text:
		var text strings.Builder
		r.text(&text, style)
		b.WriteString(quiet(text.String()))
	case JSON:
		if err := r.json(&b); err != nil {
			return err
		}
	case JUnit:
		if err := r.junit(&b); err != nil {
			return err
		}
	case GitHub:
		r.github(&b)
	default:
		return fmt.Errorf("printing the report: there is no format %q", f)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// answered groups the results of one check.
type answered struct {
	check   Check
	results []Result
}

// byCheck has one entry for each check that answered, in order.
func (r Report) byCheck() (out []answered) {
	checks := map[string]Check{}
	for _, c := range r.Checks {
		checks[c.Code] = c
	}
	for _, res := range r.Results {
		if n := len(out); n == 0 || out[n-1].check.Code != res.Check {
			out = append(out, answered{check: checks[res.Check]})
		}
		last := &out[len(out)-1]
		last.results = append(last.results, res)
	}
	return out
}

var (
	glyphs  = map[Status]string{Pass: "✓", Warn: "‼", Fail: "✗", Skip: "–", Unknown: "?"}
	labels  = map[Status]string{Pass: "ok     ", Warn: "WARN   ", Fail: "FAIL   ", Skip: "skipped", Unknown: "UNKNOWN"}
	colours = map[Status]string{Pass: "\x1b[32m", Warn: "\x1b[33m", Fail: "\x1b[31m", Skip: "\x1b[2m", Unknown: "\x1b[35m"}
)

func (s Style) mark(st Status) string {
	m := labels[st]
	if s.Unicode {
		m = glyphs[st]
	}
	if s.Colour {
		m = colours[st] + m + "\x1b[0m"
	}
	return m
}

var byGravity = []Status{Fail, Unknown, Warn, Skip, Pass}

// manyOf is how many results of one check and status the text form shows before it says that there are more.
const manyOf = 50

func (r Report) text(b *strings.Builder, s Style) {
	family := Family("")
	checks, skipped := together(r.byCheck())
	for _, a := range checks {
		if a.check.Family != family {
			if family != "" {
				b.WriteByte('\n')
			}
			family = a.check.Family
			fmt.Fprintf(b, "%s\n", family)
		}
		shown, passed := map[Status]int{}, 0
		gravest := slices.Clone(a.results)
		slices.SortStableFunc(gravest, func(x, y Result) int { return slices.Index(byGravity, x.Status) - slices.Index(byGravity, y.Status) })
		for _, res := range gravest {
			if res.Status == Pass && res.Subject != "" && !s.All && len(a.results) > 3 {
				passed++
				continue
			}
			if shown[res.Status]++; shown[res.Status] > manyOf && !s.All {
				continue
			}
			s.line(b, res)
		}
		for _, st := range byGravity {
			if n := shown[st] - manyOf; n > 0 && !s.All {
				fmt.Fprintf(b, "  %s %s: %d more like these; --verbose or --format json shows them\n", s.mark(st), a.check.Code, n)
			}
		}
		if passed > 0 {
			fmt.Fprintf(b, "  %s %s: %s\n", s.mark(Pass), a.check.Code, passedText(a.check, passed, len(a.results)))
		}
	}
	for _, group := range skipped {
		first := group[0].results[0]
		codes := make([]string, len(group))
		for i, a := range group {
			codes[i] = a.check.Code
		}
		fmt.Fprintf(b, "\n%s %s: %s\n", s.mark(Skip), strings.Join(codes, ", "), indent(analyze.Visible(first.Detail)))
		if first.Hint != "" {
			fmt.Fprintf(b, "      %s %s\n", s.arrow(), indent(analyze.Visible(first.Hint)))
		}
	}
	code := map[int]Status{0: Pass, 1: Fail, 2: Unknown, 3: Unknown}[r.ExitCode()]
	fmt.Fprintf(b, "\n%s %s (%s)\n", s.mark(code), analyze.Visible(r.Verdict()), r.Took.Round(time.Millisecond*10))
}

func passedText(c Check, passed, all int) string {
	if passed == all || passed == all-1 {
		return fmt.Sprintf("%s (%d)", c.Title, passed)
	}
	return fmt.Sprintf("%d others passed", passed)
}

func (s Style) line(b *strings.Builder, res Result) {
	fmt.Fprintf(b, "  %s %s", s.mark(res.Status), res.Code)
	if res.Subject != "" {
		fmt.Fprintf(b, " %s", analyze.Visible(res.Subject))
	}
	fmt.Fprintf(b, ": %s\n", indent(analyze.Visible(res.Detail)))
	if s.All {
		for _, f := range res.Evidence {
			fmt.Fprintf(b, "      %s: %s\n", analyze.Visible(f.Name), indent(analyze.Visible(f.Value)))
		}
	}
	if res.Hint != "" && (res.Status == Fail || res.Status == Warn || res.Undecided) {
		fmt.Fprintf(b, "      %s %s\n", s.arrow(), indent(analyze.Visible(res.Hint)))
	}
}

func (s Style) arrow() string {
	if s.Unicode {
		return "→"
	}
	return "hint:"
}

// together takes out the checks that were skipped for one and the same reason, so that the reason is told once.
func together(all []answered) (rest []answered, skipped [][]answered) {
	reason := func(a answered) string {
		if res := a.results[0]; len(a.results) == 1 && res.Status == Skip && res.Undecided && res.Subject == "" {
			return res.Detail
		}
		return ""
	}
	groups := map[string][]answered{}
	for _, a := range all {
		groups[reason(a)] = append(groups[reason(a)], a)
	}
	for _, a := range all {
		why := reason(a)
		if why == "" || len(groups[why]) == 1 {
			rest = append(rest, a)
		} else if groups[why][0].check.Code == a.check.Code {
			skipped = append(skipped, groups[why])
		}
	}
	return rest, skipped
}

func indent(s string) string { return strings.ReplaceAll(s, "\n", "\n      ") }

// quiet takes from the text form what would be a command to a CI runner that reads the log: words of a server or names may bring
// one, alone or with what stands behind them. GitHub's takes lines that begin with two colons, and "##[" anywhere
// (actions/runner, ActionCommand.cs).
func quiet(s string) string {
	return logCommand.ReplaceAllString(strings.ReplaceAll(s, "##[", "## ["), "$1: :")
}

var logCommand = regexp.MustCompile(`(?m)^([\s\p{Z}]*)::`)

// ReportFormat is the version of the report's JSON form.
const ReportFormat = 1

func (r Report) json(b *strings.Builder) error {
	type result struct {
		Family Family  `json:"family"`
		Loss   bool    `json:"loss"`
		Took   float64 `json:"seconds"` // of the whole check
		Result
	}
	out := struct {
		Format    int             `json:"format"`
		Gate      Gate            `json:"gate"`
		Only      []string        `json:"only"`
		Plan      string          `json:"plan"`
		StartedAt string          `json:"started_at"`
		Seconds   float64         `json:"seconds"`
		ExitCode  int             `json:"exit_code"`
		Verdict   string          `json:"verdict"`
		Counts    map[string]int  `json:"counts"`
		Servers   []ServerSummary `json:"servers"`
		Results   []result        `json:"results"`
	}{
		Format: ReportFormat, Gate: r.Gate, Only: append([]string{}, r.Families...), Plan: r.Plan, StartedAt: r.StartedAt.Format(time.RFC3339),
		Seconds: seconds(r.Took), ExitCode: r.ExitCode(), Verdict: r.Verdict(), Servers: append([]ServerSummary{}, r.Servers...), Results: []result{},
		Counts: map[string]int{"undecided": r.Undecided()},
	}
	for _, st := range []Status{Pass, Warn, Fail, Skip, Unknown} {
		out.Counts[string(st)] = r.Count(st)
	}
	for _, a := range r.byCheck() {
		for _, res := range a.results {
			out.Results = append(out.Results, result{a.check.Family, a.check.Loss, seconds(res.Took), res})
		}
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	return nil
}

func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
	Skipped *junitMessage `xml:"skipped"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// junit makes a suite of each check and a case of each answer. What could not be decided is an error: CI systems count a
// skipped case as good.
func (r Report) junit(b *strings.Builder) error {
	all := junitSuites{Name: "pgcutover verify " + string(r.Gate), Time: fmt.Sprintf("%.3f", seconds(r.Took))}
	for _, a := range r.byCheck() {
		s := junitSuite{Name: a.check.Code + " " + a.check.Title, Timestamp: r.StartedAt.Format("2006-01-02T15:04:05"), Time: fmt.Sprintf("%.3f", seconds(a.results[0].Took))}
		for _, res := range a.results {
			name := res.Code
			if res.Subject != "" {
				name += " " + res.Subject
			}
			c := junitCase{Class: "pgcutover." + string(r.Gate) + "." + string(a.check.Family), Name: xmlText(name), Time: "0.000"}
			m := &junitMessage{Message: xmlText(res.Detail), Text: xmlText(res.explain())}
			s.Tests++
			switch {
			case res.Status == Fail:
				m.Type = res.Code
				c.Failure = m
				s.Failures++
			case res.Undecided:
				m.Type = "undecided"
				c.Error = m
				s.Errors++
			case res.Status == Skip || res.Status == Unknown:
				m.Text = ""
				c.Skipped = m
				s.Skipped++
			default:
				if res.Status == Warn {
					c.Output = "WARNING: "
				}
				c.Output += m.Message + "\n" + m.Text
			}
			s.Cases = append(s.Cases, c)
		}
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
		all.Suites = append(all.Suites, s)
	}
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(b)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	b.WriteByte('\n')
	return nil
}

// xmlText drops what XML 1.0 cannot hold.
func xmlText(s string) string {
	return strings.ToValidUTF8(analyze.Visible(s), "\uFFFD")
}

// explain is everything beyond the detail: evidence and hint, a line each.
func (r Result) explain() string {
	var b strings.Builder
	for _, f := range r.Evidence {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	if r.Hint != "" {
		fmt.Fprintf(&b, "hint: %s\n", r.Hint)
	}
	return b.String()
}

// github writes one workflow command for each answer that somebody has to read, and the verdict.
func (r Report) github(b *strings.Builder) {
	for _, res := range r.Results {
		level := ""
		switch {
		case res.Status == Fail, res.Undecided:
			level = "error"
		case res.Status == Warn:
			level = "warning"
		default:
			continue
		}
		title := res.Code
		if res.Subject != "" {
			title += " " + res.Subject
		}
		detail := res.Detail
		if res.Undecided {
			detail = "undecided: " + detail
		}
		if res.Hint != "" {
			detail += "\nhint: " + res.Hint
		}
		fmt.Fprintf(b, "::%s title=%s::%s\n", level, escapeProperty(analyze.Visible(title)), escapeData(analyze.Visible(detail)))
	}
	level := "notice"
	if r.ExitCode() != 0 {
		level = "error"
	}
	fmt.Fprintf(b, "::%s title=%s::%s\n", level, escapeProperty("pgcutover verify"), escapeData(analyze.Visible(r.Verdict())))
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace
)
