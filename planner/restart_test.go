package planner

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func TestReferencedTable(t *testing.T) {
	for definition, want := range map[string]string{
		"FOREIGN KEY (call_id) REFERENCES public.calls(id)":                                `"public"."calls"`,
		`FOREIGN KEY ("a REFERENCES b.c", d) REFERENCES "Odd ""S"".x"."T y"(id) NOT VALID`: `"Odd ""S"".x"."T y"`,
		`FOREIGN KEY (a) REFERENCES größe."order"(id) ON DELETE CASCADE`:                   `"größe"."order"`,
		"FOREIGN KEY (a) REFERENCES calls(id)":                                             "",
		"CHECK (a > 0)":                                                                    "",
	} {
		n, ok := referenced(definition)
		require.Equal(t, want != "", ok, definition)
		if ok {
			require.Equal(t, want, n.SQL(), definition)
		}
	}
}

// pair is a plan of two groups, each with a table that has LOBs.
func pair(t *testing.T, change ...func(*Options)) Plan {
	inv := inventory(references(withLOB(bare("a"), "x", 100_000), "b"), withLOB(bare("b"), "y", 100_000), references(bare("c"), "a"))
	return plan(t, inv, append([]func(*Options){func(o *Options) {
		o.Slots.Count, o.Slots.Pin = 2, map[string]int{"public.a": 1, "public.b": 2, "public.c": 2}
	}}, change...)...)
}

func TestGroupOf(t *testing.T) {
	p := pair(t)
	for _, s := range []string{"2", "02", "dms_slot_02"} {
		g, err := p.GroupOf(s)
		require.NoError(t, err)
		require.Equal(t, 2, g.Number)
	}
	for _, s := range []string{"", "0", "3", "+2", "-2", "dms_slot_2", "dms_slot_02 "} {
		_, err := p.GroupOf(s)
		var unknown *GroupError
		require.ErrorAs(t, err, &unknown, s)
		require.Equal(t, "one of: dms_slot_01, dms_slot_02", unknown.Hint())
	}
	p.Groups = nil
	_, err := p.GroupOf("1")
	require.ErrorContains(t, err, "the plan has no slot")
}

func TestRestartOf(t *testing.T) {
	p := pair(t)
	r := p.RestartOf(p.Groups[0])
	require.Len(t, r.Items, 1)
	require.Equal(t, []analyze.Name{name("a")}, r.Items[0].Tables)
	require.Equal(t, []Reference{{"a_b_fkey", name("a"), name("b"), 2}, {"c_a_fkey", name("c"), name("a"), 2}}, r.References)
	require.Greater(t, r.PauseSeconds, r.LoadSeconds)
	require.Empty(t, p.RestartOf(Group{Number: 3}).Items)

	// What two workers share takes half as long as what one does, and larger indexes take longer.
	big := func(workers int, index int64) float64 {
		x, y := plain("x", 1<<30), plain("y", 1<<30)
		q := plan(t, inventory(x, y), func(o *Options) { o.Load.Workers, o.Slots.Count, o.Load.SplitBytes = workers, 1, 1<<40 })
		for i := range q.Tables {
			q.Tables[i].IndexBytes = index
		}
		return q.RestartOf(q.Groups[0]).LoadSeconds
	}
	require.InDelta(t, 2*big(2, 0), big(1, 0), 0.5)
	require.Greater(t, big(1, 1<<30), big(1, 0))
}

func TestSucceed(t *testing.T) {
	running := pair(t)
	margins := func(table string, m float64) func(*Options) {
		return func(o *Options) { o.LOB.Margins = map[string]float64{table: m} }
	}
	for what, x := range map[string]struct {
		slot    string
		change  func(*Options)
		changes []string // setting: from → to
		differs string   // empty: it may succeed
	}{
		"the same":             {"1", func(*Options) {}, nil, ""},
		"a larger limit":       {"1", margins("public.a", 9), []string{"limit of LOBs: 296 kB → 1760 kB"}, ""},
		"of the other slot":    {"2", margins("public.a", 9), nil, `dms.tasks[0] ("shop-dms-slot-01").lob_max_kb: 296 in the running plan, 1760 in the new one`},
		"for all slots":        {"1", func(o *Options) { o.LOB.Margin = 9 }, nil, `dms.tasks[1] ("shop-dms-slot-02").lob_max_kb: 296 in the running plan, 1760 in the new one`},
		"no limit":             {"1", margins("public.a", 1e6), []string{"limit of LOBs: 296 kB → 32 kB", "LOBs looked up on the source: none → public.a", "changes are applied: in batches → row by row"}, ""},
		"truncation accepted":  {"1", func(o *Options) { o.LOB.Truncate = []string{"public.a"} }, []string{"limit of LOBs: 296 kB → 64 kB", "a LOB over the limit: the task stops → the value is cut"}, ""},
		"another group":        {"1", func(o *Options) { o.Slots.Pin["public.c"] = 1 }, nil, "(public.c).group: 2 in the running plan, 1 in the new one"},
		"another load":         {"1", func(o *Options) { o.Load.Workers++ }, nil, "options.load.workers"},
		"another policy":       {"1", func(o *Options) { o.CDC.OnError = OnErrorSuspend }, nil, "options.cdc.on_error"},
		"another instance":     {"1", func(o *Options) { o.CDC.InstanceClass = "dms.t3.medium" }, nil, "dms.instance.class"},
		"the instance by name": {"1", func(o *Options) { o.CDC.InstanceClass = running.DMS.Instance.Class }, nil, ""},
	} {
		t.Run(what, func(t *testing.T) {
			changes, err := Succeed(running, pair(t, x.change), x.slot)
			if x.differs != "" {
				var refused *SuccessorError
				require.ErrorAs(t, err, &refused)
				require.ErrorContains(t, err, x.differs)
				return
			}
			require.NoError(t, err)
			var got []string
			for _, c := range changes {
				got = append(got, c.Setting+": "+c.From+" → "+c.To)
				require.NotEmpty(t, c.Reason)
			}
			require.Equal(t, x.changes, got)
		})
	}
	other := pair(t)
	other.Inventory = "of another day"
	_, err := Succeed(running, other, "1")
	require.ErrorContains(t, err, "inventory: ")
	other = pair(t)
	other.Tables = other.Tables[1:]
	_, err = Succeed(running, other, "1")
	require.ErrorContains(t, err, "tables: 3 in the running plan, 2 in the new one")
	native := running
	native.Options.Engine = EngineNative
	_, err = Succeed(native, native, "1")
	require.ErrorContains(t, err, "native has no tasks")
	_, err = Succeed(running, other, "9")
	require.ErrorContains(t, err, "the plan has no slot")
}
