#!/usr/bin/env bash
# 10-source/16-members.sh: Put every table into its replication sets.
# Before: 15-node.sql; from here on no DDL, no new partitions and no TRUNCATE on the source.
# Again: adds what is missing.
# Undo: 80-recovery/81-abort.sh.
#
# Usage: 16-members.sh [--check [source|replica]] [--lock-timeout TIME] [--attempts N]
#   --check             only list what the sets lack or have too much; exit 1 when there is anything (default server: source)
#   --lock-timeout TIME how long one attempt may keep later writers of a table waiting (default 2s)
#   --attempts N        attempts for each table (default 20, with growing pauses in between)
#
# pglogical takes a ShareRowExclusive lock to add a table: it waits for the table's open writers, and later writers wait for
# it. So every table has a transaction of its own, a short lock_timeout and several attempts.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

check="" lock_timeout=2s attempts=20
while (($#)); do
  case $1 in
    --check)
      check=source && shift
      if [[ ${1:-} == source || ${1:-} == replica ]]; then check=$1 && shift; fi
      ;;
    --lock-timeout) lock_timeout=${2:?} && shift 2 ;;
    --attempts) attempts=${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $attempts =~ ^[1-9][0-9]*$ ]] || usage_error "--attempts $attempts"

# members_of VISITOR calls VISITOR with SLOT, KIND, SCHEMA and TABLE for every table of the plan. Kind "both": the set of updates and
# deletes and the set of inserts; "insert": only the latter, since the table has no identity that could name an updated row.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
members_of() {
  local visit=$1
  "$visit" dms_slot_01 both pgcutover marker_dms_slot_01
  "$visit" dms_slot_01 insert public audit
  "$visit" dms_slot_01 both public by_index
  "$visit" dms_slot_01 insert public full_identity
}

# Memberships as the server has them and as planned. A key is set/length of the schema's name/schema/table: a set's name has no slash,
# the others may have any character.
declare -A present=() planned=() sets=()

read_present() {
  local where=$1 rows=() i key
  fields_on "$where" rows -v slots="$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")" <<'SQL'
