package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func spoken(rs []Result) (out []string) {
	for _, r := range rs {
		out = append(out, string(r.Status)+" "+r.Subject+": "+r.Detail)
	}
	return out
}

func TestJudgeFollower(t *testing.T) {
	good := follower{Recovery: true, At: 1 << 30, Replay: 1 << 30, Token: "created", Copy: "created"}
	for name, c := range map[string]struct {
		change func(*follower)
		want   string
	}{
		"near":               {func(*follower) {}, "pass replica: it follows, 0 B behind"},
		"a segment behind":   {func(f *follower) { f.Replay -= nearEnough }, "pass replica: it follows, 16.0 MiB behind"},
		"further":            {func(f *follower) { f.Replay -= nearEnough + 1 }, "fail replica: it is 16.0 MiB behind"},
		"promoted":           {func(f *follower) { f.Recovery = false }, "fail replica: the target is not in recovery: it follows nobody"},
		"on trial":           {func(f *follower) { f.Recovery, f.Trial = false, true }, "fail replica: the cluster was promoted on trial: it follows nobody"},
		"trial begun":        {func(f *follower) { f.Trial = true }, "fail replica: a promotion on trial was begun"},
		"no marker":          {func(f *follower) { f.Token, f.Copy = "", "" }, "fail marker: the source has no marker"},
		"of another server":  {func(f *follower) { f.Copy = "" }, "fail marker: the target has replayed past the source's position and does not have its marker: it is a replica of another server"},
		"marker on its way":  {func(f *follower) { f.Copy, f.Replay = "", 1 }, "fail marker: the marker of the source has not arrived"},
		"old marker missing": {func(f *follower) { f.Copy, f.Age, f.Replay = "before", 61, 1 }, "fail marker: the marker of the source, written 61 s ago, has not arrived: the replica stands, or is one of another server"},
	} {
		t.Run(name, func(t *testing.T) {
			f := good
			c.change(&f)
			require.Equal(t, []string{c.want}, spoken(f.judge()))
		})
	}
}

func TestJudgePromotion(t *testing.T) {
	now := time.Now()
	state := func() *State {
		return &State{Freeze: &StateFreeze{LSN: 100}, Drain: &StateDrain{LSN: 200, Token: "drain-1"}, Aurora: &StateAurora{PromotedAt: &now}}
	}
	good := func() promotion { return promotion{State: state(), Token: "drain-1", Copy: "drain-1"} }
	for name, c := range map[string]struct {
		change func(*promotion)
		want   string
	}{
		"whole":          {func(*promotion) {}, "pass : promoted, with everything up to 0/C8"},
		"no drain":       {func(p *promotion) { p.State.Drain = nil }, "unknown : state.json has no drain"},
		"in recovery":    {func(p *promotion) { p.Recovery = true }, "fail : the target is in recovery: it is not promoted, or a reader"},
		"another server": {func(p *promotion) { p.Copy = "" }, "fail : the target does not have the marker: it is no copy of this source"},
		"opened":         {func(p *promotion) { p.Copy, p.State.Aurora.OpenedAt = "", &now }, "skip : the target was opened, and the marker is gone from it"},
		"too early":      {func(p *promotion) { p.Copy = "created" }, "fail : the target has not the marker of the drain: it was promoted before everything had arrived"},
		"marked since":   {func(p *promotion) { p.Token = "drain-2" }, "fail : the marker of the source is not the one of the drain in state.json: something was written after it"},
		"frozen anew":    {func(p *promotion) { p.State.Freeze.LSN = 300 }, "fail : the drain was of everything up to 0/C8, and the source was frozen anew at 0/12C"},
	} {
		t.Run(name, func(t *testing.T) {
			p := good()
			c.change(&p)
			require.Equal(t, []string{c.want}, spoken(p.judge()))
		})
	}
}

func TestJudgeOpened(t *testing.T) {
	require.Equal(t, []string{"pass : the target takes writes, the source does not"}, spoken(opened{Source: true}.judge()))
	require.Equal(t, []string{"fail target: it is frozen, as the source was when it was promoted"}, spoken(opened{Source: true, Target: true, ReadOnly: true}.judge()))
	require.Equal(t, []string{"fail target: transactions of its database are read-only by default"}, spoken(opened{Source: true, ReadOnly: true}.judge()))
	require.Equal(t, []string{"fail source: it is not frozen: two servers take writes"}, spoken(opened{}.judge()))
}

func TestJudgeOthers(t *testing.T) {
	for name, c := range map[string]struct {
		now     []counted
		then    map[string]int64
		ignored []string
		want    []string
	}{
		"alone":             {nil, map[string]int64{}, nil, []string{"pass"}},
		"the same":          {[]counted{{"crm", 7}, {"postgres", 3}}, map[string]int64{"crm": 7, "postgres": 3}, nil, []string{"pass"}},
		"written":           {[]counted{{"crm", 8}, {"postgres", 3}}, map[string]int64{"crm": 7, "postgres": 3}, nil, []string{"fail database crm"}},
		"in postgres":       {[]counted{{"crm", 7}, {"postgres", 4}}, map[string]int64{"crm": 7, "postgres": 3}, nil, []string{"fail database postgres"}},
		"statistics":        {[]counted{{"analyzed", 8}}, map[string]int64{"analyzed": 7}, nil, []string{"pass"}},
		"counters lost":     {[]counted{{"analyzed", 6}}, map[string]int64{"analyzed": 7}, nil, []string{"fail database analyzed"}},
		"one for the other": {[]counted{{"a", 8}, {"b", 6}}, map[string]int64{"a": 7, "b": 7}, nil, []string{"fail database a", "fail database b"}},
		"ignored":           {[]counted{{"crm", 8}, {"log", 90}}, map[string]int64{"crm": 8}, []string{"log"}, []string{"warn database log"}},
		"made":              {[]counted{{"crm", 8}}, map[string]int64{}, nil, []string{"fail database crm"}},
		"dropped":           {nil, map[string]int64{"crm": 8}, nil, []string{"fail database crm"}},
	} {
		var got []string
		for _, r := range judgeOthers(c.now, c.then, map[string]bool{"analyzed": true}, c.ignored) {
			got = append(got, strings.TrimSpace(string(r.Status)+" "+r.Subject))
		}
		require.Equal(t, c.want, got, name)
	}
	require.True(t, judgeOthers(nil, nil, nil, nil)[0].Undecided)
}

