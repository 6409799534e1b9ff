#!/usr/bin/env bash
# 80-recovery/83-full-restart.sh: Empty the target, to load everything anew.
# Again: finds nothing left to do.
#
# Usage: 83-full-restart.sh --yes [--only-target] [--after-cutover] [--tasks-deleted] [--leave SLOT]…
#   --yes           do it; without it this says what it would do
#   --only-target   leave source and state.json alone
#   --after-cutover  empty the target although 70-cutover/74-constraints.sh has run there: the application does not use it
#   --tasks-deleted  somebody has seen that the tasks are gone, where the AWS CLI cannot be asked
#   --leave SLOT    a slot on the source, not noted, that somebody has found to be no task's of this plan: it stays
#
# Empties the target and begins again at its keys: roles, markers and settings of the source stay, and so do endpoints and the replication instance. It is the
# way out when a table could not be loaded, when a task has lost its slot or its place, after a failover of the source, and when data was found to
# differ. Where tables have changed since the plan was made, make a new plan instead and drop the target's database.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" only_target="" after_cutover="" deleted="" LEAVE=()
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --only-target) only_target=yes && shift ;;
    --after-cutover) after_cutover=yes && shift ;;
    --tasks-deleted) deleted=yes && shift ;;
    --leave) LEAVE+=("${2:?}") && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done

if [[ -z $yes ]]; then
  say "this would empty the planned tables on the target, take their indexes and constraints away and forget what was loaded"
  if [[ -z $only_target ]]; then say "and forget that the tasks have run"; fi
  refuse "nothing was done" "to do it, stop and delete the tasks (50-cdc/dms/56-stop.sh --yes, then 58-delete.sh --slot SLOT --yes for each), then add --yes"
fi

only_one
schema=""
assert_target
[[ -n $after_cutover ]] || refuse_after_cutover "when the application does not use it and its data may go: --after-cutover"
# keep_evidence NAME SLOT… keeps how the slots stand, and what AWS DMS has noted on the target about their tasks, before it is forgotten. Statements that failed hold
# values of rows: the file is for its owner alone, and git leaves it alone.
keep_evidence() {
  local dir=$STATE_DIR/evidence file rows slot names="" tasks
  file=$dir/$1-$(date -u +%Y%m%dT%H%M%SZ).jsonl
  shift
  for slot in "$@"; do
    case $slot in
      dms_full_01) names+=${names:+,}shop-task-01,shop-dms-full-01 ;;
      dms_full_02) names+=${names:+,}shop-task-02,shop-dms-full-02 ;;
      dms_full_03) names+=${names:+,}shop-task-03,shop-dms-full-03 ;;
    esac
  done
  mkdir -p -- "$dir"
  chmod 700 -- "$dir"
  [[ -e $dir/.gitignore ]] || printf '*\n' >"$dir/.gitignore"
  : >"$TMP/evidence"
  chmod 600 -- "$TMP/evidence"
  # The source may be what is lost.
  tasks=$(state_get tasks)
  attempt psql_on source -v slots="$(IFS=, && printf '%s' "$*")" -v tasks="${tasks:-{\}}" -f - >>"$TMP/evidence" <<'SQL' || warn "how the slots stand could not be asked"
SELECT pg_catalog.jsonb_build_object('table', 'pg_replication_slots', 'row', pg_catalog.to_jsonb(s)) FROM pg_catalog.pg_replication_slots AS s JOIN pg_catalog.jsonb_each(:'tasks'::jsonb) AS t ON t.value ->> 'slot' = s.slot_name
WHERE t.key = ANY (pg_catalog.string_to_array(:'slots', ',')) ORDER BY s.slot_name;
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
      problem "the task of $slot is there ($status)" "50-cdc/dms/56-stop.sh --yes $slot, then 50-cdc/dms/58-delete.sh --slot $slot --yes"
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

readonly PLUGIN=pglogical

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

# name_pglogical names the node and the sets of pglogical that are on the source, and sets PGLOGICAL where there are some. AWS DMS makes its own; nothing tells them
# from those of others, so they stay.
name_pglogical() {
  local found=() i
  PGLOGICAL=""
  if ! fields_on source found <<'SQL'
SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'pglogical' AND c.relname = 'local_node') AS there \gset
\if :there
SELECT n.node_name, pg_catalog.quote_literal(n.node_name), (SELECT pg_catalog.string_agg(r.set_name::text, ', ' ORDER BY r.set_name::text) FROM pglogical.replication_set AS r WHERE r.set_nodeid = n.node_id)
FROM pglogical.local_node AS l JOIN pglogical.node AS n ON n.node_id = l.node_id;
\endif
SQL
  then
    PGLOGICAL=yes
    warn "whether a node of pglogical is left on the source cannot be told"
    hint "as a superuser: SELECT * FROM pglogical.node"
    return 0
  fi
  for ((i = 0; i < ${#found[@]}; i += 3)); do
    PGLOGICAL=yes
    warn "the source has node ${found[i]} of pglogical${found[i + 2]:+ with the replication sets ${found[i + 2]}}: AWS DMS makes one for its tasks, and leaves it there"
    hint "where it is not somebody else's: SELECT pglogical.drop_node(${found[i + 1]}), which takes its sets along"
  done
}

problems=0
problem() { problems=$((problems + 1)) && say "problem: $1" && hint "$2"; }
if [[ -z $deleted ]]; then tasks_left --tasks-deleted "${OUR_SLOTS[@]}"; fi
control_rights
((problems == 0)) || refuse "nothing was changed" "endpoints and the replication instance may stay: 53-deploy.sh goes on with them"
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
assert_source
drop_dms_slots
((LEFT == 0)) || die "$LEFT slots are left" "mend what stands above and run this again"
printf '{"tasks": null, "full": null, "load": null, "cdc_started_at": null, "drain": null}\n' | state_merge
name_pglogical
if [[ -n $PGLOGICAL ]]; then hint "new tasks find it there: where they do not take it, drop it before 55-start.sh"; fi
say "go on with ${schema}30-target/34-keys.sql, 40-load/41-ledger.sql, 50-cdc/dms/51-control.sql, 53-deploy.sh, 54-test-connections.sh, pgcutover verify cdc-ready and 50-cdc/dms/55-start.sh"
