// Package planner decides, from an inventory and a configuration, how a database is moved: which tables share a
// replication slot, in which pieces they are loaded, what waits for the cutover, which settings have to change, how long it
// takes and what can go wrong.
//
// Planning ([Make]) is pure: the same inventory and options give the same plan, byte for byte. A plan is complete in itself: render
// and verify need nothing else from before. Every decision carries its reason in one sentence.
package planner

import (
	"io"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// Format is the version of the plan's file format.
const Format = 1

// Plan is the whole decision. Slices are in the order their fields document.
type Plan struct {
	Format       int              `json:"format"`
	Inventory    string           `json:"inventory"` // fingerprint of the inventory it was made from
	Source       Source           `json:"source"`
	Target       Target           `json:"target"`
	Options      Options          `json:"options"`          // the configuration with every default filled in
	Names        Names            `json:"names"`            // what pgcutover creates on the servers
	Settings     []SettingChange  `json:"settings"`         // by server (standby, source, target), then name
	Roles        []Role           `json:"roles"`            // by name; roles to create on the target
	Extensions   []Extension      `json:"extensions"`       // by name
	Schemas      []string         `json:"schemas"`          // by name; to be dumped and compared; pgcutover's own is not among them
	Tables       []Table          `json:"tables"`           // by name; every table of the inventory, left out ones too
	LeftOutViews []analyze.Name   `json:"left_out_views"`   // by name; views that the configuration leaves out
	Groups       []Group          `json:"groups"`           // by number, from 1
	Items        []Item           `json:"items"`            // by id, from 1: copies, in the order workers pull them
	Builds       []Build          `json:"builds"`           // by id, following the items': what is built during the load
	Deferred     []Deferred       `json:"deferred"`         // in the order of the cutover: what waits for it
	Relaxed      []NotNull        `json:"relaxed"`          // by table, then column: NOT NULLs dropped on the target until the cutover
	Sequences    []Sequence       `json:"sequences"`        // by name
	Native       *Native          `json:"native,omitempty"` // nil but for the engine native
	Aurora       *Aurora          `json:"aurora,omitempty"` // nil where no Aurora read replica is made
	DMS          DMS              `json:"dms"`              // without tasks for another engine, or where nothing is replicated
	Full         *Full            `json:"full,omitempty"`   // nil but for the engine dms-full
	Balance      Balance          `json:"balance"`
	Estimate     Estimate         `json:"estimate"`
	Findings     []hazard.Finding `json:"findings"`  // by severity, code, subject
	Structure    []analyze.Object `json:"structure"` // digests of the source's structure, for drift checks
}

// Encode writes the canonical form: indented JSON with a final newline.
func (p Plan) Encode(w io.Writer) error { return analyze.EncodeCanonical(w, p) }

// Source is what the plan needs to recognise the source again.
type Source struct {
	VersionNum       int    `json:"version_num"`       // server_version_num
	Managed          string `json:"managed"`           // "", rds or aurora
	SystemIdentifier string `json:"system_identifier"` // empty when the role could not read it
	Database         string `json:"database"`
	Encoding         string `json:"encoding"`
	Collate          string `json:"collate"`
	Ctype            string `json:"ctype"`
}

// Target is the server the data moves to. VersionNum is 0 when the plan was made without looking at one.
type Target struct {
	VersionNum       int    `json:"version_num"`
	Managed          string `json:"managed"`
	SystemIdentifier string `json:"system_identifier"`
	Database         string `json:"database"`
}

// Names is what pgcutover creates on the servers.
type Names struct {
	Schema string `json:"schema"` // markers on the source, ledger and marker copies on the target
	Node   string `json:"node"`   // pglogical node on the source
	Role   string `json:"role"`   // replication role for the change data capture
}

// SettingChange is a server setting that has to change before the migration.
type SettingChange struct {
	On      string `json:"on"` // standby, source, target
	Name    string `json:"name"`
	From    string `json:"from"` // value seen; empty: not known
	To      string `json:"to"`
	Restart bool   `json:"restart"` // false: a reload is enough
	Reason  string `json:"reason"`
}

// Role is a role to create on the target, always without a password and without LOGIN until somebody sets one.
type Role struct {
	Name       string   `json:"name"`
	Login      bool     `json:"login"`      // had LOGIN on the source
	Attributes []string `json:"attributes"` // SQL words that the target can grant, such as CREATEDB, INHERIT, CONNECTION LIMIT 5
	MemberOf   []string `json:"member_of"`
	// MemberOptions are what follows WITH in a GRANT of MemberOf, such as ADMIN OPTION or, from 16 on, INHERIT FALSE. Memberships
	// with the defaults are not in it.
	MemberOptions map[string][]string `json:"member_options"`
	Dropped       []string            `json:"dropped"`  // attributes of the source that the target does not get, such as SUPERUSER
	Settings      []string            `json:"settings"` // name=value of ALTER ROLE … SET
	Reason        string              `json:"reason"`
}

// Extension is an extension of the source and what becomes of it.
type Extension struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Schema  string `json:"schema"`
	Target  string `json:"target"` // version available on the target; empty: none, or no target was looked at
	Create  bool   `json:"create"` // to be created on the target
	Reason  string `json:"reason"`
}

