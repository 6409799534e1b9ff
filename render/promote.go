package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// physical reports whether the target is the promoted read replica of the source.
func physical(p planner.Plan) bool { return p.Options.Engine == planner.EnginePromote }

// promoteView is what the templates of the engine promote see.
type promoteView struct {
	auroraView
	Rights    rights
	Schema    string
	Role      string
	Native    bool   // of templates that are of each engine
	Promotion string // how long it takes
}

func promoteViewOf(p planner.Plan) promoteView {
	return promoteView{auroraView: auroraViewOf(p), Rights: rightsOf(p, OnSource), Schema: p.Names.Schema, Role: p.Names.Role, Promotion: planner.Span(p.Aurora.PromotionSeconds)}
}

// fillPromote renders each artifact of the engine promote.
func fillPromote(p planner.Plan, as []Artifact) ([]Artifact, error) {
	v := promoteViewOf(p)
	return fillAll(p, as, func(a Artifact) any {
		v.Head, v.Guard = headOf(a), guardOf(p, a)
		return v
	})
}

// promoteSource makes 10-source.
func promoteSource(p planner.Plan) ([]Artifact, error) {
	return fillPromote(p, []Artifact{
		{
			Path: "10-source/11-preflight.sh", Mode: 0o755, On: OnSource, Step: true,
			Title: "Look for whatever would stop the migration on the source",
			Rerun: "as often as you like: it only reads",
			Fails: "it lists everything at once, each with its remedy", Gate: "preflight",
		},
		{
			Path: "10-source/14-marker.sql", Mode: 0o644, On: OnSource, Step: true,
			Title: "Create the marker by which the replica is known and the drain is proven",
			Fails: "it is one transaction: nothing is left of it", Rerun: "keeps the table and its rows", Undo: "80-recovery/81-abort.sh",
		},
	})
}

// promoteCutover makes 70-cutover.
func promoteCutover(p planner.Plan) ([]Artifact, error) {
	out := []Artifact{
		{
			Path: "70-cutover/71-freeze.sh", Mode: 0o755, On: OnSource, Step: true,
			Title:  "Cut the application off from the source and prove that nothing writes any more",
			Before: "cutover-ready",
			Needs:  "the replica is near the source (22-catch-up.sh), jobs and connection pools are stopped; the downtime of writes begins here",
			Rerun:  "cuts off what came back, and looks again", Undo: "76-unfreeze.sh",
		},
		{
			Path: "70-cutover/72-drain.sh", Mode: 0o755, On: OnOperator, Step: true,
			Title: "Prove that the last change of the source is on the replica",
			Needs: "the source is frozen (71-freeze.sh)", Rerun: "proves it once more", Minutes: "until the replica has caught up, seconds where it is near",
			Fails: "the replica stands or is too slow: 20-aurora/22-catch-up.sh shows it; 76-unfreeze.sh calls the cutover off",
		},
		{
			Path: "70-cutover/73-promote.sh", Mode: 0o755, On: OnAWS, Step: true,
			Title: "Promote the replica to a cluster of its own, and wait until its endpoint takes writes",
			Needs: "the drain (72-drain.sh), and not a row written since", Usage: []string{"--yes"},
			Rerun: "goes on waiting; says so where it is done", Minutes: minutes(p.Aurora.PromotionSeconds),
			Fails: "events of the cluster say why; 76-unfreeze.sh gives the source back at any moment before 75-open.sh",
		},
		{
			Path: "70-cutover/74-look-over.sh", Mode: 0o755, On: OnTarget, Step: true,
			Title: "Look for what a physical copy makes wrong on another machine: collations, extensions, indexes",
			Needs: "73-promote.sh", Rerun: "looks again", Gate: "cutover",
			Fails: "each finding has its remedy; the dry run shows them all before anybody waits",
		},
		{
			Path: "70-cutover/75-open.sh", Mode: 0o755, On: OnTarget, Step: true,
			Title: "Take the freeze, which came along, off the target: the application may write to it",
			Needs: "the gate \"cutover\"; from here on going back loses writes", Usage: []string{"--yes"}, Rerun: "says that the target is open",
			Fails: "it is one transaction: the target is as it was",
		},
		{
			Path: "70-cutover/76-unfreeze.sh", Mode: 0o755, On: OnSource,
			Title: "Give the source back to the application: the way back from a cutover that was called off",
			Needs: "the target was not opened (75-open.sh)", Rerun: "does nothing once the source is back", Undo: "71-freeze.sh",
		},
		{
			Path: "70-cutover/77-readers.sh", Mode: 0o755, On: OnAWS, Step: true,
			Title: "Make the readers of the cluster, all at once",
			Needs: "73-promote.sh; the application need not wait for it", Rerun: "makes what is missing", Minutes: minutes(p.Aurora.ReaderSeconds),
			Undo: "aws cloudformation delete-stack, which deletes the readers: when nobody reads there",
		},
		{
			Path: "70-cutover/78-retire.sh", Mode: 0o755, On: OnAWS, Step: true,
			Title: "Delete the old instance, with a final snapshot", Before: "after",
			Needs: "the application works on the target, and the time to go back has passed", Usage: []string{"--yes"}, Rerun: "does what is left",
			Minutes: "as long as the snapshot",
		},
	}
	if len(p.Aurora.Readers) == 0 {
		out = slices.DeleteFunc(out, func(a Artifact) bool { return a.Path == "70-cutover/77-readers.sh" })
	}
	return fillPromote(p, out)
}

