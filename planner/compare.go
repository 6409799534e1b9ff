package planner

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// ComparisonFormat is the version of the comparison's file format.
const ComparisonFormat = 1

// Comparison sets every way of moving a database side by side: what an architect reads before there is a plan.
type Comparison struct {
	Format         int            `json:"format"`
	Inventory      string         `json:"inventory"` // fingerprint of the inventory it was made from
	Source         Source         `json:"source"`
	Target         Target         `json:"target"` // as configured or looked at; a way may have one of its own
	Tables         int            `json:"tables"` // without those of system schemas
	Bytes          int64          `json:"bytes"`  // heap and TOAST of all of them
	IndexBytes     int64          `json:"index_bytes"`
	WALRate        *float64       `json:"wal_bytes_per_second"` // nil: not sampled
	Ways           []Way          `json:"ways"`                 // in the same order for every database
	Recommendation Recommendation `json:"recommendation"`
}

// Encode writes the canonical form: indented JSON with a final newline.
func (c Comparison) Encode(w io.Writer) error { return analyze.EncodeCanonical(w, c) }

// Feasibility says whether a way is feasible.
type Feasibility string

// The answers, best first.
const (
	Possible   Feasibility = "yes"
	Blocked    Feasibility = "not yet" // something has to be removed, or accepted with a reason
	Impossible Feasibility = "no"      // neither work nor configuration helps
)

// Way is one engine, with what it hands over from where there is a choice.
type Way struct {
	Name      string      `json:"name"`   // such as native-snapshot
	Title     string      `json:"title"`  // in a few words
	Engine    string      `json:"engine"` // for the configuration
	Feasible  Feasibility `json:"feasible"`
	Obstacles []Obstacle  `json:"obstacles"` // empty where it is possible
	StandIns  []string    `json:"stand_ins"` // sentences: what was assumed because the configuration does not say it

	// Planned is false where no plan can be made; what follows is then empty.
	Planned   bool       `json:"planned"`
	WriteStop WriteStop  `json:"write_stop"`
	Duration  Duration   `json:"duration"`
	Load      SourceLoad `json:"source_load"`
	Beside    []string   `json:"beside"` // what runs beside source and target, in a few words each
	Needs     []string   `json:"needs"`  // sentences: what has to be there beside the source
	Risks     Risks      `json:"risks"`
	WayBack   WayBack    `json:"way_back"`
	Costs     []string   `json:"costs"` // sentences: what is paid for and how long; no prices
}

// Obstacle is why a way is not feasible, or not yet.
type Obstacle struct {
	Code   string `json:"code"`   // of a hazard; empty: no plan can be made at all
	Count  int    `json:"count"`  // findings of that code
	Text   string `json:"text"`   // one sentence
	Remedy string `json:"remedy"` // empty: nothing helps
}

// Duration is how long it takes from the first change to a server until the cutover may begin.
type Duration struct {
	Seconds *float64 `json:"seconds"` // nil: a phase is unknown
	Phases  []Phase  `json:"phases"`
}

// SourceLoad is what the source bears while it serves the application.
type SourceLoad struct {
	Sessions              int      `json:"sessions"`                 // that read rows at a time; 0: rows come from elsewhere
	Bytes                 int64    `json:"bytes"`                    // that they read
	Slots                 int      `json:"slots"`                    // each decodes all WAL
	DecodedBytesPerSecond *float64 `json:"decoded_bytes_per_second"` // WAL rate times slots; nil: not sampled
	WALBytes              *int64   `json:"wal_bytes"`                // held at the most; nil: unknown, 0: none
	WALFreeBytes          *int64   `json:"wal_free_bytes"`           // as configured
	VacuumSeconds         float64  `json:"vacuum_seconds"`           // how long vacuum removes no dead rows
	Restarts              []string `json:"restarts"`                 // settings of the source that take one, by name
	StandbyRestarts       []string `json:"standby_restarts"`
}

