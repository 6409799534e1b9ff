#!/usr/bin/env bash
# 50-cdc/dms/53-deploy.sh: Create the replication instance, the endpoints and, stopped, the tasks in AWS DMS.
# Before: both secrets, subnets and security groups in env (see env.example). Before the pause it makes everything but the tasks, which saves the wait now: run it then, too.
# Again: creates what is missing and changes what differs; a task that has run is left alone.
# Undo: 50-cdc/dms/58-delete.sh.
#
# Usage: 53-deploy.sh [--dry-run]
#   --dry-run   change nothing in AWS
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
arn='^arn:[A-Za-z0-9:/_+=.@!-]+$'
subnets=$(wanted PGCUTOVER_DMS_SUBNETS '^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)+$')
groups=$(wanted PGCUTOVER_DMS_SECURITY_GROUPS '^sg-[0-9a-f]+(,sg-[0-9a-f]+)*$')
source_secret=$(wanted PGCUTOVER_DMS_SOURCE_SECRET "$arn")
target_secret=$(wanted PGCUTOVER_DMS_TARGET_SECRET "$arn")
secrets_role=$(possible PGCUTOVER_DMS_SECRETS_ROLE "$arn")
secrets_keys=$(possible PGCUTOVER_DMS_SECRETS_KEYS '^arn:[A-Za-z0-9:/_+=.@!-]+(,arn:[A-Za-z0-9:/_+=.@!-]+)*$')
key=$(possible PGCUTOVER_DMS_KEY "$arn")
topic=$(possible PGCUTOVER_DMS_TOPIC "$arn")
certificate=$(wanted PGCUTOVER_DMS_CERTIFICATE "$arn")
service_roles=$(possible PGCUTOVER_DMS_SERVICE_ROLES '^(yes|no)$')
: "$topic" "$certificate" "$service_roles"

# Where each task starts; empty: it is not made.
declare -A at=()
for slot in "${OUR_SLOTS[@]}"; do
  at[$slot]=""
  if being_restarted "$slot"; then refuse "slot $slot is being restarted: where its task starts is not known yet" "finish 80-recovery/82-restart-slot.sh $slot --yes"; fi
  position=$(position_of "$slot")
  made=$(state_get tasks "$slot" start_lsn)
  started=$(state_get tasks "$slot" started_at)
  look_at_task "$(task_of "$slot")"
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
# Noted first: should this end in between, the task is known as one of ours.
if [[ -z $dry ]]; then
  for slot in "${OUR_SLOTS[@]}"; do
    made=$(state_get tasks "$slot" start_lsn)
    if [[ -n ${at[$slot]} && $made != "${at[$slot]}" ]]; then note_task "$slot" start_lsn "${at[$slot]}" made_at "$(now)"; fi
  done
fi

# json_list A,B prints a JSON array of strings.
json_list() {
  local words=() word comma=""
  if [[ -n $1 ]]; then IFS=, read -r -a words <<<"$1"; fi
  printf '['
  for word in "${words[@]}"; do
    printf '%s%s' "$comma" "$(json_string "$word")"
    comma=", "
  done
  printf ']'
}
input=$STATE_DIR/dms.tfvars.json
{
  printf '{\n  "subnet_ids": %s,\n  "security_group_ids": %s,\n' "$(json_list "$subnets")" "$(json_list "$groups")"
  printf '  "source_secret_arn": %s,\n  "target_secret_arn": %s,\n  "secrets_role_arn": %s,\n' "$(json_string "$source_secret")" "$(json_string "$target_secret")" "$(json_string "$secrets_role")"
  printf '  "secrets_key_arns": %s,\n' "$(json_list "$secrets_keys")"
  if [[ $service_roles == yes ]]; then printf '  "make_service_roles": true,\n'; fi
  printf '  "kms_key_arn": %s,\n  "topic_arn": %s,\n  "certificate_arn": %s,\n' "$(json_string "$key")" "$(json_string "$topic")" "$(json_string "$certificate")"
  printf '  "start_lsn": {'
  comma=""
  for slot in "${OUR_SLOTS[@]}"; do
    if [[ -n ${at[$slot]} ]]; then
      printf '%s\n    %s: %s' "$comma" "$(json_string "$slot")" "$(json_string "${at[$slot]}")"
      comma=,
    fi
  done
  printf '\n  }\n}\n'
} >"$TMP/input"
mv -f -- "$TMP/input" "$input"
say "the variables of the module are in $input"
hint "terraform -chdir=$DMS/terraform apply -var-file=$input, or the module with these variables from a root module of yours"
exit 0
