package parity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
)

// Table is a table to compare.
type Table struct {
	Name    analyze.Name
	Columns []string // that were copied; generated columns that both sides have are compared too
	Key     []string // by which rows are known; empty: the best unique index of the original, or none
}

// Options is how to compare.
type Options struct {
	Jobs       int   // pieces at a time, each with one statement on each side; 0: 1
	PieceBytes int64 // heap and TOAST of a piece, about; 0: 256 MiB
	Show       int   // differing rows of a table that are named; the others are counted
	List       int   // differing rows of a table whose keys are kept, those that are named included
	Progress   *Progress
	fetch      int64 // rows whose hashes are fetched at a time from each side, if one bucket has not more; 0: 100,000
	lists      int   // times that rows of a piece are fetched, each a reading of the piece; 0: 16
	// Report, if set, is told how many bytes of how many are compared. It may be called from several goroutines.
	Report func(done, total int64)
}

// Kind says how a row differs.
type Kind string

// The kinds of difference.
const (
	Missing   Kind = "missing"   // the copy does not have it
	Extra     Kind = "extra"     // the original does not have it
	Different Kind = "different" // both have it, with other values
	Undecided Kind = "undecided" // Follow only: it is not known whether it differs
)

// Value is a value of a key.
type Value struct {
	Column string
	Text   string
	Plain  bool // of a number, a UUID, a date or a time: hardly anybody's secret
}

// Row is a row that differs.
type Row struct {
	Kind    Kind
	Key     []Value   // empty: the table has no key
	CTID    [2]string // where it is on the original and on the copy; empty where it is not
	Columns []string  // of a different row: what differs
	hash    string
}

// Key is a row that differs, by the texts of its key alone.
type Key struct {
	Kind  Kind
	Texts []string // a value for each column of Outcome.Key
}

// Outcome is what came out for a table.
type Outcome struct {
	Table  analyze.Name
	Rows   [2]int64  // on the original and on the copy
	Sums   [2]string // of the table, where it was compared in this run as one piece; else empty
	Pieces int
	Done   int // pieces that were compared: fewer when the time was up
	Before int // of them, pieces that an earlier run found equal

	Missing, Extra, Different int64
	AtLeast                   bool     // there may be more of them
	Found                     []Row    // at most Options.Show
	Key                       []string // columns by which rows are known; empty: by nothing but their values
	Listed                    []Key    // at most Options.List
	Unlisted                  bool     // there are more of them, or may be
	// Left are columns that only one side has (generated ones), which cannot be compared.
	Left []string
	// Doubtful are columns in which alone rows differ, of types whose text two versions may write differently.
	Doubtful []string
	Restless bool // it was not the same when it was read again, or rows kept moving
	// Follow only: rows that the source has changed, rows that were not decided, and whether they are not because the target is not
	// known to have applied what the source had.
	Changed, Undecided int64
	Behind             bool
	Err                error // why it could not be compared to the end
}

// Equal tells whether every row was compared and none differs.
func (o Outcome) Equal() bool {
	return o.Err == nil && o.Done == o.Pieces && !o.Differs() && !o.Restless && !o.Behind && len(o.Doubtful) == 0
}

// Differs tells whether a difference was found.
func (o Outcome) Differs() bool { return o.Missing+o.Extra+o.Different > 0 }

// ErrNoTable says which table is missing on the copy.
var ErrNoTable = errors.New("the copy does not have it")

// ErrNoColumn wraps what says which column is missing on the copy.
var ErrNoColumn = errors.New("columns are missing on the copy")

// comparison is one run of Compare.
type comparison struct {
	Options
	servers [2]Server
	form    form
	mu      sync.Mutex
	done    int64
	all     int64
}

type table struct {
	Table
	statements [2]statement
	bounds     bounds
	bytes      int64
	mark       string
	doubtful   []string
	outcome    *Outcome
}

type found struct {
	Missing, Extra, Different int64
	AtLeast                   bool
	Rows                      []Row
	Keys                      []Key
	Unlisted                  bool
}

