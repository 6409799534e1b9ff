package render

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
	"github.com/pgcutover/pgcutover/templates"
)

// Report makes what a reviewer reads of a plan: plan.md for the pull request, and plan.html, one page that needs nothing
// outside it and runs no script. Both say the same.
func Report(p planner.Plan) (markdown, html []byte, err error) { return report(reportOf(p)) }

// ReportAfter is the report of a plan that follows another, with what changed since and why.
func ReportAfter(p planner.Plan, c planner.Changes) (markdown, html []byte, err error) {
	v := reportOf(p)
	v.Changes = changesOf(c)
	return report(v)
}

func report(v reportView) (markdown, html []byte, err error) {
	if markdown, err = execute("report/plan.md.tmpl", v); err != nil {
		return nil, nil, err
	}
	t, err := template.New("plan.html.tmpl").Option("missingkey=error").ParseFS(templates.FS, "report/plan.html.tmpl", htmlStyle)
	if err != nil {
		return nil, nil, fmt.Errorf("parsing template report/plan.html.tmpl: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return nil, nil, fmt.Errorf("filling template report/plan.html.tmpl: %w", err)
	}
	return markdown, b.Bytes(), nil
}

// htmlStyle is the part that pages of HTML have in common.
const htmlStyle = "report/style.html.tmpl"

// How much of a list a reader gets; the plan itself has the rest.
const (
	mostFindings = 12 // of one hazard
	mostMembers  = 12 // of a group
	mostItems    = 25
	mostNames    = 12
	mostMoves    = 100
)

type reportView struct {
	Title, Verdict, HazardSummary     string
	Facts, Times                      []pair
	WriteStop                         writeStopView
	Errors, Warnings, Notes, Accepted []hazardView
	BalanceText, WeightName           string
	Groups                            []groupView
	GroupChart, LaneChart             *chart
	DMS                               *dmsReport    // nil: another engine, or nothing to replicate
	Aurora                            *auroraReport // nil: no Aurora read replica is made
	Physical                          bool          // which becomes the target: nothing is copied, built or applied
	LoadText, BuildText, MoreItems    string
	Items                             []itemView
	Basis                             []string
	Settings                          []settingView
	Deferred                          []deferredView
	Relaxed                           []string
	Subscriptions, Back               []optionView // of the engine native
	NotCopied                         []textView
	Roles                             []roleView
	Extensions                        []extensionView
	SequenceText                      string
	Changes                           *changesView // nil: no plan was made before
}

// writeStopView is how long nobody can write, in words.
type writeStopView struct {
	Sum     string
	Phases  []settledView // name, length, reason
	Shorter []string
}

func writeStopOf(w planner.WriteStop) writeStopView {
	v := writeStopView{Sum: w.String(), Shorter: w.Shorter}
	for _, p := range w.Phases {
		took := "not known"
		if p.Seconds != nil {
			took = planner.Span(*p.Seconds)
		}
		v.Phases = append(v.Phases, settledView{p.Name, took, p.Reason})
	}
	return v
}

type optionView struct{ Name, Value, Reason string }

type changesView struct {
	Text        []string
	Lists       []textView
	Moves       []moveView
	MoreMoves   string
	Underway    string
	PreviousSum string
}

type moveView struct{ Table, From, To, Reason string }

func changesOf(c planner.Changes) *changesView {
	v := &changesView{PreviousSum: c.Previous, Underway: c.Underway}
	if c.Groups != "" {
		v.Text = append(v.Text, c.Groups)
	}
	v.Text = append(v.Text, fmt.Sprintf("%s in the same group, %d in another one; %d new, %d gone.", analyze.Count(c.Stayed, "table"), len(c.Moved), len(c.New), len(c.Gone)))
	if c.Items != "" {
		v.Text = append(v.Text, c.Items)
	}
	for _, m := range c.Moved[:min(len(c.Moved), mostMoves)] {
		v.Moves = append(v.Moves, moveView{m.Table.String(), strconv.Itoa(m.From), strconv.Itoa(m.To), analyze.Capital(m.Reason) + "."})
	}
	if n := len(c.Moved) - len(v.Moves); n > 0 {
		v.MoreMoves = fmt.Sprintf("And %d more.", n)
	}
	for _, l := range []struct {
		name  string
		names []analyze.Name
	}{{"New", c.New}, {"Gone", c.Gone}} {
		if len(l.names) > 0 {
			var texts []string
			for _, n := range l.names[:min(len(l.names), mostNames)] {
				texts = append(texts, n.String())
			}
			text := strings.Join(texts, ", ")
			if n := len(l.names) - len(texts); n > 0 {
				text += fmt.Sprintf(" and %d more", n)
			}
			v.Lists = append(v.Lists, textView{l.name, text})
		}
	}
	return v
}

type pair struct{ Name, Value string }

type textView struct{ Name, Text string }

type hazardView struct {
	Code, Title, Count, Why, Fix, More string
	Findings                           []hazard.Finding
}

type groupView struct {
	Slot, Tables, Weight, Bytes, Apply, Heaviest, Reason, BatchReason, More string
	Members                                                                 []textView
}

type itemView struct {
	Name, Bytes, Text string
	size              int64
}

type settingView struct{ On, Name, From, To, Effect, Reason string }

type deferredView struct{ Kind, Count, Names, Reason string }

type roleView struct{ Name, Login, Attributes, MemberOf, Dropped, Reason string }

type extensionView struct{ Name, Version, Target, Reason string }

func reportOf(p planner.Plan) reportView {
	v := reportView{Title: analyze.Display(p.Source.Database), Basis: p.Estimate.Basis, WriteStop: writeStopOf(p.Estimate.WriteStop)}
	tables := map[analyze.Name]*planner.Table{}
	copied, bytes, index, rows := 0, int64(0), int64(0), int64(0)
	for i := range p.Tables {
		t := &p.Tables[i]
		tables[t.Name] = t
		if t.Handling == planner.Physical {
			copied++
			bytes, index = bytes+t.Bytes, index+t.IndexBytes
			continue
		}
		if !t.Handling.Copied() {
			v.NotCopied = append(v.NotCopied, textView{t.Name.String(), string(t.Handling) + ", " + t.Reason + "."})
			continue
		}
		copied++
		bytes, index = bytes+t.Bytes, index+t.IndexBytes
		if t.Rows != nil {
			rows += max(*t.Rows, 0)
		}
	}
	v.hazards(p)
	v.Facts = []pair{
		{"Source", serverText(p.Source.VersionNum, p.Source.Managed) + ", database " + analyze.Display(p.Source.Database) + ", system identifier " + cmp.Or(p.Source.SystemIdentifier, "not known")},
		{"Target", targetText(p.Target)},
		{"To copy", fmt.Sprintf("%s, %s of rows and TOAST, %s of indexes, about %d rows", analyze.Count(copied, "table"), planner.Size(bytes), planner.Size(index), rows)},
		{"Slot groups", strconv.Itoa(len(p.Groups))},
		{"Pieces to load", piecesText(p)},
		{"Time", timeText(p)},
		{"Nobody can write for", writeStopOf(p.Estimate.WriteStop).Sum},
		{"Inventory", p.Inventory},
		{"Plan", p.Fingerprint()},
	}
	v.balance(p, tables)
	v.DMS, v.Aurora = dmsReportOf(p), auroraReportOf(p)
	if v.Physical = physical(p); v.Physical {
		v.Facts = slices.DeleteFunc(v.Facts, func(f pair) bool { return slices.Contains([]string{"Slot groups", "Pieces to load", "Time"}, f.Name) })
		for i := range v.Facts {
			if v.Facts[i].Name == "To copy" {
				v.Facts[i] = pair{"Moves", fmt.Sprintf("%s, %s of rows and TOAST, %s of indexes, and whatever else the instance has", analyze.Count(copied, "table"), planner.Size(bytes), planner.Size(index))}
			}
		}
	}
	v.load(p, tables, bytes)
	v.times(p)
	for _, s := range p.Settings {
		v.Settings = append(v.Settings, settingView{s.On, s.Name, cmp.Or(s.From, "not known"), s.To, effect(s.Restart), s.Reason})
	}
	v.deferred(p)
	for _, r := range p.Roles {
		v.Roles = append(v.Roles, roleView{analyze.Display(r.Name), yesNo(r.Login), strings.Join(r.Attributes, ", "), names(r.MemberOf), strings.Join(r.Dropped, ", "), r.Reason})
	}
	for _, e := range p.Extensions {
		v.Extensions = append(v.Extensions, extensionView{analyze.Display(e.Name), e.Version, e.Target, e.Reason})
	}
	v.SequenceText = "There are no sequences."
	if n := len(p.Sequences); n > 0 {
		v.SequenceText = fmt.Sprintf("With the rest: %s. A promotion may leave up to 32 values of each out.", analyze.Count(n, "sequence"))
	}
	if n := len(p.Sequences); n > 0 && !v.Physical {
		v.SequenceText = fmt.Sprintf("%s set at the cutover, each %d steps beyond the source's last value.", analyze.Count(n, "sequence")+isAre(n), p.Options.Cutover.SequenceMargin)
	}
	return v
}

func piecesText(p planner.Plan) string {
	if full(p) {
		return fmt.Sprintf("%d, and %s before and after", len(p.Items), analyze.Count(len(p.Builds), "build"))
	}
	return fmt.Sprintf("%d, then %s while the load runs", len(p.Items), analyze.Count(len(p.Builds), "build"))
}

// timeText is the figure that a reader plans a day by.
func timeText(p planner.Plan) string {
	switch {
	case full(p):
		return fmt.Sprintf("the full load takes about %s, the builds %s", planner.Span(p.Estimate.CopySeconds), planner.Span(p.Estimate.BuildSeconds))
	case p.Options.Snapshots():
		return "snapshots of the source are held for about " + planner.Span(p.Estimate.PauseSeconds)
	}
	return "the replica stands still for about " + planner.Span(p.Estimate.PauseSeconds)
}

func (v *reportView) hazards(p planner.Plan) {
	var kinds [4][]hazard.Finding // errors, warnings, notes, accepted
	for _, f := range p.Findings {
		switch {
		case f.Accepted != "":
			kinds[3] = append(kinds[3], f)
		case f.Severity == hazard.Error:
			kinds[0] = append(kinds[0], f)
		case f.Severity == hazard.Warning:
			kinds[1] = append(kinds[1], f)
		default:
			kinds[2] = append(kinds[2], f)
		}
	}
	for i, into := range []*[]hazardView{&v.Errors, &v.Warnings, &v.Notes, &v.Accepted} {
		*into = hazardViews(kinds[i])
	}
	errors := len(kinds[0])
	v.HazardSummary = fmt.Sprintf("%s, %s, %s; %d accepted. Each has a code: pgcutover explain CODE says more.",
		analyze.Count(errors, "error"), analyze.Count(len(kinds[1]), "warning"), analyze.Count(len(kinds[2]), "note"), len(kinds[3]))
	v.Verdict = "No error stands in the way. Read the warnings before approving."
	if errors > 0 {
		v.Verdict = fmt.Sprintf("Not to be carried out: %s is neither removed nor accepted with a reason.", analyze.Count(errors, "error"))
		if errors > 1 {
			v.Verdict = fmt.Sprintf("Not to be carried out: %d errors are neither removed nor accepted with a reason.", errors)
		}
	} else if len(kinds[1]) == 0 {
		v.Verdict = "Neither an error nor a warning stands in the way."
	}
}

// hazardViews gathers findings by code. A remedy stands with a finding only where it is more than the rule's own.
func hazardViews(findings []hazard.Finding) []hazardView {
	var out []hazardView
	for i := 0; i < len(findings); {
		j := i
		for j < len(findings) && findings[j].Code == findings[i].Code {
			j++
		}
		same := findings[i:j]
		i = j
		h := hazardView{Code: same[0].Code, Count: analyze.Count(len(same), "finding")}
		if r, ok := hazard.Lookup(h.Code); ok {
			h.Title, h.Why, h.Fix = r.Title, r.Why, r.Fix
		}
		for _, f := range same[:min(len(same), mostFindings)] {
			if f.Remedy == h.Fix {
				f.Remedy = ""
			}
			h.Findings = append(h.Findings, f)
		}
		if n := len(same) - len(h.Findings); n > 0 {
			h.More = fmt.Sprintf("and %d more in the plan", n)
		}
		out = append(out, h)
	}
	return out
}

func (v *reportView) balance(p planner.Plan, tables map[analyze.Name]*planner.Table) {
	v.BalanceText = p.Balance.Reason
	v.WeightName = map[string]string{planner.BySample: "Demand on an apply stream", planner.ByCounters: "Share of counted changes", planner.ByBytes: "Share of bytes"}[p.Balance.Weights]
	if p.Balance.GroupBound > 0 {
		v.BalanceText += fmt.Sprintf(" The heaviest group needs %s, the lower bound is %s: %s above it.", planner.Percent(p.Balance.GroupMax), planner.Percent(p.Balance.GroupBound), planner.Percent(p.Balance.GroupMax/p.Balance.GroupBound-1))
	}
	for _, g := range p.Groups {
		members := make([]*planner.Table, len(g.Tables))
		for i, n := range g.Tables {
			members[i] = tables[n]
		}
		slices.SortStableFunc(members, func(a, b *planner.Table) int {
			return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(b.Bytes, a.Bytes), a.Name.Compare(b.Name))
		})
		x := groupView{Slot: g.Slot, Tables: strconv.Itoa(len(g.Tables)), Weight: planner.Percent(g.Weight), Bytes: planner.Size(g.Bytes), Apply: applied(p),
			Heaviest: members[0].Name.String(), Reason: g.Reason, BatchReason: g.BatchReason}
		if g.BatchApply {
			x.Apply = "in batches"
			if p.Balance.Weights == planner.BySample { // what the balance and its bound are about
				x.Weight = fmt.Sprintf("%s (%s row by row)", planner.Percent(g.Load()), planner.Percent(g.Weight))
			}
		}
		for _, t := range members[:min(len(members), mostMembers)] {
			text := fmt.Sprintf("%s, %s", planner.Percent(t.Weight), planner.Size(t.Bytes))
			if p.Balance.Weights == planner.BySample {
				text += fmt.Sprintf(", %.4g changes a second", t.Rate)
			}
			if t.Handling == planner.InsertsOnly {
				text += ", inserts only: " + t.Reason
			}
			if t.BatchUnsafe != "" && !native(p) {
				text += ", no batches: " + t.BatchUnsafe
			}
			x.Members = append(x.Members, textView{t.Name.String(), text})
		}
		if n := len(members) - len(x.Members); n > 0 {
			x.More = fmt.Sprintf("and %d lighter tables", n)
		}
		v.Groups = append(v.Groups, x)
	}
	v.GroupChart = groupChart(p)
}

