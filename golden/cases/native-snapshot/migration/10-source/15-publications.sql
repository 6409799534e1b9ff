-- 10-source/15-publications.sql: Create two publications for each slot.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_source -f 10-source/15-publications.sql
-- Again: keeps what is there, refuses what was made for something else.
-- Undo: 80-recovery/81-abort.sh.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '10-source/15-publications.sql';
SET client_min_messages = warning;
-- What is said to be done has to outlive a crash of the server; session.sh has the same line for scripts.
DO $$ BEGIN IF pg_catalog.current_setting('synchronous_commit') = 'off' THEN PERFORM pg_catalog.set_config('synchronous_commit', 'local', false); END IF; END $$;

-- Refuse to run anywhere else: servers look alike.
SET pgcutover.planned_database = 'shop';
SET pgcutover.planned_system = '';
SET pgcutover.foreign_system = '';
SET pgcutover.planned_version = '15';
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
  SELECT 'may not create schemas or publications', pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
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

-- Markers come first: 16-members.sh puts them into the publications made here.
DO $order$
BEGIN
  IF pg_catalog.to_regnamespace('"pgcutover"') IS NULL THEN
    RAISE EXCEPTION 'the marker tables are missing' USING HINT = 'Run 10-source/14-markers.sql first.';
  END IF;
END
$order$;

-- Two publications for each slot. In the one named like the slot are the tables whose rows an identity tells apart. The one with an
-- i in front has those without: published with their updates, each UPDATE and DELETE of the application would fail.
SELECT pg_catalog.format('CREATE PUBLICATION %I WITH (publish = %L)', 'pgcutover_01', 'insert, update, delete, truncate')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'pgcutover_01') \gexec
SELECT pg_catalog.format('CREATE PUBLICATION %I WITH (publish = %L)', 'ipgcutover_01', 'insert, truncate')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'ipgcutover_01') \gexec
SELECT pg_catalog.format('CREATE PUBLICATION %I WITH (publish = %L)', 'pgcutover_02', 'insert, update, delete, truncate')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'pgcutover_02') \gexec
SELECT pg_catalog.format('CREATE PUBLICATION %I WITH (publish = %L)', 'ipgcutover_02', 'insert, truncate')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'ipgcutover_02') \gexec

-- A publication of that name that was there before must be what the plan needs.
DO $publications$
DECLARE
  wrong text;
BEGIN
  SELECT pg_catalog.string_agg(p.pubname, ', ' ORDER BY p.pubname) INTO wrong
  FROM pg_catalog.pg_publication AS p
  WHERE p.pubname = ANY (ARRAY['pgcutover_01', 'pgcutover_02']::name[])
      AND (p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate) <> (false, true, true, true, true)
    OR p.pubname = ANY (ARRAY['ipgcutover_01', 'ipgcutover_02']::name[])
      AND (p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate) <> (false, true, false, false, true)
    OR p.pubviaroot AND p.pubname = ANY (ARRAY['pgcutover_01', 'ipgcutover_01', 'pgcutover_02', 'ipgcutover_02']::name[]);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'publications exist that were made for something else: %', wrong
      USING HINT = 'Find out who subscribes to them; if nobody: DROP PUBLICATION.';
  END IF;
END
$publications$;

SELECT p.pubname AS publication, p.pubinsert AS "insert", p.pubupdate AS "update", p.pubdelete AS "delete", p.pubtruncate AS "truncate"
FROM pg_catalog.pg_publication AS p
WHERE p.pubname = ANY (ARRAY['pgcutover_01', 'ipgcutover_01', 'pgcutover_02', 'ipgcutover_02']::name[]) ORDER BY 1;