// Compare compares tables of two servers that both stand still, and hands each outcome to each as soon as it is there, never two
// at a time. What ctx leaves undone has Done < Pieces. The error is one that keeps all tables from being compared; a table's own
// is in its outcome.
func Compare(ctx context.Context, from, to Server, tables []Table, o Options, each func(Outcome)) error {
	c := &comparison{Options: o, servers: [2]Server{from, to}}
	c.defaults()
	var err error
	if c.form, err = agree(ctx, c.servers); err != nil {
		return err
	}
	prepared := make([]*table, len(tables))
	var g errgroup.Group
	g.SetLimit(c.Jobs)
	for i, t := range tables {
		g.Go(func() error {
			prepared[i] = c.prepare(ctx, t)
			return nil
		})
	}
	_ = g.Wait() // errors are in the outcomes
	for _, t := range prepared {
		c.all += t.bytes
	}
	left := make([]int, len(tables)) // pieces to do
	finish := func(i int) {          // under c.mu
		if left[i]--; left[i] <= 0 {
			slices.SortStableFunc(prepared[i].outcome.Found, func(a, b Row) int { return cmp.Compare(a.hash, b.hash) })
			each(*prepared[i].outcome)
			prepared[i] = nil // a hundred thousand tables are prepared; few are at work
		}
	}
	for i, t := range prepared {
		out := t.outcome
		left[i] = out.Pieces
		if out.Err != nil || out.Pieces == 0 {
			c.mu.Lock()
			left[i] = 0
			finish(i)
			c.mu.Unlock()
			continue
		}
		for piece := range out.Pieces {
			g.Go(func() error {
				c.piece(ctx, t, piece)
				c.mu.Lock()
				defer c.mu.Unlock()
				c.done += t.bytes / int64(out.Pieces)
				if c.Report != nil {
					c.Report(c.done, c.all)
				}
				finish(i)
				return nil
			})
		}
	}
	return g.Wait()
}

func (c *comparison) defaults() {
	c.Jobs, c.PieceBytes = max(c.Jobs, 1), cmp.Or(c.PieceBytes, 256<<20)
	c.fetch, c.lists = cmp.Or(c.fetch, 100_000), cmp.Or(c.lists, 16)
}

// agree decides how values are written, by what both servers are.
func agree(ctx context.Context, servers [2]Server) (form, error) {
	var f [2]facts
	for i, s := range servers {
		var err error
		if f[i], err = readFacts(ctx, s); err != nil {
			return form{}, err
		}
	}
	return newForm(f[0], f[1])
}

func (c *comparison) prepare(ctx context.Context, t Table) *table {
	p := &table{Table: t, outcome: &Outcome{Table: t.Name, Pieces: 1}}
	p.outcome.Err = func() error {
		var r [2]relation
		for i, s := range c.servers {
			var err error
			if r[i], err = readRelation(ctx, s, t.Name); err != nil {
				if _, none := errors.AsType[errNoTable](err); none && side(i) == copied {
					return ErrNoTable
				}
				return err
			}
		}
		if err := p.describe(c.form, r); err != nil {
			return err
		}
		p.outcome.Key = p.key()
		p.bytes, p.mark = r[original].bytes, r[copied].mark
		if b, ok := c.Progress.bounds(p, c.form); ok {
			p.bounds = b
		} else {
			var err error
			if p.bounds, err = cutTable(ctx, c.servers[original], t.Name, r[original], r[copied], p.key(), c.PieceBytes, c.Jobs); err != nil {
				return err
			}
			if err := c.Progress.table(p, c.form); err != nil {
				return err
			}
		}
		p.outcome.Pieces = p.bounds.pieces()
		return nil
	}()
	if ctx.Err() != nil && p.outcome.Err != nil {
		p.outcome.Err = nil // it was not reached, which is no error of its
	}
	return p
}

