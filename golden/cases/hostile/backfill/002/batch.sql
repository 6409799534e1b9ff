-- A batch of rows of public.":var :'v' :""w""", whose number is in the variable piece; run by backfill.sh behind session.sql. Nothing is applied to
-- the table while it is locked, and the source is read after that. BACKFILL_READ runs the statement in :read on the source.
BEGIN;
LOCK TABLE ONLY "public".":var :'v' :""w""" IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM pg_temp.found;
SELECT 'COPY (SELECT t."id", t."Co""l $(x) 
é", t.xmin::pg_catalog.text, t."id", t."Co""l $(x) 
é" FROM ONLY "public".":var :''v'' :""w""" AS t WHERE ' || pg_catalog.string_agg('(' || 't."id" = ' || pg_catalog.quote_literal(k0::text) || ' AND ' || 't."Co""l $(x) 
é" = ' || pg_catalog.quote_literal(k1::text) || ')', ' OR ' ORDER BY number) || ') TO STDOUT;' FROM pg_temp.todo WHERE batch = :piece \g :read
\copy pg_temp.found FROM PROGRAM '"$BACKFILL_READ"'
SELECT pg_temp.mend(:piece) \g /dev/null
COMMIT;
