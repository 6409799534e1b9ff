#!/usr/bin/env bash
# 70-cutover/74-constraints.sh: Give the target the keys, triggers, policies and NOT NULLs that it went without.
# Before: the source is drained (72-drain.sh), and whatever applied the changes is stopped.
# Again: does what is not done yet.
#
# Usage: 74-constraints.sh [--jobs N] [--no-owner] [--not-frozen]
#
#   --jobs N       sessions at once; 4 when not given
#   --no-owner     as for 32-schema.sh
#   --not-frozen   do not insist on a frozen source: for a copy that nothing is applied to
#
# In this order: unique keys kept off during change data capture; foreign keys, first NOT VALID, which locks for a moment, then
# validated (between tables of less than 8 MiB in one step); triggers, rules, policies and the like from the schema's dump; identity columns and NOT NULLs as they were;
# materialized views. Each step looks first whether it is done. Steps of one table follow each other, those of different tables
# run side by side. A step that fails stops its phase at the end, and the script: mend the cause and run it again.
#
# Exit codes: 0 the target has everything, 1 refused, 2 a step failed.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

JOBS=4 MUST_BE_FROZEN=yes OWNER=()
while (($# > 0)); do
  case $1 in
    --jobs)
      JOBS=${2:-}
      shift
      ;;
    --no-owner) OWNER=(--no-owner) ;;
    --not-frozen) MUST_BE_FROZEN=no ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $JOBS =~ ^[1-9][0-9]?$ ]] || die "the number of jobs is not 1 to 99: $JOBS"
readonly JOBS OWNER MUST_BE_FROZEN
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
if [[ $MUST_BE_FROZEN == yes ]]; then
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
only_one "$SCRIPT"

# Adding one locks two tables for a moment. Lanes are such that no two wait for each other: tables that refer to each other in a circle share one.
foreign_keys() {
  phase "foreign keys"
  try_phase # one that refers to what is not there keeps no other from being validated
  phase "validation of foreign keys" 0
  run_phase
}

# What restore below has done; that it is there keeps 80-recovery from emptying a target that may be in use.
restored=$(
  psql_on target -f - <<'SQL'
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS pgcutover.restored (what text PRIMARY KEY, at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp());
SELECT what FROM pgcutover.restored;
SQL
)
readonly restored

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

# --- 4. NOT NULL and identity ---------------------------------------------------------------------------------------------
# From 12 on a validated CHECK spares SET NOT NULL its scan, which it would do with the table locked.
phase "NOT NULL" 0
step 'public."$(touch /tmp/pwned)"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\$(touch /tmp/pwned)\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."$(touch /tmp/pwned)"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."$(touch /tmp/pwned)"\', \'pgcutover_not_null_3\')' \
  $'ALTER TABLE "public"."$(touch /tmp/pwned)" ADD CONSTRAINT "pgcutover_not_null_3" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."$(touch /tmp/pwned)"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\$(touch /tmp/pwned)\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"\$(touch /tmp/pwned)\"', 'pgcutover_not_null_3')" \
  'ALTER TABLE "public"."$(touch /tmp/pwned)" VALIDATE CONSTRAINT "pgcutover_not_null_3";'
step 'public."$(touch /tmp/pwned)"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\$(touch /tmp/pwned)\"'" \
  $'(pg_temp.nullable(\'"public"."$(touch /tmp/pwned)"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."$(touch /tmp/pwned)"\', \'pgcutover_not_null_3\') AND NOT pg_temp.not_validated(\'"public"."$(touch /tmp/pwned)"\', \'pgcutover_not_null_3\'))' \
  $'ALTER TABLE "public"."$(touch /tmp/pwned)" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."$(touch /tmp/pwned)" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_3";'
step 'public."%{{.}}"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"%{{.}}\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."%{{.}}"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."%{{.}}"\', \'pgcutover_not_null_4\')' \
  $'ALTER TABLE "public"."%{{.}}" ADD CONSTRAINT "pgcutover_not_null_4" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."%{{.}}"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"%{{.}}\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"%{{.}}\"', 'pgcutover_not_null_4')" \
  'ALTER TABLE "public"."%{{.}}" VALIDATE CONSTRAINT "pgcutover_not_null_4";'
