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
  pg_catalog.to_regclass('"public"."table_003"')::oid,
  pg_catalog.to_regclass('"public"."table_006"')::oid,
  pg_catalog.to_regclass('"public"."table_008"')::oid,
  pg_catalog.to_regclass('"public"."table_011"')::oid,
  pg_catalog.to_regclass('"public"."table_013"')::oid,
  pg_catalog.to_regclass('"public"."table_014"')::oid,
  pg_catalog.to_regclass('"public"."table_016"')::oid,
  pg_catalog.to_regclass('"public"."table_020"')::oid,
  pg_catalog.to_regclass('"public"."table_022"')::oid,
  pg_catalog.to_regclass('"public"."table_026"')::oid,
  pg_catalog.to_regclass('"public"."table_027"')::oid,
  pg_catalog.to_regclass('"public"."table_030"')::oid,
  pg_catalog.to_regclass('"public"."table_031"')::oid,
  pg_catalog.to_regclass('"public"."table_033"')::oid,
  pg_catalog.to_regclass('"public"."table_034"')::oid,
  pg_catalog.to_regclass('"public"."table_049"')::oid,
  pg_catalog.to_regclass('"public"."table_051"')::oid,
  pg_catalog.to_regclass('"public"."table_052"')::oid,
  pg_catalog.to_regclass('"public"."table_053"')::oid,
  pg_catalog.to_regclass('"public"."table_054"')::oid,
  pg_catalog.to_regclass('"public"."table_070"')::oid,
  pg_catalog.to_regclass('"public"."table_071"')::oid,
  pg_catalog.to_regclass('"public"."table_072"')::oid,
  pg_catalog.to_regclass('"public"."table_076"')::oid,
  pg_catalog.to_regclass('"public"."table_081"')::oid,
  pg_catalog.to_regclass('"public"."table_083"')::oid,
  pg_catalog.to_regclass('"public"."table_086"')::oid,
  pg_catalog.to_regclass('"public"."table_087"')::oid,
  pg_catalog.to_regclass('"public"."table_092"')::oid,
  pg_catalog.to_regclass('"public"."table_093"')::oid,
  pg_catalog.to_regclass('"public"."table_094"')::oid,
  pg_catalog.to_regclass('"public"."table_096"')::oid,
  pg_catalog.to_regclass('"public"."table_098"')::oid,
  pg_catalog.to_regclass('"public"."table_111"')::oid,
  pg_catalog.to_regclass('"public"."table_112"')::oid,
  pg_catalog.to_regclass('"public"."table_113"')::oid,
  pg_catalog.to_regclass('"public"."table_116"')::oid,
  pg_catalog.to_regclass('"public"."table_126"')::oid,
  pg_catalog.to_regclass('"public"."table_131"')::oid,
  pg_catalog.to_regclass('"public"."table_133"')::oid,
  pg_catalog.to_regclass('"public"."table_135"')::oid,
  pg_catalog.to_regclass('"public"."table_139"')::oid,
  pg_catalog.to_regclass('"public"."table_142"')::oid,
  pg_catalog.to_regclass('"public"."table_147"')::oid,
  pg_catalog.to_regclass('"public"."table_151"')::oid,
  pg_catalog.to_regclass('"public"."table_152"')::oid,
  pg_catalog.to_regclass('"public"."table_156"')::oid,
  pg_catalog.to_regclass('"public"."table_161"')::oid,
  pg_catalog.to_regclass('"public"."table_164"')::oid,
  pg_catalog.to_regclass('"public"."table_170"')::oid,
  pg_catalog.to_regclass('"public"."table_174"')::oid,
  pg_catalog.to_regclass('"public"."table_177"')::oid,
  pg_catalog.to_regclass('"public"."table_180"')::oid,
  pg_catalog.to_regclass('"public"."table_183"')::oid,
  pg_catalog.to_regclass('"public"."table_187"')::oid,
  pg_catalog.to_regclass('"public"."table_194"')::oid,
  pg_catalog.to_regclass('"public"."table_195"')::oid,
  pg_catalog.to_regclass('"public"."table_196"')::oid,
  pg_catalog.to_regclass('"public"."table_197"')::oid,
  pg_catalog.to_regclass('"public"."table_203"')::oid,
  pg_catalog.to_regclass('"public"."table_206"')::oid,
  pg_catalog.to_regclass('"public"."table_209"')::oid,
  pg_catalog.to_regclass('"public"."table_212"')::oid,
  pg_catalog.to_regclass('"public"."table_215"')::oid,
  pg_catalog.to_regclass('"public"."table_218"')::oid,
  pg_catalog.to_regclass('"public"."table_220"')::oid,
  pg_catalog.to_regclass('"public"."table_221"')::oid,
  pg_catalog.to_regclass('"public"."table_233"')::oid,
  pg_catalog.to_regclass('"public"."table_238"')::oid,
  pg_catalog.to_regclass('"public"."table_239"')::oid,
  pg_catalog.to_regclass('"public"."table_248"')::oid,
  pg_catalog.to_regclass('"public"."table_251"')::oid,
  pg_catalog.to_regclass('"public"."table_255"')::oid,
  pg_catalog.to_regclass('"public"."table_259"')::oid,
  pg_catalog.to_regclass('"public"."table_260"')::oid,
  pg_catalog.to_regclass('"public"."table_264"')::oid,
  pg_catalog.to_regclass('"public"."table_269"')::oid,
  pg_catalog.to_regclass('"public"."table_272"')::oid,
  pg_catalog.to_regclass('"public"."table_273"')::oid,
  pg_catalog.to_regclass('"public"."table_275"')::oid,
  pg_catalog.to_regclass('"public"."table_276"')::oid,
  pg_catalog.to_regclass('"public"."table_281"')::oid,
  pg_catalog.to_regclass('"public"."table_282"')::oid,
  pg_catalog.to_regclass('"public"."table_284"')::oid,
  pg_catalog.to_regclass('"public"."table_286"')::oid,
  pg_catalog.to_regclass('"public"."table_287"')::oid,
  pg_catalog.to_regclass('"public"."table_291"')::oid,
  pg_catalog.to_regclass('"public"."table_292"')::oid,
  pg_catalog.to_regclass('"public"."table_296"')::oid,
  pg_catalog.to_regclass('"public"."table_299"')::oid,
  pg_catalog.to_regclass('"public"."table_302"')::oid,
  pg_catalog.to_regclass('"public"."table_306"')::oid,
  pg_catalog.to_regclass('"public"."table_308"')::oid,
  pg_catalog.to_regclass('"public"."table_311"')::oid,
  pg_catalog.to_regclass('"public"."table_312"')::oid,
  pg_catalog.to_regclass('"public"."table_313"')::oid,
  pg_catalog.to_regclass('"public"."table_317"')::oid,
  pg_catalog.to_regclass('"public"."table_320"')::oid,
  pg_catalog.to_regclass('"public"."table_321"')::oid,
  pg_catalog.to_regclass('"public"."table_326"')::oid,
  pg_catalog.to_regclass('"public"."table_331"')::oid,
  pg_catalog.to_regclass('"public"."table_339"')::oid,
  pg_catalog.to_regclass('"public"."table_347"')::oid,
  pg_catalog.to_regclass('"public"."table_350"')::oid,
  pg_catalog.to_regclass('"public"."table_351"')::oid,
  pg_catalog.to_regclass('"public"."table_354"')::oid,
  pg_catalog.to_regclass('"public"."table_358"')::oid,
  pg_catalog.to_regclass('"public"."table_364"')::oid,
  pg_catalog.to_regclass('"public"."table_373"')::oid,
  pg_catalog.to_regclass('"public"."table_374"')::oid,
  pg_catalog.to_regclass('"public"."table_382"')::oid,
  pg_catalog.to_regclass('"public"."table_383"')::oid,
  pg_catalog.to_regclass('"public"."table_384"')::oid,
  pg_catalog.to_regclass('"public"."table_389"')::oid,
  pg_catalog.to_regclass('"public"."table_392"')::oid,
  pg_catalog.to_regclass('"public"."table_394"')::oid,
  pg_catalog.to_regclass('"public"."table_396"')::oid,
  pg_catalog.to_regclass('"public"."table_400"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_dms_slot_01"')::oid] AS tables) AS mine
