package synthetic

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgcutover/pgcutover/analyze"
)

// Options of a filling.
type Options struct {
	Like  *analyze.Inventory // whose proportions the tables get; nil: all alike
	Scale Scale
}

// Content is what was made.
type Content struct {
	Tables int     // with rows
	Rows   int64   // in all of them
	Empty  []Empty // tables that hold none although they should, by name

	schema *schema
}

// An Empty is a table that no row was made for.
type Empty struct {
	Table  analyze.Name
	Reason string
}

// Fill makes rows in the tables of a database that are empty. It wants a session of a superuser. A table that no row can be made for is no
// error but in the content's list.
func Fill(ctx context.Context, conn *pgx.Conn, o Options) (*Content, error) {
	for _, sql := range []string{
		"set search_path = ''", "set session_replication_role = replica", "set client_min_messages = error", "set statement_timeout = 0", "set row_security = off",
		"set default_statistics_target = 20", "set timezone = 'UTC'", createFits,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("making rows: %w", err)
		}
	}
	s, err := read(ctx, conn)
	if err != nil {
		return nil, err
	}
	s.size(o.Like, o.Scale)
	f := &filling{schema: s, conn: conn, counts: map[uint32]int64{}, reasons: map[uint32]string{}}
	for _, t := range s.tables {
		if t.partitioned || t.rows {
			continue
		}
		reason, err := s.choose(ctx, conn, t)
		if err != nil {
			return nil, fmt.Errorf("choosing values for %s: %w", t.name, err)
		}
		if reason != "" {
			f.reasons[t.oid] = reason
		}
	}
	if err := f.all(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{f.drawLater, f.mend, f.setSequences} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if _, err := conn.Exec(ctx, "analyze"); err != nil {
		return nil, fmt.Errorf("making rows: %w", err)
	}
	return f.content(ctx)
}

// A filling is under way.
type filling struct {
	*schema
	conn    *pgx.Conn
	counts  map[uint32]int64  // rows of the tables that are filled; partitioned ones count those of their partitions
	reasons map[uint32]string // why a table has none
	later   []later
}

// later is a foreign key of rows that were made before those that it refers to.
type later struct {
	table *table
	key   *foreignKey
}

// all fills every table, those that others refer to first.
func (f *filling) all(ctx context.Context) error {
	var open []*table
	for _, t := range f.tables {
		if !t.partitioned {
			open = append(open, t)
		}
	}
	pending := func(t *table) (n int) { // how many tables that its rows cannot do without are still to be filled
		for _, k := range t.foreign {
			if !k.optional(t) && !f.holds(k.to, t) && slices.ContainsFunc(open, func(o *table) bool { return f.holds(k.to, o) && o != t }) {
				n++
			}
		}
		return n
	}
	for len(open) > 0 {
		next := 0
		for i, t := range open { // of those alike the first: by name
			if pending(t) < pending(open[next]) {
				next = i
			}
		}
		t := open[next]
		open = slices.Delete(open, next, next+1)
		if err := f.fill(ctx, t, open); err != nil {
			return err
		}
	}
	return nil
}

// holds tells whether a table is the one with that number, or holds rows of it.
func (s *schema) holds(oid uint32, t *table) bool {
	for t != nil && t.oid != oid {
		t = s.byOID[t.parent]
	}
	return t != nil
}

// optional tells whether a row does without the foreign key.
func (k *foreignKey) optional(t *table) bool {
	return !slices.ContainsFunc(k.columns, func(c *column) bool {
		return c.notNull || slices.ContainsFunc(t.uniques, func(u unique) bool { return u.primary && slices.Contains(u.columns, c.name) })
	})
}

