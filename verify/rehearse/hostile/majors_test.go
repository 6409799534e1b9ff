package hostile_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze/catalog"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/hostile"
)

// TestOtherMajors reads the database on servers of other majors, and plans and renders its way.
func TestOtherMajors(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	var majors []int
	for _, in := range installs {
		// Each of these knows shapes that the one before did not; the default's way is tested whole.
		if slices.Contains([]int{906, 13, 18}, in.Major) && !slices.Contains(majors, in.Major) {
			majors = append(majors, in.Major)
		}
	}
	for _, major := range majors {
		t.Run(strings.Replace(fmt.Sprint(major), "906", "9.6", 1), func(t *testing.T) {
			db := hostile.Generate(hostile.Options{Source: major, Target: major})
			source := cluster.StartWith(t, cluster.Options{Role: cluster.Source, Major: major})
			source.CreateDatabase(t, db.Name)
			source.MustPsql(t, db.Name, db.SQL)
			conn, err := pgx.Connect(t.Context(), source.DSN(db.Name))
			require.NoError(t, err)
			defer conn.Close(context.WithoutCancel(t.Context()))
			inv, err := catalog.Read(t.Context(), conn, catalog.Options{})
			require.NoError(t, err)
			for _, u := range inv.Unknown {
				t.Logf("not known: %s of %s: %s", u.Fact, u.Subject, u.Reason)
			}
			plan, err := planner.Make(inv, planner.Defaults(), nil)
			require.NoError(t, err)
			bundle, err := render.Render(plan)
			require.NoError(t, err)
			dir := filepath.Join(t.TempDir(), "migration")
			require.NoError(t, bundle.Write(dir, true))
			scripts, err := filepath.Glob(filepath.Join(dir, "*", "*.sh"))
			require.NoError(t, err)
			require.NotEmpty(t, scripts)
			for _, s := range scripts {
				said, err := exec.CommandContext(t.Context(), "bash", "-n", s).CombinedOutput()
				require.NoError(t, err, string(said))
			}
			source.MustPsql(t, db.Name, "\\i "+filepath.Join(dir, "10-source", "14-markers.sql"))
			require.NoFileExists(t, "/tmp/pwned")
		})
	}
}
