package render

import "github.com/pgcutover/pgcutover/planner"

// snapshotView is what the templates of 20-snapshots see.
type snapshotView struct {
	Head   head
	Major  int64
	Native bool
}

// snapshots makes 20-snapshots, where no replica is paused: slots, each with the snapshot of the source in which its tables are copied.
func snapshots(p planner.Plan) ([]Artifact, error) {
	v := snapshotView{Major: major(p.Source.VersionNum), Native: native(p)}
	out := []Artifact{
		{
			Path: "20-snapshots/21-hold.sh", Mode: 0o755, On: OnSource, Step: true, After: "40-load/41-ledger.sql", Before: "ready-to-pause",
			Title:   "Create the replication slots and hold the snapshot of each",
			Needs:   "10-source complete, the schema and the ledger on the target (32-schema.sh, 41-ledger.sql), and no transaction that has been writing for long; the load is to follow at once",
			Minutes: "as long as the longest writing transaction, for each slot",
			Fails:   "end the transactions that it names, in whatever database they are, and run it again; a wait given up leaves no slot",
			Rerun:   "confirms snapshots that are still held and takes those that are missing; refuses a slot whose snapshot is gone",
			Undo:    "80-recovery/81-abort.sh", Gate: "paused",
		},
		{
			Path: "20-snapshots/22-release.sh", Mode: 0o755, On: OnSource, Step: true, After: "40-load/42-load.sh",
			Title: "Release the snapshots",
			Needs: "the gate \"loaded\" passed: rows can be counted on the source as they were only while the snapshots are held",
			Rerun: "says so",
			Fails: "it refuses while copies are left; a snapshot is given up only with --force",
		},
	}
	return fillAll(p, out, func(a Artifact) any {
		v.Head = headOf(a)
		return v
	})
}
