// Package differences is the list of rows in which the target is not as what it is compared with: the command verify writes it, and render
// makes a backfill of it. It names rows by the values of their keys, which are data of the users': a list is to be kept like the data.
package differences

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/pgcutover/pgcutover/analyze"
)

// Format is the version of the file format.
const Format = 1

// List is a list of differences.
type List struct {
	Format int     `json:"format"`
	Plan   string  `json:"plan"`   // fingerprint of the plan
	Rows   string  `json:"rows"`   // how rows were compared: delta or checksum
	Tables []Table `json:"tables"` // that are not equal, or of which changes failed to be applied
}

// Table is what is known of a table.
type Table struct {
	Name      analyze.Name `json:"name"`
	Key       []string     `json:"key"` // columns that name a row; empty: nothing names its rows, and none is listed
	Missing   int64        `json:"missing"`
	Extra     int64        `json:"extra"`
	Different int64        `json:"different"`
	Undecided int64        `json:"undecided"`
	// Incomplete says why there may be rows that differ and are not listed; empty: there are none.
	Incomplete string `json:"incomplete"`
	// Exceptions are the changes of the table that AWS DMS had failed to apply before the comparison began; nil: none, or not known.
	Exceptions *Exceptions `json:"exceptions"`
	Listed     []Row       `json:"listed"`
}

// Exceptions are rows of a table in awsdms_apply_exceptions.
type Exceptions struct {
	Rows int64  `json:"rows"`
	Last string `json:"last"` // the latest ERROR_TIME, as PostgreSQL writes a timestamp in ISO 8601
}

// Kind says how a row differs.
type Kind string

// The kinds. Of an undecided row nothing is known: it moved for as long as it was looked at, or the target was not known to have what the
// source had.
const (
	Missing   Kind = "missing"   // the target does not have it
	Extra     Kind = "extra"     // the target alone has it
	Different Kind = "different" // both have it, with other values
	Undecided Kind = "undecided"
)

// Row is a row.
type Row struct {
	Kind Kind `json:"kind"`
	// Key is the value of each column of the table's key as text, by the settings of verify/parity: the same text is the same value
	// again wherever it is read.
	Key []string `json:"key"`
}

// Settled are the rows of a table that can be backfilled.
func (t Table) Settled() []Row {
	out := make([]Row, 0, len(t.Listed))
	for _, r := range t.Listed {
		if r.Kind != Undecided {
			out = append(out, r)
		}
	}
	return out
}

// Decode reads a list strictly.
func Decode(r io.Reader) (List, error) {
	var l List
	if err := analyze.DecodeStrict(r, "list of differences", Format, &l); err != nil {
		return l, err
	}
	if l.Tables == nil {
		return l, errors.New(`reading list of differences: it has no "tables"`)
	}
	seen := map[analyze.Name]bool{}
	for _, t := range l.Tables {
		if seen[t.Name] {
			return l, fmt.Errorf("reading list of differences: table %s is there twice", t.Name)
		}
		seen[t.Name] = true
		for i, r := range t.Listed {
			switch {
			case r.Kind != Missing && r.Kind != Extra && r.Kind != Different && r.Kind != Undecided:
				return l, fmt.Errorf("reading list of differences: table %s, row %d: there is no kind %q", t.Name, i+1, r.Kind)
			case len(t.Key) == 0 || len(r.Key) != len(t.Key):
				return l, fmt.Errorf("reading list of differences: table %s, row %d: %d values for a key of %d columns", t.Name, i+1, len(r.Key), len(t.Key))
			}
		}
	}
	return l, nil
}

// Writer writes a list table by table, as they are compared. It is not safe for concurrent use.
type Writer struct {
	w     io.Writer
	began bool
	err   error
}

// NewWriter begins a list; its tables are added one by one.
func NewWriter(w io.Writer, l List) *Writer {
	out := &Writer{w: w}
	head, err := encode(struct {
		Format int    `json:"format"`
		Plan   string `json:"plan"`
		Rows   string `json:"rows"`
	}{Format, l.Plan, l.Rows})
	if err != nil {
		out.err = err
		return out
	}
	out.write(append(bytes.TrimSuffix(head, []byte("}")), `,"tables":[`...))
	for _, t := range l.Tables {
		_ = out.Add(t) // Close returns it
	}
	return out
}

// Add writes a table: a line for it and one for each row, so that people find their way with the tools for lines.
func (w *Writer) Add(t Table) error {
	rows := t.Listed
	t.Listed = []Row{}
	if t.Key == nil {
		t.Key = []string{}
	}
	head, err := encode(t)
	if err != nil {
		w.err = err
		return err
	}
	comma := ","
	if !w.began {
		w.began, comma = true, ""
	}
	w.write([]byte(comma + "\n"))
	w.write(bytes.TrimSuffix(head, []byte("]}")))
	for i, r := range rows {
		line, err := encode(r)
		if err != nil {
			w.err = err
			return err
		}
		separator := ",\n"
		if i == 0 {
			separator = "\n"
		}
		w.write(append([]byte(separator), line...))
	}
	w.write([]byte("]}"))
	return w.err
}

// Close ends the list. A list that was not closed is no JSON, and nobody takes it for one that is whole.
func (w *Writer) Close() error {
	w.write([]byte("\n]}\n"))
	return w.err
}

func (w *Writer) write(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
}

func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}
