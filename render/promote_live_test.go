package render_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/dms"
	"github.com/pgcutover/pgcutover/verify/rds"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// newPromoteLab is a lab in which a streaming standby stands for the Aurora replica. The local AWS has an RDS instance, and promotes the standby when it is asked
// to promote the cluster.
func newPromoteLab(t *testing.T, sql string, settings ...string) *lab {
	t.Helper()
	return newReplicaLab(t, sql, func(version string) planner.Options {
		o := planner.DefaultsFor(planner.EnginePromote)
		o.Aurora.Source, o.Aurora.Cluster, o.Aurora.InstanceClass, o.Aurora.EngineVersion, o.Aurora.Readers = "shop-db", "shop", "db.r6g.large", version, 2
		return o
	}, settings...)
}

// newReplicaLab is the same for any options, which are told the server's version.
func newReplicaLab(t *testing.T, sql string, options func(version string) planner.Options, settings ...string) *lab {
	t.Helper()
	cluster.Need(t)
	t.Parallel()
	l := &lab{src: cluster.StartSource(t, settings...), dir: t.TempDir()}
	l.src.CreateDatabase(t, "shop")
	l.src.MustPsql(t, "shop", sql)
	l.dst = l.src.StartStandby(t)
	hook := filepath.Join(l.dir, "promote")
	require.NoError(t, os.WriteFile(hook, fmt.Appendf(nil, "#!/bin/sh\nexec %s -X -h '%s' -p %d -U postgres -d postgres -c 'select pg_promote() where pg_is_in_recovery()'\n", l.dst.Bin("psql"), l.dst.SocketDir(), l.dst.Port()), 0o755))
	version := strings.Fields(l.src.MustPsql(t, "shop", "show server_version"))[0]
	o, pages := options(version), "promote.md"
	if o.Engine == planner.EngineDMSFull {
		pages += " dms.md"
	}
	aws := startAWS(t, pages, "PGCUTOVER_PROMOTES="+hook, "PGCUTOVER_LOADS="+filepath.Join(l.dir, "loads"))
	l.env = append(environment(t, l.dir, "postgres", l.src, l.dst, l.dst), aws...)
	l.env = append(l.env, "PGCUTOVER_AURORA_SECURITY_GROUPS=sg-0123456789abcdef0", "PGCUTOVER_AWS_PACE=1")
	subnets := strings.Fields(l.aws(t, "ec2", "describe-subnets", "--query", "Subnets[0:2].SubnetId"))
	l.env = append(l.env, "PGCUTOVER_AURORA_SUBNETS="+strings.Join(subnets, ","))
	l.aws(t, "rds", "create-db-instance", "--db-instance-identifier", "shop-db", "--db-instance-class", "db.r6g.large", "--engine", "postgres", "--engine-version", version+"-rds.20260514",
		"--master-username", "postgres", "--master-user-password", "secret of the source", "--allocated-storage", "100", "--backup-retention-period", "7", "--storage-encrypted")

	conn, err := pgx.Connect(t.Context(), l.src.DSN("shop"))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	inv, err := catalog.Read(t.Context(), conn, catalog.Options{})
	require.NoError(t, err)
	p, err := planner.Make(inv, o, nil)
	require.NoError(t, err)
	l.render(t, p)
	return l
}

// gate runs all checks of a gate, and returns what did not pass, as "status CODE subject: detail".
func (l *lab) gate(t *testing.T, gate verify.Gate) []string {
	t.Helper()
	return l.asked(t, gate)
}

// asked runs the named families of checks of a gate, all where none is named; without a gate, at the one that they are for.
func (l *lab) asked(t *testing.T, gate verify.Gate, names ...string) []string {
	t.Helper()
	return l.askedBy(t, nil, gate, names...)
}

