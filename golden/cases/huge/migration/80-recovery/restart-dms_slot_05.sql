-- 80-recovery/restart-dms_slot_05.sql: Empty the tables of dms_slot_05 and put them back into the ledger; run by 82-restart-slot.sh.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 80-recovery/restart-dms_slot_05.sql

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '80-recovery/restart-dms_slot_05.sql';
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
  pg_catalog.to_regclass('"public"."events"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_dms_slot_05"')::oid] AS tables) AS mine
WHERE k.contype = 'f' AND k.confrelid = ANY (mine.tables) AND k.conrelid <> ALL (mine.tables) ORDER BY 1;
\quit
\endif
BEGIN;
SET LOCAL lock_timeout = '30s';
TRUNCATE
  ONLY "public"."events",
  ONLY "pgcutover"."marker_dms_slot_05";

-- The items of an earlier restart of this slot make room; those of the first load stay as they are, done.
DELETE FROM pgcutover.item_need WHERE item BETWEEN 5000000 AND 5999999 OR needs BETWEEN 5000000 AND 5999999;
DELETE FROM pgcutover.item_table WHERE item BETWEEN 5000000 AND 5999999;
DELETE FROM pgcutover.item WHERE id BETWEEN 5000000 AND 5999999;

CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
5000014	copy	public.events [range 3 of 21]	public.events	61561203872	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000014, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(12782640,0)'::tid AND ctid < '(19173961,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000014, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000015	copy	public.events [range 6 of 21]	public.events	61561203872	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000015, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(31956601,0)'::tid AND ctid < '(38347922,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000015, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000016	copy	public.events [range 8 of 21]	public.events	61561203872	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000016, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(44739242,0)'::tid AND ctid < '(51130563,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000016, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000017	copy	public.events [range 11 of 21]	public.events	61561203872	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000017, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(63913203,0)'::tid AND ctid < '(70304524,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000017, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000018	copy	public.events [range 14 of 21]	public.events	61561203872	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000018, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(83087164,0)'::tid AND ctid < '(89478485,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000018, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000019	copy	public.events [range 16 of 21]	public.events	61561203872	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000019, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(95869805,0)'::tid AND ctid < '(102261126,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000019, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000020	copy	public.events [range 19 of 21]	public.events	61561203872	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000020, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(115043766,0)'::tid AND ctid < '(121435087,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000020, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000021	copy	public.events [range 21 of 21]	public.events	61561203872	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000021, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(127826407,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000021, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000022	copy	public.events [range 1 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000022, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid < '(6391320,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000022, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000023	copy	public.events [range 2 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000023, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(6391320,0)'::tid AND ctid < '(12782640,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000023, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000024	copy	public.events [range 4 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000024, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(19173961,0)'::tid AND ctid < '(25565281,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000024, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000025	copy	public.events [range 5 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000025, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(25565281,0)'::tid AND ctid < '(31956601,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000025, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000026	copy	public.events [range 7 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000026, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(38347922,0)'::tid AND ctid < '(44739242,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000026, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000027	copy	public.events [range 9 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000027, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(51130563,0)'::tid AND ctid < '(57521883,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000027, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000028	copy	public.events [range 10 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000028, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(57521883,0)'::tid AND ctid < '(63913203,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000028, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000029	copy	public.events [range 12 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000029, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(70304524,0)'::tid AND ctid < '(76695844,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000029, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000030	copy	public.events [range 13 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000030, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(76695844,0)'::tid AND ctid < '(83087164,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000030, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000031	copy	public.events [range 15 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000031, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(89478485,0)'::tid AND ctid < '(95869805,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000031, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000032	copy	public.events [range 17 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000032, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(102261126,0)'::tid AND ctid < '(108652446,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000032, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000033	copy	public.events [range 18 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000033, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(108652446,0)'::tid AND ctid < '(115043766,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000033, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5000034	copy	public.events [range 20 of 21]	public.events	61561194240	1758891	{}	[["public","events"]]	-- binary\nSELECT 'SELECT pgcutover.begin_table(5000034, 1, false);\nCOPY "public"."events" ("id", "company_id", "payload", "created_at") FROM stdin WITH (FORMAT binary);' \\g /dev/fd/1\nCOPY (SELECT "id", "company_id", "payload", "created_at" FROM ONLY "public"."events" WHERE ctid >= '(121435087,0)'::tid AND ctid < '(127826407,0)'::tid) TO STDOUT WITH (FORMAT binary) \\g /dev/fd/1\nSELECT 'SELECT pgcutover.count_table(5000034, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g |cat >&8\n
5001735	analyze	analyze public.events	public.events	0	0	{5000014,5000015,5000016,5000017,5000018,5000019,5000020,5000021,5000022,5000023,5000024,5000025,5000026,5000027,5000028,5000029,5000030,5000031,5000032,5000033,5000034}	[]	ANALYZE "public"."events";
5001736	copy	markers of 1 slot	pgcutover.marker_dms_slot_05	0	0	{}	[["pgcutover","marker_dms_slot_05"]]	SELECT 'SELECT pgcutover.begin_table(5001736, 1, true);\nCOPY "pgcutover"."marker_dms_slot_05" ("id", "token", "source_lsn", "at") FROM stdin WITH (FREEZE);' \\g /dev/fd/1\nCOPY "pgcutover"."marker_dms_slot_05" ("id", "token", "source_lsn", "at") TO STDOUT \\g /dev/fd/1\nSELECT E'\\\\.\nSELECT pgcutover.count_table(5001736, 1, ' || :ROW_COUNT || ', :ROW_COUNT);' \\g /dev/fd/1\n
\.
INSERT INTO pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
SELECT id, kind, label, relation, bytes, tail, pg_catalog.cardinality(needs), statement FROM item_file;
INSERT INTO pgcutover.item_table (item, seq, schema_name, table_name)
SELECT f.id, t.seq, t.name ->> 0, t.name ->> 1 FROM item_file AS f CROSS JOIN pg_catalog.jsonb_array_elements(f.tables) WITH ORDINALITY AS t (name, seq);
INSERT INTO pgcutover.item_need (needs, item) SELECT n.id, f.id FROM item_file AS f CROSS JOIN pg_catalog.unnest(f.needs) AS n (id);
UPDATE pgcutover.run SET lsn = :'lsn', postmaster_start_time = :'started' WHERE plan = :'plan';

-- What AWS DMS has noted of tasks that are gone, in tables that it makes itself: a new task of the same name would take it for its own. The script that
-- runs this has kept the rows. The history stays.
SELECT pg_catalog.format('DELETE FROM %I.%I WHERE %I = ANY (%L)', n.nspname, c.relname, a.attname, ARRAY['shop-task-05', 'shop-dms-slot-05'])
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('TASK_NAME', 'task_name')
WHERE n.nspname = 'awsdms_control' AND c.relkind IN ('r', 'p') AND c.relname IN ('awsdms_apply_exceptions', 'awsdms_full_load_exceptions', 'awsdms_history', 'awsdms_status', 'awsdms_suspended_tables', 'awsdms_txn_state', 'awsdms_validation_failures_v1', 'awsdms_validation_failures_v2') AND c.relname <> 'awsdms_history' ORDER BY c.relname \gexec

COMMIT;
