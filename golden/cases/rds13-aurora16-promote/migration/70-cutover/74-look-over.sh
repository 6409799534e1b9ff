#!/usr/bin/env bash
# 70-cutover/74-look-over.sh: Look for what a physical copy makes wrong on another machine: collations, extensions, indexes.
# Before: 73-promote.sh.
# Again: looks again.
#
# Usage: 74-look-over.sh [--analyze]
#   --analyze   gather statistics anew; they came along, and are the source's own
#
# Lists what a physical copy can make wrong on another machine: indexes sorted by another version of a collation, extensions of another version than the one that
# Aurora brings, indexes that are not valid, and unlogged tables, which are empty. Changes nothing but statistics.
#
# Exit codes: 0 nothing to mend, 1 something has to be mended before the application comes, 2 could not do the work.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

analyze=""
while (($#)); do
  case $1 in
    --analyze) analyze=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

assert_source
assert_aurora f
found=()
fields_on target found <<'SQL'
SELECT pg_catalog.current_setting('server_version_num')::integer >= 100000 AS collations, pg_catalog.current_setting('server_version_num')::integer >= 150000 AS databases \gset
\if :databases
SELECT 'mend', pg_catalog.format('the database was sorted by version %s of its collation, and the library has %s: indexes on text may not find their rows', datcollversion, pg_catalog.pg_database_collation_actual_version(oid)),
  'SET default_transaction_read_only = off; REINDEX DATABASE CONCURRENTLY …, then ALTER DATABASE … REFRESH COLLATION VERSION'
FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database() AND datcollversion IS DISTINCT FROM pg_catalog.pg_database_collation_actual_version(oid);
\endif
\if :collations
SELECT 'mend', pg_catalog.format('collation %s has version %s, and the library has %s', c.name, c.collversion, pg_catalog.pg_collation_actual_version(c.oid)),
  'REINDEX the indexes that use it, then ALTER COLLATION … REFRESH VERSION'
FROM (SELECT oid, pg_catalog.format('%I.%I', (SELECT nspname FROM pg_catalog.pg_namespace AS n WHERE n.oid = collnamespace), collname) AS name, collversion FROM pg_catalog.pg_collation) AS c
WHERE c.collversion IS DISTINCT FROM pg_catalog.pg_collation_actual_version(c.oid)
  AND EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.refclassid = 'pg_catalog.pg_collation'::regclass AND d.refobjid = c.oid) ORDER BY 2;
\endif
SELECT 'mend', pg_catalog.format('index %s is not valid', i.indexrelid::regclass), 'DROP INDEX it, or REINDEX it'
FROM pg_catalog.pg_index AS i WHERE NOT i.indisvalid AND i.indexrelid >= 16384 ORDER BY 2;
SELECT 'mend', pg_catalog.format('extension %s is not to be had here: its functions have no library', e.extname), 'drop what uses it, or keep to RDS'
FROM pg_catalog.pg_extension AS e WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS a WHERE a.name = e.extname) ORDER BY 2;
SELECT 'note', pg_catalog.format('extension %s has version %s, and %s is what Aurora brings', e.extname, e.extversion, a.default_version), pg_catalog.format('after the cutover: ALTER EXTENSION %I UPDATE', e.extname)
FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_available_extensions AS a ON a.name = e.extname WHERE a.default_version <> e.extversion ORDER BY 2;
SELECT 'note', pg_catalog.format('unlogged table %s is empty', c.oid::regclass), 'fill it, or let the application do so'
FROM pg_catalog.pg_class AS c WHERE c.relpersistence = 'u' AND c.relkind = 'r' ORDER BY 2;
SQL
problems=0
for ((i = 0; i + 2 < ${#found[@]}; i += 3)); do
  if [[ ${found[i]} == mend ]]; then problems=$((problems + 1)); fi
  say "${found[i]}: ${found[i + 1]}"
  hint "${found[i + 2]}"
done
if [[ -n $analyze ]]; then
  psql_on target -c 'SET default_transaction_read_only = off' -c 'ANALYZE'
  say "statistics are gathered"
fi
((problems == 0)) || refuse "$problems to mend" "mend them, and run this again"
if [[ -z $analyze ]]; then note_step; fi # an estimate of the cutover is without it
say "nothing to mend"
