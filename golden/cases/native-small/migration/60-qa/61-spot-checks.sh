#!/usr/bin/env bash
# 60-qa/61-spot-checks.sh: Count the rows of every month of the large tables on both sides.
# Before: the load is done (42-load.sh), the replica still stands and nothing is applied to the target yet.
# Again: as often as you like: it only reads.
#
# Usage: 61-spot-checks.sh [--jobs N] [--from YYYY-MM] [--to YYYY-MM] [--all] [TABLE…]
#
#   --jobs N       tables at once, each with a session on both servers; 2 when not given
#   --from, --to   only rows of these months: from the first moment of one to the first moment of the other, which is not included;
#                  rows without a time are left out then
#   --all          print the months that agree too
#   TABLE…         only these, as the output names them
#
# Counts the rows of every month on the paused replica, which is the truth, and on the target. Months are those of UTC, a row
# belongs to exactly one, and rows without a time (NULL) or beyond time (infinity) have a line of their own. Tables without
# a fitting column are counted as a whole. Each table is read once on each side.
#
# Counts see rows that are missing or there twice, not rows that are different: "pgcutover verify loaded" compares the rest.
#
# Exit codes: 0 all counts agree, 1 refused or a count differs, 2 could not do the work.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

# Table for people, how its rows are cut, the query; largest first.
CHECKS=(
  public.calls 'by month of started_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"started_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"calls\" WHERE (:'FROM' = '' OR \"started_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"started_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.accounts 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"accounts\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.tags 'as a whole'
  "SELECT 'all rows', pg_catalog.count(*) FROM ONLY \"public\".\"tags\""
)
readonly CHECKS WIDTH=3

JOBS=2 FROM="" TO="" ALL=no
WANTED=()
month() {
  [[ $2 =~ ^[0-9]{4}-(0[1-9]|1[0-2])$ ]] || die "$1 wants a month as YYYY-MM, not: $2"
  printf '%s-01\n' "$2"
}
while (($# > 0)); do
  case $1 in
    --jobs)
      JOBS=${2:-}
      shift
      ;;
    --from)
      FROM=$(month --from "${2:-}")
      shift
      ;;
    --to)
      TO=$(month --to "${2:-}")
      shift
      ;;
    --all) ALL=yes ;;
    -*) usage_error "$1" ;;
    *) WANTED+=("$1") ;;
  esac
  shift || true
done
[[ $JOBS =~ ^[1-9][0-9]?$ ]] || die "the number of jobs is not 1 to 99: $JOBS"
readonly JOBS FROM TO ALL WANTED

