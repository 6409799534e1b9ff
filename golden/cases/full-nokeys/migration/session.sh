#!/usr/bin/env bash
# What every script of this bundle starts with: the connections, the checks of where it runs, state.json.
# Scripts source this file; running it does nothing. It is rendered from the plan: change the plan, not this file.
#
# Connections are libpq services (~/.pg_service.conf or PGSERVICEFILE), passwords come from ~/.pgpass or PGPASSFILE. Names and
# paths are read from the file env beside this one (see env.example); what the environment sets already wins.
#
# Exit codes of the scripts: 0 done, 1 refused because a check said no, 2 could not do the work.

# shellcheck disable=SC2034 # the scripts that source this file use what is set here
# shellcheck disable=SC2016 # a name may hold a dollar sign

readonly PLAN=3624e796597bb0c5ad050d9be5435ce8747eb0c3606dc920b45684c289378ff8 # SHA-256 of the plan
readonly SOURCE_DATABASE=shop
readonly SOURCE_SYSTEM=7300000000000000001 # system identifier; empty: the plan does not know it
readonly SOURCE_MAJOR=1400                 # 906, 1000, 1500: major version times 100
readonly TARGET_MAJOR=1600                 # 0: the plan was made without looking at a target
readonly TARGET_DATABASE=shop              # empty: not known
readonly TARGET_MANAGED=rds                # rds, aurora or empty
readonly OUR_SCHEMA=pgcutover              # markers on the source; ledger and markers on the target
readonly OUR_ROLE=pgcutover_cdc            # replication role on the source
readonly OUR_SLOTS=(dms_full_01)           # one for each task; the slots themselves are made by AWS DMS, under names of its own

SCRIPT=${0##*/}
SCRIPT=${SCRIPT%.sh}
readonly SCRIPT

# say MESSAGE tells it. A name or a server's words in it may hold characters that steer a terminal: those show as question marks.
say() {
  local text=$*
  text=${text//[$'\x01'-$'\x08'$'\x0b'-$'\x1f'$'\x7f']/?}
  printf '%s: %s\n' "$SCRIPT" "${text//$'\xc2'[$'\x80'-$'\x9f']/?}" >&2
}
warn() { say "warning: $*"; }
hint() { say "hint: $*"; }

# refuse MESSAGE [HINT…]: a check said no; nothing was changed.
refuse() {
  say "refused: $1"
  shift
  end 1 "$@"
}

# die MESSAGE [HINT…]: the work could not be done.
die() {
  say "error: $1"
  shift
  end 2 "$@"
}

end() {
  local status=$1 h
  shift
  for h in "$@"; do hint "$h"; done
  # In a command substitution exit leaves only that: the script itself then ends in failed_at, which has to know.
  if ((BASH_SUBSHELL > 0)) && [[ -n ${TMP:-} ]]; then printf '%s\n' "$status" >"$TMP/ended"; fi
  exit "$status"
}

# show_help prints the comment at the head of the running script.
show_help() { sed -n -e '2,/^[^#]/{' -e '/^#/!q' -e '/^# shellcheck /d' -e 's/^# \{0,1\}//p' -e '}' "$0"; }

# attempt COMMAND WORD…: a refusal or an error in it does not end the script.
attempt() {
  local status=0
  ("$@") || status=$?
  rm -f -- "$TMP/ended"
  return "$status"
}

usage_error() { die "unknown argument: $1" "$SCRIPT.sh --help tells what it takes"; }

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  die "bash $BASH_VERSION is too old: 4.4 or newer is needed"
fi
for argument in "$@"; do
  case $argument in
    -h | --help)
      show_help
      exit 0
      ;;
  esac
done
unset argument

# A command that fails without having been looked after ends the script with exit code 2.
failed_at() {
  if [[ -n ${TMP:-} && -s $TMP/ended ]]; then exit "$(<"$TMP/ended")"; fi
  ((BASH_SUBSHELL > 0)) || say "error: line $2 ended with status $1; what went wrong stands above"
  exit 2
}
trap 'failed_at $? $LINENO' ERR

# at_exit COMMAND WORD…: run when the script ends, however it ends; the last one registered runs first.
AT_EXIT=()
at_exit() { AT_EXIT=("$(printf '%q ' "$@")" "${AT_EXIT[@]}"); }
run_at_exit() {
  local status=$? command
  set +e
  trap - ERR
  for command in "${AT_EXIT[@]}"; do eval "$command"; done
  exit "$status"
}
trap run_at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

unset CDPATH # with it cd may go elsewhere, and prints where
BUNDLE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
readonly BUNDLE

# read_env takes NAME=value lines; it is no shell script, and a value is never printed.
read_env() {
  local line number=0 name value
  [[ -e $BUNDLE/env ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z_0-9]*)=(.*)$ ]] \
      || die "env, line $number: not NAME=value" "see env.example"
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    if [[ $value =~ ^\"(.*)\"[[:space:]]*$ || $value =~ ^\'(.*)\'[[:space:]]*$ ]]; then value=${BASH_REMATCH[1]}; fi
    case $name in
      PGCUTOVER_SOURCE | PGCUTOVER_REPLICA | PGCUTOVER_TARGET | PGCUTOVER_PG_BIN | PGCUTOVER_STATE | PGCUTOVER_WORKERS | \
        PGCUTOVER_LOG_DIR | PGCUTOVER_SOURCE_FREE_BYTES | PGCUTOVER_REPLICA_FREE_BYTES | PGSERVICEFILE | PGPASSFILE) ;;
      AWS_PROFILE | AWS_REGION | PGCUTOVER_AWS | PGCUTOVER_DMS_SUBNETS | PGCUTOVER_DMS_SECURITY_GROUPS | PGCUTOVER_DMS_SOURCE_SECRET | PGCUTOVER_DMS_TARGET_SECRET | \
        PGCUTOVER_DMS_SECRETS_ROLE | PGCUTOVER_DMS_SECRETS_KEYS | PGCUTOVER_DMS_SERVICE_ROLES | PGCUTOVER_DMS_CERTIFICATE | PGCUTOVER_DMS_KEY | PGCUTOVER_DMS_TOPIC | PGCUTOVER_DMS_BUCKET | \
        PGCUTOVER_DMS_ASSESSMENT_BUCKET | PGCUTOVER_DMS_ASSESSMENT_ROLE) ;;
      *) die "env, line $number: $name is not a setting of this bundle" "passwords belong into PGPASSFILE; see env.example" ;;
    esac
    [[ -v $name ]] || export "$name=$value"
  done <"$BUNDLE/env"
}
read_env

