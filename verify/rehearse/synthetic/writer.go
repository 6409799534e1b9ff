package synthetic

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// An Application writes to what Fill made: it copies rows under new keys, changes values, changes keys and deletes. What the schema's own
// triggers and constraints refuse is rolled back to a savepoint; what they always refuse it gives up, and tells.
type Application struct {
	verbs []*verb
	large []*verb
	next  atomic.Int64 // number of the next value that has to be new
	// deferred: some constraint or constraint trigger waits for the commit.
	deferred bool
}

// A verb is one kind of statement on one table.
type verb struct {
	table  *table
	name   string   // insert, update, rekey, delete
	sql    []string // one of them is drawn; parameters: a new number, which row to begin with, how many rows
	weight float64

	done, refused atomic.Int64
	mu            sync.Mutex
	reason, code  string // of the last refusal
}

// enough refusals in a row, without a single success, for an application to give a kind of statement up.
const enough = 12

// reach is among how many of a table's first rows one is chosen.
const reach = 300

// Application prepares one for the content. The same one can be started again, on another server, and goes on with new keys.
func (c *Content) Application() *Application {
	a := &Application{deferred: c.schema.deferred}
	// Past all numbers of the rows that are there, and below what a 4-byte integer holds.
	a.next.Store(1_000_000_000)
	for _, t := range c.schema.tables {
		if t.partitioned || t.wanted == 0 || slices.ContainsFunc(c.Empty, func(e Empty) bool { return e.Table == t.name }) {
			continue
		}
		weight := 1.0
		for n := t.wanted; n > 1; n /= 10 {
			weight++ // larger tables more often, but every table
		}
		verbs := t.verbs(c.schema)
		for _, v := range verbs {
			v.table = t
			v.weight = weight * map[string]float64{"insert": 4, "update": 4, "rekey": 0.5, "delete": 1.5}[v.name]
			a.verbs = append(a.verbs, v)
			if v.name == "insert" || v.name == "update" {
				a.large = append(a.large, v)
			}
		}
	}
	slices.SortStableFunc(a.large, func(x, y *verb) int { return int(y.table.wanted - x.table.wanted) })
	a.large = a.large[:min(len(a.large), 6)]
	return a
}

// identified tells whether an update or a delete of a row can be replicated: not every key will do.
func (t *table) identified() bool {
	return slices.ContainsFunc(t.uniques, func(u unique) bool { return u.identifies && !u.deferrable && !u.partial })
}

// verbs are the statements that make sense for a table.
func (t *table) verbs(s *schema) (out []*verb) {
	relation := t.name.SQL()
	into := relation
	for p := s.byOID[t.parent]; p != nil; p = s.byOID[p.parent] {
		into = p.name.SQL() // rows come in where the application knows them
	}
	var names, values []string
	keys := t.renewed(s)
	for _, c := range t.columns {
		switch {
		case c.generated || c.given() && t.unique(c):
			continue
		case keys[c.name] != "":
			values = append(values, keys[c.name])
		default:
			values = append(values, "r."+c.sql)
		}
		names = append(names, c.sql)
	}
	overriding := ""
	if slices.ContainsFunc(t.columns, func(c *column) bool { return c.identity == "a" && slices.Contains(names, c.sql) }) {
		overriding = " overriding system value"
	}
	if len(names) > 0 {
		out = append(out, &verb{name: "insert", sql: []string{fmt.Sprintf(
			"insert into %s (%s)%s select %s from (select x.*, row_number() over () as \"row number\" from (select * from only %s offset $2::bigint limit $3::bigint) as x) as r where $1::bigint > 0",
			into, strings.Join(names, ", "), overriding, strings.Join(values, ", "), relation)}})
	}
	if !t.identified() {
		return out
	}
	const which = " where ctid = any (array(select ctid from only %s offset $2::bigint limit $3::bigint)) and $1::bigint > 0"
	var updates []string
	for _, c := range t.columns {
		g := t.chosen[c.name]
		if c.generated || c.identity == "a" || g == nil || t.unique(c) || t.checked(c) > 0 && !g.chosen {
			continue
		}
		updates = append(updates, fmt.Sprintf("update only %s set %s = %s"+which, relation, c.sql, g.of("($1::bigint % 100000)"), relation))
	}
	if len(updates) == 0 {
		for _, c := range t.columns {
			if !c.generated && c.identity != "a" {
				updates = append(updates, fmt.Sprintf("update only %s set %s = %s"+which, relation, c.sql, c.sql, relation))
				break
			}
		}
	}
	if len(updates) > 0 {
		out = append(out, &verb{name: "update", sql: updates})
	}
	if t.referenced {
		return out
	}
	for _, u := range t.uniques {
		for _, name := range u.columns {
			if c := t.named(name); u.identifies && !c.generated && c.identity != "a" && keys[name] != "" && !t.drawn(c) && t.checked(c) == 0 {
				out = append(out, &verb{name: "rekey", sql: []string{fmt.Sprintf("update only %s set %s = %s where ctid = (select ctid from only %s offset $2::bigint limit 1) and $1::bigint + $3::bigint > 0",
					relation, c.sql, t.chosen[name].of("$1::bigint"), relation)}})
				return append(out, t.deletion(which))
			}
		}
	}
	return append(out, t.deletion(which))
}

