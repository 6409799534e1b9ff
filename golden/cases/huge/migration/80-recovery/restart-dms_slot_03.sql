-- 80-recovery/restart-dms_slot_03.sql: Empty the tables of dms_slot_03 and put them back into the ledger; run by 82-restart-slot.sh.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 80-recovery/restart-dms_slot_03.sql

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '80-recovery/restart-dms_slot_03.sql';
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
  pg_catalog.to_regclass('"public"."table_009"')::oid,
  pg_catalog.to_regclass('"public"."table_015"')::oid,
  pg_catalog.to_regclass('"public"."table_017"')::oid,
  pg_catalog.to_regclass('"public"."table_021"')::oid,
  pg_catalog.to_regclass('"public"."table_023"')::oid,
  pg_catalog.to_regclass('"public"."table_024"')::oid,
  pg_catalog.to_regclass('"public"."table_029"')::oid,
  pg_catalog.to_regclass('"public"."table_032"')::oid,
  pg_catalog.to_regclass('"public"."table_035"')::oid,
  pg_catalog.to_regclass('"public"."table_036"')::oid,
  pg_catalog.to_regclass('"public"."table_039"')::oid,
  pg_catalog.to_regclass('"public"."table_040"')::oid,
  pg_catalog.to_regclass('"public"."table_041"')::oid,
  pg_catalog.to_regclass('"public"."table_042"')::oid,
  pg_catalog.to_regclass('"public"."table_044"')::oid,
  pg_catalog.to_regclass('"public"."table_048"')::oid,
  pg_catalog.to_regclass('"public"."table_050"')::oid,
  pg_catalog.to_regclass('"public"."table_057"')::oid,
  pg_catalog.to_regclass('"public"."table_059"')::oid,
  pg_catalog.to_regclass('"public"."table_060"')::oid,
  pg_catalog.to_regclass('"public"."table_061"')::oid,
  pg_catalog.to_regclass('"public"."table_074"')::oid,
  pg_catalog.to_regclass('"public"."table_078"')::oid,
  pg_catalog.to_regclass('"public"."table_085"')::oid,
  pg_catalog.to_regclass('"public"."table_088"')::oid,
  pg_catalog.to_regclass('"public"."table_090"')::oid,
  pg_catalog.to_regclass('"public"."table_095"')::oid,
  pg_catalog.to_regclass('"public"."table_097"')::oid,
  pg_catalog.to_regclass('"public"."table_099"')::oid,
  pg_catalog.to_regclass('"public"."table_101"')::oid,
  pg_catalog.to_regclass('"public"."table_103"')::oid,
  pg_catalog.to_regclass('"public"."table_105"')::oid,
  pg_catalog.to_regclass('"public"."table_106"')::oid,
  pg_catalog.to_regclass('"public"."table_115"')::oid,
  pg_catalog.to_regclass('"public"."table_119"')::oid,
  pg_catalog.to_regclass('"public"."table_121"')::oid,
  pg_catalog.to_regclass('"public"."table_122"')::oid,
  pg_catalog.to_regclass('"public"."table_123"')::oid,
  pg_catalog.to_regclass('"public"."table_124"')::oid,
  pg_catalog.to_regclass('"public"."table_132"')::oid,
  pg_catalog.to_regclass('"public"."table_134"')::oid,
  pg_catalog.to_regclass('"public"."table_138"')::oid,
  pg_catalog.to_regclass('"public"."table_140"')::oid,
  pg_catalog.to_regclass('"public"."table_144"')::oid,
  pg_catalog.to_regclass('"public"."table_148"')::oid,
  pg_catalog.to_regclass('"public"."table_150"')::oid,
  pg_catalog.to_regclass('"public"."table_155"')::oid,
  pg_catalog.to_regclass('"public"."table_165"')::oid,
  pg_catalog.to_regclass('"public"."table_169"')::oid,
  pg_catalog.to_regclass('"public"."table_171"')::oid,
  pg_catalog.to_regclass('"public"."table_173"')::oid,
  pg_catalog.to_regclass('"public"."table_178"')::oid,
  pg_catalog.to_regclass('"public"."table_185"')::oid,
  pg_catalog.to_regclass('"public"."table_189"')::oid,
  pg_catalog.to_regclass('"public"."table_192"')::oid,
  pg_catalog.to_regclass('"public"."table_198"')::oid,
  pg_catalog.to_regclass('"public"."table_200"')::oid,
  pg_catalog.to_regclass('"public"."table_207"')::oid,
  pg_catalog.to_regclass('"public"."table_213"')::oid,
  pg_catalog.to_regclass('"public"."table_214"')::oid,
  pg_catalog.to_regclass('"public"."table_219"')::oid,
  pg_catalog.to_regclass('"public"."table_222"')::oid,
  pg_catalog.to_regclass('"public"."table_224"')::oid,
  pg_catalog.to_regclass('"public"."table_228"')::oid,
  pg_catalog.to_regclass('"public"."table_236"')::oid,
  pg_catalog.to_regclass('"public"."table_240"')::oid,
  pg_catalog.to_regclass('"public"."table_241"')::oid,
  pg_catalog.to_regclass('"public"."table_242"')::oid,
  pg_catalog.to_regclass('"public"."table_246"')::oid,
  pg_catalog.to_regclass('"public"."table_249"')::oid,
  pg_catalog.to_regclass('"public"."table_252"')::oid,
  pg_catalog.to_regclass('"public"."table_257"')::oid,
  pg_catalog.to_regclass('"public"."table_258"')::oid,
  pg_catalog.to_regclass('"public"."table_263"')::oid,
  pg_catalog.to_regclass('"public"."table_268"')::oid,
  pg_catalog.to_regclass('"public"."table_270"')::oid,
  pg_catalog.to_regclass('"public"."table_274"')::oid,
  pg_catalog.to_regclass('"public"."table_283"')::oid,
  pg_catalog.to_regclass('"public"."table_290"')::oid,
  pg_catalog.to_regclass('"public"."table_297"')::oid,
  pg_catalog.to_regclass('"public"."table_300"')::oid,
  pg_catalog.to_regclass('"public"."table_310"')::oid,
  pg_catalog.to_regclass('"public"."table_314"')::oid,
  pg_catalog.to_regclass('"public"."table_315"')::oid,
  pg_catalog.to_regclass('"public"."table_318"')::oid,
  pg_catalog.to_regclass('"public"."table_324"')::oid,
  pg_catalog.to_regclass('"public"."table_328"')::oid,
  pg_catalog.to_regclass('"public"."table_329"')::oid,
  pg_catalog.to_regclass('"public"."table_330"')::oid,
  pg_catalog.to_regclass('"public"."table_332"')::oid,
  pg_catalog.to_regclass('"public"."table_336"')::oid,
  pg_catalog.to_regclass('"public"."table_340"')::oid,
  pg_catalog.to_regclass('"public"."table_342"')::oid,
  pg_catalog.to_regclass('"public"."table_344"')::oid,
  pg_catalog.to_regclass('"public"."table_345"')::oid,
  pg_catalog.to_regclass('"public"."table_346"')::oid,
  pg_catalog.to_regclass('"public"."table_348"')::oid,
  pg_catalog.to_regclass('"public"."table_353"')::oid,
  pg_catalog.to_regclass('"public"."table_355"')::oid,
  pg_catalog.to_regclass('"public"."table_356"')::oid,
  pg_catalog.to_regclass('"public"."table_359"')::oid,
  pg_catalog.to_regclass('"public"."table_362"')::oid,
  pg_catalog.to_regclass('"public"."table_365"')::oid,
  pg_catalog.to_regclass('"public"."table_366"')::oid,
  pg_catalog.to_regclass('"public"."table_367"')::oid,
  pg_catalog.to_regclass('"public"."table_368"')::oid,
  pg_catalog.to_regclass('"public"."table_369"')::oid,
  pg_catalog.to_regclass('"public"."table_371"')::oid,
  pg_catalog.to_regclass('"public"."table_372"')::oid,
  pg_catalog.to_regclass('"public"."table_375"')::oid,
  pg_catalog.to_regclass('"public"."table_376"')::oid,
  pg_catalog.to_regclass('"public"."table_381"')::oid,
  pg_catalog.to_regclass('"public"."table_385"')::oid,
  pg_catalog.to_regclass('"public"."table_387"')::oid,
  pg_catalog.to_regclass('"public"."table_390"')::oid,
  pg_catalog.to_regclass('"public"."table_391"')::oid,
  pg_catalog.to_regclass('"public"."table_395"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_dms_slot_03"')::oid] AS tables) AS mine
