-- 30-target/31-roles.sql: Create the roles of the source, without passwords and without the right to log in.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 30-target/31-roles.sql
-- Again: changes no role that is there, grants what is missing.
-- Undo: DROP ROLE, before the schema is restored.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '30-target/31-roles.sql';
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
  SELECT 'may not create roles', pg_catalog.format('ALTER ROLE %I CREATEROLE', rolname) FROM me
  WHERE NOT rolsuper AND NOT rolcreaterole
  UNION
  SELECT 'may not hand out ' || a.word, CASE WHEN pg_catalog.current_setting('server_version_num')::integer < 160000
    THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('ALTER ROLE %I %s', me.rolname, a.word) END
  FROM me, LATERAL (VALUES ('CREATEDB', rolcreatedb OR pg_catalog.current_setting('server_version_num')::integer < 160000),
    ('REPLICATION', rolreplication AND pg_catalog.current_setting('server_version_num')::integer >= 160000),
    ('BYPASSRLS', rolbypassrls AND pg_catalog.current_setting('server_version_num')::integer >= 160000)) AS a(word, may)
  WHERE NOT rolsuper AND NOT a.may AND a.word = ANY (ARRAY[]::text[])
  UNION
  SELECT pg_catalog.format('may not grant role %s', g.rolname), CASE WHEN g.rolsuper THEN 'let a superuser do it: another user in the service'
    ELSE pg_catalog.format('GRANT %I TO %I WITH ADMIN OPTION', g.rolname, me.rolname) END
  FROM me, pg_catalog.pg_roles AS g
  WHERE NOT me.rolsuper AND (g.rolsuper OR pg_catalog.current_setting('server_version_num')::integer >= 160000 AND NOT pg_catalog.pg_has_role(g.oid, 'MEMBER WITH ADMIN OPTION'))
    AND (g.rolname = ANY (ARRAY[]::name[])
      OR g.rolname = ANY (ARRAY['app', 'reporting']::name[]) AND NOT pg_catalog.pg_has_role(g.oid, 'USAGE'))
) AS r(lacks, remedy) \g /dev/null
DO $rights$
BEGIN
  IF pg_catalog.current_setting('pgcutover.lacks') <> '' THEN
    RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('role %s %s', current_user, pg_catalog.current_setting('pgcutover.lacks')),
      HINT = pg_catalog.current_setting('pgcutover.remedy');
  END IF;
END
$rights$;

-- Roles of the source that own something, are granted something or log in. None gets a password and none may log in: give
-- each its password in psql with \password, then ALTER ROLE … LOGIN, when the application moves. Superuser rights are left
-- out; so is whatever the target's owner cannot grant.
BEGIN;
SET LOCAL lock_timeout = '10s';

-- Some settings of another version or another server do not exist here; that is no reason to stop.
CREATE FUNCTION pg_temp.try_setting(statement text) RETURNS void LANGUAGE plpgsql AS $try$
BEGIN
  EXECUTE statement;
EXCEPTION WHEN undefined_object OR invalid_parameter_value OR insufficient_privilege THEN
  RAISE WARNING 'left out: %: %', statement, SQLERRM;
END
$try$;

-- Owns objects, may log in.
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app') AS missing \gset
\if :missing
CREATE ROLE "app" NOLOGIN INHERIT;
\endif

-- Has privileges, may log in.
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'reporting') AS missing \gset
\if :missing
CREATE ROLE "reporting" NOLOGIN INHERIT CONNECTION LIMIT 10;
\endif

-- Who sets up the schema hands objects over to their owners, for which it has to be a member of them.
SELECT pg_catalog.format('GRANT %I TO CURRENT_USER', rolname) FROM pg_catalog.pg_roles
WHERE rolname = ANY (ARRAY['app', 'reporting']::name[]) AND rolname <> current_user
  AND NOT pg_catalog.pg_has_role(current_user, oid, 'USAGE') \gexec


DROP FUNCTION pg_temp.try_setting(text);
COMMIT;

\echo 'Roles that log in on the source and wait for a password here:'
SELECT rolname AS role FROM pg_catalog.pg_roles
WHERE rolname = ANY (ARRAY['app', 'reporting']::name[]) AND NOT rolcanlogin ORDER BY 1;
