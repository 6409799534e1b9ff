#!/usr/bin/env bash
# 10-source/12-settings.sh: Show and set what the servers have to be configured with, standbys first.
# Before: a maintenance window for the restarts, where any are needed.
# Again: sets only what is still missing.
# Undo: ALTER SYSTEM RESET name, then restart the source before the standbys.
#
# Usage: 12-settings.sh [--check] [standby|source|target] [--service NAME]
#        12-settings.sh --apply standby|source|target [--service NAME] [--standbys-done]
#   --check          show what the plan wants and what the servers have (default; source and target without a name); exit 1 when one lacks something
#   --apply WHERE    ALTER SYSTEM and reload there; a restart is left to you
#   --service NAME   the service of a standby of the source: every one has to follow, cascading ones too
#   --standbys-done  the other standbys of the source are known to have the new values
#
# Order: every standby, restarted where needed, then the source. A standby with lower limits than its primary shuts down
# (13 and older) or stops replaying (14 and newer).
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

mode=check wheres=() done_elsewhere=""
while (($#)); do
  case $1 in
    --check) mode=check && shift ;;
    --problems) mode=problems && shift ;; # for 11-preflight.sh: what is missing, in fields that end with NUL
    --apply) mode=apply && shift ;;
    --service) export PGCUTOVER_REPLICA=${2:?} && shift 2 ;;
    --standbys-done) done_elsewhere=yes && shift ;;
    standby | source | target) wheres+=("$1") && shift ;;
    *) usage_error "$1" ;;
  esac
done
if [[ $mode == apply ]] && ((${#wheres[@]} != 1)); then
  die "--apply needs to know where: standby, source or target" "standbys come first"
fi
((${#wheres[@]})) || wheres=(source target)

# wanted WHERE NAME VALUE COMPARE WHEN WHY: one setting of the plan. COMPARE is how a value is judged: exact, least (a limit:
# more is good too) or list (what is there stays). WHEN is what makes it take effect.
wanted() {
  local one
  [[ $1 == "$where" ]] || return 0
  one=$(json_object name "$2" to "$3" compare "$4" takes "$5" reason "$6")
  settings+=${settings:+,}$one
}

settings_of() {
  local where=$1 settings=""
  wanted source rds.logical_replication 1 exact restart 'Makes wal_level logical, which logical decoding needs.'
  wanted source wal_sender_timeout 0 exact reload 'A sender whose reader is busy with the full load must not be ended. It takes the detection of dead connections from standbys, too: set it back after the migration. Up to version 11 a role cannot have a value of its own.'
  printf '[%s]\n' "$settings"
}

readonly SOURCE_MANAGED=rds # rds, aurora or empty

# managed WHERE succeeds where settings belong into a parameter group.
managed() { case $1 in target) [[ -n $TARGET_MANAGED ]] ;; *) [[ -n $SOURCE_MANAGED ]] ;; esac }

server_of() { if [[ $1 == standby ]]; then printf 'replica\n'; else printf '%s\n' "$1"; fi; }

assert_there() {
  case $1 in
    standby) assert_replica ;;
    source) assert_source ;;
    target) assert_target ;;
  esac
}

# compare_on WHERE QUERY runs a query over "compared": the settings of the plan beside what the server has.
compare_on() {
  local where=$1 settings
  settings=$(settings_of "$where")
  {
    cat <<'SQL'
WITH compared AS (
  SELECT w.*, coalesce(pg_catalog.current_setting(w.name, true), '(unknown to this server)') AS now, coalesce(s.pending_restart, false) AS pending,
    CASE
      WHEN w.compare = 'list' THEN (
        SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.element), ', ' ORDER BY e.n)
        FROM (
          SELECT pg_catalog.btrim(x.raw, ' "') AS element, pg_catalog.min(x.n) AS n
          FROM pg_catalog.regexp_split_to_table(pg_catalog.concat_ws(',', nullif(s.setting, ''), w."to"), '\s*,\s*') WITH ORDINALITY AS x(raw, n)
          GROUP BY 1) AS e)
      ELSE pg_catalog.quote_literal(w."to")
    END AS value,
    CASE
      WHEN s.name IS NULL THEN false
      WHEN w.compare = 'list' THEN NOT EXISTS (
        SELECT FROM pg_catalog.regexp_split_to_table(w."to", '\s*,\s*') AS e(element)
        WHERE pg_catalog.btrim(e.element, ' "') <> ALL (ARRAY(
          SELECT pg_catalog.btrim(x, ' "') FROM pg_catalog.regexp_split_to_table(s.setting, '\s*,\s*') AS x)))
      WHEN w.compare = 'least' AND s.setting ~ '^-?[0-9]+$' AND w."to" ~ '^-?[0-9]+$' THEN s.setting::bigint >= w."to"::bigint
      -- 64GB and 65536MB are one size, 60s and 1min one time.
      WHEN w."to" ~ '^[0-9]+ ?(kB|MB|GB|TB)$' AND pg_catalog.current_setting(w.name, true) ~ '^[0-9]+ ?(kB|MB|GB|TB)$'
        THEN pg_catalog.pg_size_bytes(w."to") = pg_catalog.pg_size_bytes(pg_catalog.current_setting(w.name, true))
      WHEN w."to" ~ '^[0-9]+ ?(ms|s|min|h|d)$' AND pg_catalog.current_setting(w.name, true) ~ '^[0-9]+ ?(ms|s|min|h|d)$'
        THEN w."to"::interval = pg_catalog.current_setting(w.name, true)::interval
      ELSE w."to" IN (s.setting, pg_catalog.current_setting(w.name, true))
    END AS good
  FROM pg_catalog.jsonb_to_recordset(:'settings'::jsonb) AS w(name text, "to" text, compare text, takes text, reason text)
  LEFT JOIN pg_catalog.pg_settings AS s ON s.name = w.name
)
SQL
    printf '%s\n' "$2"
  } | psql_on "$(server_of "$where")" -v settings="$settings" -v where="$where" "${@:3}" -f -
}

