#!/usr/bin/env bash
# 70-cutover/79-validate.sh: Look at the rows of foreign keys and NOT NULLs, while the application writes.
# Before: the application works on the target.
# Again: does what is not done yet.
#
# Usage: 79-validate.sh [--jobs N]
#
#   --jobs N   sessions at once; 1 when not given: each reads a table while the application works
#
# While the application writes to the target. The foreign keys that 74-constraints.sh added NOT VALID are validated: they have asked every row that
# was written since, now those that were there before are looked at. Nobody who reads or writes
# rows waits for the looking. What changes the table or its partitions does: keep migrations and the maintenance of partitions away meanwhile. Run it again until nothing is left: each step looks first whether it is done.
#
# Exit codes: 0 everything is validated, 1 refused, 2 a step failed.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

JOBS=1
while (($# > 0)); do
  case $1 in
    --jobs)
      JOBS=${2:-}
      shift
      ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $JOBS =~ ^[1-9][0-9]?$ ]] || die "the number of jobs is not 1 to 99: $JOBS"
readonly JOBS
readonly MEMORY=1GB # maintenance_work_mem of each session
readonly LOCK_TIMEOUT=3s

# --- phases and steps -----------------------------------------------------------------------------------------------------
# What every session begins with. From its end on an error stops the lane alone.
cat >"$TMP/setup.sql" <<'SQL'
SET search_path = '';
SET standard_conforming_strings = on;
SET client_min_messages = warning;
SET lock_timeout = :'LOCK_TIMEOUT';
SET maintenance_work_mem = :'MEMORY';
SET row_security = off; -- a look at rows that sees only some of them is none: that is an error
SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout') \g /dev/null
-- In PL/pgSQL: a function in SQL is planned at every call, and these are called for each step.
CREATE FUNCTION pg_temp.no_index(name text) RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN RETURN pg_catalog.to_regclass($1) IS NULL; END';
CREATE FUNCTION pg_temp.not_attached(name text) RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN RETURN NOT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = pg_catalog.to_regclass($1)); END';
CREATE FUNCTION pg_temp.has_constraint(relation text, name text) RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN RETURN EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass($1) AND conname = $2); END';
CREATE FUNCTION pg_temp.not_validated(relation text, name text) RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN RETURN EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass($1) AND conname = $2 AND NOT convalidated); END';
CREATE FUNCTION pg_temp.nullable(relation text, name text) RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN RETURN EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass($1) AND attname = $2 AND NOT attnotnull); END';
CREATE FUNCTION pg_temp.small(one text, other text) RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN RETURN (SELECT pg_catalog.bool_and(c.relkind = ''r'' AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = c.oid)) AND pg_catalog.sum(pg_catalog.pg_relation_size(c.oid)) < 8388608
   FROM pg_catalog.pg_class AS c WHERE c.oid IN (pg_catalog.to_regclass($1), pg_catalog.to_regclass($2))); END';
CREATE FUNCTION pg_temp.version() RETURNS integer LANGUAGE plpgsql AS
  'BEGIN RETURN pg_catalog.current_setting(''server_version_num''); END';
-- briefly does statements together that lock a table for a moment, if it can: behind a wait for such a lock everybody waits. It gives up before the server looks for a deadlock
-- (deadlock_timeout), whose victim could be the application, and tries again.
CREATE FUNCTION pg_temp.briefly(VARIADIC statements text[]) RETURNS void LANGUAGE plpgsql AS '
DECLARE
  statement text;
BEGIN
  FOR attempt IN 1..20 LOOP
    BEGIN
      SET LOCAL lock_timeout = ''500ms'';
      FOREACH statement IN ARRAY statements LOOP EXECUTE statement; END LOOP;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      IF attempt = 20 THEN RAISE; END IF;
    END;
    PERFORM pg_catalog.pg_sleep(1);
  END LOOP;
END';
\set ON_ERROR_STOP 0
SQL

declare -A LANES
TEXTS=() COUNTS=() PHASE="" LARGE="" STEPS=0 BROKEN="" # texts of the lanes and how many steps each has

# phase NAME [LANES] begins one; its steps follow. So many of its lanes, the first ones, are of large tables; without the number most of its steps read few rows.
phase() {
  PHASE=$1 LARGE=${2:-} STEPS=0
  LANES=() TEXTS=() COUNTS=()
}

