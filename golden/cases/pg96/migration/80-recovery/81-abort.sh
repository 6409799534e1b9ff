#!/usr/bin/env bash
# 80-recovery/81-abort.sh: End the migration: drop slots, sets, node and markers, resume the replica.
# Again: goes on with what is left.
#
# Usage: 81-abort.sh --yes [--target [--tasks-deleted]]
#   --yes      do it; without it this says what it would do
#   --target   empty the target too (80-recovery/83-full-restart.sh does it on its own)
#   --tasks-deleted   with --target: somebody has seen that the tasks are gone, where the AWS CLI cannot be asked
#
# Ends the migration: load sessions, the pause, our slots, sets, node and markers on the source. Only what this run made is
# touched: slots that state.json knows, and, once none of the plan's slots is left, the node and the sets of the plan's names:
# whoever reads from a slot needs them. The role of change data capture, changed settings and the extension pglogical stay.
# What cannot be reached is left for the next run of this script. Nothing is done in AWS: 50-cdc/dms/58-delete.sh does that, for which tasks that run are stopped first (56-stop.sh).
#
# When the source's disk fills, this is what frees it: the slots go first.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" with_target="" deleted=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --target) with_target=yes && shift ;;
    --tasks-deleted) deleted=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done
if [[ -z $yes ]]; then
  say "this would drop the slots ${OUR_SLOTS[*]}, their replication sets, the node $OUR_NODE and schema $OUR_SCHEMA on the source, and resume the replica"
  refuse "nothing was done" "to do it, add --yes"
fi

only_one
left=0
assert_source

for slot in "${OUR_SLOTS[@]}"; do drop_our_slot "$slot" || left=$((left + 1)); done
slots_left=$left
# After 71-freeze.sh nothing but a slot can be dropped: transactions are read-only, and pgcutover.frozen holds the way back.
frozen=$(frozen_now source)

# Sets and node go only when the node is ours, and the node only when nobody else uses it.
drop_node() {
  psql_on source -v node="$OUR_NODE" -v slots="$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")" -f - <<'SQL'
SET client_min_messages = warning;
SET lock_timeout = '10s';
SELECT pg_catalog.to_regclass('pglogical.local_node') IS NOT NULL AS installed \gset
\if :installed
BEGIN;
SELECT EXISTS (SELECT FROM pglogical.local_node JOIN pglogical.node USING (node_id) WHERE node_name = :'node') AS ours \gset
\if :ours
SELECT pg_catalog.format('replication set %s dropped', set_name) FROM (
  SELECT s.set_name, pglogical.drop_replication_set(s.set_name) AS gone
  FROM pglogical.replication_set AS s JOIN pglogical.local_node AS l ON l.node_id = s.set_nodeid
  WHERE s.set_name IN (SELECT p || o.slot FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot), (VALUES (''), ('i')) AS x(p))) AS d
WHERE gone ORDER BY 1;
SELECT EXISTS (SELECT FROM pglogical.subscription) OR EXISTS (SELECT FROM pglogical.replication_set_table) AS used \gset
\if :used
SELECT pg_catalog.format('node %s has other sets or subscriptions: it stays', :'node');
\else
SELECT pg_catalog.format('node %s dropped', :'node') WHERE pglogical.drop_node(:'node');
\endif
\endif
COMMIT;
\endif
SQL
}
if ((slots_left > 0)); then
  # A slot that is not ours may be another run's, whose sets and node have the same names.
  warn "sets, node and markers stay as long as a slot of this plan does: whoever reads from it needs them"
elif [[ $frozen == t ]]; then
  left=$((left + 1))
  warn "the source is frozen for the cutover; node, sets and schema $OUR_SCHEMA stay until it is not"
  hint "run 70-cutover/76-unfreeze.sh first, then this again"
elif drop_node >"$TMP/node"; then
  while IFS= read -r line; do say "$line"; done <"$TMP/node"
else
  left=$((left + 1))
  warn "the node and its sets could not be dropped"
