-- 40-load/progress.sql: Show how far the load is, what runs, what took longest and what failed.
-- Run: psql -X -w -d service=pgcutover_target -f 40-load/progress.sql

\pset format aligned
\pset tuples_only off
\pset footer off
\pset null -

-- Bytes are those of the tables and indexes on the source.
SELECT p.items_done AS "done", p.items AS "items", p.items_running AS running, p.items_failed AS failed,
  pg_catalog.pg_size_pretty(p.bytes_done) AS "bytes done", pg_catalog.pg_size_pretty(p.bytes) AS bytes,
  pg_catalog.round(100.0 * p.bytes_done / nullif(p.bytes, 0), 1) AS "%", p.rows_done AS "rows", p.started_at AS started
FROM pgcutover.progress AS p;

\echo What runs now:
SELECT r.item, i.kind, i.label, pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - r.since) AS "for",
  pg_catalog.pg_size_pretty(r.bytes) AS done, pg_catalog.pg_size_pretty(i.bytes) AS "of", r.pid
FROM pgcutover.running() AS r
JOIN pgcutover.item AS i ON i.id = r.item
ORDER BY r.since;

\echo What took longest so far:
SELECT i.id AS item, i.kind, i.label, pg_catalog.date_trunc('second', i.ended_at - i.started_at) AS took, pg_catalog.pg_size_pretty(i.bytes) AS bytes,
  pg_catalog.pg_size_pretty((i.bytes / nullif(extract(epoch FROM i.ended_at - i.started_at), 0))::bigint) AS "bytes/s", i.rows_received AS "rows"
FROM pgcutover.item AS i
WHERE i.state = 'done'
ORDER BY i.ended_at - i.started_at DESC, i.id
LIMIT 10;

\echo What failed, or will be tried again:
SELECT i.id AS item, i.state, i.attempts, i.label, i.error
FROM pgcutover.item AS i
WHERE i.error IS NOT NULL AND i.state <> 'done'
ORDER BY i.id;
