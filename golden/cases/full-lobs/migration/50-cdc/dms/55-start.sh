#!/usr/bin/env bash
# 50-cdc/dms/55-start.sh: Start the tasks, one by one: they make their slots and load the tables.
# Before: the gate "cdc-ready", a look at mappings and settings, and a quiet hour: from here on the source is read by every task, and the target is written to.
# Again: starts those that were never started; a task that has run is only ever resumed.
# Undo: 80-recovery/83-full-restart.sh.
#
# Usage: 55-start.sh [--interval SECONDS] [--look SECONDS] [--max-age SECONDS] [--anyway] [SLOT…]
#   --interval SECONDS   between two starts (default 180)
#   --look SECONDS       how long to look for the slot that a task makes on the source (default 60)
#   --max-age SECONDS    how old a transaction may be that has written on the source and is open (default 300)
#   --anyway             also where one is older: the task waits for its end
#   SLOT                 only the tasks of these; all when none is given
#
# The one that loads longest comes first. A task is started once in its life: it makes its slot, waits for the transactions that write, and loads its tables.
# Started again it would load them a second time, on top of what is there. When they are loaded it stops by itself: 55-wait.sh waits for that. After the
# indexes are built it is resumed with 57-resume.sh.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

interval=180 look=60 max_age=300 anyway="" slots=()
while (($#)); do
  case $1 in
    --interval) interval=${2:?} && shift 2 ;;
    --look) look=${2:?} && shift 2 ;;
    --max-age) max_age=${2:?} && shift 2 ;;
    --anyway) anyway=yes && shift ;;
    -*) usage_error "$1" ;;
    *) slots+=("$1") && shift ;;
  esac
done
[[ $interval =~ ^[0-9]{1,5}$ ]] || usage_error "--interval $interval"
[[ $look =~ ^[0-9]{1,5}$ ]] || usage_error "--look $look"
[[ $max_age =~ ^[0-9]{1,5}$ ]] || usage_error "--max-age $max_age"

# By how long they take to load.
readonly ORDER=(dms_full_02 dms_full_01)

# not_empty SLOT prints the tables of its task that hold rows on the target; some of them, where there are many.
not_empty() {
  psql_on target -v slot="$1" -f - <<'SQL'
SET search_path = '';
SET row_security = off;
SELECT pg_catalog.format('SELECT %L WHERE EXISTS (SELECT FROM ONLY %I.%I)', pg_catalog.format('%I.%I', t.schema_name, t.table_name), t.schema_name, t.table_name)
FROM (VALUES
  ('dms_full_01', 'pgcutover', 'marker_dms_full_01'),
  ('dms_full_01', 'public', 'mails'),
  ('dms_full_02', 'pgcutover', 'marker_dms_full_02'),
  ('dms_full_02', 'public', 'files'),
  ('dms_full_02', 'public', 'names'),
  ('dms_full_02', 'public', 'traces')
) AS t(slot, schema_name, table_name) WHERE t.slot = :'slot' \gexec
SQL
}

# open_transactions prints those that have written and are older than --max-age, in whatever database: no slot is complete before they end.
open_transactions() {
  psql_on source -v max_age="$max_age" -f - <<'SQL'
SELECT pg_catalog.format('process %s (user %s, database %s, application %s), open for %s', pid, usename, datname, pg_catalog.quote_literal(application_name), pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - xact_start))
FROM pg_catalog.pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid() AND xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => :max_age) ORDER BY xact_start;
SELECT pg_catalog.format('prepared transaction %L (user %s, database %s), open for %s', gid, owner, database, pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - prepared))
FROM pg_catalog.pg_prepared_xacts WHERE prepared < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => :max_age) ORDER BY prepared;
SQL
}

