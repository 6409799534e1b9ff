package planner

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// Make plans the move of the database that an inventory describes. timings are what earlier loads of the same database
// measured; nil is fine.
//
// An error is an [OptionError], because the configuration names what does not exist, contradicts itself or asks for what the
// database does not allow; or the inventory is of no database that can be moved. Whatever is wrong with the database itself
// is a finding in the plan.
func Make(inv analyze.Inventory, opt Options, timings []Timing) (Plan, error) {
	return makePlan(inv, opt, timings, nil)
}

// makePlan plans; h is nil without a plan before.
func makePlan(inv analyze.Inventory, opt Options, timings []Timing, h *history) (Plan, error) {
	if err := opt.check(); err != nil {
		return Plan{}, err
	}
	if err := opt.checkCodes(); err != nil {
		return Plan{}, err
	}
	if v := inv.Server.VersionNum; v < 90600 || v > 999999 {
		return Plan{}, fmt.Errorf("the source has version %s (%d): 9.6 is the oldest that can be moved", inv.Server.Version, v)
	}
	if v := inv.Server.VersionNum; opt.Engine == EngineNative && v < 100000 {
		return Plan{}, &OptionError{"engine", fmt.Sprintf("the source has version %s, and publications came with version 10", inv.Server.Version), `write "dms", whose slots decode through pglogical`}
	}
	if inv.Database.Name == "" {
		return Plan{}, errors.New("the inventory does not say which database it is of")
	}
	inv = inv.Normalize()
	// What neither changes what the others read nor waits for them goes on at the same time.
	var fingerprint string
	var structure []analyze.Object
	var apart sync.WaitGroup
	defer apart.Wait()
	apart.Go(func() { fingerprint = inv.Fingerprint() })
	apart.Go(func() { structure = inv.Structure() })
	b, err := newBuilder(inv, opt, timings)
	if err != nil {
		return Plan{}, err
	}
	b.history = h
	if o := opt.Native; o != nil && o.Password == PasswordFile && b.target().Managed != "" {
		return Plan{}, &OptionError{"native.password", "a managed target's server reads no file of yours", "write native.password: prompt"}
	}
	p := Plan{
		Format: Format,
		Source: Source{
			VersionNum: inv.Server.VersionNum, Managed: inv.Server.Managed, SystemIdentifier: inv.Server.SystemIdentifier,
			Database: inv.Database.Name, Encoding: inv.Database.Encoding, Collate: inv.Database.Collate, Ctype: inv.Database.Ctype,
		},
		Target:  b.target(),
		Options: opt,
		Names:   Names{Schema: ownSchema, Node: "pgcutover_provider", Role: "pgcutover_cdc"},
	}
	p.LeftOutViews = b.leftOutViews()
	var grouping sync.WaitGroup
	grouping.Go(func() { p.Groups, p.Balance, err = b.groups() })
	if opt.Snapshots() || opt.FullLoad() { // whose pieces are of one slot each
		grouping.Wait()
		b.slotOf = slotsOf(p.Groups)
	}
	p.Items = b.items()
	b.where.items = b.positions(p.Items)
	b.took = b.durations(p.Items, b.where.items)
	p.Builds = b.builds(p.Items)
	p.Deferred = b.deferred()
	p.Relaxed = b.relaxed()
	grouping.Wait()
	if err != nil {
		return Plan{}, err
	}
	p.Tables = b.tables
	for g, members := range b.where.groups {
		for _, i := range members {
			p.Tables[i].Group = p.Groups[g].Number
		}
	}
	p.Schemas = b.schemas()
	p.Sequences = b.sequences()
	p.Extensions = b.extensions()
	p.Roles = b.roles()
	p.Aurora = b.aurora(timings)
	p.Estimate = b.estimate(&p)
	p.Estimate.WriteStop = b.writeStop(&p)
	p.Native = b.native(p)
	p.Settings = b.settings(p)
	if p.DMS, err = b.dms(p); err != nil {
		return Plan{}, err
	}
	p.Full = b.full(p)
	fillEmpty(&p)
	judged := make(chan []hazard.Finding, 1)
	go func(p Plan) { judged <- b.findings(p) }(p)
	apart.Wait()
	p.Inventory, p.Structure = fingerprint, structure
	unsound := p.decisionsHold(b.where)
	if found := <-judged; len(found) > 0 {
		p.Findings = found
	}
	if err := cmp.Or(unsound, findingsHold(p.Findings)); err != nil {
		// From what analyze writes, a defect of the planner. Facts edited by hand can contradict each other in any way, too.
		return Plan{}, fmt.Errorf("planning: the inventory makes no sound plan: %w", err)
	}
	return p, nil
}

const ownSchema = "pgcutover"

// NeverPlanned reports schemas that belong to PostgreSQL, to pglogical or to pgcutover.
func NeverPlanned(schema string) bool {
	switch schema {
	case ownSchema, "pglogical", "pglogical_origin", "information_schema":
		return true
	}
	return strings.HasPrefix(schema, "pg_")
}

