package render_test

import (
	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// sampleSQL is the database that samplePlan is about.
const sampleSQL = `
create role app login password 'canary-of-the-source';
create role reader nologin;
create role "we""ird role" nologin;
grant reader to app;
create schema "we""ird $x";
create extension hstore;
create type public.mood as enum ('sad', 'it''s ok');
create table public.calls (id bigint generated always as identity primary key, at timestamptz not null, body text not null, note text, tags hstore, mood public.mood,
  code text unique, constraint positive check (id > 0));
create index calls_at on public.calls (at);
alter table public.calls add constraint long_note check (note <> '') not valid;
create statistics public.calls_stat on at, mood from public.calls;
create table public."Mixed Case" (id int primary key, call_id bigint references public.calls, "C 1" text);
create table "we""ird $x"."a
b 'c' %d $(touch /tmp/x) ` + "`" + `" ("k""1" int primary key, v text not null);
create table public.nokey (a int, b text);
create table public.events (id int, day date not null, primary key (id, day)) partition by range (day);
create table public.events_1 partition of public.events for values from ('2020-01-01') to ('2025-01-01');
create table public.events_2 partition of public.events for values from ('2025-01-01') to ('2035-01-01');
create unlogged table public.scratch (id int primary key);
create table public.left_out (id int primary key);
create view public.recent as select id, at from public.calls;
create materialized view public.per_day as select at::date as day, count(*) from public.calls group by 1;
create unique index per_day_key on public.per_day (day);
create function public.touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before update on public.calls for each row execute function public.touch();
create rule no_delete as on delete to public.nokey do instead nothing;
alter table public."Mixed Case" enable row level security;
create policy everybody on public."Mixed Case" using (true);
create sequence public.loose start 100;
comment on index public.calls_at is 'by time';
comment on table public.calls is 'calls';
grant select on public.calls to reader;
alter table public.calls owner to "we""ird role";
insert into public.calls (at, body, code) select now(), 'b' || n, 'c' || n from generate_series(1, 1000) n;
insert into public."Mixed Case" select n, n, 'x' from generate_series(1, 100) n;
insert into public.nokey select n, 'x' from generate_series(1, 10) n;
insert into public.events select n, '2024-12-01'::date + n from generate_series(1, 100) n;
`

var (
	hostile = analyze.Name{Schema: `we"ird $x`, Name: "a\nb 'c' %d $(touch /tmp/x) `"}
	calls   = analyze.Name{Schema: "public", Name: "calls"}
	mixed   = analyze.Name{Schema: "public", Name: "Mixed Case"}
)

func public(s string) analyze.Name { return analyze.Name{Schema: "public", Name: s} }

func number(n int64) *int64 { return &n }

// samplePlan is a small plan with everything in it that rendering has to treat on its own.
func samplePlan() planner.Plan {
	events := public("events")
	marker := func(slot string) analyze.Name { return analyze.Name{Schema: "pgcutover", Name: "marker_" + slot} }
	p := planner.Plan{
		Format:    planner.Format,
		Inventory: "0000000000000000000000000000000000000000000000000000000000000000",
		Source:    planner.Source{VersionNum: 150020, Database: "shop", Encoding: "UTF8", Collate: "C", Ctype: "C"},
		Target:    planner.Target{VersionNum: 150020, Database: "shop"},
		Options:   planner.Options{Engine: "dms"},
		Names:     planner.Names{Schema: "pgcutover", Node: "pgcutover_provider", Role: "pgcutover_cdc"},
		Settings: []planner.SettingChange{
			{On: "source", Name: "shared_preload_libraries", From: "", To: "pglogical", Restart: true, Reason: "Slots need the plugin's library."},
			{On: "source", Name: "wal_level", From: "replica", To: "logical", Restart: true, Reason: "Changes are decoded from WAL."},
			{On: "standby", Name: "max_worker_processes", From: "8", To: "16", Restart: true, Reason: "A standby needs what its primary has."},
		},
		Roles: []planner.Role{
			{Name: "app", Login: true, Attributes: []string{"CONNECTION LIMIT 5", "INHERIT"}, MemberOf: []string{"reader"}, Dropped: []string{"SUPERUSER"}, Settings: []string{`search_path="$user", public`, "statement_timeout=1min"}, Reason: "owns tables"},
			{Name: "reader", Attributes: []string{"INHERIT"}},
			{Name: `we"ird role`, Attributes: []string{"INHERIT"}},
		},
		Extensions: []planner.Extension{
			{Name: "hstore", Version: "1.8", Schema: "public", Target: "1.8", Create: true},
			{Name: "pglogical", Version: "2.4.2", Schema: "pglogical", Reason: "not needed on the target"},
			{Name: "plpgsql", Version: "1.0", Schema: "pg_catalog", Target: "1.0"},
		},
		Schemas: []string{"public", `we"ird $x`},
		Tables: []planner.Table{
			{Name: mixed, Handling: planner.Replicate, Group: 1, Bytes: 8192, Rows: number(100)},
			{Name: calls, Handling: planner.Replicate, Group: 1, Bytes: 1 << 20, Rows: number(1000)},
			{Name: events, Handling: planner.Structure, Reason: "partitioned"},
			{Name: public("events_1"), Handling: planner.Replicate, Group: 2, Root: &events, Bytes: 8192},
			{Name: public("events_2"), Handling: planner.Replicate, Group: 2, Root: &events, Bytes: 8192},
			{Name: public("left_out"), Handling: planner.LeftOut, Reason: "excluded"},
			{Name: public("nokey"), Handling: planner.InsertsOnly, Group: 2, Bytes: 8192},
			{Name: public("scratch"), Handling: planner.Structure, Reason: "unlogged"},
			{Name: hostile, Handling: planner.Replicate, Group: 2, Bytes: 8192},
		},
		Groups: []planner.Group{
			{Number: 1, Slot: "dms_slot_01", UpdateSet: "dms_slot_01", InsertSet: "idms_slot_01", Marker: marker("dms_slot_01"), Tables: []analyze.Name{mixed, calls}, Bytes: 1<<20 + 8192, Reason: "The busiest tables."},
			{Number: 2, Slot: "dms_slot_02", UpdateSet: "dms_slot_02", InsertSet: "idms_slot_02", Marker: marker("dms_slot_02"), Tables: []analyze.Name{public("events_1"), public("events_2"), public("nokey"), hostile}, Bytes: 4 * 8192, BatchApply: true, Reason: "Everything else."},
		},
		Relaxed: []planner.NotNull{{Table: calls, Column: "body", Reason: "LOB"}, {Table: hostile, Column: "v", Reason: "LOB"}},
	}
	return p
}
