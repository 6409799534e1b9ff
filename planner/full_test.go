package planner

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// fullInventory is a database whose source has no pglogical.
func fullInventory(tables ...analyze.Table) analyze.Inventory {
	inv := inventory(tables...)
	for i := range inv.Settings {
		if inv.Settings[i].Name == "shared_preload_libraries" {
			inv.Settings[i].Value = ""
		}
	}
	return inv
}

func makeFull(t *testing.T, inv analyze.Inventory, change func(*Options)) Plan {
	t.Helper()
	o := DefaultsFor(EngineDMSFull)
	if change != nil {
		change(&o)
	}
	p, err := Make(inv, o, nil)
	require.NoError(t, err)
	require.NoError(t, p.Validate())
	require.Len(t, p.Full.Tasks, len(p.Groups))
	return p
}

// withBounds gives the key of a table a histogram of so many equal parts.
func withBounds(t analyze.Table, parts int) analyze.Table {
	for i := range parts + 1 {
		t.Columns[0].Bounds = append(t.Columns[0].Bounds, strconv.Itoa(i*1000))
	}
	return t
}

func has(p Plan, code string) bool {
	return slices.ContainsFunc(p.Findings, func(f hazard.Finding) bool { return f.Code == code })
}

func TestFullLoadIsPlanned(t *testing.T) {
	big := withRate(withBounds(plain("big", 64<<30), 100), 50)
	big.Indexes = append(big.Indexes, analyze.Index{
		Name: "big_created_at_idx", Definition: "CREATE INDEX big_created_at_idx ON public.big USING btree (created_at)", Method: "btree",
		Valid: true, Ready: true, Immediate: true, KeyColumns: []string{"created_at"}, Sorted: 1, Bytes: ptr(int64(1 << 30)),
	})
	big.Columns[1].NotNull = true
	small := withUnique(withRate(plain("small", 1<<20), 1))
	p := makeFull(t, fullInventory(big, small), nil)

	require.Equal(t, "dms_full_01", p.Groups[0].Slot)
	require.Equal(t, "shop-dms-full-01", p.DMS.Tasks[0].Identifier)
	require.Empty(t, p.DMS.TrimReason)
	require.Equal(t, PluginTestDecoding, p.Full.Plugin)
	require.Equal(t, 8*len(p.Groups), p.Full.Sessions)
	require.Equal(t, []NotNull{{name("big"), "note", p.Relaxed[0].Reason}}, p.Relaxed)

	// Ranges are of the key, whatever the version; the small table is whole, and none shares a piece with another.
	parts := 0
	for _, it := range p.Items {
		require.Len(t, it.Tables, 1)
		if it.Tables[0] == name("big") {
			parts++
			require.Equal(t, ByKey, it.Range.By)
			require.Equal(t, []KeyColumn{{"id", "bigint"}}, it.Range.Key)
		} else {
			require.Nil(t, it.Range)
		}
	}
	require.Equal(t, 8, parts)
	require.Equal(t, 1, p.Full.Tasks[p.Tables[0].Group-1].Parallel)

	// Keys are built first, on the empty tables; everything else when the rows are there.
	var early, late []string
	for _, b := range p.Builds {
		if b.BeforeLoad {
			early = append(early, string(b.Kind)+" "+b.Name)
			require.Empty(t, late, "before what waits for the load")
			for _, n := range b.Needs {
				require.True(t, p.Builds[n-1-len(p.Items)].BeforeLoad)
			}
			continue
		}
		late = append(late, string(b.Kind)+" "+b.Name)
		require.True(t, slices.ContainsFunc(b.Needs, func(n int) bool { return n <= len(p.Items) }), "waits for rows")
	}
	require.ElementsMatch(t, []string{"index big_pkey", "constraint big_pkey", "index small_pkey", "constraint small_pkey"}, early)
	require.ElementsMatch(t, []string{"index big_created_at_idx", "index small_note_key", "constraint small_note_key", "analyze ", "analyze "}, late)

	e := p.Estimate
	require.Zero(t, e.PauseSeconds)
	require.Nil(t, e.ReplicaWALBytes)
	require.Greater(t, e.CopySeconds, 64.0*(1<<30)/10e6/8)
	require.Greater(t, e.BuildSeconds, 1.0*(1<<30)/60e6)
	require.NotNil(t, e.CatchUpSeconds)
	require.Less(t, float64(*e.SourceWALBytes), 1e6*(e.CopySeconds+e.BuildSeconds+3600+*e.CatchUpSeconds+1))

	again, err := MakeAfterPlan(p, fullInventory(big, small))
	require.NoError(t, err)
	require.Equal(t, p, again)
}

