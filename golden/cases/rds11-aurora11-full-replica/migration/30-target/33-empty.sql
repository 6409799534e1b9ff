-- 30-target/33-empty.sql: Empty the tables of the promoted replica.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 30-target/33-empty.sql
-- Again: empties them again, until there is a ledger (40-load/41-ledger.sql).
-- Undo: none: the rows are on the source.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '30-target/33-empty.sql';
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
  SELECT pg_catalog.format('does not own %s of the tables, %s for one', pg_catalog.count(*), pg_catalog.min(t.oid::regclass::text)), 
    CASE WHEN o.rolsuper THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('GRANT %I TO %I', o.rolname, current_user) END
  FROM (
    SELECT c.oid, c.relowner
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (ARRAY['public']::name[])
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ) AS t JOIN pg_catalog.pg_roles AS o ON o.oid = t.relowner
  WHERE NOT pg_catalog.pg_has_role(t.relowner, 'USAGE') GROUP BY o.rolname, o.rolsuper
) AS r(lacks, remedy) \g /dev/null
DO $rights$
BEGIN
  IF pg_catalog.current_setting('pgcutover.lacks') <> '' THEN
    RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('role %s %s', current_user, pg_catalog.current_setting('pgcutover.lacks')),
      HINT = pg_catalog.current_setting('pgcutover.remedy');
  END IF;
END
$rights$;

-- The promoted replica has the rows of the moment of its promotion, and nothing says at which position of the source that was: AWS DMS loads them again. Foreign
-- keys are gone already (32-schema.sh --existing), so tables can be emptied in any order, and a batch at a time: a server has so many places for locks.
SET search_path = '';
DO $$
DECLARE
  enabled text;
BEGIN
  IF pg_catalog.to_regclass('pg_catalog.pg_subscription') IS NOT NULL THEN -- from 10 on
    EXECUTE 'SELECT pg_catalog.string_agg(subname, '', '' ORDER BY subname) FROM pg_catalog.pg_subscription
      WHERE subenabled AND subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())' INTO enabled;
    IF enabled IS NOT NULL THEN
      RAISE EXCEPTION 'subscriptions came along with the copy and are enabled: %', enabled
        USING HINT = 'On the target ALTER SUBSCRIPTION … DISABLE, ALTER SUBSCRIPTION … SET (slot_name = NONE), DROP SUBSCRIPTION …; the slot at the publisher is the source''s.';
    END IF;
  END IF;
  IF pg_catalog.to_regclass('pgcutover.item') IS NOT NULL THEN
    RAISE EXCEPTION 'the target has a ledger: rows may have been loaded since it was emptied' USING HINT = 'To begin anew: 80-recovery/83-full-restart.sh --yes.';
  END IF;
END
$$;
BEGIN;
SET LOCAL lock_timeout = '30s';
TRUNCATE
  ONLY "public"."accounts",
  ONLY "public"."posts",
  ONLY "public"."schema_migrations";
COMMIT;
-- The markers came along with their rows; 40-load/41-ledger.sql makes them anew.
DROP TABLE IF EXISTS
  "pgcutover"."marker_dms_full_01";
