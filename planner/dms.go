package planner

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// DMS is what AWS DMS is told, beyond the groups themselves.
type DMS struct {
	Name          string      `json:"name"` // beginning of every identifier in AWS
	Instance      DMSInstance `json:"instance"`
	ErrorReason   string      `json:"error_reason"`   // why on_error is what it is
	ControlReason string      `json:"control_reason"` // why its tables are in a schema of their own
	TrimReason    string      `json:"trim_reason"`
	StartReason   string      `json:"start_reason"` // why tasks start one by one
	Tasks         []DMSTask   `json:"tasks"`        // by group
}

// DMSInstance is the replication instance.
type DMSInstance struct {
	Class              string `json:"class"`
	ClassReason        string `json:"class_reason"`
	StorageGB          int    `json:"storage_gb"`
	StorageReason      string `json:"storage_reason"`
	MultiAZ            bool   `json:"multi_az"`
	AvailabilityReason string `json:"availability_reason"`
	EngineVersion      string `json:"engine_version"`
	EngineReason       string `json:"engine_reason"`
}

// DMSTask is the task of one group and its source endpoint. Whether it applies in batches is said by the group.
type DMSTask struct {
	Group            int                 `json:"group"`
	Identifier       string              `json:"identifier"` // of the task
	Endpoint         string              `json:"endpoint"`   // identifier of its source endpoint
	LOBMaxKB         int                 `json:"lob_max_kb"` // LobMaxSize: LOBs are limited to it
	LOBReason        string              `json:"lob_reason"`
	Unlimited        []DMSTable          `json:"unlimited"`          // by name; tables whose LOBs are looked up on the source instead
	FailOnTruncation bool                `json:"fail_on_truncation"` // FailTasksOnLobTruncation of its source endpoint
	TruncationReason string              `json:"truncation_reason"`
	VarcharMaxBytes  int                 `json:"varchar_max_bytes"` // unboundedVarcharMaxSize of its source endpoint; 0: nothing needs it
	VarcharReason    string              `json:"varchar_reason"`
	Removed          []analyze.ColumnRef `json:"removed"` // by table, then column; generated columns, which the mapping leaves out
}

// DMSTable is a table with a setting of its own.
type DMSTable struct {
	Name   analyze.Name `json:"name"`
	Reason string       `json:"reason"`
}

const (
	defaultLOBKB = 32 // LobMaxSize where nobody sets it; markers have texts too
	// Limited LOBs above this slow a task down (AWS DMS user guide, LOB support). Tables whose LOBs may be cut ask for no more.
	comfortableLOBKB = 64

	defaultVarcharBytes = 8000
	maxVarcharBytes     = hazard.MaxVarcharBytes
)

