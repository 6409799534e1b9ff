#!/usr/bin/env bash
# 60-qa/61-spot-checks.sh: Count the rows of every month of the large tables on both sides.
# Before: the load is done (42-load.sh), the replica still stands and nothing is applied to the target yet.
# Again: as often as you like: it only reads.
#
# Usage: 61-spot-checks.sh [--jobs N] [--from YYYY-MM] [--to YYYY-MM] [--all] [TABLE…]
#
#   --jobs N       tables at once, each with a session on both servers; 8 when not given
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
  public.events 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"events\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_001 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_001\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_002 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_002\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_003 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_003\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_004 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_004\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_005 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_005\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_006 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_006\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_007 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_007\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_008 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_008\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_009 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_009\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_010 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_010\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_011 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_011\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_012 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_012\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_013 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_013\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_014 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_014\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_015 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_015\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_016 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_016\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_017 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_017\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_018 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_018\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_019 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_019\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_020 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_020\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_021 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_021\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_022 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_022\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_023 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_023\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_024 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_024\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_025 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_025\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_026 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_026\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_027 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_027\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_028 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_028\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_029 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_029\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_030 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_030\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_031 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_031\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_032 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_032\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_033 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_033\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_034 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_034\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_035 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_035\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_036 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_036\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_037 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_037\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_038 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_038\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_039 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_039\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_040 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_040\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_041 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_041\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_042 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_042\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_043 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_043\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_044 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_044\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_045 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_045\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_046 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_046\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_047 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_047\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_048 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_048\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_049 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_049\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_050 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_050\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_051 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_051\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_052 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_052\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_053 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_053\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_054 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_054\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_055 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_055\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_056 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_056\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_057 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_057\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_058 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_058\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_059 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_059\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_060 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_060\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_061 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_061\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_062 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_062\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_063 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_063\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_064 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_064\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_065 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_065\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_066 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_066\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_067 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_067\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_068 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_068\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_069 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_069\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_070 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_070\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_071 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_071\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_072 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_072\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_073 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_073\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_074 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_074\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_075 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_075\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_076 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_076\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_077 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_077\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_078 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_078\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_079 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_079\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_080 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_080\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_081 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_081\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_082 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_082\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_083 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_083\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_084 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_084\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_085 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_085\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_086 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_086\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_087 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_087\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_088 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_088\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_089 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_089\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_090 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_090\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_091 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_091\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_092 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_092\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_093 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_093\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_094 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_094\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_095 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_095\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_096 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_096\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_097 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_097\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_098 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_098\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_099 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_099\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_100 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_100\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_101 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_101\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_102 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_102\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_103 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_103\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_104 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_104\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_105 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_105\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_106 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_106\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_107 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_107\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_108 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_108\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_109 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_109\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_110 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_110\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_111 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_111\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_112 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_112\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_113 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_113\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_114 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_114\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_115 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_115\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_116 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_116\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_117 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_117\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_118 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_118\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_119 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_119\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_120 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_120\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_121 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_121\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_122 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_122\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_123 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_123\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_124 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_124\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_125 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_125\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_126 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_126\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_127 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_127\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_128 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_128\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_129 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_129\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_130 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_130\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_131 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_131\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_132 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_132\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_133 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_133\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_134 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_134\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_135 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_135\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_136 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_136\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_137 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_137\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_138 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_138\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_139 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_139\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_140 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_140\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_141 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_141\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_142 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_142\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_143 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_143\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_144 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_144\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_145 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_145\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_146 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_146\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_147 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_147\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_148 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_148\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_149 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_149\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_150 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_150\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_151 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_151\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_152 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_152\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_153 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_153\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_154 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_154\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_155 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_155\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_156 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_156\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_157 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_157\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_158 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_158\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_159 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_159\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_160 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_160\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_161 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_161\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_162 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_162\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_163 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_163\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_164 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_164\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_165 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_165\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_166 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_166\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_167 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_167\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_168 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_168\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_169 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_169\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_170 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_170\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_171 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_171\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_172 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_172\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_173 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_173\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_174 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_174\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_175 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_175\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_176 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_176\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_177 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_177\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_178 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_178\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_179 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_179\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_180 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_180\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_181 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_181\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_182 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_182\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_183 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_183\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_184 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_184\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_185 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_185\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_186 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_186\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_187 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_187\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_188 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_188\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_189 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_189\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_190 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_190\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_191 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_191\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_192 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_192\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_193 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_193\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_194 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_194\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_195 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_195\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_196 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_196\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_197 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_197\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_198 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_198\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_199 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_199\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_200 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_200\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_201 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_201\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_202 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_202\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_203 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_203\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_204 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_204\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_205 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_205\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_206 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_206\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_207 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_207\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_208 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_208\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_209 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_209\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_210 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_210\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_211 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_211\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_212 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_212\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_213 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_213\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_214 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_214\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_215 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_215\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_216 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_216\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_217 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_217\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_218 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_218\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_219 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_219\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_220 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_220\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_221 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_221\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_222 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_222\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_223 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_223\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_224 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_224\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_225 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_225\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_226 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_226\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_227 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_227\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_228 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_228\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_229 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_229\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_230 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_230\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_231 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_231\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_232 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_232\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_233 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_233\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_234 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_234\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_235 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_235\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_236 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_236\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_237 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_237\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_238 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_238\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_239 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_239\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_240 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_240\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_241 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_241\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_242 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_242\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_243 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_243\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_244 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_244\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_245 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_245\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_246 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_246\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_247 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_247\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_248 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_248\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_249 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_249\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_250 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_250\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_251 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_251\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_252 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_252\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_253 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_253\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_254 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_254\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_255 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_255\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_256 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_256\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_257 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_257\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_258 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_258\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_259 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_259\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_260 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_260\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_261 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_261\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_262 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_262\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_263 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_263\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_264 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_264\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_265 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_265\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_266 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_266\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_267 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_267\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_268 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_268\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_269 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_269\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_270 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_270\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_271 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_271\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_272 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_272\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_273 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_273\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_274 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_274\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_275 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_275\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_276 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_276\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_277 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_277\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_278 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_278\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_279 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_279\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_280 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_280\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_281 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_281\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_282 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_282\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_283 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_283\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_284 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_284\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_285 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_285\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_286 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_286\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_287 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_287\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_288 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_288\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_289 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_289\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_290 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_290\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_291 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_291\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_292 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_292\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_293 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_293\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_294 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_294\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_295 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_295\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_296 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_296\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_297 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_297\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_298 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_298\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_299 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_299\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_300 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_300\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_301 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_301\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_302 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_302\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_303 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_303\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_304 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_304\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_305 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_305\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_306 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_306\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_307 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_307\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_308 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_308\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_309 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_309\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_310 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_310\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_311 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_311\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_312 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_312\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_313 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_313\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_314 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_314\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_315 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_315\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_316 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_316\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_317 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_317\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_318 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_318\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_319 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_319\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_320 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_320\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_321 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_321\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_322 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_322\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_323 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_323\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_324 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_324\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_325 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_325\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_326 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_326\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_327 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_327\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_328 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_328\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_329 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_329\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_330 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_330\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_331 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_331\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_332 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_332\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_333 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_333\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_334 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_334\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_335 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_335\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_336 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_336\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_337 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_337\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_338 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_338\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_339 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_339\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_340 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_340\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_341 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_341\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_342 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_342\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_343 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_343\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_344 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_344\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_345 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_345\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_346 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_346\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_347 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_347\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_348 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_348\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_349 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_349\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_350 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_350\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_351 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_351\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_352 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_352\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_353 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_353\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_354 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_354\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_355 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_355\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_356 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_356\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_357 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_357\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_358 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_358\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_359 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_359\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_360 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_360\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_361 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_361\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_362 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_362\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_363 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_363\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_364 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_364\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_365 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_365\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_366 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_366\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_367 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_367\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_368 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_368\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_369 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_369\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_370 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_370\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_371 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_371\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_372 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_372\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_373 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_373\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_374 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_374\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_375 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_375\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_376 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_376\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_377 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_377\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_378 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_378\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_379 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_379\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_380 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_380\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_381 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_381\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_382 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_382\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_383 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_383\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_384 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_384\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_385 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_385\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_386 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_386\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_387 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_387\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_388 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_388\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_389 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_389\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_390 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_390\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_391 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_391\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_392 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_392\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_393 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_393\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_394 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_394\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_395 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_395\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_396 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_396\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_397 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_397\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_398 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_398\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_399 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_399\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
  public.table_400 'by month of created_at'
  "SELECT coalesce(pg_catalog.date_trunc('month', \"created_at\")::date::text, 'no time'), pg_catalog.count(*) FROM ONLY \"public\".\"table_400\" WHERE (:'FROM' = '' OR \"created_at\" >= nullif(:'FROM', '')::timestamp with time zone) AND (:'TO' = '' OR \"created_at\" < nullif(:'TO', '')::timestamp with time zone) GROUP BY 1"
)
readonly CHECKS WIDTH=3

JOBS=8 FROM="" TO="" ALL=no
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
