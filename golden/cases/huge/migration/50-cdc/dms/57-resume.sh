#!/usr/bin/env bash
# 50-cdc/dms/57-resume.sh: Resume tasks that have run, from where they stopped.
# Before: the cause of the stop mended.
# Again: resumes what stands still.
# Undo: 50-cdc/dms/56-stop.sh.
#
# Usage: 57-resume.sh [SLOT…]
#   SLOT   only the tasks of these; all when none is given
#
# Resuming is the only way on for a task that has run: it goes on from its checkpoint. "start" would make the slot anew, which loses what was
# written since the stop; "reload-target" would empty the tables.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

slots=()
while (($#)); do
  case $1 in
    -*) usage_error "$1" ;;
    *) slots+=("$1") && shift ;;
  esac
done

only_one
assert_source
chosen "${slots[@]}"
for slot in "${CHOSEN[@]}"; do
  task=$(task_of "$slot")
  look_at_task "$task"
  [[ -n $TASK_ARN ]] || refuse "there is no task $task" "50-cdc/dms/53-deploy.sh"
  case $TASK_STATUS in
    running | starting)
      say "$task is $TASK_STATUS"
      continue
      ;;
    stopped | failed) ;;
    *) refuse "$task is $TASK_STATUS" "a task that was never started: 50-cdc/dms/55-start.sh" ;;
  esac
  if being_restarted "$slot"; then refuse "slot $slot is being restarted: its task is not to read from the new one" "finish 80-recovery/82-restart-slot.sh $slot"; fi
  position=$(position_of "$slot")
  [[ -n $position && $(state_get tasks "$slot" start_lsn) == "$position" ]] \
    || refuse "$task was not made for the position that $slot starts at now (${position:-not final yet})" "50-cdc/dms/58-delete.sh --slot $slot --yes, then 53-deploy.sh and 55-start.sh $slot"
  lost=$(ask source "SELECT count(*) FROM pg_catalog.pg_replication_slots AS s WHERE slot_name = :'slot' AND restart_lsn IS NOT NULL AND coalesce(pg_catalog.to_jsonb(s) ->> 'wal_status', '') <> 'lost'" "slot=$slot")
  [[ $lost == 1 ]] || refuse "slot $slot is gone or lost: there is nothing to go on with" "80-recovery/82-restart-slot.sh $slot"
  tell dms start-replication-task --replication-task-arn "$TASK_ARN" --start-replication-task-type resume-processing >/dev/null
  wait_for_task "$task" running 1800
  say "$task goes on"
done
