package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/parity"
)

// Session is one connection; a *pgx.Conn is one.
type Session interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	IsClosed() bool
	Close(ctx context.Context) error
}

// RowsMode says how rows are compared.
type RowsMode string

// The ways to compare rows.
const (
	RowsExact    RowsMode = "exact"    // count every row of every table
	RowsChecksum RowsMode = "checksum" // compare checksums of their values, and name the rows that differ
	RowsDelta    RowsMode = "delta"    // after the replica was resumed: compare what the source changed since the pause
	RowsSample   RowsMode = "sample"   // of large tables only some months by their time column
)

// KeysMode says which keys of differing rows a report shows. Keys are data of the users', and reports get around.
type KeysMode string

// The ways to show keys. A row is always named by where it is in its table (ctid) too.
const (
	KeysNone  KeysMode = "none"  // none
	KeysPlain KeysMode = "plain" // numbers, UUIDs, dates and times
	KeysAll   KeysMode = "all"   // all
)

// Env is what checks work with. Run copies it; the caller's stays as it is.
type Env struct {
	Gate        Gate
	Plan        planner.Plan
	Fingerprint string // of Plan, as state.json and the ledger name it
	State       *State // nil: there is no state.json yet
	Sides       []Side // the servers that were given; checks that need another are skipped, undecided
	Whole       bool   // the servers themselves are asked about: one of the gate's that was not given is undecided, whatever else is asked

	// Open opens a session on a side. Its errors are shown, so they must not hold a secret. Sessions are made read-only
	// by this package.
	Open func(context.Context, Side) (Session, error)
	// Elsewhere opens a session on another database of a side's server, as Open does on the planned one. Nil: none is to be had.
	Elsewhere func(ctx context.Context, side Side, database string) (Session, error)
	// Inventory reads the inventory of a side afresh.
	Inventory func(context.Context, Side) (analyze.Inventory, error)
	// ClientVersion is what "psql --version" or "pg_dump --version" prints. Nil: the clients are not looked at.
	ClientVersion func(ctx context.Context, program string) (string, error)

	Rows RowsMode // empty: exact
	// SampleFrom is the size in bytes from which sampling looks at some months of a table only; 0: 64 MiB.
	SampleFrom int64
	Show       int      // differing rows of a table that are named; 0: 20
	Keys       KeysMode // which keys of differing rows are shown; empty: KeysPlain
	// Only are the tables whose rows are compared; empty: all.
	Only []analyze.Name
	// Differences, if set, gets every table of which rows differ, with the keys of at most List rows of each; 0: 100,000. The caller closes it.
	Differences *differences.Writer
	List        int
	// Budget is the time that comparing values may take; what is not reached is unknown. 0: as long as it takes.
	Budget time.Duration
	// Patience is how long the delta, and the check of what spans the pause, wait for the target to apply what the source has; 0: 30 seconds.
	Patience time.Duration
	// Resume is a file that remembers which parts of the tables are equal; empty: nothing is remembered.
	Resume string
	// PieceBytes is the size of the pieces by which values are compared; 0: 256 MiB.
	PieceBytes int64
	// LogsSince is the time before which somebody has looked at what the tasks of AWS DMS have logged: it is told, and decides nothing. Zero: nobody has.
	LogsSince time.Time
	Jobs      int            // sessions per side and checks at a time; 0: planner.GateJobs
	Peek      bool           // list transactions in flight at the hand-off by a bounded peek at each slot
	FreeBytes map[Side]int64 // free disk for WAL as the operator knows it; wins over the plan's figures
	// Settle is the time between two readings of a position that must stand still; 0: 2 seconds.
	Settle time.Duration
	// Progress, if set, is told now and then what a long check is at. It may be called from several goroutines.
	Progress func(code string, done, total int)
	// Compared, if set, is told now and then how many bytes of how many are compared, in place of Progress. It may be called from several goroutines.
	Compared func(code string, done, total int64)

	live *liveEnv
}

