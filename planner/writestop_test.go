package planner

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

// phase is a phase of a plan's write stop, nil where it has none of that name.
func (w WriteStop) phase(name string) *Phase {
	for i := range w.Phases {
		if w.Phases[i].Name == name {
			return &w.Phases[i]
		}
	}
	return nil
}

func stopOf(t *testing.T, inv analyze.Inventory, o Options, timings ...Timing) WriteStop {
	t.Helper()
	p, err := Make(inv, o, timings)
	require.NoError(t, err)
	sum := 0.0
	for _, x := range p.Estimate.WriteStop.Phases {
		require.True(t, strings.HasSuffix(x.Reason, "."), x.Reason)
		if x.Seconds != nil {
			sum += *x.Seconds
		}
	}
	require.InDelta(t, sum, p.Estimate.WriteStop.Seconds, 0.01)
	return p.Estimate.WriteStop
}

// TestWriteStop takes one database whose parts decide about one phase each.
func TestWriteStop(t *testing.T) {
	const gb = int64(1_000_000_000)
	big := withRate(plain("big", 100*gb), 10) // a thousand million rows
	big.Columns[1].NotNull = true
	seconds := func(w WriteStop, name string) float64 {
		x := w.phase(name)
		require.NotNil(t, x, name)
		require.NotNil(t, x.Seconds, name)
		return *x.Seconds
	}

	w := stopOf(t, inventory(big), Defaults())
	require.InDelta(t, 500, seconds(w, StopNotNull), 2, "100 GB at 200 MB/s")
	require.InDelta(t, 500+13, seconds(w, StopGate), 2)
	require.InDelta(t, 60, seconds(w, StopDrain), 2, "two batches that wait for their end")
	require.NotNil(t, w.phase(StopTasks))
	require.Nil(t, w.phase(StopForeignKeys), "there are none")
	require.Equal(t, []string{StopSwitch}, w.Open())
	require.True(t, strings.HasSuffix(w.String(), " plus the switch of the application"), w.String())

	w = stopOf(t, inventory(big), nativeOptions())
	require.Nil(t, w.phase(StopNotNull), "rows come whole")
	require.Nil(t, w.phase(StopTasks))
	require.Less(t, seconds(w, StopDrain), 5.0)
	require.InDelta(t, 500+3, seconds(w, StopGate), 2)

	// A foreign key looks its rows up: that takes longer than reading them.
	w = stopOf(t, inventory(references(big, "small"), plain("small", gb)), nativeOptions())
	require.InDelta(t, 1000, seconds(w, StopForeignKeys), 5)
	require.Contains(t, strings.Join(w.Shorter, ""), "--ahead", "and can be done before")
	w = stopOf(t, inventory(references(big, "small"), plain("small", gb)), Defaults())
	require.InDelta(t, 1000, seconds(w, StopForeignKeys), 5)
	require.NotContains(t, strings.Join(w.Shorter, ""), "--ahead", "not with AWS DMS")
	// Two tables side by side; two keys of one table one after the other.
	w = stopOf(t, inventory(references(big, "small"), plain("small", gb), references(plain("other", 100*gb), "small")), nativeOptions())
	require.InDelta(t, 1000, seconds(w, StopForeignKeys), 5)
	w = stopOf(t, inventory(references(references(big, "small"), "other"), plain("small", gb), plain("other", gb)), nativeOptions())
	require.InDelta(t, 2000, seconds(w, StopForeignKeys), 5)
	// What is looked at after the switch takes no time before it.
	after := Defaults()
	after.Cutover.Validate = ValidateAfter
	w = stopOf(t, inventory(references(big, "small"), plain("small", gb)), after)
	require.Less(t, seconds(w, StopForeignKeys), 2.0)
	require.Less(t, seconds(w, StopNotNull), 2.0)
	require.NotContains(t, strings.Join(w.Shorter, ""), "cutover.validate")
	w = stopOf(t, inventory(references(big, "small"), plain("small", gb)), Defaults())
	require.Len(t, strings.Split(strings.Join(w.Shorter, ""), "cutover.validate: after"), 3, "for foreign keys and for NOT NULLs")
	after.Target.Version = 11 // where the CHECK spares no scan
	w = stopOf(t, inventory(big), after)
	require.InDelta(t, 500, seconds(w, StopNotNull), 2)
	require.NotContains(t, strings.Join(w.Shorter, ""), "cutover.validate")
	// One that was never validated is added and left so.
	not := references(big, "small")
	not.Constraints[len(not.Constraints)-1].Validated = false
	require.Less(t, seconds(stopOf(t, inventory(not, plain("small", gb)), Defaults()), StopForeignKeys), 2.0)

	// Deferred unique keys are built; others were during the load.
	unique := withUnique(big)
	unique.Indexes[len(unique.Indexes)-1].Bytes = ptr(6 * gb)
	deferred := Defaults()
	deferred.Unique = UniqueDefer
	w = stopOf(t, inventory(unique), deferred)
	require.InDelta(t, 100, seconds(w, StopUnique), 2, "6 GB at 60 MB/s")
	require.Contains(t, strings.Join(w.Shorter, ""), "unique: keep")
	require.Nil(t, stopOf(t, inventory(unique), Defaults()).phase(StopUnique))

	// What nobody knows is not guessed.
	inv := inventory(plain("small", gb))
	inv.Views = []analyze.View{{Name: name("m"), Materialized: true, Populated: true, Definition: " SELECT 1;"}}
	w = stopOf(t, inv, Defaults())
	require.Equal(t, []string{StopMatviews, StopSwitch}, w.Open())
	require.True(t, strings.HasPrefix(w.String(), "at least "), w.String())
	// An application that outruns its stream is never drained.
	fast := withRate(plain("fast", gb), 10_000_000)
	w = stopOf(t, inventory(fast), Defaults())
	require.Contains(t, w.Open(), StopDrain)
	require.Contains(t, w.phase(StopDrain).Reason, "CP105")
	// Without a sample a minute's changes may be left.
	slow := inventory(plain("small", gb))
	slow.Sample = nil
	for i := range slow.Tables {
		slow.Tables[i].Rates = nil
	}
	require.InDelta(t, 62, seconds(stopOf(t, slow, nativeOptions()), StopDrain), 1)

	// An empty database is frozen, and switched.
	w = stopOf(t, inventory(), Defaults())
	require.Nil(t, w.phase(StopDrain))
	require.Nil(t, w.phase(StopTasks))
}