// fill makes the rows of one table; those of open come after it.
func (f *filling) fill(ctx context.Context, t *table, open []*table) error {
	if t.rows || t.wanted == 0 || f.reasons[t.oid] != "" {
		if t.rows {
			var n int64
			if err := f.conn.QueryRow(ctx, "select count(*) from only "+t.name.SQL()).Scan(&n); err != nil {
				return fmt.Errorf("counting the rows of %s: %w", t.name, err)
			}
			f.count(t, n)
		}
		return nil
	}
	sql, reason, err := f.statement(ctx, t, open)
	if err != nil {
		return err
	}
	if reason != "" {
		f.reasons[t.oid] = reason
		return nil
	}
	made, failure, err := f.insert(ctx, t, sql)
	if err != nil {
		return err
	}
	f.count(t, made)
	if made == 0 {
		f.reasons[t.oid] = "no row was found that fulfils all of its constraints"
		if failure != nil {
			f.reasons[t.oid] = failure.Error()
		} else if names := t.conditions(); names != "" {
			f.reasons[t.oid] = "no row was found that fulfils " + names
		}
	}
	return nil
}

func (t *table) conditions() string {
	var out []string
	for _, c := range t.checks {
		if what := c.kind + " (" + c.sql + ")"; !slices.Contains(out, what) {
			out = append(out, what)
		}
	}
	return strings.Join(out, " and ")
}

func (f *filling) count(t *table, n int64) {
	f.counts[t.oid] += n
	for _, p := range f.tables {
		if p.partitioned && f.holds(p.oid, t) {
			f.counts[p.oid] += n
		}
	}
}

// digits spread numbers over columns so that no two rows have the same values in all of them.
type digits struct {
	index map[string]string // column or foreign key: which of its values a row gets, from the number s.n
}

