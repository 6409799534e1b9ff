#!/usr/bin/env bash
# 50-cdc/dms/55-wait.sh: Wait until every task has loaded its tables and stands still.
# Before: 55-start.sh.
# Again: looks again, as often as you like.
#
# Usage: 55-wait.sh [--once] [--every SECONDS]
#   --once            tell how far they are, and end
#   --every SECONDS   between two looks (default 30)
#
# Each task stops by itself when its tables are loaded, before it applies the changes that it has read meanwhile.
#
# Exit codes: 0 all are loaded, 1 a table or a task is in error, or (--once) not all are loaded yet, 2 could not do the work.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

once="" every=30
while (($#)); do
  case $1 in
    --once) once=yes && shift ;;
    --every) every=${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $every =~ ^[1-9][0-9]{0,4}$ ]] || usage_error "--every $every"

# Slot, number of its tables, its marker among them.
readonly TABLES=(
  dms_full_01 4
)
tables_of() {
  local i
  for ((i = 0; i < ${#TABLES[@]}; i += 2)); do
    if [[ ${TABLES[i]} == "$1" ]]; then printf '%s\n' "${TABLES[i + 1]}"; fi
  done
}

# table_states, after look_at_task, writes a line for each table of the task: its state, rows, rows in error, schema and name.
table_states() {
  tell dms describe-table-statistics --replication-task-arn "$TASK_ARN" \
    --query 'TableStatistics[].[TableState,FullLoadRows,FullLoadErrorRows,SchemaName,TableName]' >"$TMP/tables"
}

# in_error prints the tables of the last answer that will not be loaded.
in_error() { awk -F '\t' '$1 == "Table error" || $1 == "Table cancelled" || $1 == "Table does not exist" || $3 > 0 { print $4 "." $5 " (" $1 ", " $3 + 0 " rows in error)" }' "$TMP/tables"; }

# note_timings, after look_at_task, keeps from when to when AWS DMS has loaded the tables of the task, for plan --timings. Bytes are those that the plan has one reader
# read; smaller tables tell no rate.
note_timings() {
  if ! "$AWS" dms describe-table-statistics --replication-task-arn "$TASK_ARN" --output json \
    --query 'TableStatistics[].[SchemaName,TableName,FullLoadRows,FullLoadStartTime,FullLoadEndTime]' >"$TMP/loaded" 2>"$TMP/aws"; then
    warn "AWS DMS does not say how long it has loaded the tables: the next plan has to assume that"
    return 0
  fi
  LOADED=$TMP/loaded psql_on "$STATE_SERVER" -f - <<'SQL' | timings_merge
\set loaded `cat -- "$LOADED"`
SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('item', 0, 'kind', 'full load', 'table', label, 'bytes', bytes, 'rows', rows,
    'started_at', pg_catalog.to_char(began AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'ended_at', pg_catalog.to_char(ended AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'worker', '') ORDER BY bytes DESC, label), '[]')
FROM (
  -- Version 1 of the CLI prints times as seconds since 1970.
  SELECT t.label, t.bytes, x.told -> 2 AS rows,
    CASE WHEN x.told ->> 3 ~ '^[0-9]+([.][0-9]+)?$' THEN pg_catalog.to_timestamp((x.told ->> 3)::double precision) ELSE (x.told ->> 3)::timestamptz END AS began,
    CASE WHEN x.told ->> 4 ~ '^[0-9]+([.][0-9]+)?$' THEN pg_catalog.to_timestamp((x.told ->> 4)::double precision) ELSE (x.told ->> 4)::timestamptz END AS ended
  FROM pg_catalog.jsonb_array_elements(:'loaded'::jsonb) AS x(told) JOIN (VALUES
    ('public', 'accounts', 'public.accounts', 41943040::bigint),
    ('public', 'posts', 'public.posts', 10737418240::bigint)
  ) AS t(schema_name, table_name, label, bytes) ON t.schema_name = x.told ->> 0 AND t.table_name = x.told ->> 1
  ORDER BY t.bytes DESC LIMIT 10000 -- enough to reckon rates from
) AS n WHERE ended > began;
SQL
}

trouble() {
  in_error | head -n 10 | while IFS= read -r line; do say "  $line"; done
  refuse "$1" "its log is in CloudWatch, group dms-tasks-$DMS_INSTANCE, and what failed on the target in awsdms_full_load_exceptions of schema awsdms_control" \
    "once the cause is mended: 50-cdc/dms/56-stop.sh, then 80-recovery/83-full-restart.sh empties the target, to load anew"
}

only_one
assert_source
assert_ours
told=""
while :; do
  over=0 text="" done_tables=0 all_tables=0
  for slot in "${OUR_SLOTS[@]}"; do
    task=$(task_of "$slot")
    look_at_task "$task"
    [[ -n $TASK_ARN ]] || refuse "there is no task $task" "50-cdc/dms/53-deploy.sh"
    look_at_load
    count=$(tables_of "$slot")
    all_tables=$((all_tables + count))
    resumed=$(state_get tasks "$slot" resumed_at)
    known=$(state_get tasks "$slot" loaded_at)
    if [[ -n $known && -n $resumed ]]; then
      over=$((over + 1)) done_tables=$((done_tables + count))
      continue
    fi
    if ((LOAD_FAILED > 0)); then
      table_states
      trouble "$LOAD_FAILED tables of $task are in error"
    fi
    if [[ -n $LOAD_OVER ]]; then
      # What is told of a task may be of a moment before it ended: its tables are looked at one by one.
      table_states
      bad=$(in_error)
      [[ -z $bad ]] || trouble "tables of $task are in error"
      loaded=$(grep -c '^Table completed' "$TMP/tables" || true)
      ((loaded == count)) || trouble "$task has stopped with $loaded of $count tables loaded"
      over=$((over + 1)) done_tables=$((done_tables + count))
      if [[ -z $known ]]; then
        rows=$(awk -F '\t' '{ n += $2 } END { printf "%d", n }' "$TMP/tables")
        note_task "$slot" loaded_at "$(now)" rows "$rows" stop_reason "$TASK_WHY"
        note_timings
        say "$task has loaded its $count tables, $rows rows"
        if [[ $TASK_WHY == *STOPPED_AFTER_CACHED_EVENTS* ]]; then warn "$task has applied the changes of the load already, which its settings do not ask for"; fi
      fi
      continue
    fi
    case $TASK_STATUS in
      running | starting | stopping) ;;
      ready) refuse "$task was not started" "50-cdc/dms/55-start.sh $slot" ;;
      *)
        table_states
        trouble "$task is ${TASK_STATUS:-gone}: ${TASK_WHY:-AWS DMS does not say why}"
        ;;
    esac
    done_tables=$((done_tables + LOAD_DONE))
    text+="${text:+; }$task $LOAD_PERCENT %, $LOAD_DONE of $count tables, $LOAD_UNDERWAY underway"
  done
  ((over < ${#OUR_SLOTS[@]})) || break
  if [[ $text != "$told" ]]; then
    say "$done_tables of $all_tables tables are loaded: $text"
    told=$text
  fi
  [[ -z $once ]] || refuse "$over of ${#OUR_SLOTS[@]} tasks have loaded their tables"
  sleep "$every"
done
all=$(state_get full loaded_at)
if [[ -z $all ]]; then
  begun=$(state_get full started_at)
  printf '{"full": %s}\n' "$(json_object started_at "$begun" loaded_at "$(now)")" | state_merge
fi
say "every table is loaded, and every task stands still"
hint "next: 40-load/42-load.sh; the slots keep the source's WAL until the tasks are resumed"
