#!/usr/bin/env bash
# 70-cutover/76-unfreeze.sh: Give the source back to the application: the way back from a cutover that was called off.
# Before: the target was not opened (75-open.sh).
# Again: does nothing once the source is back.
# Undo: 71-freeze.sh.
#
# Usage: 76-unfreeze.sh [--lose-target-writes]
#   --lose-target-writes   the target was opened, and what the application wrote there may be lost: nothing carries it back
#
# Gives the source back what 71-freeze.sh took, as recorded in pgcutover.frozen there: the way back while nothing has been
# written to the target. Once the application writes to the target, the source must stay frozen: see 80-recovery/84-rollback.md.
#
# Exit codes: 0 done, 1 refused, 2 could not do the work.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"
lose=""
while (($#)); do
  case $1 in
    --lose-target-writes) lose=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done

assert_source
if [[ $SOURCE_FROZEN != t ]]; then
  say "the source was never frozen; nothing to do"
  exit 0
fi

# Two servers must not take writes. A cluster on trial does, and the application never gets to it.
if [[ -z $lose ]]; then
  opened=$(target_opened)
  [[ -z $opened ]] || refuse "the target was opened at $opened: the application may have written to it, and the source does not have that" "80-recovery/84-rollback.md; then, to lose it: --lose-target-writes"
  trial=$(state_get aurora trial_at)
  froze=$(state_get freeze at)
  is=$(attempt target_is 2>"$TMP/unanswered" || true)
  if [[ -z $trial && $is == open ]]; then
    refuse "the target takes writes, whatever state.json says: the application may have written to it" "80-recovery/84-rollback.md; then, to lose it: --lose-target-writes"
  elif [[ -z $froze && -z $is ]]; then
    cat -- "$TMP/unanswered" >&2
    refuse "whether the target was opened cannot be told: state.json knows of no freeze that was done, and the target cannot be looked at" "correct the service $(service_of target); where the application never wrote to it: --lose-target-writes"
  fi
fi

# What is written from here on a promoted cluster does not have: 73-promote.sh and 75-open.sh refuse it.
promoted=$(state_get aurora promoted_at)
[[ -z $promoted ]] || printf '{"aurora": %s}\n' "$(json_object void_at "$(now)")" | state_merge

# The last thing done is undone first. A role dropped meanwhile stops it: all or nothing.
psql_on source -f - >"$TMP/undone" <<'SQL'
SET default_transaction_read_only = off;
SET client_min_messages = warning;
SET lock_timeout = '10s';
SET synchronous_commit = local;
BEGIN;
LOCK TABLE pgcutover.frozen IN EXCLUSIVE MODE;
DO $$
DECLARE
  f record;
BEGIN
  FOR f IN SELECT undo FROM pgcutover.frozen ORDER BY id DESC LOOP
    EXECUTE f.undo;
  END LOOP;
END
$$;
SELECT undo FROM pgcutover.frozen ORDER BY id DESC;
DROP TABLE pgcutover.frozen;
COMMIT;
SQL
sed 's/^/  /' -- "$TMP/undone"
printf '{"freeze": null, "drain": null}\n' | state_merge
say "the source takes connections and writes again"
