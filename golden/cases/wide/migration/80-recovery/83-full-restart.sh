#!/usr/bin/env bash
# 80-recovery/83-full-restart.sh: Empty the target and begin again at the pause.
# Again: finds nothing left to do.
#
# Usage: 83-full-restart.sh --yes [--new-slots] [--only-target] [--after-cutover] [--tasks-deleted]
#   --yes           do it; without it this says what it would do
#   --new-slots     drop our slots too, which frees the WAL they keep; 17-slots.sh makes them anew
#   --only-target   leave source, replica and state.json alone
#   --after-cutover  empty the target although 70-cutover/74-constraints.sh has run there: the application does not use it
#   --tasks-deleted  somebody has seen that the tasks are gone, where the AWS CLI cannot be asked
#
# Empties the target and begins again at the pause: node, sets and memberships stay, and so do slots that are well. It is the
# way out when the replica moved or was restarted during the load, when several slots are lost, after a failover of the
# source, and when data was found to differ. Where tables have changed since the plan was made, make a new plan instead
# and drop the target's database.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" new_slots="" only_target="" after_cutover="" deleted=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --new-slots) new_slots=yes && shift ;;
    --only-target) only_target=yes && shift ;;
    --after-cutover) after_cutover=yes && shift ;;
    --tasks-deleted) deleted=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

if [[ -z $yes ]]; then
  say "this would empty the planned tables on the target, take their indexes and constraints away and forget what was loaded"
  if [[ -z $only_target ]]; then say "and resume the replica${new_slots:+, and drop the slots ${OUR_SLOTS[*]}}"; fi
  refuse "nothing was done" "to do it, stop and delete the tasks (50-cdc/dms/56-stop.sh, then 58-delete.sh --slot SLOT --yes for each), then add --yes"
fi

only_one
schema=""
assert_target
[[ -n $after_cutover ]] || refuse_after_cutover "when the application does not use it and its data may go: --after-cutover"
# keep_evidence NAME SLOT… keeps how the slots stand, and what AWS DMS has noted on the target about their tasks, before it is forgotten. Statements that failed hold
# values of rows: the file is for its owner alone, and git leaves it alone.
keep_evidence() {
  local dir=$STATE_DIR/evidence file rows slot names=""
  file=$dir/$1-$(date -u +%Y%m%dT%H%M%SZ).jsonl
  shift
  for slot in "$@"; do
    case $slot in
      dms_slot_01) names+=${names:+,}shop-task-01,shop-dms-slot-01 ;;
    esac
  done
  mkdir -p -- "$dir"
  chmod 700 -- "$dir"
  [[ -e $dir/.gitignore ]] || printf '*\n' >"$dir/.gitignore"
  : >"$TMP/evidence"
  chmod 600 -- "$TMP/evidence"
  # The source may be what is lost.
  attempt psql_on source -v slots="$(IFS=, && printf '%s' "$*")" -f - >>"$TMP/evidence" <<'SQL' || warn "how the slots stand could not be asked"
SELECT pg_catalog.jsonb_build_object('table', 'pg_replication_slots', 'row', pg_catalog.to_jsonb(s)) FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = ANY (pg_catalog.string_to_array(:'slots', ',')) ORDER BY s.slot_name;
SQL
  psql_on target -v names="$names" -f - >"$TMP/control" <<'SQL'
SELECT pg_catalog.format('SELECT pg_catalog.jsonb_build_object(''table'', %L, ''row'', pg_catalog.to_jsonb(t)) FROM %I.%I AS t WHERE t.%I = ANY (pg_catalog.string_to_array(%L, '',''))',
  c.relname, n.nspname, c.relname, a.attname, :'names')
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('TASK_NAME', 'task_name')
WHERE n.nspname = 'awsdms_control' AND c.relkind IN ('r', 'p') AND c.relname IN ('awsdms_apply_exceptions', 'awsdms_full_load_exceptions', 'awsdms_history', 'awsdms_status', 'awsdms_suspended_tables', 'awsdms_txn_state', 'awsdms_validation_failures_v1', 'awsdms_validation_failures_v2') ORDER BY c.relname \gexec
SELECT 'end';
SQL
  # A full disk would cut it.
  [[ $(tail -n 1 -- "$TMP/control") == end ]] || die "the rows of the control tables could not be kept" "room in ${TMPDIR:-/tmp}?"
  sed '$d' "$TMP/control" >>"$TMP/evidence"
  if [[ ! -s $TMP/evidence ]]; then return 0; fi
  rows=$(wc -l <"$TMP/evidence")
  cp -p -- "$TMP/evidence" "$file.next"
  mv -f -- "$file.next" "$file"
  say "$rows rows about $* kept as $file"
}

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
      problem "the task of $slot is there ($status)" "50-cdc/dms/56-stop.sh $slot, then 50-cdc/dms/58-delete.sh --slot $slot --yes"
    fi
  done
}