// statement is the INSERT: its parameters are the first and the last number of the rows to make, and how many at most. A reason instead tells why there can be none.
func (f *filling) statement(ctx context.Context, t *table, open []*table) (sql, reason string, err error) {
	var joins, checks []string
	expr := map[string]string{}
	drawnFrom := map[string]string{} // columns that another foreign key has drawn already: the SQL of the value
	d := f.spread(t)
	for i, k := range t.foreign {
		parent := f.byOID[k.to]
		if parent == nil {
			return sql, fmt.Sprintf("its foreign key %s refers to a table of the system or of an extension", k.name), nil
		}
		waits := f.holds(k.to, t) || slices.ContainsFunc(open, func(o *table) bool { return f.holds(k.to, o) })
		switch {
		case waits && k.optional(t):
			for _, c := range k.columns {
				if expr[c.name] == "" {
					expr[c.name] = "null::" + c.typeSQL
				}
			}
			f.later = append(f.later, later{t, k})
			continue
		case waits:
			// The rows that it refers to will have these values, unless they cannot be made.
			n := "(1 + (s.n - 1) / 2)"
			if !f.holds(k.to, t) {
				n = fmt.Sprintf("(1 + (s.n - 1) %% %d)", max(1, f.wantedOf(k.to)))
			}
			for j, c := range k.columns {
				if expr[c.name] != "" {
					continue
				}
				g := f.keyOf(k.to, k.keys[j])
				if g == nil {
					g = f.value(c.typ, c.typmod, c.typeSQL, 0)
				}
				if g == nil {
					return sql, fmt.Sprintf("no value was found for column %s of its foreign key %s", c.name, k.name), nil
				}
				expr[c.name] = g.of(n)
			}
			continue
		}
		if f.counts[k.to] == 0 {
			if !k.optional(t) {
				return sql, fmt.Sprintf("its foreign key %s needs rows of %s, which has none", k.name, parent.name), nil
			}
			for _, c := range k.columns {
				if expr[c.name] == "" {
					expr[c.name] = "null::" + c.typeSQL
				}
			}
			continue
		}
		keys, n, err := f.keys(ctx, parent, k)
		if err != nil {
			return sql, "", err
		}
		alias := fmt.Sprintf("k%d", i)
		var same []string
		for j, c := range k.columns {
			if from, ok := drawnFrom[c.name]; ok {
				same = append(same, fmt.Sprintf("k.c%d = %s", j, from))
			}
		}
		index := d.index["key "+k.name]
		if index == "" {
			index = fmt.Sprintf("(s.n * 7919) %% %d", n)
		}
		switch {
		case len(same) > 0:
			joins = append(joins, fmt.Sprintf("join lateral (select * from %s as k where %s order by k.i limit 1) as %s on true", keys, strings.Join(same, " and "), alias))
		default:
			joins = append(joins, fmt.Sprintf("join %s as %s on %s.i = %s", keys, alias, alias, index))
		}
		for j, c := range k.columns {
			if _, ok := drawnFrom[c.name]; ok {
				continue
			}
			value := fmt.Sprintf("%s.c%d", alias, j)
			drawnFrom[c.name], expr[c.name] = value, value
		}
	}
	var names, values, picked []string
	for i, c := range t.columns {
		if c.generated {
			continue
		}
		e, drawn := expr[c.name], expr[c.name] != ""
		if !drawn {
			g := t.chosen[c.name]
			n := "s.n"
			switch index := d.index[c.name]; {
			case index != "":
				n = index
			case !g.many() && !g.chosen:
				n = fmt.Sprintf("(s.n * %d)", 2*i+1) // columns beside each other do not go in step
			case g.chosen:
				n = fmt.Sprintf("(s.n / %d)", 1+i%3)
			}
			e = g.of(n)
			if !c.notNull && !t.unique(c) {
				switch {
				case t.mixed(c):
					e = fmt.Sprintf("case when (s.n / %d) %% 2 = 1 then %s end", 1<<(i%8), e) // every pattern of nulls has its turn
				case t.checked(c) == 0:
					e = fmt.Sprintf("case when s.n %% 10 <> %d then %s end", i%10, e)
				}
			}
		}
		names, values = append(names, c.sql), append(values, e+" as "+c.sql)
		picked = append(picked, c.sql)
	}
	for _, c := range t.checks {
		checks = append(checks, "coalesce("+c.sql+", true)")
	}
	source := fmt.Sprintf("select %s from generate_series($1::bigint, $2::bigint) as s (n) %s", strings.Join(values, ", "), strings.Join(joins, " "))
	if len(values) == 0 {
		source = "select from generate_series($1::bigint, $2::bigint) as s (n)"
	}
	relation := analyze.Ident(t.name.Name)
	source = fmt.Sprintf("(%s) as %s", source, relation)
	if len(checks) > 0 {
		source = fmt.Sprintf("(select * from %s where %s) as %s", source, strings.Join(checks, " and "), relation)
	}
	deferrable := false
	for _, u := range t.uniques {
		deferrable = deferrable || u.deferrable
	}
	conflict := " on conflict do nothing"
	if deferrable || len(t.rules) > 0 { // neither can have ON CONFLICT
		conflict = ""
		for _, u := range t.uniques {
			source = fmt.Sprintf("(select distinct on (%s) * from %s) as %s", strings.Join(u.expressions, ", "), source, relation)
		}
	}
	if len(names) == 0 {
		sql = fmt.Sprintf("insert into %s select from %s limit $3", t.name.SQL(), source)
		return sql, "", nil
	}
	overriding := ""
	if f.version >= 100000 {
		overriding = " overriding system value"
	}
	sql = fmt.Sprintf("insert into %s (%s)%s select %s from %s limit $3%s", t.name.SQL(), strings.Join(names, ", "), overriding, strings.Join(picked, ", "), source, conflict)
	return sql, "", nil
}

func (t *table) unique(c *column) bool {
	return slices.ContainsFunc(t.uniques, func(u unique) bool { return slices.Contains(u.columns, c.name) })
}

// checked is how many conditions look at a column.
func (t *table) checked(c *column) (n int) {
	for _, k := range t.checks {
		if slices.Contains(k.columns, c.name) {
			n++
		}
	}
	return n
}

