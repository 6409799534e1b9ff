package render

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func inPublic(name string) analyze.Name { return analyze.Name{Schema: "public", Name: name} }

func foreignKeyOf(table, to string) planner.Deferred {
	d := planner.Deferred{Kind: planner.DeferForeignKey, Table: inPublic(table), Name: table + "_" + to}
	if to != "" {
		n := inPublic(to)
		d.References = &n
	}
	return d
}

func TestForeignKeyLanes(t *testing.T) {
	root := inPublic("parts")
	p := planner.Plan{
		Tables: []planner.Table{{Name: root, Kind: analyze.Partitioned}, {Name: inPublic("part_1"), Root: &root}},
		Deferred: []planner.Deferred{
			foreignKeyOf("line", "item"), foreignKeyOf("item", "maker"), foreignKeyOf("maker", "maker"),
			foreignKeyOf("c", "a"), foreignKeyOf("b", "c"), foreignKeyOf("a", "b"), foreignKeyOf("a", "item"), foreignKeyOf("into", "a"),
			foreignKeyOf("line", "parts"), foreignKeyOf("part_1", "item"), foreignKeyOf("nowhere", ""),
		},
	}
	lane := foreignKeyLanes(p)
	var lanes []string
	for _, d := range p.Deferred {
		lanes = append(lanes, lane(d))
	}
	require.Equal(t, []string{"public.line", "public.item", "public.maker", "public.a", "public.a", "public.a", "public.a", "public.into", mixedLane, mixedLane, mixedLane}, lanes)
}

// No circle of tables crosses two lanes: one that could be waited around would be a deadlock.
func TestLanesHaveNoCircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tables := rapid.IntRange(1, 12).Draw(t, "tables")
		points := map[analyze.Name][]analyze.Name{}
		for range rapid.IntRange(0, 30).Draw(t, "references") {
			from, to := rapid.IntRange(1, tables).Draw(t, "from"), rapid.IntRange(1, tables).Draw(t, "to")
			points[inPublic(fmt.Sprint(from))] = append(points[inPublic(fmt.Sprint(from))], inPublic(fmt.Sprint(to)))
		}
		lane := circles(points)
		reach := func(from analyze.Name) map[analyze.Name]bool {
			seen, todo := map[analyze.Name]bool{}, []analyze.Name{from}
			for len(todo) > 0 {
				n := todo[0]
				todo = todo[1:]
				for _, to := range points[n] {
					if !seen[to] {
						seen[to] = true
						todo = append(todo, to)
					}
				}
			}
			return seen
		}
		for a := range points {
			for b := range points {
				if a != b && reach(a)[b] && reach(b)[a] {
					require.Equal(t, lane[a], lane[b], "%s and %s", a, b)
				} else if a != b {
					require.NotEqual(t, lane[a], lane[b], "%s and %s", a, b)
				}
			}
		}
		require.Subset(t, slices.Collect(maps.Keys(lane)), slices.Collect(maps.Keys(points)))
	})
}

// A foreign key is added without a look at the rows and validated by a step of its own, unless both tables are small on the target: partitioned tables before 18 have no such step.
func TestForeignKeySteps(t *testing.T) {
	validated := func(d planner.Deferred) planner.Deferred {
		d.Definition, d.Validated, d.TwoSteps = "FOREIGN KEY (a) REFERENCES x(a)", true, true
		return d
	}
	whole := validated(foreignKeyOf("parts", "small"))
	whole.TwoSteps = false
	never := foreignKeyOf("small", "other")
	never.Definition, never.TwoSteps = "FOREIGN KEY (a) REFERENCES x(a) NOT VALID", true
	p := planner.Plan{
		Tables:   []planner.Table{{Name: inPublic("small")}, {Name: inPublic("large"), Bytes: largeTable}, {Name: inPublic("parts"), Kind: analyze.Partitioned}},
		Deferred: []planner.Deferred{validated(foreignKeyOf("small", "large")), validated(foreignKeyOf("large", "small")), validated(foreignKeyOf("nowhere", "")), never, whole},
	}
	r, err := restorationOf(p)
	require.NoError(t, err)
	shown := func(steps []step) (out []string) {
		for _, s := range steps {
			out = append(out, s.Lane+": "+s.SQL+" "+s.Tail)
		}
		return out
	}
	require.Equal(t, []string{
		`public.large: ALTER TABLE "public"."small" ADD CONSTRAINT "small_large" FOREIGN KEY (a) REFERENCES x(a) :tail; CASE WHEN pg_temp.small('"public"."small"', '"public"."large"') THEN '' ELSE 'NOT VALID' END`,
		`public.large: ALTER TABLE "public"."large" ADD CONSTRAINT "large_small" FOREIGN KEY (a) REFERENCES x(a) :tail; CASE WHEN pg_temp.small('"public"."large"', '"public"."small"') THEN '' ELSE 'NOT VALID' END`,
		`partitioned: ALTER TABLE "public"."nowhere" ADD CONSTRAINT "nowhere_" FOREIGN KEY (a) REFERENCES x(a) NOT VALID; `,
		`public.large: ALTER TABLE "public"."small" ADD CONSTRAINT "small_other" FOREIGN KEY (a) REFERENCES x(a) NOT VALID; `,
	}, shown(r.ForeignKeys))
	require.Equal(t, []string{
		`public.large: ALTER TABLE "public"."large" VALIDATE CONSTRAINT "large_small"; `,
		`public.small: ALTER TABLE "public"."small" VALIDATE CONSTRAINT "small_large"; `,
		`public.nowhere: ALTER TABLE "public"."nowhere" VALIDATE CONSTRAINT "nowhere_"; `,
	}, shown(r.Validations))
	require.Equal(t, []string{`partitioned: ALTER TABLE "public"."parts" ADD CONSTRAINT "parts_small" FOREIGN KEY (a) REFERENCES x(a); `}, shown(r.WholeForeignKeys))
	require.Equal(t, int64(1), r.LargeValidations)
}
