package standin

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"
)

// Why a task has stopped, in the words of AWS's API.
const (
	AfterFullLoad = "Stop Reason STOPPED_AFTER_FULL_LOAD"
	FatalError    = "Stop Reason FATAL_ERROR"
)

// Table states, in the words of AWS's API.
const (
	TableCompleted = "Table completed"
	TableError     = "Table error"
	BeforeLoad     = "Before load"
)

// A LoadedTable is what a task tells of the full load of a table.
type LoadedTable struct {
	Schema, Name string
	State        string
	Rows         int64 // that were loaded
	Cut          int64 // values that were shortened
	Started      time.Time
	Ended        time.Time
	err          error
}

// A Loaded is a full load that has ended.
type Loaded struct {
	Task       Task // goes on where the load has ended: it knows its slot and its position
	StopReason string
	Tables     []LoadedTable
}

// Rows are all rows that were loaded.
func (l Loaded) Rows() (n int64) {
	for _, t := range l.Tables {
		n += t.Rows
	}
	return n
}

// Load makes the task's slot on the source, loads its tables into the target, and stops before it applies what has changed meanwhile, which the slot keeps.
// The error wraps ErrStopped where a policy has ended the task; what it has loaded by then stays.
func (t Task) Load(ctx context.Context, source, target string, log io.Writer) (Loaded, error) {
	l := Loaded{Task: t, StopReason: FatalError}
	if err := l.load(ctx, source, target, logTo(log)); err != nil {
		return l, fmt.Errorf("the full load of task %s: %w", t.Resource, err)
	}
	l.StopReason = AfterFullLoad
	return l, nil
}

func (l *Loaded) load(ctx context.Context, source, target string, log func(component, level, format string, args ...any)) error {
	t := &l.Task
	s := t.Settings.FullLoadSettings
	switch {
	case !t.FullLoad:
		return errors.New("it is not of the type full-load-and-cdc")
	case t.Plugin != "test_decoding":
		return fmt.Errorf("the stand-in reads changes after a full load by test_decoding only, and the endpoint names %s: set full.plugin", t.Plugin)
	case s.TargetTablePrepMode != "DO_NOTHING":
		return fmt.Errorf("the stand-in does not prepare tables: TargetTablePrepMode is %q", s.TargetTablePrepMode)
	case !s.StopTaskCachedChangesNotApplied:
		return errors.New("the stand-in loads and applies apart: StopTaskCachedChangesNotApplied is off")
	}
	from, err := pgx.Connect(ctx, source)
	if err != nil {
		return fmt.Errorf("connecting to the source: %w", err)
	}
	defer from.Close(context.WithoutCancel(ctx))
	tables, err := t.Mapping.tables(ctx, from)
	if err != nil {
		return err
	}
	if len(tables) == 0 {
		return errors.New("the mapping selects no table")
	}
	to, err := connectTarget(ctx, *t, target)
	if err != nil {
		return err
	}
	defer to.Close(context.WithoutCancel(ctx))
	c := newControl(*t)
	if err := c.create(ctx, to); err != nil {
		return err
	}
	maker, snapshot, err := l.makeSlot(ctx, source)
	if err != nil {
		return err
	}
	defer maker.Close(context.WithoutCancel(ctx)) // the snapshot goes with it
	log("SOURCE_CAPTURE", "I", "Task '%s' has made slot %s, consistent at %s", t.Resource, t.Slot, t.Position)

	var order []*table
	for _, x := range tables {
		x.unlimited = x.unlimited || t.Settings.TargetMetadata.FullLobMode
		order = append(order, x)
	}
	slices.SortFunc(order, func(a, b *table) int {
		return cmp.Or(cmp.Compare(t.Mapping.order(b.schema, b.name), t.Mapping.order(a.schema, a.name)), strings.Compare(a.String(), b.String()))
	})
	l.Tables = make([]LoadedTable, len(order))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, s.MaxFullLoadSubTasks))
	var mu sync.Mutex
	var parts []loadPart
	for i, x := range order {
		l.Tables[i] = LoadedTable{Schema: x.schema, Name: x.name, State: BeforeLoad}
		for _, where := range t.Mapping.ranges(x.schema, x.name) {
			parts = append(parts, loadPart{i, x, where})
		}
	}
	left := make([]int, len(order))
	for _, p := range parts {
		left[p.at]++
	}
	for _, p := range parts {
		g.Go(func() error {
			mu.Lock()
			if l.Tables[p.at].Started.IsZero() {
				l.Tables[p.at].Started = time.Now()
			}
			mu.Unlock()
			rows, cut, err := p.load(gctx, *t, source, target, snapshot, log)
			mu.Lock()
			defer mu.Unlock()
			x := &l.Tables[p.at]
			x.Rows, x.Cut, x.Ended = x.Rows+rows, x.Cut+cut, time.Now()
			left[p.at]--
			switch {
			case err != nil && gctx.Err() != nil && !refused(err):
				return err
			case err != nil:
				x.State, x.err = TableError, err
				log("TARGET_LOAD", "E", "%s: %v; %s", p.table, err, t.Settings.ErrorBehavior.TableErrorPolicy)
				if t.Settings.ErrorBehavior.TableErrorPolicy == StopTask {
					return fmt.Errorf("%w: %s: %w", ErrStopped, p.table, err)
				}
			case left[p.at] == 0 && x.State != TableError:
				x.State = TableCompleted
			}
			return nil
		})
	}
	err = g.Wait()
	for _, x := range l.Tables {
		if x.err != nil {
			err = errors.Join(err, c.loadException(context.WithoutCancel(ctx), to, x))
		}
	}
	if err != nil {
		log("TASK_MANAGER", "E", "Task '%s' stopped: %v", t.Resource, err)
		return err
	}
	log("TASK_MANAGER", "I", "Task '%s' has loaded %d tables, %d rows; %s", t.Resource, len(l.Tables), l.Rows(), AfterFullLoad)
	return nil
}

