package golden_test

import (
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

// rdsSource turns a database into one on RDS that nobody has prepared for a migration: no replica is looked at, pglogical is not there.
func rdsSource(version int) analyze.Inventory {
	inv := base(version)
	inv.Server.Managed, inv.Server.Superuser, inv.Server.User = "rds", false, "master"
	inv.Replica, inv.Replication.Pglogical, inv.Replication.Standbys = nil, nil, nil
	inv.Extensions = slices.DeleteFunc(inv.Extensions, func(e analyze.Extension) bool { return e.Name == "pglogical" })
	inv.Schemas = slices.DeleteFunc(inv.Schemas, func(s analyze.Schema) bool { return s.Name == "pglogical" })
	set := func(name, value string) {
		for i := range inv.Settings {
			if inv.Settings[i].Name == name {
				inv.Settings[i].Value = value
			}
		}
	}
	set("wal_level", "replica")
	set("shared_preload_libraries", "rdsutils,pg_stat_statements")
	set("max_replication_slots", "5")
	set("max_wal_senders", "10")
	set("wal_sender_timeout", "30000")
	inv.Settings = append(inv.Settings, settings("rds.logical_replication", "off", "rds.extensions", "pglogical,hstore")...)
	inv.Roles = append(inv.Roles, analyze.Role{Name: "rds_superuser", Inherit: true, ConnLimit: -1})
	return inv
}

// aurora turns the target into Aurora of that version.
func aurora(inv analyze.Inventory, version int) analyze.Inventory {
	inv.Target.Server.VersionNum, inv.Target.Server.Version = version, fmt.Sprintf("%d.%d", version/10000, version%10000)
	inv.Target.Server.Managed = "aurora"
	inv.Target.Server.SystemIdentifier = "7400000000000000002"
	return inv
}

// withHistogram gives the key of a table a histogram of equal parts.
func withHistogram(t analyze.Table, parts, step int) analyze.Table {
	for i := range parts + 1 {
		t.Columns[0].Bounds = append(t.Columns[0].Bounds, fmt.Sprint(1+i*step))
	}
	return t
}

// rds11Aurora11FullReplica is the same where the target is yet to be made of the source.
func rds11Aurora11FullReplica() analyze.Inventory {
	inv := rds11Aurora11Full()
	inv.Target = nil
	return inv
}

// rds11Aurora11Full is the database of a small service: a foreign key, a trigger, an array that is NOT NULL, a large table.
func rds11Aurora11Full() analyze.Inventory {
	inv := aurora(rdsSource(110022), 110021)
	accounts := withIndex(withPK(tableOf("public", "accounts", 40*mB, "id bigint!", "email character varying(255)!", "created_at timestamp with time zone!"), "id"), "accounts_created_at_idx", "created_at")
	posts := withHistogram(withPK(tableOf("public", "posts", 60*gB, "id bigint!", "account_id bigint!", "body jsonb!", "tags text[]!", "score double precision", "created_at timestamp with time zone!"), "id"), 100, 4_000_000)
	posts = withFK(withIndex(withIndex(posts, "posts_account_id_idx", "account_id"), "posts_created_at_idx", "created_at"), "posts_account_id_fkey", "account_id", accounts.Name, "id")
	posts.ToastBytes = ptr(20 * gB)
	posts.Rates = &analyze.Rates{Inserts: 60, Updates: 90, HotUpdates: 30, Deletes: 2}
	posts.Triggers = []analyze.Trigger{{Name: "posts_touch", Enabled: "origin", Definition: "CREATE TRIGGER posts_touch BEFORE UPDATE ON public.posts FOR EACH ROW EXECUTE PROCEDURE public.touch()"}}
	migrations := withPK(tableOf("public", "schema_migrations", 16*kB, "version character varying(255)!"), "version")
	inv.Tables = []analyze.Table{accounts, posts, migrations}
	inv.Sequences = []analyze.Sequence{sequenceOf("accounts", "id", 350_000), sequenceOf("posts", "id", 399_000_000)}
	return inv
}

// rds13Aurora16Full changes the major version, has pglogical already, partitions, and a table beside them that is large and cannot be cut.
func rds13Aurora16Full() analyze.Inventory {
	inv := aurora(rdsSource(130012), 160003)
	for i := range inv.Settings {
		switch inv.Settings[i].Name {
		case "shared_preload_libraries":
			inv.Settings[i].Value = "rdsutils,pglogical"
		case "wal_level":
			inv.Settings[i].Value = "logical"
		}
	}
	inv.Extensions = append(inv.Extensions, analyze.Extension{Name: "pglogical", Version: "2.4.0", Schema: "pglogical"})
	inv.Schemas = append(inv.Schemas, analyze.Schema{Name: "pglogical", Owner: "rdsadmin", Extension: "pglogical", Usage: true})
	inv.Replication.Pglogical = &analyze.Pglogical{Version: "2.4.0"}
	inv.Tables = partitioned().Tables
	uuids := withPK(tableOf("public", "documents", 30*gB, "id uuid!", "title text!", "pages integer"), "id")
	uuids.Rates = &analyze.Rates{Inserts: 30, Updates: 10}
	orders := withHistogram(withKey(withPK(tableOf("public", "orders", 24*gB, "id bigint!", "number integer!", "state integer"), "id"), analyze.UniqueKey, "orders_number_key", "number"), 100, 2_000_000)
	orders.Rates = &analyze.Rates{Inserts: 200, Updates: 400, HotUpdates: 300}
	inv.Tables = append(inv.Tables, uuids, orders)
	inv.Sequences = []analyze.Sequence{sequenceOf("orders", "id", 199_000_000)}
	return inv
}

// fullLOBs is a database of documents: some that fit a limited LOB, one that does not, one of unknown size that may be cut.
func fullLOBs() analyze.Inventory {
	inv := aurora(rdsSource(150004), 160003)
	files := withHistogram(withPK(tableOf("public", "files", 8*gB, "id bigint!", "name text!", "content bytea!", "digest bytea"), "id"), 100, 30_000)
	files.ToastBytes = ptr(300 * gB)
	files.Columns[2].LOBMax = &analyze.LOBMax{Bytes: ptr(210 * mB), Method: "exact"}
	files.Columns[3].LOBMax = &analyze.LOBMax{Bytes: ptr(int64(32)), Method: "exact"}
	mails := withHistogram(withPK(tableOf("public", "mails", 40*gB, "id bigint!", "headers jsonb!", "body text!", "raw bytea"), "id"), 100, 900_000)
	mails.ToastBytes = ptr(90 * gB)
	mails.Columns[1].LOBMax = &analyze.LOBMax{Bytes: ptr(12 * kB), Method: "exact"}
	mails.Columns[2].LOBMax = &analyze.LOBMax{Bytes: ptr(900 * kB), Method: "exact"}
	mails.Columns[3].LOBMax = &analyze.LOBMax{Bytes: ptr(2 * mB), Method: "sampled", Rows: 30_000}
	logs := withPK(tableOf("public", "traces", 2*gB, "id bigint!", "payload json!"), "id")
	logs.Columns[1].LOBMax = &analyze.LOBMax{Method: "skipped"}
	names := withPK(tableOf("public", "names", 200*mB, "id bigint!", "given character varying!", "family character varying"), "id")
	names.Columns[1].LOBMax = &analyze.LOBMax{Bytes: ptr(int64(9000)), Method: "exact"}
	inv.Tables = []analyze.Table{files, mails, logs, names}
	inv.Sequences = []analyze.Sequence{sequenceOf("files", "id", 2_900_000), sequenceOf("mails", "id", 89_000_000)}
	return inv
}

// fullNoKeys has tables without a key, one that is appended to, one with REPLICA IDENTITY FULL, one that inherits, one that is left out and refers to
// another.
func fullNoKeys() analyze.Inventory {
	inv := noKeys()
	inv.Server.Managed, inv.Replica, inv.Replication.Pglogical = "", nil, nil
	inv.Extensions = slices.DeleteFunc(inv.Extensions, func(e analyze.Extension) bool { return e.Name == "pglogical" })
	parent := withPK(tableOf("public", "readings", 0, "id bigint!", "value integer"), "id")
	parent.HasChildren, parent.Rates = true, nil
	child := withPK(tableOf("public", "readings_2026", 3*gB, "id bigint!", "value integer"), "id")
	child.Parents = []analyze.Name{parent.Name}
	drafts := withFK(withPK(tableOf("public", "drafts", 5*mB, "id bigint!", "reading_id bigint"), "id"), "drafts_reading_id_fkey", "reading_id", child.Name, "id")
	inv.Tables = append(inv.Tables, parent, child, drafts)
	return inv
}
