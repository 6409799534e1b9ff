package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// knownGates are the gates that "pgcutover verify" has; a step may name one that is still to come.
var knownGates = []string{"preflight", "ready-to-pause", "paused", "loaded", "cdc-ready", "cdc", "cutover-ready", "cutover", "after"}

// mostTables is how many tables a list of the runbook shows; plan.md has them all.
const mostTables = 40

type runbookView struct {
	Database, From, To string
	DatabaseName       string
	Fingerprint        string
	Major, PGDump      int64 // of the source; major version that the client programs need at least, 0: unknown
	Copied, Slots      string
	Role               string
	Native, WayBack    bool
	Full, Replica      bool
	Aurora             bool  // the target of a full load
	Emptied            bool  // which is a read replica, promoted and emptied
	SubTasks           int64 // tables that a task reads at a time
	AWS                bool  // tasks of AWS DMS apply the changes
	After              bool  // rows are left that are looked at after the switch
	Snapshots          bool  // of the source, in place of a replica
	Managed            bool  // the target is RDS or Aurora
	Prompt             bool  // for the password of the subscriptions
	Bytes              string
	Workers            string
	Load, Pause        string // how long
	CatchUp            string // empty: not known
	WriteStop          string // how long nobody can write, and the phases that take most of it; empty: not known
	SourceWAL          string // held on the source; empty: not known
	ReplicaWAL         string
	TargetBytes        string // tables and indexes as large as on the source
	Restarts           []planner.SettingChange
	Groups             []runbookGroup
	InsertsOnly        []runbookTable
	InsertsOnlyMore    int64
	Structure          []runbookTable
	StructureMore      int64
	Phases             []phase
	Work               work
	Logins             []string
}

type runbookGroup struct {
	Slot, Bytes, Apply, Reason string
	Tables                     int64
}

type runbookTable struct{ Name, Reason string }

// work is how much there is to do, in words for people.
type work struct {
	Members, Items, Largest, Builds     string
	Roles, Extensions, Relaxed, Schemas string
	Deferred, Sequences, Keys           string
}

func workOf(p planner.Plan) work {
	pieces := make(map[analyze.Name]int)
	for _, it := range p.Items {
		for _, n := range it.Tables {
			pieces[n]++
		}
	}
	tables := slices.Clone(p.Tables)
	slices.SortStableFunc(tables, func(a, b planner.Table) int { return cmp.Compare(b.Bytes, a.Bytes) })
	var largest []string
	for _, t := range tables {
		if !t.Handling.Copied() || len(largest) == 3 {
			continue
		}
		s := fmt.Sprintf("%s with %s", t.Name, planner.Size(t.Bytes))
		if n := pieces[t.Name]; n > 1 {
			s += fmt.Sprintf(" in %d pieces", n)
		}
		largest = append(largest, s)
	}
	extensions := 0
	for _, e := range p.Extensions {
		if e.Create {
			extensions++
		}
	}
	kinds := make(map[planner.DeferredKind]int)
	var order []planner.DeferredKind
	for _, d := range p.Deferred {
		if kinds[d.Kind] == 0 {
			order = append(order, d.Kind)
		}
		kinds[d.Kind]++
	}
	deferred := make([]string, 0, len(order)+1)
	for _, k := range order {
		deferred = append(deferred, counted(kinds[k], string(k)))
	}
	if len(p.Relaxed) > 0 {
		deferred = append(deferred, counted(len(p.Relaxed), "NOT NULL"))
	}
	memberships := 0
	for _, m := range membersOf(p) {
		if native(p) {
			memberships++
			continue
		}
		memberships += map[string]int{"both": 2, "insert": 1}[m.Kind]
	}
	early, later := 0, len(p.Builds)
	for _, b := range p.Builds {
		if b.BeforeLoad {
			later--
			if b.Kind == planner.BuildConstraint || b.ReplicaIdentity {
				early++
			}
		}
	}
	sets := "sets"
	if native(p) {
		sets = "publications"
	}
	return work{
		Members: fmt.Sprintf("%s in the %s of %s, the markers included", counted(memberships, "membership"), sets, counted(len(p.Groups), "slot")),
		Items:   counted(len(p.Items), "copy"), Largest: strings.Join(largest, ", "), Builds: counted(later, "build"),
		Keys: counted(early, "key"), Roles: counted(len(p.Roles), "role"), Extensions: counted(extensions, "extension"), Relaxed: counted(len(p.Relaxed), "NOT NULL"),
		Schemas: counted(len(p.Schemas), "schema"), Deferred: strings.Join(deferred, ", "), Sequences: counted(len(p.Sequences), "sequence"),
	}
}

