#!/usr/bin/env bash
# 20-replica/22-resume.sh: Resume replay of the maintenance replica.
# Before: the load finished and the gate "loaded" passed: rows can be compared exactly only while the replica stands.
# Again: says that the replica is not paused.
#
# Usage: 22-resume.sh [--force]
#   --force   resume although the load has not finished or sessions still read from the replica: what was not loaded yet can
#             then never be loaded at the captured position
#
# A query that still runs on the replica is cancelled within a second of the resume.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

force=""
while (($#)); do
  case $1 in
    --force) force=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

# stop_unless_forced MESSAGE HINT
stop_unless_forced() {
  [[ -n $force ]] || refuse "$@"
  warn "$1"
}

only_one
assert_replica
stands=$(replay_paused)
paused=$(state_get pause lsn)
if [[ $stands == f ]]; then
  say "the replica is not paused"
  resumed=$(state_get resumed_at)
  if [[ -n $paused && -z $resumed ]]; then json_object resumed_at "$(now)" | state_merge; fi
  exit 0
fi

loaded=$(state_get load finished_at)
if [[ -n $paused && -z $loaded ]]; then
  unfinished=$(ask target "SELECT pg_catalog.to_regclass(pg_catalog.format('%I.item', :'schema')) IS NOT NULL AS there \\gset
\\if :there
SELECT pg_catalog.count(*) FROM :\"schema\".item WHERE state <> 'done';
\\else
SELECT 'all';
\\endif" "schema=$OUR_SCHEMA") || unfinished=unknown
  if [[ $unfinished != 0 ]]; then
    stop_unless_forced "the load has not finished (items left: $unfinished)" "go on with 40-load/42-load.sh; to give this position up, add --force"
  fi
fi

readers=()
fields_on replica readers <<'SQL'
SELECT pg_catalog.format('process %s, user %s, application %s, %s', pid, usename, application_name, state)
FROM pg_catalog.pg_stat_activity
WHERE pid <> pg_catalog.pg_backend_pid() AND state IS NOT NULL AND state <> 'idle' OR application_name LIKE 'pgcutover load%' ORDER BY backend_start;
SQL
for r in "${readers[@]}"; do say "on the replica: $r"; done
((${#readers[@]} == 0)) || stop_unless_forced "${#readers[@]} sessions are reading from the replica: resuming would cancel them" "let them end, then run this again"

resume_replay || die "the replica is still paused"
# While it catches up, replay cancels queries there; another server may read and write the JSON.
for other in target source; do
  if attempt ask "$other" "SELECT 1" >/dev/null 2>&1; then
    STATE_SERVER=$other
    break
  fi
done
if [[ -n $paused ]]; then json_object resumed_at "$(now)" | state_merge; fi
say "replay goes on; the replica catches up with the source"
