#!/usr/bin/env bash
# 40-load/42-load.sh: Copy the rows of the paused replica into the target, build indexes and constraints.
# Before: the replica is paused (21-pause.sh), the target has the schema before data (32-schema.sh, 33-relax.sql) and the ledger (41-ledger.sql).
# Again: goes on where the last run stopped, and tries again what failed; says so where all is done.
# Undo: TRUNCATE the tables and drop the ledger, as 80-recovery/83-full-restart.sh does.
#
# Usage: 42-load.sh [--workers N] [--only-copies]
#        42-load.sh --status | --list
#
#   --workers N     sessions that work at once (PGCUTOVER_WORKERS, else 4 as planned); each holds one session on the
#                   replica and one on the target
#   --only-copies   copy the rows, leave indexes, constraints and ANALYZE for a later run
#   --status        how far the load is, what runs, what failed; changes nothing
#   --list          every item with its state; changes nothing
#
# Several hosts may run this at once: they pull from the same ledger. Ctrl-C stops the workers of this host; whatever was
# under way is rolled back, the next run goes on. Items that failed are tried again by the next run.
#
# Exit codes: 0 loaded, 1 refused or items failed, 2 could not do the work, 130 stopped.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

readonly ITEMS=14 # lines of items.tsv below its header
readonly ITEMS_SHA256=e97136fec0be6523649e908eb3a41b408347fa92d8a9150a8e4773de73bf862d
readonly ATTEMPTS=3   # tries for one item
readonly MEMORY=1GB   # maintenance_work_mem of each build
readonly PATIENCE=300 # seconds for which a server may be out of reach

WORKERS=${PGCUTOVER_WORKERS:-4}
ONLY_COPIES=false
ACTION=load
while (($# > 0)); do
  case $1 in
    --workers)
      WORKERS=${2:-}
      shift
      ;;
    --workers=*) WORKERS=${1#*=} ;;
    --only-copies) ONLY_COPIES=true ;;
    --status) ACTION=status ;;
    --list) ACTION=list ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $WORKERS =~ ^[1-9][0-9]{0,2}$ ]] || die "the number of workers is not 1 to 999: $WORKERS"

LOG_DIR=${PGCUTOVER_LOG_DIR:-$STATE_DIR/load-logs}
[[ $LOG_DIR == /* ]] || LOG_DIR=$PWD/$LOG_DIR
HOST=${PGCUTOVER_LOAD_HOST:-$(uname -n)}
[[ $HOST =~ ^[A-Za-z0-9_.:-]{1,200}$ ]] || die "PGCUTOVER_LOAD_HOST is not the name of a host: $HOST"
readonly WORKERS ONLY_COPIES ACTION LOG_DIR HOST

# --- the ledger -----------------------------------------------------------------------------------------------------------
# check_ledger sets FILLED (yes, no) and refuses the ledger of another load.
check_ledger() {
  local row
  [[ $(ask target "SELECT pg_catalog.to_regclass('pgcutover.run') IS NOT NULL") == t ]] \
    || refuse "the target has no ledger" "run 40-load/41-ledger.sql first"
  fields_on target row <<'SQL'
SELECT r.plan, r.lsn, pg_catalog.to_char(r.postmaster_start_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM pgcutover.run AS r;
SQL
  FILLED=no
  ((${#row[@]} >= 3)) || return 0
  FILLED=yes
  [[ ${row[0]} == "$PLAN" ]] \
    || refuse "the ledger on the target belongs to another plan (${row[0]})" "go on with the bundle of that plan, or start over: 80-recovery/83-full-restart.sh"
  [[ ${row[1]} == "$LSN" && ${row[2]} == "$STARTED" ]] \
    || refuse "the ledger was begun at LSN ${row[1]}, but the replica was paused again since, at $LSN: what is loaded does not fit what would follow" "$(way_on)"
}

# restarting prints the slot whose restart is under way, if one is.
restarting() {
  local mark
  for mark in "$STATE_DIR"/.pgcutover/restarting-*; do
    if [[ -e $mark ]]; then printf '%s\n' "${mark##*/restarting-}"; fi
  done
}