step 'public."%{{.}}"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"%{{.}}\"'" \
  $'(pg_temp.nullable(\'"public"."%{{.}}"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."%{{.}}"\', \'pgcutover_not_null_4\') AND NOT pg_temp.not_validated(\'"public"."%{{.}}"\', \'pgcutover_not_null_4\'))' \
  $'ALTER TABLE "public"."%{{.}}" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."%{{.}}" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_4";'
step "public.\":var :'v' :\"\"w\"\"\"" " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\":var :''v'' :\"\"w\"\"\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public".":var :\'\'v\'\' :""w"""\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public".":var :\'\'v\'\' :""w"""\', \'pgcutover_not_null_8\')' \
  $'ALTER TABLE "public".":var :\'v\' :""w""" ADD CONSTRAINT "pgcutover_not_null_8" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step "public.\":var :'v' :\"\"w\"\"\"" " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\":var :''v'' :\"\"w\"\"\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\":var :''v'' :\"\"w\"\"\"', 'pgcutover_not_null_8')" \
  "ALTER TABLE \"public\".\":var :'v' :\"\"w\"\"\" VALIDATE CONSTRAINT \"pgcutover_not_null_8\";"
step "public.\":var :'v' :\"\"w\"\"\"" " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\":var :''v'' :\"\"w\"\"\"'" \
  $'(pg_temp.nullable(\'"public".":var :\'\'v\'\' :""w"""\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public".":var :\'\'v\'\' :""w"""\', \'pgcutover_not_null_8\') AND NOT pg_temp.not_validated(\'"public".":var :\'\'v\'\' :""w"""\', \'pgcutover_not_null_8\'))' \
  $'ALTER TABLE "public".":var :\'v\' :""w""" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public".":var :\'v\' :""w""" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_8";'
step 'public."*/ ; rollback; --"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"*/ ; rollback; --\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."*/ ; rollback; --"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."*/ ; rollback; --"\', \'pgcutover_not_null_5\')' \
  $'ALTER TABLE "public"."*/ ; rollback; --" ADD CONSTRAINT "pgcutover_not_null_5" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."*/ ; rollback; --"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"*/ ; rollback; --\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"*/ ; rollback; --\"', 'pgcutover_not_null_5')" \
  'ALTER TABLE "public"."*/ ; rollback; --" VALIDATE CONSTRAINT "pgcutover_not_null_5";'
step 'public."*/ ; rollback; --"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"*/ ; rollback; --\"'" \
  $'(pg_temp.nullable(\'"public"."*/ ; rollback; --"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."*/ ; rollback; --"\', \'pgcutover_not_null_5\') AND NOT pg_temp.not_validated(\'"public"."*/ ; rollback; --"\', \'pgcutover_not_null_5\'))' \
  $'ALTER TABLE "public"."*/ ; rollback; --" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."*/ ; rollback; --" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_5";'
step 'public."`tick`|pipe"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\`tick\`|pipe\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."`tick`|pipe"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."`tick`|pipe"\', \'pgcutover_not_null_9\')' \
  $'ALTER TABLE "public"."`tick`|pipe" ADD CONSTRAINT "pgcutover_not_null_9" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."`tick`|pipe"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\`tick\`|pipe\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"\`tick\`|pipe\"', 'pgcutover_not_null_9')" \
  'ALTER TABLE "public"."`tick`|pipe" VALIDATE CONSTRAINT "pgcutover_not_null_9";'
step 'public."`tick`|pipe"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\`tick\`|pipe\"'" \
  $'(pg_temp.nullable(\'"public"."`tick`|pipe"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."`tick`|pipe"\', \'pgcutover_not_null_9\') AND NOT pg_temp.not_validated(\'"public"."`tick`|pipe"\', \'pgcutover_not_null_9\'))' \
  $'ALTER TABLE "public"."`tick`|pipe" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."`tick`|pipe" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_9";'
step public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"\', \'pgcutover_not_null_18\')' \
  $'ALTER TABLE "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ADD CONSTRAINT "pgcutover_not_null_18" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"', 'pgcutover_not_null_18')" \
  'ALTER TABLE "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" VALIDATE CONSTRAINT "pgcutover_not_null_18";'
