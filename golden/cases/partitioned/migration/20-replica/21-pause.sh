#!/usr/bin/env bash
# 20-replica/21-pause.sh: Pause replay of the maintenance replica and note its position.
# Before: 10-source complete, and nobody who needs fresh data from this replica until the load is done.
# Again: confirms a pause that still holds; refuses once something was loaded at another position.
# Undo: 20-replica/22-resume.sh --force.
#
# Usage: 21-pause.sh [--wait SECONDS] [--prove-within SECONDS]
#   --wait SECONDS           how long the replica may take to replay what the slots and sets need (default 3600)
#   --prove-within SECONDS   how long replay may take to stand still after it was asked to (default 60)
#   --slot NAME              for 82-restart-slot.sh: only this slot starts at the new position; the others are under way
#
# The position at which replay stands still is where change data capture starts: a transaction whose commit was replayed is in
# the copy, every other comes through the slots. That holds only if each slot became consistent before it and every table was
# in its sets before it; both are checked before the pause and again after it. Where they do not hold, replay is resumed.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

wait=3600 prove_within=60 only=""
while (($#)); do
  case $1 in
    --wait) wait=${2:?} && shift 2 ;;
    --slot) only=${2:?} && shift 2 ;;
    --prove-within) prove_within=${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $wait =~ ^[0-9]+$ && $prove_within =~ ^[0-9]+$ ]] || usage_error "--wait $wait --prove-within $prove_within"
slots=("${OUR_SLOTS[@]}")
if [[ -n $only ]]; then slots=("$only"); fi
readonly POLL=1 # seconds between two looks

# position reads REPLAY, RECEIVE (empty without streaming), REQUESTED (t, f), and STANDS: what the server itself says about it.
position() {
  local p
  fields_on replica p <<'SQL'
SELECT pg_catalog.pg_last_wal_replay_lsn(), pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_is_wal_replay_paused(), pg_catalog.pg_get_wal_replay_pause_state();
SQL
  REPLAY=${p[0]} RECEIVE=${p[1]} REQUESTED=${p[2]} STANDS=${p[3]}
}

# say_clients lists the sessions at work on the replica: a query of theirs can hold up the record that replay is about to apply.
say_clients() {
  local clients=() c
  fields_on replica clients <<'SQL'
SELECT pg_catalog.format('process %s, user %s, application %s, %s', pid, usename, application_name, state)
FROM pg_catalog.pg_stat_activity
WHERE pid <> pg_catalog.pg_backend_pid() AND state <> 'idle' AND pid NOT IN (SELECT pid FROM pg_catalog.pg_stat_replication) ORDER BY backend_start;
SQL
  for c in "${clients[@]}"; do say "on the replica: $c"; done
  CLIENTS=${#clients[@]}
}

# check_slots prints what is wrong with the slots for a start at position $1, in fields: what, what to do. Without a position
# it looks only at the slots themselves.
wrong=()
check_slots() {
  fields_on source wrong -v slots="$(IFS=, && printf '%s' "${slots[*]}")" -v at="$1" <<'SQL'
SELECT CASE
    WHEN s.slot_name IS NULL THEN pg_catalog.format('slot %s does not exist', o.slot)
    WHEN s.plugin NOT LIKE 'pglogical%' OR s.database <> pg_catalog.current_database() THEN pg_catalog.format('slot %s is of plugin %s and database %s', o.slot, s.plugin, s.database)
    WHEN pg_catalog.to_jsonb(s) ->> 'wal_status' = 'lost' OR s.restart_lsn IS NULL THEN pg_catalog.format('slot %s is lost: the server removed WAL it needed', o.slot)
    WHEN s.active THEN pg_catalog.format('slot %s is being read by process %s', o.slot, s.active_pid)
    ELSE pg_catalog.format('slot %s starts at %s, which is after the position %s at which the replica stands: the changes in between would be lost', o.slot, s.confirmed_flush_lsn, :'at')
  END, CASE
    WHEN s.slot_name IS NULL THEN '10-source/17-slots.sh'
    WHEN s.active THEN 'stop whoever reads it; what it has confirmed is gone from the slot'
    WHEN s.restart_lsn IS NULL THEN '80-recovery/82-restart-slot.sh ' || o.slot
    ELSE 'run this again: it waits until the replica has replayed far enough'
  END
FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot) LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.slot_name = o.slot
WHERE s.slot_name IS NULL OR s.plugin NOT LIKE 'pglogical%' OR s.database <> pg_catalog.current_database() OR s.restart_lsn IS NULL OR s.active
  OR pg_catalog.to_jsonb(s) ->> 'wal_status' = 'lost' OR s.confirmed_flush_lsn > nullif(:'at', '')::pg_lsn ORDER BY o.slot;
SQL
}

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
JOIN pglogical.replication_set AS s ON s.set_name IN (o.slot, 'i' || o.slot)
JOIN pglogical.local_node AS l ON l.node_id = s.set_nodeid
JOIN pglogical.replication_set_table AS m ON m.set_id = s.set_id
JOIN pg_catalog.pg_class AS c ON c.oid = m.set_reloid
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

