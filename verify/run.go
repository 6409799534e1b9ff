package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"
)

// Select picks the checks of a gate, those of the named families only where any are named (a name may also be the code of a
// check). Guards always come along.
//
// Without a gate, families are looked for at the gate that the state has reached, else at the latest before it, else at the
// first after it; that gate is returned.
func Select(all []Check, gate Gate, names []string, state *State) ([]Check, Gate, error) {
	wanted := func(c Check) bool {
		return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return n == string(c.Family) || strings.EqualFold(n, c.Code) })
	}
	for _, n := range names {
		if !slices.ContainsFunc(all, func(c Check) bool { return n == string(c.Family) || strings.EqualFold(n, c.Code) }) {
			return nil, gate, fmt.Errorf("there is no check or family of checks called %q", n)
		}
	}
	at := func(g Gate) (out []Check) {
		for _, c := range all {
			if slices.Contains(c.Gates, g) && (c.Guard || wanted(c)) {
				out = append(out, c)
			}
		}
		return out
	}
	asks := func(checks []Check) bool {
		return slices.ContainsFunc(checks, wanted)
	}
	if order := gatesIn(all); gate != "" && len(all) > 0 && !slices.Contains(order, gate) {
		return nil, gate, fmt.Errorf("the plan's order of work has no gate %s: its gates are %s", gate, join(order))
	}
	if gate != "" {
		checks := at(gate)
		if !asks(checks) {
			return nil, gate, fmt.Errorf("the gate %s has no check of %s", gate, strings.Join(names, ", "))
		}
		return checks, gate, nil
	}
	order := gatesIn(all)
	reached := max(slices.Index(order, state.Reached()), 0)
	for _, i := range append(countdown(reached), countup(reached+1, len(order))...) {
		if checks := at(order[i]); asks(checks) {
			return checks, order[i], nil
		}
	}
	return nil, gate, errors.New("no gate has such a check")
}

// gatesIn are the gates that checks have, in their order of work: where nothing is paused it is that of a full load by AWS DMS.
func gatesIn(all []Check) []Gate {
	has := func(g Gate) bool {
		return slices.ContainsFunc(all, func(c Check) bool { return slices.Contains(c.Gates, g) })
	}
	order := Gates
	if !has(Paused) && has(CDCReady) {
		order = fullOrder
	}
	return slices.DeleteFunc(slices.Clone(order), func(g Gate) bool { return !has(g) })
}

func join(gates []Gate) string {
	names := make([]string, len(gates))
	for i, g := range gates {
		names[i] = string(g)
	}
	return strings.Join(names, ", ")
}

// AsksForServers reports whether names, as Select takes them, ask for the servers themselves: all checks of a gate do.
func AsksForServers(all []Check, names []string) bool {
	return len(names) == 0 || slices.ContainsFunc(all, func(c Check) bool {
		return c.Family == Servers && slices.ContainsFunc(names, func(n string) bool { return n == string(c.Family) || strings.EqualFold(n, c.Code) })
	})
}

func countdown(from int) (out []int) {
	for i := from; i >= 0; i-- {
		out = append(out, i)
	}
	return out
}

