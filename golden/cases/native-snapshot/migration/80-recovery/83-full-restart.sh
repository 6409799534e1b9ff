#!/usr/bin/env bash
# 80-recovery/83-full-restart.sh: Empty the target and begin again at the snapshots.
# Again: finds nothing left to do.
#
# Usage: 83-full-restart.sh --yes [--only-target] [--after-cutover]
#   --yes           do it; without it this says what it would do
#   --only-target   leave source and state.json alone
#   --after-cutover  empty the target although 70-cutover/74-constraints.sh has run there: the application does not use it
#
# Empties the target, drops the slots with their snapshots and begins again at 20-snapshots/21-hold.sh; publications and memberships stay. It is
# the way out after a failover of the source, and when data was found to differ. Where tables have changed since the plan was made, make a new
# plan instead and drop the target's database.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" only_target="" after_cutover=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --only-target) only_target=yes && shift ;;
    --after-cutover) after_cutover=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

if [[ -z $yes ]]; then
  say "this would empty the planned tables on the target, take their indexes and constraints away and forget what was loaded"
  if [[ -z $only_target ]]; then say "and drop the slots ${OUR_SLOTS[*]} with their snapshots"; fi
  refuse "nothing was done" "to do it, add --yes"
fi

only_one
schema=""
assert_target
[[ -n $after_cutover ]] || refuse_after_cutover "when the application does not use it and its data may go: --after-cutover"
for slot in "${OUR_SLOTS[@]}"; do drop_our_subscription "$slot" || refuse "subscription $slot could not be dropped"; done
ended=$(end_load_sessions target)
((ended == 0)) || say "$ended load sessions ended on the target"
dumped=$(state_get schema dumped_at)
bare=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.item') IS NULL AND pg_catalog.obj_description(pg_catalog.to_regnamespace(:'schema')::oid, 'pg_namespace') IS NULL" "schema=$OUR_SCHEMA")
if [[ -z $dumped && $bare == t ]]; then
  say "32-schema.sh has not been there: nothing to empty on the target"
  schema="30-target/32-schema.sh, "
else
  # Indexes and constraints go too: the load copies into bare tables and builds them afterwards.
  PGCUTOVER_RESTARTING=yes "$BUNDLE/30-target/32-schema.sh" --strip-only
  psql_on target -o /dev/null -f "$BUNDLE/80-recovery/empty-target.sql"
  say "the target is empty, as 32-schema.sh left it"
fi
[[ -z $only_target ]] || exit 0

put_state_aside restarted
assert_source
for slot in "${OUR_SLOTS[@]}"; do
  end_snapshot "$slot"
  drop_our_slot "$slot" || refuse "slot $slot could not be dropped"
  printf '{"slots": {%s: null}}\n' "$(json_string "$slot")" | state_merge
done
printf '{"load": null, "cdc_started_at": null, "drain": null, "sets_complete_lsn": null}\n' | state_merge
# 21-hold.sh notes the tables of one slot after the other: without notes from before, the first one begins anew with what tells of lost counters.
psql_on source -v schema="$OUR_SCHEMA" -f - <<'SQL'
SET lock_timeout = '10s';
SELECT pg_catalog.format('DELETE FROM %I.noted', :'schema') WHERE pg_catalog.to_regclass(pg_catalog.format('%I.noted', :'schema')) IS NOT NULL \gexec
SQL
rm -f -- "$STATE_DIR"/.pgcutover/restarting-*
say "go on with ${schema}40-load/41-ledger.sql, 20-snapshots/21-hold.sh and 40-load/42-load.sh"
