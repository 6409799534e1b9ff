package hazard

import (
	"slices"
	"strings"
)

// Engines, as a configuration names them.
const (
	DMS     = "dms"      // AWS DMS applies what slots deliver that the bundle makes; the rows come from a paused replica
	Native  = "native"   // so do subscriptions of the target
	DMSFull = "dms-full" // AWS DMS copies the rows as well, and makes its slots itself
	Promote = "promote"  // a read replica of the source, which is physical, becomes the target
)

// Engines are some of the engines; none stands for each of them.
type Engines []string

// What engines have in common.
var (
	ByDMS   = Engines{DMS, DMSFull}         // AWS DMS applies the changes
	BySlots = Engines{DMS, Native}          // the bundle makes slots, and copies the rows that they go on from
	Logical = Engines{DMS, Native, DMSFull} // the target is a database of its own, into which rows are written one by one
)

// Have reports whether an engine is among them.
func (e Engines) Have(engine string) bool { return len(e) == 0 || slices.Contains(e, engine) }

// String lists them for people; empty for each of them.
func (e Engines) String() string { return strings.Join(e, ", ") }
