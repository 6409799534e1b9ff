#!/usr/bin/env bash
# adopt.sh: Let state.json and the ledger pass from the running plan to the one that this restart is made of.
# Before: the bundle of the new plan is rendered.
# Again: says that it is done.
#
# Usage: adopt.sh [--yes] [BUNDLE]
#   BUNDLE   directory of the bundle of the new plan (default: the current directory)
#   --yes    do it; without it this says what it would do and checks whether it may
#
# For the restart of dms_slot_01 with other settings of its task. pgcutover has compared the two plans: nothing that another slot, a server or the
# ledger rests on differs. So what is under way can go on with the new plan's bundle; the scripts know their plan by its fingerprint, which this
# puts in place of the running one's: in state.json, of which a copy is kept, and on the target in the ledger and the comment of its schema.
set -Eeuo pipefail

yes="" bundle=.
for word in "$@"; do
  case $word in
    -h | --help) ;;
    --yes) yes=yes ;;
    -*)
      printf 'adopt: error: unknown argument: %s\n' "$word" >&2
      exit 2
      ;;
    *) bundle=$word ;;
  esac
done
if [[ ! -r $bundle/session.sh ]]; then
  printf 'adopt: error: %s holds no bundle\nadopt: hint: run this in the directory of the bundle, or name it\n' "$bundle" >&2
  exit 2
fi
# shellcheck source=../migration/session.sh
source "$bundle/session.sh"

readonly FROM=e78bc1f9035af514ca8678ce9cf073713aa33838fb1b2274908f670baf8c8658 # the running plan
readonly NEXT=d2d59e79a0b08b3ef0d706a91575a4bf63962ec8d2fdc629f014ff8a87e86eb2
RESTART=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
as_rendered "$RESTART" adopt.sh

only_one
[[ $PLAN == "$NEXT" ]] || refuse "$BUNDLE is the bundle of plan $PLAN, and not of $NEXT, which this restart was rendered from" "pgcutover render ../plan.json -o ."
STATE_CHECKED=yes # state.json may be the running plan's here, and here only
assert_source
assert_target
refuse_after_cutover "after the cutover no slot is restarted"
[[ -e $STATE ]] || refuse "there is no $STATE: nothing is under way" "PGCUTOVER_STATE in env names it"
in_state=$(state_get plan) || die "$STATE cannot be read" "restore it from version control or a copy"
in_ledger=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.run') IS NOT NULL AS there \\gset
\\if :there
SELECT plan FROM pgcutover.run;
\\endif")
for found in "$in_state" "$in_ledger"; do
  [[ $found == "$FROM" || $found == "$NEXT" ]] \
    || refuse "state.json is of plan ${in_state:-none} and the ledger of plan ${in_ledger:-none}; this passes from $FROM to $NEXT" "render the restart with --running and the plan that is being carried out"
done
if [[ $in_state == "$NEXT" && $in_ledger == "$NEXT" ]]; then
  say "state.json and the ledger are those of plan $NEXT already"
  exit 0
fi
loaded=$(state_get load finished_at)
[[ -n $loaded ]] || refuse "the load has not finished" "finish it with the bundle of the running plan"
for mark in "$STATE_DIR"/.pgcutover/restarting-*; do
  if [[ -e $mark ]]; then refuse "a restart of ${mark##*/restarting-} is under way" "finish it with the bundle of the running plan: 80-recovery/82-restart-slot.sh"; fi
done
if [[ -z $yes ]]; then
  say "this would put plan $NEXT in place of $FROM in $STATE and in the ledger on the target"
  refuse "nothing was done" "to do it, add --yes"
fi
put_state_aside before-plan
psql_on target -o /dev/null -v from="$FROM" -v next="$NEXT" -v schema="$OUR_SCHEMA" -f - <<'SQL'
BEGIN;
SET LOCAL lock_timeout = '10s';
UPDATE pgcutover.run SET plan = :'next' WHERE plan = :'from';
SELECT pg_catalog.format('COMMENT ON SCHEMA %I IS %L', nspname, pg_catalog.replace(pg_catalog.obj_description(oid, 'pg_namespace'), 'plan ' || :'from' || ' ', 'plan ' || :'next' || ' '))
FROM pg_catalog.pg_namespace WHERE nspname = :'schema' AND pg_catalog.obj_description(oid, 'pg_namespace') LIKE '%plan ' || :'from' || ' %' \gexec
COMMIT;
SQL
printf '{}\n' | state_merge
say "state.json and the ledger are those of plan $NEXT now"
hint "next: 80-recovery/82-restart-slot.sh dms_slot_01 --yes, with the bundle in $BUNDLE"
