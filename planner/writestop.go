package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// WriteStop is how long nobody can write: from the first command of the freeze until the application writes to the target.
type WriteStop struct {
	Seconds float64  `json:"seconds"` // sum of the phases whose length is known
	Phases  []Phase  `json:"phases"`  // in the order of the cutover
	Shorter []string `json:"shorter"` // sentences: what would make it shorter, where that is much
}

// Phase is a part of the work that comes after the one before it.
type Phase struct {
	Name     string   `json:"name"`
	Seconds  *float64 `json:"seconds"`  // nil: unknown
	Measured bool     `json:"measured"` // by an earlier run of the step, not estimated
	Reason   string   `json:"reason"`   // a sentence with the figure that decided it
}

// Names of phases that engines share.
const (
	StopFreeze      = "freeze"
	StopDrain       = "drain"
	StopTasks       = "stop of the tasks"
	StopSequences   = "sequences"
	StopUnique      = "unique keys"
	StopForeignKeys = "foreign keys"
	StopTriggers    = "triggers and policies"
	StopNotNull     = "NOT NULL"
	StopMatviews    = "materialized views"
	StopConstraints = "constraints" // the five before in one, where an earlier run of them was measured
	StopAnalyze     = "analyze"
	StopWayBack     = "way back"
	StopGate        = "gate cutover"
	StopPromotion   = "promotion"
	StopLookOver    = "look over"
	StopOpen        = "opening of the target"
	StopSwitch      = "switch"
)

// Open names the phases whose length nobody knows. The switch, which is the application's own, always is among them.
func (w WriteStop) Open() []string {
	var open []string
	for _, p := range w.Phases {
		if p.Seconds == nil {
			open = append(open, p.Name)
		}
	}
	return open
}

const switchWords = " plus the switch of the application"

// String tells the length in a few words.
func (w WriteStop) String() string {
	if len(w.Phases) == 0 {
		return "not known"
	}
	s, open := Span(w.Seconds), w.Open()
	if rest := slices.DeleteFunc(slices.Clone(open), func(name string) bool { return name == StopSwitch }); len(rest) > 0 {
		s = "at least " + s + " (not known: " + strings.Join(rest, ", ") + ")"
	}
	if slices.Contains(open, StopSwitch) {
		s += switchWords
	}
	return s
}

// GateJobs is how many sessions the gates have on each server, unless verify is told otherwise (--jobs).
const GateJobs = 4

// What the gate cutover-ready lets pass: so much may be left for the drain.
const (
	ReadyBytes   = 16 << 20 // WAL that the consumer of a slot has not confirmed
	ReadySeconds = 60.0     // age of a marker that has not arrived
)

// Assumptions about the cutover. Those per table, sequence and statement come from docs/benchmarks (1,000 and 10,000 tables) and are a little more than was measured there,
// those of foreign keys from a run with 8 million rows in memory, which took 4.5 to 6.2 s; an earlier run of a step replaces its figures ([Timing]).
const (
	freezeSeconds    = 2.0    // the sessions are ended, then the source is watched for a second
	roundSeconds     = 0.5    // a marker there and back by a subscription; two rounds prove a drain
	dmsRoundSeconds  = 5.0    // the same through a task that applies row by row
	batchSeconds     = 30.0   // BatchApplyTimeoutMax of the tasks: how long a batch may wait for its end
	stopTasksSeconds = 60.0   // tasks are told to stop at once, and waited for
	stepSeconds      = 0.5    // a script's sessions and questions, whatever the number of objects
	statementSeconds = 0.001  // one statement about one object
	sequenceSeconds  = 0.0003 // one sequence, read and set
	changedSeconds   = 0.0002 // looking whether a table has changed since it was analyzed
	foreignKeyRows   = 1e6    // rows of the referencing table that are looked up in a second
	wayBackSeconds   = 5.0    // 77-way-back.sh, and a second more for each slot
	gateSeconds      = 2.0    // the gate's questions, whatever the number of tables
	gateTableSeconds = 0.001  // what it reads of the catalogs for each table
	gateAWSSeconds   = 10.0   // what it asks AWS
	moreGateJobs     = 16     // what a sentence about more of them speaks of
	worthSaying      = 30.0   // a saving of fewer seconds is not worth a sentence
)