WHERE k.contype = 'f' AND k.confrelid = ANY (mine.tables) AND k.conrelid <> ALL (mine.tables) ORDER BY 1;
\quit
\endif
BEGIN;
SET LOCAL lock_timeout = '30s';
TRUNCATE
  ONLY "public"."table_009",
  ONLY "public"."table_015",
  ONLY "public"."table_017",
  ONLY "public"."table_021",
  ONLY "public"."table_023",
  ONLY "public"."table_024",
  ONLY "public"."table_029",
  ONLY "public"."table_032",
  ONLY "public"."table_035",
  ONLY "public"."table_036",
  ONLY "public"."table_039",
  ONLY "public"."table_040",
  ONLY "public"."table_041",
  ONLY "public"."table_042",
  ONLY "public"."table_044",
  ONLY "public"."table_048",
  ONLY "public"."table_050",
  ONLY "public"."table_057",
  ONLY "public"."table_059",
  ONLY "public"."table_060",
  ONLY "public"."table_061",
  ONLY "public"."table_074",
  ONLY "public"."table_078",
  ONLY "public"."table_085",
  ONLY "public"."table_088",
  ONLY "public"."table_090",
  ONLY "public"."table_095",
  ONLY "public"."table_097",
  ONLY "public"."table_099",
  ONLY "public"."table_101",
  ONLY "public"."table_103",
  ONLY "public"."table_105",
  ONLY "public"."table_106",
  ONLY "public"."table_115",
  ONLY "public"."table_119",
  ONLY "public"."table_121",
  ONLY "public"."table_122",
  ONLY "public"."table_123",
  ONLY "public"."table_124",
  ONLY "public"."table_132",
  ONLY "public"."table_134",
  ONLY "public"."table_138",
  ONLY "public"."table_140",
  ONLY "public"."table_144",
  ONLY "public"."table_148",
  ONLY "public"."table_150",
  ONLY "public"."table_155",
  ONLY "public"."table_165",
  ONLY "public"."table_169",
  ONLY "public"."table_171",
  ONLY "public"."table_173",
  ONLY "public"."table_178",
  ONLY "public"."table_185",
  ONLY "public"."table_189",
  ONLY "public"."table_192",
  ONLY "public"."table_198",
  ONLY "public"."table_200",
  ONLY "public"."table_207",
  ONLY "public"."table_213",
  ONLY "public"."table_214",
  ONLY "public"."table_219",
  ONLY "public"."table_222",
  ONLY "public"."table_224",
  ONLY "public"."table_228",
  ONLY "public"."table_236",
  ONLY "public"."table_240",
  ONLY "public"."table_241",
  ONLY "public"."table_242",
  ONLY "public"."table_246",
  ONLY "public"."table_249",
  ONLY "public"."table_252",
  ONLY "public"."table_257",
  ONLY "public"."table_258",
  ONLY "public"."table_263",
  ONLY "public"."table_268",
  ONLY "public"."table_270",
  ONLY "public"."table_274",
  ONLY "public"."table_283",
  ONLY "public"."table_290",
  ONLY "public"."table_297",
  ONLY "public"."table_300",
  ONLY "public"."table_310",
  ONLY "public"."table_314",
  ONLY "public"."table_315",
  ONLY "public"."table_318",
  ONLY "public"."table_324",
  ONLY "public"."table_328",
  ONLY "public"."table_329",
  ONLY "public"."table_330",
  ONLY "public"."table_332",
  ONLY "public"."table_336",
  ONLY "public"."table_340",
  ONLY "public"."table_342",
  ONLY "public"."table_344",
  ONLY "public"."table_345",
  ONLY "public"."table_346",
  ONLY "public"."table_348",
  ONLY "public"."table_353",
  ONLY "public"."table_355",
  ONLY "public"."table_356",
  ONLY "public"."table_359",
  ONLY "public"."table_362",
  ONLY "public"."table_365",
  ONLY "public"."table_366",
  ONLY "public"."table_367",
  ONLY "public"."table_368",
  ONLY "public"."table_369",
  ONLY "public"."table_371",
  ONLY "public"."table_372",
  ONLY "public"."table_375",
  ONLY "public"."table_376",
  ONLY "public"."table_381",
  ONLY "public"."table_385",
  ONLY "public"."table_387",
  ONLY "public"."table_390",
  ONLY "public"."table_391",
  ONLY "public"."table_395",
  ONLY "pgcutover"."marker_dms_slot_03";

