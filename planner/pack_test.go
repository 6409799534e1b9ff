package planner

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawJobs makes jobs in the order that packing wants: heaviest first.
func drawJobs(t *rapid.T, most, k int, wishes bool) []job {
	jobs := make([]job, rapid.IntRange(1, most).Draw(t, "jobs"))
	for i := range jobs {
		jobs[i] = job{weight: float64(rapid.IntRange(0, 100).Draw(t, "weight")), tables: 1, unsafe: rapid.IntRange(0, 3).Draw(t, "unsafe") == 0, pin: -1}
		if wishes && rapid.IntRange(0, 9).Draw(t, "pinned") == 0 {
			jobs[i].pin = rapid.IntRange(0, k-1).Draw(t, "pin")
		}
		jobs[i].alone = wishes && rapid.IntRange(0, 9).Draw(t, "alone") == 0
	}
	slices.SortStableFunc(jobs, func(a, b job) int { return cmp.Compare(b.weight, a.weight) })
	if wishes && len(jobs) > 3 && k > 1 {
		a, b := rapid.IntRange(0, len(jobs)-1).Draw(t, "a"), rapid.IntRange(0, len(jobs)-1).Draw(t, "b")
		if a != b {
			jobs[a].apart, jobs[b].apart = []int{b}, []int{a}
		}
	}
	return jobs
}

// optimum is the lightest possible heaviest bin, found by trying everything.
func optimum(jobs []job, k int) float64 {
	best := math.Inf(1)
	bin := make([]int, len(jobs))
	for kind := range 1 << k { // which bins apply in batches
		work := make([]float64, k)
		var place func(i int)
		place = func(i int) {
			if i == len(jobs) {
				worst := 0.0
				for b, w := range work {
					worst = max(worst, w/speedOf(kind>>b&1 == 1))
				}
				best = min(best, worst)
				return
			}
			for b := range k {
				j := jobs[i]
				company := false
				for o := range i {
					company = company || bin[o] == b && (j.alone || jobs[o].alone)
				}
				if company || j.pin >= 0 && j.pin != b || j.unsafe && kind>>b&1 == 1 || slices.ContainsFunc(j.apart, func(o int) bool { return o < i && bin[o] == b }) {
					continue
				}
				bin[i] = b
				work[b] += j.weight
				place(i + 1)
				work[b] -= j.weight
			}
		}
		place(0)
	}
	return best
}

func checkPacking(t require.TestingT, jobs []job, k, limit int, p packing) {
	work, tables, count := make([]float64, k), make([]int, k), make([]int, k)
	alone := make([]bool, k)
	for i, j := range jobs {
		b := p.bin[i]
		require.True(t, b >= 0 && b < k, "job %d is in no bin", i)
		require.False(t, j.unsafe && p.batch[b], "job %d must not be in a batch bin", i)
		require.True(t, j.pin < 0 || j.pin == b, "job %d is pinned to bin %d", i, j.pin)
		for _, o := range j.apart {
			require.NotEqual(t, b, p.bin[o], "jobs %d and %d are to be apart", i, o)
		}
		work[b] += j.weight
		tables[b] += j.tables
		count[b]++
		alone[b] = alone[b] || j.alone
	}
	heaviest := 0.0
	for b := range k {
		require.True(t, !alone[b] || count[b] == 1, "bin %d has company", b)
		require.True(t, count[b] < 2 || tables[b] <= limit, "bin %d has %d tables", b, tables[b])
		heaviest = max(heaviest, work[b]/speedOf(p.batch[b]))
	}
	require.InDelta(t, heaviest, p.max, 1e-6)
	require.LessOrEqual(t, p.bound, p.max+1e-9)
}

