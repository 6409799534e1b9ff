package planner

import (
	"fmt"

	"github.com/pgcutover/pgcutover/analyze"
)

// cutTable cuts a table into ranges of about size bytes, or leaves it whole with the reason why. The ranges are in the order
// of the table.
func (b *builder) cutTable(p *Table, size int64, why string) []Item {
	c := b.cutter(p)
	n := int(min((p.Bytes+size-1)/size, int64(c.parts())))
	if n < 2 {
		return []Item{{Tables: []analyze.Name{p.Name}, Bytes: p.Bytes, Reason: "One piece, because " + c.whole + "."}}
	}
	ranges, upTo := c.cut(n)
	reason := c.reason(len(ranges), why)
	items := make([]Item, len(ranges))
	done := int64(0)
	for i := range items {
		end := int64(float64(p.Bytes) * upTo[i])
		if i == len(items)-1 {
			end = p.Bytes
		}
		items[i] = Item{Tables: []analyze.Name{p.Name}, Range: &ranges[i], Bytes: end - done, Reason: reason}
		done = end
	}
	return items
}

// reason says into how many ranges a table is cut, by what and why.
func (c cutter) reason(n int, why string) string {
	reason := fmt.Sprintf("Cut into %d ranges by %s", n, c.by())
	if why != "" {
		reason += ": " + why
	}
	if c.note != "" {
		reason += "; " + c.note
	}
	return reason + "."
}

// whereabouts are positions of tables, kept because looking up the names of 100,000 tables for each decision takes longer than deciding.
type whereabouts struct {
	items  []int   // of the items' tables, one item after the other
	groups [][]int // of each group's tables, in their order
	builds []int   // of each build's table
}

// positions are those of the items' tables, one item after the other.
func (b *builder) positions(items []Item) []int {
	total := 0
	for i := range items {
		total += len(items[i].Tables)
	}
	loaded := make([]int, 0, total)
	for i := range items {
		for _, n := range items[i].Tables {
			loaded = append(loaded, b.at[n])
		}
	}
	return loaded
}

// coverage lists the ids of the items that load each table, by its position.
func (b *builder) coverage(items []Item, loaded []int) [][]int {
	count := make([]int, len(b.tables))
	for _, at := range loaded {
		count[at]++
	}
	ids, cover := make([]int, len(loaded)), make([][]int, len(b.tables))
	for i, n := range count {
		cover[i], ids = ids[:0:n], ids[n:]
	}
	for i := range items {
		for range items[i].Tables {
			at := loaded[0]
			cover[at], loaded = append(cover[at], items[i].ID), loaded[1:]
		}
	}
	return cover
}
