package standin

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pglogrepl"
)

// A tuple is a row, or what is known of it: each value is as pglogical wrote it. A stored large value that did not change is not in it.
type tuple map[string]json.RawMessage

// A message is one of pglogical's JSON.
type message struct {
	Action   string    `json:"action"` // S startup, B begin, I insert, U update, D delete, C commit
	Relation [2]string `json:"relation"`
	Old      tuple     `json:"oldtuple"` // of a delete, and of an update that changes the key: its key
	New      tuple     `json:"newtuple"`
	Time     string    `json:"commit_time"` // of B
	First    string    `json:"first_lsn"`   // of B: where the transaction's first change begins
	Final    string    `json:"final_lsn"`   // of C: where the commit record begins
	End      string    `json:"end_lsn"`     // of C
}

// A change is one of a row.
type change struct {
	kind     byte // I, U, D, or T: the table is truncated
	table    *table
	old, row tuple
}

// A transaction is one of the source, as its slot delivers it.
type transaction struct {
	changes           []change
	at                time.Time // of the commit
	first, final, end pglogrepl.LSN
}

// decoder turns messages into transactions.
type decoder struct {
	tables map[[2]string]*table
	from   pglogrepl.LSN // transactions that began before it are left out
	open   *transaction
}

// add takes the next message in, and returns the transaction that it ends.
func (d *decoder) add(data []byte) (*transaction, error) {
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("pglogical sent what is no JSON (a name with a double quote?): %.200q: %w", data, err)
	}
	switch m.Action {
	case "S":
		return nil, nil
	case "B":
		d.open = &transaction{}
		if at, err := time.Parse("2006-01-02 15:04:05.999999-07", m.Time); err == nil {
			d.open.at = at.UTC()
		}
		var err error
		if d.open.first, err = pglogrepl.ParseLSN(m.First); err != nil {
			return nil, fmt.Errorf("the beginning of a transaction: %w", err)
		}
		return nil, nil
	}
	if d.open == nil {
		return nil, fmt.Errorf("pglogical sent %q outside of a transaction", m.Action)
	}
	switch m.Action {
	case "C":
		t := d.open
		d.open = nil
		var err error
		if t.final, err = pglogrepl.ParseLSN(m.Final); err != nil {
			return nil, fmt.Errorf("the end of a transaction: %w", err)
		}
		if t.end, err = pglogrepl.ParseLSN(m.End); err != nil {
			return nil, fmt.Errorf("the end of a transaction: %w", err)
		}
		if t.first < d.from {
			return nil, nil
		}
		return t, nil
	case "I", "U", "D":
		if m.Relation == [2]string{"pglogical", "queue"} {
			return nil, d.queued(m.New)
		}
		if t := d.tables[m.Relation]; t != nil {
			d.open.changes = append(d.open.changes, change{kind: m.Action[0], table: t, old: m.Old, row: m.New})
		}
		return nil, nil
	}
	return nil, fmt.Errorf("pglogical sent an unknown action %q", m.Action)
}

// queued takes a message of pglogical to its subscribers, a row that every slot sees. Of those only TRUNCATE is about rows.
func (d *decoder) queued(row tuple) error {
	var q struct {
		Type    string
		Message struct {
			Schema string `json:"schema_name"`
			Table  string `json:"table_name"`
		}
	}
	if raw := row["message_type"]; raw != nil {
		if err := json.Unmarshal(raw, &q.Type); err != nil {
			return fmt.Errorf("a message in pglogical's queue: %w", err)
		}
	}
	if q.Type != "T" {
		return nil
	}
	if err := json.Unmarshal(row["message"], &q.Message); err != nil {
		return fmt.Errorf("a TRUNCATE in pglogical's queue: %w", err)
	}
	if t := d.tables[[2]string{q.Message.Schema, q.Message.Table}]; t != nil {
		d.open.changes = append(d.open.changes, change{kind: 'T', table: t})
	}
	return nil
}

// net returns the one change for each row that many come to, in the order of a batch: deletes, then inserts, then updates. What stands between
// them on the source is lost, and that is what harms a table with another unique key.
func net(changes []change) []change {
	type place struct {
		table *table
		key   string
	}
	var emptied, loose []change // tables truncated; inserts into tables without a key
	last := map[place]*change{}
	gone := map[place]change{} // a row that was deleted, and is there again
	var order []place
	for _, c := range changes {
		if c.kind == 'T' { // what came before it does not matter
			emptied = append(emptied, c)
			loose = slices.DeleteFunc(loose, func(x change) bool { return x.table == c.table })
			order = slices.DeleteFunc(order, func(p place) bool {
				if p.table == c.table {
					delete(last, p)
					delete(gone, p)
				}
				return p.table == c.table
			})
			continue
		}
		if len(c.table.key) == 0 {
			loose = append(loose, c)
			continue
		}
		row := c.row
		if c.kind == 'D' {
			row = c.old
		}
		p := place{c.table, c.table.keyOf(row)}
		before := last[p]
		switch {
		case before == nil:
			order = append(order, p)
		case c.kind == 'U' && (before.kind == 'U' || before.kind == 'I'):
			c.kind, c.row = before.kind, merged(before.row, c.row)
		case c.kind == 'I' && before.kind == 'D':
			gone[p] = *before
		}
		last[p] = &c
	}
	out := emptied
	for _, kind := range []byte("DIU") {
		for _, p := range order {
			if before, ok := gone[p]; ok && kind == 'D' && last[p].kind != 'D' {
				out = append(out, before)
			}
			if last[p].kind == kind {
				out = append(out, *last[p])
			}
		}
		if kind == 'I' {
			out = append(out, loose...)
		}
	}
	return out
}

// merged is a row with what a later update knows of it.
func merged(before, after tuple) tuple {
	out := maps.Clone(before)
	maps.Copy(out, after)
	return out
}