// Handling is what happens to a table.
type Handling string

// The ways a table is handled.
const (
	Replicate   Handling = "replicate"      // copied, then inserts, updates, deletes through its group's slot
	InsertsOnly Handling = "inserts only"   // copied, then only inserts: no usable replica identity
	Structure   Handling = "structure only" // created, no rows copied: partitioned parents, foreign tables, unlogged tables
	LeftOut     Handling = "left out"       // neither created nor copied: excluded, or owned by an extension
	Physical    Handling = "physical"       // on the target block for block: physical replication carries it
)

// Copied reports whether the table's rows are loaded.
func (h Handling) Copied() bool { return h == Replicate || h == InsertsOnly }

// Arrives reports whether the table's rows reach the target, whatever carries them.
func (h Handling) Arrives() bool { return h.Copied() || h == Physical }

// Table is one table of the inventory and its fate.
type Table struct {
	Name        analyze.Name      `json:"name"`
	Kind        analyze.TableKind `json:"kind"`
	Handling    Handling          `json:"handling"`
	Reason      string            `json:"reason"`
	Group       int               `json:"group"`   // number of its slot group; 0: in none
	Columns     []Column          `json:"columns"` // columns that are copied, in attnum order
	Key         []string          `json:"key"`     // columns of the replica identity, in key order; empty: none
	Root        *analyze.Name     `json:"root"`    // topmost parent of a partition or an inheritance child
	Bytes       int64             `json:"bytes"`   // heap and TOAST
	IndexBytes  int64             `json:"index_bytes"`
	Rows        *int64            `json:"rows"`         // estimated; nil: unknown
	Rate        float64           `json:"rate"`         // row changes a second: sampled, else estimated (see Weight)
	Weight      float64           `json:"weight"`       // apply demand: rate weighted by the cost of each kind of change
	BatchUnsafe string            `json:"batch_unsafe"` // why batched apply must not touch it; empty: it may
	TextCopy    string            `json:"text_copy"`    // why its rows are copied as text; empty: in binary form, or not at all
	TimeColumn  string            `json:"time_column"`  // column of the spot checks; empty: none fits
}

// Column is a column that is copied.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Group is a slot group: one logical replication slot, its two pglogical replication sets, one DMS task. For the engine native the
// sets are publications: in the update set are the tables whose changes are carried whole, in the insert set the others.
type Group struct {
	Number      int            `json:"number"` // from 1
	Slot        string         `json:"slot"`
	UpdateSet   string         `json:"update_set"` // updates and deletes; named like the slot
	InsertSet   string         `json:"insert_set"` // inserts and truncates; "i" and the slot's name
	Marker      analyze.Name   `json:"marker"`     // its marker table
	Tables      []analyze.Name `json:"tables"`     // sorted; the marker is not among them
	Weight      float64        `json:"weight"`     // sum of the tables' apply demand
	Bytes       int64          `json:"bytes"`
	BatchApply  bool           `json:"batch_apply"`
	BatchReason string         `json:"batch_reason"`
	Reason      string         `json:"reason"`
}

