package planner

import (
	"fmt"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

func promoteWay() way {
	return way{
		name: "promote", title: "an Aurora read replica of the RDS instance, promoted", engine: EnginePromote,
		options: promoteStandIns,
		needs: func(*Plan, *analyze.Inventory) []string {
			return []string{"AWS: an RDS for PostgreSQL instance with automated backups and without another Aurora replica, a version of Aurora of the same major one, security groups, rights (docs/promote.md)."}
		},
		beside:  func(*Plan) []string { return nil },
		wayBack: noWayBack,
		costs: func(*Plan) []string {
			return []string{
				"The Aurora cluster from the making of the replica on, and a second one for the dry run.",
				"Both databases side by side until nobody wants to go back: the whole instance a second time.",
			}
		},
		notProven: func(*Plan) []string {
			return []string{
				"How long the promotion takes, which is how long nobody can write: the dry run measures it.",
				"Which version, class and extensions the Region's Aurora offers: the gate preflight and the dry run show it.",
			}
		},
		duration: func(p *Plan) []Phase {
			replica := Phase{Name: "replica", Seconds: p.Aurora.ReplicaSeconds, Reason: "AWS fills the replica from a snapshot of the source, which is in use meanwhile (aurora.replica_bytes_per_second)."}
			trial := Phase{Name: "dry run", Reason: "A promotion on trial, and the replica made anew after it."}
			if s := p.Aurora.ReplicaSeconds; s != nil {
				sum := seconds(p.Aurora.PromotionSeconds + *s)
				trial.Seconds = &sum
			}
			return []Phase{replica, trial}
		},
		load:     func(p *Plan, _ *analyze.Inventory, l *SourceLoad) { l.WALBytes = p.Estimate.SourceWALBytes },
		final:    []string{"PR101", "PR102"},
		doubt:    func(*Way, *analyze.Inventory) int { return 1 },
		strength: "Nothing is copied, built or applied by anybody: the target is the source, block for block, with every object and setting of its catalogs.",
		instead: func(w *Way) string {
			return fmt.Sprintf("some minutes without writes are all right (%s here) and the whole instance moves to Aurora as it is", Span(w.WriteStop.Seconds))
		},
	}
}

// promoteStandIns are names and a version for a replica nobody configured.
func promoteStandIns(o *Options, inv *analyze.Inventory, say func(string, ...any)) {
	if s := &o.Slots; len(s.Dedicated)+len(s.Together)+len(s.Apart)+len(s.Pin) > 0 {
		s.Dedicated, s.Together, s.Apart, s.Pin = nil, nil, nil, nil
		say("slots: what is configured about groups is left out, because physical replication has none.")
	}
	if o.Aurora == nil || o.Aurora.Source != "" {
		return
	}
	version, _, _ := strings.Cut(inv.Server.Version, " ")
	wanted := o.Target.Version
	if inv.Target != nil {
		wanted = inv.Target.Server.Major() / 100
	}
	if wanted != 0 && wanted != inv.Server.Major()/100 {
		version = fmt.Sprintf("%d.0", wanted)
	}
	a := o.Aurora
	a.Source, a.Cluster, a.InstanceClass, a.EngineVersion = "source", "target", "db.r6g.large", version
	say("aurora: instance, cluster and class are stand-ins, and the version is %s.", version)
}
