#!/usr/bin/env bash
# 70-cutover/77-way-back.sh: Open the way back: the source applies what is written to the target from now on.
# Before: 74-constraints.sh; nobody has written to the target yet, and the role of 50-cdc/native/53-way-back.sql has its password and LOGIN there.
# Again: goes on with what is missing, and proves it once more.
# Undo: 70-cutover/78-retire.sh --yes --all.
#
# Usage: 77-way-back.sh [--wait SECONDS]
#   --wait SECONDS   how long the source may take to apply a marker of the target (default 120)
#
# While nobody writes to either side both hold the same, so slots that are made on the target now miss nothing and repeat nothing: the
# subscriptions on the source begin where the slots do. Proven with markers, which travel from the target to the source. From here on
# whatever the application writes to the target arrives on the source, which stays frozen for everybody else.
#
# The source's server itself connects to the target, by this connection string:
#   dbname='shop' host='new1.internal' passfile='/var/lib/postgresql/.pgpass' user='pgcutover_cdc'
# Foreign keys and ordinary triggers of the source do not act on what is applied there; triggers that are ENABLE ALWAYS or REPLICA would.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

wait=120
while (($#)); do
  case $1 in
    --wait) wait=${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $wait =~ ^[1-9][0-9]*$ ]] || usage_error "--wait $wait"

# Slot and marker table.
MARKERS=(
  pgcutover_01 '"pgcutover"."marker_pgcutover_01"'
)
readonly MARKERS

