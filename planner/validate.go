package planner

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// Validate checks what every reader of a plan relies on: that its parts agree with each other, that every table is loaded
// once and sits in one group, that names are ones the servers take. The error says where in the file the fault is.
func (p Plan) Validate() error {
	return cmp.Or(p.decisionsHold(whereabouts{}), findingsHold(p.Findings))
}

// decisionsHold checks everything but the findings, which judge the rest and are part of nothing else. Who made the plan may tell where its
// tables are.
func (p Plan) decisionsHold(told whereabouts) error {
	v := validator{plan: &p, told: told, at: make(map[analyze.Name]int, len(p.Tables))}
	for _, check := range []func() error{v.head, v.tablesHold, v.groupsHold, v.dmsHolds, v.fullHolds, v.itemsHold} {
		if err := check(); err != nil {
			return err
		}
	}
	builds := make(chan error, 1)
	go func() { builds <- v.buildsHold() }()
	rest := v.deferredHolds()
	if rest == nil {
		rest = v.objectsHold()
	}
	return cmp.Or(<-builds, rest)
}

type validator struct {
	plan  *Plan
	told  whereabouts          // as far as somebody told; nothing rests on it, see find
	at    map[analyze.Name]int // position of each table
	items [][]int              // positions of the items of each table, by its position
}

// table is a table of the plan, nil for one that is not in it.
func (v *validator) table(n analyze.Name) *Table {
	if i, ok := v.at[n]; ok {
		return &v.plan.Tables[i]
	}
	return nil
}

// find is the position of a table. The i-th of those told is taken where the table there has that name.
func (v *validator) find(n analyze.Name, told []int, i int) (at int, planned bool) {
	if i < len(told) && told[i] < len(v.plan.Tables) && v.plan.Tables[told[i]].Name == n {
		return told[i], true
	}
	at, planned = v.at[n]
	return at, planned
}

// place is where in a plan something is. It becomes a text only when something is wrong there: there are a million of them.
type place struct {
	list string
	at   int
	of   fmt.Stringer // nil: nothing to tell beside
}

func (p place) String() string {
	if p.of == nil {
		return fmt.Sprintf("%s[%d]", p.list, p.at)
	}
	return fmt.Sprintf("%s[%d] (%s)", p.list, p.at, p.of)
}

// text is a name that is no name of a relation.
type text string

func (t text) String() string { return string(t) }

func invalid[W string | place](where W, format string, args ...any) error {
	return fmt.Errorf("plan: %v: %w", where, fmt.Errorf(format, args...))
}