// dms decides what AWS DMS is told; nothing where there is nothing to replicate.
func (b *builder) dms(p Plan) (DMS, error) {
	if !ByDMS.Have(b.opt.Engine) {
		return DMS{}, nil
	}
	o := b.opt.CDC
	if b.inv.Server.Major() >= 1700 && o.EngineVersion != "" && olderEngine(o.EngineVersion, firstFor17) {
		return DMS{}, &OptionError{"cdc.engine_version", fmt.Sprintf("%s does not read a source of version %d", o.EngineVersion, b.inv.Server.Major()/100), "write " + firstFor17 + " or newer, or leave it out"}
	}
	if slices.ContainsFunc(b.inv.Schemas, func(s analyze.Schema) bool { return s.Name == o.ControlSchema }) {
		return DMS{}, &OptionError{"cdc.control_schema", fmt.Sprintf("the source has a schema %s of its own", o.ControlSchema), "name one that it does not have"}
	}
	if len(p.Groups) == 0 {
		return DMS{}, nil
	}
	d := DMS{Name: p.AWSName()}
	for _, g := range p.Groups {
		d.Tasks = append(d.Tasks, b.dmsTask(d.Name, g))
	}
	d.Instance = b.dmsInstance(p, d.Tasks)
	switch o.OnError {
	case OnErrorStop:
		d.ErrorReason = "A start at the captured position makes no errors, so one that happens says that something is wrong. A stopped task loses nothing: its slot keeps all that follows, and it is resumed when the cause is mended."
	case OnErrorSuspend:
		d.ErrorReason = "As configured: the other tables of a task go on. Every later change of a suspended table is lost, so its slot has to be restarted."
	case OnErrorLog:
		d.ErrorReason = "As configured: a change that fails is written to awsdms_apply_exceptions and is lost. For rehearsals."
	}
	if b.opt.FullLoad() && o.OnError == OnErrorStop {
		d.ErrorReason = "What a change finds done already because the full load has read it is passed over (FullLoadIgnoreConflicts), so an error says that something is wrong. A stopped task loses nothing: its slot keeps all that follows, and it is resumed when the cause is mended."
	}
	d.ControlReason = fmt.Sprintf("AWS DMS makes its control tables in %s, where no comparison takes them for tables of the application (its default is public).", o.ControlSchema)
	if b.opt.FullLoad() {
		d.StartReason = fmt.Sprintf("Tasks start one by one, %s apart, the one that loads longest first: each makes its slot, which waits for the transactions that write, and then begins to read.", Span(float64(o.StartIntervalSeconds)))
		return d, nil
	}
	d.TrimReason = "Before the tasks are made every slot is advanced to the captured position. Then the server itself starts there, whatever AWS DMS does with the position it is given, and the WAL before it is free. It cannot be taken back."
	if !o.TrimSlots {
		d.TrimReason = "As configured, slots are not advanced: that changes start at the captured position and not before rests on AWS DMS alone."
	}
	d.StartReason = fmt.Sprintf("Tasks start one by one, %s apart, the one that catches up slowest first: each reads the same WAL, and what one has read is still in the source's memory for the next.", Span(float64(o.StartIntervalSeconds)))
	return d, nil
}

// firstFor17 reads sources of version 17: AWS's pages name 3.5.4 and 3.6.1 as the first, and the later one is right by both.
const firstFor17 = "3.6.1"

func (b *builder) dmsTask(name string, g Group) DMSTask {
	t := DMSTask{Group: g.Number, Identifier: name + "-" + dashed(g.Slot), Endpoint: fmt.Sprintf("%s-source-%02d", name, g.Number)}
	b.dmsLOBs(&t, g)
	varchar, widest, unknown, margin := int64(0), "", "", 0.0
	for x := range b.tablesOf(g) {
		n := x.Name
		for i := range x.Columns {
			c := &x.Columns[i]
			if c.Generated != "" {
				t.Removed = append(t.Removed, analyze.ColumnRef{Table: n, Column: c.Name})
				continue
			}
			if c.LOB != analyze.UnboundedVarchar {
				continue
			}
			need, known := hazard.LOBNeed(*c, b.margin(n))
			if !known && unknown == "" {
				unknown = n.String() + "." + analyze.Display(c.Name)
			}
			if need >= varchar {
				varchar, widest, margin = need, n.String()+"."+analyze.Display(c.Name), b.margin(n)
			}
		}
	}
	if unknown != "" {
		t.VarcharMaxBytes = maxVarcharBytes
		t.VarcharReason = fmt.Sprintf("A varchar without a length is cut here. How large the values of %s are is not known, so it is the most that AWS DMS takes; analyze --lob exact allows for less, which takes less memory.", unknown)
	} else if widest != "" {
		t.VarcharMaxBytes = int(min(max(varchar, defaultVarcharBytes), maxVarcharBytes))
		t.VarcharReason = fmt.Sprintf("A varchar without a length is cut here. %s needs the most: twice its largest value, times the margin of %v, at least the default of %d bytes.", widest, margin, defaultVarcharBytes)
	}
	return t
}

