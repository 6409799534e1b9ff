package verify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
)

// A promoted replica may have its source's system identifier: the two are told by the mark alone.
func TestEmptiedReplicaIsToldByItsMark(t *testing.T) {
	for what, x := range map[string]struct {
		source, target bool
		statuses       []Status
	}{
		"as it should be":   {false, true, []Status{Pass, Pass}},
		"not promoted":      {false, false, []Status{Pass, Fail}},
		"mixed up":          {true, false, []Status{Fail, Fail}},
		"both the promoted": {true, true, []Status{Fail, Pass}},
	} {
		same := server{VersionNum: 150004, SystemIdentifier: "7", Database: "shop", StartTime: time.Unix(1, 0)}
		source, target := same, same
		top := topology{Emptied: true, Marked: map[Side]bool{Source: x.source, Target: x.target}, Source: &source, Target: &target}
		var got []Status
		for _, r := range top.judge() {
			got = append(got, r.Status)
		}
		require.Equal(t, x.statuses, got, what)
		top.Emptied = false
		require.Equal(t, Fail, top.judge()[1].Status, "for any other plan it is the source")
	}
}

// The gate that comes before the replica does not ask for it; the one after its promotion does.
func TestEmptiedReplicaIsAskedOnceItIsThere(t *testing.T) {
	p := planner.Plan{Options: planner.Options{Engine: planner.EngineDMSFull, Full: &planner.FullOptions{Schema: planner.SchemaReplica}}}
	e := Env{Gate: Preflight, Plan: p}
	require.NotContains(t, e.wanted(), Target)
	r, ok := e.missing("", Target)
	require.False(t, ok)
	require.False(t, r.Undecided)
	now := time.Now()
	e.State = &State{Aurora: &StateAurora{Emptied: true, AvailableAt: &now}}
	require.NotContains(t, e.wanted(), Target)
	require.Equal(t, Preflight, e.State.Reached())
	e.State.Aurora.PromotedAt = &now
	require.Contains(t, e.wanted(), Target)
	r, _ = e.missing("", Target)
	require.True(t, r.Undecided)
}
