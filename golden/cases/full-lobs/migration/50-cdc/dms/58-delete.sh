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
input=$STATE_DIR/dms.tfvars.json
if [[ -n $slot ]]; then
  held=""
  if [[ -e $input ]]; then
    held=$(
      INPUT=$input psql_on source -v slot="$slot" -f - <<'SQL'
\set input `cat -- "$INPUT"`
SELECT :'slot' WHERE :'input'::jsonb -> 'made' ? :'slot';
SQL
    )
  fi
  if [[ -n $held ]]; then
    # Only this task goes.
    INPUT=$input psql_on source -v slot="$slot" -f - >"$TMP/input" <<'SQL'
\set input `cat -- "$INPUT"`
SELECT pg_catalog.jsonb_pretty(pg_catalog.jsonb_set(:'input'::jsonb, '{made}', (:'input'::jsonb -> 'made') - :'slot'));
SQL
    mv -f -- "$TMP/input" "$input"
    hint "terraform -chdir=$DMS/terraform apply -var-file=$input deletes the task"
    look_at_task "$(task_of "$slot")"
    [[ -z $TASK_ARN ]] || refuse "task $(task_of "$slot") is there until Terraform has deleted it" "then run this again: it deletes a task that Terraform does not hold"
  fi
  delete_task "$(task_of "$slot")"
  say "there is no task $(task_of "$slot") any more"
  exit 0
fi
if [[ -e $input ]]; then
  hint "terraform -chdir=$DMS/terraform destroy -var-file=$input"
  left=()
  for ((i = 0; i < ${#DMS_TASKS[@]}; i += 3)); do
    look_at_task "${DMS_TASKS[i + 1]}"
    if [[ -n $TASK_ARN ]]; then left+=("task ${DMS_TASKS[i + 1]}"); fi
    arn=$(endpoint_arn "${DMS_TASKS[i + 2]}")
    if [[ -n $arn ]]; then left+=("endpoint ${DMS_TASKS[i + 2]}"); fi
  done
  arn=$(endpoint_arn "$DMS_TARGET")
  if [[ -n $arn ]]; then left+=("endpoint $DMS_TARGET"); fi
  look_at_instance
  if [[ -n $INSTANCE_ARN ]]; then left+=("replication instance $DMS_INSTANCE"); fi
  ((${#left[@]} == 0)) || refuse "Terraform has not destroyed everything: $(printf '%s, ' "${left[@]:0:5}")${#left[@]} in all" "then run this again" \
    "what is there after it is not Terraform's: remove $input, and this deletes it by calls of its own"
  nothing_left
  exit 0
fi
# delete_endpoint IDENTIFIER deletes what was made by a call of its own.
delete_endpoint() {
  local arn
  arn=$(endpoint_arn "$1")
  [[ -n $arn ]] || return 0
  tell dms delete-endpoint --endpoint-arn "$arn" >/dev/null
  say "endpoint $1 is deleted"
}
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
