-- 80-recovery/restart-dms_slot_02.sql: Empty the tables of dms_slot_02 and put them back into the ledger; run by 82-restart-slot.sh.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 80-recovery/restart-dms_slot_02.sql

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '80-recovery/restart-dms_slot_02.sql';
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
  pg_catalog.to_regclass('"public"."table_002"')::oid,
  pg_catalog.to_regclass('"public"."table_005"')::oid,
  pg_catalog.to_regclass('"public"."table_012"')::oid,
  pg_catalog.to_regclass('"public"."table_018"')::oid,
  pg_catalog.to_regclass('"public"."table_025"')::oid,
  pg_catalog.to_regclass('"public"."table_038"')::oid,
  pg_catalog.to_regclass('"public"."table_043"')::oid,
  pg_catalog.to_regclass('"public"."table_045"')::oid,
  pg_catalog.to_regclass('"public"."table_047"')::oid,
  pg_catalog.to_regclass('"public"."table_056"')::oid,
  pg_catalog.to_regclass('"public"."table_058"')::oid,
  pg_catalog.to_regclass('"public"."table_062"')::oid,
  pg_catalog.to_regclass('"public"."table_063"')::oid,
  pg_catalog.to_regclass('"public"."table_065"')::oid,
  pg_catalog.to_regclass('"public"."table_066"')::oid,
  pg_catalog.to_regclass('"public"."table_067"')::oid,
  pg_catalog.to_regclass('"public"."table_068"')::oid,
  pg_catalog.to_regclass('"public"."table_069"')::oid,
  pg_catalog.to_regclass('"public"."table_075"')::oid,
  pg_catalog.to_regclass('"public"."table_077"')::oid,
  pg_catalog.to_regclass('"public"."table_079"')::oid,
  pg_catalog.to_regclass('"public"."table_080"')::oid,
  pg_catalog.to_regclass('"public"."table_084"')::oid,
  pg_catalog.to_regclass('"public"."table_089"')::oid,
  pg_catalog.to_regclass('"public"."table_102"')::oid,
  pg_catalog.to_regclass('"public"."table_104"')::oid,
  pg_catalog.to_regclass('"public"."table_107"')::oid,
  pg_catalog.to_regclass('"public"."table_108"')::oid,
  pg_catalog.to_regclass('"public"."table_110"')::oid,
  pg_catalog.to_regclass('"public"."table_114"')::oid,
  pg_catalog.to_regclass('"public"."table_117"')::oid,
  pg_catalog.to_regclass('"public"."table_120"')::oid,
  pg_catalog.to_regclass('"public"."table_125"')::oid,
  pg_catalog.to_regclass('"public"."table_128"')::oid,
  pg_catalog.to_regclass('"public"."table_129"')::oid,
  pg_catalog.to_regclass('"public"."table_130"')::oid,
  pg_catalog.to_regclass('"public"."table_137"')::oid,
  pg_catalog.to_regclass('"public"."table_141"')::oid,
  pg_catalog.to_regclass('"public"."table_143"')::oid,
  pg_catalog.to_regclass('"public"."table_146"')::oid,
  pg_catalog.to_regclass('"public"."table_149"')::oid,
  pg_catalog.to_regclass('"public"."table_153"')::oid,
  pg_catalog.to_regclass('"public"."table_157"')::oid,
  pg_catalog.to_regclass('"public"."table_158"')::oid,
  pg_catalog.to_regclass('"public"."table_159"')::oid,
  pg_catalog.to_regclass('"public"."table_160"')::oid,
  pg_catalog.to_regclass('"public"."table_162"')::oid,
  pg_catalog.to_regclass('"public"."table_166"')::oid,
  pg_catalog.to_regclass('"public"."table_167"')::oid,
  pg_catalog.to_regclass('"public"."table_168"')::oid,
  pg_catalog.to_regclass('"public"."table_175"')::oid,
  pg_catalog.to_regclass('"public"."table_176"')::oid,
  pg_catalog.to_regclass('"public"."table_179"')::oid,
  pg_catalog.to_regclass('"public"."table_182"')::oid,
  pg_catalog.to_regclass('"public"."table_184"')::oid,
  pg_catalog.to_regclass('"public"."table_186"')::oid,
  pg_catalog.to_regclass('"public"."table_188"')::oid,
  pg_catalog.to_regclass('"public"."table_191"')::oid,
  pg_catalog.to_regclass('"public"."table_193"')::oid,
  pg_catalog.to_regclass('"public"."table_201"')::oid,
  pg_catalog.to_regclass('"public"."table_202"')::oid,
  pg_catalog.to_regclass('"public"."table_204"')::oid,
  pg_catalog.to_regclass('"public"."table_205"')::oid,
  pg_catalog.to_regclass('"public"."table_210"')::oid,
  pg_catalog.to_regclass('"public"."table_211"')::oid,
  pg_catalog.to_regclass('"public"."table_216"')::oid,
  pg_catalog.to_regclass('"public"."table_223"')::oid,
  pg_catalog.to_regclass('"public"."table_225"')::oid,
  pg_catalog.to_regclass('"public"."table_227"')::oid,
  pg_catalog.to_regclass('"public"."table_229"')::oid,
  pg_catalog.to_regclass('"public"."table_230"')::oid,
  pg_catalog.to_regclass('"public"."table_231"')::oid,
  pg_catalog.to_regclass('"public"."table_232"')::oid,
  pg_catalog.to_regclass('"public"."table_234"')::oid,
  pg_catalog.to_regclass('"public"."table_237"')::oid,
  pg_catalog.to_regclass('"public"."table_243"')::oid,
  pg_catalog.to_regclass('"public"."table_245"')::oid,
  pg_catalog.to_regclass('"public"."table_247"')::oid,
  pg_catalog.to_regclass('"public"."table_250"')::oid,
  pg_catalog.to_regclass('"public"."table_254"')::oid,
  pg_catalog.to_regclass('"public"."table_256"')::oid,
  pg_catalog.to_regclass('"public"."table_261"')::oid,
  pg_catalog.to_regclass('"public"."table_265"')::oid,
  pg_catalog.to_regclass('"public"."table_266"')::oid,
  pg_catalog.to_regclass('"public"."table_267"')::oid,
  pg_catalog.to_regclass('"public"."table_277"')::oid,
  pg_catalog.to_regclass('"public"."table_278"')::oid,
  pg_catalog.to_regclass('"public"."table_279"')::oid,
  pg_catalog.to_regclass('"public"."table_285"')::oid,
  pg_catalog.to_regclass('"public"."table_288"')::oid,
  pg_catalog.to_regclass('"public"."table_293"')::oid,
  pg_catalog.to_regclass('"public"."table_294"')::oid,
  pg_catalog.to_regclass('"public"."table_295"')::oid,
  pg_catalog.to_regclass('"public"."table_301"')::oid,
  pg_catalog.to_regclass('"public"."table_303"')::oid,
  pg_catalog.to_regclass('"public"."table_304"')::oid,
  pg_catalog.to_regclass('"public"."table_305"')::oid,
  pg_catalog.to_regclass('"public"."table_309"')::oid,
  pg_catalog.to_regclass('"public"."table_319"')::oid,
  pg_catalog.to_regclass('"public"."table_322"')::oid,
  pg_catalog.to_regclass('"public"."table_323"')::oid,
  pg_catalog.to_regclass('"public"."table_327"')::oid,
  pg_catalog.to_regclass('"public"."table_333"')::oid,
  pg_catalog.to_regclass('"public"."table_335"')::oid,
  pg_catalog.to_regclass('"public"."table_337"')::oid,
  pg_catalog.to_regclass('"public"."table_338"')::oid,
  pg_catalog.to_regclass('"public"."table_341"')::oid,
  pg_catalog.to_regclass('"public"."table_349"')::oid,
  pg_catalog.to_regclass('"public"."table_357"')::oid,
  pg_catalog.to_regclass('"public"."table_360"')::oid,
  pg_catalog.to_regclass('"public"."table_363"')::oid,
  pg_catalog.to_regclass('"public"."table_377"')::oid,
  pg_catalog.to_regclass('"public"."table_378"')::oid,
  pg_catalog.to_regclass('"public"."table_380"')::oid,
  pg_catalog.to_regclass('"public"."table_386"')::oid,
  pg_catalog.to_regclass('"public"."table_393"')::oid,
  pg_catalog.to_regclass('"public"."table_398"')::oid,
  pg_catalog.to_regclass('"public"."table_399"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_dms_slot_02"')::oid] AS tables) AS mine
