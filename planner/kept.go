package planner

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

// keepItems keeps the pieces of the plan before, in their order, where they still are pieces of the tables there are, and
// puts what is new behind them. The fresh ones win when the load would take longer than they do by more than the tolerance.
func (b *builder) keepItems(s shape, fresh []Item) []Item {
	h := b.history
	if was, is := h.plan.Options.Load, b.opt.Load; was.SplitBytes != is.SplitBytes || was.BatchBytes != is.BatchBytes {
		h.items = "The load is cut anew, because the configuration of its pieces changed."
		return fresh
	}
	if slices.ContainsFunc(h.plan.Items, b.mixed) {
		h.items = "The load is cut anew, because each slot now has a snapshot of its own and pieces were of several."
		return fresh
	}
	recut := b.changedRanges()
	skip := map[analyze.Name]bool{}
	var items []Item
	for _, it := range h.plan.Items {
		kept := Item{Reason: it.Reason}
		for _, n := range it.Tables {
			if b.copied(n) && !recut[n] {
				kept.Tables = append(kept.Tables, n)
				kept.Bytes += b.table(n).Bytes
				skip[n] = true
			}
		}
		if len(kept.Tables) == 0 {
			continue
		}
		if it.Range != nil {
			r := *it.Range
			kept.Range, kept.Bytes = &r, it.Bytes
		} else if len(kept.Tables) != len(it.Tables) {
			kept.Reason = batchReason(len(kept.Tables))
		}
		items = append(items, kept)
	}
	b.resize(items)
	added := b.cutItems(s, skip)
	same := len(items)
	items = append(items, added...)
	for i := range items {
		items[i].ID = i + 1
	}
	longest, took := 0.0, b.durations(items, b.positions(items))
	for i, it := range items {
		if it.Range != nil || len(it.Tables) > 1 {
			longest = max(longest, took[i])
		}
	}
	if now, best := b.makespan(took), b.makespan(b.durations(fresh, b.positions(fresh))); now > best*(1+b.opt.Slots.Tolerance) || longest > 1.5*maxPieceSeconds {
		h.items = fmt.Sprintf("The load is cut anew: as before it would take %s, and takes %s.", Span(now), Span(best))
		return fresh
	}
	h.items = fmt.Sprintf("%s of the load as before, %d new, %d gone.", analyze.Count(same, "piece"), len(added), len(h.plan.Items)-same)
	return items
}

// mixed reports whether a piece has tables of several slots where it must not.
func (b *builder) mixed(it Item) bool {
	slots := map[int]bool{}
	for _, n := range it.Tables {
		if b.slotOf != nil && b.copied(n) {
			slots[b.slotOf[n]] = true
		}
	}
	return len(slots) > 1
}

// slotsOf is the number of the group that each table is in.
func slotsOf(groups []Group) map[analyze.Name]int {
	of := map[analyze.Name]int{}
	for _, g := range groups {
		for _, n := range g.Tables {
			of[n] = g.Number
		}
	}
	return of
}

// changedRanges are the tables that were cut by something that cannot cut them any more.
func (b *builder) changedRanges() map[analyze.Name]bool {
	by := func(r *Range) *Range {
		if r == nil {
			return nil
		}
		x := *r
		x.Part, x.Of, x.From, x.To = 0, 0, nil, nil
		return &x
	}
	changed := map[analyze.Name]bool{}
	for _, it := range b.history.plan.Items {
		if it.Range == nil || it.Range.Part != 1 || !b.copied(it.Tables[0]) {
			continue
		}
		p := b.table(it.Tables[0])
		now := b.cutTable(p, max(p.Bytes/2, 1), "")[0].Range
		changed[p.Name] = !reflect.DeepEqual(by(it.Range), by(now))
	}
	return changed
}

// resize spreads what a table has grown or shrunk over its ranges.
func (b *builder) resize(items []Item) {
	parts := map[analyze.Name][]int{}
	for i, it := range items {
		if it.Range != nil {
			parts[it.Tables[0]] = append(parts[it.Tables[0]], i)
		}
	}
	for n, at := range parts {
		was, is := int64(0), b.table(n).Bytes
		for _, i := range at {
			was += items[i].Bytes
		}
		if was == is {
			continue
		}
		slices.SortFunc(at, func(x, y int) int { return items[x].Range.Part - items[y].Range.Part })
		given := int64(0)
		for k, i := range at {
			share := is / int64(len(at))
			if was > 0 {
				share = int64(float64(items[i].Bytes) / float64(was) * float64(is))
			}
			if k == len(at)-1 {
				share = is - given
			}
			items[i].Bytes = max(share, 0)
			given += items[i].Bytes
		}
	}
}

func batchReason(tables int) string {
	if tables == 1 {
		return "One piece."
	}
	return fmt.Sprintf("%d small tables in one transaction.", tables)
}
