package hazard

import (
	"fmt"
	"testing"

	"github.com/pgcutover/pgcutover/analyze"
)

// many is a database of n tables with what databases of that size have: partitions, keys beside the key, foreign keys, sequences, views,
// some tables left out and hundreds of things accepted.
func many(n int) (Facts, []Acceptance) {
	f := healthy()
	f.Inventory.Database.Collate = "en_US.UTF-8"
	one, orders := *table(&f), f.Fates[table(&f).Name]
	f.Inventory.Tables, f.Inventory.Sequences = nil, nil
	f.Fates = make(map[analyze.Name]Fate, n)
	var accept []Acceptance
	for i := range n {
		t := one
		t.Name = analyze.Name{Schema: fmt.Sprintf("tenant_%03d", i%500), Name: fmt.Sprintf("orders_%06d", i)}
		t.Columns = append([]analyze.Column(nil), one.Columns...)
		for c, typ := range []string{"timestamptz", "numeric", "varchar", "bool", "jsonb", "inet", "int4", "uuid"} {
			t.Columns = append(t.Columns, analyze.Column{Name: fmt.Sprintf("c%d", c), Number: 3 + c, Type: typ, BaseType: typ, TypeKind: "base"})
		}
		t.Indexes = append([]analyze.Index(nil), one.Indexes...)
		t.Indexes = append(t.Indexes, with(extra, func(x *analyze.Index) { x.Name = t.Name.Name + "_key" }))
		fate := orders
		switch {
		case i%10 == 1:
			t.IsPartition, t.PartitionBound = true, "FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')"
			t.Parents = []analyze.Name{f.Inventory.Tables[i-1].Name}
		case i%100 == 7:
			fate = Fate{} // left out
		case i%50 == 3:
			fate.InsertsOnly, t.Indexes = true, nil
			if len(accept) < 300 {
				accept = append(accept, Acceptance{Code: "ID101", Subject: t.Name.String(), Reason: "append-only"})
			}
		}
		if i > 0 {
			t.Constraints = append(t.Constraints, analyze.Constraint{Name: "fk", Kind: analyze.ForeignKey, Validated: true, References: &f.Inventory.Tables[i-1].Name,
				Definition: "FOREIGN KEY (c6) REFERENCES x(id)"})
		}
		f.Inventory.Tables = append(f.Inventory.Tables, t)
		f.Fates[t.Name] = fate
		last := int64(1_900_000_000)
		f.Inventory.Sequences = append(f.Inventory.Sequences, analyze.Sequence{Name: analyze.Name{Schema: t.Name.Schema, Name: t.Name.Name + "_id_seq"}, Minimum: 1, Maximum: 1 << 60,
			Increment: 1, LastValue: &last, OwnedBy: &analyze.ColumnRef{Table: t.Name, Column: "c6"}})
		if i%10 == 0 {
			f.Inventory.Views = append(f.Inventory.Views, analyze.View{Name: analyze.Name{Schema: t.Name.Schema, Name: "v" + t.Name.Name}, Definition: " SELECT o.id,\n    o.note\n   FROM " + t.Name.String() + " o;"})
		}
	}
	return f, accept
}

// BenchmarkFindings is to grow with the number of tables and no faster: the time per table is the figure to watch.
func BenchmarkFindings(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f, accept := many(n)
			b.ReportAllocs()
			for b.Loop() {
				if found := Find(f, accept); len(found) < n/10 {
					b.Fatalf("%d findings", len(found))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/table")
		})
	}
}
