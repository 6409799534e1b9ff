#!/usr/bin/env bash
# 10-source/17-slots.sh: Create the replication slots.
# Before: 16-members.sh, and no transaction that has been writing for long.
# Again: creates what is missing; refuses slots that it did not make.
# Undo: 80-recovery/81-abort.sh.
#
# Usage: 17-slots.sh [--wait SECONDS]
#   --wait SECONDS   how long the creation of one slot may wait for transactions that write (default 300)
#
# A slot becomes consistent when every transaction that was writing when its creation began has ended, in any database of the
# server. While it waits this says for whom. Nobody else waits for a slot.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

wait=300
while (($#)); do
  case $1 in
    --wait) wait=${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $wait =~ ^[1-9][0-9]*$ ]] || usage_error "--wait $wait"

# slot_facts SLOT sets the array facts: plugin, database, active, restart_lsn, confirmed_flush_lsn, wal_status; empty when there is none.
facts=()
slot_facts() {
  fields_on source facts -v slot="$1" <<'SQL'
SELECT plugin, database, active, restart_lsn, confirmed_flush_lsn, pg_catalog.to_jsonb(s) ->> 'wal_status'
FROM pg_catalog.pg_replication_slots AS s WHERE slot_name = :'slot';
SQL
}

# Whom the session that creates a slot waits for.
say_who_blocks() {
  local blockers=() b
  fields_on source blockers -v name="$1" <<'SQL'
SELECT CASE WHEN b.pid IS NULL THEN 'a prepared transaction: see pg_prepared_xacts'
  ELSE pg_catalog.format('process %s, user %s, database %s, application %s, %s, transaction open for %s', b.pid, b.usename, b.datname, b.application_name,
    b.state, pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - b.xact_start)) END
FROM pg_catalog.pg_stat_activity AS a, pg_catalog.unnest(pg_catalog.pg_blocking_pids(a.pid)) AS p(pid) LEFT JOIN pg_catalog.pg_stat_activity AS b ON b.pid = p.pid
WHERE a.application_name = :'name';
SQL
  for b in "${blockers[@]}"; do say "waiting for $b"; done
}

creating=""
stop_creating() {
  [[ -z $creating ]] || ask source "SELECT pg_catalog.count(pg_catalog.pg_cancel_backend(pid)) FROM pg_catalog.pg_stat_activity WHERE application_name = :'name'" "name=$creating" >/dev/null
}
at_exit stop_creating

create() {
  local slot=$1 pid second=0 status=0
  creating="pgcutover slot $slot"
  # Outside any transaction of its own that writes: a slot cannot be created in one.
  PGAPPNAME=$creating psql_on source -v slot="$slot" -v wait="${wait}s" -f - >"$TMP/created" 2>"$TMP/error" <<'SQL' &
SET statement_timeout = :'wait';
SELECT * FROM pg_catalog.pg_create_logical_replication_slot(:'slot', 'pgoutput');
SQL
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    second=$((second + 1))
    if ((second % 25 == 0)); then say_who_blocks "$creating" || true; fi
  done
  wait "$pid" || status=$?
  creating=""
  ((status == 0)) && return
  sed 's/^/  /' "$TMP/error" >&2
  if grep -q 'statement timeout' "$TMP/error"; then
    refuse "slot $slot did not become consistent within $wait seconds; nothing is left of it" "end the transactions named above, or wait for a quieter time, and run this again"
  fi
  if grep -q 'output plugin' "$TMP/error"; then
    refuse "slot $slot: the server does not allow pgoutput as an output plugin" "10-source/12-settings.sh --apply source (output_plugin_libraries); a reload is enough"
  fi
  die "slot $slot could not be created"
}

only_one
assert_source
system=$SYSTEM
allowed source <<'SQL'
WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user)
  SELECT 'may not create replication slots', pg_catalog.format('ALTER ROLE %I REPLICATION', rolname) FROM me
  WHERE NOT rolsuper AND NOT rolreplication;
SQL
"$BUNDLE/10-source/16-members.sh" --check || refuse "the sets come before the slots" "run 10-source/16-members.sh"

prepared=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts")
((prepared == 0)) || refuse "$prepared prepared transactions are open: no slot becomes consistent before they end" "SELECT * FROM pg_prepared_xacts"

for slot in "${OUR_SLOTS[@]}"; do
  mark=$STATE_DIR/.pgcutover/creating-$slot
  known=$(state_get slots "$slot" consistent_point)
  slot_facts "$slot"
  if ((${#facts[@]} == 0)) && [[ -n $known ]]; then
    refuse "slot $slot is in state.json but not on the source any more: what it kept is lost" "80-recovery/82-restart-slot.sh $slot, or 83-full-restart.sh"
  fi
  if ((${#facts[@]} > 0)); then
    [[ -n $known || -e $mark ]] || refuse "slot $slot exists, and this run did not make it (plugin ${facts[0]:-none}, database ${facts[1]:-none}, active ${facts[2]})" \
      "find out who uses it; if nobody: SELECT pg_drop_replication_slot('$slot')"
    [[ ${facts[1]} == "$SOURCE_DATABASE" && ${facts[0]} == pgoutput ]] || refuse "slot $slot is of plugin ${facts[0]:-none} and database ${facts[1]:-none}" "it was dropped and made anew by somebody; 80-recovery/81-abort.sh cleans up"
    [[ ${facts[5]} != lost ]] || refuse "slot $slot is lost: the server removed WAL it needed (max_slot_wal_keep_size)" "80-recovery/82-restart-slot.sh $slot"
    [[ -z $known ]] || { say "$slot is there already, consistent since $known" && continue; }
  else
    # Should this end between the creation and the note in state.json, the mark tells the next run whose slot it is.
    : >"$mark"
    say "creating $slot"
    create "$slot"
    slot_facts "$slot"
  fi
  [[ -n ${facts[4]:-} ]] || refuse "slot $slot is still being created" "another run of this script, perhaps on another machine, is at it: wait for its end"
  point=${facts[4]} # until somebody reads from it, the confirmed position is where the slot became consistent
  printf '{"slots": {%s: %s}}\n' "$(json_string "$slot")" \
    "$(json_object consistent_point "$point" restart_lsn "${facts[3]}" confirmed_flush_lsn "${facts[4]}" created_at "$(now)")" | state_merge
  rm -f -- "$mark"
  say "$slot is consistent at $point"
done

# Everything that a table needs to be replicated is in the WAL before this position.
complete=$(state_get sets_complete_lsn)
if [[ -z $complete ]]; then
  complete=$(ask source "SELECT pg_catalog.pg_current_wal_insert_lsn()")
  timeline=$(source_timeline)
  printf '{"sets_complete_lsn": %s, "source": {"system_identifier": %s, "database": %s, "timeline": %s}}\n' \
    "$(json_string "$complete")" "$(json_string "$system")" "$(json_string "$SOURCE_DATABASE")" "$timeline" | state_merge
fi
# So that a quiet server has something for the replica to replay beyond it.
touch_markers slots
say "sets and slots are complete at $complete; the replica has to replay beyond it before it may be paused"
