package hostile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/hostile"
	"github.com/pgcutover/pgcutover/verify/rehearse/synthetic"
)

// TestHostileSchema dumps the database without its rows and rehearses that, with rows that are made up and an application that writes to them,
// through the cutover and back by PostgreSQL's own replication, which every name has to pass.
func TestHostileSchema(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.Need(t)
	db := hostile.Generate(hostile.Options{Source: 15, Target: 15})
	c := cluster.StartSource(t)
	c.CreateDatabase(t, db.Name)
	c.MustPsql(t, db.Name, db.SQL)
	dump := exec.CommandContext(t.Context(), c.Bin("pg_dump"), "--schema-only", "-d", c.DSN(db.Name))
	sql, err := dump.Output()
	require.NoError(t, err)
	c.Pause()
	m := migration{engine: planner.EngineNative, content: rehearse.Schema{
		Database: db.Name, SQL: string(sql), About: "a hostile schema", Rate: 50, Scale: synthetic.Scale{Rows: 2000},
	}.Content()}
	m.run(t)
}

// TestPagilaSchema rehearses a public schema that comes without rows.
func TestPagilaSchema(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute and a half")
	}
	cluster.Need(t)
	sql, err := os.ReadFile(filepath.Join(corpusDir(t), "pagila-schema.sql"))
	require.NoError(t, err)
	m := migration{engine: planner.EngineNative, content: rehearse.Schema{SQL: string(sql), About: "pagila", Rate: 100}.Content()}
	m.run(t)
}
