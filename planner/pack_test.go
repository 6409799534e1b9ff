package planner

import (
	"cmp"
	"fmt"
	"math"
	"math/rand"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawJobs makes jobs in the order that packing wants: heaviest first.
func drawJobs(t *rapid.T, most, k int, wishes bool) []job {
	jobs := make([]job, rapid.IntRange(1, most).Draw(t, "jobs"))
	for i := range jobs {
		jobs[i] = job{weight: float64(rapid.IntRange(0, 100).Draw(t, "weight")), tables: 1 + rapid.IntRange(0, 8).Draw(t, "tables")/6, unsafe: rapid.IntRange(0, 3).Draw(t, "unsafe") == 0, pin: -1}
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

// optimum is the lightest possible heaviest bin, found by trying every assignment that could be lighter than the best one so far.
func optimum(jobs []job, k, limit int) float64 {
	best := math.Inf(1)
	bin := make([]int, len(jobs))
	work, tables, count := make([]float64, k), make([]int, k), make([]int, k)
	unsafe, closed, named := make([]int, k), make([]bool, k), make([]bool, k)
	for _, j := range jobs {
		if j.pin >= 0 {
			named[j.pin] = true
		}
	}
	worst := func() float64 {
		m := 0.0
		for b := range k {
			m = max(m, work[b]/speedOf(unsafe[b] == 0))
		}
		return m
	}
	var place func(i int)
	place = func(i int) {
		if worst() >= best { // more jobs make a bin heavier, never lighter: an unsafe one slows it down
			return
		}
		if i == len(jobs) {
			best = worst()
			return
		}
		j := jobs[i]
		empty := false
		for b := range k {
			if count[b] == 0 && !named[b] {
				if empty {
					continue // like the other empty one
				}
				empty = true
			}
			if closed[b] || j.alone && count[b] > 0 || j.pin >= 0 && j.pin != b || count[b] > 0 && tables[b]+j.tables > limit ||
				slices.ContainsFunc(j.apart, func(o int) bool { return o < i && bin[o] == b }) {
				continue
			}
			was := work[b]
			bin[i], work[b], closed[b] = b, was+j.weight, j.alone
			count[b]++
			tables[b] += j.tables
			if j.unsafe {
				unsafe[b]++
			}
			place(i + 1)
			work[b], closed[b] = was, false
			count[b]--
			tables[b] -= j.tables
			if j.unsafe {
				unsafe[b]--
			}
		}
	}
	place(0)
	return best
}

// greedy puts jobs, in the order given, where the heaviest bin stays lightest, then where the bin itself is lightest; +Inf when it gets stuck.
func greedy(jobs []job, order []int, k, limit int) float64 {
	bin := slices.Repeat([]int{-1}, len(jobs))
	work, tables, count := make([]float64, k), make([]int, k), make([]int, k)
	slow, closed := make([]bool, k), make([]bool, k)
	load := func(b int, j *job) float64 {
		if j == nil {
			return work[b] / speedOf(!slow[b])
		}
		return (work[b] + j.weight) / speedOf(!slow[b] && !j.unsafe)
	}
	for _, i := range order {
		j, at := &jobs[i], -1
		for b := range k {
			if closed[b] || j.alone && count[b] > 0 || j.pin >= 0 && j.pin != b || count[b] > 0 && tables[b]+j.tables > limit ||
				slices.ContainsFunc(j.apart, func(o int) bool { return bin[o] == b }) {
				continue
			}
			if at < 0 || load(b, j) < load(at, j) {
				at = b
			}
		}
		if at < 0 {
			return math.Inf(1)
		}
		bin[i], closed[at], slow[at] = at, j.alone, slow[at] || j.unsafe
		work[at] += j.weight
		tables[at] += j.tables
		count[at]++
	}
	worst := 0.0
	for b := range k {
		worst = max(worst, load(b, nil))
	}
	return worst
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
	if loose := !slices.ContainsFunc(jobs, func(j job) bool { return j.pin >= 0 }); loose && len(jobs) >= k {
		require.NotContains(t, count, 0, "a bin is empty")
	}
	require.LessOrEqual(t, p.bound, p.max+1e-9)
}

// Equal to the optimum, whatever the wishes.
func TestPackingIsOptimalWhereItCanBeTried(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 4).Draw(t, "k")
		jobs := drawJobs(t, 12, k, true)
		tables := 0
		for _, j := range jobs {
			tables += j.tables
		}
		limit := rapid.SampledFrom([]int{1000, tables/k + 1, tables/k + 3}).Draw(t, "limit")
		best := optimum(jobs, k, limit)
		p, ok := pack(jobs, k, limit)
		require.Equal(t, !math.IsInf(best, 1), ok, "found: %t, possible: %t", ok, !math.IsInf(best, 1))
		if !ok {
			return
		}
		checkPacking(t, jobs, k, limit, p)
		require.InDelta(t, best, p.max, 1e-9*max(best, 1), "not the optimum")
		require.LessOrEqual(t, p.bound, best*(1+1e-9), "the bound is above the optimum")
		require.GreaterOrEqual(t, p.bound, best*(1-1e-8), "and it is proven")
		more, ok := pack(jobs, k+1, limit)
		require.True(t, ok, "one more bin can stay empty")
		require.LessOrEqual(t, more.max, p.max*(1+1e-9), "one more bin does not make the heaviest heavier")
	})
}

