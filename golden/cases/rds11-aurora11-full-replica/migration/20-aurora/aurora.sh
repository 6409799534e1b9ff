#!/usr/bin/env bash
# What the scripts ask RDS about the Aurora cluster and the source, by the AWS CLI. They source it after session.sh; running it does nothing.
#
# Account, Region and credentials are the CLI's own matter: profiles, AWS_* variables, roles. Everything is found by the identifiers of the plan; its tags say
# whether it is of this migration.

# shellcheck disable=SC2034 # the scripts that source this file use what is set here

readonly AURORA=$BUNDLE/20-aurora
readonly RDS_SOURCE=blog-db
readonly AURORA_CLUSTER=blog
readonly AURORA_WRITER=blog-1
readonly AURORA_READERS=()
readonly AURORA_VERSION=11.22
readonly AURORA_CLASS=db.r6g.xlarge
readonly AURORA_STACK=blog-aurora
readonly AURORA_READERS_STACK=blog-aurora-readers
readonly OPENED_TAG=pgcutover:opened # of the cluster: it stays with it, whatever becomes of state.json

# What is made has these tags, keys and values in turn.
readonly TAGS=(
  pgcutover:migration blog-prod
  pgcutover:source 7300000000000000001/shop
)
readonly AWS=${PGCUTOVER_AWS:-aws}
export AWS_PAGER="" AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-5}
if [[ -n ${AWS_REGION:-} ]]; then export AWS_DEFAULT_REGION=$AWS_REGION; fi # version 1 of the CLI knows this name only
command -v "$AWS" >/dev/null || die "the AWS CLI ($AWS) is not there" "install it, or set PGCUTOVER_AWS in env"

# aws_failed DOING: the last call's own words, and the end.
aws_failed() {
  sed 's/^/  /' "$TMP/aws" >&2
  die "$1 failed" "credentials, Region and rights are those of the AWS CLI: aws sts get-caller-identity; docs/promote.md lists the rights"
}

# tell WORD… calls AWS and prints the answer as text.
tell() { "$AWS" "$@" --output text 2>"$TMP/aws" || aws_failed "aws $1 $2"; }

# wanted NAME FORM prints a setting of env that has to be there.
wanted() {
  [[ -n ${!1:-} ]] || refuse "$1 is not set" "see env.example"
  [[ ${!1} =~ $2 ]] || refuse "$1 does not look as it should" "see env.example"
  printf '%s\n' "${!1}"
}
# possible NAME FORM is wanted where the setting is there.
possible() { if [[ -n ${!1:-} ]]; then wanted "$@"; fi; }

# arn_prefix SERVICE prints how its ARNs begin in the Region and account of who is asking.
arn_prefix() {
  local caller partition account region=${AWS_DEFAULT_REGION:-}
  caller=$(tell sts get-caller-identity --query Arn) # arn:aws:sts::account:…
  IFS=: read -r _ partition _ _ account _ <<<"$caller"
  if [[ -z $region ]]; then region=$(tell configure get region); fi
  printf 'arn:%s:%s:%s:%s\n' "$partition" "$1" "$region" "$account"
}