// askedBy is asked with something else about the run; how may be nil.
func (l *lab) askedBy(t *testing.T, how func(*verify.Env), gate verify.Gate, names ...string) []string {
	t.Helper()
	state, err := verify.DecodeState(strings.NewReader(l.state(t)))
	require.NoError(t, err)
	servers := map[verify.Side]*cluster.Cluster{verify.Source: l.src, verify.Target: l.dst}
	checks, gate, err := verify.Select(verify.ChecksOf(l.plan, append(dms.Checks(l.awsConfig), rds.Checks(l.awsConfig)...)...), gate, names, &state)
	require.NoError(t, err)
	env := verify.Env{
		Gate: gate, Plan: l.plan, State: &state, Sides: []verify.Side{verify.Source, verify.Target}, Settle: 50 * time.Millisecond, Whole: len(names) == 0,
		Open: func(ctx context.Context, side verify.Side) (verify.Session, error) {
			return pgx.Connect(ctx, servers[side].DSN("shop"))
		},
		Elsewhere: func(ctx context.Context, side verify.Side, database string) (verify.Session, error) {
			return pgx.Connect(ctx, servers[side].DSN(database))
		},
		Inventory: inventoriesOf(servers),
	}
	if how != nil {
		how(&env)
	}
	report := verify.Run(t.Context(), env, checks, nil)
	var out []string
	for _, r := range report.Results {
		status := string(r.Status)
		if r.Undecided {
			status = "undecided"
		}
		if status != string(verify.Pass) && status != string(verify.Skip) {
			out = append(out, fmt.Sprintf("%s %s %s: %s", status, r.Code, r.Subject, r.Detail))
		}
	}
	slices.Sort(out)
	t.Logf("gate %s: %s", gate, strings.Join(out, "\n"))
	return out
}

// failing are the codes of checks that failed.
func failing(answers []string) []string { return answered(answers, "fail") }

// shut are the codes of checks that keep a gate from passing: those that failed, and those that could not be decided.
func shut(answers []string) []string { return answered(answers, "fail", "undecided") }