// Scripts whose time an earlier run may have measured ([Timing.Step]).
const (
	stepFreeze      = "71-freeze"
	stepDrain       = "72-drain"
	stepStop        = "56-stop"
	stepSequences   = "73-sequences"
	stepConstraints = "74-constraints"
	// With ValidateAfter it reads no large table, so neither stands for the other.
	afterwards           = "-after"
	stepConstraintsAfter = stepConstraints + afterwards
	stepAnalyze          = "75-analyze"
	stepWayBack          = "77-way-back"
	stepLookOver         = "74-look-over" // of the engine promote, as is the next
	stepOpen             = "75-open"
)

// stepsOf are the seconds of measured steps; of several runs the longest, for one that was done before has little left to do.
func stepsOf(timings []Timing) map[string]float64 {
	steps := map[string]float64{}
	for _, t := range timings {
		if t.Kind == "step" && t.Seconds >= 0 {
			steps[t.Step] = max(steps[t.Step], t.Seconds)
		}
	}
	return steps
}

// writeStops are what the engines do while nobody writes.
var writeStops = map[string]func(b *builder, p *Plan) WriteStop{
	EngineDMS:     (*builder).stopOfCopies,
	EngineDMSFull: (*builder).stopOfCopies,
	EngineNative:  (*builder).stopOfCopies,
	EnginePromote: (*builder).stopOfPromotion,
}

// writeStop estimates it; no phase for an engine that has none.
func (b *builder) writeStop(p *Plan) WriteStop {
	stop := writeStops[b.opt.Engine]
	if stop == nil {
		return WriteStop{}
	}
	w := stop(b, p)
	for i := range w.Phases {
		if s := w.Phases[i].Seconds; s != nil {
			*s = seconds(*s)
			w.Seconds += *s
		}
	}
	w.Seconds = seconds(w.Seconds)
	return w
}

// add appends a phase of so many seconds.
func (w *WriteStop) add(name string, took float64, format string, args ...any) {
	w.Phases = append(w.Phases, Phase{Name: name, Seconds: &took, Reason: fmt.Sprintf(format, args...)})
}

// unknown appends a phase whose length nobody knows.
func (w *WriteStop) unknown(name, format string, args ...any) {
	w.Phases = append(w.Phases, Phase{Name: name, Reason: fmt.Sprintf(format, args...)})
}

// measured appends a phase as long as an earlier run of its step was, and reports whether there was one.
func (w *WriteStop) measured(b *builder, name, step string) bool {
	took, ok := b.steps[step]
	if ok {
		w.Phases = append(w.Phases, Phase{Name: name, Seconds: &took, Measured: true, Reason: fmt.Sprintf("Measured: an earlier run of %s.sh took %s.", strings.TrimSuffix(step, afterwards), Span(took))})
	}
	return ok
}

// stopOfCopies is the cutover to a target into which rows were copied and changes are applied: the steps of the folder 70-cutover.
func (b *builder) stopOfCopies(p *Plan) WriteStop {
	var w WriteStop
	b.stopFreeze(&w)
	b.stopDrain(&w, p)
	if len(p.Groups) > 0 && ByDMS.Have(b.opt.Engine) && !w.measured(b, StopTasks, stepStop) {
		w.add(StopTasks, stopTasksSeconds, "%s told to stop at once; AWS DMS ends them within a minute, as a rule: an assumption.", analyze.Count(len(p.Groups), "task")+isAre(len(p.Groups)))
	}
	b.stopSequences(&w, p)
	b.stopConstraints(&w, p)
	b.stopAnalyze(&w, p)
	if o := b.opt.Native; o != nil && len(o.WayBack) > 0 && len(p.Groups) > 0 && !w.measured(b, StopWayBack, stepWayBack) {
		w.add(StopWayBack, wayBackSeconds+float64(len(p.Groups)), "A slot on the target and a subscription on the source for each of %s, and a marker through all of them.", analyze.Count(len(p.Groups), "group"))
	}
	b.stopGate(&w, p)
	w.unknown(StopSwitch, "The application's own: DNS or secrets, a restart of its pools. Nothing here knows how long that takes, so it is not in the sum.")
	return w
}

func (b *builder) stopFreeze(w *WriteStop) {
	if !w.measured(b, StopFreeze, stepFreeze) {
		w.add(StopFreeze, freezeSeconds, "Sessions are ended and the source is watched for a second: 1.3 s were measured with 1,000 tables. Pools that come back and prepared transactions make it longer.")
	}
}

