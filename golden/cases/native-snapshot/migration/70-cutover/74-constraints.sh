#!/usr/bin/env bash
# 70-cutover/74-constraints.sh: Disable the subscriptions, and give the target the keys, triggers and policies that it went without.
# Before: the source is drained (72-drain.sh).
# Again: does what is not done yet.
#
# Usage: 74-constraints.sh [--jobs N] [--no-owner] [--not-frozen]
#        74-constraints.sh --ahead [--jobs N]
#
#   --jobs N       sessions at once; 4 when not given
#   --no-owner     as for 32-schema.sh
#   --not-frozen   do not insist on a frozen source: for a copy that nothing is applied to
#   --ahead        before the freeze, while changes are applied: the foreign keys, which then take no time of the freeze. What is applied
#                  does not ask them. The gate cutover then wants the values compared (--rows delta), for the rows that come after
#
# First the subscriptions are disabled. Then, in this order: unique keys kept off during change data capture; foreign keys, first NOT VALID, which locks for a moment, then
# validated (between tables of less than 8 MiB in one step); triggers, rules, policies and the like from the schema's dump; materialized views. Each step looks first whether it is done. Steps of one table follow each other, those of different tables
# run side by side. A step that fails stops its phase at the end, and the script: mend the cause and run it again.
#
# Exit codes: 0 the target has everything, 1 refused, 2 a step failed.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

JOBS=4 MUST_BE_FROZEN=yes OWNER=() AHEAD=no
while (($# > 0)); do
  case $1 in
    --jobs)
      JOBS=${2:-}
      shift
      ;;
    --no-owner) OWNER=(--no-owner) ;;
    --not-frozen) MUST_BE_FROZEN=no ;;
    --ahead) AHEAD=yes ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $JOBS =~ ^[1-9][0-9]?$ ]] || die "the number of jobs is not 1 to 99: $JOBS"
readonly JOBS OWNER MUST_BE_FROZEN AHEAD
readonly MEMORY=1GB # maintenance_work_mem of each session
readonly LOCK_TIMEOUT=30s

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

# --- the target and the source --------------------------------------------------------------------------------------------
assert_target
TARGET_AT=$AT_MAJOR # assert_source looks elsewhere
if [[ $MUST_BE_FROZEN == yes && $AHEAD == no ]]; then
  assert_source
  [[ $SOURCE_FROZEN == t ]] \
    || refuse "the source is not frozen: what is still to be applied would meet the constraints" "71-freeze.sh and 72-drain.sh come first; --not-frozen for a copy that nothing is applied to"
fi
left=$(
  psql_on target -f - <<'SQL'
SELECT pg_catalog.to_regclass('pgcutover.run') IS NOT NULL AS ledger \gset
\if :ledger
SELECT pg_catalog.count(*) FROM pgcutover.item WHERE state <> 'done';
\endif
SQL
)
[[ -n $left ]] || refuse "the target has no ledger" "40-load comes first"
[[ $left == 0 ]] || refuse "the load is not done" "see 40-load/42-load.sh --status"
if [[ $MUST_BE_FROZEN == yes && $AHEAD == no ]]; then drained_since_freeze "72-drain.sh comes first"; fi
only_one "$SCRIPT"

# Adding one locks two tables for a moment. Lanes are such that no two wait for each other: tables that refer to each other in a circle share one.
foreign_keys() {
  phase "foreign keys"
  try_phase # one that refers to what is not there keeps no other from being validated
  phase "validation of foreign keys" 0
  run_phase
}

if [[ $AHEAD == yes ]]; then
  need_state "50-cdc/native/52-enable.sh comes first" cdc_started_at >/dev/null
  # Noted first: should this end in between, some are there.
  json_object ahead_at "$(now)" | state_merge
  hint "a row that another slot has not brought yet fails a validation: run this again, or leave it to the freeze"
  foreign_keys
  say "the foreign keys are there; the rest waits for the freeze"
  exit 0
fi

