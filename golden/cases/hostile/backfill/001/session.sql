-- 001/session.sql: What a session that mends rows of public."$(touch /tmp/pwned)" begins with.
-- Run: psql -X -w -v ON_ERROR_STOP=1 -d service=pgcutover_target -f 001/session.sql

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset footer off
SET application_name = '001/session.sql';
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

-- Run by backfill.sh: with -v look=FILE it writes into that file the statements that tell which versions of the rows the source has, and prints how
-- many batches there are and, behind them, which versions the target has. Without look it reads both back and makes ready to mend the
-- batches. The keys come from the program that BACKFILL_KEYS names, and stay in temporary tables.
\set VERBOSITY sqlstate
SET search_path = '';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET extra_float_digits = 3;
SET bytea_output = 'hex';
SET xmloption = content;
SET lc_monetary = 'C';
SET row_security = off;
SET default_transaction_isolation = 'read committed';
SET default_transaction_read_only = off;
SET statement_timeout = '60s';
SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '60s';
-- Foreign keys and triggers do not act on what the source has already done, as they do not on what is applied.
SET session_replication_role = replica;
-- What disabled scans cost on paper would have every small statement compiled, while the table is locked.
SELECT pg_catalog.set_config(name, 'off', false) FROM pg_catalog.pg_settings WHERE name = 'jit' \g /dev/null
SET pgcutover.list = 'bb1697728cd5ce41814c086e84263c7455e68f8a71de7ff8e5e0b81ea0004bd6';
SELECT pg_catalog.set_config('pgcutover.part', '001', false) \g /dev/null