// stopDrain is what the gate cutover-ready lets be left, and the two rounds of markers that prove its end.
func (b *builder) stopDrain(w *WriteStop, p *Plan) {
	if len(p.Groups) == 0 || w.measured(b, StopDrain, stepDrain) {
		return
	}
	round, how := roundSeconds, "of about half a second by subscriptions"
	if ByDMS.Have(b.opt.Engine) {
		round, how = dmsRoundSeconds, fmt.Sprintf("of about %s through AWS DMS", Span(dmsRoundSeconds))
		if slices.ContainsFunc(p.Groups, func(g Group) bool { return g.BatchApply }) {
			round, how = batchSeconds, fmt.Sprintf("of up to %s, for which a batch may wait", Span(batchSeconds))
		}
	}
	busiest := 0.0
	for _, g := range p.Groups {
		busiest = max(busiest, g.Load())
	}
	switch {
	case b.weights != BySample:
		w.add(StopDrain, 2*round+ReadySeconds, "Two markers %s, and up to %s of changes that the gate cutover-ready lets be outstanding; how fast they are applied is not known, for %s.", how, Span(ReadySeconds), b.unsampled())
	case busiest >= 1:
		w.unknown(StopDrain, "The busiest group needs %s of one apply stream, so it is never up to date and the gate cutover-ready stays shut (CP105).", Percent(busiest))
	default:
		behind := ReadySeconds
		if p.Estimate.WALBytesPerSecond != nil && *p.Estimate.WALBytesPerSecond > 0 {
			behind = min(behind, ReadyBytes / *p.Estimate.WALBytesPerSecond)
		}
		w.add(StopDrain, 2*round+behind*busiest, "Two markers %s, and what may be outstanding when the gate cutover-ready passes (%s of WAL, here the changes of %s), of which the busiest group needs %s of one apply stream.",
			how, Size(ReadyBytes), Span(behind), Percent(busiest))
	}
}

func (b *builder) stopSequences(w *WriteStop, p *Plan) {
	if n := len(p.Sequences); n > 0 && !w.measured(b, StopSequences, stepSequences) {
		w.add(StopSequences, stepSeconds+float64(n)*sequenceSeconds, "%s read and set in one session each side: 0.4 s were measured for 1,000.", analyze.Count(n, "sequence")+isAre(n))
	}
}

// stopConstraints is what the target gets back before anybody but the migration writes to it.
func (b *builder) stopConstraints(w *WriteStop, p *Plan) {
	if len(p.Deferred)+len(p.Relaxed) == 0 {
		return
	}
	step := stepConstraints
	if b.opt.Cutover.Validate == ValidateAfter {
		step = stepConstraintsAfter
	}
	if w.measured(b, StopConstraints, step) {
		if b.steps[step] > worthSaying { // what would make it shorter does still
			var estimate WriteStop
			b.estimateConstraints(&estimate, p)
			w.Shorter = append(w.Shorter, estimate.Shorter...)
		}
		return
	}
	b.estimateConstraints(w, p)
}

// estimateConstraints is the same without an earlier run.
func (b *builder) estimateConstraints(w *WriteStop, p *Plan) {
	jobs := b.opt.Load.Workers
	b.stopUnique(w, p, jobs)
	b.stopForeignKeys(w, p, jobs)
	kinds := map[DeferredKind]int{}
	var views []analyze.Name
	for i := range p.Deferred {
		d := &p.Deferred[i]
		kinds[d.Kind]++
		if d.Kind == DeferMatview {
			views = append(views, d.Table)
		}
	}
	if n := kinds[DeferTrigger] + kinds[DeferRule] + kinds[DeferPolicy] + kinds[DeferEventTrigger]; n > 0 {
		w.add(StopTriggers, stepSeconds+float64(n)*statementSeconds, "%d in all, with rules and event triggers, restored from the schema's dump in one transaction at about %.0f ms each.", n, statementSeconds*1000)
	}
	if len(p.Relaxed) > 0 {
		b.stopNotNull(w, p, jobs)
	}
	if len(views) > 0 {
		w.unknown(StopMatviews, "%s refreshed: %s. How long their queries take no inventory knows; an earlier run of 74-constraints.sh does (plan --timings).", analyze.Count(len(views), "materialized view")+isAre(len(views)), list(views, 3))
	}
}