func TestPackingIsOptimalWhereItCanBeTried(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 3).Draw(t, "k")
		jobs := drawJobs(t, 7, k, true)
		best := optimum(jobs, k)
		p, ok := pack(jobs, k, 1000)
		require.Equal(t, !math.IsInf(best, 1), ok, "found: %t, possible: %t", ok, !math.IsInf(best, 1))
		if !ok {
			return
		}
		checkPacking(t, jobs, k, 1000, p)
		require.LessOrEqual(t, p.bound, best+1e-9, "the bound is above the optimum")
		require.LessOrEqual(t, p.max, best*1.011+1e-9, "more than 1 %% above the optimum, which the search should find")
	})
}

func TestPackingStaysWithinItsGuarantee(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 8).Draw(t, "k")
		jobs := drawJobs(t, 120, k, false)
		p, ok := pack(jobs, k, 1000)
		require.True(t, ok)
		checkPacking(t, jobs, k, 1000, p)
		if !slices.ContainsFunc(jobs, func(j job) bool { return j.unsafe }) {
			require.LessOrEqual(t, p.max, p.bound*4/3+1e-9, "longest first is never worse")
		}
		more, ok := pack(jobs, k+1, 1000)
		require.True(t, ok)
		require.LessOrEqual(t, more.bound, p.bound+1e-9, "one more bin does not raise the bound")
		scaled := slices.Clone(jobs)
		for i := range scaled {
			scaled[i].weight *= 4
		}
		q, ok := pack(scaled, k, 1000)
		require.True(t, ok)
		require.InDelta(t, 4*p.max, q.max, 1e-6, "the unit of weights changes nothing")
	})
}

// The way of the guide: the five largest alone, the rest in a sixth session. Ours is close to the bound where that is far from it.
func TestPackingBeatsTheObvious(t *testing.T) {
	const k = 6
	jobs := make([]job, 400)
	for i := range jobs {
		jobs[i] = job{weight: 1000 / math.Pow(float64(i+1), 0.8), tables: 1, pin: -1}
	}
	obvious := 0.0
	for _, j := range jobs[k-1:] {
		obvious += j.weight
	}
	p, ok := pack(jobs, k, 1000)
	require.True(t, ok)
	require.Less(t, p.max, p.bound*1.001)
	require.Greater(t, obvious/batchSpeed, 2*p.bound)
}

func TestPackingLimits(t *testing.T) {
	many := make([]job, 10)
	for i := range many {
		many[i] = job{weight: 1, tables: 1, pin: -1}
	}
	p, ok := pack(many, 5, 2)
	require.True(t, ok)
	checkPacking(t, many, 5, 2, p)
	_, ok = pack(many, 4, 2)
	require.False(t, ok, "10 tables do not fit 4 bins of 2")

	lonely := slices.Clone(many)
	lonely[3].alone = true
	p, ok = pack(lonely, 2, 100)
	require.True(t, ok)
	checkPacking(t, lonely, 2, 100, p)

	_, ok = pack([]job{{weight: 1, tables: 1, pin: -1, apart: []int{1}}, {weight: 1, tables: 1, pin: -1, apart: []int{0}}}, 1, 100)
	require.False(t, ok, "two jobs cannot be apart in one bin")
}

func TestIdleTablesAreSpreadAndKeepOffHotOnes(t *testing.T) {
	jobs := []job{{weight: 90, tables: 1, pin: -1, unsafe: true}}
	for range 30 {
		jobs = append(jobs, job{weight: 0, tables: 1, pin: -1, unsafe: true})
	}
	p, ok := pack(jobs, 4, 100)
	require.True(t, ok)
	count := make([]int, 4)
	for _, b := range p.bin {
		count[b]++
	}
	slices.Sort(count)
	require.Equal(t, []int{1, 10, 10, 10}, count)
}

func BenchmarkPack(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000, 100_000} {
		jobs := make([]job, n)
		for i := range jobs {
			jobs[i] = job{weight: 1000 / math.Pow(float64(i+1), 0.8), tables: 1, pin: -1, unsafe: i%7 == 0}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var p packing
			for b.Loop() {
				p, _ = pack(jobs, 8, n)
			}
			b.ReportMetric(p.max/p.bound, "of-bound")
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "tables/s")
		})
	}
}
