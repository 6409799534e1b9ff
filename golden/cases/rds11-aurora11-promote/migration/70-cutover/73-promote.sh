#!/usr/bin/env bash
# 70-cutover/73-promote.sh: Promote the replica to a cluster of its own, and wait until its endpoint takes writes.
# Before: the drain (72-drain.sh), and not a row written since.
# Again: goes on waiting; says so where it is done.
#
# Usage: 73-promote.sh [--yes]
#   --yes   do it; without it this says what it would do
#
# From the call on the replica follows nobody any more, and there is no way to make it follow again: a promotion that was too early takes a new replica.
# Returns when the writer endpoint takes writes. The target is frozen then, as the source is: the freeze has come along.
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

# behind sets SOURCE_LSN, REPLAY_LSN and BEHIND, the bytes of WAL between them.
behind() {
  local at=()
  SOURCE_LSN=$(ask source "SELECT pg_catalog.pg_current_wal_lsn()")
  fields_on target at -v SOURCE="$SOURCE_LSN" <<'SQL'
SELECT r.lsn, g.lag FROM (SELECT pg_catalog.pg_last_wal_replay_lsn() AS lsn) AS r,
  LATERAL (SELECT GREATEST(:'SOURCE'::pg_lsn - r.lsn, 0)::bigint AS lag) AS g;
SQL
  REPLAY_LSN=${at[0]:-} BEHIND=${at[1]:-}
  [[ -n $REPLAY_LSN && $BEHIND =~ ^[0-9]+$ ]] || refuse "the target does not say how far it has replayed" "it is no read replica any more: aws rds describe-db-clusters --db-cluster-identifier $AURORA_CLUSTER"
}

# lag_by_cloudwatch prints the last figure of RDSToAuroraPostgreSQLReplicaLag, in seconds; nothing where CloudWatch has none of the last ten minutes.
lag_by_cloudwatch() {
  local from figure
  from=$(date -u -d '-10 minutes' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v-10M +%Y-%m-%dT%H:%M:%SZ)
  figure=$(tell cloudwatch get-metric-statistics --namespace AWS/RDS --metric-name RDSToAuroraPostgreSQLReplicaLag --dimensions "Name=DBInstanceIdentifier,Value=$AURORA_WRITER" \
    --start-time "$from" --end-time "$(now)" --period 60 --statistics Maximum --query 'sort_by(Datapoints,&Timestamp)[-1].Maximum')
  [[ $figure == None ]] || printf '%s\n' "$figure"
}

# promote_cluster asks for the promotion, unless that was done, and returns when the writer endpoint takes writes. It sets PROMOTION_SECONDS, since the
# promotion was asked for, by whichever run; empty where it was over before this one, or nothing tells when it was asked for.
promote_cluster() {
  local asked seen=""
  PROMOTION_SECONDS=""
  look_at_cluster
  [[ -n $CLUSTER_ARN ]] || refuse "there is no cluster $AURORA_CLUSTER" "20-aurora/21-deploy.sh"
  if [[ -n $CLUSTER_OF ]]; then
    asked=$(state_get aurora asked_at)
    if [[ $CLUSTER_STATUS == available || -z $asked ]]; then
      cluster_available
      [[ -z $WAITING ]] || refuse "cluster $AURORA_CLUSTER is $CLUSTER_STATUS" "wait until it is available, then run this again"
      note_aurora asked_at "$(now)"
      tell rds promote-read-replica-db-cluster --db-cluster-identifier "$AURORA_CLUSTER" >/dev/null
      say "the promotion is asked for; from now on the replica follows nobody"
    fi
    wait_for "cluster $AURORA_CLUSTER is promoted" 7200 cluster_promoted
    seen=yes
  fi
  wait_for "instance $AURORA_WRITER is available" 3600 member_available "$AURORA_WRITER"
  wait_for "the writer endpoint takes writes" 1800 target_writes
  # shellcheck disable=SC2034 # for who calls this
  if [[ -n $seen ]]; then PROMOTION_SECONDS=$(seconds_since asked_at); fi
  # Events are kept for two weeks, and tell more than the status; one that is late says nothing.
  asked=$(tell rds describe-events --source-type db-cluster --source-identifier "$AURORA_CLUSTER" --duration 240 --query 'Events[].Message')
  if [[ $asked == *"Promoted Read Replica cluster"* ]]; then say "RDS tells of the promotion: Promoted Read Replica cluster to a stand-alone database cluster"; fi
}

target_writes() {
  WAITING=""
  if ! attempt assert_aurora f 2>"$TMP/unanswered"; then WAITING="not so: $(sed -n '1s/^[^:]*: //p' "$TMP/unanswered")"; fi
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
done_at=$(state_get aurora promoted_at)
refuse_void
if [[ -n $done_at ]]; then
  assert_aurora f
  say "the cluster was promoted at $done_at; nothing to do"
  exit 0
fi
# The drain is worth what has not been written since.
still_drained "71-freeze.sh, then 72-drain.sh"
((LOST == 0)) || refuse "the source has lost its counters since the freeze: what was written since cannot be told" "71-freeze.sh, then 72-drain.sh"
look_at_cluster
if [[ -n $CLUSTER_OF && $CLUSTER_STATUS == available ]]; then
  assert_aurora t
  open=$(waiting_for target "$TOKEN")
  [[ -z $open ]] || refuse "the marker of the drain is not on the replica" "72-drain.sh; the service $(service_of target) leads to the cluster"
fi
if [[ -z $yes ]]; then
  say "this would promote cluster $AURORA_CLUSTER; by the plan that takes 20 min"
  refuse "nothing was done" "to do it, add --yes"
fi
promote_cluster
open=$(waiting_for target "$TOKEN")
[[ -z $open ]] || die "the promoted cluster does not have the marker of the drain: changes of the source are missing" "76-unfreeze.sh gives the source back; 20-aurora/24-delete.sh --yes, and begin anew with a replica"
note_aurora promoted_at "$(now)"
if [[ -n $PROMOTION_SECONDS ]]; then
  note_timing promotion "$PROMOTION_SECONDS" 0
  say "promoted, after $PROMOTION_SECONDS s"
else
  say "promoted"
fi
hint "next: 74-look-over.sh, the gate cutover, then 75-open.sh --yes"
