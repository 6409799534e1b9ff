// Package cluster runs throwaway PostgreSQL servers on this machine: for tests, for the demo and for rehearsals.
//
// A cluster lives in a directory of its own under /tmp that only its owner may enter, listens on a Unix socket there and
// trusts whoever reaches it. It is disposable: fsync is off, and everything is removed when it is stopped or when this
// process ends, however it ends. Nothing here touches a server that the package did not start.
//
// Tests use the thin layer of testing.go, which stops everything by itself:
//
//	func TestSlots(t *testing.T) {
//		src := cluster.StartSource(t, "wal_sender_timeout=0") // logical WAL, pglogical preloaded, 32 of everything
//		dsn := src.CreateDatabase(t, "shop")                  // host=/tmp/… port=5432 user=postgres dbname='shop'
//		src.MustPsql(t, "shop", "create table t (id int primary key)")
//		replica := src.StartStandby(t)                        // hot standby, streaming
//		dst := cluster.StartTarget(t)                         // another system identifier, no pglogical
//		…
//	}
//
// Programs use Start, Standby and Stop, which take a context and return errors.
//
// PostgreSQL refuses to run as root, so root starts it as the user postgres (else nobody). Servers are found in
// PGCUTOVER_PG_BIN, then in /usr/lib/postgresql/*/bin (Debian, Ubuntu), then on PATH, then where .ci/servers keeps those that it
// fetches: every major from 9.6 on; see Installs. Many of those come without clients; the clients of another installation serve
// them.
package cluster
