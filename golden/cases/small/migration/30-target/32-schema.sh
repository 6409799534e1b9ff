#!/usr/bin/env bash
# 30-target/32-schema.sh: Restore the schema before data: tables without indexes, constraints and triggers.
# Before: an empty database on the target, and 31-roles.sql.
# Again: says that the target has the schema already; one that failed has left nothing.
# Undo: drop the database and create it again.
#
# Usage: 32-schema.sh [--from replica|source] [--existing | --strip-only] [--no-owner]
#   --from WHERE   the server to take the schema from (default replica)
#   --existing     the target has the tables already: take away what would stop the load and the application of changes, and what the
#                  cutover brings back (foreign keys, triggers, rules, policies, event triggers, constraints, indexes, views that group
#                  by a key), after writing down how to put it back
#   --strip-only   for 83-full-restart.sh: take the same away from the schema that this restored
#   --no-owner     everything belongs to the role of the target's service
#
# Kept beside state.json: schema.dump (pg_dump's archive), predata.sql (what was restored now), postdata.list (what 70-cutover
# restores from the archive: triggers, rules, policies and so on; indexes and constraints come from the plan).
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

from=replica existing="" strip_only="" owner=()
while (($#)); do
  case $1 in
    --from)
      from=${2:?} && shift 2
      [[ $from == replica || $from == source ]] || usage_error "--from $from"
      ;;
    --existing) existing=yes && shift ;;
    --strip-only) strip_only=yes && shift ;;
    --no-owner) owner=(--no-owner) && shift ;;
    *) usage_error "$1" ;;
  esac
done

# Schemas of the plan, tables and schemas that stay behind, extensions to create. pg_dump takes patterns: in double quotes
# everything but a double quote stands for itself.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
{
  readonly SCHEMAS=(public)
  readonly LEFT_OUT_SCHEMAS=()
  readonly LEFT_OUT=()
  readonly ROLES=(app reporting)
  readonly EXTENSIONS=()
}

quoted() { printf '"%s"' "${1//\"/\"\"}"; }

# A restore needs a client that is not older than either server, and one that the target understands.
check_clients() {
  local dump restore
  dump=$(client_major "$PG_DUMP")
  restore=$(client_major "$PG_RESTORE")
  ((dump == restore)) || refuse "pg_dump is of version $dump, pg_restore of version $restore" "set PGCUTOVER_PG_BIN in env to a directory that has both"
  ((dump * 100 >= SOURCE_MAJOR)) || refuse "pg_dump $dump is older than the source ($(major_text "$SOURCE_MAJOR"))" "install the client programs of the target's version and set PGCUTOVER_PG_BIN in env"
  ((dump * 100 >= AT_MAJOR)) || refuse "pg_dump $dump is older than the target ($(major_text "$AT_MAJOR"))" "install the client programs of the target's version and set PGCUTOVER_PG_BIN in env"
}

