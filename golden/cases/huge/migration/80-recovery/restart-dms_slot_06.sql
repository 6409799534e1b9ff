-- 80-recovery/restart-dms_slot_06.sql: Empty the tables of dms_slot_06 and put them back into the ledger; run by 82-restart-slot.sh.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 80-recovery/restart-dms_slot_06.sql

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '80-recovery/restart-dms_slot_06.sql';
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
  pg_catalog.to_regclass('"public"."table_004"')::oid,
  pg_catalog.to_regclass('"public"."table_007"')::oid,
  pg_catalog.to_regclass('"public"."table_010"')::oid,
  pg_catalog.to_regclass('"public"."table_019"')::oid,
  pg_catalog.to_regclass('"public"."table_028"')::oid,
  pg_catalog.to_regclass('"public"."table_037"')::oid,
  pg_catalog.to_regclass('"public"."table_046"')::oid,
  pg_catalog.to_regclass('"public"."table_055"')::oid,
  pg_catalog.to_regclass('"public"."table_064"')::oid,
  pg_catalog.to_regclass('"public"."table_073"')::oid,
  pg_catalog.to_regclass('"public"."table_082"')::oid,
  pg_catalog.to_regclass('"public"."table_091"')::oid,
  pg_catalog.to_regclass('"public"."table_100"')::oid,
  pg_catalog.to_regclass('"public"."table_109"')::oid,
  pg_catalog.to_regclass('"public"."table_118"')::oid,
  pg_catalog.to_regclass('"public"."table_127"')::oid,
  pg_catalog.to_regclass('"public"."table_136"')::oid,
  pg_catalog.to_regclass('"public"."table_145"')::oid,
  pg_catalog.to_regclass('"public"."table_154"')::oid,
  pg_catalog.to_regclass('"public"."table_163"')::oid,
  pg_catalog.to_regclass('"public"."table_172"')::oid,
  pg_catalog.to_regclass('"public"."table_181"')::oid,
  pg_catalog.to_regclass('"public"."table_190"')::oid,
  pg_catalog.to_regclass('"public"."table_199"')::oid,
  pg_catalog.to_regclass('"public"."table_208"')::oid,
  pg_catalog.to_regclass('"public"."table_217"')::oid,
  pg_catalog.to_regclass('"public"."table_226"')::oid,
  pg_catalog.to_regclass('"public"."table_235"')::oid,
  pg_catalog.to_regclass('"public"."table_244"')::oid,
  pg_catalog.to_regclass('"public"."table_253"')::oid,
  pg_catalog.to_regclass('"public"."table_262"')::oid,
  pg_catalog.to_regclass('"public"."table_271"')::oid,
  pg_catalog.to_regclass('"public"."table_280"')::oid,
  pg_catalog.to_regclass('"public"."table_289"')::oid,
  pg_catalog.to_regclass('"public"."table_298"')::oid,
  pg_catalog.to_regclass('"public"."table_307"')::oid,
  pg_catalog.to_regclass('"public"."table_316"')::oid,
  pg_catalog.to_regclass('"public"."table_325"')::oid,
  pg_catalog.to_regclass('"public"."table_334"')::oid,
  pg_catalog.to_regclass('"public"."table_343"')::oid,
  pg_catalog.to_regclass('"public"."table_352"')::oid,
  pg_catalog.to_regclass('"public"."table_361"')::oid,
  pg_catalog.to_regclass('"public"."table_370"')::oid,
  pg_catalog.to_regclass('"public"."table_379"')::oid,
  pg_catalog.to_regclass('"public"."table_388"')::oid,
  pg_catalog.to_regclass('"public"."table_397"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_dms_slot_06"')::oid] AS tables) AS mine
