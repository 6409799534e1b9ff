#!/usr/bin/env bash
# 10-source/11-preflight.sh: Look for whatever would stop the migration on the source.
# Again: as often as you like: it only reads.
#
# Usage: 11-preflight.sh [--max-age SECONDS] [--accept-slot NAME]…
#   --max-age SECONDS   a transaction that has written and is older is a problem (default 60): slots wait for all of them
#   --accept-slot NAME  a logical slot of somebody else that is in use and may stay so
#
# Shows every problem at once, each with its remedy. Reads only.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

max_age=60 accepted=""
while (($#)); do
  case $1 in
    --max-age) max_age=${2:?} && shift 2 ;;
    --accept-slot) accepted+=${accepted:+,}${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $max_age =~ ^[0-9]+$ ]] || usage_error "--max-age $max_age"

problems=0
# report FIELD…: three fields a line: level, what is wrong, what to do.
report() {
  local level
  while (($# >= 3)); do
    level=$1
    if [[ $level == problem ]]; then problems=$((problems + 1)); fi
    say "$level: $2"
    if [[ -n $3 ]]; then hint "$3"; fi
    shift 3
  done
}

assert_source
slots=$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")
tasks=$(state_get tasks)

found=()
fields_on source found -v slots="$slots" -v max_age="$max_age" -v accepted="$accepted" \
  -v tasks="${tasks:-{\}}" <<'SQL'
SET statement_timeout = '60s';
SELECT EXISTS (SELECT FROM pg_catalog.pg_settings WHERE name = 'output_plugin_libraries') AS lists_plugins \gset

SELECT 'problem', 'wal_level is ' || pg_catalog.current_setting('wal_level') || ', not logical',
  '10-source/12-settings.sh --apply source, then restart the source'
WHERE pg_catalog.current_setting('wal_level') <> 'logical';

\if :lists_plugins
SELECT 'problem', 'output_plugin_libraries does not list ' || 'test_decoding' || ', so that no slot with it can be created: it is '
    || pg_catalog.current_setting('output_plugin_libraries'),
  '10-source/12-settings.sh --apply source; a reload is enough'
WHERE 'test_decoding' <> ALL (ARRAY(SELECT pg_catalog.btrim(x, ' "') FROM pg_catalog.regexp_split_to_table(pg_catalog.current_setting('output_plugin_libraries'), '\s*,\s*') AS x));
\endif

SELECT 'problem', pg_catalog.format('%s was changed and waits for a restart', name), 'restart the source, standbys first'
FROM pg_catalog.pg_settings WHERE pending_restart ORDER BY name;

SELECT 'problem', 'idle_replication_slot_timeout is not 0: slots that wait for the load to end would be invalidated',
  'ALTER SYSTEM SET idle_replication_slot_timeout = 0; then reload'
FROM pg_catalog.pg_settings WHERE name = 'idle_replication_slot_timeout' AND setting <> '0';



-- Slots: those of AWS DMS are the ones that 55-start.sh has seen it make.
SELECT CASE WHEN active THEN 'problem' ELSE 'warning' END,
  pg_catalog.format('logical slot %s of database %s (%s) is not part of this plan and %s', slot_name, database, plugin,
    CASE WHEN active THEN 'in use: somebody replicates from this server' ELSE 'not in use: it holds WAL back' END),
  CASE WHEN active THEN pg_catalog.format('talk to its owner; if it may stay: --accept-slot %s', slot_name)
    ELSE pg_catalog.format('if nobody needs it: SELECT pg_drop_replication_slot(%L)', slot_name) END
FROM pg_catalog.pg_replication_slots
WHERE slot_type = 'logical' AND slot_name <> ALL (pg_catalog.string_to_array(:'slots', ','))
  AND slot_name <> ALL (pg_catalog.string_to_array(:'accepted', ',')) AND slot_name NOT IN (SELECT t.value ->> 'slot' FROM pg_catalog.jsonb_each(:'tasks'::jsonb) AS t WHERE t.value ->> 'slot' IS NOT NULL) ORDER BY slot_name;

SELECT 'problem', pg_catalog.format('%s slots are needed, but only %s of max_replication_slots = %s are free', needed, free, total),
  '10-source/12-settings.sh --apply source, or drop slots nobody uses'
FROM (
  SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot)
      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = o.slot)) AS needed,
    pg_catalog.current_setting('max_replication_slots')::bigint - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots) AS free,
    pg_catalog.current_setting('max_replication_slots') AS total) AS s
WHERE free < needed;

SELECT 'problem', pg_catalog.format('each slot needs a WAL sender while changes are applied, but only %s of max_wal_senders = %s are free',
    total - used, total), '10-source/12-settings.sh --apply source, then restart the source'
FROM (SELECT pg_catalog.current_setting('max_wal_senders')::bigint AS total, (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication) AS used) AS s
WHERE total - used < pg_catalog.array_length(pg_catalog.string_to_array(:'slots', ','), 1)
  - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots WHERE active AND slot_name = ANY (pg_catalog.string_to_array(:'slots', ',')));

-- What slots would wait for.
SELECT 'problem', pg_catalog.format('prepared transaction %s of %s in database %s, %s old: no slot can be created before it ends', gid, owner, database, pg_catalog.date_trunc('second', pg_catalog.now() - prepared)),
  pg_catalog.format('COMMIT PREPARED %L or ROLLBACK PREPARED %L in that database', gid, gid)
