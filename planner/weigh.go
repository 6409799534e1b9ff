package planner

import (
	"math"
	"strconv"

	"github.com/pgcutover/pgcutover/analyze"
)

// What one row change costs the target beside a plain one: every index has to be maintained too, except by an update that
// PostgreSQL keeps within the page (HOT), and a delete leaves the indexes alone.
const costPerIndex = 0.15

// The meanings of weights, best first.
const (
	BySample   = "sampled"
	ByCounters = "counters"
	ByBytes    = "bytes"
)

// weigh fills in the tables' rates and weights: from the sampled rates when there are any, else as shares of the changes
// counted since the last reset, else as shares of the bytes.
func (b *builder) weigh() {
	total := func(rate func(t *analyze.Table) (float64, float64)) float64 {
		sum := 0.0
		for i := range b.tables {
			p := &b.tables[i]
			p.Rate, p.Weight = 0, 0
			if p.Handling.Copied() {
				p.Rate, p.Weight = rate(b.source[i])
				sum += p.Weight
			}
		}
		return sum
	}
	sampled := b.inv.Sample != nil && !b.inv.Sample.StatsResetBetween
	switch {
	case sampled && total(b.sampled) > 0:
		b.weights = BySample
		for i := range b.tables {
			b.tables[i].Weight = round(b.tables[i].Weight / b.opt.Slots.ChangesPerSecond)
		}
		return
	case b.shares(total(b.counted)):
		b.weights = ByCounters
		return
	}
	b.weights = ByBytes
	b.shares(total(func(t *analyze.Table) (float64, float64) {
		n, _ := sizes(t)
		return 0, float64(n)
	}))
}

// shares turns weights into shares of their sum; false when there is nothing to share.
func (b *builder) shares(sum float64) bool {
	if sum <= 0 {
		return false
	}
	for i := range b.tables {
		b.tables[i].Weight = round(b.tables[i].Weight / sum)
		b.tables[i].Rate = 0 // a count over an unknown time is no rate
	}
	return true
}

func (b *builder) sampled(t *analyze.Table) (rate, demand float64) {
	if t.Rates == nil {
		return 0, 0
	}
	return b.changes(t, t.Rates.Inserts, t.Rates.Updates, t.Rates.HotUpdates, t.Rates.Deletes)
}

func (b *builder) counted(t *analyze.Table) (rate, demand float64) {
	if t.Counters == nil {
		return 0, 0
	}
	c := t.Counters
	return b.changes(t, float64(c.Inserts), float64(c.Updates), float64(c.HotUpdates), float64(c.Deletes))
}

// changes adds up what arrives at the target: without an identity only inserts do.
func (b *builder) changes(t *analyze.Table, inserts, updates, hot, deletes float64) (rate, demand float64) {
	indexed := 1 + costPerIndex*float64(len(t.Indexes))
	rate, demand = inserts, inserts*indexed
	if b.identifiesRows(t) {
		hot = min(max(hot, 0), updates)
		rate += updates + deletes
		demand += hot + (updates-hot)*indexed + deletes
	}
	return max(rate, 0), max(demand, 0)
}

// round keeps six significant digits: more would only be noise in a file that people read and compare.
func round(x float64) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	if err != nil {
		return x
	}
	return r
}
