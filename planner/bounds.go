package planner

import (
	"cmp"
	"math"
	"slices"
)

// bounds holds what the lower bounds of all choices of speeds have in common.
type bounds struct {
	jobs           []job
	limit          int       // tables in a bin
	all, unsafe    []float64 // sums of the heaviest 0, 1, 2, … jobs that are not alone
	tables         int       // of the jobs that are not alone
	unsafeTables   int
	lightest       []int // the safe jobs among them, those with the least weight to a table first
	larger         bool  // some job has more tables than the limit, which it may have in a bin of its own
	aloneSafe      int
	aloneUnsafe    int
	aloneSafeMax   float64
	aloneUnsafeMax float64
}

func newBounds(jobs []job, limit int) *bounds {
	l := &bounds{jobs: jobs, limit: limit, all: make([]float64, 1, len(jobs)+1), unsafe: []float64{0}}
	add := func(sums *[]float64, w float64) { *sums = append(*sums, (*sums)[len(*sums)-1]+w) }
	for i := range jobs {
		switch j := &jobs[i]; {
		case j.alone && j.unsafe:
			l.aloneUnsafe++
			l.aloneUnsafeMax = max(l.aloneUnsafeMax, j.weight)
		case j.alone:
			l.aloneSafe++
			l.aloneSafeMax = max(l.aloneSafeMax, j.weight)
		case j.unsafe:
			add(&l.all, j.weight)
			add(&l.unsafe, j.weight)
			l.unsafeTables += j.tables
		default:
			add(&l.all, j.weight)
			l.lightest = append(l.lightest, i)
		}
		if !jobs[i].alone {
			l.tables += jobs[i].tables
		}
		l.larger = l.larger || jobs[i].tables > limit
	}
	slices.SortStableFunc(l.lightest, func(x, y int) int {
		return cmp.Compare(jobs[x].weight*float64(jobs[y].tables), jobs[y].weight*float64(jobs[x].tables))
	})
	return l
}

// lower is what no packing into bins of these speeds stays below, +Inf when there is none. Jobs that are alone take a bin each,
// the unsafe ones a slow one; which kind the others take is tried out. The rest is bounded by [bounds.pool].
func (l *bounds) lower(batch []bool) float64 {
	slow, fast := 0, 0
	for _, b := range batch {
		if b {
			fast++
		} else {
			slow++
		}
	}
	low := max(l.aloneUnsafeMax, l.aloneSafeMax/batchSpeed)
	pinned := make([]float64, len(batch))
	for i := range l.jobs {
		if j := &l.jobs[i]; j.pin >= 0 {
			pinned[j.pin] += j.weight
		}
	}
	for i, w := range pinned {
		low = max(low, w/speedOf(batch[i]))
	}
	slow -= l.aloneUnsafe
	best := math.Inf(1)
	for inSlow := range l.aloneSafe + 1 {
		if s, f := slow-inSlow, fast-(l.aloneSafe-inSlow); s >= 0 && f >= 0 {
			best = min(best, l.pool(s, f))
		}
	}
	return max(low, best)
}

// pool is the largest of: all work spread evenly; the unsafe work spread over the slow bins, and over the fast ones, what the others
// have no room for; the j+1 lightest of the jk+1 heaviest jobs, which some bin must hold together, the heaviest job alone among them.
func (l *bounds) pool(slow, fast int) float64 {
	if len(l.all) == 1 {
		return 0
	}
	if slow+fast == 0 || len(l.unsafe) > 1 && slow == 0 {
		return math.Inf(1)
	}
	fastest := 1.0
	if fast > 0 {
		fastest = batchSpeed
	}
	low := max(l.all[len(l.all)-1]/float64(slow+batchSpeed*fast), crowded(l.all, slow+fast)/fastest)
	if slow > 0 {
		low = max(low, (l.unsafe[len(l.unsafe)-1]+l.fill(l.tables-l.unsafeTables-l.limit*fast))/float64(slow), crowded(l.unsafe, slow))
	}
	if fast > 0 {
		low = max(low, l.fill(l.tables-l.limit*slow)/float64(batchSpeed*fast))
	}
	return low * (1 - 1e-12) // sums in another order differ by as much
}

// fill is the least that safe jobs with so many tables weigh, one of them being taken in part.
func (l *bounds) fill(tables int) float64 {
	weight := 0.0
	if l.larger {
		return weight
	}
	for _, i := range l.lightest {
		if tables <= 0 {
			break
		}
		j := &l.jobs[i]
		weight += j.weight * min(1, float64(tables)/float64(j.tables))
		tables -= j.tables
	}
	return weight
}

// crowded is the bound from the pigeonhole principle for k equal bins, from the sums of the heaviest 0, 1, 2, … weights.
func crowded(upTo []float64, k int) float64 {
	low := 0.0
	for j := 0; j*k+1 < len(upTo); j++ {
		low = max(low, upTo[j*k+1]-upTo[j*k-j])
	}
	return low
}

// sums are those of the largest 0, 1, 2, … of some numbers.
func sums(w []float64) []float64 {
	slices.SortFunc(w, func(a, b float64) int { return cmp.Compare(b, a) })
	upTo := make([]float64, len(w)+1)
	for i, x := range w {
		upTo[i+1] = upTo[i] + x
	}
	return upTo
}
