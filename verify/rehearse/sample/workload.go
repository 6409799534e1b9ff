package sample

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

// WorkloadOptions say how hard the application writes. Zero values mean the defaults.
type WorkloadOptions struct {
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

// A Workload is an application at work on the sample database: on several connections it inserts, updates and deletes, in
// transactions of one and of many statements.
type Workload struct {
	options WorkloadOptions
	started time.Time
	stop    chan struct{}
	once    sync.Once
	group   *errgroup.Group
	failed  chan struct{} // closed at the first error
	err     error         // set before failed is closed
	ended   atomic.Int64  // nanoseconds after started; 0 while running

	committed, savepoints, retried, large, long atomic.Int64
}

// StartWorkload connects and begins to write; the context bounds the connecting only. The caller has to Stop it.
func StartWorkload(ctx context.Context, dsn string, o WorkloadOptions) (*Workload, error) {
	o.Connections = cmpOr(o.Connections, 4)
	o.Rate = cmpOr(o.Rate, 200)
	o.LargeEvery = cmpOr(o.LargeEvery, 5*time.Second)
	o.LongEvery = cmpOr(o.LongEvery, 7*time.Second)
	o.LongFor = cmpOr(o.LongFor, 1500*time.Millisecond)
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("starting the workload: the connection string cannot be read") // it may hold a password
	}
	cfg.RuntimeParams["application_name"] = "calltrack"
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
		w.group.Go(func() error {
			defer conn.Close(context.Background())
			err := w.work(conn, i)
			if err != nil {
				w.fail(err)
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

func (w *Workload) fail(err error) {
	w.once.Do(func() { close(w.stop) }) // the others need not go on
	select {
	case <-w.failed:
	default:
		w.err = err
		close(w.failed)
	}
}

// work runs transactions one after the other at this connection's share of the rate. A connection that fell behind does not
// catch up by a burst.
func (w *Workload) work(conn *pgx.Conn, number int) error {
	o := w.options
	a := &application{conn: conn, w: w, rand: rand.New(rand.NewPCG(o.Seed, uint64(number)))}
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
		kind, counter := a.pick(), (*atomic.Int64)(nil)
		select {
		case <-w.stop:
			wait.Stop()
			return nil
		case <-largeAt:
			kind, counter = a.large, &w.large
		case <-longAt:
			kind, counter = a.long, &w.long
		case <-wait.C:
		}
		wait.Stop()
		if err := a.transact(kind); err != nil {
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

// retriable tells errors that an application answers by trying again: deadlock, serialization failure, lock timeout.
func retriable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001" || pg.Code == "55P03")
}
