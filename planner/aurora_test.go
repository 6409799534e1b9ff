package planner

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner/hazard"
)

func promoting() Options {
	o := DefaultsFor(EnginePromote)
	o.Aurora.Source, o.Aurora.Cluster, o.Aurora.InstanceClass, o.Aurora.EngineVersion = "shop-db", "shop", "db.r6g.large", "15.20"
	return o
}

func TestAuroraVersionNum(t *testing.T) {
	for text, want := range map[string]int{"13.12": 130012, "9.6.22": 90622, "10.21": 100021, "17.0": 170000, "13": 0, "13.": 0, "13.12.1": 0, "9.5.1": 0, "x": 0, "": 0, "13.100": 0, "013.1": 0} {
		require.Equal(t, want, AuroraVersionNum(text), text)
	}
}

func TestAuroraOptions(t *testing.T) {
	require.NoError(t, promoting().check())
	for path, change := range map[string]func(*Options){
		"aurora":                        func(o *Options) { o.Aurora = nil },
		"aurora.source":                 func(o *Options) { o.Aurora.Source = "Shop" },
		"aurora.cluster":                func(o *Options) { o.Aurora.Cluster = strings.Repeat("a", 51) },
		"aurora.instance_class":         func(o *Options) { o.Aurora.InstanceClass = "r6g.large" },
		"aurora.reader_class":           func(o *Options) { o.Aurora.ReaderClass = "db.serverless" },
		"aurora.engine_version":         func(o *Options) { o.Aurora.EngineVersion = "15" },
		"aurora.readers":                func(o *Options) { o.Aurora.Readers = 16 },
		"aurora.backup_retention_days":  func(o *Options) { o.Aurora.BackupRetentionDays = 0 },
		"aurora.promotion_seconds":      func(o *Options) { o.Aurora.PromotionSeconds = 0 },
		"aurora.cluster_parameters.a b": func(o *Options) { o.Aurora.ClusterParameters = map[string]string{"a b": "1"} },
		"aurora.instance_parameters.x":  func(o *Options) { o.Aurora.InstanceParameters = map[string]string{"x": "{{resolve:ssm:y}}"} },
		"target.version":                func(o *Options) { o.Target.Version = 16 },
		"target.managed":                func(o *Options) { o.Target.Managed = "rds" },
		"tables.exclude":                func(o *Options) { o.Tables.Exclude = []string{"public.orders"} },
	} {
		o := promoting()
		change(&o)
		e, ok := errors.AsType[*OptionError](o.check())
		require.True(t, ok, path)
		require.Equal(t, path, e.Path)
	}
	// Names that are made from the cluster's must not be the source's.
	for _, source := range []string{"shop", "shop-1", "shop-16", "shop-cluster"} {
		o := promoting()
		o.Aurora.Source = source
		require.Error(t, o.check(), source)
	}
	o := Defaults()
	o.Aurora = promoting().Aurora
	require.ErrorContains(t, o.check(), "aurora: the engine is")
}

// A replica is a copy of everything: nothing is grouped, copied, built, deferred or set.
func TestPromotionPlan(t *testing.T) {
	inv := inventory(plain("cache", 1<<20), references(plain("lines", 1<<30), "orders"), withUnique(plain("orders", 1<<30)))
	inv.Server.VersionNum, inv.Server.Version, inv.Server.Managed = 150020, "15.20", "rds"
	inv.Tables[0].Unlogged = true
	o := promoting()
	o.Aurora.Readers = 2
	p, err := Make(inv, o, nil)
	require.NoError(t, err)
	require.Empty(t, p.Groups)
	require.Empty(t, p.Items)
	require.Empty(t, p.Builds)
	require.Empty(t, p.Deferred)
	require.Empty(t, p.Relaxed)
	require.Empty(t, p.Roles)
	require.Empty(t, p.Settings)
	require.Empty(t, p.DMS.Tasks)
	require.Equal(t, []string{"shop-2", "shop-3"}, p.Aurora.Readers)
	require.Equal(t, "aurora-postgresql15", p.Aurora.Family)
	require.Equal(t, Target{VersionNum: 150020, Managed: "aurora", Database: inv.Database.Name}, p.Target)
	handled := map[Handling]int{}
	for _, x := range p.Tables {
		handled[x.Handling]++
	}
	require.Equal(t, Structure, p.Tables[0].Handling, "unlogged: empty afterwards")
	require.Equal(t, len(p.Tables), handled[Physical]+handled[Structure])
	var phases []string
	for _, x := range p.Estimate.WriteStop.Phases {
		phases = append(phases, x.Name)
	}
	require.Equal(t, []string{StopFreeze, StopDrain, StopPromotion, StopLookOver, StopGate, StopOpen, StopSwitch}, phases)
	require.GreaterOrEqual(t, p.Estimate.WriteStop.Seconds, 1200.0)

	// What a dry run measured takes the place of the assumption.
	q, err := Make(inv, o, []Timing{{Kind: TimingPromotion, Seconds: 300}, {Kind: TimingPromotion, Seconds: 240}, {Kind: TimingReplica, Seconds: 5000}, {Kind: TimingReader, Seconds: 400},
		{Kind: "step", Step: "74-look-over", Seconds: 90}, {Kind: "step", Step: "75-open", Seconds: 4}})
	require.NoError(t, err)
	require.Equal(t, 300.0, q.Aurora.PromotionSeconds)
	require.Equal(t, 5000.0, *q.Aurora.ReplicaSeconds)
	require.Equal(t, 400.0, q.Aurora.ReaderSeconds)
	require.True(t, q.Estimate.WriteStop.Phases[2].Measured)
	require.Equal(t, []any{90.0, true, 4.0, true}, []any{*q.Estimate.WriteStop.Phases[3].Seconds, q.Estimate.WriteStop.Phases[3].Measured, *q.Estimate.WriteStop.Phases[5].Seconds, q.Estimate.WriteStop.Phases[5].Measured})

	o.Aurora.EngineVersion = "16.4"
	r, err := Make(inv, o, nil)
	require.NoError(t, err)
	codes := map[string]hazard.Severity{}
	for _, f := range r.Findings {
		codes[f.Code] = f.Severity
	}
	require.Equal(t, hazard.Error, codes["PR102"])
}
