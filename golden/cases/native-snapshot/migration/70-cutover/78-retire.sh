#!/usr/bin/env bash
# 70-cutover/78-retire.sh: Drop the subscriptions on the target and the slots on the source, which nobody needs any more.
# Before: the application works on the target, and nobody wants the old direction back.
# Again: does what is left.
#
# Usage: 78-retire.sh [--yes] [--all]
#   --yes   do it; without it this says what it would do
#   --all   the time to go back has passed: publications and markers of the source go too
#
# After the cutover nobody reads the slots on the source any more, and they keep its WAL until the disk is full.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" all=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --all) all=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done
if [[ -z $yes ]]; then
  say "this would drop the subscriptions on the target and the slots ${OUR_SLOTS[*]} on the source${all:+, and all that this migration made there}"
  refuse "nothing was done" "to do it, add --yes"
fi

only_one
assert_source
assert_target
[[ $(ask target "SELECT pg_catalog.to_regclass('pgcutover.restored') IS NOT NULL") == t ]] || refuse "the cutover is not done: 74-constraints.sh has not run on the target" "to end the migration before it: 80-recovery/81-abort.sh"
drained=$(state_get drain lsn)
[[ -n $drained ]] || refuse "state.json has no drain: the cutover was called off" "to end the migration: 80-recovery/81-abort.sh"
left=0
for slot in "${OUR_SLOTS[@]}"; do
  drop_our_subscription "$slot" || left=$((left + 1))
  drop_our_slot "$slot" || left=$((left + 1))
done
((left == 0)) || die "$left parts are left" "mend what stands above and run this again"
json_object retired_at "$(now)" | state_merge
if [[ -z $all ]]; then
  say "the source keeps no WAL for this migration any more; it stays frozen and whole"
  hint "when nobody wants to go back any more: $SCRIPT.sh --yes --all"
  exit 0
fi

# The source goes on being frozen: what keeps it so is remembered in schema pgcutover, which therefore stays.
psql_on source -v slots="$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")" -f - <<'SQL'
SET default_transaction_read_only = off;
SET client_min_messages = warning;
SET lock_timeout = '10s';
SELECT pg_catalog.format('DROP PUBLICATION %I', p.pubname)
FROM pg_catalog.pg_publication AS p
WHERE p.pubname IN (SELECT x.p || o.slot FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot), (VALUES (''), ('i')) AS x(p)) ORDER BY 1 \gexec
SELECT pg_catalog.format('DROP TABLE IF EXISTS pgcutover.%I', 'marker_' || o.slot) FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot) \gexec
DROP TABLE IF EXISTS pgcutover.noted, pgcutover.counting;
SQL
say "the source holds nothing of this migration but what keeps it frozen (schema pgcutover) and the role $OUR_ROLE"