step public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'" \
  $'(pg_temp.nullable(\'"public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"\', \'pgcutover_not_null_18\') AND NOT pg_temp.not_validated(\'"public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"\', \'pgcutover_not_null_18\'))' \
  $'ALTER TABLE "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_18";'
step 'public."\u202etxet"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\\\\u202etxet\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."\xe2\x80\xaetxet"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."\xe2\x80\xaetxet"\', \'pgcutover_not_null_19\')' \
  $'ALTER TABLE "public"."\xe2\x80\xaetxet" ADD CONSTRAINT "pgcutover_not_null_19" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."\u202etxet"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\\\\u202etxet\": look for NULLs'" \
  $'pg_temp.not_validated(\'"public"."\xe2\x80\xaetxet"\', \'pgcutover_not_null_19\')' \
  $'ALTER TABLE "public"."\xe2\x80\xaetxet" VALIDATE CONSTRAINT "pgcutover_not_null_19";'
step 'public."\u202etxet"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"\\\\u202etxet\"'" \
  $'(pg_temp.nullable(\'"public"."\xe2\x80\xaetxet"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."\xe2\x80\xaetxet"\', \'pgcutover_not_null_19\') AND NOT pg_temp.not_validated(\'"public"."\xe2\x80\xaetxet"\', \'pgcutover_not_null_19\'))' \
  $'ALTER TABLE "public"."\xe2\x80\xaetxet" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."\xe2\x80\xaetxet" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_19";'
step 'public."🐘 éléphant"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"🐘 éléphant\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."🐘 éléphant"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."🐘 éléphant"\', \'pgcutover_not_null_20\')' \
  $'ALTER TABLE "public"."🐘 éléphant" ADD CONSTRAINT "pgcutover_not_null_20" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."🐘 éléphant"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"🐘 éléphant\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"🐘 éléphant\"', 'pgcutover_not_null_20')" \
  'ALTER TABLE "public"."🐘 éléphant" VALIDATE CONSTRAINT "pgcutover_not_null_20";'
step 'public."🐘 éléphant"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"🐘 éléphant\"'" \
  $'(pg_temp.nullable(\'"public"."🐘 éléphant"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."🐘 éléphant"\', \'pgcutover_not_null_20\') AND NOT pg_temp.not_validated(\'"public"."🐘 éléphant"\', \'pgcutover_not_null_20\'))' \
  $'ALTER TABLE "public"."🐘 éléphant" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."🐘 éléphant" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_20";'
step 'public."quo""te"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"quo\"\"te\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."quo""te"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."quo""te"\', \'pgcutover_not_null_16\')' \
  $'ALTER TABLE "public"."quo""te" ADD CONSTRAINT "pgcutover_not_null_16" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."quo""te"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"quo\"\"te\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"quo\"\"te\"', 'pgcutover_not_null_16')" \
  'ALTER TABLE "public"."quo""te" VALIDATE CONSTRAINT "pgcutover_not_null_16";'
step 'public."quo""te"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"quo\"\"te\"'" \
  $'(pg_temp.nullable(\'"public"."quo""te"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."quo""te"\', \'pgcutover_not_null_16\') AND NOT pg_temp.not_validated(\'"public"."quo""te"\', \'pgcutover_not_null_16\'))' \
  $'ALTER TABLE "public"."quo""te" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."quo""te" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_16";'
step 'public."back\\slash"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"back\\\\\\\\slash\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(E\'"public"."back\\\\slash"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(E\'"public"."back\\\\slash"\', \'pgcutover_not_null_11\')' \
  $'ALTER TABLE "public"."back\\slash" ADD CONSTRAINT "pgcutover_not_null_11" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."back\\slash"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"back\\\\\\\\slash\": look for NULLs'" \
  "pg_temp.not_validated(E'\"public\".\"back\\\\slash\"', 'pgcutover_not_null_11')" \
  'ALTER TABLE "public"."back\slash" VALIDATE CONSTRAINT "pgcutover_not_null_11";'
