package parity

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
)

// side is one of the two servers, as an index.
type side int

const (
	original side = iota
	copied
)

// statement is what the statements about one table on one server are made of.
type statement struct {
	table   analyze.Name
	form    form
	columns []column // what a row's hash covers
	key     []column // empty: rows are known by their hash
}

func (s statement) rowHash() string { return s.form.row(s.columns) }

// keyHash is the hash by which a row is found on both sides.
func (s statement) keyHash() string {
	if len(s.key) == 0 {
		return s.rowHash()
	}
	return s.form.row(s.key)
}

// total counts and sums the rows of a piece.
func (s statement) total(where string) string {
	return fmt.Sprintf("select pg_catalog.count(*), coalesce(pg_catalog.sum(%s), 0)::pg_catalog.text from only %s as t where %s", s.form.number(s.columns), s.table.SQL(), where)
}

// hashed is the rows of a piece as k, the hash of the key, and h, that of the row. Offset 0 keeps the planner from writing the hashes
// out wherever they are used, and from working them out that many times.
func (s statement) hashed(where string) string {
	from := fmt.Sprintf("from only %s as t where %s offset 0", s.table.SQL(), where)
	if len(s.key) == 0 {
		return fmt.Sprintf("(select x.h as k, x.h from (select %s as h %s) as x) as t", s.rowHash(), from)
	}
	return fmt.Sprintf("(select %s as k, %s as h %s) as t", s.keyHash(), s.rowHash(), from)
}

// buckets counts and sums the rows of a piece by the first digits of their keys' hashes: those of one bucket each that begins
// with one of the prefixes, digits at a time.
func (s statement) buckets(where string, prefixes []string, digits int) string {
	of := ""
	if len(prefixes) > 0 {
		of = fmt.Sprintf("where pg_catalog.substr(k, 1, %d) in (%s)", digits-bucketDigits, literals(prefixes))
	}
	return fmt.Sprintf("select pg_catalog.substr(k, 1, %d), pg_catalog.count(*), pg_catalog.sum(%s)::pg_catalog.text from %s %s group by 1", digits, bits("h"), s.hashed(where), of)
}

// list is every row of some buckets.
func (s statement) list(where string, prefixes []string) string {
	return fmt.Sprintf("select k, h, pg_catalog.count(*) from %s where pg_catalog.substr(k, 1, %d) in (%s) group by 1, 2", s.hashed(where), len(prefixes[0]), literals(prefixes))
}

// eachHash is a hash of each column, ” for NULL.
func (s statement) eachHash() string {
	each := make([]string, len(s.columns))
	for i, c := range s.columns {
		each[i] = "coalesce(" + s.form.hash(s.form.text(c.typ, "t."+analyze.Ident(c.name), 0)) + ", '')"
	}
	return "array[" + strings.Join(each, ", ") + "]::pg_catalog.text[]"
}

// details is what is shown of rows: where they are, their keys, and a hash of each column.
func (s statement) details(where string, keys []string) string {
	of := fmt.Sprintf("select %s as k, t.ctid::pg_catalog.text as rowid, %s as texts, %s as each from only %s as t where %s offset 0",
		s.keyHash(), s.keyTexts(), s.eachHash(), s.table.SQL(), where)
	return fmt.Sprintf("select k, rowid, texts, each from (%s) as t where k in (%s) order by k, rowid limit %d", of, literals(keys), 4*len(keys))
}

// sum is how many rows there are, and the sum of their hashes.
type sum struct {
	Rows int64
	Sum  string
}

type bucketSum struct {
	Bucket string
	Rows   int64
	Sum    string
}

// both asks both servers at once.
func both[T any](ctx context.Context, servers [2]Server, sql func(side) string) (out [2][]T, err error) {
	g, gctx := errgroup.WithContext(ctx)
	for i := range servers {
		g.Go(func() (err error) {
			if out[i], err = ask[T](gctx, servers[i], sql(side(i))); err != nil {
				return &sideError{side(i), err}
			}
			return nil
		})
	}
	return out, g.Wait()
}

// sideError tells which server an error comes from.
type sideError struct {
	side side
	err  error
}

func (e *sideError) Error() string { return e.err.Error() }
func (e *sideError) Unwrap() error { return e.err }

const (
	bucketDigits = 3  // hex digits by which rows are dealt at a time: 4096 buckets
	mostDigits   = 12 // beyond, only rows that are the same are together
)

// narrow finds the rows of a piece that differ. It ends when all are found, or when enough are.
func (c *comparison) narrow(ctx context.Context, t *table, where string) (found, error) {
	var f found
	lists := 0
	var into func(prefixes []string, digits int) error
	into = func(prefixes []string, digits int) error {
		sums, err := both[bucketSum](ctx, c.servers, func(s side) string { return t.statements[s].buckets(where, prefixes, digits) })
		if err != nil {
			return err
		}
		rows := map[string]int64{} // of buckets that differ
		differ := differing(sums)
		for _, s := range sums {
			for _, b := range s {
				rows[b.Bucket] += b.Rows
			}
		}
		for len(differ) > 0 {
			n, many := 0, int64(0)
			for n < len(differ) && (n == 0 || many+rows[differ[n]] <= c.fetch) {
				many += rows[differ[n]]
				n++
			}
			next := differ[:n]
			if lists >= c.lists {
				f.more(sums, differ)
				return nil
			}
			lists++
			if many > c.fetch && digits < mostDigits {
				err = into(next, digits+bucketDigits)
			} else {
				err = c.list(ctx, t, where, next, &f)
			}
			if err != nil {
				return err
			}
			differ = differ[n:]
		}
		return nil
	}
	if err := into(nil, bucketDigits); err != nil {
		return f, err
	}
	return f, c.describe(ctx, t, where, &f)
}