func connectTarget(ctx context.Context, t Task, target string) (*pgx.Conn, error) {
	to, err := pgx.Connect(ctx, target)
	if err != nil {
		return nil, fmt.Errorf("connecting to the target: %w", err)
	}
	if t.Target.AfterConnectScript != "" {
		if _, err := to.Exec(ctx, t.Target.AfterConnectScript); err != nil {
			_ = to.Close(context.WithoutCancel(ctx))
			return nil, fmt.Errorf("the script after connecting to the target: %w", err)
		}
	}
	return to, nil
}

// makeSlot makes a slot under a name of its own, as AWS DMS does. The snapshot that comes with it is good as long as the connection.
func (l *Loaded) makeSlot(ctx context.Context, source string) (*pgconn.PgConn, string, error) {
	config, err := pgconn.ParseConfig(source)
	if err != nil {
		return nil, "", fmt.Errorf("reading the source's connection string: %w", err)
	}
	config.RuntimeParams["replication"] = "database"
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, "", fmt.Errorf("connecting to the source for replication: %w", err)
	}
	name := "t" + strings.ToLower(rand.Text()[:15]) + // the grammar of the protocol wants a letter first
		"_00016384_" + strings.ToLower(rand.Text()[:8])
	made, err := pglogrepl.CreateReplicationSlot(ctx, conn, name, l.Task.Plugin, pglogrepl.CreateReplicationSlotOptions{Mode: pglogrepl.LogicalReplication})
	if err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, "", fmt.Errorf("making a slot of %s: %w", l.Task.Plugin, err)
	}
	at, err := pglogrepl.ParseLSN(made.ConsistentPoint)
	if err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, "", fmt.Errorf("making a slot: %w", err)
	}
	l.Task.Slot, l.Task.Position = name, at
	return conn, made.SnapshotName, nil
}

// A loadPart is a table, or a range of one, that one sub-task loads.
type loadPart struct {
	at    int
	table *table
	where string // SQL; empty: all rows
}

