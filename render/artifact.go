// Package render turns a plan into the bundle: the directory of SQL, shell and prose that people review, commit and run.
//
// Rendering is pure: the same plan gives the same bytes. Only write.go touches the disk. Every value that enters a file goes
// through the quoting function of its language (quote.go); a template cannot be executed with a bare value in it.
package render

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"
)

// Place is where an artifact is run, or which server it is run against.
type Place string

// The places.
const (
	OnSource   Place = "source"  // the primary
	OnReplica  Place = "replica" // the maintenance replica
	OnTarget   Place = "target"
	OnOperator Place = "operator" // the machine of the person who runs the migration
	OnAWS      Place = "AWS"      // the account that AWS DMS runs in
)

// Artifact is one file of the bundle and what has to be known to run it. RUNBOOK.md and MANIFEST.json are made from these.
type Artifact struct {
	Path    string      // slash-separated, relative to the bundle; paths sort in the order of work
	Mode    fs.FileMode // 0o755 for scripts, 0o644 for the rest
	Body    []byte
	On      Place
	After   string   // path of the step it follows, where that is not the one whose path sorts before its own; empty: it is
	Step    bool     // run by a person in the order of work; false: read, sourced or run by another file, or kept for an emergency
	Title   string   // what it does, imperative, no full stop
	Needs   string   // what must have happened before
	Rerun   string   // what a second run does
	Undo    string   // how to take it back
	Fails   string   // what to do when it fails, beyond what it says itself
	Usage   []string // arguments of the commands that the runbook shows; empty: one command without any. Of SQL: further ones of psql
	Before  string   // the verify gate that has to pass right before it; empty: none
	Gate    string   // the verify gate that follows; empty: none
	Minutes string   // how long it takes, as the plan estimates; empty: seconds
}

// Bundle is a complete set of artifacts, sorted by path.
type Bundle []Artifact

// Artifact finds a file by its path.
func (b Bundle) Artifact(path string) (Artifact, bool) {
	i, ok := slices.BinarySearchFunc(b, path, func(a Artifact, p string) int { return strings.Compare(a.Path, p) })
	if !ok {
		return Artifact{}, false
	}
	return b[i], true
}

// Steps are the artifacts that a person runs, in the order of work.
func (b Bundle) Steps() []Artifact {
	var out, later []Artifact
	for _, a := range b {
		switch {
		case !a.Step:
		case a.After != "":
			later = append(later, a)
		default:
			out = append(out, a)
		}
	}
	for len(later) > 0 { // a step may follow one that is to be placed itself
		left := later[:0:0]
		for _, a := range later {
			if i := slices.IndexFunc(out, func(s Artifact) bool { return s.Path == a.After }); i >= 0 {
				out = slices.Insert(out, i+1, a)
			} else {
				left = append(left, a)
			}
		}
		if len(left) == len(later) {
			return slices.Concat(left, out) // they follow nothing that is there
		}
		later = left
	}
	return out
}

func (b Bundle) sort() {
	slices.SortFunc(b, func(x, y Artifact) int { return cmp.Compare(x.Path, y.Path) })
}