func (v *reportView) load(p planner.Plan, tables map[analyze.Name]*planner.Table, bytes int64) {
	workers := p.Options.Load.Workers
	v.LoadText = fmt.Sprintf("%s in %s, pulled by %s, the largest first: about %s of copying. No way of cutting and ordering takes less than %s.",
		planner.Size(bytes), analyze.Count(len(p.Items), "piece"), analyze.Count(workers, "worker"), planner.Span(p.Balance.LoadSeconds), planner.Span(p.Balance.LoadBound))
	if p.Full != nil {
		v.LoadText = fmt.Sprintf("%s, read by %s with up to %s each, the largest first: about %s for the task that takes longest. No way of cutting takes less than %s.",
			planner.Size(bytes), analyze.Count(len(p.Groups), "task"), analyze.Count(p.Options.Full.SubTasks, "table"), planner.Span(p.Balance.LoadSeconds), planner.Span(p.Balance.LoadBound))
	}
	if len(p.Items) == 0 {
		v.LoadText = "There is nothing to load."
	}
	kinds, early := map[planner.BuildKind]int{}, 0
	for _, b := range p.Builds {
		if b.BeforeLoad {
			early++
			continue
		}
		kinds[b.Kind]++
	}
	when := "Built as soon as their table is in"
	if full(p) {
		when = fmt.Sprintf("%s of keys and their indexes before the full load, on empty tables. Built between it and the changes that came meanwhile", analyze.Count(early, "build"))
	}
	v.BuildText = fmt.Sprintf(when+": %s, %s, %s of partitioned tables, statistics of %s.",
		analyze.Count(kinds[planner.BuildIndex], "index"), analyze.Count(kinds[planner.BuildConstraint], "constraint"), analyze.Count(kinds[planner.BuildAttach], "attachment"), analyze.Count(kinds[planner.BuildAnalyze], "table"))
	batches, batched := 0, 0
	ranges := map[analyze.Name]int{}
	for _, it := range p.Items {
		switch {
		case it.Range != nil:
			if ranges[it.Tables[0]]++; ranges[it.Tables[0]] > 1 {
				continue
			}
			t := tables[it.Tables[0]]
			v.Items = append(v.Items, itemView{t.Name.String(), planner.Size(t.Bytes), it.Reason + asText(t), t.Bytes})
		case len(it.Tables) > 1:
			batches++
			batched += len(it.Tables)
		default:
			v.Items = append(v.Items, itemView{it.Tables[0].String(), planner.Size(it.Bytes), it.Reason + asText(tables[it.Tables[0]]), it.Bytes})
		}
	}
	slices.SortStableFunc(v.Items, func(a, b itemView) int { return cmp.Compare(b.size, a.size) })
	var more []string
	if n := len(v.Items) - mostItems; n > 0 {
		v.Items = v.Items[:mostItems]
		more = append(more, analyze.Count(n, "smaller table"))
	}
	if batches > 0 {
		more = append(more, fmt.Sprintf("%s of %d tiny tables", analyze.Count(batches, "batch"), batched))
	}
	if len(more) > 0 {
		v.MoreItems = "And " + strings.Join(more, ", ") + "."
	}
	v.LaneChart = laneChart(p)
}

