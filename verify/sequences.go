package verify

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// sequenceValue is where a sequence stands.
type sequenceValue struct {
	Last   int64
	Called bool // Last was handed out; else it comes next
}

// sequencesAtOnce is how many sequences one statement reads: alone each would be a round trip, all at once too deep for a parser.
const sequencesAtOnce = 100

// probeSequences reads where sequences stand. Those that are not there are missing from the result, those that the role may
// not read are in denied.
func probeSequences(ctx context.Context, e *Env, side Side, names []analyze.Name) (values map[analyze.Name]sequenceValue, denied1 map[analyze.Name]bool, err error) {
	values, denied1 = map[analyze.Name]sequenceValue{}, map[analyze.Name]bool{}
	var read func(names []analyze.Name) error
	read = func(names []analyze.Name) error {
		parts := make([]string, len(names))
		for i, n := range names {
			parts[i] = fmt.Sprintf("select %d as number, last_value as last, is_called as called from %s", i, n.SQL())
		}
		rows, err := query[struct {
			Number int
			Last   int64
			Called bool
		}](ctx, e, side, strings.Join(parts, " union all "))
		switch {
		case err == nil:
			for _, r := range rows {
				values[names[r.Number]] = sequenceValue{r.Last, r.Called}
			}
			return nil
		case !denied(err) && !absent(err):
			return err
		case len(names) == 1:
			denied1[names[0]] = denied(err)
			return nil
		}
		if err := read(names[:len(names)/2]); err != nil { // one of them spoils the others' answer
			return err
		}
		return read(names[len(names)/2:])
	}
	for from := 0; from < len(names); from += sequencesAtOnce {
		if err := read(names[from:min(from+sequencesAtOnce, len(names))]); err != nil {
			return values, denied1, err
		}
	}
	return values, denied1, nil
}

func checkSequences(ctx context.Context, e *Env) ([]Result, error) {
	if len(e.Plan.Sequences) == 0 {
		return []Result{pass("", "the source has no sequences")}, nil
	}
	names := make([]analyze.Name, len(e.Plan.Sequences))
	for i, s := range e.Plan.Sequences {
		names[i] = s.Name
	}
	c := sequenceCheck{From: Replica}
	moved, err := replicaAtPause(ctx, e)
	if err != nil {
		return nil, err
	}
	c.Live = e.snapshots()
	if moved != "" {
		c.From = Source
		if r, ok := e.missing("", Source); !ok {
			return []Result{r}, nil
		}
	}
	if c.Theirs, c.Denied, err = probeSequences(ctx, e, c.From, names); err != nil {
		return nil, err
	}
	target, deniedThere, err := probeSequences(ctx, e, Target, names)
	if err != nil {
		return nil, err
	}
	c.Target, c.DeniedTarget = target, deniedThere
	return c.judge(e.Plan.Sequences), nil
}

// sequenceCheck has where the sequences stand on both sides. From is the side that Theirs was read on: the replica as of the
// pause, or, after it moved, the source as it is now, which may be ahead for good reason.
type sequenceCheck struct {
	From                 Side
	Frozen               bool // the source has handed out its last value
	Live                 bool // there never was a moment at which they stood still
	Theirs, Target       map[analyze.Name]sequenceValue
	Denied, DeniedTarget map[analyze.Name]bool
}

// next is what a sequence hands out next. It may lie outside its type: the sequence is at its end then.
func (v sequenceValue) next(increment int64) *big.Int {
	n := big.NewInt(v.Last)
	if v.Called {
		n.Add(n, big.NewInt(increment))
	}
	return n
}

func (c sequenceCheck) judge(planned []planner.Sequence) []Result {
	const set = "70-cutover/73-sequences.sh --replica while the replica is paused; at the cutover they are set again"
	var out []Result
	for _, s := range planned {
		who := s.Name.String()
		theirs, ok := c.Theirs[s.Name]
		ours, there := c.Target[s.Name]
		switch {
		case c.Denied[s.Name]:
			out = append(out, unknown(who, "the role may not read it on the %s", c.From).hint("grant select on sequence %s to the role", s.Name.SQL()))
			continue
		case c.DeniedTarget[s.Name]:
			out = append(out, unknown(who, "the role may not read it on the target").hint("grant select on sequence %s to the role", s.Name.SQL()))
			continue
		case !ok:
			out = append(out, fail(who, "the sequence is in the plan, but not on the %s any more", c.From).hint("analyze and plan again"))
			continue
		case !there:
			out = append(out, fail(who, "the sequence is not on the target").hint("30-target/32-schema.sh creates it"))
			continue
		}
		behind := theirs.next(s.Increment).Cmp(ours.next(s.Increment))
		if s.Increment < 0 {
			behind = -behind
		}
		var r Result
		switch {
		case s.Cycle && behind != 0:
			r = warn(who, "it goes round, and stands at %d on the %s, at %d on the target", theirs.Last, c.From, ours.Last).hint("%s", set)
		case behind > 0 && c.Frozen:
			r = fail(who, "it stands at %d on the target, behind the source's %d: it would hand out values that are taken", ours.Last, theirs.Last).hint("70-cutover/73-sequences.sh")
		case behind > 0 && c.Live:
			r = warn(who, "it stands at %d on the target, the source has gone on to %d since", ours.Last, theirs.Last).hint("at the cutover 70-cutover/73-sequences.sh sets it")
		case behind > 0 && c.From == Source:
			r = unknown(who, "it stands at %d on the target and at %d on the source now; where it stood at the pause cannot be read any more", ours.Last, theirs.Last).hint("at the cutover 70-cutover/73-sequences.sh sets it")
		case behind > 0:
			r = fail(who, "it stands at %d on the target, behind the replica's %d: it would hand out values that are taken", ours.Last, theirs.Last).hint("%s", set)
		default:
			r = pass(who, "at %d, the %s at %d", ours.Last, c.From, theirs.Last)
		}
		out = append(out, r.with(string(c.From), theirs.Last, "target", ours.Last, "increment", s.Increment))
	}
	return out
}

func checkSequencesPassed(ctx context.Context, e *Env) ([]Result, error) {
	if len(e.Plan.Sequences) == 0 {
		return []Result{pass("", "the source has no sequences")}, nil
	}
	names := make([]analyze.Name, len(e.Plan.Sequences))
	for i, s := range e.Plan.Sequences {
		names[i] = s.Name
	}
	c := sequenceCheck{From: Source, Frozen: true}
	var err error
	if c.Theirs, c.Denied, err = probeSequences(ctx, e, Source, names); err != nil {
		return nil, err
	}
	if c.Target, c.DeniedTarget, err = probeSequences(ctx, e, Target, names); err != nil {
		return nil, err
	}
	return c.judge(e.Plan.Sequences), nil
}