# way_on prints what to do about a replica that has moved: of a slot's restart only that slot's tables are void.
way_on() {
  local slot
  slot=$(restarting)
  if [[ -n $slot ]]; then
    printf 'what other slots have is not touched by this: 80-recovery/82-restart-slot.sh %s --yes pauses the replica anew and empties the tables of that slot once more\n' "$slot"
  else
    printf 'what is loaded is void, and the load cannot be completed from another position: 80-recovery/83-full-restart.sh --yes\n'
  fi
}

# check_items refuses a list that is not the one of this script: edited by hand, or cut, or its line ends changed on the way.
# Rows would be counted as sent all the same.
check_items() {
  [[ $(sha256_of "$BUNDLE/40-load/items.tsv") == "$ITEMS_SHA256" ]] \
    || refuse "items.tsv is not the one that was rendered with this script" "change the plan and render the bundle again; nobody edits it"
}

# fill_ledger writes the items and the one row of pgcutover.run, all or nothing.
fill_ledger() {
  {
    cat <<'SQL'
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL lock_timeout = '60s';
SELECT pg_catalog.set_config('pgcutover.items', :'ITEMS', true) \g /dev/null
INSERT INTO pgcutover.run (plan, lsn, postmaster_start_time, source_system_identifier) VALUES (:'PLAN', :'LSN', :'STARTED', :'SYSTEM');
CREATE TEMPORARY TABLE item_file (id integer, kind text, label text, relation text, bytes bigint, tail bigint, needs integer[], tables jsonb, statement text) ON COMMIT DROP;
COPY item_file FROM stdin;
SQL
    tail -n +2 -- "$BUNDLE/40-load/items.tsv"
    cat <<'SQL'
\.
DO $$
BEGIN
  IF (SELECT count(*) FROM item_file) <> current_setting('pgcutover.items')::bigint THEN
    RAISE EXCEPTION 'items.tsv is not the one that was rendered with this script' USING HINT = 'Render the bundle again.';
  END IF;
END
$$;
INSERT INTO pgcutover.item (id, kind, label, relation, bytes, tail, unfinished, statement)
SELECT id, kind, label, relation, bytes, tail, cardinality(needs), statement FROM item_file;
INSERT INTO pgcutover.item_table (item, seq, schema_name, table_name)
SELECT f.id, t.seq, t.name ->> 0, t.name ->> 1 FROM item_file AS f CROSS JOIN jsonb_array_elements(f.tables) WITH ORDINALITY AS t (name, seq);
INSERT INTO pgcutover.item_need (needs, item) SELECT n.id, f.id FROM item_file AS f CROSS JOIN unnest(f.needs) AS n (id);
ANALYZE pgcutover.item;
ANALYZE pgcutover.item_table;
ANALYZE pgcutover.item_need;
COMMIT;
SQL
  } | psql_on target -v PLAN="$PLAN" -v LSN="$LSN" -v STARTED="$STARTED" -v SYSTEM="${SOURCE_SYSTEM:-$REPLICA_SYSTEM}" -v ITEMS="$ITEMS" -f -
}

# read_progress sets the fields of the view pgcutover.progress.
read_progress() {
  local row
  row=$(ask target "SELECT items, items_done, items_failed, copies, copies_done, bytes, bytes_done, items_running, rows_done FROM pgcutover.progress") || return
  IFS='|' read -r P_ITEMS P_DONE P_FAILED P_COPIES P_COPIES_DONE P_BYTES P_BYTES_DONE P_RUNNING P_ROWS <<<"$row"
}

# all_items refuses a ledger that has lost items: who empties it, or puts the target back to an earlier state, leaves nothing to do either.
# A slot's restart adds items.
all_items() {
  ((P_ITEMS >= ITEMS)) \
    || refuse "the ledger on the target has lost items: it has $P_ITEMS of $ITEMS" "find out who removed them or put the target back, then start the load over: 80-recovery/83-full-restart.sh"
}

# bytes_text 20480 prints 20 kB.
bytes_text() {
  local n=$1 unit
  for unit in B kB MB GB; do
    if ((n < 10240)); then
      printf '%d %s' "$n" "$unit"
      return
    fi
    n=$(((n + 512) / 1024))
  done
  printf '%d TB' "$n"
}