// MakeAfterPlan plans again with the configuration of a plan.
func MakeAfterPlan(p Plan, inv analyze.Inventory) (Plan, error) {
	again, _, err := MakeAfter(p, inv, p.Options, nil)
	return again, err
}

// A table is read in ranges only where AWS DMS has a rule for it: by a whole number that is never NULL and that an index begins with.
func TestWhatIsReadInRanges(t *testing.T) {
	big := func() analyze.Table { return withRate(withBounds(plain("big", 64<<30), 100), 1) }
	change := func(f func(*analyze.Table)) analyze.Table {
		x := big()
		f(&x)
		return x
	}
	for what, x := range map[string]struct {
		table analyze.Table
		parts int
		why   string
	}{
		"a bigint":             {big(), 8, ""},
		"an integer, too":      {change(func(t *analyze.Table) { t.Columns[0].Type, t.Columns[0].BaseType = "integer", "int4" }), 8, ""},
		"without a histogram":  {plain("big", 64<<30), 1, "there are no statistics of id"},
		"one that may be NULL": {change(func(t *analyze.Table) { t.Columns[0].NotNull = false }), 1, "its primary key begins with none"},
		"a number that is not whole": {change(func(t *analyze.Table) {
			t.Columns[0].Type, t.Columns[0].BaseType = "double precision", "float8"
		}), 1, "its primary key begins with none"},
		"a text": {change(func(t *analyze.Table) { t.Columns[0].Type, t.Columns[0].BaseType = "text", "text" }), 1, "its primary key begins with none"},
		"no key": {withoutKey(big()), 1, "its primary key begins with none"},
		"% in names": {change(func(t *analyze.Table) {
			t.Name.Name = "b%g"
			t.Indexes[0].Definition = `CREATE UNIQUE INDEX big_pkey ON public."b%g" USING btree (id)`
		}), 1, "a table with % in its name"},
		"the first column of several": {change(func(t *analyze.Table) {
			t.Columns[2].Bounds = []string{"2020-01-01 00:00:00+00", "2026-01-01 00:00:00+00"}
			x := &t.Indexes[0]
			x.KeyColumns, x.Sorted, x.Definition = []string{"id", "created_at"}, 2, "CREATE UNIQUE INDEX big_pkey ON public.big USING btree (id, created_at)"
			t.Constraints[0].Definition = "PRIMARY KEY (id, created_at)"
		}), 8, ""},
	} {
		t.Run(what, func(t *testing.T) {
			inv := fullInventory(x.table, plain("small", 1<<20))
			p := makeFull(t, inv, func(o *Options) { o.Slots.Count = 1 })
			parts, reason := 0, ""
			for _, it := range p.Items {
				if it.Tables[0] == x.table.Name {
					parts, reason = parts+1, it.Reason
					if it.Range != nil {
						require.Len(t, it.Range.Key, 1)
					}
				}
			}
			require.Equal(t, x.parts, parts, reason)
			require.Contains(t, reason, x.why)
			require.Equal(t, x.parts == 1, has(p, "CP108"), "a large table in one piece is told of")
		})
	}
}

