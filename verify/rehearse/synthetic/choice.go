package synthetic

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/analyze"
)

// tried is how many values of a candidate are shown to the constraints of its column.
const tried = 32

// createFits is a function that tells whether a row fulfils a condition. What cannot be computed is no.
const createFits = `create or replace function pg_temp.fits(query text, out fits boolean, out value text) language plpgsql as $$
begin
	execute query into fits, value;
	fits := coalesce(fits, true);
exception when others then
	fits := false;
end $$`

// choose picks the generator of each column whose values are not drawn from another table. It returns why a column has none.
func (s *schema) choose(ctx context.Context, conn *pgx.Conn, t *table) (reason string, err error) {
	if t.bound != "" {
		for _, part := range conjuncts(t.bound) {
			t.checks = append(t.checks, check{sql: part, kind: "bound of the partition"})
		}
	}
	for i := range t.checks {
		c := &t.checks[i]
		if c.columns == nil && c.kind == "bound of the partition" {
			if c.columns, err = s.columnsOf(ctx, conn, t, c.sql); err != nil {
				return "", err
			}
		}
	}
	for _, c := range t.columns {
		if c.generated || t.drawn(c) {
			continue
		}
		var alone []check
		for _, k := range t.checks {
			if len(k.columns) == 1 && k.columns[0] == c.name {
				alone = append(alone, k)
			}
		}
		g, err := s.chooseFor(ctx, conn, t, c, alone)
		if err != nil {
			return "", err
		}
		switch {
		case g != nil:
			t.chosen[c.name] = g
		case c.notNull || len(alone) > 0:
			why := "no value was found for its column " + c.name + " of type " + c.typeSQL
			for _, k := range alone {
				why += fmt.Sprintf(", which has to fulfil %s (%s)", k.kind, k.sql)
			}
			return why, nil
		default:
			t.chosen[c.name] = constant("null::" + c.typeSQL)
		}
	}
	return "", nil
}

// drawn tells whether a column's values come from another table.
func (t *table) drawn(c *column) bool {
	return slices.ContainsFunc(t.foreign, func(f *foreignKey) bool { return slices.Contains(f.columns, c) })
}

// columnsOf finds the columns of a condition that the catalog names no columns for: those without which it is not understood.
func (s *schema) columnsOf(ctx context.Context, conn *pgx.Conn, t *table, sql string) ([]string, error) {
	for _, c := range t.columns {
		query := fmt.Sprintf("select true, '' from (select null::%s as %s) as %s where (%s) is not null", c.typeSQL, c.sql, analyze.Ident(t.name.Name), sql)
		var parsed bool
		if err := conn.QueryRow(ctx, "select fits from pg_temp.fits($1)", query).Scan(&parsed); err != nil {
			return nil, err
		}
		if parsed {
			return []string{c.name}, nil
		}
	}
	return []string{}, nil // of more than one: a filter of rows
}

// chooseFor finds a generator whose values fulfil the conditions; nil: none does.
func (s *schema) chooseFor(ctx context.Context, conn *pgx.Conn, t *table, c *column, conditions []check) (*generator, error) {
	basic := s.value(c.typ, c.typmod, c.typeSQL, t.width[c.name])
	texts := make([]string, 0, len(conditions))
	for _, k := range conditions {
		texts = append(texts, "("+k.sql+")")
	}
	domain := s.domainChecks(c.typ)
	if basic != nil && len(conditions) == 0 && len(domain) == 0 && s.simple(c.typ) {
		return basic, nil
	}
	if len(texts) == 0 {
		texts = []string{"true"}
	}
	condition := strings.Join(texts, " and ")
	if basic != nil { // what follows from the type does for most
		answers, err := s.ask(ctx, conn, t, c, condition, []*generator{basic})
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(answers, func(a answer) bool { return !a.Fits }) {
			return basic, nil
		}
	}
	candidates := s.candidates(c, basic, condition+" "+strings.Join(domain, " "))
	answers, err := s.ask(ctx, conn, t, c, condition, candidates)
	if err != nil {
		return nil, err
	}
	var best, often *generator
	mostly := tried / 10
	var pool []string
	for _, g := range candidates {
		n := g.tries()
		fit := 0
		seen := map[string]bool{}
		for _, a := range answers[:n] {
			if a.Value != nil {
				seen[*a.Value] = true
			}
			if a.Fits {
				fit++
				if a.Value != nil && !slices.Contains(pool, *a.Value) && len(pool) < 200 {
					pool = append(pool, *a.Value)
				}
			}
		}
		answers = answers[n:]
		if 2*len(seen) < n { // between two constants there may be less than it seems
			g.distinct = min(g.distinct, int64(max(1, len(seen))))
		}
		if g.many() && fit > mostly {
			often, mostly = g, fit
		}
		if fit == n && (best == nil || g.distinct > best.distinct) {
			best = g
		}
	}
	if best != nil && (best.many() || int64(len(pool)) <= best.distinct) {
		return best, nil
	}
	if often != nil && t.unique(c) {
		return often, nil // the rows that do not fit are left out, and there is no end of others
	}
	if len(pool) == 0 {
		return best, nil // null, where that is all that fits
	}
	values := make([]string, len(pool))
	for i, v := range pool {
		values[i] = analyze.Literal(v)
	}
	list := "(array[" + strings.Join(values, ",") + "]::text[])"
	return &generator{distinct: int64(len(pool)), chosen: true, of: func(n string) string {
		return fmt.Sprintf("(%s[1 + (%s) %% %d])::%s", list, n, len(pool), c.typeSQL)
	}}, nil
}