-- The items of an earlier restart of this slot make room; those of the first load stay as they are, done.
DELETE FROM pgcutover.item_need WHERE item BETWEEN 3000000 AND 3999999 OR needs BETWEEN 3000000 AND 3999999;
DELETE FROM pgcutover.item_table WHERE item BETWEEN 3000000 AND 3999999;
DELETE FROM pgcutover.item WHERE id BETWEEN 3000000 AND 3999999;

CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
3000011	copy	public.table_009	public.table_009	62038416497	1772526	{}	[["public","table_009"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000011, 1, true);\nCOPY "public"."table_009" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_009" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000011, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000054	copy	public.table_015	public.table_015	37223049898	1063515	{}	[["public","table_015"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000054, 1, true);\nCOPY "public"."table_015" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_015" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000054, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000058	copy	public.table_017	public.table_017	32843867557	938396	{}	[["public","table_017"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000058, 1, true);\nCOPY "public"."table_017" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_017" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000058, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000062	copy	public.table_021	public.table_021	26587892784	759654	{}	[["public","table_021"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000062, 1, true);\nCOPY "public"."table_021" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_021" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000062, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000064	copy	public.table_023	public.table_023	24275902107	693597	{}	[["public","table_023"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000064, 1, true);\nCOPY "public"."table_023" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_023" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000064, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000065	copy	public.table_024	public.table_024	23264406186	664697	{}	[["public","table_024"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000065, 1, true);\nCOPY "public"."table_024" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_024" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000065, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000070	copy	public.table_029	public.table_029	19253301671	550094	{}	[["public","table_029"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000070, 1, true);\nCOPY "public"."table_029" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_029" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000070, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000073	copy	public.table_032	public.table_032	17448304640	498522	{}	[["public","table_032"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000073, 1, true);\nCOPY "public"."table_032" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_032" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000073, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000076	copy	public.table_035	public.table_035	15952735670	455792	{}	[["public","table_035"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000076, 1, true);\nCOPY "public"."table_035" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_035" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000076, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000077	copy	public.table_036	public.table_036	15509604124	443131	{}	[["public","table_036"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000077, 1, true);\nCOPY "public"."table_036" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_036" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000077, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000080	copy	public.table_039	public.table_039	14316557653	409044	{}	[["public","table_039"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000080, 1, true);\nCOPY "public"."table_039" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_039" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000080, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000081	copy	public.table_040	public.table_040	13958643712	398818	{}	[["public","table_040"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000081, 1, true);\nCOPY "public"."table_040" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_040" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000081, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000082	copy	public.table_041	public.table_041	13618188987	389091	{}	[["public","table_041"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000082, 1, true);\nCOPY "public"."table_041" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_041" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000082, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000083	copy	public.table_042	public.table_042	13293946392	379827	{}	[["public","table_042"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000083, 1, true);\nCOPY "public"."table_042" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_042" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000083, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000085	copy	public.table_044	public.table_044	12689676101	362562	{}	[["public","table_044"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000085, 1, true);\nCOPY "public"."table_044" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_044" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000085, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000089	copy	public.table_048	public.table_048	11632203093	332348	{}	[["public","table_048"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000089, 1, true);\nCOPY "public"."table_048" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_048" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000089, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000091	copy	public.table_050	public.table_050	11166914969	319054	{}	[["public","table_050"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000091, 1, true);\nCOPY "public"."table_050" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_050" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000091, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000098	copy	public.table_057	public.table_057	9795539447	279872	{}	[["public","table_057"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000098, 1, true);\nCOPY "public"."table_057" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_057" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000098, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000100	copy	public.table_059	public.table_059	9463487262	270385	{}	[["public","table_059"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000100, 1, true);\nCOPY "public"."table_059" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_059" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000100, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000101	copy	public.table_060	public.table_060	9305762474	265878	{}	[["public","table_060"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000101, 1, true);\nCOPY "public"."table_060" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_060" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000101, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000102	copy	public.table_061	public.table_061	9153208991	261520	{}	[["public","table_061"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000102, 1, true);\nCOPY "public"."table_061" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_061" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000102, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000115	copy	public.table_074	public.table_074	7545212817	215577	{}	[["public","table_074"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000115, 1, true);\nCOPY "public"."table_074" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_074" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000115, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000119	copy	public.table_078	public.table_078	7158278826	204522	{}	[["public","table_078"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000119, 1, true);\nCOPY "public"."table_078" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_078" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000119, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000126	copy	public.table_085	public.table_085	6568773511	187679	{}	[["public","table_085"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000126, 1, true);\nCOPY "public"."table_085" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_085" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000126, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000129	copy	public.table_088	public.table_088	6344838050	181281	{}	[["public","table_088"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000129, 1, true);\nCOPY "public"."table_088" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_088" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000129, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000131	copy	public.table_090	public.table_090	6203841649	177252	{}	[["public","table_090"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000131, 1, true);\nCOPY "public"."table_090" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_090" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000131, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000136	copy	public.table_095	public.table_095	5877323668	167923	{}	[["public","table_095"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000136, 1, true);\nCOPY "public"."table_095" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_095" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000136, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000138	copy	public.table_097	public.table_097	5756141736	164461	{}	[["public","table_097"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000138, 1, true);\nCOPY "public"."table_097" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_097" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000138, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000140	copy	public.table_099	public.table_099	5639856045	161138	{}	[["public","table_099"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000140, 1, true);\nCOPY "public"."table_099" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_099" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000140, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000142	copy	public.table_101	public.table_101	5528175727	157947	{}	[["public","table_101"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000142, 1, true);\nCOPY "public"."table_101" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_101" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000142, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000144	copy	public.table_103	public.table_103	5420832509	154880	{}	[["public","table_103"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000144, 1, true);\nCOPY "public"."table_103" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_103" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000144, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000146	copy	public.table_105	public.table_105	5317578556	151930	{}	[["public","table_105"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000146, 1, true);\nCOPY "public"."table_105" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_105" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000146, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000147	copy	public.table_106	public.table_106	5267412721	150497	{}	[["public","table_106"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000147, 1, true);\nCOPY "public"."table_106" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_106" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000147, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000156	copy	public.table_115	public.table_115	4855180421	138719	{}	[["public","table_115"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000156, 1, true);\nCOPY "public"."table_115" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_115" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000156, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000160	copy	public.table_119	public.table_119	4691981079	134056	{}	[["public","table_119"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000160, 1, true);\nCOPY "public"."table_119" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_119" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000160, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000162	copy	public.table_121	public.table_121	4614427673	131840	{}	[["public","table_121"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000162, 1, true);\nCOPY "public"."table_121" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_121" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000162, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000163	copy	public.table_122	public.table_122	4576604495	130760	{}	[["public","table_122"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000163, 1, true);\nCOPY "public"."table_122" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_122" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000163, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000164	copy	public.table_123	public.table_123	4539396329	129697	{}	[["public","table_123"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000164, 1, true);\nCOPY "public"."table_123" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_123" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000164, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000165	copy	public.table_124	public.table_124	4502788294	128651	{}	[["public","table_124"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000165, 1, true);\nCOPY "public"."table_124" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_124" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000165, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000173	copy	public.table_132	public.table_132	4229892033	120854	{}	[["public","table_132"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000173, 1, true);\nCOPY "public"."table_132" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_132" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000173, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000175	copy	public.table_134	public.table_134	4166759317	119050	{}	[["public","table_134"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000175, 1, true);\nCOPY "public"."table_134" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_134" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000175, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000179	copy	public.table_138	public.table_138	4045983684	115599	{}	[["public","table_138"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000179, 1, true);\nCOPY "public"."table_138" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_138" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000179, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000181	copy	public.table_140	public.table_140	3988183917	113948	{}	[["public","table_140"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000181, 1, true);\nCOPY "public"."table_140" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_140" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000181, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000185	copy	public.table_144	public.table_144	3877401031	110782	{}	[["public","table_144"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000185, 1, true);\nCOPY "public"."table_144" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_144" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000185, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000189	copy	public.table_148	public.table_148	3772606408	107788	{}	[["public","table_148"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000189, 1, true);\nCOPY "public"."table_148" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_148" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000189, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000191	copy	public.table_150	public.table_150	3722304989	106351	{}	[["public","table_150"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000191, 1, true);\nCOPY "public"."table_150" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_150" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000191, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000196	copy	public.table_155	public.table_155	3602230635	102920	{}	[["public","table_155"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000196, 1, true);\nCOPY "public"."table_155" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_155" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000196, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000206	copy	public.table_165	public.table_165	3383913627	96683	{}	[["public","table_165"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000206, 1, true);\nCOPY "public"."table_165" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_165" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000206, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000210	copy	public.table_169	public.table_169	3303820996	94394	{}	[["public","table_169"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000210, 1, true);\nCOPY "public"."table_169" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_169" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000210, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000212	copy	public.table_171	public.table_171	3265179815	93290	{}	[["public","table_171"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000212, 1, true);\nCOPY "public"."table_171" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_171" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000212, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000214	copy	public.table_173	public.table_173	3227432072	92212	{}	[["public","table_173"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000214, 1, true);\nCOPY "public"."table_173" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_173" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000214, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000219	copy	public.table_178	public.table_178	3136773867	89622	{}	[["public","table_178"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000219, 1, true);\nCOPY "public"."table_178" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_178" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000219, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000226	copy	public.table_185	public.table_185	3018085126	86231	{}	[["public","table_185"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000226, 1, true);\nCOPY "public"."table_185" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_185" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000226, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000230	copy	public.table_189	public.table_189	2954210309	84406	{}	[["public","table_189"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000230, 1, true);\nCOPY "public"."table_189" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_189" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000230, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000233	copy	public.table_192	public.table_192	2908050773	83087	{}	[["public","table_192"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000233, 1, true);\nCOPY "public"."table_192" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_192" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000233, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000239	copy	public.table_198	public.table_198	2819928022	80569	{}	[["public","table_198"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000239, 1, true);\nCOPY "public"."table_198" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_198" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000239, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000241	copy	public.table_200	public.table_200	2791728742	79763	{}	[["public","table_200"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000241, 1, true);\nCOPY "public"."table_200" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_200" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000241, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000248	copy	public.table_207	public.table_207	2697322456	77066	{}	[["public","table_207"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000248, 1, true);\nCOPY "public"."table_207" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_207" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000248, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000254	copy	public.table_213	public.table_213	2621341542	74895	{}	[["public","table_213"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000254, 1, true);\nCOPY "public"."table_213" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_213" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000254, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000255	copy	public.table_214	public.table_214	2609092282	74545	{}	[["public","table_214"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000255, 1, true);\nCOPY "public"."table_214" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_214" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000255, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000260	copy	public.table_219	public.table_219	2549523965	72843	{}	[["public","table_219"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000260, 1, true);\nCOPY "public"."table_219" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_219" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000260, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000263	copy	public.table_222	public.table_222	2515070939	71859	{}	[["public","table_222"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000263, 1, true);\nCOPY "public"."table_222" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_222" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000263, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000265	copy	public.table_224	public.table_224	2492614948	71217	{}	[["public","table_224"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000265, 1, true);\nCOPY "public"."table_224" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_224" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000265, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000269	copy	public.table_228	public.table_228	2448884861	69968	{}	[["public","table_228"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000269, 1, true);\nCOPY "public"."table_228" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_228" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000269, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000277	copy	public.table_236	public.table_236	2365871815	67596	{}	[["public","table_236"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000277, 1, true);\nCOPY "public"."table_236" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_236" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000277, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000281	copy	public.table_240	public.table_240	2326440618	66469	{}	[["public","table_240"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000281, 1, true);\nCOPY "public"."table_240" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_240" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000281, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000282	copy	public.table_241	public.table_241	2316787338	66193	{}	[["public","table_241"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000282, 1, true);\nCOPY "public"."table_241" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_241" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000282, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000283	copy	public.table_242	public.table_242	2307213836	65920	{}	[["public","table_242"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000283, 1, true);\nCOPY "public"."table_242" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_242" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000283, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000287	copy	public.table_246	public.table_246	2269698164	64848	{}	[["public","table_246"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000287, 1, true);\nCOPY "public"."table_246" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_246" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000287, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000290	copy	public.table_249	public.table_249	2242352403	64067	{}	[["public","table_249"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000290, 1, true);\nCOPY "public"."table_249" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_249" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000290, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000293	copy	public.table_252	public.table_252	2215657732	63304	{}	[["public","table_252"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000293, 1, true);\nCOPY "public"."table_252" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_252" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000293, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000298	copy	public.table_257	public.table_257	2172551550	62072	{}	[["public","table_257"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000298, 1, true);\nCOPY "public"."table_257" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_257" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000298, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000299	copy	public.table_258	public.table_258	2164130808	61832	{}	[["public","table_258"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000299, 1, true);\nCOPY "public"."table_258" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_258" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000299, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000304	copy	public.table_263	public.table_263	2122987636	60656	{}	[["public","table_263"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000304, 1, true);\nCOPY "public"."table_263" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_263" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000304, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000309	copy	public.table_268	public.table_268	2083379658	59525	{}	[["public","table_268"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000309, 1, true);\nCOPY "public"."table_268" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_268" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000309, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000311	copy	public.table_270	public.table_270	2067947216	59084	{}	[["public","table_270"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000311, 1, true);\nCOPY "public"."table_270" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_270" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000311, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000315	copy	public.table_274	public.table_274	2037758206	58221	{}	[["public","table_274"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000315, 1, true);\nCOPY "public"."table_274" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_274" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000315, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000324	copy	public.table_283	public.table_283	1972953174	56370	{}	[["public","table_283"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000324, 1, true);\nCOPY "public"."table_283" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_283" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000324, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000331	copy	public.table_290	public.table_290	1925330167	55009	{}	[["public","table_290"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000331, 1, true);\nCOPY "public"."table_290" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_290" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000331, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000338	copy	public.table_297	public.table_297	1879952015	53712	{}	[["public","table_297"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000338, 1, true);\nCOPY "public"."table_297" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_297" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000338, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000341	copy	public.table_300	public.table_300	1861152494	53175	{}	[["public","table_300"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000341, 1, true);\nCOPY "public"."table_300" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_300" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000341, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000351	copy	public.table_310	public.table_310	1801115317	51460	{}	[["public","table_310"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000351, 1, true);\nCOPY "public"."table_310" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_310" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000351, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000355	copy	public.table_314	public.table_314	1778171173	50804	{}	[["public","table_314"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000355, 1, true);\nCOPY "public"."table_314" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_314" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000355, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000356	copy	public.table_315	public.table_315	1772526185	50643	{}	[["public","table_315"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000356, 1, true);\nCOPY "public"."table_315" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_315" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000356, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000359	copy	public.table_318	public.table_318	1755804240	50165	{}	[["public","table_318"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000359, 1, true);\nCOPY "public"."table_318" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_318" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000359, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000365	copy	public.table_324	public.table_324	1723289347	49236	{}	[["public","table_324"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000365, 1, true);\nCOPY "public"."table_324" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_324" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000365, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000369	copy	public.table_328	public.table_328	1702273623	48636	{}	[["public","table_328"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000369, 1, true);\nCOPY "public"."table_328" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_328" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000369, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000370	copy	public.table_329	public.table_329	1697099539	48488	{}	[["public","table_329"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000370, 1, true);\nCOPY "public"."table_329" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_329" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000370, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000371	copy	public.table_330	public.table_330	1691956813	48341	{}	[["public","table_330"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000371, 1, true);\nCOPY "public"."table_330" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_330" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000371, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000373	copy	public.table_332	public.table_332	1681764302	48050	{}	[["public","table_332"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000373, 1, true);\nCOPY "public"."table_332" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_332" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000373, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000377	copy	public.table_336	public.table_336	1661743299	47478	{}	[["public","table_336"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000377, 1, true);\nCOPY "public"."table_336" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_336" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000377, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000381	copy	public.table_340	public.table_340	1642193377	46919	{}	[["public","table_340"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000381, 1, true);\nCOPY "public"."table_340" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_340" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000381, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000383	copy	public.table_342	public.table_342	1632589907	46645	{}	[["public","table_342"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000383, 1, true);\nCOPY "public"."table_342" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_342" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000383, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000385	copy	public.table_344	public.table_344	1623098106	46374	{}	[["public","table_344"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000385, 1, true);\nCOPY "public"."table_344" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_344" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000385, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000386	copy	public.table_345	public.table_345	1618393473	46239	{}	[["public","table_345"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000386, 1, true);\nCOPY "public"."table_345" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_345" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000386, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000387	copy	public.table_346	public.table_346	1613716036	46106	{}	[["public","table_346"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000387, 1, true);\nCOPY "public"."table_346" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_346" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000387, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000389	copy	public.table_348	public.table_348	1604441805	45841	{}	[["public","table_348"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000389, 1, true);\nCOPY "public"."table_348" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_348" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000389, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000394	copy	public.table_353	public.table_353	1581716001	45191	{}	[["public","table_353"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000394, 1, true);\nCOPY "public"."table_353" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_353" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000394, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000396	copy	public.table_355	public.table_355	1572804925	44937	{}	[["public","table_355"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000396, 1, true);\nCOPY "public"."table_355" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_355" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000396, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000397	copy	public.table_356	public.table_356	1568386933	44811	{}	[["public","table_356"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000397, 1, true);\nCOPY "public"."table_356" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_356" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000397, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000400	copy	public.table_359	public.table_359	1555280636	44436	{}	[["public","table_359"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000400, 1, true);\nCOPY "public"."table_359" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_359" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000400, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000403	copy	public.table_362	public.table_362	1542391570	44068	{}	[["public","table_362"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000403, 1, true);\nCOPY "public"."table_362" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_362" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000403, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000406	copy	public.table_365	public.table_365	1529714379	43706	{}	[["public","table_365"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000406, 1, true);\nCOPY "public"."table_365" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_365" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000406, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000407	copy	public.table_366	public.table_366	1525534831	43586	{}	[["public","table_366"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000407, 1, true);\nCOPY "public"."table_366" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_366" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000407, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000408	copy	public.table_367	public.table_367	1521378061	43467	{}	[["public","table_367"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000408, 1, true);\nCOPY "public"."table_367" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_367" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000408, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000409	copy	public.table_368	public.table_368	1517243881	43349	{}	[["public","table_368"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000409, 1, true);\nCOPY "public"."table_368" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_368" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000409, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000410	copy	public.table_369	public.table_369	1513132109	43232	{}	[["public","table_369"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000410, 1, true);\nCOPY "public"."table_369" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_369" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000410, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000412	copy	public.table_371	public.table_371	1504975063	42999	{}	[["public","table_371"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000412, 1, true);\nCOPY "public"."table_371" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_371" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000412, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000413	copy	public.table_372	public.table_372	1500929431	42883	{}	[["public","table_372"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000413, 1, true);\nCOPY "public"."table_372" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_372" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000413, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000416	copy	public.table_375	public.table_375	1488921995	42540	{}	[["public","table_375"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000416, 1, true);\nCOPY "public"."table_375" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_375" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000416, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000417	copy	public.table_376	public.table_376	1484962097	42427	{}	[["public","table_376"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000417, 1, true);\nCOPY "public"."table_376" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_376" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000417, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000422	copy	public.table_381	public.table_381	1465474405	41870	{}	[["public","table_381"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000422, 1, true);\nCOPY "public"."table_381" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_381" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000422, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000426	copy	public.table_385	public.table_385	1450248697	41435	{}	[["public","table_385"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000426, 1, true);\nCOPY "public"."table_385" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_385" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000426, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000428	copy	public.table_387	public.table_387	1442753872	41221	{}	[["public","table_387"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000428, 1, true);\nCOPY "public"."table_387" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_387" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000428, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000431	copy	public.table_390	public.table_390	1431655765	40904	{}	[["public","table_390"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000431, 1, true);\nCOPY "public"."table_390" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_390" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000431, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000432	copy	public.table_391	public.table_391	1427994241	40799	{}	[["public","table_391"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000432, 1, true);\nCOPY "public"."table_391" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_391" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000432, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3000436	copy	public.table_395	public.table_395	1413533540	40386	{}	[["public","table_395"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(3000436, 1, true);\nCOPY "public"."table_395" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_395" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(3000436, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
3001744	analyze	analyze public.table_009	public.table_009	0	0	{3000011}	[]	ANALYZE "public"."table_009";
3001750	analyze	analyze public.table_015	public.table_015	0	0	{3000054}	[]	ANALYZE "public"."table_015";
3001752	analyze	analyze public.table_017	public.table_017	0	0	{3000058}	[]	ANALYZE "public"."table_017";
3001756	analyze	analyze public.table_021	public.table_021	0	0	{3000062}	[]	ANALYZE "public"."table_021";
3001758	analyze	analyze public.table_023	public.table_023	0	0	{3000064}	[]	ANALYZE "public"."table_023";
3001759	analyze	analyze public.table_024	public.table_024	0	0	{3000065}	[]	ANALYZE "public"."table_024";
3001764	analyze	analyze public.table_029	public.table_029	0	0	{3000070}	[]	ANALYZE "public"."table_029";
3001767	analyze	analyze public.table_032	public.table_032	0	0	{3000073}	[]	ANALYZE "public"."table_032";
3001770	analyze	analyze public.table_035	public.table_035	0	0	{3000076}	[]	ANALYZE "public"."table_035";
3001771	analyze	analyze public.table_036	public.table_036	0	0	{3000077}	[]	ANALYZE "public"."table_036";
3001774	analyze	analyze public.table_039	public.table_039	0	0	{3000080}	[]	ANALYZE "public"."table_039";
3001775	analyze	analyze public.table_040	public.table_040	0	0	{3000081}	[]	ANALYZE "public"."table_040";
3001776	analyze	analyze public.table_041	public.table_041	0	0	{3000082}	[]	ANALYZE "public"."table_041";
3001777	analyze	analyze public.table_042	public.table_042	0	0	{3000083}	[]	ANALYZE "public"."table_042";
3001779	analyze	analyze public.table_044	public.table_044	0	0	{3000085}	[]	ANALYZE "public"."table_044";
3001783	analyze	analyze public.table_048	public.table_048	0	0	{3000089}	[]	ANALYZE "public"."table_048";
3001785	analyze	analyze public.table_050	public.table_050	0	0	{3000091}	[]	ANALYZE "public"."table_050";
3001792	analyze	analyze public.table_057	public.table_057	0	0	{3000098}	[]	ANALYZE "public"."table_057";
3001794	analyze	analyze public.table_059	public.table_059	0	0	{3000100}	[]	ANALYZE "public"."table_059";
3001795	analyze	analyze public.table_060	public.table_060	0	0	{3000101}	[]	ANALYZE "public"."table_060";
3001796	analyze	analyze public.table_061	public.table_061	0	0	{3000102}	[]	ANALYZE "public"."table_061";
3001809	analyze	analyze public.table_074	public.table_074	0	0	{3000115}	[]	ANALYZE "public"."table_074";
3001813	analyze	analyze public.table_078	public.table_078	0	0	{3000119}	[]	ANALYZE "public"."table_078";
3001820	analyze	analyze public.table_085	public.table_085	0	0	{3000126}	[]	ANALYZE "public"."table_085";
3001823	analyze	analyze public.table_088	public.table_088	0	0	{3000129}	[]	ANALYZE "public"."table_088";
3001825	analyze	analyze public.table_090	public.table_090	0	0	{3000131}	[]	ANALYZE "public"."table_090";
3001830	analyze	analyze public.table_095	public.table_095	0	0	{3000136}	[]	ANALYZE "public"."table_095";
3001832	analyze	analyze public.table_097	public.table_097	0	0	{3000138}	[]	ANALYZE "public"."table_097";
3001834	analyze	analyze public.table_099	public.table_099	0	0	{3000140}	[]	ANALYZE "public"."table_099";
3001836	analyze	analyze public.table_101	public.table_101	0	0	{3000142}	[]	ANALYZE "public"."table_101";
3001838	analyze	analyze public.table_103	public.table_103	0	0	{3000144}	[]	ANALYZE "public"."table_103";
3001840	analyze	analyze public.table_105	public.table_105	0	0	{3000146}	[]	ANALYZE "public"."table_105";
3001841	analyze	analyze public.table_106	public.table_106	0	0	{3000147}	[]	ANALYZE "public"."table_106";
3001850	analyze	analyze public.table_115	public.table_115	0	0	{3000156}	[]	ANALYZE "public"."table_115";
3001854	analyze	analyze public.table_119	public.table_119	0	0	{3000160}	[]	ANALYZE "public"."table_119";
3001856	analyze	analyze public.table_121	public.table_121	0	0	{3000162}	[]	ANALYZE "public"."table_121";
3001857	analyze	analyze public.table_122	public.table_122	0	0	{3000163}	[]	ANALYZE "public"."table_122";
3001858	analyze	analyze public.table_123	public.table_123	0	0	{3000164}	[]	ANALYZE "public"."table_123";
3001859	analyze	analyze public.table_124	public.table_124	0	0	{3000165}	[]	ANALYZE "public"."table_124";
3001867	analyze	analyze public.table_132	public.table_132	0	0	{3000173}	[]	ANALYZE "public"."table_132";
3001869	analyze	analyze public.table_134	public.table_134	0	0	{3000175}	[]	ANALYZE "public"."table_134";
3001873	analyze	analyze public.table_138	public.table_138	0	0	{3000179}	[]	ANALYZE "public"."table_138";
3001875	analyze	analyze public.table_140	public.table_140	0	0	{3000181}	[]	ANALYZE "public"."table_140";
3001879	analyze	analyze public.table_144	public.table_144	0	0	{3000185}	[]	ANALYZE "public"."table_144";
3001883	analyze	analyze public.table_148	public.table_148	0	0	{3000189}	[]	ANALYZE "public"."table_148";
3001885	analyze	analyze public.table_150	public.table_150	0	0	{3000191}	[]	ANALYZE "public"."table_150";
3001890	analyze	analyze public.table_155	public.table_155	0	0	{3000196}	[]	ANALYZE "public"."table_155";
3001900	analyze	analyze public.table_165	public.table_165	0	0	{3000206}	[]	ANALYZE "public"."table_165";
3001904	analyze	analyze public.table_169	public.table_169	0	0	{3000210}	[]	ANALYZE "public"."table_169";
3001906	analyze	analyze public.table_171	public.table_171	0	0	{3000212}	[]	ANALYZE "public"."table_171";
3001908	analyze	analyze public.table_173	public.table_173	0	0	{3000214}	[]	ANALYZE "public"."table_173";
3001913	analyze	analyze public.table_178	public.table_178	0	0	{3000219}	[]	ANALYZE "public"."table_178";
3001920	analyze	analyze public.table_185	public.table_185	0	0	{3000226}	[]	ANALYZE "public"."table_185";
3001924	analyze	analyze public.table_189	public.table_189	0	0	{3000230}	[]	ANALYZE "public"."table_189";
3001927	analyze	analyze public.table_192	public.table_192	0	0	{3000233}	[]	ANALYZE "public"."table_192";
3001933	analyze	analyze public.table_198	public.table_198	0	0	{3000239}	[]	ANALYZE "public"."table_198";
3001935	analyze	analyze public.table_200	public.table_200	0	0	{3000241}	[]	ANALYZE "public"."table_200";
3001942	analyze	analyze public.table_207	public.table_207	0	0	{3000248}	[]	ANALYZE "public"."table_207";
3001948	analyze	analyze public.table_213	public.table_213	0	0	{3000254}	[]	ANALYZE "public"."table_213";
3001949	analyze	analyze public.table_214	public.table_214	0	0	{3000255}	[]	ANALYZE "public"."table_214";
3001954	analyze	analyze public.table_219	public.table_219	0	0	{3000260}	[]	ANALYZE "public"."table_219";
3001957	analyze	analyze public.table_222	public.table_222	0	0	{3000263}	[]	ANALYZE "public"."table_222";
3001959	analyze	analyze public.table_224	public.table_224	0	0	{3000265}	[]	ANALYZE "public"."table_224";
3001963	analyze	analyze public.table_228	public.table_228	0	0	{3000269}	[]	ANALYZE "public"."table_228";
3001971	analyze	analyze public.table_236	public.table_236	0	0	{3000277}	[]	ANALYZE "public"."table_236";
3001975	analyze	analyze public.table_240	public.table_240	0	0	{3000281}	[]	ANALYZE "public"."table_240";
3001976	analyze	analyze public.table_241	public.table_241	0	0	{3000282}	[]	ANALYZE "public"."table_241";
3001977	analyze	analyze public.table_242	public.table_242	0	0	{3000283}	[]	ANALYZE "public"."table_242";
3001981	analyze	analyze public.table_246	public.table_246	0	0	{3000287}	[]	ANALYZE "public"."table_246";
3001984	analyze	analyze public.table_249	public.table_249	0	0	{3000290}	[]	ANALYZE "public"."table_249";
3001987	analyze	analyze public.table_252	public.table_252	0	0	{3000293}	[]	ANALYZE "public"."table_252";
3001992	analyze	analyze public.table_257	public.table_257	0	0	{3000298}	[]	ANALYZE "public"."table_257";
3001993	analyze	analyze public.table_258	public.table_258	0	0	{3000299}	[]	ANALYZE "public"."table_258";
3001998	analyze	analyze public.table_263	public.table_263	0	0	{3000304}	[]	ANALYZE "public"."table_263";
3002003	analyze	analyze public.table_268	public.table_268	0	0	{3000309}	[]	ANALYZE "public"."table_268";
3002005	analyze	analyze public.table_270	public.table_270	0	0	{3000311}	[]	ANALYZE "public"."table_270";
3002009	analyze	analyze public.table_274	public.table_274	0	0	{3000315}	[]	ANALYZE "public"."table_274";
3002018	analyze	analyze public.table_283	public.table_283	0	0	{3000324}	[]	ANALYZE "public"."table_283";
3002025	analyze	analyze public.table_290	public.table_290	0	0	{3000331}	[]	ANALYZE "public"."table_290";
3002032	analyze	analyze public.table_297	public.table_297	0	0	{3000338}	[]	ANALYZE "public"."table_297";
3002035	analyze	analyze public.table_300	public.table_300	0	0	{3000341}	[]	ANALYZE "public"."table_300";
3002045	analyze	analyze public.table_310	public.table_310	0	0	{3000351}	[]	ANALYZE "public"."table_310";
3002049	analyze	analyze public.table_314	public.table_314	0	0	{3000355}	[]	ANALYZE "public"."table_314";
3002050	analyze	analyze public.table_315	public.table_315	0	0	{3000356}	[]	ANALYZE "public"."table_315";
3002053	analyze	analyze public.table_318	public.table_318	0	0	{3000359}	[]	ANALYZE "public"."table_318";
3002059	analyze	analyze public.table_324	public.table_324	0	0	{3000365}	[]	ANALYZE "public"."table_324";
3002063	analyze	analyze public.table_328	public.table_328	0	0	{3000369}	[]	ANALYZE "public"."table_328";
3002064	analyze	analyze public.table_329	public.table_329	0	0	{3000370}	[]	ANALYZE "public"."table_329";
3002065	analyze	analyze public.table_330	public.table_330	0	0	{3000371}	[]	ANALYZE "public"."table_330";
3002067	analyze	analyze public.table_332	public.table_332	0	0	{3000373}	[]	ANALYZE "public"."table_332";
3002071	analyze	analyze public.table_336	public.table_336	0	0	{3000377}	[]	ANALYZE "public"."table_336";
3002075	analyze	analyze public.table_340	public.table_340	0	0	{3000381}	[]	ANALYZE "public"."table_340";
3002077	analyze	analyze public.table_342	public.table_342	0	0	{3000383}	[]	ANALYZE "public"."table_342";
3002079	analyze	analyze public.table_344	public.table_344	0	0	{3000385}	[]	ANALYZE "public"."table_344";
3002080	analyze	analyze public.table_345	public.table_345	0	0	{3000386}	[]	ANALYZE "public"."table_345";
3002081	analyze	analyze public.table_346	public.table_346	0	0	{3000387}	[]	ANALYZE "public"."table_346";
3002083	analyze	analyze public.table_348	public.table_348	0	0	{3000389}	[]	ANALYZE "public"."table_348";
3002088	analyze	analyze public.table_353	public.table_353	0	0	{3000394}	[]	ANALYZE "public"."table_353";
3002090	analyze	analyze public.table_355	public.table_355	0	0	{3000396}	[]	ANALYZE "public"."table_355";
3002091	analyze	analyze public.table_356	public.table_356	0	0	{3000397}	[]	ANALYZE "public"."table_356";
3002094	analyze	analyze public.table_359	public.table_359	0	0	{3000400}	[]	ANALYZE "public"."table_359";
3002097	analyze	analyze public.table_362	public.table_362	0	0	{3000403}	[]	ANALYZE "public"."table_362";
3002100	analyze	analyze public.table_365	public.table_365	0	0	{3000406}	[]	ANALYZE "public"."table_365";
3002101	analyze	analyze public.table_366	public.table_366	0	0	{3000407}	[]	ANALYZE "public"."table_366";
3002102	analyze	analyze public.table_367	public.table_367	0	0	{3000408}	[]	ANALYZE "public"."table_367";
3002103	analyze	analyze public.table_368	public.table_368	0	0	{3000409}	[]	ANALYZE "public"."table_368";
3002104	analyze	analyze public.table_369	public.table_369	0	0	{3000410}	[]	ANALYZE "public"."table_369";
3002106	analyze	analyze public.table_371	public.table_371	0	0	{3000412}	[]	ANALYZE "public"."table_371";
3002107	analyze	analyze public.table_372	public.table_372	0	0	{3000413}	[]	ANALYZE "public"."table_372";
3002110	analyze	analyze public.table_375	public.table_375	0	0	{3000416}	[]	ANALYZE "public"."table_375";
3002111	analyze	analyze public.table_376	public.table_376	0	0	{3000417}	[]	ANALYZE "public"."table_376";
3002116	analyze	analyze public.table_381	public.table_381	0	0	{3000422}	[]	ANALYZE "public"."table_381";
3002120	analyze	analyze public.table_385	public.table_385	0	0	{3000426}	[]	ANALYZE "public"."table_385";
3002122	analyze	analyze public.table_387	public.table_387	0	0	{3000428}	[]	ANALYZE "public"."table_387";
3002125	analyze	analyze public.table_390	public.table_390	0	0	{3000431}	[]	ANALYZE "public"."table_390";
3002126	analyze	analyze public.table_391	public.table_391	0	0	{3000432}	[]	ANALYZE "public"."table_391";
3002130	analyze	analyze public.table_395	public.table_395	0	0	{3000436}	[]	ANALYZE "public"."table_395";
3002131	copy	markers of 1 slot	pgcutover.marker_dms_slot_03	0	0	{}	[["pgcutover","marker_dms_slot_03"]]	SELECT 'SELECT pgcutover.begin_table(3002131, 1, true);\nCOPY "pgcutover"."marker_dms_slot_03" ("id", "token", "source_lsn", "at") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "pgcutover"."marker_dms_slot_03" ("id", "token", "source_lsn", "at") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(3002131, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
\.
INSERT INTO pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
SELECT id, kind, label, relation, bytes, tail, pg_catalog.cardinality(needs), statement FROM item_file;
INSERT INTO pgcutover.item_table (item, seq, schema_name, table_name)
SELECT f.id, t.seq, t.name ->> 0, t.name ->> 1 FROM item_file AS f CROSS JOIN pg_catalog.jsonb_array_elements(f.tables) WITH ORDINALITY AS t (name, seq);
INSERT INTO pgcutover.item_need (needs, item) SELECT n.id, f.id FROM item_file AS f CROSS JOIN pg_catalog.unnest(f.needs) AS n (id);
UPDATE pgcutover.run SET lsn = :'lsn', postmaster_start_time = :'started' WHERE plan = :'plan';

-- What AWS DMS has noted of tasks that are gone, in tables that it makes itself: a new task of the same name would take it for its own. The script that
-- runs this has kept the rows. The history stays.
SELECT pg_catalog.format('DELETE FROM %I.%I WHERE %I = ANY (%L)', n.nspname, c.relname, a.attname, ARRAY['shop-task-03', 'shop-dms-slot-03'])
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('TASK_NAME', 'task_name')
WHERE n.nspname = 'awsdms_control' AND c.relkind IN ('r', 'p') AND c.relname IN ('awsdms_apply_exceptions', 'awsdms_full_load_exceptions', 'awsdms_history', 'awsdms_status', 'awsdms_suspended_tables', 'awsdms_txn_state', 'awsdms_validation_failures_v1', 'awsdms_validation_failures_v2') AND c.relname <> 'awsdms_history' ORDER BY c.relname \gexec

COMMIT;
