// Package sample holds a database of the project's own, for the demo and for tests, and an application that keeps writing to
// it. It models a call-tracking business in some fifty tables: one dwarfs the rest, one is hot; there are partitions, an
// inherited tree, LOBs, keys of every kind and none, a circle of foreign keys, sequences of every kind, and names that
// break what quotes carelessly.
package sample

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

var (
	//go:embed schema.sql
	schemaSQL string
	//go:embed data.sql
	dataSQL string
	//go:embed finish.sql
	finishSQL string
)

// Unportable is the table whose names AWS DMS cannot carry, as schema and name.
var Unportable = [2]string{"public", `5" screen \ share`}

// Load builds the sample in an empty database: about 160 MB in a few seconds. It needs a superuser, because it creates roles
// where they are missing.
func Load(ctx context.Context, conn *pgx.Conn) error {
	for _, part := range []struct{ name, sql string }{
		{"schema.sql", schemaSQL}, {"data.sql", dataSQL}, {"finish.sql", finishSQL},
	} {
		if err := run(ctx, conn, part.sql); err != nil {
			return fmt.Errorf("loading the sample, %s: %w", part.name, err)
		}
	}
	return nil
}

// LoadSchema builds the sample without its rows, in a fraction of a second.
func LoadSchema(ctx context.Context, conn *pgx.Conn) error {
	for _, sql := range []string{schemaSQL, finishSQL} {
		if err := run(ctx, conn, sql); err != nil {
			return fmt.Errorf("loading the sample's schema: %w", err)
		}
	}
	return nil
}

// run sends a file as one message: one transaction. An error tells the line.
func run(ctx context.Context, conn *pgx.Conn, sql string) error {
	_, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Position > 0 {
		before := []rune(sql)[:min(int(pg.Position), len([]rune(sql)))]
		return fmt.Errorf("line %d: %w", 1+strings.Count(string(before), "\n"), err)
	}
	return err
}
