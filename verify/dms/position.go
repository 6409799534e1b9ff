package dms

import (
	"strings"

	"github.com/pgcutover/pgcutover/verify"
)

// position reads what AWS DMS calls a start position or a checkpoint: an LSN as PostgreSQL prints it, or a text such as
// checkpoint:V1#34#00000132/0F000E48#0#0#*#0#121, whose third part is one (AWS DMS user guide, "Creating tasks for ongoing replication").
func position(s string) (verify.LSN, bool) {
	if rest, ok := strings.CutPrefix(s, "checkpoint:"); ok {
		parts := strings.Split(rest, "#")
		if len(parts) < 3 {
			return 0, false
		}
		s = parts[2]
	}
	l, err := verify.ParseLSN(s)
	return l, err == nil && l != 0
}
