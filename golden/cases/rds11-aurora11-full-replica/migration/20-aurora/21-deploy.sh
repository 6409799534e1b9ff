#!/usr/bin/env bash
# 20-aurora/21-deploy.sh: Make the Aurora read replica of the source, and wait until it is there.
# Before: the gate "preflight", the settings for Aurora in env, and the AWS CLI.
# Again: goes on where it stands, and makes what is missing.
# Undo: 20-aurora/24-delete.sh.
#
# Usage: 21-deploy.sh [--dry-run] [--timeout SECONDS]
#   --dry-run           change nothing in AWS: look at what there is, and make the change set
#   --timeout SECONDS   how long to wait for the replica; 86400 when not given
#
# The stack blog-aurora with parameter groups, subnet group and alarms, then the cluster blog as a read replica of blog-db, then its
# first instance blog-1. AWS makes a snapshot of the source and fills the storage from it: several hours for each terabyte. The source works on
# meanwhile, and keeps its WAL.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"
# shellcheck source=aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

dry="" timeout=86400
while (($#)); do
  case $1 in
    --dry-run) dry=yes ;;
    --timeout)
      timeout=${2:-}
      shift
      ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $timeout =~ ^[1-9][0-9]{0,6}$ ]] || die "the timeout is not a number of seconds: $timeout"

only_one
assert_source
void=$(state_get aurora void_at)
[[ -z $void ]] || refuse "the source takes writes again since $void, and the promoted cluster does not have them" "20-aurora/24-delete.sh --yes, then this again: a new replica"
promoted=$(state_get aurora promoted_at)
if [[ -n $promoted ]]; then
  say "the cluster was promoted at $promoted; nothing to do"
  exit 0
fi

