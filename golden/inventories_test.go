package golden_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// The inventories of the golden cases are built here and committed as JSON, so that a change in the format shows up
// in review and so that a case needs no server. Definitions are written the way pg_get_indexdef and
// pg_get_constraintdef print them with an empty search_path.

const (
	kB = int64(1) << 10
	mB = kB << 10
	gB = mB << 10
	tB = gB << 10
)

// inventories lists the cases by the name of their folder.
var inventories = map[string]func() analyze.Inventory{
	"empty":       empty,
	"small":       small,
	"wide":        wide,
	"partitioned": partitioned,
	"inherited":   inherited,
	"nokeys":      noKeys,
	"hostile":     hostile,
	"pg96":        pg96,
	"rds":         rds,
	"huge":        huge,
	"uniques":     uniques,

	"native-small":    nativeSmall,
	"native-hostile":  nativeHostile,
	"native-snapshot": nativeSnapshot,

	"rds11-aurora11-promote": rds11,
	"rds13-aurora16-promote": rds13,
	"rds11-aurora11-full":    rds11Aurora11Full,

	"rds11-aurora11-full-replica": rds11Aurora11FullReplica,

	"rds13-aurora16-full": rds13Aurora16Full,
	"full-lobs":           fullLOBs,
	"full-nokeys":         fullNoKeys,
}

func base(version int) analyze.Inventory {
	name := fmt.Sprintf("%d.%d", version/10000, version%10000)
	if version < 100000 {
		name = fmt.Sprintf("%d.%d.%d", version/10000, version/100%100, version%100)
	}
	inv := analyze.Inventory{
		Format: analyze.Format,
		Server: analyze.Server{
			VersionNum: version, Version: name, SystemIdentifier: "7300000000000000001", Timeline: 1,
			Superuser: true, User: "migrator", TakenAt: "2026-11-21T08:00:00Z",
		},
		Database: analyze.Database{
			Name: "shop", Encoding: "UTF8", Collate: "en_US.UTF-8", Ctype: "en_US.UTF-8", LocaleProvider: "libc",
			Owner: "app", Bytes: ptr(8 * gB), FrozenXIDAge: 41_000_000,
		},
		Extensions: []analyze.Extension{
			{Name: "plpgsql", Version: "1.0", Schema: "pg_catalog"},
			{Name: "pglogical", Version: "2.4.4", Schema: "pglogical"},
		},
		Roles: []analyze.Role{
			{Name: "app", Inherit: true, Login: true, ConnLimit: -1, Owner: true},
			{Name: "reporting", Inherit: true, Login: true, ConnLimit: 10, Grantee: true},
		},
		Schemas: []analyze.Schema{
			{Name: "public", Owner: "postgres", Usage: true},
			{Name: "pglogical", Owner: "postgres", Extension: "pglogical", Usage: true},
		},
		Settings: settings(
			"wal_level", "logical", "shared_preload_libraries", "pglogical", "max_replication_slots", "16",
			"max_wal_senders", "20", "max_worker_processes", "16", "max_connections", "400", "wal_sender_timeout", "60000",
			"max_prepared_transactions", "0", "max_locks_per_transaction", "64", "server_encoding", "UTF8", "hot_standby_feedback", "off",
			"integer_datetimes", "on",
		),
		Replication: analyze.Replication{
			Standbys:  []analyze.Standby{{ApplicationName: "maintenance", State: "streaming", SyncState: "async", ReplayLagBytes: ptr(int64(0))}},
			Pglogical: &analyze.Pglogical{Version: "2.4.4"},
		},
		Activity: analyze.Activity{PreparedTransactions: ptr(0), OldestWriteSeconds: ptr(int64(2)), IdleInTransaction: ptr(0), Connections: 61},
		Objects:  analyze.Objects{LargeObjects: ptr(int64(0))},
		Sample:   &analyze.Sample{Seconds: 600, WALBytes: 600 * 2 * mB},
		Replica: &analyze.Replica{
			Server: analyze.Server{
				VersionNum: version, Version: name, SystemIdentifier: "7300000000000000001", Timeline: 1, InRecovery: true,
				Superuser: true, User: "migrator", TakenAt: "2026-11-21T08:10:00Z",
			},
			ReplayLSN: "2F/1A000060", ReceiveLSN: "2F/1A000060", LagSeconds: ptr(int64(0)), LagBytes: ptr(int64(0)), SizesFrom: true,
			Settings: settings("max_connections", "400", "max_worker_processes", "16", "max_wal_senders", "20",
				"max_prepared_transactions", "0", "max_locks_per_transaction", "64", "hot_standby_feedback", "off"),
		},
		Target: &analyze.Target{
			Server:     analyze.Server{VersionNum: 160010, Version: "16.10", SystemIdentifier: "7400000000000000002", Timeline: 1, User: "master", Managed: "rds", TakenAt: "2026-11-21T08:10:01Z"},
			Database:   analyze.Database{Name: "shop", Encoding: "UTF8", Collate: "en_US.UTF-8", Ctype: "en_US.UTF-8", LocaleProvider: "libc", Owner: "master"},
			Settings:   settings("max_connections", "1000", "max_worker_processes", "16", "wal_level", "replica"),
			Extensions: []analyze.Extension{{Name: "plpgsql", Version: "1.0", Schema: "pg_catalog"}},
			Available:  []analyze.Extension{{Name: "plpgsql", Version: "1.0"}, {Name: "hstore", Version: "1.8"}, {Name: "citext", Version: "1.6"}, {Name: "pg_stat_statements", Version: "1.10"}},
			Roles:      []string{"master", "rds_superuser"},
		},
	}
	if version >= 130000 {
		inv.Settings = append(inv.Settings, settings("max_slot_wal_keep_size", "-1")...)
	}
	return inv
}

