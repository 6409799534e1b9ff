package hazard

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func ptr[T any](v T) *T { return &v }

// healthy is a database that no rule has anything to say about, but for what holds of every migration.
func healthy() Facts {
	server := analyze.Server{VersionNum: 150020, Version: "15.20", SystemIdentifier: "1", Timeline: 1, User: "migrator", TakenAt: "2026-11-21T08:00:00Z"}
	database := analyze.Database{Name: "shop", Encoding: "UTF8", Collate: "C", Ctype: "C", LocaleProvider: "libc", FrozenXIDAge: 50_000_000}
	standby, target := server, server
	standby.InRecovery = true
	target.SystemIdentifier = "2"
	orders := analyze.Name{Schema: "public", Name: "orders"}
	f := Facts{
		Inventory: analyze.Inventory{
			Server: server, Database: database,
			Settings: []analyze.Setting{{Name: "output_plugin_libraries", Value: "pgoutput, pglogical"}, {Name: "idle_replication_slot_timeout", Value: "0"},
				{Name: "max_slot_wal_keep_size", Value: "-1"}, {Name: "wal_sender_timeout", Value: "60000"}},
			Extensions: []analyze.Extension{{Name: "plpgsql", Version: "1.0"}, {Name: "pglogical", Version: "2.4.4"}, {Name: "pg_trgm", Version: "1.6"}},
			Roles:      []analyze.Role{{Name: "app", Login: true}},
			Schemas:    []analyze.Schema{{Name: "public", Usage: true}},
			Tables: []analyze.Table{{
				Name: orders, Kind: analyze.Ordinary, ReplicaIdentity: "default", Readable: true, HeapBytes: ptr(int64(1 << 20)), ToastBytes: ptr(int64(0)),
				Columns: []analyze.Column{
					{Name: "id", Number: 1, Type: "bigint", BaseType: "int8", TypeKind: "base", NotNull: true},
					{Name: "note", Number: 2, Type: "text", BaseType: "text", TypeKind: "base", LOB: analyze.NCLOB, LOBMax: &analyze.LOBMax{Bytes: ptr(int64(900)), Method: "exact"}},
				},
				Indexes:  []analyze.Index{{Name: "orders_pkey", Method: "btree", Unique: true, Primary: true, Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"id"}, Constraint: "orders_pkey"}},
				Counters: &analyze.Counters{Inserts: 1000, Updates: 10, Deletes: 10}, Rates: &analyze.Rates{Inserts: 1, Updates: 0.1, Deletes: 0.1},
			}},
			Sequences: []analyze.Sequence{{Name: analyze.Name{Schema: "public", Name: "orders_id_seq"}, Minimum: 1, Maximum: 1 << 40, Increment: 1, LastValue: ptr(int64(1000)),
				OwnedBy: &analyze.ColumnRef{Table: orders, Column: "id"}}},
			Replication: analyze.Replication{Pglogical: &analyze.Pglogical{Version: "2.4.4"}},
			Activity:    analyze.Activity{PreparedTransactions: ptr(0), OldestWriteSeconds: ptr(int64(1))},
			Objects:     analyze.Objects{LargeObjects: ptr(int64(0))},
			Sample:      &analyze.Sample{Seconds: 600, WALBytes: 6e8},
			Replica:     &analyze.Replica{Server: standby, LagSeconds: ptr(int64(1)), Settings: []analyze.Setting{{Name: "hot_standby_feedback", Value: "off"}}},
			Target: &analyze.Target{Server: target, Database: database, Available: []analyze.Extension{{Name: "pg_trgm", Version: "1.6"}},
				Settings: []analyze.Setting{{Name: "shared_preload_libraries", Value: ""}}},
		},
		Fates:     map[analyze.Name]Fate{orders: {Present: true, Copied: true, Bytes: 1 << 20}},
		Target:    Target{VersionNum: 150020},
		LOBMargin: 1.5, Node: "pgcutover_provider",
		Groups: []Group{{Slot: "dms_slot_01", UpdateSet: "dms_slot_01", InsertSet: "idms_slot_01", Load: 0.2}},
		Figures: Figures{Weights: "sampled", TargetLoad: 0.6, GroupMax: 0.2, GroupBound: 0.2, LoadSeconds: 10, LoadBound: 10, PauseSeconds: 600, ReadySeconds: 4200,
			WALBytesPerSecond: ptr(1e6), SourceWALBytes: ptr(int64(1e10)), ReplicaWALBytes: ptr(int64(1e9)), SourceFreeBytes: ptr(int64(1e12)), ReplicaFreeBytes: ptr(int64(1e12)), SequenceMargin: 1000},
	}
	return f
}

// The rules that speak up about every migration, as a reminder.
var always = []string{"CV108", "ID113", "RP113", "RP120"}

func table(f *Facts) *analyze.Table { return &f.Inventory.Tables[0] }

func (f *Facts) fate(change func(*Fate)) {
	n := table(f).Name
	x := f.Fates[n]
	change(&x)
	f.Fates[n] = x
}

func insertsOnly(f *Facts) { f.fate(func(x *Fate) { x.InsertsOnly = true }) }

func withColumn(f *Facts, c analyze.Column) { table(f).Columns = append(table(f).Columns, c) }

func withIndex(f *Facts, x analyze.Index) { table(f).Indexes = append(table(f).Indexes, x) }

func withConstraint(f *Facts, c analyze.Constraint) {
	table(f).Constraints = append(table(f).Constraints, c)
}

func set(f *Facts, name, value string) {
	for i := range f.Inventory.Settings {
		if f.Inventory.Settings[i].Name == name {
			f.Inventory.Settings[i].Value = value
			return
		}
	}
	f.Inventory.Settings = append(f.Inventory.Settings, analyze.Setting{Name: name, Value: value})
}

var extra = analyze.Index{Name: "orders_note_key", Method: "btree", Unique: true, Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"note"}}

func with(x analyze.Index, change func(*analyze.Index)) analyze.Index {
	change(&x)
	return x
}

type example struct {
	fires, quiet func(*Facts)
	subject      string // of the finding; empty: public.orders
}

