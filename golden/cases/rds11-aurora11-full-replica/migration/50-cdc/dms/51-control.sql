-- 50-cdc/dms/51-control.sql: Create the role that loads rows and applies changes, without a password and without the right to log in, and the schema of the control tables.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 50-cdc/dms/51-control.sql
-- Again: changes nothing that is right already.
-- Undo: DROP OWNED BY the role, then DROP ROLE and the schema.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '50-cdc/dms/51-control.sql';
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
  SELECT 'is no member of rds_superuser', pg_catalog.format('GRANT rds_superuser TO %I', rolname) FROM me
  WHERE NOT rolsuper AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS g WHERE g.rolname = 'rds_superuser' AND pg_catalog.pg_has_role(g.oid, 'USAGE'))
  UNION
  SELECT pg_catalog.format('may not grant USAGE on schema %s', nspname), pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I WITH GRANT OPTION', nspname, current_user)
  FROM pg_catalog.pg_namespace
  WHERE nspname = ANY (ARRAY['public']::name[]) AND NOT pg_catalog.has_schema_privilege(oid, 'USAGE WITH GRANT OPTION')
  UNION
  SELECT pg_catalog.format('may not grant rights on %s of the tables, %s for one', pg_catalog.count(*), pg_catalog.min(t.oid::regclass::text)), 
    CASE WHEN o.rolsuper THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('GRANT %I TO %I', o.rolname, current_user) END
  FROM (
    SELECT c.oid, c.relowner
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (ARRAY['public']::name[])
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ) AS t JOIN pg_catalog.pg_roles AS o ON o.oid = t.relowner
  WHERE NOT pg_catalog.has_table_privilege(t.oid, 'SELECT WITH GRANT OPTION') GROUP BY o.rolname, o.rolsuper
) AS r(lacks, remedy) \g /dev/null
DO $rights$
BEGIN
  IF pg_catalog.current_setting('pgcutover.lacks') <> '' THEN
    RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('role %s %s', current_user, pg_catalog.current_setting('pgcutover.lacks')),
      HINT = pg_catalog.current_setting('pgcutover.remedy');
  END IF;
END
$rights$;

-- The role that AWS DMS applies changes with. It has no password and may not log in: give it both before 54-test-connections.sh,
-- without putting the password into a file or a command line:
--   \password pgcutover_cdc
--   ALTER ROLE pgcutover_cdc LOGIN;
-- AWS DMS refuses passwords with any of ; + % { }, also in a secret.
BEGIN;
SET LOCAL lock_timeout = '10s';

SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pgcutover_cdc') AS missing \gset
\if :missing
CREATE ROLE "pgcutover_cdc" NOLOGIN;
\endif

-- Foreign keys and triggers are off in its sessions, and in no others.
GRANT rds_superuser TO "pgcutover_cdc";

-- DMS keeps transactions open without work in them; nothing may end its sessions.
ALTER ROLE "pgcutover_cdc" SET statement_timeout = 0;
ALTER ROLE "pgcutover_cdc" SET lock_timeout = 0;
ALTER ROLE "pgcutover_cdc" SET idle_in_transaction_session_timeout = 0;

-- Its control tables: positions, history, errors. In a schema of their own no comparison takes them for the application's.
CREATE SCHEMA IF NOT EXISTS "awsdms_control";
GRANT USAGE, CREATE ON SCHEMA "awsdms_control" TO "pgcutover_cdc";

-- AWS's user guide asks for more of a target's role: CREATE on the database and on every schema, and TRUNCATE on the tables. Those are for making the
-- control schema, which is made above, and for a full load that makes or empties tables. Here a table that is missing has to be an
-- error, and TRUNCATE is frozen. Batches go through a table of their own (awsdms_changes…); no page says whether it lies in the control schema or is a
-- temporary one, so both may be made.
SELECT pg_catalog.format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', pg_catalog.current_database(), 'pgcutover_cdc') \gexec
GRANT USAGE ON SCHEMA "pgcutover" TO "pgcutover_cdc";
GRANT USAGE ON SCHEMA "public" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."accounts" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."posts" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."schema_migrations" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "pgcutover"."marker_dms_full_01" TO "pgcutover_cdc";
COMMIT;