func settings(pairs ...string) []analyze.Setting {
	var out []analyze.Setting
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, analyze.Setting{Name: pairs[i], Value: pairs[i+1], Source: "configuration file", Context: "postmaster"})
	}
	return out
}

func ptr[T any](v T) *T { return &v }

// tableOf is an ordinary table of the given heap size with columns written as "name type", "!" for NOT NULL.
func tableOf(schema, name string, heap int64, columns ...string) analyze.Table {
	t := analyze.Table{
		Name: analyze.Name{Schema: schema, Name: name}, Kind: analyze.Ordinary, Owner: "app", ReplicaIdentity: "default",
		Filenode: 16384, EstimatedRows: ptr(heap / 120), Pages: heap / (8 * kB),
		HeapBytes: ptr(heap), ToastBytes: ptr(int64(0)), IndexBytes: ptr(int64(0)), Readable: true,
		Counters: &analyze.Counters{Inserts: heap / 120, LiveRows: heap / 120}, Rates: &analyze.Rates{Inserts: float64(heap) / float64(100*mB)},
	}
	for i, c := range columns {
		cname, ctype, _ := strings.Cut(c, " ")
		notNull := strings.HasSuffix(ctype, "!")
		t.Columns = append(t.Columns, columnOf(i+1, cname, strings.TrimSuffix(ctype, "!"), notNull))
	}
	return t
}

func columnOf(number int, name, typ string, notNull bool) analyze.Column {
	c := analyze.Column{Name: name, Number: number, Type: typ, BaseType: typ, TypeKind: "base", NotNull: notNull, StatisticsTarget: -1, AvgWidth: ptr(8), NullFraction: ptr(0.0)}
	switch typ {
	case "bigint":
		c.BaseType = "int8"
	case "integer":
		c.BaseType = "int4"
	case "timestamp with time zone":
		c.BaseType = "timestamptz"
	case "timestamp without time zone":
		c.BaseType = "timestamp"
	case "smallint":
		c.BaseType = "int2"
	case "double precision":
		c.BaseType = "float8"
	case "character varying(40)", "character varying(255)":
		c.BaseType = "varchar"
	case "tstzrange":
		c.TypeKind = "range"
	case "text", "jsonb", "json":
		c.LOB, c.LOBMax = analyze.NCLOB, &analyze.LOBMax{Bytes: ptr(18 * kB), Method: "exact"}
	case "bytea":
		c.LOB, c.LOBMax = analyze.BLOB, &analyze.LOBMax{Bytes: ptr(340 * kB), Method: "exact"}
	case "character varying":
		c.BaseType, c.LOB = "varchar", analyze.UnboundedVarchar
	case "numeric":
		c.LOB = analyze.UnboundedNumeric
	case "text[]":
		c.BaseType, c.TypeKind, c.LOB, c.LOBMax = "_text", "array", analyze.NCLOB, &analyze.LOBMax{Bytes: ptr(2 * kB), Method: "sampled", Rows: 30_000}
	}
	return c
}

