package parity

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgcutover/pgcutover/analyze"
)

// Server is one of the two databases. Rows runs a statement that only reads and hands each of its rows to scan. It is called
// from several goroutines. Its sessions have to be set up with Settings.
type Server interface {
	Rows(ctx context.Context, sql string, scan func(pgx.Rows) error) error
}

// Settings is the statement that makes a session's answers independent of what is set for the server, the database or the
// role. Settings that a version does not have are left out.
const Settings = `select pg_catalog.set_config(s.name, w.value, false) from pg_catalog.pg_settings as s join (values
	('search_path', ''), ('TimeZone', 'UTC'), ('DateStyle', 'ISO, MDY'), ('IntervalStyle', 'postgres'), ('bytea_output', 'hex'),
	('extra_float_digits', '3'), ('lc_monetary', 'C'), ('row_security', 'off'), ('xmloption', 'content'), ('xmlbinary', 'base64'),
	('quote_all_identifiers', 'off'), ('standard_conforming_strings', 'on'), ('client_encoding', 'UTF8'), ('jit', 'off')
	) as w(name, value) on w.name = s.name`

// tries is how often a statement is run that a cut connection ended. All of them only read.
const tries = 4

// ask runs a statement and returns its rows, matched to the fields of T by position.
func ask[T any](ctx context.Context, s Server, sql string) ([]T, error) {
	for try := 1; ; try++ {
		var out []T
		err := s.Rows(ctx, sql, func(r pgx.Rows) error {
			one, err := pgx.RowToStructByPos[T](r)
			out = append(out, one)
			return err
		})
		if err == nil || try == tries || !cut(err) || ctx.Err() != nil {
			return out, err
		}
		select {
		case <-time.After(time.Duration(try*try) * 500 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// askOne is ask for a statement with exactly one row.
func askOne[T any](ctx context.Context, s Server, sql string) (T, error) {
	rows, err := ask[T](ctx, s, sql)
	if err == nil && len(rows) != 1 {
		err = errors.New("the server gave an answer of another form than asked for")
	}
	if err != nil {
		var none T
		return none, err
	}
	return rows[0], nil
}

// cut tells whether an error is one of the connection, or of a server that is about to be back.
func cut(err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pe.Code {
		case "57P01", "57P02", "57P03", "40001", "40P01": // shutdown, crash, starting up, conflict with recovery
			return true
		}
		return strings.HasPrefix(pe.Code, "08")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed")
}

// literal quotes a text as SQL.
func literal(s string) string { return analyze.Literal(s) }

// literals is a list of quoted texts.
func literals(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = literal(t)
	}
	return strings.Join(out, ", ")
}
