#!/usr/bin/env bash
# 70-cutover/71-freeze.sh: Cut the application off from the source and prove that nothing writes any more.
# Before: change data capture has caught up, jobs and connection pools are stopped; the downtime begins here.
# Again: cuts off what came back, and looks again.
# Undo: 76-unfreeze.sh.
#
# Usage: 71-freeze.sh [--check] [--spare ROLE]…
#
#   --check        show who would be cut off and what stands in the way; changes nothing
#   --spare ROLE   leave this role alone (monitoring, say). The roles of the replication connections and pgcutover_cdc always are
#
# Cuts the application off from the source database, at once. What it does, and what each part misses:
#   1. Revokes CONNECT on the database from PUBLIC and from every role. Misses superusers, and sessions that are open.
#   2. Sets CONNECTION LIMIT 0 for roles that may still log in, through a role they are members of. Misses superusers; holds
#      for every database of the server.
#   3. Makes new transactions read-only by default. Misses sessions that are open, and whoever sets it back.
#   4. Ends every session in the database but those of replication and of spared roles. Misses what connects again as a
#      superuser: connection pools and cron jobs that do have to be stopped where they run.
# Then it looks whether the database stands still. A limit of the database (ALTER DATABASE … CONNECTION LIMIT) is not used: it
# would refuse the slots' consumers as well.
#
# What was there before is kept in pgcutover.frozen on the source, from where 76-unfreeze.sh restores it.
#
# Exit codes: 0 nothing writes any more, 1 something still does, 2 could not do the work.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

CHECK=no
SPARED=("$OUR_ROLE")
while (($# > 0)); do
  case $1 in
    --check) CHECK=yes ;;
    --spare)
      [[ -n ${2:-} ]] || die "--spare wants the name of a role"
      SPARED+=("$2")
      shift
      ;;
    *) usage_error "$1" ;;
  esac
  shift
done
readonly CHECK SPARED

assert_source

# on_source runs SQL there as what may write whatever the database's default is, with the spared roles in a
# temporary table.
on_source() {
  local role
  {
    printf 'SET default_transaction_read_only = off;\nSET client_min_messages = warning;\nSET standard_conforming_strings = on;\n'
    printf "SET lock_timeout = '10s';\nSET statement_timeout = '60s';\nSET synchronous_commit = local;\n" # nobody's standby may hold up the cutover
    printf 'CREATE TEMPORARY TABLE spared (name name PRIMARY KEY);\n'
    for role in "${SPARED[@]}"; do printf 'INSERT INTO spared VALUES (%s) ON CONFLICT DO NOTHING;\n' "$(sql_literal "$role")"; done
    # Consumers of slots and standbys, whoever they log in as.
    printf 'INSERT INTO spared SELECT DISTINCT usename FROM pg_catalog.pg_stat_replication WHERE usename IS NOT NULL ON CONFLICT DO NOTHING;\n'
    cat
  } | psql_on source -f -
}

# sessions prints who is in the database and would have to go.
sessions() {
  on_source <<'SQL'
SELECT pg_catalog.format('%s, pid %s, %s, %s%s', a.usename, a.pid, coalesce(nullif(a.application_name, ''), 'no name'), coalesce(a.state, 'unknown'),
  CASE WHEN a.xact_start IS NOT NULL THEN ', in a transaction since ' || pg_catalog.date_trunc('second', a.xact_start) ELSE '' END)
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.usename IS NOT NULL
  AND a.pid NOT IN (SELECT r.pid FROM pg_catalog.pg_stat_replication AS r)
  AND a.usename NOT IN (SELECT name FROM spared) AND a.query NOT LIKE 'autovacuum: %' AND a.application_name NOT LIKE 'pgcutover %'
ORDER BY a.usename, a.pid;
SQL
}

prepared() { ask source "SELECT pg_catalog.quote_literal(gid) || ' of ' || owner || ', prepared at ' || prepared FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database()"; }

# writes prints a line for every table with its count of changes.
writes() { ask source "SELECT pg_catalog.format('%I.%I %s', schemaname, relname, n_tup_ins + n_tup_upd + n_tup_del) FROM pg_catalog.pg_stat_user_tables WHERE schemaname NOT IN ('pgcutover', 'pglogical') ORDER BY 1"; }

if [[ $CHECK == yes ]]; then
  say "would be cut off:"
  sessions | sed 's/^/  /'
  say "prepared transactions, which no freeze ends:"
  prepared | sed 's/^/  /'
  exit 0