func withPK(t analyze.Table, columns ...string) analyze.Table {
	return withKey(t, analyze.PrimaryKey, t.Name.Name+"_pkey", columns...)
}

func withKey(t analyze.Table, kind analyze.ConstraintKind, name string, columns ...string) analyze.Table {
	size := *t.HeapBytes / 5
	word := map[analyze.ConstraintKind]string{analyze.PrimaryKey: "PRIMARY KEY", analyze.UniqueKey: "UNIQUE"}[kind]
	t.Indexes = append(t.Indexes, analyze.Index{
		Name: name, Definition: fmt.Sprintf("CREATE UNIQUE INDEX %s ON %s USING btree (%s)", quote(name), catalogName(t.Name), list(columns)),
		Method: "btree", Unique: true, Primary: kind == analyze.PrimaryKey, Immediate: true, Valid: true, Ready: true,
		KeyColumns: columns, Sorted: len(columns), Constraint: name, Bytes: ptr(size),
	})
	t.Constraints = append(t.Constraints, analyze.Constraint{
		Name: name, Kind: kind, Definition: fmt.Sprintf("%s (%s)", word, list(columns)), Validated: true, Index: name,
	})
	*t.IndexBytes += size
	return t
}

func withIndex(t analyze.Table, name string, columns ...string) analyze.Table {
	size := *t.HeapBytes / 6
	t.Indexes = append(t.Indexes, analyze.Index{
		Name: name, Definition: fmt.Sprintf("CREATE INDEX %s ON %s USING btree (%s)", quote(name), catalogName(t.Name), list(columns)),
		Method: "btree", Immediate: true, Valid: true, Ready: true, KeyColumns: columns, Sorted: len(columns), Bytes: ptr(size),
	})
	*t.IndexBytes += size
	return t
}

func withFK(t analyze.Table, name, column string, ref analyze.Name, refColumn string) analyze.Table {
	t.Constraints = append(t.Constraints, analyze.Constraint{
		Name: name, Kind: analyze.ForeignKey, Validated: true, References: &ref,
		Definition: fmt.Sprintf("FOREIGN KEY (%s) REFERENCES %s(%s)", quote(column), catalogName(ref), quote(refColumn)),
	})
	return t
}

// quote, catalogName and list write names as the catalog does: quotes only where they are needed.
func quote(s string) string {
	for i, r := range s {
		if !('a' <= r && r <= 'z' || r == '_' || i > 0 && '0' <= r && r <= '9') {
			return analyze.Ident(s)
		}
	}
	return s
}

func catalogName(n analyze.Name) string { return quote(n.Schema) + "." + quote(n.Name) }

func list(columns []string) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = quote(c)
	}
	return strings.Join(quoted, ", ")
}

func sequenceOf(table, column string, last int64) analyze.Sequence {
	name := analyze.Name{Schema: "public", Name: table + "_" + column + "_seq"}
	return analyze.Sequence{
		Name: name, Owner: "app", Type: "bigint", Start: 1, Minimum: 1, Maximum: 9223372036854775807, Increment: 1, Cache: 1,
		LastValue: &last, IsCalled: ptr(true), OwnedBy: &analyze.ColumnRef{Table: analyze.Name{Schema: "public", Name: table}, Column: column},
	}
}

func empty() analyze.Inventory { return base(150020) }