var (
	hexSum      = regexp.MustCompile(`^[0-9a-f]{64}$`)
	settingName = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$`)
	hazardCode  = regexp.MustCompile(`^[A-Z]{2}[0-9]{3}$`)
)

func (v *validator) head() error {
	p := v.plan
	if p.Format != Format {
		return invalid("format", "is %d, this program writes %d", p.Format, Format)
	}
	if !hexSum.MatchString(p.Inventory) {
		return invalid("inventory", "%q is not the SHA-256 of an inventory", p.Inventory)
	}
	if p.Source.VersionNum < 90600 || p.Source.VersionNum > 999999 {
		return invalid("source.version_num", "%d is no version that can be a source", p.Source.VersionNum)
	}
	if n := p.Target.VersionNum; n != 0 && (n < 90600 || n > 999999) {
		return invalid("target.version_num", "%d is no version that can be a target", n)
	}
	for _, x := range []struct{ where, kind string }{{"source.managed", p.Source.Managed}, {"target.managed", p.Target.Managed}} {
		if x.kind != "" && x.kind != "rds" && x.kind != "aurora" {
			return invalid(x.where, "%q is unknown: rds and aurora are known", x.kind)
		}
	}
	if p.Source.Database == "" {
		return invalid("source.database", "is empty")
	}
	if err := p.Options.check(); err != nil {
		return invalid("options", "%w", err)
	}
	if native := p.Options.Engine == EngineNative; native != (p.Native != nil) {
		return invalid("native", "is for the engine native, and the engine is %q", p.Options.Engine)
	}
	if p.Options.Engine == EngineNative && p.Source.VersionNum < 100000 {
		return invalid("source.version_num", "%d is older than publications, which came with version 10", p.Source.VersionNum)
	}
	if err := p.Aurora.holds(p.Options.Aurora); err != nil {
		return err
	}
	for _, x := range []struct{ where, name string }{{"names.schema", p.Names.Schema}, {"names.node", p.Names.Node}, {"names.role", p.Names.Role}} {
		if !legalSlot(x.name) {
			return invalid(x.where, "%q is not a name of lower-case letters, digits and underscores", x.name)
		}
	}
	if p.Names.Schema != ownSchema {
		return invalid("names.schema", "is %q, and checks and scripts look in %q", p.Names.Schema, ownSchema)
	}
	return nil
}

func (v *validator) tablesHold() error {
	seen := map[string]bool{}
	for i := range v.plan.Tables {
		t := &v.plan.Tables[i]
		where := place{"tables", i, &t.Name}
		if err := legalName(where, t.Name); err != nil {
			return err
		}
		if i > 0 && v.plan.Tables[i-1].Name.Compare(t.Name) >= 0 {
			return invalid(where, "is not behind %s: tables are sorted by name, each once", v.plan.Tables[i-1].Name)
		}
		switch t.Handling {
		case Replicate, InsertsOnly, Structure, LeftOut:
		case Physical:
			if v.plan.Options.Engine != EnginePromote {
				return invalid(where, "the engine %s replicates nothing physically", v.plan.Options.Engine)
			}
		default:
			return invalid(where, "unknown handling %q", t.Handling)
		}
		switch t.Kind {
		case analyze.Ordinary, analyze.Partitioned, analyze.Foreign:
		default:
			return invalid(where, "unknown kind %q", t.Kind)
		}
		if t.Handling.Copied() && t.Kind != analyze.Ordinary {
			return invalid(where, "a %s table holds no rows to copy", t.Kind)
		}
		if t.Handling == Replicate && len(t.Key) == 0 && v.plan.Options.Engine != EngineNative {
			return invalid(where, "updates and deletes cannot be replicated without a key")
		}
		if t.Handling.Copied() != (t.Group != 0) {
			return invalid(where, "handling %q does not go with group %d", t.Handling, t.Group)
		}
		if t.Bytes < 0 || t.IndexBytes < 0 || t.Weight < 0 || t.Rate < 0 {
			return invalid(where, "a size or rate is negative")
		}
		clear(seen)
		timed := t.TimeColumn == ""
		for j := range t.Columns {
			c := &t.Columns[j]
			if c.Name == "" || len(c.Name) > 63 || seen[c.Name] {
				return invalid(where, "column %q is empty, too long or there twice", c.Name)
			}
			seen[c.Name] = true
			timed = timed || c.Name == t.TimeColumn && rangeType.MatchString(c.Type)
		}
		if !timed {
			return invalid(where, "its time column %s is not among its columns, or of no type that tells time", analyze.Display(t.TimeColumn))
		}
		v.at[t.Name] = i
	}
	for i := range v.plan.Tables {
		if t := &v.plan.Tables[i]; t.Root != nil && v.table(*t.Root) == nil {
			return invalid(fmt.Sprintf("tables[%d] (%s)", i, t.Name), "its root %s is not among the plan's tables", t.Root)
		}
	}
	return nil
}

func legalName(where place, n analyze.Name) error {
	for _, s := range [...]string{n.Schema, n.Name} {
		if s == "" || len(s) > 63 {
			return invalid(where, "%q is not a name: 1 to 63 bytes", s)
		}
	}
	return nil
}

func (v *validator) groupsHold() error {
	p := v.plan
	in := make([]int, len(p.Tables))
	for i, g := range p.Groups {
		where := place{"groups", i, text(g.Slot)}
		if g.Number != i+1 {
			return invalid(where, "its number is %d: groups are numbered from 1 without gaps", g.Number)
		}
		if !legalSlot(g.Slot) || len(g.Slot) > maxSlotLen {
			return invalid(where, "%q cannot be a slot: 1 to %d lower-case letters, digits and underscores", g.Slot, maxSlotLen)
		}
		for _, h := range p.Groups[:i] {
			if h.Slot == g.Slot || h.Slot == g.InsertSet || h.InsertSet == g.Slot {
				return invalid(where, "its names collide with those of group %d", h.Number)
			}
		}
		if g.UpdateSet != g.Slot || g.InsertSet != "i"+g.Slot {
			return invalid(where, "its sets must be named %q and %q", g.Slot, "i"+g.Slot)
		}
		if want := (analyze.Name{Schema: p.Names.Schema, Name: "marker_" + g.Slot}); g.Marker != want {
			return invalid(where, "its marker table must be %s", want)
		}
		if len(g.Tables) == 0 {
			return invalid(where, "has no tables")
		}
		var told []int
		if i < len(v.told.groups) {
			told = v.told.groups[i]
		}
		weight, bytes := 0.0, int64(0)
		for j, n := range g.Tables {
			at, planned := v.find(n, told, j)
			if !planned {
				return invalid(where, "%s is not among the plan's tables", n)
			}
			t := &p.Tables[at]
			switch {
			case in[at] != 0:
				return invalid(where, "%s is in group %d already", n, in[at])
			case t.Group != g.Number:
				return invalid(where, "%s says that it is in group %d", n, t.Group)
			case j > 0 && g.Tables[j-1].Compare(n) >= 0:
				return invalid(where, "%s is not behind %s: tables are sorted by name", n, g.Tables[j-1])
			case g.BatchApply && t.BatchUnsafe != "":
				return invalid(where, "%s must not be applied in batches: %s", n, t.BatchUnsafe)
			}
			in[at] = g.Number
			weight, bytes = weight+t.Weight, bytes+t.Bytes
		}
		if bytes != g.Bytes {
			return invalid(where, "its tables have %d bytes, it says %d", bytes, g.Bytes)
		}
		if math.Abs(weight-g.Weight) > 1e-4*max(weight, g.Weight) {
			return invalid(where, "its tables weigh %v, it says %v", weight, g.Weight)
		}
	}
	for i := range p.Tables {
		if t := &p.Tables[i]; t.Handling.Copied() && in[i] == 0 {
			return invalid("groups", "%s is in none", t.Name)
		}
	}
	if p.Balance.Groups != len(p.Groups) {
		return invalid("balance.groups", "is %d, there are %d", p.Balance.Groups, len(p.Groups))
	}
	return nil
}

func (v *validator) itemsHold() error {
	p := v.plan
	v.items = make([][]int, len(p.Tables))
	first := make([]int, len(p.Tables)) // most tables have one item: no list for each
	for i := range first {
		v.items[i] = first[i : i : i+1]
	}
	before := 0 // tables of the items before
	for i := range p.Items {
		it, where := &p.Items[i], place{list: "items", at: i}
		if it.ID != i+1 {
			return invalid(where, "its id is %d: items are numbered from 1 without gaps", it.ID)
		}
		if len(it.Tables) == 0 {
			return invalid(where, "has no tables")
		}
		if it.Bytes < 0 {
			return invalid(where, "has a negative size")
		}
		if it.Range != nil && len(it.Tables) != 1 {
			return invalid(where, "a range is of one table, it has %d", len(it.Tables))
		}
		bytes := int64(0)
		for j, n := range it.Tables {
			pos, planned := v.find(n, v.told.items, before+j)
			if !planned {
				return invalid(where, "%s is not among the plan's tables", n)
			}
			t := &p.Tables[pos]
			if !t.Handling.Copied() {
				return invalid(where, "%s is not to be copied: %s", n, t.Handling)
			}
			if first := v.at[it.Tables[0]]; p.Options.FullLoad() && j > 0 {
				return invalid(where, "%s and %s share it, and AWS DMS reads each table for itself", p.Tables[first].Name, n)
			} else if p.Options.Snapshots() && t.Group != p.Tables[first].Group {
				return invalid(where, "%s and %s are of different slots, each of which has a snapshot of its own", p.Tables[first].Name, n)
			}
			if at := v.items[pos]; len(at) > 0 && (it.Range == nil || p.Items[at[0]].Range == nil) {
				return invalid(where, "%s is loaded by item %d already", n, p.Items[at[0]].ID)
			}
			v.items[pos] = append(v.items[pos], i)
			bytes += t.Bytes
		}
		before += len(it.Tables)
		if it.Range == nil && bytes != it.Bytes {
			return invalid(where, "its tables have %d bytes, it says %d", bytes, it.Bytes)
		}
	}
	for i := range p.Tables {
		t := &p.Tables[i]
		if !t.Handling.Copied() {
			continue
		}
		at := v.items[i]
		if len(at) == 0 {
			return invalid("items", "none loads %s", t.Name)
		}
		if p.Items[at[0]].Range != nil {
			if err := v.rangesHold(t, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// rangesHold checks that the ranges of a table touch without gap or overlap: each begins with the very text that the one before it
// ends with, and ends behind its beginning. How the servers sort texts is theirs to say: see [Range.Ordered].
func (v *validator) rangesHold(t *Table, at []int) error {
	items := slices.Clone(at)
	part := func(i int) *Range { return v.plan.Items[i].Range }
	slices.SortStableFunc(items, func(a, b int) int { return part(a).Part - part(b).Part })
	bytes := int64(0)
	for i, pos := range items {
		r, where := part(pos), place{"items", pos, t.Name}
		bytes += v.plan.Items[pos].Bytes
		if r.Part != i+1 || r.Of != len(items) {
			return invalid(where, "is part %d of %d, and the plan has %d parts of this table", r.Part, r.Of, len(items))
		}
		first := part(items[0])
		if r.By != first.By || !slices.Equal(r.Key, first.Key) {
			return invalid(where, "is cut by something else than part 1")
		}
		if r.By == ByTID && v.plan.Source.VersionNum < 140000 {
			return invalid(where, "ranges by tid need version 14 on the source")
		}
		if (i == 0) != (len(r.From) == 0) || (i == len(items)-1) != (len(r.To) == 0) {
			return invalid(where, "only the first part begins and only the last ends open")
		}
		if i > 0 && !r.From.Equal(part(items[i-1]).To) {
			return invalid(where, "begins at %s, the part before it ends at %s", r.From, part(items[i-1]).To)
		}
		if err := r.sound(); err != nil {
			return invalid(where, "%w", err)
		}
		if err := v.parallelHolds(where, t, r); err != nil {
			return err
		}
		for _, k := range r.Key {
			if !slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == k.Name }) {
				return invalid(where, "%s has no column %s to cut by", t.Name, analyze.Display(k.Name))
			}
		}
	}
	if bytes != t.Bytes {
		return invalid(fmt.Sprintf("items of %s", t.Name), "have %d bytes, the table has %d", bytes, t.Bytes)
	}
	return nil
}

func (v *validator) buildsHold() error {
	p := v.plan
	for i := range p.Builds {
		b := &p.Builds[i]
		where := place{"builds", i, text(b.Name)}
		if b.ID != len(p.Items)+1+i {
			return invalid(where, "its id is %d: builds are numbered on from the items without gaps", b.ID)
		}
		at, planned := v.find(b.Table, v.told.builds, i)
		if !planned || p.Tables[at].Handling == LeftOut {
			return invalid(where, "%s is not among the tables that will exist", b.Table)
		}
		t := &p.Tables[at]
		if (b.Kind == BuildAnalyze) != (b.Name == "") || b.Kind != BuildAnalyze && b.Definition == "" {
			return invalid(where, "a build has a name and a definition, unless it is an analyze")
		}
		if (b.ReplicaIdentity || b.Clustered) && b.Kind != BuildIndex && b.Kind != BuildConstraint {
			return invalid(where, "only an index or its constraint can be replica identity or clustered")
		}
		switch b.Kind {
		case BuildIndex, BuildAnalyze:
			if b.Constraint != nil || len(b.Attach) > 0 {
				return invalid(where, "%s has neither a constraint nor something to attach", b.Kind)
			}
		case BuildConstraint:
			if b.Constraint == nil || len(b.Attach) > 0 {
				return invalid(where, "a constraint needs its spec and attaches nothing")
			}
			if b.Constraint.Kind == analyze.ForeignKey {
				return invalid(where, "foreign keys wait for the cutover")
			}
		case BuildAttach:
			if t.Kind != analyze.Partitioned {
				return invalid(where, "%s is not partitioned", b.Table)
			}
		default:
			return invalid(where, "unknown kind %q", b.Kind)
		}
		if err := makes(where, b); err != nil {
			return err
		}
		for j, n := range b.Needs {
			if n < 1 || n >= b.ID {
				return invalid(where, "it needs %d: work needs only what has a smaller id, so that it cannot wait for itself", n)
			}
			if j > 0 && b.Needs[j-1] >= n {
				return invalid(where, "needs are sorted, each once")
			}
		}
		if b.BeforeLoad {
			if err := v.beforeLoadHolds(where, b); err != nil {
				return err
			}
			continue
		}
		for _, pos := range v.items[at] {
			if _, ok := slices.BinarySearch(b.Needs, p.Items[pos].ID); !ok {
				return invalid(where, "it does not wait for item %d, which loads its table", p.Items[pos].ID)
			}
		}
	}
	return nil
}

// beforeLoadHolds checks a key that is built on the empty table: what it needs is built there before it.
func (v *validator) beforeLoadHolds(where place, b *Build) error {
	p := v.plan
	if !p.Options.FullLoad() || b.Kind != BuildIndex && b.Kind != BuildConstraint {
		return invalid(where, "only keys are built before the load, and only where AWS DMS loads the rows")
	}
	for _, n := range b.Needs {
		if at := n - 1 - len(p.Items); at < 0 || !p.Builds[at].BeforeLoad {
			return invalid(where, "it is built before the load, and needs %d, which is not", n)
		}
	}
	return nil
}

// makes checks that a build's text makes what it is said to make.
func makes(where place, b *Build) error {
	if b.Kind == BuildAnalyze {
		return nil
	}
	if err := legalName(where, analyze.Name{Schema: b.Table.Schema, Name: b.Name}); err != nil {
		return err
	}
	for _, n := range b.Attach {
		if err := legalName(where, n); err != nil {
			return err
		}
	}
	err := error(nil)
	switch {
	case b.Constraint != nil:
		err = definesConstraint(b.Definition, b.Constraint.Kind)
	case b.Kind != BuildConstraint: // one without its spec is refused below
		err = definesIndex(b.Definition, b.Name, b.Table)
	}
	if err != nil {
		return invalid(where, "%w", err)
	}
	return nil
}

var deferOrder = []DeferredKind{DeferIndex, DeferConstraint, DeferForeignKey, DeferTrigger, DeferRule, DeferPolicy, DeferEventTrigger, DeferMatview}

func (v *validator) deferredHolds() error {
	p := v.plan
	last := 0
	for i := range p.Deferred {
		d := &p.Deferred[i]
		where := place{"deferred", i, text(d.Name)}
		rank := slices.Index(deferOrder, d.Kind)
		if rank < 0 {
			return invalid(where, "unknown kind %q", d.Kind)
		}
		if rank < last {
			return invalid(where, "a %s does not come behind a %s", d.Kind, deferOrder[last])
		}
		last = rank
		if d.Name == "" {
			return invalid(where, "has no name")
		}
		if d.Kind != DeferEventTrigger && d.Kind != DeferMatview {
			if t := v.table(d.Table); t == nil || t.Handling == LeftOut {
				return invalid(where, "%s is not among the tables that will exist", d.Table)
			}
		}
		if err := restores(where, d); err != nil {
			return err
		}
		switch d.Kind {
		case DeferIndex, DeferTrigger, DeferMatview:
			if d.Definition == "" {
				return invalid(where, "has no definition")
			}
		case DeferConstraint, DeferForeignKey:
			if d.Definition == "" || d.Constraint == nil {
				return invalid(where, "has no definition or no constraint")
			}
			if (d.Constraint.Kind == analyze.ForeignKey) != (d.Kind == DeferForeignKey) {
				return invalid(where, "a %s is not a %s constraint", d.Kind, d.Constraint.Kind)
			}
			if d.Kind == DeferConstraint && d.Index == "" {
				return invalid(where, "has no index definition")
			}
		}
	}
	for i, r := range p.Relaxed {
		where := place{"relaxed", i, r.Table}
		t := v.table(r.Table)
		if t == nil || t.Handling == LeftOut {
			return invalid(where, "is not among the tables that will exist")
		}
		if !slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == r.Column }) {
			return invalid(where, "has no column %s", analyze.Display(r.Column))
		}
		if slices.Contains(t.Key, r.Column) {
			return invalid(where, "column %s belongs to the key", analyze.Display(r.Column))
		}
		if i > 0 {
			if q := p.Relaxed[i-1]; q.Table.Compare(r.Table) > 0 || q.Table == r.Table && q.Column >= r.Column {
				return invalid(where, "is not behind %s: sorted by table and column, each once", q.Table)
			}
		}
	}
	return nil
}

// restores checks the texts of what waits, where a script runs them. Triggers, rules and policies come from the dump.
func restores(where place, d *Deferred) error {
	names := slices.Clone(d.Attach)
	var err error
	switch {
	case d.Definition == "": // refused by the caller where it needs one
	case d.Kind == DeferMatview:
		names = append(names, d.Table)
	case d.Kind == DeferIndex:
		err = definesIndex(d.Definition, d.Name, d.Table)
	case d.Constraint != nil:
		err = definesConstraint(d.Definition, d.Constraint.Kind)
		if err == nil && d.Constraint.UsingIndex && d.Index != "" {
			err = definesIndex(d.Index, d.Name, d.Table)
		}
	}
	if err != nil {
		return invalid(where, "%w", err)
	}
	for _, n := range names {
		if err := legalName(where, n); err != nil {
			return err
		}
	}
	return nil
}

func (v *validator) objectsHold() error {
	p := v.plan
	for i, s := range p.Settings {
		where := place{list: "settings", at: i}
		if s.On != OnStandby && s.On != OnSource && s.On != OnTarget {
			return invalid(where, "unknown server %q", s.On)
		}
		if !settingName.MatchString(s.Name) {
			return invalid(where, "%q is not the name of a setting", s.Name)
		}
		if strings.ContainsAny(s.To, "\n\r") {
			return invalid(where, "a value is one line")
		}
	}
	sum := 0.0
	for i, x := range p.Estimate.WriteStop.Phases {
		switch {
		case x.Name == "":
			return invalid(place{list: "estimate.write_stop.phases", at: i}, "it has no name")
		case x.Seconds != nil && !(*x.Seconds >= 0):
			return invalid(place{list: "estimate.write_stop.phases", at: i}, "it takes %v seconds", *x.Seconds)
		case x.Seconds != nil:
			sum += *x.Seconds
		}
	}
	if s := p.Estimate.WriteStop.Seconds; math.Abs(s-sum) > 0.1 {
		return invalid("estimate.write_stop.seconds", "is %v, and the phases come to %v", s, sum)
	}
	seen := map[string]bool{}
	for i, r := range p.Roles {
		if r.Name == "" || seen[r.Name] {
			return invalid(fmt.Sprintf("roles[%d]", i), "%q is empty or there twice", r.Name)
		}
		seen[r.Name] = true
		for _, a := range r.Attributes {
			if !roleAttribute.MatchString(a) {
				return invalid(fmt.Sprintf("roles[%d] (%s)", i, r.Name), "%q is not an attribute that a plan grants", a)
			}
		}
		for of, options := range r.MemberOptions {
			if !slices.Contains(r.MemberOf, of) || slices.ContainsFunc(options, func(o string) bool { return !memberOption.MatchString(o) }) {
				return invalid(fmt.Sprintf("roles[%d] (%s)", i, r.Name), "%q is no membership with options", of)
			}
		}
	}
	seen = map[string]bool{}
	for i, e := range p.Extensions {
		if e.Name == "" || seen[e.Name] {
			return invalid(fmt.Sprintf("extensions[%d]", i), "%q is empty or there twice", e.Name)
		}
		seen[e.Name] = true
	}
	for i, s := range p.Schemas {
		if s == "" || NeverPlanned(s) || i > 0 && p.Schemas[i-1] >= s {
			return invalid(fmt.Sprintf("schemas[%d]", i), "%q is empty, not to be planned, or not in its place", s)
		}
	}
	for i, s := range p.Sequences {
		where := place{"sequences", i, s.Name}
		if err := legalName(where, s.Name); err != nil {
			return err
		}
		if s.Increment == 0 || s.Minimum > s.Maximum || s.Margin < 0 {
			return invalid(where, "increment %d, minimum %d, maximum %d and margin %d do not go together", s.Increment, s.Minimum, s.Maximum, s.Margin)
		}
		if i > 0 && p.Sequences[i-1].Name.Compare(s.Name) >= 0 {
			return invalid(where, "is not behind %s: sequences are sorted by name, each once", p.Sequences[i-1].Name)
		}
	}
	return nil
}

func findingsHold(findings []hazard.Finding) error {
	for i, f := range findings {
		where := place{list: "findings", at: i}
		if !hazardCode.MatchString(f.Code) {
			return invalid(where, "%q is not a code", f.Code)
		}
		if f.Severity != hazard.Error && f.Severity != hazard.Warning && f.Severity != hazard.Note {
			return invalid(where, "unknown severity %q", f.Severity)
		}
	}
	return nil
}

var memberOption = regexp.MustCompile(`^(ADMIN OPTION|(ADMIN|INHERIT|SET) (TRUE|FALSE))$`)

var roleAttribute = regexp.MustCompile(`^(CREATEDB|CREATEROLE|INHERIT|NOINHERIT|REPLICATION|BYPASSRLS|CONNECTION LIMIT [0-9]{1,9})$`)
