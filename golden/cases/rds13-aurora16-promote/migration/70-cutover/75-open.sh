#!/usr/bin/env bash
# 70-cutover/75-open.sh: Take the freeze, which came along, off the target: the application may write to it.
# Before: the gate "cutover"; from here on going back loses writes.
# Again: says that the target is open.
#
# Usage: 75-open.sh [--yes]
#   --yes   do it; without it this says what it would do
#
# The freeze of the source has come along by replication: nobody may connect, and transactions are read-only. This takes back on the target what pgcutover.frozen
# lists there, and removes schema pgcutover. From here on the application may write to the target, and then going back loses what it wrote. The source stays frozen.
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
assert_aurora f
need_state "73-promote.sh --yes" aurora promoted_at >/dev/null
frozen=$(ask source "SELECT pg_catalog.to_regclass('pgcutover.frozen') IS NOT NULL")
[[ $frozen == t ]] || refuse "the source is not frozen: two servers would take writes" "71-freeze.sh; what was written to the source since is missing on the target"
here=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.frozen') IS NOT NULL")
if [[ $here != t ]]; then
  say "the target is open"
  exit 0
fi
psql_on target -f - >"$TMP/undo" <<'SQL'
SELECT undo FROM pgcutover.frozen ORDER BY id DESC;
SQL
if [[ -z $yes ]]; then
  say "this would run on the target:"
  sed 's/^/  /' "$TMP/undo" >&2
  refuse "nothing was done" "pgcutover verify cutover --plan ../plan.json; then add --yes"
fi
# Noted first: who goes back from here on has to think of what was written.
printf '{"aurora": %s}\n' "$(json_object opened_at "$(now)")" | state_merge
psql_on target -f - <<'SQL'
SET default_transaction_read_only = off;
SET client_min_messages = warning;
SET lock_timeout = '10s';
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
DROP SCHEMA pgcutover CASCADE;
COMMIT;
SQL
sed 's/^/  /' "$TMP/undo" >&2
say "the target takes connections and writes; point the application to it"