WHERE k.contype = 'f' AND k.confrelid = ANY (mine.tables) AND k.conrelid <> ALL (mine.tables) ORDER BY 1;
\quit
\endif
BEGIN;
SET LOCAL lock_timeout = '30s';
TRUNCATE
  ONLY "public"."table_002",
  ONLY "public"."table_005",
  ONLY "public"."table_012",
  ONLY "public"."table_018",
  ONLY "public"."table_025",
  ONLY "public"."table_038",
  ONLY "public"."table_043",
  ONLY "public"."table_045",
  ONLY "public"."table_047",
  ONLY "public"."table_056",
  ONLY "public"."table_058",
  ONLY "public"."table_062",
  ONLY "public"."table_063",
  ONLY "public"."table_065",
  ONLY "public"."table_066",
  ONLY "public"."table_067",
  ONLY "public"."table_068",
  ONLY "public"."table_069",
  ONLY "public"."table_075",
  ONLY "public"."table_077",
  ONLY "public"."table_079",
  ONLY "public"."table_080",
  ONLY "public"."table_084",
  ONLY "public"."table_089",
  ONLY "public"."table_102",
  ONLY "public"."table_104",
  ONLY "public"."table_107",
  ONLY "public"."table_108",
  ONLY "public"."table_110",
  ONLY "public"."table_114",
  ONLY "public"."table_117",
  ONLY "public"."table_120",
  ONLY "public"."table_125",
  ONLY "public"."table_128",
  ONLY "public"."table_129",
  ONLY "public"."table_130",
  ONLY "public"."table_137",
  ONLY "public"."table_141",
  ONLY "public"."table_143",
  ONLY "public"."table_146",
  ONLY "public"."table_149",
  ONLY "public"."table_153",
  ONLY "public"."table_157",
  ONLY "public"."table_158",
  ONLY "public"."table_159",
  ONLY "public"."table_160",
  ONLY "public"."table_162",
  ONLY "public"."table_166",
  ONLY "public"."table_167",
  ONLY "public"."table_168",
  ONLY "public"."table_175",
  ONLY "public"."table_176",
  ONLY "public"."table_179",
  ONLY "public"."table_182",
  ONLY "public"."table_184",
  ONLY "public"."table_186",
  ONLY "public"."table_188",
  ONLY "public"."table_191",
  ONLY "public"."table_193",
  ONLY "public"."table_201",
  ONLY "public"."table_202",
  ONLY "public"."table_204",
  ONLY "public"."table_205",
  ONLY "public"."table_210",
  ONLY "public"."table_211",
  ONLY "public"."table_216",
  ONLY "public"."table_223",
  ONLY "public"."table_225",
  ONLY "public"."table_227",
  ONLY "public"."table_229",
  ONLY "public"."table_230",
  ONLY "public"."table_231",
  ONLY "public"."table_232",
  ONLY "public"."table_234",
  ONLY "public"."table_237",
  ONLY "public"."table_243",
  ONLY "public"."table_245",
  ONLY "public"."table_247",
  ONLY "public"."table_250",
  ONLY "public"."table_254",
  ONLY "public"."table_256",
  ONLY "public"."table_261",
  ONLY "public"."table_265",
  ONLY "public"."table_266",
  ONLY "public"."table_267",
  ONLY "public"."table_277",
  ONLY "public"."table_278",
  ONLY "public"."table_279",
  ONLY "public"."table_285",
  ONLY "public"."table_288",
  ONLY "public"."table_293",
  ONLY "public"."table_294",
  ONLY "public"."table_295",
  ONLY "public"."table_301",
  ONLY "public"."table_303",
  ONLY "public"."table_304",
  ONLY "public"."table_305",
  ONLY "public"."table_309",
  ONLY "public"."table_319",
  ONLY "public"."table_322",
  ONLY "public"."table_323",
  ONLY "public"."table_327",
  ONLY "public"."table_333",
  ONLY "public"."table_335",
  ONLY "public"."table_337",
  ONLY "public"."table_338",
  ONLY "public"."table_341",
  ONLY "public"."table_349",
  ONLY "public"."table_357",
  ONLY "public"."table_360",
  ONLY "public"."table_363",
  ONLY "public"."table_377",
  ONLY "public"."table_378",
  ONLY "public"."table_380",
  ONLY "public"."table_386",
  ONLY "public"."table_393",
  ONLY "public"."table_398",
  ONLY "public"."table_399",
  ONLY "pgcutover"."marker_dms_slot_02";

