#!/usr/bin/env bash
# 80-recovery/81-abort.sh: End the migration on the source: drop the markers, and what is left of slots that AWS DMS made.
# Again: goes on with what is left.
#
# Usage: 81-abort.sh --yes [--target [--tasks-deleted]] [--leave SLOT]…
#   --yes      do it; without it this says what it would do
#   --target   empty the target too (80-recovery/83-full-restart.sh does it on its own)
#   --tasks-deleted  with --target: somebody has seen that the tasks are gone, where the AWS CLI cannot be asked
#   --leave SLOT     a slot on the source, not noted, that somebody has found to be no task's of this plan: it stays
#
# Ends the migration on the source: what is left of the slots that AWS DMS made, and the markers. Only what this run made is touched. The role of change
# data capture and changed settings stay. What cannot be reached is left for the next run of this script. Nothing is done in AWS: stop the tasks
# before (50-cdc/dms/56-stop.sh --yes), and delete them and the rest with 50-cdc/dms/58-delete.sh, which takes their slots with them.
#
# When the source's disk fills: 50-cdc/dms/56-stop.sh --yes, then this frees it.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" with_target="" deleted="" LEAVE=()
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --target) with_target=yes && shift ;;
    --tasks-deleted) deleted=yes && shift ;;
    --leave) LEAVE+=("${2:?}") && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
if [[ -z $yes ]]; then
  say "this would drop what is left of the slots of AWS DMS, and schema $OUR_SCHEMA on the source"
  refuse "nothing was done" "to do it, add --yes"
fi

readonly PLUGIN=pglogical

