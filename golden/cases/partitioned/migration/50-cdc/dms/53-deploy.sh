#!/usr/bin/env bash
# 50-cdc/dms/53-deploy.sh: Create the replication instance, the endpoints and, stopped, the tasks in AWS DMS.
# Before: both secrets, subnets and security groups in env (see env.example). Before the pause it makes everything but the tasks, which saves the wait now: run it then, too.
# Again: creates what is missing and changes what differs; a task that has run is left alone.
# Undo: 50-cdc/dms/58-delete.sh.
#
# Usage: 53-deploy.sh [--dry-run]
#   --dry-run   change nothing in AWS: make the change sets, for a look at them
#
# Before the load has finished no position is final, and this makes everything but the tasks: run it early, for the instance takes its time.
# Afterwards it makes the tasks, each with its position from state.json. They do not run until 55-start.sh starts them.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

dry=""
while (($#)); do
  case $1 in
    --dry-run) dry=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

only_one
assert_source
assert_ours
# The stack that holds a task, by the task's ARN.
declare -A holder=()
look_at_stack shop-dms
if [[ -n $STACK_STATUS && $STACK_STATUS != REVIEW_IN_PROGRESS ]]; then
  held=$(tasks_in shop-dms)
  for task in $held; do holder[$task]=shop-dms; done # ARNs; None where a task was not made
fi
arn='^arn:[A-Za-z0-9:/_+=.@!-]+$'
subnets=$(wanted PGCUTOVER_DMS_SUBNETS '^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)+$')
groups=$(wanted PGCUTOVER_DMS_SECURITY_GROUPS '^sg-[0-9a-f]+(,sg-[0-9a-f]+)*$')
source_secret=$(wanted PGCUTOVER_DMS_SOURCE_SECRET "$arn")
target_secret=$(wanted PGCUTOVER_DMS_TARGET_SECRET "$arn")
secrets_role=$(possible PGCUTOVER_DMS_SECRETS_ROLE "$arn")
secrets_keys=$(possible PGCUTOVER_DMS_SECRETS_KEYS '^arn:[A-Za-z0-9:/_+=.@!-]+(,arn:[A-Za-z0-9:/_+=.@!-]+)*$')
key=$(possible PGCUTOVER_DMS_KEY "$arn")
topic=$(possible PGCUTOVER_DMS_TOPIC "$arn")
certificate=$(possible PGCUTOVER_DMS_CERTIFICATE "$arn")
service_roles=$(possible PGCUTOVER_DMS_SERVICE_ROLES '^(yes|no)$')
: "$topic" "$certificate" "$service_roles"

# Where each task starts; empty: it is not made.
declare -A at=() task_arn=()
for slot in "${OUR_SLOTS[@]}"; do
  at[$slot]=""
  if being_restarted "$slot"; then refuse "slot $slot is being restarted: where its task starts is not known yet" "finish 80-recovery/82-restart-slot.sh $slot --yes"; fi
  position=$(position_of "$slot")
  made=$(state_get tasks "$slot" start_lsn)
  started=$(state_get tasks "$slot" started_at)
  look_at_task "$(task_of "$slot")"
  task_arn[$slot]=$TASK_ARN
  [[ -z $TASK_ARN || -n $made ]] || refuse "there is a task $(task_of "$slot") that state.json does not know: it is of an earlier run, with its slots and tables" \
    "50-cdc/dms/58-delete.sh --slot $slot --yes, then run this again"
  # Without a position the stack would lose the task.
  [[ -z $TASK_ARN || -n $position ]] || refuse "there is a task of $slot, made for $made, and the load has not finished: what it starts from is not final" \
    "40-load/42-load.sh; or 50-cdc/dms/58-delete.sh --slot $slot --yes, then run this again"
  if [[ -n $TASK_ARN && $made != "$position" ]]; then
    refuse "the task of $slot was made for position $made, and state.json has $position now: a task never takes another one" "50-cdc/dms/58-delete.sh --slot $slot --yes, then run this again"
  fi
  if [[ -z $TASK_ARN && -n $position && -n $started && $made == "$position" ]]; then
    warn "the task of $slot has run from $position and is gone: another one at the same position would lose what it has read since, so none is made"
    hint "80-recovery/82-restart-slot.sh $slot gives it a position of its own"
    continue
  fi
  at[$slot]=$position
done
# A stack deletes what its new template lacks. So a task that is there has to be in the stack that this bundle has it in; another plan, or another version of
# pgcutover, may have divided them otherwise.
divided() {
  refuse "$1: deploying this bundle could delete it" "deploy with the plan and the version of pgcutover that the tasks were made with, and change nothing of the bundle" \
    "where that cannot be: 80-recovery/83-full-restart.sh, which is without tasks"
}
# in_place SLOT STACK refuses where its task is elsewhere; STACK is empty where a call makes it.
in_place() {
  local stack task=${task_arn[$1]}
  if [[ -z $task ]]; then return 0; fi
  stack=${holder[$task]:-}
  [[ $stack == "$2" ]] || divided "task $(task_of "$1") is in ${stack:+stack }${stack:-none of the stacks of this bundle}, and this bundle has it in ${2:+stack }${2:-none}"
  holder[$task]=""
}
in_place dms_slot_01 shop-dms
for task in "${!holder[@]}"; do
  if [[ $task == None || -z ${holder[$task]} ]]; then continue; fi
  there=$(look_up describe-replication-tasks replication-task-arn "$task" 'ReplicationTasks[0].ReplicationTaskIdentifier' --without-settings)
  [[ -z $there ]] || divided "task $there is in stack ${holder[$task]}, and this bundle knows nothing of it"
done
# Noted first: should this end in between, the task is known as one of ours.
if [[ -z $dry ]]; then
  for slot in "${OUR_SLOTS[@]}"; do
    made=$(state_get tasks "$slot" start_lsn)
    if [[ -n ${at[$slot]} && $made != "${at[$slot]}" ]]; then note_task "$slot" start_lsn "${at[$slot]}" made_at "$(now)"; fi
  done
fi

# make_task SLOT makes its task by a call of its own, unless it is there or has no position.
make_task() {
  local slot=$1 instance source target
  look_at_task "$(task_of "$slot")"
  if [[ -z ${at[$slot]} ]]; then return; fi
  if [[ -n $TASK_ARN ]]; then
    say "task $(task_of "$slot") is there ($TASK_STATUS)"
    return
  fi
  if [[ -n $dry ]]; then
    say "would make task $(task_of "$slot") at ${at[$slot]}"
    return
  fi
  look_at_instance
  instance=$INSTANCE_ARN
  source=$(endpoint_arn "$(source_of "$slot")")
  target=$(endpoint_arn "$DMS_TARGET")
  tell dms create-replication-task --cli-input-json "file://$DMS/cli/task-$slot.json" --replication-instance-arn "$instance" \
    --source-endpoint-arn "$source" --target-endpoint-arn "$target" --table-mappings "file://$DMS/mappings/$slot.json" \
    --replication-task-settings "file://$DMS/settings/$slot.json" --cdc-start-position "${at[$slot]}" >/dev/null
  wait_for_task "$(task_of "$slot")" ready 900
  say "task $(task_of "$slot") is made, at ${at[$slot]}"
}

# make_endpoint IDENTIFIER FILE SECRET makes an endpoint by a call of its own, unless it is there.
make_endpoint() {
  local extra=() secret
  secret=$(look_up describe-endpoints endpoint-id "$1" 'Endpoints[0].PostgreSQLSettings.SecretsManagerSecretId || Endpoints[0].EndpointArn')
  if [[ -n $secret ]]; then
    # A rehearsal on a copy of the source leaves endpoints that have our tags and lead elsewhere.
    [[ $secret == "$3" ]] || refuse "endpoint $1 is there with $secret, and not with the secret $3: it leads to another server" \
      "if env is right: 50-cdc/dms/58-delete.sh --all --yes, then run this again; or aws dms modify-endpoint"
    say "endpoint $1 is there"
    return
  fi
  if [[ -n $dry ]]; then
    say "would make endpoint $1"
    return
  fi
  # The secret belongs into the middle of the file's settings.
  INPUT=$DMS/cli/$2.json psql_on source -v secret="$3" -v role="$secrets_role" -f - >"$TMP/endpoint.json" <<'SQL'
\set input `cat -- "$INPUT"`
SELECT pg_catalog.jsonb_pretty(pg_catalog.jsonb_set(:'input'::jsonb, '{PostgreSQLSettings}', (:'input'::jsonb -> 'PostgreSQLSettings')
  || pg_catalog.jsonb_build_object('SecretsManagerSecretId', :'secret', 'SecretsManagerAccessRoleArn', :'role')));
SQL
  if [[ -n $key ]]; then extra+=(--kms-key-id "$key"); fi
  if [[ -n $certificate ]]; then extra+=(--certificate-arn "$certificate"); fi
  tell dms create-endpoint --cli-input-json "file://$TMP/endpoint.json" "${extra[@]}" >/dev/null
  say "endpoint $1 is made"
}

# What the templates are given; each takes what it knows. In the one form that all versions of the CLI read.
parameters=$STATE_DIR/dms-parameters.json
{
  printf '['
  comma=""
  parameter() {
    printf '%s\n  %s' "$comma" "$(json_string "$1=$2")"
    comma=,
  }
  parameter SubnetIds "$subnets"
  parameter SecurityGroupIds "$groups"
  parameter SourceSecretArn "$source_secret"
  parameter TargetSecretArn "$target_secret"
  parameter SecretsRoleArn "$secrets_role"
  parameter SecretsKeyArns "$secrets_keys"
  parameter KmsKeyArn "$key"
  parameter AlarmTopicArn "$topic"
  parameter MakeServiceRoles "${service_roles:-no}"
  parameter StartLsn01 "${at[dms_slot_01]}"
  printf '\n]\n'
} >"$TMP/parameters"
mv -f -- "$TMP/parameters" "$parameters"
say "the parameters are in $parameters"

# deploy STACK TEMPLATE bucket|"" SLOT…
deploy() {
  local extra=() i
  look_at_stack "$1"
  case $STACK_STATUS in
    ROLLBACK_COMPLETE)
      # Its first creation failed and left nothing; CloudFormation does no more with it than delete it.
      if [[ -n $dry ]]; then
        say "stack $1 failed when it was made: would delete what is left of it, and make it anew"
        return
      fi
      stack_trouble "$1"
      delete_stack "$1"
      ;;
    UPDATE_ROLLBACK_FAILED) refuse_stuck "$1" ;;
    ROLLBACK_FAILED | DELETE_FAILED) refuse "stack $1 is $STACK_STATUS" "50-cdc/dms/58-delete.sh --all --yes, then run this again" ;;
  esac
  if [[ -n ${3:-} ]]; then
    [[ -n ${PGCUTOVER_DMS_BUCKET:-} ]] || refuse "the template $2 is too large to be sent" "set PGCUTOVER_DMS_BUCKET in env"
    extra+=(--s3-bucket "$PGCUTOVER_DMS_BUCKET" --s3-prefix pgcutover)
  fi
  if [[ -n $dry ]]; then extra+=(--no-execute-changeset); fi
  say "stack $1: $2"
  deploy_stack "$1" "$DMS/$2" --parameter-overrides "file://$parameters" --capabilities CAPABILITY_NAMED_IAM "${extra[@]}"
}
deploy shop-dms cloudformation/01-stack.json '' dms_slot_01

if [[ -n $dry ]]; then
  say "nothing was changed"
  exit 0
fi
look_at_instance
note_place "$INSTANCE_ARN"
waiting=0
for slot in "${OUR_SLOTS[@]}"; do
  if [[ -z ${at[$slot]} ]]; then waiting=$((waiting + 1)); fi
done
if ((waiting > 0)); then
  say "all but $waiting tasks are there; a task is made once its position is final, which is when the load has finished"
else
  say "everything is there; no task runs before 55-start.sh"
fi