// Risks are the hazards of a way, and what nobody can prove beforehand.
type Risks struct {
	Errors    int              `json:"errors"` // not accepted, like the next two
	Warnings  int              `json:"warnings"`
	Notes     int              `json:"notes"`
	Accepted  int              `json:"accepted"`
	Gravest   []hazard.Finding `json:"gravest"`    // up to three, each of another code; of those alike in severity first what the fewest ways have
	NotProven []string         `json:"not_proven"` // sentences
}

// WayBack is what becomes of what the application has written to the target, should it have to go back to the source.
type WayBack struct {
	Words string `json:"words"` // a few
	Text  string `json:"text"`  // sentences
}

// Recommendation is which way to go.
type Recommendation struct {
	Way     string   `json:"way"`     // empty: none is feasible
	Reason  string   `json:"reason"`  // sentences with the figures that decided it
	Changes []string `json:"changes"` // sentences: what would change it
}

// Compare plans each way of moving a database. opt is the configuration of one of them; what it lacks for the others is assumed, and said. timings are as
// for [Make]: of the configured engine, from which the others take what does not depend on it.
//
// An error is an [OptionError] about the configured engine's own options, or the inventory is of no database that can be moved.
func Compare(inv analyze.Inventory, opt Options, timings []Timing) (Comparison, error) {
	all := ways()
	if !slices.ContainsFunc(all, func(x way) bool { return x.engine == opt.Engine }) {
		return Comparison{}, opt.check() // which knows the engines
	}
	inv = inv.Normalize()
	c := Comparison{
		Format: ComparisonFormat, Inventory: inv.Fingerprint(),
		Source: Source{
			VersionNum: inv.Server.VersionNum, Managed: inv.Server.Managed, SystemIdentifier: inv.Server.SystemIdentifier,
			Database: inv.Database.Name, Encoding: inv.Database.Encoding, Collate: inv.Database.Collate, Ctype: inv.Database.Ctype,
		},
		Target: (&builder{inv: inv, opt: opt}).target(),
	}
	for i := range inv.Tables {
		t := &inv.Tables[i]
		if NeverPlanned(t.Name.Schema) {
			continue
		}
		c.Tables++
		if n, ok := t.Bytes(); ok {
			c.Bytes += n
		}
		if t.IndexBytes != nil {
			c.IndexBytes += *t.IndexBytes
		}
	}
	c.WALRate = (&builder{inv: inv, opt: opt}).walRate()
	open := make([][]hazard.Finding, len(all))
	for i := range all {
		w, findings, err := all[i].look(inv, opt, timings)
		if err != nil {
			return Comparison{}, err
		}
		c.Ways = append(c.Ways, w)
		open[i] = findings
	}
	c.gravest(open)
	c.Recommendation = recommend(all, c.Ways, &inv)
	fillNil(&c)
	return c, nil
}

// gravest picks from what each way has open the three that tell most: by severity, and then what the fewest ways have.
func (c *Comparison) gravest(open [][]hazard.Finding) {
	ways := map[string]int{} // that have a code
	for i := range open {
		if c.Ways[i].Feasible == Impossible {
			continue
		}
		seen := map[string]bool{}
		for _, f := range open[i] {
			if !seen[f.Code] {
				seen[f.Code] = true
				ways[f.Code]++
			}
		}
	}
	severities := []hazard.Severity{hazard.Error, hazard.Warning, hazard.Note}
	for i := range open {
		slices.SortStableFunc(open[i], func(a, b hazard.Finding) int {
			return cmp.Or(cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)), cmp.Compare(ways[a.Code], ways[b.Code]))
		})
		g := &c.Ways[i].Risks.Gravest
		for _, f := range open[i] {
			if len(*g) < 3 && !slices.ContainsFunc(*g, func(h hazard.Finding) bool { return h.Code == f.Code }) {
				*g = append(*g, f)
			}
		}
	}
}