STATE=${PGCUTOVER_STATE:-${BUNDLE%/*}/state.json}
[[ $STATE == /* ]] || STATE=$PWD/$STATE
readonly STATE
readonly STATE_DIR=${STATE%/*}
readonly TIMINGS=$STATE_DIR/timings.json # apart from the state, which is read and written many times while nobody can write
[[ -d $STATE_DIR && -w $STATE_DIR ]] || die "cannot write into $STATE_DIR, where state.json belongs" "set PGCUTOVER_STATE in env"

# A script that is killed cannot remove its temporary directory; the next one does. Whoever still uses one (workers of a load may outlive it by an
# item) has the lock in it, which processes inherit.
remove_leftovers() {
  local dir lock
  for dir in "${TMPDIR:-/tmp}"/pgcutover.??????; do
    [[ -O $dir && -O $dir/lock ]] || continue
    exec {lock}<"$dir/lock"
    if flock -n "$lock"; then rm -rf -- "$dir"; fi
    exec {lock}<&-
  done
}
if command -v flock >/dev/null; then remove_leftovers 2>/dev/null || true; fi

TMP=$(mktemp -d "${TMPDIR:-/tmp}/pgcutover.XXXXXX")
readonly TMP
at_exit rm -rf -- "$TMP"
# The lock gets its name once it is held: between its making and its taking another script could think it nobody's. Without
# flock there is none, and the directory is left alone.
if command -v flock >/dev/null; then
  exec {TMP_LOCK}>"$TMP/lock.new"
  flock -s "$TMP_LOCK"
  mv -- "$TMP/lock.new" "$TMP/lock"
fi

# Messages and sort orders that scripts rely on do not depend on the operator's locale; names are UTF-8 in every file.
export LC_ALL=C PGCLIENTENCODING=UTF8 PGAPPNAME="pgcutover $SCRIPT"
unset PGHOSTADDR # it would win over the host of every service that names none
export PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-15}

# find_psql sets PSQL. Debian's and Ubuntu's psql is a Perl program that looks for the newest psql each time, and takes longer for that than most of what psql is
# asked takes: the newest is found once here, and libpq reads Debian's files as it does below that program. A server of this machine that it would fill in where a service
# names none is nothing to go by.
find_psql() {
  local found candidate number newest=0
  PSQL=${PGCUTOVER_PG_BIN:+$PGCUTOVER_PG_BIN/}psql
  found=$(command -v "$PSQL") || die "$PSQL is not there" "install PostgreSQL's client programs, or set PGCUTOVER_PG_BIN in env to their directory"
  [[ $found -ef /usr/share/postgresql-common/pg_wrapper ]] || return 0
  for candidate in /usr/lib/postgresql/*/bin/psql; do
    number=${candidate#/usr/lib/postgresql/} number=${number%%[./]*}
    if [[ -x $candidate && $number =~ ^[0-9]+$ ]] && ((number > newest)); then newest=$number PSQL=$candidate; fi
  done
  export PGSYSCONFDIR=${PGSYSCONFDIR:-/etc/postgresql-common}
}
find_psql
readonly PSQL
readonly PG_DUMP=${PSQL%psql}pg_dump
readonly PG_RESTORE=${PSQL%psql}pg_restore

# client_major PROGRAM prints the major version of a client program.
client_major() {
  local text
  text=$("$1" --version) || die "cannot run $1" "install PostgreSQL's client programs, or set PGCUTOVER_PG_BIN in env to their directory"
  [[ $text =~ \(PostgreSQL\)\ ([0-9]+) ]] || die "$1 --version said something unexpected: $text"
  printf '%s\n' "${BASH_REMATCH[1]}"
}
PSQL_MAJOR=$(client_major "$PSQL")
readonly PSQL_MAJOR
((PSQL_MAJOR >= 14)) || die "psql $PSQL_MAJOR is too old: 14 or newer is needed" "set PGCUTOVER_PG_BIN in env to the directory of a newer one"

# service_of WHERE prints the service name of source, replica or target.
service_of() {
  local name
  case $1 in
    source) name=${PGCUTOVER_SOURCE:-pgcutover_source} ;;
    replica) name=${PGCUTOVER_REPLICA:-pgcutover_replica} ;;
    target) name=${PGCUTOVER_TARGET:-pgcutover_target} ;;
    *) die "no server is called $1" ;;
  esac
  [[ $name =~ ^[A-Za-z0-9_.-]+$ ]] \
    || die "PGCUTOVER_${1^^} is not the name of a service" "a name of letters, digits, _ . and -; hosts, users and passwords belong into the service file"
  printf '%s\n' "$name"
}