// fires breaks a healthy database so that one rule must find something. quiet, where given, is a case close by in which
// the rule must say nothing; the healthy database is one for every rule.
var cases = map[string]example{
	"ID101": {fires: func(f *Facts) { insertsOnly(f); table(f).Indexes = nil },
		quiet: func(f *Facts) {
			insertsOnly(f)
			table(f).Indexes = nil
			f.AppendOnly = map[analyze.Name]bool{table(f).Name: true}
		}},
	"ID102": {fires: func(f *Facts) { insertsOnly(f); f.AppendOnly = map[analyze.Name]bool{table(f).Name: true} },
		quiet: func(f *Facts) {
			insertsOnly(f)
			f.AppendOnly = map[analyze.Name]bool{table(f).Name: true}
			table(f).Counters, table(f).Rates = &analyze.Counters{Inserts: 5}, &analyze.Rates{}
		}},
	"ID103": {fires: func(f *Facts) { insertsOnly(f); table(f).ReplicaIdentity = "full" }},
	"ID104": {fires: func(f *Facts) { insertsOnly(f); table(f).ReplicaIdentity = "nothing" }},
	"ID105": {fires: func(f *Facts) { insertsOnly(f); table(f).Indexes[0].Immediate = false }},
	"ID106": {fires: func(f *Facts) {
		x := &table(f).Indexes[0]
		table(f).ReplicaIdentity, x.Primary, x.ReplicaIdentity = "index", false, true
	}, quiet: func(f *Facts) { table(f).ReplicaIdentity, table(f).Indexes[0].ReplicaIdentity = "index", true }},
	"ID107": {fires: func(f *Facts) { withColumn(f, analyze.Column{Name: `a"b`, Type: "integer", BaseType: "int4"}) },
		quiet: func(f *Facts) {
			withColumn(f, analyze.Column{Name: `Größe $ 'x'`, Type: "integer", BaseType: "int4"})
		}},
	"ID108": {fires: func(f *Facts) { withColumn(f, analyze.Column{Name: "ID", Type: "integer", BaseType: "int4"}) }},
	"ID109": {fires: func(f *Facts) { withIndex(f, extra) }, quiet: func(f *Facts) { withIndex(f, extra); f.DeferUnique = true }},
	"ID110": {fires: func(f *Facts) { withIndex(f, extra); f.DeferUnique = true }, quiet: func(f *Facts) { withIndex(f, extra) }},
	"ID111": {fires: func(f *Facts) { withIndex(f, with(extra, func(x *analyze.Index) { x.Immediate = false })) }},
	"ID112": {fires: func(f *Facts) { f.Inventory.Database.Name = "a;b" }, subject: "database"},
	"ID119": {fires: func(f *Facts) { f.Inventory.Database.Name = "shop\r" }, quiet: func(f *Facts) { f.Inventory.Database.Name = " s=\rh\top#\ufeff" }, subject: "database"},
	"ID113": {fires: func(*Facts) {}, quiet: insertsOnly, subject: "database"},
	"ID114": {fires: func(f *Facts) { insertsOnly(f); table(f).Indexes[0].Valid = false }},
	"ID116": {fires: func(f *Facts) { rename(f, "awsdms_ddl_audit") }, quiet: func(f *Facts) { rename(f, "not_awsdms_") }, subject: "public.awsdms_ddl_audit"},
	"ID117": {fires: func(f *Facts) {
		withIndex(f, with(extra, func(x *analyze.Index) {
			x.Expression, x.Definition = true, "CREATE UNIQUE INDEX k ON public.orders USING btree (COALESCE(note, ''::text))"
		}))
	}, quiet: func(f *Facts) {
		withIndex(f, with(extra, func(x *analyze.Index) {
			x.Unique, x.Expression, x.Definition = false, true, "CREATE INDEX k ON public.orders USING btree (COALESCE(note, ''::text))"
		}))
	}},
	"ID118": {fires: func(f *Facts) {
		withConstraint(f, analyze.Constraint{Name: "c", Kind: analyze.ForeignKey, Validated: true, References: &table(f).Name, Definition: "FOREIGN KEY (note) REFERENCES public.orders(note) ON UPDATE CASCADE"})
	}, quiet: func(f *Facts) {
		withConstraint(f, analyze.Constraint{Name: "c", Kind: analyze.ForeignKey, Validated: true, References: &table(f).Name, Definition: "FOREIGN KEY (note) REFERENCES public.orders(note) ON DELETE CASCADE"})
	}},
	"ID115": {fires: func(f *Facts) { withIndex(f, with(extra, func(x *analyze.Index) { x.Unique, x.Valid = false, false })) }},

	"TY101": {fires: func(f *Facts) { table(f).Columns[1].LOBMax.Bytes = ptr(int64(90 << 20)) }, subject: "public.orders.note",
		quiet: func(f *Facts) {
			table(f).Columns[1].LOBMax.Bytes = ptr(int64(90 << 20))
			f.Truncate = map[analyze.Name]bool{table(f).Name: true}
		}},
	"TY102": {fires: func(f *Facts) { table(f).Columns[1].LOBMax = nil }},
	"TY103": {fires: func(f *Facts) { table(f).Columns[1].LOBMax.Method = "sampled" }},
	"TY104": {fires: func(f *Facts) { insertsOnly(f); table(f).Indexes = nil }},
	"TY105": {fires: func(f *Facts) { table(f).Indexes[0].KeyColumns = []string{"note"} }, subject: "public.orders.note"},
	"TY106": {fires: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "n", Type: "numeric", BaseType: "numeric", LOB: analyze.UnboundedNumeric})
	}, quiet: func(f *Facts) { withColumn(f, analyze.Column{Name: "n", Type: "numeric(10,2)", BaseType: "numeric"}) }},
	"TY107": {fires: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "v", Type: "character varying", BaseType: "varchar", LOB: analyze.UnboundedVarchar})
	}, quiet: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "v", Type: "character varying", BaseType: "varchar", LOB: analyze.UnboundedVarchar, LOBMax: &analyze.LOBMax{Bytes: ptr(int64(100_000)), Method: "exact"}})
	}},
	"TY123": {fires: func(f *Facts) {
		f.Groups[0].Cut, f.Groups[0].Kept = []string{"public.notes"}, []string{"public.orders"}
	},
		quiet: func(f *Facts) { f.Groups[0].Cut = []string{"public.notes"} }, subject: "slot dms_slot_01"},
	"TY124": {fires: func(f *Facts) { f.Groups[0].Overreached = []string{"public.ordersXitems.total"} }, subject: "slot dms_slot_01"},
	"TY125": {fires: func(f *Facts) {
		fate := f.Fates[table(f).Name]
		table(f).Name.Name, table(f).Columns[1].LOBMax = "or%ders", nil
		f.Fates[table(f).Name] = fate
	}, quiet: func(f *Facts) { table(f).Columns[1].LOBMax = nil }, subject: `public."or%ders"`},
	"TY108": {fires: func(f *Facts) {
		f.Inventory.Server.VersionNum = 110022
		withColumn(f, analyze.Column{Name: "x", Type: "double precision", BaseType: "float8"})
	}, quiet: func(f *Facts) { withColumn(f, analyze.Column{Name: "x", Type: "double precision", BaseType: "float8"}) }, subject: "database"},
	"TY109": {fires: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "x", Type: "interval", BaseType: "interval", TypeKind: "base"})
	}, subject: "type interval"},
	"TY110": {fires: func(f *Facts) { withColumn(f, analyze.Column{Name: "n", Type: "numeric(40,2)", BaseType: "numeric"}) },
		quiet: func(f *Facts) { withColumn(f, analyze.Column{Name: "n", Type: "numeric(28,2)", BaseType: "numeric"}) }},
	"TY111": {fires: func(f *Facts) { f.Inventory.Target.Database.Encoding = "LATIN1" }, subject: "database"},
	"TY112": {fires: func(f *Facts) { f.Inventory.Database.Encoding = "SQL_ASCII" }, subject: "database"},
	"TY113": {fires: func(f *Facts) { f.Inventory.Target.Database.Collate = "de_DE.UTF-8" }, subject: "database"},
	"TY117": {fires: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "m", Type: "money", BaseType: "money"})
		money(f, "en_US.UTF-8", "ja_JP.UTF-8")
	}, quiet: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "m", Type: "money", BaseType: "money"})
		money(f, "en_US.UTF-8", "en_US.UTF-8")
	}, subject: "database"},
	"TY118": {fires: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "d", Type: "date", BaseType: "date", SpecialValues: "infinity"})
	}, quiet: func(f *Facts) { withColumn(f, analyze.Column{Name: "d", Type: "date", BaseType: "date"}) }},
	"TY119": {fires: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "x", Type: "double precision", BaseType: "float8", SpecialValues: "NaN"})
	}, quiet: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "d", Type: "date", BaseType: "date", SpecialValues: "infinity"})
	}},
	"TY120": {fires: func(f *Facts) {
		f.Inventory.Database.CollationVersion, f.Inventory.Database.ActualCollationVersion = "2.28", "2.36"
	}, quiet: func(f *Facts) {
		f.Inventory.Database.CollationVersion, f.Inventory.Database.ActualCollationVersion = "2.36", "2.36"
	}, subject: "database"},
	"TY121": {fires: func(f *Facts) { f.Inventory.Target.MissingCollations = []string{"de_DE.utf8"} },
		quiet: func(f *Facts) { f.Inventory.Target.MissingCollations = []string{"public.mine"} }, subject: "collation de_DE.utf8"},
	"TY122": {fires: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "a-b", Type: "integer", BaseType: "int4", Generated: "virtual"})
	}, quiet: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "a-b", Type: "integer", BaseType: "int4"})
		withColumn(f, analyze.Column{Name: "ab", Type: "integer", BaseType: "int4", Generated: "stored"})
	}},
	"TY114": {fires: func(f *Facts) {
		withColumn(f, analyze.Column{Name: "g", Type: "integer", BaseType: "int4", Generated: "stored"})
	}},
	"TY115": {fires: func(f *Facts) { table(f).Columns[0].Identity = "always" }, quiet: func(f *Facts) { table(f).Columns[0].Identity = "by default" }, subject: "public.orders.id"},
	"TY116": {fires: func(f *Facts) { f.Inventory.Database.Collate = "en_US.UTF-8"; withIndex(f, extra) }, quiet: func(f *Facts) { withIndex(f, extra) }, subject: "database"},

	"SQ101": {fires: func(f *Facts) { f.Inventory.Sequences[0].LastValue = ptr(int64(1<<40 - 10)) }, subject: "public.orders_id_seq"},
	"SQ102": {fires: func(f *Facts) { f.Inventory.Sequences[0].LastValue = nil }, subject: "public.orders_id_seq"},
	"SQ103": {fires: func(f *Facts) { f.Inventory.Sequences[0].LastValue = ptr(int64(1 << 40 / 10 * 9)) }, subject: "public.orders_id_seq"},
	"SQ104": {fires: func(f *Facts) {
		table(f).Columns[0].BaseType = "int4"
		f.Inventory.Sequences[0].LastValue = ptr(int64(2_000_000_000))
	}, quiet: func(f *Facts) { f.Inventory.Sequences[0].LastValue = ptr(int64(2_000_000_000)) }, subject: "public.orders_id_seq"},
	"SQ105": {fires: func(f *Facts) { f.Inventory.Sequences[0].Cycle = true }, subject: "public.orders_id_seq"},

	"TR101": {fires: func(f *Facts) { withConstraint(f, analyze.Constraint{Name: "c", Kind: analyze.Check}) }},
	"TR102": {fires: func(f *Facts) {
		withConstraint(f, analyze.Constraint{Name: "c", Kind: analyze.ForeignKey, Validated: true, References: &analyze.Name{Schema: "public", Name: "gone"}})
	}, quiet: func(f *Facts) {
		withConstraint(f, analyze.Constraint{Name: "c", Kind: analyze.ForeignKey, Validated: true, References: &table(f).Name})
	}},
	"CV112": {fires: func(f *Facts) {
		f.Fates[table(f).Name] = Fate{}
		f.Inventory.Views = []analyze.View{{Name: analyze.Name{Schema: "public", Name: "v"}, Definition: " SELECT 1 FROM " + table(f).Name.String() + ";"}}
	}, quiet: func(f *Facts) {
		f.Inventory.Views = []analyze.View{{Name: analyze.Name{Schema: "public", Name: "v"}, Definition: " SELECT 1 FROM " + table(f).Name.String() + ";"}}
	}, subject: "public.v"},
	"TR103": {fires: func(f *Facts) {
		table(f).Kind = analyze.Partitioned
		withConstraint(f, analyze.Constraint{Name: "c", Kind: analyze.ForeignKey, Validated: true, References: &table(f).Name})
	}, quiet: func(f *Facts) {
		table(f).Kind, f.Target.VersionNum = analyze.Partitioned, 180004
		withConstraint(f, analyze.Constraint{Name: "c", Kind: analyze.ForeignKey, Validated: true, References: &table(f).Name})
	}},
	"TR104": {fires: func(f *Facts) { f.Inventory.EventTriggers = []analyze.EventTrigger{{Name: "audit"}} }, subject: "database",
		quiet: func(f *Facts) { f.Inventory.EventTriggers = []analyze.EventTrigger{{Name: "awsdms_intercept_ddl"}} }},
	"TR105": {fires: func(f *Facts) {
		withConstraint(f, analyze.Constraint{Name: "c", Kind: analyze.Exclusion, Validated: true})
	}},
	"TR106": {fires: func(f *Facts) { table(f).Triggers = []analyze.Trigger{{Name: "t", Enabled: "always"}} },
		quiet: func(f *Facts) { table(f).Triggers = []analyze.Trigger{{Name: "t", Enabled: "origin"}} }},

	"TR107": {fires: func(f *Facts) {
		f.Inventory.Objects.DomainConstraints = []analyze.DomainConstraint{{Domain: analyze.Name{Schema: "public", Name: "d"}, Name: "c"}}
	}, quiet: func(f *Facts) {
		f.ExcludedSchemas = []string{"public"}
		f.Inventory.Objects.DomainConstraints = []analyze.DomainConstraint{{Domain: analyze.Name{Schema: "public", Name: "d"}, Name: "c"}}
	}, subject: "domain public.d"},

	"EX110": {fires: func(f *Facts) {
		f.Inventory.Extensions = append(f.Inventory.Extensions, analyze.Extension{Name: "pg_cron", Version: "1.6"})
	}, subject: "extension pg_cron"},
	"EX111": {fires: func(f *Facts) {
		f.Inventory.Extensions[2].Schema = "public"
		f.Inventory.Target.Extensions = []analyze.Extension{{Name: "pg_trgm", Version: "1.6", Schema: "ext"}}
	}, quiet: func(f *Facts) {
		f.Inventory.Extensions[2].Schema = "public"
		f.Inventory.Target.Extensions = []analyze.Extension{{Name: "pg_trgm", Version: "1.6", Schema: "public"}}
	}, subject: "extension pg_trgm"},
	"EX112": {fires: func(f *Facts) { table(f).AccessMethod = "columnar" }, quiet: func(f *Facts) { table(f).AccessMethod = "heap" }},
	"EX101": {fires: func(f *Facts) { f.Inventory.Target.Available = nil }, subject: "extension pg_trgm"},
	"EX102": {fires: func(f *Facts) { f.Inventory.Target.Available[0].Version = "1.7" }, subject: "extension pg_trgm"},
	"EX103": {fires: func(f *Facts) { f.Inventory.Replication.Pglogical, f.Inventory.Extensions = nil, nil }, subject: "server"},
	"EX104": {fires: func(f *Facts) { f.Inventory.Target.Settings[0].Value = "pglogical" }, subject: "target"},
	"EX105": {fires: func(f *Facts) { f.Inventory.Objects.CFunctions = []analyze.Name{{Schema: "public", Name: "f"}} }, subject: "database"},
	"EX106": {fires: func(f *Facts) {
		f.Target.Managed = "rds"
		f.Inventory.Objects.Languages = []analyze.Language{{Name: "plpython3u"}}
	}, quiet: func(f *Facts) { f.Inventory.Objects.Languages = []analyze.Language{{Name: "plpython3u"}} }, subject: "database"},
	"EX107": {fires: func(f *Facts) {
		f.Inventory.Tables = append(f.Inventory.Tables, analyze.Table{Name: analyze.Name{Schema: "cron", Name: "job"}, Extension: "pg_cron", EstimatedRows: ptr(int64(3))})
	}, subject: "extension pg_cron"},
	"EX108": {fires: func(f *Facts) { f.Inventory.Objects.ForeignServers = []string{"other"} }, subject: "database"},
	"EX109": {fires: func(f *Facts) {
		f.Inventory.Extensions = append(f.Inventory.Extensions, analyze.Extension{Name: "timescaledb"})
	}, subject: "extension timescaledb"},

	"RL101": {fires: func(f *Facts) { f.Inventory.Roles[0].Superuser = true }, subject: "role app"},
	"RL102": {fires: func(f *Facts) { table(f).RowSecurity = true }},
	"RL103": {fires: func(f *Facts) { table(f).RowSecurity, table(f).ForceRowSecurity, f.Target.Managed = true, true, "rds" },
		quiet: func(f *Facts) { table(f).RowSecurity, table(f).ForceRowSecurity = true, true }},
	"RL106": {fires: func(f *Facts) {
		f.Inventory.Database.Privileges = []analyze.DatabasePrivilege{{Grantee: "app", Privilege: "CONNECT"}}
	}, quiet: func(f *Facts) {
		f.Inventory.Database.Privileges = []analyze.DatabasePrivilege{{Privilege: "CONNECT"}, {Privilege: "TEMPORARY"}}
	}, subject: "database"},
	"RL107": {fires: func(f *Facts) {
		table(f).RowSecurity, table(f).ForceRowSecurity, f.Inventory.Server.Managed = true, true, "rds"
	}, quiet: func(f *Facts) { table(f).ForceRowSecurity, f.Inventory.Server.Managed = true, "rds" }},
	"RL108": {fires: func(f *Facts) { f.Inventory.Objects.ParameterPrivileges = 2 }, subject: "server"},
	"RL109": {fires: func(f *Facts) { f.Inventory.Objects.SecurityLabels = []string{"anon"} }, subject: "database"},
	"RL104": {fires: func(f *Facts) { table(f).Readable = false }},
	"RL105": {fires: func(f *Facts) { f.Inventory.Schemas[0].Usage = false }, subject: "schema public"},

	"RP101": {fires: func(f *Facts) { f.Inventory.Server.InRecovery = true }, subject: "server"},
	"RP102": {fires: func(f *Facts) {
		f.Settings = []Setting{{On: "source", Name: "wal_level", To: "logical", Restart: true}}
	}, subject: "source",
		quiet: func(f *Facts) { f.Settings = []Setting{{On: "source", Name: "work_mem", To: "1GB"}} }},
	"RP103": {fires: func(f *Facts) { set(f, "output_plugin_libraries", "pgoutput, test_decoding") }, subject: "server"},
	"RP104": {fires: func(f *Facts) {
		f.Inventory.Replication.Slots = []analyze.Slot{{Name: "dms_slot_01", Type: "logical", Plugin: "test_decoding", Database: "shop"}}
	}, quiet: func(f *Facts) {
		f.Inventory.Replication.Slots = []analyze.Slot{{Name: "dms_slot_01", Type: "logical", Plugin: "pglogical_output", Database: "shop"}}
	}, subject: "slot dms_slot_01"},
	"RP105": {fires: func(f *Facts) { f.Inventory.Replication.Slots = []analyze.Slot{{Name: "debezium", Type: "logical"}} }, subject: "slot debezium",
		quiet: func(f *Facts) { f.Inventory.Replication.Slots = []analyze.Slot{{Name: "standby", Type: "physical"}} }},
	"RP106": {fires: func(f *Facts) { f.Inventory.Replication.Pglogical.Node = "other" }, quiet: func(f *Facts) { f.Inventory.Replication.Pglogical.Node = f.Node }, subject: "node other"},
	"RP107": {fires: func(f *Facts) {
		f.Inventory.Replication.Pglogical.Sets = []analyze.ReplicationSet{{Name: "dms_slot_01", Insert: true, Update: true, Delete: true}}
	}, quiet: func(f *Facts) {
		f.Inventory.Replication.Pglogical.Sets = []analyze.ReplicationSet{{Name: "dms_slot_01", Update: true, Delete: true}, {Name: "idms_slot_01", Insert: true, Truncate: true}}
	}, subject: "set dms_slot_01"},
	"RP108": {fires: func(f *Facts) {
		f.Inventory.Replication.Slots = []analyze.Slot{{Name: "x", Type: "physical", WALStatus: "lost"}}
	}, subject: "slot x"},
	"RP109": {fires: func(f *Facts) { f.Inventory.Replication.Subscriptions = []string{"s"} }, subject: "database"},
	"RP110": {fires: func(f *Facts) {
		f.Inventory.Replication.Pglogical = &analyze.Pglogical{Node: f.Node, NodePassword: true}
	}, subject: "node pgcutover_provider"},
	"RP111": {fires: func(f *Facts) {
		set(f, "idle_replication_slot_timeout", "60")
		f.Inventory.Server.VersionNum = 180004
	}, subject: "server"},
	"RP112": {fires: func(f *Facts) { set(f, "max_slot_wal_keep_size", "1024") }, quiet: func(f *Facts) { set(f, "max_slot_wal_keep_size", "102400") }, subject: "server"},
	"RP113": {fires: func(*Facts) {}, quiet: func(f *Facts) { f.Inventory.Server.VersionNum = 170010 }, subject: "server"},
	"RP114": {fires: func(f *Facts) { set(f, "wal_sender_timeout", "0") }, subject: "server",
		quiet: func(f *Facts) { set(f, "wal_sender_timeout", "0"); f.Inventory.Server.VersionNum = 110022 }},
	"RP115": {fires: func(f *Facts) { f.Inventory.Server.Managed = "aurora" }, quiet: func(f *Facts) { f.Inventory.Server.Managed = "rds" }, subject: "server"},
	"RP116": {fires: func(f *Facts) { f.Inventory.Server.Managed = "rds" }, quiet: func(f *Facts) { f.Inventory.Server.Managed = "aurora" }, subject: "replica"},
	"RP117": {fires: func(f *Facts) { f.Inventory.Replication.Publications = []analyze.Publication{{Name: "p"}} }, subject: "database"},
	"RP118": {fires: func(f *Facts) { set(f, "max_prepared_transactions", "10") }, quiet: func(f *Facts) { set(f, "max_prepared_transactions", "0") }, subject: "server"},
	"RP119": {fires: func(f *Facts) { f.Inventory.Server.VersionNum, f.Inventory.Server.Managed = 100004, "rds" },
		quiet: func(f *Facts) { f.Inventory.Server.VersionNum = 100004 }, subject: "server"},
	"RP120": {fires: func(*Facts) {}, quiet: func(f *Facts) { set(f, "max_slot_wal_keep_size", "4096") }, subject: "server"},
	"RP121": {fires: func(f *Facts) { set(f, "wal_sender_timeout", "5000"); f.Inventory.Server.VersionNum = 110022 },
		quiet: func(f *Facts) { f.Inventory.Server.VersionNum = 110022 }, subject: "server"},
	"RP212": {fires: func(f *Facts) { onTarget(f, "session_replication_role", "replica") }, quiet: func(f *Facts) { onTarget(f, "session_replication_role", "origin") }, subject: "target"},
	"RP213": {fires: func(f *Facts) { onTarget(f, "idle_in_transaction_session_timeout", "60000") }, quiet: func(f *Facts) { onTarget(f, "statement_timeout", "0") }, subject: "target"},
	"RP214": {fires: func(f *Facts) { set(f, "synchronous_standby_names", "*") }, quiet: func(f *Facts) { set(f, "synchronous_commit", "remote_apply") }, subject: "server"},
	"RP215": {fires: func(f *Facts) {
		f.Inventory.Replica.Settings = append(f.Inventory.Replica.Settings, analyze.Setting{Name: "primary_slot_name"})
	}, quiet: func(f *Facts) {
		f.Inventory.Replica.Settings = append(f.Inventory.Replica.Settings, analyze.Setting{Name: "primary_slot_name", Value: "maintenance"})
	}, subject: "replica"},
	"RP201": {fires: func(f *Facts) { f.Inventory.Replica.Server.SystemIdentifier = "9" }, subject: "replica"},
	"RP202": {fires: func(f *Facts) { f.Inventory.Replica.LagSeconds = ptr(int64(600)) }, subject: "replica"},
	"RP203": {fires: func(f *Facts) { f.Inventory.Replica = nil }, subject: "replica"},
	"RP204": {fires: func(f *Facts) { f.Inventory.Replica.Settings[0].Value = "on" }, subject: "replica"},
	"RP205": {fires: func(f *Facts) { f.Inventory.Activity.PreparedTransactions = ptr(1) }, subject: "server"},
	"RP206": {fires: func(f *Facts) { f.Inventory.Activity.OldestWriteSeconds = ptr(int64(100)) }, subject: "server"},
	"RP207": {fires: func(f *Facts) { f.Inventory.Target.Server.SystemIdentifier = "1" }, subject: "target"},
	"RP208": {fires: func(f *Facts) { f.Inventory.Target.Tables = 3 }, subject: "target"},
	"RP209": {fires: func(f *Facts) { f.Target.VersionNum = 140019 }, quiet: func(f *Facts) { f.Target.VersionNum = 150001 }, subject: "target"},
	"RP210": {fires: func(f *Facts) { f.Inventory.Target.Server.InRecovery = true }, subject: "target"},
	"RP211": {fires: func(f *Facts) { f.Inventory.Target = nil }, subject: "target"},

	"CP101": {fires: func(f *Facts) { f.Figures.SourceFreeBytes = ptr(int64(9e9)) }, subject: "server"},
	"CP102": {fires: func(f *Facts) { f.Figures.ReplicaFreeBytes = ptr(int64(9e8)) }, subject: "replica"},
	"CP116": {fires: func(f *Facts) { f.Figures.TargetBytes, f.Figures.TargetFreeBytes = 1e10, ptr(int64(11e9)) }, quiet: func(f *Facts) {
		f.Figures.TargetBytes, f.Figures.TargetFreeBytes = 1e10, ptr(int64(12e9))
	}, subject: "target"},
	"CP117": {fires: func(f *Facts) {
		f.Figures.BuildsAtOnce, f.Figures.BuildMemoryBytes, f.Figures.TargetMemoryBytes = 5, 5<<30, ptr(int64(8<<30))
	}, quiet: func(f *Facts) {
		f.Figures.BuildsAtOnce, f.Figures.BuildMemoryBytes, f.Figures.TargetMemoryBytes = 4, 4<<30, ptr(int64(8<<30))
	}, subject: "target"},
	"CP103": {fires: func(f *Facts) { f.Figures.SourceFreeBytes = nil }, subject: "server"},
	"CP104": {fires: func(f *Facts) { f.Figures.Weights = "counters" }, subject: "database"},
	"CP105": {fires: func(f *Facts) { f.Groups[0].Load = 1.2 }, subject: "slot dms_slot_01"},
	"CP106": {fires: func(f *Facts) { f.Groups[0].Load = 0.8 }, quiet: func(f *Facts) { f.Groups[0].Load = 1.2 }, subject: "slot dms_slot_01"},
	"CP107": {fires: func(f *Facts) { f.Figures.GroupMax = 0.3 }, quiet: func(f *Facts) { f.Figures.GroupMax = 0.21 }, subject: "database"},
	"CP108": {fires: func(f *Facts) { f.fate(func(x *Fate) { x.Whole = "no key" }) }},
	"CP109": {fires: func(f *Facts) { f.Figures.WALBytesPerSecond = ptr(5e7) }, subject: "server"},
	"CP110": {fires: func(f *Facts) { f.Inventory.Database.FrozenXIDAge = 900_000_000 }, subject: "database"},
	"CP111": {fires: func(f *Facts) { table(f).HeapBytes = nil }},
	"CP112": {fires: func(f *Facts) { f.Inventory.Sample.Seconds = 60 }, subject: "database"},
	"CP113": {fires: func(f *Facts) { f.Inventory.Sample.StatsResetBetween = true }, subject: "database"},
	"CP114": {fires: func(f *Facts) {
		set(f, "max_locks_per_transaction", "1")
		set(f, "max_connections", "10")
		for i := range 20 {
			f.Fates[analyze.Name{Schema: "public", Name: strconv.Itoa(i)}] = Fate{Present: true}
		}
	}, quiet: func(f *Facts) {
		set(f, "max_locks_per_transaction", "64")
		set(f, "max_connections", "100")
		for i := range 20 {
			f.Fates[analyze.Name{Schema: "public", Name: strconv.Itoa(i)}] = Fate{Present: true}
		}
	}, subject: "server"},

	"CP115": {fires: func(f *Facts) { f.Groups[0].MappingBytes = 2_100_000 }, quiet: func(f *Facts) { f.Groups[0].MappingBytes = 1_900_000 }, subject: "slot dms_slot_01"},

	"CV101": {fires: func(f *Facts) { f.Inventory.Objects.LargeObjects = ptr(int64(4)) }, subject: "database"},
	"CV102": {fires: func(f *Facts) { table(f).Unlogged = true }},
	"CV103": {fires: func(f *Facts) { table(f).Kind = analyze.Foreign }},
	"CV104": {fires: func(f *Facts) { f.Inventory.Objects.Tablespaces = []string{"fast"} }, subject: "database"},
	"CV105": {fires: func(f *Facts) { partition(f, "FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')") }, subject: "public.events",
		quiet: func(f *Facts) {
			partition(f, "FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')", "FOR VALUES FROM ('2026-12-01') TO ('2027-03-01')")
		}},
	"CV106": {fires: func(f *Facts) { table(f).HasChildren = true }},
	"CV107": {fires: func(f *Facts) { f.Inventory.Views = []analyze.View{{Materialized: true, Populated: true}} }, subject: "database",
		quiet: func(f *Facts) { f.Inventory.Views = []analyze.View{{Materialized: true}} }},
	"CV108": {fires: func(*Facts) {}, quiet: func(f *Facts) { f.Groups = nil }, subject: "database"},
	"CV109": {fires: func(f *Facts) {
		f.Inventory.Database.RoleSettings = []analyze.RoleSetting{{Database: "shop", Settings: []string{"work_mem=64MB"}}}
	}, subject: "database"},
	"CV110": {fires: func(f *Facts) { f.fate(func(x *Fate) { x.Present, x.Copied = false, false }) }},
	"CV111": {fires: func(f *Facts) {
		f.Inventory.Target.Database.Collate = "de_DE.UTF-8"
		table(f).PartitionKey = "RANGE (note)"
	},
		quiet: func(f *Facts) {
			f.Inventory.Target.Database.Collate = "de_DE.UTF-8"
			table(f).PartitionKey = "RANGE (id)"
		}},

	"CV113": {fires: func(f *Facts) { table(f).OIDs, f.Inventory.Server.VersionNum = true, 110022 },
		quiet: func(f *Facts) { f.Inventory.Server.VersionNum = 110022 }},
	"CV114": {fires: func(f *Facts) {
		f.Inventory.Objects.Truncating = []analyze.Name{{Schema: "public", Name: "empty_queue"}}
	}, quiet: func(f *Facts) {
		f.Inventory.Objects.Truncating = []analyze.Name{{Schema: "pgcutover", Name: "x"}}
	}, subject: "database"},
	"CV115": {fires: func(f *Facts) {
		f.Inventory.Objects.Creating = []analyze.Name{{Schema: "public", Name: "next_month"}}
	}, subject: "database"},
	"CV116": {fires: func(f *Facts) { f.ExcludedSchemas = []string{"lib"}; table(f).Columns[1].Default = ptr("lib.now()") },
		quiet: func(f *Facts) { f.ExcludedSchemas = []string{"other"}; table(f).Columns[1].Default = ptr("lib.now()") }},
	"CV117": {fires: func(f *Facts) { f.Inventory.Objects.SharedComments = 1 }, subject: "database"},
	"CV118": {fires: func(f *Facts) {
		f.Inventory.Tables = append(f.Inventory.Tables, analyze.Table{Name: analyze.Name{Schema: "pgcutover", Name: "mine"}})
	}, quiet: func(f *Facts) {
		f.Inventory.Tables = append(f.Inventory.Tables, analyze.Table{Name: analyze.Name{Schema: "pgcutover", Name: "marker_dms_slot_01"}}, analyze.Table{Name: analyze.Name{Schema: "pgcutover", Name: "noted"}}, analyze.Table{Name: analyze.Name{Schema: "pgcutover", Name: "counting"}})
	}, subject: "pgcutover.mine"},

	"NT101": {fires: func(f *Facts) { insertsOnly(f); table(f).Indexes = nil }, quiet: func(f *Facts) {
		insertsOnly(f)
		table(f).Indexes = nil
		f.AppendOnly = map[analyze.Name]bool{table(f).Name: true}
	}},
	"NT102": {fires: func(f *Facts) { table(f).ReplicaIdentity, table(f).Indexes = "full", nil }, quiet: func(f *Facts) { table(f).ReplicaIdentity = "full" }},
	"NT103": {fires: func(f *Facts) {
		f.Inventory.Replication.Publications = []analyze.Publication{{Name: "dms_slot_01", Insert: true}}
	}, quiet: func(f *Facts) {
		f.Inventory.Replication.Publications = []analyze.Publication{{Name: "dms_slot_01", Insert: true, Update: true, Delete: true}, {Name: "idms_slot_01", Insert: true, Truncate: true}}
	}, subject: "publication dms_slot_01"},
	"NT104": {fires: func(f *Facts) { f.Subscribing.Prompt = true }, subject: "target"},
	"NT105": {fires: func(f *Facts) {}, quiet: func(f *Facts) { f.Inventory.Target.Server.Superuser = true }, subject: "target"},
	"NT106": {fires: func(*Facts) {}, quiet: func(f *Facts) { f.Groups = nil }, subject: "database"},
	"NT107": {fires: func(f *Facts) { f.Inventory.Server.VersionNum = 100023 }, subject: "database"},
	"NT108": {fires: func(*Facts) {}, quiet: func(f *Facts) { f.Subscribing.WayBack = true }, subject: "database"},
	"NT109": {fires: func(f *Facts) {
		f.Subscribing.WayBack = true
		table(f).Triggers = []analyze.Trigger{{Name: "audit", Enabled: "always"}}
	}, quiet: func(f *Facts) {
		f.Subscribing.WayBack = true
		table(f).Triggers = []analyze.Trigger{{Name: "audit", Enabled: "origin"}}
	}},
	"NT110": {fires: func(f *Facts) { f.Subscribing.Snapshots = true }, subject: "server"},
	"NT111": {fires: func(f *Facts) {
		f.Subscribing.Snapshots = true
		set(f, "old_snapshot_threshold", "60")
	}, quiet: func(f *Facts) {
		f.Subscribing.Snapshots = true
		set(f, "old_snapshot_threshold", "-1")
	}, subject: "server"},
	"NT112": {fires: func(f *Facts) { f.Subscribing.Snapshots = true }, subject: "database"},

	"FL101": {fires: func(f *Facts) { insertsOnly(f); table(f).Indexes = nil }, quiet: insertsOnly},
	"FL102": {fires: func(f *Facts) { table(f).HasChildren = true }, quiet: func(f *Facts) { table(f).Kind, table(f).HasChildren = analyze.Partitioned, true }},
	"FL103": {fires: func(f *Facts) { f.Loading.LongestSeconds = 3600 }, quiet: func(f *Facts) { f.Loading.LongestSeconds = 3599 }, subject: "server"},
	"FL104": {fires: func(f *Facts) { f.Loading.Sessions = 26; set(f, "max_connections", "100") },
		quiet: func(f *Facts) { f.Loading.Sessions = 25; set(f, "max_connections", "100") }, subject: "server"},
	"FL105": {fires: func(f *Facts) { f.Loading.Validation = true }, subject: "database"},
	"FL106": {fires: func(f *Facts) { table(f).Columns[1].LOBMax = nil }, quiet: func(f *Facts) {
		table(f).Columns[1].LOBMax = nil
		f.Truncate = map[analyze.Name]bool{table(f).Name: true}
	}},
	"FL107": {fires: func(f *Facts) { f.Inventory.Replication.Pglogical.Node = "other" }, quiet: func(f *Facts) {
		f.Inventory.Replication.Pglogical.Node, f.Plugin = "other", "test_decoding"
	}, subject: "node other"},
	"FL108": {fires: func(f *Facts) { f.Plugin = "test_decoding" }, quiet: func(f *Facts) {
		f.Plugin = "test_decoding"
		set(f, "output_plugin_libraries", "pgoutput, test_decoding")
	}, subject: "server"},
	"FL109": {fires: func(f *Facts) { f.Loading.Overfull = []string{"shop-dms-full-01"} }, subject: "task shop-dms-full-01"},

	"UN101": {fires: func(f *Facts) {
		f.Inventory.Unknown = []analyze.Unknown{{Fact: "rows", Subject: "public", Reason: "no right", Grant: "GRANT"}}
	}, subject: "rows public"},
	"UN102": {fires: func(f *Facts) { f.Inventory.Unknown = []analyze.Unknown{{Fact: "timeline", Reason: "no right"}} }, subject: "timeline"},
}