WHERE k.contype = 'f' AND k.confrelid = ANY (mine.tables) AND k.conrelid <> ALL (mine.tables) ORDER BY 1;
\quit
\endif
BEGIN;
SET LOCAL lock_timeout = '30s';
TRUNCATE
  ONLY "public"."table_004",
  ONLY "public"."table_007",
  ONLY "public"."table_010",
  ONLY "public"."table_019",
  ONLY "public"."table_028",
  ONLY "public"."table_037",
  ONLY "public"."table_046",
  ONLY "public"."table_055",
  ONLY "public"."table_064",
  ONLY "public"."table_073",
  ONLY "public"."table_082",
  ONLY "public"."table_091",
  ONLY "public"."table_100",
  ONLY "public"."table_109",
  ONLY "public"."table_118",
  ONLY "public"."table_127",
  ONLY "public"."table_136",
  ONLY "public"."table_145",
  ONLY "public"."table_154",
  ONLY "public"."table_163",
  ONLY "public"."table_172",
  ONLY "public"."table_181",
  ONLY "public"."table_190",
  ONLY "public"."table_199",
  ONLY "public"."table_208",
  ONLY "public"."table_217",
  ONLY "public"."table_226",
  ONLY "public"."table_235",
  ONLY "public"."table_244",
  ONLY "public"."table_253",
  ONLY "public"."table_262",
  ONLY "public"."table_271",
  ONLY "public"."table_280",
  ONLY "public"."table_289",
  ONLY "public"."table_298",
  ONLY "public"."table_307",
  ONLY "public"."table_316",
  ONLY "public"."table_325",
  ONLY "public"."table_334",
  ONLY "public"."table_343",
  ONLY "public"."table_352",
  ONLY "public"."table_361",
  ONLY "public"."table_370",
  ONLY "public"."table_379",
  ONLY "public"."table_388",
  ONLY "public"."table_397",
  ONLY "pgcutover"."marker_dms_slot_06";

-- The items of an earlier restart of this slot make room; those of the first load stay as they are, done.
DELETE FROM pgcutover.item_need WHERE item BETWEEN 6000000 AND 6999999 OR needs BETWEEN 6000000 AND 6999999;
DELETE FROM pgcutover.item_table WHERE item BETWEEN 6000000 AND 6999999;
DELETE FROM pgcutover.item WHERE id BETWEEN 6000000 AND 6999999;

CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
6000042	copy	public.table_010	public.table_010	55834574848	1595273	{}	[["public","table_010"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000042, 1, true);\nCOPY "public"."table_010" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_010" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000042, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000045	copy	public.table_004 [range 2 of 3]	public.table_004	46528815104	1329394	{}	[["public","table_004"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000045, 1, false);\nCOPY "public"."table_004" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_004" WHERE ctid >= '(5679786,0)'::tid AND ctid < '(11359573,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000045, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000046	copy	public.table_004 [range 3 of 3]	public.table_004	46528815104	1329394	{}	[["public","table_004"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000046, 1, false);\nCOPY "public"."table_004" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_004" WHERE ctid >= '(11359573,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000046, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000049	copy	public.table_004 [range 1 of 3]	public.table_004	46528806912	1329394	{}	[["public","table_004"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000049, 1, false);\nCOPY "public"."table_004" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_004" WHERE ctid < '(5679786,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000049, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000051	copy	public.table_007 [range 2 of 2]	public.table_007	39881843274	1139481	{}	[["public","table_007"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000051, 1, false);\nCOPY "public"."table_007" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_007" WHERE ctid >= '(4868388,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000051, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000053	copy	public.table_007 [range 1 of 2]	public.table_007	39881835080	1139481	{}	[["public","table_007"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000053, 1, false);\nCOPY "public"."table_007" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_007" WHERE ctid < '(4868388,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000053, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000060	copy	public.table_019	public.table_019	29386618341	839617	{}	[["public","table_019"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000060, 1, true);\nCOPY "public"."table_019" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_019" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000060, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000069	copy	public.table_028	public.table_028	19940919588	569740	{}	[["public","table_028"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000069, 1, true);\nCOPY "public"."table_028" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_028" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000069, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000078	copy	public.table_037	public.table_037	15090425634	431155	{}	[["public","table_037"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000078, 1, true);\nCOPY "public"."table_037" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_037" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000078, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000087	copy	public.table_046	public.table_046	12137951053	346798	{}	[["public","table_046"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000087, 1, true);\nCOPY "public"."table_046" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_046" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000087, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000096	copy	public.table_055	public.table_055	10151740881	290049	{}	[["public","table_055"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000096, 1, true);\nCOPY "public"."table_055" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_055" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000096, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000105	copy	public.table_064	public.table_064	8724152320	249261	{}	[["public","table_064"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000105, 1, true);\nCOPY "public"."table_064" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_064" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000105, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000114	copy	public.table_073	public.table_073	7648571896	218530	{}	[["public","table_073"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000114, 1, true);\nCOPY "public"."table_073" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_073" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000114, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000123	copy	public.table_082	public.table_082	6809094493	194545	{}	[["public","table_082"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000123, 1, true);\nCOPY "public"."table_082" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_082" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000123, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000132	copy	public.table_091	public.table_091	6135667565	175304	{}	[["public","table_091"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000132, 1, true);\nCOPY "public"."table_091" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_091" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000132, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000141	copy	public.table_100	public.table_100	5583457484	159527	{}	[["public","table_100"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000141, 1, true);\nCOPY "public"."table_100" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_100" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000141, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000150	copy	public.table_109	public.table_109	5122438059	146355	{}	[["public","table_109"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000150, 1, true);\nCOPY "public"."table_109" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_109" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000150, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000159	copy	public.table_118	public.table_118	4731743631	135192	{}	[["public","table_118"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000159, 1, true);\nCOPY "public"."table_118" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_118" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000159, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000168	copy	public.table_127	public.table_127	4396423216	125612	{}	[["public","table_127"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000168, 1, true);\nCOPY "public"."table_127" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_127" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000168, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000177	copy	public.table_136	public.table_136	4105483444	117299	{}	[["public","table_136"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000177, 1, true);\nCOPY "public"."table_136" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_136" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000177, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000186	copy	public.table_145	public.table_145	3850660334	110018	{}	[["public","table_145"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000186, 1, true);\nCOPY "public"."table_145" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_145" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000186, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000195	copy	public.table_154	public.table_154	3625621743	103589	{}	[["public","table_154"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000195, 1, true);\nCOPY "public"."table_154" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_154" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000195, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000204	copy	public.table_163	public.table_163	3425434039	97869	{}	[["public","table_163"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000204, 1, true);\nCOPY "public"."table_163" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_163" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000204, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000213	copy	public.table_172	public.table_172	3246196212	92748	{}	[["public","table_172"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000213, 1, true);\nCOPY "public"."table_172" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_172" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000213, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000222	copy	public.table_181	public.table_181	3084783140	88136	{}	[["public","table_181"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000222, 1, true);\nCOPY "public"."table_181" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_181" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000222, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000231	copy	public.table_190	public.table_190	2938661834	83961	{}	[["public","table_190"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000231, 1, true);\nCOPY "public"."table_190" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_190" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000231, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000240	copy	public.table_199	public.table_199	2805757530	80164	{}	[["public","table_199"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000240, 1, true);\nCOPY "public"."table_199" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_199" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000240, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000249	copy	public.table_208	public.table_208	2684354560	76695	{}	[["public","table_208"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000249, 1, true);\nCOPY "public"."table_208" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_208" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000249, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000258	copy	public.table_217	public.table_217	2573021882	73514	{}	[["public","table_217"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000258, 1, true);\nCOPY "public"."table_217" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_217" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000258, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000267	copy	public.table_226	public.table_226	2470556409	70587	{}	[["public","table_226"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000267, 1, true);\nCOPY "public"."table_226" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_226" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000267, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000276	copy	public.table_235	public.table_235	2375939355	67883	{}	[["public","table_235"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000276, 1, true);\nCOPY "public"."table_235" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_235" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000276, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000285	copy	public.table_244	public.table_244	2288302247	65380	{}	[["public","table_244"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000285, 1, true);\nCOPY "public"."table_244" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_244" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000285, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000294	copy	public.table_253	public.table_253	2206900191	63054	{}	[["public","table_253"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000294, 1, true);\nCOPY "public"."table_253" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_253" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000294, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000303	copy	public.table_262	public.table_262	2131090643	60888	{}	[["public","table_262"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000303, 1, true);\nCOPY "public"."table_262" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_262" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000303, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000312	copy	public.table_271	public.table_271	2060316415	58866	{}	[["public","table_271"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000312, 1, true);\nCOPY "public"."table_271" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_271" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000312, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000321	copy	public.table_280	public.table_280	1994091958	56974	{}	[["public","table_280"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000321, 1, true);\nCOPY "public"."table_280" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_280" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000321, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000330	copy	public.table_289	public.table_289	1931992209	55199	{}	[["public","table_289"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000330, 1, true);\nCOPY "public"."table_289" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_289" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000330, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000339	copy	public.table_298	public.table_298	1873643451	53532	{}	[["public","table_298"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000339, 1, true);\nCOPY "public"."table_298" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_298" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000339, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000348	copy	public.table_307	public.table_307	1818715793	51963	{}	[["public","table_307"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000348, 1, true);\nCOPY "public"."table_307" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_307" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000348, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000357	copy	public.table_316	public.table_316	1766916925	50483	{}	[["public","table_316"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000357, 1, true);\nCOPY "public"."table_316" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_316" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000357, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000366	copy	public.table_325	public.table_325	1717986918	49085	{}	[["public","table_325"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000366, 1, true);\nCOPY "public"."table_325" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_325" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000366, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000375	copy	public.table_334	public.table_334	1671693857	47762	{}	[["public","table_334"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000375, 1, true);\nCOPY "public"."table_334" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_334" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000375, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000384	copy	public.table_343	public.table_343	1627830170	46509	{}	[["public","table_343"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000384, 1, true);\nCOPY "public"."table_343" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_343" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000384, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000393	copy	public.table_352	public.table_352	1586209512	45320	{}	[["public","table_352"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000393, 1, true);\nCOPY "public"."table_352" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_352" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000393, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000402	copy	public.table_361	public.table_361	1546664123	44190	{}	[["public","table_361"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000402, 1, true);\nCOPY "public"."table_361" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_361" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000402, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000411	copy	public.table_370	public.table_370	1509042563	43115	{}	[["public","table_370"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000411, 1, true);\nCOPY "public"."table_370" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_370" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000411, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000420	copy	public.table_379	public.table_379	1473207779	42091	{}	[["public","table_379"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000420, 1, true);\nCOPY "public"."table_379" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_379" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000420, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000429	copy	public.table_388	public.table_388	1439035434	41115	{}	[["public","table_388"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000429, 1, true);\nCOPY "public"."table_388" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_388" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000429, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6000438	copy	public.table_397	public.table_397	1406412464	40183	{}	[["public","table_397"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(6000438, 1, true);\nCOPY "public"."table_397" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_397" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(6000438, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
6001739	analyze	analyze public.table_004	public.table_004	0	0	{6000045,6000046,6000049}	[]	ANALYZE "public"."table_004";
6001742	analyze	analyze public.table_007	public.table_007	0	0	{6000051,6000053}	[]	ANALYZE "public"."table_007";
6001745	analyze	analyze public.table_010	public.table_010	0	0	{6000042}	[]	ANALYZE "public"."table_010";
6001754	analyze	analyze public.table_019	public.table_019	0	0	{6000060}	[]	ANALYZE "public"."table_019";
6001763	analyze	analyze public.table_028	public.table_028	0	0	{6000069}	[]	ANALYZE "public"."table_028";
6001772	analyze	analyze public.table_037	public.table_037	0	0	{6000078}	[]	ANALYZE "public"."table_037";
6001781	analyze	analyze public.table_046	public.table_046	0	0	{6000087}	[]	ANALYZE "public"."table_046";
6001790	analyze	analyze public.table_055	public.table_055	0	0	{6000096}	[]	ANALYZE "public"."table_055";
6001799	analyze	analyze public.table_064	public.table_064	0	0	{6000105}	[]	ANALYZE "public"."table_064";
6001808	analyze	analyze public.table_073	public.table_073	0	0	{6000114}	[]	ANALYZE "public"."table_073";
6001817	analyze	analyze public.table_082	public.table_082	0	0	{6000123}	[]	ANALYZE "public"."table_082";
6001826	analyze	analyze public.table_091	public.table_091	0	0	{6000132}	[]	ANALYZE "public"."table_091";
6001835	analyze	analyze public.table_100	public.table_100	0	0	{6000141}	[]	ANALYZE "public"."table_100";
6001844	analyze	analyze public.table_109	public.table_109	0	0	{6000150}	[]	ANALYZE "public"."table_109";
6001853	analyze	analyze public.table_118	public.table_118	0	0	{6000159}	[]	ANALYZE "public"."table_118";
6001862	analyze	analyze public.table_127	public.table_127	0	0	{6000168}	[]	ANALYZE "public"."table_127";
6001871	analyze	analyze public.table_136	public.table_136	0	0	{6000177}	[]	ANALYZE "public"."table_136";
6001880	analyze	analyze public.table_145	public.table_145	0	0	{6000186}	[]	ANALYZE "public"."table_145";
6001889	analyze	analyze public.table_154	public.table_154	0	0	{6000195}	[]	ANALYZE "public"."table_154";
6001898	analyze	analyze public.table_163	public.table_163	0	0	{6000204}	[]	ANALYZE "public"."table_163";
6001907	analyze	analyze public.table_172	public.table_172	0	0	{6000213}	[]	ANALYZE "public"."table_172";
6001916	analyze	analyze public.table_181	public.table_181	0	0	{6000222}	[]	ANALYZE "public"."table_181";
6001925	analyze	analyze public.table_190	public.table_190	0	0	{6000231}	[]	ANALYZE "public"."table_190";
6001934	analyze	analyze public.table_199	public.table_199	0	0	{6000240}	[]	ANALYZE "public"."table_199";
6001943	analyze	analyze public.table_208	public.table_208	0	0	{6000249}	[]	ANALYZE "public"."table_208";
6001952	analyze	analyze public.table_217	public.table_217	0	0	{6000258}	[]	ANALYZE "public"."table_217";
6001961	analyze	analyze public.table_226	public.table_226	0	0	{6000267}	[]	ANALYZE "public"."table_226";
6001970	analyze	analyze public.table_235	public.table_235	0	0	{6000276}	[]	ANALYZE "public"."table_235";
6001979	analyze	analyze public.table_244	public.table_244	0	0	{6000285}	[]	ANALYZE "public"."table_244";
6001988	analyze	analyze public.table_253	public.table_253	0	0	{6000294}	[]	ANALYZE "public"."table_253";
6001997	analyze	analyze public.table_262	public.table_262	0	0	{6000303}	[]	ANALYZE "public"."table_262";
6002006	analyze	analyze public.table_271	public.table_271	0	0	{6000312}	[]	ANALYZE "public"."table_271";
6002015	analyze	analyze public.table_280	public.table_280	0	0	{6000321}	[]	ANALYZE "public"."table_280";
6002024	analyze	analyze public.table_289	public.table_289	0	0	{6000330}	[]	ANALYZE "public"."table_289";
6002033	analyze	analyze public.table_298	public.table_298	0	0	{6000339}	[]	ANALYZE "public"."table_298";
6002042	analyze	analyze public.table_307	public.table_307	0	0	{6000348}	[]	ANALYZE "public"."table_307";
6002051	analyze	analyze public.table_316	public.table_316	0	0	{6000357}	[]	ANALYZE "public"."table_316";
6002060	analyze	analyze public.table_325	public.table_325	0	0	{6000366}	[]	ANALYZE "public"."table_325";
6002069	analyze	analyze public.table_334	public.table_334	0	0	{6000375}	[]	ANALYZE "public"."table_334";
6002078	analyze	analyze public.table_343	public.table_343	0	0	{6000384}	[]	ANALYZE "public"."table_343";
6002087	analyze	analyze public.table_352	public.table_352	0	0	{6000393}	[]	ANALYZE "public"."table_352";
6002096	analyze	analyze public.table_361	public.table_361	0	0	{6000402}	[]	ANALYZE "public"."table_361";
6002105	analyze	analyze public.table_370	public.table_370	0	0	{6000411}	[]	ANALYZE "public"."table_370";
6002114	analyze	analyze public.table_379	public.table_379	0	0	{6000420}	[]	ANALYZE "public"."table_379";
6002123	analyze	analyze public.table_388	public.table_388	0	0	{6000429}	[]	ANALYZE "public"."table_388";
6002132	analyze	analyze public.table_397	public.table_397	0	0	{6000438}	[]	ANALYZE "public"."table_397";
6002133	copy	markers of 1 slot	pgcutover.marker_dms_slot_06	0	0	{}	[["pgcutover","marker_dms_slot_06"]]	SELECT 'SELECT pgcutover.begin_table(6002133, 1, true);\nCOPY "pgcutover"."marker_dms_slot_06" ("id", "token", "source_lsn", "at") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "pgcutover"."marker_dms_slot_06" ("id", "token", "source_lsn", "at") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(6002133, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
\.
INSERT INTO pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
SELECT id, kind, label, relation, bytes, tail, pg_catalog.cardinality(needs), statement FROM item_file;
INSERT INTO pgcutover.item_table (item, seq, schema_name, table_name)
SELECT f.id, t.seq, t.name ->> 0, t.name ->> 1 FROM item_file AS f CROSS JOIN pg_catalog.jsonb_array_elements(f.tables) WITH ORDINALITY AS t (name, seq);
INSERT INTO pgcutover.item_need (needs, item) SELECT n.id, f.id FROM item_file AS f CROSS JOIN pg_catalog.unnest(f.needs) AS n (id);
UPDATE pgcutover.run SET lsn = :'lsn', postmaster_start_time = :'started' WHERE plan = :'plan';

-- What AWS DMS has noted of tasks that are gone, in tables that it makes itself: a new task of the same name would take it for its own. The script that
-- runs this has kept the rows. The history stays.
SELECT pg_catalog.format('DELETE FROM %I.%I WHERE %I = ANY (%L)', n.nspname, c.relname, a.attname, ARRAY['shop-task-06', 'shop-dms-slot-06'])
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('TASK_NAME', 'task_name')
WHERE n.nspname = 'awsdms_control' AND c.relkind IN ('r', 'p') AND c.relname IN ('awsdms_apply_exceptions', 'awsdms_full_load_exceptions', 'awsdms_history', 'awsdms_status', 'awsdms_suspended_tables', 'awsdms_txn_state', 'awsdms_validation_failures_v1', 'awsdms_validation_failures_v2') AND c.relname <> 'awsdms_history' ORDER BY c.relname \gexec

COMMIT;