// counted is count for nouns that end in y, too: 2 copies, 3 policies.
func counted(n int, noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok && n != 1 && !strings.HasSuffix(noun, "ey") {
		return analyze.Count(n, stem+"ie")
	}
	return analyze.Count(n, noun)
}

// phase is the steps of one folder that follow each other.
type phase struct {
	Folder string // hold, release, resume and cdc stand for steps that follow what is not their neighbour by name
	Steps  []runbookStep
}

type runbookStep struct {
	Artifact
	Order  int64
	File   string // without its folder
	SQL    bool
	Where  string // the artifact's place
	Takes  string
	Verify bool // the gate is one that "pgcutover verify" has
	First  bool // a gate comes before it
	// Terraform is its command that follows, where Terraform makes what the script has written the variables of; empty: none does.
	Terraform string
}

func runbook(p planner.Plan, b Bundle) (Artifact, error) {
	if physical(p) {
		return promoteRunbook(p, b)
	}
	a := Artifact{Path: "RUNBOOK.md", Mode: 0o644, On: OnOperator, Title: "What to do, in which order"}
	v := runbookView{
		Database: analyze.Display(p.Source.Database), DatabaseName: p.Source.Database, From: serverText(p.Source.VersionNum, p.Source.Managed), To: "the target, which the plan was made without looking at",
		Fingerprint: p.Fingerprint(), Major: major(p.Source.VersionNum), PGDump: max(major(p.Source.VersionNum), major(p.Target.VersionNum), 1400) / 100,
		Slots: analyze.Count(len(p.Groups), "replication slot"), Role: p.Names.Role, Workers: analyze.Count(max(p.Options.Load.Workers, 1), "load worker"), Work: workOf(p),
		Load: planner.Span(p.Estimate.CopySeconds + p.Estimate.BuildSeconds), Pause: planner.Span(p.Estimate.PauseSeconds),
		Managed: p.Target.Managed != "", WriteStop: longestPhases(p.Estimate.WriteStop),
	}
	if p.Target.VersionNum > 0 {
		v.To = serverText(p.Target.VersionNum, p.Target.Managed)
	}
	if s := p.Estimate.CatchUpSeconds; s != nil {
		v.CatchUp = planner.Span(*s)
	}
	if n := p.Estimate.SourceWALBytes; n != nil {
		v.SourceWAL = planner.Size(*n)
	}
	if n := p.Estimate.ReplicaWALBytes; n != nil {
		v.ReplicaWAL = planner.Size(*n)
	}
	for _, s := range p.Settings {
		if s.Restart {
			s.From = cmp.Or(s.From, "(not known)")
			v.Restarts = append(v.Restarts, s)
		}
	}
	for _, r := range p.Roles {
		if r.Login {
			v.Logins = append(v.Logins, analyze.Display(r.Name))
		}
	}
	copied, bytes, onTarget := 0, int64(0), int64(0)
	for _, t := range p.Tables {
		if t.Handling.Copied() {
			copied++
			bytes += t.Bytes
			onTarget += t.Bytes + t.IndexBytes
		}
		row := runbookTable{t.Name.String(), t.Reason}
		switch {
		case t.Handling == planner.InsertsOnly:
			v.InsertsOnly = append(v.InsertsOnly, row)
		case t.Handling == planner.Structure && t.Kind != analyze.Partitioned:
			v.Structure = append(v.Structure, row)
		}
	}
	v.Copied, v.Bytes, v.TargetBytes = analyze.Count(copied, "table"), planner.Size(bytes), planner.Size(onTarget)
	v.InsertsOnly, v.InsertsOnlyMore = firstTables(v.InsertsOnly)
	v.Structure, v.StructureMore = firstTables(v.Structure)
	for _, g := range p.Groups {
		r := runbookGroup{Slot: g.Slot, Bytes: planner.Size(g.Bytes), Apply: applied(p), Reason: g.Reason, Tables: int64(len(g.Tables))}
		if g.BatchApply {
			r.Apply = "in batches"
		}
		v.Groups = append(v.Groups, r)
	}
	v.Full, v.Replica = full(p), paused(p)
	v.Aurora = v.Full && p.Target.Managed == "aurora"
	v.Emptied = p.Options.Emptied()
	if v.Full {
		v.SubTasks, v.Slots = int64(p.Options.Full.SubTasks), analyze.Count(len(p.Groups), "task")
	}
	v.Snapshots, v.AWS, v.After = p.Options.Snapshots(), len(p.DMS.Tasks) > 0, validatesAfter(p)
	if v.Native, v.WayBack = native(p), wayBack(p); v.Native {
		v.Prompt = p.Options.Native.Password == planner.PasswordPrompt
	}
	v.Phases = phasesOf(p, b)
	return a.fill("runbook/RUNBOOK.md.tmpl", v)
}