// mixed tells whether a condition looks at a column together with others.
func (t *table) mixed(c *column) bool {
	return slices.ContainsFunc(t.checks, func(k check) bool { return len(k.columns) > 1 && slices.Contains(k.columns, c.name) })
}

// spreads tells whether rows never meet in a key.
func (t *table) spreads(u unique, d digits) bool {
	for _, name := range u.columns {
		if g := t.chosen[name]; g != nil && g.many() && d.index[name] == "" {
			return true
		}
	}
	return false
}

// spread decides for each key that has no column with as many values as rows which of its values a row gets.
func (f *filling) spread(t *table) digits {
	d := digits{index: map[string]string{}}
	for _, u := range t.uniques {
		if t.spreads(u, d) || len(u.columns) == 0 {
			continue
		}
		stride := int64(1)
		for _, name := range u.columns {
			digit, count := name, int64(0)
			if g := t.chosen[name]; g != nil {
				count = max(g.distinct, 1)
			} else if k := t.keyWith(name); k != nil {
				digit, count = "key "+k.name, f.counts[k.to]
			}
			if count == 0 || d.index[digit] != "" || stride >= manyValues {
				continue
			}
			d.index[digit] = fmt.Sprintf("((s.n - 1) / %d %% %d)", stride, count)
			if stride > manyValues/count {
				stride = manyValues
			} else {
				stride *= count
			}
		}
	}
	return d
}

// keyWith is the first foreign key that a column is in.
func (t *table) keyWith(name string) *foreignKey {
	for _, k := range t.foreign {
		if slices.ContainsFunc(k.columns, func(c *column) bool { return c.name == name }) {
			return k
		}
	}
	return nil
}

// wantedOf is how many rows a table is to get that has none yet.
func (f *filling) wantedOf(oid uint32) (n int64) {
	for _, t := range f.tables {
		if !t.partitioned && f.holds(oid, t) {
			n += t.wanted
		}
	}
	return n
}

// keyOf is what makes the values of a referred column where that is told beforehand.
func (f *filling) keyOf(oid uint32, number int16) *generator {
	t := f.byOID[oid]
	if t == nil || t.partitioned || t.rows {
		return nil
	}
	c := t.column(number)
	if g := t.chosen[c.name]; g != nil && g.many() {
		return g
	}
	return nil
}

// keys is a temporary table of what a foreign key may refer to, numbered from 0, and how many there are.
func (f *filling) keys(ctx context.Context, parent *table, k *foreignKey) (name string, n int64, err error) {
	columns := make([]string, len(k.keys))
	only := "only "
	if parent.partitioned {
		only = ""
	}
	for i, number := range k.keys {
		columns[i] = fmt.Sprintf("%s as c%d", parent.column(number).sql, i)
	}
	name = "pg_temp.keys"
	for _, number := range append([]int16{int16(len(k.keys))}, k.keys...) {
		name += fmt.Sprintf("_%d", number)
	}
	name += fmt.Sprintf("_of_%d", k.to)
	for _, sql := range []string{
		"create temp table if not exists " + strings.TrimPrefix(name, "pg_temp.") + " as select row_number() over () - 1 as i, " + strings.Join(columns, ", ") + " from " + only + parent.name.SQL(),
		"analyze " + name,
	} {
		if _, err := f.conn.Exec(ctx, sql); err != nil {
			return "", 0, fmt.Errorf("reading what %s refers to: %w", k.name, err)
		}
	}
	err = f.conn.QueryRow(ctx, "select count(*) from "+name).Scan(&n)
	return name, n, err
}

