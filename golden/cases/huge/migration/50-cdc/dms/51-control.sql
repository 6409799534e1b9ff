-- 50-cdc/dms/51-control.sql: Create the role that applies changes, without a password and without the right to log in, and the schema of the control tables.
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
ALTER ROLE "pgcutover_cdc" SET idle_session_timeout = 0;

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
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."events" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_001" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_002" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_003" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_004" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_005" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_006" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_007" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_008" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_009" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_010" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_011" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_012" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_013" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_014" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_015" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_016" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_017" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_018" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_019" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_020" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_021" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_022" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_023" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_024" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_025" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_026" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_027" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_028" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_029" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_030" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_031" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_032" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_033" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_034" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_035" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_036" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_037" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_038" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_039" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_040" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_041" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_042" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_043" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_044" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_045" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_046" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_047" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_048" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_049" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_050" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_051" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_052" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_053" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_054" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_055" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_056" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_057" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_058" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_059" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_060" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_061" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_062" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_063" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_064" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_065" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_066" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_067" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_068" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_069" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_070" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_071" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_072" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_073" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_074" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_075" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_076" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_077" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_078" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_079" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_080" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_081" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_082" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_083" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_084" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_085" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_086" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_087" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_088" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_089" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_090" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_091" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_092" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_093" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_094" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_095" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_096" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_097" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_098" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_099" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_100" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_101" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_102" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_103" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_104" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_105" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_106" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_107" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_108" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_109" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_110" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_111" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_112" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_113" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_114" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_115" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_116" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_117" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_118" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_119" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_120" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_121" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_122" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_123" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_124" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_125" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_126" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_127" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_128" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_129" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_130" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_131" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_132" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_133" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_134" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_135" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_136" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_137" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_138" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_139" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_140" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_141" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_142" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_143" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_144" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_145" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_146" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_147" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_148" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_149" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_150" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_151" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_152" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_153" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_154" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_155" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_156" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_157" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_158" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_159" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_160" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_161" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_162" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_163" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_164" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_165" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_166" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_167" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_168" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_169" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_170" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_171" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_172" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_173" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_174" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_175" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_176" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_177" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_178" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_179" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_180" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_181" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_182" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_183" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_184" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_185" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_186" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_187" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_188" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_189" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_190" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_191" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_192" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_193" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_194" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_195" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_196" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_197" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_198" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_199" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_200" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_201" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_202" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_203" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_204" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_205" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_206" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_207" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_208" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_209" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_210" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_211" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_212" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_213" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_214" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_215" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_216" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_217" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_218" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_219" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_220" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_221" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_222" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_223" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_224" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_225" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_226" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_227" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_228" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_229" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_230" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_231" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_232" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_233" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_234" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_235" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_236" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_237" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_238" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_239" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_240" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_241" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_242" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_243" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_244" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_245" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_246" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_247" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_248" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_249" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_250" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_251" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_252" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_253" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_254" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_255" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_256" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_257" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_258" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_259" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_260" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_261" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_262" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_263" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_264" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_265" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_266" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_267" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_268" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_269" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_270" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_271" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_272" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_273" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_274" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_275" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_276" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_277" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_278" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_279" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_280" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_281" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_282" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_283" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_284" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_285" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_286" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_287" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_288" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_289" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_290" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_291" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_292" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_293" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_294" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_295" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_296" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_297" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_298" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_299" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_300" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_301" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_302" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_303" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_304" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_305" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_306" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_307" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_308" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_309" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_310" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_311" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_312" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_313" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_314" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_315" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_316" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_317" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_318" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_319" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_320" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_321" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_322" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_323" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_324" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_325" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_326" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_327" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_328" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_329" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_330" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_331" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_332" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_333" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_334" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_335" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_336" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_337" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_338" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_339" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_340" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_341" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_342" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_343" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_344" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_345" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_346" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_347" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_348" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_349" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_350" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_351" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_352" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_353" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_354" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_355" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_356" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_357" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_358" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_359" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_360" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_361" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_362" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_363" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_364" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_365" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_366" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_367" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_368" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_369" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_370" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_371" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_372" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_373" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_374" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_375" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_376" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_377" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_378" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_379" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_380" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_381" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_382" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_383" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_384" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_385" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_386" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_387" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_388" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_389" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_390" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_391" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_392" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_393" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_394" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_395" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_396" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_397" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_398" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_399" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."table_400" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "pgcutover"."marker_dms_slot_01" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "pgcutover"."marker_dms_slot_02" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "pgcutover"."marker_dms_slot_03" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "pgcutover"."marker_dms_slot_04" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "pgcutover"."marker_dms_slot_05" TO "pgcutover_cdc";
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "pgcutover"."marker_dms_slot_06" TO "pgcutover_cdc";
COMMIT;
