#!/usr/bin/env bash
# 50-cdc/dms/57-resume.sh: Resume tasks that have run, from where they stopped.
# Before: the cause of the stop mended.
# Again: resumes what stands still.
# Undo: 50-cdc/dms/56-stop.sh.
#
# Usage: 57-resume.sh [--anyway] [SLOT…]
#   --anyway   also where the checkpoint does not tell that nothing is lost
#   SLOT       only the tasks of these; all when none is given
#
# Resuming is the only way on for a task that has run: it goes on from its checkpoint. "start" would make the slot anew, which loses what was
# written since the stop; "reload-target" would empty the tables. What lies before the position that the slot has confirmed is delivered no more,
# whatever the checkpoint says, and the server does not say so either: so the two are compared before.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

slots=() anyway=""
while (($#)); do
  case $1 in
    --anyway) anyway=yes && shift ;;
    -*) usage_error "$1" ;;
    *) slots+=("$1") && shift ;;
  esac
done

# pass_over MESSAGE [HINT…]: this task stays stopped. The others are looked at all the same: each that stands keeps WAL on the source.
passed_over=0
pass_over() {
  local h
  passed_over=$((passed_over + 1))
  say "refused: $1"
  shift
  for h in "$@"; do hint "$h"; done
}

only_one
assert_source
assert_ours
chosen "${slots[@]}"
for slot in "${CHOSEN[@]}"; do
  task=$(task_of "$slot")
  look_at_task "$task"
  if [[ -z $TASK_ARN ]]; then
    pass_over "there is no task $task" "50-cdc/dms/53-deploy.sh"
    continue
  fi
  case $TASK_STATUS in
    running | starting)
      say "$task is $TASK_STATUS"
      continue
      ;;
    stopped | failed) ;;
    *)
      pass_over "$task is $TASK_STATUS" "a task that was never started: 50-cdc/dms/55-start.sh"
      continue
      ;;
  esac
  if being_restarted "$slot"; then
    pass_over "slot $slot is being restarted: its task is not to read from the new one" "finish 80-recovery/82-restart-slot.sh $slot --yes"
    continue
  fi
  position=$(position_of "$slot")
  made=$(state_get tasks "$slot" start_lsn)
  if [[ -z $position || $made != "$position" ]]; then
    pass_over "$task was not made for the position that $slot starts at now (${position:-not final yet})" "50-cdc/dms/58-delete.sh --slot $slot --yes, then 53-deploy.sh and 55-start.sh $slot"
    continue
  fi
  checkpoint=$(checkpoint_lsn "$TASK_CHECKPOINT")
  facts=()
  fields_on source facts -v slot="$slot" -v at="$position" -v checkpoint="${checkpoint:-0/0}" <<'SQL'
SELECT confirmed_flush_lsn, confirmed_flush_lsn > :'at'::pg_lsn, confirmed_flush_lsn > :'checkpoint'::pg_lsn, active
FROM pg_catalog.pg_replication_slots AS s WHERE slot_name = :'slot' AND restart_lsn IS NOT NULL AND coalesce(pg_catalog.to_jsonb(s) ->> 'wal_status', '') <> 'lost';
SQL
  if ((${#facts[@]} != 4)); then
    pass_over "slot $slot is gone or lost: there is nothing to go on with" "80-recovery/82-restart-slot.sh $slot"
    continue
  fi
  if [[ ${facts[3]} != f ]]; then
    pass_over "slot $slot is being read by somebody, and not by its task" "find out by whom (pg_stat_replication), and end it"
    continue
  fi
  doubt=""
  if [[ -n $TASK_CHECKPOINT && -z $checkpoint ]]; then
    doubt="its checkpoint cannot be read ($TASK_CHECKPOINT): whether slot $slot, which stands at ${facts[0]}, still delivers what follows it cannot be told"
  elif [[ -z $TASK_CHECKPOINT && ${facts[1]} == t ]]; then
    doubt="it has no checkpoint, and slot $slot has gone on from $position to ${facts[0]}: whether all of that was applied cannot be told"
  elif [[ -n $checkpoint && ${facts[2]} == t ]]; then
    doubt="its checkpoint $checkpoint lies before ${facts[0]}, from which on slot $slot delivers: what lies between would be missing without an error"
  fi
  if [[ -n $doubt ]]; then
    if [[ -z $anyway ]]; then
      pass_over "$task: $doubt" "80-recovery/82-restart-slot.sh $slot loads its tables anew" \
        "where you know that nothing was written to its tables in between: 50-cdc/dms/57-resume.sh --anyway $slot, then pgcutover verify --check rows --rows delta"
      continue
    fi
    warn "$task: $doubt"
  fi
  tell dms start-replication-task --replication-task-arn "$TASK_ARN" --start-replication-task-type resume-processing >/dev/null
  wait_for_task "$task" running 1800
  say "$task goes on"
done
((passed_over == 0)) || refuse "$passed_over of ${#CHOSEN[@]} tasks were not resumed" "what stands above says why; run this again when it is mended"
