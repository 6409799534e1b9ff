package planner

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

// way is a way of a comparison.
func (c Comparison) way(t *testing.T, name string) Way {
	t.Helper()
	i := slices.IndexFunc(c.Ways, func(w Way) bool { return w.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return c.Ways[i]
}

// comparison compares, and holds the result to what is true of every one.
func comparison(t *testing.T, inv analyze.Inventory, o Options) Comparison {
	t.Helper()
	c, err := Compare(inv, o, nil)
	require.NoError(t, err)
	var once, twice bytes.Buffer
	require.NoError(t, c.Encode(&once))
	again, err := Compare(inv, o, nil)
	require.NoError(t, err)
	require.NoError(t, again.Encode(&twice))
	require.Equal(t, once.String(), twice.String())
	require.NotContains(t, once.String(), ": null,\n      \"stand_ins", "a list is never null")
	require.Len(t, c.Ways, len(ways()))
	for _, w := range c.Ways {
		require.Equal(t, w.Feasible != Possible, len(w.Obstacles) > 0, w.Name)
		if !w.Planned {
			require.NotEqual(t, Possible, w.Feasible)
			continue
		}
		require.NotEmpty(t, w.WayBack.Text, w.Name)
		require.NotEmpty(t, w.Needs, w.Name)
		require.NotEmpty(t, w.Costs, w.Name)
		require.NotEmpty(t, w.Risks.NotProven, w.Name)
		require.NotEmpty(t, w.WriteStop.Phases, w.Name)
		for _, s := range slices.Concat(w.Needs, w.Costs, w.Risks.NotProven, []string{w.WayBack.Text}, w.StandIns) {
			require.True(t, strings.HasSuffix(s, "."), s)
		}
	}
	if c.Recommendation.Way != "" {
		w := c.way(t, c.Recommendation.Way)
		require.True(t, w.Planned)
		require.NotEqual(t, Impossible, w.Feasible)
		require.GreaterOrEqual(t, len(c.Recommendation.Changes), len(c.Ways)-1)
	}
	return c
}

func TestCompare(t *testing.T) {
	inv := inventory(withRate(plain("orders", 10_000_000_000), 50), plain("customers", 100_000_000))
	inv.Objects.LargeObjects, inv.Activity.PreparedTransactions, inv.Activity.OldestWriteSeconds = ptr(int64(0)), ptr(0), ptr(int64(0))
	standby := inv
	standby.Replication.Standbys = []analyze.Standby{{ApplicationName: "standby"}}
	old := standby
	old.Server.VersionNum, old.Server.Version = 90624, "9.6.24"
	aurora := inv
	aurora.Server.Managed = "aurora"

	for _, x := range []struct {
		what, recommended string
		inv               analyze.Inventory
		feasible          map[string]Feasibility
	}{
		{"a standby", "native-replica", standby, map[string]Feasibility{"native-replica": Possible, "native-snapshot": Possible, "dms": Possible}},
		{"no replica", "native-snapshot", inv, map[string]Feasibility{"native-replica": Possible, "native-snapshot": Possible, "dms": Possible}},
		{"no publications yet", "dms", old, map[string]Feasibility{"native-replica": Impossible, "native-snapshot": Impossible, "dms": Possible}},
		{"a replica that cannot be paused", "native-snapshot", aurora, map[string]Feasibility{"native-replica": Impossible, "native-snapshot": Possible, "dms": Impossible}},
	} {
		t.Run(x.what, func(t *testing.T) {
			c := comparison(t, x.inv, Defaults())
			for name, want := range x.feasible {
				require.Equal(t, want, c.way(t, name).Feasible, "%s: %v", name, c.way(t, name).Obstacles)
			}
			require.Equal(t, x.recommended, c.Recommendation.Way)
		})
	}

	c := comparison(t, old, Defaults())
	require.Contains(t, c.way(t, "native-snapshot").Obstacles[0].Text, "publications came with version 10")
	require.Contains(t, strings.Join(c.Recommendation.Changes, "\n"), "native-replica is out: ")

	// The source is read for snapshots only, and then vacuum waits.
	c = comparison(t, standby, Defaults())
	require.Zero(t, c.way(t, "native-replica").Load.Bytes)
	require.Zero(t, c.way(t, "native-replica").Load.VacuumSeconds)
	require.Equal(t, int64(10_100_000_000), c.way(t, "native-snapshot").Load.Bytes)
	require.Positive(t, c.way(t, "native-snapshot").Load.VacuumSeconds)
	require.Equal(t, 4, c.way(t, "native-snapshot").Load.Sessions)
	d := c.way(t, "dms")
	require.InDelta(t, 1_000_000*float64(d.Load.Slots), *d.Load.DecodedBytesPerSecond, 1)
	require.Greater(t, d.WriteStop.Seconds, c.way(t, "native-replica").WriteStop.Seconds)
	require.Contains(t, strings.Join(d.Costs, ""), "dms.r6i.large")
}

// TestCompareConfigured: the configuration of one engine serves all, and is left as it was.
func TestCompareConfigured(t *testing.T) {
	inv := inventory(withRate(withUnique(plain("orders", 10_000_000_000)), 50), withoutKey(plain("log", 100_000_000)))
	o := Defaults()
	o.Unique = UniqueDefer
	o.Slots.Count = 2
	o.Accept = []Acceptance{{Code: "TY102", Subject: "*", Reason: "of another engine"}}
	c := comparison(t, inv, o)
	require.Len(t, c.way(t, "native-replica").StandIns, 2)
	require.Contains(t, c.way(t, "native-replica").StandIns[0], "native.connection")
	require.Contains(t, c.way(t, "native-replica").StandIns[1], "unique is taken as")
	require.Empty(t, c.way(t, "dms").StandIns)
	for _, w := range c.Ways {
		if w.Engine == EnginePromote {
			require.Equal(t, Impossible, w.Feasible)
			require.Equal(t, "PR101", w.Obstacles[0].Code)
			require.Zero(t, w.Load.Slots)
			continue
		}
		require.Equal(t, 2, w.Load.Slots, w.Name)
		require.Equal(t, Blocked, w.Feasible, "a table without a key: %s", w.Name)
		require.Contains(t, []string{"ID101", "NT101", "FL101"}, w.Obstacles[0].Code)
		codes := []string{}
		for _, f := range w.Risks.Gravest {
			codes = append(codes, f.Code)
		}
		if w.Engine == EngineNative {
			require.NotContains(t, codes, "CF101", "what another engine needs is not accepted in vain")
		}
	}
	require.Contains(t, c.Recommendation.Reason, " to be removed, or accepted with a reason.")

	n := nativeOptions()
	n.Native.WayBack = map[string]string{"host": "new1"}
	before, connection := *n.Native, n.Native.Connection["host"]
	c = comparison(t, inv, n)
	require.Equal(t, before.HandOff, n.Native.HandOff)
	require.Equal(t, connection, n.Native.Connection["host"])
	require.Empty(t, c.way(t, "native-snapshot").StandIns)
	require.Contains(t, c.way(t, "native-snapshot").WayBack.Words, "prepared")
	require.NotNil(t, c.way(t, "native-replica").WriteStop.phase(StopWayBack))
	require.Equal(t, "dms_slot", n.withEngine(EngineDMS).Slots.Prefix)

	// A target that is managed reads no passfile.
	o = Defaults()
	o.Target.Managed, o.Target.Version = "rds", 17
	require.True(t, comparison(t, inv, o).way(t, "native-snapshot").Planned)
	// What is configured for no connection at all is assumed, too.
	bare := DefaultsFor(EngineNative)
	require.NotEmpty(t, comparison(t, inv, bare).way(t, "native-snapshot").StandIns)
}

// TestCompareTimings: what was measured with one engine tells about another only what does not depend on it.
func TestCompareTimings(t *testing.T) {
	inv := inventory(withRate(plain("orders", 10_000_000_000), 50))
	timings := []Timing{{Kind: "copy", Table: name("orders"), Bytes: 1 << 30, Seconds: 10}, {Kind: "step", Step: stepFreeze, Seconds: 8}, {Kind: "step", Step: stepDrain, Seconds: 7}}
	c, err := Compare(inv, nativeOptions(), timings)
	require.NoError(t, err)
	for _, n := range []string{"native-replica", "native-snapshot"} {
		w := c.way(t, n).WriteStop
		require.True(t, w.phase(StopFreeze).Measured)
		require.True(t, w.phase(StopDrain).Measured)
	}
	before, err := Compare(inv, nativeOptions(), nil)
	require.NoError(t, err)
	w := c.way(t, "dms")
	require.True(t, w.WriteStop.phase(StopFreeze).Measured)
	require.False(t, w.WriteStop.phase(StopDrain).Measured)
	require.Less(t, loadSeconds(w.Duration), loadSeconds(before.way(t, "dms").Duration), "the bundle's workers copy as fast")
	require.InDelta(t, loadSeconds(before.way(t, "dms-full").Duration), loadSeconds(c.way(t, "dms-full").Duration), 0.1, "and AWS DMS as before")
}

func TestCompareRefuses(t *testing.T) {
	var e *OptionError
	o := Defaults()
	o.Slots.Dedicated = []string{"public.nowhere"}
	_, err := Compare(inventory(plain("orders", 1e6)), o, nil)
	require.ErrorAs(t, err, &e)
	require.Equal(t, "slots.dedicated", e.Path)
	o = Defaults()
	o.Engine = "dsm"
	_, err = Compare(inventory(plain("orders", 1e6)), o, nil)
	require.ErrorAs(t, err, &e)
	require.Equal(t, "engine", e.Path)
	inv := inventory(plain("orders", 1e6))
	inv.Server.VersionNum = 90400
	_, err = Compare(inv, Defaults(), nil)
	require.Error(t, err)
}

// TestRecommend: what counts most comes first.
func TestRecommend(t *testing.T) {
	all := ways()
	made := func(change func(ways []Way)) string {
		w := make([]Way, len(all))
		for i := range w {
			w[i] = Way{Name: all[i].name, Engine: all[i].engine, Feasible: Possible, Planned: true, WriteStop: WriteStop{Seconds: 60}, Duration: Duration{Seconds: ptr(3600.0)}}
		}
		change(w)
		inv := inventory()
		inv.Replication.Standbys = []analyze.Standby{{}}
		return recommend(all, w, &inv).Way
	}
	require.Equal(t, "native-replica", made(func([]Way) {}))
	require.Equal(t, "native-snapshot", made(func(w []Way) { w[0].Feasible, w[0].Obstacles = Blocked, []Obstacle{{Code: "X"}} }))
	require.Equal(t, "native-snapshot", made(func(w []Way) { w[0].Duration.Seconds = nil }), "it never catches up")
	require.Equal(t, "native-replica", made(func(w []Way) { w[0].WriteStop.Seconds = 500 }), "not worth another way")
	require.Equal(t, "native-snapshot", made(func(w []Way) { w[0].WriteStop.Seconds = 1000 }))
	require.Equal(t, "native-replica", made(func(w []Way) {
		for i := range w {
			w[i].WriteStop.Seconds = 900
		}
		w[0].WriteStop.Seconds = 1000
	}))
	require.Equal(t, "native-replica", made(func(w []Way) {
		for i := range w {
			w[i].Feasible, w[i].Obstacles = Blocked, []Obstacle{{Code: "X"}}
		}
	}))
	require.Empty(t, made(func(w []Way) {
		for i := range w {
			w[i].Feasible, w[i].Obstacles = Impossible, []Obstacle{{Text: "It is."}}
		}
	}))
}
