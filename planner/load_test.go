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

	"github.com/pgcutover/pgcutover/analyze"
)

// skewed makes the sizes of n tables, the way databases have them, that add up to about total.
func skewed(kind string, n int, total float64, r *rand.Rand) []int64 {
	shares := make([]float64, n)
	sum := 0.0
	for i := range shares {
		switch kind {
		case "zipf":
			shares[i] = 1 / math.Pow(float64(i+1), 1.1)
		case "flat zipf":
			shares[i] = 1 / math.Pow(float64(i+1), 0.6)
		case "lognormal":
			shares[i] = math.Exp(2 * r.NormFloat64())
		case "equal":
			shares[i] = 1
		case "giant": // one table of 70 %
			shares[i] = math.Exp(r.NormFloat64())
		case "rails": // a few that grow for ever, some that grow with the customers, many that hold settings
			switch {
			case i < 6:
				shares[i] = 300 * (1 + r.Float64())
			case i < n/5:
				shares[i] = 10 * r.ExpFloat64()
			default:
				shares[i] = 0.02 * r.ExpFloat64()
			}
		}
		sum += shares[i]
	}
	if kind == "giant" && n > 1 {
		sum -= shares[0]
		shares[0] = sum * 7 / 3
		sum += shares[0]
	}
	sizes := make([]int64, n)
	for i, s := range shares {
		sizes[i] = int64(s/sum*total) / 8192 * 8192
	}
	return sizes
}

var skews = []string{"zipf", "flat zipf", "lognormal", "equal", "giant", "rails"}

// loadBoundOf is the bound, computed without the planner's own code: no schedule of any pieces of these tables is shorter.
func loadBoundOf(sizes []int64, whole map[int]bool, o LoadOptions) float64 {
	sum, least := 0.0, 0.0
	var indivisible []float64
	for i, n := range sizes {
		s := float64(n)/float64(o.BytesPerSecond) + 0.01
		sum += s
		if whole[i] {
			indivisible = append(indivisible, s)
		} else {
			least = max(least, s/float64(n/8192/1024)) // ranges have 1024 blocks at least
		}
	}
	slices.SortFunc(indivisible, func(a, b float64) int { return cmp.Compare(b, a) })
	for j := 0; j*o.Workers < len(indivisible); j++ {
		tail := 0.0
		for _, s := range indivisible[j*o.Workers-j : j*o.Workers+1] {
			tail += s
		}
		least = max(least, tail)
	}
	return max(sum/float64(o.Workers), least)
}

// Where nothing that cannot be cut takes more than 1 % of the time, the load takes at most 1 % more than the bound. Where
// something does, the guarantee of list scheduling holds: the even spread and that one piece.
func TestLoadIsCloseToItsBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 5, 30, 100, 400}).Draw(t, "tables")
		kind := rapid.SampledFrom(skews).Draw(t, "kind")
		total := math.Pow(2, rapid.Float64Range(28, 44).Draw(t, "total"))
		r := rand.New(rand.NewSource(int64(rapid.IntRange(0, 1000).Draw(t, "seed"))))
		sizes := skewed(kind, n, total, r)
		whole := map[int]bool{}
		var tables []analyze.Table
		keys := rapid.Bool().Draw(t, "toasted") // tables with all their bytes in TOAST cannot be cut by blocks
		for i, size := range sizes {
			x := plain(fmt.Sprintf("t%04d", i), size)
			if keys && i%5 == 2 {
				x.ToastBytes, x.HeapBytes, x.Pages = ptr(size), ptr(int64(0)), 0
			}
			whole[i] = min(x.Pages, size/minRangeBytes) < 2 || size <= minPieceBytes
			tables = append(tables, x)
		}
		o := Defaults()
		o.Load.Workers = rapid.IntRange(1, 64).Draw(t, "workers")
		p, err := Make(inventory(tables...), o, nil)
		require.NoError(t, err)

		bound := loadBoundOf(sizes, whole, o.Load)
		require.LessOrEqual(t, p.Balance.LoadBound, p.Balance.LoadSeconds)
		require.InEpsilon(t, max(bound, 1e-3), max(p.Balance.LoadBound, 1e-3), 1e-3, "the certificate")
		longest := float64(minPieceBytes)/float64(o.Load.BytesPerSecond) + secondsPerTable // no piece is shorter for the sake of balance
		even := 0.0
		for i, size := range sizes {
			s := float64(size)/float64(o.Load.BytesPerSecond) + 0.01
			even += s / float64(o.Load.Workers)
			if whole[i] {
				longest = max(longest, s)
			}
		}
		longest = max(longest, 2*minBatchTables*secondsPerTable)
		if longest <= bound*0.01 {
			require.LessOrEqual(t, p.Balance.LoadSeconds, bound*1.01+1e-4, "%s", kind)
		}
		require.LessOrEqual(t, p.Balance.LoadSeconds, max(even*1.05, bound)+longest, "%s", kind)
		seconds := func(it Item) float64 {
			return float64(it.Bytes)/float64(o.Load.BytesPerSecond) + 0.01*float64(len(it.Tables))
		}
		require.True(t, slices.IsSortedFunc(p.Items, func(x, y Item) int { return cmp.Compare(round(seconds(y)), round(seconds(x))) }), "longest first")
	})
}

// The sizes of pieces: few where they do, small ones for the end where they are needed.
func TestFinalPiecesAreSmall(t *testing.T) {
	p := plan(t, inventory(plain("giant", 1<<40)), func(o *Options) { o.Load.Workers = 16 })
	require.LessOrEqual(t, p.Balance.LoadSeconds, p.Balance.LoadBound*1.01)
	require.Len(t, p.Items, 32, "one table, equal pieces, none above half an hour")

	p = plan(t, inventory(plain("giant", 1<<38), plain("second", 3<<35), plain("third", 5<<34)), func(o *Options) { o.Load.Workers = 7 })
	require.LessOrEqual(t, p.Balance.LoadSeconds, p.Balance.LoadBound*1.01)
	require.Less(t, len(p.Items), 7*8)
}

// What a row in docs/plan.md says about the balance of the load: go test -run xxx -bench LoadBalance ./planner.
func BenchmarkLoadBalance(b *testing.B) {
	for _, kind := range skews {
		for _, n := range []int{100, 400, 2000} {
			for _, workers := range []int{4, 16, 64} {
				b.Run(fmt.Sprintf("%s/%d tables/%d workers", kind, n, workers), func(b *testing.B) {
					var tables []analyze.Table
					for i, size := range skewed(kind, n, 2<<40, rand.New(rand.NewSource(1))) {
						tables = append(tables, plain(fmt.Sprintf("t%04d", i), size))
					}
					inv, o := inventory(tables...), Defaults()
					o.Load.Workers = workers
					var p Plan
					for b.Loop() {
						var err error
						if p, err = Make(inv, o, nil); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(p.Balance.LoadSeconds/p.Balance.LoadBound, "of-bound")
					b.ReportMetric(float64(len(p.Items)), "pieces")
				})
			}
		}
	}
}