// promoteRecovery makes 80-recovery.
func promoteRecovery(p planner.Plan) ([]Artifact, error) {
	return fillPromote(p, []Artifact{
		{
			Path: "80-recovery/81-abort.sh", Mode: 0o755, On: OnOperator,
			Title: "End the migration: delete the cluster and its stacks, drop the marker", Rerun: "goes on with what is left",
		},
		{
			Path: "80-recovery/84-rollback.md", Mode: 0o644, On: OnOperator,
			Title: "How to go back, before and after the target is open",
		},
	})
}

type promoteRunbookView struct {
	Database, DatabaseName, From, To, Fingerprint string
	Tables, Bytes, Promotion, SourceWAL, Stack    string
	Aurora                                        planner.Aurora
	Empty                                         []runbookTable // after the promotion
	EmptyMore                                     int64
	Phases                                        []phase
}

func promoteRunbook(p planner.Plan, b Bundle) (Artifact, error) {
	v := promoteRunbookView{
		Database: analyze.Display(p.Source.Database), DatabaseName: p.Source.Database, From: serverText(p.Source.VersionNum, p.Source.Managed), To: serverText(p.Target.VersionNum, p.Target.Managed),
		Fingerprint: p.Fingerprint(), Promotion: planner.Span(p.Aurora.PromotionSeconds), Aurora: *p.Aurora, Stack: p.Aurora.Stack(),
	}
	if n := p.Estimate.SourceWALBytes; n != nil {
		v.SourceWAL = planner.Size(*n)
	}
	tables, bytes := 0, int64(0)
	for _, t := range p.Tables {
		switch {
		case t.Handling.Arrives():
			tables++
			bytes += t.Bytes + t.IndexBytes
		case t.Kind == analyze.Ordinary:
			v.Empty = append(v.Empty, runbookTable{t.Name.String(), t.Reason})
		}
	}
	v.Tables, v.Bytes = analyze.Count(tables, "table"), planner.Size(bytes)
	v.Empty, v.EmptyMore = firstTables(v.Empty)
	for i, a := range b.Steps() {
		folder, file, _ := strings.Cut(a.Path, "/")
		s := runbookStep{
			Artifact: a, Order: int64(i + 1), File: file, SQL: strings.HasSuffix(file, ".sql"), Takes: cmp.Or(a.Minutes, "seconds"),
			Where: string(a.On), Verify: slices.Contains(knownGates, a.Gate), First: slices.Contains(knownGates, a.Before),
		}
		if len(v.Phases) == 0 || v.Phases[len(v.Phases)-1].Folder != folder {
			v.Phases = append(v.Phases, phase{Folder: folder})
		}
		last := &v.Phases[len(v.Phases)-1]
		last.Steps = append(last.Steps, s)
	}
	return Artifact{Path: "RUNBOOK.md", Mode: 0o644, On: OnOperator, Title: "What to do, in which order"}.fill("runbook/promote-RUNBOOK.md.tmpl", v)
}
