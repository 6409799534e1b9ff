-- 30-target/34-keys.sql: Build the keys that AWS DMS finds rows by, on the empty tables.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 30-target/34-keys.sql
-- Again: builds what is missing.
-- Undo: DROP CONSTRAINT or DROP INDEX.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '30-target/34-keys.sql';
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

-- By these AWS DMS finds the rows that changes are about, and passes over those that it has loaded already. Changes to a table begin to be applied when all
-- tables are loaded, so they are there before; on an empty table they cost nothing. All other indexes are built when the rows are there.
SET lock_timeout = '10s';

-- index mails_pkey of public.mails
SELECT pg_catalog.to_regclass('"public"."mails_pkey"') IS NULL AS missing \gset
\if :missing
BEGIN;
CREATE UNIQUE INDEX mails_pkey ON public.mails USING btree (id);
COMMIT;
\endif
-- index files_pkey of public.files
SELECT pg_catalog.to_regclass('"public"."files_pkey"') IS NULL AS missing \gset
\if :missing
BEGIN;
CREATE UNIQUE INDEX files_pkey ON public.files USING btree (id);
COMMIT;
\endif
-- index traces_pkey of public.traces
SELECT pg_catalog.to_regclass('"public"."traces_pkey"') IS NULL AS missing \gset
\if :missing
BEGIN;
CREATE UNIQUE INDEX traces_pkey ON public.traces USING btree (id);
COMMIT;
\endif
-- index names_pkey of public.names
SELECT pg_catalog.to_regclass('"public"."names_pkey"') IS NULL AS missing \gset
\if :missing
BEGIN;
CREATE UNIQUE INDEX names_pkey ON public.names USING btree (id);
COMMIT;
\endif
-- constraint files_pkey of public.files
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = '"public"."files"'::pg_catalog.regclass AND conname = 'files_pkey') AS missing \gset
\if :missing
BEGIN;
ALTER TABLE "public"."files" ADD CONSTRAINT "files_pkey" PRIMARY KEY USING INDEX "files_pkey";
COMMIT;
\endif
-- constraint mails_pkey of public.mails
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = '"public"."mails"'::pg_catalog.regclass AND conname = 'mails_pkey') AS missing \gset
\if :missing
BEGIN;
ALTER TABLE "public"."mails" ADD CONSTRAINT "mails_pkey" PRIMARY KEY USING INDEX "mails_pkey";
COMMIT;
\endif
-- constraint names_pkey of public.names
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = '"public"."names"'::pg_catalog.regclass AND conname = 'names_pkey') AS missing \gset
\if :missing
BEGIN;
ALTER TABLE "public"."names" ADD CONSTRAINT "names_pkey" PRIMARY KEY USING INDEX "names_pkey";
COMMIT;
\endif
-- constraint traces_pkey of public.traces
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = '"public"."traces"'::pg_catalog.regclass AND conname = 'traces_pkey') AS missing \gset
\if :missing
BEGIN;
ALTER TABLE "public"."traces" ADD CONSTRAINT "traces_pkey" PRIMARY KEY USING INDEX "traces_pkey";
COMMIT;
\endif
