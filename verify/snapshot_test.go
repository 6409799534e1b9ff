package verify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func snapshotPlan() planner.Plan {
	p := planner.Plan{Options: planner.DefaultsFor(planner.EngineNative)}
	p.Options.Native.HandOff = planner.HandOffSnapshot
	p.Groups = []planner.Group{{Number: 1, Slot: "a", UpdateSet: "a", InsertSet: "ia", Marker: analyze.Name{Schema: "pgcutover", Name: "marker_a"}}}
	return p
}

func snapshotState(change func(*State)) *State {
	s := &State{
		Format: 1, Plan: "f", SetsCompleteLSN: 90, Source: &StateSource{Database: "shop", Timeline: 1},
		Slots: map[string]StateSlot{"a": {ConsistentPoint: 100, ConfirmedFlushLSN: 100, Snapshot: &StateSnapshot{Name: "n-1", Transactions: "700:705:701,703", PID: 7}}},
	}
	if change != nil {
		change(s)
	}
	return s
}

func (s *State) slot(change func(*StateSlot)) {
	x := s.Slots["a"]
	change(&x)
	s.Slots["a"] = x
}

func TestChecksOfHandOffs(t *testing.T) {
	gates := func(p planner.Plan) map[string][]Gate {
		out := map[string][]Gate{}
		for _, c := range ChecksOf(p) {
			out[c.Code] = c.Gates
		}
		return out
	}
	replica := snapshotPlan()
	replica.Options.Native.HandOff = planner.HandOffReplica
	for _, p := range []planner.Plan{replica, {Options: planner.Defaults()}} {
		g := gates(p)
		require.Contains(t, g, "G2-LSN")
		require.NotContains(t, g, "G2-SNAPSHOT")
		require.Contains(t, g["G1-SLOT"], ReadyToPause)
	}
	g := gates(snapshotPlan())
	for _, code := range []string{"G0-STANDBY", "G1-REPLAY", "G2-PAUSED", "G2-LSN", "G2-MEMBER", "G2-FEEDBACK", "G3-LSN"} {
		require.NotContains(t, g, code, "it is about a replica")
	}
	require.NotContains(t, g["G1-SLOT"], ReadyToPause)
	require.Contains(t, g["G1-SLOT"], Paused)
	require.Contains(t, g["G2-SNAPSHOT"], Paused)
	require.Contains(t, g["G1-MEMBER"], ReadyToPause)
	e := &Env{Gate: Paused, Plan: snapshotPlan()}
	require.Equal(t, []Side{Source, Target}, e.wanted())
}

func TestStateOfSnapshots(t *testing.T) {
	bySnapshot := planner.Options{Engine: planner.EngineNative, Native: &planner.NativeOptions{HandOff: planner.HandOffSnapshot}}
	require.Equal(t, []string{"pass state"}, brief(judgeState(ReadyToPause, "f", &State{Plan: "f"}, 1, bySnapshot)), "slots come after the gate")
	require.Equal(t, []string{"unknown state"}, brief(judgeState(Paused, "f", &State{Plan: "f"}, 1, bySnapshot)))
	require.Equal(t, []string{"pass state"}, brief(judgeState(Loaded, "f", snapshotState(nil), 1, bySnapshot)))
	require.Equal(t, []string{"unknown state"}, brief(judgeState(Loaded, "f", snapshotState(nil), 1, planner.Options{})))
	require.Equal(t, Paused, snapshotState(nil).Reached())
	s := snapshotState(func(s *State) { s.slot(func(x *StateSlot) { x.Snapshot.Transactions = "" }) })
	require.ErrorContains(t, s.validate(), "without what it sees")
	require.False(t, snapshotState(nil).Earlier("a"))
	now := time.Now()
	require.True(t, snapshotState(func(s *State) { s.slot(func(x *StateSlot) { x.EnabledAt = &now }) }).Earlier("a"))
}

