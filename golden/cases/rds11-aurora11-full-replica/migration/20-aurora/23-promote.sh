#!/usr/bin/env bash
# 20-aurora/23-promote.sh: Promote the replica to a cluster of its own, which follows the source no more.
# Before: 22-catch-up.sh, and 14-markers.sql on the source; the service of the target leads to the endpoint of the cluster.
# Again: goes on waiting; says so where it is done.
#
# Usage: 23-promote.sh [--yes] [--subscriptions-disabled]
#   --yes   do it; without it this says what it would do
#   --subscriptions-disabled   somebody has seen to it that no subscription and no job of pg_cron works on the promoted cluster
#
# The replica has the structure of the source, roles and extensions included. From the call on it follows nobody any more, and there is no way to make it follow
# again. The source goes on as it is.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"
# shellcheck source=aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

yes="" still=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --subscriptions-disabled) still=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

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

# jobs_of WHERE DATABASE prints the active jobs of pg_cron in a database of the server. The extension is in one database, which the settings name where the role may see that; else it is postgres.
jobs_of() {
  psql_in "$1" "$2" -f - <<'SQL'
SELECT count(*) > 0 AS there FROM pg_catalog.pg_class WHERE relname = 'job' AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'cron') \gset
\if :there
SELECT pg_catalog.row_security_active('cron.job') AS others \gset
\if :others
SELECT pg_catalog.format('jobs of pg_cron that are not of role %s, in database %s, cannot be seen', current_user, pg_catalog.current_database());
\endif
SELECT pg_catalog.format('job %s of pg_cron in database %s is active', j.jobid, pg_catalog.current_database()) FROM cron.job AS j WHERE coalesce((pg_catalog.to_jsonb(j) ->> 'active')::boolean, true) ORDER BY j.jobid;
\endif
SQL
}

# at_work WHERE prints what would go to work on a promoted copy of the server, too: subscriptions of all its databases, and jobs.
at_work() {
  local databases=() db
  psql_on "$1" -f - <<'SQL'
SELECT pg_catalog.to_regclass('pg_catalog.pg_subscription') IS NOT NULL AS subscriptions \gset
\if :subscriptions
SELECT pg_catalog.format('subscription %I of database %s is enabled', s.subname, d.datname) FROM pg_catalog.pg_subscription AS s JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid WHERE s.subenabled ORDER BY 1;
\endif
SQL
  fields_on "$1" databases <<'SQL'
SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND (datname = pg_catalog.current_database()
  OR datname = coalesce((SELECT nullif(setting, '') FROM pg_catalog.pg_settings WHERE name = 'cron.database_name'), 'postgres')) ORDER BY datname;
SQL
  for db in "${databases[@]}"; do
    jobs_of "$1" "$db" || printf 'whether database %s has jobs of pg_cron cannot be told\n' "$db"
  done
}

# none_at_work WHERE [HINT] refuses where anything would, or it cannot be told.
none_at_work() {
  local working
  working=$(at_work "$1")
  [[ -n $working ]] || return 0
  printf '  %s\n' "${working//$'\n'/$'\n  '}" >&2
  refuse "the promoted copy would do the work of the source, too: read what is the source's, and act on others" \
    "${2:-ALTER SUBSCRIPTION … DISABLE, cron.alter_job(…, active := false), on the source, and after the promotion enable them there again; or see to it that none works on the copy, and --subscriptions-disabled}"
}

# noted WHERE prints what 14-markers.sql wrote into each marker, in the row that nobody changes; nothing where one is missing. Two servers of which none was copied
# from the other have no such row in common.
noted() {
  local slot there rows=""
  for slot in "${OUR_SLOTS[@]}"; do
    there=$(ask "$1" "SELECT pg_catalog.to_regclass(pg_catalog.format('%I.%I', :'schema', :'marker')) IS NOT NULL" "schema=$OUR_SCHEMA" "marker=marker_$slot")
    [[ $there == t ]] || return 0
    rows+=$(ask "$1" "SELECT source_lsn || ' ' || EXTRACT(EPOCH FROM at) || ';' FROM :\"schema\".:\"marker\" WHERE id = 2" "schema=$OUR_SCHEMA" "marker=marker_$slot")
  done
  printf '%s\n' "$rows"
}

# prove_copy refuses a target that is not a copy of the source.
prove_copy() {
  local of_source of_target
  of_source=$(noted source)
  of_target=$(noted target)
  [[ -n $of_source ]] || refuse "the markers are not on the source" "10-source/14-markers.sql"
  [[ $of_source == "$of_target" ]] || refuse "the target (service $(service_of target)) does not have the markers of the source: it is no copy of it, or has not replayed them yet" "22-catch-up.sh, or correct the service"
}

only_one
assert_source
done_at=$(state_get aurora promoted_at)
if [[ -n $done_at ]]; then
  assert_aurora f
  say "the cluster was promoted at $done_at; nothing to do"
  exit 0
fi
need_state "21-deploy.sh" aurora available_at >/dev/null
need_rds
look_at_cluster
if [[ -n $CLUSTER_OF ]]; then
  [[ $CLUSTER_OF == "$RDS_ARN" ]] || refuse "cluster $AURORA_CLUSTER is a read replica of $CLUSTER_OF, and not of $RDS_ARN" "configure another aurora.cluster"
  assert_aurora t
  prove_copy
  if [[ -z $still ]]; then
    none_at_work source
    none_at_work target "that is what the replica has, and the source not any more: 22-catch-up.sh, then run this again" # what was disabled has to be there before the promotion
  fi
fi
if [[ -z $yes ]]; then
  say "this would promote cluster $AURORA_CLUSTER: it follows $RDS_SOURCE no more"
  refuse "nothing was done" "to do it, add --yes"
fi
promote_cluster
prove_copy
# The mark is what every later step knows the server by that is emptied. The source cannot get it any more; where it has it, the two are one.
psql_on target -f - <<'SQL'
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS pgcutover.promoted (at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp());
SQL
[[ $(marked source) == f ]] || { psql_on target -c 'DROP TABLE pgcutover.promoted' && die "what was written to the target is on the source: they are one server" "correct the services"; }
note_aurora promoted_at "$(now)"
if [[ -n $PROMOTION_SECONDS ]]; then note_timing promotion "$PROMOTION_SECONDS" 0; fi
say "cluster $AURORA_CLUSTER takes writes at $CLUSTER_ENDPOINT"
