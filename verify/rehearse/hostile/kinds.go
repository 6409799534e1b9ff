package hostile

import (
	"fmt"
	"strings"
)

// addOddKinds creates what few databases have, with names that use every character.
func (b *builder) addOddKinds() {
	for i, n := range everyByte() {
		c := b.in(i, 0) // collations, configurations, aggregates and such have namespaces of their own
		b.add("create aggregate %s(int) (sfunc = int84pl, stype = bigint, initcond = '0');", b.in(i, 2))
		b.add("create collation %s (lc_collate = 'C', lc_ctype = 'C');", c)
		b.add("create text search dictionary %s (template = simple);", c)
		b.add("create text search configuration %s (copy = pg_catalog.simple);", c)
		b.add("alter text search configuration %s alter mapping for word with %s, simple;", c, c)
		b.add("create operator family %s using btree;", c)
		b.add("create operator class %s for type int4 using btree family %s as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int4, int4);", c, c)
		b.add("create conversion %s for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;", c)
		b.add("create foreign data wrapper %s options (%s 'x');", quoted(n), quoted("o"+n[len(n)-5:]))
		b.add("create server %s type %s version %s foreign data wrapper %s options (%s %s);", quoted(n), literal(n), literal(n), quoted(n), quoted("o"+n[len(n)-5:]), literal(n))
		b.add("create foreign table %s (%s int not null, %s text options (%s %s) collate %s) server %s options (%s %s);", b.extra("foreign", i), quoted(n), quoted("t"), quoted("co"), literal(n), c, quoted(n), quoted("to"), literal(n))
		b.add("create unlogged table %s (%s int primary key, t text);\ninsert into %s values (1, 'gone');", b.extra("unlogged", i), quoted(n), b.extra("unlogged", i))
		b.add("create function %s() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';", b.extra("handler", i))
		b.add("create trusted procedural language %s handler %s;", quoted(n), b.extra("handler", i))
		b.add("create function %s() returns int language %s as 'begin return 1; end';", b.in(i, 5), quoted(n))
		b.add("create function %s(%s, int) returns int language sql as 'select 1';", b.extra("operate", i), b.in(i, enum))
		b.add("create function %s(%s) returns int language sql as 'select 1';", b.extra("cast", i), b.in(i, enum))
		b.add("create function %s() returns event_trigger language plpgsql as 'begin end';", b.extra("event", i))
		b.add("create operator %s.%s (leftarg = %s, rightarg = int, procedure = %s);", b.schema(i), []string{"~!@#^&|`?", "*/+<=>%", "<->?"}[i], b.in(i, enum), b.extra("operate", i))
		b.add("create cast (%s as int) with function %s(%s) as assignment;", b.in(i, enum), b.extra("cast", i), b.in(i, enum))
		b.add("create event trigger %s on ddl_command_end when tag in ('COMMENT', 'CREATE TABLE') execute procedure %s();", quoted(n), b.extra("event", i))
	}
}

// extra is the quoted name of an object that the list of names does not have.
func (b *builder) extra(what string, i int) string {
	return b.schema(i) + "." + quoted(what+" '"+fmt.Sprint(i)+"' \\ \"")
}

// addShapes creates tables of every shape, each with rows.
func (b *builder) addShapes() {
	b.add("create schema shapes;\nset search_path = shapes, public;")
	text := shapes
	if !b.from(11) { // no domains over composite types, nor arrays of domains yet
		text = strings.NewReplacer("domain evens as small_even[]", "domain evens as int[]", "addressed as pair check ((value).a is not null)", "addressed as text", "row(1, 'x'));", "'x');").Replace(text)
	}
	b.raw(text)
	if b.from(10) {
		b.raw(shapes10)
	}
	if b.from(11) {
		b.raw(shapes11)
	}
	if b.from(12) {
		b.raw(shapes12)
	}
	if b.from(14) {
		b.raw(shapes14)
	}
	if b.from(15) {
		b.raw(shapes15)
	}
	if b.from(18) {
		b.raw(shapes18)
	}
	columns := make([]string, 1600)
	for i := range columns {
		columns[i] = quoted(fmt.Sprintf("%d '\"\\ :c", i)) + []string{" int", " smallint default 7", " boolean", " char"}[i%4]
	}
	b.add("create table widest (%s);\ninsert into widest default values;\ninsert into widest (%s) values (5);\ninsert into widest select;", strings.Join(columns, ", "), quoted("1599 '\"\\ :c"))
	b.add("create table long_default (id int primary key, t text default %s, u text default repeat('u', 3));\ninsert into long_default select n from generate_series(1, 5) as n;", literal(strings.Repeat(`a'b\c"d$$:x%`+"\n\\.\n", 1300)))
	b.add("reset search_path;")
}

