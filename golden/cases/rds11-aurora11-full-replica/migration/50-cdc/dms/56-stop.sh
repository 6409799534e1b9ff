#!/usr/bin/env bash
# 50-cdc/dms/56-stop.sh: Stop the tasks, so that nothing but the application writes to the target from here on.
# Before: at the cutover: the source is drained (72-drain.sh); at any other time their slots keep what follows; never during the full load, which cannot go on from the middle and begins anew (it refuses without --yes).
# Again: stops what runs.
# Undo: 50-cdc/dms/57-resume.sh.
#
# Usage: 56-stop.sh [--yes] [SLOT…]
#   --yes  also a task that has not loaded its tables: what it has loaded is lost
#   SLOT   only the tasks of these; all when none is given
#
# A task that is stopped in the middle of its load does not go on from there: everything is loaded anew, by 80-recovery/83-full-restart.sh. One that applies
# changes is resumed with 57-resume.sh.
#
# The slots of stopped tasks keep WAL on the source: look at its disk.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

slots=() yes=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    -*) usage_error "$1" ;;
    *) slots+=("$1") && shift ;;
  esac
done

only_one
assert_source
assert_ours
chosen "${slots[@]}"
loading=()
for slot in "${CHOSEN[@]}"; do
  look_at_task "$(task_of "$slot")"
  case ${TASK_STATUS:-} in running | starting) ;; *) continue ;; esac
  started=$(state_get tasks "$slot" started_at)
  loaded=$(state_get tasks "$slot" loaded_at)
  if [[ -n $started && -z $loaded ]]; then loading+=("$(task_of "$slot")"); fi
done
if ((${#loading[@]} > 0)) && [[ -z $yes ]]; then
  refuse "in the middle of their load, or not seen to have ended it: ${loading[*]}. Stopped, a load cannot go on: the tables of all tasks are emptied and loaded anew" \
    "wait for its end: 50-cdc/dms/55-wait.sh" "to give the load up: $SCRIPT.sh --yes, then 58-delete.sh for each task and 80-recovery/83-full-restart.sh --yes"
fi
stopping=()
for slot in "${CHOSEN[@]}"; do
  task=$(task_of "$slot")
  look_at_task "$task"
  case ${TASK_STATUS:-} in
    running | starting)
      tell dms stop-replication-task --replication-task-arn "$TASK_ARN" >/dev/null
      stopping+=("$task")
      ;;
    stopping) stopping+=("$task") ;;
    *) say "$task is ${TASK_STATUS:-not there}" ;;
  esac
done
for task in "${stopping[@]}"; do
  wait_for_task "$task" stopped 1800
  say "$task is stopped"
done
if ((${#stopping[@]} > 0)); then note_step; fi
