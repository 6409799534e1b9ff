#!/usr/bin/env bash
# 20-aurora/23-dry-run.sh: Promote the replica on trial while the source is in use, look at it and at the clock, and make it anew.
# Before: 22-catch-up.sh, and 14-marker.sql on the source.
# Again: goes on with the trial that has begun.
#
# Usage: 23-dry-run.sh --yes [--subscriptions-disabled] [--end]
#   --yes   do it; without it this says what it would do
#   --end   the trial is over: delete the promoted cluster, and make the replica anew
#   --subscriptions-disabled   somebody has seen to it that no subscription and no job of pg_cron works on the promoted cluster
#
# Promotes the replica while the application goes on writing to the source, to measure how long a promotion takes, and to look at what comes of it. What is on the
# cluster then is a copy of a moment, and nothing else: the application never gets to it. The source is not touched but for its marker.
# A replica costs the source a snapshot and WAL each time that it is made.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"
# shellcheck source=aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

yes="" over="" still=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --end) over=yes && shift ;;
    --subscriptions-disabled) still=yes && shift ;;
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

only_one
assert_source
trial=$(state_get aurora trial_at)
drained=$(state_get drain lsn)
[[ -z $drained ]] || refuse "the cutover has begun: the source was frozen and drained" "70-cutover/76-unfreeze.sh calls it off"
if [[ -n $over ]]; then
  [[ -n $trial ]] || refuse "there is no trial to end" "23-dry-run.sh --yes begins one"
  if [[ -z $yes ]]; then
    say "this would delete the promoted cluster $AURORA_CLUSTER, and make the read replica anew"
    refuse "nothing was done" "to do it, add --yes"
  fi
  "$AURORA/24-delete.sh" --yes --keep-groups
  "$AURORA/21-deploy.sh"
  say "the replica is there again; the timings of the trial are in $TIMINGS: pgcutover plan --timings $STATE takes them"
  exit 0
fi
if [[ -z $yes ]]; then
  say "this would promote cluster $AURORA_CLUSTER while the source is written to; it is of no use for the migration then, and has to be deleted and made anew"
  refuse "nothing was done" "to do it, add --yes"
fi
if [[ -z $trial ]]; then
  assert_aurora t
  if [[ -z $still ]]; then none_at_work source; fi
  token=trial-$(date -u +%Y%m%dT%H%M%SZ)-$$-$RANDOM
  mark source "$token"
  wait_until "marker on the replica" 900 "22-catch-up.sh shows how far the replica is" waiting_for target "$token"
  note_aurora trial_at "$(now)" trial_token "$token"
fi
token=$(state_get aurora trial_token)
promote_cluster
open=$(waiting_for target "$token")
[[ -z $open ]] || die "the promoted cluster does not have the marker of the trial" "the service $(service_of target) leads to another server"
if [[ -n $PROMOTION_SECONDS ]]; then
  note_timing promotion "$PROMOTION_SECONDS" 0
  say "the promotion took $PROMOTION_SECONDS s, from the call to the first write that the endpoint would take"
fi
say "a copy of the source as it was is at the writer endpoint"
hint "look at it: pgcutover verify --check schema,indexes,roles; the application on a staging host; then 23-dry-run.sh --yes --end"