// asText tells why a table is not copied in binary form, where its columns are the reason.
func asText(t *planner.Table) string {
	if t.TextCopy == "" || t.TextCopy == planner.ConfiguredText {
		return ""
	}
	return " Copied as text: " + t.TextCopy + "."
}

func (v *reportView) times(p planner.Plan) {
	e := p.Estimate
	add := func(name, value string) { v.Times = append(v.Times, pair{name, value}) }
	if a := p.Aurora; physical(p) {
		if a.ReplicaSeconds != nil {
			add("Until the replica is there", planner.Span(*a.ReplicaSeconds))
		}
		add("Promotion", planner.Span(a.PromotionSeconds))
		if len(a.Readers) > 0 {
			add("Until the readers are there, after it", planner.Span(a.ReaderSeconds))
		}
		add("WAL held on the source", against(e.SourceWALBytes, e.SourceFreeBytes))
		return
	}
	if full(p) {
		add("Full load, all tasks", planner.Span(e.CopySeconds))
		add("Builds, while the tasks stand still", planner.Span(e.BuildSeconds))
	} else {
		add("Copies, beside the builds that overlap with them", planner.Span(e.CopySeconds))
		add("Builds after the last copy", planner.Span(e.BuildSeconds))
	}
	switch {
	case p.Options.Snapshots():
		add("Snapshots of the source are held", planner.Span(e.PauseSeconds))
	case paused(p):
		add("The replica stands still", planner.Span(e.PauseSeconds))
	}
	if len(p.Groups) > 0 {
		if e.CatchUpSeconds != nil {
			add("The slowest group catches up in", planner.Span(*e.CatchUpSeconds))
		} else {
			add("The slowest group catches up in", "not known, or never: see below")
		}
	}
	if e.WALBytesPerSecond != nil {
		add("WAL of the source", planner.Size(int64(*e.WALBytesPerSecond))+"/s")
	} else {
		add("WAL of the source", "not sampled")
	}
	add("WAL held on the source", against(e.SourceWALBytes, e.SourceFreeBytes))
	if paused(p) {
		add("WAL piled up on the replica", against(e.ReplicaWALBytes, e.ReplicaFreeBytes))
	}
	room := p.TargetBytes()
	add("Tables and indexes on the target", against(&room, p.Options.Target.FreeBytes))
}

