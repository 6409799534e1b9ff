-- 80-recovery/restart-moving_02.sql: Empty the tables of moving_02 and put them back into the ledger; run by 82-restart-slot.sh.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 80-recovery/restart-moving_02.sql

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '80-recovery/restart-moving_02.sql';
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
  pg_catalog.to_regclass('"public"."by_index"')::oid,
  pg_catalog.to_regclass('"public"."compared whole"')::oid,
  pg_catalog.to_regclass('"public"."dol$lar$$"')::oid,
  pg_catalog.to_regclass('"public"."events_2026_01"')::oid,
  pg_catalog.to_regclass('"public"."events_2026_02"')::oid,
  pg_catalog.to_regclass('"public"."events_2026_03"')::oid,
  pg_catalog.to_regclass('"public"."events_2026_04"')::oid,
  pg_catalog.to_regclass('"public"."events_2026_05"')::oid,
  pg_catalog.to_regclass('"public"."events_2026_06"')::oid,
  pg_catalog.to_regclass('"public"."full_identity"')::oid,
  pg_catalog.to_regclass('"public"."it''s"')::oid,
  pg_catalog.to_regclass('"public"."line
break"')::oid,
  pg_catalog.to_regclass('"public"."per%cent_%s"')::oid,
  pg_catalog.to_regclass('"public"."queue"')::oid,
  pg_catalog.to_regclass('"public"."quo""te"')::oid,
  pg_catalog.to_regclass('"public"."sources"')::oid,
  pg_catalog.to_regclass('"public"."tab	stop"')::oid,
  pg_catalog.to_regclass('"public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"')::oid,
  pg_catalog.to_regclass('"public"."‮txet"')::oid,
  pg_catalog.to_regclass('"public"."🐘 éléphant"')::oid,
  pg_catalog.to_regclass('"select"."table"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_moving_02"')::oid] AS tables) AS mine
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
  ONLY "public"."by_index",
  ONLY "public"."compared whole",
  ONLY "public"."dol$lar$$",
  ONLY "public"."events_2026_01",
  ONLY "public"."events_2026_02",
  ONLY "public"."events_2026_03",
  ONLY "public"."events_2026_04",
  ONLY "public"."events_2026_05",
  ONLY "public"."events_2026_06",
  ONLY "public"."full_identity",
  ONLY "public"."it's",
  ONLY "public"."line
break",
  ONLY "public"."per%cent_%s",
  ONLY "public"."queue",
  ONLY "public"."quo""te",
  ONLY "public"."sources",
  ONLY "public"."tab	stop",
  ONLY "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  ONLY "public"."‮txet",
  ONLY "public"."🐘 éléphant",
  ONLY "select"."table",
  ONLY "pgcutover"."marker_moving_02";

-- The items of an earlier restart of this slot make room; those of the first load stay as they are, done.
DELETE FROM pgcutover.item_need WHERE item BETWEEN 2000000 AND 2999999 OR needs BETWEEN 2000000 AND 2999999;
DELETE FROM pgcutover.item_table WHERE item BETWEEN 2000000 AND 2999999;
DELETE FROM pgcutover.item WHERE id BETWEEN 2000000 AND 2999999;

CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
2000001	copy	public.events_2026_06	public.events_2026_06	1887436800	53926	{}	[["public","events_2026_06"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000001, 1, true);\nCOPY "public"."events_2026_06" ("id", "at", "body") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."events_2026_06" ("id", "at", "body") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000001, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000002	copy	public.events_2026_05	public.events_2026_05	1572864000	44938	{}	[["public","events_2026_05"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000002, 1, true);\nCOPY "public"."events_2026_05" ("id", "at", "body") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."events_2026_05" ("id", "at", "body") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000002, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000003	copy	public.events_2026_04	public.events_2026_04	1258291200	35951	{}	[["public","events_2026_04"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000003, 1, true);\nCOPY "public"."events_2026_04" ("id", "at", "body") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."events_2026_04" ("id", "at", "body") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000003, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000004	copy	public.events_2026_03	public.events_2026_03	943718400	26963	{}	[["public","events_2026_03"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000004, 1, true);\nCOPY "public"."events_2026_03" ("id", "at", "body") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."events_2026_03" ("id", "at", "body") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000004, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000010	copy	public.events_2026_02	public.events_2026_02	629145600	17975	{}	[["public","events_2026_02"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000010, 1, true);\nCOPY "public"."events_2026_02" ("id", "at", "body") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."events_2026_02" ("id", "at", "body") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000010, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000011	copy	public.events_2026_01	public.events_2026_01	314572800	8987	{}	[["public","events_2026_01"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000011, 1, true);\nCOPY "public"."events_2026_01" ("id", "at", "body") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."events_2026_01" ("id", "at", "body") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000011, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000012	copy	batch of 6 tables, "Mixed Case".order to select.table		32505856	928	{}	[["Mixed Case","order"],["public","-rf"],["public","compared whole"],["public","full_identity"],["public","it's"],["select","table"]]	SELECT 'SELECT pgcutover.begin_table(2000012, 1, true);\nCOPY "Mixed Case"."order" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "Mixed Case"."order" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000012, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000012, 2, true);\nCOPY "public"."-rf" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."-rf" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000012, 2, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000012, 3, true);\nCOPY "public"."compared whole" ("a", "b") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."compared whole" ("a", "b") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000012, 3, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000012, 4, true);\nCOPY "public"."full_identity" ("id", "v") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."full_identity" ("id", "v") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000012, 4, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000012, 5, true);\nCOPY "public"."it''s" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."it's" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000012, 5, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000012, 6, true);\nCOPY "select"."table" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "select"."table" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000012, 6, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
2000013	copy	batch of 6 tables, "Mixed Case"."Order" to public.sources		30408704	868	{}	[["Mixed Case","Order"],["public","-- drop"],["public","a.b"],["public","by_index"],["public","dol$lar$$"],["public","sources"]]	SELECT 'SELECT pgcutover.begin_table(2000013, 1, true);\nCOPY "Mixed Case"."Order" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "Mixed Case"."Order" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000013, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000013, 2, true);\nCOPY "public"."-- drop" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."-- drop" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000013, 2, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000013, 3, true);\nCOPY "public"."a.b" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."a.b" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000013, 3, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000013, 4, true);\nCOPY "public"."by_index" ("code", "v") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."by_index" ("code", "v") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000013, 4, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000013, 5, true);\nCOPY "public"."dol$lar$$" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."dol$lar$$" ("id", "Co""l $(x) \né") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000013, 5, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\nSELECT 'SELECT pgcutover.begin_table(2000013, 6, true);\nCOPY "public"."sources" ("id", "name") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "public"."sources" ("id", "name") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000013, 6, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
2000014	copy	public."$(touch /tmp/pwned)"	public."$(touch /tmp/pwned)"	22020096	629	{}	[["public","$(touch /tmp/pwned)"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000014, 1, true);\nCOPY "public"."$(touch /tmp/pwned)" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."$(touch /tmp/pwned)" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000014, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000015	copy	public."%{{.}}"	public."%{{.}}"	20971520	599	{}	[["public","%{{.}}"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000015, 1, true);\nCOPY "public"."%{{.}}" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."%{{.}}" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000015, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000016	copy	public.queue	public.queue	20971520	599	{}	[["public","queue"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000016, 1, true);\nCOPY "public"."queue" ("payload", "locked_by") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."queue" ("payload", "locked_by") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000016, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000017	copy	public.":var :'v' :""w"""	public.":var :'v' :""w"""	19922944	569	{}	[["public",":var :'v' :\\"w\\""]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000017, 1, true);\nCOPY "public".":var :''v'' :""w""" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public".":var :'v' :""w""" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000017, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000018	copy	public."*/ ; rollback; --"	public."*/ ; rollback; --"	18874368	539	{}	[["public","*/ ; rollback; --"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000018, 1, true);\nCOPY "public"."*/ ; rollback; --" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."*/ ; rollback; --" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000018, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000019	copy	public."`tick`|pipe"	public."`tick`|pipe"	17825792	509	{}	[["public","`tick`|pipe"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000019, 1, true);\nCOPY "public"."`tick`|pipe" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."`tick`|pipe" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000019, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000020	copy	public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	16777216	479	{}	[["public","xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000020, 1, true);\nCOPY "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000020, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000021	copy	public."\\u202etxet"	public."\\u202etxet"	15728640	449	{}	[["public","‮txet"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000021, 1, true);\nCOPY "public"."‮txet" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."‮txet" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000021, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000022	copy	public."🐘 éléphant"	public."🐘 éléphant"	14680064	419	{}	[["public","🐘 éléphant"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000022, 1, true);\nCOPY "public"."🐘 éléphant" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."🐘 éléphant" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000022, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000023	copy	public."quo""te"	public."quo""te"	13631488	389	{}	[["public","quo\\"te"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000023, 1, true);\nCOPY "public"."quo""te" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."quo""te" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000023, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000024	copy	public."back\\\\slash"	public."back\\\\slash"	12582912	359	{}	[["public","back\\\\slash"]]	-- binary\nSELECT E'SELECT pgcutover.begin_table(2000024, 1, true);\nCOPY "public"."back\\\\slash" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."back\\slash" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000024, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000025	copy	public."tab\\tstop"	public."tab\\tstop"	11534336	329	{}	[["public","tab\\tstop"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000025, 1, true);\nCOPY "public"."tab\tstop" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."tab\tstop" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000025, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000026	copy	public."per%cent_%s"	public."per%cent_%s"	10485760	299	{}	[["public","per%cent_%s"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000026, 1, true);\nCOPY "public"."per%cent_%s" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."per%cent_%s" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000026, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000027	copy	public."line\\nbreak"	public."line\\nbreak"	9437184	269	{}	[["public","line\\nbreak"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000027, 1, true);\nCOPY "public"."line\nbreak" ("id", "Co""l $(x) \né") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."line\nbreak" ("id", "Co""l $(x) \né") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000027, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000096	analyze	analyze "Mixed Case"."Order"	"Mixed Case"."Order"	0	0	{2000013}	[]	ANALYZE "Mixed Case"."Order";
2000097	analyze	analyze "Mixed Case".order	"Mixed Case".order	0	0	{2000012}	[]	ANALYZE "Mixed Case"."order";
2000098	analyze	analyze public."$(touch /tmp/pwned)"	public."$(touch /tmp/pwned)"	0	0	{2000014}	[]	ANALYZE "public"."$(touch /tmp/pwned)";
2000099	analyze	analyze public."%{{.}}"	public."%{{.}}"	0	0	{2000015}	[]	ANALYZE "public"."%{{.}}";
2000100	analyze	analyze public."*/ ; rollback; --"	public."*/ ; rollback; --"	0	0	{2000018}	[]	ANALYZE "public"."*/ ; rollback; --";
2000101	analyze	analyze public."-- drop"	public."-- drop"	0	0	{2000013}	[]	ANALYZE "public"."-- drop";
2000102	analyze	analyze public."-rf"	public."-rf"	0	0	{2000012}	[]	ANALYZE "public"."-rf";
2000103	analyze	analyze public.":var :'v' :""w"""	public.":var :'v' :""w"""	0	0	{2000017}	[]	ANALYZE "public".":var :'v' :""w""";
2000104	analyze	analyze public."`tick`|pipe"	public."`tick`|pipe"	0	0	{2000019}	[]	ANALYZE "public"."`tick`|pipe";
2000105	analyze	analyze public."a.b"	public."a.b"	0	0	{2000013}	[]	ANALYZE "public"."a.b";
2000107	analyze	analyze public."back\\\\slash"	public."back\\\\slash"	0	0	{2000024}	[]	ANALYZE "public"."back\\slash";
2000108	analyze	analyze public.by_index	public.by_index	0	0	{2000013}	[]	ANALYZE "public"."by_index";
2000109	analyze	analyze public."compared whole"	public."compared whole"	0	0	{2000012}	[]	ANALYZE "public"."compared whole";
2000110	analyze	analyze public.dol$lar$$	public.dol$lar$$	0	0	{2000013}	[]	ANALYZE "public"."dol$lar$$";
2000111	analyze	analyze public.events_2026_01	public.events_2026_01	0	0	{2000011}	[]	ANALYZE "public"."events_2026_01";
2000112	analyze	analyze public.events_2026_02	public.events_2026_02	0	0	{2000010}	[]	ANALYZE "public"."events_2026_02";
2000113	analyze	analyze public.events_2026_03	public.events_2026_03	0	0	{2000004}	[]	ANALYZE "public"."events_2026_03";
2000114	analyze	analyze public.events_2026_04	public.events_2026_04	0	0	{2000003}	[]	ANALYZE "public"."events_2026_04";
2000115	analyze	analyze public.events_2026_05	public.events_2026_05	0	0	{2000002}	[]	ANALYZE "public"."events_2026_05";
2000116	analyze	analyze public.events_2026_06	public.events_2026_06	0	0	{2000001}	[]	ANALYZE "public"."events_2026_06";
2000117	analyze	analyze public.full_identity	public.full_identity	0	0	{2000012}	[]	ANALYZE "public"."full_identity";
2000118	analyze	analyze public."it's"	public."it's"	0	0	{2000012}	[]	ANALYZE "public"."it's";
2000119	analyze	analyze public."line\\nbreak"	public."line\\nbreak"	0	0	{2000027}	[]	ANALYZE "public"."line\nbreak";
2000120	analyze	analyze public."per%cent_%s"	public."per%cent_%s"	0	0	{2000026}	[]	ANALYZE "public"."per%cent_%s";
2000121	analyze	analyze public.queue	public.queue	0	0	{2000016}	[]	ANALYZE "public"."queue";
2000122	analyze	analyze public."quo""te"	public."quo""te"	0	0	{2000023}	[]	ANALYZE "public"."quo""te";
2000123	analyze	analyze public.sources	public.sources	0	0	{2000013}	[]	ANALYZE "public"."sources";
2000124	analyze	analyze public."tab\\tstop"	public."tab\\tstop"	0	0	{2000025}	[]	ANALYZE "public"."tab\tstop";
2000125	analyze	analyze public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	0	0	{2000020}	[]	ANALYZE "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
2000126	analyze	analyze public."\\u202etxet"	public."\\u202etxet"	0	0	{2000021}	[]	ANALYZE "public"."‮txet";
2000127	analyze	analyze public."🐘 éléphant"	public."🐘 éléphant"	0	0	{2000022}	[]	ANALYZE "public"."🐘 éléphant";
2000128	analyze	analyze select.table	select.table	0	0	{2000012}	[]	ANALYZE "select"."table";
2000129	copy	markers of 1 slot	pgcutover.marker_moving_02	0	0	{}	[["pgcutover","marker_moving_02"]]	SELECT 'SELECT pgcutover.begin_table(2000129, 1, true);\nCOPY "pgcutover"."marker_moving_02" ("id", "token", "source_lsn", "at") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "pgcutover"."marker_moving_02" ("id", "token", "source_lsn", "at") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2000129, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
\.
INSERT INTO pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
SELECT id, kind, label, relation, bytes, tail, pg_catalog.cardinality(needs), statement FROM item_file;
INSERT INTO pgcutover.item_table (item, seq, schema_name, table_name)
SELECT f.id, t.seq, t.name ->> 0, t.name ->> 1 FROM item_file AS f CROSS JOIN pg_catalog.jsonb_array_elements(f.tables) WITH ORDINALITY AS t (name, seq);
INSERT INTO pgcutover.item_need (needs, item) SELECT n.id, f.id FROM item_file AS f CROSS JOIN pg_catalog.unnest(f.needs) AS n (id);
UPDATE pgcutover.run SET lsn = :'lsn', postmaster_start_time = :'started' WHERE plan = :'plan';
COMMIT;
