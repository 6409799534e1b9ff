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

-- jsonb is a LOB to AWS DMS, which inserts rows with LOBs empty and fills them in afterwards.
ALTER TABLE "public"."events" ALTER COLUMN "payload" DROP NOT NULL, DROP CONSTRAINT IF EXISTS "pgcutover_not_null_1";

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
    ('public'::name, 'events'::name),
    ('public'::name, 'table_001'::name),
    ('public'::name, 'table_002'::name),
    ('public'::name, 'table_003'::name),
    ('public'::name, 'table_004'::name),
    ('public'::name, 'table_005'::name),
    ('public'::name, 'table_006'::name),
    ('public'::name, 'table_007'::name),
    ('public'::name, 'table_008'::name),
    ('public'::name, 'table_009'::name),
    ('public'::name, 'table_010'::name),
    ('public'::name, 'table_011'::name),
    ('public'::name, 'table_012'::name),
    ('public'::name, 'table_013'::name),
    ('public'::name, 'table_014'::name),
    ('public'::name, 'table_015'::name),
    ('public'::name, 'table_016'::name),
    ('public'::name, 'table_017'::name),
    ('public'::name, 'table_018'::name),
    ('public'::name, 'table_019'::name),
    ('public'::name, 'table_020'::name),
    ('public'::name, 'table_021'::name),
    ('public'::name, 'table_022'::name),
    ('public'::name, 'table_023'::name),
    ('public'::name, 'table_024'::name),
    ('public'::name, 'table_025'::name),
    ('public'::name, 'table_026'::name),
    ('public'::name, 'table_027'::name),
    ('public'::name, 'table_028'::name),
    ('public'::name, 'table_029'::name),
    ('public'::name, 'table_030'::name),
    ('public'::name, 'table_031'::name),
    ('public'::name, 'table_032'::name),
    ('public'::name, 'table_033'::name),
    ('public'::name, 'table_034'::name),
    ('public'::name, 'table_035'::name),
    ('public'::name, 'table_036'::name),
    ('public'::name, 'table_037'::name),
    ('public'::name, 'table_038'::name),
    ('public'::name, 'table_039'::name),
    ('public'::name, 'table_040'::name),
    ('public'::name, 'table_041'::name),
    ('public'::name, 'table_042'::name),
    ('public'::name, 'table_043'::name),
    ('public'::name, 'table_044'::name),
    ('public'::name, 'table_045'::name),
    ('public'::name, 'table_046'::name),
    ('public'::name, 'table_047'::name),
    ('public'::name, 'table_048'::name),
    ('public'::name, 'table_049'::name),
    ('public'::name, 'table_050'::name),
    ('public'::name, 'table_051'::name),
    ('public'::name, 'table_052'::name),
    ('public'::name, 'table_053'::name),
    ('public'::name, 'table_054'::name),
    ('public'::name, 'table_055'::name),
    ('public'::name, 'table_056'::name),
    ('public'::name, 'table_057'::name),
    ('public'::name, 'table_058'::name),
    ('public'::name, 'table_059'::name),
    ('public'::name, 'table_060'::name),
    ('public'::name, 'table_061'::name),
    ('public'::name, 'table_062'::name),
    ('public'::name, 'table_063'::name),
    ('public'::name, 'table_064'::name),
    ('public'::name, 'table_065'::name),
    ('public'::name, 'table_066'::name),
    ('public'::name, 'table_067'::name),
    ('public'::name, 'table_068'::name),
    ('public'::name, 'table_069'::name),
    ('public'::name, 'table_070'::name),
    ('public'::name, 'table_071'::name),
    ('public'::name, 'table_072'::name),
    ('public'::name, 'table_073'::name),
    ('public'::name, 'table_074'::name),
    ('public'::name, 'table_075'::name),
    ('public'::name, 'table_076'::name),
    ('public'::name, 'table_077'::name),
    ('public'::name, 'table_078'::name),
    ('public'::name, 'table_079'::name),
    ('public'::name, 'table_080'::name),
    ('public'::name, 'table_081'::name),
    ('public'::name, 'table_082'::name),
    ('public'::name, 'table_083'::name),
    ('public'::name, 'table_084'::name),
    ('public'::name, 'table_085'::name),
    ('public'::name, 'table_086'::name),
    ('public'::name, 'table_087'::name),
    ('public'::name, 'table_088'::name),
    ('public'::name, 'table_089'::name),
    ('public'::name, 'table_090'::name),
    ('public'::name, 'table_091'::name),
    ('public'::name, 'table_092'::name),
    ('public'::name, 'table_093'::name),
    ('public'::name, 'table_094'::name),
    ('public'::name, 'table_095'::name),
    ('public'::name, 'table_096'::name),
    ('public'::name, 'table_097'::name),
    ('public'::name, 'table_098'::name),
    ('public'::name, 'table_099'::name),
    ('public'::name, 'table_100'::name),
    ('public'::name, 'table_101'::name),
    ('public'::name, 'table_102'::name),
    ('public'::name, 'table_103'::name),
    ('public'::name, 'table_104'::name),
    ('public'::name, 'table_105'::name),
    ('public'::name, 'table_106'::name),
    ('public'::name, 'table_107'::name),
    ('public'::name, 'table_108'::name),
    ('public'::name, 'table_109'::name),
    ('public'::name, 'table_110'::name),
    ('public'::name, 'table_111'::name),
    ('public'::name, 'table_112'::name),
    ('public'::name, 'table_113'::name),
    ('public'::name, 'table_114'::name),
    ('public'::name, 'table_115'::name),
    ('public'::name, 'table_116'::name),
    ('public'::name, 'table_117'::name),
    ('public'::name, 'table_118'::name),
    ('public'::name, 'table_119'::name),
    ('public'::name, 'table_120'::name),
    ('public'::name, 'table_121'::name),
    ('public'::name, 'table_122'::name),
    ('public'::name, 'table_123'::name),
    ('public'::name, 'table_124'::name),
    ('public'::name, 'table_125'::name),
    ('public'::name, 'table_126'::name),
    ('public'::name, 'table_127'::name),
    ('public'::name, 'table_128'::name),
    ('public'::name, 'table_129'::name),
    ('public'::name, 'table_130'::name),
    ('public'::name, 'table_131'::name),
    ('public'::name, 'table_132'::name),
    ('public'::name, 'table_133'::name),
    ('public'::name, 'table_134'::name),
    ('public'::name, 'table_135'::name),
    ('public'::name, 'table_136'::name),
    ('public'::name, 'table_137'::name),
    ('public'::name, 'table_138'::name),
    ('public'::name, 'table_139'::name),
    ('public'::name, 'table_140'::name),
    ('public'::name, 'table_141'::name),
    ('public'::name, 'table_142'::name),
    ('public'::name, 'table_143'::name),
    ('public'::name, 'table_144'::name),
    ('public'::name, 'table_145'::name),
    ('public'::name, 'table_146'::name),
    ('public'::name, 'table_147'::name),
    ('public'::name, 'table_148'::name),
    ('public'::name, 'table_149'::name),
    ('public'::name, 'table_150'::name),
    ('public'::name, 'table_151'::name),
    ('public'::name, 'table_152'::name),
    ('public'::name, 'table_153'::name),
    ('public'::name, 'table_154'::name),
    ('public'::name, 'table_155'::name),
    ('public'::name, 'table_156'::name),
    ('public'::name, 'table_157'::name),
    ('public'::name, 'table_158'::name),
    ('public'::name, 'table_159'::name),
    ('public'::name, 'table_160'::name),
    ('public'::name, 'table_161'::name),
    ('public'::name, 'table_162'::name),
    ('public'::name, 'table_163'::name),
    ('public'::name, 'table_164'::name),
    ('public'::name, 'table_165'::name),
    ('public'::name, 'table_166'::name),
    ('public'::name, 'table_167'::name),
    ('public'::name, 'table_168'::name),
    ('public'::name, 'table_169'::name),
    ('public'::name, 'table_170'::name),
    ('public'::name, 'table_171'::name),
    ('public'::name, 'table_172'::name),
    ('public'::name, 'table_173'::name),
    ('public'::name, 'table_174'::name),
    ('public'::name, 'table_175'::name),
    ('public'::name, 'table_176'::name),
    ('public'::name, 'table_177'::name),
    ('public'::name, 'table_178'::name),
    ('public'::name, 'table_179'::name),
    ('public'::name, 'table_180'::name),
    ('public'::name, 'table_181'::name),
    ('public'::name, 'table_182'::name),
    ('public'::name, 'table_183'::name),
    ('public'::name, 'table_184'::name),
    ('public'::name, 'table_185'::name),
    ('public'::name, 'table_186'::name),
    ('public'::name, 'table_187'::name),
    ('public'::name, 'table_188'::name),
    ('public'::name, 'table_189'::name),
    ('public'::name, 'table_190'::name),
    ('public'::name, 'table_191'::name),
    ('public'::name, 'table_192'::name),
    ('public'::name, 'table_193'::name),
    ('public'::name, 'table_194'::name),
    ('public'::name, 'table_195'::name),
    ('public'::name, 'table_196'::name),
    ('public'::name, 'table_197'::name),
    ('public'::name, 'table_198'::name),
    ('public'::name, 'table_199'::name),
    ('public'::name, 'table_200'::name),
    ('public'::name, 'table_201'::name),
    ('public'::name, 'table_202'::name),
    ('public'::name, 'table_203'::name),
    ('public'::name, 'table_204'::name),
    ('public'::name, 'table_205'::name),
    ('public'::name, 'table_206'::name),
    ('public'::name, 'table_207'::name),
    ('public'::name, 'table_208'::name),
    ('public'::name, 'table_209'::name),
    ('public'::name, 'table_210'::name),
    ('public'::name, 'table_211'::name),
    ('public'::name, 'table_212'::name),
    ('public'::name, 'table_213'::name),
    ('public'::name, 'table_214'::name),
    ('public'::name, 'table_215'::name),
    ('public'::name, 'table_216'::name),
    ('public'::name, 'table_217'::name),
    ('public'::name, 'table_218'::name),
    ('public'::name, 'table_219'::name),
    ('public'::name, 'table_220'::name),
    ('public'::name, 'table_221'::name),
    ('public'::name, 'table_222'::name),
    ('public'::name, 'table_223'::name),
    ('public'::name, 'table_224'::name),
    ('public'::name, 'table_225'::name),
    ('public'::name, 'table_226'::name),
    ('public'::name, 'table_227'::name),
    ('public'::name, 'table_228'::name),
    ('public'::name, 'table_229'::name),
    ('public'::name, 'table_230'::name),
    ('public'::name, 'table_231'::name),
    ('public'::name, 'table_232'::name),
    ('public'::name, 'table_233'::name),
    ('public'::name, 'table_234'::name),
    ('public'::name, 'table_235'::name),
    ('public'::name, 'table_236'::name),
    ('public'::name, 'table_237'::name),
    ('public'::name, 'table_238'::name),
    ('public'::name, 'table_239'::name),
    ('public'::name, 'table_240'::name),
    ('public'::name, 'table_241'::name),
    ('public'::name, 'table_242'::name),
    ('public'::name, 'table_243'::name),
    ('public'::name, 'table_244'::name),
    ('public'::name, 'table_245'::name),
    ('public'::name, 'table_246'::name),
    ('public'::name, 'table_247'::name),
    ('public'::name, 'table_248'::name),
    ('public'::name, 'table_249'::name),
    ('public'::name, 'table_250'::name),
    ('public'::name, 'table_251'::name),
    ('public'::name, 'table_252'::name),
    ('public'::name, 'table_253'::name),
    ('public'::name, 'table_254'::name),
    ('public'::name, 'table_255'::name),
    ('public'::name, 'table_256'::name),
    ('public'::name, 'table_257'::name),
    ('public'::name, 'table_258'::name),
    ('public'::name, 'table_259'::name),
    ('public'::name, 'table_260'::name),
    ('public'::name, 'table_261'::name),
    ('public'::name, 'table_262'::name),
    ('public'::name, 'table_263'::name),
    ('public'::name, 'table_264'::name),
    ('public'::name, 'table_265'::name),
    ('public'::name, 'table_266'::name),
    ('public'::name, 'table_267'::name),
    ('public'::name, 'table_268'::name),
    ('public'::name, 'table_269'::name),
    ('public'::name, 'table_270'::name),
    ('public'::name, 'table_271'::name),
    ('public'::name, 'table_272'::name),
    ('public'::name, 'table_273'::name),
    ('public'::name, 'table_274'::name),
    ('public'::name, 'table_275'::name),
    ('public'::name, 'table_276'::name),
    ('public'::name, 'table_277'::name),
    ('public'::name, 'table_278'::name),
    ('public'::name, 'table_279'::name),
    ('public'::name, 'table_280'::name),
    ('public'::name, 'table_281'::name),
    ('public'::name, 'table_282'::name),
    ('public'::name, 'table_283'::name),
    ('public'::name, 'table_284'::name),
    ('public'::name, 'table_285'::name),
    ('public'::name, 'table_286'::name),
    ('public'::name, 'table_287'::name),
    ('public'::name, 'table_288'::name),
    ('public'::name, 'table_289'::name),
    ('public'::name, 'table_290'::name),
    ('public'::name, 'table_291'::name),
    ('public'::name, 'table_292'::name),
    ('public'::name, 'table_293'::name),
    ('public'::name, 'table_294'::name),
    ('public'::name, 'table_295'::name),
    ('public'::name, 'table_296'::name),
    ('public'::name, 'table_297'::name),
    ('public'::name, 'table_298'::name),
    ('public'::name, 'table_299'::name),
    ('public'::name, 'table_300'::name),
    ('public'::name, 'table_301'::name),
    ('public'::name, 'table_302'::name),
    ('public'::name, 'table_303'::name),
    ('public'::name, 'table_304'::name),
    ('public'::name, 'table_305'::name),
    ('public'::name, 'table_306'::name),
    ('public'::name, 'table_307'::name),
    ('public'::name, 'table_308'::name),
    ('public'::name, 'table_309'::name),
    ('public'::name, 'table_310'::name),
    ('public'::name, 'table_311'::name),
    ('public'::name, 'table_312'::name),
    ('public'::name, 'table_313'::name),
    ('public'::name, 'table_314'::name),
    ('public'::name, 'table_315'::name),
    ('public'::name, 'table_316'::name),
    ('public'::name, 'table_317'::name),
    ('public'::name, 'table_318'::name),
    ('public'::name, 'table_319'::name),
    ('public'::name, 'table_320'::name),
    ('public'::name, 'table_321'::name),
    ('public'::name, 'table_322'::name),
    ('public'::name, 'table_323'::name),
    ('public'::name, 'table_324'::name),
    ('public'::name, 'table_325'::name),
    ('public'::name, 'table_326'::name),
    ('public'::name, 'table_327'::name),
    ('public'::name, 'table_328'::name),
    ('public'::name, 'table_329'::name),
    ('public'::name, 'table_330'::name),
    ('public'::name, 'table_331'::name),
    ('public'::name, 'table_332'::name),
    ('public'::name, 'table_333'::name),
    ('public'::name, 'table_334'::name),
    ('public'::name, 'table_335'::name),
    ('public'::name, 'table_336'::name),
    ('public'::name, 'table_337'::name),
    ('public'::name, 'table_338'::name),
    ('public'::name, 'table_339'::name),
    ('public'::name, 'table_340'::name),
    ('public'::name, 'table_341'::name),
    ('public'::name, 'table_342'::name),
    ('public'::name, 'table_343'::name),
    ('public'::name, 'table_344'::name),
    ('public'::name, 'table_345'::name),
    ('public'::name, 'table_346'::name),
    ('public'::name, 'table_347'::name),
    ('public'::name, 'table_348'::name),
    ('public'::name, 'table_349'::name),
    ('public'::name, 'table_350'::name),
    ('public'::name, 'table_351'::name),
    ('public'::name, 'table_352'::name),
    ('public'::name, 'table_353'::name),
    ('public'::name, 'table_354'::name),
    ('public'::name, 'table_355'::name),
    ('public'::name, 'table_356'::name),
    ('public'::name, 'table_357'::name),
    ('public'::name, 'table_358'::name),
    ('public'::name, 'table_359'::name),
    ('public'::name, 'table_360'::name),
    ('public'::name, 'table_361'::name),
    ('public'::name, 'table_362'::name),
    ('public'::name, 'table_363'::name),
    ('public'::name, 'table_364'::name),
    ('public'::name, 'table_365'::name),
    ('public'::name, 'table_366'::name),
    ('public'::name, 'table_367'::name),
    ('public'::name, 'table_368'::name),
    ('public'::name, 'table_369'::name),
    ('public'::name, 'table_370'::name),
    ('public'::name, 'table_371'::name),
    ('public'::name, 'table_372'::name),
    ('public'::name, 'table_373'::name),
    ('public'::name, 'table_374'::name),
    ('public'::name, 'table_375'::name),
    ('public'::name, 'table_376'::name),
    ('public'::name, 'table_377'::name),
    ('public'::name, 'table_378'::name),
    ('public'::name, 'table_379'::name),
    ('public'::name, 'table_380'::name),
    ('public'::name, 'table_381'::name),
    ('public'::name, 'table_382'::name),
    ('public'::name, 'table_383'::name),
    ('public'::name, 'table_384'::name),
    ('public'::name, 'table_385'::name),
    ('public'::name, 'table_386'::name),
    ('public'::name, 'table_387'::name),
    ('public'::name, 'table_388'::name),
    ('public'::name, 'table_389'::name),
    ('public'::name, 'table_390'::name),
    ('public'::name, 'table_391'::name),
    ('public'::name, 'table_392'::name),
    ('public'::name, 'table_393'::name),
    ('public'::name, 'table_394'::name),
    ('public'::name, 'table_395'::name),
    ('public'::name, 'table_396'::name),
    ('public'::name, 'table_397'::name),
    ('public'::name, 'table_398'::name),
    ('public'::name, 'table_399'::name),
    ('public'::name, 'table_400'::name)
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