// builder holds the inventory with the lookups that several decisions share.
type builder struct {
	inv     analyze.Inventory
	opt     Options
	known   *directory
	source  []*analyze.Table                // every planned table of the inventory, by name
	tables  []Table                         // what becomes of each of them, in the same order
	at      map[analyze.Name]int            // position in both
	cutters map[analyze.Name]cutter         // of the tables that were asked for
	kids    map[analyze.Name][]analyze.Name // children in name order
	weights string                          // what weights are: see Balance.Weights
	speed   speeds
	cut     map[analyze.Name]bool    // tables whose LOBs may be truncated
	margins map[analyze.Name]float64 // of tables that have one of their own
	took    []float64                // seconds of each item of the plan
	where   whereabouts              // of the tables of what is decided
	slotOf  map[analyze.Name]int     // number of each table's group, where a piece of the load has to be of one; nil: it may be of any
	batched struct {                 // what batches came to, to be asked for again
		limit  batch
		tables int
		items  []timed
	}
	history *history // nil: no plan was made before

	leftViews map[analyze.Name]bool // views that the configuration leaves out
	steps     map[string]float64    // seconds of steps that an earlier run measured
}

func newBuilder(inv analyze.Inventory, opt Options, timings []Timing) (*builder, error) {
	b := &builder{
		inv: inv, opt: opt,
		at: make(map[analyze.Name]int, len(inv.Tables)), kids: map[analyze.Name][]analyze.Name{},
		speed: newSpeeds(opt, timings), cut: map[analyze.Name]bool{}, margins: map[analyze.Name]float64{},
		leftViews: map[analyze.Name]bool{}, steps: stepsOf(timings),
	}
	for i := range inv.Tables {
		t := &inv.Tables[i]
		if NeverPlanned(t.Name.Schema) {
			continue
		}
		if opt.FullLoad() && t.ReplicaIdentity == "full" && b.plugin() == PluginTestDecoding { // whole old rows hold the key as well
			x := *t
			x.ReplicaIdentity = "default"
			t = &x
		}
		b.at[t.Name] = len(b.source)
		b.source = append(b.source, t)
		for _, parent := range t.Parents {
			b.kids[parent] = append(b.kids[parent], t.Name)
		}
	}
	b.known = &directory{tables: b.source}
	cut, err := b.known.findAll("lob.truncate", opt.LOB.Truncate)
	if err != nil {
		return nil, err
	}
	for _, n := range cut {
		b.cut[n] = true
	}
	for _, text := range slices.Sorted(maps.Keys(opt.LOB.Margins)) {
		n, err := b.known.find("lob.margins", text)
		if err != nil {
			return nil, err
		}
		if m, twice := b.margins[n]; twice && m != opt.LOB.Margins[text] {
			return nil, wrong("lob.margins", "%s is given twice, with %v and %v", n, m, opt.LOB.Margins[text])
		}
		b.margins[n] = opt.LOB.Margins[text]
	}
	if err := b.handle(); err != nil {
		return nil, err
	}
	b.weigh()
	return b, nil
}

func (b *builder) table(n analyze.Name) *Table {
	if i, ok := b.at[n]; ok {
		return &b.tables[i]
	}
	return nil
}

// sourceOf is a table as the inventory describes it, nil for one that is not planned.
func (b *builder) sourceOf(n analyze.Name) *analyze.Table {
	if i, ok := b.at[n]; ok {
		return b.source[i]
	}
	return nil
}

// tablesOf are the tables of a group as the inventory describes them, in their order.
func (b *builder) tablesOf(g Group) iter.Seq[*analyze.Table] {
	return func(yield func(*analyze.Table) bool) {
		for _, i := range b.where.groups[g.Number-1] {
			if !yield(b.source[i]) {
				return
			}
		}
	}
}

// copied reports whether the table's rows are loaded.
func (b *builder) copied(n analyze.Name) bool {
	t := b.table(n)
	return t != nil && t.Handling.Copied()
}

// present reports whether the table will exist on the target.
func (b *builder) present(n analyze.Name) bool {
	t := b.table(n)
	return t != nil && t.Handling != LeftOut
}

func (b *builder) target() Target {
	t := Target{VersionNum: b.opt.Target.Version * 10000, Managed: b.opt.Target.Managed, Database: b.inv.Database.Name}
	if o := b.opt.Aurora; o != nil { // which is made of the source
		return Target{VersionNum: AuroraVersionNum(o.EngineVersion), Managed: "aurora", Database: b.inv.Database.Name}
	}
	if s := b.inv.Target; s != nil {
		t.VersionNum, t.SystemIdentifier, t.Database = s.Server.VersionNum, s.Server.SystemIdentifier, s.Database.Name
		t.Managed = cmp.Or(b.opt.Target.Managed, s.Server.Managed)
	}
	return t
}

func (b *builder) setting(name string) (analyze.Setting, bool) { return lookup(b.inv.Settings, name) }

func lookup(settings []analyze.Setting, name string) (analyze.Setting, bool) {
	i := slices.IndexFunc(settings, func(s analyze.Setting) bool { return s.Name == name })
	if i < 0 {
		return analyze.Setting{}, false
	}
	return settings[i], true
}
