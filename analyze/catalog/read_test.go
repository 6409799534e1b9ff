package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

func ptr[T any](v T) *T { return &v }

const hostile = "Ta\"b'le\nx%s$1 ünï"

func TestReadFindsEveryKindOfFact(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := shop(t, in)
		conn := connect(t, src.DSN("shop"))
		inv, err := catalog.Read(t.Context(), conn, catalog.Options{})
		require.NoError(t, err)
		major := inv.Server.Major()

		require.Equal(t, []string{"role setting: shop/app.secret_key"}, unknowns(inv))
		require.NotContains(t, encoded(t, inv), "canary")
		require.Equal(t, in.Version, inv.Server.Version)
		require.Regexp(t, `^\d{15,}$`, inv.Server.SystemIdentifier)
		require.Equal(t, 1, inv.Server.Timeline)
		require.True(t, inv.Server.Superuser)
		require.False(t, inv.Server.InRecovery)
		require.Empty(t, inv.Server.Managed)
		_, err = time.Parse(time.RFC3339, inv.Server.TakenAt)
		require.NoError(t, err)
		require.Equal(t, "shop", inv.Database.Name)
		require.Equal(t, "UTF8", inv.Database.Encoding)
		require.Equal(t, "C.UTF-8", inv.Database.Collate)
		require.Equal(t, "libc", inv.Database.LocaleProvider)
		require.Positive(t, *inv.Database.Bytes)
		require.Equal(t, []analyze.RoleSetting{
			{Role: "shop_login", Settings: []string{"work_mem=7MB"}},
			{Database: "shop", Settings: []string{"lock_timeout=1h", "quote_all_identifiers=on"}},
		}, inv.Database.RoleSettings)

		t.Run("settings are the server's and not the reader's own", func(t *testing.T) {
			got := map[string]string{}
			for _, s := range inv.Settings {
				got[s.Name] = s.Value
			}
			require.Equal(t, "3600000", got["lock_timeout"])
			require.Equal(t, "0", got["statement_timeout"])
			require.Equal(t, `"$user", public`, got["search_path"])
			require.Equal(t, "logical", got["wal_level"])
			require.NotContains(t, got, "application_name")
		})

		t.Run("names", func(t *testing.T) {
			x := table(t, inv, `Sch"ema % $1`, hostile)
			require.Equal(t, "shop_owner", x.Owner)
			require.Equal(t, []string{"i d", `Ünïcode "q" $$`}, []string{x.Columns[0].Name, x.Columns[1].Name})
			require.Equal(t, []string{"i d"}, x.PrimaryKey().KeyColumns)
			var owned []string
			for _, s := range inv.Sequences {
				if s.OwnedBy != nil && s.OwnedBy.Table == x.Name {
					owned = append(owned, s.OwnedBy.Column)
				}
			}
			require.Equal(t, []string{"i d"}, owned)
		})

		t.Run("columns", func(t *testing.T) {
			x := table(t, inv, "app", "customers")
			require.True(t, x.Readable)
			require.Equal(t, int64(30000), *x.EstimatedRows)
			require.Equal(t, *x.HeapBytes/8192, x.Pages)
			require.Positive(t, *x.ToastBytes)
			require.NotZero(t, x.Filenode)
			require.Equal(t, int64(30000), x.Counters.Inserts)
			type fact struct {
				Type, Base, Kind, Extension string
				LOB                         analyze.LOBClass
			}
			want := map[string]fact{
				"id":         {"bigint", "int8", "base", "", analyze.NotLOB},
				"name":       {"text", "text", "base", "", analyze.NCLOB},
				"email":      {"public.citext", "citext", "base", "citext", analyze.NCLOB},
				"nick":       {"character varying", "varchar", "base", "", analyze.UnboundedVarchar},
				"code":       {"app.short", "varchar", "base", "", analyze.NotLOB},
				"tiny":       {"app.shorter", "varchar", "base", "", analyze.NotLOB},
				"tags":       {"text[]", "_text", "array", "", analyze.NCLOB},
				"attrs":      {"public.hstore", "hstore", "base", "hstore", analyze.NCLOB},
				"extra":      {"app.doc", "jsonb", "base", "", analyze.NCLOB},
				"raw":        {"bytea", "bytea", "base", "", analyze.BLOB},
				"feeling":    {"app.mood", "mood", "enum", "", analyze.NotLOB},
				"p":          {"app.pair", "pair", "composite", "", analyze.NCLOB},
				"amount":     {"numeric", "numeric", "base", "", analyze.UnboundedNumeric},
				"price":      {"numeric(10,2)", "numeric", "base", "", analyze.NotLOB},
				"shape":      {"polygon", "polygon", "base", "", analyze.CLOB},
				"during":     {"tstzrange", "tstzrange", "range", "", analyze.NotLOB},
				"created_at": {"timestamp with time zone", "timestamptz", "base", "", analyze.NotLOB},
				"cc":         {"text", "text", "base", "", analyze.NCLOB},
			}
			got := map[string]fact{}
			for _, c := range x.Columns {
				got[c.Name] = fact{c.Type, c.BaseType, c.TypeKind, c.TypeExtension, c.LOB}
				require.Nil(t, c.LOBMax)
			}
			require.Empty(t, cmp.Diff(want, got))
			require.Equal(t, "C", column(t, x, "cc").Collation)
			require.Empty(t, column(t, x, "name").Collation)
			require.Equal(t, 500, column(t, x, "name").StatisticsTarget)
			require.Equal(t, -1, column(t, x, "id").StatisticsTarget)
			require.True(t, column(t, x, "name").NotNull)
			require.Equal(t, "'ok'::app.mood", *column(t, x, "feeling").Default)
			require.Equal(t, "nextval('app.customers_id_seq'::regclass)", *column(t, x, "id").Default)
			require.Equal(t, 18, column(t, x, "created_at").Number, "the dropped column keeps its number")
			require.Equal(t, 8, *column(t, x, "id").AvgWidth)
			require.InDelta(t, 1.0, *column(t, x, "amount").NullFraction, 0)
			bounds := column(t, x, "id").Bounds
			require.Equal(t, []string{"1", "30000"}, []string{bounds[0], bounds[len(bounds)-1]})
			require.Empty(t, column(t, x, "email").Bounds, "values of text columns are about people")
			require.Empty(t, column(t, x, "created_at").Bounds, "no unique index begins with it")
		})

		t.Run("indexes and constraints", func(t *testing.T) {
			customers, orders := table(t, inv, "app", "customers"), table(t, inv, "app", "orders")
			partial := index(t, customers, "customers_lower_id_idx")
			require.Equal(t, "CREATE INDEX customers_lower_id_idx ON app.customers USING btree (lower(name), id DESC) WHERE (nick IS NOT NULL)", partial.Definition)
			require.Equal(t, []string{"", "id"}, partial.KeyColumns)
			require.True(t, partial.Partial && partial.Expression && partial.Valid && partial.Ready && partial.Immediate && !partial.Unique)
			require.Equal(t, "gin", index(t, customers, "customers_gin").Method)
			var sum int64
			for _, x := range customers.Indexes {
				sum += *x.Bytes
			}
			require.Equal(t, sum, *customers.IndexBytes)

			key := index(t, orders, "orders_key")
			require.True(t, key.Primary && key.Unique && !key.Immediate)
			require.Equal(t, "orders_key", key.Constraint)
			require.False(t, orders.CarriesUpdates(), "a deferrable key identifies no row")
			require.True(t, index(t, orders, "orders_room_during_excl").Exclusion)
			broken := index(t, table(t, inv, "app", "half"), "broken")
			require.True(t, broken.Unique && !broken.Valid)

			check := constraint(t, customers, "positive")
			require.Equal(t, analyze.Check, check.Kind)
			require.False(t, check.Validated)
			fk := constraint(t, orders, "orders_customer_fkey")
			require.Equal(t, &analyze.Name{Schema: "app", Name: "customers"}, fk.References)
			require.Equal(t, "FOREIGN KEY (customer) REFERENCES app.customers(id) ON DELETE CASCADE DEFERRABLE", fk.Definition)
			require.True(t, fk.Deferrable && !fk.Deferred && fk.Validated && !fk.Inherited)
			require.Empty(t, fk.Index)
			require.True(t, constraint(t, orders, "orders_parent_fkey").Deferred)
			require.Equal(t, "orders_key", constraint(t, orders, "orders_key").Index)

			byIndex := table(t, inv, "app", "by_index")
			require.Equal(t, "index", byIndex.ReplicaIdentity)
			require.True(t, index(t, byIndex, "by_index_ab").ReplicaIdentity && index(t, byIndex, "by_index_ab").Clustered)
			require.Equal(t, []string{"b", "a"}, index(t, byIndex, "by_index_ab").KeyColumns)
			require.True(t, byIndex.CarriesUpdates())
			require.True(t, byIndex.RowSecurity && !byIndex.ForceRowSecurity)
			require.Equal(t, "full", table(t, inv, "app", "no_key").ReplicaIdentity)
			require.Equal(t, "nothing", table(t, inv, "app", "nothing").ReplicaIdentity)
		})

		t.Run("tables", func(t *testing.T) {
			require.True(t, table(t, inv, "app", "scratch").Unlogged)
			require.Equal(t, "app.pair", table(t, inv, "app", "typed").OfType)
			animals, cats := table(t, inv, "app", "animals"), table(t, inv, "app", "cats")
			require.True(t, animals.HasChildren && !cats.HasChildren && !cats.IsPartition)
			require.Equal(t, []analyze.Name{animals.Name}, cats.Parents)
			require.Equal(t, int64(0), *table(t, inv, "app", "no_key").EstimatedRows)
			if column(t, animals, "id").AvgWidth != nil {
				t.Error("animals has no rows of its own, so the statistics of the tree are not its own")
			}
			require.Equal(t, []analyze.Trigger{{Name: `tr"ig`, Enabled: "origin", Definition: strings.Replace(
				`CREATE TRIGGER "tr""ig" BEFORE UPDATE ON app.customers FOR EACH ROW EXECUTE FUNCTION app.touch()`, "FUNCTION",
				map[bool]string{true: "FUNCTION", false: "PROCEDURE"}[major >= 1200], 1)}}, table(t, inv, "app", "customers").Triggers)
			require.Equal(t, "always", table(t, inv, "app", "orders").Triggers[0].Enabled)
		})

		t.Run("sequences", func(t *testing.T) {
			back := sequence(t, inv, "app", "set_back")
			require.Empty(t, cmp.Diff(analyze.Sequence{Name: back.Name, Owner: "postgres", Type: "bigint", Start: 10, Minimum: -100, Maximum: 50, Increment: -3,
				Cache: 5, Cycle: true, LastValue: ptr(int64(23)), IsCalled: ptr(false)}, back))
			require.Equal(t, int64(2), *sequence(t, inv, "app", "counter").LastValue)
			require.True(t, *sequence(t, inv, "app", "counter").IsCalled)
			require.False(t, *sequence(t, inv, "app", "untouched").IsCalled)
			require.Equal(t, &analyze.ColumnRef{Table: analyze.Name{Schema: "app", Name: "customers"}, Column: "id"}, sequence(t, inv, "app", "customers_id_seq").OwnedBy)
		})

		t.Run("objects", func(t *testing.T) {
			app := func(name string) analyze.Name { return analyze.Name{Schema: "app", Name: name} }
			require.Empty(t, cmp.Diff([]analyze.View{
				{Name: app("mat"), Materialized: true, Owner: "postgres"},
				{Name: app(`vi"ew`), Owner: "postgres"},
			}, inv.Views, cmpopts.IgnoreFields(analyze.View{}, "Definition")))
			require.Contains(t, inv.Views[1].Definition, "FROM app.customers;")
			require.Equal(t, []analyze.Enum{{Name: app("mood"), Labels: []string{"sad", "ok", `o'k "fine"`}}}, inv.Enums)
			require.Equal(t, []analyze.EventTrigger{{Name: "watch", Event: "ddl_command_end", Enabled: "disabled", Function: app("ddl")}}, inv.EventTriggers)
			require.Equal(t, int64(2), *inv.Objects.LargeObjects)
			require.Equal(t, []analyze.Policy{{Table: app("by_index"), Name: "mine"}}, inv.Objects.Policies)
			require.Equal(t, []analyze.ColumnRef{{Table: app("nothing"), Column: `ru"le`}}, inv.Objects.Rules)
			require.Equal(t, 1, inv.Objects.DefaultACLs)
			require.Empty(t, inv.Objects.CFunctions, "those of extensions come with them")
			var names []string
			for _, e := range inv.Extensions {
				names = append(names, e.Name+" in "+e.Schema)
			}
			require.Equal(t, []string{"btree_gist in public", "citext in public", "hstore in public", "plpgsql in pg_catalog"}, names)
			names = nil
			for _, s := range inv.Schemas {
				names = append(names, s.Name+" of "+s.Owner)
			}
			require.Contains(t, names, `Sch"ema % $1 of shop_owner`)
			require.Contains(t, names, "app of postgres")
		})

		t.Run("roles", func(t *testing.T) {
			got := map[string]analyze.Role{}
			for _, x := range inv.Roles {
				got[x.Name] = x
			}
			require.NotContains(t, got, "unused_nologin")
			require.True(t, got["postgres"].Owner && got["postgres"].Superuser)
			require.True(t, got["shop_owner"].Owner && !got["shop_owner"].Login)
			require.True(t, got["shop_group"].Grantee)
			login := got["shop_login"]
			require.True(t, login.Login && login.Grantee && !login.Owner)
			require.Equal(t, 7, login.ConnLimit)
			require.Equal(t, "2031-05-06 07:08:09+00", login.ValidUntil)
			member := analyze.Membership{Role: "shop_group"}
			if major >= 1600 { // where the options are the membership's own
				yes := true
				member.Inherit, member.Set = &yes, &yes
			}
			require.Equal(t, []analyze.Membership{member}, login.MemberOf)
		})

		t.Run("beside the tables", func(t *testing.T) {
			app := func(name string) analyze.Name { return analyze.Name{Schema: "app", Name: name} }
			o := inv.Objects
			require.Equal(t, []analyze.DomainConstraint{{Domain: app("above"), Name: "zero", Definition: "CHECK ((VALUE > 0)) NOT VALID"}}, o.DomainConstraints)
			require.Equal(t, []analyze.Name{app("empties")}, o.Truncating)
			require.Equal(t, []analyze.Name{app("grows")}, o.Creating, "a temporary table is nobody's")
			require.Equal(t, 2, o.SharedComments)
			require.Empty(t, o.SecurityLabels)
			require.Empty(t, o.StaleCollations)
			require.Zero(t, o.ParameterPrivileges)
			require.Equal(t, []analyze.DatabasePrivilege{{Privilege: "CONNECT"}, {Grantee: "shop_group", Privilege: "CREATE", Grantable: true}}, inv.Database.Privileges)
			ends := table(t, inv, "app", "ends")
			require.Equal(t, "infinity, years before 1", column(t, ends, "d").SpecialValues)
			require.Equal(t, "NaN", column(t, ends, "x").SpecialValues)
			require.Empty(t, column(t, ends, "n").SpecialValues)
			require.False(t, ends.OIDs)
			want := "heap"
			if major < 1200 {
				want = ""
			}
			require.Equal(t, want, ends.AccessMethod)
			require.Equal(t, major >= 1500, inv.Database.ActualCollationVersion == inv.Database.CollationVersion && major >= 1500)
		})

		if major < 1000 {
			return
		}
		t.Run("extended statistics", func(t *testing.T) {
			require.Len(t, inv.Objects.Statistics, 1)
			x := inv.Objects.Statistics[0]
			require.Equal(t, `pa"irs`, x.Name.Name)
			require.Regexp(t, `^CREATE STATISTICS app\."pa""irs" .*ON name, code FROM app\.customers$`, x.Definition)
		})
		t.Run("partitions and identity", func(t *testing.T) {
			calls, first, second := table(t, inv, "app", "calls"), table(t, inv, "app", "calls_2024"), table(t, inv, "app", "calls_2025")
			require.Equal(t, analyze.Partitioned, calls.Kind)
			require.Equal(t, "RANGE (at)", calls.PartitionKey)
			require.True(t, calls.HasChildren && !calls.IsPartition)
			require.Equal(t, int64(0), *calls.HeapBytes)
			require.Equal(t, analyze.Partitioned, second.Kind)
			require.True(t, first.IsPartition && second.IsPartition && first.Kind == analyze.Ordinary)
			require.Equal(t, "FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00')", first.PartitionBound)
			require.Equal(t, []analyze.Name{second.Name}, table(t, inv, "app", "calls_2025_a").Parents)
			require.NotNil(t, column(t, calls, "at").NullFraction, "a partitioned table is described by the statistics of its tree")
			require.Equal(t, "by default", column(t, table(t, inv, "app", "ident"), "id").Identity)
			seq := sequence(t, inv, "app", "ident_id_seq")
			require.True(t, seq.Identity)
			require.Equal(t, int64(100), seq.Start)
			require.Equal(t, "smallint", sequence(t, inv, "app", "small").Type)
			require.Equal(t, []analyze.Publication{{Name: "pub", Insert: true, Delete: true}}, inv.Replication.Publications)
		})
		if major >= 1100 {
			x := table(t, inv, "app", "by_index")
			require.Equal(t, []string{"a"}, index(t, x, "covering").KeyColumns)
			require.Equal(t, []string{"c"}, index(t, x, "covering").Included)
			require.Equal(t, []analyze.IndexStatistics{{Column: 1, Target: 77}}, index(t, table(t, inv, "app", "customers"), "stats").StatisticsTargets)
			leaf := index(t, table(t, inv, "app", "calls_2024"), "calls_2024_pkey")
			require.Equal(t, &analyze.Name{Schema: "app", Name: "calls_pkey"}, leaf.Parent)
			require.True(t, constraint(t, table(t, inv, "app", "calls_2024"), "calls_2024_pkey").Inherited)
			require.False(t, constraint(t, table(t, inv, "app", "calls"), "calls_pkey").Inherited)
		}
		if major >= 1200 {
			b := column(t, table(t, inv, "app", "gen"), "b")
			require.Equal(t, "stored", b.Generated)
			require.Equal(t, "(a * 2)", *b.Default)
		}
		if major >= 1500 {
			require.True(t, index(t, table(t, inv, "app", "nnd"), "nnd_a_key").NullsNotDistinct)
		}
		if major >= 1800 {
			require.Equal(t, "virtual", column(t, table(t, inv, "app", "gen"), "c").Generated)
		}
	})
}

