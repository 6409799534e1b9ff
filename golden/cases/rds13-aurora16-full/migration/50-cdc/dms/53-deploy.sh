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
secrets_role=$(wanted PGCUTOVER_DMS_SECRETS_ROLE "$arn")
key=$(possible PGCUTOVER_DMS_KEY "$arn")
topic=$(possible PGCUTOVER_DMS_TOPIC "$arn")
certificate=$(wanted PGCUTOVER_DMS_CERTIFICATE "$arn")
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
    say "would make task $(task_of "$slot")"
    return
  fi
  look_at_instance
  instance=$INSTANCE_ARN
  source=$(endpoint_arn "$(source_of "$slot")")
  target=$(endpoint_arn "$DMS_TARGET")
  tell dms create-replication-task --cli-input-json "file://$DMS/cli/task-$slot.json" --replication-instance-arn "$instance" \
    --source-endpoint-arn "$source" --target-endpoint-arn "$target" --table-mappings "file://$DMS/mappings/$slot.json" \
    --replication-task-settings "file://$DMS/settings/$slot.json" >/dev/null
  wait_for_task "$(task_of "$slot")" ready 900
  say "task $(task_of "$slot") is made"
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

IFS=, read -r -a subnet_ids <<<"$subnets"
IFS=, read -r -a group_ids <<<"$groups"
group=$(look_up describe-replication-subnet-groups replication-subnet-group-id "$DMS_SUBNET_GROUP" 'ReplicationSubnetGroups[0].ReplicationSubnetGroupIdentifier')
if [[ -n $group ]]; then
  say "subnet group $DMS_SUBNET_GROUP is there"
elif [[ -n $dry ]]; then
  say "would make subnet group $DMS_SUBNET_GROUP"
else
  tell dms create-replication-subnet-group --cli-input-json "file://$DMS/cli/subnet-group.json" --subnet-ids "${subnet_ids[@]}" >/dev/null
  say "subnet group $DMS_SUBNET_GROUP is made"
fi
look_at_instance
if [[ -n $INSTANCE_ARN ]]; then
  say "replication instance $DMS_INSTANCE is there ($INSTANCE_STATUS)"
elif [[ -n $dry ]]; then
  say "would make replication instance $DMS_INSTANCE"
else
  extra=()
  if [[ -n $key ]]; then extra+=(--kms-key-id "$key"); fi
  tell dms create-replication-instance --cli-input-json "file://$DMS/cli/instance.json" --vpc-security-group-ids "${group_ids[@]}" "${extra[@]}" >/dev/null
  say "replication instance $DMS_INSTANCE is being made; that takes a while"
fi
make_endpoint "$DMS_TARGET" target "$target_secret"
for slot in "${OUR_SLOTS[@]}"; do make_endpoint "$(source_of "$slot")" "source-$slot" "$source_secret"; done
if [[ -z $dry ]]; then
  for ((waited = 0; ; waited += 15)); do
    look_at_instance
    if [[ $INSTANCE_STATUS == available ]]; then break; fi
    [[ $INSTANCE_STATUS == creating || $INSTANCE_STATUS == modifying ]] || die "replication instance $DMS_INSTANCE is ${INSTANCE_STATUS:-not there}" "look at it in the console"
    ((waited < 3600)) || die "replication instance $DMS_INSTANCE is still $INSTANCE_STATUS after an hour"
    sleep 15
  done
fi
for slot in "${OUR_SLOTS[@]}"; do make_task "$slot"; done

if [[ -n $dry ]]; then
  say "nothing was changed"
  exit 0
fi
look_at_instance
note_place "$INSTANCE_ARN"
say "everything is there; no task runs before 55-start.sh"
