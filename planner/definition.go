package planner

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Definitions travel as the catalog prints them, and are the only text of a plan that gets into a script unquoted. So
// somebody who edits one must not be able to add a second statement to it, or a command of psql: what the server's
// deparser (src/backend/utils/adt/ruleutils.c) never prints outside of quotes is refused.

// oneClause checks that a definition is one piece: quotes and parentheses are closed, and nothing outside of them ends
// the statement, adds a second action to it or speaks to psql.
func oneClause(sql string) error {
	var open []byte
	for i := 0; i < len(sql); i++ {
		switch c := sql[i]; c {
		case '\'', '"':
			end := closing(sql, i)
			if end < 0 {
				return errors.New("it has an open quote")
			}
			i = end
		case '(', '[':
			open = append(open, c)
		case ')', ']':
			if len(open) == 0 || (open[len(open)-1] == '(') != (c == ')') {
				return errors.New("its parentheses do not match")
			}
			open = open[:len(open)-1]
		case ',':
			if len(open) == 0 {
				return errors.New("a comma in it would begin another action")
			}
		case ';', '\\', '$':
			return fmt.Errorf("it has %q outside of quotes", c)
		case '-', '/':
			if i+1 < len(sql) && (c == '-' && sql[i+1] == '-' || c == '/' && sql[i+1] == '*') {
				return errors.New("it has a comment")
			}
		}
	}
	if len(open) > 0 {
		return errors.New("its parentheses do not match")
	}
	return nil
}

// closing is where the quote that opens at i ends; -1: nowhere. Only E” takes backslashes for escapes.
func closing(sql string, i int) int {
	quote := sql[i]
	escapes := quote == '\'' && i > 0 && (sql[i-1] == 'E' || sql[i-1] == 'e') && (i == 1 || !identByte(sql[i-2]))
	for j := i + 1; j < len(sql); j++ {
		switch {
		case escapes && sql[j] == '\\':
			j++
		case sql[j] == quote && j+1 < len(sql) && sql[j+1] == quote:
			j++
		case sql[j] == quote:
			return j
		}
	}
	return -1
}

func identByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// anyName is what quote_ident prints, whatever the server's version takes for a keyword.
const anyName = `((?:[^\x00-\x7f]|[a-z_])(?:[^\x00-\x7f]|[a-z0-9_])*|"(?:[^"]|"")+")`

// leadingName cuts a name as [anyName] has it off the beginning of a text. ok is false where there is none.
func leadingName(sql string) (name, rest string, ok bool) {
	end := 0
	switch {
	case strings.HasPrefix(sql, `"`):
		if end = closing(sql, 0) + 1; end < 3 {
			return "", sql, false
		}
		name = sql[1 : end-1]
		if strings.Contains(name, `"`) {
			name = strings.ReplaceAll(name, `""`, `"`)
		}
		return name, sql[end:], true
	case sql == "" || '0' <= sql[0] && sql[0] <= '9':
		return "", sql, false
	}
	for end < len(sql) && identByte(sql[end]) && (sql[end] < 'A' || sql[end] > 'Z') {
		end++
	}
	return sql[:end], sql[end:], end > 0
}

// indexNames are the names in what pg_get_indexdef prints: of the index, and of its table.
func indexNames(definition string) (index, schema, table string, ok bool) {
	rest, found := strings.CutPrefix(definition, "CREATE ")
	rest, _ = strings.CutPrefix(rest, "UNIQUE ")
	after := func(text string) {
		if ok {
			rest, ok = strings.CutPrefix(rest, text)
		}
	}
	name := func() (n string) {
		if ok {
			n, rest, ok = leadingName(rest)
		}
		return n
	}
	ok = found
	after("INDEX ")
	index = name()
	after(" ON ")
	rest, _ = strings.CutPrefix(rest, "ONLY ")
	schema = name()
	after(".")
	table = name()
	after(" USING ")
	return index, schema, table, ok && rest != "" && 'a' <= rest[0] && rest[0] <= 'z'
}

// definesIndex checks that a definition makes the index it is said to make, and nothing else.
func definesIndex(definition, index string, table analyze.Name) error {
	i, s, t, ok := indexNames(definition)
	if !ok {
		return errors.New("its definition is not one of pg_get_indexdef")
	}
	if i != index || s != table.Schema || t != table.Name {
		return fmt.Errorf("its definition makes index %s of %s", analyze.Display(i), analyze.Name{Schema: s, Name: t})
	}
	if err := oneClause(definition); err != nil {
		return fmt.Errorf("its definition is not one of pg_get_indexdef: %w", err)
	}
	return nil
}

// clauses are how definitions of constraints begin.
var clauses = map[analyze.ConstraintKind]string{
	analyze.PrimaryKey: "PRIMARY KEY (", analyze.UniqueKey: "UNIQUE ", analyze.Check: "CHECK (", analyze.Exclusion: "EXCLUDE ", analyze.ForeignKey: "FOREIGN KEY (",
}

// definesConstraint checks the same for a constraint.
func definesConstraint(definition string, kind analyze.ConstraintKind) error {
	begin, known := clauses[kind]
	if !known {
		return fmt.Errorf("unknown kind of constraint %q", kind)
	}
	if !strings.HasPrefix(definition, begin) {
		return fmt.Errorf("its definition is not that of a %s", kind)
	}
	if err := oneClause(definition); err != nil {
		return fmt.Errorf("its definition is not one of pg_get_constraintdef: %w", err)
	}
	return nil
}

// rangeType are the types a table can be cut by, as format_type prints them: builtin ones, or a domain over one.
var rangeType = regexp.MustCompile(`^(?:smallint|integer|bigint|uuid|date|text|character varying(?:\([0-9]{1,8}\))?|timestamp(?:\([0-6]\))? with(?:out)? time zone|` +
	anyName + `(?:\.` + anyName + `)?)$`)
