package parity

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
)

// Moving is how to compare a target that changes are applied to with the source that they come from.
type Moving struct {
	Options
	// XMin is a transaction id, with its epoch, below which every transaction had ended when both sides were proven equal.
	// Rows that have changed since have it or a later one as their xmin, which survives freezing from 9.4 on
	// (src/include/access/htup_details.h, HEAP_XMIN_FROZEN).
	XMin uint64
	// Position returns where the source's WAL ends by now; asked after rows were read, every change that they show is before it.
	Position func(ctx context.Context) (string, error)
	// Applied returns whether the target is known to have every change of the table up to a position.
	Applied func(ctx context.Context, table analyze.Name, position string) (bool, error)
	Wait    time.Duration // for Applied to become true; 0: 30 seconds
	Rounds  int           // how often rows that move are looked at again; 0: 6
}

// How many rows are handled at a time and in all, so that memory is bounded.
const (
	lookupRows   = 500    // whose keys are in one statement
	mostSuspects = 20_000 // rows of a table that were not equal at first sight
)

// Follow compares the rows that have changed since XMin, and which keys there are, on a source that is written to and a target
// that follows it. It takes what did not change for equal, as Compare has proven.
//
// A row that differs at first sight may be on its way. It is read on the source, then on the target when that is known to have
// every change up to there, then on the source again: only a row that did not change on the source, and is neither what it was
// before on the target, differs; and only if that comes out twice. Rows that keep moving are not decided.
func Follow(ctx context.Context, source, target Server, tables []Table, m Moving, each func(Outcome)) error {
	c := &comparison{Options: m.Options, servers: [2]Server{source, target}}
	c.defaults()
	m.Wait, m.Rounds = cmp.Or(m.Wait, 30*time.Second), cmp.Or(m.Rounds, 6)
	c.Progress = nil // what moves is never done
	var err error
	if c.form, err = agree(ctx, c.servers); err != nil {
		return err
	}
	now, err := askOne[struct{ Next int64 }](ctx, source, "select pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())")
	if err != nil {
		return err
	}
	if uint64(now.Next) < m.XMin || uint64(now.Next)-m.XMin >= 1<<31 {
		return fmt.Errorf("the source is at transaction %d, the pause was at %d: from 2^31 transactions on, or from another server, the rows that changed cannot be told", now.Next, m.XMin)
	}
	var g errgroup.Group
	g.SetLimit(c.Jobs)
	var mu sync.Mutex
	for _, t := range tables {
		g.Go(func() error {
			p := c.prepare(ctx, t)
			if p.outcome.Err == nil && ctx.Err() == nil {
				f := &follower{c: c, m: m, t: p, suspects: map[string]*suspect{}}
				if err := f.run(ctx); err != nil && ctx.Err() == nil {
					p.outcome.Err = err
				}
			}
			mu.Lock()
			defer mu.Unlock()
			each(*p.outcome)
			return nil
		})
	}
	return g.Wait()
}

// follower compares one table.
type follower struct {
	c        *comparison
	m        Moving
	t        *table
	suspects map[string]*suspect
	overflow bool
}

// suspect is a row that was not equal at first sight.
type suspect struct {
	texts []string // its key
	twice int      // times that it came out as differing in a row
}

func (f *follower) run(ctx context.Context) error {
	out := f.t.outcome
	if len(f.t.statements[original].key) == 0 {
		return f.whole(ctx)
	}
	for i := range out.Pieces {
		where := f.t.bounds.where(i)
		if err := f.keys(ctx, where); err != nil {
			return err
		}
		if err := f.changed(ctx, where); err != nil {
			return err
		}
		if err := f.resolve(ctx); err != nil {
			return err
		}
		out.Done++
	}
	return nil
}

// whole compares a table whose rows nothing names: all of it, until it did not move meanwhile.
func (f *follower) whole(ctx context.Context) error {
	out, differed := f.t.outcome, 0
	sql := func(s side) string { return f.t.statements[s].total("true") }
	// What is equal at first sight is equal, as it is for tables with keys. Where no marker moves, the wait for what is applied would be as long as it may be.
	at, err := both[sum](ctx, f.c.servers, sql)
	if err != nil {
		return err
	}
	first := at[original][0]
	if first == at[copied][0] {
		out.Rows = [2]int64{first.Rows, first.Rows}
		out.Done++
		return nil
	}
	for range f.m.Rounds {
		applied, err := f.applied(ctx)
		if err != nil {
			return err
		}
		has, err := askOne[sum](ctx, f.c.servers[copied], sql(copied))
		if err != nil {
			return err
		}
		then, err := askOne[sum](ctx, f.c.servers[original], sql(original))
		if err != nil {
			return err
		}
		out.Rows = [2]int64{first.Rows, has.Rows}
		switch {
		case has == first || has == then:
			out.Done++
			return nil
		case first != then:
			differed, first = 0, then
			continue
		case !applied:
			out.Behind = true
			return nil
		}
		if differed++; differed == 2 {
			out.Missing, out.Extra = max(first.Rows-has.Rows, 0), max(has.Rows-first.Rows, 0)
			if first.Rows == has.Rows {
				out.Different = 1
			}
			out.AtLeast, out.Unlisted = true, true
			out.Done++
			return nil
		}
	}
	out.Restless = true
	return nil
}

