package catalog

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/analyze"
)

// Rates is what two readings of the statistics, some time apart, say about the writing on a server.
type Rates struct {
	sample  *analyze.Sample // nil: nothing could be sampled
	tables  map[analyze.Name]analyze.Rates
	unknown []analyze.Unknown
}

// keepAlive is how often a waiting session is used: a firewall forgets it otherwise, and a lost server is noticed early.
const keepAlive = 20 * time.Second

// Sample reads the row counters and the WAL position, waits and reads them again, each time in a transaction of its own, because
// statistics stand still within one. tick, which may be nil, is told once a second how much time has passed.
// The connection must not be in a transaction. An interrupted wait is an error.
func Sample(ctx context.Context, conn *pgx.Conn, wait time.Duration, tick func(passed time.Duration)) (Rates, error) {
	first, err := readCount(ctx, conn)
	if err != nil {
		return Rates{}, fmt.Errorf("reading the first sample: %w", err)
	}
	if first.why != "" {
		return Rates{unknown: []analyze.Unknown{{Fact: "write rates", Reason: first.why}}}, nil
	}
	if err := rest(ctx, conn, wait, tick); err != nil {
		return Rates{}, fmt.Errorf("waiting for the second sample: %w", err)
	}
	second, err := readCount(ctx, conn)
	if err != nil {
		return Rates{}, fmt.Errorf("reading the second sample: %w", err)
	}
	return compare(first, second)
}

func rest(ctx context.Context, conn *pgx.Conn, wait time.Duration, tick func(time.Duration)) error {
	start, asked := time.Now(), time.Now()
	end := time.NewTimer(wait)
	defer end.Stop()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return nil
		case now := <-second.C:
			if tick != nil {
				tick(now.Sub(start))
			}
			if now.Sub(asked) >= keepAlive {
				if err := conn.Ping(ctx); err != nil {
					return err
				}
				asked = now
			}
		}
	}
}

// count is one reading.
type count struct {
	why      string // why there is none; empty: there is one
	major    int
	clock    float64
	position string
	reset    string // of the statistics
	started  string // of the server
	tables   map[counted]analyze.Counters
}

func readCount(ctx context.Context, conn *pgx.Conn) (count, error) {
	r := &reader{Options: Options{StatementTimeout: defaultStatementTimeout, LockTimeout: defaultLockTimeout}, ctx: ctx, conn: conn}
	var c count
	err := r.snapshot(func() error {
		if err := r.readSettings(); err != nil {
			return err
		}
		if err := r.settle(); err != nil {
			return err
		}
		err := r.readSession()
		if err != nil {
			return err
		}
		c.major = r.major()
		if c.why = r.whyNoCounters(); c.why != "" {
			return nil
		}
		c.position = r.session.position
		if err := r.one("clock", nil, &c.clock); err != nil {
			return err
		}
		if err := r.one("reset", nil, &c.reset, &c.started); err != nil {
			return err
		}
		c.tables, err = readCounters(r.each)
		return err
	})
	return c, err
}

// compare turns two readings into rates.
func compare(first, second count) (Rates, error) {
	seconds := second.clock - first.clock
	if seconds <= 0 {
		return Rates{unknown: []analyze.Unknown{{Fact: "write rates", Reason: "the server's clock went back between the samples"}}}, nil
	}
	out := Rates{tables: map[analyze.Name]analyze.Rates{}}
	// Before 15 a database has no statistics, and no time of reset, until somebody does something in it.
	begun := first.reset == "" && first.major < 1500
	void := first.reset != second.reset && !begun || first.started != second.started
	if first.position == "" || second.position == "" {
		out.unknown = append(out.unknown, analyze.Unknown{Fact: "WAL rate", Reason: "the server does not tell its WAL position"})
	} else {
		from, err := parseLSN(first.position)
		if err != nil {
			return Rates{}, err
		}
		to, err := parseLSN(second.position)
		if err != nil {
			return Rates{}, err
		}
		out.sample = &analyze.Sample{Seconds: seconds, WALBytes: int64(to - from), StatsResetBetween: void}
	}
	if void {
		out.unknown = append(out.unknown, analyze.Unknown{Fact: "write rates", Reason: "the statistics were reset between the samples"})
		return out, nil
	}
	for k, b := range second.tables {
		a, ok := first.tables[k]
		if !ok {
			continue // new since then
		}
		if b.Inserts < a.Inserts || b.Updates < a.Updates || b.HotUpdates < a.HotUpdates || b.Deletes < a.Deletes {
			out.unknown = append(out.unknown, analyze.Unknown{Fact: "write rates", Subject: k.name.String(), Reason: "the table's counters were reset between the samples"})
			continue
		}
		out.tables[k.name] = analyze.Rates{
			Inserts:    float64(b.Inserts-a.Inserts) / seconds,
			Updates:    float64(b.Updates-a.Updates) / seconds,
			HotUpdates: float64(b.HotUpdates-a.HotUpdates) / seconds,
			Deletes:    float64(b.Deletes-a.Deletes) / seconds,
		}
	}
	return out, nil
}

// AddTo puts the rates into an inventory of the same database.
func (s Rates) AddTo(inv *analyze.Inventory) {
	inv.Sample = s.sample
	for i := range inv.Tables {
		if rates, ok := s.tables[inv.Tables[i].Name]; ok {
			inv.Tables[i].Rates = &rates
		}
	}
	inv.Unknown = append(inv.Unknown, s.unknown...)
	*inv = inv.Normalize()
}

// parseLSN reads a position as PostgreSQL prints it: two hexadecimal numbers of 32 bits with a slash between.
func parseLSN(s string) (uint64, error) {
	high, low, ok := strings.Cut(s, "/")
	if ok {
		h, err := strconv.ParseUint(high, 16, 32)
		if err == nil {
			var l uint64
			if l, err = strconv.ParseUint(low, 16, 32); err == nil {
				return h<<32 | l, nil
			}
		}
	}
	return 0, fmt.Errorf("%q is not a WAL position", s)
}