func small() analyze.Inventory {
	inv := base(150020)
	accounts := withIndex(withPK(tableOf("public", "accounts", 40*mB, "id bigint!", "email text!", "created_at timestamp with time zone!"), "id"), "accounts_created_at_idx", "created_at")
	calls := withPK(tableOf("public", "calls", 900*mB, "id bigint!", "account_id bigint!", "notes text!", "recording bytea", "started_at timestamp with time zone!"), "id")
	calls = withFK(withIndex(calls, "calls_account_id_idx", "account_id"), "calls_account_id_fkey", "account_id", accounts.Name, "id")
	calls.ToastBytes = ptr(600 * mB)
	calls.Rates = &analyze.Rates{Inserts: 80, Updates: 40, HotUpdates: 10, Deletes: 1}
	tags := withPK(tableOf("public", "tags", 64*kB, "id integer!", "name text!"), "id")
	tags.Triggers = []analyze.Trigger{{Name: "tags_touch", Enabled: "origin", Definition: "CREATE TRIGGER tags_touch BEFORE UPDATE ON public.tags FOR EACH ROW EXECUTE FUNCTION public.touch()"}}
	inv.Tables = []analyze.Table{accounts, calls, tags}
	inv.Sequences = []analyze.Sequence{sequenceOf("accounts", "id", 350_000), sequenceOf("calls", "id", 7_900_000), sequenceOf("tags", "id", 500)}
	inv.Views = []analyze.View{{Name: analyze.Name{Schema: "public", Name: "calls_by_day"}, Materialized: true, Populated: true, Owner: "app", Definition: " SELECT 1 AS day;"}}
	return inv
}

func wide() analyze.Inventory {
	inv := base(130023)
	columns := []string{"id bigint!"}
	for i := range 1599 {
		columns = append(columns, fmt.Sprintf("c%04d integer", i))
	}
	inv.Tables = []analyze.Table{withPK(tableOf("public", "wide", 2*gB, columns...), "id")}
	for i := range 60 {
		t := withPK(tableOf("public", fmt.Sprintf("t%03d", i), int64(i+1)*256*kB, "id bigint!", "v integer"), "id")
		inv.Tables = append(inv.Tables, t)
	}
	return inv
}

func partitioned() analyze.Inventory {
	inv := base(150020)
	root := analyze.Name{Schema: "public", Name: "events"}
	parent := tableOf("public", "events", 0, "id bigint!", "at timestamp with time zone!", "body jsonb")
	parent.Kind, parent.HasChildren, parent.PartitionKey, parent.Rates = analyze.Partitioned, true, "RANGE (at)", nil
	parent = withIndex(withPK(parent, "id", "at"), "events_at_idx", "at")
	parent.Indexes[0].Definition = strings.Replace(parent.Indexes[0].Definition, " ON ", " ON ONLY ", 1)
	parent.Indexes[1].Definition = strings.Replace(parent.Indexes[1].Definition, " ON ", " ON ONLY ", 1)
	inv.Tables = append(inv.Tables, parent)
	for m := 1; m <= 6; m++ {
		leaf := tableOf("public", fmt.Sprintf("events_2026_%02d", m), int64(m)*300*mB, "id bigint!", "at timestamp with time zone!", "body jsonb")
		leaf.IsPartition, leaf.Parents = true, []analyze.Name{root}
		leaf.PartitionBound = fmt.Sprintf("FOR VALUES FROM ('2026-%02d-01 00:00:00+00') TO ('2026-%02d-01 00:00:00+00')", m, m+1)
		leaf = withIndex(withPK(leaf, "id", "at"), leaf.Name.Name+"_at_idx", "at")
		leaf.Indexes[0].Parent = &analyze.Name{Schema: "public", Name: "events_pkey"}
		leaf.Indexes[1].Parent = &analyze.Name{Schema: "public", Name: "events_at_idx"}
		leaf.Constraints[0].Inherited = true
		leaf.Rates = &analyze.Rates{Inserts: float64(m * m), Updates: float64(m)}
		inv.Tables = append(inv.Tables, leaf)
	}
	inv.Tables = append(inv.Tables, withPK(tableOf("public", "sources", 3*mB, "id bigint!", "name text"), "id"))
	return inv
}