-- What is temporary need not wait for the disk.
BEGIN;
SET LOCAL synchronous_commit = off;
CREATE TEMPORARY TABLE wanted AS SELECT 0 AS number, t."id" AS k0 FROM ONLY "public"."$(touch /tmp/pwned)" AS t LIMIT 0;
\copy pg_temp.wanted FROM PROGRAM 'cat -- "$BACKFILL_KEYS"'
CREATE TEMPORARY TABLE todo AS
SELECT w.*, ((pg_catalog.row_number() OVER (ORDER BY w.number) - 1) / :batch)::integer AS batch FROM pg_temp.wanted AS w
WHERE NOT EXISTS (SELECT FROM pgcutover.backfill AS d WHERE d.list = 'bb1697728cd5ce41814c086e84263c7455e68f8a71de7ff8e5e0b81ea0004bd6' AND d.part = '001'::integer AND d.number = w.number AND d.act <> 'refused');
ALTER TABLE pg_temp.todo ADD PRIMARY KEY (number);
ANALYZE pg_temp.todo;
SET enable_seqscan = off; -- keys are looked up, whatever the statistics of a table that was just loaded say
\if :{?look}
SELECT 'COPY (SELECT t."id", t.xmin::pg_catalog.text FROM ONLY "public"."$(touch /tmp/pwned)" AS t WHERE ' || 't."id" IN (' || pg_catalog.string_agg(pg_catalog.quote_literal(k0::text), ', ' ORDER BY number) || ')' || ') TO STDOUT;' FROM pg_temp.todo GROUP BY batch ORDER BY batch \g :look
SELECT pg_catalog.count(DISTINCT batch) FROM pg_temp.todo;
COPY (SELECT w.number, pg_catalog.min(t.xmin::pg_catalog.text) FROM pg_temp.todo AS w JOIN ONLY "public"."$(touch /tmp/pwned)" AS t ON t."id" = w.k0 GROUP BY w.number) TO STDOUT;
\quit
\endif
CREATE TEMPORARY TABLE before (number integer PRIMARY KEY, version text);
\copy pg_temp.before FROM PROGRAM 'cat -- "$BACKFILL_BEFORE"'
CREATE TEMPORARY TABLE stood AS SELECT k0, ''::text AS version FROM pg_temp.wanted LIMIT 0;
\copy pg_temp.stood FROM PROGRAM 'cat -- "$BACKFILL_SEEN"'
-- A key that is listed twice, written differently, was read with each.
CREATE TEMPORARY TABLE seen AS SELECT w.number, pg_catalog.min(x.version) AS version FROM pg_temp.todo AS w JOIN pg_temp.stood AS x ON w.k0 = x.k0 GROUP BY w.number;
ALTER TABLE pg_temp.seen ADD PRIMARY KEY (number);
CREATE TEMPORARY TABLE found AS SELECT t."id" AS k0, ''::text AS version, t."id" AS c0, t."Co""l $(x) 
é" AS c1 FROM ONLY "public"."$(touch /tmp/pwned)" AS t LIMIT 0;
CREATE TEMPORARY TABLE pick (number integer PRIMARY KEY, act text, why text);
CREATE FUNCTION pg_temp.mend(which integer) RETURNS void LANGUAGE plpgsql AS '
DECLARE
  keys integer := (SELECT pg_catalog.count(*) FROM pg_catalog.pg_index AS i WHERE i.indrelid = ''"public"."$(touch /tmp/pwned)"''::pg_catalog.regclass AND (i.indisunique OR i.indisexclusion));
  -- An identity GENERATED ALWAYS takes values only so, and before version 10 there is none.
  identity text := CASE WHEN pg_catalog.current_setting(''server_version_num'')::integer >= 100000 THEN '' OVERRIDING SYSTEM VALUE'' ELSE '''' END;
  remove text := ''DELETE FROM ONLY "public"."$(touch /tmp/pwned)" AS t USING pg_temp.pick AS p JOIN pg_temp.todo AS w ON w.number = p.number WHERE p.act IN (''''replaced'''', ''''deleted'''') AND t."id" = w.k0'';
  bring text := ''INSERT INTO "public"."$(touch /tmp/pwned)" ("id", "Co""l $(x) 
é")'' || identity || '' SELECT x.c0, x.c1 FROM pg_temp.pick AS p JOIN pg_temp.todo AS w ON w.number = p.number JOIN pg_temp.found AS x ON w.k0 = x.k0 WHERE p.act IN (''''replaced'''', ''''inserted'''')'';
  one record;
  state text;
  rule text;
  col text;
BEGIN
  DELETE FROM pg_temp.pick;
  INSERT INTO pg_temp.pick (number, act)
  SELECT w.number, CASE
      WHEN x.version IS NULL AND h.version IS NULL THEN ''nothing''
      WHEN x.version IS NULL AND s.version IS NULL AND h.version = b.version THEN ''deleted''
      WHEN x.version = s.version THEN CASE WHEN h.version IS NULL THEN ''inserted'' ELSE ''replaced'' END
      WHEN x.version <> s.version AND h.version IS NOT NULL AND keys < 2 THEN ''replaced''
    END
  FROM pg_temp.todo AS w
  LEFT JOIN pg_temp.seen AS s ON s.number = w.number
  LEFT JOIN pg_temp.found AS x ON w.k0 = x.k0
  LEFT JOIN pg_temp.before AS b ON b.number = w.number
  CROSS JOIN LATERAL (SELECT pg_catalog.min(t.xmin::pg_catalog.text) AS version FROM ONLY "public"."$(touch /tmp/pwned)" AS t WHERE t."id" = w.k0) AS h
  WHERE w.batch = which;
  DELETE FROM pg_temp.pick WHERE act IS NULL; -- it moves
  BEGIN
    EXECUTE remove;
    EXECUTE bring;
  EXCEPTION WHEN OTHERS THEN
    -- One by one then, those that only make room first. What is wrong with a row is told by code and constraint, never by its values.
    FOR one IN SELECT p.number FROM pg_temp.pick AS p WHERE p.act <> ''nothing'' ORDER BY p.act <> ''deleted'', p.number LOOP
      BEGIN
        EXECUTE remove || '' AND p.number = $1'' USING one.number;
        EXECUTE bring || '' AND p.number = $1'' USING one.number;
      EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, rule = CONSTRAINT_NAME, col = COLUMN_NAME;
        UPDATE pg_temp.pick AS p SET act = ''refused'', why = pg_catalog.concat_ws('' '', state, nullif(rule, ''''), nullif(col, '''')) WHERE p.number = one.number;
      END;
    END LOOP;
  END;
  INSERT INTO pgcutover.backfill AS b (list, part, number, act, why)
  SELECT pg_catalog.current_setting(''pgcutover.list''), pg_catalog.current_setting(''pgcutover.part'')::integer, p.number, p.act, p.why FROM pg_temp.pick AS p
  ON CONFLICT (list, part, number) DO UPDATE SET act = excluded.act, why = excluded.why, at = excluded.at;
END';
COMMIT;
