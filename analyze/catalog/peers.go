package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/analyze"
)

// standby is what a reading of the source needs from its replica.
type standby struct {
	sizes map[uint32]size // by OID
}

// peer is a reader for another server that shares our patience and our context.
func (r *reader) peer(conn *pgx.Conn) *reader {
	o := r.Options
	o.Replica, o.Target, o.Open, o.Say = nil, nil, nil, func(string) {}
	return &reader{Options: o, ctx: r.ctx, conn: conn}
}

// readReplica checks that the replica is one of ours and reads where it stands and how large the relations are.
func (r *reader) readReplica() error {
	if r.Replica == nil {
		return nil
	}
	p := r.peer(r.Replica)
	out := &analyze.Replica{}
	sizes := map[uint32]size{}
	err := p.snapshot(func() error {
		if err := p.readSettings(); err != nil {
			return err
		}
		if err := p.settle(); err != nil {
			return err
		}
		if err := p.readServer(); err != nil {
			return err
		}
		if err := r.checkStandby(p); err != nil {
			return err
		}
		if err := p.one("replay", []any{r.session.position}, &out.ReplayLSN, &out.ReceiveLSN, &out.Paused, &out.LagSeconds, &out.LagBytes); err != nil {
			return err
		}
		if err := p.optional("sizes", "", func() error { return p.sizes(false, sizes) }, lockNotAvailable, queryCanceled); err != nil {
			return err
		}
		return nil
	})
	if errors.Is(err, ErrNotStandby) || errors.Is(err, ErrOtherServer) {
		return err
	}
	if err != nil {
		return fmt.Errorf("reading the replica: %w", explained(err))
	}
	if out.LagBytes != nil {
		*out.LagBytes = max(*out.LagBytes, 0)
	}
	if out.ReplayLSN == out.ReceiveLSN {
		out.LagSeconds = new(int64) // all that came is replayed: the age of the last transaction is not a lag
	}
	out.Server = p.inv.Server
	for _, s := range p.session.settings {
		if slices.Contains(standbySettings, s.Name) {
			out.Settings = append(out.Settings, s)
		}
	}
	out.SizesFrom = len(sizes) > 0
	if out.SizesFrom {
		r.replica = &standby{sizes}
	}
	for _, u := range p.inv.Unknown {
		if u.Fact != "setting" {
			r.unknown("replica: "+u.Fact, u.Subject, u.Reason, u.Grant)
		}
	}
	r.inv.Replica = out
	return nil
}

// standbySettings are those a hot standby must not set lower than its primary, and those that decide how it treats queries and WAL.
var standbySettings = []string{
	"hot_standby", "hot_standby_feedback", "max_connections", "max_locks_per_transaction", "max_prepared_transactions",
	"max_replication_slots", "max_standby_archive_delay", "max_standby_streaming_delay", "max_wal_senders", "max_worker_processes", "primary_slot_name",
	"recovery_min_apply_delay", "recovery_target_action", "shared_preload_libraries", "sync_replication_slots", "wal_level", "wal_receiver_status_interval",
	"wal_receiver_timeout",
}

func (r *reader) checkStandby(p *reader) error {
	mine, its := r.inv.Server, p.inv.Server
	switch {
	case !its.InRecovery:
		return fmt.Errorf("the replica is %w: it is not in recovery", ErrNotStandby)
	case mine.SystemIdentifier != "" && its.SystemIdentifier != "" && mine.SystemIdentifier != its.SystemIdentifier:
		return fmt.Errorf("the replica is %w: system identifier %s, the source's is %s", ErrOtherServer, its.SystemIdentifier, mine.SystemIdentifier)
	case r.session.databaseOID != p.session.databaseOID || r.inv.Database.Name != p.inv.Database.Name:
		return fmt.Errorf("the replica is %w or connected to another database: %s there, %s on the source", ErrOtherServer,
			analyze.Display(p.inv.Database.Name), analyze.Display(r.inv.Database.Name))
	case mine.Major() != its.Major():
		return fmt.Errorf("the replica is %w: it runs version %s, the source %s", ErrOtherServer, its.Version, mine.Version)
	case mine.SystemIdentifier == "" || its.SystemIdentifier == "":
		r.unknown("replica identity", "", "the system identifier of the source or the replica is hidden, so they may be of different clusters",
			"GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO "+r.me())
	}
	return nil
}