// differing is the buckets that the sides do not have alike, in order.
func differing(sums [2][]bucketSum) []string {
	at := map[string][2]sum{}
	for i, s := range sums {
		for _, b := range s {
			x := at[b.Bucket]
			x[i] = sum{b.Rows, b.Sum}
			at[b.Bucket] = x
		}
	}
	var out []string
	for b, x := range at {
		if x[0] != x[1] {
			out = append(out, b)
		}
	}
	slices.Sort(out)
	return out
}

type listed struct {
	Key, Hash string
	Rows      int64
}

// list compares the rows of some buckets one by one.
func (c *comparison) list(ctx context.Context, t *table, where string, prefixes []string, f *found) error {
	rows, err := both[listed](ctx, c.servers, func(s side) string { return t.statements[s].list(where, prefixes) })
	if err != nil {
		return err
	}
	keys := map[string]map[string]int64{} // key, hash: how many more rows the copy has
	for i, of := range rows {
		for _, r := range of {
			if keys[r.Key] == nil {
				keys[r.Key] = map[string]int64{}
			}
			keys[r.Key][r.Hash] += r.Rows * int64(2*i-1)
		}
	}
	kinds := map[string]Kind{} // of the rows to list
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		var missing, extra int64
		for _, n := range keys[k] {
			missing += max(-n, 0)
			extra += max(n, 0)
		}
		different := min(missing, extra)
		f.Different += different
		f.Missing += missing - different
		f.Extra += extra - different
		kind := Different
		switch {
		case missing == 0 && extra == 0:
			continue
		case missing > extra:
			kind = Missing
		case extra > missing:
			kind = Extra
		}
		if len(f.Rows) < c.Show {
			f.Rows = append(f.Rows, Row{Kind: kind, hash: k})
		}
		switch {
		case c.List > 0 && len(kinds)+len(f.Keys) < c.List:
			kinds[k] = kind
		default:
			f.Unlisted = true
		}
	}
	return c.listKeys(ctx, t, where, kinds, f)
}

// listKeys reads the keys of rows that differ, by their hashes.
func (c *comparison) listKeys(ctx context.Context, t *table, where string, kinds map[string]Kind, f *found) error {
	if len(t.statements[original].key) == 0 {
		f.Unlisted = f.Unlisted || len(kinds) > 0
		return nil
	}
	for hashes := range slices.Chunk(slices.Sorted(maps.Keys(kinds)), lookupKeys) {
		rows, err := both[keyed](ctx, c.servers, func(s side) string { return t.statements[s].listKeys(where, hashes) })
		if err != nil {
			return err
		}
		texts := map[string][]string{} // a row that both have is listed by the text that the original has
		for _, of := range [...][]keyed{rows[copied], rows[original]} {
			for _, r := range of {
				texts[r.Hash] = r.Texts
			}
		}
		for _, k := range hashes {
			if texts[k] == nil {
				f.Unlisted = true // it is gone
				continue
			}
			f.Keys = append(f.Keys, Key{kinds[k], texts[k]})
		}
	}
	return nil
}

const lookupKeys = 5_000 // whose hashes are in one statement

// more counts buckets whose rows were not fetched: at least the difference of their numbers, else one row each.
func (f *found) more(sums [2][]bucketSum, buckets []string) {
	f.AtLeast = true
	n := map[string]int64{}
	for i, s := range sums {
		for _, b := range s {
			n[b.Bucket] += b.Rows * int64(2*i-1)
		}
	}
	for _, b := range buckets {
		switch {
		case n[b] > 0:
			f.Extra += n[b]
		case n[b] < 0:
			f.Missing -= n[b]
		default:
			f.Different++
		}
	}
}

// plain tells whether values of a type are hardly anybody's secret.
func plain(t *dataType) bool { return ordered(t) && !t.base().builtin("bytea") }

type detail struct {
	Key         string
	CTID        string
	Texts, Each []string
}

// describe looks up what is shown of the rows that were found.
func (c *comparison) describe(ctx context.Context, t *table, where string, f *found) error {
	if len(f.Rows) == 0 {
		return nil
	}
	keys := make([]string, len(f.Rows))
	for i, r := range f.Rows {
		keys[i] = r.hash
	}
	rows, err := both[detail](ctx, c.servers, func(s side) string { return t.statements[s].details(where, keys) })
	if err != nil {
		return err
	}
	for i := range f.Rows {
		r := &f.Rows[i]
		var each [2][]string
		for s := range rows {
			for _, d := range rows[s] {
				if d.Key == r.hash && r.CTID[s] == "" {
					r.CTID[s], each[s] = d.CTID, d.Each
					if r.Key == nil && len(t.statements[s].key) > 0 {
						for j, k := range t.statements[s].key {
							r.Key = append(r.Key, Value{Column: k.name, Text: d.Texts[j], Plain: plain(k.typ)})
						}
					}
				}
			}
		}
		if r.Kind == Different && len(each[0]) == len(each[1]) {
			for j, c := range t.statements[original].columns {
				if j < len(each[0]) && each[0][j] != each[1][j] {
					r.Columns = append(r.Columns, c.name)
				}
			}
		}
	}
	return nil
}
