-- 80-recovery/restart-dms_slot_01.sql: Empty the tables of dms_slot_01 and put them back into the ledger; run by 82-restart-slot.sh.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 80-recovery/restart-dms_slot_01.sql

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '80-recovery/restart-dms_slot_01.sql';
SET client_min_messages = warning;
-- What is said to be done has to outlive a crash of the server; session.sh has the same line for scripts.
DO $$ BEGIN IF pg_catalog.current_setting('synchronous_commit') = 'off' THEN PERFORM pg_catalog.set_config('synchronous_commit', 'local', false); END IF; END $$;

-- Refuse to run anywhere else: servers look alike.
SET pgcutover.planned_database = 'shop';
SET pgcutover.planned_system = '';
SET pgcutover.foreign_system = '7300000000000000001';
SET pgcutover.planned_version = '16';
DO $guard$
DECLARE
  database text := pg_catalog.current_setting('pgcutover.planned_database');
  planned text := pg_catalog.current_setting('pgcutover.planned_system');
  other text := pg_catalog.current_setting('pgcutover.foreign_system');
  version text := pg_catalog.current_setting('pgcutover.planned_version');
  found text;
BEGIN
  IF pg_catalog.pg_is_in_recovery() THEN
    RAISE EXCEPTION 'this is a standby; the file is for the target' USING HINT = 'Correct the service.';
  END IF;
  IF database <> '' AND pg_catalog.current_database() <> database THEN
    RAISE EXCEPTION 'connected to database %, the plan is about %', pg_catalog.current_database(), database USING HINT = 'Correct the service.';
  END IF;
  IF version <> '' AND pg_catalog.current_setting('server_version') !~ ('^' || version || '([^0-9]|$)') THEN
    RAISE EXCEPTION 'the server runs PostgreSQL %, the plan was made for %', pg_catalog.current_setting('server_version'), version;
  END IF;
  BEGIN
    EXECUTE 'SELECT system_identifier FROM pg_catalog.pg_control_system()' INTO found;
  EXCEPTION WHEN insufficient_privilege THEN
    found := ''; -- cannot be told
  END;
  IF planned <> '' AND found <> '' AND found <> planned THEN
    RAISE EXCEPTION 'this is another server than the one the plan was made for (system identifier %)', found USING HINT = 'Correct the service.';
  END IF;
  IF found <> '' AND found = other THEN
    RAISE EXCEPTION 'this is the source, or a copy of it; the file is for the target' USING HINT = 'Correct the service.';
  END IF;
END
$guard$;