# What restore below has done; that it is there keeps 80-recovery from emptying a target that may be in use.
restored=$(
  psql_on target -f - <<'SQL'
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS pgcutover.restored (what text PRIMARY KEY, at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp());
SELECT what FROM pgcutover.restored;
SQL
)
readonly restored

# --- 0. nothing is applied any more ----------------------------------------------------------------------------------------
stop_subscriptions "${OUR_SLOTS[@]}"

# --- 1. unique keys -------------------------------------------------------------------------------------------------------
phase "unique keys" 0
run_phase

# Those of partitioned tables, when every partition has its own.
phase "unique keys of partitioned tables"
run_phase

# --- 2. foreign keys ------------------------------------------------------------------------------------------------------
foreign_keys

# Those that are added and validated in one go lock their tables for as long as that takes: nothing else is at work then.
phase "foreign keys of partitioned tables"
run_phase

# --- 3. what the schema's dump has for after the data -----------------------------------------------------------------------
# restored_elsewhere NAME succeeds where a run on another machine has done it in the meantime.
restored_elsewhere() { [[ $(attempt ask target "SELECT pg_catalog.count(*) FROM pgcutover.restored WHERE what = :'WHAT'" WHAT="$1") == 1 ]]; }

# restore NAME LIST restores the entries in one transaction, and remembers on the target that it did.
restore() {
  local name=$1 list=$2 entries
  entries=$(grep -Ec '^[0-9]+; ' -- "$list" || true)
  ((entries > 0)) || return 0
  if [[ $'\n'$restored$'\n' == *$'\n'"$name"$'\n'* ]]; then
    say "$name: restored before"
    return
  fi
  {
    # \restrict carries a random key; transaction_timeout is written by clients from 17 on and unknown to older servers.
    "$PG_RESTORE" "${OWNER[@]}" --no-tablespaces --no-publications --no-subscriptions --no-security-labels --use-list="$list" --file=- "$STATE_DIR/schema.dump" | marked_sql \
      | sed -E -e '/^T\\(un)?restrict /d' -e "$( ((TARGET_AT < 1700)) && printf '/^TSET transaction_timeout = 0;$/d')" -e "s/^TSET lock_timeout = 0;\$/TSET lock_timeout = '30s';/" -e 's/^[TI]//'
    printf "SET lock_timeout = '30s';\nINSERT INTO pgcutover.restored (what) VALUES (:'WHAT');\n"
  } >"$TMP/restore.sql"
  psql_on target --single-transaction -o /dev/null -v WHAT="$name" -f "$TMP/restore.sql" || restored_elsewhere "$name" \
    || die "$name: could not be restored; none of them is on the target" "the statement that failed stands above; $STATE_DIR/schema.dump has them all"
  say "$name: $entries restored"
}

if [[ -s $STATE_DIR/postdata.list && -s $STATE_DIR/schema.dump ]]; then
  # Event triggers take more rights than all others, so they do not stand in their way.
  grep -Ev '^[0-9]+; [0-9]+ [0-9]+ (EVENT TRIGGER|COMMENT - EVENT TRIGGER) ' -- "$STATE_DIR/postdata.list" >"$TMP/others.list" || true
  grep -E '^[0-9]+; [0-9]+ [0-9]+ (EVENT TRIGGER|COMMENT - EVENT TRIGGER) ' -- "$STATE_DIR/postdata.list" >"$TMP/event.list" || true
  restore "triggers, rules, policies and comments" "$TMP/others.list"
else
  # Triggers and rules of views, views that group by a key and comments come from there, too.
  dumped=$(state_get schema dumped_at)
  [[ -z $dumped ]] || refuse "schema.dump and postdata.list are not in $STATE_DIR" "bring them from the machine where 30-target/32-schema.sh ran"
  say "nothing to restore: 32-schema.sh has taken no dump of the schema"
fi

# --- 5. materialized views ------------------------------------------------------------------------------------------------
# One after the other: some are made from others.
phase "materialized views"
run_phase

if [[ -s $TMP/event.list ]]; then restore "event triggers" "$TMP/event.list"; fi
note_step
say "the target has everything that waited for the cutover"
