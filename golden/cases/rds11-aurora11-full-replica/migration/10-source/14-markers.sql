-- 10-source/14-markers.sql: Create a marker table for each task.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_source -f 10-source/14-markers.sql
-- Again: keeps the tables and rows that are there.
-- Undo: 80-recovery/81-abort.sh.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '10-source/14-markers.sql';
SET client_min_messages = warning;
-- What is said to be done has to outlive a crash of the server; session.sh has the same line for scripts.
DO $$ BEGIN IF pg_catalog.current_setting('synchronous_commit') = 'off' THEN PERFORM pg_catalog.set_config('synchronous_commit', 'local', false); END IF; END $$;

-- Refuse to run anywhere else: servers look alike.
SET pgcutover.planned_database = 'shop';
SET pgcutover.planned_system = '7300000000000000001';
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
  IF pg_catalog.to_regclass('pgcutover.promoted') IS NOT NULL THEN
    RAISE EXCEPTION 'this is the promoted replica; the file is for the source' USING HINT = 'Correct the service.';
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

-- One small table for each task, which loads it like any other. Its first row is updated at the cutover, where it proves that everything before it has
-- arrived, and by the gates, which see by it how far a task is behind.
SET lock_timeout = '5s';
BEGIN;
CREATE SCHEMA IF NOT EXISTS "pgcutover";
COMMENT ON SCHEMA "pgcutover" IS 'Markers of a migration with pgcutover; removed after the cutover.';

CREATE TABLE IF NOT EXISTS "pgcutover"."marker_dms_full_01" (
  id integer PRIMARY KEY CHECK (id IN (1, 2)),
  token text NOT NULL,
  source_lsn pg_lsn NOT NULL,
  at timestamp with time zone NOT NULL
);
INSERT INTO "pgcutover"."marker_dms_full_01" (id, token, source_lsn, at)
SELECT id, 'created', pg_catalog.pg_current_wal_insert_lsn(), pg_catalog.clock_timestamp() FROM pg_catalog.generate_series(1, 2) AS id
ON CONFLICT (id) DO NOTHING;

SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pgcutover_cdc') AS has_role \gset
\if :has_role
GRANT USAGE ON SCHEMA "pgcutover" TO "pgcutover_cdc";
GRANT SELECT ON ALL TABLES IN SCHEMA "pgcutover" TO "pgcutover_cdc";
\endif
COMMIT;