const shapes = `
create table no_columns ();
insert into no_columns select from generate_series(1, 9);
create table no_columns_left (a int, b text);
insert into no_columns_left values (1, 'x'), (2, 'y');
alter table no_columns_left drop column a, drop column b;
create table "dro""pped" (a int, gone1 text, b text not null default 'b', gone2 int, c int primary key);
insert into "dro""pped" select n, 'x', 'y', n, n from generate_series(1, 20) as n;
alter table "dro""pped" drop column gone1, drop column gone2, add column "late'r" text default E'\\N', add column "1" int;
create type pair as (a int, b text);
create type nested as (p pair, ps pair[], d numeric(10, 2));
create domain even as int check (value % 2 = 0);
create domain small_even as even not null default 4 check (value < 1000);
create domain evens as small_even[] check (array_length(value, 1) < 5);
create domain addressed as pair check ((value).a is not null);
create table typed of pair (a with options primary key, b with options default 'typed');
insert into typed select n, n || E'\t' from generate_series(1, 10) as n;
create table composed (id int primary key, p pair, ps pair[], n nested, ns nested[], e even, se small_even, es evens, r int4range, rs numrange[], ad addressed default row(1, 'x'));
insert into composed values
  (1, row(1, E'a,"b"\\\n'), array[row(null, null)::pair, null, row(2, 'null')::pair], row(row(3, 'c'), array[row(4, '{}')::pair], 'NaN'), array[row(null, null, 1.5)::nested], 2, 4, '{2,4}', '[1,5)', array['empty', '(,)']::numrange[]),
  (2, null, '{}', null, '{}', null, 6, '{}', 'empty', '{}'),
  (3, row(null, null), '[5:6]={"(1,x)",NULL}', row(null, null, null), null, 0, -2, null, '(,)', null);
create table grand (id int, "what?" text, constraint "grand'check" check (id > 0));
create table parent (p text default 'p') inherits (grand);
create table child (c int, primary key (id)) inherits (parent);
create table other (o int);
create table child_of_two (x int) inherits (child, other);
create table "5 deep" (like child including all) inherits (child_of_two);
insert into grand select n, 'g' from generate_series(1, 4) as n;
insert into parent select n, 'p' from generate_series(1, 5) as n;
insert into child select n, 'c', 'p', n from generate_series(1, 6) as n;
insert into child_of_two select n, 'c2', 'p', n, n, n from generate_series(1, 7) as n;
insert into "5 deep" select n, '5', 'p', n, n, n from generate_series(1, 8) as n;
create table a_to_b (id int primary key, b int);
create table b_to_c (id int primary key, c int);
create table c_to_a (id int primary key, a int);
insert into a_to_b select n, n from generate_series(1, 10) as n;
insert into b_to_c select n, n from generate_series(1, 10) as n;
insert into c_to_a select n, n from generate_series(1, 10) as n;
alter table a_to_b add foreign key (b) references b_to_c, add foreign key (id) references a_to_b deferrable;
alter table b_to_c add foreign key (c) references c_to_a initially deferred;
alter table c_to_a add foreign key (a) references a_to_b not valid;
create function "hostile""()"(text, int) returns text language sql immutable as $f$ select $1 || E'\n\\.\n; -- ' || $2 $f$;
create table "inde""xed" (id bigint primary key, t text, n int, ts timestamptz, arr int[], "USER" int, r int4range);
create unique index on "inde""xed" ("hostile""()"(t, 3));
create unique index "partial ' \ unique" on "inde""xed" (n) where t <> E'a\n\\.\n:x$$' and arr[1: "USER"] is not null;
create index on "inde""xed" ((arr[1: "USER"]), (t is null));
create index on "inde""xed" using gin (arr);
create index on "inde""xed" using brin (ts) with (pages_per_range = 4);
create index on "inde""xed" (t text_pattern_ops desc nulls last, t collate "C") with (fillfactor = 50);
alter table "inde""xed" add constraint "USER slice" check (arr[1: "USER"] <> '{7}'), add constraint ":x" check ((arr)[n: n + 1] is null or n > 0);
alter table "inde""xed" add constraint "ex'cluded" exclude using gist (r with &&) where (n > 0) deferrable initially deferred, add constraint "deferr\ed" unique (t, n) deferrable;
alter table "inde""xed" alter column "USER" set default ((array[7, 8, 9])[2: 3])[1];
insert into "inde""xed" select n, 't' || n, n, now(), array[n], 1, int4range(n * 10, n * 10 + 5) from generate_series(1, 100) as n where n <> 7;
alter table "inde""xed" alter t set statistics 500, alter t set (n_distinct = -0.5), alter arr set storage external;
create table only_serial (id serial);
insert into only_serial select from generate_series(1, 11);
create table secured (id int primary key, who name default current_user);
insert into secured values (1, 'a'), (2, 'b');
alter table secured enable row level security, force row level security;
create policy "all ' \" on secured for all to public using (who = current_user and E'\n\\.\n' <> ':USER') with check (id > 0);
create table replica_full (id int, t text);
alter table replica_full replica identity full;
insert into replica_full values (1, 'x'), (null, null);
create table replica_index (id int not null unique, t text);
alter table replica_index replica identity using index replica_index_id_key;
insert into replica_index values (1, 'x');
create table replica_nothing (id int primary key, t text);
alter table replica_nothing replica identity nothing;
insert into replica_nothing values (1, 'x');
create table no_key (a int, b text, c text[]);
insert into no_key select n % 2, null, '{}' from generate_series(1, 50) as n;
create table fired (id int primary key, t text);
create function touch() returns trigger language plpgsql as E'begin\nnew.t := new.t || ''\\\\.\n'';\nreturn new; end';
create trigger "al\ways" before insert or update on fired for each row when (new.t <> E'\\') execute procedure touch('a''b\c', ':x');
create trigger never after delete on fired for each statement execute procedure touch();
create constraint trigger "con'straint" after insert on fired initially deferred for each row execute procedure touch(E'line\n\\.\nline');
alter table fired disable trigger never;
insert into fired values (1, 'x');
create table ruled (id int primary key);
create rule "also ' \" as on insert to ruled where new.id = 77 do also insert into no_key values (new.id, E':x\n\\.\n');
create rule notify_me as on update to ruled do also notify ruled, 'x';
insert into ruled values (1);
create view "v1 \ ' :x" as select id, t as "USER", (arr)[1: "USER"] as a from "inde""xed" where t <> E'\\' with local check option;
create view "v2" with (security_barrier) as select * from "v1 \ ' :x" where "USER" <> ':"USER"';
create materialized view "m1 ' \" as select "USER", count(*) from v2 group by 1;
create view v3 as select * from "m1 ' \" order by 1 limit 5;
create materialized view m2 as select * from v3;
create unique index "m2'i" on m2 ("USER");
create materialized view unfilled as select * from m2 with no data;
create rule "_RETURNED" as on delete to v3 do instead nothing;
create sequence "down ' \" increment -7 minvalue -1000 maxvalue 70 start 63 cycle;
select nextval('"down '' \"');
select lo_from_bytea(4711, '\x00ff5c2e0a'), lo_create(4712);
comment on large object 4711 is E'large\n\\.\n';
create table has_lo (id int primary key, o oid);
insert into has_lo values (1, 4711);
create extension hstore with schema shapes;
create table owned_by_extension (id int primary key);
insert into owned_by_extension values (1);
alter extension hstore add table owned_by_extension;
create table uses_extension (id int primary key, h hstore default 'a=>"\\b"');
insert into uses_extension values (1, '"a b"=>NULL, "\\"=>"\""'), (2, default);
create index on uses_extension using gist (h);
`

