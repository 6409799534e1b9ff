package planner

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// NativeOptions is what only the engine "native" needs to know. Connections are libpq's keywords and values, as the server that opens the
// connection sees the other one; dbname and user have defaults, a password is not among them.
type NativeOptions struct {
	Connection map[string]string `json:"connection"` // from the target's server to the source
	Password   string            `json:"password"`   // where a password comes from: "file" (passfile or service of the server's account, a certificate, or none) or "prompt"
	HandOff    string            `json:"handoff"`    // what holds still while the rows are copied: "replica" (the maintenance replica, paused) or "snapshot" (of each slot, exported by the source)
	WayBack    map[string]string `json:"way_back"`   // from the source's server to the target; empty: no way back is prepared
}

// Where the password of a subscription comes from.
const (
	PasswordFile   = "file"
	PasswordPrompt = "prompt"
)

// What the copies of the rows and the slots meet at.
const (
	HandOffReplica  = "replica"
	HandOffSnapshot = "snapshot"
)

// Snapshots reports whether rows are copied from the source itself, those of each slot in the snapshot that its creation exported; else they
// come from a paused replica.
func (o Options) Snapshots() bool {
	return o.Engine == EngineNative && o.Native != nil && o.Native.HandOff == HandOffSnapshot
}

// Native is what the plan decides about subscriptions.
type Native struct {
	Publish string               `json:"publish"` // what the publication of a slot publishes, as the parameter publish takes it
	Inserts string               `json:"inserts"` // what the one for tables without an identity does
	Options []SubscriptionOption `json:"options"` // of the subscriptions on the target, by name
	Back    []SubscriptionOption `json:"back"`    // of the way back's, on the source; empty: there is none
}

// SubscriptionOption is a parameter of CREATE SUBSCRIPTION and what was decided about it.
type SubscriptionOption struct {
	Name   string `json:"name"`
	Value  string `json:"value"` // as the statement says it; empty: not said, because a server does not know it or its default is right
	Reason string `json:"reason"`
}

// connectionKeywords are the keywords of libpq that a subscription's connection may have (PostgreSQL documentation, section 34.1.2). No
// secret is among them.
var connectionKeywords = []string{
	"application_name", "channel_binding", "connect_timeout", "dbname", "gssencmode", "host", "hostaddr", "keepalives", "keepalives_count",
	"keepalives_idle", "keepalives_interval", "krbsrvname", "options", "passfile", "port", "require_auth", "service", "sslcert", "sslcrl",
	"sslcrldir", "sslkey", "sslmode", "ssl_min_protocol_version", "sslrootcert", "sslsni", "target_session_attrs", "tcp_user_timeout", "user",
}

// checkNative refuses what no subscription can be made with.
func (o Options) checkNative() error {
	n := o.Native
	if o.Engine != EngineNative {
		if n != nil {
			return &OptionError{"native", fmt.Sprintf("the engine is %q", o.Engine), `set "engine: native", or take the section out`}
		}
		return nil
	}
	if n == nil || len(n.Connection) == 0 {
		return &OptionError{"native.connection", "nothing says how the target's server reaches the source",
			"write libpq's keywords, such as {host: db1.internal, passfile: /var/lib/postgresql/.pgpass}, or {service: NAME}"}
	}
	for _, c := range []struct {
		path string
		of   map[string]string
	}{{"native.connection", n.Connection}, {"native.way_back", n.WayBack}} {
		for _, k := range slices.Sorted(maps.Keys(c.of)) {
			if err := checkKeyword(c.path, k, c.of[k]); err != nil {
				return err
			}
		}
		if len(c.of) > 0 && c.of["host"] == "" && c.of["hostaddr"] == "" && c.of["service"] == "" {
			return &OptionError{c.path, "neither host nor service", "a server that is given neither connects to itself"}
		}
	}
	switch {
	case n.Password != PasswordFile && n.Password != PasswordPrompt:
		return &OptionError{"native.password", fmt.Sprintf("unknown source %q", n.Password), `write "file" or "prompt"`}
	case n.HandOff != HandOffReplica && n.HandOff != HandOffSnapshot:
		return &OptionError{"native.handoff", fmt.Sprintf("unknown way %q", n.HandOff), `write "replica" or "snapshot"`}
	case o.Unique != UniqueKeep:
		return &OptionError{"unique", "nothing is applied in batches, so no unique key is in the way of it", `leave it out, or write "keep"`}
	}
	return nil
}