// look plans one way and describes it; findings are those that nobody accepted.
func (x *way) look(inv analyze.Inventory, opt Options, timings []Timing) (w Way, findings []hazard.Finding, err error) {
	w = Way{Name: x.name, Title: x.title, Engine: x.engine}
	own := opt.Engine == x.engine
	o := opt.withEngine(x.engine)
	x.options(&o, &inv, func(format string, args ...any) { w.StandIns = append(w.StandIns, fmt.Sprintf(format, args...)) })
	if !own {
		timings = ofAnyEngine(timings)
	}
	p, err := Make(inv, o, timings)
	if e, ok := errors.AsType[*OptionError](err); ok {
		if own && e.Path != "engine" {
			return Way{}, nil, err // which is for the user to mend, before anything is compared
		}
		w.Feasible = Blocked
		if e.Path == "engine" {
			w.Feasible = Impossible
		}
		w.Obstacles = []Obstacle{{Count: 1, Text: e.Path + ": " + e.Problem + ".", Remedy: e.Remedy}}
		return w, nil, nil
	}
	if err != nil {
		return Way{}, nil, err
	}
	w.Planned, w.WriteStop = true, p.Estimate.WriteStop
	w.Duration = x.durationOf(&p)
	w.Load = x.loadOf(&p, &inv)
	w.Needs = x.needs(&p, &inv)
	w.Beside = x.beside(&p)
	w.WayBack = x.wayBack(&p)
	w.Costs = x.costs(&p)
	w.Risks.NotProven = x.notProven(&p)
	findings = w.judge(x, p.Findings, own)
	return w, findings, nil
}

// ofAnyEngine leaves out of timings the steps that do other things with another engine.
func ofAnyEngine(timings []Timing) []Timing {
	return slices.DeleteFunc(slices.Clone(timings), func(t Timing) bool {
		return t.Kind == "step" && t.Step != stepFreeze && t.Step != stepSequences
	})
}

// judge counts the hazards, returns those that nobody accepted, and says what they are in the way of. An acceptance that another engine needs is none of its own.
func (w *Way) judge(x *way, findings []hazard.Finding, own bool) (open []hazard.Finding) {
	w.Feasible = Possible
	for _, f := range findings {
		if f.Code == "CF101" && !own {
			continue
		}
		switch {
		case f.Accepted != "":
			w.Risks.Accepted++
			continue
		case f.Severity == hazard.Error:
			w.Risks.Errors++
			w.obstacle(x, f)
		case f.Severity == hazard.Warning:
			w.Risks.Warnings++
		default:
			w.Risks.Notes++
		}
		open = append(open, f)
	}
	return open
}

// obstacle adds an error: one for each code, with its first finding.
func (w *Way) obstacle(x *way, f hazard.Finding) {
	if i := slices.IndexFunc(w.Obstacles, func(o Obstacle) bool { return o.Code == f.Code }); i >= 0 {
		w.Obstacles[i].Count++
		return
	}
	final := slices.Contains(x.final, f.Code)
	o := Obstacle{Code: f.Code, Count: 1, Text: findingText(f), Remedy: f.Remedy}
	if r, ok := hazard.Lookup(f.Code); ok {
		o.Text = analyze.Capital(r.Title) + ". " + o.Text
	}
	w.Obstacles = append(w.Obstacles, o)
	switch {
	case final:
		w.Feasible = Impossible
	case w.Feasible == Possible:
		w.Feasible = Blocked
	}
}

// findingText is a finding without its code: what it is about, unless the detail begins with that.
func findingText(f hazard.Finding) string {
	if strings.HasPrefix(strings.ToLower(f.Detail), strings.ToLower(f.Subject)) {
		return f.Detail
	}
	return f.Subject + ": " + f.Detail
}

// withEngine is the configuration for another engine: sections that are only of the one it was written for go, and defaults that depend on it change.
func (o Options) withEngine(engine string) Options {
	if engine == o.Engine {
		return o
	}
	was, is := DefaultsFor(o.Engine), DefaultsFor(engine)
	o.Engine, o.Native, o.Full = engine, is.Native, is.Full
	if engine != EnginePromote || o.Aurora == nil {
		o.Aurora = is.Aurora
	}
	if o.Slots.Prefix == was.Slots.Prefix {
		o.Slots.Prefix = is.Slots.Prefix
	}
	if o.CDC.TrimSlots == was.CDC.TrimSlots {
		o.CDC.TrimSlots = is.CDC.TrimSlots
	}
	if o.Load.BytesPerSecond == was.Load.BytesPerSecond {
		o.Load.BytesPerSecond = is.Load.BytesPerSecond
	}
	if o.Cutover.SequenceMargin == was.Cutover.SequenceMargin {
		o.Cutover.SequenceMargin = is.Cutover.SequenceMargin
	}
	return o
}

