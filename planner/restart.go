package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Restart is what it means to load the tables of one group anew while the other groups go on.
type Restart struct {
	Group      Group
	Items      []Item      // in the order of the plan, without the tables of other groups
	References []Reference // by table, then name: foreign keys between its tables and those of other groups, as the source has them

	LoadSeconds    float64  // of the copies, with the indexes in place
	PauseSeconds   float64  // how long the replica stands still, or the snapshot is held
	CatchUpSeconds *float64 // nil: not known, or never
	SourceWALBytes *int64   // held by its slot until it has caught up; nil: not known
	// ReplicaWALBytes pile up on the paused replica; nil: not known, or there is none.
	ReplicaWALBytes *int64
}

// Reference is a foreign key from one table to another.
type Reference struct {
	Name     string
	From, To analyze.Name
	Other    int // number of the other table's group; 0: it is in none
}

// GroupError says that a plan has no such slot.
type GroupError struct {
	Asked string
	Known []string // slots, by number
}

func (e *GroupError) Error() string {
	return fmt.Sprintf("the plan has no slot %s", analyze.Display(e.Asked))
}

// Hint is what there is.
func (e *GroupError) Hint() string {
	if len(e.Known) == 0 {
		return "it has no slots: nothing is replicated"
	}
	return "one of: " + strings.Join(e.Known, ", ")
}

// EngineError says that an engine has no restart of a single slot.
type EngineError struct{ Engine string }

func (e *EngineError) Error() string {
	return fmt.Sprintf("no slot of the engine %s is restarted alone", e.Engine)
}

// Hint is what there is in its place.
func (e *EngineError) Hint() string {
	if e.Engine == EngineDMSFull {
		return "AWS DMS makes the slot of a task at its start, with the full load: 80-recovery/83-full-restart.sh empties the target, to load everything anew"
	}
	return "it has none"
}

// GroupOf finds a group by the name of its slot, or by its number, such as 03. The error is a [GroupError].
func (p Plan) GroupOf(slot string) (Group, error) {
	number, err := strconv.Atoi(slot)
	known := make([]string, len(p.Groups))
	for i, g := range p.Groups {
		if g.Slot == slot || err == nil && g.Number == number && strings.Trim(slot, "0123456789") == "" {
			return g, nil
		}
		known[i] = g.Slot
	}
	return Group{}, &GroupError{slot, known}
}

// RestartOf reckons with the restart of a group, by the rates of the plan.
func (p Plan) RestartOf(g Group) Restart {
	r := Restart{Group: g}
	ours := make(map[analyze.Name]*Table, len(g.Tables))
	groups := make(map[analyze.Name]int, len(p.Tables))
	for i := range p.Tables {
		t := &p.Tables[i]
		if groups[t.Name] = t.Group; t.Group == g.Number {
			ours[t.Name] = t
		}
	}
	bytes := int64(0)
	var took []float64
	for _, it := range p.Items {
		all := len(it.Tables)
		it.Tables = slices.DeleteFunc(slices.Clone(it.Tables), func(n analyze.Name) bool { return ours[n] == nil })
		if len(it.Tables) == 0 {
			continue
		}
		index := 0.0
		if len(it.Tables) < all || it.Range == nil {
			it.Bytes = 0
		}
		for _, n := range it.Tables {
			t := ours[n]
			if it.Range == nil {
				it.Bytes += t.Bytes
				index += float64(t.IndexBytes)
			} else if t.Bytes > 0 {
				index += float64(t.IndexBytes) * float64(it.Bytes) / float64(t.Bytes)
			}
		}
		bytes += it.Bytes
		took = append(took, float64(it.Bytes)/float64(max(p.Options.Load.BytesPerSecond, 1))+index/float64(max(p.Options.Load.IndexBytesPerSecond, 1)))
		r.Items = append(r.Items, it)
	}
	workers := max(p.Options.Load.Workers, 1)
	r.LoadSeconds = seconds(makespan(took, workers))
	r.PauseSeconds = seconds(r.LoadSeconds + float64(bytes)/countBytesPerSecond/float64(workers))
	before := 0.0
	if !p.Options.Snapshots() {
		r.PauseSeconds += 2 * pauseProofSeconds
		before = pauseProofSeconds
	}
	behind := r.PauseSeconds + float64(p.Options.WAL.SetupSeconds)
	if load := g.Load(); p.Balance.Weights == BySample && load < 1 {
		t := seconds(behind * load / (1 - load))
		r.CatchUpSeconds = &t
	}
	if rate := p.Estimate.WALBytesPerSecond; rate != nil {
		if r.CatchUpSeconds != nil {
			r.SourceWALBytes = wholeBytes(*rate * (before + behind + *r.CatchUpSeconds))
		}
		if !p.Options.Snapshots() {
			r.ReplicaWALBytes = wholeBytes(*rate * r.PauseSeconds)
		}
	}
	for _, d := range p.Deferred {
		if d.Kind != DeferForeignKey {
			continue
		}
		to, ok := referenced(d.Definition)
		_, from := ours[d.Table]
		_, known := ours[to]
		if !ok || from == known {
			continue
		}
		x := Reference{Name: d.Name, From: d.Table, To: to, Other: groups[to]}
		if known {
			x.Other = groups[d.Table]
		}
		r.References = append(r.References, x)
	}
	slices.SortFunc(r.References, func(a, b Reference) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return r
}

// referenced is the table that a foreign key refers to, by what pg_get_constraintdef prints where the search path is empty.
func referenced(definition string) (analyze.Name, bool) {
	const word = " REFERENCES "
	quoted := false
	for i := 0; i < len(definition); i++ {
		if definition[i] == '"' {
			quoted = !quoted // a doubled one opens again what it has closed
			continue
		}
		if quoted || !strings.HasPrefix(definition[i:], word) {
			continue
		}
		schema, rest, ok := leadingName(definition[i+len(word):])
		rest, dot := strings.CutPrefix(rest, ".")
		if !ok || !dot {
			return analyze.Name{}, false
		}
		table, _, ok := leadingName(rest)
		return analyze.Name{Schema: schema, Name: table}, ok
	}
	return analyze.Name{}, false
}