func (t *table) deletion(which string) *verb {
	return &verb{name: "delete", sql: []string{fmt.Sprintf("delete from only %s"+which, t.name.SQL(), t.name.SQL())}}
}

func (t *table) named(name string) *column {
	return t.columns[slices.IndexFunc(t.columns, func(c *column) bool { return c.name == name })]
}

// renewed are the columns that a copied row needs new values in, and the SQL of these: at least one of each key, where there is one.
func (t *table) renewed(s *schema) map[string]string {
	out := map[string]string{}
	for _, u := range t.uniques {
		if slices.ContainsFunc(u.columns, func(name string) bool { return out[name] != "" || t.named(name).given() }) {
			continue
		}
		best := ""
		for _, name := range u.columns {
			g := t.chosen[name]
			if g == nil || t.named(name).generated {
				continue
			}
			if best == "" || g.many() && !t.chosen[best].many() || t.checked(t.named(name)) < t.checked(t.named(best)) && g.many() {
				best = name
			}
		}
		if best != "" {
			out[best] = t.chosen[best].of("($1::bigint + r.\"row number\")")
			continue
		}
		for _, name := range u.columns { // a key of foreign keys: another of the rows that one of them refers to
			k := t.keyWith(name)
			if k == nil || len(k.columns) != 1 || s.byOID[k.to] == nil {
				continue
			}
			parent := s.byOID[k.to]
			key := parent.column(k.keys[0]).sql
			if len(u.columns) == 1 { // one that none of ours refers to yet
				out[name] = fmt.Sprintf("(select p.%s from %s as p where not exists (select from %s as q where q.%s = p.%s) offset ($1::bigint + r.\"row number\") %% 20 limit 1)",
					key, parent.name.SQL(), t.name.SQL(), t.named(name).sql, key)
				continue
			}
			out[name] = fmt.Sprintf("(select p.%s from %s as p offset (($1::bigint + r.\"row number\") * 7919) %% %d limit 1)", key, parent.name.SQL(), max(1, min(parent.rowsWanted(s), 5000)))
		}
	}
	return out
}

// rowsWanted is how many rows a table was to get, with its partitions.
func (t *table) rowsWanted(s *schema) (n int64) {
	for _, x := range s.tables {
		if s.holds(t.oid, x) {
			n += x.wanted
		}
	}
	return n
}

// Start lets it write to a server; connections, rates and times are those of the options.
func (a *Application) Start(ctx context.Context, dsn string, o workload.Options) (*workload.Workload, error) {
	if len(a.verbs) == 0 {
		return nil, errors.New("there is nothing to write to: no table has rows")
	}
	o.Name = "rehearsal" // not "pgcutover …", which no freeze ends
	return workload.Start(ctx, dsn, o, func(r *rand.Rand) workload.Hand { return &hand{a: a, rand: r} })
}

