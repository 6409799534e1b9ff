package verify_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// What somebody writes while the gate looks at other things is found, whether he is done by the end or not.
func TestFenceSeesWhatIsWrittenMeanwhile(t *testing.T) {
	cluster.Need(t)
	source := cluster.StartSource(t, "max_prepared_transactions=5")
	source.CreateDatabase(t, "shop")
	source.MustPsql(t, "shop", "create table orders (id int); create schema pgcutover; create table pgcutover.frozen ()")
	at := slices.IndexFunc(verify.Checks(), func(c verify.Check) bool { return c.Code == "G7-FENCE" })
	// No other check of the gate is needed for it, and it works where it is asked alone.
	answers := func(t *testing.T, meanwhile func(context.Context) error) []string {
		env := verify.Env{Gate: verify.Cutover, Plan: planner.Plan{Options: planner.Defaults()}, Sides: []verify.Side{verify.Source}, Settle: time.Second, Jobs: 1,
			Open: func(ctx context.Context, _ verify.Side) (verify.Session, error) {
				return pgx.Connect(ctx, source.DSN("shop"))
			}}
		checks := []verify.Check{verify.Checks()[at]}
		if meanwhile != nil {
			checks = append(checks, verify.Check{Code: "OTHER", Cost: verify.Full, Run: func(ctx context.Context, _ *verify.Env) ([]verify.Result, error) {
				return []verify.Result{verify.Pass.Of("", "")}, meanwhile(ctx)
			}})
		}
		r := verify.Run(t.Context(), env, checks, nil)
		require.Empty(t, undecided(r), show(r))
		return failed(r)
	}
	psql := func(sql string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := source.Psql(ctx, "shop", sql)
			return err
		}
	}
	require.Empty(t, answers(t, nil))
	require.Empty(t, answers(t, psql("select count(*) from orders")))
	require.Empty(t, answers(t, psql("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'shop' and pid <> pg_backend_pid() and backend_type = 'client backend'")), "of a session that was ended meanwhile")
	require.Equal(t, []string{"G7-FENCE counters"}, answers(t, psql("insert into orders values (1)")))
	require.Equal(t, []string{"G7-FENCE prepared transactions"}, answers(t, psql("begin; select txid_current(); prepare transaction 'late'")))
	source.MustPsql(t, "shop", "rollback prepared 'late'")

	writer, err := pgx.Connect(t.Context(), source.DSN("shop"))
	require.NoError(t, err)
	defer writer.Close(context.WithoutCancel(t.Context()))
	require.Equal(t, []string{"G7-FENCE sessions"}, answers(t, func(ctx context.Context) error {
		_, err := writer.Exec(ctx, "begin; insert into orders values (2)")
		return err
	}))
	_, err = writer.Exec(t.Context(), "rollback")
	require.NoError(t, err)

	require.Equal(t, []string{"G7-FENCE freeze"}, answers(t, psql("alter table pgcutover.frozen rename to thawed")))
	require.Equal(t, []string{"G7-FENCE freeze"}, answers(t, psql("alter table pgcutover.thawed rename to frozen")), "it was not when the gate began")
}