func inherited() analyze.Inventory {
	inv := base(120022)
	parent := withPK(tableOf("public", "documents", 10*mB, "id bigint!", "title text!"), "id")
	parent.HasChildren = true
	child := withPK(tableOf("public", "invoices", 500*mB, "id bigint!", "title text!", "total numeric"), "id")
	child.Parents = []analyze.Name{parent.Name}
	grandchild := tableOf("archive", "invoices_2019", 200*mB, "id bigint!", "title text!", "total numeric")
	grandchild.Parents = []analyze.Name{child.Name}
	child.HasChildren = true
	grandchild = withPK(grandchild, "id")
	inv.Schemas = append(inv.Schemas, analyze.Schema{Name: "archive", Owner: "app", Usage: true})
	inv.Tables = []analyze.Table{parent, child, grandchild}
	return inv
}

func noKeys() analyze.Inventory {
	inv := base(140018)
	audit := tableOf("public", "audit", 4*gB, "at timestamp with time zone!", "who text", "what jsonb")
	audit.Rates = &analyze.Rates{Inserts: 300}
	audit.Counters = &analyze.Counters{Inserts: 40_000_000, LiveRows: 40_000_000}
	queue := tableOf("public", "queue", 20*mB, "payload jsonb", "locked_by integer")
	queue.Rates = &analyze.Rates{Inserts: 50, Updates: 50, Deletes: 50}
	full := withPK(tableOf("public", "full_identity", 8*mB, "id bigint!", "v integer"), "id")
	full.ReplicaIdentity = "full"
	byIndex := tableOf("public", "by_index", 8*mB, "code integer!", "v integer")
	byIndex = withKey(byIndex, analyze.UniqueKey, "by_index_code_key", "code")
	byIndex.ReplicaIdentity, byIndex.Indexes[0].ReplicaIdentity = "index", true
	inv.Tables = []analyze.Table{audit, queue, full, byIndex}
	return inv
}

func hostile() analyze.Inventory {
	inv := base(160009)
	inv.Database.Name = `sh op "x";$(id)`
	inv.Schemas = append(inv.Schemas, analyze.Schema{Name: "Mixed Case", Owner: "app", Usage: true}, analyze.Schema{Name: "select", Owner: "app", Usage: true})
	for i, n := range []analyze.Name{
		{Schema: "Mixed Case", Name: "Order"}, {Schema: "Mixed Case", Name: "order"}, {Schema: "select", Name: "table"},
		{Schema: "public", Name: "-- drop"}, {Schema: "public", Name: "-rf"}, {Schema: "public", Name: "a.b"}, {Schema: "public", Name: "dol$lar$$"},
		{Schema: "public", Name: "it's"}, {Schema: "public", Name: "line\nbreak"}, {Schema: "public", Name: "per%cent_%s"}, {Schema: "public", Name: "tab\tstop"},
		{Schema: "public", Name: `back\slash`}, {Schema: "public", Name: `quo"te`}, {Schema: "public", Name: "🐘 éléphant"}, {Schema: "public", Name: "\u202etxet"},
		{Schema: "public", Name: strings.Repeat("x", 63)}, {Schema: "public", Name: "`tick`|pipe"}, {Schema: "public", Name: "*/ ; rollback; --"}, {Schema: "public", Name: ":var :'v' :\"w\""},
		{Schema: "public", Name: "%{{.}}"}, {Schema: "public", Name: `$(touch /tmp/pwned)`},
	} {
		t := tableOf(n.Schema, n.Name, int64(i+1)*mB, "id bigint!")
		t.Columns = append(t.Columns, columnOf(2, `Co"l $(x) `+"\n"+`é`, "text", true))
		t = withPK(t, "id")
		t.Indexes[0].Name = fmt.Sprintf(`p"k $%d`, i)
		t.Indexes[0].Constraint, t.Constraints[0].Name, t.Constraints[0].Index = t.Indexes[0].Name, t.Indexes[0].Name, t.Indexes[0].Name
		t.Indexes[0].Definition = fmt.Sprintf("CREATE UNIQUE INDEX %s ON %s USING btree (id)", quote(t.Indexes[0].Name), catalogName(t.Name))
		inv.Tables = append(inv.Tables, t)
	}
	inv.Sequences = []analyze.Sequence{{
		Name: analyze.Name{Schema: "Mixed Case", Name: `s"eq'`}, Owner: "app", Type: "smallint", Start: -1, Minimum: -32768, Maximum: -1, Increment: -1, Cache: 1, Cycle: true,
		LastValue: ptr(int64(-77)), IsCalled: ptr(true),
	}}
	inv.Roles = append(inv.Roles, analyze.Role{Name: `o'"wner $(id)`, Inherit: true, Login: true, ConnLimit: -1, Owner: true})
	return inv
}

