#!/usr/bin/env bash
# What the scripts of this folder ask AWS DMS, by the AWS CLI. They source it after session.sh; running it does nothing.
#
# Account, Region and credentials are the CLI's own matter: profiles, AWS_* variables, roles. Everything is found by the identifiers of
# the plan, so these scripts do not care whether CloudFormation, Terraform or the CLI made it; its tags say whether it is of this migration.

# shellcheck disable=SC2034 # the scripts that source this file use what is set here

readonly DMS=$BUNDLE/50-cdc/dms
readonly DMS_INSTANCE=shop-dms
readonly DMS_SUBNET_GROUP=shop-dms
readonly DMS_TARGET=shop-target

# Slot, task, source endpoint.
readonly DMS_TASKS=(
  dms_full_01 shop-dms-full-01 shop-source-01
  dms_full_02 shop-dms-full-02 shop-source-02
)

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
  die "$1 failed" "credentials, Region and rights are those of the AWS CLI: aws sts get-caller-identity; docs/dms.md lists the rights"
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
  if [[ -z $arn ]]; then arn=$(arn_prefix dms); fi
  here=$(place_of "$arn")
  [[ $here == "$noted" ]] || refuse "AWS is asked in ${here%/*}, account ${here#*/}, and what this migration has is in ${noted%/*}, account ${noted#*/}" \
    "AWS_REGION, AWS_PROFILE or credentials of that one; to move there: 50-cdc/dms/58-delete.sh --all --yes in the other one first"
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

# look_up COMMAND FILTER VALUE QUERY [ARGUMENT…] asks AWS DMS for one thing; nothing where there is none.
look_up() {
  local command=$1 filter=$2 value=$3 query=$4 answer
  shift 4
  if ! answer=$("$AWS" dms "$command" --filters "Name=$filter,Values=$value" --query "$query" --output text "$@" 2>"$TMP/aws"); then
    if grep -q ResourceNotFoundFault "$TMP/aws"; then return 0; fi
    aws_failed "aws dms $command for $value"
  fi
  [[ $answer == None ]] || printf '%s\n' "$answer"
}

# look_at_instance sets INSTANCE_ARN and INSTANCE_STATUS, empty where there is none.
look_at_instance() {
  local answer
  answer=$(look_up describe-replication-instances replication-instance-id "$DMS_INSTANCE" 'ReplicationInstances[0].[ReplicationInstanceArn,ReplicationInstanceStatus]')
  IFS=$'\t' read -r INSTANCE_ARN INSTANCE_STATUS <<<"$answer"
}

# endpoint_arn IDENTIFIER prints its ARN, nothing where there is none.
endpoint_arn() { look_up describe-endpoints endpoint-id "$1" 'Endpoints[0].EndpointArn'; }

# check_endpoint IDENTIFIER refuses one that was not tested from the instance that look_at_instance has found.
check_endpoint() {
  local arn status
  arn=$(endpoint_arn "$1")
  [[ -n $arn ]] || refuse "there is no endpoint $1" "50-cdc/dms/53-deploy.sh"
  status=$(tell dms describe-connections --filters "Name=replication-instance-arn,Values=$INSTANCE_ARN" "Name=endpoint-arn,Values=$arn" --query 'Connections[0].Status')
  [[ $status == successful ]] || refuse "endpoint $1 has not been tested successfully ($status)" "50-cdc/dms/54-test-connections.sh"
}

# look_at_task IDENTIFIER sets TASK_ARN (empty: there is none), TASK_STATUS, TASK_STARTED (empty: it has never run), TASK_CHECKPOINT (empty: it has none) and
# TASK_WHY.
look_at_task() {
  local answer
  # Tabs are white space to read, which takes several for one: an empty field would let those after it move up.
  answer=$(look_up describe-replication-tasks replication-task-id "$1" \
    "ReplicationTasks[0].[ReplicationTaskArn,Status||'None',ReplicationTaskStartDate||'None',RecoveryCheckpoint||'None',StopReason||'None',LastFailureMessage||'None']" --without-settings)
  local stop failure field
  IFS=$'\t' read -r TASK_ARN TASK_STATUS TASK_STARTED TASK_CHECKPOINT stop failure <<<"$answer"
  for field in TASK_STATUS TASK_STARTED TASK_CHECKPOINT stop failure; do
    if [[ ${!field} == None ]]; then printf -v "$field" ''; fi
  done
  TASK_WHY=$stop${stop:+${failure:+ }}$failure
}

