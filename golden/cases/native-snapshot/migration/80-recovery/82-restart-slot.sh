#!/usr/bin/env bash
# 80-recovery/82-restart-slot.sh: Load the tables of one slot anew, in a new snapshot, while the other slots go on.
# Before: their ledger (41-ledger.sql).
# Again: goes on where it stopped.
#
# Usage: 82-restart-slot.sh SLOT [--yes]
#   SLOT    the slot whose tables are loaded anew; the others go on
#   --yes   do it; without it this says what it would do and checks whether it may
#
# For the case that one slot is lost or cannot catch up, or that its snapshot is gone before all its tables are copied. The slot is dropped and made
# anew, with a snapshot of its own moment, and its tables are emptied and copied in that. The other slots go on, loaded or not. Cut short, it
# goes on where it stopped when it is run again.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

slot="" yes=""
while (($#)); do
  case $1 in
    --yes) yes=yes && shift ;;
    -*) usage_error "$1" ;;
    *) slot=$1 && shift ;;
  esac
done
[[ -n $slot ]] || die "which slot?" "one of: ${OUR_SLOTS[*]}"
case " ${OUR_SLOTS[*]} " in *" $slot "*) ;; *) die "$slot is not a slot of this plan" "one of: ${OUR_SLOTS[*]}" ;; esac
readonly FILE=$BUNDLE/80-recovery/restart-$slot.sql

# The mark outlives this script and says how far a restart has come: begun, then dropped.
readonly MARK=$STATE_DIR/.pgcutover/restarting-$slot
only_one
assert_source
assert_target
refuse_after_cutover "after the cutover no slot is restarted; to begin again: 80-recovery/83-full-restart.sh"
phase=""
if [[ -e $MARK ]]; then phase=$(<"$MARK"); fi

# keep_evidence NAME SLOT… keeps how the slots stand. The file is for its owner alone, and git leaves it alone.
keep_evidence() {
  local dir=$STATE_DIR/evidence file rows
  file=$dir/$1-$(date -u +%Y%m%dT%H%M%SZ).jsonl
  shift
  mkdir -p -- "$dir"
  chmod 700 -- "$dir"
  [[ -e $dir/.gitignore ]] || printf '*\n' >"$dir/.gitignore"
  : >"$TMP/evidence"
  chmod 600 -- "$TMP/evidence"
  # The source may be what is lost.
  attempt psql_on source -v slots="$(IFS=, && printf '%s' "$*")" -f - >>"$TMP/evidence" <<'SQL' || warn "how the slots stand could not be asked"
SELECT pg_catalog.jsonb_build_object('table', 'pg_replication_slots', 'row', pg_catalog.to_jsonb(s)) FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = ANY (pg_catalog.string_to_array(:'slots', ',')) ORDER BY s.slot_name;
SQL
  if [[ ! -s $TMP/evidence ]]; then return 0; fi
  rows=$(wc -l <"$TMP/evidence")
  cp -p -- "$TMP/evidence" "$file.next"
  mv -f -- "$file.next" "$file"
  say "$rows rows about $* kept as $file"
}

ledger=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.snapshot') IS NOT NULL")
# A restart whose own snapshot is gone before it has come to its end begins once more.
known=$(state_get slots "$slot")
if [[ $phase == emptied && -n $known ]] && ! snapshot_held "$slot"; then phase=begun; fi

if [[ -z $phase ]]; then
  problems=0
  problem() { problems=$((problems + 1)) && say "problem: $1" && hint "$2"; }
  # TRUNCATE without CASCADE is refused while another table refers to one of these; CASCADE would empty tables of other slots.
  if [[ $ledger == t ]]; then
    psql_on target -v check=1 -f "$FILE" >"$TMP/references"
    while IFS= read -r line; do problem "on the target, foreign key $line" "drop it until the cutover, whose 74-constraints.sh puts it back"; done <"$TMP/references"
  fi
  ((problems == 0)) || refuse "$slot cannot be restarted alone; nothing was changed"
  if [[ -z $yes ]]; then
    say "this would drop slot $slot with its subscription and its snapshot, empty its tables on the target, make the slot anew and load them again"
    refuse "nothing was done" "add --yes"
  fi
  put_state_aside "before-restart-$slot"
  keep_evidence "before-restart-$slot" "$slot"
  mkdir -p -- "$STATE_DIR/.pgcutover"
  phase=begun
  printf '%s\n' "$phase" >"$MARK"
fi
[[ -n $yes ]] || refuse "a restart of $slot is under way ($phase)" "to go on with it, add --yes"

if [[ $phase == begun ]]; then
  drop_our_subscription "$slot" || refuse "subscription $slot could not be dropped"
  end_snapshot "$slot"
  drop_our_slot "$slot" || refuse "slot $slot could not be dropped"
  printf '{"slots": {%s: null}, "load": null}\n' "$(json_string "$slot")" | state_merge
  phase=dropped
  printf '%s\n' "$phase" >"$MARK"
fi
if [[ $phase == dropped ]]; then
  if [[ $ledger == t ]]; then
    say "emptying the tables of $slot on the target and putting their copies back into the ledger"
    ended=$(end_load_sessions target)
    ((ended == 0)) || say "$ended load sessions ended on the target; what they did for other slots is done again"
    psql_on target -o /dev/null -f "$FILE"
  fi
  phase=emptied
  printf '%s\n' "$phase" >"$MARK"
fi
"$BUNDLE/20-snapshots/21-hold.sh" "$slot"
if [[ $ledger == f ]]; then
  rm -f -- "$MARK"
  say "$slot is made anew; nothing was loaded yet: go on with 40-load/41-ledger.sql"
  exit 0
fi
status=0
"$BUNDLE/40-load/42-load.sh" || status=$?
left=$(ask target "SELECT pg_catalog.count(*) FROM pgcutover.item WHERE slot = :'slot' AND state <> 'done'" "slot=$slot")
((left == 0)) || refuse "$left copies of $slot are left" "mend what stands above and run this again"
rm -f -- "$MARK"
if ((status != 0)); then
  refuse "the tables of $slot are copied at $(start_of "$slot"), and the load is not done" "what stands above is about other slots, or about indexes and constraints: mend it, then 40-load/42-load.sh"
fi
say "the tables of $slot are loaded at $(start_of "$slot"); its new subscription starts there"
hint "next: pgcutover verify loaded, 20-snapshots/22-release.sh $slot, then 50-cdc/native/51-subscriptions.sh and 52-enable.sh; the others keep their own positions"