seconds_text() {
  local s=$1
  if ((s >= 3600)); then
    printf '%d h %02d min' $((s / 3600)) $((s / 60 % 60))
  elif ((s >= 60)); then
    printf '%d min %02d s' $((s / 60)) $((s % 60))
  else
    printf '%d s' "$s"
  fi
}

show_failed() {
  ask target "SELECT pg_catalog.format(E'  item %s, %s\n    tried %s, the last time by %s\n    %s', id, label, CASE attempts WHEN 1 THEN 'once' ELSE attempts || ' times' END, worker, pg_catalog.replace(error, E'\n', E'\n    ')) FROM pgcutover.item WHERE state = 'failed' ORDER BY id" | tr '\001-\010\013-\037\177' '?' >&2
}

show_status() {
  read_progress || return
  printf '%s of %s items, %s of %s, %s running, %s failed\n' "$P_DONE" "$P_ITEMS" "$(bytes_text "$P_BYTES_DONE")" "$(bytes_text "$P_BYTES")" "$P_RUNNING" "$P_FAILED" 2>/dev/null || return
  psql_on target -f "$BUNDLE/40-load/progress.sql"
}

show_list() {
  psql_on target -P null=- -c "SELECT id, state, kind, bytes, attempts, started_at, ended_at, label FROM pgcutover.item ORDER BY id"
}

# --- what the sessions run ------------------------------------------------------------------------------------------------
# Statements are written to files once; psql fills in :'LSN' and the like.
write_scripts() {
  # Is the replica what and where it was? Printed before and after the rows of every item; the target's COMMIT is behind the
  # second. Whatever this finds wrong voids the item, for its rows may be of another moment.
  cat >"$TMP/assert.sql" <<'SQL'
DO $pgcutover$
DECLARE
  planned pg_lsn := pg_catalog.current_setting('pgcutover.lsn');
  started timestamptz := pg_catalog.current_setting('pgcutover.started');
  system text := pg_catalog.current_setting('pgcutover.system');
  found text := '';
BEGIN
  IF NOT pg_catalog.pg_is_in_recovery() THEN
    RAISE EXCEPTION 'the replica is a standby no more: it was promoted' USING ERRCODE = 'PC002';
  END IF;
  IF pg_catalog.pg_postmaster_start_time() <> started THEN
    RAISE EXCEPTION 'the replica was restarted at %, which ends a pause', pg_catalog.pg_postmaster_start_time() USING ERRCODE = 'PC002';
  END IF;
  IF pg_catalog.pg_get_wal_replay_pause_state() <> 'paused' THEN
    RAISE EXCEPTION 'the replica is not paused any more' USING ERRCODE = 'PC002';
  END IF;
  IF pg_catalog.pg_last_wal_replay_lsn() <> planned THEN
    RAISE EXCEPTION 'the replica has moved from % to %', planned, pg_catalog.pg_last_wal_replay_lsn() USING ERRCODE = 'PC002';
  END IF;
  IF system <> '' AND pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN
    EXECUTE 'SELECT system_identifier FROM pg_catalog.pg_control_system()' INTO found;
    IF found <> system THEN
      RAISE EXCEPTION 'this is another server than the one that was paused (system identifier %)', found USING ERRCODE = 'PC002';
    END IF;
  END IF;
END
$pgcutover$;
SQL
  # Nothing about how a value is written may depend on the server, the database, the role or the operator: the text has to
  # mean the same on both sides. REPEATABLE READ: all tables of a batch as of one moment, should the replica move after all.
  {
    cat <<'SQL'
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET extra_float_digits = 3;
SET bytea_output = 'hex';
SET xmloption = content;
SET lc_monetary = 'C';
SET row_security = off;
SET search_path = '';
SET synchronize_seqscans = off;
SET lock_timeout = '60s';
SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout') \g /dev/null
SELECT pg_catalog.set_config('pgcutover.lsn', :'LSN', false), pg_catalog.set_config('pgcutover.started', :'STARTED', false),
  pg_catalog.set_config('pgcutover.system', :'SYSTEM', false) \g /dev/null
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SQL
    cat -- "$TMP/assert.sql"
  } >"$TMP/before.sql"
  {
    cat -- "$TMP/assert.sql"
    cat <<'SQL'
COMMIT;
SELECT 'SELECT pgcutover.finish_item(' || :ITEM || ');
COMMIT;' \g /dev/fd/1
SQL
  } >"$TMP/after.sql"
  # After binary rows this goes where it can be read behind the end of their stream.
  sed 's:\\g /dev/fd/1$:\\g |cat >\&8:' "$TMP/after.sql" >"$TMP/after-binary.sql"
  # What both kinds of session on the target begin with. Keepalives: a load host that vanishes gives its item back within
  # two minutes.
  cat >"$TMP/target.sql" <<'SQL'
SET search_path = '';
SET client_min_messages = warning;
SET lock_timeout = '10s';
SET tcp_keepalives_idle = 60;
SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 6;
SET default_transaction_isolation = 'read committed';
SET default_transaction_read_only = off;
SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout') \g /dev/null
SET maintenance_work_mem = :'MEMORY';
SQL
  cat >"$TMP/frame.sql" <<'SQL'
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET xmloption = content;
SET lc_monetary = 'C';
SET row_security = off;
BEGIN;
SELECT pgcutover.begin_item(:ITEM, :'WORKER', :'PLAN', :'LSN', :'STARTED');
SQL
}

