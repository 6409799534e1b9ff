package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// ManifestCommand is a line that a person types at the restart of a slot, in the directory of the bundle.
type ManifestCommand struct {
	Words []string `json:"words"`          // a script's path comes first
	Here  bool     `json:"here,omitempty"` // the script is in the directory of the restart, not in the bundle
	On    Place    `json:"on"`
	Gate  string   `json:"gate"` // the verify gate that follows; empty: none
}

// adoptScript passes what is under way on to another plan.
const adoptScript = "adopt.sh"

// restartStep is one step as RESTART.md tells it.
type restartStep struct {
	ManifestCommand
	Number              int64
	Title, Takes, Fails string
	Apply               bool // terraform is to apply what it wrote
}

// Line is the command on one line, for people.
func (s restartStep) Line() string {
	line := strings.Join(s.Words, " ")
	if s.Here {
		line = "$RESTART/" + line
	}
	return line
}

// Where is what it is run against.
func (s restartStep) Where() string { return string(s.On) }

// Script tells a file of the bundle from a command.
func (s restartStep) Script() bool { return strings.HasSuffix(s.Words[0], ".sh") }

type restartTable struct {
	Name, Handling, Rows, Bytes, Indexes string
	Pieces                               int64
}

type restartReference struct{ Name, From, To, Slot string }

type restartPage struct {
	Database, Slot, Plan, Running string // Running is empty where no other plan takes over
	Native, Snapshots             bool
	Group, Marker, Apply          string
	Summary                       []pair
	Tables                        []restartTable
	MoreTables                    int64
	References                    []restartReference
	MoreReferences                int64
	Changes                       []planner.TaskChange
	Steps                         []restartStep
	SQL, SQLSum                   string
	LogGroup, LogStream           string
	Others                        []string // slots
}