// stopNotNull reads the tables of the columns, or has CHECKs stand in for their NOT NULLs until after the switch.
func (b *builder) stopNotNull(w *WriteStop, p *Plan, jobs int) {
	l, columns := newStopLanes(b), analyze.Count(len(p.Relaxed), "column")
	for _, r := range p.Relaxed {
		l.scan(r.Table, 3*statementSeconds, heapBytes)
	}
	scans := l.makespan(jobs)
	if p.NotNullAfter() {
		scans = l.makespan(1) // as 79-validate.sh does unless told otherwise
		w.add(StopNotNull, stepSeconds+float64(len(p.Relaxed))*statementSeconds, "%s a CHECK that asks what is written from then on; 70-cutover/79-validate.sh reads %s after the switch: %s.",
			columns+getGets(len(p.Relaxed)), Size(l.bytes), Span(scans))
		return
	}
	w.add(StopNotNull, stepSeconds+scans, "%s proven by a scan of %s with %s, at %s/s for each.", columns+isAre(len(p.Relaxed)), Size(l.bytes), analyze.Count(jobs, "session"), Size(countBytesPerSecond))
	if scans > worthSaying && p.Options.Cutover.Validate == ValidateFrozen && p.checksSpareScans() {
		w.Shorter = append(w.Shorter, fmt.Sprintf("cutover.validate: after reads the tables of NOT NULLs after the switch, which takes %s out of it.", Span(scans)))
	}
}

func (b *builder) stopUnique(w *WriteStop, p *Plan, jobs int) {
	l, n := newStopLanes(b), 0
	for i := range p.Deferred {
		d := &p.Deferred[i]
		if d.Kind != DeferIndex && d.Kind != DeferConstraint {
			continue
		}
		n++
		took, bytes := statementSeconds, int64(0)
		if len(d.Attach) == 0 { // else its partitions have them
			bytes = b.indexBytes(d)
			took += float64(bytes) / b.speed.index
		}
		l.add(d.Table, took, bytes)
	}
	if n > 0 {
		how := "assumed"
		if b.speed.measuredIndex > 0 {
			how = "measured"
		}
		w.add(StopUnique, stepSeconds+l.makespan(jobs), "%s kept off until now, %s of indexes, built with %s at %s/s for each, %s.", analyze.Count(n, "unique key")+isAre(n), Size(l.bytes), analyze.Count(jobs, "session"), Size(int64(b.speed.index)), how)
		if longest, took := l.longest(); took > worthSaying && b.opt.Unique == UniqueDefer {
			w.Shorter = append(w.Shorter, fmt.Sprintf("unique: keep builds the unique keys during the load, at the price of changes that are applied row by row; those of %s take %s here.", longest, Span(took)))
		}
	}
}

// indexBytes is how large the index of a deferred key is on the source; 0: not known.
func (b *builder) indexBytes(d *Deferred) int64 {
	t := b.sourceOf(d.Table)
	if t == nil {
		return 0
	}
	for i := range t.Indexes {
		if x := &t.Indexes[i]; (x.Name == d.Name || x.Constraint != "" && x.Constraint == d.Name) && x.Bytes != nil {
			return *x.Bytes
		}
	}
	return 0
}

