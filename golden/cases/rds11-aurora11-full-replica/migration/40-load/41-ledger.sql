-- 40-load/41-ledger.sql: Create the ledger of the builds, and the marker tables, on the target.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 40-load/41-ledger.sql
-- Again: changes nothing but the functions, which it renews.
-- Undo: DROP SCHEMA pgcutover CASCADE, which forgets what is loaded and drops the marker tables.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '40-load/41-ledger.sql';
SET client_min_messages = warning;
-- What is said to be done has to outlive a crash of the server; session.sh has the same line for scripts.
DO $$ BEGIN IF pg_catalog.current_setting('synchronous_commit') = 'off' THEN PERFORM pg_catalog.set_config('synchronous_commit', 'local', false); END IF; END $$;

-- Refuse to run anywhere else: servers look alike.
SET pgcutover.planned_database = 'shop';
SET pgcutover.planned_system = '';
SET pgcutover.foreign_system = '';
SET pgcutover.planned_version = '11';
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
  IF pg_catalog.to_regclass('pgcutover.promoted') IS NULL THEN
    RAISE EXCEPTION 'this is not the replica that was promoted; the file is for that alone' USING HINT = '20-aurora/23-promote.sh proves which server it is, and leaves a mark there; or correct the service.';
  END IF;
  IF found <> '' AND found = other THEN
    RAISE EXCEPTION 'this is the source, or a copy of it; the file is for the target' USING HINT = 'Correct the service.';
  END IF;
END
$guard$;

-- What this file needs to be allowed. All that is lacking is told at once, before anything is done.
WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user)
SELECT pg_catalog.set_config('pgcutover.lacks', coalesce(pg_catalog.string_agg(r.lacks, '; ' ORDER BY r.lacks), ''), false),
  pg_catalog.set_config('pgcutover.remedy', coalesce(pg_catalog.string_agg(DISTINCT r.remedy, '; '), ''), false)
FROM (
  SELECT 'may not create schemas or publications', pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
  UNION
  SELECT pg_catalog.format('does not own schema %s', nspname), 
    CASE WHEN o.rolsuper THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('GRANT %I TO %I', o.rolname, current_user) END FROM pg_catalog.pg_namespace JOIN pg_catalog.pg_roles AS o ON o.oid = nspowner
  WHERE nspname = 'pgcutover' AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE')
) AS r(lacks, remedy) \g /dev/null
DO $rights$
BEGIN
  IF pg_catalog.current_setting('pgcutover.lacks') <> '' THEN
    RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('role %s %s', current_user, pg_catalog.current_setting('pgcutover.lacks')),
      HINT = pg_catalog.current_setting('pgcutover.remedy');
  END IF;
END
$rights$;

-- What is built on the tables that AWS DMS has loaded is a queue of items in this schema: an index, a constraint, an attach or an ANALYZE. An item and its
-- row here commit in one transaction, so an item is done wholly or not at all, whatever dies when. Workers on any number of hosts pull from it: PostgreSQL
-- is the queue.
--
-- 42-load.sh fills the tables from items.tsv and calls the functions. The SQLSTATEs it acts on:
--   PC001  somebody else does the item, or has done it: take another
--   PC002  the load cannot go on: the ledger or the plan is not what it was
--   PC003  the item cannot be done as things are: a person has to look

BEGIN;
SET LOCAL lock_timeout = '10s';

DO $$
BEGIN
  IF pg_catalog.current_setting('server_version_num')::integer < 100000 THEN
    RAISE EXCEPTION 'the target runs PostgreSQL %, 10 or newer is needed', pg_catalog.current_setting('server_version');
  END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS pgcutover;
REVOKE ALL ON SCHEMA pgcutover FROM PUBLIC;

