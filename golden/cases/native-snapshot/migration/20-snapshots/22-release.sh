#!/usr/bin/env bash
# 20-snapshots/22-release.sh: Release the snapshots.
# Before: the gate "loaded" passed: rows can be counted on the source as they were only while the snapshots are held.
# Again: says so.
#
# Usage: 22-release.sh [SLOT…] [--force]
#   SLOT      only these slots
#   --force   although not all of a slot's tables are copied: those that are not can then never be copied in its snapshot
#
# Ends the sessions on the source that hold the snapshots, so that vacuum can remove dead rows again. The slots stay. Until then the gate
# "loaded" can count each table on the source as it was; afterwards it has only what the copies counted.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

force="" slots=()
while (($#)); do
  case $1 in
    --force) force=yes && shift ;;
    -*) usage_error "$1" ;;
    *)
      case " ${OUR_SLOTS[*]} " in *" $1 "*) ;; *) die "$1 is not a slot of this plan" "one of: ${OUR_SLOTS[*]}" ;; esac
      slots+=("$1") && shift
      ;;
  esac
done
((${#slots[@]} > 0)) || slots=("${OUR_SLOTS[@]}")

only_one
assert_source
assert_target
begun=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.item') IS NOT NULL")
for slot in "${slots[@]}"; do
  known=$(state_get slots "$slot")
  [[ -n $known ]] || { say "$slot is not made yet" && continue; }
  left=all
  if [[ $begun == t ]]; then
    left=$(ask target "SELECT CASE WHEN pg_catalog.count(*) = 0 THEN 'all' ELSE pg_catalog.count(*) FILTER (WHERE state <> 'done')::text END FROM pgcutover.item WHERE slot = :'slot'" "slot=$slot")
  fi
  if [[ $left != 0 ]]; then
    [[ -n $force ]] || refuse "copies of $slot are left ($left): without its snapshot they can never be made" "go on with 40-load/42-load.sh; to give the snapshot up, add --force"
    warn "copies of $slot are left ($left)"
  fi
  end_snapshot "$slot"
  released=$(state_get slots "$slot" snapshot released_at)
  if [[ -z $released ]]; then note_of "$slot" snapshot released_at "$(now)"; fi
  say "the snapshot of $slot is released; its slot keeps the changes since"
done
