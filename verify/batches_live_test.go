package verify_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
)

// Whatever refuses rows on the target beside the key of a table that is applied in batches is seen, whoever has built it since the plan.
func TestBatchesOnTheTarget(t *testing.T) {
	w := emptyWorld(t, `create table accounts (id bigint primary key, email varchar(80)); create unique index accounts_email on accounts (email);
		create table events (id bigint, at date, what varchar(20), primary key (id, at)) partition by range (at);
		create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01');
		create table events_2 partition of events for values from ('2026-02-01') to ('2026-03-01');
		insert into accounts select i, 'a' || i from generate_series(1, 10) i; insert into events select i, date '2026-01-01' + i, 'x' from generate_series(1, 50) i`)
	w.configure = func(o *planner.Options) { o.Unique = "defer" }
	w.makePlan()
	require.True(t, slices.ContainsFunc(w.plan.Groups, func(g planner.Group) bool { return g.BatchApply }))
	require.Len(t, w.plan.Deferred, 1)
	w.prepareSource()
	w.pause()
	w.load()
	w.replica.MustPsql(t, w.db, "select pg_wal_replay_resume()")
	says := func(want ...string) {
		t.Helper()
		for _, gate := range []verify.Gate{verify.CDCReady, verify.CDC, verify.CutoverReady} {
			r := w.run(gate, "G4-BATCH")
			require.ElementsMatch(t, want, failed(r), show(r))
			require.Equal(t, map[bool]int{true: 0, false: 1}[len(want) == 0], r.ExitCode(), show(r))
		}
	}
	says() // what waits for the cutover is not there
	for _, c := range []struct {
		name, harm, mend string
		want             []string
	}{
		{"a unique index of a colleague's", "create unique index handy on accounts (lower(email)) where email is not null", "drop index handy", []string{"G4-BATCH public.accounts"}},
		{"one that waits for the cutover", "create unique index accounts_email on accounts (email)", "drop index accounts_email", []string{"G4-BATCH public.accounts"}},
		{"a constraint", "alter table accounts add constraint handy unique (email) deferrable", "alter table accounts drop constraint handy", []string{"G4-BATCH public.accounts"}},
		{"an exclusion", "alter table accounts add constraint apart exclude using btree (email with =)", "alter table accounts drop constraint apart", []string{"G4-BATCH public.accounts"}},
		{"on one partition", "create unique index handy on events_2 (what, id, at)", "drop index handy", []string{"G4-BATCH public.events_2"}},
		{"on all partitions", "create unique index handy on events (at, id, what)", "drop index handy", []string{"G4-BATCH public.events_1", "G4-BATCH public.events_2"}},
		{"no key", "alter table accounts drop constraint accounts_pkey", "alter table accounts add primary key (id)", []string{"G4-BATCH public.accounts"}},
		{"a build that failed", "update accounts set email = 'same' where id < 3", "update accounts set email = 'a' || id", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.target.MustPsql(t, w.targetDB, c.harm)
			if c.want == nil { // and what it leaves refuses rows all the same
				_, err := w.target.Psql(t.Context(), w.targetDB, "create unique index concurrently handy on accounts (email)")
				require.ErrorContains(t, err, "could not create unique index")
				says("G4-BATCH public.accounts")
				w.target.MustPsql(t, w.targetDB, "drop index handy")
			} else {
				says(c.want...)
			}
			w.target.MustPsql(t, w.targetDB, c.mend)
			says()
		})
	}
	w.target.MustPsql(t, w.targetDB, "alter table accounts rename to elsewhere")
	r := w.run(verify.CDC, "G4-BATCH")
	require.Equal(t, 3, r.ExitCode(), show(r))
	require.Contains(t, show(r), "the target does not have it")
}
