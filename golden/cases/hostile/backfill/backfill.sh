#!/usr/bin/env bash
# backfill.sh: Bring rows of the target to what they are on the source, while changes are applied.
# Before: changes are being applied (50-cdc), and the cutover has not begun.
# Again: goes on with the rows that are left.
#
# Usage: backfill.sh [--yes] [--bundle DIR] [--batch N] [--timeout SECONDS] [--status] [--exceptions]
#
#   --yes               do it; without it this says what it would do, and to what
#   --bundle DIR        the migration's bundle; when not given PGCUTOVER_BUNDLE, else the directory above this one, else migration beside it
#   --batch N           rows at a time, for which a table of the target is locked; 100 when not given: less where rows are large
#   --timeout SECONDS   how long to wait for the target to apply what the source has; 300 when not given
#   --status            how many rows were mended, and how many are left
#   --exceptions        keep a copy of the failed statements that are dealt with, and delete them from awsdms_apply_exceptions
#
# BACKFILL.md says what is mended and why that is right while changes are applied. Keys and values are never printed: what is wrong with a row is
# told by SQLSTATE and constraint.
#
# Exit codes: 0 done, 1 refused or rows are left, 2 could not do the work.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail

HERE=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
readonly HERE
WHERE=${PGCUTOVER_BUNDLE:-}
for ((i = 1; i < $#; i++)); do
  if [[ ${!i} == --bundle ]]; then
    next=$((i + 1))
    WHERE=${!next}
  fi
done
if [[ -z $WHERE && -e $HERE/../session.sh ]]; then WHERE=$HERE/..; fi
if [[ -z $WHERE ]]; then WHERE=$HERE/../migration; fi
if [[ ! -r $WHERE/session.sh ]]; then
  printf 'backfill: error: no bundle in %s\nbackfill: hint: --bundle DIR or PGCUTOVER_BUNDLE names the directory that pgcutover render wrote\n' "$WHERE" >&2
  exit 2
fi
# shellcheck source=../migration/session.sh
source "$WHERE/session.sh"

YES=no BATCH=100 TIMEOUT=300 WHAT=mend
while (($# > 0)); do
  case $1 in
    --yes) YES=yes ;;
    --bundle) shift ;;
    --batch)
      BATCH=${2:-}
      shift
      ;;
    --timeout)
      TIMEOUT=${2:-}
      shift
      ;;
    --status) WHAT=status ;;
    --exceptions) WHAT=exceptions ;;
    *) usage_error "$1" ;;
  esac
  shift || true
done
[[ $BATCH =~ ^[1-9][0-9]{0,3}$ ]] || die "the number of rows is not 1 to 9999: $BATCH"
[[ $TIMEOUT =~ ^[1-9][0-9]{0,5}$ ]] || die "the timeout is not a number of seconds: $TIMEOUT"
readonly YES BATCH TIMEOUT WHAT LIST=bb1697728cd5ce41814c086e84263c7455e68f8a71de7ff8e5e0b81ea0004bd6
[[ $PLAN == 37b25868eec3d906664c3cb4d31bf44e3ce5c5aa796bac64e1ba5fe4b27ceaad ]] || refuse "the bundle in $BUNDLE is of another plan" "--bundle names the one that the list of differences is about"

# Folder, table, slot, marker's table and how often it is waited for, rows, SHA-256 of rows.copy, session.sql and batch.sql, time up to which failed changes are dealt with, their schema and table.
PARTS=(
  001 'public."$(touch /tmp/pwned)"' dms_slot_01 marker_dms_slot_01 2 3
  56d7fbfd247a00b88b4d3048a21a2625e222aeb1052dd4efdccd0423e0eb95b4 f616de06681d14e9d204a9759a16e0c713e457a10782841f36c924950ba24baa c3d06408811c9b4ab2df5699dffce091ca4c537fc8653e0485cfc201195a951a
  '' public '$(touch /tmp/pwned)'
  002 "public.\":var :'v' :\"\"w\"\"\"" dms_slot_01 marker_dms_slot_01 2 2
  fab7c866246c93940a87ee627a4f7aa4decea4ba5cbb5c6ab793bb6f912df6dd 4d2676999df7911478189cd986dbbfb677c74f37e100d8cf4aa5aae0a3fff8f7 5ea03cb11b15a17df2f65ed4611b18d8211012387077ffcc7925218cb4c07e64
  '2026-01-02 03:04:05.678901' public ":var :'v' :\"w\""
  003 "public.\"it's\"" dms_slot_01 marker_dms_slot_01 2 0
  '' '' ''
  '2026-01-02 03:04:05.678901' public "it's"
)
readonly PARTS WIDTH=12 ROUNDS=5

