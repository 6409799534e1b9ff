package catalog

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// furtherSessions read ahead of the first one. A third would find nothing left to do.
const furtherSessions = 2

// ahead runs queries of a reading in further sessions, on the same snapshot, before their turn comes. It only ever saves time: what no session got
// to, or what one lost its connection over, the first session reads itself when its turn comes. So there is one place for every error,
// and a server that takes no second connection is read as well. A nil ahead has nothing.
type ahead struct {
	stop context.CancelFunc
	done sync.WaitGroup

	mutex   sync.Mutex
	change  *sync.Cond
	started string            // of the server; a session of another one is of no use
	pids    []int32           // of the sessions on it
	queue   []*asked          // that nobody has begun
	all     map[string]*asked // by name of the query, until the first session has asked
	last    work              // for every session that the queue has nothing for; nil: none yet, or none any more
	working int               // sessions at it
	closed  bool              // nothing will be added
}

// work is done in a session that has left the snapshot. What it does not get done, it leaves to the others.
type work func(context.Context, *pgx.Conn)

// asked is a query that is read ahead.
type asked struct {
	sql  string
	args []any
	done chan struct{} // closed when the rest is set
	rows *kept         // nil: there are none, and the first session has to read itself
	err  error         // the server's refusal, which the first session would meet as well
}

// readAhead has further sessions join the transaction's snapshot. Before 10 the export of one takes a transaction id, which
// nothing here does, and a standby refuses it.
func (r *reader) readAhead() error {
	if r.Open == nil || serverMajor(r.conn) < 1000 {
		return nil
	}
	var snapshot string
	err := each(r.ctx, r.conn, "select pg_catalog.pg_export_snapshot()", nil, []any{&snapshot}, func() error { return nil })
	if _, refused := errors.AsType[*pgconn.PgError](err); refused && !r.conn.IsClosed() {
		if _, err := r.conn.Exec(r.ctx, "rollback"); err != nil {
			return err
		}
		return r.begin()
	}
	if err == nil {
		r.ahead = startAhead(r.ctx, snapshot, r.Options)
	}
	return err
}

// askAhead names the queries that take a server long, the longest first, and those that come late anyway.
func (r *reader) askAhead() error {
	ask := func(name string, args ...any) { r.ahead.ask(r.session.started, name, r.query(name), args...) }
	if r.Replica == nil {
		ask("sizes", false)
	}
	for _, name := range []string{"indexes", "constraints"} {
		ask(name)
	}
	ask("database", r.maySize())
	for _, name := range []string{"index_columns", "objects"} {
		ask(name)
	}
	return nil
}

func startAhead(ctx context.Context, snapshot string, o Options) *ahead {
	ctx, stop := context.WithCancel(ctx)
	a := &ahead{stop: stop, all: map[string]*asked{}}
	a.change = sync.NewCond(&a.mutex)
	for range furtherSessions {
		a.done.Go(func() { a.session(ctx, snapshot, o) })
	}
	return a
}

// end stops whatever is still being read and waits until the sessions are gone.
func (a *ahead) end() {
	if a == nil {
		return
	}
	a.close()
	a.stop()
	a.done.Wait()
}

func (a *ahead) close() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.closed = true
	a.change.Broadcast()
}