func TestReadTwiceIsTheSame(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := shop(t, in)
		first, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{})
		require.NoError(t, err)
		require.NoError(t, src.Restart())
		second, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{})
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(first.Tables, second.Tables, cmpopts.IgnoreFields(analyze.Table{}, "Counters")))
		require.Empty(t, analyze.Drift(first.Structure(), second.Structure()))
		src.MustPsql(t, "shop", "alter table app.orders add column late int; drop index app.customers_gin; select nextval('app.counter')")
		third, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{})
		require.NoError(t, err)
		require.Equal(t, []analyze.Change{
			{Kind: analyze.ObjectIndexes, Name: analyze.Name{Schema: "app", Name: "customers"}, What: analyze.Changed},
			{Kind: analyze.ObjectColumns, Name: analyze.Name{Schema: "app", Name: "orders"}, What: analyze.Changed},
		}, analyze.Drift(first.Structure(), third.Structure()))
	})
}

func TestReadSendsAsManyStatementsWhateverTheNumberOfTables(t *testing.T) {
	cluster.Need(t)
	src := cluster.StartSource(t)
	var counts []int
	for _, tables := range []int{10, catalog.SequencesPerStatement} {
		name := fmt.Sprintf("with_%d", tables)
		dsn := src.CreateDatabase(t, name)
		src.MustPsql(t, name, fmt.Sprintf(`select format('create table t%%s (id serial primary key, a text, b int references t1)', g) from generate_series(1, %d) g \gexec
			create extension pglogical;`, tables))
		var c counter
		inv, err := catalog.Read(t.Context(), connect(t, dsn, traced(&c)), catalog.Options{})
		require.NoError(t, err)
		require.Len(t, inv.Tables, tables)
		require.NotNil(t, inv.Sequences[tables-1].LastValue)
		counts = append(counts, len(c.statements))
	}
	require.Equal(t, counts[0], counts[1])
	require.Less(t, counts[0], 80)
}