step 'public."back\\slash"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"back\\\\\\\\slash\"'" \
  $'(pg_temp.nullable(E\'"public"."back\\\\slash"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(E\'"public"."back\\\\slash"\', \'pgcutover_not_null_11\') AND NOT pg_temp.not_validated(E\'"public"."back\\\\slash"\', \'pgcutover_not_null_11\'))' \
  $'ALTER TABLE "public"."back\\slash" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."back\\slash" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_11";'
step 'public."tab\tstop"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"tab\\\\tstop\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."tab\tstop"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."tab\tstop"\', \'pgcutover_not_null_17\')' \
  $'ALTER TABLE "public"."tab\tstop" ADD CONSTRAINT "pgcutover_not_null_17" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."tab\tstop"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"tab\\\\tstop\": look for NULLs'" \
  $'pg_temp.not_validated(\'"public"."tab\tstop"\', \'pgcutover_not_null_17\')' \
  $'ALTER TABLE "public"."tab\tstop" VALIDATE CONSTRAINT "pgcutover_not_null_17";'
step 'public."tab\tstop"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"tab\\\\tstop\"'" \
  $'(pg_temp.nullable(\'"public"."tab\tstop"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."tab\tstop"\', \'pgcutover_not_null_17\') AND NOT pg_temp.not_validated(\'"public"."tab\tstop"\', \'pgcutover_not_null_17\'))' \
  $'ALTER TABLE "public"."tab\tstop" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."tab\tstop" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_17";'
step 'public."per%cent_%s"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"per%cent_%s\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."per%cent_%s"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."per%cent_%s"\', \'pgcutover_not_null_15\')' \
  $'ALTER TABLE "public"."per%cent_%s" ADD CONSTRAINT "pgcutover_not_null_15" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."per%cent_%s"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"per%cent_%s\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"per%cent_%s\"', 'pgcutover_not_null_15')" \
  'ALTER TABLE "public"."per%cent_%s" VALIDATE CONSTRAINT "pgcutover_not_null_15";'
step 'public."per%cent_%s"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"per%cent_%s\"'" \
  $'(pg_temp.nullable(\'"public"."per%cent_%s"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."per%cent_%s"\', \'pgcutover_not_null_15\') AND NOT pg_temp.not_validated(\'"public"."per%cent_%s"\', \'pgcutover_not_null_15\'))' \
  $'ALTER TABLE "public"."per%cent_%s" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."per%cent_%s" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_15";'
step 'public."line\nbreak"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"line\\\\nbreak\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."line\nbreak"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."line\nbreak"\', \'pgcutover_not_null_14\')' \
  $'ALTER TABLE "public"."line\nbreak" ADD CONSTRAINT "pgcutover_not_null_14" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."line\nbreak"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"line\\\\nbreak\": look for NULLs'" \
  $'pg_temp.not_validated(\'"public"."line\nbreak"\', \'pgcutover_not_null_14\')' \
  $'ALTER TABLE "public"."line\nbreak" VALIDATE CONSTRAINT "pgcutover_not_null_14";'
step 'public."line\nbreak"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"line\\\\nbreak\"'" \
  $'(pg_temp.nullable(\'"public"."line\nbreak"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."line\nbreak"\', \'pgcutover_not_null_14\') AND NOT pg_temp.not_validated(\'"public"."line\nbreak"\', \'pgcutover_not_null_14\'))' \
  $'ALTER TABLE "public"."line\nbreak" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."line\nbreak" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_14";'
step "public.\"it's\"" " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"it''s\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."it\'\'s"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."it\'\'s"\', \'pgcutover_not_null_13\')' \
  $'ALTER TABLE "public"."it\'s" ADD CONSTRAINT "pgcutover_not_null_13" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step "public.\"it's\"" " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"it''s\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"it''s\"', 'pgcutover_not_null_13')" \
  "ALTER TABLE \"public\".\"it's\" VALIDATE CONSTRAINT \"pgcutover_not_null_13\";"
step "public.\"it's\"" " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"it''s\"'" \
  $'(pg_temp.nullable(\'"public"."it\'\'s"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."it\'\'s"\', \'pgcutover_not_null_13\') AND NOT pg_temp.not_validated(\'"public"."it\'\'s"\', \'pgcutover_not_null_13\'))' \
  $'ALTER TABLE "public"."it\'s" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."it\'s" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_13";'