func checkKeyword(path, keyword, value string) error {
	path += "." + keyword
	switch {
	case strings.Contains(keyword, "password"):
		return &OptionError{path, "a plan holds no secret", "name a passfile or a service that the server's account can read, or set native.password: prompt"}
	case !slices.Contains(connectionKeywords, keyword):
		e := wrong(path, "a connection has no such keyword")
		if near := Nearest(keyword, connectionKeywords, 2); len(near) > 0 {
			e.Remedy = "did you mean " + strings.Join(near, " or ") + "?"
		}
		return e
	case value == "" || strings.ContainsAny(value, "\x00\n\r"):
		return wrong(path, "%q is not a value", value)
	case keyword == "dbname" && (strings.Contains(value, "=") || strings.Contains(value, "://")):
		return wrong(path, "libpq takes a database of that name for a connection string") // which could hold a password
	}
	return nil
}

// native decides what the subscriptions are like; nil for other engines.
func (b *builder) native(p Plan) *Native {
	if !b.isNative() {
		return nil
	}
	n := &Native{
		Publish: "insert, update, delete, truncate", Inserts: "insert, truncate",
	}
	numbered := b.numbersObjects()
	n.Options = subscriptionOptions(p.Source.VersionNum/10000, p.Target.VersionNum/10000, numbered)
	if len(b.opt.Native.WayBack) > 0 {
		n.Back = subscriptionOptions(p.Target.VersionNum/10000, p.Source.VersionNum/10000, numbered)
		for i := range n.Back {
			if o := &n.Back[i]; o.Name == "origin" && o.Value != "" {
				o.Value, o.Reason = "none", "Only what the application writes to the target goes back; what came from the source does not."
			}
			if o := &n.Back[i]; o.Name == "failover" && o.Value != "" {
				o.Reason = "The slots of the way back are made by a script; nothing here follows a failover of the target."
			}
		}
	}
	if p.Source.VersionNum < 110000 {
		n.Publish, n.Inserts = "insert, update, delete", "insert"
	}
	return n
}

func (b *builder) isNative() bool { return b.opt.Engine == EngineNative }

// subscriptionOptions decides about every parameter that a major version has added, for the versions of both sides; target is 0 where
// nobody looked at one, which then is asked for nothing that only some have. numbered is a column that rules out the binary form; empty: none.
func subscriptionOptions(source, target int, numbered string) []SubscriptionOption {
	have := func(publisher, subscriber int) bool { return source >= publisher && target >= subscriber }
	needs := func(publisher, subscriber int) string {
		if target == 0 {
			return "The plan was made without looking at a target, so nothing is asked of it that only some versions have."
		}
		if publisher == 0 {
			return fmt.Sprintf("It takes a subscriber of version %d.", subscriber)
		}
		return fmt.Sprintf("It takes version %d on both sides.", max(publisher, subscriber))
	}
	option := func(name, value, reason string, publisher, subscriber int) SubscriptionOption {
		if !have(publisher, subscriber) {
			return SubscriptionOption{name, "", needs(publisher, subscriber)}
		}
		return SubscriptionOption{name, value, reason}
	}
	binary := option("binary", "true", "Values travel as they are stored: less work on both sides, which shortens catching up. Types that send no binary form go as text.", 14, 14)
	if numbered != "" && binary.Value != "" {
		binary.Value, binary.Reason = "false", analyze.Capital(numbered)+": in binary form its values hold numbers of objects, which mean others on the subscriber. As text they hold names."
	}
	return []SubscriptionOption{
		binary,
		option("disable_on_error", "false", "A connection that is cut counts as an error too, and would stop a slot until somebody looked. The gate cdc counts errors instead.", 0, 15),
		option("failover", "false", "After a failover of the source the position of the hand-off proves nothing any more, so a slot that survives it is of no use.", 17, 17),
		option("origin", "any", "What the source itself gets by a subscription of its own has to arrive as well.", 16, 16),
		option("run_as_owner", "true", "The role that makes the subscription applies the changes. Else it would have to become each table's owner, which on managed servers no role may; no code of the owners runs but triggers that are ENABLE ALWAYS or REPLICA.", 0, 16),
		option("streaming", "on", "A large transaction is sent while it runs and waits in files of the subscriber for its commit, instead of in files of the publisher. Parallel apply would take more workers for each subscription and finishes nothing before its commit.", 14, 14),
		option("two_phase", "false", "A transaction that is prepared would hold its locks on the subscriber; it is sent when it is committed.", 15, 15),
	}
}

// numbersObjects names the first replicated column whose values in binary form hold OIDs of objects of the database: regclass and its like are
// nothing but one (regproc.c), arrays and composite values carry those of their element types (array_send, record_send). A reader gets an
// error where a type's differs, and another object where a regclass's does.
func (b *builder) numbersObjects() string {
	for i := range b.tables {
		if !b.tables[i].Handling.Copied() {
			continue
		}
		for _, c := range b.source[i].Columns {
			own := strings.Contains(c.Type, ".") // format_type qualifies what is not in pg_catalog
			switch {
			case c.Generated != "":
			case strings.HasPrefix(strings.TrimPrefix(c.BaseType, "_"), "reg") && c.TypeExtension == "",
				own && slices.Contains([]string{"array", "composite", "range", "multirange"}, c.TypeKind):
				return fmt.Sprintf("%s of %s is of type %s", analyze.Display(c.Name), b.tables[i].Name, c.Type)
			}
		}
	}
	return ""
}

