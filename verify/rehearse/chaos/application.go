package chaos

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// application writes to the primary, some hundred transactions a second, and comes back after whatever happens to its connection: it is not
// what is tested.
type application struct {
	dsn       string
	stop      context.CancelFunc
	group     sync.WaitGroup
	committed atomic.Int64
}

func startApplication(ctx context.Context, dsn string, seed uint64) *application {
	ctx, stop := context.WithCancel(ctx)
	a := &application{dsn: dsn, stop: stop}
	for n := range uint64(2) {
		a.group.Go(func() { a.work(ctx, rand.New(rand.NewPCG(seed, n))) })
	}
	return a
}

// end stops it after its last transactions.
func (a *application) end() {
	a.stop()
	a.group.Wait()
}

// work writes until it is stopped.
func (a *application) work(ctx context.Context, r *rand.Rand) {
	for ctx.Err() == nil {
		conn, err := pgx.Connect(ctx, a.dsn)
		if err == nil {
			for err == nil && ctx.Err() == nil {
				// Not ctx: a transaction under way is brought to its end.
				if err = a.transact(context.WithoutCancel(ctx), conn, r); err == nil {
					a.committed.Add(1)
				}
				pause(ctx, 4*time.Millisecond)
				if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code[:2] != "57" { // a lock, a table that is not there any more
					err = nil
				}
			}
			_ = conn.Close(context.WithoutCancel(ctx))
		}
		pause(ctx, 20*time.Millisecond)
	}
}

func (a *application) transact(ctx context.Context, conn *pgx.Conn, r *rand.Rand) error {
	n := r.IntN(1000)
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		var b pgx.Batch
		b.Queue("set local synchronous_commit = on")
		b.Queue("set local lock_timeout = '2s'")
		b.Queue("insert into public.events (what) values ('while it moves')")
		switch n % 4 {
		case 0:
			b.Queue("insert into public.calls (at, caller, body) values (now(), 'late', repeat('x', 100))")
			b.Queue("insert into public.log_lines (line) values ('late')")
		case 1:
			b.Queue("update public.accounts set balance = balance + 1, changed_at = now() where id = $1", 1+n)
		case 2:
			b.Queue("insert into public.orders select max(id) + 1, '2025-06-01', 1 from public.orders")
			b.Queue("delete from public.notes where id = $1", 2000+n)
		case 3:
			b.Queue("update public.notes set body = body || 'x' where id = $1", 1+n)
		}
		return tx.SendBatch(ctx, &b).Close()
	})
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