// readTarget reads what the other side of the migration needs to be compared with.
func (r *reader) readTarget() error {
	p := r.peer(r.Target)
	out := &analyze.Target{}
	err := p.snapshot(func() error {
		if err := p.readSettings(); err != nil {
			return err
		}
		if err := p.settle(); err != nil {
			return err
		}
		if err := p.readServer(); err != nil {
			return err
		}
		if err := r.checkTarget(p); err != nil {
			return err
		}
		if err := p.readDatabase(); err != nil {
			return err
		}
		var err error
		if out.Extensions, err = readExtensions(p.each); err != nil {
			return err
		}
		var e analyze.Extension
		err = p.each("available", nil, []any{&e.Name, &e.Version}, func() error {
			out.Available = append(out.Available, e)
			return nil
		})
		if err != nil {
			return err
		}
		var name string
		err = p.each("role_names", nil, []any{&name}, func() error {
			out.Roles = append(out.Roles, name)
			return nil
		})
		if err != nil {
			return err
		}
		err = p.each("collations", []any{r.collations()}, []any{&name}, func() error {
			out.MissingCollations = append(out.MissingCollations, name)
			return nil
		})
		if err != nil {
			return err
		}
		return p.one("user_tables", nil, &out.Tables)
	})
	if errors.Is(err, ErrSameServer) {
		return err
	}
	if err != nil {
		return fmt.Errorf("reading the target: %w", explained(err))
	}
	out.Server, out.Database, out.Settings = p.inv.Server, p.inv.Database, p.inv.Settings
	for _, u := range p.inv.Unknown {
		if u.Fact != "setting" && u.Fact != "role setting" {
			r.unknown("target: "+u.Fact, u.Subject, u.Reason, u.Grant)
		}
	}
	r.inv.Target = out
	return nil
}

// collations are those that columns of the source name, other than their type's default.
func (r *reader) collations() []string {
	var out []string
	seen := map[string]bool{"": true}
	for i := range r.inv.Tables {
		for j := range r.inv.Tables[i].Columns {
			if c := r.inv.Tables[i].Columns[j].Collation; !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// checkTarget refuses a target that is the source. Where an identifier is hidden, the moment the server started, which has
// microseconds, takes its place.
func (r *reader) checkTarget(p *reader) error {
	mine, its := r.inv.Server, p.inv.Server
	known := mine.SystemIdentifier != "" && its.SystemIdentifier != ""
	sameDatabase := r.session.databaseOID == p.session.databaseOID && r.inv.Database.Name == p.inv.Database.Name
	sameStart := r.session.started == p.session.started
	switch {
	case sameDatabase && sameStart && (!known || mine.SystemIdentifier == its.SystemIdentifier):
		return fmt.Errorf("%w: %s, of a server started at %s", ErrSameServer, analyze.Display(r.inv.Database.Name), r.session.started)
	case sameDatabase && known && mine.SystemIdentifier == its.SystemIdentifier:
		return fmt.Errorf("%w, or one is a physical copy of the other: system identifier %s, database %s", ErrSameServer, mine.SystemIdentifier,
			analyze.Display(r.inv.Database.Name))
	case !known:
		var hidden []string
		if mine.SystemIdentifier == "" {
			hidden = append(hidden, "source")
		}
		if its.SystemIdentifier == "" {
			hidden = append(hidden, "target")
		}
		r.unknown("target identity", "", "the system identifier is hidden on "+strings.Join(hidden, " and ")+"; the servers started at different moments, so they differ",
			"GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO "+r.me())
	}
	return nil
}