only_one
assert_source
assert_target
refuse_after_cutover "rows are now right or wrong for good: compare them with pgcutover verify cutover --rows checksum, and mend them by hand"

as_written() {
  local at=$1 n=6 file
  [[ ${PGCUTOVER_EDITED:-} != yes ]] || return 0
  for file in rows.copy session.sql batch.sql; do
    [[ $(sha256_of "$HERE/${PARTS[at]}/$file") == "${PARTS[at + n]}" ]] || refuse "${PARTS[at]}/$file was edited after it was rendered" "compare and render again, and review the difference" \
      "in an emergency PGCUTOVER_EDITED=yes in the environment runs it as it is"
    n=$((n + 1))
  done
}

# explained FILE WHAT says what psql found, whose errors are bare SQLSTATEs, and ends the script.
explained() {
  local code
  code=$(sed -n 's/^.*ERROR:  *\([0-9A-Z]\{5\}\)$/\1/p' "$1" | tail -n 1)
  case $code in
    "") cat -- "$1" >&2 && die "$2 failed: what went wrong stands above" ;;
    42501) die "$2 failed: the role lacks a right (SQLSTATE 42501)" "on the source it reads the table and updates the markers; on the target it changes the table and may set session_replication_role" ;;
    42P01 | 42703) die "$2 failed: the table is not what the plan says (SQLSTATE $code)" "pgcutover verify --check drift,schema tells the difference" ;;
    *) die "$2 failed with SQLSTATE $code" "the server's log has the whole error" ;;
  esac
}

# passing FILE succeeds for errors that go away by themselves: locks that were not to be had, deadlocks, statements that took too long.
passing() { grep -Eq 'ERROR:  *(55P03|40P01|40001|57014)$' "$1"; }

# wait_applied MARKER SLOT TIMES waits until the target has what the source has by now: the marker says where the source was when it was written. Where
# changes are applied in batches it takes two: a batch has ended when a marker is there that was written after the first had arrived.
wait_applied() {
  local marker=$1 slot=$2 times=$3 round lsn began=$SECONDS told=$SECONDS
  for ((round = 0; round < times; round++)); do
    lsn=$(ask source "SET default_transaction_read_only = off; SET synchronous_commit = local; SET lock_timeout = '10s';
      UPDATE :\"schema\".:\"marker\" SET token = 'backfill', source_lsn = pg_catalog.pg_current_wal_insert_lsn(), at = pg_catalog.clock_timestamp() WHERE id = 1 RETURNING source_lsn" \
      "schema=$OUR_SCHEMA" "marker=$marker")
    [[ -n $lsn ]] || refuse "marker $marker of the source has no row" "10-source/14-markers.sql writes it"
    until arrived "$marker" "$lsn"; do
      if ((SECONDS - began >= TIMEOUT)); then
        refuse "the target has not applied what came through $slot within $TIMEOUT s" "see that its task runs (pgcutover verify cdc), or give it more time with --timeout"
      fi
      if ((SECONDS - told >= 10)); then
        say "waiting until the target has applied what came through $slot"
        told=$SECONDS
      fi
    done
  done
}

# arrived MARKER LSN looks for a second: a session for each look would take longer than a marker does.
arrived() {
  [[ $(
    psql_on target -v schema="$OUR_SCHEMA" -v marker="$1" -v lsn="$2" -f - <<'SQL'
SELECT pg_catalog.set_config('pgcutover.lsn', :'lsn', false), pg_catalog.set_config('pgcutover.marker', pg_catalog.format('%I.%I', :'schema', :'marker'), false) \g /dev/null
DO $$
DECLARE
  there boolean;
BEGIN
  FOR look IN 1..50 LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || pg_catalog.current_setting('pgcutover.marker') || ' WHERE id = 1 AND source_lsn >= $1)' INTO there USING pg_catalog.current_setting('pgcutover.lsn')::pg_lsn;
    EXIT WHEN there;
    PERFORM pg_catalog.pg_sleep(0.02);
  END LOOP;
  PERFORM pg_catalog.set_config('pgcutover.there', there::text, false);
END
$$;
SELECT pg_catalog.current_setting('pgcutover.there');
SQL
  ) == true ]]
}

# counts PART prints how many rows of a table were inserted, replaced, deleted, found as they should be, refused.
counts() {
  ask target "SELECT pg_catalog.concat_ws('|', pg_catalog.count(nullif(act = 'inserted', false)), pg_catalog.count(nullif(act = 'replaced', false)), pg_catalog.count(nullif(act = 'deleted', false)),
    pg_catalog.count(nullif(act = 'nothing', false)), pg_catalog.count(nullif(act = 'refused', false))) FROM pgcutover.backfill WHERE list = :'list' AND part = :'part'::integer" "list=$LIST" "part=$1"
}

