package standin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
)

// A Running task reads its slot and applies until it is stopped or fails.
type Running struct {
	task    Task
	cancel  context.CancelFunc
	done    chan struct{} // closed when it has ended
	err     error         // why, once done is closed
	stream  *stream
	applier *applier

	mu      sync.Mutex
	stats   Stats
	applied time.Time // commit time of the last transaction that was applied
}

// Start starts a task at its position, as the users of two connection strings; resume goes on where it stopped instead. What it does is
// written to log as AWS DMS would. The context bounds the start only.
func (t Task) Start(ctx context.Context, source, target string, resume bool, log io.Writer) (*Running, error) {
	r := &Running{task: t, done: make(chan struct{})}
	if err := r.open(ctx, source, target, resume, log); err != nil {
		r.close()
		return nil, fmt.Errorf("starting task %s: %w", t.Resource, err)
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.cancel = cancel
	go r.run(running)
	return r, nil
}

func (r *Running) open(ctx context.Context, source, target string, resume bool, log io.Writer) error {
	t := r.task
	a := &applier{task: t, control: newControl(t), log: logTo(log), writer: writer{lobBytes: t.Settings.TargetMetadata.LobMaxSize << 10, varcharBytes: t.Source.VarcharMaxBytes}}
	r.applier = a
	var err error
	if a.target, err = connectTarget(ctx, t, target); err != nil {
		return err
	}
	if a.source, err = pgx.Connect(ctx, source); err != nil {
		return fmt.Errorf("connecting to the source: %w", err)
	}
	if err := a.control.create(ctx, a.target); err != nil {
		return err
	}
	if a.suspended, err = a.control.suspended(ctx, a.target); err != nil {
		return err
	}
	start := t.Position
	if resume {
		at, err := a.control.checkpoint(ctx, a.target)
		if err != nil {
			return err
		}
		start = max(start, at)
	}
	tables, err := t.Mapping.tables(ctx, a.source)
	if err != nil {
		return err
	}
	for _, x := range tables {
		x.unlimited = x.unlimited || t.Settings.TargetMetadata.FullLobMode
	}
	if len(tables) == 0 {
		return errors.New("the mapping selects no table")
	}
	r.stream, err = openStream(ctx, source, t, start, tables)
	if err != nil {
		return err
	}
	a.log("TASK_MANAGER", "I", "Task '%s' reads slot %s from %s into %d tables", t.Resource, t.Slot, start, len(tables))
	return nil
}

func (r *Running) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if r.stream != nil {
		_ = r.stream.confirm(ctx)
		_ = r.stream.conn.Close(ctx)
	}
	if r.applier.target != nil {
		_ = r.applier.target.Close(ctx)
	}
	if r.applier.source != nil {
		_ = r.applier.source.Close(ctx)
	}
}

// run reads in one goroutine and applies in this one.
func (r *Running) run(ctx context.Context) {
	defer close(r.done)
	defer r.close()
	reading, stop := context.WithCancel(ctx)
	transactions := make(chan *transaction, 1000)
	ended := make(chan error, 1)
	go func() { ended <- r.stream.read(reading, transactions) }()
	r.err = r.work(ctx, transactions)
	stop()
	r.err = errors.Join(r.err, <-ended)
	r.mu.Lock()
	r.stats = r.applier.stats
	r.mu.Unlock()
	if r.err != nil {
		r.applier.log("TASK_MANAGER", "E", "Task '%s' stopped: %v", r.task.Resource, r.err)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = r.tell(last, "NOT RUNNING") // the target may be what went away
}

const (
	tellEvery  = time.Second
	mostInHand = 20_000 // changes of a batch
)

// work applies what comes until the context ends: transactions are gathered until there are enough changes, or the first has waited long enough.
func (r *Running) work(ctx context.Context, transactions <-chan *transaction) error {
	tuning := r.task.Settings.ChangeProcessingTuning
	enough, patience := max(1, tuning.MinTransactionSize), time.Duration(tuning.CommitTimeout)*time.Second
	if r.task.Settings.TargetMetadata.BatchApplyEnabled {
		enough, patience = mostInHand, time.Duration(tuning.BatchApplyTimeoutMin)*time.Second
	}
	var hand []*transaction
	changes := 0
	var since time.Time
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	told := time.Time{}
	for {
		if time.Since(told) >= tellEvery {
			if err := r.tell(ctx, "CHANGE PROCESSING"); err != nil && ctx.Err() == nil {
				return err
			}
			told = time.Now()
		}
		select {
		case <-ctx.Done():
			return nil
		case t, ok := <-transactions:
			if !ok {
				return nil
			}
			if len(hand) == 0 {
				since = time.Now()
			}
			hand, changes = append(hand, t), changes+len(t.changes)
		case <-tick.C:
		}
		if len(hand) == 0 || changes > 0 && changes < enough && time.Since(since) < patience {
			continue
		}
		if err := r.apply(ctx, hand, changes); err != nil {
			if ctx.Err() != nil {
				return nil // it rolled back, and is read again
			}
			return err
		}
		hand, changes = nil, 0
	}
}

func (r *Running) apply(ctx context.Context, hand []*transaction, n int) error {
	last := hand[len(hand)-1]
	if n > 0 {
		changes := make([]change, 0, n)
		for _, t := range hand {
			changes = append(changes, t.changes...)
		}
		if err := r.applier.apply(ctx, changes, last.end); err != nil {
			return err
		}
	}
	r.applier.stats.Transactions += int64(len(hand))
	r.stream.applied(last.end, len(hand))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats, r.applied = r.applier.stats, last.at
	return nil
}

func (r *Running) tell(ctx context.Context, status string) error {
	waiting, confirmed, source := r.stream.state()
	r.mu.Lock()
	s := standing{status: status, pending: waiting, position: confirmed, source: source, applied: r.applied, records: r.stats.Changes}
	r.mu.Unlock()
	return r.applier.control.tell(ctx, r.applier.target, s)
}

// Ended is closed when the task has ended by itself or was stopped.
func (r *Running) Ended() <-chan struct{} { return r.done }

// Stats are what it has done so far.
func (r *Running) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// Confirmed is the position before which everything is on the target.
func (r *Running) Confirmed() pglogrepl.LSN {
	_, confirmed, _ := r.stream.state()
	return confirmed
}

// Stop ends the task, and returns when its slot is free: nil, or what it failed of before.
func (r *Running) Stop(ctx context.Context) error {
	r.cancel()
	<-r.done
	return errors.Join(r.err, r.free(ctx))
}

// free waits until the server has noticed that nobody reads the slot.
func (r *Running) free(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, r.applier.source.Config())
	if err != nil {
		return fmt.Errorf("waiting until slot %s is free: %w", r.task.Slot, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for {
		var active bool
		if err := conn.QueryRow(ctx, "select exists (select from pg_replication_slots where slot_name = $1 and active)", r.task.Slot).Scan(&active); err != nil {
			return fmt.Errorf("waiting until slot %s is free: %w", r.task.Slot, err)
		}
		if !active {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