func TestPluginOfTheFullLoad(t *testing.T) {
	table := withRate(plain("a", 1<<20), 1)
	with := func(plugin string) func(*Options) { return func(o *Options) { o.Full.Plugin = plugin } }
	preload := func(p Plan) bool {
		return slices.ContainsFunc(p.Settings, func(s SettingChange) bool { return s.Name == "shared_preload_libraries" })
	}
	there := inventory(table) // preloaded
	there.Extensions = []analyze.Extension{{Name: "pglogical", Version: "2.4.4"}}
	there.Replication.Pglogical = &analyze.Pglogical{Version: "2.4.4"}

	p := makeFull(t, there, nil)
	require.Equal(t, PluginPglogical, p.Full.Plugin)
	require.False(t, preload(p))
	p = makeFull(t, there, with(PluginTestDecoding))
	require.Equal(t, PluginTestDecoding, p.Full.Plugin)
	require.Equal(t, "As configured.", p.Full.PluginReason)
	p = makeFull(t, fullInventory(table), nil)
	require.Equal(t, PluginTestDecoding, p.Full.Plugin)
	require.False(t, preload(p), "no restart for a library that nothing needs")
	require.False(t, has(p, "EX103"))
	p = makeFull(t, fullInventory(table), with(PluginPglogical))
	require.True(t, preload(p))
	require.True(t, has(p, "EX103"))

	// Its JSON cannot carry every name, test_decoding's text can. REPLICA IDENTITY FULL is the other way round.
	quoted, whole := table, table
	quoted.Columns = append(slices.Clone(table.Columns), column(4, `a"b`, "bigint"))
	whole.ReplicaIdentity = "full"
	for _, x := range []struct {
		table analyze.Table
		code  string
	}{{quoted, "ID107"}, {whole, "ID103"}} {
		require.True(t, has(makeFull(t, fullInventory(x.table), with(PluginPglogical)), x.code))
		require.False(t, has(makeFull(t, fullInventory(x.table), nil), x.code))
	}
	require.Equal(t, Replicate, makeFull(t, fullInventory(whole), nil).Tables[0].Handling)
	require.Equal(t, []string{"id"}, makeFull(t, fullInventory(whole), nil).Tables[0].Key)
	require.Equal(t, InsertsOnly, makeFull(t, fullInventory(whole), with(PluginPglogical)).Tables[0].Handling)
	keyless := withoutKey(whole)
	p = makeFull(t, fullInventory(keyless), nil)
	require.Equal(t, InsertsOnly, p.Tables[0].Handling)
	require.True(t, has(p, "ID101"))
	require.True(t, has(p, "FL101"), "its rows may arrive twice")
}

// What AWS DMS reads through its parent is there twice, so an empty parent is not loaded.
func TestParentsOfInheritance(t *testing.T) {
	parent, child := plain("parent", 0), withRate(plain("child", 1<<20), 1)
	parent.HasChildren, child.Parents = true, []analyze.Name{name("parent")}
	p := makeFull(t, fullInventory(parent, child), nil)
	require.Equal(t, Structure, p.Tables[1].Handling)
	require.True(t, has(p, "FL102"))
	parent.HeapBytes = ptr(int64(8192))
	p = makeFull(t, fullInventory(parent, child), nil)
	require.Equal(t, Replicate, p.Tables[1].Handling)
	i := slices.IndexFunc(p.Findings, func(f hazard.Finding) bool { return f.Code == "FL102" })
	require.Equal(t, hazard.Error, p.Findings[i].Severity)
}

