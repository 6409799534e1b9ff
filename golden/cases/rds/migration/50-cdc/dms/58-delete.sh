#!/usr/bin/env bash
# 50-cdc/dms/58-delete.sh: Delete all that 53-deploy.sh made, or the task of one slot.
# Before: the tasks stopped; with --all the cutover done, or called off for good.
# Again: deletes what is left.
# Undo: 53-deploy.sh makes it anew; a task that has run cannot go on: its slot is restarted.
#
# Usage: 58-delete.sh --slot SLOT --yes
#        58-delete.sh --all --yes
#   --slot SLOT   the task of this slot, before 80-recovery/82-restart-slot.sh or 83-full-restart.sh
#   --all         everything that 53-deploy.sh made in AWS: after the cutover, or when the migration is called off
#   --yes         do it; without it this says what it would do
#
# Slots and everything else on the servers stay: slots are dropped by 80-recovery/81-abort.sh.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

yes="" all="" slot=""
while (($#)); do
  case $1 in
    --slot) slot=${2:?} && shift 2 ;;
    --all) all=yes && shift ;;
    --yes) yes=yes && shift ;;
    *) usage_error "$1" ;;
  esac
done
[[ -n $slot || -n $all ]] || die "which?" "--slot SLOT or --all"
[[ -z $slot || -z $all ]] || die "--slot and --all at once"

only_one
# Tags tell what is ours, so the servers may be gone by the time that everything goes.
if [[ -n $slot ]]; then
  assert_source
  chosen "$slot"
else
  chosen
fi
assert_ours
for one in "${CHOSEN[@]}"; do refuse_running "$one"; done
if [[ -z $yes ]]; then
  if [[ -n $slot ]]; then say "this would delete task $(task_of "$slot")"; else say "this would delete the tasks, the endpoints and the replication instance $DMS_INSTANCE"; fi
  refuse "nothing was done" "to do it, add --yes"
fi
input=$STATE_DIR/dms.tfvars.json
[[ -e $input ]] || refuse "$input is not there: 53-deploy.sh has made nothing" "if Terraform made something of another directory: terraform destroy there"
if [[ -n $slot ]]; then
  # Only this position goes: what the other tasks were made for is theirs.
  INPUT=$input psql_on source -v slot="$slot" -f - >"$TMP/input" <<'SQL'
\set input `cat -- "$INPUT"`
SELECT pg_catalog.jsonb_pretty(:'input'::jsonb #- ARRAY['start_lsn', :'slot']);
SQL
  mv -f -- "$TMP/input" "$input"
  hint "terraform -chdir=$DMS/terraform apply -var-file=$input deletes the task"
else
  hint "terraform -chdir=$DMS/terraform destroy -var-file=$input"
fi
