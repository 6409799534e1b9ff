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
      AND (n.nspname, c.relname) NOT IN (('public', 'drafts'), ('public', 'readings'))
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

-- index readings_2026_pkey of public.readings_2026
SELECT pg_catalog.to_regclass('"public"."readings_2026_pkey"') IS NULL AS missing \gset
\if :missing
BEGIN;
CREATE UNIQUE INDEX readings_2026_pkey ON public.readings_2026 USING btree (id);
COMMIT;
\endif
-- index by_index_code_key of public.by_index
SELECT pg_catalog.to_regclass('"public"."by_index_code_key"') IS NULL AS missing \gset
\if :missing
BEGIN;
CREATE UNIQUE INDEX by_index_code_key ON public.by_index USING btree (code);
COMMIT;
\endif
-- index full_identity_pkey of public.full_identity
SELECT pg_catalog.to_regclass('"public"."full_identity_pkey"') IS NULL AS missing \gset
\if :missing
BEGIN;
CREATE UNIQUE INDEX full_identity_pkey ON public.full_identity USING btree (id);
COMMIT;
\endif
-- index readings_pkey of public.readings
SELECT pg_catalog.to_regclass('"public"."readings_pkey"') IS NULL AS missing \gset
\if :missing
BEGIN;
CREATE UNIQUE INDEX readings_pkey ON public.readings USING btree (id);
COMMIT;
\endif
-- constraint by_index_code_key of public.by_index
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = '"public"."by_index"'::pg_catalog.regclass AND conname = 'by_index_code_key') AS missing \gset
\if :missing
BEGIN;
ALTER TABLE "public"."by_index" ADD CONSTRAINT "by_index_code_key" UNIQUE USING INDEX "by_index_code_key";
ALTER TABLE ONLY "public"."by_index" REPLICA IDENTITY USING INDEX "by_index_code_key";
COMMIT;
\endif
-- constraint full_identity_pkey of public.full_identity
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = '"public"."full_identity"'::pg_catalog.regclass AND conname = 'full_identity_pkey') AS missing \gset
\if :missing
BEGIN;
ALTER TABLE "public"."full_identity" ADD CONSTRAINT "full_identity_pkey" PRIMARY KEY USING INDEX "full_identity_pkey";
COMMIT;
\endif
-- constraint readings_pkey of public.readings
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = '"public"."readings"'::pg_catalog.regclass AND conname = 'readings_pkey') AS missing \gset
\if :missing
BEGIN;
ALTER TABLE "public"."readings" ADD CONSTRAINT "readings_pkey" PRIMARY KEY USING INDEX "readings_pkey";
COMMIT;
\endif
-- constraint readings_2026_pkey of public.readings_2026
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = '"public"."readings_2026"'::pg_catalog.regclass AND conname = 'readings_2026_pkey') AS missing \gset
\if :missing
BEGIN;
ALTER TABLE "public"."readings_2026" ADD CONSTRAINT "readings_2026_pkey" PRIMARY KEY USING INDEX "readings_2026_pkey";
COMMIT;
\endif