wanted() {
  local w
  ((${#WANTED[@]} > 0)) || return 0
  for w in "${WANTED[@]}"; do if [[ $w == "$1" ]]; then return 0; fi; done
  return 1
}

if ((${#CHECKS[@]} == 0)); then
  say "the plan copies no rows: nothing to count"
  exit 0
fi
assert_target
assert_replica
LSN=$(need_state "pause the replica first: 20-replica/21-pause.sh" pause lsn)
STARTED=$(need_state "pause the replica first: 20-replica/21-pause.sh" pause postmaster_start_time)
REPLICA_SYSTEM=$(state_get pause system_identifier)
readonly LSN STARTED REPLICA_SYSTEM

# The truth has to stand still, or every difference could be a change of the last minutes.
standing_still() {
  psql_on replica -v LSN="$LSN" -v STARTED="$STARTED" -v SYSTEM="$REPLICA_SYSTEM" -f - <<'SQL'
SELECT pg_catalog.set_config('pgcutover.lsn', :'LSN', false), pg_catalog.set_config('pgcutover.started', :'STARTED', false),
  pg_catalog.set_config('pgcutover.system', :'SYSTEM', false) \g /dev/null
DO $pgcutover$
DECLARE
  planned pg_lsn := pg_catalog.current_setting('pgcutover.lsn');
  started timestamptz := pg_catalog.current_setting('pgcutover.started');
  system text := pg_catalog.current_setting('pgcutover.system');
  found text := '';
BEGIN
  IF NOT pg_catalog.pg_is_in_recovery() THEN
    RAISE EXCEPTION 'the replica is a standby no more: it was promoted' USING ERRCODE = 'PC002';
  END IF;
  IF pg_catalog.pg_postmaster_start_time() <> started THEN
    RAISE EXCEPTION 'the replica was restarted at %, which ends a pause', pg_catalog.pg_postmaster_start_time() USING ERRCODE = 'PC002';
  END IF;
  IF pg_catalog.pg_get_wal_replay_pause_state() <> 'paused' THEN
    RAISE EXCEPTION 'the replica is not paused any more' USING ERRCODE = 'PC002';
  END IF;
  IF pg_catalog.pg_last_wal_replay_lsn() <> planned THEN
    RAISE EXCEPTION 'the replica has moved from % to %', planned, pg_catalog.pg_last_wal_replay_lsn() USING ERRCODE = 'PC002';
  END IF;
  IF system <> '' AND pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN
    EXECUTE 'SELECT system_identifier FROM pg_catalog.pg_control_system()' INTO found;
    IF found <> system THEN
      RAISE EXCEPTION 'this is another server than the one that was paused (system identifier %)', found USING ERRCODE = 'PC002';
    END IF;
  END IF;
END
$pgcutover$;
SQL
}
standing_still || refuse "the replica does not stand where it was paused, at $LSN" "counts can only be compared while it does; after it was resumed use pgcutover verify"

# count_on WHERE NUMBER runs the query of a check: a line for every month, month and rows between tabs, in byte order.
count_on() {
  {
    cat <<'SQL'
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET row_security = off;
SET search_path = '';
SET default_transaction_read_only = on;
SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout') \g /dev/null
SQL
    printf '%s;\n' "${CHECKS[$2 * WIDTH + 2]}"
  } | psql_on "$1" --field-separator=$'\t' -v FROM="$FROM" -v TO="$TO" -f - | sort -t $'\t' -k 1,1
}

# check_table NUMBER writes a file for its table: what to print; and a second one where something is wrong.
check_table() {
  local at=$1 dir=$TMP/check.$1 bucket replica target verdict
  local buckets=0 rows=0 differing=0
  mkdir -p -- "$dir"
  count_on replica "$at" >"$dir/replica" 2>"$dir/error" &
  local other=$!
  if ! count_on target "$at" >"$dir/target" 2>"$dir/error.target"; then
    wait "$other" || true
    cat -- "$dir/error.target" "$dir/error" >"$dir/failed"
    return
  fi
  if ! wait "$other"; then
    mv -- "$dir/error" "$dir/failed"
    return
  fi
  {
    while IFS=$'\t' read -r bucket replica target; do
      buckets=$((buckets + 1)) rows=$((rows + replica)) verdict=""
      if [[ $replica != "$target" ]]; then
        verdict="  DIFFERS by $((target - replica))"
        differing=$((differing + 1))
      elif [[ $ALL == no ]]; then
        continue
      fi
      printf '  %-14s %16s %16s%s\n' "$bucket" "$replica" "$target" "$verdict"
    done < <(join -t $'\t' -a 1 -a 2 -e 0 -o 0,1.2,2.2 -- "$dir/replica" "$dir/target")
    printf '%s %s %s\n' "$buckets" "$rows" "$differing" >"$dir/sums"
  } >"$dir/lines"
}

report() {
  local at=$1 dir=$TMP/check.$1 buckets rows differing label=${CHECKS[$1 * WIDTH]} by=${CHECKS[$1 * WIDTH + 1]}
  if [[ ! -s $dir/sums ]]; then # also where there was no room to say why
    say "$label: cannot be counted"
    cat -- "$dir/failed" >&2 || true
    UNDECIDED=$((UNDECIDED + 1))
    return
  fi
  read -r buckets rows differing <"$dir/sums"
  if ((differing > 0)); then
    printf '%s, %s: %d of %d counts differ\n' "$label" "$by" "$differing" "$buckets"
    WRONG=$((WRONG + 1))
  else
    printf '%s, %s: equal, %d rows\n' "$label" "$by" "$rows"
  fi
  if [[ -s $dir/lines ]]; then
    printf '  %-14s %16s %16s\n' "" replica target
    cat -- "$dir/lines"
  fi
}

WRONG=0 UNDECIDED=0 CHECKED=0 running=0
for ((i = 0; i < ${#CHECKS[@]} / WIDTH; i++)); do
  wanted "${CHECKS[i * WIDTH]}" || continue
  if ((running == JOBS)); then
    wait -n || true
    running=$((running - 1))
  fi
  check_table "$i" &
  running=$((running + 1))
  CHECKED=$((CHECKED + 1))
done
wait
((CHECKED > 0)) || die "no table to check" "without names it checks the large tables of the plan; see the list at the top of this script"
for ((i = 0; i < ${#CHECKS[@]} / WIDTH; i++)); do
  wanted "${CHECKS[i * WIDTH]}" || continue
  report "$i"
done
standing_still || refuse "the replica moved while the rows were counted" "the counts mean nothing; see 80-recovery/83-full-restart.sh"
((WRONG == 0)) || refuse "$WRONG of $CHECKED tables differ" "pgcutover verify loaded --check rows looks closer; the ledger tells which item copied the rows: 42-load.sh --list"
((UNDECIDED == 0)) || die "$UNDECIDED of $CHECKED tables could not be counted"
say "$CHECKED tables, every count agrees"