missing_on() { compare_on "$1" "SELECT pg_catalog.count(*) FROM compared WHERE NOT good;"; }

check() {
  local where=$1 missing
  assert_there "$where"
  missing=$(missing_on "$where")
  printf '\n%s (service %s)\n' "$where" "$(service_of "$(server_of "$where")")"
  compare_on "$where" "SELECT name AS setting, now, \"to\" AS planned, CASE WHEN good THEN 'good' ELSE takes END AS needs, reason FROM compared ORDER BY good, name;" \
    --pset tuples_only=off --pset format=aligned --pset footer=off
  ((missing == 0)) || lacking=$((lacking + missing))
}

apply() {
  local where=$1 others
  assert_there "$where"
  if managed "$where"; then
    parameter_group "$where"
    return
  fi
  if [[ $where == source ]]; then
    others=$(ask source "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication WHERE pid NOT IN (SELECT active_pid FROM pg_catalog.pg_replication_slots WHERE slot_type = 'logical' AND active_pid IS NOT NULL)")
    if ((others > 0)) && [[ -z $done_elsewhere && $(settings_of standby) != "[]" ]]; then
      refuse "the source has standbys, and this script has seen none of the $others" \
        "12-settings.sh --check standby --service NAME, and --apply where it is needed, for each of them" "then add --standbys-done"
    fi
    assert_source
  fi
  compare_on "$where" "SELECT pg_catalog.format('ALTER SYSTEM SET %I = %s;', name, value) FROM compared WHERE NOT good AND now <> '(unknown to this server)' ORDER BY name;" >"$TMP/alter.sql"
  if [[ ! -s $TMP/alter.sql ]] && (($(missing_on "$where") == 0)); then
    say "nothing to set on the $where: it has all that the plan wants"
    return
  fi
  # A server that is told to load a library that is not there does not start again.
  if grep -q '^ALTER SYSTEM SET shared_preload_libraries ' "$TMP/alter.sql"; then
    [[ $(ask "$(server_of "$where")" "SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'pglogical')") == t ]] \
      || refuse "pglogical is not installed on the machine of the $where: with it in shared_preload_libraries the server would not start again" \
        "install the package of pglogical for this major version there, then run this again"
  fi
  while IFS= read -r line; do say "$line"; done <"$TMP/alter.sql"
  printf 'SELECT pg_catalog.pg_reload_conf() AS reloaded \\gset\n' >>"$TMP/alter.sql"
  psql_on "$(server_of "$where")" -f "$TMP/alter.sql" \
    || die "not all of it could be set on the $where" "ALTER SYSTEM takes a superuser, or from 15 on GRANT ALTER SYSTEM ON PARAMETER name TO the role of the service; then run this again"
  sleep 1 # the reload is asynchronous
  compare_on "$where" "SELECT pg_catalog.format('%s waits for a restart to become %s', name, \"to\") FROM compared WHERE NOT good ORDER BY name;" >"$TMP/waits"
  while IFS= read -r line; do say "$line"; done <"$TMP/waits"
  if [[ -s $TMP/waits ]]; then say "the server was not restarted: do it at a time of your choice, then run 12-settings.sh --check $where"; fi
}

# parameter_group prints what belongs into the parameter group of RDS or Aurora; nothing is called.
parameter_group() {
  local where=$1
  say "settings of the $where belong into its parameter group; this is what to put there:"
  compare_on "$where" "SELECT CASE name WHEN 'wal_level' THEN 'rds.logical_replication' ELSE name END AS parameter,
  CASE name WHEN 'wal_level' THEN '1' ELSE \"to\" END AS value, CASE takes WHEN 'restart' THEN 'pending-reboot' ELSE 'immediate' END AS apply_method, reason
FROM compared WHERE NOT good ORDER BY name;" --pset tuples_only=off --pset format=aligned --pset footer=off
}

lacking=0
case $mode in
  check)
    for where in "${wheres[@]}"; do check "$where"; done
    ((lacking == 0)) || refuse "$lacking settings are not as planned" "12-settings.sh --apply standby, then source, then target"
    ;;
  problems)
    for where in "${wheres[@]}"; do
      compare_on "$where" "SELECT pg_catalog.format('%s is %s on the %s, the plan wants %s', name, now, :'where', \"to\"),
  pg_catalog.format('10-source/12-settings.sh --apply %s; a %s makes it take effect', :'where', takes) FROM compared WHERE NOT good ORDER BY name;" \
        --field-separator-zero --record-separator-zero
    done
    ;;
  apply)
    only_one
    apply "${wheres[0]}"
    ;;
esac
