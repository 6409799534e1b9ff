package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// Blocks, too, hold each row once, also after rows have come and gone, and are found without reading the whole table.
func TestRangesByBlockHoldEachRowOnce(t *testing.T) {
	for _, in := range cutInstalls(t, func(major int) bool { return major == 15 || major == 17 }) {
		t.Run(in.Version, func(t *testing.T) {
			src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
			src.CreateDatabase(t, "shop")
			src.MustPsql(t, "shop", `
create table public.big (k int, filler text);
insert into public.big select n, repeat('x', 900) from generate_series(1, 50000) n;
create table public.toasted (k int primary key, filler text);
alter table public.toasted alter filler set storage external;
insert into public.toasted select n, repeat('x', 60000) from generate_series(1, 700) n;
vacuum analyze;`)
			inv, conn := inventoryOf(t, src, "shop", false)
			p := planOf(t, inv, 8<<20)
			for table, later := range map[string]string{
				"big":     "insert into public.big select n, repeat('y', 900) from generate_series(1, 9000) n; delete from public.big where k % 3 = 0; update public.big set k = -k where k % 7 = 0",
				"toasted": "delete from public.toasted where k < 300; insert into public.toasted select n, 'x' from generate_series(1000, 5000) n",
			} {
				items := itemsOf(p, public(table))
				require.GreaterOrEqual(t, len(items), 3, items[0].Reason)
				require.Equal(t, table == "toasted", strings.Contains(items[0].Reason, "TOAST"), items[0].Reason)
				require.Equal(t, planner.ByTID, items[0].Range.By)
				rows := counted(t, conn, public(table), items)
				total, most := int64(0), int64(0)
				for _, n := range rows {
					total, most = total+n, max(most, n)
				}
				require.LessOrEqual(t, most, 2*total/int64(len(rows)), "%v", rows)
				if table == "big" {
					for _, it := range items {
						require.Equal(t, []string{"Tid Range Scan"}, nodes(t, conn, public(table), *it.Range))
					}
				}
				for s := range strings.SplitSeq(later, "; ") {
					_, err := conn.Exec(t.Context(), s)
					require.NoError(t, err)
				}
				counted(t, conn, public(table), items)
			}
		})
	}
}

// A replica that sorts texts otherwise than the source did would copy rows twice: the item fails, and the load does not end.
func TestLoadStopsWhereBoundsAreOutOfOrder(t *testing.T) {
	s := newSite(t, `
create table public.t (k text collate "C" primary key, n int);
insert into public.t select md5(n::text), n from generate_series(1, 1000) n;
create table public.whole as select 1 as a;
`, func(o *planner.Options) { o.Load.BatchBytes, o.Load.Attempts = 1, 1 })
	at := -1
	for i, it := range s.plan.Items {
		if it.Tables[0] == public("t") {
			at = i
		}
	}
	key := []planner.KeyColumn{{Name: "k", Type: "text"}}
	bound := func(s string) planner.Bound { return planner.Bound{&s} }
	bounds := []planner.Bound{nil, bound("8"), bound("3"), nil} // as another collation may have it
	last := len(s.plan.Items) + len(s.plan.Builds)
	for i := range 3 {
		it := planner.Item{ID: last + i, Tables: s.plan.Items[at].Tables, Bytes: 8192, Range: &planner.Range{Part: i + 1, Of: 3, By: planner.ByKey, Key: key, From: bounds[i], To: bounds[i+1]}}
		if i == 0 {
			it.ID = s.plan.Items[at].ID
			s.plan.Items[at] = it
			continue
		}
		s.plan.Items = append(s.plan.Items, it)
	}
	b, err := render.Render(s.plan)
	require.NoError(t, err)
	require.NoError(t, b.Write(s.path(), true))
	s.rePlan(t)
	s.refused(t, []string{"range 2 of 3 of public.t begins at", "sorts the other way round"}, "40-load/42-load.sh")
}

// withoutKeys takes from tables what a schema before data does not have.
const withoutKeys = `do $$
declare one record;
begin
  for one in select conrelid::regclass as of, conname from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'u') loop
    execute format('alter table %s drop constraint %I', one.of, one.conname);
  end loop;
end
$$;`

// From a source before 14, tables are planned, rendered and loaded by ranges of keys of every kind.
func TestLoadByKeyFromBefore14(t *testing.T) {
	for _, in := range cutInstalls(t, func(major int) bool { return major == 906 || major == 13 }) {
		t.Run(in.Version, func(t *testing.T) {
			var sql, predata strings.Builder
			var names []string
			for _, c := range cutCases {
				switch c.name {
				case "numerics", "timestamptzs", "texts in ICU's German", "texts without case", "texts", "a domain of text with a check", "tenants", "kinds of text by time", "NULLs in both":
				default:
					continue
				}
				if c.on(in.Major) {
					names = append(names, c.name)
					sql.WriteString(c.sql())
					predata.WriteString(c.table())
				}
			}
			s := newSiteBetween(t, in.Major, 0, cutTypes(in.Major)+sql.String(), cutTypes(in.Major)+predata.String()+withoutKeys, func(o *planner.Options) { o.Load.SplitBytes, o.Load.Workers = 2<<20, 4 })
			for _, n := range names {
				require.GreaterOrEqual(t, len(itemsOf(s.plan, public(n))), 3, n)
			}
			s.must(t, "40-load/42-load.sh")
			s.sameRows(t)
		})
	}
}