func TestSettingsOfTheFullLoad(t *testing.T) {
	table := withRate(plain("a", 1<<20), 1)
	timeout := func(version int, value string) string {
		inv := fullInventory(table)
		inv.Server.VersionNum, inv.Server.Version = version, ""
		inv.Settings = append(inv.Settings, analyze.Setting{Name: "wal_sender_timeout", Value: value})
		for _, s := range makeFull(t, inv, nil).Settings {
			if s.Name == "wal_sender_timeout" {
				return s.To
			}
		}
		return ""
	}
	require.Equal(t, "0", timeout(110022, "30000"))
	require.Empty(t, timeout(110022, "0"))
	require.Empty(t, timeout(130012, "30000"), "the role has a value of its own")

	inv := fullInventory(table)
	inv.Server.Managed = "rds"
	inv.Settings[slices.IndexFunc(inv.Settings, func(s analyze.Setting) bool { return s.Name == "wal_level" })].Value = "replica"
	inv.Target = &analyze.Target{Server: analyze.Server{VersionNum: 160003}, Settings: []analyze.Setting{{Name: "max_connections", Value: "20"}}}
	p := makeFull(t, inv, func(o *Options) { o.Full.SubTasks = 16 })
	var names []string
	for _, s := range p.Settings {
		names = append(names, s.On+" "+s.Name+" "+s.To)
	}
	require.Equal(t, []string{"source rds.logical_replication 1", "target max_connections 36"}, names)
}

// LOBs of a size that does not fit the memory of the instance have fewer rows written at a time.
func TestCommitRate(t *testing.T) {
	rate := func(change func(*Options), tables ...analyze.Table) FullTask {
		p := makeFull(t, fullInventory(tables...), func(o *Options) {
			o.Slots.Count = 1
			if change != nil {
				change(o)
			}
		})
		return p.Full.Tasks[0]
	}
	require.Equal(t, 10_000, rate(nil, bare("a")).CommitRate)
	require.Contains(t, rate(nil, bare("a")).CommitReason, "no table of the task has LOBs")
	require.Equal(t, 10_000, rate(nil, withLOB(bare("a"), "x", 100)).CommitRate)
	large := rate(nil, withLOB(bare("a"), "x", 1<<20), withLOB(bare("b"), "x", 1<<20))
	require.Less(t, large.CommitRate, 2000)
	require.GreaterOrEqual(t, large.CommitRate, lobRows)
	require.Contains(t, large.CommitReason, "Lowered from 10000")
	one := rate(func(o *Options) { o.Full.SubTasks = 1 }, withLOB(bare("a"), "x", 1<<20), withLOB(bare("b"), "x", 1<<20))
	require.Greater(t, one.CommitRate, large.CommitRate, "one table at a time")
	few := rate(func(o *Options) { o.CDC.InstanceClass = "dms.c6i.xlarge" }, withLOB(bare("a"), "x", 30<<20))
	require.Less(t, few.CommitRate, lobRows)
	require.Contains(t, few.CommitReason, "Lowered from 10000")
	none := makeFull(t, fullInventory(withLOB(bare("a"), "x", 30<<20)), func(o *Options) { o.CDC.InstanceClass = "dms.c6i.large" })
	require.Equal(t, leastCommitRate, none.Full.Tasks[0].CommitRate)
	require.Contains(t, none.Full.Tasks[0].CommitReason, "does not fit")
	require.True(t, has(none, "FL109"))
	unknown := rate(func(o *Options) { o.CDC.InstanceClass = "dms.t3.medium" }, withLOB(bare("a"), "x", 1<<20))
	require.Equal(t, 10_000, unknown.CommitRate)
	require.Contains(t, unknown.CommitReason, "is not known here")
	for class, gb := range map[string]int{"dms.r6i.large": 16, "dms.r5.xlarge": 32, "dms.r6i.12xlarge": 384, "dms.c6i.2xlarge": 16, "dms.t3.medium": 0, "dms.r6i.metal": 0} {
		require.Equal(t, gb, classMemory(class), class)
	}
}

func TestLOBsThatAreLookedUpTakeLong(t *testing.T) {
	seconds := func(bytes int64) float64 {
		return makeFull(t, fullInventory(withRate(withLOB(plain("a", 1<<30), "x", bytes), 1)), nil).Estimate.CopySeconds
	}
	require.Greater(t, seconds(-1), 20*seconds(100))
}

