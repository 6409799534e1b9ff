-- 10-source/15-node.sql: Create the pglogical node and two replication sets for each slot.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_source -f 10-source/15-node.sql
-- Again: keeps what is there, refuses what was made for something else.
-- Undo: 80-recovery/81-abort.sh.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '10-source/15-node.sql';
SET client_min_messages = warning;
-- What is said to be done has to outlive a crash of the server; session.sh has the same line for scripts.
DO $$ BEGIN IF pg_catalog.current_setting('synchronous_commit') = 'off' THEN PERFORM pg_catalog.set_config('synchronous_commit', 'local', false); END IF; END $$;

-- Refuse to run anywhere else: servers look alike.
SET pgcutover.planned_database = 'shop';
SET pgcutover.planned_system = '7300000000000000001';
SET pgcutover.foreign_system = '';
SET pgcutover.planned_version = '14';
DO $guard$
DECLARE
  database text := pg_catalog.current_setting('pgcutover.planned_database');
  planned text := pg_catalog.current_setting('pgcutover.planned_system');
  other text := pg_catalog.current_setting('pgcutover.foreign_system');
  version text := pg_catalog.current_setting('pgcutover.planned_version');
  found text;
BEGIN
  IF pg_catalog.pg_is_in_recovery() THEN
    RAISE EXCEPTION 'this is a standby; the file is for the source' USING HINT = 'Correct the service.';
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

-- What this file needs to be allowed. All that is lacking is told at once, before anything is done.
WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user)
SELECT pg_catalog.set_config('pgcutover.lacks', coalesce(pg_catalog.string_agg(r.lacks, '; ' ORDER BY r.lacks), ''), false),
  pg_catalog.set_config('pgcutover.remedy', coalesce(pg_catalog.string_agg(DISTINCT r.remedy, '; '), ''), false)
FROM (
  SELECT 'is no superuser'::text, 'let a superuser do it: another user in the service'::text FROM me
  WHERE NOT rolsuper
) AS r(lacks, remedy) \g /dev/null
DO $rights$
BEGIN
  IF pg_catalog.current_setting('pgcutover.lacks') <> '' THEN
    RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('role %s %s', current_user, pg_catalog.current_setting('pgcutover.lacks')),
      HINT = pg_catalog.current_setting('pgcutover.remedy');
  END IF;
END
$rights$;

SET lock_timeout = '5s';

-- Markers come first: 16-members.sh puts them into the sets made here.
DO $order$
BEGIN
  IF pg_catalog.to_regnamespace('"pgcutover"') IS NULL THEN
    RAISE EXCEPTION 'the marker tables are missing' USING HINT = 'Run 10-source/14-markers.sql first.';
  END IF;
END
$order$;

CREATE EXTENSION IF NOT EXISTS pglogical;

-- The node and its sets. The DSN is only a name for other nodes: change data capture does not use it, so it holds no
-- host, no user and no password.
DO $node$
DECLARE
  other name;
BEGIN
  SELECT n.node_name INTO other FROM pglogical.local_node JOIN pglogical.node AS n USING (node_id);
  IF other <> 'pgcutover_provider' THEN
    RAISE EXCEPTION 'this database is pglogical node % already, and a database can be only one', other
      USING HINT = pg_catalog.format('Find out who uses it; if nobody: SELECT pglogical.drop_node(%L).', other);
  END IF;
END
$node$;
SELECT pglogical.create_node(node_name := 'pgcutover_provider', dsn := 'dbname=''shop''') IS NOT NULL AS node_created
WHERE NOT EXISTS (SELECT FROM pglogical.local_node) \g /dev/null

-- Two sets for each slot, as AWS DMS wants them: the one named like the slot carries updates and deletes, the one with an i
-- in front inserts and truncates. Arguments: insert, update, delete, truncate.
SELECT pglogical.create_replication_set('dms_slot_01', false, true, true, false) IS NOT NULL AS set_created
WHERE NOT EXISTS (SELECT FROM pglogical.replication_set JOIN pglogical.local_node ON node_id = set_nodeid WHERE set_name = 'dms_slot_01') \g /dev/null
SELECT pglogical.create_replication_set('idms_slot_01', true, false, false, true) IS NOT NULL AS set_created
WHERE NOT EXISTS (SELECT FROM pglogical.replication_set JOIN pglogical.local_node ON node_id = set_nodeid WHERE set_name = 'idms_slot_01') \g /dev/null

-- A set of that name that was there before must be what the plan needs.
DO $sets$
DECLARE
  wrong text;
BEGIN
  SELECT pg_catalog.string_agg(s.set_name, ', ' ORDER BY s.set_name) INTO wrong
  FROM pglogical.replication_set AS s
  WHERE s.set_name = ANY (ARRAY['dms_slot_01']::name[])
      AND (s.replicate_insert, s.replicate_update, s.replicate_delete, s.replicate_truncate) <> (false, true, true, false)
    OR s.set_name = ANY (ARRAY['idms_slot_01']::name[])
      AND (s.replicate_insert, s.replicate_update, s.replicate_delete, s.replicate_truncate) <> (true, false, false, true);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'replication sets exist that were made for something else: %', wrong
      USING HINT = 'Find out who uses them; if nobody: SELECT pglogical.drop_replication_set(name).';
  END IF;
END
$sets$;

SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pgcutover_cdc') AS has_role \gset
\if :has_role
GRANT USAGE ON SCHEMA pglogical TO "pgcutover_cdc";
GRANT SELECT ON ALL TABLES IN SCHEMA pglogical TO "pgcutover_cdc";
\endif

SELECT s.set_name AS "set", s.replicate_insert AS "insert", s.replicate_update AS "update", s.replicate_delete AS "delete", s.replicate_truncate AS "truncate"
FROM pglogical.replication_set AS s JOIN pglogical.local_node ON node_id = set_nodeid
WHERE s.set_name = ANY (ARRAY['dms_slot_01', 'idms_slot_01']::name[]) ORDER BY 1;