report() {
  local at=$1 inserted replaced deleted nothing refused left line
  ((PARTS[at + 5] > 0)) || return 0
  IFS='|' read -r inserted replaced deleted nothing refused < <(counts "${PARTS[at]}")
  left=$((PARTS[at + 5] - inserted - replaced - deleted - nothing))
  line="${PARTS[at + 1]}: $inserted inserted, $replaced replaced, $deleted deleted"
  ((nothing == 0)) || line+=", $nothing that needed nothing any more"
  ((left == 0)) || line+="; $left left"
  say "$line"
  LEFT=$((LEFT + left))
  if ((refused > 0)); then
    while IFS='|' read -r why many; do say "${PARTS[at + 1]}: $many refused by the target: $why"; done < <(ask target \
      "SELECT coalesce(why, ''), pg_catalog.count(*) FROM pgcutover.backfill WHERE list = :'list' AND part = :'part'::integer AND act = 'refused' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5" "list=$LIST" "part=${PARTS[at]}")
  fi
}

# mend PART: a round reads which versions of the rows there are, waits, and mends all that is not on its way.
mend() {
  local at=$1 round batches n status
  local folder=$HERE/${PARTS[at]} label=${PARTS[at + 1]} slot=${PARTS[at + 2]}
  export BACKFILL_KEYS=$folder/rows.copy BACKFILL_BEFORE=$TMP/before BACKFILL_SEEN=$TMP/seen BACKFILL_READ=$TMP/read
  for ((round = 1; round <= ROUNDS; round++)); do
    # The first line is the number of batches.
    psql_on target -v batch="$BATCH" -v look="$TMP/look.sql" -f "$folder/session.sql" >"$TMP/looked" 2>"$TMP/error" || explained "$TMP/error" "$label: looking at the target's rows"
    IFS= read -r batches <"$TMP/looked"
    ((batches > 0)) || return 0
    sed 1d "$TMP/looked" >"$TMP/before"
    psql_on source -v VERBOSITY=sqlstate -v SHOW_CONTEXT=never -f "$TMP/source.sql" -f "$TMP/look.sql" >"$TMP/seen" 2>"$TMP/error" || explained "$TMP/error" "$label: looking at the source's rows"
    [[ -z $slot ]] || wait_applied "${PARTS[at + 3]}" "$slot" "${PARTS[at + 4]}"
    {
      for ((n = 0; n < batches; n++)); do printf '\\set piece %d\n\\i :file\n' "$n"; done
      cat <<'SQL'
SELECT pg_catalog.count(*) FROM pg_temp.todo AS w WHERE NOT EXISTS (
  SELECT FROM pgcutover.backfill AS d WHERE d.list = pg_catalog.current_setting('pgcutover.list') AND d.part = pg_catalog.current_setting('pgcutover.part')::integer AND d.number = w.number AND d.act <> 'refused');
SQL
    } >"$TMP/batches.sql"
    status=0
    psql_on target -v batch="$BATCH" -v read="$TMP/read.sql" -v file="$folder/batch.sql" -f "$folder/session.sql" -f "$TMP/batches.sql" >"$TMP/left" 2>"$TMP/error" || status=$?
    if ((status == 0)) && [[ $(<"$TMP/left") == 0 ]]; then return 0; fi
    if ((status != 0)) && ! passing "$TMP/error"; then explained "$TMP/error" "$label: mending rows"; fi
    ((round < ROUNDS)) || break
    # What is left moved, was refused by a row that is not right yet, or came after a lock that was not to be had.
    sleep 0.2
  done
}