# control_rights calls "problem" where the role of the target's service may not read the control tables of AWS DMS, and delete from them.
control_rights() {
  local tables=() i
  fields_on target tables <<'SQL'
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.format('GRANT %I TO %I', pg_catalog.pg_get_userbyid(c.relowner), current_user)
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('TASK_NAME', 'task_name')
WHERE n.nspname = 'awsdms_control' AND c.relkind IN ('r', 'p') AND c.relname IN ('awsdms_apply_exceptions', 'awsdms_full_load_exceptions', 'awsdms_history', 'awsdms_status', 'awsdms_suspended_tables', 'awsdms_txn_state', 'awsdms_validation_failures_v1', 'awsdms_validation_failures_v2')
  AND NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_table_privilege(c.oid, 'DELETE')) ORDER BY 1;
SQL
  for ((i = 0; i < ${#tables[@]}; i += 2)); do problem "the role of service $(service_of target) may not read ${tables[i]} and delete from it" "${tables[i + 1]}"; done
}

problems=0
problem() { problems=$((problems + 1)) && say "problem: $1" && hint "$2"; }
if [[ -z $deleted ]]; then tasks_left --tasks-deleted "${OUR_SLOTS[@]}"; fi
control_rights
((problems == 0)) || refuse "nothing was changed" "endpoints and the replication instance may stay: 53-deploy.sh goes on with them, once there is a new pause and load"
keep_evidence before-full-restart "${OUR_SLOTS[@]}"
ended=$(end_load_sessions target)
((ended == 0)) || say "$ended load sessions ended on the target"
dumped=$(state_get schema dumped_at)
bare=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.item') IS NULL AND pg_catalog.obj_description(pg_catalog.to_regnamespace(:'schema')::oid, 'pg_namespace') IS NULL" "schema=$OUR_SCHEMA")
if [[ -z $dumped && $bare == t ]]; then
  say "32-schema.sh has not been there: nothing to empty on the target"
  schema="30-target/32-schema.sh, 30-target/33-relax.sql, "
else
  # Indexes and constraints go too: the load copies into bare tables and builds them afterwards.
  PGCUTOVER_RESTARTING=yes "$BUNDLE/30-target/32-schema.sh" --strip-only
  if [[ -n $after_cutover ]]; then psql_on target -o /dev/null -f "$BUNDLE/30-target/33-relax.sql"; fi
  psql_on target -o /dev/null -f "$BUNDLE/80-recovery/empty-target.sql"
  say "the target is empty, as 32-schema.sh and 33-relax.sql left it"
fi
[[ -z $only_target ]] || exit 0

put_state_aside restarted
assert_replica
ended=$(end_load_sessions replica)
((ended == 0)) || say "$ended load sessions ended on the replica"
stands=$(replay_paused)
if [[ $stands == t ]]; then
  resume_replay
  say "replay of the replica goes on"
fi
assert_source
lost=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot) LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.slot_name = o.slot
WHERE s.restart_lsn IS NULL OR pg_catalog.to_jsonb(s) ->> 'wal_status' = 'lost'" "slots=$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")")
if ((lost > 0)); then say "$lost slots are lost or not there any more: they are made anew"; fi
# A slot never goes back, but the new pause comes after whatever it has confirmed: slots that are well can be kept.
for slot in "${OUR_SLOTS[@]}"; do
  gone=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = :'slot' AND s.restart_lsn IS NOT NULL AND coalesce(pg_catalog.to_jsonb(s) ->> 'wal_status', '') <> 'lost'" "slot=$slot")
  if [[ -n $new_slots || $gone == 0 ]]; then
    drop_our_slot "$slot" || refuse "slot $slot could not be dropped"
    printf '{"slots": {%s: null}}\n' "$(json_string "$slot")" | state_merge
  else
    one=$(ask source "SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot'" "slot=$slot")
    [[ $one == f ]] || refuse "slot $slot is being read" "stop and delete its task, then run this again"
    # A position of its own, and what was noted there, from a restart of one slot alone, is void: from now on all begin at the new pause.
    one=$(state_get slots "$slot")
    if [[ -n $one ]]; then printf '{"slots": {%s: %s}}\n' "$(json_string "$slot")" "$(ask source "SELECT :'one'::jsonb - 'start_lsn' - 'xmin' - 'straddled_lsn'" "one=$one")" | state_merge; fi
  fi
done
printf '{"pause": null, "load": null, "resumed_at": null, "cdc_started_at": null, "drain": null}\n' | state_merge
rm -f -- "$STATE_DIR"/.pgcutover/restarting-*
say "go on with 10-source/17-slots.sh, 20-replica/21-pause.sh, ${schema}40-load/41-ledger.sql and 40-load/42-load.sh"