// keys looks for rows that only one side has, by the hashes of their keys.
func (f *follower) keys(ctx context.Context, where string) error {
	var keys [2]statement
	for i, s := range f.t.statements {
		keys[i] = s
		keys[i].columns = s.key
	}
	sums, err := both[sum](ctx, f.c.servers, func(s side) string { return keys[s].total(where) })
	if err != nil {
		return err
	}
	for s := range sums {
		f.t.outcome.Rows[s] += sums[s][0].Rows
	}
	if sums[0][0] == sums[1][0] {
		return nil
	}
	dealt, err := both[bucketSum](ctx, f.c.servers, func(s side) string { return keys[s].buckets(where, nil, bucketDigits) })
	if err != nil {
		return err
	}
	rows := map[string]int64{}
	for _, of := range dealt {
		for _, b := range of {
			rows[b.Bucket] += b.Rows
		}
	}
	for differ := differing(dealt); len(differ) > 0; {
		n, many := 0, int64(0)
		for n < len(differ) && (n == 0 || many+rows[differ[n]] <= f.c.fetch) {
			many += rows[differ[n]]
			n++
		}
		listed, err := both[keyed](ctx, f.c.servers, func(s side) string { return keys[s].listKeys(where, differ[:n]) })
		if err != nil {
			return err
		}
		has := map[string]int{}
		for i, of := range listed {
			for _, r := range of {
				has[r.Hash] += 1 - 2*i
			}
		}
		for _, of := range listed {
			for _, r := range of {
				if has[r.Hash] != 0 {
					f.suspect(r)
				}
			}
		}
		differ = differ[n:]
	}
	return nil
}

type keyed struct {
	Hash  string // of the key
	Texts []string
}

func (f *follower) suspect(r keyed) {
	if f.suspects[r.Hash] != nil {
		return
	}
	if len(f.suspects) >= max(mostSuspects, f.c.List) {
		f.overflow = true
		return
	}
	f.suspects[r.Hash] = &suspect{texts: r.Texts}
}

// changed looks up on the target what the source has changed since.
func (f *follower) changed(ctx context.Context, where string) error {
	for try := 1; ; try++ {
		var batch []candidate
		flush := func() error {
			err := f.lookUp(ctx, batch)
			f.t.outcome.Changed += int64(len(batch))
			batch = batch[:0]
			return err
		}
		before := f.t.outcome.Changed
		err := f.c.servers[original].Rows(ctx, f.t.statements[original].candidates(where, f.m.XMin), func(r pgx.Rows) error {
			one, err := pgx.RowToStructByPos[candidate](r)
			if err != nil {
				return err
			}
			if batch = append(batch, one); len(batch) == lookupRows {
				return flush()
			}
			return nil
		})
		if err == nil {
			err = flush()
		}
		if err == nil || try == tries || !cut(err) || ctx.Err() != nil {
			return err
		}
		f.t.outcome.Changed = before
	}
}

type candidate struct {
	Key, Hash string
	Texts     []string
}

func (f *follower) lookUp(ctx context.Context, batch []candidate) error {
	if len(batch) == 0 {
		return nil
	}
	keys := make([][]string, len(batch))
	for i, c := range batch {
		keys[i] = c.Texts
	}
	rows, err := f.read(ctx, copied, keys)
	if err != nil {
		return err
	}
	for _, c := range batch {
		if rows[c.Key].Hash != c.Hash {
			f.suspect(keyed{c.Key, c.Texts})
		}
	}
	return nil
}

// version is a row as it was read: zero where there is none.
type version struct {
	Key, Hash string
	XMin      string
	CTID      string
	Each      []string
}

// read reads rows by their keys.
func (f *follower) read(ctx context.Context, s side, keys [][]string) (map[string]version, error) {
	out := map[string]version{}
	for chunk := range slices.Chunk(keys, lookupRows) {
		rows, err := ask[version](ctx, f.c.servers[s], f.t.statements[s].byKey(chunk))
		if err != nil {
			return nil, &sideError{s, err}
		}
		for _, r := range rows {
			if _, twice := out[r.Key]; twice {
				r.Hash = "several rows with this key"
			}
			out[r.Key] = r
		}
	}
	return out, nil
}

