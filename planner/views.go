package planner

import (
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

// excludedNames are what tables.exclude names: tables, and views, which a left-out table takes its own with. Partitions and
// children of the tables are not among them yet.
func (b *builder) excludedNames() (tables []analyze.Name, err error) {
	for _, text := range b.opt.Tables.Exclude {
		n, err := b.known.find("tables.exclude", text)
		if err == nil {
			tables = append(tables, n)
			continue
		}
		v := b.view(text)
		if v == nil {
			return nil, err
		}
		b.leftViews[*v] = true
	}
	return tables, nil
}

// view finds a view as the configuration names it: as it is shown, or without quotes as long as that means one view only.
func (b *builder) view(text string) *analyze.Name {
	var found *analyze.Name
	for i := range b.inv.Views {
		switch n := &b.inv.Views[i].Name; {
		case NeverPlanned(n.Schema):
		case n.String() == text:
			return n
		case n.Schema+"."+n.Name == text && found != nil:
			return nil
		case n.Schema+"."+n.Name == text:
			found = n
		}
	}
	return found
}

// leftOutViews are the excluded views by name.
func (b *builder) leftOutViews() []analyze.Name {
	out := make([]analyze.Name, 0, len(b.leftViews))
	for n := range b.leftViews {
		out = append(out, n)
	}
	slices.SortFunc(out, analyze.Name.Compare)
	return out
}
