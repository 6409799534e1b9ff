#!/usr/bin/env bash
# 10-source/11-preflight.sh: Look for whatever would stop the migration on the source.
# Again: as often as you like: it only reads.
#
# Usage: 11-preflight.sh [--max-age SECONDS] [--accept-slot NAME]… [--accept-database NAME]…
#   --max-age SECONDS        a transaction that is older is a problem (default 600): the freeze ends it
#   --accept-slot NAME       a logical slot that somebody reads, and that may be lost: none comes along to the target
#   --accept-database NAME   another database of the instance, which moves at the same moment and is taken care of
#
# Shows every problem at once, each with its remedy. Reads only. What only AWS tells is asked by 20-aurora/21-deploy.sh and by the gate.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

max_age=600 slots="" databases=""
while (($#)); do
  case $1 in
    --max-age) max_age=${2:?} && shift 2 ;;
    --accept-slot) slots+=${slots:+,}${2:?} && shift 2 ;;
    --accept-database) databases+=${databases:+$'\n'}${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $max_age =~ ^[0-9]+$ ]] || usage_error "--max-age $max_age"

problems=0
# report FIELD…: three fields a line: level, what is wrong, what to do.
report() {
  while (($# >= 3)); do
    if [[ $1 == problem ]]; then problems=$((problems + 1)); fi
    say "$1: $2"
    if [[ -n $3 ]]; then hint "$3"; fi
    shift 3
  done
}

assert_source
found=()
fields_on source found -v max_age="$max_age" -v slots="$slots" -v databases="$databases" <<'SQL'
SET statement_timeout = '60s';
SELECT coalesce(pg_catalog.max(tup_inserted + tup_updated + tup_deleted), 0) AS postgres_before FROM pg_catalog.pg_stat_database WHERE datname = 'postgres' \gset
SELECT pg_catalog.pg_sleep(3) \g /dev/null
SELECT 'problem', pg_catalog.format('database %I is on the instance, too: it moves at the same moment, and 71-freeze.sh does not freeze it', datname),
  pg_catalog.format('stop its writers at the cutover, and say so: --accept-database %s', pg_catalog.quote_ident(datname))
FROM pg_catalog.pg_database
WHERE datallowconn AND NOT datistemplate AND datname NOT IN (pg_catalog.current_database(), 'rdsadmin')
  -- Every server has database postgres: it is somebody's where it is written to.
  AND (datname <> 'postgres' OR (SELECT tup_inserted + tup_updated + tup_deleted FROM pg_catalog.pg_stat_database AS s WHERE s.datname = 'postgres') > :postgres_before)
  AND datname <> ALL (pg_catalog.regexp_split_to_array(:'databases', E'\n')) ORDER BY datname;

SELECT 'problem', pg_catalog.format('logical slot %s of database %s (%s) is in use: its reader will not find it on the target', slot_name, database, plugin),
  pg_catalog.format('talk to its owner; if it may be lost: --accept-slot %s', slot_name)
FROM pg_catalog.pg_replication_slots
WHERE slot_type = 'logical' AND active AND slot_name <> ALL (pg_catalog.string_to_array(:'slots', ',')) ORDER BY slot_name;

SELECT 'warning', pg_catalog.format('slot %s is read by nobody: it keeps WAL, beside what the replica needs', slot_name), pg_catalog.format('if nobody needs it: SELECT pg_drop_replication_slot(%L)', slot_name)
FROM pg_catalog.pg_replication_slots WHERE NOT active ORDER BY slot_name;

SELECT 'problem', pg_catalog.format('prepared transaction %s of %s in database %s: it would be prepared on the target, too', gid, owner, database),
  pg_catalog.format('COMMIT PREPARED %L or ROLLBACK PREPARED %L in that database', gid, gid)
FROM pg_catalog.pg_prepared_xacts ORDER BY prepared;

SELECT 'problem', pg_catalog.format('process %s (user %s, database %s, application %s) has had a transaction open for %s: %s', pid, usename, datname, application_name,
    pg_catalog.date_trunc('second', pg_catalog.now() - xact_start), state), pg_catalog.format('let it end, or SELECT pg_terminate_backend(%s)', pid)
FROM pg_catalog.pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid() AND xact_start < pg_catalog.now() - pg_catalog.make_interval(secs => :max_age) ORDER BY xact_start;

SELECT 'problem', pg_catalog.format('role %s is no superuser and may not see what other sessions do', current_user), pg_catalog.format('GRANT pg_monitor TO %I', current_user)
WHERE NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
  AND NOT coalesce((SELECT pg_catalog.pg_has_role(current_user, oid, 'MEMBER') FROM pg_catalog.pg_roles WHERE rolname = 'pg_read_all_stats'), false);

WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user)
SELECT 'problem', pg_catalog.format('role %s %s', current_user, r.lacks), r.remedy
FROM (
  SELECT 'may not create schemas or publications', pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
  UNION
  SELECT pg_catalog.format('does not own schema %s', nspname), 
    CASE WHEN o.rolsuper THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('GRANT %I TO %I', o.rolname, current_user) END FROM pg_catalog.pg_namespace JOIN pg_catalog.pg_roles AS o ON o.oid = nspowner
  WHERE nspname = 'pgcutover' AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE')
) AS r(lacks, remedy) ORDER BY r.lacks;
SQL
report "${found[@]}"
if ((problems > 0)); then
  refuse "$problems problem$( ((problems == 1)) || printf s)" "mend them and run this again"
fi
say "nothing stands in the way"
