-- 30-target/33-relax.sql: Drop the NOT NULLs that changes with large values would violate.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 30-target/33-relax.sql
-- Again: does nothing.
-- Undo: 70-cutover/74-constraints.sh.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '30-target/33-relax.sql';
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
  SELECT 'may not create schemas or publications', pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
  UNION
  SELECT pg_catalog.format('does not own schema %s', nspname), 
    CASE WHEN o.rolsuper THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('GRANT %I TO %I', o.rolname, current_user) END FROM pg_catalog.pg_namespace JOIN pg_catalog.pg_roles AS o ON o.oid = nspowner
  WHERE nspname = 'pgcutover' AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE')
  UNION
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

-- What would stop the application of changes: a large value comes after its row, and values that the source has generated are
-- inserted as they are. 70-cutover puts back exactly what is taken away here.
BEGIN;
SET LOCAL lock_timeout = '10s';

-- text is a LOB to AWS DMS, which inserts rows with LOBs empty and fills them in afterwards.
ALTER TABLE "public"."users" ALTER COLUMN "email" DROP NOT NULL, DROP CONSTRAINT IF EXISTS "pgcutover_not_null_1";

-- GENERATED ALWAYS refuses values; which columns were so is remembered beside the ledger. From 17 on a partition has the identity
-- of its partitioned table and follows it.
CREATE SCHEMA IF NOT EXISTS "pgcutover";
CREATE TABLE IF NOT EXISTS "pgcutover".identity_always (
  schema_name name NOT NULL,
  table_name name NOT NULL,
  column_name name NOT NULL,
  PRIMARY KEY (schema_name, table_name, column_name)
);
WITH RECURSIVE planned(schema_name, table_name) AS (
  VALUES
    ('public'::name, 'bookings'::name),
    ('public'::name, 'broken'::name),
    ('public'::name, 'users'::name)
), relation(oid, relispartition) AS (
  SELECT c.oid, c.relispartition
  FROM planned AS p
  JOIN pg_catalog.pg_namespace AS n ON n.nspname = p.schema_name
  JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = p.table_name
  UNION
  SELECT c.oid, c.relispartition
  FROM relation AS r
  JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = r.oid
  JOIN pg_catalog.pg_class AS c ON c.oid = i.inhparent
  WHERE r.relispartition
)
INSERT INTO "pgcutover".identity_always
SELECT n.nspname, c.relname, a.attname
FROM relation AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE a.attidentity = 'a' AND (NOT c.relispartition OR pg_catalog.current_setting('server_version_num')::integer < 170000)
ON CONFLICT DO NOTHING;
SELECT pg_catalog.format('ALTER TABLE %I.%I ALTER COLUMN %I SET GENERATED BY DEFAULT', n.nspname, c.relname, a.attname)
FROM "pgcutover".identity_always AS i
JOIN pg_catalog.pg_namespace AS n ON n.nspname = i.schema_name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = i.table_name
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = i.column_name
WHERE a.attidentity = 'a' ORDER BY n.nspname, c.relname, a.attname \gexec
COMMIT;
