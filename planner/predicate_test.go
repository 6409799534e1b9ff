package planner

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
)

// sqlReader evaluates the conditions that [Range.Predicate] writes, with SQL's three truths, for a row whose columns are named and
// whose values are of type bigint or text, the latter sorted bytewise.
type sqlReader struct {
	t      require.TestingT
	tokens []string
	row    map[string]*string
}

const unknown = -1

var sqlToken = regexp.MustCompile(`"(?:[^"]|"")*"|E?'(?:[^'\\]|''|\\.)*'::[a-z]+|[A-Z]+|>=|[<>=(),]|true`)

func holds(t require.TestingT, predicate string, row map[string]*string) int {
	r := &sqlReader{t: t, tokens: sqlToken.FindAllString(predicate, -1), row: row}
	require.Equal(t, strings.ReplaceAll(predicate, " ", ""), strings.ReplaceAll(strings.Join(r.tokens, ""), " ", ""), "every character was read")
	v := r.or()
	require.Empty(t, r.tokens, predicate)
	return v
}

func (r *sqlReader) next() string {
	require.NotEmpty(r.t, r.tokens)
	s := r.tokens[0]
	r.tokens = r.tokens[1:]
	return s
}

func (r *sqlReader) have(s string) bool {
	if len(r.tokens) == 0 || r.tokens[0] != s {
		return false
	}
	r.tokens = r.tokens[1:]
	return true
}

func (r *sqlReader) or() int {
	v := r.and()
	for r.have("OR") {
		w := r.and()
		switch {
		case v == 1 || w == 1:
			v = 1
		case v == unknown || w == unknown:
			v = unknown
		}
	}
	return v
}

func (r *sqlReader) and() int {
	v := r.one()
	for r.have("AND") {
		w := r.one()
		switch {
		case v == 0 || w == 0:
			v = 0
		case v == unknown || w == unknown:
			v = unknown
		}
	}
	return v
}

func (r *sqlReader) one() int {
	if r.have("true") {
		return 1
	}
	if r.have("(") {
		if len(r.tokens) > 1 && r.tokens[1] == "," { // a comparison of rows
			columns := r.list()
			require.Equal(r.t, "<", r.next())
			require.Equal(r.t, "(", r.next())
			values := r.list()
			require.Len(r.t, values, len(columns))
			for i, c := range columns {
				a, b := r.value(c), r.value(values[i])
				if a == nil || b == nil {
					return unknown
				}
				if n := compareConstants(*a, *b); n != 0 {
					return truth(n < 0)
				}
			}
			return 0
		}
		v := r.or()
		require.Equal(r.t, ")", r.next())
		return v
	}
	a := r.value(r.next())
	op := r.next()
	if op == "IS" {
		not := r.have("NOT")
		require.Equal(r.t, "NULL", r.next())
		return truth((a == nil) != not)
	}
	b := r.value(r.next())
	if a == nil || b == nil {
		return unknown
	}
	n := compareConstants(*a, *b)
	switch op {
	case "<":
		return truth(n < 0)
	case ">":
		return truth(n > 0)
	case "=":
		return truth(n == 0)
	case ">=":
		return truth(n >= 0)
	}
	require.Fail(r.t, "unknown operator", op)
	return 0
}

func (r *sqlReader) list() (out []string) {
	for {
		out = append(out, r.next())
		if r.have(")") {
			return out
		}
		require.Equal(r.t, ",", r.next())
	}
}