// against compares what is needed with free disk.
func against(need, free *int64) string {
	switch {
	case need == nil && free == nil:
		return "not known"
	case need == nil:
		return "not known; " + planner.Size(*free) + " free"
	case free == nil:
		return planner.Size(*need) + "; free disk not known"
	}
	return fmt.Sprintf("%s of %s free (%s)", planner.Size(*need), planner.Size(*free), planner.Percent(float64(*need)/float64(max(*free, 1))))
}

func (v *reportView) deferred(p planner.Plan) {
	for i := 0; i < len(p.Deferred); {
		j := i
		for j < len(p.Deferred) && p.Deferred[j].Kind == p.Deferred[i].Kind {
			j++
		}
		var all []string
		for _, d := range p.Deferred[i:j] {
			switch d.Kind {
			case planner.DeferEventTrigger:
				all = append(all, analyze.Display(d.Name))
			case planner.DeferMatview:
				all = append(all, d.Table.String())
			default:
				all = append(all, analyze.Display(d.Name)+" on "+d.Table.String())
			}
		}
		v.Deferred = append(v.Deferred, deferredView{string(p.Deferred[i].Kind), strconv.Itoa(j - i), analyze.Some(all, mostNames), p.Deferred[i].Reason})
		i = j
	}
	if p.Native != nil {
		v.Subscriptions, v.Back = optionsOf(p.Native.Options), optionsOf(p.Native.Back)
	}
	for _, r := range p.Relaxed {
		v.Relaxed = append(v.Relaxed, r.Table.String()+"."+analyze.Display(r.Column))
	}
}

func optionsOf(options []planner.SubscriptionOption) []optionView {
	var out []optionView
	for _, o := range options {
		out = append(out, optionView{o.Name, cmp.Or(o.Value, "not said"), o.Reason})
	}
	return out
}

func names(raw []string) string {
	out := make([]string, len(raw))
	for i, s := range raw {
		out[i] = analyze.Display(s)
	}
	return strings.Join(out, ", ")
}

func serverText(version int, managed string) string {
	s := "PostgreSQL " + majorText(version)
	switch managed {
	case "rds":
		return s + " on RDS"
	case "aurora":
		return s + " on Aurora"
	}
	return s
}

func targetText(t planner.Target) string {
	if t.VersionNum == 0 {
		return "not looked at"
	}
	s := serverText(t.VersionNum, t.Managed) + ", database " + analyze.Display(t.Database)
	if t.SystemIdentifier != "" {
		s += ", system identifier " + t.SystemIdentifier
	}
	return s
}

func effect(restart bool) string {
	if restart {
		return "at a restart"
	}
	return "at a reload"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func isAre(n int) string { return plural(n, " is", " are") }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