// dmsLOBs decides how the group's LOBs travel. Tables are limited by the task's LobMaxSize and not by settings of their own, because
// AWS DMS documents those as read by a look-up on the source even where they are limited; only what cannot be limited gets one.
func (b *builder) dmsLOBs(t *DMSTask, g Group) {
	limit, widest, margin, lobs := int64(0), "", 0.0, 0
	var cut, kept, unnamed []analyze.Name
	for x := range b.tablesOf(g) {
		n, has, without := x.Name, false, ""
		for i := range x.Columns {
			c := &x.Columns[i]
			if !loadedLOB(c) {
				continue
			}
			has, lobs = true, lobs+1
			need, known := hazard.LOBNeed(*c, b.margin(n))
			switch {
			case b.cut[n]:
				need = min(need, comfortableLOBKB<<10)
			case !known:
				without = cmp.Or(without, fmt.Sprintf("The largest value of %s is not known.", analyze.Display(c.Name)))
				continue
			case need > hazard.MaxLOBBytes:
				without = cmp.Or(without, fmt.Sprintf("Values of %s are larger than a limited LOB can be.", analyze.Display(c.Name)))
				continue
			}
			if need > limit || widest == "" {
				limit, widest, margin = need, n.String()+"."+analyze.Display(c.Name), b.margin(n)
			}
		}
		switch {
		case !has:
		case b.cut[n]:
			cut = append(cut, n)
		case len(b.cut) > 0: // else nothing is told apart from them
			kept = append(kept, n)
		}
		switch {
		case without == "":
		case strings.Contains(n.Schema+n.Name, "%"): // a rule for it would be refused, and the task with it: see hazard TY125
			unnamed = append(unnamed, n)
		default:
			t.Unlimited = append(t.Unlimited, DMSTable{n, without + " Each of its LOBs is looked up on the source, which shows the value of that moment."})
		}
	}
	if len(unnamed) > 0 {
		limit = hazard.MaxLOBBytes
	}
	t.LOBMaxKB = max(defaultLOBKB, int(min((limit+8191)/8192*8, hazard.MaxLOBBytes>>10)))
	switch {
	case lobs == 0:
		t.LOBReason = fmt.Sprintf("Only the marker has texts: the default of %d kB is plenty.", defaultLOBKB)
	case len(unnamed) > 0:
		t.LOBReason = fmt.Sprintf("No rule of a mapping can leave the LOBs of %s unlimited, for %% is no part of an exact name to AWS DMS: so it is the most that a limited LOB holds.", list(unnamed, 4))
	case widest == "":
		t.LOBReason = fmt.Sprintf("No LOB of the group can be limited; %d kB, the default, are for the marker.", defaultLOBKB)
	default:
		t.LOBReason = fmt.Sprintf("Limited mode is many times faster than looking LOBs up. %s needs the most: twice its largest value, because AWS DMS counts characters of two bytes, times the margin of %v.", widest, margin)
	}
	t.FailOnTruncation = len(cut) == 0
	switch {
	case lobs == 0:
		t.TruncationReason = "There is nothing to be cut."
	case len(cut) == 0:
		t.TruncationReason = "No truncation is accepted: a value beyond the limit stops the task instead of losing its end."
	case len(kept) == 0:
		t.TruncationReason = fmt.Sprintf("Truncation is accepted for every table with LOBs (lob.truncate): %s.", list(cut, 4))
	default:
		t.TruncationReason = fmt.Sprintf("Truncation is accepted for %s, and the setting is one for the whole task: what is cut in %s does not stop it either.", list(cut, 4), list(kept, 4))
	}
}

// instanceClasses are the memory-optimised ones: what a task holds in memory, its transactions above all, is what swaps.
var instanceClasses = []struct {
	name     string
	cpus, gb int
}{
	{"dms.r6i.large", 2, 16}, {"dms.r6i.xlarge", 4, 32}, {"dms.r6i.2xlarge", 8, 64}, {"dms.r6i.4xlarge", 16, 128}, {"dms.r6i.8xlarge", 32, 256},
	{"dms.r6i.12xlarge", 48, 384}, {"dms.r6i.16xlarge", 64, 512}, {"dms.r6i.24xlarge", 96, 768}, {"dms.r6i.32xlarge", 128, 1024},
}

