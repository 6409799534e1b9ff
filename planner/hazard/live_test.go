package hazard_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// offence is something built on a server that has to be found there.
type offence struct {
	codes string // one or more, of the findings that it causes
	sql   string // in the source's database
}

// offences all live in one database: none may hide another.
var offences = []offence{
	{"ID101", "create table no_key (v int); insert into no_key values (1); update no_key set v = 2"},
	{"ID102", "create table appended (v int); insert into appended values (1); update appended set v = 2"},
	{"ID103", "create table ri_full (id int primary key); alter table ri_full replica identity full"},
	{"ID104", "create table ri_nothing (id int primary key); alter table ri_nothing replica identity nothing"},
	{"ID105", "create table deferrable_key (id int primary key deferrable)"},
	{"ID106", "create table by_index (id int not null unique); alter table by_index replica identity using index by_index_id_key"},
	{"ID107", `create table "quo""ted" (id int primary key)`},
	{"ID108", `create table twin (id int primary key); create table "Twin" (id int primary key)`},
	{"ID109 ID110", "create table two_keys (id int primary key, n int unique)"},
	{"ID111", "create table deferrable_unique (id int primary key, n int unique deferrable)"},
	{"ID113", "create table ordinary (id int primary key)"},
	{"ID114", "create table broken_key (id int primary key); update pg_index set indisvalid = false where indexrelid = 'broken_key_pkey'::regclass"},
	{"ID115", "create table broken_index (id int primary key, n int); create index broken on broken_index (n); update pg_index set indisvalid = false where indexrelid = 'broken'::regclass"},
	{"ID116", "create table awsdms_ddl_audit (id int primary key)"},
	{"ID117", "create table coalesced (id int primary key, n int); create unique index on coalesced (coalesce(n, 0))"},
	{"ID118", "create table follows (id int primary key, o int references ordinary on update cascade)"},
	{"TY125", `create table "lar%ge" (id int primary key, v text); insert into "lar%ge" values (1, repeat('x', 36000000))`},
	{"TY101", "create table large (id int primary key, v text); insert into large values (1, repeat('x', 36000000))"},
	{"TY104", "create table lob_no_key (v text)"},
	{"TY105", "create table lob_key (v text primary key)"},
	{"TY106", "create table unbounded (id int primary key, n numeric)"},
	{"TY107", "create table long_varchar (id int primary key, v varchar); insert into long_varchar values (1, repeat('x', 4000000))"},
	{"TY109", "create type mood as enum ('good'); create table moody (id int primary key, m mood, a inet)"},
	{"TY110", "create table digits (id int primary key, n numeric(40, 2))"},
	{"TY114 TY122", `create table computed (id int primary key, "a-b" int generated always as (id + 1) stored)`},
	{"TY115", "create table always (id int generated always as identity primary key)"},
	{"TY116", `create table german (id int primary key, v varchar(10) collate "de-x-icu" unique)`},
	{"TY117", "create table priced (id int primary key, m money); alter database shop set lc_monetary = 'C'"},
	{"TY118", "create table endless (id int primary key, d date); insert into endless select g, case when g % 2 = 0 then 'infinity' else '2026-01-01' end::date from generate_series(1, 100) g; analyze endless"},
	{"TY119", "create table nans (id int primary key, x float8); insert into nans select g, case when g % 2 = 0 then 'NaN' else '1' end::float8 from generate_series(1, 100) g; analyze nans"},
	{"TY120", "update pg_collation set collversion = '0.1' where collname = 'de-x-icu'"},
	{"TY121", `create collation pg_catalog.nowhere (provider = icu, locale = 'de'); create table elsewhere (id int primary key, v varchar(10) collate nowhere)`},
	{"SQ101", "create sequence full_up maxvalue 100; select setval('full_up', 99)"},
	{"SQ103", "create sequence nearly as int; select setval('nearly', 2000000000)"},
	{"SQ104", "create table narrow (id int primary key); create sequence wide owned by narrow.id; select setval('wide', 2000000000)"},
	{"SQ105", "create sequence rounds cycle"},
	{"TR101", "create table unchecked (id int primary key); alter table unchecked add check (id > 0) not valid"},
	{"TR102 CV110 CV112", "create table gone (id int primary key); create table refers (id int primary key, g int references gone); create view reads_gone as select * from gone"},
	{"TR103", "create table parted (id int, o int references ordinary, primary key (id)) partition by range (id); create table parted_1 partition of parted for values from (1) to (10)"},
	{"TR104", "create function nothing() returns event_trigger language plpgsql as 'begin end'; create event trigger watcher on sql_drop execute function nothing()"},
	{"TR105", "create table excluded (id int primary key, r int4range, exclude using gist (r with &&))"},
	{"TR106", "create function keep() returns trigger language plpgsql as 'begin return new; end'; create table fires (id int primary key); create trigger t before insert on fires for each row execute function keep(); alter table fires enable always trigger t"},
	{"TR107", "create domain positive as int; alter domain positive add check (value > 0) not valid"},
	{"EX101", "create extension citext; update pg_extension set extname = 'nowhere' where extname = 'citext'"},
	{"EX102 EX111", "create extension pg_trgm; update pg_extension set extversion = '0.1' where extname = 'pg_trgm'"},
	{"EX105", "create function in_c() returns real language c as '$libdir/pg_trgm', 'show_limit'"},
	{"EX106", "create language untrusted handler plpgsql_call_handler"},
	{"EX107", "create table of_extension (id int primary key); insert into of_extension values (1); analyze of_extension; alter extension pg_trgm add table of_extension"},
	{"EX108 CV103", "create extension postgres_fdw; create server far foreign data wrapper postgres_fdw; create foreign table distant (id int) server far"},
	{"EX109", "create extension cube; update pg_extension set extname = 'timescaledb' where extname = 'cube'"},
	{"EX110", "create extension seg; update pg_extension set extname = 'pg_cron' where extname = 'seg'"},
	{"EX112", "create access method pile type table handler heap_tableam_handler; create table piled (id int primary key) using pile"},
	{"RL101", "create role hazard_boss superuser login"},
	{"RL102", "create table guarded (id int primary key); alter table guarded enable row level security"},
	{"RL103", "create table forced (id int primary key); alter table forced force row level security"},
	{"RL106", "revoke connect on database shop from public"},
	{"RL108", "grant set on parameter log_statement to hazard_boss"},
	{"RL109", "insert into pg_seclabel values ('ordinary'::regclass, 'pg_class'::regclass, 0, 'anon', 'x')"},
	{"RP104", "select pg_create_logical_replication_slot('dms_slot_01', 'test_decoding')"},
	{"RP105", "select pg_create_logical_replication_slot('somebody', 'test_decoding')"},
	{"RP106 RP110", "select pglogical.create_node('stranger', 'dbname=shop password=hunter2')"},
	{"RP107", "select pglogical.create_replication_set('dms_slot_02', true, true, true, true)"},
	{"RP109", "create subscription incoming connection 'dbname=nowhere' publication p with (connect = false)"},
	{"RP117", "create publication outgoing for table ordinary"},
	{"RP205", "begin; insert into ordinary values (1); prepare transaction 'hazard'"},
	{"CV101", "select lo_create(0)"},
	{"CV102", "create unlogged table fleeting (id int primary key); insert into fleeting values (1)"},
	{"CV104", "set allow_in_place_tablespaces = on; create tablespace hazard_space location ''; create table spaced (id int primary key) tablespace hazard_space"},
	{"CV105", "create table by_day (d date primary key) partition by range (d); select format('create table by_day_1 partition of by_day for values from (%L) to (%L)', current_date - 5, current_date + 5) \\gexec"},
	{"CV106", "create table heir_of (id int primary key); create table heir (primary key (id)) inherits (heir_of)"},
	{"CV107", "create materialized view kept as select 1"},
	{"CV109", "alter database shop set work_mem = '8MB'"},
	{"CV111", "create table by_name (v varchar(10) primary key) partition by range (v); create table by_name_1 partition of by_name for values from ('a') to ('m')"},
	{"CV114", "create function empties() returns void language plpgsql as 'begin truncate ordinary; end'"},
	{"CV115", "create function grows() returns void language plpgsql as 'begin create table t2 (i int); end'"},
	{"CV116", "create schema lib; create function lib.one() returns int language sql as 'select 1'; create table defaults (id int primary key, n int default lib.one())"},
	{"CV117", "comment on database shop is 'hello'"},
	{"CV118", "create schema pgcutover; create table pgcutover.mine (id int)"},
}