// value is what a token stands for: a column's value or a constant, each as the text before the cast, in the order of its type.
func (r *sqlReader) value(token string) *string {
	if strings.HasPrefix(token, `"`) {
		v, ok := r.row[strings.ReplaceAll(token[1:len(token)-1], `""`, `"`)]
		require.True(r.t, ok, token)
		return v
	}
	quoted, _, ok := strings.Cut(token, "'::")
	require.True(r.t, ok, token)
	escaped := strings.HasPrefix(quoted, "E")
	s := strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(quoted, "E"), "'"), "''", "'")
	if escaped {
		s = strings.ReplaceAll(s, `\\`, `\`)
	}
	return &s
}

// compareConstants compares numbers as such and everything else as text.
func compareConstants(a, b string) int {
	if integerOf(64)(a) && integerOf(64)(b) {
		return compareNumbers(a, b)
	}
	return strings.Compare(a, b)
}

// inFront reports whether a row is in front of a bound.
func inFront(row []*string, b Bound) bool {
	for i, v := range b {
		switch x := row[i]; {
		case x == nil && v == nil:
		case x == nil || v == nil:
			return v == nil
		default:
			if n := compareConstants(*x, *v); n != 0 {
				return n < 0
			}
		}
	}
	return false
}

func compareBounds(a, b Bound) int {
	for i := range min(len(a), len(b)) {
		switch x, y := a[i], b[i]; {
		case x == nil && y == nil:
		case x == nil || y == nil:
			return cmp.Compare(truth(x == nil), truth(y == nil))
		default:
			if n := compareConstants(*x, *y); n != 0 {
				return n
			}
		}
	}
	return cmp.Compare(len(a), len(b))
}

// Whatever the bounds and the rows, each row is in exactly one range, and in the one where it belongs.
func TestEachRowIsInOneRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"bigint", "text"}), 1, 3).Draw(t, "types")
		key := make([]KeyColumn, len(kinds))
		for i, k := range kinds {
			key[i] = KeyColumn{[]string{`a`, `"b`, `C c`}[i], k}
		}
		// Few different values, so that rows and bounds meet.
		value := func(kind string) *string {
			if kind == "bigint" {
				return rapid.SampledFrom([]*string{nil, ptr("-9223372036854775808"), ptr("-5"), ptr("0"), ptr("9"), ptr("10"), ptr("9223372036854775807")}).Draw(t, "number")
			}
			return rapid.SampledFrom([]*string{nil, ptr(""), ptr("a'"), ptr(`b\`), ptr(`b\'`), ptr("NULL"), ptr("é\n"), ptr("zz")}).Draw(t, "text")
		}
		tuple := func(n int) []*string {
			out := make([]*string, n)
			for i := range out {
				out[i] = value(kinds[i])
			}
			return out
		}
		var bounds []Bound
		for range rapid.IntRange(1, 8).Draw(t, "bounds") {
			bounds = append(bounds, tuple(rapid.IntRange(1, len(key)).Draw(t, "length")))
		}
		slices.SortFunc(bounds, compareBounds)
		bounds = slices.CompactFunc(bounds, func(a, b Bound) bool { return compareBounds(a, b) == 0 })
		ranges := make([]Range, len(bounds)+1)
		predicates := make([]string, len(ranges))
		for i := range ranges {
			ranges[i] = Range{Part: i + 1, Of: len(ranges), By: ByKey, Key: key}
			if i > 0 {
				ranges[i].From = bounds[i-1]
			}
			if i < len(bounds) {
				ranges[i].To = bounds[i]
			}
			var err error
			predicates[i], err = ranges[i].Predicate()
			require.NoError(t, err)
		}
		for range 30 {
			row := tuple(len(key))
			named := map[string]*string{}
			for i, k := range key {
				named[k.Name] = row[i]
			}
			want := len(bounds) - 1
			for ; want >= 0 && inFront(row, bounds[want]); want-- {
			}
			for i, p := range predicates {
				require.Equal(t, i == want+1, holds(t, p, named) == 1, "%s of %d for %s", p, i, Bound(row))
			}
		}
	})
}

// Marks are ascending, so that whatever is chosen of them makes a plan that holds, and never more ranges than asked for.
func TestCutsAreAscending(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := make([][]point, rapid.IntRange(1, 3).Draw(t, "columns"))
		var key []KeyColumn
		for i := range columns {
			c := analyze.Column{NullFraction: ptr(rapid.Float64Range(0, 1).Draw(t, "nulls"))}
			for range rapid.IntRange(0, 30).Draw(t, "bounds") {
				c.Bounds = append(c.Bounds, fmt.Sprint(rapid.IntRange(-20, 20).Draw(t, "bound")))
			}
			for range rapid.IntRange(0, 5).Draw(t, "common") {
				c.Common = append(c.Common, analyze.CommonValue{Value: fmt.Sprint(rapid.IntRange(-20, 20).Draw(t, "common value")), Fraction: rapid.Float64Range(0, 0.3).Draw(t, "fraction")})
			}
			columns[i] = spreadOut(c, keyTypes["bigint"])
			if len(columns[i]) == 0 {
				columns[i] = []point{{ptr("1"), 0, 1, true}}
			}
			key = append(key, KeyColumn{string(rune('a' + i)), "bigint"})
		}
		c := cutter{key: key, marks: marksOf(columns)}
		for i := 1; i < len(c.marks); i++ {
			require.Negative(t, compareBounds(c.marks[i-1].bound, c.marks[i].bound))
		}
		n := rapid.IntRange(1, 40).Draw(t, "ranges")
		ranges, upTo := c.cut(n)
		require.LessOrEqual(t, len(ranges), n)
		require.Len(t, upTo, len(ranges))
		require.InDelta(t, 1, upTo[len(upTo)-1], 0)
		for _, r := range ranges {
			require.NoError(t, r.sound())
		}
	})
}