// insert runs the statement until there are enough rows or no more come. Where the statement as a whole fails, it makes them one by one and
// passes those over that fail.
func (f *filling) insert(ctx context.Context, t *table, sql string) (made int64, failure, err error) {
	rules := func(word string) error {
		for _, r := range t.rules {
			if _, err := f.conn.Exec(ctx, fmt.Sprintf("alter table %s %s rule %s", t.name.SQL(), word, analyze.Ident(r))); err != nil {
				return fmt.Errorf("making rows for %s: %w", t.name, err)
			}
		}
		return nil
	}
	if err := rules("disable"); err != nil {
		return 0, nil, err
	}
	defer func() { err = errors.Join(err, rules("enable")) }()
	next, fruitless := int64(1), 0
	step := t.wanted
	for made < t.wanted && fruitless < 3 && next < 40*t.wanted+40_000 {
		n, fail := f.some(ctx, sql, next, next+step-1, t.wanted-made)
		if fail != nil {
			if ctx.Err() != nil {
				return made, nil, ctx.Err()
			}
			n, fail, err = f.oneByOne(ctx, sql, next, min(next+step-1, next+1999), t.wanted-made)
			if err != nil {
				return made, nil, err
			}
			if n == 0 {
				failure = fail
			}
		}
		made += n
		next += step
		step = max(t.wanted, 2000)
		if n == 0 {
			fruitless++
		}
	}
	return made, failure, nil
}

func (f *filling) some(ctx context.Context, sql string, from, to, most int64) (int64, error) {
	tag, err := f.conn.Exec(ctx, sql, from, to, most)
	return tag.RowsAffected(), err
}

// oneByOne tells what the last row failed with that did. More than some hundred failures in a row are enough.
func (f *filling) oneByOne(ctx context.Context, sql string, from, to, most int64) (made int64, failure, err error) {
	failures := 0
	for n := from; n <= to && made < most && failures < 200; n++ {
		k, fail := f.some(ctx, sql, n, n, 1)
		if ctx.Err() != nil {
			return made, nil, ctx.Err()
		}
		if fail != nil {
			var pg *pgconn.PgError
			if !errors.As(fail, &pg) {
				return made, nil, fail
			}
			failure = fail
			failures++
			continue
		}
		failures = 0
		made += k
	}
	return made, failure, nil
}

// drawLater draws the foreign keys of rows that were made before those that they refer to.
func (f *filling) drawLater(ctx context.Context) error {
	for _, l := range f.later {
		parent := f.byOID[l.key.to]
		if f.counts[l.table.oid] == 0 || f.counts[parent.oid] == 0 {
			continue
		}
		keys, n, err := f.keys(ctx, parent, l.key)
		if err != nil {
			return err
		}
		var sets, unset []string
		alone := false
		for i, c := range l.key.columns {
			sets = append(sets, fmt.Sprintf("%s = k.c%d", c.sql, i))
			unset = append(unset, "t."+c.sql+" is null")
			alone = alone || l.table.unique(c)
		}
		index := fmt.Sprintf("r.i %% %d", n)
		if alone {
			index = "r.i" // each at most once
		}
		relation := l.table.name.SQL()
		sql := fmt.Sprintf(`update only %s as t set %s from (select ctid as id, row_number() over () - 1 as i from only %s) as r join %s as k on k.i = %s where t.ctid = r.id and r.i %% 10 <> 9 and %s`,
			relation, strings.Join(sets, ", "), relation, keys, index, strings.Join(unset, " and "))
		if _, err := f.conn.Exec(ctx, sql); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			// Some other constraint refuses: then they stay without.
			var pg *pgconn.PgError
			if !errors.As(err, &pg) {
				return fmt.Errorf("drawing %s of %s: %w", l.key.name, l.table.name, err)
			}
		}
	}
	return nil
}