// tries is how many of a candidate's values are asked about.
func (g *generator) tries() int { return int(min(tried, max(g.distinct, 1))) }

// An answer is whether a value fulfils a condition, and the value as text.
type answer struct {
	Fits  bool
	Value *string
}

// ask asks about so many values of each candidate, one candidate after the other.
func (s *schema) ask(ctx context.Context, conn *pgx.Conn, t *table, c *column, condition string, candidates []*generator) ([]answer, error) {
	queries := make([]string, 0, len(candidates)*tried)
	for _, g := range candidates {
		for i := range g.tries() {
			n := fmt.Sprint(i * []int{1, 1, 37, 20_000_003}[i%4])
			queries = append(queries, fmt.Sprintf("select %s, %s::text from (select %s as %s) as %s", condition, c.sql, g.of(n+"::bigint"), c.sql, analyze.Ident(t.name.Name)))
		}
	}
	rows, err := conn.Query(ctx, "select f.fits, f.value from unnest($1::text[]) with ordinality as q (query, i), lateral pg_temp.fits(q.query) as f order by q.i", queries)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[answer])
}

// simple tells whether every value of a type's generator is one of the type.
func (s *schema) simple(oid uint32) bool {
	t := s.types[oid]
	return t != nil && t.system && t.kind == "b"
}

// domainChecks are the conditions of a domain and of those that it is made of.
func (s *schema) domainChecks(oid uint32) (out []string) {
	for t := s.types[oid]; t != nil && t.kind == "d"; t = s.types[t.base] {
		out = append(out, t.checks...)
	}
	return out
}

// baseOf is the type that a domain is made of.
func (s *schema) baseOf(oid uint32) *datatype {
	t := s.types[oid]
	for t != nil && t.kind == "d" {
		t = s.types[t.base]
	}
	return t
}

var (
	stringConstant = regexp.MustCompile(`'((?:[^']|'')*)'`)
	numberConstant = regexp.MustCompile(`(?:^|[^\w.'"])(-?\d+(?:\.\d+)?)\b`)
)