# --- a worker -------------------------------------------------------------------------------------------------------------
log() { printf '%(%Y-%m-%d %H:%M:%S)T %s\n' -1 "$*" >>"$W_LOG"; }

# target_session ARGUMENT… is the target's side of an item. VERBOSITY shows SQLSTATEs, which tell what to do about an error.
target_session() {
  PGCLIENTENCODING=$ENCODING psql_on target -v VERBOSITY=verbose -v WORKER="$W_NAME" -v PLAN="$PLAN" -v LSN="$LSN" -v STARTED="$STARTED" -v MEMORY="$MEMORY" \
    -f "$TMP/target.sql" "$@"
}

# copy_item ID: one transaction on the target, whose text comes from here up to the claim of the item and from the replica's
# session after that. The COMMIT is the last thing the replica's session says, so whatever ends the stream early (a killed
# process, a lost connection, an error, a failed assertion) leaves the transaction open at the end of input: rolled back. Binary rows end where
# their stream does: what the replica's session says after them is in a file, which the target's session reads next. psql does not notice
# that it could not be written: without its COMMIT nothing is done, although both sessions end well.
copy_item() {
  local first after=$TMP/after.sql rest=() status=0
  rm -f -- "$W_DIR/replica.status" "$W_DIR/rest" # what an orphan of the last attempt still writes goes nowhere
  : >"$W_DIR/rest"
  IFS= read -r first <"$W_DIR/script"
  if [[ $first == "-- binary" ]]; then after=$TMP/after-binary.sql rest=(-f "$W_DIR/rest"); fi
  {
    PGCLIENTENCODING=$ENCODING PGAPPNAME="pgcutover load $1" psql_on replica -v VERBOSITY=verbose -v ITEM="$1" -v LSN="$LSN" -v STARTED="$STARTED" -v SYSTEM="$REPLICA_SYSTEM" \
      -f "$TMP/before.sql" -f "$W_DIR/script" -f "$after" 2>"$W_DIR/replica.err" 8>>"$W_DIR/rest" || status=$?
    printf '%s\n' "$status" >"$W_DIR/replica.status"
  } | target_session -v ITEM="$1" -f "$TMP/frame.sql" -f - "${rest[@]}" >/dev/null 2>"$W_DIR/target.err" || W_STATUS=$?
  W_REPLICA_STATUS=137 # killed before it could say
  if [[ -s $W_DIR/replica.status ]]; then
    W_REPLICA_STATUS=$(<"$W_DIR/replica.status")
  elif [[ -e $W_DIR/replica.status ]]; then
    W_NO_ROOM=yes # made, and not written
  fi
  if ((W_STATUS == 0 && W_REPLICA_STATUS == 0 && ${#rest[@]} > 0)) && ! commits "$W_DIR/rest"; then W_NO_ROOM=yes; fi
  [[ -z $W_NO_ROOM ]] && ((W_STATUS == 0 && W_REPLICA_STATUS == 0))
}

# commits FILE succeeds where its last statement is COMMIT. A disk without room cuts files anywhere.
commits() { [[ $(tail -n 2 -- "$1") =~ (^|$'\n')"COMMIT;"$ ]]; }

# build_items runs the script of the builds; W_ITEM is the one it ended in.
build_items() {
  local line
  : >"$W_DIR/replica.err"
  W_REPLICA_STATUS=0
  target_session -f "$W_DIR/script" >"$W_DIR/output" 2>"$W_DIR/target.err" || W_STATUS=$?
  if ((W_STATUS == 0)); then
    commits "$W_DIR/script" && return 0
    W_NO_ROOM=yes
  fi
  while read -r line; do
    if [[ $line =~ ^[0-9]+$ ]]; then W_ITEM=$line; fi
  done <"$W_DIR/output"
  return 1
}

# explain_failure sets W_MESSAGE, W_CODE (SQLSTATE, may be empty) from what the sessions said. The replica's words come
# first, unless it only found nobody reading any more (SIGPIPE, 141): a stream cut short makes the target complain about
# its last line.
explain_failure() {
  local file=$W_DIR/target.err of=target status=$W_STATUS line
  if [[ -n $W_NO_ROOM ]]; then
    W_CODE=53100 W_MESSAGE="could not write into $TMP: is there room?"
    return
  fi
  if ((W_REPLICA_STATUS != 0 && W_REPLICA_STATUS != 141)); then file=$W_DIR/replica.err of=replica status=$W_REPLICA_STATUS; fi
  W_MESSAGE="" W_CODE=""
  while IFS= read -r line; do
    if [[ $line =~ ^(psql:.*:[0-9]+:\ )?(ERROR|FATAL|PANIC):\ +([0-9A-Z]{5}):\ (.*)$ ]]; then
      [[ -z $W_MESSAGE ]] || break
      W_CODE=${BASH_REMATCH[3]} W_MESSAGE="$of: ${BASH_REMATCH[4]}"
    elif [[ -n $W_MESSAGE && $line =~ ^(DETAIL|HINT): ]]; then
      W_MESSAGE+=$'\n'$line
    fi
  done <"$file"
  if [[ -z $W_MESSAGE ]]; then
    IFS= read -r line <"$file" || true
    W_MESSAGE="$of: ${line:-the session ended with status $status}"
  fi
}

# tell_ledger HOW records the failure. The message may quote rows, which the list of processes is not to show; and there may be no room for a file.
tell_ledger() {
  psql_on target -v ITEM="$W_ITEM" -v WORKER="$W_NAME" -v HOW="$1" -v ATTEMPTS="$ATTEMPTS" -f - 8< <(printf '%s' "$W_MESSAGE") <<'SQL'
\set MESSAGE `cat <&8`
SELECT pgcutover.fail_item(:ITEM, :'WORKER', :'MESSAGE', :'HOW', :ATTEMPTS);
SQL
}

# failed_item decides what a failure means for the item. Returns 1 when nothing more can be loaded at all.
failed_item() {
  local how=again outcome
  explain_failure
  case $W_CODE in
    PC001)
      log "item $W_ITEM: somebody else has it"
      return 0
      ;;
    PC002) how=again ;;
    55P03) how=busy ;; # a lock was not to be had
    "" | 08??? | 57P0?)
      # A server out of reach or a killed process says nothing about the item. Not for ever, though.
      W_LOST=${W_LOST:-$SECONDS}
      if ((SECONDS - W_LOST < PATIENCE)); then how=lost; fi
      ;;
    40??? | 53??? | 57??? | 58??? | XX???) ;; # deadlocks, memory and disks, cancelled statements
    *) how=final ;;
  esac
  {
    printf 'item %s failed: %s\n--- replica, status %s\n' "$W_ITEM" "$W_MESSAGE" "$W_REPLICA_STATUS"
    cat -- "$W_DIR/replica.err"
    printf -- '--- target, status %s\n' "$W_STATUS"
    cat -- "$W_DIR/target.err"
  } >>"$W_LOG"
  outcome=$(tell_ledger "$how" 2>>"$W_LOG") || log "could not tell the ledger"
  if [[ $W_CODE == PC002 ]]; then
    printf '%s\n' "${W_MESSAGE%%$'\n'*}" >"$TMP/stop"
    return 1
  fi
  if [[ $outcome == failed ]]; then say "item $W_ITEM failed: ${W_MESSAGE%%$'\n'*}"; fi
}