func TestJudgeHeld(t *testing.T) {
	now := time.Now()
	finished := func(s *State) { s.Load = &StateLoad{FinishedAt: &now} }
	for name, c := range map[string]struct {
		gate   Gate
		why    string
		change func(*State)
		want   Status
	}{
		"held":                          {Paused, "", nil, Pass},
		"gone before the load":          {Paused, "invalid snapshot identifier", nil, Fail},
		"gone in the load":              {Loaded, "invalid snapshot identifier", nil, Fail},
		"none":                          {Paused, "none", func(s *State) { s.slot(func(x *StateSlot) { x.Snapshot = nil }) }, Fail},
		"gone after the load":           {Loaded, "gone", finished, Warn},
		"gone at a gate of before":      {Paused, "gone", finished, Fail},
		"released after the load":       {Loaded, "gone", func(s *State) { finished(s); s.slot(func(x *StateSlot) { x.Snapshot.ReleasedAt = &now }) }, Pass},
		"released before it was done":   {Loaded, "gone", func(s *State) { s.slot(func(x *StateSlot) { x.Snapshot.ReleasedAt = &now }) }, Fail},
		"its changes are being applied": {Loaded, "gone", func(s *State) { s.slot(func(x *StateSlot) { x.EnabledAt = &now }) }, Skip},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, snapshotState(c.change).judgeHeld(c.gate, "a", c.why).Status)
		})
	}
	require.Equal(t, Fail, (*State)(nil).judgeHeld(Paused, "a", "none").Status)
}

func TestJudgePoint(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		change    func(*State)
		confirmed LSN
		src       server
		want      Status
		says      string
	}{
		"where it began":        {nil, 100, server{Flush: 200, Timeline: 1}, Pass, "like its snapshot"},
		"read by somebody":      {nil, 120, server{Flush: 200, Timeline: 1}, Fail, "would be missing without an error"},
		"another slot":          {nil, 99, server{Flush: 200, Timeline: 1}, Fail, "another slot"},
		"publications too late": {func(s *State) { s.SetsCompleteLSN = 101 }, 100, server{Flush: 200, Timeline: 1}, Fail, "publications were complete"},
		"publications never":    {func(s *State) { s.SetsCompleteLSN = 0 }, 100, server{Flush: 200, Timeline: 1}, Unknown, "does not say"},
		"not of this source":    {nil, 100, server{Flush: 50, Timeline: 1}, Fail, "not a position of this source"},
		"another timeline":      {nil, 100, server{Flush: 200, Timeline: 2}, Fail, "failed over"},
		"being applied":         {func(s *State) { s.slot(func(x *StateSlot) { x.EnabledAt = &now }) }, 150, server{Flush: 200, Timeline: 1}, Skip, "is being read"},
		"nothing known":         {func(s *State) { s.Slots = nil }, 100, server{Flush: 200, Timeline: 1}, Skip, "see G2-SNAPSHOT"},
	} {
		t.Run(name, func(t *testing.T) {
			r := judgePoint("a", snapshotState(c.change), map[string]slot{"a": {Confirmed: c.confirmed}}, c.src)
			require.Equal(t, c.want, r.Status, r.Detail)
			require.Contains(t, r.Detail, c.says)
			require.Equal(t, c.want == Unknown || name == "nothing known", r.Undecided)
		})
	}
	require.True(t, judgePoint("a", snapshotState(nil), nil, server{}).Undecided)
}

func TestJudgeRead(t *testing.T) {
	good := ledgerSnapshot{Slot: "a", Name: "n-1", Transactions: "700:705:701,703", LSN: "0/64"}
	read := func(change func(*ledgerSnapshot)) map[string]ledgerSnapshot {
		x := good
		change(&x)
		return map[string]ledgerSnapshot{"a": x}
	}
	require.Equal(t, Pass, judgeRead("a", snapshotState(nil), read(func(*ledgerSnapshot) {})).Status)
	require.Equal(t, Fail, judgeRead("a", snapshotState(nil), nil).Status)
	for _, change := range []func(*ledgerSnapshot){
		func(x *ledgerSnapshot) { x.LSN = "0/65" }, func(x *ledgerSnapshot) { x.Name = "n-2" }, func(x *ledgerSnapshot) { x.Transactions = "700:705:" },
	} {
		require.Equal(t, Fail, judgeRead("a", snapshotState(nil), read(change)).Status)
	}
	require.True(t, judgeRead("a", nil, read(func(*ledgerSnapshot) {})).Undecided)
}