// liveEnv is what a run shares between its checks.
type liveEnv struct {
	pools       map[Side]*pool
	servers     map[Side]func() (server, error)
	inventories map[Side]func() (analyze.Inventory, error)
	counted     func() (fullRows, error)
	blocked     map[Side]Result // sides that did not pass a guard; written before the other checks begin
}

// start prepares a copy of the environment for one run and returns how to end it.
func (e Env) start(ctx context.Context) (*Env, func()) {
	if e.Rows == "" {
		e.Rows = RowsExact
	}
	if e.Jobs < 1 {
		e.Jobs = planner.GateJobs
	}
	if e.SampleFrom <= 0 {
		e.SampleFrom = 64 << 20
	}
	if e.Show <= 0 {
		e.Show = 20
	}
	if e.List <= 0 && e.Differences != nil {
		e.List = 100_000
	}
	if e.Patience <= 0 {
		e.Patience = patience
	}
	if e.Keys == "" {
		e.Keys = KeysPlain
	}
	if e.Settle <= 0 {
		e.Settle = 2 * time.Second
	}
	if e.Fingerprint == "" {
		e.Fingerprint = e.Plan.Fingerprint()
	}
	if !e.standby() { // then a replica has no part in it
		e.Sides = slices.DeleteFunc(slices.Clone(e.Sides), func(s Side) bool { return s == Replica })
	}
	if e.Plan.Options.Emptied() && e.Gate == Preflight && e.toBeMade() {
		e.Sides = slices.DeleteFunc(slices.Clone(e.Sides), func(s Side) bool { return s == Target })
	}
	l := &liveEnv{pools: map[Side]*pool{}, servers: map[Side]func() (server, error){}, inventories: map[Side]func() (analyze.Inventory, error){}, blocked: map[Side]Result{}}
	l.counted = sync.OnceValues(func() (fullRows, error) { return countTarget(ctx, &e) })
	e.live = l
	for _, side := range e.Sides {
		l.pools[side] = newPool(e.Jobs, func(ctx context.Context) (Session, error) { return e.Open(ctx, side) })
		l.servers[side] = sync.OnceValues(func() (server, error) { return probeServer(ctx, &e, side) })
		l.inventories[side] = sync.OnceValues(func() (analyze.Inventory, error) {
			if e.Inventory == nil {
				return analyze.Inventory{}, errors.New("no reader of inventories is at hand")
			}
			inv, err := e.Inventory(ctx, side)
			if err != nil {
				return inv, fmt.Errorf("reading the inventory of the %s: %w", side, err)
			}
			return inv, nil
		})
	}
	return &e, func() {
		for _, p := range l.pools {
			p.close()
		}
	}
}

func (e *Env) given(side Side) bool { return slices.Contains(e.Sides, side) }

// missing is the answer about what needs a side that is not to be had; ok is true where it is.
func (e *Env) missing(subject string, side Side) (r Result, ok bool) {
	if side == Target && e.Gate == Preflight && e.Plan.Options.Emptied() && e.toBeMade() {
		return skip(subject, "the target is yet to be made: 20-aurora; the gate is asked again after the promotion"), false
	}
	if !e.given(side) {
		return unasked(subject, "no %s was given", side).hint("give --%s", side), false
	}
	if b, bad := e.live.blocked[side]; bad {
		return unasked(subject, "the %s did not pass %s: %s", side, b.Code, b.Detail), false
	}
	return Result{}, true
}

// server is who answers on a side, asked once a run.
func (e *Env) server(side Side) (server, error) {
	if f := e.live.servers[side]; f != nil {
		return f()
	}
	return server{}, fmt.Errorf("no connection to the %s was given", side)
}

// inventory is the inventory of a side, read once a run.
func (e *Env) inventory(side Side) (analyze.Inventory, error) {
	if f := e.live.inventories[side]; f != nil {
		return f()
	}
	return analyze.Inventory{}, fmt.Errorf("no connection to the %s was given", side)
}

// inventories are those of two sides, read at the same time: while the source is frozen each second counts.
func (e *Env) inventories(one, other Side) (a, b analyze.Inventory, err error) {
	var g errgroup.Group
	g.Go(func() (err error) {
		a, err = e.inventory(one)
		return err
	})
	g.Go(func() (err error) {
		b, err = e.inventory(other)
		return err
	})
	return a, b, g.Wait()
}

