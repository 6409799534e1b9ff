#!/usr/bin/env bash
# 70-cutover/76-unfreeze.sh: Give the source back to the application: the way back from a cutover that was called off.
# Before: nothing has been written to the target by anybody but change data capture.
# Again: does nothing once the source is back.
# Undo: 71-freeze.sh.
#
# Usage: 76-unfreeze.sh
#
# Gives the source back what 71-freeze.sh took, as recorded in pgcutover.frozen there: the way back while nothing has been
# written to the target. Once the application writes to the target, the source must stay frozen: see 80-recovery/84-rollback.md.
#
# Exit codes: 0 done, 1 refused, 2 could not do the work.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"
(($# == 0)) || usage_error "$1"

assert_source
if [[ $SOURCE_FROZEN != t ]]; then
  say "the source was never frozen; nothing to do"
  exit 0
fi

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