# place_noted prints the Region and the account that state.json has, REGION/ACCOUNT; nothing before anything was made. It needs no server, which may be gone
# by the time that everything is deleted.
place_noted() {
  local text
  [[ -e $STATE ]] || return 0
  text=$(tr -d '\n' <"$STATE" | grep -Eo '"aws": *\{[^}]*\}' || true)
  if [[ $text =~ \"region\":\ *\"([a-z0-9-]+)\" ]]; then
    printf '%s/' "${BASH_REMATCH[1]}"
    if [[ $text =~ \"account\":\ *\"([0-9]+)\" ]]; then printf '%s\n' "${BASH_REMATCH[1]}"; fi
  fi
}

# place_of ARN prints its Region and account in the same way.
place_of() {
  local region account
  IFS=: read -r _ _ _ region account _ <<<"$1"
  printf '%s/%s\n' "$region" "$account"
}

# assert_here [ARN of something that was found] refuses where AWS is asked in another Region or account than the one that state.json has: nothing there is no
# sign that it is gone.
assert_here() {
  local noted here arn=${1:-}
  noted=$(place_noted)
  [[ -n $noted ]] || return 0
  if [[ -z $arn ]]; then arn=$(arn_prefix rds); fi
  here=$(place_of "$arn")
  [[ $here == "$noted" ]] || refuse "AWS is asked in ${here%/*}, account ${here#*/}, and what this migration has is in ${noted%/*}, account ${noted#*/}" \
    "AWS_REGION, AWS_PROFILE or credentials of that one; to move there: 20-aurora/24-delete.sh --yes in the other one first"
}

# note_place ARN writes its Region and account into state.json, once.
note_place() {
  local noted here
  noted=$(place_noted)
  if [[ -n $noted || -z $1 ]]; then return 0; fi
  here=$(place_of "$1")
  printf '{"aws": %s}\n' "$(json_object region "${here%/*}" account "${here#*/}")" | state_merge
}

# same_migration WHAT VALUE I REMEDY refuses what has not the value of tag I.
same_migration() {
  if [[ $2 == "${TAGS[$3 + 1]}" ]]; then return 0; fi
  [[ -z $2 || $2 == None ]] || refuse "$1 is of another migration: its tag ${TAGS[$3]} is $2, and not ${TAGS[$3 + 1]}" \
    "this migration needs names of its own in the account and Region: configure aurora.cluster, then plan and render again"
  refuse "$1 has no tag ${TAGS[$3]}: whose it is cannot be told" "if it is of this migration: $4" \
    "if it is not: configure another aurora.cluster, then plan and render again"
}

# look_at_stack NAME sets STACK_STATUS (empty: there is none), and refuses the stack of another migration.
look_at_stack() {
  local answer migration source remedy
  STACK_STATUS=""
  if ! answer=$("$AWS" cloudformation describe-stacks --stack-name "$1" --output text \
    --query "Stacks[0].[StackStatus,Tags[?Key=='${TAGS[0]}'].Value|[0],Tags[?Key=='${TAGS[2]}'].Value|[0]]" 2>"$TMP/aws"); then
    if grep -q 'Stack with id .* does not exist' "$TMP/aws"; then return 0; fi
    aws_failed "looking at stack $1"
  fi
  IFS=$'\t' read -r STACK_STATUS migration source <<<"$answer"
  # What a dry run leaves holds nothing yet, and no tags.
  [[ $STACK_STATUS != REVIEW_IN_PROGRESS ]] || return 0
  remedy="aws cloudformation update-stack --stack-name $1 --use-previous-template --capabilities CAPABILITY_NAMED_IAM with its parameters and --tags Key=${TAGS[0]},Value=${TAGS[1]} Key=${TAGS[2]},Value=${TAGS[3]}"
  same_migration "stack $1" "$migration" 0 "$remedy"
  same_migration "stack $1" "$source" 2 "$remedy"
  case $STACK_STATUS in
    *_IN_PROGRESS) refuse "stack $1 is $STACK_STATUS" "wait until CloudFormation is done with it, then run this again" ;;
  esac
}

# stack_trouble NAME shows why CloudFormation could not do something of its last change; nothing where it does not tell.
stack_trouble() {
  "$AWS" cloudformation describe-stack-events --stack-name "$1" --max-items 100 --output text \
    --query "StackEvents[?ends_with(ResourceStatus,'_FAILED')].[LogicalResourceId,ResourceStatus,ResourceStatusReason]" 2>/dev/null | sed 's/^/  /' >&2 || true
}

# refuse_stuck NAME, after look_at_stack, refuses a stack whose last update could be neither made nor undone: it takes no other one.
refuse_stuck() {
  if [[ $STACK_STATUS == UPDATE_ROLLBACK_FAILED ]]; then
    stack_trouble "$1"
    refuse "stack $1 is $STACK_STATUS" "mend what stands above, then aws cloudformation continue-update-rollback --stack-name $1, and when that is done run this again"
  fi
}

# deploy_stack NAME TEMPLATE WORD… has CloudFormation make or change a stack, with our tags and what else the AWS CLI is to be told.
deploy_stack() {
  "$AWS" cloudformation deploy --stack-name "$1" --template-file "$2" --tags "${TAGS[0]}=${TAGS[1]}" "${TAGS[2]}=${TAGS[3]}" --no-fail-on-empty-changeset "${@:3}" >"$TMP/deploy" 2>"$TMP/aws" || {
    cat -- "$TMP/deploy" >&2
    stack_trouble "$1"
    aws_failed "stack $1"
  }
  sed 's/^/  /' "$TMP/deploy" >&2
}

# delete_stack NAME deletes it, and returns when there is none of that name any more.
delete_stack() {
  look_at_stack "$1"
  [[ -n $STACK_STATUS ]] || return 0
  tell cloudformation delete-stack --stack-name "$1" >/dev/null
  "$AWS" cloudformation wait stack-delete-complete --stack-name "$1" 2>"$TMP/aws" || {
    stack_trouble "$1"
    sed 's/^/  /' "$TMP/aws" >&2
    die "stack $1 could not be deleted" "delete by hand what stands above, then run this again: what is gone does not stop it"
  }
  say "stack $1 is deleted"
}

# answered WHAT CODE WORD… sets ANSWER to what RDS says, and empty where it says that there is no such thing. Any other failure is no answer.
answered() {
  local what=$1 code=$2
  shift 2
  ANSWER=""
  if ! ANSWER=$("$AWS" rds "$@" --output text 2>"$TMP/aws"); then
    ANSWER=""
    if grep -Eq "\($code(Fault)?\) when calling" "$TMP/aws"; then return 0; fi
    aws_failed "looking at $what"
  fi
  if [[ $ANSWER == None ]]; then ANSWER=""; fi
}

# tag_queries prints the part of a query that finds the values of both tags.
tag_queries() { printf "TagList[?Key=='%s'].Value|[0]||'None',TagList[?Key=='%s'].Value|[0]||'None'" "${TAGS[0]}" "${TAGS[2]}"; }

# ours WHAT ARN MIGRATION SOURCE refuses what is of another migration, or does not say of which.
ours() {
  local remedy="aws rds add-tags-to-resource --resource-name $2 --tags Key=${TAGS[0]},Value=${TAGS[1]} Key=${TAGS[2]},Value=${TAGS[3]}"
  assert_here "$2"
  same_migration "$1" "$3" 0 "$remedy"
  same_migration "$1" "$4" 2 "$remedy"
}

# look_at_cluster sets CLUSTER_ARN (empty: there is none), CLUSTER_STATUS, CLUSTER_OF (ARN of what it is a read replica of; empty: it is none), CLUSTER_VERSION,
# CLUSTER_ENDPOINT, CLUSTER_READER_ENDPOINT, CLUSTER_PROTECTED (True, False) and CLUSTER_OPENED (when 70-cutover/75-open.sh was about to open it, by a tag; empty: never),
# and refuses one that is not of this migration.
look_at_cluster() {
  local migration source
  answered "cluster $AURORA_CLUSTER" DBClusterNotFound describe-db-clusters --db-cluster-identifier "$AURORA_CLUSTER" --query \
    "DBClusters[0].[DBClusterArn,Status,ReplicationSourceIdentifier||'None',EngineVersion,Endpoint||'None',ReaderEndpoint||'None',DeletionProtection,TagList[?Key=='$OPENED_TAG'].Value|[0]||'None',$(tag_queries)]"
  IFS=$'\t' read -r CLUSTER_ARN CLUSTER_STATUS CLUSTER_OF CLUSTER_VERSION CLUSTER_ENDPOINT CLUSTER_READER_ENDPOINT CLUSTER_PROTECTED CLUSTER_OPENED migration source <<<"$ANSWER"
  if [[ $CLUSTER_OF == None ]]; then CLUSTER_OF=""; fi
  if [[ $CLUSTER_OPENED == None ]]; then CLUSTER_OPENED=""; fi
  if [[ -z $CLUSTER_ARN ]]; then return 0; fi
  ours "cluster $AURORA_CLUSTER" "$CLUSTER_ARN" "$migration" "$source"
}

# look_at_member IDENTIFIER sets MEMBER_ARN (empty: there is none), MEMBER_STATUS and MEMBER_CLUSTER, and refuses one that is not of this migration.
look_at_member() {
  local migration source
  answered "instance $1" DBInstanceNotFound describe-db-instances --db-instance-identifier "$1" --query \
    "DBInstances[0].[DBInstanceArn,DBInstanceStatus,DBClusterIdentifier||'None',$(tag_queries)]"
  IFS=$'\t' read -r MEMBER_ARN MEMBER_STATUS MEMBER_CLUSTER migration source <<<"$ANSWER"
  if [[ -z $MEMBER_ARN ]]; then return 0; fi
  ours "instance $1" "$MEMBER_ARN" "$migration" "$source"
  [[ $MEMBER_CLUSTER == "$AURORA_CLUSTER" ]] || refuse "instance $1 belongs to ${MEMBER_CLUSTER/None/no cluster}, and not to $AURORA_CLUSTER" "configure another aurora.cluster, then plan and render again"
}

# look_at_rds sets RDS_ARN (empty: there is none), RDS_STATUS, RDS_ENGINE, RDS_VERSION, RDS_ENCRYPTED (True, False), RDS_BACKUPS (days), RDS_SUBNET_GROUP,
# RDS_PROTECTED and RDS_REPLICAS, a line for each of its read replicas: cluster or instance, and its identifier (an ARN where it is in another Region).
look_at_rds() {
  local line
  answered "the source $RDS_SOURCE" DBInstanceNotFound describe-db-instances --db-instance-identifier "$RDS_SOURCE" --query \
    "DBInstances[0].[DBInstanceArn,DBInstanceStatus,Engine,EngineVersion,StorageEncrypted,BackupRetentionPeriod,DBSubnetGroup.DBSubnetGroupName||'None',DeletionProtection]"
  IFS=$'\t' read -r RDS_ARN RDS_STATUS RDS_ENGINE RDS_VERSION RDS_ENCRYPTED RDS_BACKUPS RDS_SUBNET_GROUP RDS_PROTECTED <<<"$ANSWER"
  if [[ -z $RDS_ARN ]]; then return 0; fi
  assert_here "$RDS_ARN"
  RDS_REPLICAS=""
  for line in cluster instance; do
    answered "the replicas of $RDS_SOURCE" DBInstanceNotFound describe-db-instances --db-instance-identifier "$RDS_SOURCE" \
      --query "DBInstances[0].ReadReplicaDB$([[ $line == cluster ]] && printf Cluster || printf Instance)Identifiers[]"
    if [[ -n $ANSWER ]]; then RDS_REPLICAS+=$(tr '\t' '\n' <<<"$ANSWER" | sed "s/^/$line /")$'\n'; fi
  done
}

# need_rds refuses where the source is not there.
need_rds() {
  look_at_rds
  [[ -n $RDS_ARN ]] || refuse "there is no RDS instance $RDS_SOURCE in the Region and account that the AWS CLI asks" "AWS_REGION and AWS_PROFILE in env, or aurora.source in the configuration"
}

# wait_for WHAT SECONDS COMMAND WORD… calls the command, which sets WAITING to what it still waits for, empty when it has come. PGCUTOVER_AWS_PACE in the
# environment is the time between two looks.
wait_for() {
  local what=$1 most=$2 began=$SECONDS told=$SECONDS
  shift 2
  while :; do
    "$@"
    if [[ -z $WAITING ]]; then
      say "$what: after $((SECONDS - began)) s"
      return 0
    fi
    ((SECONDS - began < most)) || die "$what: after $most s still $WAITING" "look at it in the console, then run this again: it goes on where it stands"
    if ((SECONDS - told >= 60)); then
      say "$what: $WAITING, for $((SECONDS - began)) s"
      told=$SECONDS
    fi
    sleep "${PGCUTOVER_AWS_PACE:-15}"
  done
}

# failed_for_good STATUS succeeds for a status that nothing comes after by itself.
failed_for_good() {
  case $1 in
    failed | incompatible-* | inaccessible-encryption-credentials | storage-full | restore-error | stopped | deleting) return 0 ;;
  esac
  return 1
}

cluster_available() {
  look_at_cluster
  if failed_for_good "$CLUSTER_STATUS"; then die "cluster $AURORA_CLUSTER is $CLUSTER_STATUS" "aws rds describe-events --source-type db-cluster --source-identifier $AURORA_CLUSTER"; fi
  WAITING=${CLUSTER_STATUS:-not there}
  if [[ $WAITING == available ]]; then WAITING=""; fi
}

cluster_promoted() {
  cluster_available
  if [[ -z $WAITING && -n $CLUSTER_OF ]]; then WAITING="a read replica"; fi
}

# member_available IDENTIFIER.
member_available() {
  look_at_member "$1"
  if failed_for_good "$MEMBER_STATUS"; then die "instance $1 is $MEMBER_STATUS" "aws rds describe-events --source-type db-instance --source-identifier $1"; fi
  WAITING=${MEMBER_STATUS:-not there}
  if [[ $WAITING == available ]]; then WAITING=""; fi
}

# refuse_in_use, after look_at_cluster, refuses to delete a cluster that the application may write to. That it does not is proven, and never taken for granted:
# state.json may be gone, or an older copy.
refuse_in_use() {
  local opened trial begun is
  [[ -n $CLUSTER_ARN ]] || return 0
  [[ -z $CLUSTER_OPENED ]] || refuse "cluster $AURORA_CLUSTER was opened at $CLUSTER_OPENED, as its tag $OPENED_TAG says: it is what the application writes to" \
    "80-recovery/84-rollback.md; where 75-open.sh failed and the target is still frozen: aws rds remove-tags-from-resource --resource-name $CLUSTER_ARN --tag-keys $OPENED_TAG"
  opened=$(target_opened)
  [[ -z $opened ]] || refuse "the target was opened at $opened: it is what the application writes to" "80-recovery/84-rollback.md"
  [[ -z $CLUSTER_OF ]] || return 0
  trial=$(state_get aurora trial_at)
  begun=$(state_get aurora deleting_at)
  [[ -z $trial && -z $begun ]] || return 0
  is=$(attempt target_is 2>"$TMP/unanswered" || true)
  if [[ $is != frozen ]]; then
    cat -- "$TMP/unanswered" >&2
    refuse "cluster $AURORA_CLUSTER is no read replica any more, and may be what the application writes to: state.json knows of no trial, and the target (service $(service_of target)) is ${is:-not to be looked at}" \
      "bring back the state.json of this migration, or let the service lead to the writer endpoint, if it is still frozen; where nobody uses the cluster, delete it by hand"
  fi
}

# seconds_since KEY prints the seconds since a moment that state.json has of the replica, at least 1; nothing where it has none. Both are of this machine's clock.
seconds_since() {
  local at
  at=$(state_get aurora "$1")
  [[ -z $at ]] || ask "$STATE_SERVER" "SELECT GREATEST(EXTRACT(EPOCH FROM :'now'::timestamptz - :'at'::timestamptz), 1)::bigint" "now=$(now)" "at=$at"
}

# note_timing KIND SECONDS BYTES adds a timing to timings.json, for plan --timings.
note_timing() {
  local began
  began=$(date -u -d "@$(($(date +%s) - $2))" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r $(($(date +%s) - $2)) +%Y-%m-%dT%H:%M:%SZ)
  printf '[{"item": 0, "kind": %s, "table": "", "bytes": %s, "rows": null, "started_at": %s, "ended_at": %s, "worker": ""}]\n' \
    "$(json_string "$1")" "${3:-0}" "$(json_string "$began")" "$(json_string "$(now)")" | timings_merge
}

# note_aurora KEY VALUE… notes what became of the replica.
note_aurora() { printf '{"aurora": %s}\n' "$(json_object "$@")" | state_merge; }