if [[ $WHAT == mend ]]; then
  for ((i = 0; i < ${#PARTS[@]}; i += WIDTH)); do
    ((PARTS[i + 5] > 0)) || continue
    as_written "$i"
    say "${PARTS[i + 1]}: ${PARTS[i + 5]} rows to look at"
  done
  [[ $YES == yes ]] || refuse "nothing was done: this would bring these rows on the target (service $(service_of target)) to what they are on the source, in batches of $BATCH" "BACKFILL.md says how; add --yes"
fi
ask target "SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS pgcutover.backfill (list text, part integer, number integer, act text NOT NULL, why text, at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(), PRIMARY KEY (list, part, number))"
if [[ $WHAT == mend ]]; then
  ask target "SET session_replication_role = replica" 2>/dev/null || refuse "the role of service $(service_of target) may not set session_replication_role: foreign keys and triggers would act on what is mended" \
    "on RDS and Aurora make it a member of rds_superuser; from 15 on GRANT SET ON PARAMETER session_replication_role does"
  cat >"$TMP/source.sql" <<'SQL'
SET default_transaction_read_only = on;
SET search_path = '';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET extra_float_digits = 3;
SET bytea_output = 'hex';
SET xmloption = content;
SET lc_monetary = 'C';
SET row_security = off;
SET statement_timeout = '60s';
SET lock_timeout = '5s';
SET enable_seqscan = off;
SELECT pg_catalog.set_config(name, 'off', false) FROM pg_catalog.pg_settings WHERE name = 'jit' \g /dev/null
SQL
  # What a session of the target runs while it has a table locked: one reading on the source.
  {
    printf '#!/usr/bin/env bash\nexec '
    printf '%q ' "$PSQL" -XAtqw -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -v SHOW_CONTEXT=never -d "service=$(service_of source)" -f "$TMP/source.sql" -f "$TMP/read.sql"
    printf '\n'
  } >"$TMP/read"
  chmod 700 -- "$TMP/read"
  for ((i = 0; i < ${#PARTS[@]}; i += WIDTH)); do
    ((PARTS[i + 5] > 0)) || continue
    mend "$i"
  done
fi

LEFT=0
for ((i = 0; i < ${#PARTS[@]}; i += WIDTH)); do report "$i"; done

# failed_changes AT [yes] prints how many failed changes of a table are dealt with; with yes it moves them to pgcutover.mended_exceptions.
failed_changes() {
  psql_on target -v schema=awsdms_control -v list="$LIST" -v since="${PARTS[$1 + 9]}" -v owner="${PARTS[$1 + 10]}" -v name="${PARTS[$1 + 11]}" -v move="${2:-no}" \
    -v tasks='sh-op-x-id-task-01 sh-op-x-id-dms-slot-01' -f - <<'SQL'
\set VERBOSITY sqlstate
SET client_min_messages = warning;
SET lock_timeout = '10s';
SELECT :'move' = 'yes' AS move, pg_catalog.to_regclass(pg_catalog.format('%I.awsdms_apply_exceptions', :'schema')) IS NULL AS none \gset
\if :none
SELECT 0;
\quit
\endif
\if :move
BEGIN;
CREATE TABLE IF NOT EXISTS pgcutover.mended_exceptions (list text NOT NULL, kept_at timestamptz NOT NULL, LIKE :"schema".awsdms_apply_exceptions);
WITH gone AS (
  DELETE FROM :"schema".awsdms_apply_exceptions
  WHERE "TABLE_OWNER" = :'owner' AND "TABLE_NAME" = :'name' AND "TASK_NAME" = ANY (pg_catalog.string_to_array(:'tasks', ' ')) AND "ERROR_TIME" <= :'since'::timestamp
  RETURNING *
), kept AS (
  INSERT INTO pgcutover.mended_exceptions SELECT :'list', pg_catalog.clock_timestamp(), * FROM gone RETURNING 1
) SELECT pg_catalog.count(*) FROM kept;
COMMIT;
\else
SELECT pg_catalog.count(*) FROM :"schema".awsdms_apply_exceptions
WHERE "TABLE_OWNER" = :'owner' AND "TABLE_NAME" = :'name' AND "TASK_NAME" = ANY (pg_catalog.string_to_array(:'tasks', ' ')) AND "ERROR_TIME" <= :'since'::timestamp;
\endif
SQL
}

DEALT=0
for ((i = 0; i < ${#PARTS[@]}; i += WIDTH)); do
  [[ -n ${PARTS[i + 9]} ]] || continue
  left=0
  if ((PARTS[i + 5] > 0)); then
    IFS='|' read -r inserted replaced deleted nothing _ < <(counts "${PARTS[i]}")
    left=$((PARTS[i + 5] - inserted - replaced - deleted - nothing))
  fi
  if ((left > 0)); then
    [[ $WHAT != exceptions ]] || say "${PARTS[i + 1]}: rows are left, so its failed changes stay in awsdms_apply_exceptions"
    continue
  fi
  many=$(failed_changes "$i" "$([[ $WHAT != exceptions ]] || echo yes)")
  ((many > 0)) || continue
  DEALT=$((DEALT + many))
  if [[ $WHAT == exceptions ]]; then
    say "${PARTS[i + 1]}: $many failed changes moved from awsdms_apply_exceptions to pgcutover.mended_exceptions"
  else
    say "${PARTS[i + 1]}: $many failed changes up to ${PARTS[i + 9]} UTC are dealt with, and still in awsdms_apply_exceptions"
  fi
done
if ((DEALT > 0)) && [[ $WHAT != exceptions ]]; then hint "when the rows are compared and equal: backfill.sh --exceptions moves them to pgcutover.mended_exceptions"; fi
if ((LEFT > 0)); then
  refuse "$LEFT rows are left: they moved, or were refused" "run this again when less is written; a row that another one refuses may be missing in the list: compare and render again"
fi
[[ $WHAT != mend ]] || say "done; compare again: pgcutover verify --check rows --rows delta (BACKFILL.md has the tables)"