# A transaction of our own that the pause cuts in two: it writes to the marker tables before, and commits after. On the target it proves that what starts
# at the position gets such transactions whole. Without a commit, however this ends, the server rolls it back.
straddler="" spanning="" began="" STRADDLED=""
open_straddler() {
  local slot begun=$SECONDS
  mkfifo -- "$TMP/straddler"
  psql_on source -v schema="$OUR_SCHEMA" -v token="$1" -v began="$TMP/began" -v committed="$TMP/committed" -f - <"$TMP/straddler" >/dev/null &
  straddler=$!
  trap '' PIPE # a session that is gone must not take the script along: how it ended is asked for at the end
  exec {spanning}>"$TMP/straddler"
  {
    printf "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout') \\g /dev/null\n"
    printf "SET synchronous_commit = on;\nSET lock_timeout = '10s';\nBEGIN;\n"
    for slot in "${slots[@]}"; do
      printf 'UPDATE :"schema"."marker_%s" SET token = :'"'token'"', source_lsn = pg_catalog.pg_current_wal_insert_lsn(), at = pg_catalog.clock_timestamp() WHERE id = 2;\n' "$slot"
    done
    printf 'SELECT pg_catalog.pg_current_wal_insert_lsn() \\g :began\n'
  } >&"$spanning" || true
  until [[ -s $TMP/began ]]; do
    if ! kill -0 "$straddler" 2>/dev/null || ((SECONDS - begun >= prove_within)); then
      refuse "the transaction that spans the pause could not be opened" "see the error above; 10-source/14-markers.sql makes what it writes to"
    fi
    sleep 0.1
  done
}

# commit_straddler sets STRADDLED, a position behind its commit, as JSON.
commit_straddler() {
  printf 'COMMIT;\nSELECT pg_catalog.pg_current_wal_insert_lsn() \\g :committed\n' >&"$spanning" || true
  exec {spanning}>&-
  trap - PIPE
  wait "$straddler" || refuse "the transaction that spans the pause could not be committed" "see the error above, then run this again"
  STRADDLED=$(json_string "$(<"$TMP/committed")")
}

only_one
assert_source
source_system=$SYSTEM
assert_replica
complete=$(need_state "run 10-source/17-slots.sh first" sets_complete_lsn)
position

# Run again after a pause that still holds: nothing to do. After one that does not, only if nothing was loaded at it.
before=$(state_get pause lsn)
resumed=$(state_get resumed_at)
loading=$(state_get load)
if [[ -n $before && -z $resumed ]]; then
  started=$(state_get pause postmaster_start_time)
  if [[ $REQUESTED == t && $REPLAY == "$before" && $AT_STARTED == "$started" ]]; then
    say "the replica stands at $before already"
    exit 0
  fi
fi
if [[ -n $loading && -z $only ]]; then
  refuse "the load began at position $before, and the replica ${resumed:+was resumed and }stands at $REPLAY now: what was loaded does not fit another position" \
    "80-recovery/83-full-restart.sh empties the target and keeps slots and sets"
fi
# The ledger knows of a load that did not get as far as state.json. Before there is a target there is none.
if [[ -z $only ]] && begun=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.run') IS NOT NULL AS there \\gset
\\if :there
SELECT lsn FROM pgcutover.run;
\\endif" 2>/dev/null) && [[ -n $begun ]]; then
  refuse "the ledger on the target holds a load that began at position $begun, and the replica stands at $REPLAY now" "80-recovery/83-full-restart.sh empties the target and keeps slots and sets"
fi
[[ $REQUESTED == f ]] || refuse "replay of the replica is paused already, and not by this run (at $REPLAY)" "find out who paused it; to go on, resume it: 20-replica/22-resume.sh --force"

