package dms

import (
	"regexp"

	"github.com/pgcutover/pgcutover/verify"
)

// checkpoint is what AWS DMS notes for itself, such as checkpoint:V1#34#00000132/0F000E48#0#0#*#0#121: the version of the text, a number that
// counts, the position, and more that is its own (AWS DMS user guide, "Creating tasks for ongoing replication").
var checkpoint = regexp.MustCompile(`^checkpoint:V1#[0-9]+#([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})#`)

// position reads what AWS DMS calls a start position or a checkpoint: an LSN as PostgreSQL prints it, or the text of a checkpoint. A text of
// another version may mean something else, and is not read.
func position(s string) (verify.LSN, bool) {
	if m := checkpoint.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	l, err := verify.ParseLSN(s)
	return l, err == nil && l != 0
}