const shapes10 = `
create table only_identity (id int generated always as identity);
insert into only_identity select from generate_series(1, 12);
create table "ident'ity" (id bigint generated by default as identity (start 5 increment 3 cycle maxvalue 50000) primary key, "al""ways" int generated always as identity, t text);
insert into "ident'ity" (t) select 'x' from generate_series(1, 30);
create table ranges_10 (id int, at date not null) partition by range (at);
create table ranges_10_a partition of ranges_10 for values from (minvalue) to ('2020-01-01');
create table ranges_10_b partition of ranges_10 for values from ('2020-01-01') to (maxvalue);
insert into ranges_10 select n, '2019-12-01'::date + n from generate_series(1, 60) as n;
create publication "pub ' \" for table ruled;
`

const shapes11 = `
create table by_range (id int, at timestamptz, note text default E':x\n\\.\n', gone int, primary key (id, at)) partition by range (at);
alter table by_range drop column gone;
create table "by_range 'old'" partition of by_range for values from (minvalue) to ('2020-01-01');
create table "by_range ""new""" (note text default 'own', id int not null, at timestamptz not null);
alter table by_range attach partition "by_range ""new""" for values from ('2020-01-01') to ('2030-01-01');
create table by_range_else partition of by_range default partition by list (id);
create table "by_range 1 \" partition of by_range_else for values in (1, 2, 3) partition by hash (at);
create table by_range_1_0 partition of "by_range 1 \" for values with (modulus 2, remainder 0);
create table by_range_1_1 partition of "by_range 1 \" for values with (modulus 2, remainder 1);
create table by_range_default partition of by_range_else default;
create index "on all ' \" on by_range (note, (id + 1)) include (at);
insert into by_range (id, at) select n % 20, '2019-06-01'::timestamptz + n * interval '100 days' from generate_series(1, 200) as n;
create table by_list (kind text, id int, primary key (kind, id)) partition by list (kind);
create table "by_list a'b" partition of by_list for values in ('a''b', E'c\\d', E'\n\\.\n', '', ':x', '$$');
create table by_list_nothing partition of by_list for values in ('null');
insert into by_list select (array['a''b', E'c\\d', E'\n\\.\n', '', ':x', '$$', 'null'])[1 + n % 7], n from generate_series(1, 70) as n;
create table with_include (id int, a int, b text, primary key (id) include (b));
create unique index "incl'uded" on with_include (a) include (b, id);
insert into with_include select n, n, 'b' from generate_series(1, 10) as n;
create procedure "pro'c\"(inout "x y" int, t text default E'\n\\.\n:x') language plpgsql as $p$ begin "x y" := 1; end $p$;
create function windowed(int) returns int language sql as 'select 1';
`

