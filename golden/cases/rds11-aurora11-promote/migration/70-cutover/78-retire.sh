#!/usr/bin/env bash
# 70-cutover/78-retire.sh: Delete the old instance, with a final snapshot.
# Before: the application works on the target, and the time to go back has passed.
# Again: does what is left.
#
# Usage: 78-retire.sh [--yes]
#   --yes   do it; without it this says what it would do
#
# Deletes the RDS instance shop-db, with a final snapshot, which is kept until somebody deletes it. Its read replicas are left alone, and become
# instances of their own: delete them before, when nobody reads there any more. After this there is no way back but the snapshot.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"
# shellcheck source=../20-aurora/aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

yes=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

only_one
# The source may be gone by now: the target keeps the books.
STATE_SERVER=target
look_at target
check_state
need_state "75-open.sh --yes" aurora opened_at >/dev/null
look_at_cluster
[[ -n $CLUSTER_ARN && -z $CLUSTER_OF && $CLUSTER_STATUS == available ]] || refuse "cluster $AURORA_CLUSTER is not an available cluster of its own" "look at it in the console: nothing is deleted before it is"
retired=$(state_get retired_at)
look_at_rds
if [[ -z $RDS_ARN ]]; then
  assert_here
  [[ -n $retired ]] || json_object retired_at "$(now)" | state_merge
  say "$RDS_SOURCE is gone"
  exit 0
fi
if grep -Eq "^cluster (.*:)?$AURORA_CLUSTER\$" <<<"$RDS_REPLICAS"; then refuse "RDS still has $AURORA_CLUSTER as a read replica of $RDS_SOURCE" "look at it in the console: nothing is deleted before that is over"; fi
if [[ $RDS_STATUS != deleting ]]; then
  # After a way back the source is what the application writes to, and the target is not.
  assert_source
  [[ $SOURCE_FROZEN == t ]] || refuse "the source is not frozen: the application may write to it" "nothing is deleted but a source that 71-freeze.sh has shut: 80-recovery/84-rollback.md"
  is=$(attempt target_is || true)
  [[ $is == open ]] || refuse "the target is ${is:-not to be looked at}, and not open" "75-open.sh --yes; the service $(service_of target) leads to the writer endpoint"
fi
snapshot=$RDS_SOURCE-before-$AURORA_CLUSTER
if [[ -z $yes ]]; then
  say "this would delete the RDS instance $RDS_SOURCE, with the final snapshot $snapshot${RDS_REPLICAS:+; its read replicas become instances of their own:}"
  if [[ -n $RDS_REPLICAS ]]; then sed 's/^/  /; /^ *$/d' <<<"$RDS_REPLICAS" >&2; fi
  refuse "nothing was done" "pgcutover verify after --plan ../plan.json; then add --yes"
fi
if [[ $RDS_STATUS != deleting ]]; then
  if [[ $RDS_PROTECTED == True ]]; then
    refuse "$RDS_SOURCE is protected from deletion" "whoever protected it takes that back: aws rds modify-db-instance --db-instance-identifier $RDS_SOURCE --no-deletion-protection"
  fi
  tell rds delete-db-instance --db-instance-identifier "$RDS_SOURCE" --final-db-snapshot-identifier "$snapshot" >/dev/null
  say "$RDS_SOURCE is being deleted; its final snapshot is $snapshot"
fi
source_gone() {
  look_at_rds
  WAITING=$RDS_STATUS
  if [[ -z $RDS_ARN ]]; then WAITING=""; fi
}
wait_for "$RDS_SOURCE is gone" 14400 source_gone
json_object retired_at "$(now)" | state_merge
say "the move is over; stack $AURORA_STACK holds groups and alarms of the cluster, stack $AURORA_READERS_STACK its readers"
hint "leave $AURORA_READERS_STACK alone: deleting it deletes the readers that the application uses"
