package render_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const loadSQL = `
create table public.big (id bigint generated always as identity primary key, at timestamptz not null default now(), body text not null);
insert into public.big (at, body) select '2024-01-01'::timestamptz + n * interval '1 hour', repeat(md5(n::text), 20) from generate_series(1, 20000) n;
create index big_at on public.big (at);
create table public.small (id int primary key, big_id bigint references public.big);
insert into public.small select n, n from generate_series(1, 100) n;
create table public.empty (a int);
create sequence public.loose start 100;
select nextval('public.loose');
`

func TestLoad(t *testing.T) {
	s := newSite(t, loadSQL, nil)
	s.must(t, "40-load/42-load.sh")
	t.Log(s.logs(t))
	s.sameRows(t)
	require.Contains(t, s.must(t, "40-load/42-load.sh"), "the load is done")
	t.Log(s.state(t))
	s.must(t, "40-load/42-load.sh", "--status")
	s.must(t, "40-load/42-load.sh", "--list")
}
