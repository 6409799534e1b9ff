package catalog

import (
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// shape is all that the definition of a plain index says besides names: one of columns alone, each in its own collation, without a
// condition, storage parameters and parameters of operator classes.
type shape struct {
	method                                string
	unique, nullsNotDistinct, partitioned bool
	types, classes, options               string // of the columns, in their order
}

// defined is an index whose definition is to be had.
type defined struct {
	place
	oid   uint32
	shape int32 // number of its shape, or shapeless
}

// shapeless is an index that only the server can put into words.
const shapeless = -1

// define gives the indexes their definitions. For each that it is asked for, the server opens the table and looks up the operator classes of
// every column's type. So it is asked for one index of each shape: where its words are the ones that we would make of that index's names,
// ours are right for the whole shape; where they are not, it is asked for all of it.
func (r *reader) define(all []defined, shapes []shape) error {
	seen, ours := make([]bool, len(shapes)), make([]bool, len(shapes))
	var ask []defined
	for _, d := range all {
		if d.shape == shapeless || !seen[d.shape] {
			ask = append(ask, d)
		}
		if d.shape != shapeless {
			seen[d.shape] = true
		}
	}
	if err := r.readDefinitions(ask); err != nil {
		return err
	}
	for _, d := range ask {
		if d.shape != shapeless {
			ours[d.shape] = r.index(d).Definition == r.words(d, shapes[d.shape])
		}
	}
	ask = ask[:0]
	for _, d := range all {
		switch x := r.index(d); {
		case d.shape == shapeless || x.Definition != "":
		case ours[d.shape]:
			x.Definition = r.words(d, shapes[d.shape])
		default:
			ask = append(ask, d)
		}
	}
	return r.readDefinitions(ask)
}

func (r *reader) index(d defined) *analyze.Index { return &r.inv.Tables[d.table].Indexes[d.part] }

// readDefinitions asks the server. An index that was dropped since the snapshot stays without a definition.
func (r *reader) readDefinitions(ask []defined) error {
	if len(ask) == 0 {
		return nil
	}
	oids := make([]uint32, len(ask))
	for i, d := range ask {
		oids[i] = d.oid
	}
	var position int
	var definition *string
	return r.each("index_definitions", []any{oids}, []any{&position, &definition}, func() error {
		if definition != nil {
			r.index(ask[position-1]).Definition = *definition
		}
		return nil
	})
}

// words is the definition of a plain index whose operator classes and order are what they are by default.
func (r *reader) words(d defined, s shape) string {
	t, x := &r.inv.Tables[d.table], r.index(d)
	unique, only := "", ""
	if s.unique {
		unique = "UNIQUE "
	}
	if s.partitioned {
		only = "ONLY "
	}
	columns := make([]string, len(x.KeyColumns))
	for i, c := range x.KeyColumns {
		columns[i] = r.asWritten(c)
	}
	// In one piece: what a builder has grown beyond the words would stay with them.
	return "CREATE " + unique + "INDEX " + r.asWritten(x.Name) + " ON " + only + r.asWritten(t.Name.Schema) + "." + r.asWritten(t.Name.Name) +
		" USING " + s.method + " (" + strings.Join(columns, ", ") + ")"
}

// quotes notes how the server writes a name; nil: as it is.
func (r *reader) quotes(name string, quoted *string) {
	if quoted != nil {
		if r.quoted == nil {
			r.quoted = map[string]string{}
		}
		r.quoted[name] = *quoted
	}
}

// asWritten is a name as the server writes it, which quotes what is a keyword of its version.
func (r *reader) asWritten(name string) string {
	if q, ok := r.quoted[name]; ok {
		return q
	}
	return name
}
