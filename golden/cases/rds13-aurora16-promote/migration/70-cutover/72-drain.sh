#!/usr/bin/env bash
# 70-cutover/72-drain.sh: Prove that the last change of the source is on the replica.
# Before: the source is frozen (71-freeze.sh).
# Again: proves it once more.
#
# Usage: 72-drain.sh [--timeout SECONDS] [--not-frozen] [--ignore-database NAME]…
#
#   --timeout SECONDS        how long to wait; 900 when not given
#   --not-frozen             do not insist on a frozen source: measures how long a drain takes, proves nothing
#   --ignore-database NAME   another database of the instance that may be written to: what comes after this is lost there
#
# Proves that every change of the source is on the replica: a marker is written to the frozen source, behind everything, and read on the replica; and the
# replica has replayed the position at which the source stood before that.
#
# Exit codes: 0 drained, 1 refused or not drained in time, 2 could not do the work.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"
# shellcheck source=../20-aurora/aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

TIMEOUT=900 MUST_BE_FROZEN=yes IGNORED=""
while (($# > 0)); do
  case $1 in
    --timeout)
      TIMEOUT=${2:-}
      shift
      ;;
    --not-frozen) MUST_BE_FROZEN=no ;;
    --ignore-database)
      [[ -n ${2:-} ]] || die "--ignore-database wants the name of a database"
      IGNORED+=${IGNORED:+$'\n'}$2
      shift
      ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $TIMEOUT =~ ^[1-9][0-9]{0,5}$ ]] || die "the timeout is not a number of seconds: $TIMEOUT"
readonly TIMEOUT MUST_BE_FROZEN IGNORED

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

assert_source
trial=$(state_get aurora trial_at)
[[ -z $trial ]] || refuse "the cluster was promoted on trial: it does not follow the source" "20-aurora/23-dry-run.sh --yes --end makes the replica anew"
assert_aurora t
if [[ $MUST_BE_FROZEN == yes && $SOURCE_FROZEN != t ]]; then
  refuse "the source is not frozen: what is written from now on would not be waited for" "run 71-freeze.sh first, or measure with --not-frozen"
fi
if [[ $MUST_BE_FROZEN == yes ]]; then
  # The other databases of the instance move as well, and no freeze of ours holds there.
  busy=()
  fields_on source busy -v ignored="$IGNORED" <<'SQL'
SELECT pg_catalog.format('%s of database %s, pid %s, %s', a.usename, a.datname, a.pid, coalesce(nullif(a.application_name, ''), 'no name'))
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname <> pg_catalog.current_database() AND a.datname <> 'rdsadmin' AND a.backend_xid IS NOT NULL
  AND a.datname <> ALL (pg_catalog.regexp_split_to_array(:'ignored', E'\n')) ORDER BY a.datname, a.pid;
SQL
  if ((${#busy[@]} > 0)); then
    printf '  %s\n' "${busy[@]}" >&2
    refuse "other databases of the instance are written to" "stop that, then run this again; --ignore-database NAME gives up what is written there from now on"
  fi
fi
# written_in DATABASE prints a hash of the counters of every table in it, those aside into which the server itself writes when it gathers statistics (before 12
# pg_statistic_ext has the extended ones), and the catalogs that all databases share: whoever writes to these, in whichever database, would change every hash. Nothing
# where it cannot be told.
written_in() {
  psql_in source "$1" -f - 2>/dev/null <<'SQL' || true
SELECT pg_catalog.md5(coalesce(pg_catalog.string_agg(pg_catalog.concat_ws(' ', t.relid::bigint, t.n_tup_ins, t.n_tup_upd, t.n_tup_del), ',' ORDER BY t.relid), '')) FROM pg_catalog.pg_stat_all_tables AS t
WHERE t.relid <> ALL (ARRAY(SELECT pg_catalog.unnest(ARRAY[c.oid, c.reltoastrelid]) FROM pg_catalog.pg_class AS c
  WHERE c.relisshared OR c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND (c.relname IN ('pg_statistic', 'pg_statistic_ext_data')
    OR c.relname = 'pg_statistic_ext' AND pg_catalog.to_regclass('pg_catalog.pg_statistic_ext_data') IS NULL)));
SQL
}
readonly LATE="20-aurora/22-catch-up.sh shows how far the replica is; while the source is frozen, run $SCRIPT.sh again, or 76-unfreeze.sh to call it off"
# Before the marker: what is written to another database after it may not be on the replica. The gate cutover compares, database by database.
others=$(
  psql_on source -v ignored="$IGNORED" -f - <<'SQL'
SELECT pg_catalog.jsonb_build_object(
  'others', coalesce((SELECT pg_catalog.jsonb_object_agg(datname::text, tup_inserted + tup_updated + tup_deleted) FROM pg_catalog.pg_stat_database
    WHERE datname IS NOT NULL AND datname NOT IN (pg_catalog.current_database(), 'rdsadmin', 'template0', 'template1') AND datname <> ALL (pg_catalog.regexp_split_to_array(:'ignored', E'\n'))), '{}'),
  'ignored', (SELECT coalesce(pg_catalog.jsonb_agg(n), '[]') FROM pg_catalog.unnest(pg_catalog.regexp_split_to_array(:'ignored', E'\n')) AS n WHERE n <> ''));
SQL
)
if [[ $MUST_BE_FROZEN == yes ]]; then
  databases=() written=""
  fields_on source databases <<'SQL'
SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND datname NOT IN (pg_catalog.current_database(), 'rdsadmin', 'template0', 'template1') ORDER BY datname;
SQL
  for db in "${databases[@]}"; do
    hash=$(written_in "$db")
    if [[ -n $hash ]]; then written+="${written:+, }$(json_string "$db"): $(json_string "$hash")"; fi
  done
fi
final=$(ask source "SELECT pg_catalog.pg_current_wal_lsn()")
token=drain-$(date -u +%Y%m%dT%H%M%SZ)-$$-$RANDOM
mark source "$token"
wait_until "marker on the replica" "$TIMEOUT" "$LATE" waiting_for target "$token"
behind
at_least "$REPLAY_LSN" "$final" || refuse "the replica has the marker, and has replayed $REPLAY_LSN of $final only: it does not follow this source" "the service $(service_of target) leads to another server"
if [[ $MUST_BE_FROZEN == yes ]]; then
  same_freeze
  printf '{"aurora": %s}\n' "$others" | state_merge
  printf '{"aurora": {"written": {%s}}}\n' "$written" | state_merge
  printf '{"drain": %s, %s}\n' "$(json_object lsn "$final" token "$token" at "$(now)")" "$(step_taken)" | state_merge # last: with it the rest is there
  say "drained: everything up to $final is on the replica, which has replayed $REPLAY_LSN"
  hint "next: 73-promote.sh --yes; to call it off: 76-unfreeze.sh"
else
  say "the replica was that far behind; the source was not frozen, so this is no proof"
fi
