package parity

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// BenchmarkChecksum compares what the checksum of a table of a million rows takes with a bare hashing scan and with a count, in
// one run on one server, as ratios of medians: go test ./verify/parity -bench Checksum -benchtime 1x -run '^$'.
func BenchmarkChecksum(b *testing.B) {
	c := cluster.StartWith(b, cluster.Options{Role: cluster.Target, Settings: []string{"shared_buffers=512MB", "max_parallel_workers_per_gather=0"}})
	const rows = 1_000_000
	for _, db := range []string{"a", "b"} {
		c.CreateDatabase(b, db)
		c.MustPsql(b, db, fmt.Sprintf(`create table t (id bigint primary key, account int not null, note text, at timestamptz not null, price numeric(12,2), rate float8, status varchar(20), data jsonb, ref uuid, open bool);
			insert into t select i, i %% 1000, 'some text about row ' || i, '2026-01-01'::timestamptz + i * interval '1 s', i / 3.0, i / 7.0, 'status ' || i %% 7, jsonb_build_object('k', i), md5(i::text)::uuid, i %% 2 = 0
			from generate_series(1, %d) as i; vacuum analyze t`, rows))
	}
	from, to := &live{dsn: c.DSN("a")}, &live{dsn: c.DSN("b")}
	b.Cleanup(func() { from.close(); to.close() })
	table := Table{Name: name("t"), Columns: []string{"id", "account", "note", "at", "price", "rate", "status", "data", "ref", "open"}}
	r, err := readRelation(b.Context(), from, table.Name)
	require.NoError(b, err)
	f, err := agree(b.Context(), [2]Server{from, to})
	require.NoError(b, err)
	s := statement{table: table.Name, form: f, columns: r.columns, key: r.columns[:1]}
	type oneSum struct{ Sum string }
	sql := func(text string) func() {
		return func() {
			_, err := ask[oneSum](b.Context(), from, text)
			require.NoError(b, err)
		}
	}
	both := func(jobs int) func() {
		return func() {
			require.NoError(b, Compare(b.Context(), from, to, []Table{table}, Options{Jobs: jobs, PieceBytes: 32 << 20}, func(o Outcome) { require.True(b, o.Equal()) }))
		}
	}
	ways := []struct {
		name string
		run  func()
	}{
		{"count", sql("select count(*)::text from public.t")},
		{"hash", sql("select sum(pg_catalog.hashtext(t::text))::text from public.t")},
		{"checksum", sql("select sum::text from (" + s.total("true") + ") as x(count, sum)")},
		{"both-sides-1-job", both(1)},
		{"both-sides-2-jobs", both(2)},
	}
	took := make([][]time.Duration, len(ways))
	for b.Loop() {
		for range 3 { // in turn, so that what else the machine does falls on all of them
			for i, w := range ways {
				start := time.Now()
				w.run()
				took[i] = append(took[i], time.Since(start))
			}
		}
	}
	median := func(i int) float64 {
		slices.Sort(took[i])
		return took[i][len(took[i])/2].Seconds()
	}
	for i, w := range ways {
		b.ReportMetric(median(i), w.name+"-s")
	}
	b.ReportMetric(median(2)/median(0), "checksum/count")
	b.ReportMetric(median(2)/median(1), "checksum/hash")
	b.ReportMetric(median(3)/median(2), "1-job/checksum")
	b.ReportMetric(median(4)/median(3), "2-jobs/1-job")
}
