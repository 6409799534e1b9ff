#!/usr/bin/env bash
# 70-cutover/77-readers.sh: Make the readers of the cluster, all at once.
# Before: 73-promote.sh; the application need not wait for it.
# Again: makes what is missing.
# Undo: aws cloudformation delete-stack, which deletes the readers: when nobody reads there.
#
# Usage: 77-readers.sh [--dry-run]
#   --dry-run   change nothing in AWS: make the change set
#
# The stack shop-aurora-readers with the readers, all at once. Until they are there the writer has every read: move the reads of the application when this ends.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"
# shellcheck source=../20-aurora/aurora.sh
source "$BUNDLE/20-aurora/aurora.sh"

dry=""
while (($#)); do
  case $1 in
    --dry-run) dry=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

only_one
assert_source
need_state "73-promote.sh --yes" aurora promoted_at >/dev/null
look_at_cluster
[[ -n $CLUSTER_ARN && -z $CLUSTER_OF ]] || refuse "cluster $AURORA_CLUSTER is not promoted" "73-promote.sh --yes"
look_at_stack "$AURORA_READERS_STACK"
refuse_stuck "$AURORA_READERS_STACK"
case $STACK_STATUS in
  ROLLBACK_COMPLETE) if [[ -z $dry ]]; then stack_trouble "$AURORA_READERS_STACK" && delete_stack "$AURORA_READERS_STACK"; fi ;;
  ROLLBACK_FAILED | DELETE_FAILED) refuse "stack $AURORA_READERS_STACK is $STACK_STATUS" "aws cloudformation delete-stack --stack-name $AURORA_READERS_STACK, then run this again" ;;
esac
if [[ -z $dry ]]; then
  # A run that goes on with what another one began does not begin the time anew; one that finds them all there has seen nothing of it.
  waited=""
  for reader in "${AURORA_READERS[@]}"; do
    look_at_member "$reader"
    [[ $MEMBER_STATUS == available ]] || waited=yes
  done
  case $STACK_STATUS in
    "" | REVIEW_IN_PROGRESS | ROLLBACK_COMPLETE) note_aurora readers_asked_at "$(now)" ;;
  esac
fi
extra=()
if [[ -n $dry ]]; then extra+=(--no-execute-changeset); fi
say "stack $AURORA_READERS_STACK: cloudformation/02-readers.json"
deploy_stack "$AURORA_READERS_STACK" "$AURORA/cloudformation/02-readers.json" "${extra[@]}"
if [[ -n $dry ]]; then
  say "nothing was changed"
  exit 0
fi
for reader in "${AURORA_READERS[@]}"; do wait_for "reader $reader is available" 7200 member_available "$reader"; done
there=$(state_get aurora readers_at)
if [[ -z $there ]]; then
  note_aurora readers_at "$(now)"
  took=$(seconds_since readers_asked_at)
  if [[ -n $waited && -n $took ]]; then note_timing 'aurora reader' "$took" 0; fi
fi
say "${#AURORA_READERS[@]} readers answer at $CLUSTER_READER_ENDPOINT"
