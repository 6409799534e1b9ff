package catalog_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// eachServer runs a test on every major version that the machine has.
func eachServer(t *testing.T, test func(t *testing.T, in cluster.Install)) {
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	done := map[int]bool{}
	for _, in := range installs {
		if done[in.Major] {
			continue
		}
		done[in.Major] = true
		t.Run(in.Version, func(t *testing.T) { test(t, in) })
	}
}

// shop starts a source with a database "shop" that has one of everything its version knows.
func shop(t *testing.T, in cluster.Install) *cluster.Cluster {
	t.Helper()
	src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
	src.CreateDatabase(t, "shop")
	for _, from := range []int{0, 10, 11, 12, 15, 18} {
		name := "testdata/shop.sql"
		switch {
		case from > 0 && (in.Major < from || in.Major == 906):
			continue
		case from > 0:
			name = fmt.Sprintf("testdata/shop-%d.sql", from)
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		src.MustPsql(t, "shop", string(text))
	}
	// The failure leaves an invalid index behind.
	_, err := src.Psql(t.Context(), "shop", "create unique index concurrently broken on app.half (v)")
	require.ErrorContains(t, err, "could not create unique index")
	return src
}

// connect opens a session that ends with the test.
func connect(t *testing.T, dsn string, change ...func(*pgx.ConnConfig)) *pgx.Conn {
	t.Helper()
	cfg, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	for _, c := range change {
		c(cfg)
	}
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// as makes a session of another role.
func as(role string) func(*pgx.ConnConfig) {
	return func(cfg *pgx.ConnConfig) { cfg.User = role }
}

// counter counts the statements a session sends.
type counter struct {
	statements []string
	hook       func(sql string) // called before each; nil: nothing
}

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	c.statements = append(c.statements, d.SQL)
	if c.hook != nil {
		c.hook(d.SQL)
	}
	return ctx
}

func (*counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func traced(c *counter) func(*pgx.ConnConfig) {
	return func(cfg *pgx.ConnConfig) { cfg.Tracer = c }
}

func table(t *testing.T, inv analyze.Inventory, schema, name string) analyze.Table {
	t.Helper()
	for _, x := range inv.Tables {
		if x.Name == (analyze.Name{Schema: schema, Name: name}) {
			return x
		}
	}
	require.Failf(t, "no such table", "%s.%s", schema, name)
	return analyze.Table{}
}

func column(t *testing.T, x analyze.Table, name string) analyze.Column {
	t.Helper()
	for _, c := range x.Columns {
		if c.Name == name {
			return c
		}
	}
	require.Failf(t, "no such column", "%s in %s", name, x.Name)
	return analyze.Column{}
}

func index(t *testing.T, x analyze.Table, name string) analyze.Index {
	t.Helper()
	for _, i := range x.Indexes {
		if i.Name == name {
			return i
		}
	}
	require.Failf(t, "no such index", "%s on %s", name, x.Name)
	return analyze.Index{}
}

func constraint(t *testing.T, x analyze.Table, name string) analyze.Constraint {
	t.Helper()
	for _, c := range x.Constraints {
		if c.Name == name {
			return c
		}
	}
	require.Failf(t, "no such constraint", "%s on %s", name, x.Name)
	return analyze.Constraint{}
}

func sequence(t *testing.T, inv analyze.Inventory, schema, name string) analyze.Sequence {
	t.Helper()
	for _, s := range inv.Sequences {
		if s.Name == (analyze.Name{Schema: schema, Name: name}) {
			return s
		}
	}
	require.Failf(t, "no such sequence", "%s.%s", schema, name)
	return analyze.Sequence{}
}

// unknowns lists what is unknown as "fact: subject".
func unknowns(inv analyze.Inventory) []string {
	var out []string
	for _, u := range inv.Unknown {
		out = append(out, strings.TrimSuffix(u.Fact+": "+u.Subject, ": "))
	}
	return out
}

// encoded is the inventory as it would be written.
func encoded(t *testing.T, inv analyze.Inventory) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, inv.Encode(&b))
	return b.String()
}