// longestPhases tells how long nobody can write, and which phases take the most of that.
func longestPhases(w planner.WriteStop) string {
	if len(w.Phases) == 0 {
		return ""
	}
	known := slices.DeleteFunc(slices.Clone(w.Phases), func(p planner.Phase) bool { return p.Seconds == nil })
	slices.SortStableFunc(known, func(a, b planner.Phase) int { return cmp.Compare(*b.Seconds, *a.Seconds) })
	var words []string
	for _, p := range known[:min(len(known), 3)] {
		words = append(words, p.Name+" "+planner.Span(*p.Seconds))
	}
	return fmt.Sprintf("%s; most of that are %s", w, strings.Join(words, ", "))
}

// applied is how changes are applied where no batches are made.
func applied(p planner.Plan) string {
	if native(p) {
		return "by transaction"
	}
	return "row by row"
}

func firstTables(ts []runbookTable) ([]runbookTable, int64) {
	if len(ts) <= mostTables {
		return ts, 0
	}
	return ts[:mostTables], int64(len(ts) - mostTables)
}

// phasesOf divides the steps.
func phasesOf(p planner.Plan, b Bundle) []phase {
	var out []phase
	for i, a := range b.Steps() {
		folder, file, _ := strings.Cut(a.Path, "/")
		if folder == "20-replica" && a.After != "" {
			folder = "resume"
		}
		if file == "41-ledger.sql" && !paused(p) { // it is made ready before the snapshots are taken, or the tasks are made
			folder = "30-target"
		}
		if folder == "40-load" && full(p) {
			folder = "builds"
		}
		if folder == "20-snapshots" {
			folder = map[bool]string{true: "hold", false: "release"}[a.Before != ""]
		}
		s := runbookStep{
			Artifact: a, Order: int64(i + 1), File: file, SQL: strings.HasSuffix(file, ".sql"), Takes: a.Minutes,
			Where: string(a.On), Verify: slices.Contains(knownGates, a.Gate), First: slices.Contains(knownGates, a.Before),
		}
		if s.Takes == "" {
			s.Takes = "seconds"
		}
		if folder == "50-cdc" && p.Options.CDC.Format == planner.FormatTerraform {
			s.Terraform = map[string]string{"dms/53-deploy.sh": "apply", "dms/58-delete.sh": "destroy"}[file]
		}
		if folder == "50-cdc" {
			folder = "cdc"
			if full(p) && a.Path != dmsFolder+"57-resume.sh" {
				folder = "full"
			}
			if n := len(out); n > 0 && out[n-1].Folder == "70-cutover" { // the tasks stop, and go
				folder = "70-cutover"
			}
		}
		if folder == "70-cutover" && !slices.ContainsFunc(out, func(p phase) bool { return p.Folder == "cdc" }) {
			out = append(out, phase{Folder: "cdc"})
		}
		if len(out) == 0 || out[len(out)-1].Folder != folder {
			out = append(out, phase{Folder: folder})
		}
		out[len(out)-1].Steps = append(out[len(out)-1].Steps, s)
	}
	return out
}