# found COMMAND FILTER WORD QUERY IDENTIFIER… prints of everything there is the ARN, and WORD with the identifier; fifty are asked for in a call.
found() {
  local command=$1 filter=$2 word=$3 query=$4 arn name answer extra=()
  if [[ $command == describe-replication-tasks ]]; then extra=(--without-settings); fi
  shift 4
  while (($# > 0)); do
    answer=$(look_up "$command" "$filter" "$(IFS=, && printf '%s' "${*:1:50}")" "$query" "${extra[@]}")
    while IFS=$'\t' read -r arn name; do
      if [[ -n $arn ]]; then printf '%s\t%s %s\n' "$arn" "$word" "$name"; fi
    done <<<"$answer"
    shift $(($# < 50 ? $# : 50))
  done
}

# subnet_group_arn [ARN] prints the ARN of the subnet group, which no answer has, from another one of AWS DMS or from who is asking.
subnet_group_arn() {
  local prefix=${1%:*:*}
  if [[ -z $prefix ]]; then prefix=$(arn_prefix dms); fi
  printf '%s:subgrp:%s\n' "$prefix" "$DMS_SUBNET_GROUP"
}

# assert_ours refuses where something under the plan's identifiers is of another migration, or does not say of which: what these scripts find they
# adopt, start, stop and delete. It takes the same few calls for any number of tasks (one more of each kind for every fifty).
assert_ours() {
  local tasks=() endpoints=("$DMS_TARGET") arns=() answer arn key value i
  local -A names=() has=()
  for ((i = 0; i < ${#DMS_TASKS[@]}; i += 3)); do
    tasks+=("${DMS_TASKS[i + 1]}")
    endpoints+=("${DMS_TASKS[i + 2]}")
  done
  answer=$(
    found describe-replication-instances replication-instance-id "replication instance" 'ReplicationInstances[].[ReplicationInstanceArn,ReplicationInstanceIdentifier]' "$DMS_INSTANCE"
    found describe-endpoints endpoint-id endpoint 'Endpoints[].[EndpointArn,EndpointIdentifier]' "${endpoints[@]}"
    found describe-replication-tasks replication-task-id task 'ReplicationTasks[].[ReplicationTaskArn,ReplicationTaskIdentifier]' "${tasks[@]}"
  )
  while IFS=$'\t' read -r arn value; do
    if [[ -n $arn ]]; then arns+=("$arn") names[$arn]=$value; fi
  done <<<"$answer"
  answer=$(look_up describe-replication-subnet-groups replication-subnet-group-id "$DMS_SUBNET_GROUP" 'ReplicationSubnetGroups[0].ReplicationSubnetGroupIdentifier')
  if [[ -n $answer ]]; then
    arn=$(subnet_group_arn "${arns[0]:-}")
    arns+=("$arn") names[$arn]="subnet group $DMS_SUBNET_GROUP"
  fi
  assert_here "${arns[0]:-}"
  for ((i = 0; i < ${#arns[@]}; i += 50)); do
    answer=$(tell dms list-tags-for-resource --resource-arn-list "${arns[@]:i:50}" --query 'TagList[].[ResourceArn,Key,Value]')
    while IFS=$'\t' read -r arn key value; do has["$arn $key"]=$value; done <<<"$answer"
  done
  for arn in "${arns[@]}"; do
    for ((i = 0; i < ${#TAGS[@]}; i += 2)); do
      same_migration "${names[$arn]}" "${has["$arn ${TAGS[i]}"]:-}" "$i" \
        "aws dms add-tags-to-resource --resource-arn $arn --tags Key=${TAGS[0]},Value=${TAGS[1]} Key=${TAGS[2]},Value=${TAGS[3]}"
    done
  done
  # Without a server state.json cannot be written.
  [[ -z $STATE_SERVER ]] || note_place "${arns[0]:-}"
}

# task_of SLOT prints the identifier of its task, source_of SLOT that of its endpoint.
task_of() { named "$1" 1; }
source_of() { named "$1" 2; }
named() {
  local i
  for ((i = 0; i < ${#DMS_TASKS[@]}; i += 3)); do
    if [[ ${DMS_TASKS[i]} == "$1" ]]; then printf '%s\n' "${DMS_TASKS[i + $2]}" && return; fi
  done
  die "$1 is not a slot of this plan" "one of: ${OUR_SLOTS[*]}"
}

# wait_for_task IDENTIFIER STATUS SECONDS returns when the task has it.
wait_for_task() {
  local began=$SECONDS
  while :; do
    look_at_task "$1"
    if [[ $TASK_STATUS == "$2" ]]; then return 0; fi
    case $TASK_STATUS in
      failed | failed-move) die "task $1 has failed: ${TASK_WHY:-AWS DMS does not say why}" "its log is in CloudWatch, group dms-tasks-$DMS_INSTANCE" ;;
      stopped | ready) [[ $2 != running || $((SECONDS - began)) -lt 120 ]] || die "task $1 is $TASK_STATUS and not running: ${TASK_WHY:-AWS DMS does not say why}" "its log is in CloudWatch, group dms-tasks-$DMS_INSTANCE" ;;
    esac
    ((SECONDS - began < $3)) || die "task $1 is ${TASK_STATUS:-not there} after $3 s, not $2" "look at it in the console, then run this again"
    sleep 5
  done
}

# chosen WORD… sets CHOSEN to the slots given, or to all.
chosen() {
  local slot
  CHOSEN=("$@")
  if ((${#CHOSEN[@]} == 0)); then CHOSEN=("${OUR_SLOTS[@]}"); fi
  for slot in "${CHOSEN[@]}"; do
    case " ${OUR_SLOTS[*]} " in *" $slot "*) ;; *) die "$slot is not a slot of this plan" "one of: ${OUR_SLOTS[*]}" ;; esac
  done
}

# checkpoint_lsn TEXT prints the position in a checkpoint of AWS DMS, such as checkpoint:V1#34#00000132/0F000E48#0#0#*#0#121; nothing where it is
# written in another way.
checkpoint_lsn() {
  if [[ $1 =~ ^checkpoint:V1#[0-9]+#([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})# ]]; then printf '%s\n' "${BASH_REMATCH[1]}"; fi
}

# refuse_running SLOT refuses while its task runs, and sets what look_at_task sets.
refuse_running() {
  look_at_task "$(task_of "$1")"
  case $TASK_STATUS in
    running | starting | stopping) refuse "task $(task_of "$1") is $TASK_STATUS" "50-cdc/dms/56-stop.sh $1" ;;
  esac
}

# delete_task IDENTIFIER deletes it, and returns when there is no such task any more.
delete_task() {
  local began=$SECONDS
  look_at_task "$1"
  [[ -n $TASK_ARN ]] || return 0
  if [[ $TASK_STATUS != deleting ]]; then tell dms delete-replication-task --replication-task-arn "$TASK_ARN" >/dev/null; fi
  while :; do
    look_at_task "$1"
    if [[ -z $TASK_ARN ]]; then
      say "task $1 is deleted"
      return 0
    fi
    ((SECONDS - began < 1800)) || die "task $1 is still $TASK_STATUS after half an hour" "look at it in the console"
    sleep 5
  done
}

# note_task SLOT KEY VALUE… adds what happened to its task to what state.json has of it.
note_task() {
  local slot=$1 known
  shift
  known=$(state_get tasks "$slot")
  printf '{"tasks": {%s: %s}}\n' "$(json_string "$slot")" "$(ask "$STATE_SERVER" "SELECT :'known'::jsonb || :'more'::jsonb" "known=${known:-{\}}" "more=$(json_object "$@")")" | state_merge
}

# look_at_load, after look_at_task, sets LOAD_PERCENT, LOAD_DONE, LOAD_UNDERWAY, LOAD_WAITING and LOAD_FAILED: how many of the task's tables are loaded, and
# how far it is with all of them, as AWS DMS counts. LOAD_OVER is set where it has stopped because they are loaded.
look_at_load() {
  local answer
  answer=$(tell dms describe-replication-tasks --filters "Name=replication-task-arn,Values=$TASK_ARN" --without-settings \
    --query "ReplicationTasks[0].ReplicationTaskStats.[FullLoadProgressPercent||\`0\`,TablesLoaded||\`0\`,TablesLoading||\`0\`,TablesQueued||\`0\`,TablesErrored||\`0\`]")
  if [[ $answer == None ]]; then answer=$'0\t0\t0\t0\t0'; fi
  IFS=$'\t' read -r LOAD_PERCENT LOAD_DONE LOAD_UNDERWAY LOAD_WAITING LOAD_FAILED <<<"$answer"
  LOAD_OVER=""
  case $TASK_STATUS,$TASK_WHY in
    stopped,*STOPPED_AFTER_FULL_LOAD* | stopped,*STOPPED_AFTER_CACHED_EVENTS*) LOAD_OVER=yes ;;
  esac
}