# worker NUMBER pulls items until there are none. It looks at every status itself.
worker() {
  local what ids pause=0.2 since
  set +eEm
  trap - ERR EXIT
  W_STOP="" W_LOST=""
  trap 'W_STOP=yes' INT TERM HUP # acted on once the sessions, which got the same signal, have ended
  W_NAME=$HOST/$$.$1
  W_DIR=$TMP/worker.$1
  W_LOG=$LOG_DIR/$HOST-$$.$1.log
  mkdir -p -- "$W_DIR"
  since=$SECONDS
  while [[ -z $W_STOP && ! -s $TMP/stop ]] && kill -0 "$$" 2>/dev/null; do
    if ! PGCLIENTENCODING=$ENCODING psql_on target -v WORKER="$W_NAME" -f - >"$W_DIR/work" 2>>"$W_LOG" <<<"SELECT pgcutover.next_item(:'WORKER', $ONLY_COPIES);"; then
      if ((SECONDS - since > PATIENCE)); then
        log "the target has not answered for $PATIENCE seconds"
        return 2
      fi
      sleep 2
      continue
    fi
    since=$SECONDS
    read -r what ids <"$W_DIR/work"
    case $what in
      copy | build) ;;
      wait)
        sleep "$pause"
        pause=1
        continue
        ;;
      done | stuck) return 0 ;;
      *)
        log "could not write into $TMP: is there room?"
        return 3
        ;;
    esac
    pause=0.2
    tail -n +2 -- "$W_DIR/work" >"$W_DIR/script"
    W_STATUS=0 W_NO_ROOM=""
    W_ITEM=${ids%% *}
    log "START $what $ids"
    if { [[ $what == copy ]] && copy_item "$ids"; } || { [[ $what == build ]] && build_items; }; then
      log "END $what $ids"
      W_LOST=
    elif [[ -n $W_STOP ]]; then
      log "stopped in item $W_ITEM"
    else
      failed_item || return 1
    fi
  done
  [[ -z $W_STOP ]] || return 130
}