-- The items of an earlier restart of this slot make room; those of the first load stay as they are, done.
DELETE FROM pgcutover.item_need WHERE item BETWEEN 2000000 AND 2999999 OR needs BETWEEN 2000000 AND 2999999;
DELETE FROM pgcutover.item_table WHERE item BETWEEN 2000000 AND 2999999;
DELETE FROM pgcutover.item WHERE id BETWEEN 2000000 AND 2999999;

CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
2000035	copy	public.table_002 [range 1 of 5]	public.table_002	55834574848	1595273	{}	[["public","table_002"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000035, 1, false);\nCOPY "public"."table_002" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_002" WHERE ctid < '(6815744,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000035, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000036	copy	public.table_002 [range 2 of 5]	public.table_002	55834574848	1595273	{}	[["public","table_002"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000036, 1, false);\nCOPY "public"."table_002" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_002" WHERE ctid >= '(6815744,0)'::tid AND ctid < '(13631488,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000036, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000037	copy	public.table_002 [range 3 of 5]	public.table_002	55834574848	1595273	{}	[["public","table_002"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000037, 1, false);\nCOPY "public"."table_002" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_002" WHERE ctid >= '(13631488,0)'::tid AND ctid < '(20447232,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000037, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000038	copy	public.table_002 [range 4 of 5]	public.table_002	55834574848	1595273	{}	[["public","table_002"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000038, 1, false);\nCOPY "public"."table_002" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_002" WHERE ctid >= '(20447232,0)'::tid AND ctid < '(27262976,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000038, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000039	copy	public.table_002 [range 5 of 5]	public.table_002	55834574848	1595273	{}	[["public","table_002"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000039, 1, false);\nCOPY "public"."table_002" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_002" WHERE ctid >= '(27262976,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000039, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000040	copy	public.table_005 [range 1 of 2]	public.table_005	55834574848	1595273	{}	[["public","table_005"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000040, 1, false);\nCOPY "public"."table_005" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_005" WHERE ctid < '(6815744,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000040, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000041	copy	public.table_005 [range 2 of 2]	public.table_005	55834574848	1595273	{}	[["public","table_005"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000041, 1, false);\nCOPY "public"."table_005" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_005" WHERE ctid >= '(6815744,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000041, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000047	copy	public.table_012	public.table_012	46528812373	1329394	{}	[["public","table_012"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000047, 1, true);\nCOPY "public"."table_012" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_012" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000047, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000059	copy	public.table_018	public.table_018	31019208248	886263	{}	[["public","table_018"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000059, 1, true);\nCOPY "public"."table_018" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_018" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000059, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000066	copy	public.table_025	public.table_025	22333829939	638109	{}	[["public","table_025"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000066, 1, true);\nCOPY "public"."table_025" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_025" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000066, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000079	copy	public.table_038	public.table_038	14693309170	419808	{}	[["public","table_038"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000079, 1, true);\nCOPY "public"."table_038" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_038" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000079, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000084	copy	public.table_043	public.table_043	12984784848	370993	{}	[["public","table_043"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000084, 1, true);\nCOPY "public"."table_043" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_043" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000084, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000086	copy	public.table_045	public.table_045	12407683299	354505	{}	[["public","table_045"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000086, 1, true);\nCOPY "public"."table_045" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_045" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000086, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000088	copy	public.table_047	public.table_047	11879696776	339419	{}	[["public","table_047"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000088, 1, true);\nCOPY "public"."table_047" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_047" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000088, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000097	copy	public.table_056	public.table_056	9970459794	284870	{}	[["public","table_056"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000097, 1, true);\nCOPY "public"."table_056" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_056" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000097, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000099	copy	public.table_058	public.table_058	9626650835	275047	{}	[["public","table_058"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000099, 1, true);\nCOPY "public"."table_058" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_058" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000099, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000103	copy	public.table_062	public.table_062	9005576588	257302	{}	[["public","table_062"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000103, 1, true);\nCOPY "public"."table_062" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_062" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000103, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000104	copy	public.table_063	public.table_063	8862630928	253218	{}	[["public","table_063"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000104, 1, true);\nCOPY "public"."table_063" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_063" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000104, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000106	copy	public.table_065	public.table_065	8589934592	245426	{}	[["public","table_065"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000106, 1, true);\nCOPY "public"."table_065" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_065" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000106, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000107	copy	public.table_066	public.table_066	8459784067	241708	{}	[["public","table_066"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000107, 1, true);\nCOPY "public"."table_066" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_066" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000107, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000108	copy	public.table_067	public.table_067	8333518634	238100	{}	[["public","table_067"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000108, 1, true);\nCOPY "public"."table_067" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_067" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000108, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000109	copy	public.table_068	public.table_068	8210966889	234599	{}	[["public","table_068"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000109, 1, true);\nCOPY "public"."table_068" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_068" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000109, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000110	copy	public.table_069	public.table_069	8091967369	231199	{}	[["public","table_069"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000110, 1, true);\nCOPY "public"."table_069" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_069" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000110, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000116	copy	public.table_075	public.table_075	7444609979	212703	{}	[["public","table_075"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000116, 1, true);\nCOPY "public"."table_075" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_075" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000116, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000118	copy	public.table_077	public.table_077	7251243486	207178	{}	[["public","table_077"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000118, 1, true);\nCOPY "public"."table_077" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_077" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000118, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000120	copy	public.table_079	public.table_079	7067667702	201933	{}	[["public","table_079"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000120, 1, true);\nCOPY "public"."table_079" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_079" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000120, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000121	copy	public.table_080	public.table_080	6979321856	199409	{}	[["public","table_080"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000121, 1, true);\nCOPY "public"."table_080" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_080" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000121, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000125	copy	public.table_084	public.table_084	6646973196	189913	{}	[["public","table_084"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000125, 1, true);\nCOPY "public"."table_084" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_084" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000125, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000130	copy	public.table_089	public.table_089	6273547735	179244	{}	[["public","table_089"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000130, 1, true);\nCOPY "public"."table_089" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_089" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000130, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000143	copy	public.table_102	public.table_102	5473977926	156399	{}	[["public","table_102"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000143, 1, true);\nCOPY "public"."table_102" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_102" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000143, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000145	copy	public.table_104	public.table_104	5368709120	153391	{}	[["public","table_104"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000145, 1, true);\nCOPY "public"."table_104" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_104" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000145, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000148	copy	public.table_107	public.table_107	5218184565	149090	{}	[["public","table_107"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000148, 1, true);\nCOPY "public"."table_107" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_107" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000148, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000149	copy	public.table_108	public.table_108	5169868041	147710	{}	[["public","table_108"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000149, 1, true);\nCOPY "public"."table_108" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_108" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000149, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000151	copy	public.table_110	public.table_110	5075870440	145024	{}	[["public","table_110"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000151, 1, true);\nCOPY "public"."table_110" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_110" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000151, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000155	copy	public.table_114	public.table_114	4897769723	139936	{}	[["public","table_114"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000155, 1, true);\nCOPY "public"."table_114" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_114" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000155, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000158	copy	public.table_117	public.table_117	4772185884	136348	{}	[["public","table_117"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000158, 1, true);\nCOPY "public"."table_117" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_117" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000158, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000161	copy	public.table_120	public.table_120	4652881237	132939	{}	[["public","table_120"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000161, 1, true);\nCOPY "public"."table_120" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_120" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000161, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000166	copy	public.table_125	public.table_125	4466765987	127621	{}	[["public","table_125"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000166, 1, true);\nCOPY "public"."table_125" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_125" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000166, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000169	copy	public.table_128	public.table_128	4362076160	124630	{}	[["public","table_128"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000169, 1, true);\nCOPY "public"."table_128" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_128" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000169, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000170	copy	public.table_129	public.table_129	4328261616	123664	{}	[["public","table_129"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000170, 1, true);\nCOPY "public"."table_129" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_129" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000170, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000171	copy	public.table_130	public.table_130	4294967296	122713	{}	[["public","table_130"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000171, 1, true);\nCOPY "public"."table_130" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_130" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000171, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000178	copy	public.table_137	public.table_137	4075516412	116443	{}	[["public","table_137"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000178, 1, true);\nCOPY "public"."table_137" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_137" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000178, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000182	copy	public.table_141	public.table_141	3959898925	113139	{}	[["public","table_141"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000182, 1, true);\nCOPY "public"."table_141" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_141" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000182, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000184	copy	public.table_143	public.table_143	3904515723	111557	{}	[["public","table_143"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000184, 1, true);\nCOPY "public"."table_143" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_143" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000184, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000187	copy	public.table_146	public.table_146	3824285948	109265	{}	[["public","table_146"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000187, 1, true);\nCOPY "public"."table_146" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_146" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000187, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000190	copy	public.table_149	public.table_149	3747286902	107065	{}	[["public","table_149"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000190, 1, true);\nCOPY "public"."table_149" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_149" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000190, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000194	copy	public.table_153	public.table_153	3649318617	104266	{}	[["public","table_153"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000194, 1, true);\nCOPY "public"."table_153" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_153" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000194, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000198	copy	public.table_157	public.table_157	3556342347	101609	{}	[["public","table_157"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000198, 1, true);\nCOPY "public"."table_157" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_157" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000198, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000199	copy	public.table_158	public.table_158	3533833851	100966	{}	[["public","table_158"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000199, 1, true);\nCOPY "public"."table_158" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_158" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000199, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000200	copy	public.table_159	public.table_159	3511608481	100331	{}	[["public","table_159"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000200, 1, true);\nCOPY "public"."table_159" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_159" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000200, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000201	copy	public.table_160	public.table_160	3489660928	99704	{}	[["public","table_160"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000201, 1, true);\nCOPY "public"."table_160" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_160" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000201, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000203	copy	public.table_162	public.table_162	3446578694	98473	{}	[["public","table_162"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000203, 1, true);\nCOPY "public"."table_162" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_162" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000203, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000207	copy	public.table_166	public.table_166	3363528605	96100	{}	[["public","table_166"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000207, 1, true);\nCOPY "public"."table_166" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_166" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000207, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000208	copy	public.table_167	public.table_167	3343387715	95525	{}	[["public","table_167"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000208, 1, true);\nCOPY "public"."table_167" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_167" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000208, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000209	copy	public.table_168	public.table_168	3323486598	94956	{}	[["public","table_168"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000209, 1, true);\nCOPY "public"."table_168" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_168" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000209, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000216	copy	public.table_175	public.table_175	3190547134	91158	{}	[["public","table_175"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000216, 1, true);\nCOPY "public"."table_175" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_175" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000216, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000217	copy	public.table_176	public.table_176	3172419025	90640	{}	[["public","table_176"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000217, 1, true);\nCOPY "public"."table_176" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_176" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000217, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000220	copy	public.table_179	public.table_179	3119249991	89121	{}	[["public","table_179"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000220, 1, true);\nCOPY "public"."table_179" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_179" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000220, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000223	copy	public.table_182	public.table_182	3067833782	87652	{}	[["public","table_182"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000223, 1, true);\nCOPY "public"."table_182" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_182" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000223, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000225	copy	public.table_184	public.table_184	3034487763	86699	{}	[["public","table_184"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000225, 1, true);\nCOPY "public"."table_184" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_184" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000225, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000227	copy	public.table_186	public.table_186	3001858862	85767	{}	[["public","table_186"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000227, 1, true);\nCOPY "public"."table_186" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_186" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000227, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000229	copy	public.table_188	public.table_188	2969924194	84854	{}	[["public","table_188"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000229, 1, true);\nCOPY "public"."table_188" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_188" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000229, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000232	copy	public.table_191	public.table_191	2923276170	83522	{}	[["public","table_191"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000232, 1, true);\nCOPY "public"."table_191" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_191" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000232, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000234	copy	public.table_193	public.table_193	2892983152	82656	{}	[["public","table_193"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000234, 1, true);\nCOPY "public"."table_193" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_193" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000234, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000242	copy	public.table_201	public.table_201	2777839544	79366	{}	[["public","table_201"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000242, 1, true);\nCOPY "public"."table_201" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_201" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000242, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000243	copy	public.table_202	public.table_202	2764087863	78973	{}	[["public","table_202"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000243, 1, true);\nCOPY "public"."table_202" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_202" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000243, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000245	copy	public.table_204	public.table_204	2736988963	78199	{}	[["public","table_204"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000245, 1, true);\nCOPY "public"."table_204" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_204" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000245, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000246	copy	public.table_205	public.table_205	2723637797	77818	{}	[["public","table_205"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000246, 1, true);\nCOPY "public"."table_205" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_205" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000246, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000251	copy	public.table_210	public.table_210	2658789278	75965	{}	[["public","table_210"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000251, 1, true);\nCOPY "public"."table_210" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_210" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000251, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000252	copy	public.table_211	public.table_211	2646188381	75605	{}	[["public","table_211"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000252, 1, true);\nCOPY "public"."table_211" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_211" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000252, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000257	copy	public.table_216	public.table_216	2584934020	73855	{}	[["public","table_216"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000257, 1, true);\nCOPY "public"."table_216" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_216" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000257, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000264	copy	public.table_223	public.table_223	2503792594	71536	{}	[["public","table_223"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000264, 1, true);\nCOPY "public"."table_223" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_223" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000264, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000266	copy	public.table_225	public.table_225	2481536659	70901	{}	[["public","table_225"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000266, 1, true);\nCOPY "public"."table_225" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_225" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000266, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000268	copy	public.table_227	public.table_227	2459672900	70276	{}	[["public","table_227"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000268, 1, true);\nCOPY "public"."table_227" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_227" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000268, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000270	copy	public.table_229	public.table_229	2438191041	69662	{}	[["public","table_229"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000270, 1, true);\nCOPY "public"."table_229" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_229" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000270, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000271	copy	public.table_230	public.table_230	2427590210	69359	{}	[["public","table_230"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000271, 1, true);\nCOPY "public"."table_230" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_230" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000271, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000272	copy	public.table_231	public.table_231	2417081162	69059	{}	[["public","table_231"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000272, 1, true);\nCOPY "public"."table_231" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_231" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000272, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000273	copy	public.table_232	public.table_232	2406662708	68761	{}	[["public","table_232"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000273, 1, true);\nCOPY "public"."table_232" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_232" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000273, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000275	copy	public.table_234	public.table_234	2386092942	68174	{}	[["public","table_234"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000275, 1, true);\nCOPY "public"."table_234" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_234" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000275, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000278	copy	public.table_237	public.table_237	2355889234	67311	{}	[["public","table_237"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000278, 1, true);\nCOPY "public"."table_237" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_237" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000278, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000284	copy	public.table_243	public.table_243	2297719129	65649	{}	[["public","table_243"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000284, 1, true);\nCOPY "public"."table_243" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_243" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000284, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000286	copy	public.table_245	public.table_245	2278962238	65113	{}	[["public","table_245"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000286, 1, true);\nCOPY "public"."table_245" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_245" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000286, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000288	copy	public.table_247	public.table_247	2260509103	64585	{}	[["public","table_247"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000288, 1, true);\nCOPY "public"."table_247" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_247" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000288, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000291	copy	public.table_250	public.table_250	2233382993	63810	{}	[["public","table_250"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000291, 1, true);\nCOPY "public"."table_250" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_250" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000291, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000295	copy	public.table_254	public.table_254	2198211608	62806	{}	[["public","table_254"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000295, 1, true);\nCOPY "public"."table_254" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_254" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000295, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000297	copy	public.table_256	public.table_256	2181038080	62315	{}	[["public","table_256"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000297, 1, true);\nCOPY "public"."table_256" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_256" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000297, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000302	copy	public.table_261	public.table_261	2139255741	61121	{}	[["public","table_261"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000302, 1, true);\nCOPY "public"."table_261" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_261" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000302, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000306	copy	public.table_265	public.table_265	2106965088	60199	{}	[["public","table_265"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000306, 1, true);\nCOPY "public"."table_265" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_265" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000306, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000307	copy	public.table_266	public.table_266	2099044167	59972	{}	[["public","table_266"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000307, 1, true);\nCOPY "public"."table_266" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_266" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000307, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000308	copy	public.table_267	public.table_267	2091182578	59748	{}	[["public","table_267"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000308, 1, true);\nCOPY "public"."table_267" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_267" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000308, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000318	copy	public.table_277	public.table_277	2015688622	57591	{}	[["public","table_277"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000318, 1, true);\nCOPY "public"."table_277" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_277" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000318, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000319	copy	public.table_278	public.table_278	2008437944	57383	{}	[["public","table_278"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000319, 1, true);\nCOPY "public"."table_278" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_278" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000319, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000320	copy	public.table_279	public.table_279	2001239241	57178	{}	[["public","table_279"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000320, 1, true);\nCOPY "public"."table_279" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_279" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000320, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000326	copy	public.table_285	public.table_285	1959107889	55974	{}	[["public","table_285"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000326, 1, true);\nCOPY "public"."table_285" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_285" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000326, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000329	copy	public.table_288	public.table_288	1938700515	55391	{}	[["public","table_288"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000329, 1, true);\nCOPY "public"."table_288" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_288" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000329, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000334	copy	public.table_293	public.table_293	1905616889	54446	{}	[["public","table_293"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000334, 1, true);\nCOPY "public"."table_293" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_293" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000334, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000335	copy	public.table_294	public.table_294	1899135198	54261	{}	[["public","table_294"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000335, 1, true);\nCOPY "public"."table_294" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_294" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000335, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000336	copy	public.table_295	public.table_295	1892697452	54077	{}	[["public","table_295"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000336, 1, true);\nCOPY "public"."table_295" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_295" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000336, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000342	copy	public.table_301	public.table_301	1854969264	52999	{}	[["public","table_301"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000342, 1, true);\nCOPY "public"."table_301" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_301" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000342, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000344	copy	public.table_303	public.table_303	1842725242	52649	{}	[["public","table_303"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000344, 1, true);\nCOPY "public"."table_303" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_303" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000344, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000345	copy	public.table_304	public.table_304	1836663646	52476	{}	[["public","table_304"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000345, 1, true);\nCOPY "public"."table_304" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_304" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000345, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000346	copy	public.table_305	public.table_305	1830641798	52304	{}	[["public","table_305"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000346, 1, true);\nCOPY "public"."table_305" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_305" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000346, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000350	copy	public.table_309	public.table_309	1806944169	51626	{}	[["public","table_309"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000350, 1, true);\nCOPY "public"."table_309" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_309" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000350, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000360	copy	public.table_319	public.table_319	1750300151	50008	{}	[["public","table_319"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000360, 1, true);\nCOPY "public"."table_319" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_319" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000360, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000363	copy	public.table_322	public.table_322	1733993007	49542	{}	[["public","table_322"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000363, 1, true);\nCOPY "public"."table_322" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_322" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000363, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000364	copy	public.table_323	public.table_323	1728624608	49389	{}	[["public","table_323"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000364, 1, true);\nCOPY "public"."table_323" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_323" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000364, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000368	copy	public.table_327	public.table_327	1707479353	48785	{}	[["public","table_327"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000368, 1, true);\nCOPY "public"."table_327" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_327" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000368, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000374	copy	public.table_333	public.table_333	1676713959	47906	{}	[["public","table_333"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000374, 1, true);\nCOPY "public"."table_333" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_333" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000374, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000376	copy	public.table_335	public.table_335	1666703726	47620	{}	[["public","table_335"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000376, 1, true);\nCOPY "public"."table_335" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_335" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000376, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000378	copy	public.table_337	public.table_337	1656812310	47337	{}	[["public","table_337"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000378, 1, true);\nCOPY "public"."table_337" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_337" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000378, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000379	copy	public.table_338	public.table_338	1651910498	47197	{}	[["public","table_338"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000379, 1, true);\nCOPY "public"."table_338" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_338" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000379, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000382	copy	public.table_341	public.table_341	1637377561	46782	{}	[["public","table_341"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000382, 1, true);\nCOPY "public"."table_341" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_341" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000382, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000390	copy	public.table_349	public.table_349	1599844551	45709	{}	[["public","table_349"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000390, 1, true);\nCOPY "public"."table_349" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_349" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000390, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000398	copy	public.table_357	public.table_357	1563993693	44685	{}	[["public","table_357"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000398, 1, true);\nCOPY "public"."table_357" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_357" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000398, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000401	copy	public.table_360	public.table_360	1550960412	44313	{}	[["public","table_360"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000401, 1, true);\nCOPY "public"."table_360" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_360" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000401, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000404	copy	public.table_363	public.table_363	1538142557	43946	{}	[["public","table_363"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000404, 1, true);\nCOPY "public"."table_363" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_363" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000404, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000418	copy	public.table_377	public.table_377	1481023205	42314	{}	[["public","table_377"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000418, 1, true);\nCOPY "public"."table_377" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_377" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000418, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000419	copy	public.table_378	public.table_378	1477105154	42203	{}	[["public","table_378"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000419, 1, true);\nCOPY "public"."table_378" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_378" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000419, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000421	copy	public.table_380	public.table_380	1469330917	41980	{}	[["public","table_380"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000421, 1, true);\nCOPY "public"."table_380" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_380" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000421, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000427	copy	public.table_386	public.table_386	1446491576	41328	{}	[["public","table_386"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000427, 1, true);\nCOPY "public"."table_386" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_386" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000427, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000434	copy	public.table_393	public.table_393	1420727095	40592	{}	[["public","table_393"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000434, 1, true);\nCOPY "public"."table_393" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_393" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000434, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000439	copy	public.table_398	public.table_398	1402878765	40082	{}	[["public","table_398"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000439, 1, true);\nCOPY "public"."table_398" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_398" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000439, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2000440	copy	public.table_399	public.table_399	1399362778	39981	{}	[["public","table_399"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(2000440, 1, true);\nCOPY "public"."table_399" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_399" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(2000440, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
2001737	analyze	analyze public.table_002	public.table_002	0	0	{2000035,2000036,2000037,2000038,2000039}	[]	ANALYZE "public"."table_002";
2001740	analyze	analyze public.table_005	public.table_005	0	0	{2000040,2000041}	[]	ANALYZE "public"."table_005";
2001747	analyze	analyze public.table_012	public.table_012	0	0	{2000047}	[]	ANALYZE "public"."table_012";
2001753	analyze	analyze public.table_018	public.table_018	0	0	{2000059}	[]	ANALYZE "public"."table_018";
2001760	analyze	analyze public.table_025	public.table_025	0	0	{2000066}	[]	ANALYZE "public"."table_025";
2001773	analyze	analyze public.table_038	public.table_038	0	0	{2000079}	[]	ANALYZE "public"."table_038";
2001778	analyze	analyze public.table_043	public.table_043	0	0	{2000084}	[]	ANALYZE "public"."table_043";
2001780	analyze	analyze public.table_045	public.table_045	0	0	{2000086}	[]	ANALYZE "public"."table_045";
2001782	analyze	analyze public.table_047	public.table_047	0	0	{2000088}	[]	ANALYZE "public"."table_047";
2001791	analyze	analyze public.table_056	public.table_056	0	0	{2000097}	[]	ANALYZE "public"."table_056";
2001793	analyze	analyze public.table_058	public.table_058	0	0	{2000099}	[]	ANALYZE "public"."table_058";
2001797	analyze	analyze public.table_062	public.table_062	0	0	{2000103}	[]	ANALYZE "public"."table_062";
2001798	analyze	analyze public.table_063	public.table_063	0	0	{2000104}	[]	ANALYZE "public"."table_063";
2001800	analyze	analyze public.table_065	public.table_065	0	0	{2000106}	[]	ANALYZE "public"."table_065";
2001801	analyze	analyze public.table_066	public.table_066	0	0	{2000107}	[]	ANALYZE "public"."table_066";
2001802	analyze	analyze public.table_067	public.table_067	0	0	{2000108}	[]	ANALYZE "public"."table_067";
2001803	analyze	analyze public.table_068	public.table_068	0	0	{2000109}	[]	ANALYZE "public"."table_068";
2001804	analyze	analyze public.table_069	public.table_069	0	0	{2000110}	[]	ANALYZE "public"."table_069";
2001810	analyze	analyze public.table_075	public.table_075	0	0	{2000116}	[]	ANALYZE "public"."table_075";
2001812	analyze	analyze public.table_077	public.table_077	0	0	{2000118}	[]	ANALYZE "public"."table_077";
2001814	analyze	analyze public.table_079	public.table_079	0	0	{2000120}	[]	ANALYZE "public"."table_079";
2001815	analyze	analyze public.table_080	public.table_080	0	0	{2000121}	[]	ANALYZE "public"."table_080";
2001819	analyze	analyze public.table_084	public.table_084	0	0	{2000125}	[]	ANALYZE "public"."table_084";
2001824	analyze	analyze public.table_089	public.table_089	0	0	{2000130}	[]	ANALYZE "public"."table_089";
2001837	analyze	analyze public.table_102	public.table_102	0	0	{2000143}	[]	ANALYZE "public"."table_102";
2001839	analyze	analyze public.table_104	public.table_104	0	0	{2000145}	[]	ANALYZE "public"."table_104";
2001842	analyze	analyze public.table_107	public.table_107	0	0	{2000148}	[]	ANALYZE "public"."table_107";
2001843	analyze	analyze public.table_108	public.table_108	0	0	{2000149}	[]	ANALYZE "public"."table_108";
2001845	analyze	analyze public.table_110	public.table_110	0	0	{2000151}	[]	ANALYZE "public"."table_110";
2001849	analyze	analyze public.table_114	public.table_114	0	0	{2000155}	[]	ANALYZE "public"."table_114";
2001852	analyze	analyze public.table_117	public.table_117	0	0	{2000158}	[]	ANALYZE "public"."table_117";
2001855	analyze	analyze public.table_120	public.table_120	0	0	{2000161}	[]	ANALYZE "public"."table_120";
2001860	analyze	analyze public.table_125	public.table_125	0	0	{2000166}	[]	ANALYZE "public"."table_125";
2001863	analyze	analyze public.table_128	public.table_128	0	0	{2000169}	[]	ANALYZE "public"."table_128";
2001864	analyze	analyze public.table_129	public.table_129	0	0	{2000170}	[]	ANALYZE "public"."table_129";
2001865	analyze	analyze public.table_130	public.table_130	0	0	{2000171}	[]	ANALYZE "public"."table_130";
2001872	analyze	analyze public.table_137	public.table_137	0	0	{2000178}	[]	ANALYZE "public"."table_137";
2001876	analyze	analyze public.table_141	public.table_141	0	0	{2000182}	[]	ANALYZE "public"."table_141";
2001878	analyze	analyze public.table_143	public.table_143	0	0	{2000184}	[]	ANALYZE "public"."table_143";
2001881	analyze	analyze public.table_146	public.table_146	0	0	{2000187}	[]	ANALYZE "public"."table_146";
2001884	analyze	analyze public.table_149	public.table_149	0	0	{2000190}	[]	ANALYZE "public"."table_149";
2001888	analyze	analyze public.table_153	public.table_153	0	0	{2000194}	[]	ANALYZE "public"."table_153";
2001892	analyze	analyze public.table_157	public.table_157	0	0	{2000198}	[]	ANALYZE "public"."table_157";
2001893	analyze	analyze public.table_158	public.table_158	0	0	{2000199}	[]	ANALYZE "public"."table_158";
2001894	analyze	analyze public.table_159	public.table_159	0	0	{2000200}	[]	ANALYZE "public"."table_159";
2001895	analyze	analyze public.table_160	public.table_160	0	0	{2000201}	[]	ANALYZE "public"."table_160";
2001897	analyze	analyze public.table_162	public.table_162	0	0	{2000203}	[]	ANALYZE "public"."table_162";
2001901	analyze	analyze public.table_166	public.table_166	0	0	{2000207}	[]	ANALYZE "public"."table_166";
2001902	analyze	analyze public.table_167	public.table_167	0	0	{2000208}	[]	ANALYZE "public"."table_167";
2001903	analyze	analyze public.table_168	public.table_168	0	0	{2000209}	[]	ANALYZE "public"."table_168";
2001910	analyze	analyze public.table_175	public.table_175	0	0	{2000216}	[]	ANALYZE "public"."table_175";
2001911	analyze	analyze public.table_176	public.table_176	0	0	{2000217}	[]	ANALYZE "public"."table_176";
2001914	analyze	analyze public.table_179	public.table_179	0	0	{2000220}	[]	ANALYZE "public"."table_179";
2001917	analyze	analyze public.table_182	public.table_182	0	0	{2000223}	[]	ANALYZE "public"."table_182";
2001919	analyze	analyze public.table_184	public.table_184	0	0	{2000225}	[]	ANALYZE "public"."table_184";
2001921	analyze	analyze public.table_186	public.table_186	0	0	{2000227}	[]	ANALYZE "public"."table_186";
2001923	analyze	analyze public.table_188	public.table_188	0	0	{2000229}	[]	ANALYZE "public"."table_188";
2001926	analyze	analyze public.table_191	public.table_191	0	0	{2000232}	[]	ANALYZE "public"."table_191";
2001928	analyze	analyze public.table_193	public.table_193	0	0	{2000234}	[]	ANALYZE "public"."table_193";
2001936	analyze	analyze public.table_201	public.table_201	0	0	{2000242}	[]	ANALYZE "public"."table_201";
2001937	analyze	analyze public.table_202	public.table_202	0	0	{2000243}	[]	ANALYZE "public"."table_202";
2001939	analyze	analyze public.table_204	public.table_204	0	0	{2000245}	[]	ANALYZE "public"."table_204";
2001940	analyze	analyze public.table_205	public.table_205	0	0	{2000246}	[]	ANALYZE "public"."table_205";
2001945	analyze	analyze public.table_210	public.table_210	0	0	{2000251}	[]	ANALYZE "public"."table_210";
2001946	analyze	analyze public.table_211	public.table_211	0	0	{2000252}	[]	ANALYZE "public"."table_211";
2001951	analyze	analyze public.table_216	public.table_216	0	0	{2000257}	[]	ANALYZE "public"."table_216";
2001958	analyze	analyze public.table_223	public.table_223	0	0	{2000264}	[]	ANALYZE "public"."table_223";
2001960	analyze	analyze public.table_225	public.table_225	0	0	{2000266}	[]	ANALYZE "public"."table_225";
2001962	analyze	analyze public.table_227	public.table_227	0	0	{2000268}	[]	ANALYZE "public"."table_227";
2001964	analyze	analyze public.table_229	public.table_229	0	0	{2000270}	[]	ANALYZE "public"."table_229";
2001965	analyze	analyze public.table_230	public.table_230	0	0	{2000271}	[]	ANALYZE "public"."table_230";
2001966	analyze	analyze public.table_231	public.table_231	0	0	{2000272}	[]	ANALYZE "public"."table_231";
2001967	analyze	analyze public.table_232	public.table_232	0	0	{2000273}	[]	ANALYZE "public"."table_232";
2001969	analyze	analyze public.table_234	public.table_234	0	0	{2000275}	[]	ANALYZE "public"."table_234";
2001972	analyze	analyze public.table_237	public.table_237	0	0	{2000278}	[]	ANALYZE "public"."table_237";
2001978	analyze	analyze public.table_243	public.table_243	0	0	{2000284}	[]	ANALYZE "public"."table_243";
2001980	analyze	analyze public.table_245	public.table_245	0	0	{2000286}	[]	ANALYZE "public"."table_245";
2001982	analyze	analyze public.table_247	public.table_247	0	0	{2000288}	[]	ANALYZE "public"."table_247";
2001985	analyze	analyze public.table_250	public.table_250	0	0	{2000291}	[]	ANALYZE "public"."table_250";
2001989	analyze	analyze public.table_254	public.table_254	0	0	{2000295}	[]	ANALYZE "public"."table_254";
2001991	analyze	analyze public.table_256	public.table_256	0	0	{2000297}	[]	ANALYZE "public"."table_256";
2001996	analyze	analyze public.table_261	public.table_261	0	0	{2000302}	[]	ANALYZE "public"."table_261";
2002000	analyze	analyze public.table_265	public.table_265	0	0	{2000306}	[]	ANALYZE "public"."table_265";
2002001	analyze	analyze public.table_266	public.table_266	0	0	{2000307}	[]	ANALYZE "public"."table_266";
2002002	analyze	analyze public.table_267	public.table_267	0	0	{2000308}	[]	ANALYZE "public"."table_267";
2002012	analyze	analyze public.table_277	public.table_277	0	0	{2000318}	[]	ANALYZE "public"."table_277";
2002013	analyze	analyze public.table_278	public.table_278	0	0	{2000319}	[]	ANALYZE "public"."table_278";
2002014	analyze	analyze public.table_279	public.table_279	0	0	{2000320}	[]	ANALYZE "public"."table_279";
2002020	analyze	analyze public.table_285	public.table_285	0	0	{2000326}	[]	ANALYZE "public"."table_285";
2002023	analyze	analyze public.table_288	public.table_288	0	0	{2000329}	[]	ANALYZE "public"."table_288";
2002028	analyze	analyze public.table_293	public.table_293	0	0	{2000334}	[]	ANALYZE "public"."table_293";
2002029	analyze	analyze public.table_294	public.table_294	0	0	{2000335}	[]	ANALYZE "public"."table_294";
2002030	analyze	analyze public.table_295	public.table_295	0	0	{2000336}	[]	ANALYZE "public"."table_295";
2002036	analyze	analyze public.table_301	public.table_301	0	0	{2000342}	[]	ANALYZE "public"."table_301";
2002038	analyze	analyze public.table_303	public.table_303	0	0	{2000344}	[]	ANALYZE "public"."table_303";
2002039	analyze	analyze public.table_304	public.table_304	0	0	{2000345}	[]	ANALYZE "public"."table_304";
2002040	analyze	analyze public.table_305	public.table_305	0	0	{2000346}	[]	ANALYZE "public"."table_305";
2002044	analyze	analyze public.table_309	public.table_309	0	0	{2000350}	[]	ANALYZE "public"."table_309";
2002054	analyze	analyze public.table_319	public.table_319	0	0	{2000360}	[]	ANALYZE "public"."table_319";
2002057	analyze	analyze public.table_322	public.table_322	0	0	{2000363}	[]	ANALYZE "public"."table_322";
2002058	analyze	analyze public.table_323	public.table_323	0	0	{2000364}	[]	ANALYZE "public"."table_323";
2002062	analyze	analyze public.table_327	public.table_327	0	0	{2000368}	[]	ANALYZE "public"."table_327";
2002068	analyze	analyze public.table_333	public.table_333	0	0	{2000374}	[]	ANALYZE "public"."table_333";
2002070	analyze	analyze public.table_335	public.table_335	0	0	{2000376}	[]	ANALYZE "public"."table_335";
2002072	analyze	analyze public.table_337	public.table_337	0	0	{2000378}	[]	ANALYZE "public"."table_337";
2002073	analyze	analyze public.table_338	public.table_338	0	0	{2000379}	[]	ANALYZE "public"."table_338";
2002076	analyze	analyze public.table_341	public.table_341	0	0	{2000382}	[]	ANALYZE "public"."table_341";
2002084	analyze	analyze public.table_349	public.table_349	0	0	{2000390}	[]	ANALYZE "public"."table_349";
2002092	analyze	analyze public.table_357	public.table_357	0	0	{2000398}	[]	ANALYZE "public"."table_357";
2002095	analyze	analyze public.table_360	public.table_360	0	0	{2000401}	[]	ANALYZE "public"."table_360";
2002098	analyze	analyze public.table_363	public.table_363	0	0	{2000404}	[]	ANALYZE "public"."table_363";
2002112	analyze	analyze public.table_377	public.table_377	0	0	{2000418}	[]	ANALYZE "public"."table_377";
2002113	analyze	analyze public.table_378	public.table_378	0	0	{2000419}	[]	ANALYZE "public"."table_378";
2002115	analyze	analyze public.table_380	public.table_380	0	0	{2000421}	[]	ANALYZE "public"."table_380";
2002121	analyze	analyze public.table_386	public.table_386	0	0	{2000427}	[]	ANALYZE "public"."table_386";
2002128	analyze	analyze public.table_393	public.table_393	0	0	{2000434}	[]	ANALYZE "public"."table_393";
2002133	analyze	analyze public.table_398	public.table_398	0	0	{2000439}	[]	ANALYZE "public"."table_398";
2002134	analyze	analyze public.table_399	public.table_399	0	0	{2000440}	[]	ANALYZE "public"."table_399";
2002135	copy	markers of 1 slot	pgcutover.marker_dms_slot_02	0	0	{}	[["pgcutover","marker_dms_slot_02"]]	SELECT 'SELECT pgcutover.begin_table(2002135, 1, true);\nCOPY "pgcutover"."marker_dms_slot_02" ("id", "token", "source_lsn", "at") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "pgcutover"."marker_dms_slot_02" ("id", "token", "source_lsn", "at") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(2002135, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
\.
INSERT INTO pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
SELECT id, kind, label, relation, bytes, tail, pg_catalog.cardinality(needs), statement FROM item_file;
INSERT INTO pgcutover.item_table (item, seq, schema_name, table_name)
SELECT f.id, t.seq, t.name ->> 0, t.name ->> 1 FROM item_file AS f CROSS JOIN pg_catalog.jsonb_array_elements(f.tables) WITH ORDINALITY AS t (name, seq);
INSERT INTO pgcutover.item_need (needs, item) SELECT n.id, f.id FROM item_file AS f CROSS JOIN pg_catalog.unnest(f.needs) AS n (id);
UPDATE pgcutover.run SET lsn = :'lsn', postmaster_start_time = :'started' WHERE plan = :'plan';

-- What AWS DMS has noted of tasks that are gone, in tables that it makes itself: a new task of the same name would take it for its own. The script that
-- runs this has kept the rows. The history stays.
SELECT pg_catalog.format('DELETE FROM %I.%I WHERE %I = ANY (%L)', n.nspname, c.relname, a.attname, ARRAY['shop-task-02', 'shop-dms-slot-02'])
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('TASK_NAME', 'task_name')
WHERE n.nspname = 'awsdms_control' AND c.relkind IN ('r', 'p') AND c.relname IN ('awsdms_apply_exceptions', 'awsdms_full_load_exceptions', 'awsdms_history', 'awsdms_status', 'awsdms_suspended_tables', 'awsdms_txn_state', 'awsdms_validation_failures_v1', 'awsdms_validation_failures_v2') AND c.relname <> 'awsdms_history' ORDER BY c.relname \gexec

COMMIT;