func rename(f *Facts, name string) {
	fate := f.Fates[table(f).Name]
	table(f).Name.Name = name
	f.Fates[table(f).Name] = fate
}

func onTarget(f *Facts, name, value string) {
	f.Inventory.Target.Settings = append(f.Inventory.Target.Settings, analyze.Setting{Name: name, Value: value})
}

func money(f *Facts, source, target string) {
	set(f, "lc_monetary", source)
	onTarget(f, "lc_monetary", target)
}

// partition adds a table partitioned by time with the given bounds.
func partition(f *Facts, bounds ...string) {
	parent := analyze.Name{Schema: "public", Name: "events"}
	f.Inventory.Tables = append(f.Inventory.Tables, analyze.Table{Name: parent, Kind: analyze.Partitioned, PartitionKey: "RANGE (at)"})
	f.Fates[parent] = Fate{Present: true}
	for _, b := range bounds {
		f.Inventory.Tables = append(f.Inventory.Tables, analyze.Table{Name: analyze.Name{Schema: "public", Name: b}, IsPartition: true, Parents: []analyze.Name{parent}, PartitionBound: b})
	}
}

// find asks one rule, of the engine that it is about.
func find(f Facts, code string) []Finding {
	r, _ := Lookup(code)
	f.Engine = engineOf(r)
	var out []Finding
	ask([]Rule{r}, &f, func(r *Rule, x Finding) { out = append(out, complete(r, x)) })
	return out
}

