#!/usr/bin/env bash
# 70-cutover/75-analyze.sh: Gather statistics of every table of the target.
# Before: 74-constraints.sh.
# Again: gathers them again.
#
# Usage: 75-analyze.sh [--jobs N] [--all | --vacuum]
#
#   --jobs N    sessions at once; 4 when not given
#   --all       every table: before the freeze, so that little is left to do while nobody can write
#   --vacuum    the same with VACUUM (FREEZE, ANALYZE): for the days between the load and the cutover. Tables that were loaded in ranges
#               are not frozen yet, and would otherwise be rewritten by an anti-wraparound vacuum at a time of its own choosing
#
# Without statistics the first minutes of the application on the target are full table scans. What has none, and what has changed by a tenth
# since it was analyzed, is analyzed in any case. The statistics targets of the source's columns came with the schema.
#
# Exit codes: 0 done, 2 a table could not be analyzed.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

JOBS=4 COMMAND="ANALYZE" ALL=no
while (($# > 0)); do
  case $1 in
    --jobs)
      JOBS=${2:-}
      shift
      ;;
    --all) ALL=yes ;;
    --vacuum) COMMAND="VACUUM (FREEZE, ANALYZE)" ALL=yes ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $JOBS =~ ^[1-9][0-9]?$ ]] || die "the number of jobs is not 1 to 99: $JOBS"
readonly JOBS COMMAND ALL
readonly MEMORY=1GB # maintenance_work_mem of each session

assert_target

# Schemas of the plan.
SCHEMAS=(public)
readonly SCHEMAS

# Tables and materialized views, largest first and dealt out to the sessions; partitioned tables last, for their own statistics are made
# from their partitions' rows. A server that lost its counters does not know what has changed: it is analyzed anew.
list() {
  local schema
  {
    printf 'SET standard_conforming_strings = on;\nCREATE TEMPORARY TABLE wanted (name name);\n'
    for schema in "${SCHEMAS[@]}"; do printf 'INSERT INTO wanted VALUES (%s);\n' "$(sql_literal "$schema")"; done
    cat <<'SQL'
WITH RECURSIVE part (root, oid) AS (
  SELECT c.oid, c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname IN (SELECT name FROM wanted) AND c.relkind = ANY (:'KINDS'::"char"[]) AND (c.relkind <> 'm' OR c.relispopulated)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
  UNION ALL SELECT p.root, i.inhrelid FROM part AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.oid AND c.relkind = 'p' JOIN pg_catalog.pg_inherits AS i ON i.inhparent = c.oid
), change AS (
  SELECT p.root, pg_catalog.sum(s.n_mod_since_analyze) AS rows, pg_catalog.sum(greatest(c.reltuples, 0)) AS of,
    pg_catalog.bool_and(coalesce(s.last_analyze, s.last_autoanalyze) IS NOT NULL) AS known
  FROM part AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.oid AND c.relkind <> 'p' LEFT JOIN pg_catalog.pg_stat_all_tables AS s ON s.relid = c.oid GROUP BY 1
)
SELECT pg_catalog.format('%s %I.%I;', :'COMMAND', n.nspname, c.relname)
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN change AS x ON x.root = c.oid
WHERE c.oid IN (SELECT root FROM part)
  AND (:'ALL' = 'yes' OR x.known IS DISTINCT FROM true OR x.rows * 10 > x.of
    OR c.relkind = 'p' AND NOT EXISTS (SELECT FROM pg_catalog.pg_stats AS s WHERE s.schemaname = n.nspname AND s.tablename = c.relname))
ORDER BY pg_catalog.pg_table_size(c.oid) DESC, 1;
SQL
  } | psql_on target --record-separator-zero -v COMMAND="$COMMAND" -v KINDS="$1" -v ALL="$ALL" -f -
}

# run_all KINDS runs the command on each relation of these kinds, N at a time.
run_all() {
  local i n sessions statements
  list "$1" >"$TMP/list"
  mapfile -d '' -t statements <"$TMP/list"
  sessions=$JOBS
  if ((${#statements[@]} < sessions)); then sessions=${#statements[@]}; fi
  rm -f -- "$TMP"/job.*
  for ((i = 0; i < ${#statements[@]}; i++)); do
    printf '%s\n' "${statements[i]}" >>"$TMP/job.$((i % sessions)).sql"
  done
  for ((i = 0; i < sessions; i++)); do
    # An error in one table is no reason to leave the others; psql then ends with 0, so the messages are counted.
    psql_on target -v ON_ERROR_STOP=0 -c "SET statement_timeout = 0" -c "SET lock_timeout = '60s'" -c "SET maintenance_work_mem = '$MEMORY'" \
      -f "$TMP/job.$i.sql" >/dev/null 2>"$TMP/job.$i.err" &
  done
  wait
  for ((i = 0; i < sessions; i++)); do
    if [[ -s $TMP/job.$i.err ]]; then
      cat -- "$TMP/job.$i.err" >&2
      n=$(grep -c 'ERROR:\|FATAL:\|error:' -- "$TMP/job.$i.err" || true)
      TROUBLE=$((TROUBLE + n))
    fi
  done
  DONE=$((DONE + ${#statements[@]}))
}

TROUBLE=0 DONE=0
run_all '{r,m}'
if [[ $COMMAND == ANALYZE ]]; then run_all '{p}'; fi
((TROUBLE == 0)) || die "$TROUBLE errors in $DONE tables" "run $SCRIPT.sh again when the cause is gone"
if [[ $ALL == no ]]; then note_step; fi
say "$COMMAND: $DONE tables in $SECONDS s"