// RestartIDs is how far apart the ledger's ids of the groups' restarts are: those of group 2 begin at 2,000,000. The ids of a
// plan's items and builds stay below it.
const RestartIDs = 1_000_000

// Item is a copy that one worker does in one transaction.
type Item struct {
	ID     int            `json:"id"`
	Tables []analyze.Name `json:"tables"` // one, or many tiny ones
	Range  *Range         `json:"range"`  // nil: whole tables
	Bytes  int64          `json:"bytes"`
	Reason string         `json:"reason"`
}

// BuildKind is what a build does.
type BuildKind string

// The kinds of build.
const (
	BuildIndex      BuildKind = "index"      // CREATE INDEX, also of the index behind a primary key or unique constraint
	BuildConstraint BuildKind = "constraint" // ADD CONSTRAINT … USING INDEX, or by definition
	BuildAttach     BuildKind = "attach"     // an index of a partitioned table (ON ONLY), or with Constraint set a constraint added to ONLY the parent; then ATTACH of its partitions' indexes
	BuildAnalyze    BuildKind = "analyze"
)

// Build is work on a loaded table: done by the load's workers as soon as everything it needs is done.
type Build struct {
	ID                int                       `json:"id"`
	Kind              BuildKind                 `json:"kind"`
	Table             analyze.Name              `json:"table"`
	Name              string                    `json:"name"`             // index or constraint; empty for analyze
	Definition        string                    `json:"definition"`       // as the catalog prints it: pg_get_indexdef or pg_get_constraintdef
	Constraint        *ConstraintSpec           `json:"constraint"`       // constraint; attach of a constraint's index
	Attach            []analyze.Name            `json:"attach"`           // attach only: the partitions' indexes, qualified by their schema
	ReplicaIdentity   bool                      `json:"replica_identity"` // then ALTER TABLE … REPLICA IDENTITY USING INDEX
	Clustered         bool                      `json:"clustered"`        // then ALTER TABLE … CLUSTER ON
	StatisticsTargets []analyze.IndexStatistics `json:"statistics_targets"`
	Needs             []int                     `json:"needs"` // ids of items and builds that come first, sorted
	Bytes             int64                     `json:"bytes"` // size of the index on the source, for the order of work
	// BeforeLoad: a key that is built on the empty table, before AWS DMS loads it. It needs no items.
	BeforeLoad bool `json:"before_load,omitempty"`
}

// ConstraintSpec says how a constraint is added.
type ConstraintSpec struct {
	Kind       analyze.ConstraintKind `json:"kind"`
	UsingIndex bool                   `json:"using_index"` // an index of the constraint's name was built before
	Only       bool                   `json:"only"`        // ALTER TABLE ONLY: on a partitioned parent
	Deferrable bool                   `json:"deferrable"`
	Deferred   bool                   `json:"deferred"`
}

// DeferredKind is what waits for the cutover.
type DeferredKind string

// The kinds of things that wait, in the order the cutover does them.
const (
	DeferIndex        DeferredKind = "index"       // unique index kept off while changes are applied
	DeferConstraint   DeferredKind = "constraint"  // unique or exclusion constraint kept off while changes are applied
	DeferForeignKey   DeferredKind = "foreign key" // added NOT VALID, then validated
	DeferTrigger      DeferredKind = "trigger"     // restored from the schema dump
	DeferRule         DeferredKind = "rule"
	DeferPolicy       DeferredKind = "policy"
	DeferEventTrigger DeferredKind = "event trigger"
	DeferMatview      DeferredKind = "materialized view" // refreshed
)

