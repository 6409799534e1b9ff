package planner

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// AuroraOptions is an Aurora PostgreSQL cluster that begins as a read replica of an RDS for PostgreSQL instance. Where it is (Region, subnets, security
// groups, keys) is a matter of the site, and in the bundle's env.
type AuroraOptions struct {
	Source              string            `json:"source"`                // identifier of the RDS instance
	Cluster             string            `json:"cluster"`               // identifier of the Aurora cluster; those of its instances and groups begin with it
	InstanceClass       string            `json:"instance_class"`        // of the writer, such as db.r6g.xlarge
	EngineVersion       string            `json:"engine_version"`        // of Aurora, in full, such as 13.12
	Readers             int               `json:"readers"`               // made after the promotion
	ReaderClass         string            `json:"reader_class"`          // empty: the writer's
	ClusterParameters   map[string]string `json:"cluster_parameters"`    // of the cluster parameter group
	InstanceParameters  map[string]string `json:"instance_parameters"`   // of the instances' parameter group
	Encrypted           bool              `json:"encrypted"`             // storage
	BackupRetentionDays int               `json:"backup_retention_days"` // 1 to 35
	DeletionProtection  bool              `json:"deletion_protection"`
	// What nobody has measured yet, for the estimate; the timings of a dry run replace them.
	ReplicaBytesPerSecond int64 `json:"replica_bytes_per_second"` // while the replica is made from a snapshot of the source
	PromotionSeconds      int64 `json:"promotion_seconds"`
	ReaderSeconds         int64 `json:"reader_seconds"` // of each reader
}

// ClassOfReaders is the instance class of the readers.
func (o AuroraOptions) ClassOfReaders() string { return cmp.Or(o.ReaderClass, o.InstanceClass) }

// DefaultAurora are the options of a replica nobody configured. Promotions took 10 to 20 minutes, and each reader 5 to 10, for those who wrote about it;
// AWS's user guide speaks of several hours for each terabyte until the replica is there. The estimate takes the slower figure of each.
func DefaultAurora() AuroraOptions {
	return AuroraOptions{
		Encrypted: true, BackupRetentionDays: 7, DeletionProtection: true,
		ReplicaBytesPerSecond: 50_000_000, PromotionSeconds: 1200, ReaderSeconds: 600,
	}
}

// maxAuroraName leaves room for what follows it: the identifiers of a cluster and of an instance have at most 63 characters.
const (
	maxAuroraName = 50
	maxReaders    = 15 // of an Aurora cluster
	// Snapshot, cluster and instance take their time without any data, too.
	leastReplicaSeconds = 1800
)

