#!/usr/bin/env bash
# 40-load/42-batch.sh: Run the load as an array job of AWS Batch: 4 jobs with 4 workers each, which pull from one ledger.
# Before: what 42-load.sh needs, and in env the image, the bucket, the subnets and the secrets (see env.example).
# Again: watches the job that runs; submits another one where none does and the load is not done.
# Undo: 42-batch.sh --stop; what is loaded stays.
#
# Usage: 42-batch.sh [--dry-run]
#        42-batch.sh --status | --stop | --delete --yes
#
#   --dry-run        change nothing in AWS: make the change set of the stack, for a look at it
#   --status         how far the load is, and what the jobs do; changes nothing
#   --stop           end the jobs; what is under way is rolled back, what is loaded stays
#   --delete --yes   delete the stack, and the files in the bucket; the log stays
#
# Makes the stack shop-load, puts the bundle and state.json into the bucket, submits an array of 4 jobs and waits for it. When the jobs have
# ended 42-load.sh does here what none of them has done, and writes what the load took into state.json.
#
# Exit codes: 0 loaded, 1 refused or items failed, 2 could not do the work, 130 stopped (the jobs go on).
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

readonly STACK=shop-load QUEUE=shop-load JOB=shop-load-ccdada6438fa PREFIX=pgcutover/shop/ccdada6438fa JOBS=4

ACTION=load
SURE=no
while (($# > 0)); do
  case $1 in
    --dry-run) ACTION=dry ;;
    --status) ACTION=status ;;
    --stop) ACTION=stop ;;
    --delete) ACTION=delete ;;
    --yes) SURE=yes ;;
    *) usage_error "$1" ;;
  esac
  shift
done
readonly ACTION SURE

# What is made has these tags, keys and values in turn.
readonly TAGS=(
  pgcutover:migration shop
  pgcutover:source 7300000000000000001/shop
)
readonly AWS=${PGCUTOVER_AWS:-aws}
export AWS_PAGER="" AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-5}
if [[ -n ${AWS_REGION:-} ]]; then export AWS_DEFAULT_REGION=$AWS_REGION; fi # version 1 of the CLI knows this name only
command -v "$AWS" >/dev/null || die "the AWS CLI ($AWS) is not there" "install it, or set PGCUTOVER_AWS in env"

# aws_failed DOING: the last call's own words, and the end.
aws_failed() {
  sed 's/^/  /' "$TMP/aws" >&2
  die "$1 failed" "credentials, Region and rights are those of the AWS CLI: aws sts get-caller-identity; docs/load.md lists the rights"
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
  if [[ -z $arn ]]; then arn=$(arn_prefix batch); fi
  here=$(place_of "$arn")
  [[ $here == "$noted" ]] || refuse "AWS is asked in ${here%/*}, account ${here#*/}, and what this migration has is in ${noted%/*}, account ${noted#*/}" \
    "AWS_REGION, AWS_PROFILE or credentials of that one; to move there: 40-load/42-batch.sh --delete --yes in the other one first"
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
    "this migration needs names of its own in the account and Region: configure cdc.name, then plan and render again"
  refuse "$1 has no tag ${TAGS[$3]}: whose it is cannot be told" "if it is of this migration: $4" \
    "if it is not: configure another cdc.name, then plan and render again"
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

# look_at_job sets JOB_ID (empty: none is under way), the newest of those that are.
look_at_job() {
  local state answer
  JOB_ID=""
  look_at_stack "$STACK"
  [[ -n $STACK_STATUS && $STACK_STATUS != REVIEW_IN_PROGRESS ]] || return 0
  for state in SUBMITTED PENDING RUNNABLE STARTING RUNNING; do
    answer=$(tell batch list-jobs --job-queue "$QUEUE" --job-status "$state" --query "jobSummaryList[?jobName=='$JOB'].[jobId]")
    if [[ -n $answer && $answer != None ]]; then JOB_ID=${answer%%[[:space:]]*}; fi
  done
}

# show_job ID prints the state of the array and of how many of its jobs.
show_job() {
  local answer
  answer=$(tell batch describe-jobs --jobs "$1" \
    --query "jobs[0].[status,statusReason||'None',arrayProperties.statusSummary.RUNNABLE||\`0\`,arrayProperties.statusSummary.STARTING||\`0\`,arrayProperties.statusSummary.RUNNING||\`0\`,arrayProperties.statusSummary.SUCCEEDED||\`0\`,arrayProperties.statusSummary.FAILED||\`0\`]")
  IFS=$'\t' read -r JOB_STATUS JOB_REASON runnable starting running succeeded failed <<<"$answer"
  say "job $1: $JOB_STATUS; $runnable wait, $starting start, $running run, $succeeded succeeded, $failed failed"
}

assert_target
look_at_job
case $ACTION in
  status)
    if [[ -n $JOB_ID ]]; then show_job "$JOB_ID"; else say "no job is under way"; fi
    exec "$BUNDLE/40-load/42-load.sh" --status
    ;;
  stop)
    [[ -n $JOB_ID ]] || { say "no job is under way" && exit 0; }
    tell batch terminate-job --job-id "$JOB_ID" --reason "42-batch.sh --stop" >/dev/null
    say "job $JOB_ID is being ended; what was under way is rolled back"
    exit 0
    ;;
  delete)
    [[ $SURE == yes ]] || refuse "this deletes the stack $STACK and the files in the bucket" "42-batch.sh --delete --yes"
    [[ -z $JOB_ID ]] || refuse "job $JOB_ID is under way" "42-batch.sh --stop, then this again"
    if [[ -n ${PGCUTOVER_BATCH_BUCKET:-} ]]; then tell s3 rm --recursive --only-show-errors "s3://$PGCUTOVER_BATCH_BUCKET/$PREFIX" >/dev/null; fi
    delete_stack "$STACK"
    exit 0
    ;;