// load copies the rows of a part in one transaction of the target.
func (p loadPart) load(ctx context.Context, task Task, source, target, snapshot string, log func(component, level, format string, args ...any)) (rows, cut int64, err error) {
	from, err := pgx.Connect(ctx, source)
	if err != nil {
		return 0, 0, fmt.Errorf("connecting to the source: %w", err)
	}
	defer from.Close(context.WithoutCancel(ctx))
	if _, err := from.Exec(ctx, "begin isolation level repeatable read read only; set transaction snapshot '"+snapshot+"'"); err != nil {
		return 0, 0, fmt.Errorf("reading in the snapshot of the slot: %w", err)
	}
	to, err := connectTarget(ctx, task, target)
	if err != nil {
		return 0, 0, err
	}
	defer to.Close(context.WithoutCancel(ctx))
	plain, lobs, short := p.columns(task)
	for _, c := range short {
		var n int64
		if err := from.QueryRow(ctx, "select count(*) from only "+p.table.ident+" where "+c.longer+p.and()).Scan(&n); err != nil {
			return 0, 0, fmt.Errorf("looking for values of %s to cut: %w", p.table, err)
		}
		if n == 0 {
			continue
		}
		log("SOURCE_UNLOAD", "W", "The value of column '%s' in table '%s' was truncated to length %d", c.name, p.table, c.limit)
		if task.Source.FailTasksOnLobTruncation && c.lob {
			return 0, cut, fmt.Errorf("%w: %d values of column '%s' in table '%s' are longer than %d bytes", ErrStopped, n, c.name, p.table, c.limit)
		}
		cut += n
	}
	err = pgx.BeginFunc(ctx, to, func(tx pgx.Tx) error {
		var err error
		if len(plain.names) == 0 {
			return fmt.Errorf("%s has nothing but LOBs", p.table)
		}
		if rows, err = p.copy(ctx, from, tx, p.table.ident, plain); err != nil || len(lobs.names) == 0 || len(p.table.key) == 0 || rows == 0 {
			return err
		}
		// The row without its LOBs is there; they follow.
		const there = "pgcutover_standin_lobs"
		if _, err := tx.Exec(ctx, "create temporary table "+there+" on commit drop as select "+strings.Join(append(p.keys(), lobs.names...), ", ")+" from "+p.table.ident+" limit 0"); err != nil {
			return err
		}
		with := picked{append(p.keys(), lobs.names...), append(p.keys(), lobs.values...)}
		if _, err := p.copy(ctx, from, tx, there, with); err != nil {
			return err
		}
		sets, same := make([]string, len(lobs.names)), make([]string, len(p.table.key))
		for i, n := range lobs.names {
			sets[i] = n + " = l." + n
		}
		for i, k := range p.keys() {
			same[i] = "t." + k + " = l." + k
		}
		_, err = tx.Exec(ctx, "update "+p.table.ident+" as t set "+strings.Join(sets, ", ")+" from "+there+" as l where "+strings.Join(same, " and "))
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return rows, cut, nil
}

func (p loadPart) keys() []string {
	out := make([]string, len(p.table.key))
	for i, k := range p.table.key {
		out[i] = quoted(k)
	}
	return out
}

func (p loadPart) and() string {
	if p.where == "" {
		return ""
	}
	return " and (" + p.where + ")"
}

// picked is columns of the target with the expressions of the source that fill them.
type picked struct{ names, values []string }

func (s *picked) add(name, value string) {
	s.names, s.values = append(s.names, name), append(s.values, value)
}

// shortened is a column whose values may be cut.
type shortened struct {
	name, longer string // longer: the condition for values that are
	limit        int    // bytes, as AWS DMS counts them
	lob          bool
}

// columns are those of the row itself and its LOBs, with what is cut of them.
func (p loadPart) columns(task Task) (plain, lobs picked, short []shortened) {
	limit := task.Settings.TargetMetadata.LobMaxSize << 10
	for _, c := range p.table.sortedColumns() {
		name, value := quoted(c.name), quoted(c.name)
		cut := func(longer, shorter string, limit int) {
			short = append(short, shortened{c.name, longer, limit, c.lob != noLOB})
			value = fmt.Sprintf("case when %s then (%s)::%s else %s end", longer, shorter, c.plain, name)
		}
		switch {
		case c.lob != noLOB && p.table.unlimited:
		case c.lob == blob:
			cut(fmt.Sprintf("octet_length(%s) > %d", name, limit), fmt.Sprintf("substring(%s for %d)", name, limit), limit)
		case c.lob == nclob: // two bytes for each character
			cut(fmt.Sprintf("2 * length(%s::text) > %d", name, limit), fmt.Sprintf("left(%s::text, %d)", name, limit/2), limit)
		case c.lob == clob:
			cut(fmt.Sprintf("octet_length(%s::text) > %d", name, limit), fmt.Sprintf("left(%s::text, %d)", name, limit), limit)
		case c.open:
			cut(fmt.Sprintf("octet_length(%s) > %d", name, task.Source.VarcharMaxBytes), fmt.Sprintf("left(%s, %d)", name, task.Source.VarcharMaxBytes), task.Source.VarcharMaxBytes)
		case c.typ != c.plain:
			value = name + "::" + c.typ
		}
		if c.lob == noLOB {
			plain.add(name, value)
		} else {
			lobs.add(name, value)
		}
	}
	return plain, lobs, short
}

// copy streams rows from one server to the other.
func (p loadPart) copy(ctx context.Context, from *pgx.Conn, to pgx.Tx, into string, s picked) (int64, error) {
	where := ""
	if p.where != "" {
		where = " where " + p.where
	}
	r, w := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := from.PgConn().CopyTo(ctx, w, "copy (select "+strings.Join(s.values, ", ")+" from only "+p.table.ident+where+") to stdout")
		_ = w.CloseWithError(err)
		sent <- err
	}()
	tag, err := to.Conn().PgConn().CopyFrom(ctx, r, "copy "+into+" ("+strings.Join(s.names, ", ")+") from stdin")
	_ = r.CloseWithError(errors.New("the target takes no more"))
	if err := <-sent; err != nil && !errors.Is(err, io.ErrClosedPipe) {
		if refused(err) {
			return 0, fmt.Errorf("reading %s: %w", p.table, err)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("loading %s: %w", p.table, err)
	}
	return tag.RowsAffected(), nil
}

// Drop drops the slot that the task made, as AWS DMS does when the task is deleted.
func (t Task) Drop(ctx context.Context, source string) error {
	conn, err := pgx.Connect(ctx, source)
	if err != nil {
		return fmt.Errorf("deleting task %s: connecting to the source: %w", t.Resource, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1", t.Slot); err != nil {
		return fmt.Errorf("deleting task %s: %w", t.Resource, err)
	}
	return nil
}
