#!/usr/bin/env bash
# 50-cdc/dms/53-deploy.sh: Create the replication instance, the endpoints and, stopped, the tasks in AWS DMS.
# Before: both secrets, subnets and security groups in env (see env.example).
# Again: creates what is missing and changes what differs; a task that has run is left alone.
# Undo: 50-cdc/dms/58-delete.sh.
#
# Usage: 53-deploy.sh [--dry-run]
#   --dry-run   change nothing in AWS
#
# The tasks do not run until 55-start.sh starts them. One that has run and is gone is not made again: what it has loaded would be loaded a second time.
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
certificate=$(possible PGCUTOVER_DMS_CERTIFICATE "$arn")
service_roles=$(possible PGCUTOVER_DMS_SERVICE_ROLES '^(yes|no)$')
: "$topic" "$certificate" "$service_roles"

# Which tasks are to be there; empty: it is not made.
declare -A at=()
for slot in "${OUR_SLOTS[@]}"; do
  at[$slot]=yes
  made=$(state_get tasks "$slot" made_at)
  started=$(state_get tasks "$slot" started_at)
  look_at_task "$(task_of "$slot")"
  [[ -z $TASK_ARN || -n $made ]] || refuse "there is a task $(task_of "$slot") that state.json does not know: it is of an earlier run, with its tables" \
    "50-cdc/dms/58-delete.sh --slot $slot --yes, then run this again"
  [[ -n $TASK_ARN || -z $started ]] || refuse "the task of $slot has run and is gone: another one would load its tables a second time" \
    "80-recovery/83-full-restart.sh --yes empties the target, to begin anew"
done
# Noted first: should this end in between, the task is known as one of ours.
if [[ -z $dry ]]; then
  for slot in "${OUR_SLOTS[@]}"; do
    made=$(state_get tasks "$slot" made_at)
    if [[ -z $made ]]; then note_task "$slot" made_at "$(now)"; fi
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
  printf '  "made": %s\n}\n' "$(json_list "$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")")"
} >"$TMP/input"
mv -f -- "$TMP/input" "$input"
say "the variables of the module are in $input"
hint "terraform -chdir=$DMS/terraform apply -var-file=$input, or the module with these variables from a root module of yours"
exit 0
