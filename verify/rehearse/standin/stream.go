package standin

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// A stream reads a slot.
type stream struct {
	conn *pgconn.PgConn
	add  func(data []byte, at pglogrepl.LSN) (*transaction, error)
	idle func() bool // no transaction is half read

	mu        sync.Mutex
	confirmed pglogrepl.LSN // everything before it is on the target
	waiting   int           // transactions read and not applied
	source    time.Time     // the source's clock when it last said something
}

// options are those that AWS DMS reads pglogical with.
func options(sets []string) []string {
	return []string{
		"min_proto_version '1'", "max_proto_version '1'", "startup_params_format '1'", "proto_format 'json'",
		"\"pglogical.replication_set_names\" '" + strings.Join(sets, ",") + "'",
	}
}

// openStream starts to read a slot at a position. The server moves one that lies before the slot's own forward, and says so in its log only.
func openStream(ctx context.Context, dsn string, t Task, start pglogrepl.LSN, tables map[[2]string]*table) (*stream, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the source's connection string: %w", err)
	}
	config.RuntimeParams["replication"] = "database"
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the source for replication: %w", err)
	}
	s := &stream{conn: conn, confirmed: start}
	args := options(t.Sets)
	if t.Plugin == "test_decoding" {
		d := newTextDecoder(tables)
		s.add, s.idle, args = d.add, func() bool { return d.open == nil }, textOptions()
	} else {
		d := decoder{tables: tables}
		if t.BegunLater {
			d.from = start
		}
		s.add, s.idle = func(data []byte, _ pglogrepl.LSN) (*transaction, error) { return d.add(data) }, func() bool { return d.open == nil }
	}
	if err := pglogrepl.StartReplication(ctx, conn, t.Slot, start, pglogrepl.StartReplicationOptions{PluginArgs: args}); err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("starting to read slot %s at %s: %w", t.Slot, start, err)
	}
	return s, nil
}

const confirmEvery = 200 * time.Millisecond

// read sends transactions on until the context ends, and confirms what has been applied.
func (s *stream) read(ctx context.Context, to chan<- *transaction) error {
	defer close(to)
	next := time.Now()
	for {
		if err := ctx.Err(); err != nil {
			return nil // the end is what was asked for
		}
		if now := time.Now(); now.After(next) {
			if err := s.confirm(ctx); err != nil {
				return err
			}
			next = now.Add(confirmEvery)
		}
		patience, cancel := context.WithDeadline(ctx, next)
		m, err := s.conn.ReceiveMessage(patience)
		cancel()
		if err != nil {
			if pgconn.Timeout(err) || ctx.Err() != nil {
				continue
			}
			return fmt.Errorf("reading the slot: %w", err)
		}
		switch m := m.(type) {
		case *pgproto3.ErrorResponse:
			return fmt.Errorf("reading the slot: %w", pgconn.ErrorResponseToPgError(m))
		case *pgproto3.CopyData:
			if err := s.take(ctx, m.Data, to); err != nil {
				return err
			}
		}
	}
}

func (s *stream) take(ctx context.Context, data []byte, to chan<- *transaction) error {
	switch data[0] {
	case pglogrepl.PrimaryKeepaliveMessageByteID:
		k, err := pglogrepl.ParsePrimaryKeepaliveMessage(data[1:])
		if err != nil {
			return fmt.Errorf("reading the slot: %w", err)
		}
		s.mu.Lock()
		s.source = k.ServerTime.UTC()
		if s.waiting == 0 && s.idle() { // everything before it that this slot delivers is applied
			s.confirmed = max(s.confirmed, k.ServerWALEnd)
		}
		s.mu.Unlock()
		if k.ReplyRequested {
			return s.confirm(ctx)
		}
	case pglogrepl.XLogDataByteID:
		x, err := pglogrepl.ParseXLogData(data[1:])
		if err != nil {
			return fmt.Errorf("reading the slot: %w", err)
		}
		t, err := s.add(x.WALData, x.WALStart)
		if err != nil || t == nil {
			return err
		}
		s.mu.Lock()
		s.waiting++
		s.mu.Unlock()
		for {
			select {
			case to <- t:
				return nil
			case <-ctx.Done():
				return nil
			case <-time.After(confirmEvery): // the server ends a reader that says nothing
				if err := s.confirm(ctx); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// applied notes that transactions up to a position are on the target.
func (s *stream) applied(to pglogrepl.LSN, transactions int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.confirmed = max(s.confirmed, to)
	s.waiting -= transactions
}

// state is where the stream stands: how many transactions wait, up to where everything is applied, and the source's clock.
func (s *stream) state() (waiting int, confirmed pglogrepl.LSN, source time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting, s.confirmed, s.source
}

func (s *stream) confirm(ctx context.Context) error {
	_, confirmed, _ := s.state()
	if err := pglogrepl.SendStandbyStatusUpdate(ctx, s.conn, pglogrepl.StandbyStatusUpdate{WALWritePosition: confirmed}); err != nil {
		return fmt.Errorf("confirming %s to the source: %w", confirmed, err)
	}
	return nil
}
