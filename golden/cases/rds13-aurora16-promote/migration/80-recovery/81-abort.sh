#!/usr/bin/env bash
# 80-recovery/81-abort.sh: End the migration: delete the cluster and its stacks, drop the marker.
# Again: goes on with what is left.
#
# Usage: 81-abort.sh [--yes]
#   --yes   do it; without it this says what it would do
#
# Ends the migration before the target was opened: the cluster and the stacks are deleted (20-aurora/24-delete.sh), which frees the WAL that the source keeps for the
# replica, and the marker on the source is dropped. Where the source is frozen, 70-cutover/76-unfreeze.sh comes first.
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
assert_source
look_at_cluster
refuse_in_use
# A frozen source without a cutover of ours under way is one that was left behind: nothing is deleted before it takes writes again.
frozen=$(frozen_now source)
[[ $frozen != t ]] || refuse "the source is frozen; schema $OUR_SCHEMA holds the way back and stays" "70-cutover/76-unfreeze.sh, then this again"
if [[ -z $yes ]]; then
  say "this would delete the Aurora cluster and its stacks, and drop schema $OUR_SCHEMA on the source"
  refuse "nothing was done" "to do it, add --yes"
fi
"$BUNDLE/20-aurora/24-delete.sh" --yes
ask source "SET client_min_messages = warning; SET lock_timeout = '10s'; DROP TABLE IF EXISTS :\"schema\".:\"marker\"; DROP SCHEMA IF EXISTS :\"schema\"" "schema=$OUR_SCHEMA" marker=marker_aurora
put_state_aside aborted
rm -f -- "$STATE"
say "the source is as it was"