FROM pg_catalog.pg_prepared_xacts ORDER BY prepared;

SELECT 'problem', pg_catalog.format('process %s (user %s, database %s, application %s) has had a writing transaction open for %s: %s', pid, usename, datname, application_name,
    pg_catalog.date_trunc('second', pg_catalog.now() - xact_start), state),
  pg_catalog.format('let it end, or SELECT pg_terminate_backend(%s)', pid)
FROM pg_catalog.pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid() AND xact_start < pg_catalog.now() - pg_catalog.make_interval(secs => :max_age) ORDER BY xact_start;

-- Rights of this role.
SELECT 'problem', pg_catalog.format('role %s is no superuser and may not see what other sessions do', current_user), pg_catalog.format('GRANT pg_monitor TO %I', current_user)
WHERE NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
  AND NOT coalesce((SELECT pg_catalog.pg_has_role(current_user, oid, 'MEMBER') FROM pg_catalog.pg_roles WHERE rolname = 'pg_read_all_stats'), false);

-- What the steps of 10-source need to be allowed, each of which asks again.
WITH me AS (SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user)
SELECT 'problem', pg_catalog.format('role %s %s', current_user, r.lacks), r.remedy
FROM (
  SELECT 'may not create roles', pg_catalog.format('ALTER ROLE %I CREATEROLE', rolname) FROM me
  WHERE NOT rolsuper AND NOT rolcreaterole
  UNION
  SELECT pg_catalog.format('may not change role %s, which is there already', r.rolname), pg_catalog.format('GRANT %I TO %I WITH ADMIN OPTION', r.rolname, me.rolname)
  FROM me, pg_catalog.pg_roles AS r
  WHERE r.rolname = 'pgcutover_cdc' AND pg_catalog.current_setting('server_version_num')::integer >= 160000 AND NOT pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')
  UNION
  SELECT 'may not grant rds_replication', 'let a member of rds_superuser do it: another user in the service' FROM me
  WHERE NOT rolsuper AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS g WHERE g.rolname = 'rds_superuser' AND pg_catalog.pg_has_role(g.oid, 'USAGE')
    OR g.rolname = 'rds_replication' AND pg_catalog.pg_has_role(g.oid, 'MEMBER WITH ADMIN OPTION'))
  UNION
  SELECT 'may not grant CONNECT', pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I WITH GRANT OPTION', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CONNECT WITH GRANT OPTION')
  UNION
  SELECT 'may not create schemas or publications', pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), rolname) FROM me
  WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
  UNION
  SELECT pg_catalog.format('does not own schema %s', nspname), 
    CASE WHEN o.rolsuper THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('GRANT %I TO %I', o.rolname, current_user) END FROM pg_catalog.pg_namespace JOIN pg_catalog.pg_roles AS o ON o.oid = nspowner
  WHERE nspname = 'pgcutover' AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE')
  UNION
  SELECT pg_catalog.format('may not grant USAGE on schema %s', nspname), pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I WITH GRANT OPTION', nspname, current_user)
  FROM pg_catalog.pg_namespace
  WHERE nspname = ANY (ARRAY['public']::name[]) AND NOT pg_catalog.has_schema_privilege(oid, 'USAGE WITH GRANT OPTION')
  UNION
  SELECT pg_catalog.format('may not grant rights on %s of the tables, %s for one', pg_catalog.count(*), pg_catalog.min(t.oid::regclass::text)), 
    CASE WHEN o.rolsuper THEN 'let a superuser do it: another user in the service' ELSE pg_catalog.format('GRANT %I TO %I', o.rolname, current_user) END
  FROM (
    SELECT c.oid, c.relowner
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (ARRAY['public']::name[])
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ) AS t JOIN pg_catalog.pg_roles AS o ON o.oid = t.relowner
  WHERE NOT pg_catalog.has_table_privilege(t.oid, 'SELECT WITH GRANT OPTION') GROUP BY o.rolname, o.rolsuper
) AS r(lacks, remedy) ORDER BY r.lacks;

-- Physical standbys, for somebody to recognise them.
SELECT 'note', pg_catalog.format('standby %s at %s, %s', application_name, coalesce(client_addr::text, 'a local socket'), state),
  'if it is not the maintenance replica: 10-source/12-settings.sh --check standby --service NAME'
FROM pg_catalog.pg_stat_replication WHERE pid NOT IN (SELECT active_pid FROM pg_catalog.pg_replication_slots WHERE slot_type = 'logical' AND active_pid IS NOT NULL) ORDER BY application_name, client_addr;
SQL
report "${found[@]}"

# What the plan wants to be set. A standby whose limits are lower than its primary's could not follow it.
"$BUNDLE/10-source/12-settings.sh" --problems source >"$TMP/settings"
mapfile -d '' -t found <"$TMP/settings"
for ((i = 0; i < ${#found[@]}; i += 2)); do report problem "${found[i]}" "${found[i + 1]}"; done

if ((problems > 0)); then
  refuse "$problems problem$( ((problems == 1)) || printf s)" "mend them and run this again"
fi
say "nothing stands in the way"
