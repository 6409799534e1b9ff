#!/usr/bin/env bash
# 50-cdc/dms/58-delete.sh: Delete the task of one slot, or all that 53-deploy.sh made.
# Before: the tasks stopped.
# Again: deletes what is left.
# Undo: 53-deploy.sh makes it anew; a task that has run cannot go on: its slot is restarted.
#
# Usage: 58-delete.sh --slot SLOT --yes
#        58-delete.sh --all --yes
#   --slot SLOT   the task of this slot, before 80-recovery/82-restart-slot.sh or 83-full-restart.sh
#   --all         everything that 53-deploy.sh made in AWS: after the cutover, or when the migration is called off
#   --yes         do it; without it this says what it would do
#
# Slots and everything else on the servers stay: slots are dropped by 80-recovery/81-abort.sh.
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
assert_source
if [[ -n $slot ]]; then chosen "$slot"; else chosen; fi
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
  "$DMS/53-deploy.sh" --without "$slot"
  say "task $(task_of "$slot") is deleted"
  exit 0
fi

# The stacks of tasks use what the first one made.
stacks=(shop-dms)
for ((i = ${#stacks[@]} - 1; i >= 0; i--)); do
  tell cloudformation delete-stack --stack-name "${stacks[i]}" >/dev/null
  tell cloudformation wait stack-delete-complete --stack-name "${stacks[i]}" >/dev/null
  say "stack ${stacks[i]} is deleted"
done