// mend takes out what refers to rows that are not there, until nothing does: triggers were off, and rows that were foretold may be missing.
func (f *filling) mend(ctx context.Context) error {
	for range 20 {
		var changed int64
		for _, t := range f.tables {
			if t.partitioned || t.rows || f.counts[t.oid] == 0 {
				continue
			}
			for _, k := range t.foreign {
				parent := f.byOID[k.to]
				if parent == nil {
					continue
				}
				only := "only "
				if parent.partitioned {
					only = ""
				}
				var given, equal, empty []string
				for i, c := range k.columns {
					given = append(given, "t."+c.sql+" is not null")
					equal = append(equal, fmt.Sprintf("p.%s = t.%s", parent.column(k.keys[i]).sql, c.sql))
					empty = append(empty, c.sql+" = null")
				}
				orphans := fmt.Sprintf("%s and not exists (select from %s%s as p where %s)", strings.Join(given, " and "), only, parent.name.SQL(), strings.Join(equal, " and "))
				sql := fmt.Sprintf("delete from only %s as t where %s", t.name.SQL(), orphans)
				if k.optional(t) {
					sql = fmt.Sprintf("update only %s as t set %s where %s", t.name.SQL(), strings.Join(empty, ", "), orphans)
				}
				tag, err := f.conn.Exec(ctx, sql)
				if err != nil {
					return fmt.Errorf("looking whether the foreign key %s of %s holds: %w", k.name, t.name, err)
				}
				changed += tag.RowsAffected()
			}
		}
		if changed == 0 {
			return nil
		}
	}
	return errors.New("making rows: foreign keys go on losing rows that they refer to")
}

// setSequences brings each sequence past the values that were made of it.
func (f *filling) setSequences(ctx context.Context) error {
	ends := map[uint32][]string{}
	var order []uint32
	for _, t := range f.tables {
		for _, c := range t.columns {
			if c.sequence == 0 || t.partitioned || !slices.Contains([]string{"int2", "int4", "int8", "numeric"}, f.baseOf(c.typ).name) {
				continue
			}
			if ends[c.sequence] == nil {
				order = append(order, c.sequence)
			}
			ends[c.sequence] = append(ends[c.sequence], fmt.Sprintf("select min(%s)::numeric as low, max(%s)::numeric as high from only %s", c.sql, c.sql, t.name.SQL()))
		}
	}
	for _, oid := range order {
		definition := "select seqincrement, seqmin, seqmax from pg_catalog.pg_sequence where seqrelid = $1"
		var name string
		var increment, low, high int64
		if err := f.conn.QueryRow(ctx, "select $1::oid::regclass::text", oid).Scan(&name); err != nil {
			return fmt.Errorf("setting the sequences: %w", err)
		}
		args := []any{oid}
		if f.version < 100000 {
			definition, args = "select increment_by, min_value, max_value from "+name, nil
		}
		if err := f.conn.QueryRow(ctx, definition, args...).Scan(&increment, &low, &high); err != nil {
			return fmt.Errorf("setting the sequence %s: %w", name, err)
		}
		end := "max(high)"
		if increment < 0 {
			end = "min(low)"
		}
		_, err := f.conn.Exec(ctx, fmt.Sprintf("select setval($1::oid::regclass, e::bigint) from (select %s from (%s) as x) as y (e) where e between %d and %d",
			end, strings.Join(ends[oid], " union all "), low, high), oid)
		if err != nil {
			return fmt.Errorf("setting the sequence %s: %w", name, err)
		}
	}
	return nil
}

// content counts what there is.
func (f *filling) content(ctx context.Context) (*Content, error) {
	c := &Content{schema: f.schema}
	for _, t := range f.tables {
		if t.partitioned {
			continue
		}
		var n int64
		if err := f.conn.QueryRow(ctx, "select count(*) from only "+t.name.SQL()).Scan(&n); err != nil {
			return nil, fmt.Errorf("counting the rows of %s: %w", t.name, err)
		}
		c.Rows += n
		switch {
		case n > 0:
			c.Tables++
		case t.wanted > 0:
			reason := f.reasons[t.oid]
			if reason == "" {
				reason = "every row that was made referred to one that could not be"
			}
			c.Empty = append(c.Empty, Empty{t.name, reason})
		}
	}
	slices.SortFunc(c.Empty, func(a, b Empty) int { return a.Table.Compare(b.Table) })
	return c, nil
}