"$BUNDLE/10-source/16-members.sh" --check source || refuse "the sets have to be complete before the pause" "10-source/16-members.sh, then 17-slots.sh"
check_slots ""
for ((i = 0; i < ${#wrong[@]}; i += 2)); do say "${wrong[i]}" && hint "${wrong[i + 1]}"; done
((${#wrong[@]} == 0)) || refuse "the slots are not ready"

found=()
fields_on source found <<'SQL'
SELECT 'prepared', pg_catalog.format('prepared transaction %s of database %s', gid, database) FROM pg_catalog.pg_prepared_xacts;
SELECT 'writing', pg_catalog.format('process %s (user %s, application %s) has been writing for %s: it will span the pause, which is allowed but delays everything after it', pid, usename, application_name, pg_catalog.date_trunc('second', pg_catalog.now() - xact_start))
FROM pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL AND xact_start < pg_catalog.now() - interval '10 minutes';
SQL
prepared=0
for ((i = 0; i < ${#found[@]}; i += 2)); do
  say "${found[i]}: ${found[i + 1]}"
  if [[ ${found[i]} == prepared ]]; then prepared=$((prepared + 1)); fi
done
((prepared == 0)) || refuse "$prepared prepared transactions are open: AWS DMS does not support them across its start" "commit or roll them back"

allowed replica <<'SQL'
  SELECT pg_catalog.format('may not call %s', f.name), pg_catalog.format('on the source: GRANT EXECUTE ON FUNCTION pg_catalog.%s TO %I', f.name, current_user)
  FROM (VALUES ('pg_wal_replay_pause()'), ('pg_wal_replay_resume()')) AS f(name)
  WHERE NOT pg_catalog.has_function_privilege('pg_catalog.' || f.name, 'EXECUTE');
SQL
feedback=$(ask replica "SHOW hot_standby_feedback")
if [[ $feedback == on ]]; then
  warn "hot_standby_feedback is on: while the replica stands, the source cannot remove any dead row"
  hint "on the replica: ALTER SYSTEM SET hot_standby_feedback = off; SELECT pg_reload_conf();"
fi
[[ -n $RECEIVE ]] || warn "the replica is not streaming: it replays from an archive, and this waits for the archive's next file"

# Wait until everything that the slots and sets need is on the replica.
target=()
fields_on source target -v slots="$(IFS=, && printf '%s' "${slots[*]}")" <<'SQL'
SELECT confirmed_flush_lsn FROM pg_catalog.pg_replication_slots WHERE slot_name = ANY (pg_catalog.string_to_array(:'slots', ','));
SQL
for lsn in "${target[@]}"; do at_least "$complete" "$lsn" || complete=$lsn; done
touch_markers waiting
waited=0
until at_least "$REPLAY" "$complete"; do
  ((waited < wait)) || refuse "after $wait seconds the replica has replayed to $REPLAY, but $complete is needed" "see why it lags (pg_stat_replication on the source, long queries on the replica), then run this again"
  if ((waited % 10 == 0)); then say "the replica has replayed to $REPLAY, waiting for $complete"; fi
  sleep "$POLL"
  waited=$((waited + POLL))
  position
done

CLIENTS=0
say_clients
if ((CLIENTS > 0)); then
  say "$CLIENTS other sessions on the replica; should a query of theirs keep a record waiting, the pause is not proven and taken back"
fi

if ((${#slots[@]} > 0)); then
  note_tables "${slots[@]}"
  open_straddler "spans the pause of $(now)"
  began=$(<"$TMP/began")
  touch_markers spanning
  waited=0
  until position && at_least "$REPLAY" "$began" || ((waited >= prove_within)); do
    sleep "$POLL"
    waited=$((waited + POLL))
  done
fi

# From the request on, whatever goes wrong ends with replay running again, unless the position was noted.
paused_by_us=""
take_back() {
  [[ -n $paused_by_us ]] || return 0
  if resume_replay; then
    say "replay of the replica was resumed"
  else
    warn "replay of the replica could NOT be resumed"
    hint "20-replica/22-resume.sh --force"
  fi
}
at_exit take_back
paused_by_us=yes
ask replica "SELECT pg_catalog.pg_wal_replay_pause()" >/dev/null
# A quiet source sends nothing that replay could stop before.
touch_markers pausing

# The function only requests the pause: prove that replay stands still.
proof="" same=0 last="" waited=0
while :; do
  position
  [[ $STANDS != paused ]] || proof=pause_state
  [[ -z $proof ]] || break
  ((waited < prove_within)) || {
    say_clients
    refuse "replay does not stand still within $prove_within seconds of the request (at $REPLAY${STANDS:+, $STANDS})" "a query on the replica may keep a record waiting; end it and run this again"
  }
  sleep "$POLL"
  waited=$((waited + POLL))
done
: "$same" "$last"

position
paused_at=$REPLAY
sleep "$POLL"
position
[[ $REPLAY == "$paused_at" && $REQUESTED == t ]] || refuse "replay still moves: it was at $paused_at and is at $REPLAY" "run this again"
if [[ -z $straddler ]]; then
  :
elif at_least "$paused_at" "$began"; then
  commit_straddler
else
  warn "no transaction of this script spans the pause: the replica stands at $paused_at, before its first change at $began"
  hint "the gate cdc will not know whether such transactions arrive: verify --check rows --rows delta tells; or run 22-resume.sh and this again when the replica is not behind"
fi

# The conditions for a start at this position, now that it is known.
check_slots "$paused_at"
for ((i = 0; i < ${#wrong[@]}; i += 2)); do say "${wrong[i]}" && hint "${wrong[i + 1]}"; done
((${#wrong[@]} == 0)) || refuse "position $paused_at is not one that change data capture could start from"
at_least "$paused_at" "$complete" || refuse "the replica stands at $paused_at, before $complete, where sets and slots were complete" "run this again"
"$BUNDLE/10-source/16-members.sh" --check replica || refuse "the sets as of the pause are not complete" "10-source/16-members.sh, 17-slots.sh, then run this again"

facts=()
fields_on replica facts <<'SQL'
SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_checkpoint()', 'EXECUTE') AS may \gset
\if :may
SELECT timeline_id FROM pg_catalog.pg_control_checkpoint();
\else
SELECT received_tli FROM pg_catalog.pg_stat_wal_receiver;
\endif
SQL
timeline=${facts[0]:-}
# Every transaction that had not ended at the position has this number or a higher one: verify --rows delta looks for rows by it.
xmin=$(ask replica "SELECT pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot())")
[[ $timeline =~ ^[1-9][0-9]*$ ]] || refuse "the timeline of the replica cannot be read" "GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_checkpoint() TO the role of the replica's service"
started=$AT_STARTED
look_at source
[[ $AT_RECOVERY == f ]] || refuse "the source has become a standby" "see 80-recovery/83-full-restart.sh"
source_timeline=$(source_timeline)
((timeline == source_timeline)) || refuse "the replica is on timeline $timeline, the source on $source_timeline" "a failover has happened, or the replica has not made a restartpoint since one: run this again after a CHECKPOINT on both"
flushed=$(ask source "SELECT pg_catalog.pg_current_wal_insert_lsn()")
at_least "$flushed" "$paused_at" || refuse "the replica stands at $paused_at, beyond the source's own $flushed" "they are not one cluster"

starts=""
if [[ -n $only ]]; then
  # Each slot keeps the position that it starts at, and what was noted at the pause there; from now on they differ.
  for slot in "${OUR_SLOTS[@]}"; do
    at=$paused_at kept_xmin="" kept_straddled=""
    if [[ $slot != "$only" ]]; then
      at=$(state_get slots "$slot" start_lsn)
      at=${at:-$before} from=(slots "$slot")
      if [[ $at == "$before" ]]; then from=(pause); fi
      kept_xmin=$(state_get "${from[@]}" xmin)
      kept_straddled=$(state_get "${from[@]}" straddled_lsn)
    fi
    one=$(state_get slots "$slot")
    one=${one%\}},$(json_string start_lsn):$(json_string "$at")
    if [[ -n $kept_xmin ]]; then one+=,$(json_string xmin):$(json_string "$kept_xmin"); fi
    if [[ -n $kept_straddled ]]; then one+=,$(json_string straddled_lsn):$(json_string "$kept_straddled"); fi
    starts+=${starts:+, }$(json_string "$slot"):$one\}
  done
fi
printf '{"slots": {%s}, "load": null, "pause": {"lsn": %s, "timeline": %s, "system_identifier": %s, "postmaster_start_time": %s, "paused_at": %s, "proof": %s, "xmin": %s, "straddled_lsn": %s}, "resumed_at": null}\n' \
  "$starts" "$(json_string "$paused_at")" "$timeline" "$(json_string "$source_system")" "$(json_string "$started")" "$(json_string "$(now)")" "$(json_string "$proof")" "$(json_string "$xmin")" "${STRADDLED:-null}" | state_merge
paused_by_us=""

# An event in every slot soon after the position: AWS DMS looks for one, and waits long for it on a quiet table.
touch_markers "paused at $paused_at"
say "the replica stands at $paused_at (proof: $proof); change data capture starts there"
printf '%s\n' "$paused_at"
