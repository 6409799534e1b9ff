#!/usr/bin/env bash
# 20-snapshots/21-hold.sh: Create the replication slots and hold the snapshot of each.
# Before: 10-source complete, the schema and the ledger on the target (32-schema.sh, 41-ledger.sql), and no transaction that has been writing for long; the load is to follow at once.
# Again: confirms snapshots that are still held and takes those that are missing; refuses a slot whose snapshot is gone.
# Undo: 80-recovery/81-abort.sh.
#
# Usage: 21-hold.sh [SLOT…] [--wait SECONDS]
#        21-hold.sh --check
#   SLOT             only these slots; the others are held and loaded later
#   --wait SECONDS   how long the creation of one slot may wait for transactions that write (default 300)
#   --check          only look which snapshots are still held; exit 1 when one that is needed is not
#
# The creation of a slot exports a snapshot: the database as it was at the very position at which the slot begins. A transaction whose commit
# is before it is in the snapshot, every other comes through the slot. The snapshot lives as long as the session on the source that made it,
# in which nothing else may be done. A process of this host keeps that session open in the background, until 22-release.sh, and so it has to
# outlive your login: run this in tmux, or where the host's rules end what a login leaves behind, in a service of its own. When the process,
# the host, the network between or the source goes down, the snapshot is gone; what was not copied in it by then needs a new one, which is
# what 80-recovery/82-restart-slot.sh is for.
#
# The service of the source has to reach the server itself, not a pooler. While a snapshot is held, vacuum on the source removes no row that is
# deleted or updated, in any table of the database: hold them for as short as you can.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

wait=300 check="" slots=()
while (($#)); do
  case $1 in
    --wait) wait=${2:?} && shift 2 ;;
    --check) check=yes && shift ;;
    -*) usage_error "$1" ;;
    *)
      case " ${OUR_SLOTS[*]} " in *" $1 "*) ;; *) die "$1 is not a slot of this plan" "one of: ${OUR_SLOTS[*]}" ;; esac
      slots+=("$1") && shift
      ;;
  esac