// Deferred is something the target must not have while changes are applied, and gets back by definition at the cutover.
type Deferred struct {
	Kind       DeferredKind    `json:"kind"`
	Table      analyze.Name    `json:"table"` // the materialized view itself for one; zero for an event trigger
	Name       string          `json:"name"`
	Definition string          `json:"definition"`
	Index      string          `json:"index"` // DeferConstraint: pg_get_indexdef of the index behind it
	Constraint *ConstraintSpec `json:"constraint"`
	Attach     []analyze.Name  `json:"attach"`     // indexes and constraints of partitioned tables: the partitions' indexes to attach, restored before
	References *analyze.Name   `json:"references"` // foreign keys: the table they point to; nil otherwise
	Validated  bool            `json:"validated"`  // foreign keys: false stays NOT VALID
	TwoSteps   bool            `json:"two_steps"`  // foreign keys: add NOT VALID, then validate; false: one plain ADD, which targets before 18 need on partitioned tables
	Reason     string          `json:"reason"`
}

// NotNull is a NOT NULL that is dropped on the target before the load and set again at the cutover.
type NotNull struct {
	Table  analyze.Name `json:"table"`
	Column string       `json:"column"`
	Reason string       `json:"reason"`
}

// Sequence is a sequence to be set on the target at the cutover.
type Sequence struct {
	Name      analyze.Name       `json:"name"`
	OwnedBy   *analyze.ColumnRef `json:"owned_by"`
	Increment int64              `json:"increment"`
	Minimum   int64              `json:"minimum"`
	Maximum   int64              `json:"maximum"`
	Cycle     bool               `json:"cycle"`
	Margin    int64              `json:"margin"` // steps of Increment added to the source's last value
}

// Balance is how good the two packings are, each against its lower bound.
type Balance struct {
	GroupMax    float64 `json:"group_max"`    // heaviest group's weight, a third of it where changes are applied in batches
	GroupBound  float64 `json:"group_bound"`  // no assignment to that many groups under the same constraints is below it
	Weights     string  `json:"weights"`      // what weights are: sampled (shares of one apply stream), counters or bytes (shares of the whole)
	LoadSeconds float64 `json:"load_seconds"` // makespan of the copies
	LoadBound   float64 `json:"load_bound"`
	Groups      int     `json:"groups"`
	Reason      string  `json:"reason"` // why that many groups
}

// TargetBytes is what tables and indexes take on the target if they become as large as on the source. Bloat stays behind, so that
// they rather become smaller.
func (p Plan) TargetBytes() int64 {
	n := int64(0)
	for _, it := range p.Items {
		n += it.Bytes
	}
	for _, b := range p.Builds {
		n += b.Bytes
	}
	return n
}

// Estimate is how long it takes and how much disk it holds. Seconds and bytes; the rates they rest on are in Options.
type Estimate struct {
	CopySeconds       float64   `json:"copy_seconds"`
	BuildSeconds      float64   `json:"build_seconds"`        // after the last copy
	PauseSeconds      float64   `json:"pause_seconds"`        // how long the replica stands still; 0 where none does
	WALBytesPerSecond *float64  `json:"wal_bytes_per_second"` // nil: not sampled
	SourceWALBytes    *int64    `json:"source_wal_bytes"`     // held by the slots until change data capture has caught up; nil: unknown
	ReplicaWALBytes   *int64    `json:"replica_wal_bytes"`    // piled up on the paused replica
	SourceFreeBytes   *int64    `json:"source_free_bytes"`    // as configured
	ReplicaFreeBytes  *int64    `json:"replica_free_bytes"`
	CatchUpSeconds    *float64  `json:"catch_up_seconds"` // slowest group; nil: unknown or never
	WriteStop         WriteStop `json:"write_stop"`
	Basis             []string  `json:"basis"` // sentences: where each figure comes from
}
