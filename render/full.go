package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// full reports whether AWS DMS copies the rows itself.
func full(p planner.Plan) bool { return p.Options.FullLoad() }

// paused reports whether the rows come from a maintenance replica that is paused.
func paused(p planner.Plan) bool { return p.Options.HandOff() == planner.HandOffReplica }

// pluginOf is the output plugin of the plan's slots.
func pluginOf(p planner.Plan) string {
	switch {
	case native(p):
		return "pgoutput"
	case p.Full != nil:
		return p.Full.Plugin
	}
	return "pglogical"
}

// nodeOf is the pglogical node that the bundle makes; empty: it makes none.
func nodeOf(p planner.Plan) string {
	if native(p) || full(p) {
		return ""
	}
	return p.Names.Node
}

// migrationType is what AWS DMS calls a task that takes rows and changes, or changes alone.
func migrationType(p planner.Plan) string {
	if full(p) {
		return "full-load-and-cdc"
	}
	return "cdc"
}

// keyView is a key that is built on the empty table.
type keyView struct {
	Label string
	Build planner.Build
	Index *analyze.Name // where it is no constraint
}

type keysView struct {
	Guard  guard
	Rights rights
	Keys   []keyView
}

// keys makes the step that builds primary keys, and indexes that stand in for one, before AWS DMS loads the tables.
func keys(p planner.Plan) (Artifact, error) {
	a := Artifact{
		Path: "30-target/34-keys.sql", Mode: 0o644, On: OnTarget, Step: true,
		Title: "Build the keys that AWS DMS finds rows by, on the empty tables",
		Needs: "33-relax.sql", Rerun: "builds what is missing", Undo: "DROP CONSTRAINT or DROP INDEX",
		Fails: "each key is a transaction of its own: what is built stays, run it again",
	}
	v := keysView{Guard: guardOf(p, a), Rights: rightsOf(p, OnTarget)}
	for _, b := range p.Builds {
		if !b.BeforeLoad {
			continue
		}
		k := keyView{Label: fmt.Sprintf("%s %s of %s", b.Kind, analyze.Display(b.Name), b.Table), Build: b}
		if b.Kind == planner.BuildIndex {
			k.Index = &analyze.Name{Schema: b.Table.Schema, Name: b.Name}
		}
		v.Keys = append(v.Keys, k)
	}
	return a.fill("sql/34-keys.sql.tmpl", v)
}

// fullTarget are the steps of 30-target that only a full load has.
func fullTarget(p planner.Plan) ([]Artifact, error) {
	k, err := keys(p)
	if err != nil || !p.Options.Emptied() {
		return []Artifact{k}, err
	}
	e, err := emptied(p)
	return []Artifact{e, k}, err
}

type emptyView struct {
	Guard    guard
	Rights   rights
	Batches  [][]analyze.Name // of tables: what one transaction can lock
	Markers  []analyze.Name
	Matviews []analyze.Name
}

// emptied makes the step that empties the tables of a promoted replica, which is one more server with all rows.
func emptied(p planner.Plan) (Artifact, error) {
	a := Artifact{
		Path: "30-target/33-empty.sql", Mode: 0o644, On: OnTarget, Step: true,
		Title: "Empty the tables of the promoted replica",
		Needs: "32-schema.sh --existing", Rerun: "empties them again, until there is a ledger (40-load/41-ledger.sql)", Undo: "none: the rows are on the source",
		Fails: "a table that is not planned refers to one that is: it is named; what is emptied stays so, run it again",
	}
	v := emptyView{Guard: guardOf(p, a), Rights: rightsOf(p, OnTarget)}
	var tables []analyze.Name
	for _, t := range p.Tables {
		if t.Handling.Copied() {
			tables = append(tables, t.Name)
		}
	}
	v.Batches = slices.Collect(slices.Chunk(tables, mostLocked))
	for _, g := range p.Groups {
		v.Markers = append(v.Markers, g.Marker)
	}
	for _, d := range p.Deferred {
		if d.Kind == planner.DeferMatview {
			v.Matviews = append(v.Matviews, d.Table)
		}
	}
	return a.fill("sql/33-empty.sql.tmpl", v)
}

// builds is the plan as the ledger sees it where AWS DMS copies the rows: without copies, and without what is built before them.
func builds(p planner.Plan) planner.Plan {
	early := map[int]bool{}
	for _, it := range p.Items {
		early[it.ID] = true
	}
	var left []planner.Build
	for _, b := range p.Builds {
		if b.BeforeLoad {
			early[b.ID] = true
			continue
		}
		b.Needs = slices.DeleteFunc(slices.Clone(b.Needs), func(id int) bool { return early[id] })
		left = append(left, b)
	}
	p.Items, p.Builds, p.Groups = nil, left, nil
	return p
}

