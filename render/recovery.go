package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

type recoveryView struct {
	Guard  guard
	Head   head
	Major  int64
	Native bool
	// Snapshots: there is no replica; each slot has a snapshot.
	Snapshots bool
	Full      bool
	Plugin    string // of the slots
	Replica   bool   // one is paused
	WayBack   bool
	Instance  string // replication instance of AWS DMS; empty: the plan has no tasks
	Slots     []string
	Tables    []analyze.Name
	Batches   [][]analyze.Name // of the tables: what one transaction can lock
	Markers   []analyze.Name

	ControlSchema string
	Tasks         []controlled // of AWS DMS, by group
}

// controlled is a task of AWS DMS as the control tables know it: AWS names the last part of its ARN; should it be the identifier, that is known too.
type controlled struct{ Slot, Resource, Identifier string }

// controlledBy are the tasks of a plan.
func controlledBy(p planner.Plan) []controlled {
	var out []controlled
	for i, t := range p.DMS.Tasks {
		out = append(out, controlled{p.Groups[i].Slot, p.DMS.ResourceID(t), t.Identifier})
	}
	return out
}

type restartView struct {
	Guard    guard
	Slot     string // its copies go back into the ledger as they are; empty: they get items of their own
	Tables   []analyze.Name
	From, To int64 // ids of the items
	Items    []restartItem

	ControlSchema string
	Tasks         []controlled // that of the slot; empty: another engine
}

// restartItem is a line of the ledger, with its numbers as the quoting functions want them.
type restartItem struct {
	ID, Bytes, Tail                         int64
	Kind, Label, Relation, Needs, Statement string
	Tables                                  [][2]string
}

// mostLocked is how many tables are truncated in one transaction: each takes a lock for itself, for its TOAST table and for every index of both, and
// a server has 6400 places for locks unless it was given more.
const mostLocked = 500

