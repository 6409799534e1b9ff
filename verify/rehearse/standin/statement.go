package standin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A statement is SQL for the target with its arguments; where it is about one row, how many it has to touch is judged.
type statement struct {
	sql    string
	args   []any
	change *change
	first  bool // of its change: the row itself, not its LOBs
}

// A truncation is a value that is cut.
type truncation struct {
	table         *table
	column        string
	limit, length int // bytes, as AWS DMS counts them
}

func (c truncation) String() string {
	return fmt.Sprintf("Value of column '%s' in table '%s' was truncated to %d bytes, actual length: %d bytes", c.column, c.table, c.limit, c.length)
}

// writer makes statements for a task.
type writer struct {
	lobBytes     int // LobMaxSize
	varcharBytes int
}

// values are columns on the way to the target: most of them in one JSON object, those that were cut each by itself, as texts that the target
// has to make sense of.
type values struct {
	object  bytes.Buffer
	columns []string // with their types, for json_to_record
	args    []any
	from    map[string]string // expressions by column
}

func (w writer) values(t *table, row tuple, columns []column) (*values, []truncation, error) {
	v := &values{from: map[string]string{}}
	var cut []truncation
	v.object.WriteByte('{')
	for _, c := range columns {
		raw := row[c.name]
		text, limit, length, err := w.cut(t, c, raw)
		if err != nil {
			return nil, nil, err
		}
		if length > 0 {
			cut = append(cut, truncation{t, c.name, limit, length})
			v.args = append(v.args, text)
			v.from[c.name] = fmt.Sprintf("$%d::text::%s", len(v.args)+1, c.plain)
			continue
		}
		if len(v.columns) > 0 {
			v.object.WriteByte(',')
		}
		name, err := json.Marshal(c.name)
		if err != nil {
			return nil, nil, err
		}
		v.object.Write(name)
		v.object.WriteByte(':')
		v.object.Write(raw)
		v.columns = append(v.columns, quoted(c.name)+" "+c.typ)
		v.from[c.name] = "r." + quoted(c.name)
	}
	v.object.WriteByte('}')
	v.args = append([]any{v.object.String()}, v.args...)
	return v, cut, nil
}

// record is the FROM item of the values; the key has to be among them.
func (v *values) record() string {
	if len(v.columns) == 0 {
		return "(select from (select $1::text) x) as r"
	}
	return "json_to_record($1::text::json) as r(" + strings.Join(v.columns, ", ") + ")"
}

// cut returns a text that is shorter than the value where it has to be, and length 0 where it has not.
func (w writer) cut(t *table, c column, raw json.RawMessage) (text string, limit, length int, err error) {
	if c.lob != noLOB && t.unlimited || c.lob == noLOB && !c.open || len(raw) < min(w.lobBytes, w.varcharBytes)/2 || bytes.Equal(raw, []byte("null")) {
		return "", 0, 0, nil
	}
	text = string(raw)
	if raw[0] == '"' && !strings.HasPrefix(c.plain, "json") {
		if err := json.Unmarshal(raw, &text); err != nil {
			return "", 0, 0, fmt.Errorf("a value of %s.%s: %w", t, c.name, err)
		}
	}
	switch {
	case c.open:
		if len(text) <= w.varcharBytes {
			return "", 0, 0, nil
		}
		limit, length = w.varcharBytes, len(text)
		text = text[:limit]
	case c.lob == blob: // \x and two digits for each byte
		if length = (len(text) - 2) / 2; length <= w.lobBytes {
			return "", 0, 0, nil
		}
		limit = w.lobBytes
		text = text[:2+2*limit]
	case c.lob == nclob:
		if length = 2 * utf8.RuneCountInString(text); length <= w.lobBytes {
			return "", 0, 0, nil
		}
		limit = w.lobBytes
		text = string([]rune(text)[:limit/2])
	default:
		if length = len(text); length <= w.lobBytes {
			return "", 0, 0, nil
		}
		limit = w.lobBytes
		text = text[:limit]
	}
	return strings.ToValidUTF8(text, ""), limit, length, nil
}