# sha256_of FILE prints the SHA-256 of a file in hex.
sha256_of() {
  local line
  if command -v sha256sum >/dev/null; then line=$(sha256sum -- "$1"); else line=$(shasum -a 256 -- "$1"); fi
  printf '%s\n' "${line%% *}"
}

# What is said to be done has to outlive a crash of the server. Where synchronous_commit is off, the last commits would not; what
# it waits for besides the server's own disk stays as it is set. The SQL files have the same line at their head: each may be run by hand.
readonly DURABLE="DO \$\$ BEGIN IF pg_catalog.current_setting('synchronous_commit') = 'off' THEN PERFORM pg_catalog.set_config('synchronous_commit', 'local', false); END IF; END \$\$"

# as_rendered DIR NAME… refuses to go on where a file is not what was reviewed: the directory's MANIFEST.json has the sums. One that it does not have is
# the operator's own.
as_rendered() {
  local dir=$1 name line path=""
  shift
  [[ ${PGCUTOVER_EDITED:-} != yes ]] || return 0
  [[ -r $dir/MANIFEST.json ]] || refuse "$dir/MANIFEST.json is missing: this is not all that was rendered" "pgcutover render writes it"
  while IFS= read -r line; do
    case $line in
      *'"path": "'*) path=${line#*'"path": "'} path=${path%'"'*} ;;
      *'"sha256": "'*)
        for name in "$@"; do
          [[ $name != "$path" || $line == *"\"$(sha256_of "$dir/$name")\""* ]] \
            || refuse "$name was edited after it was rendered" "change the configuration, plan and render again, and review the difference" \
              "in an emergency PGCUTOVER_EDITED=yes in the environment runs it as it is"
        done
        ;;
    esac
  done <"$dir/MANIFEST.json"
}
RUNNING=$(cd -- "$(dirname -- "$0")" && pwd -P)/${0##*/}
as_rendered "$BUNDLE" session.sh "${RUNNING#"$BUNDLE"/}"

# psql_on WHERE [ARGUMENT…] runs psql there: unaligned tuples, stops at the first error, never asks for a password.
psql_on() {
  local service
  service=$(service_of "$1")
  shift
  "$PSQL" -XAtqw -v ON_ERROR_STOP=1 -d "service=$service" -c "$DURABLE" "$@"
}

# ask WHERE SQL [name=value…] prints the answer to one query; its variables are :'name' and :"name".
ask() {
  local where=$1 sql=$2 pair
  shift 2
  local variables=()
  for pair in "$@"; do variables+=(-v "$pair"); done
  psql_on "$where" "${variables[@]}" -f - <<<"$sql"
}

# fields_on WHERE ARRAY [ARGUMENT…] runs SQL from standard input and puts every field of the answer into the array, row after
# row. Fields may hold anything, line breaks included.
fields_on() {
  local -n fields_out=$2
  local where=$1
  shift 2
  psql_on "$where" --field-separator-zero --record-separator-zero "$@" -f - >"$TMP/fields" || return
  # shellcheck disable=SC2034 # a name reference: the caller's array
  mapfile -d '' -t fields_out <"$TMP/fields"
}

# allowed WHERE refuses where the query on standard input finds rows: what the role of the service lacks, and what gives it that.
allowed() {
  local unmet=() lacks="" remedies=() i
  fields_on "$1" unmet
  for ((i = 0; i < ${#unmet[@]}; i += 2)); do
    lacks+=${lacks:+; }${unmet[i]} remedies+=("${unmet[i + 1]}")
  done
  [[ -z $lacks ]] || refuse "the role of service $(service_of "$1") $lacks" "${remedies[@]}"
}

# look_at WHERE sets AT_RECOVERY (t, f), AT_DATABASE, AT_VERSION (server_version_num), AT_MAJOR (906, 1500), AT_STARTED, AT_FROZEN (t, f: 71-freeze.sh has frozen it),
# AT_FREEZE (which freeze that is: the oid of its table; empty: none), AT_SYSTEM (system identifier; empty where the role may not read it) and, for check_state, AT_PLAN: the plan that state.json is of (no element where it could not be read).
look_at() {
  local answer unchecked=""
  service_of "$1" >/dev/null # says once what is wrong with the name
  if [[ -e $STATE && -z ${STATE_CHECKED:-} ]]; then unchecked=$STATE; fi
  PGCUTOVER_STATE_FILE=$unchecked fields_on "$1" answer -v unchecked="${unchecked:+yes}" <<'SQL' || die "cannot look at the $1 (service $(service_of "$1"))" "the service has to exist and to connect without a question: psql service=$(service_of "$1")"
SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS may, :'unchecked' = 'yes' AS unchecked \gset
SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_database(), pg_catalog.current_setting('server_version_num'), pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  (SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'pgcutover' AND c.relname = 'frozen');
\if :may
SELECT system_identifier FROM pg_catalog.pg_control_system();
\else
SELECT '';
\endif
\if :unchecked
\set ON_ERROR_STOP off
\set state `cat -- "$PGCUTOVER_STATE_FILE"`
SELECT :'state'::jsonb ->> 'plan';
\endif
SQL
  AT_RECOVERY=${answer[0]} AT_DATABASE=${answer[1]} AT_VERSION=${answer[2]} AT_STARTED=${answer[3]} AT_FREEZE=${answer[4]} AT_SYSTEM=${answer[5]} AT_PLAN=("${answer[@]:6}")
  AT_FROZEN=f
  if [[ -n $AT_FREEZE ]]; then AT_FROZEN=t; fi
  AT_MAJOR=$((AT_VERSION < 100000 ? AT_VERSION / 100 : (AT_VERSION - AT_VERSION % 10000) / 100))
  STATE_SERVER=${STATE_SERVER:-$1}
}

# major_text 1500 prints 15; 906 prints 9.6.
major_text() { if (($1 < 1000)); then printf '%d.%d\n' $(($1 / 100)) $(($1 % 100)); else printf '%d\n' $(($1 / 100)); fi; }

# same_source checks what source and replica have in common with the plan.
same_source() {
  [[ $AT_DATABASE == "$SOURCE_DATABASE" ]] \
    || refuse "the $1 (service $(service_of "$1")) is connected to database $AT_DATABASE, the plan is about $SOURCE_DATABASE" "correct dbname in the service file"
  ((AT_MAJOR == SOURCE_MAJOR)) \
    || refuse "the $1 runs PostgreSQL $(major_text "$AT_MAJOR"), the plan was made for $(major_text "$SOURCE_MAJOR")" "make a new inventory and plan"
}

# assert_source: the primary that the plan was made for. Sets SYSTEM, its system identifier (may be empty), SOURCE_FROZEN (t, f) and SOURCE_FREEZE (which freeze).
assert_source() {
  look_at source
  [[ $AT_RECOVERY == f ]] || refuse "the source (service $(service_of source)) is a standby, not the primary" "correct the service; after a failover of the source see 80-recovery/83-full-restart.sh"
  same_source source
  [[ -z $SOURCE_SYSTEM || -z $AT_SYSTEM || $AT_SYSTEM == "$SOURCE_SYSTEM" ]] \
    || refuse "the source is another server than the one the plan was made for (system identifier $AT_SYSTEM, planned $SOURCE_SYSTEM)" "correct the service, or make a new inventory and plan"
  SYSTEM=${AT_SYSTEM:-$SOURCE_SYSTEM} SOURCE_FROZEN=$AT_FROZEN SOURCE_FREEZE=$AT_FREEZE
  check_state
}

# assert_replica: a standby of the source.
assert_replica() {
  local known=$SOURCE_SYSTEM
  look_at replica
  [[ $AT_RECOVERY == t ]] || refuse "the replica (service $(service_of replica)) is not a standby: it is not in recovery" "the service must reach the maintenance replica, never the primary"
  same_source replica
  check_state
  [[ -n $known ]] || known=$(state_get source system_identifier)
  [[ -n $known ]] || known=$(look_at source && printf '%s\n' "$AT_SYSTEM")
  if [[ -n $AT_SYSTEM && -n $known ]]; then
    [[ $AT_SYSTEM == "$known" ]] || refuse "the replica is a standby of another server (system identifier $AT_SYSTEM, source $known)" "correct the service"
  else
    warn "the system identifier of the replica or the source cannot be read: that they belong together is not proven"
    hint "GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO the roles of both services"
  fi
}

# assert_target: a primary that is not the source.
assert_target() {
  local known=$SOURCE_SYSTEM source_started
  look_at target
  [[ $AT_RECOVERY == f ]] || refuse "the target (service $(service_of target)) is a standby: it takes no writes" "correct the service"
  if ((TARGET_MAJOR > 0 && AT_MAJOR != TARGET_MAJOR)); then
    refuse "the target runs PostgreSQL $(major_text "$AT_MAJOR"), the plan was made for $(major_text "$TARGET_MAJOR")" "make a new plan (target.version)"
  fi
  [[ -z $TARGET_DATABASE || $AT_DATABASE == "$TARGET_DATABASE" ]] \
    || refuse "the target (service $(service_of target)) is connected to database $AT_DATABASE, the plan is about $TARGET_DATABASE" "correct dbname in the service file"
  check_state
  [[ -n $known ]] || known=$(state_get source system_identifier)
  if [[ -n $AT_SYSTEM && -n $known ]]; then
    [[ $AT_SYSTEM != "$known" ]] || refuse "the target is the source itself, or a copy of it (system identifier $AT_SYSTEM)" "correct the service"
  else
    # Two servers do not start in the same microsecond.
    source_started=$(ask source "SELECT pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')") \
      || die "cannot prove that the target is not the source" "the source has to be reachable, or its system identifier readable"
    [[ $AT_STARTED != "$source_started" ]] || refuse "the target is the source itself: both started at $AT_STARTED" "correct the service"
  fi
}

# The server at hand reads and writes the JSON, so that no other program is needed: STATE_SERVER is the first one looked at.
STATE_SERVER=${STATE_SERVER:-} AT_PLAN=()

# lock_file NAME SECONDS waits for a lock; with flock it ends with this script at the latest. Scripts on two machines that
# share the directory exclude each other only where its file system carries locks.
lock_file() {
  local file=$STATE_DIR/.pgcutover/$1.lock waited=0 descriptor
  mkdir -p -- "$STATE_DIR/.pgcutover"
  # Locks and marks are of this machine: git leaves the directory alone, this file included.
  [[ -e $STATE_DIR/.pgcutover/.gitignore ]] || printf '*\n' >"$STATE_DIR/.pgcutover/.gitignore"
  if command -v flock >/dev/null; then
    exec {descriptor}>>"$file"
    LOCK_DESCRIPTOR=$descriptor
    flock -w "$2" "$descriptor"
    return
  fi
  until mkdir -- "$file.d" 2>/dev/null; do
    ((waited++ < $2)) || return 1
    sleep 1
  done
}

# only_one: this script does not run twice at the same time.
only_one() {
  if ! lock_file "$SCRIPT" 0; then
    if command -v flock >/dev/null; then refuse "$SCRIPT is already running on this machine" "wait for its end; fuser $STATE_DIR/.pgcutover/$SCRIPT.lock tells which process has it"; fi
    refuse "$SCRIPT is already running on this machine" "if it is not, remove $STATE_DIR/.pgcutover/$SCRIPT.lock.d"
  fi
  if [[ -d $STATE_DIR/.pgcutover/$SCRIPT.lock.d ]]; then at_exit rmdir -- "$STATE_DIR/.pgcutover/$SCRIPT.lock.d"; fi
}

# marked_sql reads SQL that pg_restore wrote and makes it safe for psql: outside of quotes and comments every colon that psql could take
# for the sign of a variable, as in a[1:"USER"], gets a space behind it. Each line comes with one character before it: T where it
# begins outside of quotes and comments, so that it is what it looks like, else I.
marked_sql() {
  awk '
    # Outside, state is empty; inside it is what ends a quote, E for an escape string, or / for a comment.
    function scan(s,   at, c, before, out) {
      out = ""
      while (s != "") {
        if (state == "") {
          at = match(s, /[\047"$:\/-]/)
          if (!at) return out s
          out = out substr(s, 1, at - 1)
          c = substr(s, at, 1)
          s = substr(s, at + 1)
          before = substr(out, length(out) - 1)
          if (c == "-" && substr(s, 1, 1) == "-") return out c s
          out = out c
          if (c == "\047") state = before ~ /(^|[^A-Za-z0-9_$\200-\377])[eE]$/ ? "E" : c
          else if (c == "\"") state = c
          else if (c == "/") {
            if (substr(s, 1, 1) == "*") {
              state = c
              depth = 1
              out = out "*"
              s = substr(s, 2)
            }
          } else if (c == "$") {
            if (before !~ /[A-Za-z0-9_$\200-\377]$/ && match(s, /^([A-Za-z_\200-\377][A-Za-z0-9_\200-\377]*)?\$/)) {
              state = c substr(s, 1, RLENGTH)
              out = out substr(s, 1, RLENGTH)
              s = substr(s, RLENGTH + 1)
            }
          } else if (c == ":") {
            if (s ~ /^[:=]/) {
              out = out substr(s, 1, 1)
              s = substr(s, 2)
            } else if (s !~ /^[ ]/ && s != "") out = out " "
          }
        } else if (state == "E") {
          at = match(s, /[\\\047]/)
          if (!at) return out s
          c = substr(s, at, 1)
          if (c == "\\" || substr(s, at + 1, 1) == c) at++
          else state = ""
          out = out substr(s, 1, at)
          s = substr(s, at + 1)
        } else if (state == "/") {
          at = match(s, /\/\*|\*\//)
          if (!at) return out s
          depth += substr(s, at, 1) == "/" ? 1 : -1
          if (depth == 0) state = ""
          out = out substr(s, 1, at + 1)
          s = substr(s, at + 2)
        } else {
          at = index(s, state)
          if (!at) return out s
          at += length(state) - 1
          out = out substr(s, 1, at)
          s = substr(s, at + 1)
          state = ""
        }
      }
      return out
    }
    {
      mark = state == "" ? "T" : "I"
      print mark scan($0)
    }'
}

# at_least A B: WAL position A is B or beyond.
at_least() {
  local answer
  answer=$(ask "$STATE_SERVER" "SELECT :'a'::pg_lsn >= :'b'::pg_lsn" "a=$1" "b=$2") || die "whether position $1 is at $2 or beyond cannot be told"
  [[ $answer == t ]]
}

# replay_paused and resume_replay ask and tell the replica.
replay_paused() { ask replica "SELECT pg_catalog.pg_is_wal_replay_paused()"; }
resume_replay() {
  local n
  # Replay that goes on may cancel the very query that allowed it, and the next one: after a long pause conflicts get no grace.
  for ((n = 0; n < 10; n++)); do
    attempt ask replica "SELECT pg_catalog.pg_wal_replay_resume()" >/dev/null 2>"$TMP/resume" || true
    if [[ $(attempt replay_paused 2>/dev/null || true) == f ]]; then return 0; fi
    sleep 0.5
  done
  cat -- "$TMP/resume" >&2
  return 1
}

# end_load_sessions WHERE ends the sessions of load workers there and prints how many there were.
end_load_sessions() {
  ask "$1" "SELECT pg_catalog.count(pg_catalog.pg_terminate_backend(pid)) FROM pg_catalog.pg_stat_activity WHERE application_name LIKE 'pgcutover load%' AND pid <> pg_catalog.pg_backend_pid()"
}

# drop_our_slot SLOT drops a slot of the source that state.json says this run made; status 1 where it may not or cannot.
drop_our_slot() {
  local there known
  there=$(ask source "SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = :'slot'" "slot=$1")
  known=$(state_get slots "$1")
  [[ -n $there ]] || return 0
  if [[ -z $known && ! -e $STATE_DIR/.pgcutover/creating-$1 ]]; then
    warn "slot $1 exists, but state.json does not know it: left alone"
    return 1
  fi
  if [[ $there == t ]]; then
    warn "slot $1 is being read: left alone"
    hint "50-cdc/dms/56-stop.sh $1 stops the task that reads it; then run this again"
    return 1
  fi
  ask source "SELECT pg_catalog.pg_drop_replication_slot(:'slot')" "slot=$1" >/dev/null
  rm -f -- "$STATE_DIR/.pgcutover/creating-$1"
  say "slot $1 dropped: the source may remove the WAL that it kept"
}

# refuse_after_cutover FLAG refuses once 74-constraints.sh has begun: from then on the target may be what the application uses.
refuse_after_cutover() {
  [[ $(ask target "SELECT pg_catalog.to_regclass('pgcutover.restored') IS NOT NULL") == f ]] \
    || refuse "70-cutover/74-constraints.sh has run on the target: it may be in use, and what was written to it since is nowhere else" "$1"
}

# put_state_aside keeps state.json and timings.json as evidence under other names.
put_state_aside() {
  local file aside
  for file in "$STATE" "$TIMINGS"; do
    [[ -e $file ]] || continue
    aside=${file%.json}.$1-$(date -u +%Y%m%dT%H%M%SZ).json
    cp -- "$file" "$aside"
    say "$file kept as $aside"
  done
}

# source_timeline prints the timeline that the source writes: the first eight digits of a WAL file's name.
source_timeline() {
  ask source "SELECT ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::integer"
}

# state_get KEY… prints the value under the path of keys as text; nothing where there is none.
state_get() {
  local path
  [[ -e $STATE ]] || return 0
  path=$(printf '%s\x1f' "$@")
  PGCUTOVER_STATE_FILE=$STATE psql_on "$STATE_SERVER" -v path="${path%$'\x1f'}" -f - <<'SQL'
\set state `cat -- "$PGCUTOVER_STATE_FILE"`
SELECT :'state'::jsonb #>> pg_catalog.string_to_array(:'path', pg_catalog.chr(31));
SQL
}

# check_state refuses a state.json of another plan, by what look_at saw; one that came to be since is read now.
check_state() {
  [[ -e $STATE && -z ${STATE_CHECKED:-} ]] || return 0
  ((${#AT_PLAN[@]} > 0)) || mapfile -t AT_PLAN < <(state_get plan)
  ((${#AT_PLAN[@]} == 1)) || die "$STATE cannot be read" "it is written by these scripts and never by hand; restore it from version control or a copy"
  [[ ${AT_PLAN[0]} == "$PLAN" ]] \
    || refuse "$STATE belongs to another plan (${AT_PLAN[0]:-none})" "go on with the bundle of that plan; where only the settings of one task differ: pgcutover render --restart slot=SLOT --running with that plan; for a plan that differs in more, its 80-recovery/81-abort.sh comes first"
  STATE_CHECKED=yes
}

# rewrite FILE reads SQL from standard input and makes FILE what its query prints, at once or not at all. :'old' is what FILE holds, {} where it is not there
# yet, and :'patch' what is in patch beside it in TMP.
rewrite() {
  local file=$1 next=$1.next.$$ old=$TMP/old
  lock_file state 60 || die "another script has held $file for a minute"
  if [[ -e $file ]]; then cp -- "$file" "$old"; else printf '{}\n' >"$old"; fi
  {
    printf '%s\n' '\set old `cat -- "$OLD"`' '\set patch `cat -- "$PATCH"`'
    cat
  } | OLD=$old PATCH=$TMP/patch psql_on "$STATE_SERVER" -v plan="$PLAN" -f - >"$next" || rm -f -- "$next"
  [[ -s $next ]] || die "cannot bring $file up to date"
  chmod 644 -- "$next"
  mv -f -- "$next" "$file"
  if [[ -n ${LOCK_DESCRIPTOR:-} ]]; then
    exec {LOCK_DESCRIPTOR}>&-
  else
    rmdir -- "$STATE_DIR/.pgcutover/state.lock.d"
  fi
}

# state_merge reads a JSON object from standard input and merges it into state.json, two levels deep; null removes a key. Of a step's runs the longest stays: one
# that follows a whole one has little left to do.
state_merge() {
  cat >"$TMP/patch"
  rewrite "$STATE" <<'SQL'
SELECT pg_catalog.jsonb_pretty(coalesce(pg_catalog.jsonb_object_agg(m.key, m.value), '{}') || pg_catalog.jsonb_build_object('format', 1, 'plan', :'plan'))
FROM (
  SELECT coalesce(o.key, n.key) AS key, CASE
      WHEN n.key IS NULL THEN o.value
      WHEN n.key = 'steps' THEN coalesce(o.value, '{}') || (
        SELECT coalesce(pg_catalog.jsonb_object_agg(e.key, e.value), '{}') FROM pg_catalog.jsonb_each(n.value) AS e
        WHERE (e.value ->> 'seconds')::bigint > coalesce((o.value -> e.key ->> 'seconds')::bigint, -1))
      WHEN pg_catalog.jsonb_typeof(n.value) = 'object' THEN (
        SELECT coalesce(pg_catalog.jsonb_object_agg(e.key, e.value), '{}')
        FROM pg_catalog.jsonb_each(CASE WHEN pg_catalog.jsonb_typeof(o.value) = 'object' THEN o.value ELSE '{}' END || n.value) AS e
        WHERE pg_catalog.jsonb_typeof(e.value) <> 'null')
      ELSE n.value
    END AS value
  FROM pg_catalog.jsonb_each(:'old'::jsonb) AS o
  FULL JOIN pg_catalog.jsonb_each(:'patch'::jsonb) AS n ON n.key = o.key
) AS m
WHERE pg_catalog.jsonb_typeof(m.value) <> 'null';
SQL
}

# timings_merge reads a JSON array of what pieces of work took from standard input, a timing a piece, and adds it to timings.json, which the next plan goes by (pgcutover
# plan --timings). The ledger's, which have an item, replace the ledger's. No work is worth less without them: where the file cannot be brought up to date that is said, and no more.
timings_merge() {
  cat >"$TMP/patch"
  attempt rewrite "$TIMINGS" <<'SQL' || warn "$TIMINGS does not have what this took; if it is not as these scripts wrote it, move it away"
SELECT '{"format": 1, "plan": ' || pg_catalog.to_jsonb(:'plan'::text)::text || E', "timings": [\n' || coalesce(pg_catalog.string_agg(t.value::text, E',\n' ORDER BY t.place), '') || E'\n]}'
FROM (
  SELECT e.value, e.place FROM pg_catalog.jsonb_array_elements(coalesce(:'old'::jsonb -> 'timings', '[]')) WITH ORDINALITY AS e(value, place)
  WHERE e.value -> 'item' = '0' OR NOT EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(:'patch'::jsonb) AS x WHERE x.value -> 'item' <> '0')
  UNION ALL SELECT e.value, 1000000000 + e.place FROM pg_catalog.jsonb_array_elements(:'patch'::jsonb) WITH ORDINALITY AS e(value, place)
) AS t;
SQL
}

# step_taken prints the member of state.json that has how long this script took, which the next plan goes by (pgcutover plan --timings); STEP names it where the
# script's name does not.
step_taken() { printf '"steps": {%s: %s}' "$(json_string "${STEP:-$SCRIPT}")" "$(json_object seconds "$SECONDS" at "$(now)")"; }

# note_step keeps it in state.json.
note_step() { printf '{%s}\n' "$(step_taken)" | state_merge; }

# frozen_now WHERE prints t where 71-freeze.sh has frozen it, f where not: SOURCE_FROZEN is of when the script began.
frozen_now() { ask "$1" "SELECT pg_catalog.to_regclass('pgcutover.frozen') IS NOT NULL"; }

# same_freeze refuses unless the source is under the freeze that it was under when the script began: it may have been frozen anew since.
same_freeze() {
  local same
  same=$(ask source "SELECT coalesce(pg_catalog.to_regclass('pgcutover.frozen')::oid = :'freeze'::oid, false)" "freeze=$SOURCE_FREEZE")
  [[ $same == t ]] || refuse "the freeze was taken back meanwhile: what is written since was not waited for" "run 71-freeze.sh, then this again"
}

# drained_since_freeze HINT refuses unless the drain in state.json began after the freeze there.
drained_since_freeze() {
  local drained froze
  drained=$(need_state "$1" drain lsn)
  froze=$(need_state "71-freeze.sh" freeze lsn)
  at_least "$drained" "$froze" || refuse "the drain was of everything up to $drained, and the source was frozen anew at $froze" "$1"
}

# touch_markers TOKEN updates the marker row of every slot on the source, each in its own transaction.
touch_markers() {
  local slot
  for slot in "${OUR_SLOTS[@]}"; do
    ask source "SET synchronous_commit = on; UPDATE :\"schema\".:\"marker\" SET token = :'token', source_lsn = pg_catalog.pg_current_wal_insert_lsn(), at = pg_catalog.clock_timestamp() WHERE id = 1" \
      "schema=$OUR_SCHEMA" "marker=marker_$slot" "token=$1"
  done
}

# need_state HINT KEY… prints the value and refuses where there is none.
need_state() {
  local hint=$1 value
  shift
  value=$(state_get "$@")
  [[ -n $value ]] || refuse "state.json has no $(IFS=. && printf '%s' "$*") yet" "$hint"
  printf '%s\n' "$value"
}

# sql_literal TEXT prints it as a string constant, where standard_conforming_strings is on. psql's variables are better, where a
# single one does.
sql_literal() {
  local quote="'"
  printf "'%s'" "${1//$quote/$quote$quote}"
}

# json_object KEY VALUE… prints a JSON object of strings.
json_object() {
  local out="" pair
  while (($# >= 2)); do
    pair=$(json_string "$1"):$(json_string "$2")
    out+=${out:+,}$pair
    shift 2
  done
  printf '{%s}\n' "$out"
}

json_string() {
  local s=$1 i control escape
  s=${s//$'\\'/$'\\\\'}
  s=${s//'"'/$'\\"'}
  if [[ $s == *[[:cntrl:]]* ]]; then
    for i in {1..31}; do
      printf -v control '%b' "\\0$(printf '%o' "$i")"
      printf -v escape '\\u%04x' "$i"
      s=${s//"$control"/"$escape"}
    done
  fi
  printf '"%s"' "$s"
}
