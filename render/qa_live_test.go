package render_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpotChecks(t *testing.T) {
	s := newSite(t, `
create table public.calls (id int primary key, created_at timestamptz, day date);
insert into public.calls select n, '2024-01-31 23:59:59.999999+00'::timestamptz + n * interval '1 day' from generate_series(0, 99) n;
insert into public.calls values (1000, null), (1001, 'infinity'), (1002, '0044-03-15 BC');
alter database shop set timezone = 'Pacific/Kiritimati';
create table public."It's $x" (a int, at timestamp not null);
insert into public."It's $x" select n, '2024-02-01'::timestamp from generate_series(1, 5) n;
create table public.timeless (a int);
insert into public.timeless select n from generate_series(1, 7) n;
`, nil)
	s.refused(t, []string{"DIFFERS", "3 of 3 tables differ"}, "60-qa/61-spot-checks.sh")
	s.must(t, "40-load/42-load.sh")
	out := s.must(t, "60-qa/61-spot-checks.sh", "--all", "--jobs", "1")
	for _, line := range []string{
		`2024-01-01 +1 +1\n`, `2024-02-01 +29 +29\n`, `infinity +1 +1\n`, `0044-03-01 BC +1 +1\n`, `no time +1 +1\n`, `all rows +7 +7\n`,
	} {
		require.Regexp(t, line, out, "months are those of UTC, and every row is in one")
	}
	s.target(t, `delete from public.calls where id = 29; delete from public.calls where id = 1000; insert into public."It's $x" values (6, '2025-01-01'); delete from public.timeless where a = 1`)
	out = s.refused(t, []string{"3 of 3 tables differ", `public."It's $x"`}, "60-qa/61-spot-checks.sh")
	for _, line := range []string{`2024-02-01 +29 +28  DIFFERS by -1`, `no time +1 +0  DIFFERS by -1`, `2025-01-01 +0 +1  DIFFERS by 1`, `all rows +7 +6  DIFFERS`} {
		require.Regexp(t, line, out)
	}
	require.NotRegexp(t, `2024-03-01 +`, out, "what agrees is not shown")
	s.must(t, "60-qa/61-spot-checks.sh", "--from", "2024-03", "--to", "2024-05", "public.calls")
	s.refused(t, []string{"1 of 1 tables differ"}, "60-qa/61-spot-checks.sh", "--from", "2024-02", "--to", "2024-03", "public.calls")
	_, code := s.run(t, "60-qa/61-spot-checks.sh", "--from", "2024-13")
	require.Equal(t, 2, code)
	_, code = s.run(t, "60-qa/61-spot-checks.sh", "public.nobody")
	require.Equal(t, 2, code)
	s.target(t, `alter table public.timeless rename to gone`)
	out, code = s.run(t, "60-qa/61-spot-checks.sh", "public.timeless")
	require.Equal(t, 2, code, "what cannot be counted is not equal")
	require.Contains(t, out, "public.timeless: cannot be counted")

	s.rep.MustPsql(t, "shop", "select pg_wal_replay_resume()")
	s.refused(t, []string{"does not stand where it was paused"}, "60-qa/61-spot-checks.sh")
}
