// Package workload keeps an application writing to a database: so many transactions a second over several connections, some of them large,
// some that stay open. What they do is somebody else's business.
package workload

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"
)

// Options say how hard the application writes. Zero values mean the defaults.
type Options struct {
	Name        string        // application_name
	Connections int           // 4
	Rate        float64       // transactions per second, over all connections; 200
	LargeEvery  time.Duration // a transaction of some thousand rows; 5s
	LongEvery   time.Duration // a transaction that stays open for LongFor; 7s
	LongFor     time.Duration // 1.5s
	Seed        uint64        // what is written follows from it and from the timing
}

// Stats count what a workload did. Committed includes Large and Long.
type Stats struct {
	Committed  int64 // transactions whose commit the server confirmed
	Savepoints int64 // savepoints rolled back inside committed transactions
	Retried    int64 // transactions that lost a deadlock or a lock timeout and were tried again
	Large      int64
	Long       int64
	Elapsed    time.Duration
}

// A Transaction does its work in one that is begun, and committed after it, and tells how many savepoints it rolled back.
type Transaction func(context.Context, pgx.Tx) (savepoints int64, err error)

// A Hand is what one connection does. It is used by one goroutine.
type Hand interface {
	Pick() Transaction                                 // the next one
	Large(context.Context, pgx.Tx) (int64, error)      // some thousand rows
	Long(context.Context, pgx.Tx, Wait) (int64, error) // waits between its first and its last statement
}

// Wait returns after Options.LongFor, or earlier when the workload is stopped.
type Wait func()

// A Workload is an application at work: on several connections it runs transactions of one and of many statements.
type Workload struct {
	options Options
	started time.Time
	stop    chan struct{}
	once    sync.Once
	group   *errgroup.Group
	failed  chan struct{} // closed at the first error
	failing sync.Once
	ended   atomic.Int64 // nanoseconds after started; 0 while running

	committed, savepoints, retried, large, long atomic.Int64
}

// Start connects and begins to write; hand makes what each connection does, from chance of its own. The context bounds the connecting only.
// The caller has to Stop it.
func Start(ctx context.Context, dsn string, o Options, hand func(*rand.Rand) Hand) (*Workload, error) {
	o.Connections = cmpOr(o.Connections, 4)
	o.Rate = cmpOr(o.Rate, 200)
	o.LargeEvery = cmpOr(o.LargeEvery, 5*time.Second)
	o.LongEvery = cmpOr(o.LongEvery, 7*time.Second)
	o.LongFor = cmpOr(o.LongFor, 1500*time.Millisecond)
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("starting the workload: the connection string cannot be read") // it may hold a password
	}
	cfg.RuntimeParams["application_name"] = o.Name
	if cfg.User == "postgres" { // others get it by their role
		cfg.RuntimeParams["deadlock_timeout"] = "200ms"
	}
	conns := make([]*pgx.Conn, 0, o.Connections)
	for range o.Connections {
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err != nil {
			for _, c := range conns {
				c.Close(ctx)
			}
			return nil, fmt.Errorf("starting the workload: %w", err)
		}
		conns = append(conns, conn)
	}
	w := &Workload{options: o, started: time.Now(), stop: make(chan struct{}), failed: make(chan struct{}), group: new(errgroup.Group)}
	for i, conn := range conns {
		h := hand(rand.New(rand.NewPCG(o.Seed, uint64(i))))
		w.group.Go(func() error {
			defer conn.Close(context.Background())
			err := w.work(conn, h, i)
			if err != nil {
				w.once.Do(func() { close(w.stop) }) // the others need not go on
				w.failing.Do(func() { close(w.failed) })
			}
			return err
		})
	}
	return w, nil
}

func cmpOr[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// Stats tells what was done so far.
func (w *Workload) Stats() Stats {
	elapsed := time.Duration(w.ended.Load())
	if elapsed == 0 {
		elapsed = time.Since(w.started)
	}
	return Stats{
		Committed: w.committed.Load(), Savepoints: w.savepoints.Load(), Retried: w.retried.Load(),
		Large: w.large.Load(), Long: w.long.Load(), Elapsed: elapsed,
	}
}

// Failed is closed when a connection met an error that the workload does not expect; Stop returns it.
func (w *Workload) Failed() <-chan struct{} { return w.failed }

// Stop lets every connection finish its transaction, closes it, and returns what was done. Nothing is left undecided: each
// transaction is counted as committed or was never sent to commit. Stopping twice is harmless.
func (w *Workload) Stop() (Stats, error) {
	w.once.Do(func() { close(w.stop) })
	err := w.group.Wait()
	w.ended.CompareAndSwap(0, int64(time.Since(w.started)))
	if err != nil {
		err = fmt.Errorf("workload: %w", err)
	}
	return w.Stats(), err
}

// work runs transactions one after the other at this connection's share of the rate. A connection that fell behind does not
// catch up by a burst.
func (w *Workload) work(conn *pgx.Conn, hand Hand, number int) error {
	o := w.options
	interval := time.Duration(float64(time.Second) * float64(o.Connections) / o.Rate)
	next := time.Now().Add(interval * time.Duration(number) / time.Duration(o.Connections))
	// One connection does the large ones, another the long ones.
	var largeAt, longAt <-chan time.Time
	if number == 0 {
		t := time.NewTicker(o.LargeEvery)
		defer t.Stop()
		largeAt = t.C
	}
	if number == o.Connections-1 {
		t := time.NewTicker(o.LongEvery)
		defer t.Stop()
		longAt = t.C
	}
	for {
		wait := time.NewTimer(time.Until(next))
		kind, counter := hand.Pick(), (*atomic.Int64)(nil)
		select {
		case <-w.stop:
			wait.Stop()
			return nil
		case <-largeAt:
			kind, counter = hand.Large, &w.large
		case <-longAt:
			kind, counter = func(ctx context.Context, tx pgx.Tx) (int64, error) { return hand.Long(ctx, tx, w.linger) }, &w.long
		case <-wait.C:
		}
		wait.Stop()
		if err := w.transact(conn, kind); err != nil {
			return err
		}
		if counter != nil {
			counter.Add(1)
		}
		if next = next.Add(interval); time.Since(next) > interval {
			next = time.Now()
		}
	}
}

func (w *Workload) linger() {
	select {
	case <-time.After(w.options.LongFor):
	case <-w.stop:
	}
}

// transact runs one transaction, again where it lost a race, and counts it once its commit is confirmed.
func (w *Workload) transact(conn *pgx.Conn, kind Transaction) error {
	ctx := context.Background()
	for {
		var lost int64
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) (err error) {
			lost, err = kind(ctx, tx)
			return err
		})
		switch {
		case err == nil:
			w.committed.Add(1)
			w.savepoints.Add(lost)
			return nil
		case Retriable(err):
			w.retried.Add(1)
		default:
			return err
		}
	}
}

// Retriable tells errors that an application answers by trying again: deadlock, serialization failure, lock timeout.
func Retriable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001" || pg.Code == "55P03")
}
