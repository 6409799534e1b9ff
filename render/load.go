package render

import (
	"fmt"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

type ledgerView struct {
	Guard     guard
	Rights    rights
	Snapshots bool // rows come from the source, in the snapshot of their slot
	Builds    bool // no rows: AWS DMS has loaded them
	Replica   bool // rows come from a paused replica
	Markers   []marker
}

type marker struct {
	Slot  string
	Table analyze.Name
}

type loadView struct {
	Head               head
	Snapshots          bool
	Builds, Replica    bool
	SourceVersion      int // server_version_num
	Items              int64
	ItemsSHA256        string // of items.tsv
	Workers, Attempts  int64
	MaintenanceWorkMem string
}

// load makes the folder 40-load: the ledger on the target, its items, and the script that works them off.
func load(p planner.Plan) ([]Artifact, error) {
	if physical(p) {
		return nil, nil
	}
	if p.Names.Schema != ledgerSchema {
		return nil, fmt.Errorf("the plan's schema is %s; the ledger can only be in %s", p.Names.Schema, ledgerSchema)
	}
	listed := p
	if full(p) {
		listed = builds(p)
	}
	items, err := ledgerItems(listed)
	if err != nil {
		return nil, err
	}
	tsv, err := itemsTSV(items, p.Options.Snapshots())
	if err != nil {
		return nil, err
	}
	out := make([]Artifact, 0, 4)
	ledger, err := ledgerSQL(p)
	if err != nil {
		return nil, err
	}
	out = append(out, ledger, Artifact{
		Path: "40-load/items.tsv", Mode: 0o644, Body: tsv, On: OnTarget,
		Title: fmt.Sprintf("The %d items of the load with the statements they run; 42-load.sh brings them into the ledger", len(items)),
	})
	script := Artifact{
		Path: "40-load/42-load.sh", Mode: 0o755, On: OnOperator, Step: true,
		Title:   "Copy the rows of the paused replica into the target, build indexes and constraints",
		Needs:   "the replica is paused (21-pause.sh), the target has the schema before data (32-schema.sh, 33-relax.sql) and the ledger (41-ledger.sql)",
		Rerun:   "goes on where the last run stopped, and tries again what failed; says so where all is done",
		Undo:    "TRUNCATE the tables and drop the ledger, as 80-recovery/83-full-restart.sh does",
		Gate:    "loaded",
		Minutes: minutes(p.Estimate.CopySeconds + p.Estimate.BuildSeconds),
	}
	if native(p) {
		script.Needs = "the replica is paused (21-pause.sh), the target has the schema before data (32-schema.sh) and the ledger (41-ledger.sql)"
	}
	if p.Options.Snapshots() {
		script.Title = "Copy the rows of the source into the target, those of each slot in its snapshot, build indexes and constraints"
		script.Needs = "the snapshots are held (21-hold.sh), the target has the schema before data (32-schema.sh) and the ledger (41-ledger.sql)"
	}
	if full(p) {
		script.Title, script.After = "Build indexes and constraints on the loaded tables", "50-cdc/dms/55-wait.sh"
		script.Needs = "every task has loaded its tables and stands still (50-cdc/dms/55-wait.sh)"
		script.Minutes = minutes(p.Estimate.BuildSeconds)
	}
	script, err = script.fill("shell/42-load.sh.tmpl", loadView{
		Head: headOf(script), Snapshots: p.Options.Snapshots(), Builds: full(p), Replica: paused(p), SourceVersion: p.Source.VersionNum, Items: int64(len(items)), ItemsSHA256: sum(tsv),
		Workers: int64(max(p.Options.Load.Workers, 1)), Attempts: int64(max(p.Options.Load.Attempts, 1)),
		MaintenanceWorkMem: p.Options.Load.MaintenanceWorkMem,
	})
	if err != nil {
		return nil, err
	}
	if full(p) {
		out[1].Title = fmt.Sprintf("The %d builds that follow the full load with the statements they run; 42-load.sh brings them into the ledger", len(items))
	}
	progress := Artifact{Path: "40-load/progress.sql", Mode: 0o644, On: OnTarget, Title: "Show how far the load is, what runs, what took longest and what failed"}
	if progress, err = progress.fill("sql/progress.sql.tmpl", guardOf(p, progress)); err != nil {
		return nil, err
	}
	jobs, err := batch(p)
	return append(append(out, script, progress), jobs...), err
}

func ledgerSQL(p planner.Plan) (Artifact, error) {
	a := Artifact{
		Path: "40-load/41-ledger.sql", Mode: 0o644, On: OnTarget, Step: true,
		Title: "Create the ledger of the load on the target",
		Needs: "the target has the schema before data (32-schema.sh)",
		Rerun: "changes nothing but the functions, which it renews",
		Undo:  "DROP SCHEMA pgcutover CASCADE, which forgets what is loaded and drops the marker tables",
	}
	if full(p) {
		a.Title = "Create the ledger of the builds, and the marker tables, on the target"
	}
	v := ledgerView{Guard: guardOf(p, a), Rights: rightsOf(p, OnTarget), Snapshots: p.Options.Snapshots(), Builds: full(p), Replica: paused(p)}
	for _, g := range p.Groups {
		v.Markers = append(v.Markers, marker{g.Slot, g.Marker})
	}
	return a.fill("sql/41-ledger.sql.tmpl", v)
}

// minutes is an estimate for people; empty for what is over in a moment.
func minutes(seconds float64) string {
	switch {
	case seconds < 60:
		return ""
	case seconds < 90:
		return "about a minute"
	case seconds < 2*3600:
		return fmt.Sprintf("about %.0f minutes", seconds/60)
	}
	return fmt.Sprintf("about %.1f hours", seconds/3600)
}