// statements are what a change comes to on the target; none where AWS DMS does nothing.
func (w writer) statements(c *change) ([]statement, []truncation, error) {
	t := c.table
	switch c.kind {
	case 'T':
		return []statement{{sql: "truncate " + t.ident, change: c}}, nil, nil
	case 'D':
		v, _, err := w.values(t, c.old, t.keyColumns())
		if err != nil {
			return nil, nil, err
		}
		return []statement{{sql: "delete from " + t.ident + " as t using " + v.record() + " where " + t.matches(v), args: v.args, change: c, first: true}}, nil, nil
	case 'U':
		if c.changesKey() || len(t.key) == 0 {
			return nil, nil, nil
		}
		s, cut, err := w.update(c, func(x column) bool { return !x.key && (x.lob == noLOB || !t.unlimited) })
		if err != nil || s == nil {
			return nil, cut, err
		}
		s.first = true
		return []statement{*s}, cut, nil
	}
	// The row without its LOBs, then those.
	var columns []column
	lobs := false
	for _, x := range t.known(c.row) {
		if x.lob == noLOB {
			columns = append(columns, x)
		} else if !bytes.Equal(c.row[x.name], []byte("null")) {
			lobs = true
		}
	}
	v, cut, err := w.values(t, c.row, columns)
	if err != nil {
		return nil, nil, err
	}
	names, from := make([]string, len(columns)), make([]string, len(columns))
	for i, x := range columns {
		names[i], from[i] = quoted(x.name), v.from[x.name]
	}
	sql := "insert into " + t.ident + " default values"
	if len(columns) > 0 {
		sql = "insert into " + t.ident + " (" + strings.Join(names, ", ") + ") select " + strings.Join(from, ", ") + " from " + v.record()
	} else {
		v.args = nil
	}
	out := []statement{{sql: sql, args: v.args, change: c, first: true}}
	if !lobs || len(t.key) == 0 || t.unlimited {
		return out, cut, nil
	}
	s, more, err := w.update(c, func(x column) bool { return x.lob != noLOB && !bytes.Equal(c.row[x.name], []byte("null")) })
	if err != nil {
		return nil, nil, err
	}
	return append(out, *s), append(cut, more...), nil
}

// update sets some of a row's columns, nil where it has none of them.
func (w writer) update(c *change, which func(column) bool) (*statement, []truncation, error) {
	t := c.table
	var columns, sets []column
	for _, x := range t.known(c.row) {
		if which(x) {
			sets = append(sets, x)
		}
		if which(x) || x.key {
			columns = append(columns, x)
		}
	}
	if len(sets) == 0 {
		return nil, nil, nil
	}
	v, cut, err := w.values(t, c.row, columns)
	if err != nil {
		return nil, nil, err
	}
	list := make([]string, len(sets))
	for i, x := range sets {
		list[i] = quoted(x.name) + " = " + v.from[x.name]
	}
	return &statement{sql: "update " + t.ident + " as t set " + strings.Join(list, ", ") + " from " + v.record() + " where " + t.matches(v), args: v.args, change: c}, cut, nil
}

// changesKey reports whether an update gives a row another primary key. pglogical sends the old one then.
func (c *change) changesKey() bool {
	return c.kind == 'U' && c.old != nil && c.table.keyOf(c.old) != c.table.keyOf(c.row)
}

func (t *table) keyColumns() []column {
	out := make([]column, len(t.key))
	for i, k := range t.key {
		out[i] = t.columns[k]
	}
	return out
}

// matches is the condition for the row that the values are of.
func (t *table) matches(v *values) string {
	list := make([]string, len(t.key))
	for i, k := range t.key {
		list[i] = "t." + quoted(k) + " = " + v.from[k]
	}
	return strings.Join(list, " and ")
}
