#!/usr/bin/env bash
# 50-cdc/native/52-enable.sh: Enable the subscriptions: changes are applied from here on.
# Before: 51-subscriptions.sh and the gate "cdc-ready"; from the first change on the target cannot be compared with the replica any more.
# Again: enables what is not.
# Undo: ALTER SUBSCRIPTION … DISABLE.
#
# Usage: 52-enable.sh [--wait SECONDS]
#   --wait SECONDS   how long a subscription may take to begin (default 60)
#
# Looks once more whether each subscription starts where the copy ends and whether its slot still has all from there on; enables all of
# them only then. After a cutover that was called off it enables them again where they stopped.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"

wait=60
while (($#)); do
  case $1 in
    --wait) wait=${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $wait =~ ^[1-9][0-9]*$ ]] || usage_error "--wait $wait"

only_one
assert_source
assert_target

facts=() pending=()
for slot in "${OUR_SLOTS[@]}"; do
  start=$(start_of "$slot")
  subscription_facts "$slot"
  ((${#facts[@]} > 0)) || refuse "subscription $slot does not exist" "50-cdc/native/51-subscriptions.sh"
  [[ ${facts[1]} == "$slot" && ${facts[2]} == "i$slot,$slot" ]] || refuse "subscription $slot reads slot ${facts[1]:-none} with publications ${facts[2]}: it is not this plan's"
  if [[ ${facts[0]} == t ]]; then
    say "$slot is enabled already"
    continue
  fi
  [[ -n ${facts[4]} && ${facts[4]} != 0/0 ]] || refuse "the origin of $slot has no position: it would start where the slot was made, and repeat what the copy holds" "50-cdc/native/51-subscriptions.sh"
  at_least "${facts[4]}" "$start" || refuse "the origin of $slot stands at ${facts[4]}, before $start: what lies between is in the copy and would come again" "50-cdc/native/51-subscriptions.sh"
  slot_facts=()
  fields_on source slot_facts -v slot="$slot" <<'SQL'
SELECT active, confirmed_flush_lsn, CASE WHEN restart_lsn IS NULL OR pg_catalog.to_jsonb(s) ->> 'wal_status' = 'lost' THEN 'lost' END
FROM pg_catalog.pg_replication_slots AS s WHERE slot_name = :'slot' AND plugin = 'pgoutput';
SQL
  ((${#slot_facts[@]} > 0)) || refuse "slot $slot does not exist any more" "80-recovery/82-restart-slot.sh $slot"
  [[ -z ${slot_facts[2]} ]] || refuse "slot $slot is lost: the source removed WAL that it needed" "80-recovery/82-restart-slot.sh $slot"
  [[ ${slot_facts[0]} == f ]] || refuse "slot $slot is being read by somebody else" "find the reader in pg_stat_replication of the source"
  # Of one that ran before, the slot may be ahead: what a subscriber confirms goes beyond the last transaction that it applied.
  [[ ${facts[4]} != "$start" ]] || at_least "$start" "${slot_facts[1]}" || refuse "slot $slot has been read up to ${slot_facts[1]}, past $start: what lies between would be missing without an error" "80-recovery/82-restart-slot.sh $slot"
  pending+=("$slot")
done

# All in one transaction: up to 15 the launcher of workers looks only every few seconds for what came after the first.
{
  printf "SET lock_timeout = '10s';\nBEGIN;\n"
  if ((${#pending[@]} > 0)); then printf 'ALTER SUBSCRIPTION %s ENABLE;\n' "${pending[@]}"; fi
  printf 'COMMIT;\n'
} | psql_on target -f -
begun=$(state_get cdc_started_at)
if [[ -z $begun ]]; then json_object cdc_started_at "$(now)" | state_merge; fi

# A change to apply for each of them; not once the source is frozen, whose last word is the drain's.
frozen=$(frozen_now source)
if [[ $frozen == f ]]; then touch_markers enabled; fi
began=$SECONDS
for slot in "${OUR_SLOTS[@]}"; do
  until subscription_facts "$slot" && active=$(ask source "SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot'" "slot=$slot") && [[ -n ${facts[5]:-} && $active == t ]]; do
    if ((SECONDS - began >= wait)); then
      [[ ${facts[0]:-f} == t ]] || refuse "subscription $slot has been disabled again" "the target's log says why"
      refuse "subscription $slot is enabled, and nothing reads slot $slot after $wait seconds" "the target's log says why; max_logical_replication_workers and max_worker_processes may be used up, the source out of reach, or a change impossible to apply"
    fi
    sleep 0.3
  done
  say "$slot is applied by process ${facts[5]} of the target${facts[4]:+, from ${facts[4]} on}"
done
say "changes are applied; they catch up with the source from here on"