// atServers are the codes that settings, the replica, the target, options or the lack of a look cause: see TestLiveHazards.
const atServers = "TY111 TY112 TY113 ID112 ID119 RP112 RP113 RP114 RP118 RP204 RP208 RP212 RP213 RP214 CP101 CP102 CP116 CP117 CP104 CV108 CF101 CP103 RP102 RP103 RP101 RP203 RP211 RP120 RP215 EX103 RL104 RL105 SQ102 UN101 TY102"

// silentWhenClean are not looked for on the clean server: they speak up about every migration, or about this test's short look.
var silentWhenClean = []string{"CV108", "ID113", "RP113", "RP120", "RP215", "CP104", "TY115"}

// TestLiveHazards builds each hazard on real servers and finds it there, after it has found none of them on clean ones.
func TestLiveHazards(t *testing.T) {
	cluster.NeedPGLogical(t)
	source := cluster.StartSource(t, "max_prepared_transactions=10")
	source.CreateDatabase(t, "clean")
	source.MustPsql(t, "clean", "create extension pglogical; create table orders (id bigint primary key, n int); insert into orders select g, g from generate_series(1, 100) g; analyze")
	replica := source.StartStandby(t)
	target := cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: source.Install().Major})
	target.CreateDatabase(t, "clean")
	source.MustCatchUp(t, replica)

	free := int64(1) << 40
	roomy := planner.Defaults()
	roomy.WAL.SourceFreeBytes, roomy.WAL.ReplicaFreeBytes = &free, &free
	for _, f := range findings(t, read(t, source.DSN("clean"), replica.DSN("clean"), target.DSN("clean"), true), roomy) {
		if f.Code == "RP118" || slices.Contains(silentWhenClean, f.Code) { // max_prepared_transactions is up for the prepared one below
			continue
		}
		t.Errorf("the clean server shows %s %s: %s", f.Code, f.Subject, f.Detail)
	}

	seen := map[string]bool{}
	see := func(found []hazard.Finding) {
		for _, f := range found {
			seen[f.Code] = true
		}
	}

	// One source full of hazards, its replica and a target that fits neither.
	source.CreateDatabase(t, "shop")
	source.MustPsql(t, "shop", "create extension pglogical")
	for _, o := range offences {
		ctx := t.Context()
		_, err := source.Psql(ctx, "shop", o.sql)
		require.NoError(t, err, o.codes)
	}
	for _, s := range []string{"wal_sender_timeout = 0", "synchronous_commit = local", "synchronous_standby_names = 'nobody'", "max_slot_wal_keep_size = '1MB'"} {
		source.MustPsql(t, "postgres", "alter system set "+s)
	}
	source.MustPsql(t, "postgres", "select pg_reload_conf()")
	replica.MustPsql(t, "postgres", "alter system set hot_standby_feedback = on")
	replica.MustPsql(t, "postgres", "select pg_reload_conf()")
	target.MustPsql(t, "postgres", "create database shop template template0 locale_provider icu icu_locale 'en-US' lc_collate 'C' lc_ctype 'C'")
	target.MustPsql(t, "shop", `create table there (id int); create schema ext; create extension pg_trgm schema ext;
		alter database shop set lc_monetary = 'POSIX'; alter database shop set session_replication_role = replica; alter database shop set statement_timeout = 60000`)
	source.MustCatchUp(t, replica)

	inv := read(t, source.DSN("shop"), replica.DSN("shop"), target.DSN("shop"), true)
	rate, little := int64(100<<20), int64(1<<20)
	o := planner.Defaults()
	o.Slots.Count = 2
	o.Tables.InsertsOnly = []string{"public.appended"}
	o.Tables.Exclude = []string{"public.gone"}
	o.Tables.ExcludeSchemas = []string{"lib"}
	o.WAL.BytesPerSecond, o.WAL.SourceFreeBytes, o.WAL.ReplicaFreeBytes = &rate, &little, &little
	least := int64(8 << 10)
	o.Target.Managed, o.Target.FreeBytes, o.Target.MemoryBytes = "rds", &least, &least
	o.Accept = []planner.Acceptance{{Code: "ID101", Subject: "public.nobody", Reason: "x"}}
	found := findings(t, inv, o)
	see(found)
	o.Unique = planner.UniqueDefer
	see(findings(t, inv, o))

	// Another database, nobody having looked at replica and target, nothing measured; then servers that are not what they should be.
	source.MustPsql(t, "postgres", `create database "a;b " template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'`)
	source.MustPsql(t, "a;b ", "create table orders (id int primary key, v text)")
	see(findings(t, read(t, source.DSN("a;b "), "", target.DSN("clean"), false), planner.Defaults()))
	plain := planner.Defaults()
	target.MustPsql(t, "clean", "create table orders (id int primary key)")
	see(findings(t, read(t, target.DSN("clean"), "", "", false), plain))
	see(findings(t, read(t, replica.DSN("clean"), "", "", false), plain))
	source.MustPsql(t, "clean", "create role hazard_reader login; create schema shut; create table shut.t (id int primary key); create sequence shut.s")
	see(findings(t, read(t, source.DSN("clean")+" user=hazard_reader", "", "", false), plain))

	for _, code := range append(codesOf(offences), strings.Fields(atServers)...) {
		if !seen[code] {
			t.Errorf("%s was not found", code)
		}
	}
	require.Greater(t, len(seen), 100, "codes shown by real servers")
	for _, u := range inv.Unknown {
		require.NotContains(t, u.Fact, "other objects", "a catalog query failed: %s", u.Reason)
	}
}

