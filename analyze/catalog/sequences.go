package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgcutover/pgcutover/analyze"
)

// sequence is what the values of a sequence need beside its definition.
type sequence struct {
	readable bool
}

// SequencesPerStatement is how many sequences one statement reads the values of. Up to this many, the number of
// statements of a reading is the same for every database. Each holds a lock entry until its statement ends; the three sessions of a reading have that many
// statements at once, and the server's lock table has room for max_locks_per_transaction (64) times max_connections of them.
const SequencesPerStatement = 300

func (r *reader) readSequences() error {
	var (
		s                     analyze.Sequence
		oid                   uint32
		readable              bool
		schema, table, column *string
	)
	err := r.each("sequences", nil, []any{&oid, &s.Name.Schema, &s.Name.Name, &s.Owner, &s.Extension, &readable, &schema, &table, &column, &s.Identity,
		&s.Type, &s.Start, &s.Minimum, &s.Maximum, &s.Increment, &s.Cache, &s.Cycle}, func() error {
		s := s
		if schema != nil && table != nil && column != nil {
			s.OwnedBy = &analyze.ColumnRef{Table: analyze.Name{Schema: *schema, Name: *table}, Column: *column}
		}
		r.inv.Sequences = append(r.inv.Sequences, s)
		r.seqs = append(r.seqs, sequence{readable})
		return nil
	})
	if err != nil {
		return err
	}
	r.values = &sequencing{}
	for i, s := range r.seqs {
		if s.readable {
			r.values.todo = append(r.values.todo, i)
		}
	}
	further := r.peer(nil)
	further.inv.Server, further.inv.Sequences, further.values = r.inv.Server, r.inv.Sequences, r.values
	r.ahead.finally(func(ctx context.Context, conn *pgx.Conn) {
		p := *further
		p.ctx, p.conn = ctx, conn
		_ = p.readEveryValue() // what it could not read is still to be read, and the first session says why it cannot be
		p.values.note(p.inv.Unknown)
	})
	return nil
}

// sequencing is the reading of values, by every session that has left the snapshot.
type sequencing struct {
	mutex   sync.Mutex
	todo    []int             // places of sequences that nobody reads
	unknown []analyze.Unknown // those that further sessions met
}

// take is some of what is to be read; none: others are reading the rest, or have.
func (s *sequencing) take() []int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	n := min(len(s.todo), SequencesPerStatement)
	which := s.todo[:n:n]
	s.todo = s.todo[n:]
	return which
}

func (s *sequencing) giveBack(which []int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.todo = append(s.todo, which...)
}

func (s *sequencing) note(unknown []analyze.Unknown) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.unknown = append(s.unknown, unknown...)
}

// sequenceValues reads the last values that no further session reads, and waits for those. A sequence knows no snapshot, so nothing is lost by
// doing so after the snapshot's transaction, and the locks of thousands of sequences are never held at once.
func (r *reader) sequenceValues() error {
	err := r.readEveryValue()
	r.ahead.finished()
	if err == nil {
		err = r.readEveryValue() // what others gave back
	}
	r.inv.Unknown = append(r.inv.Unknown, r.values.unknown...)
	return err
}

func (r *reader) readEveryValue() error {
	for {
		which := r.values.take()
		if len(which) == 0 {
			return nil
		}
		met := len(r.inv.Unknown)
		if err := r.readValues(which); err != nil {
			r.inv.Unknown = r.inv.Unknown[:met]
			r.values.giveBack(which)
			return fmt.Errorf("reading sequence values: %w", err)
		}
	}
}

// readValues reads the values of some sequences with one statement. Where one of them makes it fail (dropped meanwhile, or
// unlogged on a standby), halves are tried until only that one is left out.
func (r *reader) readValues(which []int) error {
	err := r.snapshot(func() error {
		if err := r.settle(); err != nil {
			return err
		}
		var (
			i                         int
			last                      int64
			called                    bool
			start, low, high, by, own int64
			cycle                     bool
		)
		into := []any{&i, &last, &called}
		old := r.major() < 1000
		if old {
			into = append(into, &start, &low, &high, &by, &own, &cycle)
		}
		return each(r.ctx, r.conn, valuesQuery(r.inv.Sequences, which, old), nil, into, func() error {
			s, last, called := &r.inv.Sequences[i], last, called
			s.LastValue, s.IsCalled = &last, &called
			if old {
				s.Start, s.Minimum, s.Maximum, s.Increment, s.Cache, s.Cycle = start, low, high, by, own, cycle
			}
			return nil
		})
	})
	pe, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil:
		return nil
	case !refused || r.conn.IsClosed() || r.ctx.Err() != nil:
		return err
	case len(which) == 1:
		r.unknown("sequence value", r.inv.Sequences[which[0]].Name.String(), pe.Message, "")
		return nil
	}
	half := len(which) / 2
	if err := r.readValues(which[:half]); err != nil {
		return err
	}
	return r.readValues(which[half:])
}

// sequencesPerBranch: a server plans the members of one UNION ALL in time that grows with their square. Branches that OFFSET keeps apart are
// planned each by itself: 1,000 sequences in a third of the time.
const sequencesPerBranch = 50

// valuesQuery reads every sequence as the one-row relation it is, which alone tells last_value and is_called apart on every
// version under ACCESS SHARE: pg_sequence_last_value and pg_get_sequence_data take ROW EXCLUSIVE. Before 10 its definition lies there too.
func valuesQuery(sequences []analyze.Sequence, which []int, definition bool) string {
	var b strings.Builder
	b.WriteByte('(')
	for n, i := range which {
		switch {
		case n == 0:
		case n%sequencesPerBranch == 0:
			b.WriteString(" offset 0)\nunion all (")
		default:
			b.WriteString("\nunion all ")
		}
		fmt.Fprintf(&b, "select %d, last_value, is_called", i)
		if definition {
			b.WriteString(", start_value, min_value, max_value, increment_by, cache_value, is_cycled")
		}
		b.WriteString(" from " + sequences[i].Name.SQL())
	}
	b.WriteString(" offset 0)")
	return b.String()
}
