package planner

import (
	"fmt"
	"math/rand"

	"github.com/pgcutover/pgcutover/analyze"
)

func name(s string) analyze.Name { return analyze.Name{Schema: "public", Name: s} }

func ptr[T any](v T) *T { return &v }

// column is NOT NULL when the type ends in "!".
func column(n int, name, typ string) analyze.Column {
	c := analyze.Column{Name: name, Number: n, Type: typ, TypeKind: "base", StatisticsTarget: -1}
	if typ[len(typ)-1] == '!' {
		c.Type, c.NotNull = typ[:len(typ)-1], true
	}
	switch c.Type {
	case "bigint":
		c.BaseType = "int8"
	case "timestamp with time zone":
		c.BaseType = "timestamptz"
	case "text":
		c.BaseType, c.LOB = "text", analyze.NCLOB
		c.LOBMax = &analyze.LOBMax{Bytes: ptr(int64(1000)), Method: "exact"}
	default:
		c.BaseType = c.Type
	}
	return c
}

// plain is an ordinary table with a bigint key, a text and a time.
func plain(n string, bytes int64) analyze.Table {
	return analyze.Table{
		Name: name(n), Kind: analyze.Ordinary, Owner: "app", ReplicaIdentity: "default", Readable: true,
		EstimatedRows: ptr(bytes / 100), Pages: bytes / 8192, HeapBytes: ptr(bytes), ToastBytes: ptr(int64(0)), IndexBytes: ptr(bytes / 5),
		Columns: []analyze.Column{column(1, "id", "bigint!"), column(2, "note", "text"), column(3, "created_at", "timestamp with time zone!")},
		Indexes: []analyze.Index{{
			Name: n + "_pkey", Definition: fmt.Sprintf("CREATE UNIQUE INDEX %s_pkey ON public.%s USING btree (id)", n, n), Method: "btree", Unique: true, Primary: true,
			Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"id"}, Sorted: 1, Constraint: n + "_pkey", Bytes: ptr(bytes / 5),
		}},
		Constraints: []analyze.Constraint{{Name: n + "_pkey", Kind: analyze.PrimaryKey, Definition: "PRIMARY KEY (id)", Validated: true, Index: n + "_pkey"}},
		Rates:       &analyze.Rates{},
		Counters:    &analyze.Counters{},
	}
}

func withRate(t analyze.Table, inserts float64) analyze.Table {
	t.Rates = &analyze.Rates{Inserts: inserts}
	t.Counters = &analyze.Counters{Inserts: int64(inserts * 1e6)}
	return t
}

// withUnique adds a unique constraint on the note.
func withUnique(t analyze.Table) analyze.Table {
	const column = "note"
	n := t.Name.Name + "_" + column + "_key"
	t.Indexes = append(t.Indexes, analyze.Index{
		Name: n, Definition: fmt.Sprintf("CREATE UNIQUE INDEX %s ON public.%s USING btree (%s)", n, t.Name.Name, column), Method: "btree", Unique: true,
		Immediate: true, Valid: true, Ready: true, KeyColumns: []string{column}, Constraint: n, Bytes: ptr(int64(8192)),
	})
	t.Constraints = append(t.Constraints, analyze.Constraint{Name: n, Kind: analyze.UniqueKey, Definition: "UNIQUE (" + column + ")", Validated: true, Index: n})
	return t
}

func withoutKey(t analyze.Table) analyze.Table {
	t.Indexes, t.Constraints = nil, nil
	return t
}

func references(t analyze.Table, to string) analyze.Table {
	n := name(to)
	t.Constraints = append(t.Constraints, analyze.Constraint{Name: t.Name.Name + "_" + to + "_fkey", Kind: analyze.ForeignKey, Definition: "FOREIGN KEY (id) REFERENCES public." + to + "(id)", Validated: true, References: &n})
	return t
}

// inventory is a database of version 15 in good order.
func inventory(tables ...analyze.Table) analyze.Inventory {
	inv := analyze.Inventory{
		Format:   analyze.Format,
		Server:   analyze.Server{VersionNum: 150020, Version: "15.20", SystemIdentifier: "7300000000000000001", Timeline: 1, User: "postgres", Superuser: true},
		Database: analyze.Database{Name: "shop", Encoding: "UTF8", Collate: "en_US.UTF-8", Ctype: "en_US.UTF-8", LocaleProvider: "libc", Owner: "app"},
		Schemas:  []analyze.Schema{{Name: "public", Owner: "app", Usage: true}},
		Tables:   tables,
		Sample:   &analyze.Sample{Seconds: 600, WALBytes: 600 * 1_000_000},
	}
	for n, v := range map[string]string{"wal_level": "logical", "shared_preload_libraries": "pglogical", "max_replication_slots": "30", "max_wal_senders": "30", "max_worker_processes": "20"} {
		inv.Settings = append(inv.Settings, analyze.Setting{Name: n, Value: v})
	}
	return inv.Normalize()
}

// synthetic is a database of n tables whose sizes and rates are as skewed as real ones are.
func synthetic(n int) analyze.Inventory {
	r := rand.New(rand.NewSource(1))
	tables := make([]analyze.Table, n)
	for i := range tables {
		size := int64(8192 << int(min(r.ExpFloat64()*3.5, 26)))
		t := withRate(plain(fmt.Sprintf("t%06d", i), size), r.ExpFloat64()*r.ExpFloat64()*20/float64(n)*100)
		switch i % 17 {
		case 3:
			t = withUnique(t)
		case 5:
			t = withoutKey(t)
		}
		if i > 0 && i%3 == 0 {
			t = references(t, fmt.Sprintf("t%06d", r.Intn(i)))
		}
		tables[i] = t
	}
	return inventory(tables...)
}