fi

# pglogical leaves its TRUNCATE triggers on the tables. Without a node they do nothing, so a table that is busy keeps its own:
# dropping one needs the table to itself, and nobody should wait for that.
drop_triggers() {
  local triggers=() i try kept=0
  fields_on source triggers <<'SQL'
SELECT n.nspname, c.relname, t.tgname
FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid AND p.proname = 'queue_truncate'
JOIN pg_catalog.pg_namespace AS f ON f.oid = p.pronamespace AND f.nspname = 'pglogical'
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT EXISTS (SELECT FROM pglogical.local_node) ORDER BY 1, 2, 3;
SQL
  for ((i = 0; i < ${#triggers[@]}; i += 3)); do
    for try in 1 2 3 4; do
      if ((try == 4)); then
        kept=$((kept + 1))
      elif ask source "SET lock_timeout = '500ms'; DROP TRIGGER IF EXISTS :\"trigger\" ON :\"schema\".:\"table\"" "schema=${triggers[i]}" "table=${triggers[i + 1]}" "trigger=${triggers[i + 2]}" 2>"$TMP/error"; then
        break
      fi
    done
  done
  if ((kept > 0)); then
    warn "$kept tables keep a trigger of pglogical, which does nothing any more: $(sed -n 's/^.*ERROR: *//p' "$TMP/error" | head -n 1)"
    hint "this script, run again at a quieter time, removes them"
  fi
}
node=$(ask source "SELECT pg_catalog.to_regclass('pglogical.local_node') IS NOT NULL")
if ((slots_left == 0)) && [[ $frozen != t && $node == t ]]; then drop_triggers; fi

drop_markers() {
  local slot
  for slot in "${OUR_SLOTS[@]}"; do
    ask source "SET client_min_messages = warning; SET lock_timeout = '10s'; DROP TABLE IF EXISTS :\"schema\".:\"marker\"" "schema=$OUR_SCHEMA" "marker=marker_$slot" || return
  done
  ask source "SET client_min_messages = warning; SET lock_timeout = '10s'; DROP TABLE IF EXISTS :\"schema\".noted, :\"schema\".counting; DROP SCHEMA IF EXISTS :\"schema\"" "schema=$OUR_SCHEMA"
}
((slots_left > 0)) || [[ $frozen == t ]] || drop_markers || { left=$((left + 1)) && warn "schema $OUR_SCHEMA could not be removed from the source"; }

# The rest may be out of reach just now; that must not keep the source from being freed.
if attempt assert_replica; then
  ended=$(end_load_sessions replica)
  ((ended == 0)) || say "$ended load sessions ended on the replica"
  stands=$(replay_paused)
  if [[ $stands == t ]]; then
    paused=$(state_get pause lsn)
    if [[ -n $paused ]]; then
      resume_replay
      say "replay of the replica goes on"
    else
      warn "the replica is paused, but not by this run: left so"
    fi
  fi
else
  left=$((left + 1))
  warn "the replica was not looked at; if it is paused, resume it: 20-replica/22-resume.sh --force"
fi
if attempt assert_target; then
  ended=$(end_load_sessions target)
  ((ended == 0)) || say "$ended load sessions ended on the target"
  if [[ -n $with_target ]]; then "$BUNDLE/80-recovery/83-full-restart.sh" --yes --only-target ${deleted:+--tasks-deleted} || left=$((left + 1)); fi
else
  left=$((left + 1))
  warn "the target was not looked at; load workers may still run there"
fi

warn "what 53-deploy.sh may have made in AWS stays, and is paid for by the hour: replication instance shop-dms with its endpoints, tasks and alarms"
hint "50-cdc/dms/58-delete.sh --all --yes"
((left == 0)) || die "$left parts are left" "mend what stands above and run this again"
put_state_aside aborted
rm -f -- "$STATE"
say "the source is as it was, but for the role $OUR_ROLE, changed settings and the extension pglogical"