// RenderRestart makes what a reviewer signs off before the tables of one slot are loaded anew while the others go on: the steps in order with their
// exact arguments, and what they mean. slot is a name or a number. With running, the plan that is being carried out, p takes its place.
//
// Errors are a [planner.EngineError], a [planner.GroupError], and a [planner.SuccessorError] where p cannot take the place of the running plan, which
// includes that it would have a task in another stack.
func RenderRestart(p planner.Plan, slot string, running *planner.Plan) (Bundle, error) {
	if !planner.BySlots.Have(p.Options.Engine) {
		return nil, &planner.EngineError{Engine: p.Options.Engine}
	}
	g, err := p.GroupOf(slot)
	if err != nil {
		return nil, err
	}
	v := restartPage{
		Database: analyze.Display(p.Source.Database), Slot: g.Slot, Plan: p.Fingerprint(), Native: native(p), Snapshots: p.Options.Snapshots(),
		Group: fmt.Sprint(g.Number), Marker: g.Marker.String(), Apply: applied(p),
	}
	if running != nil {
		if v.Changes, err = planner.Succeed(*running, p, strconv.Itoa(g.Number)); err != nil {
			return nil, err
		}
		moved, err := movedTasks(*running, p)
		if err != nil {
			return nil, err
		}
		if len(moved) > 0 {
			return nil, &planner.SuccessorError{Slot: g.Slot, Differences: moved}
		}
		if v.Running = running.Fingerprint(); v.Running == v.Plan {
			v.Running = "" // it is the same plan
		}
	}
	if g.BatchApply {
		v.Apply = "in batches"
	}
	for _, o := range p.Groups {
		if o.Number != g.Number {
			v.Others = append(v.Others, o.Slot)
		}
	}
	if len(p.DMS.Tasks) > 0 {
		v.LogGroup, v.LogStream = "dms-tasks-"+p.DMS.InstanceIdentifier(), "dms-task-"+p.DMS.ResourceID(p.DMS.Tasks[g.Number-1])
	}
	bundle, err := Render(p)
	if err != nil {
		return nil, err
	}
	v.SQL = "restart-" + g.Slot + ".sql"
	sql, ok := bundle.Artifact("80-recovery/" + v.SQL)
	if !ok {
		return nil, fmt.Errorf("rendering the restart of %s: the bundle has no %s", g.Slot, v.SQL)
	}
	sql.Path, sql.Title, v.SQLSum = v.SQL, "What 82-restart-slot.sh runs on the target: the same file as in 80-recovery of the bundle, to be read here", sum(sql.Body)
	out := Bundle{sql}

	r := p.RestartOf(g)
	v.Summary = restartSummary(p, r)
	v.tables(p, r)
	v.Steps = restartSteps(p, r, v.Running != "")
	if v.Running != "" {
		a := Artifact{
			Path: adoptScript, Mode: 0o755, On: OnOperator,
			Title: "Let state.json and the ledger pass from the running plan to the one that this restart is made of",
			Needs: "the bundle of the new plan is rendered", Rerun: "says that it is done",
		}
		if a, err = a.fill("shell/adopt.sh.tmpl", struct {
			Head           head
			Slot, From, To string
			Schema         string
		}{headOf(a), g.Slot, v.Running, v.Plan, p.Names.Schema}); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	page := Artifact{Path: "RESTART.md", Mode: 0o644, On: OnOperator, Title: "What the restart of " + g.Slot + " does and means, step by step"}
	if page, err = page.fill("runbook/RESTART.md.tmpl", v); err != nil {
		return nil, err
	}
	out = append(out, page)
	out.sort()
	m := manifestOf(p, out)
	m.Restart, m.Running = g.Slot, v.Running
	for _, s := range v.Steps {
		m.Commands = append(m.Commands, s.ManifestCommand)
	}
	seal, err := m.artifact("Index and seal of the restart")
	if err != nil {
		return nil, err
	}
	out = append(out, seal)
	out.sort()
	return out, nil
}

// movedTasks tells whose task the next plan has in another CloudFormation stack than the running one, or in none. Tasks are packed into templates by
// their size, so that the settings of one may move others; and a stack deletes what its new template lacks, be it running.
func movedTasks(running, next planner.Plan) (out []string, err error) {
	if running.Options.CDC.Format != planner.FormatCloudFormation {
		return nil, nil
	}
	_, was, _, err := dmsResources(running)
	if err != nil {
		return nil, err
	}
	_, is, _, err := dmsResources(next)
	if err != nil {
		return nil, err
	}
	for i, g := range next.Groups {
		if a, b := cmp.Or(was[i].Name, "none"), cmp.Or(is[i].Name, "none"); a != b {
			out = append(out, fmt.Sprintf("stack of the task of %s: %s in the running plan, %s in the new one, and CloudFormation would delete the task", g.Slot, a, b))
		}
	}
	return out, nil
}

func restartSummary(p planner.Plan, r planner.Restart) []pair {
	unknown := "not known"
	size := func(n *int64) string {
		if n == nil {
			return unknown
		}
		return planner.Size(*n)
	}
	workers := analyze.Count(max(p.Options.Load.Workers, 1), "worker")
	out := []pair{{"Copies, by the rates of the plan, with the indexes in place", fmt.Sprintf("%s with %s", planner.Span(r.LoadSeconds), workers)}}
	if p.Options.Snapshots() {
		out = append(out, pair{"The new snapshot is held on the source", planner.Span(r.PauseSeconds)})
	} else {
		out = append(out, pair{"The replica stands still again, comparison of the rows included", planner.Span(r.PauseSeconds)})
	}
	catchUp := unknown + ", or never: see plan.md"
	if r.CatchUpSeconds != nil {
		catchUp = planner.Span(*r.CatchUpSeconds)
	}
	out = append(out, pair{"Then the slot catches up in", catchUp}, pair{"WAL that the new slot keeps on the source until then", size(r.SourceWALBytes)})
	if !p.Options.Snapshots() {
		out = append(out, pair{"WAL that piles up on the paused replica", size(r.ReplicaWALBytes)})
	}
	return out
}

func (v *restartPage) tables(p planner.Plan, r planner.Restart) {
	pieces := map[analyze.Name]int64{}
	for _, it := range r.Items {
		for _, n := range it.Tables {
			pieces[n]++
		}
	}
	var ours []planner.Table
	for _, t := range p.Tables {
		if t.Group == r.Group.Number {
			ours = append(ours, t)
		}
	}
	slices.SortStableFunc(ours, func(a, b planner.Table) int { return cmp.Compare(b.Bytes, a.Bytes) })
	for _, t := range ours[:min(len(ours), mostTables)] {
		rows := "not known"
		if t.Rows != nil {
			rows = fmt.Sprint(*t.Rows)
		}
		v.Tables = append(v.Tables, restartTable{t.Name.String(), string(t.Handling), rows, planner.Size(t.Bytes), planner.Size(t.IndexBytes), pieces[t.Name]})
	}
	v.MoreTables = int64(len(ours) - len(v.Tables))
	for _, x := range r.References[:min(len(r.References), mostTables)] {
		slot := "no slot"
		if x.Other > 0 {
			slot = p.Groups[x.Other-1].Slot
		}
		v.References = append(v.References, restartReference{analyze.Display(x.Name), x.From.String(), x.To.String(), slot})
	}
	v.MoreReferences = int64(len(r.References) - len(v.References))
}

// restartSteps are the steps in order (the order of a restart is what loses rows when it is wrong: the slot before the pause, the pause before
// the copy, the task at the position of the pause).
func restartSteps(p planner.Plan, r planner.Restart, adopting bool) []restartStep {
	slot := r.Group.Slot
	var out []restartStep
	add := func(on Place, gate, title, takes, fails string, words ...string) {
		out = append(out, restartStep{ManifestCommand: ManifestCommand{Words: words, On: on, Gate: gate}, Number: int64(len(out) + 1), Title: title, Takes: cmp.Or(takes, "seconds"), Fails: fails})
	}
	load := planner.Span(r.LoadSeconds)
	dms := len(p.DMS.Tasks) > 0
	if dms {
		add(OnAWS, "", "Stop the task, where it still runs", "minutes", "look at the task in the console; nothing else may read the slot", dmsFolder+"56-stop.sh", slot)
		what := "Delete the task: it never takes another position"
		if p.Options.CDC.Format == planner.FormatCLI {
			what += ". Its source endpoint goes too, and is made anew with the task"
		}
		add(OnAWS, "", what, "minutes", "run it again: it deletes what is left. The other tasks stay as they are", dmsFolder+"58-delete.sh", "--slot", slot, "--yes")
		if p.Options.CDC.Format == planner.FormatTerraform {
			last := &out[len(out)-1]
			last.Apply, last.Fails = true, "it ends with 1 until the task is gone: apply, then run it again, which deletes a task that Terraform does not hold. The other tasks stay as they are"
		}
	}
	if adopting {
		add(OnOperator, "", "Render the bundle of the new plan in place of the running one's, and read the difference in version control", "", "plan.json has to be the new plan; nothing is changed on any server", "pgcutover", "render", "../plan.json", "-o", ".")
		add(OnOperator, "", "Let state.json and the ledger pass to the new plan", "", "run it again. Until it is done every script of the new bundle refuses; the running plan's bundle, rendered again, goes on as before", adoptScript, "--yes")
		out[len(out)-1].Here = true
	}
	what := "Drop the slot and make it anew, pause the replica at a new position, empty the slot's tables and load them"
	if p.Options.Snapshots() {
		what = "Drop the slot and make it anew with a snapshot, empty the slot's tables and load them"
	}
	add(OnOperator, "loaded", what, "about "+load, "mend what it says and run it again: it goes on where it stopped. It refuses before it changes anything, and while it is under way no other script reads from the slot",
		"80-recovery/82-restart-slot.sh", slot, "--yes")
	if p.Options.Snapshots() {
		add(OnSource, "", "Release the snapshot", "", "it refuses while copies are missing", "20-snapshots/22-release.sh", slot)
	} else {
		add(OnReplica, "", "Resume the replica", "", "run it again; until it is done the replica piles up WAL", "20-replica/22-resume.sh")
	}
	if !dms {
		add(OnTarget, "cdc-ready", "Make the slot's subscription, disabled, at its own position", "", "those of the other slots are there and stay", "50-cdc/native/51-subscriptions.sh")
		add(OnTarget, "cdc", "Enable it", "", "the target's log says why a subscription does not go on", "50-cdc/native/52-enable.sh")
		return out
	}
	if p.Options.CDC.TrimSlots {
		add(OnSource, "", "Advance the new slot to its position", "as long as decoding takes from the slot's creation to the pause", "a slot never goes back: where it stands beyond its position, begin this restart anew", dmsFolder+"52-trim.sh", slot)
	}
	add(OnAWS, "", "Make the slot's task, stopped, at its own position", "minutes", "run it again; tasks that are there are left alone", dmsFolder+"53-deploy.sh")
	out[len(out)-1].Apply = p.Options.CDC.Format == planner.FormatTerraform
	add(OnAWS, "cdc-ready", "Have AWS DMS test the endpoints", "minutes", "see what AWS DMS says", dmsFolder+"54-test-connections.sh")
	add(OnAWS, "cdc", "Start the task, once in its life", "minutes", "its log says why; once it has run: "+dmsFolder+"57-resume.sh "+slot, dmsFolder+"55-start.sh", slot)
	return out
}