step 'public.dol$lar$$' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.dol\$lar\$\$: check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."dol$lar$$"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."dol$lar$$"\', \'pgcutover_not_null_12\')' \
  $'ALTER TABLE "public"."dol$lar$$" ADD CONSTRAINT "pgcutover_not_null_12" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public.dol$lar$$' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.dol\$lar\$\$: look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"dol\$lar\$\$\"', 'pgcutover_not_null_12')" \
  'ALTER TABLE "public"."dol$lar$$" VALIDATE CONSTRAINT "pgcutover_not_null_12";'
step 'public.dol$lar$$' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.dol\$lar\$\$'" \
  $'(pg_temp.nullable(\'"public"."dol$lar$$"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."dol$lar$$"\', \'pgcutover_not_null_12\') AND NOT pg_temp.not_validated(\'"public"."dol$lar$$"\', \'pgcutover_not_null_12\'))' \
  $'ALTER TABLE "public"."dol$lar$$" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."dol$lar$$" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_12";'
step 'public."a.b"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"a.b\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."a.b"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."a.b"\', \'pgcutover_not_null_10\')' \
  $'ALTER TABLE "public"."a.b" ADD CONSTRAINT "pgcutover_not_null_10" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."a.b"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"a.b\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"a.b\"', 'pgcutover_not_null_10')" \
  'ALTER TABLE "public"."a.b" VALIDATE CONSTRAINT "pgcutover_not_null_10";'
step 'public."a.b"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"a.b\"'" \
  $'(pg_temp.nullable(\'"public"."a.b"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."a.b"\', \'pgcutover_not_null_10\') AND NOT pg_temp.not_validated(\'"public"."a.b"\', \'pgcutover_not_null_10\'))' \
  $'ALTER TABLE "public"."a.b" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."a.b" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_10";'
step 'public."-rf"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"-rf\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."-rf"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."-rf"\', \'pgcutover_not_null_7\')' \
  $'ALTER TABLE "public"."-rf" ADD CONSTRAINT "pgcutover_not_null_7" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."-rf"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"-rf\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"-rf\"', 'pgcutover_not_null_7')" \
  'ALTER TABLE "public"."-rf" VALIDATE CONSTRAINT "pgcutover_not_null_7";'
step 'public."-rf"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"-rf\"'" \
  $'(pg_temp.nullable(\'"public"."-rf"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."-rf"\', \'pgcutover_not_null_7\') AND NOT pg_temp.not_validated(\'"public"."-rf"\', \'pgcutover_not_null_7\'))' \
  $'ALTER TABLE "public"."-rf" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."-rf" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_7";'
step 'public."-- drop"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"-- drop\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"public"."-- drop"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"public"."-- drop"\', \'pgcutover_not_null_6\')' \
  $'ALTER TABLE "public"."-- drop" ADD CONSTRAINT "pgcutover_not_null_6" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step 'public."-- drop"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"-- drop\": look for NULLs'" \
  "pg_temp.not_validated('\"public\".\"-- drop\"', 'pgcutover_not_null_6')" \
  'ALTER TABLE "public"."-- drop" VALIDATE CONSTRAINT "pgcutover_not_null_6";'
step 'public."-- drop"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of public.\"-- drop\"'" \
  $'(pg_temp.nullable(\'"public"."-- drop"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"public"."-- drop"\', \'pgcutover_not_null_6\') AND NOT pg_temp.not_validated(\'"public"."-- drop"\', \'pgcutover_not_null_6\'))' \
  $'ALTER TABLE "public"."-- drop" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "public"."-- drop" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_6";'
step select.table " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of select.table: check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"select"."table"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"select"."table"\', \'pgcutover_not_null_21\')' \
  $'ALTER TABLE "select"."table" ADD CONSTRAINT "pgcutover_not_null_21" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step select.table " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of select.table: look for NULLs'" \
  "pg_temp.not_validated('\"select\".\"table\"', 'pgcutover_not_null_21')" \
  'ALTER TABLE "select"."table" VALIDATE CONSTRAINT "pgcutover_not_null_21";'
