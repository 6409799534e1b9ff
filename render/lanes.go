package render

import (
	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// mixedLane is the lane of foreign keys that touch partitions. No table has its name: one's has a schema.
const mixedLane = "partitioned"

// foreignKeyLanes says for the foreign keys of a plan which of them follow each other. Adding one locks the table that it is of, then the one that
// it points to, both against others that do so. Sessions side by side can wait for each other in a circle only along a circle of references, so the tables of such a circle
// share a lane, and every other table has one of its own. A partitioned table is locked with its partitions, in an order of the server's: all that touches one is in one lane.
func foreignKeyLanes(p planner.Plan) func(planner.Deferred) string {
	parts := map[analyze.Name]bool{}
	for _, t := range p.Tables {
		if t.Kind == analyze.Partitioned || t.Root != nil {
			parts[t.Name] = true
		}
	}
	mixed := func(d planner.Deferred) bool {
		return d.References == nil || parts[d.Table] || parts[*d.References]
	}
	points := map[analyze.Name][]analyze.Name{}
	for _, d := range p.Deferred {
		if d.Kind == planner.DeferForeignKey && !mixed(d) {
			points[d.Table] = append(points[d.Table], *d.References)
		}
	}
	circles := circles(points)
	return func(d planner.Deferred) string {
		if mixed(d) {
			return mixedLane
		}
		return circles[d.Table].String()
	}
}

// circles gives every table that points to others the first table, by name, of those that it is in a circle with: itself, where it is in none. (Tarjan's strongly connected
// components.)
func circles(points map[analyze.Name][]analyze.Name) map[analyze.Name]analyze.Name {
	var (
		first  = map[analyze.Name]analyze.Name{}
		number = map[analyze.Name]int{} // in the order in which tables are met, from 1
		lowest = map[analyze.Name]int{} // the first of those on the path that can be reached
		path   []analyze.Name
		onPath = map[analyze.Name]bool{}
		visit  func(analyze.Name)
	)
	visit = func(n analyze.Name) {
		number[n] = len(number) + 1
		lowest[n] = number[n]
		path = append(path, n)
		onPath[n] = true
		for _, to := range points[n] {
			if number[to] == 0 {
				visit(to)
				lowest[n] = min(lowest[n], lowest[to])
			} else if onPath[to] {
				lowest[n] = min(lowest[n], number[to])
			}
		}
		if lowest[n] != number[n] {
			return
		}
		at := len(path) - 1
		for path[at] != n {
			at--
		}
		least := n
		for _, m := range path[at:] {
			if m.Compare(least) < 0 {
				least = m
			}
		}
		for _, m := range path[at:] {
			first[m], onPath[m] = least, false
		}
		path = path[:at]
	}
	for n := range points {
		if number[n] == 0 {
			visit(n)
		}
	}
	return first
}
