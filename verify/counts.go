package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

// Most tables of a database are small, and of a small one the round trip takes longer than the count. One statement counts many of them; what is larger
// has one of its own, so that it can be counted beside others.
const (
	smallTable   = 1 << 20 // bytes by the plan
	tablesAtOnce = 25      // of a statement
	// tablesLocked is for all statements on a server at a time: each table, and each of its indexes, has an entry in the server's table of locks until the
	// statement ends. That has 6,400 entries and more where nobody has configured anything, and others need some.
	tablesLocked = 100
)

// batches are tables as statements count them.
func (e *Env) batches(tables []planner.Table) (out [][]planner.Table) {
	most := max(1, min(tablesAtOnce, tablesLocked/e.Jobs))
	var small []planner.Table
	for _, t := range tables {
		if t.Bytes > smallTable || e.samples(t) {
			out = append(out, []planner.Table{t})
			continue
		}
		if small = append(small, t); len(small) == most {
			out, small = append(out, small), nil
		}
	}
	if len(small) > 0 {
		out = append(out, small)
	}
	return out
}

// tally is how many rows a table has, or why that cannot be told.
type tally struct {
	Rows    int64
	Refused error // what the server says of a table that it does not count: there is none (absent), the role may not read it (denied), a page cannot be read; else nil
}

// countRows counts tables on a side.
func (e *Env) countRows(ctx context.Context, side Side, tables []planner.Table) ([]tally, error) {
	return countBy(tables, func(sql string) ([]int64, error) {
		r, err := queryOne[struct{ N []int64 }](ctx, e, side, sql, pgx.QueryExecModeExec) // no session sees the statement a second time
		return r.N, err
	})
}

// countBy counts tables by a statement that ask runs, and that returns one array. One table spoils the answer for all: then each is counted by itself.
func countBy(tables []planner.Table, ask func(sql string) ([]int64, error)) ([]tally, error) {
	n, err := ask(countSQL(tables))
	if err == nil && len(n) != len(tables) {
		err = fmt.Errorf("%s of %s", analyze.Count(len(n), "count"), analyze.Count(len(tables), "table"))
	}
	out := make([]tally, len(tables))
	switch {
	case err == nil:
		for i := range n {
			out[i].Rows = n[i]
		}
		return out, nil
	case len(tables) == 1 && ofStatement(err):
		out[0].Refused = err
		return out, nil
	case !ofStatement(err):
		names := make([]string, len(tables))
		for i, t := range tables {
			names[i] = t.Name.String()
		}
		return nil, fmt.Errorf("counting %s: %w", analyze.Some(names, 3), err)
	}
	for i := range tables {
		one, err := countBy(tables[i:i+1], ask)
		if err != nil {
			return nil, err
		}
		out[i] = one[0]
	}
	return out, nil
}

// notCounted is the result about a table that the server refused to count.
func notCounted(table analyze.Name, refused error) Result {
	r := unknown(table.String(), "%v", refused)
	if denied(refused) {
		return r.hint("grant select on table %s to the role", table.SQL())
	}
	return r.hint("the server's log may say more; a lock or a resource that it waited for may be free by now: run it again")
}

// countSQL counts each table in a query of its own: a server plans the members of a UNION ALL in time that grows with their square.
func countSQL(tables []planner.Table) string {
	if len(tables) == 1 {
		return "select array[count(*)] as n from only " + tables[0].Name.SQL()
	}
	parts := make([]string, len(tables))
	for i, t := range tables {
		parts[i] = "(select count(*) from only " + t.Name.SQL() + ")"
	}
	return "select array[" + strings.Join(parts, ",\n") + "] as n"
}

// ofStatement tells whether a server refused the statement, and goes on with the session. One that it was made to end, or that ended with its session, is not asked
// again in another form.
func ofStatement(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pe.SeverityUnlocalized == "ERROR" && !strings.HasPrefix(pe.Code, "57") // operator_intervention
}