# drop_dms_slots drops what is left of the slots that 55-start.sh has seen AWS DMS make, and counts in LEFT those that are still being read, and those that may be
# a task's where a task has none noted; --leave has put those that are not into LEAVE. AWS DMS drops its slots itself when it deletes their tasks.
drop_dms_slots() {
  local found=() i noted unnoted dropped
  LEFT=0
  noted=$(state_get tasks)
  noted=${noted:-{\}}
  fields_on source found -v plugin="$PLUGIN" -v tasks="$noted" <<'SQL'
SELECT s.slot_name, s.plugin = :'plugin', s.active FROM pg_catalog.pg_replication_slots AS s JOIN pg_catalog.jsonb_each(:'tasks'::jsonb) AS t ON t.value ->> 'slot' = s.slot_name
WHERE s.slot_type = 'logical' AND s.database = pg_catalog.current_database() ORDER BY s.slot_name;
SQL
  for ((i = 0; i < ${#found[@]}; i += 3)); do
    if [[ ${found[i + 1]} != t ]]; then
      warn "slot ${found[i]} has the name of one that was noted, and decodes with another plugin: it is not the task's, and left alone"
      continue
    fi
    if [[ ${found[i + 2]} == t ]]; then
      LEFT=$((LEFT + 1))
      warn "slot ${found[i]} is being read: left alone"
      hint "50-cdc/dms/56-stop.sh stops the task that reads it; then run this again"
      continue
    fi
    # Looked at once more: between the two a slot may have got a reader, or gone.
    dropped=$(ask source "SELECT s.slot_name, pg_catalog.pg_drop_replication_slot(s.slot_name) FROM pg_catalog.pg_replication_slots AS s JOIN pg_catalog.jsonb_each(:'tasks'::jsonb) AS t ON t.value ->> 'slot' = s.slot_name
WHERE s.slot_name = :'slot' AND s.plugin = :'plugin' AND s.database = pg_catalog.current_database() AND NOT s.active" "slot=${found[i]}" "plugin=$PLUGIN" "tasks=$noted")
    if [[ -n $dropped ]]; then
      say "slot ${found[i]} dropped: the source may remove the WAL that it kept"
    else
      LEFT=$((LEFT + 1))
      warn "slot ${found[i]} has changed just now: left alone"
      hint "run this again"
    fi
  done
  unnoted=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.jsonb_each(:'tasks'::jsonb) AS t WHERE t.value ->> 'started_at' IS NOT NULL AND t.value ->> 'slot' IS NULL" "tasks=$noted")
  fields_on source found -v plugin="$PLUGIN" -v tasks="$noted" <<'SQL'
SELECT s.slot_name, s.plugin = :'plugin', pg_catalog.format('slot %s (%s, %s)', s.slot_name, s.plugin, CASE WHEN s.active THEN 'in use' ELSE 'not in use' END)
FROM pg_catalog.pg_replication_slots AS s
WHERE s.slot_type = 'logical' AND s.database = pg_catalog.current_database() AND s.slot_name NOT IN (SELECT t.value ->> 'slot' FROM pg_catalog.jsonb_each(:'tasks'::jsonb) AS t WHERE t.value ->> 'slot' IS NOT NULL)
ORDER BY s.slot_name;
SQL
  for ((i = 0; i < ${#found[@]}; i += 3)); do
    case " ${LEAVE[*]} " in *" ${found[i]} "*) continue ;; esac
    # What nobody has noted is not known to be ours.
    warn "${found[i + 2]} is there, and nobody has noted whose it is: where it was made by a task of this plan it keeps WAL until it is dropped"
    if [[ $unnoted != 0 && ${found[i + 1]} == t ]]; then
      LEFT=$((LEFT + 1))
      hint "which slot a task had was not noted $unnoted times, so this may be one: where it is, on the source: SELECT pg_drop_replication_slot('${found[i]}')" "where it is somebody else's: run this again with --leave ${found[i]}"
    fi
  done
}

# name_pglogical names the node and the sets of pglogical that are on the source, and sets PGLOGICAL where there are some. AWS DMS makes its own; nothing tells them
# from those of others, so they stay.
name_pglogical() {
  local found=() i
  PGLOGICAL=""
  if ! fields_on source found <<'SQL'
SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'pglogical' AND c.relname = 'local_node') AS there \gset
\if :there
SELECT n.node_name, pg_catalog.quote_literal(n.node_name), (SELECT pg_catalog.string_agg(r.set_name::text, ', ' ORDER BY r.set_name::text) FROM pglogical.replication_set AS r WHERE r.set_nodeid = n.node_id)
FROM pglogical.local_node AS l JOIN pglogical.node AS n ON n.node_id = l.node_id;
\endif
SQL
  then
    PGLOGICAL=yes
    warn "whether a node of pglogical is left on the source cannot be told"
    hint "as a superuser: SELECT * FROM pglogical.node"
    return 0
  fi
  for ((i = 0; i < ${#found[@]}; i += 3)); do
    PGLOGICAL=yes
    warn "the source has node ${found[i]} of pglogical${found[i + 2]:+ with the replication sets ${found[i + 2]}}: AWS DMS makes one for its tasks, and leaves it there"
    hint "where it is not somebody else's: SELECT pglogical.drop_node(${found[i + 1]}), which takes its sets along"
  done
}

only_one
left=0
assert_source
drop_dms_slots
left=$LEFT
# After 71-freeze.sh nothing but a slot can be dropped: transactions are read-only, and pgcutover.frozen holds the way back.
frozen=$(frozen_now source)

drop_markers() {
  local slot
  for slot in "${OUR_SLOTS[@]}"; do
    ask source "SET client_min_messages = warning; SET lock_timeout = '10s'; DROP TABLE IF EXISTS :\"schema\".:\"marker\"" "schema=$OUR_SCHEMA" "marker=marker_$slot" || return
  done
  ask source "SET client_min_messages = warning; SET lock_timeout = '10s'; DROP SCHEMA IF EXISTS :\"schema\"" "schema=$OUR_SCHEMA"
}
if ((LEFT > 0)); then
  warn "the markers stay as long as a task reads from the source"
elif [[ $frozen == t ]]; then
  left=$((left + 1))
  warn "the source is frozen for the cutover; schema $OUR_SCHEMA stays until it is not"
  hint "run 70-cutover/76-unfreeze.sh first, then this again"
else
  drop_markers || { left=$((left + 1)) && warn "schema $OUR_SCHEMA could not be removed from the source"; }
fi

# The rest may be out of reach just now; that must not keep the source from being freed.
if attempt assert_target; then
  ended=$(end_load_sessions target)
  ((ended == 0)) || say "$ended sessions of the builds ended on the target"
  if [[ -n $with_target ]]; then "$BUNDLE/80-recovery/83-full-restart.sh" --yes --only-target ${deleted:+--tasks-deleted} || left=$((left + 1)); fi
else
  left=$((left + 1))
  warn "the target was not looked at; builds may still run there"
fi

warn "what 53-deploy.sh may have made in AWS stays, and is paid for by the hour: replication instance shop-dms with its endpoints, tasks and alarms"
hint "50-cdc/dms/58-delete.sh --all --yes"
((left == 0)) || die "$left parts are left" "mend what stands above and run this again"
name_pglogical
put_state_aside aborted
rm -f -- "$STATE"
say "the source is as it was, but for the role $OUR_ROLE and changed settings${PGLOGICAL:+, and for what stands above of pglogical}"