fi

# Everything is recorded and done in one transaction. A second run records nothing twice: what it would record by then is the
# freeze itself.
on_source <<'SQL'
BEGIN;
CREATE TABLE IF NOT EXISTS pgcutover.frozen (id serial PRIMARY KEY, undo text NOT NULL, at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp());
LOCK TABLE pgcutover.frozen IN EXCLUSIVE MODE;
DO $$
DECLARE
  d record;
  g record;
  r record;
  before text;
BEGIN
  SELECT oid, datname, pg_catalog.format('%I', datname) AS name, coalesce(datacl, pg_catalog.acldefault('d', datdba)) AS acl
  INTO d FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database();

  -- 1. CONNECT. Spared roles get it in their own name before PUBLIC loses it.
  FOR r IN
    SELECT o.oid, o.rolname FROM pg_catalog.pg_roles AS o
    WHERE (o.rolname IN (SELECT name FROM spared) OR o.rolname = current_user) AND NOT o.rolsuper
      AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(d.acl) AS x WHERE x.grantee = o.oid AND x.privilege_type = 'CONNECT')
    ORDER BY o.rolname
  LOOP
    EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %s TO %I', d.name, r.rolname);
    INSERT INTO pgcutover.frozen (undo) VALUES (pg_catalog.format('REVOKE CONNECT ON DATABASE %s FROM %I', d.name, r.rolname));
  END LOOP;
  FOR g IN
    SELECT DISTINCT x.grantee, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(o.rolname) END AS name, x.is_grantable
    FROM pg_catalog.aclexplode(d.acl) AS x LEFT JOIN pg_catalog.pg_roles AS o ON o.oid = x.grantee
    WHERE x.privilege_type = 'CONNECT' AND o.rolname IS DISTINCT FROM current_user AND (o.rolname IS NULL OR o.rolname NOT IN (SELECT s.name FROM spared AS s))
    ORDER BY 2
  LOOP
    EXECUTE pg_catalog.format('REVOKE CONNECT ON DATABASE %s FROM %s CASCADE', d.name, g.name);
    INSERT INTO pgcutover.frozen (undo)
    VALUES (pg_catalog.format('GRANT CONNECT ON DATABASE %s TO %s%s', d.name, g.name, CASE WHEN g.is_grantable AND g.grantee <> 0 THEN ' WITH GRANT OPTION' ELSE '' END));
  END LOOP;

  -- 2. Roles that got CONNECT from elsewhere.
  FOR r IN
    SELECT o.rolname, o.rolconnlimit FROM pg_catalog.pg_roles AS o
    WHERE o.rolcanlogin AND NOT o.rolsuper AND o.rolconnlimit <> 0 AND o.rolname <> current_user AND o.rolname NOT IN (SELECT name FROM spared)
      AND pg_catalog.has_database_privilege(o.oid, d.oid, 'CONNECT')
    ORDER BY o.rolname
  LOOP
    EXECUTE pg_catalog.format('ALTER ROLE %I CONNECTION LIMIT 0', r.rolname);
    INSERT INTO pgcutover.frozen (undo) VALUES (pg_catalog.format('ALTER ROLE %I CONNECTION LIMIT %s', r.rolname, r.rolconnlimit));
  END LOOP;

  -- 3. Read-only by default.
  SELECT pg_catalog.substring(c.setting, '=(.*)$') INTO before
  FROM pg_catalog.pg_db_role_setting AS s CROSS JOIN pg_catalog.unnest(s.setconfig) AS c (setting)
  WHERE s.setdatabase = d.oid AND s.setrole = 0 AND c.setting LIKE 'default_transaction_read_only=%';
  IF before IS DISTINCT FROM 'on' THEN
    EXECUTE pg_catalog.format('ALTER DATABASE %s SET default_transaction_read_only = on', d.name);
    INSERT INTO pgcutover.frozen (undo)
    VALUES (CASE WHEN before IS NULL THEN pg_catalog.format('ALTER DATABASE %s RESET default_transaction_read_only', d.name)
      ELSE pg_catalog.format('ALTER DATABASE %s SET default_transaction_read_only = %L', d.name, before) END);
  END IF;
END
$$;
COMMIT;
SQL
say "nobody new gets in; ending the sessions that are in"

# 4. The sessions. Some come back before their pool has understood, hence more than one round.
on_source <<'SQL'
DO $$
DECLARE
  ended bigint;
