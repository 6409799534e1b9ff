#!/usr/bin/env bash
# 80-recovery/81-abort.sh: End the migration: drop slots, sets, node and markers, resume the replica.
# Again: goes on with what is left.
#
# Usage: 81-abort.sh --yes [--target]
#   --yes      do it; without it this says what it would do
#   --target   empty the target too (80-recovery/83-full-restart.sh does it on its own)
#
# Ends the migration: subscriptions on the target, load sessions, the pause, our slots, publications and markers on the source. Only what
# this run made is touched: slots that state.json knows, and, once none of the plan's slots is left, the publications of the plan's names:
# whoever reads from a slot needs them. The role of change data capture and changed settings stay.
# What cannot be reached is left for the next run of this script.
#
# When the source's disk fills, this is what frees it: the slots go first.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

yes="" with_target=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    --target) with_target=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done
if [[ -z $yes ]]; then
  say "this would drop the subscriptions on the target, the slots ${OUR_SLOTS[*]}, their publications and schema $OUR_SCHEMA on the source, and resume the replica"

  refuse "nothing was done" "to do it, add --yes"
fi

only_one
left=0
assert_source

# Whoever reads a slot keeps it from being dropped, and the subscriptions would ask for theirs for ever.
if attempt assert_target; then
  for slot in "${OUR_SLOTS[@]}"; do attempt drop_our_subscription "$slot" || left=$((left + 1)); done
else
  warn "the target was not looked at; its subscriptions stay, and slots that they read as well"
fi

for slot in "${OUR_SLOTS[@]}"; do drop_our_slot "$slot" || left=$((left + 1)); done
slots_left=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots WHERE slot_name = ANY (pg_catalog.string_to_array(:'slots', ','))" "slots=$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")")
# After 71-freeze.sh nothing but a slot can be dropped: transactions are read-only, and pgcutover.frozen holds the way back.
frozen=$(frozen_now source)

drop_publications() {
  psql_on source -v slots="$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")" -f - <<'SQL'
SET client_min_messages = warning;
SET lock_timeout = '10s';
SELECT pg_catalog.format('DROP PUBLICATION %I', p.pubname)
FROM pg_catalog.pg_publication AS p
WHERE p.pubname IN (SELECT x.p || o.slot FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot), (VALUES (''), ('i')) AS x(p)) ORDER BY 1 \gexec
SQL
}
if ((slots_left > 0)); then
  # A slot that is not ours may be another run's, whose sets and node have the same names.
  warn "publications and markers stay as long as a slot of this plan does: whoever reads from it needs them"
elif [[ $frozen == t ]]; then
  left=$((left + 1))
  warn "the source is frozen for the cutover; publications and schema $OUR_SCHEMA stay until it is not"
  hint "run 70-cutover/76-unfreeze.sh first, then this again"
elif drop_publications; then
  say "publications dropped"
else
  left=$((left + 1))
  warn "the publications could not be dropped"
fi

drop_markers() {
  local slot
  for slot in "${OUR_SLOTS[@]}"; do
    ask source "SET client_min_messages = warning; SET lock_timeout = '10s'; DROP TABLE IF EXISTS :\"schema\".:\"marker\"" "schema=$OUR_SCHEMA" "marker=marker_$slot" || return
  done
  ask source "SET client_min_messages = warning; SET lock_timeout = '10s'; DROP TABLE IF EXISTS :\"schema\".noted, :\"schema\".counting; DROP SCHEMA IF EXISTS :\"schema\"" "schema=$OUR_SCHEMA"
}
((slots_left > 0)) || [[ $frozen == t ]] || drop_markers || { left=$((left + 1)) && warn "schema $OUR_SCHEMA could not be removed from the source"; }

# The rest may be out of reach just now; that must not keep the source from being freed.
if attempt assert_replica; then
  ended=$(end_load_sessions replica)
  ((ended == 0)) || say "$ended load sessions ended on the replica"
  stands=$(replay_paused)
  if [[ $stands == t ]]; then
    paused=$(state_get pause lsn)
    if [[ -n $paused ]]; then
      resume_replay
      say "replay of the replica goes on"
    else
      warn "the replica is paused, but not by this run: left so"
    fi
  fi
else
  left=$((left + 1))
  warn "the replica was not looked at; if it is paused, resume it: 20-replica/22-resume.sh --force"
fi
if attempt assert_target; then
  ended=$(end_load_sessions target)
  ((ended == 0)) || say "$ended load sessions ended on the target"
  if [[ -n $with_target ]]; then "$BUNDLE/80-recovery/83-full-restart.sh" --yes --only-target || left=$((left + 1)); fi
else
  left=$((left + 1))
  warn "the target was not looked at; load workers may still run there"
fi

((left == 0)) || die "$left parts are left" "mend what stands above and run this again"
put_state_aside aborted
rm -f -- "$STATE"
say "the source is as it was, but for the role $OUR_ROLE and changed settings"
