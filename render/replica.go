package render

import "github.com/pgcutover/pgcutover/planner"

// replicaView is what the templates of 20-replica see.
type replicaView struct {
	Head   head
	Rights rights
	Major  int64
	Xlog   bool
	Native bool
}

// still makes what holds the rows still while they are copied.
func still(p planner.Plan) ([]Artifact, error) {
	switch {
	case full(p), physical(p):
		return nil, nil
	case p.Options.Snapshots():
		return snapshots(p)
	}
	return replica(p)
}

// replica makes 20-replica: the pause that gives the migration its one position in time, and its end.
func replica(p planner.Plan) ([]Artifact, error) {
	v := replicaView{Rights: rightsOf(p, OnSource), Major: major(p.Source.VersionNum), Xlog: xlog(p), Native: native(p)}
	out := []Artifact{
		{
			Path: "20-replica/21-pause.sh", Mode: 0o755, On: OnReplica, Step: true,
			Title: "Pause replay of the maintenance replica and note its position",
			Needs: "10-source complete, and nobody who needs fresh data from this replica until the load is done",
			Rerun: "confirms a pause that still holds; refuses once something was loaded at another position",
			Undo:  "20-replica/22-resume.sh --force", Gate: "paused",
			Minutes: "until the replica has caught up, then seconds",
			Fails:   "it has resumed the replica; end what it names there and run it again",
		},
		{
			Path: "20-replica/22-resume.sh", Mode: 0o755, On: OnReplica, Step: true, After: "60-qa/61-spot-checks.sh",
			Title: "Resume replay of the maintenance replica",
			Needs: "the load finished and the gate \"loaded\" passed: rows can be compared exactly only while the replica stands",
			Rerun: "says that the replica is not paused",
			Fails: "it refuses while the load has not finished or somebody reads; the position is given up only with --force",
		},
	}
	return fillAll(p, out, func(a Artifact) any {
		v.Head = headOf(a)
		return v
	})
}