// engineOf is one that the rule is about; empty: each of them.
func engineOf(r Rule) string {
	if len(r.Engines) == 0 {
		return ""
	}
	return r.Engines[0]
}

func TestEveryRuleFiresAndStaysSilent(t *testing.T) {
	for _, r := range Rules() {
		if r.Code == "CF101" { // decided by Find itself: see TestAcceptances
			continue
		}
		t.Run(r.Code, func(t *testing.T) {
			c, ok := cases[r.Code]
			require.True(t, ok, "no case for %s", r.Code)
			f := healthy()
			c.fires(&f)
			found := find(f, r.Code)
			require.NotEmpty(t, found, "does not fire")
			subject := c.subject
			if subject == "" {
				subject = "public.orders"
			}
			require.Equal(t, subject, found[0].Subject)
			require.NotEmpty(t, found[0].Detail)
			f = healthy()
			if c.quiet == nil && !slices.Contains(always, r.Code) {
				c.quiet = func(*Facts) {}
			}
			require.NotNil(t, c.quiet, "a case in which it is silent")
			c.quiet(&f)
			require.Empty(t, find(f, r.Code), "fires without a cause")
		})
	}
	for code := range cases {
		_, ok := Lookup(code)
		require.True(t, ok, "a case for %s, which is no rule", code)
	}
}

