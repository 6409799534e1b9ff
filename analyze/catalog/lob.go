package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/pgcutover/pgcutover/analyze"
)

// LOBMode is how the largest value of a LOB column is looked for.
type LOBMode string

// The modes.
const (
	LOBExact  LOBMode = "exact"  // reads every row of every table that has such columns
	LOBSample LOBMode = "sample" // reads some blocks of large tables, so a larger value may exist; small tables are read whole
	LOBSkip   LOBMode = "skip"   // reads nothing
)

// LOBOptions say how [MeasureLOBs] works. Open is required unless the mode is LOBSkip.
type LOBOptions struct {
	Mode    LOBMode
	Open    func(context.Context) (*pgx.Conn, error) // a new connection for each worker, best to a replica
	Workers int                                      // 0: two
	// Say is told after every table how many bytes of tables are done, of how many. It is called by one goroutine at a time; nil: nobody.
	Say func(done, total int64)

	LockTimeout time.Duration // 0: two seconds
}

// Sampled tables are read up to about these many bytes. TOASTed values count apart, because octet_length needs them only
// for types that have to be turned into text first.
const (
	sampleHeap  = 32 << 20
	sampleToast = 256 << 20
)

// LOBs are the largest values found, to be put into an inventory of the same database.
type LOBs struct {
	found   map[analyze.Name][]columnMax // by table
	unknown []analyze.Unknown
}

type columnMax struct {
	column string
	analyze.LOBMax
}

// AddTo puts the sizes into the inventory.
func (l LOBs) AddTo(inv *analyze.Inventory) {
	for i := range inv.Tables {
		t := &inv.Tables[i]
		for _, found := range l.found[t.Name] {
			for j := range t.Columns {
				if t.Columns[j].Name == found.column {
					t.Columns[j].LOBMax = &found.LOBMax
				}
			}
		}
	}
	inv.Unknown = append(inv.Unknown, l.unknown...)
	*inv = inv.Normalize()
}

// measured is a table and those of its columns whose largest value matters.
type measured struct {
	table   analyze.Table
	columns []analyze.Column
	bytes   int64
}

// MeasureLOBs finds the largest value of every LOB and unbounded varchar column of the tables that hold rows. It is the one
// part of an analysis that reads data: one statement for each table, whose columns are measured in one pass.
//
// A table that refuses (locked, dropped, hidden by row-level security, cancelled on a standby) is recorded as skipped and unknown; only a
// lost connection or an interruption is an error.
func MeasureLOBs(ctx context.Context, inv analyze.Inventory, o LOBOptions) (LOBs, error) {
	out := LOBs{found: map[analyze.Name][]columnMax{}}
	var jobs []measured
	var total int64
	for _, t := range inv.Tables {
		if t.Kind == analyze.Partitioned {
			continue // its partitions hold the values
		}
		m := measured{table: t}
		for _, c := range t.Columns {
			if c.LOB.IsLOB() || c.LOB == analyze.UnboundedVarchar {
				m.columns = append(m.columns, c)
			}
		}
		if len(m.columns) == 0 {
			continue
		}
		out.skip(m)
		// Rows of an unlogged table do not travel, and a standby does not have them.
		if o.Mode != LOBSkip && t.Readable && t.Kind == analyze.Ordinary && !t.Unlogged {
			m.bytes, _ = t.Bytes()
			total += m.bytes
			jobs = append(jobs, m)
		}
	}
	if o.Mode == LOBSkip {
		if len(out.found) > 0 {
			out.unknown = append(out.unknown, analyze.Unknown{Fact: "LOB sizes", Reason: "not measured, as asked for"})
		}
		return out, nil
	}
	slices.SortStableFunc(jobs, func(a, b measured) int { return cmp.Compare(b.bytes, a.bytes) }) // largest first, so that no worker ends alone
	if err := out.measure(ctx, jobs, total, o); err != nil {
		return LOBs{}, err
	}
	return out, nil
}

func (l LOBs) skip(m measured) {
	skipped := make([]columnMax, len(m.columns))
	for i, c := range m.columns {
		skipped[i] = columnMax{c.Name, analyze.LOBMax{Method: "skipped"}}
	}
	l.found[m.table.Name] = skipped
}

