package render

import (
	"fmt"
	"strconv"

	"github.com/pgcutover/pgcutover/planner"
)

// major turns server_version_num into 906, 1000, 1500: comparable across the numbering change of PostgreSQL 10.
func major(versionNum int) int64 {
	if versionNum < 100000 {
		return int64(versionNum / 100)
	}
	return int64(versionNum / 10000 * 100)
}

// guard is what an SQL file checks before it does anything: that it reached the server it was written for. SQL templates
// start with {{template "guard" .Guard}}.
type guard struct {
	Path      string // of the file, for the comment at its head
	Title     string
	Rerun     string
	Undo      string
	On        string // source or target
	Database  string // empty: not known
	System    string // system identifier that the server must have; empty: not known
	NotSystem string // system identifier that the server must not have; empty: not known
	Version   string // major version as server_version starts, such as 9.6 or 15; empty: not known
	Mark      string // table that 20-aurora/23-promote.sh leaves on the target alone; empty: the target is no copy of the source
}

func majorText(versionNum int) string {
	switch {
	case versionNum == 0:
		return ""
	case versionNum < 100000:
		return fmt.Sprintf("%d.%d", versionNum/10000, versionNum/100%100)
	}
	return strconv.Itoa(versionNum / 10000)
}

// guardOf makes the guard of an artifact that runs on the source or the target.
func guardOf(p planner.Plan, a Artifact) guard {
	g := guard{Path: a.Path, Title: a.Title, Rerun: a.Rerun, Undo: a.Undo, On: string(a.On)}
	if a.On == OnTarget {
		g.Database, g.NotSystem, g.Version = p.Target.Database, p.Source.SystemIdentifier, majorText(p.Target.VersionNum)
	} else {
		g.Database, g.System, g.Version = p.Source.Database, p.Source.SystemIdentifier, majorText(p.Source.VersionNum)
	}
	if p.Options.Emptied() { // a physical copy may have the system identifier of the source
		g.Mark, g.NotSystem = promotedMark, ""
	}
	return g
}

// promotedMark is the table by which a promoted replica that is to be emptied is told from its source. It is made after the promotion, on the one server that
// it is proven of; the source never has it.
const promotedMark = "pgcutover.promoted"

// head is what a shell script says about itself at its top; --help prints it. Shell templates start with
// {{template "head" .Head}}.
type head struct {
	Path, Title, Needs, Rerun, Undo string
}

func headOf(a Artifact) head {
	return head{Path: a.Path, Title: a.Title, Needs: a.Needs, Rerun: a.Rerun, Undo: a.Undo}
}

// xlog reports whether the source still speaks of xlog and locations: the functions were renamed in version 10.
func xlog(p planner.Plan) bool { return p.Source.VersionNum < 100000 }

type sessionView struct {
	Fingerprint                   string
	Database, SystemIdentifier    string
	SourceMajor, TargetMajor      int64
	TargetDatabase, TargetManaged string
	Schema, Node, Role            string
	Slots                         []string
	Native, Snapshots, Replica    bool
	Full                          bool // it loads the rows, too
	Xlog                          bool
	DMS                           bool // AWS DMS applies the changes
	Aurora                        bool // the target begins as an Aurora read replica
	Mark                          string
	Physical                      bool // and stays what it is then
	Batch                         bool // jobs of AWS Batch run the load
}

// top makes the files in the root of the bundle that are not made from the others.
func top(p planner.Plan) ([]Artifact, error) {
	v := sessionView{
		Fingerprint: p.Fingerprint(),
		Database:    p.Source.Database, SystemIdentifier: p.Source.SystemIdentifier,
		SourceMajor: major(p.Source.VersionNum), TargetMajor: major(p.Target.VersionNum),
		TargetDatabase: p.Target.Database, TargetManaged: p.Target.Managed,
		Xlog: xlog(p), DMS: len(p.DMS.Tasks) > 0, Batch: p.Options.Load.AWSBatchJobs > 0,
		Aurora: p.Aurora != nil, Physical: physical(p),
		Native: native(p), Snapshots: p.Options.Snapshots(), Replica: paused(p), Full: full(p),
		Schema: p.Names.Schema, Node: nodeOf(p), Role: p.Names.Role,
	}
	if p.Options.Emptied() {
		v.Mark = promotedMark
	}
	for _, g := range p.Groups {
		v.Slots = append(v.Slots, g.Slot)
	}
	out := []Artifact{
		{Path: "session.sh", Mode: 0o644, On: OnOperator, Title: "Connections, checks and state.json for every script; sourced by them"},
		{Path: "env.example", Mode: 0o644, On: OnOperator, Title: "Names of the services and paths; copy it to env"},
		{Path: ".gitignore", Mode: 0o644, On: OnOperator, Title: "Keeps env out of version control"},
	}
	for i, template := range []string{"shell/session.sh.tmpl", "shell/env.example.tmpl", "shell/gitignore.tmpl"} {
		body, err := execute(template, v)
		if err != nil {
			return nil, err
		}
		out[i].Body = body
	}
	return out, nil
}