func (e *Env) progress(code string, done, total int) {
	if e.Progress != nil {
		e.Progress(code, done, total)
	}
}

// query runs a statement on a side and returns its rows, matched to the fields of T by name.
func query[T any](ctx context.Context, e *Env, side Side, sql string, args ...any) ([]T, error) {
	var out []T
	err := e.session(ctx, side, func(s Session) error {
		rows, err := s.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
	return out, err
}

// queryOne is query for statements that return exactly one row.
func queryOne[T any](ctx context.Context, e *Env, side Side, sql string, args ...any) (T, error) {
	var none T
	rows, err := query[T](ctx, e, side, sql, args...)
	switch {
	case err != nil:
		return none, err
	case len(rows) != 1:
		return none, fmt.Errorf("asking the %s: %d rows where one was expected", side, len(rows))
	}
	return rows[0], nil
}

// session lends a session to do. The statement timeout follows the context's deadline, so that the server gives up when we do.
func (e *Env) session(ctx context.Context, side Side, do func(Session) error) error {
	p := e.live.pools[side]
	if p == nil {
		return fmt.Errorf("no connection to the %s was given", side)
	}
	s, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer p.give(s)
	limit := time.Duration(0)
	if deadline, ok := ctx.Deadline(); ok {
		limit = max(time.Until(deadline).Round(time.Second), time.Second)
	}
	if s.limit != limit {
		if _, err := s.Exec(ctx, "select pg_catalog.set_config('statement_timeout', $1, false)", strconv.FormatInt(limit.Milliseconds(), 10)); err != nil {
			return &sideError{side, err}
		}
		s.limit = limit
	}
	if err := do(s.Session); err != nil {
		return &sideError{side, err}
	}
	return nil
}

// sideError says which server an error comes from.
type sideError struct {
	side Side
	err  error
}

func (e *sideError) Error() string { return fmt.Sprintf("asking the %s: %v", e.side, e.err) }
func (e *sideError) Unwrap() error { return e.err }

// pool keeps at most a number of sessions to one server, opened when they are first needed.
type pool struct {
	open  func(context.Context) (Session, error)
	slots chan struct{} // one token for each session in use
	mu    sync.Mutex
	idle  []*pooled
}

type pooled struct {
	Session
	limit time.Duration // statement_timeout as set; -1: never set
}

func newPool(size int, open func(context.Context) (Session, error)) *pool {
	return &pool{open: open, slots: make(chan struct{}, size)}
}

// prologue makes a session harmless; parity.Settings make its answers independent of what is set for the database or the role.
const prologue = `select pg_catalog.set_config('default_transaction_read_only', 'on', false),
	pg_catalog.set_config('application_name', 'pgcutover', false),
	pg_catalog.set_config('lock_timeout', '10s', false),
	pg_catalog.set_config('idle_in_transaction_session_timeout', '60s', false)`

func (p *pool) take(ctx context.Context) (*pooled, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		s := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return s, nil
	}
	p.mu.Unlock()
	s, err := p.open(ctx)
	if err == nil {
		if _, err = s.Exec(ctx, prologue); err == nil {
			if _, err = s.Exec(ctx, parity.Settings); err == nil {
				return &pooled{s, -1}, nil
			}
		}
		closeSession(s)
	}
	<-p.slots
	return nil, &openError{err}
}

func (p *pool) give(s *pooled) {
	if s.IsClosed() {
		closeSession(s.Session)
	} else {
		p.mu.Lock()
		p.idle = append(p.idle, s)
		p.mu.Unlock()
	}
	<-p.slots
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.idle {
		closeSession(s.Session)
	}
	p.idle = nil
}

func closeSession(s Session) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) // also after the run was cancelled
	defer cancel()
	_ = s.Close(ctx) // nothing is lost with it
}

// openError marks a server that could not be reached at all.
type openError struct{ err error }

func (e *openError) Error() string { return e.err.Error() }
func (e *openError) Unwrap() error { return e.err }