func TestVisible(t *testing.T) {
	for _, c := range []struct {
		xid, snapshot string
		want          bool
	}{
		{"699", "700:705:701,703", true}, {"700", "700:705:701,703", true}, {"701", "700:705:701,703", false}, {"704", "700:705:701,703", true},
		{"705", "700:705:701,703", false}, {"900", "700:705:701,703", false}, {"700", "700:700:", false}, {"2", "700:700:", true},
		// The epoch has changed between the two.
		{"4294967290", "4294967300:4294967300:", true}, {"3", "4294967300:4294967300:", true}, {"4", "4294967300:4294967300:", false},
		{"5", "4294967290:4294967290:", false},
		{"x", "700:700:", false}, {"699", "700", false}, {"699", "700:y:", false}, {"", "", false},
	} {
		require.Equal(t, c.want, visible(c.xid, c.snapshot), "%s in %s", c.xid, c.snapshot)
	}
}

func TestJudgeJoined(t *testing.T) {
	p := snapshotPlan()
	sets := func(set, joined string) map[string]replicationSet {
		return map[string]replicationSet{"a": {Name: "a", Version: set, Members: map[analyze.Name]member{{Schema: "s", Name: "t"}: {Version: joined}}}}
	}
	require.Empty(t, judgeJoined(p.Groups, sets("600", "600"), snapshotState(nil)))
	require.Equal(t, []string{"fail s.t"}, brief(judgeJoined(p.Groups, sets("600", "705"), snapshotState(nil))))
	require.Equal(t, []string{"fail a"}, brief(judgeJoined(p.Groups, sets("701", "600"), snapshotState(nil))))
	require.Empty(t, judgeJoined(p.Groups, sets("999", "999"), nil), "G2-SNAPSHOT says that there is none")
}

func TestSince(t *testing.T) {
	p := snapshotPlan()
	p.Groups = append(p.Groups, planner.Group{Number: 2, Slot: "b"})
	e := &Env{Plan: p, State: snapshotState(nil)}
	require.Empty(t, e.since(), "one of the slots has none")
	e.State.Slots["b"] = StateSlot{Snapshot: &StateSnapshot{Transactions: "650:651:"}}
	require.Equal(t, "650", e.since())
	e.Plan.Options.Native.HandOff = planner.HandOffReplica
	require.Empty(t, e.since())
	e.State.Pause = &StatePause{XMin: "12"}
	require.Equal(t, "12", e.since())
	e.State.Pause = &StatePause{LSN: 0x5000, XMin: "900"} // the second, of slot b alone
	e.State.Slots = map[string]StateSlot{p.Groups[0].Slot: {StartLSN: 0x4000, XMin: "99"}, "b": {StartLSN: 0x5000}}
	require.Equal(t, "99", e.since(), "lower as a number")
	require.Equal(t, "900", e.State.XMin("b"))
	e.State.Slots[p.Groups[0].Slot] = StateSlot{StartLSN: 0x4000}
	require.Equal(t, "900", e.since(), "of what is known")
	require.Empty(t, e.State.XMin(p.Groups[0].Slot), "the other pause's is not its own")
	e.State.Pause.XMin = ""
	require.Empty(t, e.since())
}

// Where nobody ever stood still, a sequence that has gone on says nothing about the copy.
func TestSequencesOfALiveSource(t *testing.T) {
	n := analyze.Name{Schema: "s", Name: "q"}
	c := sequenceCheck{From: Source, Live: true, Theirs: map[analyze.Name]sequenceValue{n: {9000, true}}, Target: map[analyze.Name]sequenceValue{n: {5000, true}}}
	r := c.judge([]planner.Sequence{{Name: n, Increment: 1}})
	require.Equal(t, Warn, r[0].Status)
	require.False(t, r[0].Undecided)
}

// Nobody is sent to a replica, or to slots without a snapshot.
func TestHintsBySnapshots(t *testing.T) {
	e := &Env{Plan: snapshotPlan()}
	for _, r := range e.bySnapshots(judgeSlots(e.Plan.Groups, "pgoutput", map[string]slot{"a": {Name: "a", Type: "physical"}}, "shop", nil)) {
		require.NotContains(t, r.Hint, "17-slots.sh")
		require.Contains(t, r.Hint, "82-restart-slot.sh")
	}
	for _, r := range e.bySnapshots(judgeMembers(e.Plan, map[string]replicationSet{"a": {Name: "a"}, "ia": {Name: "ia"}}, sincePause)) {
		if r.Status == Fail {
			require.NotContains(t, r.Hint, "resume")
		}
	}
	e.Plan.Options.Native.HandOff = planner.HandOffReplica
	require.Contains(t, e.bySnapshots(judgeSlots(e.Plan.Groups, "pgoutput", nil, "shop", nil))[0].Hint, "17-slots.sh")
}
