package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// Where a setting is changed.
const (
	OnStandby = "standby"
	OnSource  = "source"
	OnTarget  = "target"
)

// settings are the changes that have to be made before the migration. Those of a standby come first: it must never offer
// less than its primary asks for (measured: below 14 it shuts down, from 14 on its replay stops).
func (b *builder) settings(p Plan) []SettingChange {
	var out []SettingChange
	k := len(p.Groups)
	if k == 0 {
		return nil
	}
	managed := b.inv.Server.Managed != ""
	raise := func(name string, least int64, restart bool, reason string) {
		s, ok := b.setting(name)
		have, err := strconv.ParseInt(s.Value, 10, 64)
		if ok && err == nil && have >= least {
			return
		}
		out = append(out, SettingChange{On: OnSource, Name: name, From: s.Value, To: strconv.FormatInt(least, 10), Restart: restart, Reason: reason})
		if name == "max_replication_slots" || b.inv.Replica == nil && len(b.inv.Replication.Standbys) == 0 || name == "max_wal_senders" && b.inv.Server.Major() < 1200 {
			return
		}
		from := ""
		if b.inv.Replica != nil {
			r, ok := lookup(b.inv.Replica.Settings, name)
			if n, err := strconv.ParseInt(r.Value, 10, 64); ok && err == nil && n >= least {
				return
			}
			from = r.Value
		}
		out = append(out, SettingChange{On: OnStandby, Name: name, From: from, To: strconv.FormatInt(least, 10), Restart: restart,
			Reason: "Every standby needs at least the primary's value before the primary has it, or its replay stops."})
	}
	change := func(name, to string, restart bool, reason string) {
		s, _ := b.setting(name)
		out = append(out, SettingChange{On: OnSource, Name: name, From: s.Value, To: to, Restart: restart, Reason: reason})
	}

	if s, ok := b.setting("wal_level"); !ok || s.Value != "logical" {
		if managed {
			change("rds.logical_replication", "1", true, "Makes wal_level logical, which logical decoding needs.")
		} else {
			change("wal_level", "logical", true, "Logical decoding needs it.")
		}
	}
	preload, _ := b.setting("shared_preload_libraries")
	loaded := inList(preload.Value, PluginPglogical) || b.plugin() != PluginPglogical // which is not in the server, as the others are
	if !loaded {
		change("shared_preload_libraries", addTo(preload.Value, "pglogical"), true, "pglogical has to be loaded when the server starts.")
	}
	raise("max_replication_slots", b.slotsNeeded(k), true, fmt.Sprintf("%s in use, %d for this migration, one to restart a group with.", analyze.Count(b.slotsUsed(), "slot"), k))
	raise("max_wal_senders", b.sendersNeeded(k), true, fmt.Sprintf("%s, %d for this migration, two for a base backup, one for tests.", analyze.Count(b.sendersUsed(), "sender"), k))
	if s, ok := b.setting("max_worker_processes"); !loaded {
		have, err := strconv.ParseInt(s.Value, 10, 64)
		if !ok || err != nil {
			have = 8 // the default of every version
		}
		raise("max_worker_processes", have+2, true, "pglogical runs a supervisor, and a manager for the database.")
	}
	if s, ok := b.setting("output_plugin_libraries"); ok && !inList(s.Value, b.plugin()) {
		change("output_plugin_libraries", addTo(s.Value, b.plugin()), false, "The minor releases of 2026 let only the listed output plugins decode.")
	}
	// From 12 on the role of change data capture has a value of its own (10-source/13-role.sql).
	if s, ok := b.setting("wal_sender_timeout"); b.opt.FullLoad() && b.inv.Server.Major() < 1200 && ok && s.Value != "0" {
		change("wal_sender_timeout", "0", false, "A sender whose reader is busy with the full load must not be ended. It takes the detection of dead connections from standbys, too: set it back after the migration. Up to version 11 a role cannot have a value of its own.")
	}
	if s, ok := b.setting("idle_replication_slot_timeout"); ok && s.Value != "0" {
		change("idle_replication_slot_timeout", "0", false, "A slot waits idle from its creation to the start of change data capture; the server would invalidate it.")
	}
	if s, ok := b.setting("max_slot_wal_keep_size"); ok && b.opt.WAL.SourceFreeBytes != nil {
		keep := *b.opt.WAL.SourceFreeBytes / 10 * 9 >> 20
		if have, err := strconv.ParseInt(s.Value, 10, 64); keep > 0 && (err != nil || have < 0 || have > keep) {
			change("max_slot_wal_keep_size", strconv.FormatInt(keep, 10)+"MB", false, "Production comes first: before the disk is full the server gives up a slot, and the migration starts anew. Nine tenths of the free space.")
		}
	}
	out = append(out, b.targetSettings(k)...)
	if b.isNative() {
		out = append(out, b.nativeTargetSettings(p)...)
	}
	rank := []string{OnStandby, OnSource, OnTarget}
	slices.SortStableFunc(out, func(x, y SettingChange) int {
		return cmp.Or(cmp.Compare(slices.Index(rank, x.On), slices.Index(rank, y.On)), strings.Compare(x.Name, y.Name))
	})
	return out
}