// What only one engine trips over is not asked about another.
func TestRulesKeepToTheirEngine(t *testing.T) {
	tied := 0
	for _, r := range Rules() {
		if len(r.Engines) == 0 {
			continue
		}
		tied++
		for _, engine := range []string{DMS, Native, DMSFull, Promote} {
			if r.Engines.Have(engine) {
				continue
			}
			f := healthy()
			cases[r.Code].fires(&f)
			f.Engine = engine
			for _, x := range Find(f, nil) {
				require.NotEqual(t, r.Code, x.Code, "%s with the engine %s", r.Code, f.Engine)
			}
		}
	}
	require.Greater(t, tied, 40)
	f := healthy()
	f.Engine = Native
	f.Inventory.Unknown = []analyze.Unknown{{Fact: "pglogical", Reason: "no right"}}
	require.Empty(t, find(f, "EX103"))
	for _, x := range Find(f, nil) {
		require.NotContains(t, x.Detail, "EX103", "nobody needs to know about pglogical")
	}
}

// A rule about a paused replica says nothing where there is none, and one about snapshots nothing where a replica is paused.
func TestRulesKeepToTheirHandOff(t *testing.T) {
	tied := map[HandOff]int{}
	for _, r := range Rules() {
		if r.HandOff == "" {
			continue
		}
		tied[r.HandOff]++
		f := healthy()
		cases[r.Code].fires(&f)
		f.Engine = engineOf(r)
		f.Subscribing.Snapshots = r.HandOff == FromReplica
		for _, x := range Find(f, nil) {
			require.NotEqual(t, r.Code, x.Code)
		}
	}
	require.Len(t, tied, 2)
	f := healthy()
	f.Engine, f.Subscribing.Snapshots = Native, true
	f.Inventory.Unknown = []analyze.Unknown{{Fact: "system identifier", Reason: "no right"}}
	for _, x := range Find(f, nil) {
		require.NotContains(t, x.Detail, "RP201", "nobody needs to know whose standby the replica is")
	}
}