// recovery makes 80-recovery: the ways out.
func recovery(p planner.Plan) ([]Artifact, error) {
	if physical(p) {
		return promoteRecovery(p)
	}
	v := recoveryView{Major: major(p.Source.VersionNum), Native: native(p), Snapshots: p.Options.Snapshots(), Full: full(p), Plugin: pluginOf(p), Replica: paused(p), WayBack: wayBack(p), ControlSchema: p.Options.CDC.ControlSchema, Tasks: controlledBy(p)}
	if len(p.DMS.Tasks) > 0 {
		v.Instance = p.DMS.InstanceIdentifier()
	}
	for _, g := range p.Groups {
		v.Slots = append(v.Slots, g.Slot)
		v.Markers = append(v.Markers, g.Marker)
	}
	for _, t := range p.Tables {
		if t.Handling.Copied() {
			v.Tables = append(v.Tables, t.Name)
		}
	}
	for batch := range slices.Chunk(v.Tables, mostLocked) {
		v.Batches = append(v.Batches, batch)
	}
	out := []Artifact{
		{
			Path: "80-recovery/81-abort.sh", Mode: 0o755, On: OnOperator,
			Title: "End the migration: drop slots, sets, node and markers, resume the replica", Rerun: "goes on with what is left",
		},
		{
			Path: "80-recovery/82-restart-slot.sh", Mode: 0o755, On: OnOperator,
			Title: "Load the tables of one slot anew while the other slots go on",
			Needs: "the load has finished, the slot's task is stopped and deleted (58-delete.sh --slot)", Rerun: "goes on where it stopped",
			Gate: "loaded",
		},
		{
			Path: "80-recovery/83-full-restart.sh", Mode: 0o755, On: OnOperator,
			Title: "Empty the target and begin again at the pause", Rerun: "finds nothing left to do",
		},
		{
			Path: "80-recovery/84-rollback.md", Mode: 0o644, On: OnOperator,
			Title: "How to go back, before and after the application writes to the target",
		},
		{
			Path: "80-recovery/empty-target.sql", Mode: 0o644, On: OnTarget,
			Title: "Empty the planned tables and forget the load; run by 83-full-restart.sh",
		},
	}
	if v.Full {
		out[0].Title = "End the migration on the source: drop the markers, and what is left of slots that AWS DMS made"
		out[2].Title = "Empty the target, to load everything anew"
		out = slices.Delete(out, 1, 2) // a task that has run cannot go on with tables that were emptied under it
	}
	if v.Snapshots {
		out[0].Title = "End the migration: drop snapshots, slots, publications and markers"
		out[1].Title, out[1].Needs = "Load the tables of one slot anew, in a new snapshot, while the other slots go on", "their ledger (41-ledger.sql)"
		out[2].Title = "Empty the target and begin again at the snapshots"
	}
	out, err := fillAll(p, out, func(a Artifact) any {
		v.Guard, v.Head = guardOf(p, a), headOf(a)
		return v
	})
	if err != nil {
		return nil, err
	}
	if v.Full {
		return out, nil
	}
	for _, g := range p.Groups {
		a := Artifact{
			Path: "80-recovery/restart-" + g.Slot + ".sql", Mode: 0o644, On: OnTarget,
			Title: "Empty the tables of " + g.Slot + " and put them back into the ledger; run by 82-restart-slot.sh",
		}
		view, err := restartOf(p, g)
		if err != nil {
			return nil, err
		}
		view.Guard = guardOf(p, a)
		if a, err = a.fill("sql/restart.sql.tmpl", view); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// restartOf lists what has to be loaded again when a slot is restarted alone: the copies of its tables and of its marker, and
// their ANALYZE. Indexes and constraints stay: building them anew would take those of whole partition trees apart.
func restartOf(p planner.Plan, g planner.Group) (restartView, error) {
	first := g.Number * planner.RestartIDs
	v := restartView{Tables: append(slices.Clone(g.Tables), g.Marker), From: int64(first), To: int64(first + planner.RestartIDs - 1)}
	if p.Options.Snapshots() {
		v.Slot = g.Slot
		return v, nil
	}
	if tasks := controlledBy(p); len(tasks) > 0 {
		v.ControlSchema, v.Tasks = p.Options.CDC.ControlSchema, tasks[g.Number-1:g.Number]
	}
	part := p
	part.Groups, part.Items, part.Builds = []planner.Group{g}, nil, nil
	ours := make(map[analyze.Name]bool, len(g.Tables))
	for _, n := range g.Tables {
		ours[n] = true
	}
	copies := map[int]bool{}
	for _, it := range p.Items {
		it.Tables = slices.DeleteFunc(slices.Clone(it.Tables), func(n analyze.Name) bool { return !ours[n] })
		if len(it.Tables) == 0 {
			continue
		}
		copies[it.ID] = true
		it.ID += first
		part.Items = append(part.Items, it)
	}
	for _, b := range p.Builds {
		if b.Kind != planner.BuildAnalyze || !ours[b.Table] {
			continue
		}
		needs := make([]int, 0, len(b.Needs))
		for _, id := range b.Needs {
			if copies[id] {
				needs = append(needs, id+first)
			}
		}
		b.ID, b.Needs = b.ID+first, needs
		part.Builds = append(part.Builds, b)
	}
	items, err := ledgerItems(part)
	if err != nil {
		return v, err
	}
	for _, it := range items {
		needs := make([]string, len(it.Needs))
		for i, id := range it.Needs {
			needs[i] = strconv.Itoa(id)
		}
		r := restartItem{
			ID: int64(it.ID), Bytes: it.Bytes, Tail: it.Tail, Kind: it.Kind, Label: it.Label, Relation: it.Relation, Statement: it.Statement,
			Needs: "{" + strings.Join(needs, ",") + "}", Tables: make([][2]string, len(it.Tables)),
		}
		for i, n := range it.Tables {
			r.Tables[i] = [2]string{n.Schema, n.Name}
		}
		v.Items = append(v.Items, r)
	}
	return v, nil
}
