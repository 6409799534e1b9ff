package rehearse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// proof is what the rehearsal finds out by itself, with other SQL than the program that it rehearses.
type proof struct {
	Tables int      `json:"tables"` // compared row by row
	Rows   int64    `json:"rows"`
	Behind []string `json:"behind"` // tables of the replica that the target does not have
}

const tablesSQL = `select format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
	where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pglogical', 'pgcutover') and c.relname !~ '^awsdms_'
	order by pg_catalog.pg_relation_size(c.oid) desc, 1`

// compareRows compares every table that the target has with those of another server by the number of its rows and a checksum of them.
// Both have to stand still meanwhile.
func (s *Servers) compareRows(ctx context.Context, with *cluster.Cluster, called string) (proof, error) {
	var p proof
	replica, err := s.names(ctx, with.DSN(s.Database))
	if err != nil {
		return p, err
	}
	target, err := s.names(ctx, s.Target.DSN(s.Database))
	if err != nil {
		return p, err
	}
	for _, name := range target {
		if !slices.Contains(replica, name) {
			return p, fmt.Errorf("the target has a table that the %s does not have: %s", called, name)
		}
	}
	p.Behind = slices.DeleteFunc(replica, func(name string) bool { return slices.Contains(target, name) })
	if p.Tables = len(target); p.Tables == 0 {
		return p, errors.New("there is nothing on the target to compare")
	}
	var rows atomic.Int64
	queue := make(chan string, len(target))
	for _, name := range target {
		queue <- name
	}
	close(queue)
	g, gctx := errgroup.WithContext(ctx)
	for range 2 {
		g.Go(func() error {
			left, err := pgx.Connect(gctx, with.DSN(s.Database))
			if err != nil {
				return fmt.Errorf("connecting to the %s: %w", called, err)
			}
			defer left.Close(context.WithoutCancel(gctx))
			right, err := pgx.Connect(gctx, s.Target.DSN(s.Database))
			if err != nil {
				return fmt.Errorf("connecting to the target: %w", err)
			}
			defer right.Close(context.WithoutCancel(gctx))
			for name := range queue {
				n, err := same(gctx, left, right, called, name)
				if err != nil {
					return err
				}
				rows.Add(n)
			}
			return nil
		})
	}
	err = g.Wait()
	p.Rows = rows.Load()
	return p, err
}

func (s *Servers) names(ctx context.Context, dsn string) ([]string, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, tablesSQL)
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	return names, nil
}

// columnsSQL writes the values of a table's rows in words that every major has for them: versions before 12 print a float in another
// way than those from then on, but all send the same bytes. Where floats are inside of something, 15 digits are compared.
const columnsSQL = `select coalesce(string_agg(case when a.atttypid = 'float8'::regtype then format('float8send(%I)', a.attname)
	when a.atttypid = 'float4'::regtype then format('float4send(%I)', a.attname) else format('%I', a.attname) end, ', ' order by a.attnum), '')
	from pg_catalog.pg_attribute as a where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped`

// same returns how many rows a table has on both sides. A sum does not depend on their order, and sees a row that is there twice.
func same(ctx context.Context, left, right *pgx.Conn, called, name string) (int64, error) {
	var columns string
	if err := left.QueryRow(ctx, columnsSQL, name).Scan(&columns); err != nil {
		return 0, fmt.Errorf("reading the columns of %s: %w", name, err)
	}
	type sum struct {
		n    int64
		hash string
	}
	of := func(conn *pgx.Conn) (s sum, err error) {
		if _, err = conn.Exec(ctx, "set extra_float_digits = 0"); err != nil {
			return s, fmt.Errorf("reading %s: %w", name, err)
		}
		err = conn.QueryRow(ctx, "select count(*), coalesce(sum(('x' || substr(md5(row("+columns+")::text), 1, 16))::bit(64)::bigint::numeric), 0)::text from only "+name).Scan(&s.n, &s.hash)
		if err != nil {
			err = fmt.Errorf("reading %s: %w", name, err)
		}
		return s, err
	}
	a, err := of(left)
	if err != nil {
		return 0, err
	}
	b, err := of(right)
	if err != nil {
		return 0, err
	}
	switch {
	case a.n != b.n:
		return 0, fmt.Errorf("%s has %d rows on the %s and %d on the target", name, a.n, called, b.n)
	case a.hash != b.hash:
		return 0, fmt.Errorf("rows of %s are different on the target", name)
	}
	return a.n, nil
}

// prove is the step that compares rows.
func (r *run) prove(ctx context.Context, with *cluster.Cluster, called, title string) error {
	r.printf("\n# %s\n", title)
	r.printf("%s", wrapped("The rehearsal's own check: for each table the number of rows and a checksum over all of them, "+called+" against target.", "#   ", 110))
	before, start := r.committed(), time.Now()
	p, err := r.servers.compareRows(ctx, with, called)
	r.steps = append(r.steps, Step{
		Name: map[bool]string{true: "compare rows", false: "compare rows: " + called}[called == "replica"], Title: title,
		Seconds: time.Since(start).Seconds(), Commits: r.committed() - before, Exit: exitOf(err),
	})
	if err != nil {
		r.printf("    %v\n", err)
		return fmt.Errorf("comparing rows: %w", err)
	}
	r.proof = p
	r.printf("    %s rows in %d tables: the same on both sides\n", thousands(p.Rows), p.Tables)
	if len(p.Behind) > 0 {
		r.printf("    not on the target: %s\n", strings.ReplaceAll(strings.Join(p.Behind, ", "), "\n", `\n`))
	}
	return nil
}

func exitOf(err error) int {
	if err != nil {
		return 1
	}
	return 0
}

// thousands is a number with commas.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