func TestJudgeInstance(t *testing.T) {
	require.Equal(t, []string{"pass : no other database, no prepared transaction, no logical slot that is read"}, spoken(instance{}.judge()))
	got := spoken(instance{Databases: []string{"crm"}, Prepared: 1, Slots: []string{"etl"}}.judge())
	require.Equal(t, []string{"fail prepared transactions: 1 prepared transaction: prepared on the promoted cluster as well", "warn slot etl: somebody reads it, and it does not come along",
		"warn database crm: it moves at the same moment, and no freeze of this bundle holds there"}, got)
}

func TestJudgeSameSettings(t *testing.T) {
	require.Equal(t, []string{"pass : the settings that an application notices are the same"}, spoken(judgeSameSettings(map[string]string{"TimeZone": "UTC"}, map[string]string{"TimeZone": "UTC"})))
	require.Equal(t, []string{`warn TimeZone: "UTC" on the source, "Europe/Berlin" on the replica`}, spoken(judgeSameSettings(map[string]string{"TimeZone": "UTC", "jit": "on"}, map[string]string{"TimeZone": "Europe/Berlin", "jit": "off"})))
}

func TestJudgeCopy(t *testing.T) {
	start := time.Now()
	source := &server{VersionNum: 150020, Version: "15.20", Database: "shop", StartTime: start, SystemIdentifier: "7"}
	for name, c := range map[string]struct {
		gate   Gate
		change func(*server)
		want   []string
	}{
		"a replica":            {CutoverReady, func(*server) {}, nil},
		"promoted too early":   {CutoverReady, func(s *server) { s.InRecovery = false }, []string{"fail target: it is not in recovery: no read replica, or one that was promoted"}},
		"promoted":             {Cutover, func(s *server) { s.InRecovery = false }, nil},
		"not promoted":         {Cutover, func(*server) {}, []string{"fail target: it is in recovery: not promoted, or a reader"}},
		"the source itself":    {Cutover, func(s *server) { s.StartTime, s.InRecovery = start, false }, []string{"fail target: it started at the very moment the source did: it is the same server"}},
		"another database":     {CutoverReady, func(s *server) { s.Database = "crm" }, []string{"fail target: connected to database crm, the database the plan was made for is shop"}},
		"another major":        {CutoverReady, func(s *server) { s.VersionNum, s.Version = 160004, "16.4" }, []string{"fail target: it runs PostgreSQL 16.4, the server the plan was made for runs 15"}},
		"a system of its own":  {CutoverReady, func(s *server) { s.SystemIdentifier = "8" }, nil},
		"after, still a copy":  {After, func(*server) {}, []string{"fail target: it is in recovery: not promoted, or a reader"}},
		"hidden identifier":    {CutoverReady, func(s *server) { s.SystemIdentifier = "" }, nil},
		"later minor versions": {CutoverReady, func(s *server) { s.VersionNum, s.Version = 150021, "15.21" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			target := *source
			target.StartTime, target.InRecovery = start.Add(time.Second), true
			c.change(&target)
			got := topology{Physical: true, Gate: c.gate, Source: source, Target: &target, PlannedSource: expectation{150020, "7", "shop"}, PlannedTarget: expectation{150020, "", "shop"}}
			require.Equal(t, c.want, spoken(got.judgeTarget()))
		})
	}
}

func TestJudgeAuroraState(t *testing.T) {
	now := time.Now()
	whole := State{Plan: "p", Drain: &StateDrain{LSN: 1, Token: "t"}, Aurora: &StateAurora{AvailableAt: &now, AskedAt: &now}}
	for _, gate := range []Gate{Preflight, CutoverReady, Cutover, After} {
		require.Equal(t, []string{"pass state: written by the scripts of this plan"}, spoken(judgeAuroraState(gate, "p", &whole)))
		require.Equal(t, Fail, judgeAuroraState(gate, "q", &whole)[0].Status)
	}
	require.Equal(t, Skip, judgeAuroraState(Preflight, "p", nil)[0].Status)
	require.Equal(t, Unknown, judgeAuroraState(CutoverReady, "p", nil)[0].Status)
	require.Equal(t, Pass, judgeAuroraState(Preflight, "p", &State{Plan: "p"})[0].Status)
	require.Equal(t, []string{"unknown state: state.json has no replica: 20-aurora/21-deploy.sh has not been run to its end"}, spoken(judgeAuroraState(After, "p", &State{Plan: "p"})))
	s := whole
	s.Drain = nil
	require.Equal(t, []string{"unknown state: state.json has no drain: 70-cutover/72-drain.sh has not been run to its end"}, spoken(judgeAuroraState(Cutover, "p", &s)))
}