// Assumptions about the replication instance; a rehearsal on AWS replaces them.
const (
	instanceBaseMB = 4096 // the system, and what DMS runs beside its tasks
	taskBaseMB     = 512  // a task's own buffers
	taskMemoryMB   = 1024 // MemoryLimitTotal: transactions beyond it go to disk
	batchMemoryMB  = 500  // BatchApplyMemoryLimit
	lobRows        = 100  // rows with LOBs held at a time
	logsGB         = 50
	storedForWAL   = 2 // bytes that a change takes on the instance for a byte of WAL
)

func (b *builder) dmsInstance(p Plan, tasks []DMSTask) DMSInstance {
	o := b.opt.CDC
	x := DMSInstance{Class: o.InstanceClass, StorageGB: o.StorageGB, MultiAZ: o.MultiAZ, EngineVersion: o.EngineVersion}

	cpus, memory := max(len(tasks), 2), instanceBaseMB
	for i, t := range tasks {
		memory += taskBaseMB + taskMemoryMB
		if p.Groups[i].BatchApply {
			memory += batchMemoryMB
		}
		lobs := b.mostLOBs(p.Groups[i])
		if b.opt.FullLoad() {
			perRow, _ := b.lobsAtOnce(p, p.Groups[i])
			lobs = max(lobs, perRow)
		}
		memory += t.LOBMaxKB * lobs * lobRows / 1024
	}
	want := fmt.Sprintf("%s ask for %s and %d GB: one for each task, and what their transactions, batches and LOBs may hold in memory", analyze.Count(len(tasks), "task"), analyze.Count(cpus, "CPU"), (memory+1023)/1024)
	if x.Class != "" {
		x.ClassReason = fmt.Sprintf("As configured. %s.", analyze.Capital(want))
	} else {
		fits := slices.IndexFunc(instanceClasses, func(c struct {
			name     string
			cpus, gb int
		}) bool {
			return c.cpus >= cpus && c.gb*1024 >= memory
		})
		if fits < 0 {
			fits = len(instanceClasses) - 1
			want += "; no class has that much"
		}
		c := instanceClasses[fits]
		x.Class = c.name
		x.ClassReason = fmt.Sprintf("%s. It has %d and %d GB. Change the class after a rehearsal, not during the migration.", analyze.Capital(want), c.cpus, c.gb)
	}

	e := p.Estimate
	switch {
	case x.StorageGB != 0:
		x.StorageReason = "As configured."
	case e.SourceWALBytes == nil:
		x.StorageGB = 2 * logsGB
		x.StorageReason = "The WAL to catch up with is not known, so this is a guess: analyze with --sample, or set wal.bytes_per_second."
	default:
		// Storage does not shrink, and a full disk stops every task; the WAL held on the source is what may have to lie here, unapplied.
		gb := logsGB + int(math.Ceil(storedForWAL*float64(*e.SourceWALBytes)/(1<<30)))
		x.StorageGB = min(max((gb+9)/10*10, 2*logsGB), maxStorageGB)
		x.StorageReason = fmt.Sprintf("Changes are read faster than they are applied, and wait here: twice the %s of WAL that the source holds by the estimate, and %d GB for logs.", Size(*e.SourceWALBytes), logsGB)
		if gb > maxStorageGB {
			x.StorageReason += fmt.Sprintf(" No instance has the %d GB that would be: AWS DMS stops reading when its disk fills, and the source keeps the rest.", gb)
		}
	}

	x.AvailabilityReason = "A standby in another availability zone takes over when the instance fails; tasks go on from their last position. It doubles the price of the instance."
	if !x.MultiAZ {
		x.AvailabilityReason = "As configured, no standby: when the instance fails, its tasks wait for AWS to replace it, and the source keeps the WAL meanwhile."
	}

	// What AWS takes where nobody says is told in two ways by its own pages (the newest, or 3.5.4), so it is always said.
	switch major := b.inv.Server.Major(); {
	case x.EngineVersion != "":
		x.EngineReason = "As configured."
	case major >= 1700:
		x.EngineVersion = firstFor17
		x.EngineReason = fmt.Sprintf("AWS's pages name 3.5.4 and 3.6.1 as the first for a source of version %d; the later one is right by both.", major/100)
	default:
		x.EngineVersion = "3.5.4"
		x.EngineReason = "The version AWS's release notes name as the default; it has the corrections to the recovery table, and keeps it: minor upgrades are off."
	}
	return x
}

