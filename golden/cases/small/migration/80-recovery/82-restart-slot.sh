#!/usr/bin/env bash
# 80-recovery/82-restart-slot.sh: Load the tables of one slot anew while the other slots go on.
# Before: the load has finished, the slot's task is stopped and deleted (58-delete.sh --slot).
# Again: goes on where it stopped.
#
# Usage: 82-restart-slot.sh SLOT [--yes] [--task-deleted]
#   SLOT    the slot whose tables are loaded anew; the others go on
#   --yes   do it; without it this says what it would do and checks whether it may
#   --task-deleted   somebody has seen that the slot's task is gone, where the AWS CLI cannot be asked
#
# For the case that one slot is lost, or cannot catch up, while the others are well. The replica is paused a second time, so
# this slot starts at a position of its own. Its task is deleted and made anew: a task never takes another position.
# Cut short, it goes on where it stopped when it is run again.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

slot="" yes="" deleted=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --task-deleted) deleted=yes && shift ;;
    -*) usage_error "$1" ;;
    *) slot=$1 && shift ;;
  esac
done
[[ -n $slot ]] || die "which slot?" "one of: ${OUR_SLOTS[*]}"
case " ${OUR_SLOTS[*]} " in *" $slot "*) ;; *) die "$slot is not a slot of this plan" "one of: ${OUR_SLOTS[*]}" ;; esac
readonly FILE=$BUNDLE/80-recovery/restart-$slot.sql

# The mark outlives this script and says how far a restart has come: begun, then dropped.
readonly MARK=$STATE_DIR/.pgcutover/restarting-$slot
only_one
assert_source
assert_target
refuse_after_cutover "after the cutover no slot is restarted; to begin again: 80-recovery/83-full-restart.sh"
phase=""
if [[ -e $MARK ]]; then phase=$(<"$MARK"); fi

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

if [[ -z $phase ]]; then
  problems=0
  problem() { problems=$((problems + 1)) && say "problem: $1" && hint "$2"; }
  loaded=$(state_get load finished_at)
  [[ -n $loaded ]] || problem "the load of the other slots has not finished: pausing the replica at another position would void it" "finish 40-load/42-load.sh, or 80-recovery/83-full-restart.sh"
  others=()
  fields_on source others -v slot="$slot" -v slots="$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")" <<'SQL'
SELECT o.slot, coalesce(s.active, false), CASE WHEN s.restart_lsn IS NULL OR pg_catalog.to_jsonb(s) ->> 'wal_status' = 'lost' THEN 'lost' ELSE '' END
FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot) LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.slot_name = o.slot ORDER BY 1;
SQL
  [[ -n $deleted ]] || tasks_left --task-deleted "$slot"
  control_rights
  for ((i = 0; i < ${#others[@]}; i += 3)); do
    if [[ ${others[i]} == "$slot" ]]; then
      [[ ${others[i + 1]} == f ]] || problem "slot $slot is being read" "stop its task and delete it"
    elif [[ ${others[i + 2]} == lost ]]; then
      problem "slot ${others[i]} is lost too" "where several slots are lost, 80-recovery/83-full-restart.sh is the way"
    fi
  done
  # TRUNCATE without CASCADE is refused while another table refers to one of these; CASCADE would empty tables of other slots.
  psql_on target -v check=1 -f "$FILE" >"$TMP/references"
  while IFS= read -r line; do problem "on the target, foreign key $line" "drop it until the cutover, whose 74-constraints.sh puts it back"; done <"$TMP/references"
  ((problems == 0)) || refuse "$slot cannot be restarted alone; nothing was changed"
  if [[ -z $yes ]]; then
    say "this would drop slot $slot and make it anew, resume the replica, pause it at a new position, empty its tables on the target and load them again"
    refuse "nothing was done" "stop and delete the task of $slot (50-cdc/dms/56-stop.sh $slot, 58-delete.sh --slot $slot --yes), then add --yes"
  fi
  put_state_aside "before-restart-$slot"
  keep_evidence "before-restart-$slot" "$slot"
  phase=begun
  printf '%s\n' "$phase" >"$MARK"
fi
[[ -n $yes ]] || refuse "a restart of $slot is under way ($phase)" "to go on with it, add --yes"

if [[ $phase == begun ]]; then
  drop_our_slot "$slot" || refuse "slot $slot could not be dropped"
  printf '{"slots": {%s: null}}\n' "$(json_string "$slot")" | state_merge
  phase=dropped
  printf '%s\n' "$phase" >"$MARK"
fi
"$BUNDLE/10-source/17-slots.sh"
point=$(need_state "10-source/17-slots.sh" slots "$slot" consistent_point)

# A pause from before the new slot is of no use for it.
if ! at_least "$(state_get pause lsn)" "$point"; then
  "$BUNDLE/20-replica/22-resume.sh"
fi
"$BUNDLE/20-replica/21-pause.sh" --slot "$slot" >/dev/null
lsn=$(state_get pause lsn)
started=$(state_get pause postmaster_start_time)

emptied=$(ask target "SELECT lsn = :'lsn'::pg_lsn AND postmaster_start_time = :'started'::timestamptz FROM pgcutover.run" "lsn=$lsn" "started=$started")
if [[ $emptied != t ]]; then
  say "emptying the tables of $slot on the target and putting them back into the ledger"
  psql_on target -o /dev/null -v plan="$PLAN" -v lsn="$lsn" -v started="$started" -f "$FILE"
fi
"$BUNDLE/40-load/42-load.sh"
rm -f -- "$MARK"
say "the tables of $slot are loaded at $lsn; the new task of $slot starts there"
hint "next: pgcutover verify loaded, 20-replica/22-resume.sh, then 50-cdc/dms/52-trim.sh $slot, 53-deploy.sh, 54-test-connections.sh and 55-start.sh $slot; the other tasks keep their own positions"