// describe decides which columns are compared and by which key.
func (t *table) describe(f form, r [2]relation) error {
	var columns [2][]column
	var missing []string
	for _, c := range r[original].columns {
		if !slices.Contains(t.Columns, c.name) && !c.generated {
			continue
		}
		d, ok := r[copied].column(c.name)
		switch {
		case !ok && c.generated:
			t.outcome.Left = append(t.outcome.Left, c.name)
			continue
		case !ok:
			missing = append(missing, analyze.Display(c.name))
			continue
		}
		columns[original], columns[copied] = append(columns[original], c), append(columns[copied], d)
		if f.doubtful(c.typ) || f.doubtful(d.typ) {
			t.doubtful = append(t.doubtful, c.name)
		}
	}
	for _, name := range t.Columns {
		if _, ok := r[original].column(name); !ok {
			return fmt.Errorf("the original does not have the column %s", analyze.Display(name))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%w: %s", ErrNoColumn, analyze.Some(missing, 5))
	}
	names := t.Key
	if len(names) == 0 {
		names = r[original].key
	}
	for i := range columns {
		var key []column
		for _, name := range names {
			at := slices.IndexFunc(columns[i], func(c column) bool { return c.name == name })
			if at < 0 {
				key = nil
				break
			}
			key = append(key, columns[i][at])
		}
		t.statements[i] = statement{table: t.Name, form: f, columns: columns[i], key: key}
	}
	return nil
}

func (t *table) key() []string {
	var out []string
	for _, c := range t.statements[original].key {
		out = append(out, c.name)
	}
	return out
}

// piece compares one piece of a table and enters what comes of it into the table's outcome.
func (c *comparison) piece(ctx context.Context, t *table, i int) {
	if ctx.Err() != nil {
		return
	}
	out := t.outcome
	if before, ok := c.Progress.piece(t.Name, i); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		out.Done++
		out.Before++
		out.Rows[original] += before.Rows
		out.Rows[copied] += before.Rows
		return
	}
	where := t.bounds.where(i)
	own := *t
	t = &own // its statements may change
	sums, err := c.totals(ctx, t, where)
	var f found
	restless, doubtful := false, false
	if err == nil && sums[0] != sums[1] {
		f, err = c.narrow(ctx, t, where)
		switch {
		case err != nil:
			f = found{AtLeast: true} // that it differs is known all the same
			f.Missing, f.Extra = max(sums[0].Rows-sums[1].Rows, 0), max(sums[1].Rows-sums[0].Rows, 0)
			if f.Missing+f.Extra == 0 {
				f.Different = 1
			}
		case f.Missing+f.Extra+f.Different == 0:
			restless = true // it differed when it was read first, and not any more
		case len(t.doubtful) > 0:
			doubtful, err = c.doubt(ctx, t, where)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && ctx.Err() == nil {
		out.Err = cmp.Or(out.Err, err)
	}
	if err != nil && !(f.Missing+f.Extra+f.Different > 0) {
		return // not done
	}
	out.Done++
	for s := range sums {
		out.Rows[s] += sums[s].Rows
		if out.Pieces == 1 {
			out.Sums[s] = sums[s].Sum
		}
	}
	if sums[0] == sums[1] {
		if err := c.Progress.done(t.Name, i, sums[0]); err != nil {
			out.Err = cmp.Or(out.Err, err)
		}
	}
	out.Restless = out.Restless || restless
	if doubtful {
		out.Doubtful = t.doubtful
		return
	}
	out.Missing += f.Missing
	out.Extra += f.Extra
	out.Different += f.Different
	out.AtLeast = out.AtLeast || f.AtLeast
	out.Found = append(out.Found, f.Rows...)
	if len(out.Found) > c.Show {
		out.Found = out.Found[:c.Show]
	}
	out.Listed, out.Unlisted = append(out.Listed, f.Keys...), out.Unlisted || f.Unlisted || f.AtLeast
	if len(out.Listed) > c.List {
		out.Listed, out.Unlisted = out.Listed[:c.List], true
	}
}

// totals reads the sums of a piece on both sides. A piece with rows that are too large as one text is hashed value by value.
func (c *comparison) totals(ctx context.Context, t *table, where string) (out [2]sum, err error) {
	rows, err := both[sum](ctx, c.servers, func(s side) string { return t.statements[s].total(where) })
	if err != nil && tooLarge(err) && !t.statements[0].form.wide {
		for i := range t.statements {
			t.statements[i].form.wide = true
		}
		return c.totals(ctx, t, where)
	}
	if err != nil {
		return out, err
	}
	for i := range rows {
		if len(rows[i]) != 1 {
			return out, errors.New("a sum is not one row")
		}
		out[i] = rows[i][0]
	}
	return out, nil
}

// tooLarge tells whether a text would have had a gigabyte or more.
func tooLarge(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pe.Code == "54000" || pe.Code == "XX000" && len(pe.Message) > 28 && pe.Message[:28] == "invalid memory alloc request")
}

// doubt tells whether a piece differs in nothing but the columns whose text two versions may write differently.
func (c *comparison) doubt(ctx context.Context, t *table, where string) (bool, error) {
	sure := *t
	for i := range sure.statements {
		sure.statements[i].columns = slices.DeleteFunc(slices.Clone(sure.statements[i].columns), func(x column) bool { return slices.Contains(t.doubtful, x.name) })
	}
	sums, err := c.totals(ctx, &sure, where)
	return err == nil && sums[0] == sums[1], err
}
