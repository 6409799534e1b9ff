package verify

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answers is a check that always says the same.
func answers(code string, results ...Result) Check {
	return Check{Code: code, Gates: Gates, Family: Servers, Cost: Instant, Run: func(context.Context, *Env) ([]Result, error) { return results, nil }}
}

func statuses(r Report) map[string]Status {
	out := map[string]Status{}
	for _, res := range r.Results {
		out[res.Check+" "+res.Subject] = res.Status
	}
	return out
}

func TestRunOrdersAnswers(t *testing.T) {
	slow := answers("B")
	slow.Run = func(context.Context, *Env) ([]Result, error) {
		time.Sleep(5 * time.Millisecond)
		return []Result{pass("z", ""), pass("a", ""), fail("m", "")}, nil
	}
	guard := answers("G", pass("", ""))
	guard.Guard = true
	var seen []string
	r := Run(t.Context(), Env{Gate: Loaded}, []Check{answers("A", pass("", "")), slow, answers("C", pass("", "")), guard}, func(res Result) { seen = append(seen, res.Code) })
	var order []string
	for _, res := range r.Results {
		order = append(order, res.Code+res.Subject)
	}
	require.Equal(t, []string{"A", "Ba", "Bm", "Bz", "C", "G"}, order)
	require.Len(t, seen, 6)
	require.Equal(t, "G", seen[0], "guards are asked first, wherever they stand")
}

func TestGuardsBlock(t *testing.T) {
	guard := func(r Result) Check {
		g := answers("G", r)
		g.Guard = true
		return g
	}
	needs := func(code string, sides ...Side) Check {
		c := answers(code, pass("", ""))
		c.Needs = sides
		return c
	}
	others := []Check{needs("S", Source), needs("T", Target), needs("B", Source, Target), needs("N")}
	for name, c := range map[string]struct {
		answer Result
		sides  []Side
		want   map[string]Status
	}{
		"one side":        {fail("target", "no"), []Side{Source, Target}, map[string]Status{"S ": Pass, "T ": Skip, "B ": Skip, "N ": Pass}},
		"unknown side":    {unknown("target", "no"), []Side{Source, Target}, map[string]Status{"S ": Pass, "T ": Skip, "B ": Skip, "N ": Pass}},
		"everything":      {fail("plan", "no"), []Side{Source, Target}, map[string]Status{"S ": Skip, "T ": Skip, "B ": Skip, "N ": Skip}},
		"a warning":       {warn("target", "hm"), []Side{Source, Target}, map[string]Status{"S ": Pass, "T ": Pass, "B ": Pass, "N ": Pass}},
		"side not given":  {pass("", ""), []Side{Source}, map[string]Status{"S ": Pass, "T ": Skip, "B ": Skip, "N ": Pass}},
		"no side is here": {pass("", ""), nil, map[string]Status{"S ": Skip, "T ": Skip, "B ": Skip, "N ": Pass}},
	} {
		t.Run(name, func(t *testing.T) {
			env := Env{Sides: c.sides, Open: func(context.Context, Side) (Session, error) { return nil, errors.New("nobody") }}
			r := Run(t.Context(), env, append([]Check{guard(c.answer)}, others...), nil)
			got := statuses(r)
			delete(got, "G "+c.answer.Subject)
			require.Equal(t, c.want, got)
			for _, res := range r.Results {
				if res.Status == Skip {
					require.True(t, res.Undecided, "a check that was left out is no pass")
					require.NotEmpty(t, res.Detail)
				}
			}
		})
	}
}