// durationOf adds the phases up.
func (x *way) durationOf(p *Plan) Duration {
	phases := loadPhases
	if x.duration != nil {
		phases = x.duration
	}
	d := Duration{Phases: phases(p)}
	sum := 0.0
	for _, ph := range d.Phases {
		if ph.Seconds == nil {
			return d
		}
		sum += *ph.Seconds
	}
	sum = seconds(sum)
	d.Seconds = &sum
	return d
}

const loadPhase = "load"

// loadPhases are those of a load by the bundle's own workers.
func loadPhases(p *Plan) []Phase {
	e, known := &p.Estimate, func(s float64) *float64 { return &s }
	var out []Phase
	bytes := int64(0)
	for _, it := range p.Items {
		bytes += it.Bytes
	}
	load := Phase{Name: loadPhase, Seconds: known(e.PauseSeconds), Reason: fmt.Sprintf("%s copied by %s in %s, indexes and constraints built in %s more, every table compared once.", Size(bytes), analyze.Count(p.Options.Load.Workers, "worker"), Span(e.CopySeconds), Span(e.BuildSeconds))}
	if !p.Options.Snapshots() {
		out = append(out, Phase{Name: "slots and sets", Seconds: known(beforePauseSeconds), Reason: "Memberships are made one by one, each waiting for who writes to its table, and the replica replays beyond them: an assumption."})
	}
	out = append(out, load)
	if len(p.Groups) == 0 {
		return out
	}
	out = append(out, Phase{Name: "set-up of change data capture", Seconds: known(float64(p.Options.WAL.SetupSeconds)), Reason: "From the end of the load to the first change applied: wal.setup_seconds."})
	return append(out, catchUp(p))
}

// catchUp is how long the slowest group takes to have caught up.
func catchUp(p *Plan) Phase {
	up := Phase{Name: "catching up", Seconds: p.Estimate.CatchUpSeconds, Reason: "The slowest group, at the rate it needs of its apply stream."}
	if up.Seconds == nil {
		up.Reason = "Not known without sampled rates (analyze --sample), or never: see the plan's estimate."
		for _, g := range p.Groups {
			if p.Balance.Weights == BySample && g.Load() >= 1 {
				up.Reason = fmt.Sprintf("Never: the busiest group needs %s of one apply stream (CP105).", Percent(g.Load()))
			}
		}
	}
	return up
}

// loadOf is what the source bears.
func (x *way) loadOf(p *Plan, inv *analyze.Inventory) SourceLoad {
	l := SourceLoad{Slots: len(p.Groups), WALBytes: p.Estimate.SourceWALBytes, WALFreeBytes: p.Estimate.SourceFreeBytes}
	for _, s := range p.Settings {
		switch {
		case s.Restart && s.On == OnSource:
			l.Restarts = append(l.Restarts, s.Name)
		case s.Restart && s.On == OnStandby:
			l.StandbyRestarts = append(l.StandbyRestarts, s.Name)
		}
	}
	if len(p.Groups) == 0 {
		l.WALBytes = new(int64)
	}
	if p.Options.Snapshots() {
		l.Sessions, l.Bytes, l.VacuumSeconds = p.Options.Load.Workers, itemBytes(p), p.Estimate.PauseSeconds
	}
	if x.load != nil {
		x.load(p, inv, &l)
	}
	if r := p.Estimate.WALBytesPerSecond; r != nil {
		d := *r * float64(l.Slots)
		l.DecodedBytesPerSecond = &d
	}
	return l
}

