package standin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// ErrStopped is wrapped by every error that a policy ended a task for.
var ErrStopped = errors.New("the task stopped")

// Stats are what a task has done.
type Stats struct {
	Transactions int64 // of the source
	Changes      int64 // applied, or not as a policy has it
	KeyUpdates   int64 // updates of primary keys, which were ignored
	Truncated    int64 // values that were cut
	Exceptions   int64 // rows in awsdms_apply_exceptions
	Fallbacks    int64 // batches that were tried statement by statement
}

// applier applies changes to the target.
type applier struct {
	task      Task
	target    *pgx.Conn
	source    *pgx.Conn // LOBs are looked up there
	control   control
	writer    writer
	suspended map[[2]string]bool
	stats     Stats
	log       func(component, level, format string, args ...any)
}

// apply brings changes to the target, in one transaction of it, and remembers the position that is reached by that.
func (a *applier) apply(ctx context.Context, changes []change, reached pglogrepl.LSN) error {
	batch := a.task.Settings.TargetMetadata.BatchApplyEnabled
	if batch {
		changes = net(changes)
	}
	var work []statement
	for i := range changes {
		c := &changes[i]
		if a.suspended[[2]string{c.table.schema, c.table.name}] {
			continue
		}
		s, err := a.prepare(ctx, c)
		if err != nil {
			return err
		}
		work = append(work, s...)
	}
	a.stats.Changes += int64(len(changes))
	for {
		ok, err := a.atOnce(ctx, work, reached, !batch)
		if err == nil && ok {
			return nil
		}
		if err == nil {
			if batch {
				a.stats.Fallbacks++
				a.log("TARGET_APPLY", "I", "Bulk apply operation failed. Trying to execute bulk statements in 'one-by-one' mode")
			}
			err = a.oneByOne(ctx, work, reached, !batch)
		}
		if !passing(err) {
			return err
		}
		a.log("TARGET_APPLY", "W", "%v; trying again", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// passing are errors that go away by themselves: deadlocks, conflicts of serialization, locks that were not to be had.
func passing(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && slices.Contains([]string{"40P01", "40001", "55P03"}, e.Code)
}

// prepare makes the statements of a change, those for LOBs that are looked up included.
func (a *applier) prepare(ctx context.Context, c *change) ([]statement, error) {
	if c.kind == 'T' {
		if !a.task.Settings.ChangeProcessingDdlHandlingPolicy.HandleSourceTableTruncated {
			a.log("TARGET_APPLY", "W", "TRUNCATE of table '%s' is not applied", c.table)
			return nil, nil
		}
	}
	if c.changesKey() {
		a.stats.KeyUpdates++
	}
	work, cut, err := a.writer.statements(c)
	if err != nil {
		return nil, err
	}
	for _, x := range cut {
		a.log("SOURCE_CAPTURE", "W", "%s", x)
		if a.task.Source.FailTasksOnLobTruncation && x.table.columns[x.column].lob != noLOB {
			return nil, fmt.Errorf("%w: %s", ErrStopped, x)
		}
		a.stats.Truncated++
	}
	if !c.table.unlimited || len(c.table.key) == 0 || c.kind == 'D' || len(work) == 0 && c.changesKey() {
		return work, nil
	}
	row, err := a.lookUp(ctx, c)
	if err != nil || row == nil {
		return work, err
	}
	s, _, err := a.writer.update(&change{kind: 'U', table: c.table, row: row}, func(x column) bool { return x.lob != noLOB })
	if err != nil || s == nil {
		return work, err
	}
	s.change = c
	return append(work, *s), nil
}

// lookUp reads the LOBs of a row as the source has them now, with the row's key; nil where the source has the row no more.
func (a *applier) lookUp(ctx context.Context, c *change) (tuple, error) {
	t := c.table
	v, _, err := a.writer.values(t, c.row, t.keyColumns())
	if err != nil {
		return nil, err
	}
	var lobs []string
	for _, x := range t.columns {
		if x.lob != noLOB {
			lobs = append(lobs, "t."+quoted(x.name))
		}
	}
	if len(lobs) == 0 {
		return nil, nil
	}
	slices.Sort(lobs)
	var object string
	err = a.source.QueryRow(ctx, "select row_to_json(x)::text from (select "+strings.Join(lobs, ", ")+" from only "+t.ident+" as t, "+v.record()+" where "+t.matches(v)+") as x", v.args...).Scan(&object)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking LOBs of %s up: %w", t, err)
	}
	row := tuple{}
	if err := json.Unmarshal([]byte(object), &row); err != nil {
		return nil, fmt.Errorf("looking LOBs of %s up: %w", t, err)
	}
	for _, k := range t.key {
		row[k] = c.row[k]
	}
	return row, nil
}

// atOnce sends all statements together, and reports whether each did what it should; where one did not, nothing is left of them.
func (a *applier) atOnce(ctx context.Context, work []statement, reached pglogrepl.LSN, judged bool) (ok bool, err error) {
	tx, err := a.target.Begin(ctx)
	if err != nil {
		return false, fmt.Errorf("beginning a transaction on the target: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // after a commit there is nothing to roll back
	var all pgx.Batch
	for i := range work {
		all.Queue(work[i].sql, work[i].args...)
	}
	if a.task.Settings.TargetMetadata.TaskRecoveryTableEnabled {
		sql, args := a.control.reached(reached)
		all.Queue(sql, args...)
	}
	results := tx.SendBatch(ctx, &all)
	for i := range work {
		tag, err := results.Exec()
		if err != nil {
			_ = results.Close()
			if refused(err) && !passing(err) {
				return false, nil
			}
			return false, fmt.Errorf("applying changes: %w", err)
		}
		if judged && work[i].missed(tag) {
			_ = results.Close()
			return false, nil
		}
	}
	if err := results.Close(); err != nil {
		return false, fmt.Errorf("applying changes: %w", err)
	}
	if err := tx.Commit(ctx); err != nil {
		return false, fmt.Errorf("committing changes: %w", err)
	}
	return true, nil
}

// refused reports whether a server has an objection, and not the connection.
func refused(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && !strings.HasPrefix(e.Code, "57") && !strings.HasPrefix(e.Code, "08")
}

// missed reports whether a statement that is for one row found none.
func (s statement) missed(tag pgconn.CommandTag) bool {
	return s.first && s.change.kind != 'I' && tag.RowsAffected() == 0
}

// oneByOne applies statement by statement, and asks the policies about each that fails.
func (a *applier) oneByOne(ctx context.Context, work []statement, reached pglogrepl.LSN, judged bool) error {
	tx, err := a.target.Begin(ctx)
	if err != nil {
		return fmt.Errorf("beginning a transaction on the target: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // after a commit there is nothing to roll back
	var failed *change
	for _, s := range work {
		t := s.change.table
		if s.change == failed || a.suspended[[2]string{t.schema, t.name}] { // its LOBs, after it failed itself
			continue
		}
		err := pgx.BeginFunc(ctx, tx, func(point pgx.Tx) error {
			tag, err := point.Exec(ctx, s.sql, s.args...)
			if err == nil && judged && s.missed(tag) {
				return errNoRow
			}
			return err
		})
		switch {
		case err == nil:
		case errors.Is(err, errNoRow), refused(err) && !passing(err):
			failed = s.change
			if err := a.judge(ctx, tx, s, err); err != nil {
				return err
			}
		default:
			return fmt.Errorf("applying a change of %s: %w", t, err)
		}
	}
	if a.task.Settings.TargetMetadata.TaskRecoveryTableEnabled {
		sql, args := a.control.reached(reached)
		if _, err := tx.Exec(ctx, sql, args...); err != nil {
			return fmt.Errorf("remembering the position: %w", err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("committing changes: %w", err)
	}
	return nil
}

var errNoRow = errors.New("0 rows affected")

// judge does what the policy for an error says.
func (a *applier) judge(ctx context.Context, tx pgx.Tx, s statement, cause error) error {
	t, e := s.change.table, a.task.Settings.ErrorBehavior
	policy := map[byte]Policy{'I': e.ApplyErrorInsertPolicy, 'U': e.ApplyErrorUpdatePolicy, 'D': e.ApplyErrorDeletePolicy, 'T': e.TableErrorPolicy}[s.change.kind]
	var server *pgconn.PgError
	if errors.As(cause, &server) {
		switch {
		case strings.HasPrefix(server.Code, "22"):
			policy = e.DataErrorPolicy
		case server.Code == "42P01" || server.Code == "42703":
			policy = e.TableErrorPolicy
		}
	}
	a.log("TARGET_APPLY", "E", "%s: %v; %s", t, cause, policy)
	if policy == IgnoreRecord {
		return nil
	}
	a.stats.Exceptions++
	said := fmt.Sprintf("%s -- %v", s.sql, s.args)
	if policy == StopTask {
		if err := tx.Rollback(ctx); err != nil {
			return fmt.Errorf("rolling back: %w", err)
		}
		return errors.Join(fmt.Errorf("%w: %s: %w", ErrStopped, t, cause), a.control.exception(ctx, a.target, t, said, cause.Error()))
	}
	if err := a.control.exception(ctx, tx, t, said, cause.Error()); err != nil {
		return fmt.Errorf("writing an exception: %w", err)
	}
	if policy == SuspendTable {
		a.suspended[[2]string{t.schema, t.name}] = true
		if err := a.control.suspend(ctx, tx, t); err != nil {
			return fmt.Errorf("writing a suspended table: %w", err)
		}
	}
	return nil
}

// logTo writes lines as AWS DMS does.
func logTo(w io.Writer) func(component, level, format string, args ...any) {
	return func(component, level, format string, args ...any) {
		fmt.Fprintf(w, "%s [%-16s]%s:  %s\n", time.Now().UTC().Format("2006-01-02T15:04:05"), component, level, strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", `\n`))
	}
}