WHERE k.contype = 'f' AND k.confrelid = ANY (mine.tables) AND k.conrelid <> ALL (mine.tables) ORDER BY 1;
\quit
\endif
BEGIN;
SET LOCAL lock_timeout = '30s';
TRUNCATE
  ONLY "public"."table_003",
  ONLY "public"."table_006",
  ONLY "public"."table_008",
  ONLY "public"."table_011",
  ONLY "public"."table_013",
  ONLY "public"."table_014",
  ONLY "public"."table_016",
  ONLY "public"."table_020",
  ONLY "public"."table_022",
  ONLY "public"."table_026",
  ONLY "public"."table_027",
  ONLY "public"."table_030",
  ONLY "public"."table_031",
  ONLY "public"."table_033",
  ONLY "public"."table_034",
  ONLY "public"."table_049",
  ONLY "public"."table_051",
  ONLY "public"."table_052",
  ONLY "public"."table_053",
  ONLY "public"."table_054",
  ONLY "public"."table_070",
  ONLY "public"."table_071",
  ONLY "public"."table_072",
  ONLY "public"."table_076",
  ONLY "public"."table_081",
  ONLY "public"."table_083",
  ONLY "public"."table_086",
  ONLY "public"."table_087",
  ONLY "public"."table_092",
  ONLY "public"."table_093",
  ONLY "public"."table_094",
  ONLY "public"."table_096",
  ONLY "public"."table_098",
  ONLY "public"."table_111",
  ONLY "public"."table_112",
  ONLY "public"."table_113",
  ONLY "public"."table_116",
  ONLY "public"."table_126",
  ONLY "public"."table_131",
  ONLY "public"."table_133",
  ONLY "public"."table_135",
  ONLY "public"."table_139",
  ONLY "public"."table_142",
  ONLY "public"."table_147",
  ONLY "public"."table_151",
  ONLY "public"."table_152",
  ONLY "public"."table_156",
  ONLY "public"."table_161",
  ONLY "public"."table_164",
  ONLY "public"."table_170",
  ONLY "public"."table_174",
  ONLY "public"."table_177",
  ONLY "public"."table_180",
  ONLY "public"."table_183",
  ONLY "public"."table_187",
  ONLY "public"."table_194",
  ONLY "public"."table_195",
  ONLY "public"."table_196",
  ONLY "public"."table_197",
  ONLY "public"."table_203",
  ONLY "public"."table_206",
  ONLY "public"."table_209",
  ONLY "public"."table_212",
  ONLY "public"."table_215",
  ONLY "public"."table_218",
  ONLY "public"."table_220",
  ONLY "public"."table_221",
  ONLY "public"."table_233",
  ONLY "public"."table_238",
  ONLY "public"."table_239",
  ONLY "public"."table_248",
  ONLY "public"."table_251",
  ONLY "public"."table_255",
  ONLY "public"."table_259",
  ONLY "public"."table_260",
  ONLY "public"."table_264",
  ONLY "public"."table_269",
  ONLY "public"."table_272",
  ONLY "public"."table_273",
  ONLY "public"."table_275",
  ONLY "public"."table_276",
  ONLY "public"."table_281",
  ONLY "public"."table_282",
  ONLY "public"."table_284",
  ONLY "public"."table_286",
  ONLY "public"."table_287",
  ONLY "public"."table_291",
  ONLY "public"."table_292",
  ONLY "public"."table_296",
  ONLY "public"."table_299",
  ONLY "public"."table_302",
  ONLY "public"."table_306",
  ONLY "public"."table_308",
  ONLY "public"."table_311",
  ONLY "public"."table_312",
  ONLY "public"."table_313",
  ONLY "public"."table_317",
  ONLY "public"."table_320",
  ONLY "public"."table_321",
  ONLY "public"."table_326",
  ONLY "public"."table_331",
  ONLY "public"."table_339",
  ONLY "public"."table_347",
  ONLY "public"."table_350",
  ONLY "public"."table_351",
  ONLY "public"."table_354",
  ONLY "public"."table_358",
  ONLY "public"."table_364",
  ONLY "public"."table_373",
  ONLY "public"."table_374",
  ONLY "public"."table_382",
  ONLY "public"."table_383",
  ONLY "public"."table_384",
  ONLY "public"."table_389",
  ONLY "public"."table_392",
  ONLY "public"."table_394",
  ONLY "public"."table_396",
  ONLY "public"."table_400",
  ONLY "pgcutover"."marker_dms_slot_01";

-- The items of an earlier restart of this slot make room; those of the first load stay as they are, done.
DELETE FROM pgcutover.item_need WHERE item BETWEEN 1000000 AND 1999999 OR needs BETWEEN 1000000 AND 1999999;
DELETE FROM pgcutover.item_table WHERE item BETWEEN 1000000 AND 1999999;
DELETE FROM pgcutover.item WHERE id BETWEEN 1000000 AND 1999999;

CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
1000001	copy	public.table_003 [range 3 of 3]	public.table_003	62038419229	1772526	{}	[["public","table_003"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000001, 1, false);\nCOPY "public"."table_003" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_003" WHERE ctid >= '(15146097,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000001, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000002	copy	public.table_003 [range 2 of 3]	public.table_003	62038419228	1772526	{}	[["public","table_003"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000002, 1, false);\nCOPY "public"."table_003" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_003" WHERE ctid >= '(7573048,0)'::tid AND ctid < '(15146097,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000002, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000012	copy	public.table_003 [range 1 of 3]	public.table_003	62038411036	1772526	{}	[["public","table_003"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000012, 1, false);\nCOPY "public"."table_003" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_003" WHERE ctid < '(7573048,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000012, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000043	copy	public.table_011	public.table_011	50758704407	1450248	{}	[["public","table_011"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000043, 1, true);\nCOPY "public"."table_011" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_011" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000043, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000044	copy	public.table_006 [range 2 of 2]	public.table_006	46528816470	1329394	{}	[["public","table_006"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000044, 1, false);\nCOPY "public"."table_006" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_006" WHERE ctid >= '(5679786,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000044, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000048	copy	public.table_006 [range 1 of 2]	public.table_006	46528808276	1329394	{}	[["public","table_006"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000048, 1, false);\nCOPY "public"."table_006" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_006" WHERE ctid < '(5679786,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000048, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000050	copy	public.table_013	public.table_013	42949672960	1227133	{}	[["public","table_013"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000050, 1, true);\nCOPY "public"."table_013" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_013" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000050, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000052	copy	public.table_014	public.table_014	39881839177	1139481	{}	[["public","table_014"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000052, 1, true);\nCOPY "public"."table_014" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_014" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000052, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000055	copy	public.table_008 [range 1 of 2]	public.table_008	34896609280	997045	{}	[["public","table_008"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000055, 1, false);\nCOPY "public"."table_008" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_008" WHERE ctid < '(4259840,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000055, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000056	copy	public.table_008 [range 2 of 2]	public.table_008	34896609280	997045	{}	[["public","table_008"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000056, 1, false);\nCOPY "public"."table_008" ("id", "company_id", "state", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "state", "created_at" FROM ONLY "public"."table_008" WHERE ctid >= '(4259840,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000056, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000057	copy	public.table_016	public.table_016	34896609280	997045	{}	[["public","table_016"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000057, 1, true);\nCOPY "public"."table_016" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_016" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000057, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000061	copy	public.table_020	public.table_020	27917287424	797636	{}	[["public","table_020"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000061, 1, true);\nCOPY "public"."table_020" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_020" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000061, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000063	copy	public.table_022	public.table_022	25379352203	725124	{}	[["public","table_022"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000063, 1, true);\nCOPY "public"."table_022" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_022" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000063, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000067	copy	public.table_026	public.table_026	21474836480	613566	{}	[["public","table_026"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000067, 1, true);\nCOPY "public"."table_026" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_026" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000067, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000068	copy	public.table_027	public.table_027	20679472165	590842	{}	[["public","table_027"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000068, 1, true);\nCOPY "public"."table_027" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_027" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000068, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000071	copy	public.table_030	public.table_030	18611524949	531757	{}	[["public","table_030"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000071, 1, true);\nCOPY "public"."table_030" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_030" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000071, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000072	copy	public.table_031	public.table_031	18011153176	514604	{}	[["public","table_031"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000072, 1, true);\nCOPY "public"."table_031" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_031" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000072, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000074	copy	public.table_033	public.table_033	16919568135	483416	{}	[["public","table_033"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000074, 1, true);\nCOPY "public"."table_033" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_033" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000074, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000075	copy	public.table_034	public.table_034	16421933778	469198	{}	[["public","table_034"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000075, 1, true);\nCOPY "public"."table_034" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_034" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000075, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000090	copy	public.table_049	public.table_049	11394811193	325566	{}	[["public","table_049"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000090, 1, true);\nCOPY "public"."table_049" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_049" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000090, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000092	copy	public.table_051	public.table_051	10947955852	312798	{}	[["public","table_051"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000092, 1, true);\nCOPY "public"."table_051" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_051" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000092, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000093	copy	public.table_052	public.table_052	10737418240	306783	{}	[["public","table_052"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000093, 1, true);\nCOPY "public"."table_052" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_052" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000093, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000094	copy	public.table_053	public.table_053	10534825443	300995	{}	[["public","table_053"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000094, 1, true);\nCOPY "public"."table_053" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_053" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000094, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000095	copy	public.table_054	public.table_054	10339736082	295421	{}	[["public","table_054"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000095, 1, true);\nCOPY "public"."table_054" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_054" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000095, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000111	copy	public.table_070	public.table_070	7976367835	227896	{}	[["public","table_070"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000111, 1, true);\nCOPY "public"."table_070" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_070" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000111, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000112	copy	public.table_071	public.table_071	7864024626	224686	{}	[["public","table_071"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000112, 1, true);\nCOPY "public"."table_071" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_071" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000112, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000113	copy	public.table_072	public.table_072	7754802062	221565	{}	[["public","table_072"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000113, 1, true);\nCOPY "public"."table_072" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_072" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000113, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000117	copy	public.table_076	public.table_076	7346654585	209904	{}	[["public","table_076"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000117, 1, true);\nCOPY "public"."table_076" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_076" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000117, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000122	copy	public.table_081	public.table_081	6893157388	196947	{}	[["public","table_081"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000122, 1, true);\nCOPY "public"."table_081" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_081" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000122, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000124	copy	public.table_083	public.table_083	6727057210	192201	{}	[["public","table_083"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000124, 1, true);\nCOPY "public"."table_083" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_083" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000124, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000127	copy	public.table_086	public.table_086	6492392424	185496	{}	[["public","table_086"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000127, 1, true);\nCOPY "public"."table_086" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_086" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000127, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000128	copy	public.table_087	public.table_087	6417767223	183364	{}	[["public","table_087"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000128, 1, true);\nCOPY "public"."table_087" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_087" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000128, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000133	copy	public.table_092	public.table_092	6068975526	173399	{}	[["public","table_092"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000133, 1, true);\nCOPY "public"."table_092" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_092" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000133, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000134	copy	public.table_093	public.table_093	6003717725	171534	{}	[["public","table_093"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000134, 1, true);\nCOPY "public"."table_093" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_093" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000134, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000135	copy	public.table_094	public.table_094	5939848388	169709	{}	[["public","table_094"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000135, 1, true);\nCOPY "public"."table_094" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_094" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000135, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000137	copy	public.table_096	public.table_096	5816101546	166174	{}	[["public","table_096"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000137, 1, true);\nCOPY "public"."table_096" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_096" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000137, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000139	copy	public.table_098	public.table_098	5697405596	162783	{}	[["public","table_098"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000139, 1, true);\nCOPY "public"."table_098" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_098" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000139, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000152	copy	public.table_111	public.table_111	5030141878	143718	{}	[["public","table_111"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000152, 1, true);\nCOPY "public"."table_111" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_111" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000152, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000153	copy	public.table_112	public.table_112	4985229897	142435	{}	[["public","table_112"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000153, 1, true);\nCOPY "public"."table_112" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_112" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000153, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000154	copy	public.table_113	public.table_113	4941112818	141174	{}	[["public","table_113"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000154, 1, true);\nCOPY "public"."table_113" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_113" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000154, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000157	copy	public.table_116	public.table_116	4813325417	137523	{}	[["public","table_116"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000157, 1, true);\nCOPY "public"."table_116" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_116" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000157, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000167	copy	public.table_126	public.table_126	4431315464	126609	{}	[["public","table_126"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000167, 1, true);\nCOPY "public"."table_126" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_126" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000167, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000172	copy	public.table_131	public.table_131	4262181286	121776	{}	[["public","table_131"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000172, 1, true);\nCOPY "public"."table_131" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_131" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000172, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000174	copy	public.table_133	public.table_133	4198088334	119945	{}	[["public","table_133"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000174, 1, true);\nCOPY "public"."table_133" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_133" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000174, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000176	copy	public.table_135	public.table_135	4135894433	118168	{}	[["public","table_135"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000176, 1, true);\nCOPY "public"."table_135" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_135" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000176, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000180	copy	public.table_139	public.table_139	4016875888	114767	{}	[["public","table_139"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000180, 1, true);\nCOPY "public"."table_139" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_139" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000180, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000183	copy	public.table_142	public.table_142	3932012313	112343	{}	[["public","table_142"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000183, 1, true);\nCOPY "public"."table_142" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_142" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000183, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000188	copy	public.table_147	public.table_147	3798270397	108522	{}	[["public","table_147"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000188, 1, true);\nCOPY "public"."table_147" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_147" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000188, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000192	copy	public.table_151	public.table_151	3697653963	105647	{}	[["public","table_151"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000192, 1, true);\nCOPY "public"."table_151" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_151" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000192, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000193	copy	public.table_152	public.table_152	3673327292	104952	{}	[["public","table_152"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000193, 1, true);\nCOPY "public"."table_152" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_152" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000193, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000197	copy	public.table_156	public.table_156	3579139413	102261	{}	[["public","table_156"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000197, 1, true);\nCOPY "public"."table_156" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_156" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000197, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000202	copy	public.table_161	public.table_161	3467986015	99085	{}	[["public","table_161"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000202, 1, true);\nCOPY "public"."table_161" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_161" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000202, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000205	copy	public.table_164	public.table_164	3404547246	97272	{}	[["public","table_164"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000205, 1, true);\nCOPY "public"."table_164" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_164" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000205, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000211	copy	public.table_170	public.table_170	3284386755	93839	{}	[["public","table_170"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000211, 1, true);\nCOPY "public"."table_170" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_170" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000211, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000215	copy	public.table_174	public.table_174	3208883611	91682	{}	[["public","table_174"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000215, 1, true);\nCOPY "public"."table_174" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_174" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000215, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000218	copy	public.table_177	public.table_177	3154495754	90128	{}	[["public","table_177"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000218, 1, true);\nCOPY "public"."table_177" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_177" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000218, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000221	copy	public.table_180	public.table_180	3101920824	88626	{}	[["public","table_180"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000221, 1, true);\nCOPY "public"."table_180" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_180" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000221, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000224	copy	public.table_183	public.table_183	3051069663	87173	{}	[["public","table_183"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000224, 1, true);\nCOPY "public"."table_183" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_183" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000224, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000228	copy	public.table_187	public.table_187	2985806141	85308	{}	[["public","table_187"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000228, 1, true);\nCOPY "public"."table_187" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_187" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000228, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000235	copy	public.table_194	public.table_194	2878070868	82230	{}	[["public","table_194"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000235, 1, true);\nCOPY "public"."table_194" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_194" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000235, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000236	copy	public.table_195	public.table_195	2863311530	81808	{}	[["public","table_195"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000236, 1, true);\nCOPY "public"."table_195" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_195" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000236, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000237	copy	public.table_196	public.table_196	2848702798	81391	{}	[["public","table_196"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000237, 1, true);\nCOPY "public"."table_196" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_196" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000237, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000238	copy	public.table_197	public.table_197	2834242378	80978	{}	[["public","table_197"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000238, 1, true);\nCOPY "public"."table_197" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_197" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000238, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000244	copy	public.table_203	public.table_203	2750471667	78584	{}	[["public","table_203"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000244, 1, true);\nCOPY "public"."table_203" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_203" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000244, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000247	copy	public.table_206	public.table_206	2710416254	77440	{}	[["public","table_206"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000247, 1, true);\nCOPY "public"."table_206" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_206" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000247, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000250	copy	public.table_209	public.table_209	2671510758	76328	{}	[["public","table_209"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000250, 1, true);\nCOPY "public"."table_209" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_209" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000250, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000253	copy	public.table_212	public.table_212	2633706360	75248	{}	[["public","table_212"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000253, 1, true);\nCOPY "public"."table_212" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_212" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000253, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000256	copy	public.table_215	public.table_215	2596956969	74198	{}	[["public","table_215"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000256, 1, true);\nCOPY "public"."table_215" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_215" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000256, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000259	copy	public.table_218	public.table_218	2561219029	73177	{}	[["public","table_218"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000259, 1, true);\nCOPY "public"."table_218" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_218" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000259, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000261	copy	public.table_220	public.table_220	2537935220	72512	{}	[["public","table_220"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000261, 1, true);\nCOPY "public"."table_220" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_220" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000261, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000262	copy	public.table_221	public.table_221	2526451350	72184	{}	[["public","table_221"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000262, 1, true);\nCOPY "public"."table_221" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_221" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000262, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000274	copy	public.table_233	public.table_233	2396333684	68466	{}	[["public","table_233"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000274, 1, true);\nCOPY "public"."table_233" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_233" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000274, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000279	copy	public.table_238	public.table_238	2345990539	67028	{}	[["public","table_238"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000279, 1, true);\nCOPY "public"."table_238" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_238" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000279, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000280	copy	public.table_239	public.table_239	2336174679	66747	{}	[["public","table_239"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000280, 1, true);\nCOPY "public"."table_239" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_239" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000280, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000289	copy	public.table_248	public.table_248	2251394147	64325	{}	[["public","table_248"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000289, 1, true);\nCOPY "public"."table_248" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_248" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000289, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000292	copy	public.table_251	public.table_251	2224485053	63556	{}	[["public","table_251"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000292, 1, true);\nCOPY "public"."table_251" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_251" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000292, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000296	copy	public.table_255	public.table_255	2189591170	62559	{}	[["public","table_255"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000296, 1, true);\nCOPY "public"."table_255" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_255" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000296, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000300	copy	public.table_259	public.table_259	2155775090	61593	{}	[["public","table_259"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000300, 1, true);\nCOPY "public"."table_259" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_259" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000300, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000301	copy	public.table_260	public.table_260	2147483648	61356	{}	[["public","table_260"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000301, 1, true);\nCOPY "public"."table_260" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_260" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000301, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000305	copy	public.table_264	public.table_264	2114946016	60427	{}	[["public","table_264"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000305, 1, true);\nCOPY "public"."table_264" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_264" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000305, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000310	copy	public.table_269	public.table_269	2075634752	59303	{}	[["public","table_269"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000310, 1, true);\nCOPY "public"."table_269" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_269" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000310, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000313	copy	public.table_272	public.table_272	2052741722	58649	{}	[["public","table_272"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000313, 1, true);\nCOPY "public"."table_272" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_272" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000313, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000314	copy	public.table_273	public.table_273	2045222521	58434	{}	[["public","table_273"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000314, 1, true);\nCOPY "public"."table_273" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_273" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000314, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000316	copy	public.table_275	public.table_275	2030348176	58009	{}	[["public","table_275"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000316, 1, true);\nCOPY "public"."table_275" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_275" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000316, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000317	copy	public.table_276	public.table_276	2022991842	57799	{}	[["public","table_276"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000317, 1, true);\nCOPY "public"."table_276" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_276" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000317, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000322	copy	public.table_281	public.table_281	1986995546	56771	{}	[["public","table_281"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000322, 1, true);\nCOPY "public"."table_281" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_281" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000322, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000323	copy	public.table_282	public.table_282	1979949462	56569	{}	[["public","table_282"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000323, 1, true);\nCOPY "public"."table_282" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_282" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000323, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000325	copy	public.table_284	public.table_284	1966006156	56171	{}	[["public","table_284"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000325, 1, true);\nCOPY "public"."table_284" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_284" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000325, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000327	copy	public.table_286	public.table_286	1952257861	55778	{}	[["public","table_286"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000327, 1, true);\nCOPY "public"."table_286" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_286" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000327, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000328	copy	public.table_287	public.table_287	1945455569	55584	{}	[["public","table_287"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000328, 1, true);\nCOPY "public"."table_287" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_287" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000328, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000332	copy	public.table_291	public.table_291	1918713912	54820	{}	[["public","table_291"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000332, 1, true);\nCOPY "public"."table_291" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_291" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000332, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000333	copy	public.table_292	public.table_292	1912142974	54632	{}	[["public","table_292"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000333, 1, true);\nCOPY "public"."table_292" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_292" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000333, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000337	copy	public.table_296	public.table_296	1886303204	53894	{}	[["public","table_296"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000337, 1, true);\nCOPY "public"."table_296" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_296" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000337, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000340	copy	public.table_299	public.table_299	1867377085	53353	{}	[["public","table_299"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000340, 1, true);\nCOPY "public"."table_299" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_299" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000340, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000343	copy	public.table_302	public.table_302	1848826981	52823	{}	[["public","table_302"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000343, 1, true);\nCOPY "public"."table_302" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_302" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000343, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000347	copy	public.table_306	public.table_306	1824659308	52133	{}	[["public","table_306"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000347, 1, true);\nCOPY "public"."table_306" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_306" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000347, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000349	copy	public.table_308	public.table_308	1812810871	51794	{}	[["public","table_308"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000349, 1, true);\nCOPY "public"."table_308" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_308" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000349, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000352	copy	public.table_311	public.table_311	1795323950	51294	{}	[["public","table_311"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000352, 1, true);\nCOPY "public"."table_311" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_311" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000352, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000353	copy	public.table_312	public.table_312	1789569706	51130	{}	[["public","table_312"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000353, 1, true);\nCOPY "public"."table_312" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_312" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000353, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000354	copy	public.table_313	public.table_313	1783852231	50967	{}	[["public","table_313"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000354, 1, true);\nCOPY "public"."table_313" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_313" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000354, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000358	copy	public.table_317	public.table_317	1761343055	50324	{}	[["public","table_317"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000358, 1, true);\nCOPY "public"."table_317" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_317" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000358, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000361	copy	public.table_320	public.table_320	1744830464	49852	{}	[["public","table_320"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000361, 1, true);\nCOPY "public"."table_320" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_320" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000361, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000362	copy	public.table_321	public.table_321	1739394855	49696	{}	[["public","table_321"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000362, 1, true);\nCOPY "public"."table_321" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_321" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000362, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000367	copy	public.table_326	public.table_326	1712717019	48934	{}	[["public","table_326"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000367, 1, true);\nCOPY "public"."table_326" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_326" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000367, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000372	copy	public.table_331	public.table_331	1686845161	48195	{}	[["public","table_331"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000372, 1, true);\nCOPY "public"."table_331" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_331" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000372, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000380	copy	public.table_339	public.table_339	1647037606	47058	{}	[["public","table_339"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000380, 1, true);\nCOPY "public"."table_339" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_339" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000380, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000388	copy	public.table_347	public.table_347	1609065557	45973	{}	[["public","table_347"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000388, 1, true);\nCOPY "public"."table_347" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_347" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000388, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000391	copy	public.table_350	public.table_350	1595273567	45579	{}	[["public","table_350"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000391, 1, true);\nCOPY "public"."table_350" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_350" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000391, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000392	copy	public.table_351	public.table_351	1590728628	45449	{}	[["public","table_351"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000392, 1, true);\nCOPY "public"."table_351" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_351" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000392, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000395	copy	public.table_354	public.table_354	1577247877	45064	{}	[["public","table_354"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000395, 1, true);\nCOPY "public"."table_354" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_354" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000395, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000399	copy	public.table_358	public.table_358	1559624995	44560	{}	[["public","table_358"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000399, 1, true);\nCOPY "public"."table_358" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_358" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000399, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000405	copy	public.table_364	public.table_364	1533916891	43826	{}	[["public","table_364"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000405, 1, true);\nCOPY "public"."table_364" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_364" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000405, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000414	copy	public.table_373	public.table_373	1496905491	42768	{}	[["public","table_373"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000414, 1, true);\nCOPY "public"."table_373" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_373" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000414, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000415	copy	public.table_374	public.table_374	1492903070	42654	{}	[["public","table_374"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000415, 1, true);\nCOPY "public"."table_374" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_374" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000415, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000423	copy	public.table_382	public.table_382	1461638085	41761	{}	[["public","table_382"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000423, 1, true);\nCOPY "public"."table_382" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_382" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000423, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000424	copy	public.table_383	public.table_383	1457821797	41652	{}	[["public","table_383"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000424, 1, true);\nCOPY "public"."table_383" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_383" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000424, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000425	copy	public.table_384	public.table_384	1454025386	41543	{}	[["public","table_384"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000425, 1, true);\nCOPY "public"."table_384" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_384" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000425, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000430	copy	public.table_389	public.table_389	1435336114	41009	{}	[["public","table_389"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000430, 1, true);\nCOPY "public"."table_389" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_389" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000430, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000433	copy	public.table_392	public.table_392	1424351399	40695	{}	[["public","table_392"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000433, 1, true);\nCOPY "public"."table_392" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_392" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000433, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000435	copy	public.table_394	public.table_394	1417121189	40489	{}	[["public","table_394"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000435, 1, true);\nCOPY "public"."table_394" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_394" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000435, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000437	copy	public.table_396	public.table_396	1409964011	40284	{}	[["public","table_396"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000437, 1, true);\nCOPY "public"."table_396" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_396" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000437, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000441	copy	public.table_400	public.table_400	1395864371	39881	{}	[["public","table_400"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000441, 1, true);\nCOPY "public"."table_400" ("id", "company_id", "state", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."table_400" ("id", "company_id", "state", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000441, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1001738	analyze	analyze public.table_003	public.table_003	0	0	{1000001,1000002,1000012}	[]	ANALYZE "public"."table_003";
1001741	analyze	analyze public.table_006	public.table_006	0	0	{1000044,1000048}	[]	ANALYZE "public"."table_006";
1001743	analyze	analyze public.table_008	public.table_008	0	0	{1000055,1000056}	[]	ANALYZE "public"."table_008";
1001746	analyze	analyze public.table_011	public.table_011	0	0	{1000043}	[]	ANALYZE "public"."table_011";
1001748	analyze	analyze public.table_013	public.table_013	0	0	{1000050}	[]	ANALYZE "public"."table_013";
1001749	analyze	analyze public.table_014	public.table_014	0	0	{1000052}	[]	ANALYZE "public"."table_014";
1001751	analyze	analyze public.table_016	public.table_016	0	0	{1000057}	[]	ANALYZE "public"."table_016";
1001755	analyze	analyze public.table_020	public.table_020	0	0	{1000061}	[]	ANALYZE "public"."table_020";
1001757	analyze	analyze public.table_022	public.table_022	0	0	{1000063}	[]	ANALYZE "public"."table_022";
1001761	analyze	analyze public.table_026	public.table_026	0	0	{1000067}	[]	ANALYZE "public"."table_026";
1001762	analyze	analyze public.table_027	public.table_027	0	0	{1000068}	[]	ANALYZE "public"."table_027";
1001765	analyze	analyze public.table_030	public.table_030	0	0	{1000071}	[]	ANALYZE "public"."table_030";
1001766	analyze	analyze public.table_031	public.table_031	0	0	{1000072}	[]	ANALYZE "public"."table_031";
1001768	analyze	analyze public.table_033	public.table_033	0	0	{1000074}	[]	ANALYZE "public"."table_033";
1001769	analyze	analyze public.table_034	public.table_034	0	0	{1000075}	[]	ANALYZE "public"."table_034";
1001784	analyze	analyze public.table_049	public.table_049	0	0	{1000090}	[]	ANALYZE "public"."table_049";
1001786	analyze	analyze public.table_051	public.table_051	0	0	{1000092}	[]	ANALYZE "public"."table_051";
1001787	analyze	analyze public.table_052	public.table_052	0	0	{1000093}	[]	ANALYZE "public"."table_052";
1001788	analyze	analyze public.table_053	public.table_053	0	0	{1000094}	[]	ANALYZE "public"."table_053";
1001789	analyze	analyze public.table_054	public.table_054	0	0	{1000095}	[]	ANALYZE "public"."table_054";
1001805	analyze	analyze public.table_070	public.table_070	0	0	{1000111}	[]	ANALYZE "public"."table_070";
1001806	analyze	analyze public.table_071	public.table_071	0	0	{1000112}	[]	ANALYZE "public"."table_071";
1001807	analyze	analyze public.table_072	public.table_072	0	0	{1000113}	[]	ANALYZE "public"."table_072";
1001811	analyze	analyze public.table_076	public.table_076	0	0	{1000117}	[]	ANALYZE "public"."table_076";
1001816	analyze	analyze public.table_081	public.table_081	0	0	{1000122}	[]	ANALYZE "public"."table_081";
1001818	analyze	analyze public.table_083	public.table_083	0	0	{1000124}	[]	ANALYZE "public"."table_083";
1001821	analyze	analyze public.table_086	public.table_086	0	0	{1000127}	[]	ANALYZE "public"."table_086";
1001822	analyze	analyze public.table_087	public.table_087	0	0	{1000128}	[]	ANALYZE "public"."table_087";
1001827	analyze	analyze public.table_092	public.table_092	0	0	{1000133}	[]	ANALYZE "public"."table_092";
1001828	analyze	analyze public.table_093	public.table_093	0	0	{1000134}	[]	ANALYZE "public"."table_093";
1001829	analyze	analyze public.table_094	public.table_094	0	0	{1000135}	[]	ANALYZE "public"."table_094";
1001831	analyze	analyze public.table_096	public.table_096	0	0	{1000137}	[]	ANALYZE "public"."table_096";
1001833	analyze	analyze public.table_098	public.table_098	0	0	{1000139}	[]	ANALYZE "public"."table_098";
1001846	analyze	analyze public.table_111	public.table_111	0	0	{1000152}	[]	ANALYZE "public"."table_111";
1001847	analyze	analyze public.table_112	public.table_112	0	0	{1000153}	[]	ANALYZE "public"."table_112";
1001848	analyze	analyze public.table_113	public.table_113	0	0	{1000154}	[]	ANALYZE "public"."table_113";
1001851	analyze	analyze public.table_116	public.table_116	0	0	{1000157}	[]	ANALYZE "public"."table_116";
1001861	analyze	analyze public.table_126	public.table_126	0	0	{1000167}	[]	ANALYZE "public"."table_126";
1001866	analyze	analyze public.table_131	public.table_131	0	0	{1000172}	[]	ANALYZE "public"."table_131";
1001868	analyze	analyze public.table_133	public.table_133	0	0	{1000174}	[]	ANALYZE "public"."table_133";
1001870	analyze	analyze public.table_135	public.table_135	0	0	{1000176}	[]	ANALYZE "public"."table_135";
1001874	analyze	analyze public.table_139	public.table_139	0	0	{1000180}	[]	ANALYZE "public"."table_139";
1001877	analyze	analyze public.table_142	public.table_142	0	0	{1000183}	[]	ANALYZE "public"."table_142";
1001882	analyze	analyze public.table_147	public.table_147	0	0	{1000188}	[]	ANALYZE "public"."table_147";
1001886	analyze	analyze public.table_151	public.table_151	0	0	{1000192}	[]	ANALYZE "public"."table_151";
1001887	analyze	analyze public.table_152	public.table_152	0	0	{1000193}	[]	ANALYZE "public"."table_152";
1001891	analyze	analyze public.table_156	public.table_156	0	0	{1000197}	[]	ANALYZE "public"."table_156";
1001896	analyze	analyze public.table_161	public.table_161	0	0	{1000202}	[]	ANALYZE "public"."table_161";
1001899	analyze	analyze public.table_164	public.table_164	0	0	{1000205}	[]	ANALYZE "public"."table_164";
1001905	analyze	analyze public.table_170	public.table_170	0	0	{1000211}	[]	ANALYZE "public"."table_170";
1001909	analyze	analyze public.table_174	public.table_174	0	0	{1000215}	[]	ANALYZE "public"."table_174";
1001912	analyze	analyze public.table_177	public.table_177	0	0	{1000218}	[]	ANALYZE "public"."table_177";
1001915	analyze	analyze public.table_180	public.table_180	0	0	{1000221}	[]	ANALYZE "public"."table_180";
1001918	analyze	analyze public.table_183	public.table_183	0	0	{1000224}	[]	ANALYZE "public"."table_183";
1001922	analyze	analyze public.table_187	public.table_187	0	0	{1000228}	[]	ANALYZE "public"."table_187";
1001929	analyze	analyze public.table_194	public.table_194	0	0	{1000235}	[]	ANALYZE "public"."table_194";
1001930	analyze	analyze public.table_195	public.table_195	0	0	{1000236}	[]	ANALYZE "public"."table_195";
1001931	analyze	analyze public.table_196	public.table_196	0	0	{1000237}	[]	ANALYZE "public"."table_196";
1001932	analyze	analyze public.table_197	public.table_197	0	0	{1000238}	[]	ANALYZE "public"."table_197";
1001938	analyze	analyze public.table_203	public.table_203	0	0	{1000244}	[]	ANALYZE "public"."table_203";
1001941	analyze	analyze public.table_206	public.table_206	0	0	{1000247}	[]	ANALYZE "public"."table_206";
1001944	analyze	analyze public.table_209	public.table_209	0	0	{1000250}	[]	ANALYZE "public"."table_209";
1001947	analyze	analyze public.table_212	public.table_212	0	0	{1000253}	[]	ANALYZE "public"."table_212";
1001950	analyze	analyze public.table_215	public.table_215	0	0	{1000256}	[]	ANALYZE "public"."table_215";
1001953	analyze	analyze public.table_218	public.table_218	0	0	{1000259}	[]	ANALYZE "public"."table_218";
1001955	analyze	analyze public.table_220	public.table_220	0	0	{1000261}	[]	ANALYZE "public"."table_220";
1001956	analyze	analyze public.table_221	public.table_221	0	0	{1000262}	[]	ANALYZE "public"."table_221";
1001968	analyze	analyze public.table_233	public.table_233	0	0	{1000274}	[]	ANALYZE "public"."table_233";
1001973	analyze	analyze public.table_238	public.table_238	0	0	{1000279}	[]	ANALYZE "public"."table_238";
1001974	analyze	analyze public.table_239	public.table_239	0	0	{1000280}	[]	ANALYZE "public"."table_239";
1001983	analyze	analyze public.table_248	public.table_248	0	0	{1000289}	[]	ANALYZE "public"."table_248";
1001986	analyze	analyze public.table_251	public.table_251	0	0	{1000292}	[]	ANALYZE "public"."table_251";
1001990	analyze	analyze public.table_255	public.table_255	0	0	{1000296}	[]	ANALYZE "public"."table_255";
1001994	analyze	analyze public.table_259	public.table_259	0	0	{1000300}	[]	ANALYZE "public"."table_259";
1001995	analyze	analyze public.table_260	public.table_260	0	0	{1000301}	[]	ANALYZE "public"."table_260";
1001999	analyze	analyze public.table_264	public.table_264	0	0	{1000305}	[]	ANALYZE "public"."table_264";
1002004	analyze	analyze public.table_269	public.table_269	0	0	{1000310}	[]	ANALYZE "public"."table_269";
1002007	analyze	analyze public.table_272	public.table_272	0	0	{1000313}	[]	ANALYZE "public"."table_272";
1002008	analyze	analyze public.table_273	public.table_273	0	0	{1000314}	[]	ANALYZE "public"."table_273";
1002010	analyze	analyze public.table_275	public.table_275	0	0	{1000316}	[]	ANALYZE "public"."table_275";
1002011	analyze	analyze public.table_276	public.table_276	0	0	{1000317}	[]	ANALYZE "public"."table_276";
1002016	analyze	analyze public.table_281	public.table_281	0	0	{1000322}	[]	ANALYZE "public"."table_281";
1002017	analyze	analyze public.table_282	public.table_282	0	0	{1000323}	[]	ANALYZE "public"."table_282";
1002019	analyze	analyze public.table_284	public.table_284	0	0	{1000325}	[]	ANALYZE "public"."table_284";
1002021	analyze	analyze public.table_286	public.table_286	0	0	{1000327}	[]	ANALYZE "public"."table_286";
1002022	analyze	analyze public.table_287	public.table_287	0	0	{1000328}	[]	ANALYZE "public"."table_287";
1002026	analyze	analyze public.table_291	public.table_291	0	0	{1000332}	[]	ANALYZE "public"."table_291";
1002027	analyze	analyze public.table_292	public.table_292	0	0	{1000333}	[]	ANALYZE "public"."table_292";
1002031	analyze	analyze public.table_296	public.table_296	0	0	{1000337}	[]	ANALYZE "public"."table_296";
1002034	analyze	analyze public.table_299	public.table_299	0	0	{1000340}	[]	ANALYZE "public"."table_299";
1002037	analyze	analyze public.table_302	public.table_302	0	0	{1000343}	[]	ANALYZE "public"."table_302";
1002041	analyze	analyze public.table_306	public.table_306	0	0	{1000347}	[]	ANALYZE "public"."table_306";
1002043	analyze	analyze public.table_308	public.table_308	0	0	{1000349}	[]	ANALYZE "public"."table_308";
1002046	analyze	analyze public.table_311	public.table_311	0	0	{1000352}	[]	ANALYZE "public"."table_311";
1002047	analyze	analyze public.table_312	public.table_312	0	0	{1000353}	[]	ANALYZE "public"."table_312";
1002048	analyze	analyze public.table_313	public.table_313	0	0	{1000354}	[]	ANALYZE "public"."table_313";
1002052	analyze	analyze public.table_317	public.table_317	0	0	{1000358}	[]	ANALYZE "public"."table_317";
1002055	analyze	analyze public.table_320	public.table_320	0	0	{1000361}	[]	ANALYZE "public"."table_320";
1002056	analyze	analyze public.table_321	public.table_321	0	0	{1000362}	[]	ANALYZE "public"."table_321";
1002061	analyze	analyze public.table_326	public.table_326	0	0	{1000367}	[]	ANALYZE "public"."table_326";
1002066	analyze	analyze public.table_331	public.table_331	0	0	{1000372}	[]	ANALYZE "public"."table_331";
1002074	analyze	analyze public.table_339	public.table_339	0	0	{1000380}	[]	ANALYZE "public"."table_339";
1002082	analyze	analyze public.table_347	public.table_347	0	0	{1000388}	[]	ANALYZE "public"."table_347";
1002085	analyze	analyze public.table_350	public.table_350	0	0	{1000391}	[]	ANALYZE "public"."table_350";
1002086	analyze	analyze public.table_351	public.table_351	0	0	{1000392}	[]	ANALYZE "public"."table_351";
1002089	analyze	analyze public.table_354	public.table_354	0	0	{1000395}	[]	ANALYZE "public"."table_354";
1002093	analyze	analyze public.table_358	public.table_358	0	0	{1000399}	[]	ANALYZE "public"."table_358";
1002099	analyze	analyze public.table_364	public.table_364	0	0	{1000405}	[]	ANALYZE "public"."table_364";
1002108	analyze	analyze public.table_373	public.table_373	0	0	{1000414}	[]	ANALYZE "public"."table_373";
1002109	analyze	analyze public.table_374	public.table_374	0	0	{1000415}	[]	ANALYZE "public"."table_374";
1002117	analyze	analyze public.table_382	public.table_382	0	0	{1000423}	[]	ANALYZE "public"."table_382";
1002118	analyze	analyze public.table_383	public.table_383	0	0	{1000424}	[]	ANALYZE "public"."table_383";
1002119	analyze	analyze public.table_384	public.table_384	0	0	{1000425}	[]	ANALYZE "public"."table_384";
1002124	analyze	analyze public.table_389	public.table_389	0	0	{1000430}	[]	ANALYZE "public"."table_389";
1002127	analyze	analyze public.table_392	public.table_392	0	0	{1000433}	[]	ANALYZE "public"."table_392";
1002129	analyze	analyze public.table_394	public.table_394	0	0	{1000435}	[]	ANALYZE "public"."table_394";
1002131	analyze	analyze public.table_396	public.table_396	0	0	{1000437}	[]	ANALYZE "public"."table_396";
1002135	analyze	analyze public.table_400	public.table_400	0	0	{1000441}	[]	ANALYZE "public"."table_400";
1002136	copy	markers of 1 slot	pgcutover.marker_dms_slot_01	0	0	{}	[["pgcutover","marker_dms_slot_01"]]	SELECT 'SELECT pgcutover.begin_table(1002136, 1, true);\nCOPY "pgcutover"."marker_dms_slot_01" ("id", "token", "source_lsn", "at") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "pgcutover"."marker_dms_slot_01" ("id", "token", "source_lsn", "at") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(1002136, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
\.
INSERT INTO pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
SELECT id, kind, label, relation, bytes, tail, pg_catalog.cardinality(needs), statement FROM item_file;
INSERT INTO pgcutover.item_table (item, seq, schema_name, table_name)
SELECT f.id, t.seq, t.name ->> 0, t.name ->> 1 FROM item_file AS f CROSS JOIN pg_catalog.jsonb_array_elements(f.tables) WITH ORDINALITY AS t (name, seq);
INSERT INTO pgcutover.item_need (needs, item) SELECT n.id, f.id FROM item_file AS f CROSS JOIN pg_catalog.unnest(f.needs) AS n (id);
UPDATE pgcutover.run SET lsn = :'lsn', postmaster_start_time = :'started' WHERE plan = :'plan';

-- What AWS DMS has noted of tasks that are gone, in tables that it makes itself: a new task of the same name would take it for its own. The script that
-- runs this has kept the rows. The history stays.
SELECT pg_catalog.format('DELETE FROM %I.%I WHERE %I = ANY (%L)', n.nspname, c.relname, a.attname, ARRAY['shop-task-01', 'shop-dms-slot-01'])
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('TASK_NAME', 'task_name')
WHERE n.nspname = 'awsdms_control' AND c.relkind IN ('r', 'p') AND c.relname IN ('awsdms_apply_exceptions', 'awsdms_full_load_exceptions', 'awsdms_history', 'awsdms_status', 'awsdms_suspended_tables', 'awsdms_txn_state', 'awsdms_validation_failures_v1', 'awsdms_validation_failures_v2') AND c.relname <> 'awsdms_history' ORDER BY c.relname \gexec

COMMIT;
