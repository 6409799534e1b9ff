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

yes=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

only_one
assert_source
opened=$(state_get aurora opened_at)
[[ -z $opened ]] || refuse "the target was opened at $opened: the application may have written to it" "80-recovery/84-rollback.md"
if [[ -z $yes ]]; then
  say "this would delete the Aurora cluster and its stacks, and drop schema $OUR_SCHEMA on the source"
  refuse "nothing was done" "to do it, add --yes"
fi
"$BUNDLE/20-aurora/24-delete.sh" --yes
frozen=$(ask source "SELECT pg_catalog.to_regclass('pgcutover.frozen') IS NOT NULL")
if [[ $frozen == t ]]; then
  die "the source is frozen; schema $OUR_SCHEMA holds the way back and stays" "70-cutover/76-unfreeze.sh, then this again"
fi
ask source "SET client_min_messages = warning; SET lock_timeout = '10s'; DROP TABLE IF EXISTS :\"schema\".:\"marker\"; DROP SCHEMA IF EXISTS :\"schema\"" "schema=$OUR_SCHEMA" marker=marker_aurora
put_state_aside aborted
rm -f -- "$STATE"
say "the source is as it was"
