package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// checksum is the statement that counts a table's rows and sums a hash of each, and the columns that it leaves out. The sum does
// not depend on the order of rows; two sums of 32 bits each leave a chance of one in 2^64 that a difference goes unseen.
func (e *Env) checksum(t planner.Table) (sql string, unsummed []string, err error) {
	dst, err := e.inventory(Target)
	if err != nil {
		return "", nil, err
	}
	src, err := e.server(Replica)
	if err != nil {
		return "", nil, err
	}
	to, err := e.server(Target)
	if err != nil {
		return "", nil, err
	}
	columns := map[string]analyze.Column{}
	for _, x := range dst.Tables {
		if x.Name == t.Name {
			for _, c := range x.Columns {
				columns[c.Name] = c
			}
		}
	}
	var parts []string
	for _, c := range t.Columns {
		part, ok := rendering(analyze.Ident(c.Name), columns[c.Name], src.VersionNum < 120000 && to.VersionNum >= 120000)
		if !ok {
			unsummed = append(unsummed, analyze.Display(c.Name))
			continue
		}
		parts = append(parts, part)
	}
	return checksumSQL(t.Name, parts), unsummed, nil
}

// checksumSQL hashes the parts of each row. An array, because a chain of that many operators would be too deep to parse.
func checksumSQL(table analyze.Name, parts []string) string {
	row := "''"
	if len(parts) > 0 {
		row = "array_to_string(array[" + strings.Join(parts, ", ") + "], '')"
	}
	return fmt.Sprintf(`select count(*) as n, coalesce(sum(('x' || substr(h, 1, 8))::bit(32)::bigint), 0)::text || '/' || coalesce(sum(('x' || substr(h, 9, 8))::bit(32)::bigint), 0)::text as sum
		from (select md5(%s) as h from only %s) as hashed`, row, table.SQL())
}

// rendering is a column's value as text that is the same on every version: its length and the text, or ~ for NULL, so that no two
// rows look alike. Floating point numbers go as their bytes, since before 12 they were printed with other digits (floats is
// true where that matters); what holds them inside a larger value cannot be had that way.
func rendering(column string, c analyze.Column, floats bool) (part string, ok bool) {
	switch c.BaseType {
	case "bytea":
		return fmt.Sprintf("coalesce(length(%[1]s) || ':' || md5(%[1]s), '~')", column), true
	case "float4", "float8":
		return fmt.Sprintf("coalesce(encode(%ssend(%s), 'hex'), '~')", c.BaseType, column), true
	case "_float4", "_float8":
		return fmt.Sprintf("coalesce(encode(array_send(%s), 'hex'), '~')", column), true
	case "point", "line", "lseg", "box", "path", "polygon", "circle":
		prefix := c.BaseType
		if prefix == "polygon" {
			prefix = "poly"
		}
		return fmt.Sprintf("coalesce(encode(%s_send(%s), 'hex'), '~')", prefix, column), true
	}
	inside := []string{"composite", "range", "multirange", "array"}
	geometric := []string{"_point", "_line", "_lseg", "_box", "_path", "_polygon", "_circle"}
	if floats && (slices.Contains(inside, c.TypeKind) && (c.TypeKind != "array" || slices.Contains(geometric, c.BaseType))) {
		return "", false
	}
	return fmt.Sprintf("coalesce(length(%[1]s::text) || ':' || %[1]s::text, '~')", column), true
}
