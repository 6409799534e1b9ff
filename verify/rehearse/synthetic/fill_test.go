package synthetic_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/sample"
	"github.com/pgcutover/pgcutover/verify/rehearse/synthetic"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

func TestX(t *testing.T) {
	src := cluster.StartSource(t)
	dsn := src.CreateDatabase(t, "x")
	if f := os.Getenv("F"); f != "" {
		src.MustPsql(t, "x", "\\i "+f)
	} else {
		conn, err := pgx.Connect(t.Context(), dsn)
		require.NoError(t, err)
		require.NoError(t, sample.LoadSchema(t.Context(), conn))
		conn.Close(context.Background())
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	c, err := synthetic.Fill(t.Context(), conn, synthetic.Options{})
	require.NoError(t, err)
	t.Log(c.Tables, c.Rows)
	for _, e := range c.Empty {
		t.Log(e.Table, e.Reason)
	}
	t.Log(src.MustPsql(t, "x", "select relname, reltuples from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"))
}

func TestY(t *testing.T) {
	src := cluster.StartSource(t)
	dsn := src.CreateDatabase(t, "x")
	if f := os.Getenv("F"); f != "" {
		src.MustPsql(t, "x", "\\i "+f)
	} else {
		conn, err := pgx.Connect(t.Context(), dsn)
		require.NoError(t, err)
		require.NoError(t, sample.LoadSchema(t.Context(), conn))
		conn.Close(context.Background())
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	c, err := synthetic.Fill(t.Context(), conn, synthetic.Options{})
	require.NoError(t, err)
	a := c.Application()
	w, err := a.Start(t.Context(), dsn, workload.Options{Rate: 300, LargeEvery: time.Second, LongEvery: time.Second, LongFor: 300 * time.Millisecond})
	require.NoError(t, err)
	select {
	case <-time.After(8 * time.Second):
	case <-w.Failed():
	}
	st, err := w.Stop()
	t.Logf("%+v %v", st, err)
	for _, e := range a.GivenUp() {
		t.Log(e.Table, e.Reason)
	}
	t.Log(src.MustPsql(t, "x", "select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables order by 1"))
}
