package chaos

import (
	_ "embed"
	"fmt"
)

// contentSQL is the database: some ten thousand rows, with what matters to the load, which is ranges, batches, partitions, keys, a table without one,
// and tables that the application only inserts into, in every slot.
//
//go:embed content.sql
var contentSQL string

// targetRolesSQL are the roles and the database of the target.
const targetRolesSQL = `
create role loader login password :password createrole;
create database ` + database + ` owner loader;
`

// config is what a user would have written.
func (w *world) config(freeBytes int64) string {
	text := fmt.Sprintf(`slots:
  count: 2
  dedicated: [public.calls]
tables:
  inserts_only: [public.log_lines]
load:
  workers: 3
  split_bytes: 8MB
  batch_bytes: 128kB
  attempts: 2
  maintenance_work_mem: 32MB
wal:
  source_free_bytes: %d
  replica_free_bytes: %d
`, freeBytes, freeBytes)
	if w.native() {
		text += fmt.Sprintf("engine: native\nnative:\n  connection: {host: 127.0.0.1, port: %d, passfile: %q}\n", w.subscriptions.port(), w.passFile)
	}
	return text
}

// loadBytes is what the servers send, at least, while the load copies the content.
const loadBytes = 24 << 20
