package render_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// From 16 on nobody needs to be a superuser: owners of the databases who may create roles, and what docs/native.md lists, are enough from the
// first step to the way back. The passwords are asked for, as managed servers want it.
func TestNativeWithoutSuperusers(t *testing.T) {
	const secret = "of the subscriptions, canary"
	s := &site{
		src: cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: 17, Password: secret, Settings: []string{"shared_preload_libraries="}}),
		dst: cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: 17, Password: secret, Settings: []string{"wal_level=logical"}}),
	}
	s.dir = t.TempDir()
	for _, c := range []*cluster.Cluster{s.src, s.dst} {
		c.MustPsql(t, "postgres", "create role master login createrole replication; create database shop owner master")
		c.MustPsql(t, "postgres", "grant pg_monitor, pg_create_subscription, pg_read_all_data to master with admin option")
	}
	s.src.MustPsql(t, "shop", "set role master; create role app login; grant app to master; create schema app authorization app; set role app;"+`
		create table app.customer (id bigint generated always as identity primary key, email text unique not null);
		create table app.orders (id serial primary key, customer bigint not null references app.customer);
		insert into app.customer (email) select n || '@example.org' from generate_series(1, 500) n;
		insert into app.orders (customer) select n from generate_series(1, 500) n`)
	s.rep = s.src.StartStandby(t)
	s.makePlan(t, func(o *planner.Options) {
		*o = planner.DefaultsFor(planner.EngineNative)
		o.Slots.Count, o.Native.Password = 2, planner.PasswordPrompt
		o.Native.Connection = map[string]string{"host": "127.0.0.1", "port": fmt.Sprint(s.src.Port())}
		o.Native.WayBack = map[string]string{"host": "127.0.0.1", "port": fmt.Sprint(s.dst.Port())}
	})
	s.bundle(t, "master")
	out := s.refused(t, []string{"may not call pg_wal_replay_resume()", "on the source: GRANT EXECUTE"}, "10-source/11-preflight.sh")
	for _, remedy := range regexp.MustCompile(`(?m)hint: (?:on the source: )?(GRANT EXECUTE .*)$`).FindAllStringSubmatch(out, -1) {
		s.src.MustPsql(t, "shop", remedy[1])
	}
	s.src.MustCatchUp(t, s.rep)
	for _, step := range []string{"11-preflight.sh", "13-role.sql", "14-markers.sql", "15-publications.sql", "16-members.sh", "17-slots.sh"} {
		s.must(t, "10-source/"+step)
	}
	s.src.MustPsql(t, "shop", "set role master; alter role pgcutover_cdc login password '"+secret+"'")
	s.loaded(t)
	out = s.refused(t, []string{"may not call pg_replication_origin_advance(text, pg_lsn)"}, "50-cdc/native/51-subscriptions.sh")
	for _, remedy := range regexp.MustCompile(`(?m)hint: (GRANT EXECUTE .*)$`).FindAllStringSubmatch(out, -1) {
		s.target(t, remedy[1])
	}
	s.onTerminal(t, "50-cdc/native/51-subscriptions.sh", "password of the subscriptions on the source: ", secret)
	s.must(t, "50-cdc/native/52-enable.sh")
	s.src.MustPsql(t, "shop", "set role app; insert into app.orders (customer) select 1 from generate_series(1, 100); delete from app.orders where id < 50; update app.customer set email = upper(email)")
	s.caughtUp(t)
	s.must(t, "50-cdc/native/53-way-back.sql")
	s.target(t, "set role master; alter role pgcutover_cdc login password '"+secret+"'")
	s.must(t, "70-cutover/71-freeze.sh")
	s.must(t, "70-cutover/72-drain.sh", "--timeout", "60")
	s.sameAsSource(t)
	for _, step := range []string{"73-sequences.sh", "74-constraints.sh", "75-analyze.sh"} {
		s.must(t, "70-cutover/"+step)
	}
	s.onTerminal(t, "70-cutover/77-way-back.sh", "password of the subscriptions on the target: ", secret)
	s.target(t, "set role app; insert into app.customer (email) values ('first on the target')")
	s.must(t, "70-cutover/78-retire.sh", "--yes")
	require.Eventually(t, func() bool {
		return s.src.MustPsql(t, "shop", "select count(*) from app.customer where email = 'first on the target'") == "1"
	}, time.Minute, 50*time.Millisecond)
	s.must(t, "70-cutover/78-retire.sh", "--yes", "--all")
}
