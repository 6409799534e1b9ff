package hostile_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// application runs the same transaction over and over.
type application struct {
	cancel    context.CancelFunc
	done      chan struct{}
	failed    chan struct{}
	once      sync.Once
	committed atomic.Int64
	err       error // of done
}

// writer starts an application that runs the SQL; nil without SQL.
func writer(sql string) func(context.Context, string) (rehearse.Application, error) {
	if sql == "" {
		return nil
	}
	return func(ctx context.Context, dsn string) (rehearse.Application, error) {
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return nil, fmt.Errorf("connecting to the primary: %w", err)
		}
		work, cancel := context.WithCancel(context.WithoutCancel(ctx))
		a := &application{cancel: cancel, done: make(chan struct{}), failed: make(chan struct{})}
		go func() {
			defer close(a.done)
			defer conn.Close(context.WithoutCancel(ctx))
			for work.Err() == nil {
				if _, err := conn.PgConn().Exec(work, sql).ReadAll(); err != nil && work.Err() == nil {
					a.err = fmt.Errorf("the application: %w", err)
					a.once.Do(func() { close(a.failed) })
					return
				}
				a.committed.Add(1)
				select {
				case <-work.Done():
				case <-time.After(10 * time.Millisecond):
				}
			}
		}()
		return a, nil
	}
}

func (a *application) Failed() <-chan struct{} { return a.failed }

func (a *application) Stats() workload.Stats { return workload.Stats{Committed: a.committed.Load()} }

func (a *application) Stop() (workload.Stats, error) {
	a.cancel()
	<-a.done
	return a.Stats(), a.err
}
