package hazard

import (
	"maps"

	"github.com/pgcutover/pgcutover/analyze"
)

// replica is what the healthy database lacks to get an Aurora read replica.
func replica(f *Facts) {
	f.Inventory.Server.Managed = "rds"
	f.Aurora = &Aurora{EngineVersion: "15.20", VersionNum: 150020, Encrypted: true, Readers: 1, Carried: map[string]string{"statement_timeout": "60000"}, WALBytes: f.Figures.SourceWALBytes}
	f.Inventory.Extensions = f.Inventory.Extensions[2:]
}

func replicated(change func(f *Facts)) func(f *Facts) {
	return func(f *Facts) {
		replica(f)
		change(f)
	}
}

func init() {
	maps.Copy(cases, map[string]example{
		"PR101": {fires: replicated(func(f *Facts) { f.Inventory.Server.Managed = "" }), quiet: replica, subject: "server"},
		"PR102": {fires: replicated(func(f *Facts) { f.Aurora.VersionNum = 160003 }), quiet: replica, subject: "target"},
		"PR103": {fires: replicated(func(f *Facts) { f.Aurora.VersionNum = 150019 }), quiet: replicated(func(f *Facts) { f.Aurora.VersionNum = 150021 }), subject: "target"},
		"PR104": {fires: replica, subject: "database"},
		"PR105": {fires: replicated(func(f *Facts) { f.Inventory.Database.Bytes = ptr(mostAurora + 1) }), quiet: replicated(func(f *Facts) { f.Inventory.Database.Bytes = ptr(mostAurora) }), subject: "database"},
		"PR106": {fires: replicated(func(f *Facts) {
			f.Inventory.Replication.Slots = []analyze.Slot{{Name: "etl", Type: "logical", Active: true}}
		}),
			quiet: replicated(func(f *Facts) {
				f.Inventory.Replication.Slots = []analyze.Slot{{Name: "standby", Type: "physical", Active: true}}
			}), subject: "slot etl"},
		"PR107": {fires: replicated(func(f *Facts) { f.Inventory.Replication.Subscriptions = []string{"feed"} }), subject: "subscription feed"},
		"PR108": {fires: replicated(func(f *Facts) { f.Inventory.Extensions = []analyze.Extension{{Name: "pg_cron", Version: "1.6"}} }), subject: "extension pg_cron"},
		"PR109": {fires: replicated(func(f *Facts) { f.Inventory.Objects.ForeignServers = []string{"legacy"} }), subject: "database"},
		"PR110": {fires: replicated(func(f *Facts) { f.Inventory.Target = nil }), quiet: replicated(func(f *Facts) {
			f.Inventory.Target.Server.Managed, f.Inventory.Target.Server.VersionNum = "aurora", f.Inventory.Server.VersionNum
		}), subject: "database"},
		"PR111": {fires: replicated(func(f *Facts) { set(f, "lock_timeout", "5000") }), quiet: replicated(func(f *Facts) { set(f, "statement_timeout", "60000") }), subject: "setting lock_timeout"},
		"PR112": {fires: replicated(func(f *Facts) { f.Inventory.Activity.PreparedTransactions = ptr(1) }), subject: "server"},
		"PR113": {fires: replicated(func(f *Facts) { f.Inventory.Activity.OldestWriteSeconds = ptr(int64(601)) }), quiet: replicated(func(f *Facts) { f.Inventory.Activity.OldestWriteSeconds = ptr(int64(600)) }), subject: "server"},
		"PR114": {fires: replicated(func(f *Facts) { f.Figures.SourceFreeBytes = ptr(int64(1e9)) }), quiet: replica, subject: "server"},
		"PR115": {fires: replicated(func(f *Facts) { f.Inventory.Replication.Standbys = []analyze.Standby{{ApplicationName: "a"}} }), quiet: replica, subject: "target"},
		"PR116": {fires: replica, subject: "server"},
		"PR117": {fires: replica, subject: "database"},
		"PR118": {fires: replicated(func(f *Facts) { f.Inventory.Database.Collate = "en_US.UTF-8" }), quiet: replica, subject: "database"},
		"PR119": {fires: replicated(func(f *Facts) { table(f).Indexes[0].Valid = false }), quiet: replica},
		"PR120": {fires: replicated(func(f *Facts) { f.Inventory.Database.FrozenXIDAge = 1_000_000_000 }), quiet: replica, subject: "database"},
	})
}