// The simplest way that works, and the luckiest of many: what anybody would try first.
func TestPackingIsNeverWorseThanGreed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 8).Draw(t, "k")
		jobs := drawJobs(t, 150, k, rapid.Bool().Draw(t, "wishes"))
		switch rapid.IntRange(0, 3).Draw(t, "skew") {
		case 0: // as drawn
		case 1:
			for i := range jobs {
				jobs[i].weight = 1000 / math.Pow(float64(i+1), 0.7)
			}
		case 2: // hardly divisible: three or four of these make up a bin
			for i := range jobs {
				jobs[i].weight = 100 + jobs[i].weight
			}
		case 3:
			for i := range jobs {
				jobs[i].weight = math.Exp(jobs[i].weight / 20)
			}
		}
		tables := 0
		for _, j := range jobs {
			tables += j.tables
		}
		limit := rapid.SampledFrom([]int{1000, tables/k + 2, tables/k + 10}).Draw(t, "limit")
		order := make([]int, len(jobs))
		for i := range order {
			order[i] = i
		}
		baseline := greedy(jobs, order, k, limit)
		r := rand.New(rand.NewSource(int64(rapid.IntRange(0, 1000).Draw(t, "seed"))))
		for range 200 {
			r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			baseline = min(baseline, greedy(jobs, order, k, limit))
		}
		p, ok := pack(jobs, k, limit)
		if math.IsInf(baseline, 1) {
			return
		}
		require.True(t, ok, "greed finds a way")
		checkPacking(t, jobs, k, limit, p)
		// Closer to the bound than that, nobody needs to win.
		require.LessOrEqual(t, p.max, max(baseline*(1+1e-9), p.bound*(1+nearBound)), "of %d jobs in %d bins; the bound is %v", len(jobs), k, p.bound)
	})
}

// Cases in which the luckiest of 200 random orders once was better.
func TestPackingWhereLuckOnceWon(t *testing.T) {
	type weights []int
	for _, c := range []struct {
		k, limit int
		luck     float64
		one, two struct{ unsafe, safe weights } // of jobs with so many tables
	}{
		{
			7, 1000, 1025.0 / 3,
			struct{ unsafe, safe weights }{weights{180, 155, 139, 122, 103, 102, 102, 101}, weights{171, 167, 142, 134, 127, 115, 112, 108, 107, 106, 104, 101}},
			struct{ unsafe, safe weights }{weights{117, 110, 107, 100}, weights{197, 180, 124, 109, 102}},
		},
		{
			6, 12, 699,
			struct{ unsafe, safe weights }{
				weights{196, 157, 118, 115, 112, 108, 101, 100, 100, 100, 100},
				weights{182, 182, 175, 132, 125, 125, 122, 112, 110, 110, 110, 103, 103, 103, 103, 102, 102, 102, 101, 101, 101, 101, 101, 101, 101, 101, 101, 100},
			},
			struct{ unsafe, safe weights }{weights{175, 112, 101, 100}, weights{163, 150, 105, 101, 101, 100, 100}},
		},
	} {
		var jobs []job
		add := func(list weights, tables int, unsafe bool) {
			for _, w := range list {
				jobs = append(jobs, job{weight: float64(w), tables: tables, unsafe: unsafe, pin: -1})
			}
		}
		add(c.one.unsafe, 1, true)
		add(c.one.safe, 1, false)
		add(c.two.unsafe, 2, true)
		add(c.two.safe, 2, false)
		slices.SortStableFunc(jobs, func(a, b job) int { return cmp.Compare(b.weight, a.weight) })
		p, ok := pack(jobs, c.k, c.limit)
		require.True(t, ok)
		checkPacking(t, jobs, c.k, c.limit, p)
		require.LessOrEqual(t, p.max, c.luck, "of %d jobs in %d bins; the bound is %v", len(jobs), c.k, p.bound)
	}
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