esac

only_one
here=$(arn_prefix batch):job-queue/$QUEUE
assert_here "$here"
need_state "pause the replica first: 20-replica/21-pause.sh" pause lsn >/dev/null
ledger=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.run') IS NOT NULL")
[[ $ledger == t ]] || refuse "the target has no ledger" "run 40-load/41-ledger.sql first"
arn='^arn:[A-Za-z0-9:/_+=.@!-]+$'
image=$(wanted PGCUTOVER_BATCH_IMAGE '^[A-Za-z0-9][A-Za-z0-9./:@_-]+$')
bucket=$(wanted PGCUTOVER_BATCH_BUCKET '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$')
subnets=$(wanted PGCUTOVER_BATCH_SUBNETS '^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*$')
groups=$(wanted PGCUTOVER_BATCH_SECURITY_GROUPS '^sg-[0-9a-f]+(,sg-[0-9a-f]+)*$')
services=$(wanted PGCUTOVER_BATCH_SERVICES_SECRET "$arn")
passwords=$(wanted PGCUTOVER_BATCH_PASSWORDS_SECRET "$arn")
keys=$(possible PGCUTOVER_BATCH_SECRETS_KEYS '^arn:[A-Za-z0-9:/_+=.@!-]+(,arn:[A-Za-z0-9:/_+=.@!-]+)*$')
public=$(possible PGCUTOVER_BATCH_PUBLIC_IP '^(ENABLED|DISABLED)$')

if [[ -z $JOB_ID ]]; then
  extra=()
  if [[ $ACTION == dry ]]; then extra+=(--no-execute-changeset); fi
  refuse_stuck "$STACK"
  if [[ $STACK_STATUS == ROLLBACK_COMPLETE && $ACTION != dry ]]; then delete_stack "$STACK"; fi
  deploy_stack "$STACK" "$BUNDLE/40-load/batch/cloudformation/01-stack.json" --capabilities CAPABILITY_IAM "${extra[@]}" \
    --parameter-overrides "Image=$image" "Bucket=$bucket" "SubnetIds=$subnets" "SecurityGroupIds=$groups" \
    "ServicesSecretArn=$services" "PasswordsSecretArn=$passwords" "SecretsKeyArns=$keys" "AssignPublicIp=${public:-DISABLED}"
  if [[ $ACTION == dry ]]; then
    say "would put the bundle and state.json into s3://$bucket/$PREFIX, and submit $JOBS jobs"
    exit 0
  fi
  note_place "$here"
  # All but the settings of this host, which the jobs have their own of.
  tar -C "$BUNDLE" --exclude=./env -czf "$TMP/bundle.tar.gz" .
  sum=$(sha256_of "$TMP/bundle.tar.gz")
  tell s3 cp --only-show-errors "$TMP/bundle.tar.gz" "s3://$bucket/$PREFIX/bundle.tar.gz" >/dev/null
  tell s3 cp --only-show-errors "$STATE" "s3://$bucket/$PREFIX/state.json" >/dev/null
  {
    printf '{"environment": [{"name": "PGCUTOVER_BUNDLE_SHA256", "value": "%s"}' "$sum"
    for name in PGCUTOVER_SOURCE PGCUTOVER_REPLICA PGCUTOVER_TARGET; do
      if [[ -n ${!name:-} ]]; then printf ', {"name": "%s", "value": %s}' "$name" "$(json_string "${!name}")"; fi
    done
    printf ']}\n'
  } >"$TMP/overrides.json"
  JOB_ID=$(tell batch submit-job --job-name "$JOB" --job-queue "$QUEUE" --job-definition "$JOB" --array-properties "size=$JOBS" \
    --container-overrides "file://$TMP/overrides.json" --query jobId)
  say "job $JOB_ID is submitted: $JOBS jobs"
elif [[ $ACTION == dry ]]; then
  say "job $JOB_ID is under way"
  exit 0
fi
hint "this may be stopped at any time: the jobs go on, and $SCRIPT.sh watches them again"
while :; do
  show_job "$JOB_ID"
  case $JOB_STATUS in
    SUCCEEDED) break ;;
    FAILED)
      warn "job $JOB_ID has failed: ${JOB_REASON}"
      tell batch list-jobs --array-job-id "$JOB_ID" --job-status FAILED --query 'jobSummaryList[].[jobId,statusReason,container.reason,container.exitCode]' | sed 's/^/  /' >&2
      break
      ;;
  esac
  sleep "${PGCUTOVER_BATCH_POLL:-30}"
done
# What a job has left, sequences, and what the load took: here.
exec "$BUNDLE/40-load/42-load.sh"