// TestLiveHazardsOfOldVersions builds what only servers up to 11 have.
func TestLiveHazardsOfOldVersions(t *testing.T) {
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(installs, func(in cluster.Install) bool { return in.Major == 11 || in.Major == 10 || in.Major == 906 })
	if i < 0 {
		t.Skip("no server of version 11 or older")
	}
	source := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: installs[i].Major, Settings: []string{"wal_sender_timeout=5s"}})
	source.CreateDatabase(t, "shop")
	source.MustPsql(t, "shop", "create table ordinary (id int primary key)")
	codes := func() []string {
		var out []string
		for _, f := range findings(t, read(t, source.DSN("shop"), "", "", false), planner.Defaults()) {
			out = append(out, f.Code)
		}
		return out
	}
	require.NotContains(t, codes(), "CV113")
	require.NotContains(t, codes(), "TY108")
	source.MustPsql(t, "shop", "create table with_oids (id int primary key, x float8) with oids")
	require.Subset(t, codes(), []string{"CV113", "TY108", "RP121"})
}

func codesOf(list []offence) []string {
	var out []string
	for _, o := range list {
		out = append(out, strings.Fields(o.codes)...)
	}
	return out
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	if dsn == "" {
		return nil
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// read takes an inventory, with the size of every LOB where measured is set.
func read(t *testing.T, source, replica, target string, measured bool) analyze.Inventory {
	t.Helper()
	inv, err := catalog.Read(t.Context(), connect(t, source), catalog.Options{Replica: connect(t, replica), Target: connect(t, target)})
	require.NoError(t, err)
	if measured {
		open := func(ctx context.Context) (*pgx.Conn, error) { return pgx.Connect(ctx, source) }
		lobs, err := catalog.MeasureLOBs(t.Context(), inv, catalog.LOBOptions{Mode: catalog.LOBExact, Open: open})
		require.NoError(t, err)
		lobs.AddTo(&inv)
	}
	return inv
}

func findings(t *testing.T, inv analyze.Inventory, o planner.Options) []hazard.Finding {
	t.Helper()
	p, err := planner.Make(inv, o, nil)
	require.NoError(t, err)
	for _, f := range p.Findings {
		require.NotEmpty(t, f.Detail, f.Code)
		require.NotEmpty(t, f.Remedy, f.Code)
		require.NotContains(t, fmt.Sprint(f), "%!", "a format that does not fit its arguments")
	}
	return p.Findings
}
