package planner

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

// Rows are read in the snapshot of their slot, so no piece of the load has tables of two of them; with a paused replica pieces are of any.
func TestPiecesOfOneSlot(t *testing.T) {
	inv := synthetic(400)
	options := func(change func(*Options)) Options {
		o := nativeOptions()
		o.Slots.Count = 3
		for _, x := range inv.Tables {
			o.Tables.InsertsOnly = append(o.Tables.InsertsOnly, x.Name.String())
		}
		change(&o)
		return o
	}
	of := func(p Plan) (mixed int) {
		for _, it := range p.Items {
			if slices.ContainsFunc(it.Tables, func(n analyze.Name) bool { return tableOf(t, p, n).Group != tableOf(t, p, it.Tables[0]).Group }) {
				mixed++
			}
		}
		return mixed
	}
	replica, err := Make(inv, options(func(*Options) {}), nil)
	require.NoError(t, err)
	require.Positive(t, of(replica))
	require.NotNil(t, replica.Estimate.ReplicaWALBytes)
	require.NotContains(t, codes(replica), "NT110 server")

	snapshot := options(func(o *Options) { o.Native.HandOff = HandOffSnapshot })
	p, err := Make(inv, snapshot, nil)
	require.NoError(t, err)
	require.Zero(t, of(p))
	require.Nil(t, p.Estimate.ReplicaWALBytes, "there is no replica")
	require.Less(t, *p.Estimate.SourceWALBytes, *replica.Estimate.SourceWALBytes, "slots are made when the load begins")
	require.Contains(t, codes(p), "NT110 server")
	require.NotContains(t, codes(p), "RP203 replica")

	// A plan that was made for a replica gives no pieces of several slots on.
	again, _, err := MakeAfter(replica, inv, snapshot, nil)
	require.NoError(t, err)
	require.Zero(t, of(again))

	// Put together by hand it is refused.
	i := slices.IndexFunc(p.Items, func(it Item) bool { return it.Range == nil && len(it.Tables) > 1 })
	j := slices.IndexFunc(p.Items, func(it Item) bool {
		return it.Range == nil && len(it.Tables) > 1 && tableOf(t, p, it.Tables[0]).Group != tableOf(t, p, p.Items[i].Tables[0]).Group
	})
	p.Items[i].Tables[0], p.Items[j].Tables[0] = p.Items[j].Tables[0], p.Items[i].Tables[0]
	require.ErrorContains(t, p.Validate(), "are of different slots")
}

// A source whose replica cannot be paused is told of the way that needs none.
func TestHandOffOfManagedSources(t *testing.T) {
	for managed, code := range map[string]string{"rds": "RP116 replica", "aurora": "RP115 server"} {
		inv := inventory(plain("orders", 1<<30))
		inv.Server.Managed, inv.Server.Superuser = managed, false
		o := nativeOptions()
		p, err := Make(inv, o, nil)
		require.NoError(t, err)
		require.Contains(t, codes(p), code)
		o.Native.HandOff = HandOffSnapshot
		p, err = Make(inv, o, nil)
		require.NoError(t, err)
		require.NotContains(t, codes(p), code)
	}
}

// What ends a snapshot by itself is an error only where there are any.
func TestOldSnapshotThreshold(t *testing.T) {
	inv := inventory(plain("orders", 1<<30))
	inv.Settings = append(inv.Settings, analyze.Setting{Name: "old_snapshot_threshold", Value: "60"})
	o := nativeOptions()
	p, err := Make(inv, o, nil)
	require.NoError(t, err)
	require.NotContains(t, codes(p), "NT111 server")
	o.Native.HandOff = HandOffSnapshot
	p, err = Make(inv, o, nil)
	require.NoError(t, err)
	require.Contains(t, codes(p), "NT111 server")
}
