-- 80-recovery/restart-pgcutover_01.sql: Empty the tables of pgcutover_01 and put them back into the ledger; run by 82-restart-slot.sh.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 80-recovery/restart-pgcutover_01.sql

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '80-recovery/restart-pgcutover_01.sql';
SET client_min_messages = warning;
-- What is said to be done has to outlive a crash of the server; session.sh has the same line for scripts.
DO $$ BEGIN IF pg_catalog.current_setting('synchronous_commit') = 'off' THEN PERFORM pg_catalog.set_config('synchronous_commit', 'local', false); END IF; END $$;

-- Refuse to run anywhere else: servers look alike.
SET pgcutover.planned_database = 'shop';
SET pgcutover.planned_system = '';
SET pgcutover.foreign_system = '';
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

-- Run by 82-restart-slot.sh, once the slot and its snapshot are gone and before there are new ones. TRUNCATE without CASCADE: a table of another slot that
-- refers to one of these makes it fail, and nothing is changed.
-- With -v check=1 it only lists such references.
SET search_path = '';
\if :{?check}
SELECT pg_catalog.format('%I of %s refers to %s', k.conname, k.conrelid::regclass, k.confrelid::regclass)
FROM pg_catalog.pg_constraint AS k
CROSS JOIN (SELECT ARRAY[
  pg_catalog.to_regclass('"public"."orders"')::oid,
  pg_catalog.to_regclass('"pgcutover"."marker_pgcutover_01"')::oid] AS tables) AS mine
WHERE k.contype = 'f' AND k.confrelid = ANY (mine.tables) AND k.conrelid <> ALL (mine.tables) ORDER BY 1;
\quit
\endif
BEGIN;
SET LOCAL lock_timeout = '30s';
-- Whoever is at one of these copies ends first, or this fails; whoever comes later finds no snapshot to copy in.
SELECT pg_catalog.count(*) FROM (SELECT FROM pgcutover.item WHERE slot = 'pgcutover_01' ORDER BY id FOR UPDATE) AS locked \g /dev/null
DELETE FROM pgcutover.snapshot WHERE slot = 'pgcutover_01';
TRUNCATE
  ONLY "public"."orders",
  ONLY "pgcutover"."marker_pgcutover_01";

-- Indexes and constraints that are built stay; what is not yet built goes on waiting for the copies, and statistics are gathered again.
UPDATE pgcutover.item AS i SET unfinished = i.unfinished + n.done
FROM (
  SELECT d.item, pg_catalog.count(*) AS done FROM pgcutover.item_need AS d JOIN pgcutover.item AS c ON c.id = d.needs
  WHERE c.slot = 'pgcutover_01' AND c.state = 'done' GROUP BY d.item
) AS n WHERE i.id = n.item;
UPDATE pgcutover.item AS i SET state = 'waiting', attempts = 0, error = NULL, picked_at = NULL, started_at = NULL, ended_at = NULL
WHERE i.kind = 'analyze' AND i.id IN (SELECT d.item FROM pgcutover.item_need AS d JOIN pgcutover.item AS c ON c.id = d.needs WHERE c.slot = 'pgcutover_01');
UPDATE pgcutover.item_table AS t SET rows_sent = NULL, rows_received = NULL FROM pgcutover.item AS i WHERE i.id = t.item AND i.slot = 'pgcutover_01';
UPDATE pgcutover.item SET state = 'waiting', attempts = 0, error = NULL, picked_at = NULL, started_at = NULL, ended_at = NULL, rows_sent = NULL, rows_received = NULL
WHERE slot = 'pgcutover_01';
COMMIT;