// Ranges are queries of their own, hours apart. A row may not move between them, nor may a second key see what comes and goes in between.
func TestRangesHoldStill(t *testing.T) {
	ranges := func(change func(*analyze.Table), options func(*Options)) (n int, key []KeyColumn, reason string) {
		big := withRate(withBounds(plain("big", 64<<30), 100), 50)
		change(&big)
		p := makeFull(t, fullInventory(big), options)
		for _, it := range p.Items {
			reason = it.Reason
			if it.Range != nil {
				n, key = n+1, it.Range.Key
			}
		}
		return n, key, reason
	}
	spread := func(t *analyze.Table) { // a key whose rows lie all over the table, beside a column that is in order and changes
		state := t.Columns[0]
		state.Name, state.Correlation = "state", ptr(1.0)
		t.Columns[0].Correlation = ptr(0.01)
		t.Columns = append(t.Columns, state)
		t.Indexes = append(t.Indexes, analyze.Index{
			Name: "big_state_idx", Definition: "CREATE INDEX big_state_idx ON public.big USING btree (state)", Method: "btree",
			Valid: true, Ready: true, Immediate: true, KeyColumns: []string{"state"}, Sorted: 1, Bytes: ptr(int64(1 << 30)),
		})
	}
	n, key, _ := ranges(spread, nil)
	require.Equal(t, 8, n)
	require.Equal(t, []KeyColumn{{"id", "bigint"}}, key, "never by a column that may be updated")

	unique := func(t *analyze.Table) { *t = withUnique(*t) }
	n, _, reason := ranges(unique, nil)
	require.Zero(t, n)
	require.Contains(t, reason, "big_note_key")
	n, _, _ = ranges(unique, func(o *Options) { o.Unique = UniqueDefer })
	require.Equal(t, 8, n, "the other key comes back at the cutover")
}

// emptiedAurora are options for an Aurora read replica that is promoted and emptied.
func emptiedAurora() Options {
	o, aurora := DefaultsFor(EngineDMSFull), DefaultAurora()
	aurora.Source, aurora.Cluster, aurora.InstanceClass, aurora.EngineVersion = "shop-db", "shop", "db.r6g.xlarge", "15.4"
	o.Full.Schema, o.Aurora = SchemaReplica, &aurora
	return o
}

// The replica that is emptied is planned like one that is cut over to, with what the source keeps for it; a target is not looked for.
func TestEmptiedReplicaIsPlanned(t *testing.T) {
	inv := fullInventory(withRate(plain("a", 1<<30), 1))
	inv.Server.Managed, inv.Database.Bytes = "rds", new(int64(100<<30))
	p := makeFull(t, inv, func(o *Options) {
		*o = emptiedAurora()
		o.WAL.BytesPerSecond = new(int64(1_000_000))
		o.WAL.SourceFreeBytes = new(int64(1 << 30))
	})
	require.Equal(t, "shop-1", p.Aurora.Writer)
	require.Equal(t, Target{VersionNum: 150004, Managed: "aurora", Database: inv.Database.Name}, p.Target)
	require.True(t, has(p, "PR104"))
	require.True(t, has(p, "PR114"), "the WAL of the replica does not fit")
	require.Contains(t, p.Full.SchemaReason, "promoted and emptied")
	for _, r := range p.Aurora.Reasons {
		require.NotContains(t, r.Why, "dry-run", "there is none")
	}
	inv.Server.Managed = ""
	require.True(t, has(makeFull(t, inv, func(o *Options) { *o = emptiedAurora() }), "PR101"))
	require.False(t, has(makeFull(t, inv, nil), "PR104"), "no replica is made")
}

