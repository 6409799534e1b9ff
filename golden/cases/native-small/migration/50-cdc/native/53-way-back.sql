-- 50-cdc/native/53-way-back.sql: Prepare the way back: its role and its publications on the target.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 50-cdc/native/53-way-back.sql
-- Again: adds what is missing.
-- Undo: 70-cutover/78-retire.sh --yes --all, or DROP PUBLICATION.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET application_name = '50-cdc/native/53-way-back.sql';
SET client_min_messages = warning;
-- What is said to be done has to outlive a crash of the server.
SELECT pg_catalog.set_config('synchronous_commit', 'local', false) WHERE pg_catalog.current_setting('synchronous_commit') = 'off' \g /dev/null

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
ALTER ROLE "pgcutover_cdc" REPLICATION;
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