func (b *builder) targetSettings(groups int) []SettingChange {
	if b.inv.Target == nil {
		return nil
	}
	var out []SettingChange
	if s, ok := lookup(b.inv.Target.Settings, "max_connections"); ok {
		need, reason := int64(b.opt.Load.Workers+20), fmt.Sprintf("%s of the load, change data capture and the checks.", analyze.Count(b.opt.Load.Workers, "worker"))
		if b.opt.FullLoad() {
			writers := groups * b.opt.Full.SubTasks
			need, reason = int64(max(writers, b.opt.Load.Workers)+20), fmt.Sprintf("%s of the full load, those of the builds, and the checks.", analyze.Count(writers, "writer"))
		}
		if have, err := strconv.ParseInt(s.Value, 10, 64); err == nil && have < need {
			out = append(out, SettingChange{On: OnTarget, Name: "max_connections", From: s.Value, To: strconv.FormatInt(need, 10), Restart: true, Reason: reason})
		}
	}
	if s, ok := lookup(b.inv.Target.Settings, "session_replication_role"); ok && s.Value == "replica" && s.Source != "session" {
		out = append(out, SettingChange{On: OnTarget, Name: "session_replication_role", From: s.Value, To: "origin", Restart: false,
			Reason: "Set for everybody it would switch off foreign keys and triggers for the application too."})
	}
	return out
}

func (b *builder) slotsUsed() int { return len(b.inv.Replication.Slots) - len(b.ownSlots()) }

// ownSlots are slots of the inventory that this plan creates: they are there when an inventory is taken again later.
func (b *builder) ownSlots() []analyze.Slot {
	var own []analyze.Slot
	for _, s := range b.inv.Replication.Slots {
		if s.Type == "logical" && strings.HasPrefix(s.Plugin, b.plugin()) && s.Database == b.inv.Database.Name && strings.HasPrefix(s.Name, b.opt.Slots.Prefix+"_") {
			own = append(own, s)
		}
	}
	return own
}

func (b *builder) slotsNeeded(k int) int64 { return int64(b.slotsUsed() + k + 1) }

// sendersUsed counts the connected standbys and every logical slot that somebody else reads.
func (b *builder) sendersUsed() int {
	n := len(b.inv.Replication.Standbys)
	own := b.ownSlots()
	for _, s := range b.inv.Replication.Slots {
		if s.Type == "logical" && !slices.Contains(own, s) {
			n++
		}
	}
	return n
}

func (b *builder) sendersNeeded(k int) int64 { return int64(b.sendersUsed() + k + 3) }

// inList reports whether a setting that holds a list of names has one of them.
func inList(value, name string) bool {
	for s := range strings.SplitSeq(value, ",") {
		if strings.Trim(strings.TrimSpace(s), `"'`) == name {
			return true
		}
	}
	return false
}

func addTo(value, name string) string {
	if strings.TrimSpace(value) == "" {
		return name
	}
	return value + ", " + name
}