// TestMeasuredWriteStop lets steps that ran before stand in for the estimate.
func TestMeasuredWriteStop(t *testing.T) {
	inv := inventory(references(withRate(plain("big", 100_000_000_000), 10), "small"), plain("small", 1_000_000))
	inv.Views = []analyze.View{{Name: name("m"), Materialized: true, Populated: true, Definition: " SELECT 1;"}}
	step := func(name string, seconds float64) Timing { return Timing{Kind: "step", Step: name, Seconds: seconds} }
	w := stopOf(t, inv, Defaults(), step("71-freeze", 7), step("72-drain", 8), step("74-constraints", 2), step("74-constraints", 321), step("74-constraints", 1), step("56-stop", 9))
	for name, want := range map[string]float64{StopFreeze: 7, StopDrain: 8, StopTasks: 9, StopConstraints: 321} {
		x := w.phase(name)
		require.NotNil(t, x, name)
		require.True(t, x.Measured, name)
		require.InDelta(t, want, *x.Seconds, 0.01, name)
	}
	for _, name := range []string{StopForeignKeys, StopMatviews, StopNotNull} {
		require.Nil(t, w.phase(name), "part of what was measured")
	}
	require.False(t, w.phase(StopGate).Measured)
	require.Equal(t, []string{StopSwitch}, w.Open())
	require.Contains(t, strings.Join(w.Shorter, ""), "cutover.validate: after")

	// A run that read no large table tells nothing of one that does.
	after := Defaults()
	after.Cutover.Validate = ValidateAfter
	require.Nil(t, stopOf(t, inv, after, step("74-constraints", 321)).phase(StopConstraints))
	require.Nil(t, stopOf(t, inv, Defaults(), step("74-constraints-after", 4)).phase(StopConstraints))
	x := stopOf(t, inv, after, step("74-constraints-after", 4)).phase(StopConstraints)
	require.NotNil(t, x)
	require.Contains(t, x.Reason, "an earlier run of 74-constraints.sh took 4 s")
}

// TestPartitionedKeys: before version 18 a foreign key of a partitioned table looks at all of its partitions when it is added.
func TestPartitionedKeys(t *testing.T) {
	parent := references(plain("parted", 0), "small")
	parent.Kind, parent.PartitionKey, parent.HasChildren = analyze.Partitioned, "RANGE (id)", true
	parent.Indexes, parent.EstimatedRows = nil, nil
	parent.Constraints = parent.Constraints[1:]
	child := func(n string) analyze.Table {
		x := plain(n, 10_000_000_000)
		x.IsPartition, x.Parents = true, []analyze.Name{name("parted")}
		return x
	}
	inv := inventory(parent, child("parted_1"), child("parted_2"), plain("small", 1_000_000))
	for version, want := range map[int]float64{17: 201, 18: 201} {
		o := Defaults()
		o.Target.Version = version
		x := stopOf(t, inv, o).phase(StopForeignKeys)
		require.NotNil(t, x)
		require.InDelta(t, want, *x.Seconds, 2, "200 million rows")
		require.Equal(t, version < 18, strings.Contains(x.Reason, "NOT VALID"), x.Reason)
	}
}
