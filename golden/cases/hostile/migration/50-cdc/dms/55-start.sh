#!/usr/bin/env bash
# 50-cdc/dms/55-start.sh: Start the tasks at their positions, one by one.
# Before: 54-test-connections.sh, the gate "cdc-ready", and a look at mappings and settings: from here on the target is written to.
# Again: starts those that were never started; a task that has run is only ever resumed.
# Undo: 50-cdc/dms/56-stop.sh; what has been applied stays applied.
#
# Usage: 55-start.sh [--interval SECONDS] [SLOT…]
#   --interval SECONDS   between two starts (default 180)
#   SLOT                 only the tasks of these; all when none is given
#
# The one that catches up slowest comes first. A task is started once in its life: starting it again would make its slot anew and lose what was
# written since, and nothing would say so. One that has run is resumed with 57-resume.sh.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

interval=180 slots=()
while (($#)); do
  case $1 in
    --interval) interval=${2:?} && shift 2 ;;
    -*) usage_error "$1" ;;
    *) slots+=("$1") && shift ;;
  esac
done
[[ $interval =~ ^[0-9]{1,5}$ ]] || usage_error "--interval $interval"

# By how long they take to catch up.
readonly ORDER=(dms_slot_01)

only_one
assert_source
assert_ours
chosen "${slots[@]}"
look_at_instance
[[ -n $INSTANCE_ARN ]] || refuse "there is no replication instance $DMS_INSTANCE" "50-cdc/dms/53-deploy.sh"

check_endpoint "$DMS_TARGET"

# Everything is looked at before anything starts.
starting=()
for slot in "${ORDER[@]}"; do
  case " ${CHOSEN[*]} " in *" $slot "*) ;; *) continue ;; esac
  task=$(task_of "$slot")
  look_at_task "$task"
  [[ -n $TASK_ARN ]] || refuse "there is no task $task" "50-cdc/dms/53-deploy.sh"
  if being_restarted "$slot"; then refuse "slot $slot is being restarted" "finish 80-recovery/82-restart-slot.sh $slot"; fi
  position=$(position_of "$slot")
  [[ -n $position ]] || refuse "the load has not finished, so the position of $slot is not final" "40-load/42-load.sh"
  made=$(state_get tasks "$slot" start_lsn)
  started=$(state_get tasks "$slot" started_at)
  [[ $made == "$position" ]] \
    || refuse "the task of $slot was not made for position $position, which state.json has" "50-cdc/dms/58-delete.sh --slot $slot --yes, then 53-deploy.sh"
  case $TASK_STATUS in
    running | starting)
      say "$task is $TASK_STATUS"
      continue
      ;;
  esac
  # A start that was noted and never got to AWS leaves a task that is ready and has no date of a start.
  if [[ -n $TASK_STARTED || (-n $started && $TASK_STATUS != ready) ]]; then
    refuse "$task has run before and is $TASK_STATUS${TASK_WHY:+ ($TASK_WHY)}: started again it would lose its place" "50-cdc/dms/57-resume.sh $slot"
  fi
  [[ $TASK_STATUS == ready ]] || refuse "$task is $TASK_STATUS" "wait until it is ready"
  check_endpoint "$(source_of "$slot")"
  facts=()
  fields_on source facts -v slot="$slot" -v at="$position" <<'SQL'
SELECT active, coalesce(restart_lsn IS NULL OR confirmed_flush_lsn > :'at'::pg_lsn, true), confirmed_flush_lsn = :'at'::pg_lsn, confirmed_flush_lsn
FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot';
SQL
  ((${#facts[@]} == 4)) || refuse "slot $slot is not there" "80-recovery/82-restart-slot.sh $slot"
  [[ ${facts[0]} == f ]] || refuse "slot $slot is being read by somebody" "find out by whom (pg_stat_replication), and end it"
  [[ ${facts[1]} == f ]] || refuse "slot $slot cannot deliver what follows $position (it stands at ${facts[3]})" "80-recovery/82-restart-slot.sh $slot"
  [[ ${facts[2]} == t ]] || refuse "slot $slot stands at ${facts[3]}, and not at $position, where its task starts" "50-cdc/dms/52-trim.sh"
  starting+=("$slot")
done

for ((i = 0; i < ${#starting[@]}; i++)); do
  slot=${starting[i]}
  task=$(task_of "$slot")
  position=$(position_of "$slot")
  look_at_task "$task"
  # Noted first: should this end in between, the task counts as one that may have run.
  note_task "$slot" start_lsn "$position" started_at "$(now)"
  begun=$(state_get cdc_started_at)
  if [[ -z $begun ]]; then json_object cdc_started_at "$(now)" | state_merge; fi
  # The position is in the task; AWS's API reference wants it at the start, too.
  if ! "$AWS" dms start-replication-task --replication-task-arn "$TASK_ARN" --start-replication-task-type start-replication --cdc-start-position "$position" >/dev/null 2>"$TMP/aws"; then
    hint "once what is wrong is mended run this again: a task that AWS DMS shows as ready, without a date of its start, has not run"
    aws_failed "aws dms start-replication-task for $task"
  fi
  wait_for_task "$task" running 1800
  say "$task runs, from $position"
  if ((i + 1 < ${#starting[@]} && interval > 0)); then
    say "the next one starts in $interval s"
    sleep "$interval"
  fi
done
say "every task runs; a warning about swapping or paused reading is normal while they catch up"
