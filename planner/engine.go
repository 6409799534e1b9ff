package planner

import "github.com/pgcutover/pgcutover/planner/hazard"

// Engines: what moves the rows and the changes.
const (
	EngineDMS     = hazard.DMS
	EngineNative  = hazard.Native
	EngineDMSFull = hazard.DMSFull
	EnginePromote = hazard.Promote
)

// Engines are some of them.
type Engines = hazard.Engines

// What engines have in common.
var (
	ByDMS   = hazard.ByDMS   // AWS DMS applies the changes
	BySlots = hazard.BySlots // the bundle makes the slots, and copies the rows that they go on from
	Logical = hazard.Logical // the target is a database of its own, into which rows are written one by one
)

// HandOff is what the copies of the rows and the slots meet at: [HandOffReplica] or [HandOffSnapshot]; empty where the bundle copies no rows.
func (o Options) HandOff() string {
	switch {
	case !BySlots.Have(o.Engine):
		return ""
	case o.Snapshots():
		return HandOffSnapshot
	}
	return HandOffReplica
}
