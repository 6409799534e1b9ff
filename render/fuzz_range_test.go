package render_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// FuzzRange cuts a table of up to three key columns at bounds that come out of the input, and has the server count: every row, NULLs
// and the bounds themselves included, is in exactly one range.
func FuzzRange(f *testing.F) {
	cluster.Need(f)
	f.Add(uint8(1), "1 2 3", "0 1 2 3 4")
	f.Add(uint8(2), "1,1 1,- 2 -,-", "1,1 1,2 1,- 2,- -,- -,1")
	f.Add(uint8(3), "1,a,- 1,-,2 -,b,1", "1,a,1 1,-,3 -,b,- -,-,- 1,é,0")
	f.Add(uint8(5), "a b \u00e9 Z", "A a b z \u00e9 -")
	f.Add(uint8(4), "1 -5 9223372036854775807", "-9223372036854775808 0 -")
	_, err := render.StartedServer()
	require.NoError(f, err)
	render.AskPsql(f, "CREATE TABLE IF NOT EXISTS ranged (a bigint, b text, c bigint, d text COLLATE \"C\");\nSELECT 1 \\g /dev/null\n")
	f.Fuzz(func(t *testing.T, shape uint8, bounds, rows string) {
		key := [][]planner.KeyColumn{
			{{Name: "a", Type: "bigint"}, {Name: "c", Type: "bigint"}}, {{Name: "a", Type: "bigint"}}, {{Name: "a", Type: "bigint"}, {Name: "d", Type: "text"}, {Name: "c", Type: "bigint"}},
			{{Name: "b", Type: "text"}}, {{Name: "d", Type: "text"}, {Name: "a", Type: "bigint"}},
		}[shape%5]
		read := func(s string) (out []planner.Bound) { // words are rows, commas part the columns, - is NULL
			for word := range strings.FieldsSeq(s) {
				var b planner.Bound
				for i, v := range strings.Split(word, ",")[:min(len(key), strings.Count(word, ",")+1)] {
					if v == "-" {
						b = append(b, nil)
						continue
					}
					if key[i].Type == "bigint" {
						n, err := strconv.ParseInt(v, 10, 64)
						if err != nil {
							n = int64(len(v))
						}
						v = strconv.FormatInt(n, 10)
					}
					b = append(b, &v)
				}
				out = append(out, b)
			}
			return out[:min(len(out), 12)]
		}
		cuts := read(bounds)
		var values []string
		for _, r := range read(rows + " " + bounds) { // the bounds are rows too
			list := make([]string, len(key))
			for i := range key {
				list[i] = "NULL"
				if i < len(r) && r[i] != nil {
					if analyze.Expressible(*r[i]) != nil {
						return
					}
					list[i] = analyze.Literal(*r[i])
				}
			}
			values = append(values, "("+strings.Join(list, ", ")+")")
		}
		if len(values) == 0 || len(cuts) == 0 {
			return
		}
		names := make([]string, len(key))
		for i, k := range key {
			names[i] = k.Name
		}
		for _, c := range cuts {
			for _, v := range c {
				if v != nil && analyze.Expressible(*v) != nil {
					return
				}
			}
		}
		cuts = sorted(t, key, cuts)
		var ranges []planner.Range
		for i := range len(cuts) + 1 {
			r := planner.Range{By: planner.ByKey, Key: key}
			if i > 0 {
				r.From = cuts[i-1]
			}
			if i < len(cuts) {
				r.To = cuts[i]
			}
			ranges = append(ranges, r)
		}
		var terms []string
		for _, r := range ranges {
			p, err := r.Predicate()
			require.NoError(t, err, "%v", r)
			terms = append(terms, "coalesce(("+p+"), false)::integer")
		}
		got := render.AskPsql(t, "TRUNCATE ranged;\nINSERT INTO ranged ("+strings.Join(names, ", ")+") VALUES "+strings.Join(values, ", ")+";\n"+
			render.ToFD("SELECT "+render.Hexed("pg_catalog.count(*) || ' ' || pg_catalog.count(*) FILTER (WHERE "+strings.Join(terms, " + ")+" = 1)")+" FROM ranged"))
		require.Equal(t, []string{fmt.Sprintf("%d %d", len(values), len(values))}, got, "%v", terms)
	})
}

// sorted has the server put bounds into the order of its index, one with fewer columns in front of what begins with it, and takes
// out those that are the same.
func sorted(t *testing.T, key []planner.KeyColumn, cuts []planner.Bound) []planner.Bound {
	t.Helper()
	var union []string
	for i, c := range cuts {
		columns := []string{strconv.Itoa(i)}
		for j := range key {
			value, rank := "NULL", "0" // a bound that ends here is in front
			if j < len(c) {
				rank = "2"
				if c[j] != nil {
					value, rank = analyze.Literal(*c[j]), "1"
				}
			}
			columns = append(columns, rank, value+"::"+key[j].Type)
		}
		union = append(union, "("+strings.Join(columns, ", ")+")")
	}
	var names, order, group []string
	for j, k := range key {
		collate := ""
		if k.Name == "d" {
			collate = ` COLLATE "C"`
		}
		names = append(names, fmt.Sprintf("r%d, v%d", j, j))
		order = append(order, fmt.Sprintf("r%d = 0 DESC, r%d, v%d%s", j, j, j, collate))
		group = append(group, fmt.Sprintf("r%d, v%d%s", j, j, collate))
	}
	fields := render.AskPsql(t, render.ToFD("SELECT "+render.Hexed("pg_catalog.min(i)")+" FROM (VALUES "+strings.Join(union, ", ")+") AS x (i, "+strings.Join(names, ", ")+") GROUP BY "+
		strings.Join(group, ", ")+" ORDER BY "+strings.Join(order, ", ")))
	var out []planner.Bound
	for _, f := range fields {
		i, err := strconv.Atoi(f)
		require.NoError(t, err)
		out = append(out, cuts[i])
	}
	return out
}
