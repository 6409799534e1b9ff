package rehearse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/planner"
)

// Carry stands in for AWS DMS where nobody writes to the source any more: it carries the markers of the plan's groups to the target and confirms what
// their slots have, which is nothing else. It goes on until the returned function is called, which returns the first error that it met.
func (s Servers) Carry(ctx context.Context, plan planner.Plan) (stop func() error, err error) {
	from, err := pgx.Connect(ctx, s.Source.DSN(s.Database))
	if err != nil {
		return nil, fmt.Errorf("connecting to the source: %w", err)
	}
	to, err := pgx.Connect(ctx, s.Target.DSN(s.Database))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to the target: %w", err), from.Close(ctx))
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		defer func() {
			_ = from.Close(context.WithoutCancel(ctx))
			_ = to.Close(context.WithoutCancel(ctx))
		}()
		for {
			for _, g := range plan.Groups {
				if err := carryOne(ctx, from, to, g); err != nil {
					done <- err
					return
				}
			}
			select {
			case <-ctx.Done():
				done <- nil
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	return func() error {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	}, nil
}

func carryOne(ctx context.Context, from, to *pgx.Conn, g planner.Group) error {
	var token, lsn *string
	if err := from.QueryRow(ctx, "select token, source_lsn::text from "+g.Marker.SQL()+" where id = 1").Scan(&token, &lsn); err != nil {
		return fmt.Errorf("reading the marker of %s: %w", g.Slot, err)
	}
	if _, err := to.Exec(ctx, "update "+g.Marker.SQL()+" set token = $1, source_lsn = $2::text::pg_lsn where id = 1", token, lsn); err != nil {
		return fmt.Errorf("writing the marker of %s: %w", g.Slot, err)
	}
	if _, err := from.Exec(ctx, "select pg_replication_slot_advance($1::text::name, pg_current_wal_insert_lsn())", g.Slot); err != nil {
		return fmt.Errorf("confirming for %s: %w", g.Slot, err)
	}
	return nil
}