func TestReadSequenceValuesOfMany(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
		dsn := src.CreateDatabase(t, "many")
		src.MustPsql(t, "many", `do $$ begin for n in 1..120 loop execute format('create sequence s%s start 7', n); perform setval(format('s%s', n)::regclass, n + 7, n % 2 = 0); end loop; end $$;
			create sequence untouched start 7`)
		inv, err := catalog.Read(t.Context(), connect(t, dsn), catalog.Options{})
		require.NoError(t, err)
		require.Len(t, inv.Sequences, 121)
		for n := int64(1); n <= 120; n++ {
			s := sequence(t, inv, "public", fmt.Sprintf("s%d", n))
			require.Equal(t, n+7, *s.LastValue, s.Name)
			require.Equal(t, n%2 == 0, *s.IsCalled, s.Name)
			require.Equal(t, int64(7), s.Start, s.Name)
		}
		require.Equal(t, int64(7), *sequence(t, inv, "public", "untouched").LastValue)
		require.False(t, *sequence(t, inv, "public", "untouched").IsCalled)
	})
}

func TestReadEmptyDatabase(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: in.Major})
		inv, err := catalog.Read(t.Context(), connect(t, src.CreateDatabase(t, "nothing in 'it")), catalog.Options{})
		require.NoError(t, err)
		require.Empty(t, inv.Tables)
		require.Empty(t, inv.Sequences)
		require.Empty(t, inv.Structure())
		require.Empty(t, inv.Unknown)
		_, err = analyze.Decode(strings.NewReader(encoded(t, inv)))
		require.NoError(t, err)
	})
}

