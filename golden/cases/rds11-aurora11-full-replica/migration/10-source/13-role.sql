-- 10-source/13-role.sql: Create the role that AWS DMS reads with, without a password and without the right to log in.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_source -f 10-source/13-role.sql
-- Again: changes nothing that is right already.
-- Undo: DROP OWNED BY the role, then DROP ROLE.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '10-source/13-role.sql';
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
  SELECT 'may not create roles', pg_catalog.format('ALTER ROLE %I CREATEROLE', rolname) FROM me
  WHERE NOT rolsuper AND NOT rolcreaterole
  UNION
  SELECT pg_catalog.format('may not change role %s, which is there already', r.rolname), pg_catalog.format('GRANT %I TO %I WITH ADMIN OPTION', r.rolname, me.rolname)
  FROM me, pg_catalog.pg_roles AS r
  WHERE r.rolname = 'pgcutover_cdc' AND pg_catalog.current_setting('server_version_num')::integer >= 160000 AND NOT pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')
  UNION
  SELECT 'may not grant rds_replication', 'let a member of rds_superuser do it: another user in the service' FROM me
  WHERE NOT rolsuper AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS g WHERE g.rolname = 'rds_superuser' AND pg_catalog.pg_has_role(g.oid, 'USAGE')
    OR g.rolname = 'rds_replication' AND pg_catalog.pg_has_role(g.oid, 'MEMBER WITH ADMIN OPTION'))
  UNION
  SELECT 'may not grant CONNECT', pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I WITH GRANT OPTION', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CONNECT WITH GRANT OPTION')
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

-- The role that change data capture connects with. It has no password and may not log in: give it both when the
-- replication instance is set up, without putting the password into a file or a command line:
--   \password pgcutover_cdc
--   ALTER ROLE pgcutover_cdc LOGIN;
-- pg_hba.conf of the source has to let it in, both to the database and (9.6) to "replication".
--
-- AWS documents superuser rights for a self-managed source and rds_superuser for RDS. DMS captures no DDL, so making slots, decoding and reading are
-- enough; should an endpoint's connection test, or a task, ask for more, run this file again with -v superuser=1.
BEGIN;
SET LOCAL lock_timeout = '5s';

SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pgcutover_cdc') AS missing \gset
\if :missing
CREATE ROLE "pgcutover_cdc" NOLOGIN;
\endif
GRANT rds_replication TO "pgcutover_cdc";
\if :{?superuser}
GRANT rds_superuser TO "pgcutover_cdc";
\endif

-- Values as they are: before version 12 a float would leave the server with 15 digits.
ALTER ROLE "pgcutover_cdc" SET extra_float_digits = 3;
-- DMS keeps transactions open without work in them; nothing may end its sessions.
ALTER ROLE "pgcutover_cdc" SET statement_timeout = 0;
ALTER ROLE "pgcutover_cdc" SET lock_timeout = 0;
ALTER ROLE "pgcutover_cdc" SET idle_in_transaction_session_timeout = 0;

-- What it reads: every table that is loaded.
SELECT pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_database(), 'pgcutover_cdc') \gexec
GRANT USAGE ON SCHEMA "public" TO "pgcutover_cdc";
GRANT SELECT ON TABLE "public"."accounts" TO "pgcutover_cdc";
GRANT SELECT ON TABLE "public"."posts" TO "pgcutover_cdc";
GRANT SELECT ON TABLE "public"."schema_migrations" TO "pgcutover_cdc";
COMMIT;