# look_at_slots notes in READ every logical slot of the source's database that was not in BEFORE, decodes with the plan's plugin, and is read by a session of the
# role that AWS DMS logs in with, with the position that it had confirmed when it was first seen so. A slot that comes at the same time is anybody's.
look_at_slots() {
  local found=() i
  fields_on source found -v plugin=test_decoding -v role="$OUR_ROLE" <<'SQL'
SELECT s.slot_name, coalesce(s.confirmed_flush_lsn::text, '') FROM pg_catalog.pg_replication_slots AS s JOIN pg_catalog.pg_stat_activity AS a ON a.pid = s.active_pid
WHERE s.slot_type = 'logical' AND s.database = pg_catalog.current_database() AND s.plugin = :'plugin' AND a.usename = :'role';
SQL
  for ((i = 0; i < ${#found[@]}; i += 2)); do
    if [[ -z ${BEFORE[${found[i]}]:-} && -z ${READ[${found[i]}]:-} ]]; then READ[${found[i]}]=${found[i + 1]}; fi
  done
}

# note_slot SLOT notes the one in READ as that of its task, and sets own. Of several nobody knows.
note_slot() {
  own=""
  if ((${#READ[@]} == 1)); then
    own=${!READ[*]}
    note_task "$1" slot "$own"
    # One that still waits for a transaction has none.
    if [[ -n ${READ[$own]} ]]; then note_task "$1" slot_lsn "${READ[$own]}"; fi
  fi
}

# slots_there prints the logical slots of the source's database.
slots_there() {
  ask source "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE slot_type = 'logical' AND database = pg_catalog.current_database() ORDER BY slot_name"
}

only_one
assert_target
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
  made=$(state_get tasks "$slot" made_at)
  started=$(state_get tasks "$slot" started_at)
  [[ -n $made ]] || refuse "state.json does not know of task $task: it is of an earlier run" "50-cdc/dms/58-delete.sh --slot $slot --yes, then 53-deploy.sh"
  case $TASK_STATUS in
    running | starting)
      say "$task is $TASK_STATUS"
      continue
      ;;
  esac
  # A start that was noted and never got to AWS leaves a task that is ready and has no date of a start.
  if [[ -n $TASK_STARTED || (-n $started && $TASK_STATUS != ready) ]]; then
    look_at_load
    if [[ -n $LOAD_OVER ]]; then
      say "$task has loaded its tables"
      continue
    fi
    refuse "$task has run before and is $TASK_STATUS${TASK_WHY:+ ($TASK_WHY)}: started again it would load on top of what is there" \
      "where it has stopped in the middle of its load: 80-recovery/83-full-restart.sh" "where it has loaded its tables: 50-cdc/dms/57-resume.sh $slot"
  fi
  [[ $TASK_STATUS == ready ]] || refuse "$task is $TASK_STATUS" "wait until it is ready"
  check_endpoint "$(source_of "$slot")"
  full=$(not_empty "$slot")
  [[ -z $full ]] || refuse "tables of $slot hold rows on the target, and AWS DMS neither empties them nor looks: $(head -n 3 <<<"$full" | paste -sd, -)" \
    "find out whose they are; what an earlier run has loaded is emptied by 80-recovery/83-full-restart.sh"
  starting+=("$slot")
done
if ((${#starting[@]} > 0)); then
  open=$(open_transactions)
  if [[ -n $open ]]; then
    if [[ -z $anyway ]]; then
      refuse "transactions have written on the source and are open: tasks wait for their end, and what they change may be neither loaded nor applied where AWS DMS waits no longer: $(head -n 5 <<<"$open" | paste -sd\; -)" \
        "let them end, or end them: SELECT pg_terminate_backend(PROCESS), ROLLBACK PREPARED" "to start although they are open: --anyway"
    fi
    warn "open on the source: $(head -n 5 <<<"$open" | paste -sd\; -)"
  fi
fi

for ((i = 0; i < ${#starting[@]}; i++)); do
  slot=${starting[i]}
  task=$(task_of "$slot")
  look_at_task "$task"
  declare -A BEFORE=() READ=()
  slots_there >"$TMP/before"
  while IFS= read -r name; do BEFORE[$name]=there; done <"$TMP/before"
  # Noted first: should this end in between, the task counts as one that may have run.
  note_task "$slot" started_at "$(now)"
  begun=$(state_get full started_at)
  if [[ -z $begun ]]; then printf '{"full": %s}\n' "$(json_object started_at "$(now)")" | state_merge; fi
  if ! "$AWS" dms start-replication-task --replication-task-arn "$TASK_ARN" --start-replication-task-type start-replication >/dev/null 2>"$TMP/aws"; then
    hint "once what is wrong is mended run this again: a task that AWS DMS shows as ready, without a date of its start, has not run"
    aws_failed "aws dms start-replication-task for $task"
  fi
  # A small load is over before anybody looks.
  for ((waited = 0; ; waited += 5)); do
    look_at_task "$task"
    look_at_load
    look_at_slots
    if [[ $TASK_STATUS == running || -n $LOAD_OVER ]]; then break; fi
    case $TASK_STATUS in
      failed | failed-move | stopped)
        note_slot "$slot"
        die "task $task is $TASK_STATUS: ${TASK_WHY:-AWS DMS does not say why}" "its log is in CloudWatch, group dms-tasks-$DMS_INSTANCE"
        ;;
    esac
    ((waited < 1800)) || die "task $task is still $TASK_STATUS after half an hour" "look at it in the console: it may wait for transactions that write on the source"
    sleep 5
  done
  # The names of its slots are AWS DMS's own. Tasks start one by one, so the slot that comes with a task, and that its role reads, is its slot: the gates look at it.
  for ((waited = 0; waited <= look && ${#READ[@]} == 0; waited += 2)); do
    look_at_slots
    if ((${#READ[@]} > 0)); then break; fi
    sleep 2
  done
  note_slot "$slot"
  say "$task loads its tables${own:+; its slot on the source is $own}"
  if [[ -z $own ]]; then
    warn "which slot it has on the source cannot be told: of those that have come since it started $OUR_ROLE was seen to read ${#READ[@]} that decode with the plan's plugin"
    hint "57-resume.sh does not go on with it unless it is told to; select * from pg_replication_slots on the source"
  fi
  if ((i + 1 < ${#starting[@]} && interval > 0)); then
    say "the next one starts in $interval s"
    sleep "$interval"
  fi
done
say "every task is started"
hint "next: 50-cdc/dms/55-wait.sh"