// margin is the factor on the largest values of a table.
func (b *builder) margin(n analyze.Name) float64 {
	if m, own := b.margins[n]; own {
		return m
	}
	return b.opt.LOB.Margin
}

// mostLOBs is the largest number of LOB columns in a table of the group.
func (b *builder) mostLOBs(g Group) int {
	most := 1 // the marker's text
	for t := range b.tablesOf(g) {
		k := 0
		for i := range t.Columns {
			if loadedLOB(&t.Columns[i]) {
				k++
			}
		}
		most = max(most, k)
	}
	return most
}

// loadedLOB reports whether a column's values travel, and as LOBs. (Columns are large: to go through copies of them takes longer than to
// look at them.)
func loadedLOB(c *analyze.Column) bool { return c.LOB.IsLOB() && c.Generated == "" }

// AWSName is the beginning of every identifier in AWS: as configured (cdc.name), else made from the name of the database.
func (p Plan) AWSName() string { return cmp.Or(p.Options.CDC.Name, awsNameOf(p.Source.Database)) }

// awsNameOf makes the beginning of identifiers from the name of a database.
func awsNameOf(database string) string {
	s := dashed(database)
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		s = strings.TrimRight("db-"+s, "-")
	}
	return strings.TrimRight(s[:min(len(s), maxAWSName)], "-")
}

// dashed keeps letters and digits, and puts one hyphen in place of whatever stands between them.
func dashed(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}

// overreaching are columns that a rule of the mapping takes with it by mistake. Rules about columns know no exact names: in them _ is any
// character and % any number of them (AWS DMS user guide, wildcards), and nothing escapes them for PostgreSQL.
func (b *builder) overreaching(g Group, removed []analyze.ColumnRef) []analyze.ColumnRef {
	var out []analyze.ColumnRef
	for _, r := range removed {
		if !strings.ContainsAny(r.Table.Schema+r.Table.Name+r.Column, "_%") {
			continue
		}
		for t := range b.tablesOf(g) {
			if !like(t.Name.Schema, r.Table.Schema) || !like(t.Name.Name, r.Table.Name) {
				continue
			}
			for _, c := range t.Columns {
				ref := analyze.ColumnRef{Table: t.Name, Column: c.Name}
				if c.Generated == "" && like(c.Name, r.Column) && !slices.Contains(out, ref) {
					out = append(out, ref)
				}
			}
		}
	}
	return out
}

// like is LIKE of SQL without an escape.
func like(s, pattern string) bool {
	text := []rune(s)
	matches := make([]bool, len(text)+1)
	matches[0] = true
	for _, f := range pattern {
		diagonal := matches[0]
		matches[0] = matches[0] && f == '%'
		for i, c := range text {
			above := matches[i+1]
			if f == '%' {
				matches[i+1] = above || matches[i]
			} else {
				matches[i+1] = diagonal && (f == '_' || f == c)
			}
			diagonal = above
		}
	}
	return matches[len(text)]
}

// dmsFacts tells the hazards what one task makes of its tables.
func (b *builder) dmsFacts(x *hazard.Group, g Group, t DMSTask) {
	if len(b.cut) > 0 { // else there is nothing to tell the others apart from
		for s := range b.tablesOf(g) {
			switch {
			case !slices.ContainsFunc(s.Columns, func(c analyze.Column) bool { return loadedLOB(&c) }):
			case b.cut[s.Name]:
				x.Cut = append(x.Cut, s.Name.String())
			default:
				x.Kept = append(x.Kept, s.Name.String())
			}
		}
	}
	for _, c := range b.overreaching(g, t.Removed) {
		x.Overreached = append(x.Overreached, c.Table.String()+"."+analyze.Display(c.Column))
	}
}