func TestErrorsAreUnknown(t *testing.T) {
	failing := func(err error, results ...Result) Check {
		c := answers("X")
		c.Run = func(context.Context, *Env) ([]Result, error) { return results, err }
		return c
	}
	for name, c := range map[string]struct {
		err  error
		hint string
	}{
		"lost":      {io.ErrUnexpectedEOF, "connection was lost"},
		"closed":    {errors.New("conn closed"), "connection was lost"},
		"shut down": {&pgconn.PgError{Code: "57P01", Message: "terminating"}, "server ended the connection"},
		"denied":    {&pgconn.PgError{Code: "42501", Message: "permission denied"}, "pg_monitor"},
		"cancelled": {&pgconn.PgError{Code: "57014", Message: "canceling"}, "statement_timeout"},
		"other":     {errors.New("what?"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := Run(t.Context(), Env{}, []Check{failing(c.err)}, nil)
			require.Equal(t, Unknown, r.Results[0].Status)
			require.Contains(t, r.Results[0].Hint, c.hint)
			require.Equal(t, 3, r.ExitCode())
		})
	}
	r := Run(t.Context(), Env{}, []Check{failing(io.EOF, fail("a", "gone"))}, nil)
	require.Equal(t, 1, r.ExitCode(), "what was found before the error stays found")
	require.Equal(t, map[string]Status{"X a": Fail, "X ": Unknown}, statuses(r))
	r = Run(t.Context(), Env{}, []Check{failing(nil)}, nil)
	require.Equal(t, 3, r.ExitCode(), "a check that says nothing proves nothing")
	require.Equal(t, 3, Run(t.Context(), Env{}, nil, nil).ExitCode(), "a gate without checks proves nothing")
	info := failing(io.EOF)
	info.Informational = true
	r = Run(t.Context(), Env{}, []Check{info, answers("A", pass("", ""))}, nil)
	require.Equal(t, Unknown, r.Results[0].Status)
	require.Equal(t, 0, r.ExitCode(), "an open question that only informs does not hold a gate")
}

func TestConcurrencyIsBounded(t *testing.T) {
	var now, most atomic.Int32
	var checks []Check
	for range 20 {
		c := answers("C")
		c.Run = func(context.Context, *Env) ([]Result, error) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(2 * time.Millisecond)
			now.Add(-1)
			return []Result{pass("", "")}, nil
		}
		checks = append(checks, c)
	}
	Run(t.Context(), Env{Jobs: 3}, checks, nil)
	require.LessOrEqual(t, most.Load(), int32(3))
}

// around is a check that goes around the others and notes when it looks.
func around(code string, note func(string), results ...Result) Check {
	c := answers(code)
	c.Run = nil
	c.Around = func(context.Context, *Env) (func(context.Context) ([]Result, error), error) {
		note("first")
		return func(context.Context) ([]Result, error) {
			note("second")
			return results, nil
		}, nil
	}
	return c
}

func TestAroundTheOthers(t *testing.T) {
	var mu sync.Mutex
	var order []string
	note := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, what)
	}
	other := answers("O")
	other.Run = func(context.Context, *Env) ([]Result, error) {
		note("begins")
		time.Sleep(2 * time.Millisecond)
		note("ends")
		return []Result{pass("", "")}, nil
	}
	guard := answers("G")
	guard.Guard = true
	guard.Run = func(context.Context, *Env) ([]Result, error) {
		note("guard")
		return []Result{pass("", "")}, nil
	}
	// Alone in its place, and last in the list: neither decides when it looks.
	checks := []Check{other, other, other, guard, around("A", note, fail("b", ""), pass("a", ""))}
	for _, jobs := range []int{1, 3} {
		order = nil
		var seen []string
		r := Run(t.Context(), Env{Gate: Cutover, Jobs: jobs}, checks, func(res Result) { seen = append(seen, res.Code) })
		require.Len(t, order, 9)
		require.Equal(t, []string{"guard", "first"}, order[:2])
		require.Equal(t, "second", order[8])
		require.Equal(t, []string{"G", "O", "O", "O", "A", "A"}, seen)
		require.Equal(t, map[string]Status{"O ": Pass, "G ": Pass, "A a": Pass, "A b": Fail}, statuses(r))
		require.Equal(t, "a", r.Results[4].Subject)
	}
	order = nil
	r := Run(t.Context(), Env{}, checks[4:], nil)
	require.Equal(t, []string{"first", "second"}, order, "there is nothing else to ask")
	require.Equal(t, 1, r.ExitCode())
}