# --- all of them ----------------------------------------------------------------------------------------------------------
PIDS=()

# stop_workers ends the workers and their sessions. Each worker leads a process group; SIGINT makes psql cancel what the
# server does, so that nothing goes on there without us.
stop_workers() {
  local signal pid i
  for signal in INT TERM KILL; do
    for pid in "${PIDS[@]}"; do kill -"$signal" -- "-$pid" 2>/dev/null || true; done
    for ((i = 0; i < 50; i++)); do
      alive || return 0
      sleep 0.1
    done
  done
}

alive() {
  local pid
  for pid in "${PIDS[@]}"; do
    if kill -0 -- "-$pid" 2>/dev/null; then return 0; fi
  done
  return 1
}

# show_progress prints a line: on a terminal over the last one. The time left is that of the bytes or that of the items, whichever
# is longer: thousands of small builds take time without having bytes.
show_progress() {
  local now passed rate=0 items=0 left=-1 by_items line
  read_progress 2>/dev/null || return 0
  now=$SECONDS
  if [[ -z ${FIRST_SECOND:-} ]]; then FIRST_SECOND=$now FIRST_BYTES=$P_BYTES_DONE FIRST_DONE=$P_DONE; fi
  passed=$((now - FIRST_SECOND))
  if ((passed > 0)); then rate=$(((P_BYTES_DONE - FIRST_BYTES) / passed)) items=$((P_DONE - FIRST_DONE)); fi
  line="$P_DONE of $P_ITEMS items, $(bytes_text "$P_BYTES_DONE") of $(bytes_text "$P_BYTES"), $(bytes_text "$rate")/s"
  if ((rate > 0)); then left=$(((P_BYTES - P_BYTES_DONE) / rate)); fi
  if ((items > 0)); then
    by_items=$(((P_ITEMS - P_DONE) * passed / items))
    # Of few items each is different, so they say nothing about the others.
    if ((items >= 100 && by_items > left)); then left=$by_items; fi
  fi
  if ((left >= 0)); then line+=", about $(seconds_text "$left") left"; fi
  if ((P_FAILED > 0)); then line+=", $P_FAILED failed"; fi
  if [[ -t 2 ]]; then printf '\r%s: %s\033[K' "$SCRIPT" "$line" >&2; else say "$line"; fi
}