func (l *LOBs) measure(ctx context.Context, jobs []measured, total int64, o LOBOptions) error {
	if o.LockTimeout == 0 {
		o.LockTimeout = defaultLockTimeout
	}
	workers := min(cmp.Or(o.Workers, 2), len(jobs))
	var (
		mutex sync.Mutex
		next  int
		done  int64
	)
	take := func() (measured, bool) {
		mutex.Lock()
		defer mutex.Unlock()
		if next == len(jobs) {
			return measured{}, false
		}
		next++
		return jobs[next-1], true
	}
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error {
			conn, err := o.Open(ctx)
			if err != nil {
				return err
			}
			defer conn.Close(context.WithoutCancel(ctx))
			for m, ok := take(); ok; m, ok = take() {
				found, err := measureTable(ctx, conn, m, o)
				refused, isRefusal := errors.AsType[*pgconn.PgError](err)
				if err != nil && (!isRefusal || conn.IsClosed() || ctx.Err() != nil) {
					return fmt.Errorf("measuring the LOBs of %s: %w", m.table.Name, cmp.Or(ctx.Err(), err))
				}
				mutex.Lock()
				if err != nil {
					l.unknown = append(l.unknown, analyze.Unknown{Fact: "LOB sizes", Subject: m.table.Name.String(), Reason: refused.Message})
				} else {
					l.found[m.table.Name] = found
				}
				done += m.bytes
				if o.Say != nil {
					o.Say(done, total)
				}
				mutex.Unlock()
			}
			return nil
		})
	}
	return group.Wait()
}

// measureTable reads one table, again where a standby cancelled the query for the sake of replay.
func measureTable(ctx context.Context, conn *pgx.Conn, m measured, o LOBOptions) ([]columnMax, error) {
	sql, sampled := measureQuery(m, o.Mode)
	for try := 1; ; try++ {
		found, err := measureOnce(ctx, conn, m, sql, sampled, o.LockTimeout)
		if pe, ok := errors.AsType[*pgconn.PgError](err); !ok || pe.Code != "40001" || try == attempts {
			return found, err
		}
	}
}

func measureOnce(ctx context.Context, conn *pgx.Conn, m measured, sql string, sampled bool, lockTimeout time.Duration) ([]columnMax, error) {
	r := &reader{ctx: ctx, conn: conn}
	found := make([]columnMax, len(m.columns))
	err := r.snapshot(func() error {
		// row_security off makes a policy an error, where on would silently measure only the rows the role may see.
		setup := surroundings(conn, 0, lockTimeout) + "; set local row_security = off"
		if _, err := conn.Exec(ctx, setup, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		var rows int64
		largest := make([]int64, len(m.columns))
		into := []any{&rows}
		for i := range largest {
			into = append(into, &largest[i])
		}
		return each(ctx, conn, sql, nil, into, func() error {
			for i, c := range m.columns {
				found[i] = columnMax{c.Name, analyze.LOBMax{Bytes: &largest[i], Method: "exact"}}
				if sampled {
					found[i] = columnMax{c.Name, analyze.LOBMax{Bytes: &largest[i], Method: "sampled", Rows: rows}}
				}
			}
			return nil
		})
	})
	return found, err
}

// measureQuery measures all columns in one pass. octet_length of text and bytea reads the length from the TOAST pointer and not
// the value; every other type has to become text first.
func measureQuery(m measured, mode LOBMode) (sql string, sampled bool) {
	var b strings.Builder
	b.WriteString("select count(*)")
	detoasts := false
	for _, c := range m.columns {
		as := "text"
		switch c.BaseType {
		case "bytea":
			as = "bytea"
		case "text", "varchar", "citext", "xml":
		default:
			detoasts = true
		}
		fmt.Fprintf(&b, ", coalesce(max(pg_catalog.octet_length(%s::pg_catalog.%s)), 0)", analyze.Ident(c.Name), as)
	}
	b.WriteString(" from only " + m.table.Name.SQL())
	if mode == LOBSample {
		if percent := samplePercent(m.table, detoasts); percent < 100 {
			b.WriteString(" tablesample system (" + strconv.FormatFloat(percent, 'f', 6, 64) + ")")
			return b.String(), true
		}
	}
	return b.String(), false
}

// samplePercent is how much of a table a sample reads. Where its size is hidden, a hundredth.
func samplePercent(t analyze.Table, detoasts bool) float64 {
	if t.HeapBytes == nil || t.ToastBytes == nil {
		return 1
	}
	fraction := 1.0
	if *t.HeapBytes > sampleHeap {
		fraction = sampleHeap / float64(*t.HeapBytes)
	}
	if detoasts && *t.ToastBytes > sampleToast {
		fraction = min(fraction, sampleToast/float64(*t.ToastBytes))
	}
	return 100 * fraction
}