# mark WHERE TOKEN writes it into all markers there in one transaction, which is on disk when this returns.
mark() {
  local i
  {
    printf "SET default_transaction_read_only = off;\nSET synchronous_commit = local;\nSET lock_timeout = '10s';\nBEGIN;\n"
    for ((i = 0; i < ${#MARKERS[@]}; i += 2)); do
      # A marker without its row would be waited for in vain.
      printf "UPDATE %s SET token = :'TOKEN', source_lsn = pg_catalog.pg_current_wal_insert_lsn(), at = pg_catalog.clock_timestamp() WHERE id = 1;\n\\\\echo :ROW_COUNT\n" "${MARKERS[i + 1]}"
    done
    printf 'COMMIT;\n'
  } | psql_on "$1" -v TOKEN="$2" -f - >"$TMP/marked"
  if grep -qvx 1 -- "$TMP/marked"; then refuse "a marker table of the $1 has no row" "10-source/14-markers.sql writes it on the source, and the load copies it to the target"; fi
}

# waiting_for WHERE TOKEN prints the slots whose marker has not arrived there. It looks for a second before it says so: a session for
# each look would take longer than a marker does.
waiting_for() {
  psql_on "$1" -v TOKEN="$2" -f - <<'SQL'
SELECT pg_catalog.set_config('pgcutover.token', :'TOKEN', false), pg_catalog.set_config('pgcutover.open', '', false) \g /dev/null
DO $$
DECLARE
  wanted text := pg_catalog.current_setting('pgcutover.token');
  open text;
BEGIN
  FOR look IN 1..50 LOOP
    SELECT pg_catalog.string_agg(m.slot, ', ') INTO open FROM (
      SELECT 'pgcutover_01' AS slot WHERE NOT EXISTS (SELECT FROM "pgcutover"."marker_pgcutover_01" WHERE id = 1 AND token = wanted)
    ) AS m;
    EXIT WHEN open IS NULL;
    PERFORM pg_catalog.pg_sleep(0.02);
  END LOOP;
  PERFORM pg_catalog.set_config('pgcutover.open', coalesce(open, ''), false);
END
$$;
SELECT pg_catalog.current_setting('pgcutover.open');
SQL
}

# wait_until WHAT SECONDS HINT COMMAND WORD… returns when the command, which takes its time, prints nothing.
wait_until() {
  local what=$1 seconds=$2 hint=$3 began=$SECONDS told=$SECONDS open
  shift 3
  while :; do
    open=$("$@")
    if [[ -z $open ]]; then
      say "$what: all, after $((SECONDS - began)) s"
      return
    fi
    if ((SECONDS - began >= seconds)); then refuse "$what: after $seconds s still not $open" "$hint"; fi
    if ((SECONDS - told >= 10)); then
      say "$what: waiting for $open"
      told=$SECONDS
    fi
  done
}

only_one
assert_source
assert_target
need_state "72-drain.sh comes first" drain lsn >/dev/null
[[ $SOURCE_FROZEN == t ]] || refuse "the source is not frozen" "71-freeze.sh and 72-drain.sh come first"
[[ $(ask target "SELECT pg_catalog.current_setting('wal_level')") == logical ]] || refuse "wal_level of the target is not logical: its changes cannot be decoded" "10-source/12-settings.sh --apply target, then restart the target, before the cutover"

slots=$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")
applied=()
fields_on target applied -v slots="$slots" <<'SQL'
SELECT s.subname FROM pg_catalog.pg_subscription AS s
WHERE s.subname = ANY (pg_catalog.string_to_array(:'slots', ',')) AND s.subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND (s.subenabled OR EXISTS (SELECT FROM pg_catalog.pg_stat_subscription AS w WHERE w.subid = s.oid AND w.pid IS NOT NULL)) ORDER BY 1;
SQL
((${#applied[@]} == 0)) || refuse "subscription ${applied[0]} of the target is still enabled: changes would go round in a circle" "74-constraints.sh disables it"

firing=()
fields_on source firing -v slots="$slots" <<'SQL'
SELECT pg_catalog.format('%I of %s', t.tgname, t.tgrelid::regclass)
FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_publication_rel AS r ON r.prrelid = t.tgrelid JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid
WHERE NOT t.tgisinternal AND t.tgenabled IN ('A', 'R') AND p.pubname IN (SELECT x.p || o.slot FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot), (VALUES (''), ('i')) AS x(p))
ORDER BY 1;
SQL
for t in "${firing[@]}"; do say "trigger $t of the source is ENABLE ALWAYS or REPLICA"; done
((${#firing[@]} == 0)) || refuse "${#firing[@]} triggers of the source would fire for what comes back: they would do again what the target's have done, and whatever they write the frozen source refuses" \
  "on the source: SET default_transaction_read_only = off; ALTER TABLE … ENABLE TRIGGER …"

# ENABLED has t or f for each subscription that is on the source, PLUGIN the output plugin of each slot that is on the target.
declare -A ENABLED=() PLUGIN=()
rows=()
fields_on source rows -v slots="$slots" <<'SQL'
SELECT s.subname, s.subenabled FROM pg_catalog.pg_subscription AS s
WHERE s.subname = ANY (pg_catalog.string_to_array(:'slots', ',')) AND s.subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database());
SQL
for ((i = 0; i < ${#rows[@]}; i += 2)); do ENABLED[${rows[i]}]=${rows[i + 1]}; done
fields_on target rows -v slots="$slots" <<'SQL'
SELECT slot_name, plugin FROM pg_catalog.pg_replication_slots WHERE slot_name = ANY (pg_catalog.string_to_array(:'slots', ',')) AND database = pg_catalog.current_database();
SQL
for ((i = 0; i < ${#rows[@]}; i += 2)); do PLUGIN[${rows[i]}]=${rows[i + 1]}; done

# Where the subscriptions are made, what they read, and the connection string for it, without a password.
readonly SUBSCRIBER=source PUBLISHER=target CONNECTION="dbname='shop' host='new1.internal' passfile='/var/lib/postgresql/.pgpass' user='pgcutover_cdc'"

allowed "$SUBSCRIBER" <<'SQL'
WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user)
  SELECT 'may not create schemas or publications', pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
  UNION
  SELECT 'may not create subscriptions', CASE WHEN pg_catalog.current_setting('server_version_num')::integer < 160000
    THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('GRANT pg_create_subscription TO %I', rolname) END FROM me
  WHERE NOT rolsuper AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS g WHERE g.rolname IN ('pg_create_subscription') AND pg_catalog.pg_has_role(g.oid, 'USAGE'))
  UNION
  SELECT pg_catalog.format('may not call %s', f.name), pg_catalog.format('GRANT EXECUTE ON FUNCTION pg_catalog.%s TO %I', f.name, current_user)
  FROM (VALUES ('pg_show_replication_origin_status()'), ('pg_replication_origin_advance(text, pg_lsn)')) AS f(name)
  WHERE NOT pg_catalog.has_function_privilege('pg_catalog.' || f.name, 'EXECUTE');
SQL

password=""

# create SLOT creates its subscription, disabled. The text with the connection string goes through a pipe; what the server says is shown without
# the password, should it be in it, and the server is asked not to log the statement.
create() {
  local connection=$CONNECTION said status=0
  said=$({
    cat <<'SQL'
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET default_transaction_read_only = off;
SET standard_conforming_strings = on;
SET lock_timeout = '10s';
SET client_min_messages = warning;
DO $$
DECLARE
  s record;
BEGIN
  FOR s IN SELECT * FROM (VALUES ('log_statement', 'none'), ('log_min_duration_statement', '-1'), ('log_min_error_statement', 'panic'), ('pg_stat_statements.track_utility', 'off')) AS v(name, value)
    WHERE EXISTS (SELECT FROM pg_catalog.pg_settings AS p WHERE p.name = v.name)
  LOOP
    BEGIN
      PERFORM pg_catalog.set_config(s.name, s.value, false);
    EXCEPTION WHEN insufficient_privilege THEN
      NULL;
    END;
  END LOOP;
END
$$;
SQL
    printf 'CREATE SUBSCRIPTION %s CONNECTION %s PUBLICATION %s, %s WITH (create_slot = false, copy_data = false, enabled = false, slot_name = %s' \
      "$1" "$(sql_literal "$connection")" "$1" "i$1" "$(sql_literal "$1")"
    printf ', %s = %s' binary true
    printf ', %s = %s' disable_on_error false
    printf ', %s = %s' streaming on
    printf ', %s = %s' two_phase false
    printf ');\n'
  } | psql_on "$SUBSCRIBER" -f - 2>&1) || status=$?
  if [[ -n $password ]]; then said=${said//"$password"/***}; fi
  [[ -z $said ]] || say "${said//psql:<stdin>:/}"
  ((status == 0)) || refuse "subscription $1 could not be created on the $SUBSCRIBER" \
    "the $SUBSCRIBER's server has to reach the $PUBLISHER with the connection string above, without a question: its pg_hba.conf and the role's LOGIN and password on the $PUBLISHER (50-cdc/native/53-way-back.sql), the files that it names on the $SUBSCRIBER's host" \
    "up to 15 it takes a superuser of the $SUBSCRIBER, from 16 on pg_create_subscription and a password in the connection string (native.password: prompt), on RDS and Aurora rds_superuser"
}

missing=() pending=()
for slot in "${OUR_SLOTS[@]}"; do
  if [[ -z ${PLUGIN[$slot]:-} ]]; then
    [[ -z ${ENABLED[$slot]:-} ]] || refuse "the source subscribes to slot $slot of the target, which does not exist" "ALTER SUBSCRIPTION $slot DISABLE, SET (slot_name = NONE), then DROP SUBSCRIPTION $slot on the source, and run this again while nobody writes to the target"
    missing+=("$slot")
  elif [[ ${PLUGIN[$slot]} != pgoutput ]]; then
    refuse "slot $slot of the target is of plugin ${PLUGIN[$slot]}" "it is somebody else's: find out whose"
  fi
  if [[ ${ENABLED[$slot]:-f} == f ]]; then pending+=("$slot"); fi
done
if ((${#missing[@]} > 0)); then
  {
    printf "SET statement_timeout = '60s';\n"
    printf "SELECT pg_catalog.pg_create_logical_replication_slot('%s', 'pgoutput') \\\\g /dev/null\n" "${missing[@]}"
  } | psql_on target -f -
  for slot in "${missing[@]}"; do say "slot $slot created on the target"; done
fi
for slot in "${OUR_SLOTS[@]}"; do
  if [[ -z ${ENABLED[$slot]:-} ]]; then create "$slot"; fi
done
# All in one transaction, as in 52-enable.sh.
{
  printf "SET default_transaction_read_only = off;\nSET lock_timeout = '10s';\nBEGIN;\n"
  if ((${#pending[@]} > 0)); then printf 'ALTER SUBSCRIPTION %s ENABLE;\n' "${pending[@]}"; fi
  printf 'COMMIT;\n'
} | psql_on source -f -

# Two rounds, as in 72-drain.sh, the other way round.
token=back-$(date -u +%Y%m%dT%H%M%SZ)-$$-$RANDOM
for round in 1 2; do
  mark target "$token-$round"
  wait_until "marker $round on the source" "$wait" "the source's log says why; its max_logical_replication_workers may be used up, or the target out of its reach" waiting_for source "$token-$round"
done
json_object way_back_at "$(now)" | state_merge
note_step
say "the way back is open: what is written to the target from now on arrives on the source"
