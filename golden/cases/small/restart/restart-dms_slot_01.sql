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
  pg_catalog.to_regclass('"public"."accounts"')::oid,
  pg_catalog.to_regclass('"public"."calls"')::oid,
  pg_catalog.to_regclass('"public"."tags"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_dms_slot_01"')::oid] AS tables) AS mine
WHERE k.contype = 'f' AND k.confrelid = ANY (mine.tables) AND k.conrelid <> ALL (mine.tables) ORDER BY 1;
\quit
\endif
BEGIN;
SET LOCAL lock_timeout = '30s';
TRUNCATE
  ONLY "public"."accounts",
  ONLY "public"."calls",
  ONLY "public"."tags",
  ONLY "pgcutover"."marker_dms_slot_01";

-- The items of an earlier restart of this slot make room; those of the first load stay as they are, done.
DELETE FROM pgcutover.item_need WHERE item BETWEEN 1000000 AND 1999999 OR needs BETWEEN 1000000 AND 1999999;
DELETE FROM pgcutover.item_table WHERE item BETWEEN 1000000 AND 1999999;
DELETE FROM pgcutover.item WHERE id BETWEEN 1000000 AND 1999999;

CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
1000001	copy	public.calls [range 3 of 16]	public.calls	202956800	5798	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000001, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(26012,0)'::tid AND ctid < '(40877,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000001, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000002	copy	public.calls [range 4 of 16]	public.calls	202943147	5798	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000002, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(40877,0)'::tid AND ctid < '(55741,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000002, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000003	copy	public.calls [range 2 of 16]	public.calls	202943146	5798	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000003, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(11148,0)'::tid AND ctid < '(26012,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000003, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000004	copy	public.calls [range 1 of 16]	public.calls	152207360	4348	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000004, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid < '(11148,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000004, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000005	copy	public.calls [range 5 of 16]	public.calls	101485226	2899	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000005, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(55741,0)'::tid AND ctid < '(63174,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000005, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000006	copy	public.calls [range 6 of 16]	public.calls	101471574	2899	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000006, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(63174,0)'::tid AND ctid < '(70606,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000006, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000007	copy	public.calls [range 8 of 16]	public.calls	101471574	2899	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000007, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(78038,0)'::tid AND ctid < '(85470,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000007, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000008	copy	public.calls [range 7 of 16]	public.calls	101471573	2899	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000008, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(70606,0)'::tid AND ctid < '(78038,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000008, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000009	copy	public.calls [range 9 of 16]	public.calls	50749440	1449	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000009, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(85470,0)'::tid AND ctid < '(89187,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000009, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000010	copy	public.calls [range 16 of 16]	public.calls	50749440	1449	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000010, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(111483,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000010, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000011	copy	public.calls [range 11 of 16]	public.calls	50735787	1449	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000011, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(92903,0)'::tid AND ctid < '(96619,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000011, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000012	copy	public.calls [range 12 of 16]	public.calls	50735787	1449	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000012, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(96619,0)'::tid AND ctid < '(100335,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000012, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000013	copy	public.calls [range 14 of 16]	public.calls	50735787	1449	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000013, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(104051,0)'::tid AND ctid < '(107767,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000013, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000014	copy	public.calls [range 15 of 16]	public.calls	50735787	1449	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000014, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(107767,0)'::tid AND ctid < '(111483,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000014, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000015	copy	public.calls [range 10 of 16]	public.calls	50735786	1449	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000015, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(89187,0)'::tid AND ctid < '(92903,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000015, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000016	copy	public.calls [range 13 of 16]	public.calls	50735786	1449	{}	[["public","calls"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000016, 1, false);\nCOPY "public"."calls" ("id", "account_id", "notes", "recording", "started_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "account_id", "notes", "recording", "started_at" FROM ONLY "public"."calls" WHERE ctid >= '(100335,0)'::tid AND ctid < '(104051,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000016, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000017	copy	public.accounts	public.accounts	41943040	1198	{}	[["public","accounts"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000017, 1, true);\nCOPY "public"."accounts" ("id", "email", "created_at") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."accounts" ("id", "email", "created_at") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000017, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000018	copy	public.tags	public.tags	65536	1	{}	[["public","tags"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(1000018, 1, true);\nCOPY "public"."tags" ("id", "name") FROM stdin WITH (FREEZE, FORMAT binary);' \\g /dev/fd/1\nCOPY "public"."tags" ("id", "name") TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(1000018, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
1000027	analyze	analyze public.accounts	public.accounts	0	0	{1000017}	[]	ANALYZE "public"."accounts";
1000028	analyze	analyze public.calls	public.calls	0	0	{1000001,1000002,1000003,1000004,1000005,1000006,1000007,1000008,1000009,1000010,1000011,1000012,1000013,1000014,1000015,1000016}	[]	ANALYZE "public"."calls";
1000029	analyze	analyze public.tags	public.tags	0	0	{1000018}	[]	ANALYZE "public"."tags";
1000030	copy	markers of 1 slot	pgcutover.marker_dms_slot_01	0	0	{}	[["pgcutover","marker_dms_slot_01"]]	SELECT 'SELECT pgcutover.begin_table(1000030, 1, true);\nCOPY "pgcutover"."marker_dms_slot_01" ("id", "token", "source_lsn", "at") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "pgcutover"."marker_dms_slot_01" ("id", "token", "source_lsn", "at") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(1000030, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
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
