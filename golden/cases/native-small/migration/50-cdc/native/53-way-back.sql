-- 50-cdc/native/53-way-back.sql: Prepare the way back: its role and its publications on the target.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 50-cdc/native/53-way-back.sql
-- Again: adds what is missing.
-- Undo: 70-cutover/78-retire.sh --yes --all, or DROP PUBLICATION.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '50-cdc/native/53-way-back.sql';
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
  SELECT 'may not create roles', pg_catalog.format('ALTER ROLE %I CREATEROLE', rolname) FROM me
  WHERE NOT rolsuper AND NOT rolcreaterole
  UNION
  SELECT pg_catalog.format('may not change role %s, which is there already', r.rolname), pg_catalog.format('GRANT %I TO %I WITH ADMIN OPTION', r.rolname, me.rolname)
  FROM me, pg_catalog.pg_roles AS r
  WHERE r.rolname = 'pgcutover_cdc' AND pg_catalog.current_setting('server_version_num')::integer >= 160000 AND NOT pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')
  UNION
  SELECT 'may not hand out REPLICATION', CASE WHEN pg_catalog.current_setting('server_version_num')::integer < 160000
    THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('ALTER ROLE %I REPLICATION', rolname) END FROM me
  WHERE NOT rolsuper AND NOT (rolreplication AND pg_catalog.current_setting('server_version_num')::integer >= 160000)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'pgcutover_cdc' AND r.rolreplication)
  UNION
  SELECT 'may not grant CONNECT', pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I WITH GRANT OPTION', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CONNECT WITH GRANT OPTION')
  UNION
  SELECT 'may not create schemas or publications', pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
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

-- The way back replicates what the application writes to the target to the source, from the first write on. What needs no freeze is made
-- here: the role that the source logs in with, without a password and without the right to log in, and the publications. Give it both,
-- without putting the password into a file or a command line:
--   \password pgcutover_cdc
--   ALTER ROLE pgcutover_cdc LOGIN;
-- pg_hba.conf of the target has to let it in from the source's host.
SET lock_timeout = '10s';

SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pgcutover_cdc') AS missing \gset
\if :missing
CREATE ROLE "pgcutover_cdc" NOLOGIN;
\endif
SELECT pg_catalog.format('ALTER ROLE %I REPLICATION', rolname) FROM pg_catalog.pg_roles WHERE rolname = 'pgcutover_cdc' AND NOT rolreplication \gexec
SELECT pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_database(), 'pgcutover_cdc') \gexec

-- Names as on the source; the tables are the same.
SELECT pg_catalog.format('CREATE PUBLICATION %I WITH (publish = %L)', 'pgcutover_01', 'insert, update, delete, truncate')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'pgcutover_01') \gexec
SELECT pg_catalog.format('CREATE PUBLICATION %I WITH (publish = %L)', 'ipgcutover_01', 'insert, truncate')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'ipgcutover_01') \gexec
CREATE TEMPORARY TABLE planned (publication name, relation regclass);
INSERT INTO planned VALUES ('pgcutover_01', '"pgcutover"."marker_pgcutover_01"');
INSERT INTO planned VALUES ('pgcutover_01', '"public"."accounts"');
INSERT INTO planned VALUES ('pgcutover_01', '"public"."calls"');
INSERT INTO planned VALUES ('pgcutover_01', '"public"."tags"');
SELECT pg_catalog.format('ALTER PUBLICATION %I ADD TABLE ONLY %s', p.publication, p.relation)
FROM planned AS p JOIN pg_catalog.pg_publication AS b ON b.pubname = p.publication
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication_rel AS r WHERE r.prpubid = b.oid AND r.prrelid = p.relation) ORDER BY 1 \gexec

SELECT p.publication, pg_catalog.count(*) AS tables FROM planned AS p GROUP BY 1 ORDER BY 1;