func TestReadAsRoleWithoutRights(t *testing.T) {
	eachServer(t, func(t *testing.T, in cluster.Install) {
		src := shop(t, in)
		src.MustPsql(t, "shop", `create role "weak ""one" login; grant usage on schema app to "weak ""one"; grant select (id, name) on app.customers to "weak ""one";
			grant select on app.orders, app.by_index, app.counter to "weak ""one"; revoke all on schema public from public;
			revoke execute on function pg_control_system(), pg_control_checkpoint() from public;
			revoke connect, temporary on database shop from public; grant connect on database shop to "weak ""one"`)
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as(`weak "one`)), catalog.Options{})
		require.NoError(t, err)
		require.False(t, inv.Server.Superuser)
		require.Empty(t, inv.Server.SystemIdentifier)
		require.Zero(t, inv.Server.Timeline)
		require.False(t, table(t, inv, "app", "customers").Readable, "not every column")
		require.True(t, table(t, inv, "app", "orders").Readable)
		require.False(t, table(t, inv, "app", "by_index").Readable, "not every row")
		require.NotNil(t, table(t, inv, "app", "customers").HeapBytes)
		require.Equal(t, int64(2), *sequence(t, inv, "app", "counter").LastValue)
		require.Nil(t, sequence(t, inv, "app", "set_back").LastValue)
		require.Nil(t, inv.Activity.OldestWriteSeconds)
		require.Nil(t, inv.Activity.IdleInTransaction)
		require.Positive(t, inv.Activity.Connections)
		require.NotEmpty(t, index(t, table(t, inv, "app", "customers"), "customers_gin").Definition)

		grants := map[string]string{}
		for _, u := range inv.Unknown {
			grants[strings.TrimSuffix(u.Fact+": "+u.Subject, ": ")] = u.Grant
			require.NotEmpty(t, u.Reason)
		}
		const me = `"weak ""one"`
		want := map[string]string{
			"activity":                          "GRANT pg_monitor TO " + me,
			"standbys":                          "GRANT pg_monitor TO " + me,
			"settings":                          "GRANT pg_read_all_settings TO " + me,
			"system identifier":                 "GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO " + me,
			"timeline":                          "GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_checkpoint() TO " + me,
			"rows: app":                         "GRANT SELECT ON ALL TABLES IN SCHEMA \"app\" TO " + me,
			"rows: app.by_index":                "ALTER ROLE " + me + " BYPASSRLS",
			`rows: "Sch""ema % $1"`:             "GRANT SELECT ON ALL TABLES IN SCHEMA \"Sch\"\"ema % $1\" TO " + me,
			`schema: "Sch""ema % $1"`:           "GRANT USAGE ON SCHEMA \"Sch\"\"ema % $1\" TO " + me,
			"schema: public":                    "GRANT USAGE ON SCHEMA \"public\" TO " + me,
			"sequence values: app":              "GRANT SELECT ON ALL SEQUENCES IN SCHEMA \"app\" TO " + me,
			`sequence values: "Sch""ema % $1"`:  "GRANT SELECT ON ALL SEQUENCES IN SCHEMA \"Sch\"\"ema % $1\" TO " + me,
			"role setting: shop/app.secret_key": "",
		}
		if inv.Server.Major() < 1000 {
			want["activity"], want["standbys"], want["settings"] = "", "", ""
		}
		require.Empty(t, cmp.Diff(want, grants))

		// The grants do what they say: pasted, they leave nothing unknown.
		for _, g := range grants {
			if g != "" {
				src.MustPsql(t, "shop", g)
			}
		}
		if inv.Server.Major() < 1000 {
			return // there, only a superuser sees the rest
		}
		if inv.Server.Major() >= 1400 { // two grants in place of all those for schemas
			src.MustPsql(t, "shop", `create role reader login bypassrls in role pg_monitor, pg_read_all_data; grant connect on database shop to reader;
				grant execute on function pg_control_system(), pg_control_checkpoint() to reader`)
			inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop"), as("reader")), catalog.Options{})
			require.NoError(t, err)
			require.Equal(t, []string{"role setting: shop/app.secret_key"}, unknowns(inv))
		}
		inv, err = catalog.Read(t.Context(), connect(t, src.DSN("shop"), as(`weak "one`)), catalog.Options{})
		require.NoError(t, err)
		require.Equal(t, []string{"role setting: shop/app.secret_key"}, unknowns(inv))
	})
}

