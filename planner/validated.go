package planner

import (
	"strconv"
	"strings"
)

// When the rows of a foreign key or of a NOT NULL are looked at, which may mean to read a whole table.
const (
	ValidateFrozen = "frozen" // while nobody can write
	ValidateAfter  = "after"  // once the application writes to the target
)

// ValidatedAfter tells whether a foreign key is added without a look at the rows that are there, which comes after the switch. It asks every row that is written
// from then on.
func (p Plan) ValidatedAfter(d Deferred) bool {
	return p.Options.Cutover.Validate == ValidateAfter && d.Kind == DeferForeignKey && d.TwoSteps && d.Validated
}

// NotNullAfter tells whether CHECKs that nobody has looked at the rows for stand in for the NOT NULLs of Relaxed until after the switch.
func (p Plan) NotNullAfter() bool {
	return p.Options.Cutover.Validate == ValidateAfter && p.checksSpareScans()
}

// checksSpareScans tells whether SET NOT NULL goes by a validated CHECK in place of reading the table under a lock, as it does from version 12 of the target on.
func (p Plan) checksSpareScans() bool {
	return p.Target.VersionNum == 0 || p.Target.VersionNum >= 120000
}

const notNullCheck = "pgcutover_not_null_"

// NotNullCheck names the CHECK by which the NOT NULL of Relaxed with this index comes back.
func NotNullCheck(i int) string { return notNullCheck + strconv.Itoa(i+1) }

// IsNotNullCheck tells whether a constraint has a name of [NotNullCheck].
func IsNotNullCheck(name string) bool {
	number, ok := strings.CutPrefix(name, notNullCheck)
	_, err := strconv.Atoi(number)
	return ok && err == nil
}
