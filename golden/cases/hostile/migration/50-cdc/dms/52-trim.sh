#!/usr/bin/env bash
# 50-cdc/dms/52-trim.sh: Advance every slot to the position it starts at, so that the server itself guards the boundary.
# Before: the load finished and the gate "loaded" passed: a slot never goes back.
# Again: says which slots stand there already.
# Undo: none: 80-recovery/82-restart-slot.sh makes a new slot and loads its tables anew.
#
# Usage: 52-trim.sh [SLOT…]
#   SLOT   only these; all when none is given
#
# What a slot holds from before its position was copied by the load. Once it is advanced to the position, the server delivers nothing
# older to whoever reads it, and removes the WAL of before. Transactions that were open at the position are delivered whole.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"

slots=()
while (($#)); do
  case $1 in
    -*) usage_error "$1" ;;
    *) slots+=("$1") && shift ;;
  esac
done

# position_of SLOT prints where its task starts; nothing before that is final, which is when the load has finished. While a slot is loaded
# again the others keep the positions that their tasks were made for.
position_of() {
  local at loaded made
  at=$(state_get slots "$1" start_lsn)
  if [[ -z $at ]]; then at=$(state_get pause lsn); fi
  loaded=$(state_get load finished_at)
  made=$(state_get tasks "$1" start_lsn)
  [[ -n $loaded || (-n $at && $made == "$at") ]] || return 0
  # AWS DMS takes a position as PostgreSQL prints it.
  [[ $at =~ ^[0-9A-F]{1,8}/[0-9A-F]{1,8}$ ]] || die "state.json has $at as the position of $1"
  printf '%s\n' "$at"
}

# chosen WORD… sets CHOSEN to the slots given, or to all.
chosen() {
  local slot
  CHOSEN=("$@")
  if ((${#CHOSEN[@]} == 0)); then CHOSEN=("${OUR_SLOTS[@]}"); fi
  for slot in "${CHOSEN[@]}"; do
    case " ${OUR_SLOTS[*]} " in *" $slot "*) ;; *) die "$slot is not a slot of this plan" "one of: ${OUR_SLOTS[*]}" ;; esac
  done
}

only_one
assert_source
chosen "${slots[@]}"
assert_target
loaded=$(state_get load finished_at)
[[ -n $loaded ]] || refuse "the load has not finished: what a slot has passed can never be read again" "40-load/42-load.sh, then pgcutover verify loaded"
left=$(ask target "SELECT pg_catalog.count(*) FROM pgcutover.item WHERE state <> 'done'") || die "whether everything is loaded cannot be told" "what a slot has passed can never be read again: pgcutover verify loaded"
((left == 0)) || refuse "$left items of the load are not done: what a slot has passed can never be read again" "40-load/42-load.sh, then pgcutover verify loaded"

for slot in "${CHOSEN[@]}"; do
  at=$(position_of "$slot")
  facts=()
  fields_on source facts -v slot="$slot" -v at="$at" <<'SQL'
SELECT active, confirmed_flush_lsn, confirmed_flush_lsn = :'at'::pg_lsn, confirmed_flush_lsn > :'at'::pg_lsn, restart_lsn IS NULL
FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot';
SQL
  ((${#facts[@]} == 5)) || refuse "slot $slot is not there" "80-recovery/82-restart-slot.sh $slot"
  started=$(state_get tasks "$slot" started_at)
  made=$(state_get tasks "$slot" start_lsn)
  if [[ -n $started && $made == "$at" ]]; then
    say "$slot: its task has run, so the task moves it"
    continue
  fi
  [[ ${facts[4]} == f ]] || refuse "slot $slot is lost: the server removed WAL it needed" "80-recovery/82-restart-slot.sh $slot"
  if [[ ${facts[2]} == t ]]; then
    say "$slot stands at $at already"
    continue
  fi
  [[ ${facts[3]} == f ]] || refuse "slot $slot stands at ${facts[1]}, beyond $at: somebody has read from it, and what is between is lost to its task" "80-recovery/82-restart-slot.sh $slot"
  [[ ${facts[0]} == f ]] || refuse "slot $slot is being read" "find out by whom (pg_stat_replication), and end it"
  ask source "SELECT end_lsn FROM pg_catalog.pg_replication_slot_advance(:'slot', :'at')" "slot=$slot" "at=$at" >/dev/null
  now_at=$(ask source "SELECT confirmed_flush_lsn FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot'" "slot=$slot")
  [[ $now_at == "$at" ]] || die "slot $slot was to be advanced to $at and stands at $now_at" "start nothing on it; 80-recovery/82-restart-slot.sh $slot"
  say "$slot advanced from ${facts[1]} to $at"
done