// ask has a query read. started is when the server was, by which a session tells that it is the same one.
func (a *ahead) ask(started, name, sql string, args ...any) {
	if a == nil {
		return
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	q := &asked{sql: sql, args: args, done: make(chan struct{})}
	a.started, a.all[name], a.queue = started, q, append(a.queue, q)
	a.change.Broadcast()
}

// rows waits for what was asked under a name. Without an error and without rows the query is still to be run.
func (a *ahead) rows(name string) (*kept, error) {
	if a == nil {
		return nil, nil
	}
	a.mutex.Lock()
	q := a.all[name]
	delete(a.all, name)
	for i, waiting := range a.queue {
		if waiting == q {
			a.queue, q = append(a.queue[:i:i], a.queue[i+1:]...), nil
			break
		}
	}
	a.mutex.Unlock()
	if q == nil {
		return nil, nil
	}
	<-q.done
	return q.rows, q.err
}

// finally has the sessions that have nothing else to do work on something.
func (a *ahead) finally(do work) {
	if a == nil {
		return
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.last = do
	a.change.Broadcast()
}

// finished waits for the sessions at the last work, which no further one begins.
func (a *ahead) finished() {
	if a == nil {
		return
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.last = nil
	for a.working > 0 {
		a.change.Wait()
	}
}

func (a *ahead) stoppedWorking() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.working--
	a.change.Broadcast()
}

// next waits for something to do; neither: there will be nothing.
func (a *ahead) next() (*asked, work) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for {
		switch {
		case a.closed:
			return nil, nil
		case len(a.queue) > 0:
			q := a.queue[0]
			a.queue = a.queue[1:]
			return q, nil
		case a.last != nil:
			a.working++
			return nil, a.last
		}
		a.change.Wait()
	}
}

// session is the life of one further session.
func (a *ahead) session(ctx context.Context, snapshot string, o Options) {
	conn, err := o.Open(ctx)
	if err != nil {
		return
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	started, pid, err := join(ctx, conn, snapshot, o)
	if err != nil {
		return
	}
	a.joined(pid)
	for {
		q, last := a.next()
		switch {
		case q != nil && a.of(started):
			q.rows, q.err = keepRows(ctx, conn, q.sql, q.args)
			failed := q.err != nil
			if _, refused := errors.AsType[*pgconn.PgError](q.err); !refused || conn.IsClosed() {
				q.err = nil // not the server's word about the query
			}
			close(q.done)
			if !failed {
				continue
			}
		case q != nil:
			close(q.done)
		case last != nil:
			if a.of(started) {
				if _, err := conn.Exec(ctx, "commit"); err == nil {
					last(ctx, conn)
				}
			}
			a.stoppedWorking()
		}
		return
	}
}

func (a *ahead) joined(pid int32) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.pids = append(a.pids, pid)
}

// sessions are the processes of the further sessions.
func (a *ahead) sessions() []int32 {
	if a == nil {
		return []int32{}
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return append([]int32{}, a.pids...)
}

// of reports whether a session is one of the server that is being read: names of snapshots are the same everywhere.
func (a *ahead) of(started string) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.started == started
}

// join puts a session into the snapshot and its surroundings, and tells when its server was started, and its process there.
func join(ctx context.Context, conn *pgx.Conn, snapshot string, o Options) (started string, pid int32, err error) {
	sql := begin + "; set transaction snapshot '" + snapshot + "'; " + surroundings(conn, o.StatementTimeout, o.LockTimeout)
	if _, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		return "", 0, err
	}
	err = each(ctx, conn, "select pg_catalog.pg_postmaster_start_time()::pg_catalog.text, pg_catalog.pg_backend_pid()", nil, []any{&started, &pid}, func() error { return nil })
	return started, pid, err
}

// kept are rows as the server sent them: of every value its length, -1 for NULL, and its bytes.
type kept struct {
	fields []pgconn.FieldDescription
	blocks [][]byte // each of whole rows
}

const keptBlock = 128 << 10

func keepRows(ctx context.Context, conn *pgx.Conn, sql string, args []any) (*kept, error) {
	rows, err := conn.Query(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	k := &kept{fields: append([]pgconn.FieldDescription(nil), rows.FieldDescriptions()...)}
	var block []byte
	for rows.Next() {
		for _, v := range rows.RawValues() {
			if v == nil {
				block = binary.NativeEndian.AppendUint32(block, null)
				continue
			}
			block = append(binary.NativeEndian.AppendUint32(block, uint32(len(v))), v...)
		}
		if len(block) > keptBlock {
			k.blocks = append(k.blocks, block)
			block = make([]byte, 0, keptBlock+keptBlock/8)
		}
	}
	k.blocks = append(k.blocks, block)
	return k, rows.Err()
}

const null = ^uint32(0)

// each is [each] for rows that are here already, whose memory it gives back on its way.
func (k *kept) each(types *pgtype.Map, into []any, fn func() error) error {
	if len(into) != len(k.fields) {
		return errors.New("a query has not as many columns as are read")
	}
	plans := make([]pgtype.ScanPlan, len(into))
	for i, f := range k.fields {
		plans[i] = types.PlanScan(f.DataTypeOID, f.Format, into[i])
	}
	for i, block := range k.blocks {
		k.blocks[i] = nil
		for len(block) > 0 {
			for i := range into {
				n := binary.NativeEndian.Uint32(block)
				var value []byte
				if block = block[4:]; n != null {
					value, block = block[:n:n], block[n:]
				}
				if err := plans[i].Scan(value, into[i]); err != nil {
					return pgx.ScanArgError{ColumnIndex: i, FieldName: k.fields[i].Name, Err: err}
				}
			}
			if err := fn(); err != nil {
				return err
			}
		}
	}
	return nil
}
