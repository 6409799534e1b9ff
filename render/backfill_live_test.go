package render_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// TestBackfillCarriesEveryValue fills empty tables by a backfill, row by row: names that stand in the way of whoever does not quote, keys and values of
// every type, to another major version too. Of what applies changes there is only the marker here.
func TestBackfillCarriesEveryValue(t *testing.T) {
	cluster.Need(t)
	const ddl = `create type pair as (a int, b text);
create table kinds (k text, at timestamptz, f float8, b bytea, u uuid, n numeric, f4 real, iv interval, j json, jb jsonb, a text[], p pair, m money, c char(5), x xml, bt bit varying, primary key (k, at, f, b));`
	const rows = `insert into kinds select E'\\.\n''' || i, '2026-03-29 00:30+00'::timestamptz + i * interval '1 hour 1 microsecond', i / 3.0, decode(md5(i::text), 'hex'), md5(i::text)::uuid, i * 1e-7, i / 7.0, i * interval '1 mon -1 day 1.5 sec',
	'{"a" : 1, "a":2}', '{"k": "\\n"}', array['x,y', null, 'NULL', E'q"\\'], row(i, E'x"\n,'::text)::pair, 12345.67, 'ab', '<a>&amp;</a>', b'0101' from generate_series(1, 30) i;
insert into kinds (k, at, f, b) values ('', 'infinity', 'NaN', ''), ('\N', '-infinity', '-Infinity', '\x00'), ('é :x $$', '0044-03-15 BC', -1e-300, '\x5c27');`
	for _, c := range []struct {
		name   string
		source int
		sql    string
	}{{"hostile names", 0, hostileSQL()}, {"from 9.6", 906, ddl + rows}} {
		t.Run(c.name, func(t *testing.T) {
			var s *site
			if c.source == 0 {
				s = newSite(t, c.sql, nil)
			} else {
				s = newSiteBetween(t, c.source, 0, c.sql, ddl, nil)
			}
			l := differences.List{Format: differences.Format, Plan: s.plan.Fingerprint(), Rows: "checksum"}
			for _, x := range s.plan.Tables {
				if x.Handling != planner.Replicate || len(x.Key) == 0 {
					continue
				}
				texts := make([]string, len(x.Key))
				for i, k := range x.Key {
					texts[i] = analyze.Ident(k) + "::text"
				}
				var keys [][]string
				out := s.src.MustPsql(t, "shop", "set extra_float_digits = 3; set timezone = 'UTC'; select coalesce(json_agg(json_build_array("+strings.Join(texts, ", ")+")), '[]') from only "+x.Name.SQL())
				require.NoError(t, json.Unmarshal([]byte(out), &keys))
				table := differences.Table{Name: x.Name, Key: x.Key}
				for _, k := range keys {
					table.Listed = append(table.Listed, differences.Row{Kind: differences.Missing, Key: k})
				}
				l.Tables = append(l.Tables, table)
			}
			require.NotEmpty(t, l.Tables)
			b, err := render.Backfill(s.plan, l)
			require.NoError(t, err)
			require.NoError(t, b.Write(filepath.Join(s.dir, "migration", "backfill"), false))

			stop := s.echoMarkers(t)
			said, code := s.run(t, "backfill/backfill.sh", "--yes")
			stop()
			require.Zero(t, code, said)
			for _, x := range l.Tables {
				require.Contains(t, said, fmt.Sprintf("%d inserted, 0 replaced, 0 deleted", len(x.Listed)))
				if c.source == 0 {
					s.sameTable(t, x.Name)
					continue
				}
				// Versions before 12 print floating point numbers in another way.
				sum := `set timezone = 'UTC'; select count(*), md5(string_agg(row(k, at, float8send(f), b, u, n, float4send(f4), iv, j, jb, a, p, m::numeric, c, x, bt)::text, ',' order by b)) from kinds`
				require.Equal(t, s.src.MustPsql(t, "shop", sum), s.target(t, sum))
			}
			require.Zero(t, s.target(t, "select count(*) from pgcutover.backfill where act <> 'inserted'")[0]-'0')
		})
	}
}