SELECT pg_catalog.to_regclass('pglogical.replication_set_table') IS NOT NULL AS installed \gset
\if :installed
SELECT s.set_name, n.nspname, c.relname
FROM pglogical.replication_set AS s
JOIN pglogical.local_node AS l ON l.node_id = s.set_nodeid
LEFT JOIN (pglogical.replication_set_table AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.set_reloid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace) ON t.set_id = s.set_id
WHERE s.set_name IN (SELECT p || o.slot FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot), (VALUES (''), ('i')) AS x(p));
\endif
SQL
  present=()
  for ((i = 0; i < ${#rows[@]}; i += 3)); do
    key=${rows[i]}/${#rows[i + 1]}/${rows[i + 1]}/${rows[i + 2]}
    present[$key]=yes
    key=${rows[i]}
    sets[$key]=yes
  done
}

missing=() # slot, kind, schema, table
surplus=() # set, schema, table
look() {
  local slot=$1 kind=$2 schema=$3 table=$4 lacks="" set key
  for set in "i$slot" "$slot"; do
    [[ $set == "i$slot" || $kind == both ]] || continue
    key=$set/${#schema}/$schema/$table
    planned[$key]=yes
    if [[ -z ${present[$key]:-} ]]; then lacks=yes; fi
  done
  if [[ -n $lacks ]]; then missing+=("$slot" "$kind" "$schema" "$table"); fi
}

compare() {
  local where=$1 slot key set rest length schema table
  read_present "$where"
  for slot in "${OUR_SLOTS[@]}"; do
    [[ -n ${sets[$slot]:-} && -n ${sets[i$slot]:-} ]] || refuse "the replication sets of $slot are missing on the $where" "run 10-source/15-node.sql first"
  done
  missing=() planned=() surplus=()
  members_of look
  for key in "${!present[@]}"; do
    set=${key%%/*} rest=${key#*/}
    length=${rest%%/*} rest=${rest#*/}
    schema=${rest:0:length} table=${rest:length+1}
    if [[ -n $table && -z ${planned[$key]:-} ]]; then surplus+=("$set" "$schema" "$table"); fi
  done
}

show_differences() {
  local i
  for ((i = 0; i < ${#missing[@]}; i += 4)); do say "missing in the sets of ${missing[i]}: $(shown "${missing[i + 2]}" "${missing[i + 3]}")"; done
  for ((i = 0; i < ${#surplus[@]}; i += 3)); do
    say "set ${surplus[i]} has a table that is not planned for it: $(shown "${surplus[i + 1]}" "${surplus[i + 2]}")"
    hint "SELECT pglogical.replication_set_remove_table('${surplus[i]}', '…') once it is clear who added it"
  done
}

shown() { printf '%q.%q' "$1" "$2"; }

if [[ -n $check ]]; then
  if [[ $check == replica ]]; then assert_replica; else assert_source; fi
  compare "$check"
  show_differences
  ((${#missing[@]} + ${#surplus[@]} == 0)) || refuse "the sets are not as planned on the $check"
  say "all ${#planned[@]} memberships are as planned on the $check"
  exit 0
fi

# add STOP VALUES adds the tables of a list of VALUES (slot, kind, schema, table) to their sets, each in a transaction of its own. STOP 1 ends it at the first that
# cannot be added, 0 goes on. $TMP/error says why not.
add() {
  psql_on source -v ON_ERROR_STOP="$1" -v lock_timeout="$lock_timeout" -f - >/dev/null 2>"$TMP/error" <<SQL
\set VERBOSITY verbose
SET client_min_messages = warning;
SET standard_conforming_strings = on;
SET statement_timeout = '60s';
SET lock_timeout = :'lock_timeout';
SELECT 'SELECT ' || pg_catalog.string_agg(pg_catalog.format('pglogical.replication_set_add_table(%L, %L::regclass, false)', s.set_name, pg_catalog.format('%I.%I', m.schema, m.name)), ', ')
FROM (VALUES $2) AS m (slot, kind, schema, name) CROSS JOIN LATERAL (VALUES ('i' || m.slot, true), (m.slot, m.kind = 'both')) AS s (set_name, wanted)
WHERE s.wanted AND NOT EXISTS (
  SELECT FROM pglogical.replication_set_table AS t JOIN pglogical.replication_set AS r USING (set_id)
  WHERE r.set_name = s.set_name AND t.set_reloid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', m.schema, m.name)))
GROUP BY m.schema, m.name \gexec
SQL
}

# rows SLOT KIND SCHEMA TABLE… prints tables as rows of VALUES.
rows() {
  local comma=""
  while (($# > 0)); do
    printf "%s('%s', '%s', " "$comma" "$1" "$2"
    sql_literal "$3"
    printf ', '
    sql_literal "$4"
    printf ')'
    comma=,
    shift 4
  done
}

# add_at_once tries every table that is missing once, a session for many of them: to begin one takes longer than to add a table. What was not to be had is
# still missing then.
add_at_once() {
  local i values fields=${#missing[@]} step=$((4 * 500))
  for ((i = 0; i < fields; i += step)); do
    values=$(rows "${missing[@]:i:step}")
    add 0 "$values" || true # what is still missing is looked for
    say "$((i + step < fields ? (i + step) / 4 : fields / 4)) of $((fields / 4)) tables tried"
  done
}

added=0 failed=0
add_patiently() {
  local schema=$3 table=$4 row attempt pause
  row=$(rows "$@")
  for ((attempt = 1; attempt <= attempts; attempt++)); do
    if add 1 "$row"; then
      added=$((added + 1))
      return
    fi
    # 55P03 lock_not_available, 40P01 deadlock_detected: somebody else was faster. Everything else will not pass by waiting.
    grep -Eq '(55P03|40P01):' "$TMP/error" || break
    say "$(shown "$schema" "$table") is being written to, attempt $attempt of $attempts; trying again"
    pause=$((attempt < 10 ? attempt : 10))
    sleep "$((RANDOM % pause + 1)).$((RANDOM % 10))"
  done
  failed=$((failed + 1))
  say "not added: $(shown "$schema" "$table"): $(sed -n 's/^.*ERROR: *//p' "$TMP/error" | head -n 1)"
}

only_one
assert_source
compare source
if ((${#surplus[@]})); then
  show_differences
  refuse "sets of this plan hold tables that are not planned for them"
fi
if ((${#missing[@]} == 0)); then
  say "all ${#planned[@]} memberships are there already"
  exit 0
fi
paused=$(state_get pause lsn)
resumed=$(state_get resumed_at)
if [[ -n $paused && -z $resumed ]]; then
  refuse "$((${#missing[@]} / 4)) tables are missing in the sets, and the replica is paused: changes between the pause and the moment a table is added would be lost" \
    "resume the replica (20-replica/22-resume.sh --force), run this again, 17-slots.sh, then pause anew"
fi
# The replica has to replay what is added now before it may be paused: 17-slots.sh notes how far that is.
printf '{"sets_complete_lsn": null}\n' | state_merge
wanted=$((${#missing[@]} / 4))
add_at_once
compare source
added=$((wanted - ${#missing[@]} / 4))
for ((i = 0; i < ${#missing[@]}; i += 4)); do
  add_patiently "${missing[@]:i:4}"
done
say "$added table$( ((added == 1)) || printf s) added"
if ((failed > 0)); then
  refuse "$failed table$( ((failed == 1)) || printf s) could not be added; the others are in" "run this again; it goes on where it stopped"
fi