-- Run by 82-restart-slot.sh, with plan, lsn and started of the new pause. TRUNCATE without CASCADE: a table of another slot that
-- refers to one of these makes it fail, and nothing is changed.
-- With -v check=1 it only lists such references.
SET search_path = '';
\if :{?check}
SELECT pg_catalog.format('%I of %s refers to %s', k.conname, k.conrelid::regclass, k.confrelid::regclass)
FROM pg_catalog.pg_constraint AS k
CROSS JOIN (SELECT ARRAY[
  pg_catalog.to_regclass('"Mixed Case"."Order"')::oid,
  pg_catalog.to_regclass('"Mixed Case"."order"')::oid,
  pg_catalog.to_regclass('"public"."$(touch /tmp/pwned)"')::oid,
  pg_catalog.to_regclass('"public"."%{{.}}"')::oid,
  pg_catalog.to_regclass('"public"."*/ ; rollback; --"')::oid,
  pg_catalog.to_regclass('"public"."-- drop"')::oid,
  pg_catalog.to_regclass('"public"."-rf"')::oid,
  pg_catalog.to_regclass('"public".":var :''v'' :""w"""')::oid,
  pg_catalog.to_regclass('"public"."`tick`|pipe"')::oid,
  pg_catalog.to_regclass('"public"."a.b"')::oid,
  pg_catalog.to_regclass( E'"public"."back\\slash"')::oid,
  pg_catalog.to_regclass('"public"."dol$lar$$"')::oid,
  pg_catalog.to_regclass('"public"."it''s"')::oid,
  pg_catalog.to_regclass('"public"."line
break"')::oid,
  pg_catalog.to_regclass('"public"."per%cent_%s"')::oid,
  pg_catalog.to_regclass('"public"."quo""te"')::oid,
  pg_catalog.to_regclass('"public"."tab	stop"')::oid,
  pg_catalog.to_regclass('"public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"')::oid,
  pg_catalog.to_regclass('"public"."‮txet"')::oid,
  pg_catalog.to_regclass('"public"."🐘 éléphant"')::oid,
  pg_catalog.to_regclass('"select"."table"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_dms_slot_01"')::oid] AS tables) AS mine
WHERE k.contype = 'f' AND k.confrelid = ANY (mine.tables) AND k.conrelid <> ALL (mine.tables) ORDER BY 1;
\quit
\endif
BEGIN;
SET LOCAL lock_timeout = '30s';
TRUNCATE
  ONLY "Mixed Case"."Order",
  ONLY "Mixed Case"."order",
  ONLY "public"."$(touch /tmp/pwned)",
  ONLY "public"."%{{.}}",
  ONLY "public"."*/ ; rollback; --",
  ONLY "public"."-- drop",
  ONLY "public"."-rf",
  ONLY "public".":var :'v' :""w""",
  ONLY "public"."`tick`|pipe",
  ONLY "public"."a.b",
  ONLY "public"."back\slash",
  ONLY "public"."dol$lar$$",
  ONLY "public"."it's",
  ONLY "public"."line
break",
  ONLY "public"."per%cent_%s",
  ONLY "public"."quo""te",
  ONLY "public"."tab	stop",
  ONLY "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  ONLY "public"."‮txet",
  ONLY "public"."🐘 éléphant",
  ONLY "select"."table",
  ONLY "pgcutover"."marker_dms_slot_01";

-- The items of an earlier restart of this slot make room; those of the first load stay as they are, done.
DELETE FROM pgcutover.item_need WHERE item BETWEEN 1000000 AND 1999999 OR needs BETWEEN 1000000 AND 1999999;
DELETE FROM pgcutover.item_table WHERE item BETWEEN 1000000 AND 1999999;
DELETE FROM pgcutover.item WHERE id BETWEEN 1000000 AND 1999999;

CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
1000001	copy	public."$(touch /tmp/pwned)"	public."$(touch /tmp/pwned)"	22020096	629	{}	[["public","$(touch /tmp/pwned)"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000001, 1, true);\nCOPY "public"."$(touch /tmp/pwned)" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."$(touch /tmp/pwned)" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000001, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000002	copy	public."%{{.}}"	public."%{{.}}"	20971520	599	{}	[["public","%{{.}}"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000002, 1, true);\nCOPY "public"."%{{.}}" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."%{{.}}" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000002, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000003	copy	public.":var :'v' :""w"""	public.":var :'v' :""w"""	19922944	569	{}	[["public",":var :'v' :\\"w\\""]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000003, 1, true);\nCOPY "public".":var :''v'' :""w""" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public".":var :'v' :""w""" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000003, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000004	copy	public."*/ ; rollback; --"	public."*/ ; rollback; --"	18874368	539	{}	[["public","*/ ; rollback; --"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000004, 1, true);\nCOPY "public"."*/ ; rollback; --" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."*/ ; rollback; --" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000004, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000005	copy	public."`tick`|pipe"	public."`tick`|pipe"	17825792	509	{}	[["public","`tick`|pipe"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000005, 1, true);\nCOPY "public"."`tick`|pipe" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."`tick`|pipe" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000005, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000006	copy	public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	16777216	479	{}	[["public","xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000006, 1, true);\nCOPY "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000006, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000007	copy	public."\\u202etxet"	public."\\u202etxet"	15728640	449	{}	[["public","‮txet"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000007, 1, true);\nCOPY "public"."‮txet" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."‮txet" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000007, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000008	copy	public."🐘 éléphant"	public."🐘 éléphant"	14680064	419	{}	[["public","🐘 éléphant"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000008, 1, true);\nCOPY "public"."🐘 éléphant" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."🐘 éléphant" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000008, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000009	copy	public."quo""te"	public."quo""te"	13631488	389	{}	[["public","quo\\"te"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000009, 1, true);\nCOPY "public"."quo""te" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."quo""te" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000009, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000010	copy	public."back\\\\slash"	public."back\\\\slash"	12582912	359	{}	[["public","back\\\\slash"]]	-- binary\nSELECT E'SELECT pgcutover.begin_table(1000010, 1, true);\nCOPY "public"."back\\\\slash" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."back\\slash" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000010, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000011	copy	public."tab\\tstop"	public."tab\\tstop"	11534336	329	{}	[["public","tab\\tstop"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000011, 1, true);\nCOPY "public"."tab\tstop" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."tab\tstop" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000011, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000012	copy	public."per%cent_%s"	public."per%cent_%s"	10485760	299	{}	[["public","per%cent_%s"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000012, 1, true);\nCOPY "public"."per%cent_%s" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."per%cent_%s" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000012, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000013	copy	public."line\\nbreak"	public."line\\nbreak"	9437184	269	{}	[["public","line\\nbreak"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000013, 1, true);\nCOPY "public"."line\nbreak" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."line\nbreak" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000013, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000014	copy	public."it's"	public."it's"	8388608	239	{}	[["public","it's"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000014, 1, true);\nCOPY "public"."it''s" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."it's" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000014, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000015	copy	public.dol$lar$$	public.dol$lar$$	7340032	209	{}	[["public","dol$lar$$"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000015, 1, true);\nCOPY "public"."dol$lar$$" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."dol$lar$$" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000015, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000016	copy	public."a.b"	public."a.b"	6291456	179	{}	[["public","a.b"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000016, 1, true);\nCOPY "public"."a.b" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."a.b" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000016, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000017	copy	public."-rf"	public."-rf"	5242880	149	{}	[["public","-rf"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000017, 1, true);\nCOPY "public"."-rf" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."-rf" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000017, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000018	copy	public."-- drop"	public."-- drop"	4194304	119	{}	[["public","-- drop"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000018, 1, true);\nCOPY "public"."-- drop" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."-- drop" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000018, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000019	copy	batch of 2 tables, "Mixed Case"."Order" to "Mixed Case".order		3145728	89	{}	[["Mixed Case","Order"],["Mixed Case","order"]]	SELECT 'SELECT pgcutover.begin_table(1000019, 1, true);\nCOPY "Mixed Case"."Order" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "Mixed Case"."Order" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(1000019, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(1000019, 2, true);\nCOPY "Mixed Case"."order" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "Mixed Case"."order" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(1000019, 2, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
1000020	copy	select.table	select.table	3145728	89	{}	[["select","table"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000020, 1, true);\nCOPY "select"."table" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "select"."table" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000020, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000063	analyze	analyze "Mixed Case"."Order"	"Mixed Case"."Order"	0	0	{1000019}	[]	ANALYZE "Mixed Case"."Order";
1000064	analyze	analyze "Mixed Case".order	"Mixed Case".order	0	0	{1000019}	[]	ANALYZE "Mixed Case"."order";
1000065	analyze	analyze public."$(touch /tmp/pwned)"	public."$(touch /tmp/pwned)"	0	0	{1000001}	[]	ANALYZE "public"."$(touch /tmp/pwned)";
1000066	analyze	analyze public."%{{.}}"	public."%{{.}}"	0	0	{1000002}	[]	ANALYZE "public"."%{{.}}";
1000067	analyze	analyze public."*/ ; rollback; --"	public."*/ ; rollback; --"	0	0	{1000004}	[]	ANALYZE "public"."*/ ; rollback; --";
1000068	analyze	analyze public."-- drop"	public."-- drop"	0	0	{1000018}	[]	ANALYZE "public"."-- drop";
1000069	analyze	analyze public."-rf"	public."-rf"	0	0	{1000017}	[]	ANALYZE "public"."-rf";
1000070	analyze	analyze public.":var :'v' :""w"""	public.":var :'v' :""w"""	0	0	{1000003}	[]	ANALYZE "public".":var :'v' :""w""";
1000071	analyze	analyze public."`tick`|pipe"	public."`tick`|pipe"	0	0	{1000005}	[]	ANALYZE "public"."`tick`|pipe";
1000072	analyze	analyze public."a.b"	public."a.b"	0	0	{1000016}	[]	ANALYZE "public"."a.b";
1000073	analyze	analyze public."back\\\\slash"	public."back\\\\slash"	0	0	{1000010}	[]	ANALYZE "public"."back\\slash";
1000074	analyze	analyze public.dol$lar$$	public.dol$lar$$	0	0	{1000015}	[]	ANALYZE "public"."dol$lar$$";
1000075	analyze	analyze public."it's"	public."it's"	0	0	{1000014}	[]	ANALYZE "public"."it's";
1000076	analyze	analyze public."line\\nbreak"	public."line\\nbreak"	0	0	{1000013}	[]	ANALYZE "public"."line\nbreak";
1000077	analyze	analyze public."per%cent_%s"	public."per%cent_%s"	0	0	{1000012}	[]	ANALYZE "public"."per%cent_%s";
1000078	analyze	analyze public."quo""te"	public."quo""te"	0	0	{1000009}	[]	ANALYZE "public"."quo""te";
1000079	analyze	analyze public."tab\\tstop"	public."tab\\tstop"	0	0	{1000011}	[]	ANALYZE "public"."tab\tstop";
1000080	analyze	analyze public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	0	0	{1000006}	[]	ANALYZE "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
1000081	analyze	analyze public."\\u202etxet"	public."\\u202etxet"	0	0	{1000007}	[]	ANALYZE "public"."‮txet";
1000082	analyze	analyze public."🐘 éléphant"	public."🐘 éléphant"	0	0	{1000008}	[]	ANALYZE "public"."🐘 éléphant";
1000083	analyze	analyze select.table	select.table	0	0	{1000020}	[]	ANALYZE "select"."table";
1000084	copy	markers of 1 slot	pgcutover.marker_dms_slot_01	0	0	{}	[["pgcutover","marker_dms_slot_01"]]	SELECT 'SELECT pgcutover.begin_table(1000084, 1, true);\nCOPY "pgcutover"."marker_dms_slot_01" ("id", "token", "source_lsn", "at") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "pgcutover"."marker_dms_slot_01" ("id", "token", "source_lsn", "at") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(1000084, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
\.
INSERT INTO pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
SELECT id, kind, label, relation, bytes, tail, pg_catalog.cardinality(needs), statement FROM item_file;
INSERT INTO pgcutover.item_table (item, seq, schema_name, table_name)
SELECT f.id, t.seq, t.name ->> 0, t.name ->> 1 FROM item_file AS f CROSS JOIN pg_catalog.jsonb_array_elements(f.tables) WITH ORDINALITY AS t (name, seq);
INSERT INTO pgcutover.item_need (needs, item) SELECT n.id, f.id FROM item_file AS f CROSS JOIN pg_catalog.unnest(f.needs) AS n (id);
UPDATE pgcutover.run SET lsn = :'lsn', postmaster_start_time = :'started' WHERE plan = :'plan';

-- What AWS DMS has noted of tasks that are gone, in tables that it makes itself: a new task of the same name would take it for its own. The script that
-- runs this has kept the rows. The history stays.
SELECT pg_catalog.format('DELETE FROM %I.%I WHERE %I = ANY (%L)', n.nspname, c.relname, a.attname, ARRAY['sh-op-x-id-task-01', 'sh-op-x-id-dms-slot-01'])
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('TASK_NAME', 'task_name')
WHERE n.nspname = 'awsdms_control' AND c.relkind IN ('r', 'p') AND c.relname IN ('awsdms_apply_exceptions', 'awsdms_full_load_exceptions', 'awsdms_history', 'awsdms_status', 'awsdms_suspended_tables', 'awsdms_txn_state', 'awsdms_validation_failures_v1', 'awsdms_validation_failures_v2') AND c.relname <> 'awsdms_history' ORDER BY c.relname \gexec

COMMIT;