// stopForeignKeys reads the referencing table and looks its rows up in the other one. Keys are added one after the other, and those of partitioned tables
// look at their rows then; the others are validated afterwards, one table beside the other.
func (b *builder) stopForeignKeys(w *WriteStop, p *Plan, jobs int) {
	l, later, rows, partitioned := newStopLanes(b), newStopLanes(b), int64(0), 0.0
	var all, now, after int // keys; those of which rows are looked at in the freeze, and after the switch
	for i := range p.Deferred {
		d := &p.Deferred[i]
		if d.Kind != DeferForeignKey {
			continue
		}
		all++
		partitioned += statementSeconds
		if !d.Validated && d.TwoSteps {
			continue
		}
		took, bytes, looked := b.validation(d.Table)
		if p.ValidatedAfter(*d) {
			after++
			later.add(d.Table, took, bytes)
			continue
		}
		now++
		rows += looked
		if d.TwoSteps {
			l.add(d.Table, took+statementSeconds, bytes)
		} else {
			partitioned += took
			l.bytes += bytes
		}
	}
	if all == 0 {
		return
	}
	validating := l.makespan(jobs)
	var said []string
	if now > 0 {
		said = append(said, fmt.Sprintf("%s validated: about %s in %s, with %s at %.0f million rows a second and %s/s for each.", analyze.Count(now, "foreign key")+isAre(now), rowsText(rows), Size(l.bytes), analyze.Count(jobs, "session"), foreignKeyRows/1e6, Size(countBytesPerSecond)))
	}
	if after > 0 {
		said = append(said, fmt.Sprintf("%s added without a look at the rows that are there; 70-cutover/79-validate.sh reads %s for that after the switch: %s.", analyze.Count(after, "foreign key")+isAre(after), Size(later.bytes), Span(later.makespan(1))))
	}
	if unasked := all - now - after; unasked > 0 {
		said = append(said, fmt.Sprintf("%s not validated on the source, and left so.", analyze.Count(unasked, "foreign key")+isAre(unasked)))
	}
	reason := strings.Join(said, " ")
	if longest, t := l.longest(); t > worthSaying {
		reason += fmt.Sprintf(" Those of %s alone take %s.", longest, Span(t))
	}
	if partitioned > worthSaying {
		reason += fmt.Sprintf(" Those of partitioned tables, which cannot be added NOT VALID before version 18, are checked one after the other: %s.", Span(partitioned))
	}
	w.add(StopForeignKeys, stepSeconds+partitioned+validating, "%s", reason)
	if validating <= worthSaying {
		return
	}
	if b.isNative() {
		w.Shorter = append(w.Shorter, fmt.Sprintf("70-cutover/74-constraints.sh --ahead validates foreign keys before the freeze, which takes %s out of it; the gate cutover then has to compare values (--rows delta).", Span(validating)))
	}
	w.Shorter = append(w.Shorter, fmt.Sprintf("cutover.validate: after looks at the rows of foreign keys after the switch, which takes %s out of it.", Span(validating)))
}

// validation is how long a look at the foreign key of a table takes, what it reads and how many rows it looks up. Of a partitioned table, all of its partitions.
func (b *builder) validation(n analyze.Name) (took float64, bytes, rows int64) {
	t := b.sourceOf(n)
	if t == nil {
		return 0, 0, 0
	}
	bytes = heapBytes(t)
	if t.EstimatedRows != nil && t.Kind != analyze.Partitioned {
		rows = max(*t.EstimatedRows, 0)
	}
	took = max(float64(bytes)/countBytesPerSecond, float64(rows)/foreignKeyRows)
	if t.Kind == analyze.Partitioned {
		for _, kid := range b.kids[n] {
			x, y, z := b.validation(kid)
			took, bytes, rows = took+x, bytes+y, rows+z
		}
	}
	return took, bytes, rows
}

func (b *builder) stopAnalyze(w *WriteStop, p *Plan) {
	l, n := newStopLanes(b), 0
	for i := range p.Tables {
		if p.Tables[i].Handling.Copied() {
			n++
			took := minBuildSeconds + min(float64(p.Tables[i].Bytes), analyzeBytes)/countBytesPerSecond
			l.add(p.Tables[i].Name, took, p.Tables[i].Bytes)
		}
	}
	if n == 0 || w.measured(b, StopAnalyze, stepAnalyze) {
		return
	}
	w.add(StopAnalyze, stepSeconds+float64(n)*changedSeconds, "Only what has changed since 75-analyze.sh --all shortly before the freeze; without that, %s of %s: %s.", analyze.Count(n, "table"), Size(l.bytes), Span(l.makespan(b.opt.Load.Workers)))
}

// stopGate counts the rows of every table on both sides at once.
func (b *builder) stopGate(w *WriteStop, p *Plan) {
	l, indexed, n, rows := newStopLanes(b), newStopLanes(b), 0, int64(0)
	for i := range p.Tables {
		t := &p.Tables[i]
		if !t.Handling.Arrives() {
			continue
		}
		n++
		if t.Rows != nil {
			rows += max(*t.Rows, 0)
		}
		l.scan(t.Name, statementSeconds, heapBytes)
		indexed.scan(t.Name, statementSeconds, countedBytes)
	}
	rest := gateSeconds + gateTableSeconds*float64(len(p.Tables))
	if ByDMS.Have(b.opt.Engine) && len(p.Groups) > 0 || b.isPhysical() {
		rest += gateAWSSeconds
	}
	counted := l.makespan(GateJobs)
	reason := fmt.Sprintf("It counts about %s in %s: %s are read on each side, with %s at %s/s for each, and the catalogs of both in %s.", rowsText(rows), analyze.Count(n, "table"), Size(l.bytes), analyze.Count(GateJobs, "session"), Size(countBytesPerSecond), Span(rest))
	longest, took := l.longest()
	if took > worthSaying {
		reason += fmt.Sprintf(" %s alone takes %s; parallel workers of the server make it less.", longest, Span(took))
	}
	w.add(StopGate, rest+counted, "%s", reason)
	if more := l.makespan(moreGateJobs); counted-more > worthSaying {
		w.Shorter = append(w.Shorter, fmt.Sprintf("pgcutover verify cutover --jobs %d counts in %s in place of %s, where the disks of both sides give that much.", moreGateJobs, Span(more), Span(counted)))
	}
	if less := indexed.makespan(GateJobs); counted-less > worthSaying {
		what := "VACUUM of the large tables on the source in the days before, and 70-cutover/75-analyze.sh --vacuum on the target, let"
		if b.isPhysical() { // the copy has its visibility map
			what = "VACUUM of the large tables on the source in the days before lets"
		}
		w.Shorter = append(w.Shorter, fmt.Sprintf("%s the gate count in indexes that are much smaller than their tables: in %s in place of %s, if little changes after it.", what, Span(less), Span(counted)))
	}
}