# Foreign servers and their user mappings may hold passwords, which must not come into a file: where the source has any, the
# dump is made of the planned schemas alone, and servers and mappings are set up by hand before.
dump() {
  local arguments=(--format=custom --compress=9 --schema-only --no-tablespaces --no-publications --no-subscriptions --no-security-labels --quote-all-identifiers --no-password)
  local i mappings
  mappings=$(ask "$from" "SELECT pg_catalog.count(*) FROM pg_catalog.pg_user_mappings")
  if ((mappings > 0)); then
    warn "the source has $mappings user mappings, which can hold passwords: foreign servers, casts, languages and event triggers are not in the dump"
    hint "create them on the target by hand before this step; 80-recovery says how to begin again"
    for i in "${SCHEMAS[@]}"; do arguments+=(--schema="$(quoted "$i")"); done
  fi
  for i in pglogical pglogical_origin "$OUR_SCHEMA" "${LEFT_OUT_SCHEMAS[@]}"; do arguments+=(--exclude-schema="$(quoted "$i")"); done
  for ((i = 0; i < ${#LEFT_OUT[@]}; i += 2)); do arguments+=(--exclude-table="$(quoted "${LEFT_OUT[i]}").$(quoted "${LEFT_OUT[i + 1]}")"); done
  "$PG_DUMP" "${arguments[@]}" --file="$TMP/schema.dump" -d "service=$(service_of "$from")" \
    || die "the schema cannot be dumped from the $from" "its role has to be able to read every table and sequence: GRANT pg_read_all_data (14 and newer), or SELECT on each" \
      "a replica that stands does not learn of a grant on the source: 20-replica/22-resume.sh --force, then 20-replica/21-pause.sh again"
  if "$PG_RESTORE" --list "$TMP/schema.dump" | grep -q '^[0-9; ]* USER MAPPING '; then
    refuse "the dump holds user mappings, which can hold passwords; it was thrown away" "drop them on the source, or give the dump's role no right to see them"
  fi
}

# A line of pg_restore's list is "id; oid oid KIND schema name owner", with - for no schema.
readonly ENTRY='^[0-9]+; [0-9]+ [0-9]+ '

# lists makes the lists of what to restore now and of what to restore at the cutover.
lists() {
  local schemas_there=() all=() of_views=() of_domains=() schema number i
  local -A there=()
  "$PG_RESTORE" --list --section=pre-data "$TMP/schema.dump" >"$TMP/pre.all"
  "$PG_RESTORE" --list --section=post-data "$TMP/schema.dump" >"$TMP/post.all"
  # Extensions are created by name, as soon as the schemas are there; their comments belong to their owner. Rights on system objects (a
  # function such as pg_control_system that a role of the source may call) are each server's own, and a superuser's to grant; those on tables of
  # pglogical, which pg_dump gives although the schema is left out, have nothing to be rights on. Schemas that the target has stay as they are. Entries are told by what precedes the first name in them, and by number: names can look like anything.
  grep -Ev -e "${ENTRY}EXTENSION " -e "${ENTRY}COMMENT - EXTENSION " -e "${ENTRY}ACL (pg_catalog|pglogical|pglogical_origin) " "$TMP/pre.all" >"$TMP/pre.some" || true
  fields_on target schemas_there <<'SQL'
SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema';
SQL
  fields_on "$from" all <<'SQL'
SELECT oid, nspname FROM pg_catalog.pg_namespace;
SQL
  : >"$TMP/there"
  for schema in "${schemas_there[@]}"; do
    there[$schema]=yes
    for i in "$schema" "$(quoted "$schema")"; do printf '%s\n' "COMMENT - SCHEMA ${i//[$'\n\r']/ } " >>"$TMP/there"; done
  done
  for ((i = 0; i < ${#all[@]}; i += 2)); do
    if [[ -n ${there[${all[i + 1]}]:-} ]]; then printf '; 2615 %s SCHEMA - \n' "${all[i]}" >>"$TMP/there"; fi
  done
  awk -v there="$TMP/there" '
    BEGIN { while ((getline line < there) > 0) gone[line] = 1 }
    /^[0-9]+; [0-9]+ [0-9]+ (SCHEMA|COMMENT) - / {
      key = $0
      if (match(key, /^[0-9]+; [0-9]+ [0-9]+ SCHEMA - /)) {
        key = substr(key, 1, RLENGTH)
        sub(/^[0-9]+/, "", key)
        if (key in gone) next
      } else {
        sub(/^[0-9]+; [0-9]+ [0-9]+ /, "", key)
        for (g in gone) if (index(key, g) == 1) next
      }
    }
    { print }' "$TMP/pre.some" >"$TMP/pre.left"
  grep -E "${ENTRY}SCHEMA - " "$TMP/pre.left" >"$TMP/schemas.list" || true
  grep -Ev "${ENTRY}SCHEMA - " "$TMP/pre.left" >"$TMP/predata.list" || true
  # Statistics objects cost nothing on empty tables, and the ANALYZE after the load fills them.
  grep -E "${ENTRY}STATISTICS " "$TMP/post.all" >"$TMP/statistics.list" || true
  # Indexes and constraints of tables come from the plan; those of materialized views from here.
  grep -Ev -e "${ENTRY}(INDEX|INDEX ATTACH|CONSTRAINT|CHECK CONSTRAINT|FK CONSTRAINT|STATISTICS) " "$TMP/post.all" >"$TMP/postdata.list" || true
  fields_on "$from" of_views <<'SQL'
SELECT i.indexrelid FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS v ON v.oid = i.indrelid AND v.relkind = 'm' ORDER BY 1;
SQL
  for number in "${of_views[@]}"; do
    grep -E "^[0-9]+; 1259 $number INDEX " "$TMP/post.all" >>"$TMP/postdata.list" || true
  done
  # So do checks of domains that were never validated: the load may bring values that break them.
  fields_on "$from" of_domains <<'SQL'
SELECT k.oid FROM pg_catalog.pg_constraint AS k WHERE k.contypid <> 0 AND k.contype = 'c' AND NOT k.convalidated ORDER BY 1;
SQL
  for number in "${of_domains[@]}"; do
    grep -E "^[0-9]+; 2606 $number CHECK CONSTRAINT " "$TMP/post.all" >>"$TMP/postdata.list" || true
  done
}

# roles_out_of_reach writes $TMP/foreign, the roles of the source that this session cannot hand an object over to, and $TMP/absent,
# those that the target does not have. Both are few: 31-roles.sql creates what the plan names, and what is left are the
# superusers of the source and the role of change data capture, which has its rights on the source alone.
roles_out_of_reach() {
  local flat="pg_catalog.translate(rolname, E'\\n\\r', '  ')" # as pg_restore writes it behind Owner:
  ask "$from" "SELECT $flat FROM pg_catalog.pg_roles WHERE oid = 10 OR rolname ~ '^(postgres|rds|pg_|aws)' OR rolname = :'role'" "role=$OUR_ROLE" | LC_ALL=C sort >"$TMP/special"
  ask target "SELECT $flat FROM pg_catalog.pg_roles" | LC_ALL=C sort >"$TMP/all"
  ask target "SELECT $flat FROM pg_catalog.pg_roles WHERE NOT pg_catalog.pg_has_role(current_user, oid, 'MEMBER')" >"$TMP/foreign"
  LC_ALL=C comm -23 "$TMP/special" "$TMP/all" >"$TMP/absent"
  cat "$TMP/absent" >>"$TMP/foreign"
}

# hand_over prints the statements of $TMP/owners.sql with what they need. Only a superuser can hand an object over to a role that may not
# create anything in its schema; for everybody else the role gets that right for the moment.
hand_over() {
  [[ -s $TMP/owners.sql ]] || return 0
  printf 'CREATE TEMPORARY TABLE lent (schema oid, role oid, statement text);\nCREATE TEMPORARY TABLE owner_to_be (name text);\nCOPY owner_to_be FROM stdin;\n'
  tsv_of "${ROLES[@]}"
  printf '\\.\n'
  cat <<'SQL'
INSERT INTO lent SELECT n.oid, r.oid, pg_catalog.format('SCHEMA %I %s %I', n.nspname, '%s', r.rolname)
FROM pg_catalog.pg_namespace AS n CROSS JOIN (owner_to_be AS o JOIN pg_catalog.pg_roles AS r ON r.rolname = o.name)
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE')
  AND pg_catalog.pg_has_role(current_user, n.nspowner, 'USAGE');
SELECT pg_catalog.format('GRANT CREATE ON ' || statement, 'TO') FROM lent \gexec
SQL
  cat "$TMP/owners.sql"
  # What was lent to who owns the schema by now has become his own, and would be taken from him.
  # shellcheck disable=SC2028 # psql's command
  printf '%s\n' "SELECT pg_catalog.format('REVOKE CREATE ON ' || statement, 'FROM') FROM lent JOIN pg_catalog.pg_namespace AS n ON n.oid = schema WHERE nspowner <> role \\gexec"
}

# within_reach leaves out of a script of pg_restore what the target cannot do: handing an object over to a role that is out of
# reach (the object then belongs to the role of the target's service), and rights of roles that are not there. With "later" set
# it writes the statements that hand over to $TMP/owners.sql. A statement
# may take several lines, since a name may hold line breaks; which line begins inside of quotes marked_sql has told.
within_reach() {
  awk -v later="$1" -v owners_file="$TMP/owners.sql" -v foreign_file="$TMP/foreign" -v absent_file="$TMP/absent" -v notes="$2" '
    function ends(s, tail) { return length(s) >= length(tail) && substr(s, length(s) - length(tail) + 1) == tail }
    function to_absent(s,   r, q, i) {
      for (r in absent) {
        q = r
        gsub(/"/, "\"\"", q)
        for (i = 0; i < 2; i++) {
          if (ends(s, " TO " q ";\n") || ends(s, " FROM " q ";\n") || ends(s, " TO " q " WITH GRANT OPTION;\n")) return 1
          q = "\"" q "\""
        }
      }
      return 0
    }
    # The rights of one object: statements about roles that are not there are left out.
    function rights(   i, held, bare) {
      held = ""
      for (i = 1; i <= n; i++) {
        if (held == "" && line[i] !~ /^(GRANT|REVOKE) /) { print line[i]; continue }
        held = held line[i] "\n"
        if (inside[i + 1] || held !~ /;\n$/) continue
        bare = substr(held, 1, length(held) - 1)
        gsub(/[\n\r]/, " ", bare)
        if (to_absent(bare "\n")) rights_left_out++
        else printf "%s", held
        held = ""
      }
      printf "%s", held
    }
    # The last statement of an entry hands it over to its owner.
    function take_owner(   i, j, statement) {
      for (j = n; j > 0 && !inside[j] && (line[j] == "" || line[j] ~ /^--/ || line[j] ~ /^SET [a-z_]+ = / || line[j] ~ /^SELECT pg_catalog.set_config\(/); j--);
      for (i = j; i > 0 && (inside[i] || line[i] !~ /^ALTER /); i--);
      if (i == 0) return
      statement = ""
      for (k = i; k <= j; k++) statement = statement line[k] " "
      if (statement !~ / OWNER TO .*; $/) return
      for (; i <= j; i++) {
        gone[i] = 1
        if (!(owner in foreign)) print line[i] >> owners_file
      }
      if (owner in foreign) owners_kept++
    }
    function flush(   i) {
      split("", gone)
      inside[n + 1] = 0
      if (kind == "DEFAULT ACL" && (owner in foreign)) rights_left_out++
      else if (kind == "ACL") rights()
      else {
        if (later || owner in foreign) take_owner()
        for (i = 1; i <= n; i++) if (!(i in gone)) print line[i]
      }
      n = 0
    }
    BEGIN {
      while ((getline role < foreign_file) > 0) foreign[role] = 1
      while ((getline role < absent_file) > 0) absent[role] = 1
    }
    /^T-- Name: .*; Type: .*; Owner: / {
      flush()
      kind = owner = $0
      sub(/^.*; Type: /, "", kind)
      sub(/; Schema: .*$/, "", kind)
      sub(/^.*; Owner: /, "", owner)
    }
    {
      line[++n] = substr($0, 2)
      inside[n] = /^I/
    }
    END {
      flush()
      printf "%d %d\n", owners_kept, rights_left_out > notes
    }'
}

# script writes the SQL that is restored now: extensions, then everything before the data.
script() {
  local i owners rights superuser later=""
  roles_out_of_reach
  : >"$TMP/owners.sql"
  superuser=$(ask target "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user")
  if [[ $superuser == f ]]; then later=yes; fi
  for i in schemas predata statistics; do
    "$PG_RESTORE" "${owner[@]}" --no-tablespaces --no-publications --no-subscriptions --no-security-labels --use-list="$TMP/$i.list" --file="$TMP/$i.raw" "$TMP/schema.dump"
    # \restrict carries a random key; transaction_timeout is written by clients from 17 on and unknown to older servers.
    # Minors from November 2026 on keep a column's version among its options. Clients older than these take it for a setting; a RESET of
    # what is not set changes nothing, and the statement may begin on an earlier line.
    marked_sql <"$TMP/$i.raw" | sed -E -e '/^T\\(un)?restrict /d' -e "$( ((AT_MAJOR < 1700)) && printf '/^TSET transaction_timeout = 0;$/d')" \
      -e 's/ SET \(pg_attver=[0-9]+\);$/ RESET (n_distinct);/' -e 's/ SET \(pg_attver=[0-9]+, (.*\);)$/ SET (\1/' \
      -e 's/( SET \([a-z_]+=[^"]*), pg_attver=[0-9]+(.*\);)$/\1\2/' >"$TMP/$i.marked"
  done
  {
    printf 'SET client_min_messages = warning;\n'
    within_reach "$later" "$TMP/notes.schemas" <"$TMP/schemas.marked"
    for ((i = 0; i < ${#EXTENSIONS[@]}; i += 2)); do
      [[ ${EXTENSIONS[i + 1]} == pg_catalog ]] || printf 'CREATE SCHEMA IF NOT EXISTS %s;\n' "$(quoted "${EXTENSIONS[i + 1]}")"
      printf 'CREATE EXTENSION IF NOT EXISTS %s WITH SCHEMA %s;\n' "$(quoted "${EXTENSIONS[i]}")" "$(quoted "${EXTENSIONS[i + 1]}")"
    done
    cat "$TMP/predata.marked" "$TMP/statistics.marked" | within_reach "$later" "$TMP/notes"
    hand_over
  } >"$TMP/predata.sql"
  read -r owners rights < <(awk '{ o += $1; r += $2 } END { print o + 0, r + 0 }' "$TMP/notes.schemas" "$TMP/notes")
  if ((owners > 0)); then say "$owners objects belong to roles that cannot be handed anything here, such as $(head -n 1 "$TMP/foreign"): they will belong to the role of the target's service"; fi
  if ((rights > 0)); then say "$rights statements about rights are left out: they name roles that the target does not have, such as $(head -n 1 "$TMP/absent")"; fi
}

# keep puts the files beside state.json, all or none readable by others than the owner.
keep() {
  local f
  for f in schema.dump postdata.list "$@"; do
    cp -- "$TMP/$f" "$STATE_DIR/$f.next.$$"
    mv -f -- "$STATE_DIR/$f.next.$$" "$STATE_DIR/$f"
  done
}

note() {
  printf '{"schema": %s}\n' "$(json_object dumped_at "$dumped_at" target_system_identifier "$target_system" target_database "$target_database" predata_sha256 "$1")" | state_merge
}

# The comment on our schema on the target commits with the restore: it tells a later run what the target holds.
restored_before() {
  ask target "SELECT pg_catalog.substring(pg_catalog.obj_description(pg_catalog.to_regnamespace(:'schema')::oid, 'pg_namespace'), 'plan ' || :'plan' || ' schema ([0-9a-f]{64})')" \
    "schema=$OUR_SCHEMA" "plan=$PLAN"
}

count_tables() {
  ask target "SELECT pg_catalog.count(*) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pglogical', :'schema')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')" "schema=$OUR_SCHEMA"
}

# tsv_of WORD… prints the words as lines of COPY's text format.
tsv_of() {
  local word
  for word in "$@"; do
    word=${word//$'\\'/$'\\\\'}
    word=${word//$'\n'/$'\\n'}
    word=${word//$'\r'/$'\\r'}
    printf '%s\n' "${word//$'\t'/$'\\t'}"
  done
}

# mine prints SQL that makes temporary tables: of the planned tables of the target, and of what is to be looked at beside them.
mine() {
  local i left_out=()
  for ((i = 0; i < ${#LEFT_OUT[@]}; i += 2)); do left_out+=("$(quoted "${LEFT_OUT[i]}").$(quoted "${LEFT_OUT[i + 1]}")"); done
  printf 'CREATE TEMPORARY TABLE planned_schema (name text);\nCOPY planned_schema FROM stdin;\n'
  tsv_of "${SCHEMAS[@]}"
  printf '\\.\nCREATE TEMPORARY TABLE left_out (name text);\nCOPY left_out FROM stdin;\n'
  tsv_of "${left_out[@]}"
  printf '\\.\n'
  cat <<'SQL'
SET search_path = 'pg_temp';
-- What the dump has, and of that the tables that move.
CREATE TEMPORARY TABLE ours AS
SELECT c.oid, c.relkind, n.nspname, c.relname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN planned_schema AS p ON p.name = n.nspname
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.oid <> ALL (ARRAY(SELECT pg_catalog.to_regclass(l.name)::oid FROM left_out AS l WHERE pg_catalog.to_regclass(l.name) IS NOT NULL))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');
CREATE TEMPORARY TABLE mine AS SELECT * FROM ours WHERE relkind IN ('r', 'p');
-- A query that groups by a primary key alone rests on it. pg_dump gives a view like that without its query before the data, and a materialized view after them;
-- a view on such a materialized view is one of the first.
CREATE TEMPORARY TABLE resting AS
WITH RECURSIVE found AS (
  SELECT r.ev_class AS oid
  FROM mine AS m JOIN pg_catalog.pg_constraint AS k ON k.conrelid = m.oid
  JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_constraint'::regclass AND d.refobjid = k.oid AND d.classid = 'pg_catalog.pg_rewrite'::regclass
  JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid AND r.rulename = '_RETURN'
  UNION
  SELECT r.ev_class
  FROM found AS f JOIN pg_catalog.pg_class AS c ON c.oid = f.oid AND c.relkind = 'm'
  JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = f.oid AND d.classid = 'pg_catalog.pg_rewrite'::regclass
  JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid AND r.rulename = '_RETURN'
)
SELECT c.oid, c.relkind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, EXISTS (SELECT FROM ours AS o WHERE o.oid = c.oid) AS planned
FROM found AS f JOIN pg_catalog.pg_class AS c ON c.oid = f.oid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace;
SQL
}

# none_from_outside refuses where what is not planned hangs on keys of tables that are, or refers to them: neither these nor the rows can go, and what would have to
# go with them is nowhere written down. Functions whose body is parsed may do the same; the dump has those, but other things may rest on them.
none_from_outside() {
  local found=() i
  {
    mine
    cat <<'SQL'
SELECT pg_catalog.format('foreign key %I of %s refers to %s', k.conname, k.conrelid::pg_catalog.regclass, m.name),
  pg_catalog.format('on the target: ALTER TABLE %s DROP CONSTRAINT %I; or drop the table, or plan it', k.conrelid::pg_catalog.regclass, k.conname)
FROM pg_catalog.pg_constraint AS k JOIN mine AS m ON m.oid = k.confrelid
WHERE k.contype = 'f' AND k.conrelid NOT IN (SELECT oid FROM mine) AND coalesce((pg_catalog.to_jsonb(k) ->> 'conparentid')::oid, 0) = 0
UNION ALL
SELECT pg_catalog.format('%s %s groups by a key of a table that moves', what, name), pg_catalog.format('on the target: DROP %s %s; or plan it', pg_catalog.upper(what), name)
FROM (SELECT name, CASE relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS what FROM resting WHERE NOT planned) AS v
UNION ALL
SELECT DISTINCT pg_catalog.format('function %s rests on %s', d.objid::pg_catalog.regprocedure, pg_catalog.pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)),
  pg_catalog.format('on the target: DROP ROUTINE %s; schema.dump has it, and 70-cutover/74-constraints.sh brings it back', d.objid::pg_catalog.regprocedure)
FROM pg_catalog.pg_depend AS d
WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'n'
  AND (d.refclassid = 'pg_catalog.pg_constraint'::regclass AND d.refobjid IN (SELECT k.oid FROM pg_catalog.pg_constraint AS k JOIN mine AS m ON m.oid = k.conrelid)
    OR d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid IN (SELECT oid FROM resting WHERE relkind = 'm'))
ORDER BY 1;
SQL
  } >"$TMP/outside.sql"
  fields_on target found <"$TMP/outside.sql"
  for ((i = 0; i < ${#found[@]}; i += 2)); do say "problem: ${found[i]}" && hint "${found[i + 1]}"; done
  ((${#found[@]} == 0)) || refuse "what stands above keeps tables of the plan from being emptied or from losing their keys" "nothing was taken away"
}

# strip_existing takes from planned tables what would stop the load, in the order in which nothing depends on what goes: each statement
# is preceded in stripped.sql by the one that puts it back. It can be run again and then finds less to do. A server has so many places for locks, so
# not all of it is one transaction.
strip_existing() {
  local list=$STATE_DIR/postdata.list all=() events=() name
  none_from_outside
  if [[ -s $TMP/postdata.list ]]; then list=$TMP/postdata.list; fi
  # Those that the dump has: others are not ours. None where it is made of schemas alone.
  fields_on target all <<'SQL'
SELECT evtname FROM pg_catalog.pg_event_trigger ORDER BY 1;
SQL
  for name in "${all[@]}"; do
    if grep -Fqe " EVENT TRIGGER - ${name//[$'\n\r']/ } " "$list" 2>/dev/null; then events+=("$name"); fi
  done
  {
    mine
    printf 'CREATE TEMPORARY TABLE dumped_event (name text);\nCOPY dumped_event FROM stdin;\n'
    tsv_of "${events[@]}"
    printf '\\.\n'
    cat <<'SQL'
WITH gone AS (
  -- They act on all that follows.
  SELECT 0 AS step, pg_catalog.format('-- event trigger %I: it comes back from schema.dump', e.evtname) AS back, pg_catalog.format('DROP EVENT TRIGGER IF EXISTS %I;', e.evtname) AS away
  FROM pg_catalog.pg_event_trigger AS e JOIN dumped_event AS u ON u.name = e.evtname
  UNION ALL
  SELECT 1, pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s;', m.name, k.conname, pg_catalog.pg_get_constraintdef(k.oid)),
    pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I;', m.name, k.conname)
  FROM mine AS m JOIN pg_catalog.pg_constraint AS k ON k.conrelid = m.oid
  WHERE k.contype = 'f' AND k.coninhcount = 0 AND coalesce((pg_catalog.to_jsonb(k) ->> 'conparentid')::oid, 0) = 0
  UNION ALL
  SELECT 2, pg_catalog.pg_get_triggerdef(t.oid) || ';', pg_catalog.format('DROP TRIGGER IF EXISTS %I ON %s;', t.tgname, m.name)
  FROM ours AS m JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = m.oid
  WHERE NOT t.tgisinternal AND coalesce((pg_catalog.to_jsonb(t) ->> 'tgparentid')::oid, 0) = 0
  UNION ALL
  SELECT 3, pg_catalog.pg_get_ruledef(r.oid), pg_catalog.format('DROP RULE IF EXISTS %I ON %s;', r.rulename, m.name)
  FROM ours AS m JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = m.oid AND r.rulename <> '_RETURN'
  UNION ALL
  SELECT 4, pg_catalog.format('-- policy %I: it comes back from schema.dump', p.polname), pg_catalog.format('DROP POLICY IF EXISTS %I ON %s;', p.polname, m.name)
  FROM mine AS m JOIN pg_catalog.pg_policy AS p ON p.polrelid = m.oid
  UNION ALL
  SELECT 5, pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', m.name), pg_catalog.format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY;', m.name)
  FROM mine AS m JOIN pg_catalog.pg_class AS c ON c.oid = m.oid WHERE c.relrowsecurity
  UNION ALL
  SELECT 5, pg_catalog.format('ALTER DOMAIN %I.%I ADD CONSTRAINT %I %s;', n.nspname, t.typname, k.conname, pg_catalog.pg_get_constraintdef(k.oid)),
    pg_catalog.format('ALTER DOMAIN %I.%I DROP CONSTRAINT IF EXISTS %I;', n.nspname, t.typname, k.conname)
  FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_type AS t ON t.oid = k.contypid JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace JOIN planned_schema AS p ON p.name = n.nspname
  WHERE k.contype = 'c' AND NOT k.convalidated AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
  UNION ALL
  SELECT 6, pg_catalog.format('CREATE OR REPLACE VIEW %s AS %s', v.name, pg_catalog.pg_get_viewdef(v.oid)), pg_catalog.format('CREATE OR REPLACE VIEW %s AS SELECT %s;', v.name,
    (SELECT pg_catalog.string_agg(pg_catalog.format('NULL::%s%s AS %I', pg_catalog.format_type(a.atttypid, a.atttypmod),
        (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_catalog.pg_collation AS l JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
          WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation), a.attname), ', ' ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid WHERE a.attrelid = v.oid AND a.attnum > 0))
  FROM resting AS v WHERE v.relkind = 'v'
  UNION ALL
  -- All at once: one may be made from another.
  SELECT 7, pg_catalog.string_agg(pg_catalog.format('CREATE MATERIALIZED VIEW %s AS %s', v.name, pg_catalog.pg_get_viewdef(v.oid)), E'\n' ORDER BY v.name),
    pg_catalog.format('DROP MATERIALIZED VIEW IF EXISTS %s;', pg_catalog.string_agg(v.name, ', ' ORDER BY v.name))
  FROM resting AS v WHERE v.relkind = 'm' HAVING pg_catalog.count(*) > 0
  UNION ALL
  SELECT 8, pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s;', m.name, k.conname, pg_catalog.pg_get_constraintdef(k.oid)),
    pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I;', m.name, k.conname)
  FROM mine AS m JOIN pg_catalog.pg_constraint AS k ON k.conrelid = m.oid
  WHERE k.contype IN ('p', 'u', 'x') AND coalesce((pg_catalog.to_jsonb(k) ->> 'conparentid')::oid, 0) = 0
    OR k.contype = 'c' AND NOT k.convalidated AND k.coninhcount = 0
  UNION ALL
  SELECT 9, pg_catalog.pg_get_indexdef(i.indexrelid) || ';', pg_catalog.format('DROP INDEX IF EXISTS %I.%I;', m.nspname, c.relname)
  FROM mine AS m JOIN pg_catalog.pg_index AS i ON i.indrelid = m.oid JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = i.indexrelid)
  UNION ALL
  -- Those of materialized views come back from schema.dump.
  SELECT 9, pg_catalog.pg_get_indexdef(i.indexrelid) || ';', pg_catalog.format('DROP INDEX IF EXISTS %I.%I;', v.nspname, c.relname)
  FROM ours AS v JOIN pg_catalog.pg_index AS i ON i.indrelid = v.oid JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid WHERE v.relkind = 'm'
)
SELECT pg_catalog.format(E'-- %s\n%s%s', pg_catalog.regexp_replace(back, E'[\n\r]', E'\\&-- ', 'g'), away,
  CASE WHEN pg_catalog.row_number() OVER (ORDER BY step, away) % 500 = 0 THEN E'\nCOMMIT;\nBEGIN;' END)
FROM gone ORDER BY step, away;
SQL
  } | psql_on target -f - >"$TMP/stripped"
  if [[ -s $TMP/stripped ]]; then
    # What puts it back is kept in full, whatever happens next; a later run adds to it.
    { printf -- '-- %s\n' "$(now)" && cat "$TMP/stripped"; } >>"$STATE_DIR/stripped.sql"
    { printf "SET search_path = '';\nSET lock_timeout = '10s';\nSET client_min_messages = warning;\nBEGIN;\n" && cat "$TMP/stripped" && printf 'COMMIT;\n'; } >"$TMP/strip.sql"
    psql_on target -f "$TMP/strip.sql"
  fi
  say "$(grep -c '^\(ALTER\|DROP\|CREATE OR REPLACE VIEW\) ' "$TMP/stripped" || true) indexes, constraints, triggers and the like taken away; $STATE_DIR/stripped.sql says how to put them back"
}

if [[ -n $strip_only ]]; then
  [[ ${PGCUTOVER_RESTARTING:-} == yes ]] || refuse "--strip-only belongs to 80-recovery/83-full-restart.sh, which empties the tables as well" "80-recovery/83-full-restart.sh --yes"
  assert_target
  before=$(restored_before)
  [[ -n $before ]] || refuse "the target does not hold the schema of this plan" "nothing was restored here by 32-schema.sh"
  strip_existing
  exit 0
fi

only_one
if [[ $from == replica ]]; then assert_replica; else assert_source; fi
assert_target
target_system=$AT_SYSTEM target_database=$AT_DATABASE
check_clients

done_before=$(restored_before)
dumped_at=$(state_get schema dumped_at)
if [[ -n $done_before ]]; then
  [[ -s $STATE_DIR/schema.dump && -s $STATE_DIR/postdata.list ]] \
    || refuse "the target has the schema, but schema.dump or postdata.list is not in $STATE_DIR" "bring them from the machine where this ran, or start over with 80-recovery/83-full-restart.sh"
  if [[ -z $dumped_at ]]; then
    dumped_at=$(now)
    note "$done_before"
  fi
  # Once there is a ledger, what was taken away is being built again, or is back already.
  ledger=$(ask target "SELECT pg_catalog.to_regclass('pgcutover.item') IS NOT NULL OR pg_catalog.to_regclass('pgcutover.restored') IS NOT NULL")
  if [[ -n $existing && $ledger == f ]]; then strip_existing; fi
  say "the target has the schema of this plan already"
  exit 0
fi
tables=$(count_tables)
if ((tables > 0)) && [[ -z $existing ]]; then
  refuse "the target has $tables table$( ((tables == 1)) || printf s) already, and this did not make $( ((tables == 1)) && printf it || printf them)" "name an empty database, or, if they are the schema of the source, add --existing"
fi

if [[ -n $existing ]]; then
  drained=$(state_get drain lsn)
  [[ -z $drained ]] || refuse "the cutover to this target has been made: what --existing takes away is in use" "for another migration use another state.json"
fi

dumped_at=$(now)
say "taking the schema from the $from"
dump
lists
if [[ -n $existing ]]; then
  strip_existing
  printf '' >"$TMP/predata.sql"
else
  script
fi
sum=$(sha256_of "$TMP/predata.sql")
keep predata.sql
say "restoring into the target"
{
  cat "$TMP/predata.sql"
  # shellcheck disable=SC2016 # psql's variables
  printf '\nCREATE SCHEMA IF NOT EXISTS "%s";\nCOMMENT ON SCHEMA "%s" IS %s;\n' "$OUR_SCHEMA" "$OUR_SCHEMA" "'Ledger and markers of a migration with pgcutover: plan $PLAN schema $sum'"
} >"$TMP/restore.sql"
psql_on target --single-transaction -o /dev/null -f "$TMP/restore.sql" \
  || die "the schema could not be restored; nothing of it is on the target" "the statement is in $STATE_DIR/predata.sql; roles come from 31-roles.sql, and --no-owner does without them"
note "$sum"
say "the target has the schema before data; $(grep -Ec "$ENTRY" "$TMP/postdata.list" || true) objects wait for the cutover in postdata.list"
