#!/usr/bin/env bash
# 70-cutover/72-drain.sh: Wait until the last change of the source is on the target.
# Before: the source is frozen (71-freeze.sh).
# Again: proves it once more.
#
# Usage: 72-drain.sh [--timeout SECONDS] [--not-frozen]
#
#   --timeout SECONDS   how long to wait for each of the three steps; 900 when not given
#   --not-frozen        do not insist on a frozen source: measures how long a drain takes, proves nothing
#
# Proves that every change of the source has been applied to the target, whatever applies it. Each slot has a marker table,
# whose first row travels like any other change. Two rounds, because changes may be applied in batches: a batch has ended when
# one is applied that was begun after it, so when the second marker is there, everything before the first is.
#
# Exit codes: 0 drained, 1 refused or not drained in time, 2 could not do the work.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

TIMEOUT=900 MUST_BE_FROZEN=yes
while (($# > 0)); do
  case $1 in
    --timeout)
      TIMEOUT=${2:-}
      shift
      ;;
    --not-frozen) MUST_BE_FROZEN=no ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $TIMEOUT =~ ^[1-9][0-9]{0,5}$ ]] || die "the timeout is not a number of seconds: $TIMEOUT"
readonly TIMEOUT MUST_BE_FROZEN

# Slot and marker table.
MARKERS=(
  dms_slot_01 '"pgcutover"."marker_dms_slot_01"'
)
readonly MARKERS

# mark WHERE TOKEN writes it into all markers there in one transaction, which is on disk when this returns.
mark() {
  local i
  {
    printf "SET default_transaction_read_only = off;\nSET synchronous_commit = local;\nSET lock_timeout = '10s';\nBEGIN;\n"
    for ((i = 0; i < ${#MARKERS[@]}; i += 2)); do
      # A marker without its row would be waited for in vain.
      printf "UPDATE %s SET token = :'TOKEN', source_lsn = pg_catalog.pg_current_wal_insert_lsn(), at = pg_catalog.clock_timestamp() WHERE id = 1;\n\\\\echo :ROW_COUNT\n" "${MARKERS[i + 1]}"
    done
    printf 'COMMIT;\n'
  } | psql_on "$1" -v TOKEN="$2" -f - >"$TMP/marked"
  if grep -qvx 1 -- "$TMP/marked"; then refuse "a marker table of the $1 has no row" "10-source/14-markers.sql writes it on the source, and the load copies it to the target"; fi
}

# waiting_for WHERE TOKEN prints the slots whose marker has not arrived there. It looks for a second before it says so: a session for
# each look would take longer than a marker does.
waiting_for() {
  psql_on "$1" -v TOKEN="$2" -f - <<'SQL'
SELECT pg_catalog.set_config('pgcutover.token', :'TOKEN', false), pg_catalog.set_config('pgcutover.open', '', false) \g /dev/null
DO $$
DECLARE
  wanted text := pg_catalog.current_setting('pgcutover.token');
  open text;
BEGIN
  FOR look IN 1..50 LOOP
    SELECT pg_catalog.string_agg(m.slot, ', ') INTO open FROM (
      SELECT 'dms_slot_01' AS slot WHERE NOT EXISTS (SELECT FROM "pgcutover"."marker_dms_slot_01" WHERE id = 1 AND token = wanted)
    ) AS m;
    EXIT WHEN open IS NULL;
    PERFORM pg_catalog.pg_sleep(0.02);
  END LOOP;
  PERFORM pg_catalog.set_config('pgcutover.open', coalesce(open, ''), false);
END
$$;
SELECT pg_catalog.current_setting('pgcutover.open');
SQL
}

# wait_until WHAT SECONDS HINT COMMAND WORD… returns when the command, which takes its time, prints nothing.
wait_until() {
  local what=$1 seconds=$2 hint=$3 began=$SECONDS told=$SECONDS open
  shift 3
  while :; do
    open=$("$@")
    if [[ -z $open ]]; then
      say "$what: all, after $((SECONDS - began)) s"
      return
    fi
    if ((SECONDS - began >= seconds)); then refuse "$what: after $seconds s still not $open" "$hint"; fi
    if ((SECONDS - told >= 10)); then
      say "$what: waiting for $open"
      told=$SECONDS
    fi
  done
}

assert_target
assert_source
((${#MARKERS[@]} > 0)) || refuse "the plan has no slots" "there is nothing to drain"
if [[ $MUST_BE_FROZEN == yes && $SOURCE_FROZEN != t ]]; then
  refuse "the source is not frozen: what is written from now on would not be waited for" "run 71-freeze.sh first, or measure with --not-frozen"
fi

# unconfirmed LSN prints the slots whose consumer has not confirmed it. It looks for a second, too.
unconfirmed() {
  psql_on source -v LSN="$1" -f - <<'SQL'
SELECT pg_catalog.set_config('pgcutover.lsn', :'LSN', false), pg_catalog.set_config('pgcutover.open', '', false) \g /dev/null
DO $$
DECLARE
  final pg_lsn := pg_catalog.current_setting('pgcutover.lsn');
  open text;
BEGIN
  FOR look IN 1..50 LOOP
    SELECT pg_catalog.string_agg(p.slot, ', ' ORDER BY p.slot) INTO open
    FROM (VALUES ('dms_slot_01')) AS p (slot)
    LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.slot_name = p.slot
    WHERE s.confirmed_flush_lsn IS NULL OR s.confirmed_flush_lsn < final; -- no slot, no proof
    EXIT WHEN open IS NULL;
    PERFORM pg_catalog.pg_sleep(0.02);
  END LOOP;
  PERFORM pg_catalog.set_config('pgcutover.open', coalesce(open, ''), false);
END
$$;
SELECT pg_catalog.current_setting('pgcutover.open');
SQL
}

readonly LATE="look at the tasks that apply these slots; while the source is frozen, run $SCRIPT.sh again, or 76-unfreeze.sh to call it off"
final=$(ask source "SELECT pg_catalog.pg_current_wal_insert_lsn()")
token=$(date -u +%Y%m%dT%H%M%SZ)-$$-$RANDOM
for round in 1 2; do
  mark source "drain-$token-$round"
  wait_until "marker $round on the target" "$TIMEOUT" "$LATE" waiting_for target "drain-$token-$round"
done
wait_until "position $final confirmed" "$TIMEOUT" "$LATE" unconfirmed "$final"
if [[ $MUST_BE_FROZEN == yes ]]; then
  same_freeze
  printf '{"drain": %s, %s}\n' "$(json_object lsn "$final" token "drain-$token-2" at "$(now)")" "$(step_taken)" | state_merge
  say "drained: everything up to $final is on the target"
else
  note_step
  say "the target was that far behind; the source was not frozen, so this is no proof"
fi