func TestReadPglogical(t *testing.T) {
	cluster.NeedPGLogical(t)
	src := cluster.StartSource(t)
	dsn := src.CreateDatabase(t, "shop")
	src.MustPsql(t, "shop", `create extension pglogical; create table t (id int primary key); create table "T 2" (x text)`)
	inv, err := catalog.Read(t.Context(), connect(t, dsn), catalog.Options{})
	require.NoError(t, err)
	require.Empty(t, inv.Replication.Pglogical.Node)
	require.Empty(t, inv.Replication.Pglogical.Sets)
	before := inv.Structure()

	src.MustPsql(t, "shop", `select pglogical.create_node('prov', 'host=/nowhere dbname=shop password=canary');
		select pglogical.create_replication_set('slot_1', false, true, true, false);
		select pglogical.create_replication_set('islot_1', true, false, false, true);
		select pglogical.replication_set_add_table('slot_1', 't');
		select pglogical.replication_set_add_table('islot_1', 't');
		select pglogical.replication_set_add_table('islot_1', '"T 2"');
		create role weak login`)
	inv, err = catalog.Read(t.Context(), connect(t, dsn), catalog.Options{})
	require.NoError(t, err)
	p := inv.Replication.Pglogical
	require.Equal(t, "prov", p.Node)
	require.True(t, p.NodePassword)
	require.NotContains(t, encoded(t, inv), "canary")
	public := func(name string) analyze.Name { return analyze.Name{Schema: "public", Name: name} }
	sets := map[string]analyze.ReplicationSet{}
	for _, s := range p.Sets {
		sets[s.Name] = s
	}
	require.Equal(t, analyze.ReplicationSet{Name: "islot_1", Insert: true, Truncate: true, Tables: []analyze.Name{public("T 2"), public("t")}}, sets["islot_1"])
	require.Equal(t, analyze.ReplicationSet{Name: "slot_1", Update: true, Delete: true, Tables: []analyze.Name{public("t")}}, sets["slot_1"])
	require.Empty(t, analyze.Drift(before, inv.Structure()), "joining a set is not a change of the structure")
	for _, x := range inv.Tables {
		require.NotEqual(t, "pglogical", x.Name.Schema)
	}

	inv, err = catalog.Read(t.Context(), connect(t, dsn, as("weak")), catalog.Options{})
	require.NoError(t, err)
	require.NotEmpty(t, inv.Replication.Pglogical.Version)
	require.Contains(t, unknowns(inv), "pglogical")

	for dsn, has := range map[string]bool{
		"postgres://u@h/d": false, "postgres://u:canary@h/d": true, "host=h password = 'canary'": true, "host=h passfile=/x": false,
		"postgresql://h/d?user=u&password=canary": true, "dbname=d": false,
	} {
		src.MustPsql(t, "shop", "update pglogical.node_interface set if_dsn = '"+strings.ReplaceAll(dsn, "'", "''")+"'")
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("shop")), catalog.Options{})
		require.NoError(t, err)
		require.Equal(t, has, inv.Replication.Pglogical.NodePassword, dsn)
	}
}