func TestOptionsOfTheFullLoad(t *testing.T) {
	for what, change := range map[string]func(*Options){
		"full: nothing says":           func(o *Options) { o.Full = nil },
		"full: the engine is \"dms\"":  func(o *Options) { o.Engine = EngineDMS },
		"full.schema: unknown":         func(o *Options) { o.Full.Schema = "" },
		"aurora: nothing says":         func(o *Options) { o.Full.Schema = SchemaReplica },
		"aurora: no replica is made":   func(o *Options) { o.Aurora = emptiedAurora().Aurora },
		"aurora.readers: they would":   func(o *Options) { *o = emptiedAurora(); o.Aurora.Readers = 1 },
		"aurora.engine_version":        func(o *Options) { *o = emptiedAurora(); o.Aurora.EngineVersion = "13" },
		"target.managed: is \"rds\"":   func(o *Options) { *o = emptiedAurora(); o.Target.Managed = "rds" },
		"full.sub_tasks":               func(o *Options) { o.Full.SubTasks = 50 },
		"full.commit_rate":             func(o *Options) { o.Full.CommitRate = 50_001 },
		"full.consistency_seconds":     func(o *Options) { o.Full.ConsistencySeconds = -1 },
		"full.plugin":                  func(o *Options) { o.Full.Plugin = "pgoutput" },
		"cdc.trim_slots":               func(o *Options) { o.CDC.TrimSlots = true },
		"native: the engine is \"dms-": func(o *Options) { o.Native = &NativeOptions{} },
	} {
		o := DefaultsFor(EngineDMSFull)
		change(&o)
		_, err := Make(fullInventory(bare("a")), o, nil)
		require.ErrorContains(t, err, what)
		require.ErrorAs(t, err, new(*OptionError))
	}
}

// A plan whose part about the full load does not fit the rest is refused, with the place.
func TestValidateFullLoad(t *testing.T) {
	for where, spoil := range map[string]func(*Plan){
		"full: is for the engine":    func(p *Plan) { p.Full = nil },
		"full.plugin":                func(p *Plan) { p.Full.Plugin = "pgoutput" },
		"full.tasks: there are 0":    func(p *Plan) { p.Full.Tasks = nil },
		"full.tasks[0]: is of group": func(p *Plan) { p.Full.Tasks[0].Group = 2 },
		"full.tasks[0]: rows":        func(p *Plan) { p.Full.Tasks[0].CommitRate = 0 },
		"ranges of one whole number": func(p *Plan) { p.Items[0].Range.Key[0].Type = "text" },
		"which is not": func(p *Plan) {
			p.Builds[slices.IndexFunc(p.Builds, func(b Build) bool { return b.Kind == BuildConstraint })].Needs = []int{1}
		},
		"only keys are built before": func(p *Plan) { p.Builds[len(p.Builds)-1].BeforeLoad = true },
	} {
		p := makeFull(t, fullInventory(withRate(withBounds(plain("big", 64<<30), 100), 1)), nil)
		spoil(&p)
		require.ErrorContains(t, p.Validate(), where)
	}
}

// What AWS DMS took for a full load is a rate of its own: copies of another engine tell nothing of it, and it tells them nothing.
func TestFullLoadByMeasuredRates(t *testing.T) {
	inv := fullInventory(withRate(plain("big", 1<<30), 50))
	took := func(engine string, kind string) float64 {
		p, err := Make(inv, DefaultsFor(engine), []Timing{{Kind: kind, Table: name("big"), Bytes: 1 << 30, Seconds: 100_000}})
		require.NoError(t, err)
		return p.Estimate.CopySeconds
	}
	require.Greater(t, took(EngineDMSFull, TimingFullLoad), took(EngineDMSFull, "copy"))
	require.Equal(t, took(EngineDMSFull, "copy"), took(EngineDMSFull, "index"))
	require.Equal(t, took(EngineDMS, TimingFullLoad), took(EngineDMS, "index"))
}
