package render

import (
	"fmt"
	"strconv"

	"github.com/pgcutover/pgcutover/planner"
)

// chart is a drawing of bars and marks; the template makes SVG of it. Numbers are text already, so that the same plan
// gives the same page.
type chart struct {
	Width, Height int
	Bars          []bar
	Marks         []mark
}

type bar struct {
	Label, Value, Title, Class string
	X, Y, W, Full              string
	TextY, ValueX              string
}

type mark struct {
	Class, X, Y, TextY, Label, Anchor string
}

const (
	chartWidth = 900
	chartLeft  = 130
	rowHeight  = 22
	mostLanes  = 32
	mostBars   = 40
)

func px(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// groupChart shows what each group needs of an apply stream, with the lower bound and the target.
func groupChart(p planner.Plan) *chart {
	n := min(len(p.Groups), mostBars)
	if n == 0 || p.Balance.GroupMax <= 0 {
		return nil
	}
	const full = chartWidth - chartLeft - 90
	limit := p.Balance.GroupMax * 1.05
	sampled := p.Balance.Weights == planner.BySample
	if target := p.Options.Slots.TargetLoad; sampled && target < 3*limit {
		limit = max(limit, target*1.1)
	}
	c := &chart{Width: chartWidth, Height: n*rowHeight + 22}
	for i, g := range p.Groups[:n] {
		y := float64(i * rowHeight)
		w := g.Load() / limit * full
		class := "bar"
		if g.BatchApply {
			class = "bar2"
		}
		c.Bars = append(c.Bars, bar{
			Label: g.Slot, Value: planner.Percent(g.Load()), Class: class, Title: fmt.Sprintf("%s: %d tables, %s", g.Slot, len(g.Tables), planner.Percent(g.Load())),
			X: px(chartLeft), Y: px(y), W: px(max(w, 1)), Full: px(full), TextY: px(y + 13), ValueX: px(chartLeft + full + 8),
		})
	}
	bottom := float64(n * rowHeight)
	line := func(class, label, anchor string, at float64) {
		if at > 0 && at <= limit {
			c.Marks = append(c.Marks, mark{Class: class, X: px(chartLeft + at/limit*full), Y: px(bottom), TextY: px(bottom + 14), Label: label, Anchor: anchor})
		}
	}
	line("bound", "lower bound", "end", p.Balance.GroupBound)
	if sampled {
		line("mark", "target", "start", p.Options.Slots.TargetLoad)
	}
	return c
}

// laneChart shows the pieces on the workers when each pulls the next as soon as it is free.
func laneChart(p planner.Plan) *chart {
	workers := min(p.Options.Load.Workers, mostLanes)
	if len(p.Items) == 0 || p.Options.Load.Workers > mostLanes {
		return nil
	}
	end := make([]int64, workers)
	type block struct {
		lane        int
		start, size int64
		item        int
	}
	var blocks []block
	for i, it := range p.Items {
		lane := 0
		for j := range end {
			if end[j] < end[lane] {
				lane = j
			}
		}
		blocks = append(blocks, block{lane, end[lane], it.Bytes, i})
		end[lane] += it.Bytes
	}
	longest := int64(1)
	for _, e := range end {
		longest = max(longest, e)
	}
	const full = chartWidth - chartLeft
	c := &chart{Width: chartWidth, Height: workers * rowHeight}
	seen := make([]bool, workers)
	parity := make([]int, workers)
	for _, b := range blocks {
		w := float64(b.size) / float64(longest) * full
		if w < 0.5 && seen[b.lane] {
			continue // too thin to be seen, and there may be thousands
		}
		it := p.Items[b.item]
		title := it.Tables[0].String()
		switch {
		case it.Range != nil:
			title += fmt.Sprintf(", part %d of %d", it.Range.Part, it.Range.Of)
		case len(it.Tables) > 1:
			title += fmt.Sprintf(" and %d more", len(it.Tables)-1)
		}
		x := bar{Class: "bar", Title: title + ", " + planner.Size(it.Bytes), X: px(chartLeft + float64(b.start)/float64(longest)*full), Y: px(float64(b.lane * rowHeight)), W: px(max(w, 0.5))}
		if parity[b.lane]++; parity[b.lane]%2 == 0 {
			x.Class = "bar2"
		}
		if !seen[b.lane] {
			seen[b.lane] = true
			x.Label, x.TextY = fmt.Sprintf("worker %d", b.lane+1), px(float64(b.lane*rowHeight)+13)
		}
		c.Bars = append(c.Bars, x)
	}
	return c
}