-- Which plan this is the load of. One row, written by the first run of 42-load.sh.
CREATE TABLE IF NOT EXISTS pgcutover.run (
  plan text NOT NULL,
  source_system_identifier text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
CREATE UNIQUE INDEX IF NOT EXISTS run_is_one ON pgcutover.run ((true));

CREATE TABLE IF NOT EXISTS pgcutover.item (
  id integer PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('index', 'constraint', 'attach', 'analyze')),
  label text NOT NULL, -- for people
  relation text NOT NULL, -- its table, for people
  bytes bigint NOT NULL,
  tail bigint NOT NULL, -- milliseconds from the start of this item to the end of all that waits for it, as the plan reckons
  unfinished integer NOT NULL, -- how many of the items that it needs are not done
  statement text NOT NULL, -- SQL for the target
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  error text, -- of the last attempt that failed
  worker text,
  picked_at timestamptz, -- when it was handed to a worker: a hint that keeps others away for a moment, no claim
  started_at timestamptz,
  ended_at timestamptz,
  rows_sent bigint,
  rows_received bigint
) WITH (fillfactor = 80);
-- The queue. Without it every worker would sort a hundred thousand items for every one that it takes.
CREATE INDEX IF NOT EXISTS item_queue ON pgcutover.item (tail DESC, id) WHERE state = 'waiting' AND unfinished = 0;

CREATE TABLE IF NOT EXISTS pgcutover.item_table (
  item integer NOT NULL REFERENCES pgcutover.item,
  seq integer NOT NULL,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  rows_sent bigint,
  rows_received bigint,
  PRIMARY KEY (item, seq)
);
CREATE INDEX IF NOT EXISTS item_table_by_name ON pgcutover.item_table (table_name, schema_name);

CREATE TABLE IF NOT EXISTS pgcutover.item_need (
  needs integer NOT NULL REFERENCES pgcutover.item,
  item integer NOT NULL REFERENCES pgcutover.item,
  PRIMARY KEY (needs, item)
);

