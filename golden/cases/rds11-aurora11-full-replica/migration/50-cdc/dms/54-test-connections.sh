#!/usr/bin/env bash
# 50-cdc/dms/54-test-connections.sh: Have AWS DMS test every endpoint from the replication instance.
# Before: 53-deploy.sh, and the roles on both servers with LOGIN and the passwords that are in the secrets.
# Again: tests again.
#
# Usage: 54-test-connections.sh [--wait SECONDS]
#   --wait SECONDS   how long one test may take (default 300)
#
# AWS DMS starts no task whose endpoints have not been tested from its replication instance.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

wait=300
while (($#)); do
  case $1 in
    --wait) wait=${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $wait =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "--wait $wait"

only_one
assert_source
assert_ours
look_at_instance
[[ -n $INSTANCE_ARN ]] || refuse "there is no replication instance $DMS_INSTANCE" "50-cdc/dms/53-deploy.sh"
[[ $INSTANCE_STATUS == available ]] || refuse "the replication instance $DMS_INSTANCE is $INSTANCE_STATUS" "wait until it is available"

endpoints=("$DMS_TARGET")
for ((i = 0; i < ${#DMS_TASKS[@]}; i += 3)); do endpoints+=("${DMS_TASKS[i + 2]}"); done
declare -A arns=()
for endpoint in "${endpoints[@]}"; do
  arns[$endpoint]=$(endpoint_arn "$endpoint")
  [[ -n ${arns[$endpoint]} ]] || refuse "there is no endpoint $endpoint" "50-cdc/dms/53-deploy.sh"
done
for endpoint in "${endpoints[@]}"; do
  "$AWS" dms test-connection --replication-instance-arn "$INSTANCE_ARN" --endpoint-arn "${arns[$endpoint]}" >/dev/null 2>"$TMP/aws" \
    || grep -q 'is already being tested' "$TMP/aws" || aws_failed "testing endpoint $endpoint"
done

failed=0
for endpoint in "${endpoints[@]}"; do
  began=$SECONDS status=testing
  while :; do
    answer=$("$AWS" dms describe-connections --filters "Name=replication-instance-arn,Values=$INSTANCE_ARN" "Name=endpoint-arn,Values=${arns[$endpoint]}" \
      --query 'Connections[0].[Status,LastFailureMessage]' --output text 2>"$TMP/aws") || aws_failed "asking for the test of endpoint $endpoint"
    IFS=$'\t' read -r status message <<<"$answer"
    if [[ $status != testing ]] || ((SECONDS - began >= wait)); then break; fi
    sleep 3
  done
  if [[ $status == successful ]]; then
    say "endpoint $endpoint: successful"
  else
    failed=$((failed + 1))
    warn "endpoint $endpoint: $status: ${message:-}"
  fi
done
((failed == 0)) || refuse "$failed of ${#endpoints[@]} endpoints cannot be reached from the replication instance" \
  "security groups and pg_hba.conf let its address in? the secret's host, port, user and password are right? the roles have LOGIN? SSL is on?"
