package verify

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// TestChecksumsAgreeAcrossVersions hashes the same rows on every version at hand.
func TestChecksumsAgreeAcrossVersions(t *testing.T) {
	cluster.Need(t)
	installs, err := cluster.Installs(t.Context())
	require.NoError(t, err)
	columns := []struct{ name, sqlType, base, kind, values string }{
		{"i", "int", "int4", "base", "1, -2147483648"},
		{"n", "numeric", "numeric", "base", "1.50, 'NaN'"},
		{"f", "float8", "float8", "base", "0.1::float8 + 0.2, 1e-300"},
		{"g", "float4", "float4", "base", "0.1::float4 * 3, 'infinity'"},
		{"fa", "float8[]", "_float8", "array", "array[0.1::float8 + 0.2, null], '{}'"},
		{"p", "point", "point", "base", "point(0.1::float8 + 0.2, 1), point(0, 0)"},
		{"pl", "polygon", "polygon", "base", "'((0,0),(0.1,0.3),(1,1))', '((0,0))'"},
		{"t", "text", "text", "base", "E'a\\nb\\\\', ''"},
		{"c", "char(5)", "bpchar", "base", "'ab', 'ab   '"},
		{"b", "bytea", "bytea", "base", "'\\x00ff', ''"},
		{"ts", "timestamptz", "timestamptz", "base", "'2026-01-01 00:00:00.123456+05', 'infinity'"},
		{"d", "date", "date", "base", "'0044-03-15 BC', '2026-12-31'"},
		{"iv", "interval", "interval", "base", "'1 mon -2 days 03:04:05.6', '-1 year'"},
		{"j", "json", "json", "base", "'{\"a\" :  1}', '[]'"},
		{"jb", "jsonb", "jsonb", "base", "'{\"b\": 1, \"a\": [1.50, null]}', 'null'"},
		{"u", "uuid", "uuid", "base", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', null"},
		{"r", "int4range", "int4range", "range", "'[1,5)', 'empty'"},
		{"m", "money", "money", "base", "'12.34', '-1'"},
		{"ip", "inet", "inet", "base", "'10.0.0.1/8', '::1'"},
		{"bt", "bit varying", "varbit", "base", "b'101', b''"},
		{"tv", "tsvector", "tsvector", "base", "'fat:2 cat:1A', ''"},
		{"ta", "text[]", "_text", "array", `array['a,b', null, '"', ''], '{}'`},
		{"bo", "boolean", "bool", "base", "true, null"},
	}
	var create, parts []string
	var rows [2][]string
	for _, c := range columns {
		create = append(create, c.name+" "+c.sqlType)
		part, ok := rendering(analyze.Ident(c.name), analyze.Column{BaseType: c.base, TypeKind: c.kind}, false)
		require.True(t, ok)
		parts = append(parts, part)
	}
	sums := map[string][]string{}
	seen := map[int]bool{}
	for _, in := range installs {
		if seen[in.Major] {
			continue
		}
		seen[in.Major] = true
		c := cluster.StartWith(t, cluster.Options{Role: cluster.Target, Major: in.Major})
		c.MustPsql(t, "postgres", "create table t ("+strings.Join(create, ", ")+")")
		for row := range rows {
			var names, values []string
			for _, col := range columns {
				names = append(names, col.name)
				values = append(values, nth(col.values, row))
			}
			c.MustPsql(t, "postgres", "set timezone = 'UTC'; set lc_monetary = 'C'; insert into t ("+strings.Join(names, ", ")+") values ("+strings.Join(values, ", ")+")")
		}
		c.MustPsql(t, "postgres", "insert into t default values")
		settings := strings.ReplaceAll(prologue, "'default_transaction_read_only', 'on'", "'default_transaction_read_only', 'off'")
		sum := c.MustPsql(t, "postgres", settings+" \\g /dev/null\n"+checksumSQL(analyze.Name{Schema: "public", Name: "t"}, parts))
		sums[sum] = append(sums[sum], in.Version)
	}
	require.Len(t, sums, 1, "%v", sums)
}

// nth is one of two SQL expressions, cut at the comma outside of quotes and brackets.
func nth(list string, n int) string {
	depth, quoted := 0, false
	for i, r := range list {
		switch {
		case r == '\'':
			quoted = !quoted
		case quoted:
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case r == ',' && depth == 0:
			if n == 0 {
				return list[:i]
			}
			return list[i+1:]
		}
	}
	return list
}

func TestRendering(t *testing.T) {
	for name, c := range map[string]struct {
		column analyze.Column
		floats bool
		ok     bool
	}{
		"text":                              {analyze.Column{BaseType: "text", TypeKind: "base"}, true, true},
		"range of new versions":             {analyze.Column{BaseType: "numrange", TypeKind: "range"}, false, true},
		"range that may hold floats":        {analyze.Column{BaseType: "floatrange", TypeKind: "range"}, true, false},
		"composite that may hold floats":    {analyze.Column{BaseType: "pair", TypeKind: "composite"}, true, false},
		"array of floats":                   {analyze.Column{BaseType: "_float8", TypeKind: "array"}, true, true},
		"array of points":                   {analyze.Column{BaseType: "_point", TypeKind: "array"}, true, false},
		"array of texts":                    {analyze.Column{BaseType: "_text", TypeKind: "array"}, true, true},
		"a type that nobody knows any more": {analyze.Column{}, true, true},
	} {
		_, ok := rendering(`"c"`, c.column, c.floats)
		require.Equal(t, c.ok, ok, name)
	}
	require.Contains(t, checksumSQL(table1, nil), "md5('')", "a table without columns")
}