// The others may take hours: that is neither the time of the check, nor time that it lacks.
func TestAroundTakesItsOwnTime(t *testing.T) {
	var until [2]time.Time
	c := around("A", func(string) {}, pass("", ""))
	c.Around = func(ctx context.Context, _ *Env) (func(context.Context) ([]Result, error), error) {
		until[0], _ = ctx.Deadline()
		return func(ctx context.Context) ([]Result, error) {
			until[1], _ = ctx.Deadline()
			return []Result{pass("", "")}, ctx.Err()
		}, nil
	}
	const long = 50 * time.Millisecond
	slow := answers("S")
	slow.Run = func(context.Context, *Env) ([]Result, error) {
		time.Sleep(long)
		return []Result{pass("", "")}, nil
	}
	r := Run(t.Context(), Env{}, []Check{c, slow}, nil)
	require.Equal(t, 0, r.ExitCode())
	require.False(t, until[0].IsZero())
	require.GreaterOrEqual(t, until[1].Sub(until[0]), long, "each look has a limit of its own")
	require.Less(t, r.Results[0].Took, long)
	require.GreaterOrEqual(t, r.Results[1].Took, long)
}

func TestAroundLeftOutOrBroken(t *testing.T) {
	var order []string
	note := func(what string) { order = append(order, what) }
	broken := func(first, second error) Check {
		c := around("A", note)
		c.Around = func(context.Context, *Env) (func(context.Context) ([]Result, error), error) {
			return func(context.Context) ([]Result, error) {
				note("second")
				return nil, second
			}, first
		}
		return c
	}
	needs := around("A", note, pass("", ""))
	needs.Needs = []Side{Source}
	guard := answers("G", fail("plan", "no"))
	guard.Guard = true
	for name, c := range map[string]struct {
		checks []Check
		want   Status
		looks  []string
	}{
		"a guard failed":       {[]Check{guard, around("A", note, pass("", ""))}, Skip, nil},
		"its side is not here": {[]Check{needs}, Skip, nil},
		"first look":           {[]Check{broken(io.ErrUnexpectedEOF, nil)}, Unknown, nil},
		"second look":          {[]Check{broken(nil, io.ErrUnexpectedEOF)}, Unknown, []string{"second"}},
		"no answer":            {[]Check{broken(nil, nil)}, Unknown, []string{"second"}},
	} {
		t.Run(name, func(t *testing.T) {
			order = nil
			r := Run(t.Context(), Env{}, append(c.checks, answers("O", pass("", ""))), nil)
			require.Equal(t, c.want, statuses(r)["A "])
			require.Equal(t, c.looks, order)
			require.NotEqual(t, 0, r.ExitCode())
		})
	}
}

func TestCancelEndsWhatGoesAround(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := around("A", func(string) {})
	c.Around = func(context.Context, *Env) (func(context.Context) ([]Result, error), error) {
		return func(ctx context.Context) ([]Result, error) { return []Result{pass("", "")}, pauseFor(ctx, time.Hour) }, nil
	}
	stuck := answers("S")
	stuck.Run = func(ctx context.Context, _ *Env) ([]Result, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	r := Run(ctx, Env{}, []Check{c, stuck}, nil)
	require.NotEqual(t, 0, r.ExitCode())
	require.Contains(t, []string{r.Results[0].Detail, r.Results[1].Detail}, "interrupted")

	ctx, cancel = context.WithCancel(t.Context()) // while it waits for its second look
	done := answers("S", pass("", ""))
	r = Run(ctx, Env{}, []Check{c, done}, func(Result) { cancel() })
	require.NotEqual(t, 0, r.ExitCode())
}

func TestCancelEndsARun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{})
	var once sync.Once
	stuck := answers("S")
	stuck.Run = func(ctx context.Context, _ *Env) ([]Result, error) {
		once.Do(func() { close(started) })
		<-ctx.Done()
		return nil, ctx.Err()
	}
	go func() {
		<-started
		cancel()
	}()
	r := Run(ctx, Env{Jobs: 1}, []Check{stuck, stuck, answers("A", pass("", ""))}, nil)
	require.Len(t, r.Results, 3)
	require.NotEqual(t, 0, r.ExitCode())
	require.Equal(t, "interrupted", r.Results[0].Detail)
}