// candidates are what may be in a column: first what follows from its type, then what its conditions name and what is between those
// constants, then the usual forms of texts.
func (s *schema) candidates(c *column, basic *generator, conditions string) []*generator {
	var out []*generator
	add := func(distinct int64, format string) {
		out = append(out, &generator{distinct: distinct, of: func(n string) string {
			return "(" + strings.ReplaceAll(format, "$n", "("+n+")") + ")::" + c.typeSQL
		}})
	}
	if basic != nil {
		out = append(out, basic)
	}
	base := s.baseOf(c.typ)
	if base == nil {
		return out
	}
	constants := constantsOf(conditions)
	for _, k := range constants {
		add(1, k)
	}
	// Between two constants, and around each.
	for i, low := range constants[:min(len(constants), 6)] {
		for _, high := range constants[i+1 : min(len(constants), 6)] {
			switch base.name {
			case "int2", "int4", "int8":
				add(1<<20, fmt.Sprintf("%s::bigint + (($n * 7919) %% (1 + abs(%s::bigint - %s::bigint)))", low, high, low))
			case "numeric", "float4", "float8":
				add(1<<20, fmt.Sprintf("%s::numeric + (%s::numeric - %s::numeric) * (($n * 7919) %% 1000003) / 1000003.0", low, high, low))
			case "date":
				add(1<<12, fmt.Sprintf("%s::date + (($n * 7919) %% (1 + abs(%s::date - %s::date)))::int", low, high, low))
			case "timestamp", "timestamptz":
				add(1<<20, fmt.Sprintf("%s::%s + (%s::%s - %s::%s) * (($n * 7919) %% 1000003) / 1000003.0", low, base.name, high, base.name, low, base.name))
			}
		}
		switch base.name {
		case "int2", "int4", "int8", "numeric", "float4", "float8":
			for _, form := range []string{" + $n", " - $n", " + $n % 100", " - $n % 100"} {
				add(map[bool]int64{true: 100, false: manyValues}[strings.Contains(form, "%")], low+"::numeric"+form)
			}
		case "date":
			add(18250, low+"::date + ($n % 18250)::int")
			add(18250, low+"::date - ($n % 18250)::int")
		case "timestamp", "timestamptz":
			add(1<<22, low+"::"+base.name+" + ($n % 4194304) * interval '6 minutes'")
			add(1<<22, low+"::"+base.name+" - ($n % 4194304) * interval '6 minutes'")
		}
	}
	switch base.name {
	case "int2", "int4", "int8", "numeric", "float4", "float8":
		for _, form := range []string{"2 * $n", "$n % 1000", "$n % 100", "$n % 10", "1 + $n % 5", "0 - $n", "($n % 1000) / 1000.0"} {
			distinct := int64(1000)
			if !strings.Contains(form, "%") {
				distinct = manyValues
			}
			add(distinct, form)
		}
	}
	if base.category == "S" || !base.system && base.kind == "b" {
		for _, form := range textForms {
			add(1<<16, form)
		}
		for width := 1; width <= 12; width++ {
			add(power(10, width), fmt.Sprintf("right(lpad($n::text, %d, '0'), %d)", width, width))
			add(power(16, width), fmt.Sprintf("right(translate(lpad(to_hex($n), %d, '0'), '0123456789abcdef', 'ABCDEFGHIJKLMNOP'), %d)", width, width))
			add(power(16, width), fmt.Sprintf("right(translate(lpad(to_hex($n), %d, '0'), '0123456789abcdef', 'abcdefghijklmnop'), %d)", width, width))
		}
	}
	if base.category == "A" {
		add(1, "'{}'")
		if e := s.valueAt(base.element, -1, s.typeSQL(base.element), 0, 1); e != nil {
			out = append(out, &generator{distinct: e.distinct, of: func(n string) string { return "array[" + e.of(n) + "]::" + c.typeSQL }})
		}
	}
	if base.name == "json" || base.name == "jsonb" {
		for _, v := range []string{"'{}'", "'[]'", "'\"text\"'", "'7'", "'[7]'"} {
			add(1, v)
		}
	}
	if c.byDefault != "" && c.sequence == 0 {
		out = append(out, constant(c.byDefault))
	}
	if !c.notNull {
		out = append(out, constant("null::"+c.typeSQL))
	}
	return out
}

// constantsOf are the constants of an expression, as SQL, each once.
func constantsOf(sql string) (out []string) {
	add := func(k string) {
		if !slices.Contains(out, k) && len(out) < 40 {
			out = append(out, k)
		}
	}
	for _, m := range stringConstant.FindAllStringSubmatch(sql, -1) {
		add("'" + m[1] + "'")
	}
	for _, m := range numberConstant.FindAllStringSubmatch(stringConstant.ReplaceAllString(sql, "''"), -1) {
		add(m[1])
	}
	return out
}

// textForms are forms that texts usually have, or that extensions' types take.
var textForms = []string{
	"'user' || $n || '@example.com'", "'https://example.com/' || $n", "'+1202555' || lpad(($n % 10000)::text, 4, '0')", "'202-555-' || lpad(($n % 10000)::text, 4, '0')",
	"upper(md5($n::text))", "md5($n::text)::uuid::text", "'n' || $n", "'N' || $n", "$n::text", "'name-' || $n", "'name_' || $n", "'Name ' || $n", "'10.0.0.' || $n % 255", "'#' || left(md5($n::text), 6)",
	"'2020-01-' || lpad((1 + $n % 28)::text, 2, '0')", "'1.' || $n % 100 || '.' || $n % 10", "left(md5($n::text), 1)", "'n=>' || $n", "'(' || $n || ')'", "'POINT(' || $n % 180 || ' ' || $n % 90 || ')'",
	"'[' || $n % 10 || ']'", "'{\"n\":' || $n || '}'", "''",
}

// conjuncts are the parts of an expression that all have to hold, as the server prints it: ((a) AND (b)).
func conjuncts(sql string) []string {
	inner := sql
	if strings.HasPrefix(sql, "(") && strings.HasSuffix(sql, ")") {
		inner = sql[1 : len(sql)-1]
	}
	var out []string
	depth, start := 0, 0
	var quote byte
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return []string{sql} // the outer parentheses were no pair
			}
		case depth == 0 && strings.HasPrefix(inner[i:], " AND "):
			out = append(out, inner[start:i])
			start = i + len(" AND ")
		}
	}
	out = append(out, inner[start:])
	for _, part := range out {
		if !strings.HasPrefix(part, "(") && !strings.HasPrefix(part, "satisfies_hash_partition") && len(out) > 1 {
			return []string{sql} // BETWEEN, or something that is not looked through
		}
	}
	return out
}