// A rule of some versions says nothing about others, whatever is wrong there.
func TestRulesKeepToTheirVersions(t *testing.T) {
	majors := []int{906, 1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800}
	ranged := 0
	for _, r := range Rules() {
		if r.Versions == (Versions{}) {
			continue
		}
		ranged++
		for _, m := range majors {
			f := healthy()
			cases[r.Code].fires(&f)
			f.Inventory.Server.VersionNum = m * 100
			if r.Versions.Source != (Majors{}) && !r.Versions.Source.has(m) {
				require.Empty(t, find(f, r.Code), "%s on a source of %d", r.Code, m)
			}
			f = healthy()
			cases[r.Code].fires(&f)
			f.Target.VersionNum = m * 100
			if !r.Versions.Target.has(m) {
				require.Empty(t, find(f, r.Code), "%s with a target of %d", r.Code, m)
			}
		}
		for _, end := range []int{r.Versions.Source.From, r.Versions.Source.To, r.Versions.Target.From, r.Versions.Target.To} {
			require.True(t, end == 0 || slices.Contains(majors, end), "%s: there is no version %d", r.Code, end)
		}
		require.NotEmpty(t, r.Versions.String(), r.Code)
	}
	require.Greater(t, ranged, 15)
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		v    Versions
		want string
	}{
		{Versions{}, ""},
		{Versions{Source: Majors{To: 1100}}, "source up to 11"},
		{Versions{Source: Majors{From: 1000}}, "source 10 and newer"},
		{Versions{Source: Majors{906, 1200}, Target: Majors{1800, 1800}}, "source 9.6 to 12, target 18"},
	} {
		require.Equal(t, c.want, c.v.String())
	}
	require.Equal(t, "every version", Majors{}.String())
	v := Versions{Source: Majors{To: 1100}, Target: Majors{From: 1200}}
	require.True(t, v.Cover(906, 1200))
	require.True(t, v.Cover(1100, 0), "a target nobody has looked at may be any")
	require.False(t, v.Cover(1200, 1200))
	require.False(t, v.Cover(1100, 1100))
}

