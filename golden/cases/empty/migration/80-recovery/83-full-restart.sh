#!/usr/bin/env bash
# 80-recovery/83-full-restart.sh: Empty the target and begin again at the pause.
# Again: finds nothing left to do.
#
# Usage: 83-full-restart.sh --yes [--new-slots] [--only-target] [--after-cutover]
#   --yes           do it; without it this says what it would do
#   --new-slots     drop our slots too, which frees the WAL they keep; 17-slots.sh makes them anew
#   --only-target   leave source, replica and state.json alone
#   --after-cutover  empty the target although 70-cutover/74-constraints.sh has run there: the application does not use it
#
# Empties the target and begins again at the pause: node, sets and memberships stay, and so do slots that are well. It is the
# way out when the replica moved or was restarted during the load, when several slots are lost, after a failover of the
# source, and when data was found to differ. Where tables have changed since the plan was made, make a new plan instead
# and drop the target's database.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" new_slots="" only_target="" after_cutover=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --new-slots) new_slots=yes && shift ;;
    --only-target) only_target=yes && shift ;;
    --after-cutover) after_cutover=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

if [[ -z $yes ]]; then
  say "this would empty the planned tables on the target, take their indexes and constraints away and forget what was loaded"
  if [[ -z $only_target ]]; then say "and resume the replica${new_slots:+, and drop the slots ${OUR_SLOTS[*]}}"; fi
  refuse "nothing was done" "to do it, add --yes"
fi

only_one
schema=""
assert_target
[[ -n $after_cutover ]] || refuse_after_cutover "when the application does not use it and its data may go: --after-cutover"
ended=$(end_load_sessions target)
((ended == 0)) || say "$ended load sessions ended on the target"
dumped=$(state_get schema dumped_at)
bare=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.item') IS NULL AND pg_catalog.obj_description(pg_catalog.to_regnamespace(:'schema')::oid, 'pg_namespace') IS NULL" "schema=$OUR_SCHEMA")
if [[ -z $dumped && $bare == t ]]; then
  say "32-schema.sh has not been there: nothing to empty on the target"
  schema="30-target/32-schema.sh, 30-target/33-relax.sql, "
else
  # Indexes and constraints go too: the load copies into bare tables and builds them afterwards.
  PGCUTOVER_RESTARTING=yes "$BUNDLE/30-target/32-schema.sh" --strip-only
  if [[ -n $after_cutover ]]; then psql_on target -o /dev/null -f "$BUNDLE/30-target/33-relax.sql"; fi
  psql_on target -o /dev/null -f "$BUNDLE/80-recovery/empty-target.sql"
  say "the target is empty, as 32-schema.sh and 33-relax.sql left it"
fi
[[ -z $only_target ]] || exit 0

put_state_aside restarted
assert_replica
ended=$(end_load_sessions replica)
((ended == 0)) || say "$ended load sessions ended on the replica"
stands=$(replay_paused)
if [[ $stands == t ]]; then
  resume_replay
  say "replay of the replica goes on"
fi
assert_source
lost=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot) LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.slot_name = o.slot
WHERE s.restart_lsn IS NULL OR pg_catalog.to_jsonb(s) ->> 'wal_status' = 'lost'" "slots=$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")")
if ((lost > 0)); then say "$lost slots are lost or not there any more: they are made anew"; fi
# A slot never goes back, but the new pause comes after whatever it has confirmed: slots that are well can be kept.
for slot in "${OUR_SLOTS[@]}"; do
  gone=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = :'slot' AND s.restart_lsn IS NOT NULL AND coalesce(pg_catalog.to_jsonb(s) ->> 'wal_status', '') <> 'lost'" "slot=$slot")
  if [[ -n $new_slots || $gone == 0 ]]; then
    drop_our_slot "$slot" || refuse "slot $slot could not be dropped"
    printf '{"slots": {%s: null}}\n' "$(json_string "$slot")" | state_merge
  else
    one=$(ask source "SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot'" "slot=$slot")
    [[ $one == f ]] || refuse "slot $slot is being read" "stop and delete its task, then run this again"
    # A position of its own, and what was noted there, from a restart of one slot alone, is void: from now on all begin at the new pause.
    one=$(state_get slots "$slot")
    if [[ -n $one ]]; then printf '{"slots": {%s: %s}}\n' "$(json_string "$slot")" "$(ask source "SELECT :'one'::jsonb - 'start_lsn' - 'xmin' - 'straddled_lsn'" "one=$one")" | state_merge; fi
  fi
done
printf '{"pause": null, "load": null, "resumed_at": null, "cdc_started_at": null, "drain": null}\n' | state_merge
rm -f -- "$STATE_DIR"/.pgcutover/restarting-*
say "go on with 10-source/17-slots.sh, 20-replica/21-pause.sh, ${schema}40-load/41-ledger.sql and 40-load/42-load.sh"