# The source, as RDS has it.
need_rds
[[ $RDS_ENGINE == postgres ]] || refuse "$RDS_SOURCE is of the engine $RDS_ENGINE: only RDS for PostgreSQL has Aurora read replicas that can be promoted" "aurora.source names the instance"
[[ $RDS_STATUS == available ]] || refuse "$RDS_SOURCE is $RDS_STATUS" "wait until it is available"
version=$(ask source "SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1)")
# 11.22-rds.20240418 and its like: RDS supports them longer, and Aurora numbers its own.
runs=${RDS_VERSION%-[rR][dD][sS].*} version=${version%-[rR][dD][sS].*}
[[ $runs == "$version" ]] || refuse "$RDS_SOURCE runs $RDS_VERSION, and the service $(service_of source) leads to a server of $version" "aurora.source, or the service, is of another instance"
if [[ ${runs%.*} != "${AURORA_VERSION%.*}" ]] || ((10#${runs##*.} > 10#${AURORA_VERSION##*.})); then
  refuse "Aurora PostgreSQL $AURORA_VERSION cannot replicate $RDS_VERSION: it takes the same major version, and the same or a higher minor one" "aurora.engine_version, then plan and render again"
fi
((RDS_BACKUPS > 0)) || refuse "$RDS_SOURCE has no automated backups, and RDS makes read replicas only of what has" "aws rds modify-db-instance --db-instance-identifier $RDS_SOURCE --backup-retention-period 1 --apply-immediately (an outage of the instance where they were off)"
look_at_cluster
while IFS=' ' read -r kind name; do
  case $kind in
    cluster)
      if [[ ${name##*:} != "$AURORA_CLUSTER" || -z $CLUSTER_ARN ]]; then
        refuse "$RDS_SOURCE has the Aurora read replica $name already, and an instance has one at most" "promote or delete that one first"
      fi
      ;;
    instance)
      [[ $name != arn:* ]] || refuse "$RDS_SOURCE has the read replica $name in another Region, and RDS then makes no Aurora replica" "delete it, or move by another engine"
      ;;
  esac
done <<<"$RDS_REPLICAS"

# What the site decides.
arn='^arn:[A-Za-z0-9:/_+=.@!-]+$'
groups=$(wanted PGCUTOVER_AURORA_SECURITY_GROUPS '^sg-[0-9a-f]+(,sg-[0-9a-f]+)*$')
subnet_group=$(possible PGCUTOVER_AURORA_SUBNET_GROUP '^[A-Za-z0-9 ._-]{1,255}$')
subnets=$(possible PGCUTOVER_AURORA_SUBNETS '^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)+$')
key=$(possible PGCUTOVER_AURORA_KEY "$arn")
topic=$(possible PGCUTOVER_AURORA_TOPIC "$arn")
if [[ -z $subnet_group && -z $subnets ]]; then
  # The same as the source's, which everybody who uses it reaches.
  subnet_group=$RDS_SUBNET_GROUP
  [[ $subnet_group != None ]] || refuse "the source has no subnet group" "PGCUTOVER_AURORA_SUBNETS or PGCUTOVER_AURORA_SUBNET_GROUP in env"
fi
[[ -z $subnet_group || -z $subnets ]] || refuse "both PGCUTOVER_AURORA_SUBNETS and PGCUTOVER_AURORA_SUBNET_GROUP are set" "keep one: a group of its own is made of subnets"
encryption=()
if [[ $RDS_ENCRYPTED != True && -z $key ]]; then
  refuse "$RDS_SOURCE is not encrypted: an encrypted replica of it needs a key by name" "PGCUTOVER_AURORA_KEY in env; or aurora.encrypted: false"
fi
encryption=(--storage-encrypted)
if [[ -n $key ]]; then encryption+=(--kms-key-id "$key"); fi

# Whether the Region has what is asked for.
tell rds describe-orderable-db-instance-options --engine aurora-postgresql --engine-version "$AURORA_VERSION" --query 'OrderableDBInstanceOptions[].[DBInstanceClass]' >"$TMP/orderable"
sort -u -- "$TMP/orderable" >"$TMP/classes"
if [[ ! -s $TMP/classes ]] || grep -qx None "$TMP/classes"; then
  refuse "the Region offers no Aurora PostgreSQL $AURORA_VERSION" "aws rds describe-db-engine-versions --engine aurora-postgresql --query 'DBEngineVersions[].EngineVersion' lists what it has: aurora.engine_version"
fi
classes=("$AURORA_CLASS" db.r6g.xlarge)
for class in "${classes[@]}"; do
  grep -qxF -- "$class" "$TMP/classes" || refuse "the Region offers no $class for Aurora PostgreSQL $AURORA_VERSION" "it offers: $(paste -sd ' ' -- "$TMP/classes")"
done

parameters=$STATE_DIR/aurora-parameters.json
{
  printf '[\n  %s,\n  %s\n]\n' "$(json_string "SubnetIds=$subnets")" "$(json_string "AlarmTopicArn=$topic")"
} >"$TMP/parameters"
mv -f -- "$TMP/parameters" "$parameters"
look_at_stack "$AURORA_STACK"
refuse_stuck "$AURORA_STACK"
case $STACK_STATUS in
  ROLLBACK_COMPLETE) if [[ -z $dry ]]; then stack_trouble "$AURORA_STACK" && delete_stack "$AURORA_STACK"; fi ;;
  ROLLBACK_FAILED | DELETE_FAILED) refuse "stack $AURORA_STACK is $STACK_STATUS" "20-aurora/24-delete.sh --yes, then run this again" ;;
esac
extra=()
if [[ -n $dry ]]; then extra+=(--no-execute-changeset); fi
say "stack $AURORA_STACK: cloudformation/01-groups.json"
deploy_stack "$AURORA_STACK" "$AURORA/cloudformation/01-groups.json" --parameter-overrides "file://$parameters" "${extra[@]}"
IFS=, read -r -a group_ids <<<"$groups"
tags=("Key=${TAGS[0]},Value=${TAGS[1]}" "Key=${TAGS[2]},Value=${TAGS[3]}")

if [[ -n $CLUSTER_ARN ]]; then
  [[ $CLUSTER_OF == "$RDS_ARN" ]] || refuse "cluster $AURORA_CLUSTER is there, and is no read replica of $RDS_ARN${CLUSTER_OF:+, but of $CLUSTER_OF}" \
    "if it was promoted in a dry run: 20-aurora/23-dry-run.sh --yes --end; if in a cutover, the application may use it: leave it alone; else configure another aurora.cluster"
  say "cluster $AURORA_CLUSTER is there ($CLUSTER_STATUS)"
elif [[ -n $dry ]]; then
  say "would make cluster $AURORA_CLUSTER, Aurora PostgreSQL $AURORA_VERSION, as a read replica of $RDS_ARN"
else
  note_place "$RDS_ARN"
  note_aurora cluster "$AURORA_CLUSTER" made_at "$(now)" emptied true
  tell rds create-db-cluster --db-cluster-identifier "$AURORA_CLUSTER" --engine aurora-postgresql --engine-version "$AURORA_VERSION" --replication-source-identifier "$RDS_ARN" \
    --db-subnet-group-name "${subnet_group:-blog}" --vpc-security-group-ids "${group_ids[@]}" --db-cluster-parameter-group-name blog-cluster \
    --backup-retention-period 7 --deletion-protection --copy-tags-to-snapshot "${encryption[@]}" --tags "${tags[@]}" >/dev/null
  say "cluster $AURORA_CLUSTER is being made"
fi
look_at_member "$AURORA_WRITER"
if [[ -n $MEMBER_ARN ]]; then
  say "instance $AURORA_WRITER is there ($MEMBER_STATUS)"
elif [[ -n $dry ]]; then
  say "would make instance $AURORA_WRITER, $AURORA_CLASS"
else
  wait_for "cluster $AURORA_CLUSTER is available" "$timeout" cluster_available
  tell rds create-db-instance --db-instance-identifier "$AURORA_WRITER" --db-cluster-identifier "$AURORA_CLUSTER" --db-instance-class "$AURORA_CLASS" --engine aurora-postgresql \
    --db-parameter-group-name blog-instance --no-auto-minor-version-upgrade --no-publicly-accessible --promotion-tier 0 --tags "${tags[@]}" >/dev/null
  say "instance $AURORA_WRITER is being made; that takes hours for a terabyte"
fi
if [[ -n $dry ]]; then
  say "nothing was changed"
  exit 0
fi
wait_for "cluster $AURORA_CLUSTER is available" "$timeout" cluster_available
wait_for "instance $AURORA_WRITER is available" "$timeout" member_available "$AURORA_WRITER"
ready=$(state_get aurora available_at)
if [[ -z $ready ]]; then
  note_aurora available_at "$(now)"
  took=$(seconds_since made_at)
  bytes=$(ask source "SELECT pg_catalog.sum(pg_catalog.pg_database_size(oid))::bigint FROM pg_catalog.pg_database WHERE datallowconn AND pg_catalog.has_database_privilege(oid, 'CONNECT')")
  if [[ -n $took ]]; then note_timing 'aurora replica' "$took" "$bytes"; fi
fi
say "the replica is there; it answers at $CLUSTER_ENDPOINT: that is the host of service $(service_of target)"
hint "next: 22-catch-up.sh"