run_workers() {
  local n every=30 next=0 status
  mkdir -p -- "$LOG_DIR"
  if [[ -t 2 ]]; then every=3; fi
  at_exit stop_workers
  for ((n = 1; n <= WORKERS; n++)); do
    # Job control gives the worker a process group of its own: Ctrl-C reaches this script alone, which stops workers in order.
    set -m
    worker "$n" </dev/null &
    set +m
    PIDS+=($!)
  done
  while alive; do
    if [[ -s $TMP/stop ]]; then stop_workers; fi
    if ((SECONDS >= next)); then
      show_progress
      next=$((SECONDS + every))
    fi
    sleep 0.2
  done
  TROUBLE=0
  for n in "${PIDS[@]}"; do
    status=0
    wait "$n" || status=$?
    if ((status != 0 && status != 1 && status != 130)); then TROUBLE=$status; fi
  done
  PIDS=()
  if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
}

# record_load writes what the load took into state.json, for "pgcutover verify", and what each item took into timings.json, for the next plan. Hosts are
# numbered, not named.
record_load() {
  psql_on target -f - <<'SQL' | state_merge
SELECT pg_catalog.jsonb_build_object('load', pg_catalog.jsonb_build_object(
  'started_at', pg_catalog.to_char(pg_catalog.min(started_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'finished_at', pg_catalog.to_char(coalesce(pg_catalog.max(ended_at), pg_catalog.now()) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'items', pg_catalog.count(*), 'bytes', coalesce(pg_catalog.sum(bytes), 0), 'rows', coalesce(pg_catalog.sum(rows_received), 0)))
FROM pgcutover.item;
SQL
  psql_on target -f - <<'SQL' | timings_merge
WITH done AS (
  SELECT i.*, 'host-' || pg_catalog.dense_rank() OVER (ORDER BY pg_catalog.substring(i.worker, '^(.*)/')) || '/' || pg_catalog.substring(i.worker, '[0-9]+$') AS who
  FROM pgcutover.item AS i
), largest AS (
  SELECT * FROM done ORDER BY bytes DESC, id LIMIT 10000 -- enough to reckon rates from; the ledger has the rest
)
SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
  'item', id, 'kind', kind, 'table', relation, 'bytes', bytes, 'rows', rows_received,
  'started_at', pg_catalog.to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'ended_at', pg_catalog.to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'worker', who) ORDER BY id), '[]') FROM largest;
SQL
}

# --- the work -------------------------------------------------------------------------------------------------------------
assert_target
LSN=$(need_state "pause the replica first: 20-replica/21-pause.sh" pause lsn)
STARTED=$(need_state "pause the replica first: 20-replica/21-pause.sh" pause postmaster_start_time)
REPLICA_SYSTEM=$(state_get pause system_identifier)
readonly LSN STARTED REPLICA_SYSTEM
check_ledger

if [[ $ACTION != load ]]; then
  [[ $FILLED == yes ]] || refuse "the load has not begun" "run 42-load.sh without --$ACTION"
  trap 'exit 0' PIPE
  status=0
  "show_$ACTION" || status=$?
  # 141: nobody reads on (head, less), which is no error.
  ((status == 0 || status == 141)) || die "the ledger could not be read" "what went wrong stands above"
  exit 0
fi

