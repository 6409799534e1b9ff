#!/usr/bin/env bash
# 50-cdc/native/51-subscriptions.sh: Create a disabled subscription for each slot, to start at the captured position.
# Before: the load is done and the gate "loaded" passed; the role of change data capture has its password and LOGIN on the source (see 10-source/13-role.sql).
# Again: creates what is missing, and sets the position of those that never ran.
# Undo: 80-recovery/81-abort.sh.
#
# Usage: 51-subscriptions.sh
#
# Each subscription takes over a slot that is there, copies nothing, and is left disabled. Its replication origin is set to the position at
# which the slot begins and its snapshot was taken: a transaction whose commit is before it is in the copy, every other comes through the slot. Nothing is
# applied before 52-enable.sh.
#
# The target's server itself connects to the source, by this connection string:
#   dbname='shop' host='shop.abc123.eu-central-1.rds.amazonaws.com' sslmode='verify-full' sslrootcert='system' user='pgcutover_cdc'
# The password is asked for, once, and handed on over a pipe. The target keeps it in pg_subscription.subconninfo, where its superusers can
# read it, and in its backups; it is written to no file here and to no command line.
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"

(($# == 0)) || usage_error "$1"

only_one
assert_source
assert_target
[[ $(ask target "SELECT pg_catalog.to_regclass('pgcutover.run') IS NOT NULL") == t ]] || refuse "the target has no ledger" "40-load comes first"
[[ $(ask target "SELECT pg_catalog.count(*) FROM pgcutover.item WHERE state <> 'done'") == 0 ]] || refuse "the load is not done" "see 40-load/42-load.sh --status"

# slot_is_good SLOT START refuses a slot from which that position cannot be had.
slot_is_good() {
  local slot=()
  fields_on source slot -v slot="$1" <<'SQL'
SELECT plugin, database, active, confirmed_flush_lsn, coalesce(pg_catalog.to_jsonb(s) ->> 'wal_status', ''), restart_lsn FROM pg_catalog.pg_replication_slots AS s WHERE slot_name = :'slot';
SQL
  ((${#slot[@]} > 0)) || refuse "slot $1 does not exist" "80-recovery/82-restart-slot.sh $1"
  [[ ${slot[0]} == pgoutput && ${slot[1]} == "$SOURCE_DATABASE" ]] || refuse "slot $1 is of plugin ${slot[0]} and database ${slot[1]}" "it was dropped and made anew by somebody; 80-recovery/82-restart-slot.sh $1"
  [[ ${slot[4]} != lost && -n ${slot[5]} ]] || refuse "slot $1 is lost: the source removed WAL that it needed" "80-recovery/82-restart-slot.sh $1"
  [[ ${slot[2]} == f ]] || refuse "slot $1 is being read by somebody" "find the reader in pg_stat_replication of the source: what it consumes, the target never sees"
  at_least "$2" "${slot[3]}" || refuse "slot $1 has been read up to ${slot[3]}, past $2, where the copy ends: what lies between would be missing without an error" "80-recovery/82-restart-slot.sh $1"
}

# Where the subscriptions are made, what they read, and the connection string for it, without a password.
readonly SUBSCRIBER=target PUBLISHER=source CONNECTION="dbname='shop' host='shop.abc123.eu-central-1.rds.amazonaws.com' sslmode='verify-full' sslrootcert='system' user='pgcutover_cdc'"

allowed "$SUBSCRIBER" <<'SQL'
WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user)
  SELECT 'may not create schemas or publications', pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
  UNION
  SELECT 'may not create subscriptions', CASE WHEN pg_catalog.current_setting('server_version_num')::integer < 160000
    THEN 'let a member of rds_superuser do it: another user in the service' ELSE pg_catalog.format('GRANT pg_create_subscription TO %I', rolname) END FROM me
  WHERE NOT rolsuper AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS g WHERE g.rolname IN ('pg_create_subscription', 'rds_superuser') AND pg_catalog.pg_has_role(g.oid, 'USAGE'))
  UNION
  SELECT pg_catalog.format('may not call %s', f.name), pg_catalog.format('GRANT EXECUTE ON FUNCTION pg_catalog.%s TO %I', f.name, current_user)
  FROM (VALUES ('pg_show_replication_origin_status()'), ('pg_replication_origin_advance(text, pg_lsn)')) AS f(name)
  WHERE NOT pg_catalog.has_function_privilege('pg_catalog.' || f.name, 'EXECUTE');
SQL

password=""
ask_password() {
  [[ -z $password ]] || return 0
  [[ -t 0 ]] || refuse "the password of pgcutover_cdc on the $PUBLISHER has to be asked for, and this is no terminal" "run it on a terminal; or name a passfile of the $SUBSCRIBER's host: native.connection.passfile, native.password: file"
  printf '%s: password of the subscriptions on the %s: ' "$SCRIPT" "$PUBLISHER" >&2
  IFS= read -rs password
  printf '\n' >&2
  [[ -n $password ]] || refuse "no password was given"
}

# create SLOT creates its subscription, disabled. The text with the connection string goes through a pipe; what the server says is shown without
# the password, should it be in it, and the server is asked not to log the statement.
create() {
  local connection=$CONNECTION said status=0
  ask_password
  connection+=" password=$(conninfo_value "$password")"
  said=$({
    cat <<'SQL'
\set VERBOSITY terse
\set SHOW_CONTEXT never
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
    printf ', %s = %s' run_as_owner true
    printf ', %s = %s' streaming on
    printf ', %s = %s' two_phase false
    printf ');\n'
  } | psql_on "$SUBSCRIBER" -f - 2>&1) || status=$?
  if [[ -n $password ]]; then said=${said//"$password"/***}; fi
  [[ -z $said ]] || say "${said//psql:<stdin>:/}"
  ((status == 0)) || refuse "subscription $1 could not be created on the $SUBSCRIBER" \
    "the $SUBSCRIBER's server has to reach the $PUBLISHER with the connection string above, without a question: its pg_hba.conf and the role's LOGIN and password on the $PUBLISHER, the files that it names on the $SUBSCRIBER's host" \
    "up to 15 it takes a superuser of the $SUBSCRIBER, from 16 on pg_create_subscription and a password in the connection string (native.password: prompt), on RDS and Aurora rds_superuser"
}

facts=()
for slot in "${OUR_SLOTS[@]}"; do
  start=$(start_of "$slot")
  subscription_facts "$slot"
  if ((${#facts[@]} == 0)); then
    slot_is_good "$slot" "$start"
    create "$slot"
    subscription_facts "$slot"
  fi
  [[ ${facts[1]} == "$slot" && ${facts[2]} == "i$slot,$slot" ]] \
    || refuse "subscription $slot reads slot ${facts[1]:-none} with publications ${facts[2]}: it is not this plan's" "drop it if nobody needs it: ALTER SUBSCRIPTION $slot SET (slot_name = NONE); DROP SUBSCRIPTION $slot"
  if [[ ${facts[0]} == t ]]; then
    say "$slot is enabled already${facts[4]:+, at ${facts[4]}}"
    continue
  fi
  if [[ -n ${facts[4]} && ${facts[4]} != 0/0 ]]; then
    if [[ ${facts[4]} == "$start" ]]; then
      say "$slot is there already, to start at $start"
      continue
    fi
    at_least "$start" "${facts[4]}" || { say "$slot has been applied up to ${facts[4]} already" && continue; }
  fi
  slot_is_good "$slot" "$start"
  ask target "SELECT pg_catalog.pg_replication_origin_advance(:'origin', :'lsn'::pg_lsn)" "origin=${facts[3]}" "lsn=$start" >/dev/null \
    || refuse "the origin of $slot could not be set to $start; it stays disabled" "GRANT EXECUTE ON FUNCTION pg_catalog.pg_replication_origin_advance(text, pg_lsn) TO the role of the target's service, or use a superuser"
  subscription_facts "$slot"
  [[ ${facts[4]} == "$start" ]] || die "the origin of $slot stands at ${facts[4]:-nothing} instead of $start"
  say "$slot starts at $start"
done
say "${#OUR_SLOTS[@]} subscriptions are there; none is enabled by this"
