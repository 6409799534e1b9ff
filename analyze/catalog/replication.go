package catalog

import (
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
)

func (r *reader) readReplication() error {
	p := &r.inv.Replication
	err := r.optional("slots", "", func() error {
		var s analyze.Slot
		var slots []analyze.Slot
		err := r.each("slots", nil, []any{&s.Name, &s.Plugin, &s.Type, &s.Database, &s.Temporary, &s.Active, &s.TwoPhase, &s.Failover, &s.WALStatus,
			&s.RestartLSN, &s.ConfirmedFlushLSN, &s.RetainedBytes}, func() error {
			slots = append(slots, s)
			return nil
		})
		if err == nil {
			p.Slots = slots
		}
		return err
	})
	if err != nil {
		return err
	}
	if !r.session.readAllStats {
		r.unknown("standbys", "", "the server hides other sessions' details from this role", r.monitorGrant())
	} else {
		err := r.optional("standbys", "", func() error {
			var b analyze.Standby
			var standbys []analyze.Standby
			err := r.each("standbys", nil, []any{&b.ApplicationName, &b.Address, &b.State, &b.SyncState, &b.ReplayLagBytes}, func() error {
				standbys = append(standbys, b)
				return nil
			})
			if err == nil {
				p.Standbys = standbys
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if r.major() >= 1000 {
		if err := r.readPublications(); err != nil {
			return err
		}
	}
	return r.readPglogical()
}

func (r *reader) readPublications() error {
	p := &r.inv.Replication
	var x analyze.Publication
	err := r.each("publications", nil, []any{&x.Name, &x.AllTables, &x.Insert, &x.Update, &x.Delete, &x.Truncate}, func() error {
		p.Publications = append(p.Publications, x)
		return nil
	})
	if err != nil {
		return err
	}
	return r.optional("subscriptions", "GRANT SELECT (oid, subdbid, subname) ON pg_catalog.pg_subscription TO "+r.me(), func() error {
		var names []string
		var name string
		err := r.each("subscriptions", nil, []any{&name}, func() error {
			names = append(names, name)
			return nil
		})
		if err == nil {
			p.Subscriptions = names
		}
		return err
	})
}

// readPglogical reads the node and the sets, which lie in tables of the extension that only its owner sees by default.
func (r *reader) readPglogical() error {
	i := slices.IndexFunc(r.inv.Extensions, func(e analyze.Extension) bool { return e.Name == "pglogical" })
	if i < 0 {
		return nil
	}
	out := &analyze.Pglogical{Version: r.inv.Extensions[i].Version}
	r.inv.Replication.Pglogical = out
	grant := "GRANT USAGE ON SCHEMA pglogical TO " + r.me() + "; GRANT SELECT ON ALL TABLES IN SCHEMA pglogical TO " + r.me()
	return r.optional("pglogical", grant, func() error {
		got := *out
		err := r.each("pglogical_node", nil, []any{&got.Node, &got.NodePassword}, func() error { return nil })
		if err != nil {
			return err
		}
		bySet := map[string]int{}
		var s analyze.ReplicationSet
		err = r.each("pglogical_sets", nil, []any{&s.Name, &s.Insert, &s.Update, &s.Delete, &s.Truncate}, func() error {
			bySet[s.Name] = len(got.Sets)
			got.Sets = append(got.Sets, s)
			return nil
		})
		if err != nil {
			return err
		}
		var set string
		var table analyze.Name
		err = r.each("pglogical_tables", nil, []any{&set, &table.Schema, &table.Name}, func() error {
			if i, ok := bySet[set]; ok {
				got.Sets[i].Tables = append(got.Sets[i].Tables, table)
			}
			return nil
		})
		if err == nil {
			*out = got
		}
		return err
	}, undefinedTable, undefinedColumn)
}

func (r *reader) readActivity() error {
	a := &r.inv.Activity
	var prepared, idle int
	var oldest int64
	if err := r.one("activity", []any{r.ahead.sessions()}, &prepared, &oldest, &idle, &a.Connections); err != nil {
		return err
	}
	a.PreparedTransactions = &prepared
	if !r.session.readAllStats {
		r.unknown("activity", "", "the server hides other sessions' details from this role", r.monitorGrant())
		return nil
	}
	a.OldestWriteSeconds, a.IdleInTransaction = &oldest, &idle
	return nil
}