func TestPredicates(t *testing.T) {
	key := []KeyColumn{{"a", "integer"}, {"b", "text"}}
	b := func(values ...string) Bound {
		out := make(Bound, len(values))
		for i, v := range values {
			if v != "NULL" {
				out[i] = &v
			}
		}
		return out
	}
	for _, c := range []struct {
		from, to Bound
		want     string
	}{
		{nil, nil, `true`},
		{nil, b("5"), `"a" < '5'::integer`},
		{b("5"), b("9"), `"a" >= '5'::integer AND "a" < '9'::integer`},
		{b("9"), nil, `("a" >= '9'::integer OR "a" IS NULL)`},
		{b("9"), b("NULL"), `"a" >= '9'::integer`},
		{b("NULL"), nil, `"a" IS NULL`},
		{nil, b("NULL"), `"a" IS NOT NULL`},
		{b("5"), b("5", "m"), `"a" = '5'::integer AND "b" < 'm'::text`},
		{b("5", "m"), b("5", "q"), `"a" = '5'::integer AND "b" >= 'm'::text AND "b" < 'q'::text`},
		{b("4"), b("5", "m"), `"a" >= '4'::integer AND ("a", "b") < ('5'::integer, 'm'::text)`},
		{b("5", "q"), b("7"), `("a" = '5'::integer AND "b" >= 'q'::text OR "a" = '5'::integer AND "b" IS NULL OR "a" > '5'::integer) AND "a" < '7'::integer`},
		{b("NULL", `it's\`), nil, `("a" IS NULL AND "b" >= E'it''s\\'::text OR "a" IS NULL AND "b" IS NULL)`},
	} {
		got, err := Range{By: ByKey, Key: key, From: c.from, To: c.to}.Predicate()
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	ordered := func(from, to Bound) string {
		s, err := Range{By: ByKey, Key: key, From: from, To: to}.Ordered()
		require.NoError(t, err)
		return s
	}
	require.Empty(t, ordered(nil, b("5", "m")))
	require.Equal(t, `((coalesce("a", '5'::integer), coalesce("b", 'm'::text)) < ('5'::integer, 'q'::text)) IS TRUE`, ordered(b("5", "m"), b("5", "q")))
	require.Equal(t, `(coalesce("a", '5'::integer) < '5'::integer OR coalesce("a", '5'::integer) = '5'::integer) IS TRUE`, ordered(b("5"), b("5", "q")))
	require.True(t, Range{By: ByKey, Key: key[:1]}.Portable())
	require.False(t, Range{By: ByKey, Key: key}.Portable())
	require.False(t, Range{By: ByTID}.Portable())
	for want, r := range map[string]Range{
		"is not behind its beginning": {By: ByKey, Key: key, From: b("5", "m"), To: b("5")},
		"has 3 values":                {By: ByKey, Key: key, From: b("5", "m", "n")},
		"there twice":                 {By: ByKey, Key: []KeyColumn{key[0], key[0]}},
		"needs the key's columns":     {By: ByKey},
		"not a block number":          {By: ByTID, From: b("NULL")},
		`"7x" is not a value of type`: {By: ByKey, Key: key, To: b("7x")},
	} {
		_, err := r.Predicate()
		require.ErrorContains(t, err, want)
	}
}

// The costs of making ranges grow with the number of tables, not faster.
func BenchmarkRanges(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			tables := make([]analyze.Table, n)
			for i := range tables {
				x := plain(fmt.Sprintf("t%05d", i), 1<<30)
				for j := range 101 {
					x.Columns[0].Bounds = append(x.Columns[0].Bounds, fmt.Sprint(j*1000))
				}
				tables[i] = x
			}
			inv := inventory(tables...)
			inv.Server.VersionNum = 90624
			for b.Loop() {
				o := Defaults()
				builder, err := newBuilder(inv, o, nil)
				if err != nil {
					b.Fatal(err)
				}
				for i := range builder.tables {
					if items := builder.cutTable(&builder.tables[i], 64<<20, ""); len(items) < 10 {
						b.Fatal(items)
					}
				}
			}
		})
	}
}

// Keys of which only the ends are known are cut in equal widths, up to the ends of their type.
func TestKeysWithoutStatisticsAreCutInEqualWidths(t *testing.T) {
	items := func(least, greatest string, change ...func(*analyze.Table)) []Item {
		x := plain("a", 1<<30)
		x.Columns[0].KeyRange = &analyze.KeyRange{Least: least, Greatest: greatest, Method: "index"}
		for _, c := range change {
			c(&x)
		}
		inv := inventory(x)
		inv.Server.VersionNum, inv.Server.Version = 90624, "9.6.24"
		return plan(t, inv, func(o *Options) { o.Load.SplitBytes = 256 << 20 }).Items
	}
	ends := func(items []Item) (out []string) {
		slices.SortFunc(items, func(a, b Item) int { return a.Range.Part - b.Range.Part })
		for _, it := range items[:len(items)-1] {
			out = append(out, *it.Range.To[0])
		}
		return out
	}
	got := items("1", "1000")
	require.Equal(t, []string{"250", "500", "750"}, ends(got))
	require.Equal(t, "Cut into 4 ranges by id: configured; there are no statistics of id, so each has as much of the way from 1 to 1000, and they are uneven where keys are missing.", got[0].Reason)
	require.Equal(t, []string{"-4611686018427387905", "-1", "4611686018427387903"}, ends(items("-9223372036854775808", "9223372036854775807")))
	require.Equal(t, []string{"6"}, ends(items("5", "7")), "no more ranges than keys")
	for _, c := range [][2]string{{"7", "7"}, {"8", "7"}, {"", "7"}, {"1", "1e9"}, {"1; drop", "9"}, {"1", "9223372036854775808"}} {
		whole := items(c[0], c[1])
		require.Len(t, whole, 1, "%v", c)
		require.Contains(t, whole[0].Reason, "there are no statistics of id")
	}
	known := items("1", "1000", func(x *analyze.Table) { x.Columns[0].Bounds = []string{"1", "10", "20", "30", "1000"} })
	require.Equal(t, []string{"10", "20", "30"}, ends(known), "what ANALYZE knows is better")
}