// fakeSession answers nothing and knows whether it was closed.
type fakeSession struct {
	closed *atomic.Int32
	broken bool
}

func (f *fakeSession) Query(context.Context, string, ...any) (pgx.Rows, error) {
	f.broken = true
	return nil, io.ErrUnexpectedEOF
}
func (f *fakeSession) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, nil
}
func (f *fakeSession) IsClosed() bool              { return f.broken }
func (f *fakeSession) Close(context.Context) error { f.closed.Add(1); return nil }

func TestSessionsAreClosed(t *testing.T) {
	var opened, closed atomic.Int32
	env := Env{Sides: []Side{Source}, Jobs: 2, Open: func(context.Context, Side) (Session, error) {
		opened.Add(1)
		return &fakeSession{closed: &closed}, nil
	}}
	use := answers("U")
	use.Run = func(ctx context.Context, e *Env) ([]Result, error) {
		err := e.session(ctx, Source, func(Session) error { return nil })
		return []Result{pass("", "")}, err
	}
	broken := answers("B")
	broken.Run = func(ctx context.Context, e *Env) ([]Result, error) {
		_, err := query[struct{ N int }](ctx, e, Source, "select 1 as n")
		return nil, err
	}
	r := Run(t.Context(), env, []Check{use, use, use, broken, use}, nil)
	require.Equal(t, opened.Load(), closed.Load())
	require.LessOrEqual(t, opened.Load(), int32(4))
	require.Equal(t, 3, r.ExitCode())
}

func TestExitCode(t *testing.T) {
	for name, c := range map[string]struct {
		results []Result
		want    int
	}{
		"good":                     {[]Result{pass("", ""), warn("", ""), skip("", "")}, 0},
		"failed":                   {[]Result{pass("", ""), fail("", ""), unknown("", "")}, 1},
		"unknown":                  {[]Result{pass("", ""), unknown("", "")}, 3},
		"left out":                 {[]Result{pass("", ""), unasked("", "")}, 3},
		"not reached":              {[]Result{{Code: codeConnect, Status: Unknown, Undecided: true}, unasked("", "")}, 2},
		"not reached, and failed":  {[]Result{{Code: codeConnect, Status: Unknown, Undecided: true}, fail("", "")}, 1},
		"nothing":                  {nil, 3},
		"only what does not arise": {[]Result{skip("", "")}, 0},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Report{Results: c.results}.ExitCode()) })
	}
}