func pg96() analyze.Inventory {
	inv := base(90624)
	inv.Database.Collate, inv.Database.Ctype = "en_US.UTF-8", "en_US.UTF-8"
	calls := withPK(tableOf("public", "calls", 60*gB, "id bigint!", "uuid uuid!", "price double precision", "notes text"), "id")
	for i := range 101 {
		calls.Columns[0].Bounds = append(calls.Columns[0].Bounds, fmt.Sprint(1+i*5_000_000))
	}
	calls = withKey(calls, analyze.UniqueKey, "calls_uuid_key", "uuid")
	inv.Tables = []analyze.Table{
		calls,
		withPK(tableOf("public", "companies", 800*mB, "id integer!", "name character varying"), "id"),
		withPK(tableOf("public", "schema_migrations", 16*kB, "version character varying(255)!"), "version"),
	}
	for i := range inv.Sequences {
		inv.Sequences[i].Type = "bigint"
	}
	inv.Sequences = []analyze.Sequence{sequenceOf("calls", "id", 500_000_001)}
	return inv
}

func rds() analyze.Inventory {
	inv := base(110022)
	inv.Server.Managed, inv.Server.Superuser, inv.Server.SystemIdentifier = "rds", false, ""
	inv.Replica = nil
	inv.Activity.OldestWriteSeconds = nil
	inv.Settings = append(inv.Settings, settings("rds.logical_replication", "on", "rds.extensions", "pglogical,hstore")...)
	inv.Roles = append(inv.Roles, analyze.Role{Name: "rds_superuser", Inherit: true, ConnLimit: -1}, analyze.Role{Name: "rdsadmin", Superuser: true, Login: true, Inherit: true, Replication: true, CreateDB: true, CreateRole: true, BypassRLS: true, ConnLimit: -1})
	inv.Extensions = append(inv.Extensions, analyze.Extension{Name: "hstore", Version: "1.5", Schema: "public"})
	orders := withPK(tableOf("public", "orders", 9*gB, "id bigint!", "attributes jsonb"), "id")
	inv.Tables = []analyze.Table{orders, withPK(tableOf("public", "customers", 2*gB, "id bigint!", "email text!"), "id")}
	inv.Sequences = []analyze.Sequence{sequenceOf("orders", "id", 90_000_000)}
	inv.Unknown = []analyze.Unknown{
		{Fact: "system identifier", Reason: "permission denied for function pg_control_system", Grant: ""},
		{Fact: "other sessions", Reason: "hidden from this role", Grant: "GRANT pg_monitor TO migrator"},
	}
	return inv
}

func huge() analyze.Inventory {
	inv := base(140018)
	inv.Database.Bytes = ptr(4*tB + tB/2)
	inv.Sample.WALBytes = 600 * 14 * mB
	big := withIndex(withPK(tableOf("public", "events", tB, "id bigint!", "company_id bigint!", "payload jsonb!", "created_at timestamp with time zone!"), "id"), "events_company_id_idx", "company_id")
	big.ToastBytes = ptr(180 * gB)
	big.Rates = &analyze.Rates{Inserts: 2200, Updates: 300, HotUpdates: 120, Deletes: 0.5}
	inv.Tables = append(inv.Tables, big)
	for i := range 400 {
		// sizes fall off like a harmonic series: a few giants, a long tail
		heap := 520 * gB / int64(i+1)
		t := withPK(tableOf("public", fmt.Sprintf("table_%03d", i+1), heap, "id bigint!", "company_id bigint!", "state integer", "created_at timestamp with time zone!"), "id")
		t = withIndex(t, t.Name.Name+"_company_id_idx", "company_id")
		t.Rates = &analyze.Rates{Inserts: 900 / float64(i+1), Updates: 1500 / float64((i*7)%400+1), HotUpdates: 400 / float64((i*7)%400+1)}
		if i%9 == 0 {
			t = withKey(t, analyze.UniqueKey, t.Name.Name+"_state_key", "company_id", "state")
		}
		inv.Tables = append(inv.Tables, t)
	}
	return inv
}