BEGIN
  FOR round IN 1..100 LOOP
    PERFORM pg_catalog.pg_stat_clear_snapshot();
    SELECT count(pg_catalog.pg_terminate_backend(a.pid)) INTO ended
    FROM pg_catalog.pg_stat_activity AS a JOIN pg_catalog.pg_roles AS o ON o.oid = a.usesysid
    WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
      AND a.pid NOT IN (SELECT r.pid FROM pg_catalog.pg_stat_replication AS r)
      AND a.usename NOT IN (SELECT name FROM spared) AND a.query NOT LIKE 'autovacuum: %' AND a.application_name NOT LIKE 'pgcutover %'
      AND (NOT o.rolsuper OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user));
    EXIT WHEN ended = 0;
    PERFORM pg_catalog.pg_sleep(0.1);
  END LOOP;
END
$$;
SQL

left=$(sessions)
if [[ -n $left ]]; then
  say "still in the database:"
  printf '  %s\n' "${left//$'\n'/$'\n  '}" >&2
  refuse "sessions are left or come back" "stop them where they come from (superusers, pools, cron), then run $SCRIPT.sh again; --spare a role that only reads"
fi
open=$(prepared)
[[ -z $open ]] || refuse "there are prepared transactions: $open" "COMMIT PREPARED or ROLLBACK PREPARED each of them, then run $SCRIPT.sh again"

# Whatever is written moves the position where WAL is inserted, and takes a transaction id: while the position stands still, or we ourselves take ids that follow each
# other and none was under way in between, nothing writes.
readonly CHANGED="(SELECT coalesce(pg_catalog.sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_catalog.pg_stat_user_tables WHERE schemaname NOT IN ('pgcutover', 'pglogical'))"
readonly OPEN="(SELECT coalesce(pg_catalog.string_agg(pg_catalog.format('%s, pid %s, application %s', usename, pid, application_name), '; ' ORDER BY pid), '') FROM pg_catalog.pg_stat_activity
  WHERE datname = pg_catalog.current_database() AND backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid() AND query NOT LIKE 'autovacuum: %')"
readonly POSITION="pg_catalog.pg_current_wal_insert_lsn()"
was=()
fields_on source was <<SQL
SELECT pg_catalog.txid_current();
SELECT $POSITION, $CHANGED;
SELECT pg_catalog.pg_sleep(1) \g /dev/null
SELECT $POSITION, pg_catalog.txid_current_snapshot(), $CHANGED, $OPEN;
SELECT pg_catalog.txid_current();
SQL
is=("${was[3]}" "${was[5]}" "${was[6]}")
if ! [[ ${was[1]} == "${was[3]}" || ${was[4]} =~ ^([0-9]+):([0-9]+):$ && ${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" && ${was[7]} == "$((was[0] + 1))" ]]; then
  # The server writes by itself now and then, autovacuum takes ids, and other databases move both. Then the counters of changed rows tell: those of who writes on and
  # on reach their view once in a second.
  fields_on source is <<SQL
SELECT pg_catalog.pg_sleep(0.5) \g /dev/null
SELECT $POSITION, $CHANGED, $OPEN;
SQL
  if [[ ${is[1]} != "${was[2]}" ]]; then
    writes >"$TMP/writes.1"
    sleep 3
    writes >"$TMP/writes.2"
    if ! cmp -s -- "$TMP/writes.1" "$TMP/writes.2"; then
      say "tables that changed within three seconds:"
      join -v 2 -t $'\n' -- "$TMP/writes.1" "$TMP/writes.2" | sed 's/^/  /' >&2
      refuse "something still writes" "find it in pg_stat_activity: a spared role, a superuser, a background worker"
    fi
    fields_on source is <<<"SELECT $POSITION, $CHANGED, $OPEN;"
  fi
fi
# A spared role may be in the middle of a transaction that has written, and stand still itself: what it commits would come after the drain.
[[ -z ${is[2]} ]] || refuse "a transaction that has written is open: ${is[2]}" "wait for its end, or end it, then run $SCRIPT.sh again"
# The gate cutover looks whether a row was changed since.
printf '{"freeze": %s, %s}\n' "$(json_object lsn "${is[0]}" writes "${is[1]}" at "$(now)")" "$(step_taken)" | state_merge
say "the source is frozen; its insert LSN is ${is[0]}"
hint "next: 72-drain.sh; to call it off: 76-unfreeze.sh"