func itemBytes(p *Plan) int64 {
	n := int64(0)
	for _, it := range p.Items {
		n += it.Bytes
	}
	return n
}

// longStop is a write stop for whose sake another way is taken, where it halves it. Below it other reasons decide.
const longStop = 600.0

// recommend takes the way that is ahead in what counts most: that it is feasible, that it ever catches up, that nothing about it is in doubt, that nobody waits much
// longer than needed; of those alike the first.
func recommend(all []way, ways []Way, inv *analyze.Inventory) Recommendation {
	rank := func(w *Way) int {
		switch {
		case w.Feasible == Possible:
			return 0
		case w.Feasible == Blocked && w.Planned:
			return 1
		}
		return 2
	}
	endless := func(w *Way) int {
		if w.Duration.Seconds == nil {
			return 1
		}
		return 0
	}
	best := -1
	for i := range ways {
		w := &ways[i]
		if !w.Planned || w.Feasible == Impossible {
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		b := &ways[best]
		c := cmp.Or(cmp.Compare(rank(w), rank(b)), cmp.Compare(endless(w), endless(b)), cmp.Compare(all[i].doubt(w, inv), all[best].doubt(b, inv)))
		if c < 0 || c == 0 && b.WriteStop.Seconds > longStop && w.WriteStop.Seconds < b.WriteStop.Seconds/2 {
			best = i
		}
	}
	if best < 0 {
		return Recommendation{Reason: "None of the ways is feasible; each says below what stands in the way."}
	}
	w := &ways[best]
	r := Recommendation{Way: w.Name, Reason: all[best].strength}
	if w.Feasible == Blocked {
		r.Reason += fmt.Sprintf(" First %s to be removed, or accepted with a reason.", have(w.Risks.Errors, "error"))
	}
	r.Reason += fmt.Sprintf(" By the estimate nobody can write for %s", w.WriteStop)
	if s := w.Duration.Seconds; s != nil {
		r.Reason += fmt.Sprintf("; until then it takes %s.", Span(*s))
	} else {
		r.Reason += "; how long it takes until then is not known."
	}
	for i := range ways {
		o := &ways[i]
		switch {
		case i == best:
		case o.Feasible == Impossible:
			r.Changes = append(r.Changes, fmt.Sprintf("%s is out: %s", o.Name, o.Obstacles[finalOf(&all[i], o)].Text))
		default:
			s := fmt.Sprintf("%s (nobody can write for %s), if %s", o.Name, stopWords(o.WriteStop), all[i].instead(o))
			if o.Feasible == Blocked && w.Feasible == Possible {
				s += fmt.Sprintf("; %s to be removed or accepted first (%s)", have(o.Risks.Errors, "error"), obstacleCodes(o))
			}
			if !o.Planned {
				s = fmt.Sprintf("%s is not planned: %s", o.Name, strings.TrimSuffix(o.Obstacles[0].Text, "."))
			}
			r.Changes = append(r.Changes, s+".")
		}
	}
	switch {
	case w.Duration.Seconds != nil:
	case slices.ContainsFunc(w.Risks.Gravest, func(f hazard.Finding) bool { return f.Code == "CP105" }):
		r.Changes = append(r.Changes, "A group that never catches up (CP105) is in the way of all that apply changes one by one: more slots, or a rate measured in place of the assumed one (slots.changes_per_second).")
	default:
		r.Changes = append(r.Changes, "Rates that are not known: analyze --sample, then compare again.")
	}
	return r
}

// finalOf is the obstacle that cannot be removed.
func finalOf(x *way, w *Way) int {
	return max(0, slices.IndexFunc(w.Obstacles, func(o Obstacle) bool { return slices.Contains(x.final, o.Code) }))
}

// stopWords leaves the switch out, which every way has.
func stopWords(w WriteStop) string { return strings.TrimSuffix(w.String(), switchWords) }

func have(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " has"
	}
	return analyze.Count(n, noun) + " have"
}

func obstacleCodes(w *Way) string {
	var out []string
	for _, o := range w.Obstacles {
		out = append(out, o.Code)
	}
	return strings.Join(out, ", ")
}
