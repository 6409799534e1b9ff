#!/usr/bin/env bash
# 20-aurora/22-catch-up.sh: Wait until the replica is near the source, by positions and by CloudWatch.
# Before: 21-deploy.sh; the service of the target leads to the endpoint of the cluster.
# Again: as often as you like: it only reads.
#
# Usage: 22-catch-up.sh [--bytes N] [--timeout SECONDS]
#   --bytes N           how far behind is near enough; 16777216, one segment of WAL, when not given
#   --timeout SECONDS   how long to wait; 14400 when not given
#
# Shows how far the replica is behind the source, by the positions on both servers and by CloudWatch, and returns when it is near. Reads only.
#
# Exit codes: 0 near, 1 refused, 2 not near in time or could not do the work.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"
# shellcheck source=aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

most=16777216 timeout=14400
while (($#)); do
  case $1 in
    --bytes)
      most=${2:-}
      shift
      ;;
    --timeout)
      timeout=${2:-}
      shift
      ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $most =~ ^[0-9]{1,18}$ ]] || die "not a number of bytes: $most"
[[ $timeout =~ ^[1-9][0-9]{0,6}$ ]] || die "the timeout is not a number of seconds: $timeout"

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

assert_source
assert_aurora t
look_at_cluster
[[ -n $CLUSTER_ARN ]] || refuse "there is no cluster $AURORA_CLUSTER" "20-aurora/21-deploy.sh"
[[ -n $CLUSTER_OF ]] || refuse "cluster $AURORA_CLUSTER is no read replica any more" "it was promoted"

near() {
  behind
  WAITING=""
  if ((BEHIND > most)); then WAITING="$BEHIND bytes behind (replayed $REPLAY_LSN of $SOURCE_LSN)"; fi
}
wait_for "the replica is near the source" "$timeout" near
seconds=$(lag_by_cloudwatch)
say "it has replayed up to $REPLAY_LSN, $BEHIND bytes behind $SOURCE_LSN; CloudWatch has ${seconds:-no figure yet}${seconds:+ s}"