// fullSteps are the scripts of 50-cdc/dms where AWS DMS loads the rows. The tasks load, and stop; then indexes are built; then they go on.
func fullSteps(p planner.Plan) []Artifact {
	interval := float64(p.Options.CDC.StartIntervalSeconds) * float64(len(p.DMS.Tasks)-1)
	out := []Artifact{
		{
			Path: "51-control.sql", On: OnTarget, Step: true, After: "40-load/41-ledger.sql",
			Title: "Create the role that loads rows and applies changes, without a password and without the right to log in, and the schema of the control tables",
			Rerun: "changes nothing that is right already", Undo: "DROP OWNED BY the role, then DROP ROLE and the schema", Fails: "it is one transaction: nothing is left of it",
		},
		{
			Path: "53-deploy.sh", On: OnAWS, Step: true, After: "50-cdc/dms/51-control.sql",
			Title:   "Create the replication instance, the endpoints and, stopped, the tasks in AWS DMS",
			Needs:   "both secrets, subnets and security groups in env (see env.example)",
			Rerun:   "creates what is missing and changes what differs; a task that has run is left alone",
			Undo:    "50-cdc/dms/58-delete.sh",
			Fails:   "AWS says why; nothing reads or writes either database before 55-start.sh",
			Minutes: "up to half an hour for the replication instance",
		},
		{
			Path: "54-test-connections.sh", On: OnAWS, Step: true, After: "50-cdc/dms/53-deploy.sh", Gate: "cdc-ready",
			Title: "Have AWS DMS test every endpoint from the replication instance", Needs: "53-deploy.sh, and the roles on both servers with LOGIN and the passwords that are in the secrets",
			Rerun: "tests again", Minutes: "minutes",
			Fails: "what AWS DMS says is shown: look at the security groups, pg_hba.conf, the secrets and SSL",
		},
		{
			Path: "54-assess.sh", On: OnAWS, Title: "Have AWS DMS assess every task before its start: optional", Needs: "54-test-connections.sh, and a bucket and a role for the reports (see env.example)",
			Rerun: "assesses again", Minutes: "minutes",
		},
		{
			Path: "55-start.sh", On: OnAWS, Step: true, After: "50-cdc/dms/54-test-connections.sh",
			Title:   "Start the tasks, one by one: they make their slots and load the tables",
			Needs:   "the gate \"cdc-ready\", a look at mappings and settings, and a quiet hour: from here on the source is read by every task, and the target is written to",
			Rerun:   "starts those that were never started; a task that has run is only ever resumed",
			Undo:    "80-recovery/83-full-restart.sh",
			Fails:   "the log of the task says why; what it has loaded is emptied by 80-recovery/83-full-restart.sh",
			Minutes: minutes(max(interval, 60)),
		},
		{
			Path: "55-wait.sh", On: OnAWS, Step: true, After: "50-cdc/dms/55-start.sh",
			Title:   "Wait until every task has loaded its tables and stands still",
			Needs:   "55-start.sh",
			Rerun:   "looks again, as often as you like",
			Fails:   "a table in error is named: its task's log says why; mend the cause, then 80-recovery/83-full-restart.sh",
			Minutes: minutes(p.Estimate.CopySeconds),
		},
		{
			Path: "57-resume.sh", On: OnAWS, Step: true, After: "40-load/42-load.sh", Gate: "cdc",
			Title:   "Resume the tasks: they apply the changes since their start, and go on",
			Needs:   "the builds are done (40-load/42-load.sh) and the gate \"loaded\" passed; later, after a stop, the cause of it mended",
			Rerun:   "resumes what stands still",
			Undo:    "50-cdc/dms/56-stop.sh; what has been applied stays applied",
			Fails:   "the log of the task says why",
			Minutes: catchUp(p),
		},
		{
			Path: "56-stop.sh", On: OnAWS, Step: true, After: "70-cutover/72-drain.sh",
			Title: "Stop the tasks, so that nothing but the application writes to the target from here on",
			Needs: "at the cutover: the source is drained (72-drain.sh); at any other time their slots keep what follows; never during the full load, which cannot go on from the middle and begins anew (it refuses without --yes)",
			Rerun: "stops what runs", Undo: "50-cdc/dms/57-resume.sh", Minutes: "minutes",
		},
		{
			Path: "58-delete.sh", On: OnAWS, Step: true, After: "70-cutover/75-analyze.sh", Usage: []string{"--all --yes"},
			Title: "Delete all that 53-deploy.sh made, and with the tasks the slots that they made on the source",
			Needs: "the tasks stopped; with --all the application on the target, or the migration called off for good",
			Rerun: "deletes what is left", Undo: "53-deploy.sh makes it anew; a task that has run cannot go on: everything is loaded anew", Minutes: "up to half an hour",
		},
		{Path: "aws.sh", On: OnOperator, Title: "What the scripts of this folder ask AWS DMS; sourced by them"},
	}
	for i := range out {
		out[i].Path, out[i].Mode = dmsFolder+out[i].Path, 0o755
		if strings.HasSuffix(out[i].Path, ".sql") {
			out[i].Mode = 0o644
		}
	}
	return out
}
