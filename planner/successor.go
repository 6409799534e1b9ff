package planner

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// TaskChange is a setting of a slot's task that a restart changes.
type TaskChange struct {
	Setting  string // as the plan names it
	From, To string
	Reason   string // of the new value
}

// SuccessorError lists what keeps a plan from taking the place of the one that is being carried out.
type SuccessorError struct {
	Slot        string
	Differences []string // what differs, from what to what
}

func (e *SuccessorError) Error() string {
	return fmt.Sprintf("the plan cannot take the place of the one that runs: it differs in more than the task of %s: %s", e.Slot, analyze.Some(e.Differences, mostDifferences))
}

// Hint is how to come to a plan that can.
func (e *SuccessorError) Hint() string {
	return "plan again from the inventory that the running plan was made of, with --previous and its configuration, and change nothing but what the task of this slot is given: lob.margins for its tables, lob.truncate (cdc.instance_class and cdc.storage_gb keep the replication instance as it is); else 80-recovery/83-full-restart.sh is the way"
}

const mostDifferences = 12

// Succeed tells whether a plan may take the place of the running one at the restart of one slot: everything that other slots, their tables and tasks,
// the source or the target rest on has to be the same, and so have the items of the load, by which the ledger is judged. What may differ is
// what the slot's own task is told (LOB limits, tables looked up, the end of varchars, batches), and with it the configuration of LOBs, accepted
// hazards, findings, estimates and reasons. It returns what changes for the task; the error is a [SuccessorError], or a [GroupError].
func Succeed(running, next Plan, slot string) ([]TaskChange, error) {
	g, err := running.GroupOf(slot)
	if err != nil {
		return nil, err
	}
	if running.Options.Engine != EngineDMS || len(running.DMS.Tasks) == 0 {
		return nil, &SuccessorError{g.Slot, []string{fmt.Sprintf("options.engine: %s has no tasks whose settings a restart could change", running.Options.Engine)}}
	}
	a, b, err := asJSON(running.unchangeable(g), next.unchangeable(g))
	if err != nil {
		return nil, err
	}
	if d := differences("", a, b); len(d) > 0 {
		return nil, &SuccessorError{g.Slot, d}
	}
	i := g.Number - 1
	return taskChanges(running.DMS.Tasks[i], next.DMS.Tasks[i], g, next.Groups[i]), nil
}

// unchangeable is the plan without what the restart of a group may change.
func (p Plan) unchangeable(g Group) Plan {
	p.Options.LOB, p.Options.Accept = LOBOptions{}, nil
	p.Options.CDC.InstanceClass, p.Options.CDC.StorageGB, p.Options.CDC.EngineVersion = "", 0, "" // what came of them is in DMS.Instance
	p.Balance, p.Estimate, p.Findings = Balance{}, Estimate{}, nil
	p.Groups = slices.Clone(p.Groups)
	for i := range p.Groups {
		if p.Groups[i].Number == g.Number {
			p.Groups[i].BatchApply = false
		}
	}
	p.Tables = slices.Clone(p.Tables)
	for i := range p.Tables {
		if p.Tables[i].Group == g.Number {
			p.Tables[i].BatchUnsafe = ""
		}
	}
	p.DMS.Tasks = slices.Clone(p.DMS.Tasks)
	for i := range p.DMS.Tasks {
		if t := &p.DMS.Tasks[i]; t.Group == g.Number {
			t.LOBMaxKB, t.Unlimited, t.FailOnTruncation, t.VarcharMaxBytes = 0, nil, false, 0
		}
	}
	return p
}

// asJSON are both plans as JSON has them.
func asJSON(a, b Plan) (x, y any, err error) {
	for _, one := range []struct {
		plan Plan
		into *any
	}{{a, &x}, {b, &y}} {
		var buf bytes.Buffer
		if err := one.plan.Encode(&buf); err != nil {
			return nil, nil, fmt.Errorf("comparing plans: %w", err)
		}
		d := json.NewDecoder(&buf)
		d.UseNumber() // 64-bit integers stay what they are
		if err := d.Decode(one.into); err != nil {
			return nil, nil, fmt.Errorf("comparing plans: %w", err)
		}
	}
	return x, y, nil
}

// differences lists where two values differ, by their paths. Reasons are for people.
func differences(path string, a, b any) (out []string) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		for _, key := range keysOf(x, y) {
			if key == "reason" || strings.HasSuffix(key, "_reason") {
				continue
			}
			out = append(out, differences(strings.TrimPrefix(path+"."+key, "."), x[key], y[key])...)
		}
		return out
	case []any:
		y, ok := b.([]any)
		if !ok {
			break
		}
		if len(x) != len(y) {
			return []string{fmt.Sprintf("%s: %d in the running plan, %d in the new one", path, len(x), len(y))}
		}
		for i := range x {
			out = append(out, differences(fmt.Sprintf("%s[%d]%s", path, i, called(x[i])), x[i], y[i])...)
		}
		return out
	}
	if reflect.DeepEqual(a, b) {
		return nil
	}
	return []string{fmt.Sprintf("%s: %s in the running plan, %s in the new one", path, shortJSON(a), shortJSON(b))}
}

func keysOf(a, b map[string]any) []string {
	var out []string
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// called is the name of an element of a list, where it has one.
func called(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	for _, key := range []string{"slot", "identifier", "name", "table"} {
		switch n := m[key].(type) {
		case string:
			return " (" + analyze.Display(n) + ")"
		case map[string]any:
			schema, _ := n["schema"].(string)
			table, _ := n["name"].(string)
			return " (" + analyze.Name{Schema: schema, Name: table}.String() + ")"
		}
	}
	return ""
}

func shortJSON(v any) string {
	if v == nil {
		return "nothing"
	}
	b, err := json.Marshal(v)
	if err != nil { // it was read from JSON
		panic("encoding a value of a plan: " + err.Error())
	}
	const most = 60
	if len(b) > most {
		b = append(bytes.ToValidUTF8(b[:most], nil), "…"...)
	}
	return string(b)
}

func taskChanges(from, to DMSTask, was, is Group) (out []TaskChange) {
	add := func(setting, a, b, reason string) {
		if a != b {
			out = append(out, TaskChange{setting, a, b, reason})
		}
	}
	batches := map[bool]string{true: "in batches", false: "row by row"}
	onCut := map[bool]string{true: "the task stops", false: "the value is cut"}
	varchar := func(n int) string {
		if n == 0 {
			return "the default"
		}
		return strconv.Itoa(n) + " bytes"
	}
	unlimited := func(ts []DMSTable) string {
		names := make([]string, len(ts))
		for i, t := range ts {
			names[i] = t.Name.String()
		}
		if len(names) == 0 {
			return "none"
		}
		return strings.Join(names, ", ")
	}
	looked := "" // the first reason stands for all
	if len(to.Unlimited) > 0 {
		looked = to.Unlimited[0].Reason
	}
	add("limit of LOBs", strconv.Itoa(from.LOBMaxKB)+" kB", strconv.Itoa(to.LOBMaxKB)+" kB", to.LOBReason)
	add("LOBs looked up on the source", unlimited(from.Unlimited), unlimited(to.Unlimited), looked)
	add("a LOB over the limit", onCut[from.FailOnTruncation], onCut[to.FailOnTruncation], to.TruncationReason)
	add("limit of varchars without a length", varchar(from.VarcharMaxBytes), varchar(to.VarcharMaxBytes), to.VarcharReason)
	add("changes are applied", batches[was.BatchApply], batches[is.BatchApply], is.BatchReason)
	return out
}