func uniques() analyze.Inventory {
	inv := base(160010)
	users := tableOf("public", "users", 300*mB, "id bigint!", "email text!", "login character varying(40)!", "deleted_at timestamp with time zone", "slot integer")
	users = withKey(withPK(users, "id"), analyze.UniqueKey, "users_email_key", "email")
	add := func(x analyze.Index) {
		x.Method, x.Immediate, x.Valid, x.Ready, x.Bytes = "btree", true, true, true, ptr(9*mB)
		users.Indexes = append(users.Indexes, x)
	}
	add(analyze.Index{Name: "users_login_active_key", Unique: true, Partial: true, KeyColumns: []string{"login"}, Definition: "CREATE UNIQUE INDEX users_login_active_key ON public.users USING btree (login) WHERE (deleted_at IS NULL)"})
	add(analyze.Index{Name: "users_lower_email_key", Unique: true, Expression: true, KeyColumns: []string{""}, Definition: "CREATE UNIQUE INDEX users_lower_email_key ON public.users USING btree (lower(email))"})
	add(analyze.Index{Name: "users_login_incl", Unique: true, KeyColumns: []string{"login", "slot"}, Included: []string{"email"}, NullsNotDistinct: true, Definition: "CREATE UNIQUE INDEX users_login_incl ON public.users USING btree (login, slot) INCLUDE (email) NULLS NOT DISTINCT"})
	users = withKey(users, analyze.UniqueKey, "users_slot_key", "slot")
	last := &users.Indexes[len(users.Indexes)-1]
	last.Immediate = false
	k := &users.Constraints[len(users.Constraints)-1]
	k.Deferrable, k.Deferred, k.Definition = true, true, "UNIQUE (slot) DEFERRABLE INITIALLY DEFERRED"
	bookings := withPK(tableOf("public", "bookings", 100*mB, "id bigint!", "room integer!", "during tstzrange!"), "id")
	bookings.Indexes = append(bookings.Indexes, analyze.Index{
		Name: "bookings_no_overlap", Method: "gist", Exclusion: true, Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"room", "during"}, Constraint: "bookings_no_overlap", Bytes: ptr(12 * mB),
		Definition: "CREATE INDEX bookings_no_overlap ON public.bookings USING gist (room, during)",
	})
	bookings.Constraints = append(bookings.Constraints, analyze.Constraint{Name: "bookings_no_overlap", Kind: analyze.Exclusion, Validated: true, Index: "bookings_no_overlap", Definition: "EXCLUDE USING gist (room WITH =, during WITH &&)"},
		analyze.Constraint{Name: "bookings_room_check", Kind: analyze.Check, Definition: "CHECK ((room > 0)) NOT VALID"})
	broken := withIndex(withPK(tableOf("public", "broken", 5*mB, "id bigint!", "v integer"), "id"), "broken_v_idx", "v")
	broken.Indexes[1].Valid = false
	inv.Tables = []analyze.Table{users, bookings, broken}
	return inv
}

// The engine native: a plain database with a way back.
func nativeSmall() analyze.Inventory {
	inv := small()
	inv.Replication.Pglogical = nil
	inv.Target.Server.Managed = ""
	return inv
}