-- next_item hands out the work that should start now: a line "build ID…" and the psql script that does it, or a
-- single line "wait" (others are at work), "done", "stuck" (all that is left failed or waits for what failed).
-- Longest tail first: what much else waits for goes before what is merely large. Small builds come many at a time, because
-- a session for each would cost more than the building.
CREATE OR REPLACE FUNCTION pgcutover.next_item(worker_name text, only_copies boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  it pgcutover.item;
  more pgcutover.item;
  free timestamptz := pg_catalog.clock_timestamp() - interval '5 seconds';
  ids text := '';
  script text := '';
  bytes bigint := 0;
BEGIN
  SELECT * INTO it FROM pgcutover.item AS i
  WHERE i.state = 'waiting' AND i.unfinished = 0 AND (i.picked_at IS NULL OR i.picked_at < free) AND (i.kind = 'copy' OR NOT only_copies)
  ORDER BY i.tail DESC, i.id
  LIMIT 1
  FOR UPDATE SKIP LOCKED; -- an item in progress is locked by the transaction that does it
  IF NOT FOUND THEN
    -- "Waiting" and ready, yet not to be had: somebody is at it, or was a moment ago.
    IF EXISTS (SELECT FROM pgcutover.item AS i WHERE i.state = 'waiting' AND i.unfinished = 0 AND (i.kind = 'copy' OR NOT only_copies)) THEN
      RETURN 'wait';
    ELSIF EXISTS (SELECT FROM pgcutover.item AS i WHERE i.state <> 'done' AND (i.kind = 'copy' OR NOT only_copies)) THEN
      RETURN 'stuck';
    END IF;
    RETURN 'done';
  END IF;
  UPDATE pgcutover.item AS i SET picked_at = pg_catalog.clock_timestamp(), worker = worker_name WHERE i.id = it.id;
  IF it.kind = 'copy' THEN
    RETURN pg_catalog.format(E'copy %s\n%s', it.id, it.statement);
  END IF;
  ids := it.id::text;
  script := pgcutover.build_script(it.id, it.statement);
  bytes := it.bytes;
  IF bytes < 33554432 THEN
    FOR more IN
      SELECT * FROM pgcutover.item AS i
      WHERE i.state = 'waiting' AND i.unfinished = 0 AND (i.picked_at IS NULL OR i.picked_at < free) AND i.kind <> 'copy' AND i.bytes < 33554432
      ORDER BY i.tail DESC, i.id
      LIMIT 49
      FOR UPDATE SKIP LOCKED
    LOOP
      bytes := bytes + more.bytes;
      EXIT WHEN bytes > 67108864;
      UPDATE pgcutover.item AS i SET picked_at = pg_catalog.clock_timestamp(), worker = worker_name WHERE i.id = more.id;
      ids := ids || ' ' || more.id;
      script := script || pgcutover.build_script(more.id, more.statement);
    END LOOP;
  END IF;
  RETURN pg_catalog.format(E'build %s\n%s', ids, script);
END
$$;

-- build_script is the transaction of a build. Its first line tells the worker which item is under way, should it fail.
CREATE OR REPLACE FUNCTION pgcutover.build_script(item_id integer, statement text) RETURNS text
LANGUAGE sql SET search_path = '' AS $$
  SELECT pg_catalog.format(E'\\echo %s\nBEGIN;\nSELECT pgcutover.begin_item(%s, :''WORKER'', :''PLAN'');\n%s\nSELECT pgcutover.finish_item(%s);\nCOMMIT;\n',
    item_id, item_id, statement, item_id)
$$;

-- begin_item claims an item for the transaction it is called in: the row lock is the claim, and vanishes with the transaction.
CREATE OR REPLACE FUNCTION pgcutover.begin_item(item_id integer, worker_name text, of_plan text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  it pgcutover.item;
  version integer := pg_catalog.current_setting('server_version_num')::integer;
BEGIN
  IF NOT EXISTS (SELECT FROM pgcutover.run AS r WHERE r.plan = of_plan) THEN
    RAISE EXCEPTION 'the ledger belongs to another plan' USING ERRCODE = 'PC002';
  END IF;
  SELECT * INTO it FROM pgcutover.item AS i WHERE i.id = item_id FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another session is at item %', item_id USING ERRCODE = 'PC001';
  ELSIF it.state = 'done' THEN
    RAISE EXCEPTION 'item % is done', item_id USING ERRCODE = 'PC001';
  ELSIF it.unfinished > 0 THEN
    RAISE EXCEPTION 'item % needs others that are not done', item_id USING ERRCODE = 'PC001';
  END IF;
  PERFORM pg_catalog.set_config('application_name', 'pgcutover load ' || item_id, false);
  PERFORM pg_catalog.set_config('pgcutover.worker', worker_name, true);
  PERFORM pg_catalog.set_config('pgcutover.item', item_id::text, true);
  -- A server process only notices that its client is gone when it next writes to it, which in an index build is at the end.
  IF version >= 140000 THEN
    PERFORM pg_catalog.set_config('client_connection_check_interval', '5s', true);
  END IF;
  IF version >= 110000 AND it.kind IN ('index', 'attach', 'constraint') THEN
    -- Helpers share maintenance_work_mem among them and take a moment to start: only where there is something to share.
    PERFORM pg_catalog.set_config('max_parallel_maintenance_workers',
      CASE WHEN it.bytes < 134217728 THEN '0' WHEN it.bytes < 2147483648 THEN '2' ELSE '4' END, true);
  END IF;
END
$$;

-- finish_item marks the item done; the caller's COMMIT makes that and the rows true together. It is the item that this transaction has claimed:
-- what a session that outlived its worker still writes finishes no other.
CREATE OR REPLACE FUNCTION pgcutover.finish_item(item_id integer) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  uncounted bigint;
  sent bigint;
  received bigint;
BEGIN
  IF pg_catalog.current_setting('pgcutover.item', true) IS DISTINCT FROM item_id::text THEN
    RAISE EXCEPTION 'this transaction has not begun item %', item_id USING ERRCODE = 'data_corrupted';
  END IF;
  SELECT pg_catalog.count(*) FILTER (WHERE x.rows_received IS NULL), pg_catalog.sum(x.rows_sent), pg_catalog.sum(x.rows_received)
  INTO uncounted, sent, received FROM pgcutover.item_table AS x WHERE x.item = item_id;
  IF uncounted > 0 OR sent IS DISTINCT FROM received THEN
    RAISE EXCEPTION 'item % did not copy all its tables', item_id USING ERRCODE = 'data_corrupted';
  END IF;
  UPDATE pgcutover.item AS i
  SET state = 'done', attempts = i.attempts + 1, error = NULL, worker = pg_catalog.current_setting('pgcutover.worker'),
    started_at = pg_catalog.transaction_timestamp(), ended_at = pg_catalog.clock_timestamp(), rows_sent = sent, rows_received = received
  WHERE i.id = item_id AND i.state <> 'done';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'item % is done', item_id USING ERRCODE = 'PC001';
  END IF;
  -- Locked in the order of ids, so that two items that finish at once cannot wait for each other.
  PERFORM FROM pgcutover.item AS i JOIN pgcutover.item_need AS n ON n.item = i.id WHERE n.needs = item_id ORDER BY i.id FOR UPDATE OF i;
  UPDATE pgcutover.item AS i SET unfinished = i.unfinished - 1 FROM pgcutover.item_need AS n WHERE n.needs = item_id AND n.item = i.id;
END
$$;

-- fail_item records an attempt that failed, in a transaction of its own, and tells what becomes of the item: "waiting" for
-- another attempt, "failed", or nothing where somebody else has the item meanwhile. kind_of_failure is "again" (worth
-- another try while there are any left), "lost" (a connection) or "busy" (a lock), neither of which costs a try, or "final".
CREATE OR REPLACE FUNCTION pgcutover.fail_item(item_id integer, worker_name text, message text, kind_of_failure text, most_attempts integer) RETURNS text
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  it pgcutover.item;
  outcome text := 'waiting';
BEGIN
  SELECT * INTO it FROM pgcutover.item AS i WHERE i.id = item_id AND i.state <> 'done' FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF kind_of_failure = 'final' OR (kind_of_failure = 'again' AND it.attempts + 1 >= most_attempts) THEN
    outcome := 'failed';
  END IF;
  UPDATE pgcutover.item AS i
  SET state = outcome, attempts = i.attempts + CASE WHEN kind_of_failure IN ('busy', 'lost') THEN 0 ELSE 1 END, error = message, worker = worker_name,
    picked_at = pg_catalog.clock_timestamp() + CASE kind_of_failure WHEN 'busy' THEN interval '10 seconds' ELSE interval '0' END -- others first
  WHERE i.id = item_id;
  RETURN outcome;
END
$$;

-- requeue gives failed items another chance and returns their number. What a worker was handed and never began is free at once.
CREATE OR REPLACE FUNCTION pgcutover.requeue() RETURNS bigint
LANGUAGE sql SET search_path = '' AS $$
  WITH idle AS (
    SELECT i.id, i.state FROM pgcutover.item AS i
    WHERE i.state = 'failed' OR (i.state = 'waiting' AND i.picked_at IS NOT NULL)
    ORDER BY i.id FOR UPDATE SKIP LOCKED
  ), again AS (
    UPDATE pgcutover.item AS i SET state = 'waiting', picked_at = NULL, attempts = CASE idle.state WHEN 'failed' THEN 0 ELSE i.attempts END
    FROM idle WHERE i.id = idle.id RETURNING idle.state
  )
  SELECT pg_catalog.count(*) FROM again WHERE state = 'failed'
$$;

-- running lists the sessions that work on items now, with the bytes they are through where the server tells (copies: 14 and
-- newer, index builds: 12 and newer).
CREATE OR REPLACE FUNCTION pgcutover.running() RETURNS TABLE (item integer, pid integer, since timestamptz, bytes bigint)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  copies text := 'NULL::bigint';
  builds text := 'NULL::bigint';
BEGIN
  IF pg_catalog.to_regclass('pg_catalog.pg_stat_progress_copy') IS NOT NULL THEN
    copies := '(SELECT p.bytes_processed FROM pg_catalog.pg_stat_progress_copy AS p WHERE p.pid = a.pid)';
  END IF;
  IF pg_catalog.to_regclass('pg_catalog.pg_stat_progress_create_index') IS NOT NULL THEN
    -- Reading the table is about half of a build, sorting and writing the other.
    builds := '(SELECT (i.bytes * (0.5 * p.blocks_done / nullif(p.blocks_total, 0) + coalesce(0.5 * p.tuples_done / nullif(p.tuples_total, 0), 0)))::bigint
      FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.pid = a.pid)';
  END IF;
  RETURN QUERY EXECUTE pg_catalog.format(
    'SELECT i.id, a.pid, a.xact_start, least(CASE i.kind WHEN ''copy'' THEN %s ELSE %s END, i.bytes)
     FROM pg_catalog.pg_stat_activity AS a
     JOIN pgcutover.item AS i ON a.application_name = ''pgcutover load '' || i.id
     WHERE a.datname = pg_catalog.current_database() AND i.state = ''waiting'' AND a.xact_start IS NOT NULL
       AND a.backend_type = ''client backend''', copies, builds);
END
$$;

-- How far the load is, in one row. Bytes are those of the tables and indexes on the source.
CREATE OR REPLACE VIEW pgcutover.progress AS
SELECT i.items, i.items_done, i.items_failed, i.copies, i.copies_done, i.bytes, i.bytes_done + r.bytes_running AS bytes_done, r.items_running,
  i.rows_done, i.started_at, i.ended_at
FROM (
  SELECT pg_catalog.count(*) AS items,
    pg_catalog.count(*) FILTER (WHERE state = 'done') AS items_done,
    pg_catalog.count(*) FILTER (WHERE state = 'failed') AS items_failed,
    pg_catalog.count(*) FILTER (WHERE kind = 'copy') AS copies,
    pg_catalog.count(*) FILTER (WHERE kind = 'copy' AND state = 'done') AS copies_done,
    coalesce(pg_catalog.sum(bytes), 0)::bigint AS bytes,
    coalesce(pg_catalog.sum(bytes) FILTER (WHERE state = 'done'), 0)::bigint AS bytes_done,
    coalesce(pg_catalog.sum(rows_received), 0)::bigint AS rows_done,
    pg_catalog.min(started_at) AS started_at,
    pg_catalog.max(ended_at) AS ended_at
  FROM pgcutover.item
) AS i
CROSS JOIN (
  SELECT pg_catalog.count(*) AS items_running, coalesce(pg_catalog.sum(bytes), 0)::bigint AS bytes_running FROM pgcutover.running()
) AS r;

-- The ledger is the business of whoever runs the load.
REVOKE ALL ON pgcutover.run, pgcutover.item, pgcutover.item_table, pgcutover.item_need, pgcutover.progress FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pgcutover FROM PUBLIC;

-- Marker table of slot dms_full_01: change data capture carries its rows like any other, which proves that they arrive. AWS DMS inserts
-- a row before its texts, so that they may be missing.
CREATE TABLE IF NOT EXISTS "pgcutover"."marker_dms_full_01" (id integer NOT NULL CHECK (id IN (1, 2)), token text, source_lsn pg_lsn NOT NULL, at timestamptz NOT NULL);
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE contype = 'p' AND conrelid = '"pgcutover"."marker_dms_full_01"'::regclass) THEN
    ALTER TABLE "pgcutover"."marker_dms_full_01" ADD PRIMARY KEY (id);
  END IF;
END
$$;

COMMIT;