// applied waits until the target has what the source has by now.
func (f *follower) applied(ctx context.Context) (bool, error) {
	at, err := f.m.Position(ctx)
	if err != nil {
		return false, err
	}
	for end := time.Now().Add(f.m.Wait); ; {
		ok, err := f.m.Applied(ctx, f.t.Name, at)
		if ok || err != nil || time.Now().After(end) {
			return ok, err
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// resolve decides about the suspects.
func (f *follower) resolve(ctx context.Context) error {
	out := f.t.outcome
	behind := false
	for round := 0; round < f.m.Rounds && len(f.suspects) > 0; round++ {
		names := slices.Sorted(maps.Keys(f.suspects))
		keys := make([][]string, len(names))
		for i, k := range names {
			keys[i] = f.suspects[k].texts
		}
		first, err := f.read(ctx, original, keys)
		if err != nil {
			return err
		}
		applied, err := f.applied(ctx)
		if err != nil {
			return err
		}
		behind = !applied
		has, err := f.read(ctx, copied, keys)
		if err != nil {
			return err
		}
		then, err := f.read(ctx, original, keys)
		if err != nil {
			return err
		}
		for _, k := range names {
			a, b, c := first[k], has[k], then[k]
			switch {
			case b.Hash == a.Hash || b.Hash == c.Hash:
				delete(f.suspects, k)
			case !applied || a.Hash != c.Hash || a.XMin != c.XMin: // it moves, or may be on its way
				f.suspects[k].twice = 0
			default:
				if f.suspects[k].twice++; f.suspects[k].twice == 2 {
					f.differs(k, c, b)
					delete(f.suspects, k)
				}
			}
		}
		if behind {
			break
		}
	}
	if len(f.suspects) > 0 || f.overflow {
		out.Restless = out.Restless || !behind
		out.Behind = out.Behind || behind
		out.Undecided += int64(len(f.suspects))
		out.Unlisted = out.Unlisted || f.overflow
		for _, k := range slices.Sorted(maps.Keys(f.suspects)) {
			f.list(Undecided, f.suspects[k].texts)
		}
	}
	clear(f.suspects)
	f.overflow = false
	return nil
}

// differs enters a row that was proven to differ.
func (f *follower) differs(key string, a, b version) {
	out := f.t.outcome
	r := Row{Kind: Different, hash: key, CTID: [2]string{a.CTID, b.CTID}}
	switch {
	case b.Hash == "":
		r.Kind = Missing
		out.Missing++
	case a.Hash == "":
		r.Kind = Extra
		out.Extra++
	default:
		out.Different++
		for i, c := range f.t.statements[original].columns {
			if i < len(a.Each) && i < len(b.Each) && a.Each[i] != b.Each[i] {
				r.Columns = append(r.Columns, c.name)
			}
		}
	}
	for i, k := range f.t.statements[original].key {
		r.Key = append(r.Key, Value{k.name, f.suspects[key].texts[i], plain(k.typ)})
	}
	if len(out.Found) < f.c.Show {
		out.Found = append(out.Found, r)
	}
	f.list(r.Kind, f.suspects[key].texts)
}

// list keeps the key of a row.
func (f *follower) list(kind Kind, texts []string) {
	if out := f.t.outcome; len(out.Listed) < f.c.List {
		out.Listed = append(out.Listed, Key{kind, texts})
	} else {
		out.Unlisted = true
	}
}

// keyTexts is the values of the key as text, from which they can be read again.
func (s statement) keyTexts() string {
	texts := make([]string, len(s.key))
	for i, c := range s.key {
		texts[i] = "t." + analyze.Ident(c.name) + "::pg_catalog.text"
	}
	return "array[" + strings.Join(texts, ", ") + "]::pg_catalog.text[]"
}

// listKeys is every key of some buckets.
func (s statement) listKeys(where string, prefixes []string) string {
	return fmt.Sprintf("select t.k, t.texts from (select %s as k, %s as texts from only %s as t where %s offset 0) as t where pg_catalog.substr(t.k, 1, %d) in (%s)",
		s.keyHash(), s.keyTexts(), s.table.SQL(), where, len(prefixes[0]), literals(prefixes))
}

// candidates is every row that a transaction from xmin on has written. Transaction ids have 32 bits on disk; one that is less than 2^31
// ahead is later.
func (s statement) candidates(where string, xmin uint64) string {
	return fmt.Sprintf("select %s, %s, %s from only %s as t where (t.xmin::pg_catalog.text::pg_catalog.int8 - %d + 4294967296) %% 4294967296 < 2147483648 and %s",
		s.keyHash(), s.rowHash(), s.keyTexts(), s.table.SQL(), xmin%(1<<32), where)
}

// byKey is rows by their keys, with what tells one version of a row from the next.
func (s statement) byKey(keys [][]string) string {
	rows := make([]string, len(keys))
	for i, k := range keys {
		values := make([]string, len(k))
		for j, v := range k {
			values[j] = literal(v) + "::" + s.key[j].typ.base().sql()
		}
		rows[i] = "(" + strings.Join(values, ", ") + ")"
	}
	same, names := make([]string, len(s.key)), make([]string, len(s.key))
	for i, c := range s.key {
		names[i] = fmt.Sprintf("c%d", i)
		same[i] = fmt.Sprintf("t.%s = w.c%d", analyze.Ident(c.name), i)
	}
	return fmt.Sprintf("select %s, %s, t.xmin::pg_catalog.text, t.ctid::pg_catalog.text, %s from (values %s) as w(%s) join only %s as t on %s",
		s.keyHash(), s.rowHash(), s.eachHash(), strings.Join(rows, ", "), strings.Join(names, ", "), s.table.SQL(), strings.Join(same, " and "))
}
