#!/usr/bin/env bash
# 20-aurora/24-delete.sh: Delete the cluster, its instances and the stacks: the way back to the source alone.
# Before: the application does not use the cluster.
# Again: deletes what is left.
#
# Usage: 24-delete.sh [--yes] [--keep-groups]
#   --yes           do it; without it this says what it would do
#   --keep-groups   leave the stack with parameter groups, subnet group and alarms: the replica is to be made anew
#
# Deletes the cluster and all of its instances, without a final snapshot, and the stacks. Never once the application may use it: this refuses where the target was
# opened, and where the cluster was promoted and nothing proves that it was not. The source is left alone.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"
# shellcheck source=aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

yes="" keep=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --keep-groups) keep=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

only_one
assert_source
look_at_cluster
# It was promoted to be loaded. Whether it is in use by now the target itself says, whatever state.json knows.
look_at_member "$AURORA_WRITER"
if [[ -n $CLUSTER_ARN && -z $CLUSTER_OF && -n $MEMBER_ARN && $MEMBER_STATUS != deleting ]]; then
  assert_target
  refuse_after_cutover "80-recovery/84-rollback.md"
fi
look_at_rds
assert_here "$RDS_ARN"
if [[ -z $yes ]]; then
  stacks=$AURORA_READERS_STACK
  if [[ -z $keep ]]; then stacks+=" $AURORA_STACK"; fi
  say "this would delete ${CLUSTER_ARN:+cluster $AURORA_CLUSTER with its instances, without a snapshot, and }the stacks $stacks"
  refuse "nothing was done" "to do it, add --yes"
fi
# Without its writer the target tells nothing any more: a run after this one goes by what is noted here.
note_aurora deleting_at "$(now)"
delete_stack "$AURORA_READERS_STACK"
# delete_member IDENTIFIER. RDS deletes the last instance of a replica cluster only after its promotion; then that comes first, and frees the source as well.
delete_member() {
  local fault
  look_at_member "$1"
  if [[ -z $MEMBER_ARN || $MEMBER_STATUS == deleting ]]; then return 0; fi
  if ! "$AWS" rds delete-db-instance --db-instance-identifier "$1" --skip-final-snapshot >/dev/null 2>"$TMP/aws"; then
    fault=$(<"$TMP/aws")
    look_at_cluster
    if [[ -z $CLUSTER_OF || ! $fault =~ InvalidDB(Cluster|Instance)State || ! ${fault,,} =~ promote ]]; then
      printf '%s\n' "$fault" >"$TMP/aws"
      aws_failed "aws rds delete-db-instance"
    fi
    say "the last instance of a replica cluster can be deleted after a promotion only, which comes first"
    if [[ $CLUSTER_STATUS == available ]]; then tell rds promote-read-replica-db-cluster --db-cluster-identifier "$AURORA_CLUSTER" >/dev/null; fi
    wait_for "cluster $AURORA_CLUSTER is promoted" 7200 cluster_promoted
    wait_for "instance $1 is available" 3600 member_available "$1"
    tell rds delete-db-instance --db-instance-identifier "$1" --skip-final-snapshot >/dev/null
  fi
  say "instance $1 is being deleted"
}
for member in "${AURORA_READERS[@]}" "$AURORA_WRITER"; do delete_member "$member"; done
member_gone() {
  look_at_member "$1"
  WAITING=$MEMBER_STATUS
  if [[ -z $MEMBER_ARN ]]; then WAITING=""; fi
}
for member in "${AURORA_READERS[@]}" "$AURORA_WRITER"; do wait_for "instance $member is gone" 3600 member_gone "$member"; done
if [[ -n $CLUSTER_ARN ]]; then
  if [[ $CLUSTER_PROTECTED == True ]]; then tell rds modify-db-cluster --db-cluster-identifier "$AURORA_CLUSTER" --no-deletion-protection --apply-immediately >/dev/null; fi
  look_at_cluster
  if [[ -n $CLUSTER_ARN && $CLUSTER_STATUS != deleting ]]; then tell rds delete-db-cluster --db-cluster-identifier "$AURORA_CLUSTER" --skip-final-snapshot >/dev/null; fi
fi
cluster_gone() {
  look_at_cluster
  WAITING=$CLUSTER_STATUS
  if [[ -z $CLUSTER_ARN ]]; then WAITING=""; fi
}
wait_for "cluster $AURORA_CLUSTER is gone" 3600 cluster_gone
if [[ -z $keep ]]; then delete_stack "$AURORA_STACK"; fi
printf '{"aurora": null}\n' | state_merge
say "the source has no Aurora replica of this migration any more"
