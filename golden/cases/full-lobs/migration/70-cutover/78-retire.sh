#!/usr/bin/env bash
# 70-cutover/78-retire.sh: Prove that the slots of AWS DMS are gone from the source.
# Before: the application works on the target, and 50-cdc/dms/58-delete.sh has deleted the tasks.
# Again: does what is left.
#
# Usage: 78-retire.sh [--yes] [--all] [--tasks-deleted] [--leave SLOT]…
#   --yes             do it; without it this says what it would do
#   --all             the time to go back has passed: the markers of the source go too
#   --tasks-deleted   somebody has seen that the tasks are gone, where the AWS CLI cannot be asked
#   --leave SLOT      a slot on the source, not noted, that somebody has found to be no task's of this plan: it stays
#
# AWS DMS drops the slots on the source with their tasks. One that it leaves behind keeps WAL until the disk is full.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" all="" deleted="" LEAVE=()
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --all) all=yes && shift ;;
    --tasks-deleted) deleted=yes && shift ;;
    --leave) LEAVE+=("${2:?}") && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
if [[ -z $yes ]]; then
  say "this would drop what is left of the slots of AWS DMS on the source${all:+, and all that this migration made there}"
  refuse "nothing was done" "to do it, add --yes"
fi

# task_status SLOT prints the status of its task, nothing where AWS DMS has none. The AWS CLI is needed for nothing else here, so it is asked in a process
# of its own.
task_status() (
  # shellcheck source=../50-cdc/dms/aws.sh
  source "$BUNDLE/50-cdc/dms/aws.sh"
  look_at_task "$(task_of "$1")"
  [[ ! -e $TMP/ended ]] || exit 2 # a call that failed
  if [[ -z $TASK_ARN ]]; then assert_here; else printf '%s\n' "$TASK_STATUS"; fi
)

# tasks_left FLAG SLOT… calls "problem" for each whose task is not known to be gone: it could be resumed, and would go on from a position that is void. A
# task that state.json knows nothing of was never made.
tasks_left() {
  local flag=$1 slot status known
  shift
  for slot in "$@"; do
    known=$(state_get tasks "$slot")
    [[ -n $known ]] || continue
    if ! status=$(attempt task_status "$slot"); then
      problem "whether the task of $slot is gone cannot be told" "let the AWS CLI answer here; where somebody has seen that it is deleted, add $flag"
    elif [[ -n $status ]]; then
      problem "the task of $slot is there ($status)" "50-cdc/dms/56-stop.sh --yes $slot, then 50-cdc/dms/58-delete.sh --slot $slot --yes"
    fi
  done
}

readonly PLUGIN=test_decoding

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

only_one
assert_source
assert_target
[[ $(ask target "SELECT pg_catalog.to_regclass('pgcutover.restored') IS NOT NULL") == t ]] || refuse "the cutover is not done: 74-constraints.sh has not run on the target" "to end the migration before it: 80-recovery/81-abort.sh"
drained=$(state_get drain lsn)
[[ -n $drained ]] || refuse "state.json has no drain: the cutover was called off" "to end the migration: 80-recovery/81-abort.sh"
problems=0
problem() { problems=$((problems + 1)) && say "problem: $1" && hint "$2"; }
if [[ -z $deleted ]]; then tasks_left --tasks-deleted "${OUR_SLOTS[@]}"; fi
((problems == 0)) || refuse "nothing was changed" "50-cdc/dms/58-delete.sh --all --yes comes first"
drop_dms_slots
((LEFT == 0)) || refuse "$LEFT slots are left" "mend what stands above and run this again"
json_object retired_at "$(now)" | state_merge
if [[ -z $all ]]; then
  say "the source keeps no WAL for this migration any more; it stays frozen and whole"
  hint "when nobody wants to go back any more: $SCRIPT.sh --yes --all"
  exit 0
fi

# The source goes on being frozen: what keeps it so is remembered in schema pgcutover, which therefore stays.
psql_on source -v slots="$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")" -f - <<'SQL'
SET default_transaction_read_only = off;
SET client_min_messages = warning;
SET lock_timeout = '10s';
SELECT pg_catalog.format('DROP TABLE IF EXISTS pgcutover.%I', 'marker_' || o.slot) FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot) \gexec
SQL
say "the source holds nothing of this migration but what keeps it frozen (schema pgcutover) and the role $OUR_ROLE"