// dmsHolds checks what is told to AWS DMS against the groups and against what it takes.
func (v *validator) dmsHolds() error {
	p, d := v.plan, v.plan.DMS
	if len(d.Tasks) == 0 {
		if ByDMS.Have(p.Options.Engine) && len(p.Groups) > 0 {
			return invalid("dms.tasks", "there is none for %d groups", len(p.Groups))
		}
		return nil
	}
	if len(d.Name) > maxAWSName || !awsName.MatchString(d.Name) {
		return invalid("dms.name", "%q cannot begin the identifiers in AWS", d.Name)
	}
	x := d.Instance
	if len(x.Class) > 30 || !instanceClass.MatchString(x.Class) || !engineVersion.MatchString(x.EngineVersion) || x.StorageGB < minStorageGB || x.StorageGB > maxStorageGB {
		return invalid("dms.instance", "class %q, version %q and %d GB are not all such that AWS DMS has them", x.Class, x.EngineVersion, x.StorageGB)
	}
	if len(d.Tasks) != len(p.Groups) {
		return invalid("dms.tasks", "there are %d, for %d groups", len(d.Tasks), len(p.Groups))
	}
	for i, t := range d.Tasks {
		where := fmt.Sprintf("dms.tasks[%d] (%s)", i, t.Identifier)
		if t.Group != i+1 {
			return invalid(where, "is of group %d: tasks are in the order of the groups", t.Group)
		}
		// AWS DMS takes 255 characters; the rules for endpoints name no length.
		for _, s := range []string{t.Identifier, t.Endpoint} {
			if len(s) > 255 || !awsName.MatchString(s) {
				return invalid(where, "%q cannot be an identifier in AWS DMS", s)
			}
			for _, u := range d.Tasks[:i] {
				if u.Identifier == s || u.Endpoint == s {
					return invalid(where, "%q is there twice", s)
				}
			}
		}
		if t.LOBMaxKB < 1 || t.LOBMaxKB > hazard.MaxLOBBytes>>10 || t.VarcharMaxBytes < 0 || t.VarcharMaxBytes > maxVarcharBytes {
			return invalid(where, "LOBs of %d kB or varchars of %d bytes are not what AWS DMS takes", t.LOBMaxKB, t.VarcharMaxBytes)
		}
		if len(t.Unlimited) > 0 && p.Groups[i].BatchApply {
			return invalid(where, "batches take limited LOBs only, and those of %s are not", t.Unlimited[0].Name)
		}
		for _, n := range t.Unlimited {
			if x := v.table(n.Name); x == nil || x.Group != t.Group {
				return invalid(where, "%s is not in its group", n.Name)
			}
			if strings.Contains(n.Name.Schema+n.Name.Name, "%") {
				return invalid(where, "AWS DMS takes no settings for %s: to it %% is no part of an exact name", n.Name)
			}
		}
		for _, c := range t.Removed {
			if x := v.table(c.Table); x == nil || x.Group != t.Group || c.Column == "" || len(c.Column) > 63 {
				return invalid(where, "%s is not in its group, or has no column %q", c.Table, c.Column)
			}
		}
	}
	return nil
}

// InstanceIdentifier is that of the replication instance and of its subnet group.
func (d DMS) InstanceIdentifier() string { return d.Name + "-dms" }

// TargetEndpoint is the identifier of the target endpoint.
func (d DMS) TargetEndpoint() string { return d.Name + "-target" }

// Stack is the name of the CloudFormation stack; further ones have a number behind it.
func (d DMS) Stack() string { return d.Name + "-dms" }

// ResourceID is the last part of a task's ARN. Set rather than left to AWS, because log streams, metrics and control tables know a task by it.
func (d DMS) ResourceID(t DMSTask) string { return fmt.Sprintf("%s-task-%02d", d.Name, t.Group) }