func TestReadRecognisesManagedServers(t *testing.T) {
	cluster.Need(t)
	src := cluster.StartSource(t)
	read := func() string {
		inv, err := catalog.Read(t.Context(), connect(t, src.DSN("postgres")), catalog.Options{})
		require.NoError(t, err)
		return inv.Server.Managed
	}
	src.MustPsql(t, "postgres", "create role rds_superuser")
	require.Empty(t, read(), "anybody can create a role of that name")
	src.MustPsql(t, "postgres", "create role rdsadmin")
	require.Equal(t, "rds", read())
	src.MustPsql(t, "postgres", "set allow_system_table_mods = on; create function pg_catalog.aurora_version() returns text language sql as 'select ''1'''")
	require.Equal(t, "aurora", read())
}

func TestReadOtherEncodings(t *testing.T) {
	cluster.Need(t)
	src := cluster.StartSource(t)
	for _, encoding := range []string{"LATIN1", "SQL_ASCII"} {
		src.MustPsql(t, "postgres", fmt.Sprintf("create database %s encoding '%s' lc_collate 'C' lc_ctype 'C' template template0", encoding, encoding))
	}
	make := func(bytes string) string {
		return fmt.Sprintf(`do $$ begin execute 'create table "' || convert_from('\x%s', getdatabaseencoding()) || '" (id int)'; end $$`, bytes)
	}
	src.MustPsql(t, "latin1", make("e4"))
	inv, err := catalog.Read(t.Context(), connect(t, src.DSN("latin1")), catalog.Options{})
	require.NoError(t, err)
	require.Equal(t, "LATIN1", inv.Database.Encoding)
	table(t, inv, "public", "ä")

	src.MustPsql(t, "sql_ascii", make("c3a4"))
	inv, err = catalog.Read(t.Context(), connect(t, src.DSN("sql_ascii")), catalog.Options{})
	require.NoError(t, err)
	table(t, inv, "public", "ä")
	src.MustPsql(t, "sql_ascii", make("e4"))
	_, err = catalog.Read(t.Context(), connect(t, src.DSN("sql_ascii")), catalog.Options{})
	require.ErrorContains(t, err, "reading tables: a name or definition holds bytes that are not UTF-8")
}