// echoMarkers lets markers arrive until what it returns is called.
func (s *site) echoMarkers(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var carried sync.WaitGroup
	carried.Go(func() {
		for ctx.Err() == nil {
			for _, g := range s.plan.Groups {
				row, err := s.src.Psql(ctx, "shop", "select source_lsn from "+g.Marker.SQL()+" where id = 1")
				if err == nil {
					_, err = s.dst.Psql(ctx, "shop", fmt.Sprintf("delete from %[1]s; insert into %[1]s values (1, '', '%[2]s', now())", g.Marker.SQL(), row))
				}
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	return func() { cancel(); carried.Wait() }
}

// TestBackfillOfKeysWrittenDifferently has one key in two ways of writing: a row that the source has is not deleted for that.
func TestBackfillOfKeysWrittenDifferently(t *testing.T) {
	cluster.Need(t)
	const table = "create table prices (n numeric primary key, body text);"
	s := newSite(t, table+"insert into prices values (1.00, 'one'), (2.00, 'two'), (3.00, 'three');", nil)
	s.target(t, "insert into prices values (1.0, 'one'), (2.0, 'old'), (4.0, 'stray')")
	name := analyze.Name{Schema: "public", Name: "prices"}
	l := differences.List{Format: differences.Format, Plan: s.plan.Fingerprint(), Rows: "checksum", Tables: []differences.Table{{Name: name, Key: []string{"n"}, Listed: []differences.Row{
		{Kind: differences.Extra, Key: []string{"1.0"}}, {Kind: differences.Extra, Key: []string{"4.0"}}, {Kind: differences.Different, Key: []string{"2.0"}},
		{Kind: differences.Missing, Key: []string{"1.00"}}, {Kind: differences.Missing, Key: []string{"3.00"}},
	}}}}
	b, err := render.Backfill(s.plan, l)
	require.NoError(t, err)
	require.NoError(t, b.Write(filepath.Join(s.dir, "migration", "backfill"), false))
	stop := s.echoMarkers(t)
	said, code := s.run(t, "backfill/backfill.sh", "--yes", "--batch", "2")
	stop()
	require.Zero(t, code, said)
	s.sameTable(t, name)
}

func TestBackfillsThatAreNone(t *testing.T) {
	p := samplePlan()
	l := differences.List{Format: differences.Format, Plan: p.Fingerprint(), Rows: "delta"}
	_, err := render.Backfill(p, l)
	require.ErrorIs(t, err, render.ErrNothingToBackfill)
	table := p.Tables[0]
	for _, x := range p.Tables {
		if x.Handling == planner.Replicate && x.Group > 0 {
			table = x
			break
		}
	}
	l.Tables = []differences.Table{{Name: table.Name, Missing: 5, Incomplete: "nothing names its rows"}}
	_, err = render.Backfill(p, l)
	require.ErrorIs(t, err, render.ErrNothingToBackfill)
	require.ErrorContains(t, err, table.Name.String()+": nothing names its rows: 80-recovery/82-restart-slot.sh "+p.Groups[table.Group-1].Slot)
	l.Tables = []differences.Table{{Name: table.Name, Key: []string{"id"}, Undecided: 1, Exceptions: &differences.Exceptions{Rows: 1, Last: "2026-01-01 00:00:00"}, Listed: []differences.Row{{Kind: differences.Undecided, Key: []string{"1"}}}}}
	_, err = render.Backfill(p, l)
	require.ErrorContains(t, err, "1 row undecided", "and its failed changes are not dealt with")
	l.Tables = []differences.Table{{Name: analyze.Name{Schema: "public", Name: "of another plan"}}}
	_, err = render.Backfill(p, l)
	require.ErrorContains(t, err, "the plan does not copy it")
	l.Tables = []differences.Table{{Name: table.Name, Key: []string{"id"}, Listed: []differences.Row{{Kind: differences.Missing, Key: []string{"1"}}}}}
	for engine, when := range map[string]string{planner.EngineDMS: "while changes are applied", planner.EngineDMSFull: "frozen and drained"} {
		p.Options.Engine = engine
		l.Plan = p.Fingerprint()
		b, err := render.Backfill(p, l)
		require.NoError(t, err)
		script, _ := b.Artifact("backfill.sh")
		head, _, _ := strings.Cut(string(script.Body), "set -E")
		require.Contains(t, head, when)
		require.Equal(t, engine == planner.EngineDMS, strings.Contains(head, "changes are"), head)
	}
	l.Plan = "other"
	_, err = render.Backfill(p, l)
	require.ErrorContains(t, err, "is about plan other")
}