step select.table " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of select.table'" \
  $'(pg_temp.nullable(\'"select"."table"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"select"."table"\', \'pgcutover_not_null_21\') AND NOT pg_temp.not_validated(\'"select"."table"\', \'pgcutover_not_null_21\'))' \
  $'ALTER TABLE "select"."table" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "select"."table" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_21";'
step '"Mixed Case".order' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of \"Mixed Case\".order: check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"Mixed Case"."order"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"Mixed Case"."order"\', \'pgcutover_not_null_2\')' \
  $'ALTER TABLE "Mixed Case"."order" ADD CONSTRAINT "pgcutover_not_null_2" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step '"Mixed Case".order' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of \"Mixed Case\".order: look for NULLs'" \
  "pg_temp.not_validated('\"Mixed Case\".\"order\"', 'pgcutover_not_null_2')" \
  'ALTER TABLE "Mixed Case"."order" VALIDATE CONSTRAINT "pgcutover_not_null_2";'
step '"Mixed Case".order' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of \"Mixed Case\".order'" \
  $'(pg_temp.nullable(\'"Mixed Case"."order"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"Mixed Case"."order"\', \'pgcutover_not_null_2\') AND NOT pg_temp.not_validated(\'"Mixed Case"."order"\', \'pgcutover_not_null_2\'))' \
  $'ALTER TABLE "Mixed Case"."order" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "Mixed Case"."order" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_2";'
step '"Mixed Case"."Order"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of \"Mixed Case\".\"Order\": check'" \
  $'pg_temp.version() >= 120000 AND pg_temp.nullable(\'"Mixed Case"."Order"\', \'Co"l $(x) \né\') AND NOT pg_temp.has_constraint(\'"Mixed Case"."Order"\', \'pgcutover_not_null_1\')' \
  $'ALTER TABLE "Mixed Case"."Order" ADD CONSTRAINT "pgcutover_not_null_1" CHECK ("Co""l $(x) \né" IS DISTINCT FROM NULL) NOT VALID;'
step '"Mixed Case"."Order"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of \"Mixed Case\".\"Order\": look for NULLs'" \
  "pg_temp.not_validated('\"Mixed Case\".\"Order\"', 'pgcutover_not_null_1')" \
  'ALTER TABLE "Mixed Case"."Order" VALIDATE CONSTRAINT "pgcutover_not_null_1";'
step '"Mixed Case"."Order"' " E'NOT NULL of \"Co\"\"l \$(x) \\\\né\" of \"Mixed Case\".\"Order\"'" \
  $'(pg_temp.nullable(\'"Mixed Case"."Order"\', \'Co"l $(x) \né\') AND pg_temp.version() < 120000 OR pg_temp.has_constraint(\'"Mixed Case"."Order"\', \'pgcutover_not_null_1\') AND NOT pg_temp.not_validated(\'"Mixed Case"."Order"\', \'pgcutover_not_null_1\'))' \
  $'ALTER TABLE "Mixed Case"."Order" ALTER COLUMN "Co""l $(x) \né" SET NOT NULL \\; ALTER TABLE "Mixed Case"."Order" DROP CONSTRAINT IF EXISTS "pgcutover_not_null_1";'
run_phase

# 33-relax.sql wrote down which identity columns were GENERATED ALWAYS.
always=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.identity_always') IS NOT NULL")
if [[ $always == t ]]; then
  psql_on target -f - <<'SQL'
SET client_min_messages = warning;
SET lock_timeout = '30s';
SELECT pg_catalog.format('ALTER TABLE %I.%I ALTER COLUMN %I SET GENERATED ALWAYS', n.nspname, c.relname, a.attname)
FROM pgcutover.identity_always AS i
JOIN pg_catalog.pg_namespace AS n ON n.nspname = i.schema_name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = i.table_name
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = i.column_name
WHERE a.attidentity = 'd' ORDER BY n.nspname, c.relname, a.attname \gexec
SQL
  say "identity columns: as on the source"
fi

# --- 5. materialized views ------------------------------------------------------------------------------------------------
# One after the other: some are made from others.
phase "materialized views"
run_phase

if [[ -s $TMP/event.list ]]; then restore "event triggers" "$TMP/event.list"; fi
note_step
say "the target has everything that waited for the cutover"