func countup(from, to int) (out []int) {
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

// Run runs checks, the guards first and one after the other, the rest a few at a time between the two looks of those that go around them, and reports
// every answer. observe, if not nil, is told each answer as it comes, never two at a time. What a failed guard or a missing server leaves out is
// skipped, undecided, with the reason. Cancelling ctx ends it early; what was not asked by then is unknown.
func Run(ctx context.Context, env Env, checks []Check, observe func(Result)) Report {
	e, end := env.start(ctx)
	defer end()
	r := Report{Gate: e.Gate, Plan: e.Fingerprint, StartedAt: time.Now().UTC()}
	answers := make([][]Result, len(checks))
	var mu sync.Mutex
	answer := func(i int, results []Result) {
		mu.Lock()
		defer mu.Unlock()
		answers[i] = results
		if observe != nil {
			for _, res := range results {
				observe(res)
			}
		}
	}
	var blocked []Result // answers of guards that did not pass
	for i, c := range checks {
		if !c.Guard {
			continue
		}
		results := e.ask(ctx, c, blocked)
		answer(i, results)
		for _, res := range results {
			if res.Status == Fail || res.Status == Unknown {
				blocked = append(blocked, res)
				if side := Side(res.Subject); side == Source || side == Replica || side == Target {
					e.live.blocked[side] = res
				}
			}
		}
	}
	var ends []func()
	for i, c := range checks {
		if c.Around != nil {
			if again, results := e.begin(ctx, c, blocked); again == nil {
				answer(i, results)
			} else {
				ends = append(ends, func() { answer(i, again()) })
			}
		}
	}
	var g errgroup.Group
	g.SetLimit(e.Jobs)
	for i, c := range checks {
		if !c.Guard && c.Around == nil {
			g.Go(func() error {
				answer(i, e.ask(ctx, c, blocked))
				return nil
			})
		}
	}
	_ = g.Wait() // no function returns an error
	for _, end := range ends {
		end()
	}
	r.Took = time.Since(r.StartedAt)
	r.Checks = checks
	for i := range answers {
		r.Results = append(r.Results, answers[i]...)
	}
	for _, side := range e.Sides {
		if s, err := e.server(side); err == nil {
			r.Servers = append(r.Servers, s.summary(side))
		}
	}
	return r
}

// ask runs one check, or says why it could not be.
func (e *Env) ask(ctx context.Context, c Check, blocked []Result) []Result {
	if r, out := e.leftOut(c, blocked); out {
		return e.finish(c, []Result{r}, 0)
	}
	start := time.Now()
	results := limited(ctx, c, func(ctx context.Context) ([]Result, error) { return c.Run(ctx, e) })
	return e.finish(c, results, time.Since(start))
}

// begin takes the first look of a check that goes around the others, and returns the second. Where there is nothing to look at again, that is nil, and
// there are answers in its place.
func (e *Env) begin(ctx context.Context, c Check, blocked []Result) (again func() []Result, results []Result) {
	if r, out := e.leftOut(c, blocked); out {
		return nil, e.finish(c, []Result{r}, 0)
	}
	var second func(context.Context) ([]Result, error)
	start := time.Now()
	results = limited(ctx, c, func(ctx context.Context) ([]Result, error) {
		then, err := c.Around(ctx, e)
		if err == nil {
			second = then
		}
		return nil, err
	})
	first := time.Since(start)
	if second == nil {
		return nil, e.finish(c, results, first)
	}
	return func() []Result {
		start := time.Now()
		results := limited(ctx, c, second)
		return e.finish(c, results, first+time.Since(start)) // what the others took is not its own
	}, nil
}

// leftOut says why a check is not asked; out is false where it is.
func (e *Env) leftOut(c Check, blocked []Result) (r Result, out bool) {
	for _, b := range blocked {
		if side := Side(b.Subject); side == Source || side == Replica || side == Target {
			if slices.Contains(c.Needs, side) {
				return unasked("", "the %s did not pass %s: %s", side, b.Code, b.Detail), true
			}
			continue
		}
		return unasked("", "%s did not pass: %s", b.Code, b.Detail), true
	}
	for _, side := range c.Needs {
		if !e.given(side) && !c.Guard {
			return unasked("", "no %s was given", side).hint("give --%s", side), true
		}
	}
	return Result{}, false
}

// limited looks within the time of the check's cost.
func limited(ctx context.Context, c Check, look func(context.Context) ([]Result, error)) []Result {
	lookCtx, cancel := ctx, context.CancelFunc(func() {})
	if limit := c.Cost.timeout(); limit > 0 {
		lookCtx, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	results, err := look(lookCtx)
	if err != nil {
		// What was found before the error stays: a failure found is a failure.
		results = append(results, undecidable(ctx, c, err))
	} else if len(results) == 0 {
		results = []Result{unknown("", "the check gave no answer")} // a check that says nothing proves nothing
	}
	return results
}

// finish completes the answers of a check.
func (e *Env) finish(c Check, results []Result, took time.Duration) []Result {
	for i := range results {
		results[i].Check = c.Code
		if results[i].Code == "" {
			results[i].Code = c.Code
		}
		results[i].Took = took
		if c.Informational {
			results[i].Undecided = false
		}
		if results[i].Evidence == nil {
			results[i].Evidence = []Fact{}
		}
		if results[i].Status == Fail && results[i].Hint == "" {
			results[i].Hint = c.Remedy
		}
		if e.full() {
			results[i].Hint = FullWords(results[i].Hint)
		}
	}
	slices.SortStableFunc(results, func(a, b Result) int { return strings.Compare(a.Subject, b.Subject) })
	return results
}

// undecidable is the answer of a check that ended in an error.
func undecidable(ctx context.Context, c Check, err error) Result {
	if ctx.Err() != nil {
		return unknown("", "interrupted")
	}
	text := strings.TrimSpace(err.Error())
	if errors.Is(err, context.DeadlineExceeded) {
		return unknown("", "no answer within %s: %s", c.Cost.timeout(), text)
	}
	r := unknown("", "%s", text)
	pe, fromServer := errors.AsType[*pgconn.PgError](err)
	switch {
	case fromServer && pe.Code == "42501": // insufficient_privilege
		return r.hint("connect as a role that may read it; membership in pg_monitor shows most of what a superuser sees")
	case fromServer && pe.Code == "57014": // query_canceled
		return r.hint("the server ended the query by its statement_timeout or somebody cancelled it: run the check again")
	case fromServer && strings.HasPrefix(pe.Code, "57P"): // admin_shutdown, crash_shutdown, cannot_connect_now
		return r.hint("the server ended the connection: look into its log, then run the check again")
	}
	if _, network := errors.AsType[net.Error](err); network || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || strings.Contains(text, "conn closed") {
		return r.hint("the connection was lost: look into the server's log, then run the check again")
	}
	return r
}