// nativeHandling is handling for the engine native: what identifies rows may be all of their columns too.
func nativeHandling(t *analyze.Table, acceptedInsertsOnly bool) (Handling, string) {
	if t.CarriesUpdates() {
		if t.ReplicaIdentity == "index" {
			return Replicate, "rows are identified by the index named as replica identity"
		}
		return Replicate, "rows are identified by the primary key"
	}
	why := noIdentity(t)
	if t.ReplicaIdentity == "full" {
		column, typ := incomparable(t)
		if column == "" || hasUsableKey(t) {
			return Replicate, "replica identity is FULL: rows are identified by all of their columns"
		}
		why = fmt.Sprintf("replica identity is FULL, and %s is of type %s, whose values cannot be compared", analyze.Display(column), typ)
	}
	if acceptedInsertsOnly {
		return InsertsOnly, why + "; configured as append-only"
	}
	return InsertsOnly, why + ": updates and deletes cannot be carried"
}

// hasUsableKey reports whether the table has a primary key by which the apply worker finds a row whatever the replica identity sends.
func hasUsableKey(t *analyze.Table) bool {
	pk := t.PrimaryKey()
	return pk != nil && pk.Valid && pk.Immediate
}

// incomparable names a column of a type without equality: rows with it cannot be told apart by comparing them whole.
func incomparable(t *analyze.Table) (column, typ string) {
	for _, c := range t.Columns {
		if c.Generated == "" && slices.Contains([]string{"json", "xml", "point", "polygon", "txid_snapshot", "pg_snapshot"}, c.BaseType) {
			return c.Name, c.Type
		}
	}
	return "", ""
}

// identifiesRows reports whether updates and deletes of the table can be carried by the plan's engine.
func (b *builder) identifiesRows(t *analyze.Table) bool {
	if b.isNative() {
		h, _ := nativeHandling(t, false)
		return h == Replicate
	}
	return t.CarriesUpdates()
}

// plugin is the output plugin of the plan's slots.
func (b *builder) plugin() string {
	switch {
	case b.isNative():
		return "pgoutput"
	case !b.opt.FullLoad() || b.opt.Full.Plugin == PluginPglogical || b.opt.Full.Plugin == "" && b.hasPglogical():
		return PluginPglogical
	}
	return PluginTestDecoding
}

// nativeTargetSettings are what the target needs to apply changes: a worker and an origin for each slot, and, where a way back is prepared,
// slots of its own.
func (b *builder) nativeTargetSettings(p Plan) []SettingChange {
	if b.inv.Target == nil {
		return nil
	}
	k := int64(len(p.Groups))
	var out []SettingChange
	raise := func(name string, least int64, reason string) {
		s, ok := lookup(b.inv.Target.Settings, name)
		have, err := strconv.ParseInt(s.Value, 10, 64)
		if !ok || err != nil || have >= least {
			return
		}
		out = append(out, SettingChange{On: OnTarget, Name: name, From: s.Value, To: strconv.FormatInt(least, 10), Restart: true, Reason: reason})
	}
	raise("max_logical_replication_workers", k+1, fmt.Sprintf("%s apply changes, and one is to spare.", analyze.Count(len(p.Groups), "worker")))
	raise("max_worker_processes", k+1+8, "Apply workers and their launcher come out of it, like those of parallel queries and index builds.")
	origins := "max_replication_slots"
	if _, ok := lookup(b.inv.Target.Settings, "max_active_replication_origins"); ok {
		origins = "max_active_replication_origins"
	}
	raise(origins, k+1, "Each subscription remembers in a replication origin how far it has come; a restart of a slot needs one more.")
	if len(b.opt.Native.WayBack) == 0 {
		return out
	}
	if s, ok := lookup(b.inv.Target.Settings, "wal_level"); !ok || s.Value != "logical" {
		change := SettingChange{On: OnTarget, Name: "wal_level", From: s.Value, To: "logical", Restart: true, Reason: "The way back decodes the target's changes."}
		if p.Target.Managed != "" {
			change.Name, change.From, change.To = "rds.logical_replication", "", "1"
		}
		out = append(out, change)
	}
	if origins == "max_replication_slots" { // which then counts origins as well
		out = slices.DeleteFunc(out, func(c SettingChange) bool { return c.Name == origins })
		raise("max_replication_slots", 2*k+1, "An origin for each subscription, and for each group a slot of the way back.")
	} else {
		raise("max_replication_slots", k+1, "The way back has a slot for each group.")
	}
	raise("max_wal_senders", k+2, "The way back is read by a sender for each slot.")
	return out
}
