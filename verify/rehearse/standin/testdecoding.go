package standin

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pglogrepl"
)

// textDecoder turns what test_decoding writes into transactions: lines for people, of every table of the database, with values as their types print them.
type textDecoder struct {
	tables map[string]*table // by how test_decoding names them: quoted where they have to be
	open   *transaction
}

func newTextDecoder(tables map[[2]string]*table) *textDecoder {
	d := &textDecoder{tables: map[string]*table{}}
	for _, t := range tables {
		d.tables[t.ident] = t
	}
	return d
}

// textOptions are those that a task reads test_decoding with.
func textOptions() []string { return []string{`"include-timestamp" 'on'`} }

var commitTime = regexp.MustCompile(`\(at (.*)\)$`)

// add takes the next line in, which the slot sends as of a position: of BEGIN the transaction's first change, of COMMIT its end.
func (d *textDecoder) add(data []byte, at pglogrepl.LSN) (*transaction, error) {
	line := string(data)
	switch {
	case strings.HasPrefix(line, "BEGIN"):
		d.open = &transaction{first: at}
		return nil, nil
	case d.open == nil:
		return nil, fmt.Errorf("test_decoding sent %.200q outside of a transaction", line)
	case strings.HasPrefix(line, "COMMIT"):
		t := d.open
		d.open = nil
		t.final, t.end = at, at
		if m := commitTime.FindStringSubmatch(line); m != nil {
			for _, form := range []string{"2006-01-02 15:04:05.999999-07", "2006-01-02 15:04:05.999999-07:00"} {
				if when, err := time.Parse(form, m[1]); err == nil {
					t.at = when.UTC()
				}
			}
		}
		return t, nil
	case strings.HasPrefix(line, "table "):
		return nil, d.change(strings.TrimPrefix(line, "table "))
	}
	return nil, nil // a message, which no row comes of
}

func (d *textDecoder) change(rest string) error {
	name, rest := identifier(rest)
	if strings.HasPrefix(rest, ".") {
		second, after := identifier(rest[1:])
		name, rest = name+"."+second, after
	}
	if strings.HasPrefix(rest, ", ") || strings.HasPrefix(rest, ": TRUNCATE:") { // of several tables at once
		d.truncated(name)
		if more, of := strings.CutPrefix(rest, ", "); of {
			return d.change(more)
		}
		return nil
	}
	t := d.tables[name]
	if t == nil {
		return nil
	}
	action, rest, ok := strings.Cut(strings.TrimPrefix(rest, ": "), ":")
	if !ok {
		return fmt.Errorf("test_decoding sent a change of %s that cannot be read", name)
	}
	c := change{table: t}
	var err error
	switch action {
	case "INSERT":
		c.kind = 'I'
		c.row, err = rowOf(rest, t)
	case "UPDATE":
		c.kind = 'U'
		if old, after, both := strings.Cut(rest, " old-key:"); both && strings.TrimSpace(old) == "" {
			// The new row begins at the first " new-tuple:" that is no part of a value.
			c.old, rest, err = tupleUntil(after, t, " new-tuple:")
			if err != nil {
				return err
			}
		}
		c.row, err = rowOf(rest, t)
	case "DELETE":
		c.kind = 'D'
		c.old, err = rowOf(rest, t)
	default:
		return fmt.Errorf("test_decoding sent an unknown action %q", action)
	}
	if err == nil && (c.row != nil || c.old != nil) {
		d.open.changes = append(d.open.changes, c)
	}
	return err
}

func (d *textDecoder) truncated(name string) {
	if t := d.tables[name]; t != nil {
		d.open.changes = append(d.open.changes, change{kind: 'T', table: t})
	}
}

// identifier reads a name as PostgreSQL quotes it, and returns it as it stands.
func identifier(s string) (name, rest string) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ".:[, ")
		if end < 0 {
			return s, ""
		}
		return s[:end], s[end:]
	}
	for i := 1; i < len(s); i++ {
		if s[i] == '"' {
			if i+1 < len(s) && s[i+1] == '"' {
				i++
				continue
			}
			return s[:i+1], s[i+1:]
		}
	}
	return s, ""
}

func unquoted(name string) string {
	if strings.HasPrefix(name, `"`) {
		return strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
	}
	return name
}

func rowOf(s string, t *table) (tuple, error) {
	row, _, err := tupleUntil(s, t, "")
	return row, err
}

// tupleUntil reads columns as " name[type]:value" until a word, or the end. A large value that did not change is not in it; nil where there is no row.
func tupleUntil(s string, t *table, until string) (row tuple, rest string, err error) {
	row = tuple{}
	for {
		if until != "" && strings.HasPrefix(s, until) {
			return row, s[len(until):], nil
		}
		s = strings.TrimPrefix(s, " ")
		if s == "" || s == "(no-tuple-data)" {
			if len(row) == 0 {
				return nil, "", nil
			}
			return row, "", nil
		}
		name, after := identifier(s)
		end := typeEnd(after)
		if end < 0 {
			return nil, "", fmt.Errorf("test_decoding sent a row of %s that cannot be read", t)
		}
		column := unquoted(name)
		value, quoted, rest := valueOf(after[end:])
		s = rest
		switch {
		case !quoted && value == "unchanged-toast-datum":
		case !quoted && value == "null":
			row[column] = json.RawMessage("null")
		default:
			if row[column], err = asJSON(t.columns[column], value, quoted); err != nil {
				return nil, "", fmt.Errorf("a value of %s.%s: %w", t, column, err)
			}
		}
	}
}

// typeEnd is where the value begins after a type in brackets, which may have brackets itself: [integer[]]:
func typeEnd(s string) int {
	if !strings.HasPrefix(s, "[") {
		return -1
	}
	i := strings.Index(s, "]:")
	if i < 0 {
		return -1
	}
	return i + 2
}

// valueOf reads a value: quoted with single quotes, which are doubled in it, or a word.
func valueOf(s string) (value string, quoted bool, rest string) {
	s = strings.TrimPrefix(s, "B") // a bit string
	if !strings.HasPrefix(s, "'") {
		end := strings.IndexByte(s, ' ')
		if end < 0 {
			return s, false, ""
		}
		return s[:end], false, s[end:]
	}
	for i := 1; i < len(s); i++ {
		if s[i] == '\'' {
			if i+1 < len(s) && s[i+1] == '\'' {
				i++
				continue
			}
			return strings.ReplaceAll(s[1:i], "''", "'"), true, s[i+1:]
		}
	}
	return s, false, ""
}

// asJSON is a value as pglogical would have written it: numbers and truths as such, JSON as it is, everything else as a text.
func asJSON(c column, value string, quoted bool) (json.RawMessage, error) {
	if strings.HasPrefix(c.plain, "json") && quoted && !strings.HasSuffix(c.plain, "[]") && json.Valid([]byte(value)) {
		return json.RawMessage(value), nil
	}
	if !quoted && json.Valid([]byte(value)) {
		return json.RawMessage(value), nil
	}
	return json.Marshal(value)
}

// sortedColumns are the columns of a table in an order that is always the same.
func (t *table) sortedColumns() []column {
	out := make([]column, 0, len(t.columns))
	for _, c := range t.columns {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b column) int { return strings.Compare(a.name, b.name) })
	return out
}
