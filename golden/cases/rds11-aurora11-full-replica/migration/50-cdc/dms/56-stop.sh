#!/usr/bin/env bash
# 50-cdc/dms/56-stop.sh: Stop the tasks, so that nothing but the application writes to the target from here on.
# Before: at the cutover: the source is drained (72-drain.sh); at any other time their slots keep what follows.
# Again: stops what runs.
# Undo: 50-cdc/dms/57-resume.sh.
#
# Usage: 56-stop.sh [SLOT…]
#   SLOT   only the tasks of these; all when none is given
#
# The slots of stopped tasks keep WAL on the source: look at its disk.
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
assert_ours
chosen "${slots[@]}"
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