const shapes12 = `
create table generated_stored (id int primary key, t text, "g'\" text generated always as (t || E'\n\\.\n:x' || id::text) stored, n int generated always as (id * 2) stored);
insert into generated_stored (id, t) select n, nullif('t' || n, 't3') from generate_series(1, 20) as n;
create index on generated_stored ("g'\");
create table only_generated (g int generated always as (42) stored);
insert into only_generated select from generate_series(1, 4);
create table refers_to_partitions (kind text, id int, foreign key (kind, id) references by_list);
insert into refers_to_partitions select kind, id from by_list;
create collation "insens'itive" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table insensitive (t text collate "insens'itive" primary key);
insert into insensitive values ('a'), ('B'), (E'\u00e9');
`

const shapes14 = `
create table multi (id int primary key, m int4multirange, ms nummultirange[], d datemultirange default '{}', c text compression pglz);
insert into multi values (1, '{[1,3), [5,7)}', array['{}', '{(,5]}']::nummultirange[]), (2, null, '{}'), (3, '{(,)}', null);
create index on multi using gist (m);
create function atomic_body(a int[]) returns int[] begin atomic select ($1)[1: 2] as a; end;
create procedure atomic_procedure() begin atomic insert into no_key values (1, E':x\n\\.\n;'); delete from no_key where a = 77; end;
create statistics "ex'pressions \" on (id % 3), (t || E':x\n') from fired;
`

const shapes15 = `
create table nulls_twice (id int primary key, a int, b text, unique nulls not distinct (a));
create unique index "nulls'once" on nulls_twice (a, b) nulls not distinct;
insert into nulls_twice values (1, null, null), (2, 2, null);
create view invoker with (security_invoker) as select * from secured;
create publication "pub2 "":x""" for table ruled (id) where (id > 5);
create publication "pub3 '\\" for tables in schema shapes with (publish = 'insert');
`

const shapes18 = `
create table generated_virtual (id int primary key, t text, v text generated always as (t || E'\n\\.\n:x') virtual, w int generated always as (id + 1));
insert into generated_virtual (id, t) select n, 't' from generate_series(1, 20) as n;
create table not_null_named (id int primary key, t text constraint "nn ' \" not null, u text);
alter table not_null_named add constraint later not null u not valid;
insert into not_null_named values (1, 'x', 'y');
create table "without" (r int4range, during tstzrange, primary key (r, during without overlaps));
insert into "without" values ('[1,5)', '[2020-01-01,2021-01-01)'), ('[1,5)', '[2021-01-01,)');
`