# step LANE LABEL CONDITION SQL [TAIL]: the SQL is run where the condition holds on the target, after the earlier steps of its lane and unless one of those
# failed; :tail in it is what the expression TAIL is there. The label is a constant of SQL and goes out as the value of a variable: in the text of a
# backslash command a backquote in a name would begin a command of the shell.
step() {
  local lane=${LANES[$1]:-} text
  if [[ -z $lane ]]; then
    lane=${#TEXTS[@]}
    LANES[$1]=$lane
    TEXTS[lane]=$'\\set whole true\n' COUNTS[lane]=0
  fi
  printf -v text '%s\n' '\set todo false' '\if :whole' "SELECT $3 AS todo, $2 AS label, ${5:-''} AS tail \\gset" '\if :ERROR' '\set whole false' '\endif' '\endif' \
    '\if :todo' "\\warn $SCRIPT: :label" "$4" '\if :ERROR' '\set whole false' '\else' '\echo done' '\endif' '\endif'
  TEXTS[lane]+=$text COUNTS[lane]=$((COUNTS[lane] + 1))
  STEPS=$((STEPS + 1))
}

# try_phase does the steps, and goes on where some fail.
try_phase() { if ((STEPS > 0)); then work_off; fi; }

# run_phase does them, and ends the script where some have failed, in this phase or in one that was tried before.
run_phase() {
  try_phase
  if [[ -n $BROKEN ]]; then die "$BROKEN" "mend the cause and run $SCRIPT.sh again: it goes on from there"; fi
}

# work_off works the lanes off, N sessions at a time. A session has many lanes: to begin one takes longer than most steps. Where lanes are large there are
# more sessions than run at once, so that none has many of them while others have ended. Where few rows are read, a session has neighbours: tables with similar
# names refer to each other, and in one session do not wait for each other's locks.
work_off() {
  local i to before=0 running=0 sessions=$((JOBS + LARGE)) text changed whole
  if ((sessions > 4 * JOBS)); then sessions=$((4 * JOBS)); fi
  if ((${#TEXTS[@]} < sessions)); then sessions=${#TEXTS[@]}; fi
  rm -rf -- "$TMP/phase"
  mkdir -- "$TMP/phase"
  for ((i = 0; i < ${#TEXTS[@]}; i++)); do
    if [[ -n $LARGE ]]; then to=$((i % sessions)); else to=$((before * sessions / STEPS)); fi
    before=$((before + COUNTS[i]))
    printf '%s\\if :whole\n\\echo whole\n\\endif\n' "${TEXTS[i]}" >>"$TMP/phase/$to.sql"
  done
  for text in "$TMP"/phase/*.sql; do
    if ((running == JOBS)); then
      wait -n || true
      running=$((running - 1))
    fi
    psql_on target -v MEMORY="$MEMORY" -v LOCK_TIMEOUT="$LOCK_TIMEOUT" -f "$TMP/setup.sql" -f "$text" >"${text%.sql}.out" || true & # what is not whole is counted
    running=$((running + 1))
  done
  wait
  changed=$(cat -- "$TMP"/phase/*.out | grep -c '^done$' || true)
  whole=$(cat -- "$TMP"/phase/*.out | grep -c '^whole$' || true)
  if ((whole < ${#TEXTS[@]})); then
    BROKEN+="${BROKEN:+; }$PHASE: $((${#TEXTS[@]} - whole)) of ${#TEXTS[@]} tables failed, see above"
  else
    say "$PHASE: $changed steps done, $((STEPS - changed)) were not needed"
  fi
}

assert_target
# 76-unfreeze.sh, with which changes are applied again, takes that away.
need_state "the cutover comes first: 71-freeze.sh to 75-analyze.sh" freeze at >/dev/null
restored=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.restored') IS NOT NULL")
[[ $restored == t ]] || refuse "nothing is to be validated yet" "74-constraints.sh comes first"
only_one "$SCRIPT"

phase "validation of foreign keys" 0
step '"Mixed Case"."Order"' " E'validate foreign key \"refers to; \\\\\\\\! \`id\`\\\\n\$(id) ''x''\" of \"Mixed Case\".\"Order\"'" \
  $'pg_temp.not_validated(\'"Mixed Case"."Order"\', E\'refers to; \\\\! `id`\n$(id) \'\'x\'\'\')' \
  $'ALTER TABLE "Mixed Case"."Order" VALIDATE CONSTRAINT "refers to; \\! `id`\n$(id) \'x\'";'
run_phase

note_step
say "nothing is left to validate; the gate after looks whether the target has it all"