done
[[ $wait =~ ^[1-9][0-9]*$ ]] || usage_error "--wait $wait"
((${#slots[@]} > 0)) || slots=("${OUR_SLOTS[@]}")

# copies_left SLOT prints how many of its copies are not done; "all" before the load has begun.
copies_left() {
  ask target "SELECT pg_catalog.to_regclass('pgcutover.run') IS NOT NULL AS there \\gset
\\if :there
SELECT CASE WHEN EXISTS (SELECT FROM pgcutover.run) THEN (SELECT pg_catalog.count(*) FROM pgcutover.item WHERE slot = :'slot' AND state <> 'done')::text ELSE 'all' END;
\\else
SELECT 'all';
\\endif" "slot=$1"
}

if [[ -n $check ]]; then
  assert_source
  assert_target
  gone=0
  for slot in "${slots[@]}"; do
    known=$(state_get slots "$slot")
    if [[ -z $known ]]; then
      say "$slot: not made yet"
    elif snapshot_held "$slot"; then
      say "$slot: held"
    elif [[ $(copies_left "$slot") == 0 ]]; then
      say "$slot: not held, and all its tables are copied"
    else
      gone=$((gone + 1))
      say "$slot: $WHY"
    fi
  done
  ((gone == 0)) || refuse "$gone snapshots are gone that are still needed" "80-recovery/82-restart-slot.sh SLOT"
  exit 0
fi

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

# sql_of SLOT is what the session that holds its snapshot runs, on a replication connection. Nothing may end it for being idle, and both ends
# notice when the other is gone.
sql_of() {
  cat <<'SQL'
SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout') \g /dev/null
SET tcp_keepalives_idle = 60;
SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 6;
SELECT pid, pg_catalog.to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid() \g :session
SQL
  printf 'CREATE_REPLICATION_SLOT "%s" LOGICAL pgoutput (SNAPSHOT '\''export'\'') \\g :made\n' "$1"
}

# keep_open SLOT TOKEN runs in the background for as long as the file "holding" of the slot has that token in it. It must keep no lock,
# and a login that ends must not take it along.
keep_open() {
  local slot=$1 token=$2 file=$FILES-$1.$2 keep=$STATE_DIR/.pgcutover/holding-$1 fd
  trap - ERR EXIT INT TERM
  trap '' HUP
  set +e
  for ((fd = 3; fd < 255; fd++)); do eval "exec $fd<&-"; done # locks, and those of the script that has run this one
  cd / || exit 1
  {
    sql_of "$slot"
    while [[ $(cat -- "$keep" 2>/dev/null) == "$token" ]]; do sleep 1; done
  } | {
    "$PSQL" -XAtqw -v ON_ERROR_STOP=1 -v session="$file.session" -v made="$file.made" \
      -d "service=$(service_of source) replication=database application_name='$(application_of "$slot")' keepalives_idle=60 keepalives_interval=10 keepalives_count=6" \
      >/dev/null 2>"$file.error"
    printf '%s\n' "$?" >"$file.ended"
    if [[ $(cat -- "$keep" 2>/dev/null) == "$token" ]]; then rm -f -- "$keep"; fi
  }
}

# abandon ends a session that does not come to a snapshot that is noted; its slot, if it is one by now, goes too. The mark says that it is ours.
creating="" ended=""
abandon() {
  local n
  [[ -n $creating ]] || return 0
  end_snapshot "$creating" || true
  for ((n = 0; n < 50; n++)); do
    [[ ! -e $ended ]] || break
    sleep 0.2
  done
  drop_our_slot "$creating" || true
}
at_exit abandon

# note_tables SLOT… notes on the source what it has counted of the tables of these slots, and which file each is in. What is counted from here on, or
# truncated, is not all in the copy: the gate "cdc" compares. It is done before the copy's position is fixed, so that nothing is missed.
note_tables() {
  psql_on source -v schema="$OUR_SCHEMA" -v slots="$(IFS=, && printf '%s' "$*")" -f - <<'SQL'
SET lock_timeout = '10s';
BEGIN;
DELETE FROM :"schema".noted WHERE slot = ANY (pg_catalog.string_to_array(:'slots', ','));
INSERT INTO :"schema".noted (slot, relid, filenode, inserted, updated, deleted, stats_reset, at)
SELECT DISTINCT ON (o.slot, c.oid) o.slot, c.oid, pg_catalog.pg_relation_filenode(c.oid), pg_catalog.pg_stat_get_tuples_inserted(c.oid), pg_catalog.pg_stat_get_tuples_updated(c.oid),
  pg_catalog.pg_stat_get_tuples_deleted(c.oid), pg_catalog.pg_stat_get_db_stat_reset_time(d.oid), pg_catalog.clock_timestamp()
FROM pg_catalog.pg_database AS d, pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot)
JOIN pg_catalog.pg_publication AS p ON p.pubname IN (o.slot, 'i' || o.slot)
JOIN pg_catalog.pg_publication_rel AS m ON m.prpubid = p.oid
JOIN pg_catalog.pg_class AS c ON c.oid = m.prrelid
WHERE d.datname = pg_catalog.current_database();
COMMIT;
-- Written anew only where no notes from before are left: they would pass for good after the server has lost its counters. Not before the notes are
-- there, because rows of a transaction that fails are counted too.
BEGIN;
DELETE FROM :"schema".counting WHERE NOT EXISTS (SELECT FROM :"schema".noted WHERE slot <> ALL (pg_catalog.string_to_array(:'slots', ',')));
INSERT INTO :"schema".counting (at) SELECT pg_catalog.clock_timestamp() WHERE NOT EXISTS (SELECT FROM :"schema".counting);
COMMIT;
SQL
}

# take SLOT makes the slot and leaves its snapshot held; sets POINT, NAME, PID and SINCE of the session.
take() {
  local slot=$1 token=$$-$RANDOM second=0 made file
  file=$FILES-$slot.$token
  rm -f -- "$FILES-$slot".*
  : >"$STATE_DIR/.pgcutover/creating-$slot"
  printf '%s\n' "$token" >"$STATE_DIR/.pgcutover/holding-$slot"
  creating=$slot ended=$file.ended
  note_tables "$slot"
  # Job control gives it a process group of its own, which Ctrl-C does not reach.
  set -m
  keep_open "$slot" "$token" </dev/null >/dev/null 2>&1 &
  set +m
  until [[ -s $file.made && $(<"$file.made") == *"|"*"|"*"|"* ]]; do
    if [[ -e $file.ended ]]; then
      sed 's/^/  /' "$file.error" >&2
      if grep -q 'output plugin' "$file.error"; then
        refuse "slot $slot: the server does not allow pgoutput as an output plugin" "10-source/12-settings.sh --apply source (output_plugin_libraries); a reload is enough"
      fi
      if grep -Eq 'replication connection|no pg_hba.conf entry|must be superuser or replication role|permission denied' "$file.error"; then
        refuse "slot $slot: the role of the source's service may not open a replication connection" "ALTER ROLE … REPLICATION, on RDS and Aurora GRANT rds_replication; and let the host in by pg_hba.conf"
      fi
      die "slot $slot could not be created"
    fi
    sleep 0.2
    second=$((second + 1))
    if ((second % 25 == 0)); then say_who_blocks "$(application_of "$slot")" || true; fi
    if ((second >= wait * 5)); then
      refuse "slot $slot did not become consistent within $wait seconds; nothing is left of it" "end the transactions named above, or wait for a quieter time, and run this again"
    fi
  done
  IFS='|' read -r made POINT NAME _ <"$file.made"
  IFS='|' read -r PID SINCE <"$file.session"
  [[ $made == "$slot" && $POINT =~ ^[0-9A-F]+/[0-9A-F]+$ && -n $NAME && $PID =~ ^[0-9]+$ ]] || die "the source answered something unexpected about slot $slot: $(<"$file.made")"
}

only_one
readonly FILES=$STATE_DIR/.pgcutover/snapshot
assert_source
system=$SYSTEM started=$AT_STARTED
"$BUNDLE/10-source/16-members.sh" --check || refuse "the publications come before the slots" "run 10-source/16-members.sh"
prepared=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts")
((prepared == 0)) || refuse "$prepared prepared transactions are open: no slot becomes consistent before they end" "SELECT * FROM pg_prepared_xacts"

# What a transaction wrote before a table was in its publication would be missing. The creation of a slot waits for all that are open, so every
# slot has to begin after this position.
complete=$(state_get sets_complete_lsn)
if [[ -z $complete ]]; then
  complete=$(ask source "SELECT pg_catalog.pg_current_wal_insert_lsn()")
  printf '{"sets_complete_lsn": %s, "source": {"system_identifier": %s, "database": %s, "timeline": %s}}\n' \
    "$(json_string "$complete")" "$(json_string "$system")" "$(json_string "$SOURCE_DATABASE")" "$(source_timeline)" | state_merge
fi

facts=() held=0
for slot in "${slots[@]}"; do
  mark=$STATE_DIR/.pgcutover/creating-$slot
  known=$(state_get slots "$slot" consistent_point)
  fields_on source facts -v slot="$slot" <<'SQL'
SELECT plugin, database, active FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot';
SQL
  if [[ -n $known ]]; then
    ((${#facts[@]} > 0)) || refuse "slot $slot is in state.json but not on the source any more: what it kept is lost" "80-recovery/82-restart-slot.sh $slot"
    if snapshot_held "$slot"; then
      say "the snapshot of $slot is held already, at $known"
      held=$((held + 1))
      continue
    fi
    assert_target
    [[ $(copies_left "$slot") != 0 ]] || { say "all tables of $slot are copied: its snapshot is not needed any more" && continue; }
    refuse "the snapshot of $slot is gone ($WHY), and not all its tables are copied; a new one is of another moment" "80-recovery/82-restart-slot.sh $slot begins anew with its tables"
  fi
  if ((${#facts[@]} > 0)); then
    # A run that ended between the creation of a slot and the note in state.json has loaded nothing in its snapshot.
    [[ -e $mark ]] || refuse "slot $slot exists, and this run did not make it (plugin ${facts[0]:-none}, database ${facts[1]:-none}, active ${facts[2]})" \
      "find out who uses it; if nobody: SELECT pg_drop_replication_slot('$slot')"
    end_snapshot "$slot"
    drop_our_slot "$slot" || refuse "slot $slot could not be dropped"
  fi
  say "creating $slot"
  take "$slot"
  at_least "$POINT" "$complete" || refuse "slot $slot begins at $POINT, before $complete, where the publications were complete" "run this again"
  taken=()
  fields_on source taken -v name="$NAME" -v slot="$slot" <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET TRANSACTION SNAPSHOT :'name';
SELECT pg_catalog.txid_current_snapshot();
COMMIT;
SELECT restart_lsn, confirmed_flush_lsn FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot';
SQL
  [[ ${taken[2]:-} == "$POINT" ]] || die "slot $slot is confirmed up to ${taken[2]:-nothing}, not to its own beginning $POINT"
  printf '{"slots": {%s: {"consistent_point": %s, "restart_lsn": %s, "confirmed_flush_lsn": %s, "created_at": %s, "snapshot": {"name": %s, "transactions": %s, "pid": %s, "backend_start": %s, "postmaster_start_time": %s}}}}\n' \
    "$(json_string "$slot")" "$(json_string "$POINT")" "$(json_string "${taken[1]}")" "$(json_string "$POINT")" "$(json_string "$(now)")" \
    "$(json_string "$NAME")" "$(json_string "${taken[0]}")" "$PID" "$(json_string "$SINCE")" "$(json_string "$started")" | state_merge
  creating=""
  rm -f -- "$mark"
  held=$((held + 1))
  say "$slot begins at $POINT; its snapshot is held by process $PID of the source"
done
# An event in every slot soon after its position, so that one of quiet tables can be seen to work.
begun=$(state_get cdc_started_at)
if [[ -z $begun ]]; then touch_markers held; fi
say "$held of ${#OUR_SLOTS[@]} snapshots are held; 20-snapshots/22-release.sh lets them go when the tables are copied and counted"