// The engine native takes its rows from an RDS source itself: no replica is there to pause, and each piece of the load is of one slot.
func nativeSnapshot() analyze.Inventory {
	inv := rds()
	inv.Server.VersionNum, inv.Server.Version = 150018, "15.18"
	inv.Extensions = slices.DeleteFunc(inv.Extensions, func(x analyze.Extension) bool { return x.Name == "pglogical" })
	inv.Schemas = slices.DeleteFunc(inv.Schemas, func(x analyze.Schema) bool { return x.Name == "pglogical" })
	inv.Replication = analyze.Replication{}
	inv.Settings = append(inv.Settings, settings("old_snapshot_threshold", "-1")...)
	audit := tableOf("audit", "entries", 40*mB, "line text!", "at timestamp with time zone!")
	inv.Schemas = append(inv.Schemas, analyze.Schema{Name: "audit", Owner: "app", Usage: true})
	inv.Tables = append(inv.Tables, withPK(tableOf("public", "countries", 64*kB, "id bigint!", "name text!"), "id"),
		withPK(tableOf("public", "currencies", 32*kB, "id bigint!", "name text!"), "id"), withPK(tableOf("public", "Price List", 128*kB, "id bigint!", "name text!"), "id"), audit)
	return inv
}

// The engine native meets partitions, tables without an identity or with all columns for one, and names of every kind.
func nativeHostile() analyze.Inventory {
	inv := hostile()
	inv.Replication.Pglogical = nil
	inv.Tables[0] = withFK(inv.Tables[0], "refers to; \\! `id`\n$(id) 'x'", "id", inv.Tables[7].Name, "id")
	trees, keyless := partitioned(), noKeys()
	inv.Tables = append(append(inv.Tables, trees.Tables...), keyless.Tables...)
	whole := tableOf("public", "compared whole", 5*mB, "a integer", "b text")
	whole.ReplicaIdentity = "full"
	inv.Tables = append(inv.Tables, whole)
	inv.Sequences = append(inv.Sequences, trees.Sequences...)
	return inv
}

// An RDS instance that an Aurora read replica is made of.
func rds11() analyze.Inventory {
	inv := rds()
	inv.Target = nil
	inv.Server.VersionNum, inv.Server.Version = 110022, "11.22"
	inv.Extensions = slices.DeleteFunc(inv.Extensions, func(x analyze.Extension) bool { return x.Name == "pglogical" })
	inv.Schemas = slices.DeleteFunc(inv.Schemas, func(x analyze.Schema) bool { return x.Name == "pglogical" })
	inv.Replication = analyze.Replication{Standbys: []analyze.Standby{{ApplicationName: "rds-replica-1", State: "streaming", SyncState: "async"}, {ApplicationName: "rds-replica-2", State: "streaming", SyncState: "async"}}}
	inv.Settings = slices.DeleteFunc(inv.Settings, func(s analyze.Setting) bool {
		return strings.HasPrefix(s.Name, "shared_preload") || strings.HasPrefix(s.Name, "rds.") || s.Name == "wal_level"
	})
	inv.Settings = append(inv.Settings, settings("wal_level", "replica", "shared_preload_libraries", "rdsutils,pg_stat_statements,auto_explain", "statement_timeout", "60000", "lock_timeout", "5000", "rds.force_ssl", "1")...)
	inv.Activity.OldestWriteSeconds = ptr(int64(4))
	inv.Unknown = inv.Unknown[:1]
	cache := tableOf("public", "sessions", 300*mB, "token text!", "data jsonb")
	cache.Unlogged = true
	part := tableOf("public", "events", 0, "id bigint!", "at date!")
	part.Kind = analyze.Partitioned
	inv.Tables = append(inv.Tables, withPK(cache, "token"), part, tableOf("public", "audit log", 40*mB, "line text"))
	return inv
}

// A major version that no physical replica crosses, and a bit of everything that does not come along.
func rds13() analyze.Inventory {
	inv := rds11()
	inv.Server.VersionNum, inv.Server.Version = 130012, "13.12"
	inv.Extensions = append(inv.Extensions, analyze.Extension{Name: "pg_cron", Version: "1.4-1", Schema: "public"}, analyze.Extension{Name: "postgres_fdw", Version: "1.0", Schema: "public"})
	inv.Replication.Slots = []analyze.Slot{{Name: "warehouse", Plugin: "wal2json", Type: "logical", Database: "shop", Active: true}}
	inv.Replication.Subscriptions = []string{"prices"}
	inv.Objects.ForeignServers = []string{"legacy"}
	inv.Activity.PreparedTransactions, inv.Activity.OldestWriteSeconds = ptr(1), ptr(int64(4000))
	inv.Database.Bytes = nil
	inv.Sample = nil
	return inv
}
