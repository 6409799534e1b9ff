#!/usr/bin/env bash
# 50-cdc/dms/58-delete.sh: Delete all that 53-deploy.sh made, and with the tasks the slots that they made on the source.
# Before: the tasks stopped; with --all the application on the target, or the migration called off for good.
# Again: deletes what is left.
# Undo: 53-deploy.sh makes it anew; a task that has run cannot go on: everything is loaded anew.
#
# Usage: 58-delete.sh --slot SLOT --yes
#        58-delete.sh --all --yes
#   --slot SLOT   the task of this slot, before 80-recovery/83-full-restart.sh
#   --all         everything that 53-deploy.sh made in AWS: after the cutover, or when the migration is called off
#   --yes         do it; without it this says what it would do
#
# With a task AWS DMS drops the slot that it has made for it; 70-cutover/78-retire.sh or 80-recovery/81-abort.sh proves that. Everything else on the servers stays.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

yes="" all="" slot=""
while (($#)); do
  case $1 in
    --slot) slot=${2:?} && shift 2 ;;
    --all) all=yes && shift ;;
    --yes) yes=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done
[[ -n $slot || -n $all ]] || die "which?" "--slot SLOT or --all"
[[ -z $slot || -z $all ]] || die "--slot and --all at once"

only_one
# Tags tell what is ours, so the servers may be gone by the time that everything goes.
if [[ -n $slot ]]; then
  assert_source
  chosen "$slot"
else
  chosen
fi
assert_ours
look_at_stack blog-prod-dms

# nothing_left lets state.json forget where everything was, where its server can be reached.
nothing_left() {
  if [[ -e $STATE ]] && attempt assert_source 2>/dev/null; then
    STATE_SERVER=source
    printf '{"aws": null}\n' | state_merge
  fi
}

for one in "${CHOSEN[@]}"; do refuse_running "$one"; done
if [[ -z $yes ]]; then
  if [[ -n $slot ]]; then say "this would delete task $(task_of "$slot")"; else say "this would delete the tasks, the endpoints and the replication instance $DMS_INSTANCE"; fi
  refuse "nothing was done" "to do it, add --yes"
fi
# delete_endpoint IDENTIFIER deletes what was made by a call of its own.
delete_endpoint() {
  local arn
  arn=$(endpoint_arn "$1")
  [[ -n $arn ]] || return 0
  tell dms delete-endpoint --endpoint-arn "$arn" >/dev/null
  say "endpoint $1 is deleted"
}
if [[ -n $slot ]]; then
  case $slot in
    dms_full_01) stack=blog-prod-dms given=MakeTask01 ;;
  esac
  if [[ -n $stack ]]; then
    look_at_stack "$stack"
    refuse_stuck "$stack"
    # The template and everything else stay as they are: only what has the task made goes, and the task with it.
    parameters=()
    # A stack that was never made, or could not be deleted, takes no update.
    if [[ -n $STACK_STATUS && $STACK_STATUS != @(REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE|ROLLBACK_FAILED|DELETE_FAILED) ]]; then
      known=$(tell cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Parameters[].ParameterKey')
      read -r -a names <<<"$known"
      for name in "${names[@]}"; do
        if [[ $name == "$given" ]]; then parameters+=("ParameterKey=$name,ParameterValue="); else parameters+=("ParameterKey=$name,UsePreviousValue=true"); fi
      done
      if "$AWS" cloudformation update-stack --stack-name "$stack" --use-previous-template --capabilities CAPABILITY_NAMED_IAM --parameters "${parameters[@]}" >/dev/null 2>"$TMP/aws"; then
        "$AWS" cloudformation wait stack-update-complete --stack-name "$stack" 2>"$TMP/aws" || {
          stack_trouble "$stack"
          aws_failed "taking the task out of stack $stack"
        }
      else
        grep -q 'No updates are to be performed' "$TMP/aws" || aws_failed "taking the task out of stack $stack"
      fi
    fi
  fi
  # What no template holds; and what a stack has left.
  delete_task "$(task_of "$slot")"
  # What is made by calls is never changed: settings of the endpoint that a restart brings come with a new one.
  if [[ -z $stack ]]; then delete_endpoint "$(source_of "$slot")"; fi
  say "there is no task $(task_of "$slot") any more"
  exit 0
fi

# The stacks of tasks use what the first one made.
stacks=(blog-prod-dms)
for ((i = ${#stacks[@]} - 1; i >= 0; i--)); do delete_stack "${stacks[i]}"; done
# Whatever was made in another way has our tags too, or assert_ours would have refused it.
for ((i = 0; i < ${#DMS_TASKS[@]}; i += 3)); do delete_task "${DMS_TASKS[i + 1]}"; done
for ((i = 0; i < ${#DMS_TASKS[@]}; i += 3)); do delete_endpoint "${DMS_TASKS[i + 2]}"; done
delete_endpoint "$DMS_TARGET"
began=$SECONDS
while :; do
  look_at_instance
  case $INSTANCE_STATUS in
    "") break ;;
    deleting | creating | modifying) ;; # AWS DMS deletes nothing that it is still at work on
    *) tell dms delete-replication-instance --replication-instance-arn "$INSTANCE_ARN" >/dev/null ;;
  esac
  ((SECONDS - began < 3600)) || die "replication instance $DMS_INSTANCE is still $INSTANCE_STATUS after an hour" "look at it in the console, then run this again"
  sleep 15
done
say "there is no replication instance $DMS_INSTANCE any more"
group=$(look_up describe-replication-subnet-groups replication-subnet-group-id "$DMS_SUBNET_GROUP" 'ReplicationSubnetGroups[0].ReplicationSubnetGroupIdentifier')
if [[ -n $group ]]; then
  tell dms delete-replication-subnet-group --replication-subnet-group-identifier "$DMS_SUBNET_GROUP" >/dev/null
  say "subnet group $DMS_SUBNET_GROUP is deleted"
fi
nothing_left