// GivenUp tells what the schema refused again and again. That all values of a key are taken is not among it.
func (a *Application) GivenUp() (out []Empty) {
	for _, v := range a.verbs {
		if v.gone() && v.code != "23505" && v.code != "23P01" {
			v.mu.Lock()
			out = append(out, Empty{v.table.name, v.name + ": " + v.reason})
			v.mu.Unlock()
		}
	}
	return out
}

func (v *verb) gone() bool { return v.done.Load() == 0 && v.refused.Load() >= enough }

// hand is one connection.
type hand struct {
	a    *Application
	rand *rand.Rand
}

// draw chooses among the verbs that are not given up.
func (h *hand) draw(verbs []*verb) *verb {
	var sum float64
	for _, v := range verbs {
		if !v.gone() {
			sum += v.weight
		}
	}
	x := h.rand.Float64() * sum
	for _, v := range verbs {
		if v.gone() {
			continue
		}
		if x -= v.weight; x <= 0 {
			return v
		}
	}
	return verbs[0]
}

// Pick is a transaction of one to four statements; one in eight takes one of them back.
func (h *hand) Pick() workload.Transaction {
	n, takeBack := 1+h.rand.IntN(4), h.rand.IntN(8) == 0
	verbs := make([]*verb, n)
	for i := range verbs {
		verbs[i] = h.draw(h.a.verbs)
	}
	return func(ctx context.Context, tx pgx.Tx) (back int64, err error) {
		for i, v := range verbs {
			n, err := h.do(ctx, tx, v, 1, takeBack && i == 0)
			if err != nil {
				return back, err
			}
			back += n
		}
		return back, nil
	}
}

// Large changes and copies some hundred rows of a large table.
func (h *hand) Large(ctx context.Context, tx pgx.Tx) (int64, error) {
	if len(h.a.large) == 0 {
		return 0, nil
	}
	return h.do(ctx, tx, h.draw(h.a.large), 1500, false)
}

// Long waits with a transaction open.
func (h *hand) Long(ctx context.Context, tx pgx.Tx, wait workload.Wait) (int64, error) {
	first, err := h.do(ctx, tx, h.draw(h.a.verbs), 1, false)
	if err != nil {
		return first, err
	}
	wait()
	last, err := h.do(ctx, tx, h.draw(h.a.verbs), 1, false)
	return first + last, err
}

// errTakenBack rolls a savepoint back on purpose.
var errTakenBack = errors.New("taken back")

// do runs one statement behind a savepoint, and tells how many were rolled back.
func (h *hand) do(ctx context.Context, tx pgx.Tx, v *verb, rows int64, takeBack bool) (back int64, err error) {
	sql := v.sql[h.rand.IntN(len(v.sql))]
	number := h.a.next.Add(rows+1) - rows
	from := int64(h.rand.IntN(int(min(reach, max(1, v.table.wanted)))))
	if rows > 1 {
		from = 0
	}
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sql, number, from, rows); err != nil {
			return err
		}
		if h.a.deferred { // what the commit would refuse is refused here, behind the savepoint
			if _, err := tx.Exec(ctx, "set constraints all immediate"); err != nil {
				return err
			}
		}
		if takeBack {
			return errTakenBack
		}
		return nil
	})
	var pg *pgconn.PgError
	switch {
	case err == nil:
		v.done.Add(1)
		return 0, nil
	case errors.Is(err, errTakenBack):
		return 1, nil
	case !errors.As(err, &pg) || workload.Retriable(err) || fatal(pg.Code) || pg.Code == "42501" && strings.HasPrefix(pg.Message, "permission denied for table") && v.done.Load() > 0:
		return 0, fmt.Errorf("%s %s: %w", v.name, v.table.name, err)
	}
	v.refused.Add(1)
	v.mu.Lock()
	v.reason, v.code = pg.Message, pg.Code
	v.mu.Unlock()
	return 1, nil
}

// fatal tells errors that no schema makes: the server shuts down, is read-only, or lacks what was there.
func fatal(code string) bool {
	return strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") || code == "25006" || code == "42P01" || code == "42703"
}
