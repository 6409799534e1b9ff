package render

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
)

// An engine that copies rows into a promoted replica gets the script that promotes it at once; the engine promote does so at its cutover.
func TestAuroraFolder(t *testing.T) {
	o := planner.DefaultAurora()
	o.Source, o.Cluster, o.InstanceClass, o.EngineVersion = "shop-db", "shop", "db.r6g.large", "13.12"
	full := planner.FullOptions{Schema: planner.SchemaReplica}
	p := planner.Plan{
		Names: planner.Names{Schema: "pgcutover"}, Source: planner.Source{VersionNum: 130012, Database: "shop"}, Options: planner.Options{Engine: planner.EngineDMSFull, Aurora: &o, Full: &full},
		Aurora: &planner.Aurora{Source: "shop-db", Cluster: "shop", Writer: "shop-1", SubnetGroup: "shop", ClusterGroup: "shop-cluster", InstanceGroup: "shop-instance", Family: "aurora-postgresql13"},
	}
	files := func() (paths []string) {
		out, err := aurora(p)
		require.NoError(t, err)
		for _, a := range out {
			paths = append(paths, a.Path)
			require.NotEmpty(t, a.Body)
		}
		return paths
	}
	require.Equal(t, []string{"20-aurora/cloudformation/01-groups.json", "20-aurora/aurora.sh", "20-aurora/21-deploy.sh", "20-aurora/22-catch-up.sh", "20-aurora/24-delete.sh", "20-aurora/23-promote.sh"}, files())
	p.Options.Engine = planner.EnginePromote
	p.Aurora.Readers = []string{"shop-2"}
	got := files()
	require.Contains(t, got, "20-aurora/23-dry-run.sh")
	require.Contains(t, got, "20-aurora/cloudformation/02-readers.json")
	require.NotContains(t, got, "20-aurora/23-promote.sh")
	p.Aurora = nil
	require.Empty(t, files())
}