func answered(answers []string, statuses ...string) []string {
	var codes []string
	for _, a := range answers {
		if words := strings.Fields(a); slices.Contains(statuses, words[0]) {
			codes = append(codes, words[1])
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func (l *lab) aurora(t *testing.T) verify.StateAurora {
	t.Helper()
	s, err := verify.DecodeState(strings.NewReader(l.state(t)))
	require.NoError(t, err)
	require.NotNil(t, s.Aurora)
	return *s.Aurora
}

const orders = `create table orders (id bigserial primary key, note text); insert into orders (note) select 'x' from generate_series(1, 1000);
	create unlogged table cache (k text primary key); insert into cache values ('a'); create role app login; grant all on orders to app; grant usage on sequence orders_id_seq to app`

// The whole way on real servers, in the order of the runbook and out of it, while somebody writes until the freeze.
func TestPromote(t *testing.T) {
	l := newPromoteLab(t, orders)
	l.must(t, "10-source/11-preflight.sh")
	l.must(t, "10-source/14-marker.sql")
	l.must(t, "10-source/14-marker.sql")

	// The replica.
	const deploy = "20-aurora/21-deploy.sh"
	l.refused(t, []string{"there is no cluster shop"}, "20-aurora/22-catch-up.sh")
	require.Contains(t, l.must(t, deploy, "--dry-run"), "would make cluster shop")
	require.Empty(t, l.aws(t, "rds", "describe-db-clusters", "--query", "DBClusters[].DBClusterIdentifier"))
	l.aws(t, "cloudformation", "delete-stack", "--stack-name", "shop-aurora") // the local server executes no second change set of a stack that has but one
	l.refusedByAWS(t, "describe-db-clusters", func() {
		said, code := l.run(t, deploy)
		require.Equal(t, 2, code, said)
		require.Contains(t, said, "looking at cluster shop failed")
	})
	l.must(t, deploy)
	require.Contains(t, l.must(t, deploy), "cluster shop is there")
	require.NotNil(t, l.aurora(t).AvailableAt)
	require.Equal(t, "shop", l.aws(t, "rds", "describe-db-clusters", "--query", "DBClusters[0].TagList[?Key=='pgcutover:migration'].Value"))
	l.with(t, "AWS_REGION=eu-west-1", func() {
		l.refused(t, []string{"there is no RDS instance shop-db in the Region and account"}, deploy)
		l.refused(t, []string{"AWS is asked in eu-west-1"}, "20-aurora/24-delete.sh", "--yes")
	})
	require.Contains(t, l.must(t, "20-aurora/22-catch-up.sh"), "the replica is near the source")

	l.src.MustCatchUp(t, l.dst)
	require.Empty(t, shut(l.gate(t, verify.CutoverReady)))

	// Writes go on until the freeze ends them.
	stop := l.writing(t)
	require.Contains(t, l.must(t, "70-cutover/72-drain.sh", "--not-frozen"), "no proof")
	l.refused(t, []string{"the source is not frozen", "71-freeze.sh"}, "70-cutover/72-drain.sh")
	l.refused(t, []string{"state.json has no drain.token yet"}, "70-cutover/73-promote.sh", "--yes")
	l.must(t, "70-cutover/71-freeze.sh")
	written := stop()
	require.Positive(t, written)
	l.src.MustPsql(t, "postgres", "create table idle as select n, n % 7 as m from generate_series(1, 1000) n; create statistics together on n, m from idle; select pg_sleep(1)")
	odd := []string{"a=b", "postgresql://127.0.0.1:1/x", `it's \'a "name`}
	for _, name := range odd { // of databases, that psql's \connect and libpq would take for something else
		l.src.CreateDatabase(t, name)
		l.src.MustPsql(t, name, "create table idle as select 1 as n; select pg_sleep(1)")
	}
	l.must(t, "70-cutover/72-drain.sh")
	for _, name := range odd {
		require.NotEmpty(t, l.aurora(t).Written[name])
		l.src.MustPsql(t, name, "analyze idle")
	}
	l.src.MustPsql(t, "postgres", "analyze idle; analyze pg_class") // as the server does by itself
	l.src.MustPsql(t, "postgres", "comment on database postgres is 'in a catalog that all databases share'")
	l.refused(t, []string{"nothing was done", "add --yes"}, "70-cutover/73-promote.sh")
	l.refusedByAWS(t, "promote-read-replica-db-cluster", func() {
		said, code := l.run(t, "70-cutover/73-promote.sh", "--yes")
		require.Equal(t, 2, code, said)
	})
	require.Contains(t, l.must(t, "70-cutover/73-promote.sh", "--yes"), "RDS tells of the promotion")
	require.Contains(t, l.must(t, "70-cutover/73-promote.sh", "--yes"), "nothing to do")
	l.must(t, "70-cutover/74-look-over.sh", "--analyze")
	require.Empty(t, shut(l.gate(t, verify.Cutover)))
	require.Equal(t, []string{"G8-OPEN", "G8-READERS"}, failing(l.gate(t, verify.After)))
	require.Equal(t, l.src.MustPsql(t, "shop", "select count(*), max(id) from orders"), l.dst.MustPsql(t, "shop", "select count(*), max(id) from orders"))

	// The freeze has come along.
	_, err := l.dst.Psql(t.Context(), "shop", "insert into orders (note) values ('y')")
	require.ErrorContains(t, err, "read-only transaction")
	l.refused(t, []string{"this would run on the target", "add --yes"}, "70-cutover/75-open.sh")

	// A row that the target does not have, by whoever may still write to the source.
	l.editState(t, func(state map[string]any) {
		f := state["freeze"].(map[string]any)
		n, err := strconv.Atoi(f["writes"].(string))
		require.NoError(t, err)
		f["writes"] = strconv.Itoa(n - 1)
	})
	l.refused(t, []string{"rows were written to the source since the freeze"}, "70-cutover/75-open.sh", "--yes")
	l.editState(t, func(state map[string]any) {
		f := state["freeze"].(map[string]any)
		n, err := strconv.Atoi(f["writes"].(string))
		require.NoError(t, err)
		f["writes"] = strconv.Itoa(n + 1)
	})
	l.must(t, "70-cutover/75-open.sh", "--yes")
	require.Contains(t, l.must(t, "70-cutover/75-open.sh", "--yes"), "the target is open")
	l.dst.MustPsql(t, "shop", "set role app; insert into orders (note) values ('y')")
	require.Equal(t, "0", l.dst.MustPsql(t, "shop", "select count(*) from pg_namespace where nspname = 'pgcutover'"))
	require.Equal(t, "t", l.dst.MustPsql(t, "shop", "select has_database_privilege('app', 'shop', 'connect')"))
	require.Equal(t, "f", l.src.MustPsql(t, "shop", "select has_database_privilege('app', 'shop', 'connect')"))
	const unfreeze = "70-cutover/76-unfreeze.sh"
	l.refused(t, []string{"the target was opened at", "--lose-target-writes"}, unfreeze)
	l.without(t, func() {
		l.refused(t, []string{"the target takes writes, whatever state.json says"}, unfreeze)
		l.with(t, "PGCUTOVER_TARGET=nowhere", func() { l.refused(t, []string{"whether the target was opened cannot be told"}, unfreeze) })
	})
	l.editState(t, func(state map[string]any) { // cut off after the opening, before it was noted
		a := state["aurora"].(map[string]any)
		delete(a, "opened_at")
	})
	l.refused(t, []string{"the target was opened at"}, unfreeze)
	require.Contains(t, l.must(t, "70-cutover/75-open.sh", "--yes"), "the target is open")
	require.NotNil(t, l.aurora(t).OpenedAt)
	const drop, abort = "20-aurora/24-delete.sh", "80-recovery/81-abort.sh"
	l.refused(t, []string{"cluster shop was opened", "pgcutover:opened"}, drop, "--yes")
	l.refused(t, []string{"cluster shop was opened"}, abort, "--yes")
	arn := l.aws(t, "rds", "describe-db-clusters", "--query", "DBClusters[0].DBClusterArn")
	opened := l.aws(t, "rds", "describe-db-clusters", "--query", "DBClusters[0].TagList[?Key=='pgcutover:opened'].Value")
	l.without(t, func() { l.refused(t, []string{"cluster shop was opened"}, drop, "--yes") })
	l.aws(t, "rds", "remove-tags-from-resource", "--resource-name", arn, "--tag-keys", "pgcutover:opened")
	l.refused(t, []string{"the target was opened"}, abort, "--yes")
	l.without(t, func() {
		l.refused(t, []string{"is no read replica any more", "is open"}, drop, "--yes")
		l.refused(t, []string{"is no read replica any more"}, abort, "--yes")
		l.with(t, "PGCUTOVER_TARGET=nowhere", func() { l.refused(t, []string{"is not to be looked at"}, drop, "--yes") })
	})
	l.aws(t, "rds", "add-tags-to-resource", "--resource-name", arn, "--tags", "Key=pgcutover:opened,Value="+opened)

	l.must(t, "70-cutover/77-readers.sh")
	require.Equal(t, "shop-1\tshop-2\tshop-3", l.aws(t, "rds", "describe-db-clusters", "--query", "sort(DBClusters[0].DBClusterMembers[].DBInstanceIdentifier)"))
	after := l.gate(t, verify.After)
	require.Empty(t, shut(after))
	require.Contains(t, strings.Join(after, "\n"), "warn G8-SOURCE instance shop-db: it replicates to the cluster no more; it is there (available), and paid for")
	l.refused(t, []string{"this would delete the RDS instance shop-db", "shop-db-before-shop"}, "70-cutover/78-retire.sh")
	l.src.MustPsql(t, "shop", "set default_transaction_read_only = off; alter table pgcutover.frozen rename to thawed")
	l.refused(t, []string{"the source is not frozen"}, "70-cutover/78-retire.sh", "--yes")
	l.src.MustPsql(t, "shop", "set default_transaction_read_only = off; alter table pgcutover.thawed rename to frozen")
	l.dst.MustPsql(t, "shop", "create schema pgcutover; create table pgcutover.frozen ()")
	l.refused(t, []string{"the target is frozen, and not open"}, "70-cutover/78-retire.sh", "--yes")
	l.dst.MustPsql(t, "shop", "drop schema pgcutover cascade")
	l.must(t, "70-cutover/78-retire.sh", "--yes")
	require.Equal(t, "shop-db-before-shop", l.aws(t, "rds", "describe-db-snapshots", "--snapshot-type", "manual", "--query", "DBSnapshots[].DBSnapshotIdentifier"))
	require.Contains(t, l.must(t, "70-cutover/78-retire.sh", "--yes"), "shop-db is gone")
}

// without does something while state.json is gone.
func (l *lab) without(t *testing.T, do func()) {
	t.Helper()
	kept := l.state(t)
	file := filepath.Join(l.dir, "state.json")
	require.NoError(t, os.Remove(file))
	do()
	require.NoError(t, os.WriteFile(file, []byte(kept), 0o600))
}

// writing writes as the application until the freeze ends it, and comes back for more; stop returns how many rows it wrote.
func (l *lab) writing(t *testing.T) (stop func() int) {
	t.Helper()
	done, rows := make(chan struct{}), 0
	go func() {
		defer close(done)
		for failed := 0; failed < 3; {
			if _, err := l.src.Psql(t.Context(), "shop", "set role app; insert into orders (note) values ('live')"); err != nil {
				failed++
				continue
			}
			rows++
		}
	}()
	time.Sleep(200 * time.Millisecond)
	return func() int {
		<-done
		return rows
	}
}

// A cluster that was promoted, and lacks what the source took after it was given back, is never opened.
func TestPromoteCalledOff(t *testing.T) {
	l := newPromoteLab(t, orders)
	l.must(t, "10-source/14-marker.sql")
	l.must(t, "20-aurora/21-deploy.sh")
	cutover := func() {
		l.must(t, "70-cutover/71-freeze.sh")
		l.must(t, "70-cutover/72-drain.sh")
	}
	cutover()
	l.must(t, "70-cutover/73-promote.sh", "--yes")
	l.must(t, "70-cutover/71-freeze.sh")
	l.refused(t, []string{"frozen anew at"}, "70-cutover/75-open.sh", "--yes")
	l.must(t, "70-cutover/76-unfreeze.sh")
	require.NotNil(t, l.aurora(t).VoidAt)
	l.src.MustPsql(t, "shop", "set role app; insert into orders (note) values ('the source works on')")
	l.must(t, "70-cutover/71-freeze.sh")
	l.refused(t, []string{"is not in recovery"}, "70-cutover/72-drain.sh")
	for _, script := range []string{"70-cutover/73-promote.sh", "70-cutover/75-open.sh"} {
		l.refused(t, []string{"the source takes writes again since", "24-delete.sh"}, script, "--yes")
	}
	l.refused(t, []string{"24-delete.sh --yes, then this again"}, "20-aurora/21-deploy.sh")
	// Nor where state.json forgot that.
	l.editState(t, func(state map[string]any) { delete(state["aurora"].(map[string]any), "void_at") })
	l.refused(t, []string{"state.json has no drain.token yet"}, "70-cutover/75-open.sh", "--yes")

	// An opening that was cut off before it was done counts for none.
	l.editState(t, func(state map[string]any) { state["aurora"].(map[string]any)["opening_at"] = "2026-11-27T12:00:00Z" })
	l.refused(t, []string{"the source is frozen", "76-unfreeze.sh"}, "80-recovery/81-abort.sh", "--yes")
	l.must(t, "70-cutover/76-unfreeze.sh")
	l.must(t, "80-recovery/81-abort.sh", "--yes")
	require.Empty(t, l.aws(t, "rds", "describe-db-clusters", "--query", "DBClusters[].DBClusterIdentifier"))
}

// A dry run costs the replica, and the source nothing.
func TestPromoteOnTrial(t *testing.T) {
	l := newPromoteLab(t, orders)
	l.must(t, "10-source/14-marker.sql")
	l.must(t, "20-aurora/21-deploy.sh")
	const trial = "20-aurora/23-dry-run.sh"
	l.refused(t, []string{"there is no trial to end"}, trial, "--yes", "--end")
	l.refused(t, []string{"nothing was done"}, trial)
	// What would work on both sides. Nobody publishes; the table stands for pg_cron's.
	l.src.MustPsql(t, "shop", "create subscription feed connection 'dbname=nowhere' publication p with (connect = false); create schema cron; create table cron.job (jobid bigint, active bool); insert into cron.job values (1, true), (2, false)")
	l.src.MustPsql(t, "postgres", "create schema cron; create table cron.job (jobid bigint); insert into cron.job values (7)")
	said := l.refused(t, []string{"job 1 of pg_cron in database shop is active", "job 7 of pg_cron in database postgres is active", "--subscriptions-disabled"}, trial, "--yes")
	require.NotContains(t, said, "subscription feed", "it is not enabled")
	require.NotContains(t, said, "job 2")
	l.src.MustPsql(t, "shop", "update cron.job set active = false; alter subscription feed set (slot_name = 'feed'); alter subscription feed enable")
	l.src.MustPsql(t, "postgres", "drop schema cron cascade")
	l.refused(t, []string{"subscription feed of database shop is enabled"}, trial, "--yes")
	require.Contains(t, l.must(t, trial, "--yes", "--subscriptions-disabled"), "the promotion took")
	l.must(t, trial, "--yes") // once more
	require.Equal(t, []string{"G0-TOPO", "G6-CLUSTER"}, failing(l.gate(t, verify.CutoverReady)))
	require.Empty(t, shut(l.asked(t, "", "schema", "indexes", "roles")), "what the script tells to look at")
	require.Contains(t, shut(l.gate(t, verify.Cutover)), "G7-PROMOTED")
	l.src.MustPsql(t, "shop", "insert into orders (note) values ('the source works on')")
	l.must(t, "70-cutover/71-freeze.sh")
	l.refused(t, []string{"the cluster was promoted on trial", "--end"}, "70-cutover/72-drain.sh")
	l.must(t, "70-cutover/76-unfreeze.sh")
	l.must(t, trial, "--yes", "--end")
	a := l.aurora(t)
	require.Nil(t, a.TrialAt)
	require.NotNil(t, a.AvailableAt)
	kinds := map[string]int{}
	for _, x := range timings(t, l.dir) {
		kinds[x.Kind]++
		require.True(t, x.EndedAt.After(*x.StartedAt))
	}
	require.Equal(t, map[string]int{planner.TimingReplica: 2, planner.TimingPromotion: 1}, kinds)
	l.must(t, "80-recovery/81-abort.sh", "--yes")
	require.Empty(t, l.aws(t, "rds", "describe-db-clusters", "--query", "DBClusters[].DBClusterIdentifier"))
	require.Equal(t, "0", l.src.MustPsql(t, "shop", "select count(*) from pg_namespace where nspname = 'pgcutover'"))
}

// What would lose data is refused by the script that would do it.
func TestPromoteRefuses(t *testing.T) {
	l := newPromoteLab(t, orders)
	l.must(t, "10-source/14-marker.sql")
	l.must(t, "20-aurora/21-deploy.sh")
	l.must(t, "70-cutover/71-freeze.sh")
	l.must(t, "70-cutover/72-drain.sh")

	// A row after the drain.
	l.src.MustPsql(t, "shop", "set default_transaction_read_only = off; insert into orders (note) values ('late'); select pg_stat_clear_snapshot()")
	require.Eventually(t, func() bool {
		said, code := l.run(t, "70-cutover/73-promote.sh", "--yes")
		return code == 1 && strings.Contains(said, "rows were written to the source since the freeze")
	}, 20*time.Second, time.Second)
	l.must(t, "70-cutover/71-freeze.sh")
	l.must(t, "70-cutover/72-drain.sh")

	// A replica that stands.
	l.dst.MustPsql(t, "shop", "select pg_wal_replay_pause()")
	require.Empty(t, shut(l.gate(t, verify.CutoverReady)), "it is near, and nothing is written")
	l.src.MustPsql(t, "shop", "set default_transaction_read_only = off; create table filler as select repeat('x', 1000) as x from generate_series(1, 40000)")
	require.Equal(t, []string{"G6-REPLICA"}, failing(l.gate(t, verify.CutoverReady)))
	l.src.MustPsql(t, "shop", "set default_transaction_read_only = off; drop table filler")
	l.must(t, "70-cutover/71-freeze.sh")
	l.refused(t, []string{"marker on the replica", "22-catch-up.sh"}, "70-cutover/72-drain.sh", "--timeout", "2")
	l.refused(t, []string{"the marker of the drain is not on the source any more"}, "70-cutover/73-promote.sh", "--yes")
	frozenAnewBesideDrain(t, l, l.src, analyze.Name{Schema: "pgcutover", Name: "marker_aurora"}, func() { l.dst.MustPsql(t, "shop", "select pg_wal_replay_resume()") })
	l.must(t, "70-cutover/72-drain.sh")

	// A freeze that leaves logins alone: a session that came before its commit goes, one that came after stays, for every run of it.
	l.must(t, "70-cutover/76-unfreeze.sh")
	l.must(t, "70-cutover/71-freeze.sh", "--readers")
	since := l.aurora(t).ShutAt
	as, err := pgx.ParseConfig(l.src.DSN("shop"))
	require.NoError(t, err)
	as.User = "app" // the role that the standby connects as is spared
	reader, err := pgx.ConnectConfig(t.Context(), as)
	require.NoError(t, err)
	l.must(t, "70-cutover/71-freeze.sh", "--readers")
	require.Equal(t, since, l.aurora(t).ShutAt)
	require.NoError(t, reader.Ping(t.Context()))
	l.editState(t, func(state map[string]any) { state["aurora"].(map[string]any)["shut_at"] = "2026-01-01T00:00:00Z" })
	l.must(t, "70-cutover/71-freeze.sh", "--readers")
	require.Error(t, reader.Ping(t.Context()), "what was noted of an earlier freeze is nothing to go by")
	l.must(t, "70-cutover/72-drain.sh")

	// Another database of the instance, after the counters of the drain were read.
	l.src.MustPsql(t, "postgres", "create table jobs as select 1 as id")

	// Somebody else's cluster.
	arn := l.aws(t, "rds", "describe-db-clusters", "--query", "DBClusters[0].DBClusterArn")
	l.aws(t, "rds", "add-tags-to-resource", "--resource-name", arn, "--tags", "Key=pgcutover:migration,Value=other")
	l.refused(t, []string{"cluster shop is of another migration"}, "70-cutover/73-promote.sh", "--yes")
	l.refused(t, []string{"cluster shop is of another migration"}, "20-aurora/24-delete.sh", "--yes")
	l.aws(t, "rds", "add-tags-to-resource", "--resource-name", arn, "--tags", "Key=pgcutover:migration,Value=shop")

	// Promoted by somebody else, behind the back of everybody, and before a marker had arrived.
	l.dst.MustPsql(t, "shop", "select pg_promote()")
	l.refused(t, []string{"is not in recovery"}, "70-cutover/73-promote.sh", "--yes")
	require.Equal(t, []string{"G0-TOPO"}, failing(l.gate(t, verify.CutoverReady)))
	require.Contains(t, shut(l.gate(t, verify.Cutover)), "G0-PLAN", "no promotion of ours")
	l.editState(t, func(state map[string]any) { state["aurora"].(map[string]any)["asked_at"] = "2026-11-27T12:00:00Z" })
	require.Equal(t, []string{"G7-CLUSTER", "G7-OTHERS"}, failing(l.gate(t, verify.Cutover)), "it has everything of this database; AWS knows nothing of it")
	l.src.MustPsql(t, "shop", "set default_transaction_read_only = off; update pgcutover.marker_aurora set token = 'later' where id = 1")
	require.Equal(t, []string{"G7-CLUSTER", "G7-OTHERS", "G7-PROMOTED"}, failing(l.gate(t, verify.Cutover)))
	l.src.MustPsql(t, "shop", "set default_transaction_read_only = off; insert into orders (note) values ('lost')")
	// A replica's sequence is up to 32 values ahead, so one value more on the source is no failure of G7-SEQ.
	require.Eventually(t, func() bool {
		return slices.Equal([]string{"G7-CLUSTER", "G7-FENCE", "G7-OTHERS", "G7-PARITY", "G7-PROMOTED"}, failing(l.gate(t, verify.Cutover)))
	}, 20*time.Second, time.Second)
}
