package parity

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"

	"github.com/pgcutover/pgcutover/analyze"
)

// Binding is what a comparison is about. What was found out about one thing says nothing about another.
type Binding struct {
	Plan           string `json:"plan"`            // fingerprint
	PauseLSN       string `json:"pause_lsn"`       // where the original stands
	StartedAt      string `json:"started_at"`      // since when the original's server runs
	SourceSystem   string `json:"source_system"`   // system identifier; empty: not known
	TargetSystem   string `json:"target_system"`   // the same
	TargetDatabase string `json:"target_database"` // name
}

// Progress remembers which pieces are equal in a file, so that a comparison that was interrupted goes on where it stopped. The
// file is only appended to, one JSON value a line: whatever ends the program, at most its last line is cut, and that piece is
// compared again. A nil Progress remembers nothing.
type Progress struct {
	mu     sync.Mutex
	file   *os.File
	tables map[analyze.Name]*remembered
	taken  int
	Stale  string // why what the file held was dropped; empty: nothing was
}

type remembered struct {
	form, mark string
	bounds     bounds
	pieces     map[int]sum
}

// line is a line of the file: one of its fields.
type line struct {
	Format int        `json:"pgcutover_rows,omitempty"` // the first line's
	About  *Binding   `json:"about,omitempty"`          // the same
	Table  *tableLine `json:"table,omitempty"`
	Piece  *pieceLine `json:"piece,omitempty"`
}

type tableLine struct {
	Name   analyze.Name `json:"name"`
	Form   string       `json:"form"` // a hash of how rows are read on both sides
	Mark   string       `json:"mark"` // of the copy's table: see relation
	Bounds bounds       `json:"bounds"`
}

type pieceLine struct {
	Table analyze.Name `json:"table"`
	Piece int          `json:"piece"`
	Rows  int64        `json:"rows"`
	Sum   string       `json:"sum"`
}

const progressFormat = 1

// ErrNotProgress says that a file is not one that Open may write to.
var ErrNotProgress = errors.New("the file is not one of a comparison of rows")

// OpenProgress opens or creates the file of a comparison. What it holds of another one is dropped, and Stale says why. A file that is
// something else is left as it is: the error is ErrNotProgress.
func OpenProgress(path string, about Binding) (*Progress, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	p := &Progress{file: file, tables: map[analyze.Name]*remembered{}}
	if err := p.read(about); err != nil {
		return nil, errors.Join(fmt.Errorf("reading %s: %w", path, err), file.Close())
	}
	return p, nil
}

func (p *Progress) read(about Binding) error {
	all, err := io.ReadAll(p.file)
	if err != nil {
		return err
	}
	good := 0 // bytes that are whole lines of ours
	for n := 1; ; n++ {
		end := bytes.IndexByte(all[good:], '\n')
		if end < 0 {
			break
		}
		var l line
		d := json.NewDecoder(bytes.NewReader(all[good : good+end]))
		d.DisallowUnknownFields()
		err := d.Decode(&l)
		if n == 1 {
			switch {
			case err != nil || l.Format == 0 || l.About == nil:
				return ErrNotProgress
			case l.Format != progressFormat:
				return fmt.Errorf("its format is %d, this program reads %d", l.Format, progressFormat)
			case *l.About != about:
				p.Stale = l.About.differs(about)
			}
		} else if err != nil || !p.take(l) {
			p.Stale = "line " + strconv.Itoa(n) + " is damaged"
		}
		if p.Stale != "" {
			p.tables, good = map[analyze.Name]*remembered{}, 0
			break
		}
		good += end + 1
	}
	if good == 0 && len(all) > 0 && p.Stale == "" {
		// Not one whole line: the first of ours that was cut, or something else.
		if !bytes.HasPrefix(all, []byte(`{"pgcutover_rows":`)) && !bytes.HasPrefix([]byte(`{"pgcutover_rows":`), all) {
			return ErrNotProgress
		}
	}
	if err := p.file.Truncate(int64(good)); err != nil {
		return err
	}
	if _, err := p.file.Seek(int64(good), io.SeekStart); err != nil {
		return err
	}
	if good == 0 {
		return p.write(line{Format: progressFormat, About: &about})
	}
	return nil
}

// take enters a line; false: it makes no sense.
func (p *Progress) take(l line) bool {
	switch {
	case l.Table != nil && l.Piece == nil && l.About == nil:
		t := l.Table
		if len(t.Bounds.Columns) != len(t.Bounds.Types) {
			return false
		}
		for _, c := range t.Bounds.Cuts {
			if len(c) != len(t.Bounds.Columns) {
				return false
			}
		}
		p.tables[t.Name] = &remembered{form: t.Form, mark: t.Mark, bounds: t.Bounds, pieces: map[int]sum{}}
		return true
	case l.Piece != nil && l.Table == nil && l.About == nil:
		t := p.tables[l.Piece.Table]
		if t == nil || l.Piece.Piece < 0 || l.Piece.Piece >= t.bounds.pieces() || l.Piece.Rows < 0 {
			return false
		}
		t.pieces[l.Piece.Piece] = sum{l.Piece.Rows, l.Piece.Sum}
		return true
	}
	return false
}

// differs names the first thing in which two bindings differ.
func (b Binding) differs(now Binding) string {
	for _, x := range []struct{ what, was, is string }{
		{"plan", b.Plan, now.Plan}, {"pause LSN", b.PauseLSN, now.PauseLSN}, {"start of the replica", b.StartedAt, now.StartedAt},
		{"source", b.SourceSystem, now.SourceSystem}, {"target", b.TargetSystem, now.TargetSystem}, {"target's database", b.TargetDatabase, now.TargetDatabase},
	} {
		if x.was != x.is {
			return fmt.Sprintf("it is about another %s", x.what)
		}
	}
	return ""
}

func (p *Progress) write(l line) error {
	text, err := json.Marshal(l)
	if err == nil {
		_, err = p.file.Write(append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing the progress: %w", err)
	}
	return nil
}

// Close closes the file. What was finished is in it.
func (p *Progress) Close() error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(p.file.Sync(), p.file.Close())
}

// signature is what a table's sums depend on: the statements, the settings of the sessions and the columns as both sides have them.
func (t *table) signature(f form) string {
	h := sha256.New()
	for _, s := range t.statements {
		fmt.Fprintf(h, "%s\n%s\n%s\n", f, s.total("true"), s.keyHash())
	}
	fmt.Fprint(h, Settings)
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// bounds is how the table was cut before, where what was found then still holds: nothing was written to the copy's table
// since, as far as its server counted, and rows are read the same way.
func (p *Progress) bounds(t *table, f form) (bounds, bool) {
	if p == nil {
		return bounds{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.tables[t.Name]
	if r == nil || r.form != t.signature(f) || r.mark != t.mark {
		return bounds{}, false
	}
	return r.bounds, true
}

// table notes how a table is cut.
func (p *Progress) table(t *table, f form) error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l := line{Table: &tableLine{Name: t.Name, Form: t.signature(f), Mark: t.mark, Bounds: t.bounds}}
	p.take(l)
	return p.write(l)
}

// piece is what is known of a piece.
func (p *Progress) piece(table analyze.Name, i int) (sum, bool) {
	if p == nil {
		return sum{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.tables[table].pieces[i]
	if ok {
		p.taken++
	}
	return s, ok
}

// done notes that a piece is equal.
func (p *Progress) done(table analyze.Name, i int, s sum) error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.write(line{Piece: &pieceLine{Table: table, Piece: i, Rows: s.Rows, Sum: s.Sum}})
}
