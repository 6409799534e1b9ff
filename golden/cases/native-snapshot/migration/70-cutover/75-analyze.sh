#!/usr/bin/env bash
# 70-cutover/75-analyze.sh: Gather statistics of every table of the target.
# Before: 74-constraints.sh.
# Again: gathers them again.
#
# Usage: 75-analyze.sh [--jobs N] [--vacuum]
#
#   --jobs N    sessions at once; 4 when not given
#   --vacuum    VACUUM (FREEZE, ANALYZE) instead: for the days between the load and the cutover. Tables that were loaded in ranges
#               are not frozen yet, and would otherwise be rewritten by an anti-wraparound vacuum at a time of its own choosing
#
# Without statistics the first minutes of the application on the target are full table scans. The statistics targets of the
# source's columns came with the schema.
#
# Exit codes: 0 done, 2 a table could not be analyzed.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

JOBS=4 COMMAND="ANALYZE"
while (($# > 0)); do
  case $1 in
    --jobs)
      JOBS=${2:-}
      shift
      ;;
    --vacuum) COMMAND="VACUUM (FREEZE, ANALYZE)" ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $JOBS =~ ^[1-9][0-9]?$ ]] || die "the number of jobs is not 1 to 99: $JOBS"
readonly JOBS COMMAND
readonly MEMORY=1GB # maintenance_work_mem of each session

assert_target

# Schemas of the plan.
SCHEMAS=(audit public)
readonly SCHEMAS

# Every table and materialized view, largest first and dealt out to the sessions; partitioned tables last, for their own
# statistics are made from their partitions' rows.
list() {
  local schema
  {
    printf 'SET standard_conforming_strings = on;\nCREATE TEMPORARY TABLE wanted (name name);\n'
    for schema in "${SCHEMAS[@]}"; do printf 'INSERT INTO wanted VALUES (%s);\n' "$(sql_literal "$schema")"; done
    cat <<'SQL'
SELECT pg_catalog.format('%s %I.%I;', :'COMMAND', n.nspname, c.relname)
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT name FROM wanted) AND c.relkind = ANY (:'KINDS'::"char"[]) AND (c.relkind <> 'm' OR c.relispopulated)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY pg_catalog.pg_table_size(c.oid) DESC, 1;
SQL
  } | psql_on target --record-separator-zero -v COMMAND="$COMMAND" -v KINDS="$1" -f -
}

# run_all KINDS runs the command on each relation of these kinds, N at a time.
run_all() {
  local i n statements
  list "$1" >"$TMP/list"
  mapfile -d '' -t statements <"$TMP/list"
  for ((i = 0; i < JOBS; i++)); do : >"$TMP/job.$i.sql"; done
  for ((i = 0; i < ${#statements[@]}; i++)); do
    printf '%s\n' "${statements[i]}" >>"$TMP/job.$((i % JOBS)).sql"
  done
  for ((i = 0; i < JOBS; i++)); do
    # An error in one table is no reason to leave the others; psql then ends with 0, so the messages are counted.
    psql_on target -v ON_ERROR_STOP=0 -c "SET statement_timeout = 0" -c "SET lock_timeout = '60s'" -c "SET maintenance_work_mem = '$MEMORY'" \
      -f "$TMP/job.$i.sql" >/dev/null 2>"$TMP/job.$i.err" &
  done
  wait
  for ((i = 0; i < JOBS; i++)); do
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
say "$COMMAND: $DONE tables in $SECONDS s"
