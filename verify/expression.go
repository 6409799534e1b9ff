package verify

import (
	"regexp"
	"strings"
)

// tokens cuts SQL as PostgreSQL prints it into words, literals, quoted names and signs.
func tokens(sql string) []string {
	var out []string
	for i := 0; i < len(sql); {
		c := sql[i]
		start := i
		switch {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			i++
			continue
		case c == '\'' || c == '"':
			for i++; i < len(sql); i++ {
				if sql[i] == c {
					if i+1 < len(sql) && sql[i+1] == c {
						i++
						continue
					}
					i++
					break
				}
			}
		case word(c):
			for i < len(sql) && (word(sql[i]) || sql[i] == '.') {
				i++
			}
		case strings.HasPrefix(sql[i:], "::"):
			i += 2
		case strings.IndexByte("()[],;", c) >= 0:
			i++
		default:
			for i < len(sql) && !word(sql[i]) && strings.IndexByte("()[],; \n\t'\"", sql[i]) < 0 && !strings.HasPrefix(sql[i:], "::") {
				i++
			}
		}
		if i == start {
			i++
		}
		out = append(out, sql[start:i])
	}
	return out
}

func word(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// textTypes are the types whose casts PostgreSQL moves about when an expression is read and printed again:
// '{a,b}' IN lists over varchar columns gain and lose casts with each trip through a dump.
var textTypes = regexp.MustCompile(`^(text|varchar|bpchar|"char")$`)

// normalExpression brings two printings of one expression to the same text: casts to text types and needless parentheses
// are dropped. It never makes different operators, literals or columns equal; casts between text types it does.
func normalExpression(sql string) string {
	in := tokens(sql)
	var out []string
	for i := 0; i < len(in); i++ {
		if in[i] == "::" && i+1 < len(in) {
			n := 0
			switch {
			case in[i+1] == "character" && i+2 < len(in) && in[i+2] == "varying":
				n = 2
			case textTypes.MatchString(in[i+1]):
				n = 1
			}
			if n > 0 {
				i += n
				if i+1 < len(in) && in[i+1] == "(" { // a length changes the value
					out = append(out, in[i-n:i+1]...)
					continue
				}
				for i+2 < len(in) && in[i+1] == "[" && in[i+2] == "]" {
					i += 2
				}
				continue
			}
		}
		out = append(out, in[i])
	}
	for {
		next := unwrap(out)
		if len(next) == len(out) {
			return strings.Join(out, " ")
		}
		out = next
	}
}

// connects are the words before which a parenthesis opens no list of arguments.
var connects = map[string]bool{"AND": true, "OR": true, "NOT": true, "WHEN": true, "THEN": true, "ELSE": true, "CASE": true, "LIKE": true, "FROM": true}

// unwrap takes away parentheses around everything, around a single token that no word precedes (a call keeps its own), and doubled ones.
func unwrap(in []string) []string {
	match := map[int]int{}
	var stack []int
	for i, t := range in {
		switch t {
		case "(":
			stack = append(stack, i)
		case ")":
			if n := len(stack); n > 0 {
				match[stack[n-1]] = i
				stack = stack[:n-1]
			}
		}
	}
	drop := map[int]bool{}
	for open, end := range match {
		call := open > 0 && (word(in[open-1][0]) || in[open-1][0] == '"') && !connects[in[open-1]]
		single := end == open+2 && !call
		doubled := open+1 < end && in[open+1] == "(" && match[open+1] == end-1
		whole := open == 0 && end == len(in)-1
		if single || whole {
			drop[open], drop[end] = true, true
		} else if doubled {
			drop[open+1], drop[end-1] = true, true
		}
	}
	out := make([]string, 0, len(in))
	for i, t := range in {
		if !drop[i] {
			out = append(out, t)
		}
	}
	return out
}

// indexDefinition is CREATE INDEX as pg_get_indexdef prints it, cut into what is compared piece by piece.
type indexDefinition struct {
	Head      string   // up to the method
	Keys      []string // key columns and expressions, each with its operator class and order
	Options   string   // INCLUDE, NULLS NOT DISTINCT, WITH, TABLESPACE
	Predicate string
}

// cutIndex cuts a definition; ok is false for text that is not one.
func cutIndex(definition string) (d indexDefinition, ok bool) {
	in := tokens(definition)
	using := -1
	for i, t := range in {
		if t == "USING" && i+2 < len(in) && in[i+2] == "(" {
			using = i
			break
		}
	}
	if using < 0 {
		return d, false
	}
	head := append([]string{}, in[:using+2]...)
	for i, t := range head {
		if t == "ONLY" { // only says whether partitions are included, which attachment tells
			head = append(head[:i], head[i+1:]...)
			break
		}
	}
	d.Head = strings.Join(head, " ")
	depth, start, i := 0, using+3, using+2
	for ; i < len(in); i++ {
		switch in[i] {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		case ",":
			if depth == 1 {
				d.Keys = append(d.Keys, strings.Join(in[start:i], " "))
				start = i + 1
			}
		}
		if depth == 0 {
			break
		}
	}
	if i >= len(in) {
		return d, false
	}
	d.Keys = append(d.Keys, strings.Join(in[start:i], " "))
	rest := in[i+1:]
	depth = 0
	for j, t := range rest {
		switch t {
		case "(":
			depth++
		case ")":
			depth--
		case "WHERE":
			if depth == 0 {
				d.Options, d.Predicate = strings.Join(rest[:j], " "), strings.Join(rest[j+1:], " ")
				return d, true
			}
		}
	}
	d.Options = strings.Join(rest, " ")
	return d, true
}

// keyExpression cuts the key of an index into its expression and what follows: collation, operator class, order.
func keyExpression(key string) (expression, rest string) {
	in := tokens(key)
	end, depth := 0, 0
	for i, t := range in {
		switch t {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		}
		if depth == 0 {
			end = i + 1
			if i+1 < len(in) && (in[i+1] == "(" || in[i+1] == ".") || strings.HasSuffix(t, ".") { // a call without parentheses around it
				continue
			}
			break
		}
	}
	return strings.Join(in[:end], " "), strings.Join(in[end:], " ")
}
