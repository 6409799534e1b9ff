#!/usr/bin/env bash
# 70-cutover/75-open.sh: Take the freeze, which came along, off the target: the application may write to it.
# Before: the gate "cutover"; from here on going back loses writes.
# Again: says that the target is open.
#
# Usage: 75-open.sh [--yes]
#   --yes   do it; without it this says what it would do
#
# The freeze of the source has come along by replication: nobody may connect, and transactions are read-only. This takes back on the target what pgcutover.frozen
# lists there, and removes schema pgcutover. From here on the application may write to the target, and then going back loses what it wrote. The source stays frozen.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"
# shellcheck source=../20-aurora/aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

yes=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

# Slot and marker table.
MARKERS=(
  'the Aurora replica' '"pgcutover"."marker_aurora"'
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
  if grep -qvx 1 -- "$TMP/marked"; then refuse "a marker table of the $1 has no row" "10-source/14-marker.sql writes it on the source"; fi
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
      SELECT 'the Aurora replica' AS slot WHERE NOT EXISTS (SELECT FROM "pgcutover"."marker_aurora" WHERE id = 1 AND token = wanted)
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

# refuse_void refuses a promoted cluster that lacks what was written to the source since.
refuse_void() {
  local void
  void=$(state_get aurora void_at)
  [[ -z $void ]] || refuse "the source takes writes again since $void, and the promoted cluster does not have them" "20-aurora/24-delete.sh --yes, then 20-aurora/21-deploy.sh: a new replica"
}

# still_drained HINT refuses unless the drain in state.json is of the freeze that holds, and not a row was written to the source since. It sets TOKEN, the
# drain's, and LOST, by how many changes the source counts less than then: its counters went with a crash.
still_drained() {
  local frozen stands written before
  refuse_void
  TOKEN=$(need_state "$1" drain token)
  frozen=$(frozen_now source)
  [[ $frozen == t ]] || refuse "the source is not frozen: what is written to it would be on no other server" "$1"
  before=$(need_state "71-freeze.sh" freeze writes)
  stands=$(waiting_for source "$TOKEN")
  [[ -z $stands ]] || refuse "the marker of the drain is not on the source any more" "$1"
  drained_since_freeze "$1"
  written=$(ask source "SELECT coalesce(pg_catalog.sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_catalog.pg_stat_user_tables WHERE schemaname NOT IN ('pgcutover', 'pglogical')")
  ((written <= before)) || refuse "rows were written to the source since the freeze ($written changes counted, $before then)" "$1"
  LOST=$((before - written))
}

only_one
assert_source
assert_aurora f
refuse_void
need_state "73-promote.sh --yes" aurora promoted_at >/dev/null
look_at_cluster
[[ -n $CLUSTER_ARN && -z $CLUSTER_OF ]] || refuse "cluster $AURORA_CLUSTER is not promoted, by what RDS says" "73-promote.sh --yes"
frozen=$(frozen_now source)
[[ $frozen == t ]] || refuse "the source is not frozen: two servers would take writes" "71-freeze.sh; what was written to the source since is missing on the target"
here=$(frozen_now target)
if [[ $here != t ]]; then
  opened=$(state_get aurora opened_at)
  [[ -n $opened ]] || note_aurora opened_at "$(now)"
  say "the target is open"
  exit 0
fi
# What the promoted cluster has is what the source had at the drain: it is opened only while that is all.
still_drained "70-cutover/76-unfreeze.sh gives the source back; this cluster lacks what was written there: 20-aurora/24-delete.sh --yes, then 20-aurora/21-deploy.sh"
((LOST == 0)) || warn "the source has lost its counters since the freeze: that nothing was written since rests on the gate cutover alone"
open=$(waiting_for target "$TOKEN")
[[ -z $open ]] || refuse "the target does not have the marker of the drain: it is no copy of what the source has now" "70-cutover/76-unfreeze.sh gives the source back; 20-aurora/24-delete.sh --yes, then 20-aurora/21-deploy.sh"
psql_on target -f - >"$TMP/undo" <<'SQL'
SELECT undo FROM pgcutover.frozen ORDER BY id DESC;
SQL
if [[ -z $yes ]]; then
  say "this would run on the target:"
  sed 's/^/  /' "$TMP/undo" >&2
  refuse "nothing was done" "pgcutover verify cutover --plan ../plan.json; then add --yes"
fi
# Noted first, and on the cluster itself: who deletes it, or goes back, has to think of what was written, with or without state.json.
tell rds add-tags-to-resource --resource-name "$CLUSTER_ARN" --tags "Key=$OPENED_TAG,Value=$(now)" >/dev/null
note_aurora opening_at "$(now)"
psql_on target -f - <<'SQL'
SET default_transaction_read_only = off;
SET client_min_messages = warning;
SET lock_timeout = '10s';
BEGIN;
LOCK TABLE pgcutover.frozen IN EXCLUSIVE MODE;
DO $$
DECLARE
  f record;
BEGIN
  FOR f IN SELECT undo FROM pgcutover.frozen ORDER BY id DESC LOOP
    EXECUTE f.undo;
  END LOOP;
END
$$;
DROP SCHEMA pgcutover CASCADE;
COMMIT;
SQL
note_aurora opened_at "$(now)"
note_step
sed 's/^/  /' "$TMP/undo" >&2
say "the target takes connections and writes; point the application to it"
