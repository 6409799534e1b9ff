#!/usr/bin/env bash
# 70-cutover/73-sequences.sh: Set the sequences of the target past those of the source.
# Before: the source is frozen (71-freeze.sh) and drained (72-drain.sh); useful at any time before, too.
# Again: moves what is behind; no sequence goes back.
#
# Usage: 73-sequences.sh
#
# Sequences are never replicated. The margin, 1000 values of each, covers what the source may still hand out between
# this and its last write; run it once more when the source is frozen. No sequence is ever moved back, except one that cycles:
# of that nobody can tell what back is, so it always gets the source's position.
#
# Exit codes: 0 every sequence of the target is at or past the source's, 1 one is not, 2 could not do the work.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/../session.sh"

FROM=source
while (($# > 0)); do
  case $1 in
    *) usage_error "$1" ;;
  esac
  shift
done
readonly FROM

# What reads number, last value and whether it was handed out; a query for every few: each on its own would be a round trip, and of many at once parsing takes longer.
READ=(
  'COPY ('
  'SELECT 0, last_value, is_called FROM "public"."accounts_id_seq"'
  'UNION ALL SELECT 1, last_value, is_called FROM "public"."posts_id_seq"'
  ') TO STDOUT;'
)
# Number, name, increment, minimum, maximum, whether it cycles, margin.
PLANNED=(
  "(0, '\"public\".\"accounts_id_seq\"', 1, 1, 9223372036854775807, false, 1000),"
  "(1, '\"public\".\"posts_id_seq\"', 1, 1, 9223372036854775807, false, 1000)"
)
readonly READ PLANNED

assert_target
"assert_$FROM"

if ((${#PLANNED[@]} == 0)); then
  say "the plan has no sequences"
  exit 0
fi

printf '%s\n' "${READ[@]}" | psql_on "$FROM" -c 'SET statement_timeout = 0' -f - >"$TMP/values"

{
  cat <<'SQL'
SET client_min_messages = warning;
SET standard_conforming_strings = on;
SET search_path = pg_temp;
SET lock_timeout = '10s';
CREATE TEMPORARY TABLE planned (id integer PRIMARY KEY, name text, increment numeric, minimum numeric, maximum numeric, cycle boolean, margin numeric);
CREATE TEMPORARY TABLE source (id integer PRIMARY KEY, last_value numeric, is_called boolean);
CREATE TEMPORARY TABLE target (id integer PRIMARY KEY, last_value numeric, is_called boolean, moved boolean);
COPY source FROM stdin;
SQL
  cat -- "$TMP/values"
  printf '%s\n' '\.' 'INSERT INTO planned VALUES' "${PLANNED[@]}" ';'
  cat <<'SQL'
DO $$
DECLARE
  s record;
  last numeric;
  called boolean;
  room numeric;   -- values left before the end of the sequence
  steps numeric;
  value numeric;
  moved boolean;
BEGIN
  FOR s IN SELECT p.*, v.last_value, v.is_called FROM planned AS p JOIN source AS v USING (id) ORDER BY id LOOP
    IF to_regclass(s.name) IS NULL THEN
      RAISE WARNING 'sequence % is not on the target', s.name;
      CONTINUE;
    END IF;
    room := CASE WHEN s.increment > 0 THEN div(s.maximum - s.last_value, s.increment) ELSE div(s.last_value - s.minimum, -s.increment) END;
    steps := s.margin;
    IF steps > room AND NOT s.cycle THEN
      steps := div(room, 2); -- leave some: a sequence at its end fails at the next insert
      RAISE WARNING 'sequence % has only % values left', s.name, room;
    END IF;
    value := s.last_value + steps * s.increment;
    IF steps > room THEN -- around: from its other end on, as often as it takes
      steps := mod(steps - room - 1, div(s.maximum - s.minimum, abs(s.increment)) + 1);
      value := CASE WHEN s.increment > 0 THEN s.minimum ELSE s.maximum END + steps * s.increment;
    END IF;
    EXECUTE format('SELECT last_value, is_called FROM %s', s.name) INTO last, called;
    -- Compared by what each hands out next.
    moved := s.cycle AND (last, called) IS DISTINCT FROM (value, s.is_called)
      OR NOT s.cycle AND sign(s.increment) * (value + s.is_called::integer * s.increment - last - called::integer * s.increment) > 0;
    IF moved THEN
      PERFORM setval(s.name::regclass, value::bigint, s.is_called);
      EXECUTE format('SELECT last_value, is_called FROM %s', s.name) INTO last, called;
    END IF;
    INSERT INTO target VALUES (s.id, last, called, moved);
  END LOOP;
END
$$;
\o
-- Both sides again, by what was read and what is there now.
SELECT count(*), count(*) FILTER (WHERE t.moved),
  count(*) FILTER (WHERE t.id IS NULL OR v.id IS NULL OR NOT p.cycle
    AND sign(p.increment) * (v.last_value + v.is_called::integer * p.increment - t.last_value - t.called * p.increment) > 0)
FROM planned AS p LEFT JOIN source AS v USING (id) LEFT JOIN (SELECT *, is_called::integer AS called FROM target) AS t USING (id);
SELECT format('  %s: %s %s, target %s', p.name, :'FROM', coalesce(v.last_value::text, 'unknown'), coalesce(t.last_value::text, 'missing'))
FROM planned AS p LEFT JOIN source AS v USING (id) LEFT JOIN (SELECT *, is_called::integer AS called FROM target) AS t USING (id)
WHERE t.id IS NULL OR v.id IS NULL OR NOT p.cycle
  AND sign(p.increment) * (v.last_value + v.is_called::integer * p.increment - t.last_value - t.called * p.increment) > 0
ORDER BY p.id;
SQL
} >"$TMP/set.sql"
psql_on target -v FROM="$FROM" -o /dev/null -f "$TMP/set.sql" >"$TMP/result"

IFS='|' read -r all moved behind <"$TMP/result"
if ((behind > 0)); then
  tail -n +2 -- "$TMP/result" >&2
  refuse "$behind of $all sequences of the target are behind the $FROM" "a sequence that is missing was not in the schema's dump; see 30-target/32-schema.sh"
fi
if [[ $FROM == source ]]; then note_step; fi
say "sequences: $all, of which $moved set from the $FROM, the others at or past it"
