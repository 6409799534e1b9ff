package verify

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// direction is which way changes go: from the server that has the slots to the one that subscribes.
type direction struct {
	From, To       Side
	Create, Enable string // the scripts that do
}

var (
	forward  = direction{Source, Target, "50-cdc/native/51-subscriptions.sh", "50-cdc/native/52-enable.sh"}
	backward = direction{Target, Source, "70-cutover/77-way-back.sh", "70-cutover/77-way-back.sh"}
)

// stream is one direction as the servers of both ends have it, by slot.
type stream struct {
	direction
	Subscriptions map[string]subscription
	Slots         map[string]slot // those of the publisher's database
}

func probeStream(ctx context.Context, e *Env, d direction) (s stream, err error) {
	s.direction = d
	if s.Subscriptions, err = probeSubscriptions(ctx, e, d.To); err != nil {
		return s, err
	}
	who, err := e.server(d.From)
	if err != nil {
		return s, err
	}
	s.Slots, err = probeSlots(ctx, e, d.From)
	maps.DeleteFunc(s.Slots, func(_ string, x slot) bool { return x.Database != who.Database || x.Plugin != e.plugin() })
	return s, err
}

// judge tells of each group whether its changes are applied.
func (s stream) judge(groups []planner.Group) []Result {
	out := make([]Result, 0, len(groups))
	for _, g := range groups {
		sub, subscribed := s.Subscriptions[g.Slot]
		slot, there := s.Slots[g.Slot]
		switch {
		case !subscribed:
			out = append(out, fail(g.Slot, "the %s has no subscription of this name", s.To).hint("%s", s.Create))
		case !there:
			out = append(out, fail(g.Slot, "the %s has no slot of this name for subscriptions", s.From))
		case !sub.Enabled:
			out = append(out, fail(g.Slot, "the subscription of the %s is disabled", s.To).hint("%s", s.Enable))
		case sub.PID == nil:
			out = append(out, fail(g.Slot, "it is enabled, and no process of the %s applies its changes", s.To).hint("the log of the %s says why: an error, or no free worker", s.To))
		case !slot.Active:
			out = append(out, fail(g.Slot, "process %d of the %s does not read its slot on the %s", *sub.PID, s.To, s.From).hint("the log of the %s says why", s.To))
		default:
			out = append(out, pass(g.Slot, "applied by process %d of the %s", *sub.PID, s.To))
		}
	}
	return out
}

// applyPatience is how long a worker may be away: one that met an error is started again after five seconds.
const applyPatience = 12 * time.Second

func checkApplying(ctx context.Context, e *Env) ([]Result, error) {
	var out []Result
	err := patiently(ctx, func() (bool, error) {
		s, err := probeStream(ctx, e, forward)
		if err != nil {
			return false, err
		}
		out = s.judge(e.Plan.Groups)
		return !slices.ContainsFunc(out, func(r Result) bool { return r.Status == Fail && s.Subscriptions[r.Subject].Enabled }), nil
	})
	return orNothing(out, noGroups), err
}

// patiently looks again and again until it is good, or for so long as whoever applies may be away.
func patiently(ctx context.Context, look func() (good bool, err error)) error {
	deadline := time.Now().Add(applyPatience)
	for {
		if good, err := look(); err != nil || good || time.Now().After(deadline) {
			return err
		}
		if err := pauseFor(ctx, 500*time.Millisecond); err != nil {
			return err
		}
	}
}

// checkWayBack wants of each group besides that a marker of the target has come back.
func checkWayBack(ctx context.Context, e *Env) ([]Result, error) {
	if len(e.Plan.Options.Native.WayBack) == 0 {
		return []Result{skip("", "the plan prepares no way back: native.way_back is not set")}, nil
	}
	s, err := probeStream(ctx, e, backward)
	if err != nil {
		return nil, err
	}
	markers, err := probeMarkers(ctx, e)
	if err != nil {
		return nil, err
	}
	out := s.judge(e.Plan.Groups)
	for i, r := range out {
		if m := markers[r.Subject]; r.Status == Pass && (m.Source != m.Target || !strings.HasPrefix(m.Target, "back-")) {
			out[i] = fail(r.Subject, "no marker of the target has come back to the source")
		}
	}
	return orNothing(out, noGroups), nil
}

func checkApplyErrors(ctx context.Context, e *Env) ([]Result, error) {
	first, err := probeSubscriptions(ctx, e, Target)
	if err != nil {
		return nil, err
	}
	if who, err := e.server(Target); err == nil && who.VersionNum < 150000 {
		return []Result{skip("", "before version 15 nothing counts errors of the apply: G5-SUB sees a worker that is away, and the target's log says why")}, nil
	}
	wait := e.Settle
	if slices.ContainsFunc(e.Plan.Groups, func(g planner.Group) bool { n := first[g.Slot].Errors; return n != nil && *n > 0 }) {
		wait = max(wait, 6*time.Second) // as long as the next try takes
	}
	if err := pauseFor(ctx, wait); err != nil {
		return nil, err
	}
	second, err := probeSubscriptions(ctx, e, Target)
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, g := range e.Plan.Groups {
		a, b := first[g.Slot].Errors, second[g.Slot].Errors
		switch {
		case b == nil:
			out = append(out, unasked(g.Slot, "there is no subscription: see G5-SUB"))
		case a != nil && *b > *a:
			out = append(out, fail(g.Slot, "%s failed within %s, %d in all: a change cannot be applied", analyze.Count(int(*b-*a), "attempt"), wait, *b).hint("the target's log has the error and the row"))
		case *b > 0:
			out = append(out, warn(g.Slot, "%s failed so far, none within %s", analyze.Count(int(*b), "attempt"), wait).hint("find the reason in the target's log"))
		default:
			out = append(out, pass(g.Slot, "none"))
		}
	}
	return orNothing(out, noGroups), nil
}

func pauseFor(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