func TestQualified(t *testing.T) {
	for text, want := range map[string][]analyze.Name{
		" SELECT a.b,\n  c FROM public.orders o JOIN x.y ON true;": {{Schema: "a", Name: "b"}, {Schema: "public", Name: "orders"}, {Schema: "x", Name: "y"}},
		`nextval('public."we""ird seq"'::regclass)`:                {{Schema: "public", Name: `we"ird seq`}},
		`"Sch ema"."t.x".col`:                                      {{Schema: "Sch ema", Name: "t.x"}, {Schema: "t.x", Name: "col"}},
		`'it"s' || lib.f(x)`:                                       {{Schema: "lib", Name: "f"}},
		`'it''s'::s.d`:                                             {{Schema: "s", Name: "d"}},
		`größe."ä"`:                                                {{Schema: "größe", Name: "ä"}},
		`numeric(10,2)`:                                            nil,
		`'unfinished`:                                              nil,
		`"unfinished`:                                              nil,
		`a . b`:                                                    nil, // not how the server prints it
	} {
		require.Equal(t, want, slices.Collect(Qualified(text)), text)
	}
}

func TestHealthyDatabase(t *testing.T) {
	var codes []string
	for _, x := range Find(healthy(), nil) {
		codes = append(codes, x.Code)
		require.Equal(t, Note, x.Severity, "%s: %s", x.Code, x.Detail)
	}
	require.Equal(t, always, codes)
}

func TestRulesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		require.False(t, seen[r.Code], "%s twice", r.Code)
		seen[r.Code] = true
		require.Regexp(t, `^[A-Z]{2}[0-9]{3}$`, r.Code)
		require.GreaterOrEqual(t, r.Severity.rank(), 0, r.Code)
		for what, s := range map[string]string{"title": r.Title, "why": r.Why, "fix": r.Fix, "since": r.Since} {
			require.NotEmpty(t, s, "%s has no %s", r.Code, what)
		}
		require.False(t, strings.HasSuffix(r.Title, "."), "%s: a title is no sentence", r.Code)
		require.True(t, strings.HasSuffix(r.Why, "."), "%s: why is a sentence", r.Code)
		ways := 0
		for _, given := range []bool{r.Find != nil, r.Tables != nil, r.Copied != nil, r.Over != nil} {
			if given {
				ways++
			}
		}
		require.Equal(t, 1, ways, "%s: exactly one of Find, Tables, Copied and Over", r.Code)
	}
	require.GreaterOrEqual(t, len(seen), 140)
}

// golden/codes.txt lists every code ever issued: lines may be added, none may change or go.
func TestCodesAreNeverReused(t *testing.T) {
	f, err := os.Open("../../golden/codes.txt")
	require.NoError(t, err)
	defer f.Close()
	issued := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		code, title, ok := strings.Cut(s.Text(), " ")
		if strings.HasPrefix(s.Text(), "#") || !ok {
			continue
		}
		issued[code] = title
	}
	for _, r := range Rules() {
		title, ok := issued[r.Code]
		require.True(t, ok, "add to golden/codes.txt: %s %s", r.Code, r.Title)
		require.Equal(t, title, r.Title, "%s has changed its title: if it means something else it needs a new code", r.Code)
	}
}

func TestAcceptances(t *testing.T) {
	f := healthy()
	cases["ID101"].fires(&f)
	found := Find(f, []Acceptance{
		{Code: "ID101", Subject: "public.orders", Reason: "loaded again at the cutover"},
		{Code: "TY104", Subject: "*", Reason: "so is this"},
		{Code: "ID101", Subject: "public.gone", Reason: "x"},
	})
	reasons := map[string]string{}
	for _, x := range found {
		reasons[x.Code+" "+x.Subject] = x.Accepted
	}
	require.Equal(t, "loaded again at the cutover", reasons["ID101 public.orders"])
	require.Equal(t, "so is this", reasons["TY104 public.orders"])
	require.Contains(t, reasons, "CF101 ID101 public.gone")
	require.Equal(t, Error, found[0].Severity, "the gravest come first")
}

// What the inventory leaves out without a word is as unknown as what it names.
func TestMissingFactsAreFindings(t *testing.T) {
	f := healthy()
	f.Inventory.Objects.LargeObjects = nil
	f.Inventory.Activity = analyze.Activity{}
	var subjects []string
	for _, x := range find(f, "UN101") {
		subjects = append(subjects, x.Subject)
	}
	require.ElementsMatch(t, []string{"large objects", "prepared transactions", "activity"}, subjects)
}