func TestSelect(t *testing.T) {
	all := ChecksOf(planner.Plan{Options: planner.Defaults()})
	codes := func(checks []Check) (out []string) {
		for _, c := range checks {
			if !c.Guard {
				out = append(out, c.Code)
			}
		}
		return out
	}
	at := func(gate Gate) *State {
		now := time.Now()
		return map[Gate]*State{
			Preflight: nil, ReadyToPause: {Slots: map[string]StateSlot{"a": {}}}, Paused: {Pause: &StatePause{}}, Loaded: {Load: &StateLoad{FinishedAt: &now}},
		}[gate]
	}
	for name, c := range map[string]struct {
		gate  Gate
		names []string
		state *State
		want  []string
		at    Gate
	}{
		"family of a gate":              {Loaded, []string{"rows"}, nil, []string{"G3-ROWS"}, Loaded},
		"family at its only gate":       {"", []string{"rows"}, at(Paused), []string{"G3-ROWS"}, Loaded},
		"family at the gate reached":    {"", []string{"lsn"}, at(ReadyToPause), []string{"G1-SLOT", "G1-REPLAY", "G2-WAL"}, ReadyToPause},
		"family at the pause":           {"", []string{"lsn"}, at(Paused), []string{"G1-SLOT", "G2-PAUSED", "G2-LSN", "G2-MEMBER", "G2-WAL", "G2-STRADDLE"}, Paused},
		"family that is behind":         {"", []string{"settings"}, at(Loaded), []string{"G0-CONF", "G0-STANDBY"}, ReadyToPause},
		"code":                          {"", []string{"g3-idx"}, nil, []string{"G3-IDX"}, Loaded},
		"families and codes":            {Loaded, []string{"sequences", "G3-CON"}, nil, []string{"G3-CON", "G3-SEQ"}, Loaded},
		"drift at the beginning":        {"", []string{"drift"}, nil, []string{"G0-DRIFT"}, Preflight},
		"drift at the end":              {"", []string{"drift"}, at(Loaded), []string{"G0-DRIFT"}, Loaded},
		"load is about the last gate":   {"", []string{"load"}, at(Loaded), []string{"G3-COVER"}, Loaded},
		"guards alone are a family too": {Paused, []string{"servers"}, nil, nil, Paused},
	} {
		t.Run(name, func(t *testing.T) {
			checks, gate, err := Select(all, c.gate, c.names, c.state)
			require.NoError(t, err)
			require.Equal(t, c.want, codes(checks))
			require.Equal(t, c.at, gate)
			require.True(t, checks[0].Guard)
		})
	}
	for name, c := range map[string][]string{"no such family": {"indices"}, "not of this gate": {"rows"}} {
		_, _, err := Select(all, Preflight, c, nil)
		require.Error(t, err, name)
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks() {
		require.Regexp(t, `^G[0-8]-[A-Z]+$`, c.Code)
		require.False(t, seen[c.Code], c.Code)
		seen[c.Code] = true
		require.NotEmpty(t, c.Title, c.Code)
		require.NotEmpty(t, c.Why, c.Code)
		require.NotEmpty(t, c.Remedy, c.Code)
		require.NotEmpty(t, c.Gates, c.Code)
		require.Contains(t, Families, c.Family, c.Code)
		require.Contains(t, []Cost{Instant, Bounded, Full}, c.Cost, c.Code)
		require.NotEqual(t, c.Run == nil, c.Around == nil, "%s either looks once or goes around the others", c.Code)
		require.False(t, c.Guard && c.Around != nil, c.Code)
		if !c.Guard {
			require.NotEmpty(t, c.Needs, c.Code)
		}
	}
	for _, code := range askedElsewhere {
		require.True(t, seen[code], code)
	}
	for _, g := range Gates {
		checks, _, err := Select(Checks(), g, nil, nil)
		require.NoError(t, err)
		require.Greater(t, len(checks), 5, g)
	}
}

// Changes are lost until the target takes over: what was lost since the gate cutover-ready is asked for once more.
func TestLossesAtTheCutover(t *testing.T) {
	for engine, want := range map[string][]string{
		planner.EngineDMS:    {"G5-EXC", "G5-NOPK", "G5-SUSPEND", "G5-TRUNC"},
		planner.EngineNative: {"G5-NOPK"},
	} {
		p := planner.Plan{Options: planner.Defaults()}
		p.Options.Engine = engine
		for _, gate := range []Gate{CDC, CutoverReady, Cutover} {
			checks, _, err := Select(ChecksOf(p), gate, []string{string(Apply)}, nil)
			require.NoError(t, err)
			var have []string
			for _, c := range checks {
				have = append(have, c.Code)
			}
			require.Subset(t, have, want, "%s %s", engine, gate)
			require.Equal(t, gate != Cutover, slices.Contains(have, "G5-LAG"), "nothing is applied any more")
		}
	}
}