var (
	auroraVersion = regexp.MustCompile(`^(9\.6|[1-9][0-9])\.[0-9]{1,2}$`)
	dbClass       = regexp.MustCompile(`^db\.[a-z0-9-]+\.[a-z0-9]+$`)
	parameterName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$`)
	// What a statement of the AWS CLI and a template take alike.
	parameterValue = regexp.MustCompile(`^[ -~]{1,1000}$`)
)

// ofRDS ends versions that RDS supports longer than the community does, such as 11.22-rds.20240418 (RDS user guide, extended support).
var ofRDS = regexp.MustCompile(`(?i)-rds\.[0-9]+$`)

// AuroraVersionNum turns a version of Aurora PostgreSQL, or one that RDS reports, into server_version_num: 13.12 into 130012, 9.6.22 into 90622,
// 11.22-rds.20240418 into 110022. 0: it is none.
func AuroraVersionNum(version string) int {
	version = ofRDS.ReplaceAllString(version, "")
	if !auroraVersion.MatchString(version) {
		return 0
	}
	at := strings.LastIndexByte(version, '.')
	minor, err := strconv.Atoi(version[at+1:])
	if err != nil { // digits alone, and few of them
		return 0
	}
	if version[:at] == "9.6" {
		return 90600 + minor
	}
	major, err := strconv.Atoi(version[:at])
	if err != nil {
		return 0
	}
	return major*10000 + minor
}

func (o AuroraOptions) check() error {
	for _, x := range []struct {
		path, value string
		most        int
	}{{"aurora.source", o.Source, 63}, {"aurora.cluster", o.Cluster, maxAuroraName}} {
		if len(x.value) > x.most || !awsName.MatchString(x.value) {
			return &OptionError{x.path, fmt.Sprintf("%q is not an identifier of RDS", x.value),
				fmt.Sprintf("write at most %d lower-case letters, digits and single hyphens, beginning with a letter", x.most)}
		}
	}
	if o.Source == o.Cluster || strings.HasPrefix(o.Source, o.Cluster+"-") && auroraMember.MatchString(strings.TrimPrefix(o.Source, o.Cluster)) {
		return &OptionError{"aurora.cluster", fmt.Sprintf("%q and the identifiers made from it collide with the source's, %q", o.Cluster, o.Source), "choose another name"}
	}
	if !auroraVersion.MatchString(o.EngineVersion) {
		return &OptionError{"aurora.engine_version", fmt.Sprintf("%q is not a version of Aurora PostgreSQL", o.EngineVersion),
			"write it in full, such as 13.12: aws rds describe-db-engine-versions --engine aurora-postgresql lists them"}
	}
	for _, x := range []struct{ path, value string }{{"aurora.instance_class", o.InstanceClass}, {"aurora.reader_class", o.ClassOfReaders()}} {
		switch {
		case x.value == "db.serverless":
			return &OptionError{x.path, "db.serverless takes a range of capacity, and nothing here decides about that", "write a class such as db.r6g.xlarge; it can be changed after the migration"}
		case len(x.value) > 40 || !dbClass.MatchString(x.value):
			return &OptionError{x.path, fmt.Sprintf("%q is not an instance class", x.value), "write one such as db.r6g.xlarge"}
		}
	}
	if o.Readers < 0 || o.Readers > maxReaders {
		return wrong("aurora.readers", "must be 0 to %d, is %d", maxReaders, o.Readers)
	}
	if o.BackupRetentionDays < 1 || o.BackupRetentionDays > 35 {
		return wrong("aurora.backup_retention_days", "must be 1 to 35, is %d", o.BackupRetentionDays)
	}
	for _, x := range []struct {
		path  string
		value int64
	}{{"aurora.replica_bytes_per_second", o.ReplicaBytesPerSecond}, {"aurora.promotion_seconds", o.PromotionSeconds}, {"aurora.reader_seconds", o.ReaderSeconds}} {
		if x.value < 1 {
			return wrong(x.path, "must be greater than 0, is %d", x.value)
		}
	}
	for _, x := range []struct {
		path string
		set  map[string]string
	}{{"aurora.cluster_parameters", o.ClusterParameters}, {"aurora.instance_parameters", o.InstanceParameters}} {
		for _, name := range slices.Sorted(maps.Keys(x.set)) {
			if !parameterName.MatchString(name) {
				return wrong(x.path+"."+name, "%q is not the name of a parameter", name)
			}
			// CloudFormation looks for references between two braces.
			if v := x.set[name]; !parameterValue.MatchString(v) || strings.Contains(v, "{{") {
				return wrong(x.path+"."+name, "%q is not a value of one line of plain characters", v)
			}
		}
	}
	return nil
}

var auroraMember = regexp.MustCompile(`^-(1?[0-9]|cluster|instance)$`)

// checkAurora refuses what no replica can be made with. needed: the engine makes one.
func (o Options) checkAurora(needed bool) error {
	switch {
	case !needed && o.Aurora != nil && o.FullLoad():
		return &OptionError{"aurora", "no replica is made: full.schema is not \"replica\"", `set "full.schema: replica", or take the section out`}
	case !needed && o.Aurora != nil:
		return &OptionError{"aurora", fmt.Sprintf("the engine is %q", o.Engine), `set "engine: promote" or "engine: dms-full" with "full.schema: replica", or take the section out`}
	case needed && o.Aurora == nil:
		return &OptionError{"aurora", "nothing says which RDS instance gets an Aurora read replica", "write aurora.source, cluster, instance_class and engine_version"}
	case !needed:
		return nil
	}
	if err := o.Aurora.check(); err != nil {
		return err
	}
	if o.Emptied() && o.Aurora.Readers > 0 {
		return &OptionError{"aurora.readers", "they would replay the whole load", "leave it out, and make them before the cutover: RUNBOOK.md says when"}
	}
	major := AuroraVersionNum(o.Aurora.EngineVersion) / 10000
	if o.Target.Version != 0 && o.Target.Version != major {
		return wrong("target.version", "is %d, and aurora.engine_version is %s", o.Target.Version, o.Aurora.EngineVersion)
	}
	if o.Target.Managed != "" && o.Target.Managed != "aurora" {
		return wrong("target.managed", "is %q, and the target is an Aurora cluster", o.Target.Managed)
	}
	return nil
}

// Aurora is what the plan decides about an Aurora cluster that begins as a read replica. Every identifier in AWS is in it.
type Aurora struct {
	Source        string            `json:"source"`         // identifier of the RDS instance
	Cluster       string            `json:"cluster"`        // of the Aurora cluster
	Writer        string            `json:"writer"`         // of its first instance, which is the read replica until the promotion
	Readers       []string          `json:"readers"`        // of the instances made after the promotion
	SubnetGroup   string            `json:"subnet_group"`   // made unless the site names one
	ClusterGroup  string            `json:"cluster_group"`  // parameter group of the cluster
	InstanceGroup string            `json:"instance_group"` // parameter group of its instances
	Family        string            `json:"family"`         // of both
	Parameters    []AuroraParameter `json:"parameters"`     // by group, then name
	Reasons       []Reason          `json:"reasons"`        // in the order in which they are read
	// Seconds, as configured or measured; the estimate's basis tells which.
	ReplicaSeconds    *float64 `json:"replica_seconds"` // until the replica is there; nil: the size is not known
	PromotionSeconds  float64  `json:"promotion_seconds"`
	PromotionMeasured bool     `json:"promotion_measured"` // by an earlier run
	ReaderSeconds     float64  `json:"reader_seconds"`
}

// AuroraParameter is a parameter of one of the two groups.
type AuroraParameter struct {
	Group string `json:"group"` // cluster or instance
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Reason is a decision with its value and why it is so.
type Reason struct {
	What  string `json:"what"`
	Value string `json:"value"`
	Why   string `json:"why"`
}

// Kinds of timings that scripts for the Aurora replica note.
const (
	TimingReplica   = "aurora replica"
	TimingPromotion = "promotion"
	TimingReader    = "aurora reader"
)

// Stack is the CloudFormation stack of the groups and alarms, ReadersStack that of the readers.
func (a Aurora) Stack() string { return a.Cluster + "-aurora" }

// ReadersStack is the CloudFormation stack of the readers.
func (a Aurora) ReadersStack() string { return a.Cluster + "-aurora-readers" }

// aurora decides about the replica; nil where none is made.
func (b *builder) aurora(timings []Timing) *Aurora {
	o := b.opt.Aurora
	if o == nil {
		return nil
	}
	major := strings.TrimSuffix(o.EngineVersion, o.EngineVersion[strings.LastIndexByte(o.EngineVersion, '.'):])
	a := &Aurora{
		Source: o.Source, Cluster: o.Cluster, Writer: o.Cluster + "-1", SubnetGroup: o.Cluster,
		ClusterGroup: o.Cluster + "-cluster", InstanceGroup: o.Cluster + "-instance", Family: "aurora-postgresql" + major,
		PromotionSeconds: float64(o.PromotionSeconds), ReaderSeconds: float64(o.ReaderSeconds),
	}
	for i := range o.Readers {
		a.Readers = append(a.Readers, fmt.Sprintf("%s-%d", o.Cluster, i+2))
	}
	for _, g := range []struct {
		name string
		set  map[string]string
	}{{"cluster", o.ClusterParameters}, {"instance", o.InstanceParameters}} {
		for _, name := range slices.Sorted(maps.Keys(g.set)) {
			a.Parameters = append(a.Parameters, AuroraParameter{g.name, name, g.set[name]})
		}
	}
	if n := b.inv.Database.Bytes; n != nil {
		s := seconds(leastReplicaSeconds + float64(*n)/float64(o.ReplicaBytesPerSecond))
		a.ReplicaSeconds = &s
	}
	slowest := map[string]float64{}
	for _, t := range timings {
		slowest[t.Kind] = max(slowest[t.Kind], t.Seconds)
	}
	for kind, into := range map[string]*float64{TimingPromotion: &a.PromotionSeconds, TimingReader: &a.ReaderSeconds} {
		if s := slowest[kind]; s > 0 {
			*into = seconds(s)
		}
	}
	if s := slowest[TimingReplica]; s > 0 {
		s = seconds(s)
		a.ReplicaSeconds = &s
	}
	a.PromotionMeasured = slowest[TimingPromotion] > 0
	b.auroraReasons(a)
	return a
}

func (b *builder) auroraReasons(a *Aurora) {
	o := b.opt.Aurora
	say := func(what, value, format string, args ...any) {
		a.Reasons = append(a.Reasons, Reason{what, value, fmt.Sprintf(format, args...)})
	}
	say("Source", a.Source, "An Aurora read replica is made of an RDS instance of the same account and Region, from a snapshot of it; then it follows by streaming replication.")
	say("Cluster", a.Cluster, "Its writer is %s, the replica itself. Until the promotion it has no other instance: AWS offers no second one for a replica cluster.", a.Writer)
	say("Engine version", o.EngineVersion, "The source's version, or a higher minor version of the same major version: nothing else can follow its WAL.")
	switch {
	case b.opt.Emptied():
		say("Readers", "none", "They would serve nobody during the load. They are made before the cutover.")
	case len(a.Readers) > 0:
		say("Readers", strings.Join(a.Readers, ", "), "Made after the promotion, all at once. Until they are there the writer has all the reads, so move those of the application last.")
	default:
		say("Readers", "none", "The writer serves the reads alone, and a failover takes until a new instance is there.")
	}
	switch {
	case o.Encrypted:
		say("Encryption", "yes", "An encrypted source asks for it. Of a source that is not encrypted the cluster can be, with a key that the site names (PGCUTOVER_AURORA_KEY).")
	default:
		say("Encryption", "no", "As configured. AWS refuses it where the source is encrypted, and it cannot be added to a cluster later.")
	}
	say("Cluster and first instance", "AWS CLI", "Not in a stack: a template of theirs would name the replication source for good. Taking it out later asks CloudFormation for a promotion at a moment nobody chose, and a rollback of that cannot be made.")
	say("Parameter groups, subnet group, alarms, readers", "CloudFormation", "In two stacks, %s and %s, which know the cluster by its name only.", a.Stack(), a.ReadersStack())
	switch {
	case a.PromotionMeasured:
		say("Promotion", Span(a.PromotionSeconds), "Measured, the slowest of the timings given.")
	case b.opt.Emptied():
		say("Promotion", Span(a.PromotionSeconds), "Assumed (aurora.promotion_seconds). Nobody waits for it: the source goes on.")
	default:
		say("Promotion", Span(a.PromotionSeconds), "Assumed (aurora.promotion_seconds): 20-aurora/23-dry-run.sh measures it, and plan --timings takes what it found.")
	}
}

// replicaWAL is what the source keeps while the replica is made; nil: not known.
func (b *builder) replicaWAL(p Plan) *int64 {
	if rate := b.walRate(); rate != nil && p.Aurora != nil && p.Aurora.ReplicaSeconds != nil {
		return wholeBytes(*rate * *p.Aurora.ReplicaSeconds)
	}
	return nil
}

// auroraFacts are what the rules judge about the replica.
func (b *builder) auroraFacts(p Plan) *hazard.Aurora {
	o := b.opt.Aurora
	if o == nil {
		return nil
	}
	f := &hazard.Aurora{EngineVersion: o.EngineVersion, VersionNum: AuroraVersionNum(o.EngineVersion), Encrypted: o.Encrypted, Readers: o.Readers, Carried: map[string]string{}, WALBytes: b.replicaWAL(p)}
	for _, x := range p.Aurora.Parameters {
		f.Carried[x.Name] = x.Value
	}
	return f
}

// holds checks what a bundle relies on.
func (a *Aurora) holds(o *AuroraOptions) error {
	switch {
	case a == nil && o == nil:
		return nil
	case a == nil || o == nil:
		return invalid("aurora", "is there without its options, or they without it")
	}
	for _, x := range []struct{ where, name string }{
		{"source", a.Source}, {"cluster", a.Cluster}, {"writer", a.Writer}, {"subnet_group", a.SubnetGroup}, {"cluster_group", a.ClusterGroup}, {"instance_group", a.InstanceGroup},
	} {
		if len(x.name) > 63 || !awsName.MatchString(x.name) {
			return invalid("aurora."+x.where, "%q is not an identifier of RDS", x.name)
		}
	}
	seen := map[string]bool{a.Writer: true, a.Source: true}
	for i, r := range a.Readers {
		if len(r) > 63 || !awsName.MatchString(r) || seen[r] {
			return invalid(fmt.Sprintf("aurora.readers[%d]", i), "%q is not an identifier of RDS, or there twice", r)
		}
		seen[r] = true
	}
	if len(seen) < 2 {
		return invalid("aurora.writer", "is the source")
	}
	for i, x := range a.Parameters {
		if x.Group != "cluster" && x.Group != "instance" || !parameterName.MatchString(x.Name) || !parameterValue.MatchString(x.Value) || strings.Contains(x.Value, "{{") {
			return invalid(fmt.Sprintf("aurora.parameters[%d]", i), "%q of %q with %q is no parameter", x.Name, x.Group, x.Value)
		}
	}
	if !familyName.MatchString(a.Family) {
		return invalid("aurora.family", "%q is not a family of parameter groups", a.Family)
	}
	return nil
}

var familyName = regexp.MustCompile(`^aurora-postgresql(9\.6|[1-9][0-9])$`)

// AuroraMarker is the slot-less marker: a table on the source whose row proves on the replica that everything before it has arrived.
func (p Plan) AuroraMarker() analyze.Name {
	return analyze.Name{Schema: p.Names.Schema, Name: "marker_aurora"}
}
