package render

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

type spotChecksView struct {
	Head          head
	SourceVersion int // server_version_num
	Jobs          int64
	Checks        []spotCheck
}

// spotCheck counts the rows of one table on both sides.
type spotCheck struct {
	Label string
	By    string // how the rows are cut, for people
	SQL   string // one line; answers bucket and count
}

// leastSpotChecks is how many tables are checked even where none is large.
const leastSpotChecks = 10

// qa makes the folder 60-qa.
func qa(p planner.Plan) ([]Artifact, error) {
	if !paused(p) { // nothing stands still to count months on; the gate "loaded" counts whole tables where there is a moment to count them at
		return nil, nil
	}
	a := Artifact{
		Path: "60-qa/61-spot-checks.sh", Mode: 0o755, On: OnOperator, Step: true,
		Title: "Count the rows of every month of the large tables on both sides",
		Needs: "the load is done (42-load.sh), the replica still stands and nothing is applied to the target yet",
		Rerun: "as often as you like: it only reads", Minutes: "as long as one reading of these tables",
		Fails: "a month that differs was loaded wrongly or changed since: find out which before anything goes on, keep both sides as they are",
	}
	v := spotChecksView{Head: headOf(a), SourceVersion: p.Source.VersionNum, Jobs: int64(max(1, p.Options.Load.Workers/2))}
	for _, t := range spotChecked(p) {
		c, err := spotCheckOf(t)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		v.Checks = append(v.Checks, c)
	}
	a, err := a.fill("shell/61-spot-checks.sh.tmpl", v)
	return []Artifact{a}, err
}

// spotChecked are the copied tables that are not in a batch of tiny ones, and some more where those are few; largest first.
func spotChecked(p planner.Plan) []planner.Table {
	alone := make(map[analyze.Name]bool)
	for _, it := range p.Items {
		if len(it.Tables) == 1 {
			alone[it.Tables[0]] = true
		}
	}
	out := slices.DeleteFunc(slices.Clone(p.Tables), func(t planner.Table) bool { return !t.Handling.Copied() })
	slices.SortStableFunc(out, func(a, b planner.Table) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), a.Name.Compare(b.Name))
	})
	n := 0
	return slices.DeleteFunc(out, func(t planner.Table) bool {
		n++
		return n > leastSpotChecks && !alone[t.Name]
	})
}

func spotCheckOf(t planner.Table) (spotCheck, error) {
	table, err := name(t.Name)
	if err != nil {
		return spotCheck{}, err
	}
	c := spotCheck{Label: t.Name.String()}
	at := slices.IndexFunc(t.Columns, func(c planner.Column) bool { return c.Name == t.TimeColumn })
	if at < 0 {
		c.By = "as a whole"
		c.SQL = "SELECT 'all rows', pg_catalog.count(*) FROM ONLY " + table
		return c, nil
	}
	column, err := ident(t.TimeColumn)
	if err != nil {
		return spotCheck{}, err
	}
	c.By = "by month of " + analyze.Display(t.TimeColumn)
	// As a date the buckets of NULL, infinity and the years before Christ have a text too. A side without a month is left to
	// the planner's constant folding, which drops it.
	typ := t.Columns[at].Type
	c.SQL = fmt.Sprintf("SELECT coalesce(pg_catalog.date_trunc('month', %[1]s)::date::text, 'no time'), pg_catalog.count(*) FROM ONLY %[2]s"+
		" WHERE (:'FROM' = '' OR %[1]s >= nullif(:'FROM', '')::%[3]s) AND (:'TO' = '' OR %[1]s < nullif(:'TO', '')::%[3]s) GROUP BY 1", column, table, typ)
	return c, nil
}