// stopLanes is work of which that about one table is done one after the other, and that about several side by side.
type stopLanes struct {
	b     *builder
	at    map[analyze.Name]int
	lanes []stopLane
	bytes int64
}

type stopLane struct {
	table analyze.Name
	took  float64
}

func newStopLanes(b *builder) *stopLanes { return &stopLanes{b: b, at: map[analyze.Name]int{}} }

func (l *stopLanes) add(n analyze.Name, took float64, bytes int64) {
	i, ok := l.at[n]
	if !ok {
		i = len(l.lanes)
		l.at[n] = i
		l.lanes = append(l.lanes, stopLane{table: n})
	}
	l.lanes[i].took += took
	l.bytes += bytes
}

// scan adds one pass over the rows of a table, which reads so many bytes of each; those of a partitioned one are its partitions'.
func (l *stopLanes) scan(n analyze.Name, more float64, read func(*analyze.Table) int64) {
	bytes := int64(0)
	var sum func(n analyze.Name)
	sum = func(n analyze.Name) {
		t := l.b.sourceOf(n)
		if t == nil {
			return
		}
		bytes += read(t)
		if t.Kind == analyze.Partitioned {
			for _, kid := range l.b.kids[n] {
				sum(kid)
			}
		}
	}
	sum(n)
	l.add(n, more+float64(bytes)/countBytesPerSecond, bytes)
}

// makespan is when all lanes are done, the longest begun first.
func (l *stopLanes) makespan(jobs int) float64 {
	took := make([]float64, len(l.lanes))
	for i := range l.lanes {
		took[i] = l.lanes[i].took
	}
	slices.SortFunc(took, func(x, y float64) int { return cmp.Compare(y, x) })
	return makespan(took, jobs)
}

// longest is the table whose lane takes longest.
func (l *stopLanes) longest() (analyze.Name, float64) {
	var longest stopLane
	for _, x := range l.lanes {
		if x.took > longest.took {
			longest = x
		}
	}
	return longest.table, longest.took
}

// heapBytes is what a scan of a table reads: no TOAST.
func heapBytes(t *analyze.Table) int64 {
	if t.HeapBytes == nil {
		return 0
	}
	return *t.HeapBytes
}

// countedBytes is what counting a table reads where its visibility map is set: an index that has every row, if the server takes it for cheaper. By default
// it does where the index is less than a quarter of the table (random_page_cost).
func countedBytes(t *analyze.Table) int64 {
	bytes := heapBytes(t)
	least := bytes / 4
	for i := range t.Indexes {
		if x := &t.Indexes[i]; x.Method == "btree" && x.Valid && !x.Partial && x.Bytes != nil && *x.Bytes < least {
			bytes, least = *x.Bytes, *x.Bytes
		}
	}
	return bytes
}

func rowsText(n int64) string {
	switch {
	case n < 100_000:
		return fmt.Sprintf("%d rows", n)
	case n < 10_000_000:
		return fmt.Sprintf("%.2g million rows", float64(n)/1e6)
	case n < 10_000_000_000:
		return fmt.Sprintf("%.0f million rows", float64(n)/1e6)
	}
	return fmt.Sprintf("%.0f thousand million rows", float64(n)/1e9)
}

func getGets(n int) string {
	if n == 1 {
		return " gets"
	}
	return " get"
}

func isAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}
