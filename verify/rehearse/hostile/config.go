package hostile

import (
	"fmt"
	"strings"
)

// accepted are the hazards that the database has on purpose, each with why its load is worth rehearsing all the same. What they warn of
// happens after the load.
var accepted = [][2]string{
	{"CV101", "large objects go by pg_dump at the cutover"},
	{"CV102", "the rows are lost on purpose"},
	{"EX105", "the handlers of languages are in the server's own library"},
	{"ID101", "nobody writes"},
	{"ID103", "nobody writes"},
	{"ID104", "nobody writes"},
	{"ID106", "nobody writes"},
	{"ID107", "nothing is applied: the load can carry every name"},
	{"ID108", "nothing is applied: the load can carry every name"},
	{"NT101", "nobody writes"},
	{"TY104", "nothing is applied: the load can carry every value"},
	{"TY105", "nothing is applied: the load can carry every value"},
	{"TY106", "nothing is applied: the load can carry every value"},
	{"TY118", "nothing is applied: the load can carry every value"},
	{"TY122", "nothing is applied: the load can carry every name"},
}

// Config is the text of a pgcutover.yaml that takes everything along, for the free bytes of the disks.
func (d Database) Config(sourceFree, replicaFree int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "wal:\n  source_free_bytes: %d\n  replica_free_bytes: %d\nslots:\n  count: 3\nload:\n  workers: 2\n  batch_bytes: 256kB\n", sourceFree, replicaFree)
	b.WriteString("accept:\n")
	for _, a := range accepted {
		fmt.Fprintf(&b, "  - {code: %s, subject: \"*\", reason: \"%s\"}\n", a[0], a[1])
	}
	return b.String()
}
