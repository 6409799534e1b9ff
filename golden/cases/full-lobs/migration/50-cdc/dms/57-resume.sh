#!/usr/bin/env bash
# 50-cdc/dms/57-resume.sh: Resume the tasks: they apply the changes since their start, and go on.
# Before: the builds are done (40-load/42-load.sh) and the gate "loaded" passed; later, after a stop, the cause of it mended.
# Again: resumes what stands still.
# Undo: 50-cdc/dms/56-stop.sh; what has been applied stays applied.
#
# Usage: 57-resume.sh [--anyway] [SLOT…]
#   --anyway   also where the checkpoint, or a slot that was not noted, does not tell that nothing is lost
#   SLOT       only the tasks of these; all when none is given
#
# The first time this has the tasks apply what has changed since their start; from then on it is the only way on for a task that has stopped: it goes on from
# its checkpoint. "start" would load the tables again, on top of what is there; "reload-target" would not empty them either. What lies before the
# position that a slot has confirmed is delivered no more, whatever the checkpoint says, and the server does not say so: so the two are compared before.
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
built=$(state_get load finished_at)

# note_resumed SLOT: from here on its task counts as one that applies changes. Only the first time is noted.
note_resumed() {
  local first begun
  first=$(state_get tasks "$1" resumed_at)
  if [[ -z $first ]]; then note_task "$1" resumed_at "$(now)"; fi
  begun=$(state_get cdc_started_at)
  if [[ -z $begun ]]; then json_object cdc_started_at "$(now)" | state_merge; fi
}

# idle_slots prints the slots that a task whose slot was not noted may have.
idle_slots() {
  ask source "SELECT pg_catalog.string_agg(pg_catalog.format('%s (delivers from %s on)', s.slot_name, s.confirmed_flush_lsn), ', ' ORDER BY s.slot_name)
FROM pg_catalog.pg_replication_slots AS s
WHERE s.slot_type = 'logical' AND s.database = pg_catalog.current_database() AND s.plugin = :'plugin' AND NOT s.active AND s.restart_lsn IS NOT NULL AND coalesce(pg_catalog.to_jsonb(s) ->> 'wal_status', '') <> 'lost'
  AND NOT EXISTS (SELECT FROM pg_catalog.jsonb_each(:'tasks'::jsonb) AS t WHERE t.value ->> 'slot' = s.slot_name)" "plugin="test_decoding "tasks=$(state_get tasks)"
}
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
      # Resumed by a run of this that was cut off, or by hand.
      loaded=$(state_get tasks "$slot" loaded_at)
      if [[ -n $loaded && -n $built ]]; then note_resumed "$slot"; fi
      continue
      ;;
    stopped | failed) ;;
    *)
      pass_over "$task is $TASK_STATUS" "a task that was never started: 50-cdc/dms/55-start.sh"
      continue
      ;;
  esac
  loaded=$(state_get tasks "$slot" loaded_at)
  if [[ -z $loaded ]]; then
    pass_over "state.json does not know that $task has loaded its tables" "50-cdc/dms/55-wait.sh"
    continue
  fi
  if [[ -z $built ]]; then
    pass_over "indexes are not built: changes would be applied without them, row by row through whole tables" "40-load/42-load.sh"
    continue
  fi
  own=$(state_get tasks "$slot" slot)
  doubt=""
  if [[ -n $own ]]; then
    checkpoint=$(checkpoint_lsn "$TASK_CHECKPOINT")
    facts=()
    fields_on source facts -v slot="$own" -v checkpoint="${checkpoint:-FFFFFFFF/FFFFFFFF}" <<'SQL'
SELECT confirmed_flush_lsn, confirmed_flush_lsn > :'checkpoint'::pg_lsn, active
FROM pg_catalog.pg_replication_slots AS s WHERE slot_name = :'slot' AND restart_lsn IS NOT NULL AND coalesce(pg_catalog.to_jsonb(s) ->> 'wal_status', '') <> 'lost';
SQL
    if ((${#facts[@]} != 3)); then
      pass_over "slot $own of $task is gone or lost: there is nothing to go on with" "80-recovery/83-full-restart.sh, to load everything anew"
      continue
    fi
    if [[ ${facts[2]} != f ]]; then
      pass_over "slot $own is being read, and not by $task, which stands still" "find out by whom (pg_stat_replication), and end it"
      continue
    fi
    if [[ -n $TASK_CHECKPOINT && -z $checkpoint ]]; then
      doubt="its checkpoint cannot be read ($TASK_CHECKPOINT): whether slot $own, which stands at ${facts[0]}, still delivers what follows it cannot be told"
    elif [[ -n $checkpoint && ${facts[1]} == t ]]; then
      doubt="its checkpoint $checkpoint lies before ${facts[0]}, from which on slot $own delivers: what lies between would be missing without an error"
    fi
  else
    idle=$(idle_slots)
    if [[ -z $idle ]]; then
      pass_over "$task: which slot it has on the source was not noted, and no idle slot of the plan's plugin is there that could be it: there is nothing to go on with" "80-recovery/83-full-restart.sh, to load everything anew"
      continue
    elif [[ -z $anyway ]]; then
      pass_over "$task: which slot it has on the source was not noted, so whether it is there, and where it stands, cannot be told" \
        "slots of the plan's plugin that nobody reads and that are not lost, its own has to be one: $idle" \
        "where it is (the log of the task names it) and nobody else has read it: 50-cdc/dms/57-resume.sh --anyway $slot; else 80-recovery/83-full-restart.sh"
      continue
    fi
    warn "$task: which slot it has on the source was not noted, so its position is not looked at; it may be one of $idle"
  fi
  if [[ -n $doubt ]]; then
    resumed=$(state_get tasks "$slot" resumed_at)
    # While it loads a task keeps the changes on its instance, and confirms what it has read.
    if [[ -z $resumed ]]; then
      say "$task: $doubt, unless they are what it has kept while it loaded"
    elif [[ -z $anyway ]]; then
      pass_over "$task: $doubt" "80-recovery/83-full-restart.sh loads everything anew" \
        "where you know that nothing was written to its tables in between: 50-cdc/dms/57-resume.sh --anyway $slot, then pgcutover verify --check rows"
      continue
    else
      warn "$task: $doubt"
    fi
  fi
  # Noted first: should this end in between, changes may have been applied, and the rows that were loaded are no measure any more.
  first=$(state_get tasks "$slot" resumed_at)
  begun=$(state_get cdc_started_at)
  note_resumed "$slot"
  if ! "$AWS" dms start-replication-task --replication-task-arn "$TASK_ARN" --start-replication-task-type resume-processing >/dev/null 2>"$TMP/aws"; then
    # A call that was denied has resumed nothing; of any other nobody knows.
    if [[ -z $first ]] && grep -qF AccessDenied "$TMP/aws"; then
      known=$(state_get tasks "$slot")
      printf '{"tasks": {%s: %s}%s}\n' "$(json_string "$slot")" "$(ask "$STATE_SERVER" "SELECT :'known'::jsonb - 'resumed_at'" "known=$known")" "$([[ -n $begun ]] || printf ', "cdc_started_at": null')" | state_merge
    fi
    aws_failed "aws dms start-replication-task for $task"
  fi
  wait_for_task "$task" running 1800
  say "$task goes on"
done
((passed_over == 0)) || refuse "$passed_over of ${#CHOSEN[@]} tasks were not resumed" "what stands above says why; run this again"