if [[ $FILLED == yes ]]; then
  read_progress
  finished=$(state_get load finished_at)
  if ((P_DONE == P_ITEMS)) && [[ -n $finished ]]; then
    say "the load is done: $P_ITEMS items, $P_ROWS rows; nothing to do"
    exit 0
  fi
fi

assert_replica
write_scripts
psql_on replica -v LSN="$LSN" -v STARTED="$STARTED" -v SYSTEM="$REPLICA_SYSTEM" -f "$TMP/before.sql" 2>"$TMP/replica.err" || {
  cat -- "$TMP/replica.err" >&2
  refuse "the replica does not stand where it was paused, at $LSN" "$(way_on)"
}
ENCODING=$(ask replica "SHOW server_encoding")
readonly ENCODING
# The row count of a COPY is what makes a short stream visible; make sure that this psql reports it.
[[ $(ask replica $'COPY (SELECT 1) TO STDOUT \\g /dev/null\n\\echo :ROW_COUNT') == 1 ]] \
  || die "this psql ($PSQL) does not count the rows of a COPY" "use the psql of PostgreSQL 14 or newer"

if [[ $FILLED == no ]]; then
  check_items
  fill_ledger 2>"$TMP/ledger.err" || {
    check_ledger # another host may have been faster
    if [[ $FILLED == no ]]; then
      cat -- "$TMP/ledger.err" >&2
      die "the ledger could not be filled"
    fi
  }
fi
again=$(ask target "SELECT pgcutover.requeue()")
read_progress
all_items
if ((again > 0)); then say "trying $again failed items again"; fi
if ((P_DONE < P_ITEMS)); then
  say "$P_DONE of $P_ITEMS items done, $(bytes_text "$P_BYTES_DONE") of $(bytes_text "$P_BYTES"); $WORKERS workers, logs in $LOG_DIR"
  run_workers
  read_progress
fi

if [[ -s $TMP/stop ]]; then
  show_failed
  refuse "the load cannot go on: $(<"$TMP/stop")" "nothing of the moved replica was committed" "$(way_on)"
fi
all_items
if ((P_FAILED > 0)); then
  say "$P_FAILED items failed; the other items went on:"
  show_failed
  hints=("mend the cause and run $SCRIPT.sh again; the whole output of each attempt is in $LOG_DIR; see docs/load.md")
  # A right that is granted on the source, a row that is mended there: the replica learns of it when it goes on, and then it is another replica.
  if (($(ask target "SELECT pg_catalog.count(*) FROM pgcutover.item WHERE state = 'failed' AND error LIKE 'replica: %'") > 0)); then
    slot=$(restarting)
    if [[ -n $slot ]]; then way="20-replica/22-resume.sh --force and 80-recovery/82-restart-slot.sh $slot --yes"; else way="80-recovery/83-full-restart.sh --yes"; fi
    hints+=("what is mended on the source does not reach the replica while it stands: where the cause lies there, mend it, then $way")
  fi
  refuse "$P_DONE of $P_ITEMS items are done" "${hints[@]}"
fi
case ${TROUBLE:-0} in
  0) ;;
  2) die "the target does not answer" "see $LOG_DIR; when it is back, run $SCRIPT.sh again" ;;
  *) die "a worker ended with status $TROUBLE" "see $LOG_DIR, then run $SCRIPT.sh again: nothing is lost or done twice" ;;
esac
if [[ $ONLY_COPIES == true ]] && ((P_COPIES_DONE == P_COPIES && P_DONE < P_ITEMS)); then
  say "all $P_COPIES copies are done, $P_ROWS rows; indexes and constraints are left: run $SCRIPT.sh without --only-copies"
  exit 0
fi
((P_DONE == P_ITEMS)) || die "$P_DONE of $P_ITEMS items are done, and none that is left can be started" "see 42-load.sh --list and $LOG_DIR"

# The schema's dump carries no sequence values. The replica's may be a little ahead of those in use, never behind.
"$BUNDLE/70-cutover/73-sequences.sh" --replica
record_load
say "loaded: $P_ITEMS items, $P_ROWS rows, $(bytes_text "$P_BYTES")"
hint "next: pgcutover verify loaded, while the replica still stands"
