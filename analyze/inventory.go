package analyze

// Format is the version of the inventory's file format. It changes when an older program could misread a newer file.
const Format = 1

// Inventory is everything that was read from one database in one read-only REPEATABLE READ transaction,
// plus what a second sample, a replica and the target added. [Inventory.Normalize] gives every slice its documented order.
type Inventory struct {
	Format        int            `json:"format"`
	Server        Server         `json:"server"`
	Database      Database       `json:"database"`
	Settings      []Setting      `json:"settings"`   // by name
	Extensions    []Extension    `json:"extensions"` // by name
	Roles         []Role         `json:"roles"`      // by name; owners, grantees and login roles of this database
	Schemas       []Schema       `json:"schemas"`    // by name; without system schemas
	Tables        []Table        `json:"tables"`     // by name; every relation that can hold or route rows
	Sequences     []Sequence     `json:"sequences"`  // by name
	Views         []View         `json:"views"`      // by name; materialized ones included
	Enums         []Enum         `json:"enums"`      // by name
	EventTriggers []EventTrigger `json:"event_triggers"`
	Replication   Replication    `json:"replication"`
	Activity      Activity       `json:"activity"`
	Objects       Objects        `json:"objects"`
	Sample        *Sample        `json:"sample,omitempty"`  // nil: rates were not sampled
	Replica       *Replica       `json:"replica,omitempty"` // nil: no replica was given
	Target        *Target        `json:"target,omitempty"`  // nil: no target was given
	Unknown       []Unknown      `json:"unknown"`           // by fact, then subject
}

// Server is the instance that answered.
type Server struct {
	VersionNum       int    `json:"version_num"`       // server_version_num, such as 90624 or 150020
	Version          string `json:"version"`           // server_version as shown
	SystemIdentifier string `json:"system_identifier"` // pg_control_system(); empty when the role may not call it (see Unknown)
	Timeline         int    `json:"timeline"`          // pg_control_checkpoint(); 0 when unknown
	InRecovery       bool   `json:"in_recovery"`
	Managed          string `json:"managed"` // "", "rds" or "aurora": decided by rds_ settings, rds_superuser and aurora_version()
	Superuser        bool   `json:"superuser"`
	User             string `json:"user"`     // the role that read the inventory
	TakenAt          string `json:"taken_at"` // the server's clock, RFC 3339 UTC, whole seconds
}

// Major is the major version in the form 906, 1000, 1500: comparable across the numbering change of PostgreSQL 10.
func (s Server) Major() int { return s.VersionNum / 100 }

// Database is the row of pg_database the inventory speaks of.
type Database struct {
	Name             string `json:"name"`
	Encoding         string `json:"encoding"`
	Collate          string `json:"collate"`
	Ctype            string `json:"ctype"`
	LocaleProvider   string `json:"locale_provider"`   // "libc", "icu" or "builtin"
	Locale           string `json:"locale"`            // ICU or builtin locale; empty for libc
	CollationVersion string `json:"collation_version"` // empty before 15
	// ActualCollationVersion is what the library offers now; another than CollationVersion when it was upgraded below the database.
	ActualCollationVersion string        `json:"actual_collation_version"` // empty before 15
	Owner                  string        `json:"owner"`
	Bytes                  *int64        `json:"bytes"` // pg_database_size; nil when not allowed
	FrozenXIDAge           int64         `json:"frozen_xid_age"`
	RoleSettings           []RoleSetting `json:"role_settings"` // pg_db_role_setting, by database then role
	// Privileges are those on the database itself, which a schema dump does not have. Empty: nobody changed the defaults.
	Privileges []DatabasePrivilege `json:"privileges"` // by grantee, then privilege
}

// DatabasePrivilege is one item of pg_database.datacl.
type DatabasePrivilege struct {
	Grantee   string `json:"grantee"` // empty: PUBLIC
	Privilege string `json:"privilege"`
	Grantable bool   `json:"grantable"`
}

// RoleSetting is one row of pg_db_role_setting. Settings that could carry a secret are left out and recorded as Unknown.
type RoleSetting struct {
	Role     string   `json:"role"`     // empty: every role
	Database string   `json:"database"` // empty: every database
	Settings []string `json:"settings"` // name=value, sorted
}

// Setting is one row of pg_settings.
type Setting struct {
	Name           string `json:"name"`
	Value          string `json:"value"`
	Unit           string `json:"unit"`
	Source         string `json:"source"`
	Context        string `json:"context"`
	PendingRestart bool   `json:"pending_restart"`
}

// Extension is an installed extension.
type Extension struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Schema  string `json:"schema"`
}

// Role is a role that the target will need. It never carries a password.
type Role struct {
	Name        string       `json:"name"`
	Superuser   bool         `json:"superuser"`
	Inherit     bool         `json:"inherit"`
	CreateRole  bool         `json:"create_role"`
	CreateDB    bool         `json:"create_db"`
	Login       bool         `json:"login"`
	Replication bool         `json:"replication"`
	BypassRLS   bool         `json:"bypass_rls"`
	ConnLimit   int          `json:"conn_limit"` // -1: no limit
	ValidUntil  string       `json:"valid_until"`
	MemberOf    []Membership `json:"member_of"` // by role
	Owner       bool         `json:"owner"`     // owns something in this database
	Grantee     bool         `json:"grantee"`   // named in an access list of this database
}

// Membership is one role that another is a member of.
type Membership struct {
	Role  string `json:"role"`
	Admin bool   `json:"admin"` // WITH ADMIN OPTION
	// Inherit and Set are the membership's own options, from 16 on; nil before, when the member's INHERIT decides and SET ROLE
	// is always allowed.
	Inherit *bool `json:"inherit"`
	Set     *bool `json:"set"`
}

// Schema is a schema that is not one of PostgreSQL's own.
type Schema struct {
	Name      string `json:"name"`
	Owner     string `json:"owner"`
	Extension string `json:"extension"` // the extension that owns it; empty when none
	Usage     bool   `json:"usage"`     // whether the reading role has USAGE
}

// Sequence is a sequence and its last value at the moment of the snapshot.
type Sequence struct {
	Name      Name       `json:"name"`
	Owner     string     `json:"owner"`
	Type      string     `json:"type"` // smallint, integer or bigint; bigint before 10
	Start     int64      `json:"start"`
	Minimum   int64      `json:"minimum"`
	Maximum   int64      `json:"maximum"`
	Increment int64      `json:"increment"`
	Cache     int64      `json:"cache"`
	Cycle     bool       `json:"cycle"`
	LastValue *int64     `json:"last_value"` // nil: not readable with the role's rights
	IsCalled  *bool      `json:"is_called"`
	OwnedBy   *ColumnRef `json:"owned_by"` // nil: owned by no column
	Identity  bool       `json:"identity"` // belongs to an identity column
	Extension string     `json:"extension"`
}

// ColumnRef points at a column.
type ColumnRef struct {
	Table  Name   `json:"table"`
	Column string `json:"column"`
}

// View is a view or a materialized view.
type View struct {
	Name         Name   `json:"name"`
	Materialized bool   `json:"materialized"`
	Populated    bool   `json:"populated"` // materialized views only
	Owner        string `json:"owner"`
	Extension    string `json:"extension"`
	Definition   string `json:"definition"` // pg_get_viewdef with an empty search_path
}

// Enum is an enum type with its labels in sort order.
type Enum struct {
	Name      Name     `json:"name"`
	Labels    []string `json:"labels"`
	Extension string   `json:"extension"`
}

// EventTrigger is a row of pg_event_trigger.
type EventTrigger struct {
	Name     string `json:"name"`
	Event    string `json:"event"`
	Enabled  string `json:"enabled"` // origin, disabled, replica or always
	Function Name   `json:"function"`
}

// Replication is the state of physical and logical replication.
type Replication struct {
	Slots         []Slot        `json:"slots"`    // by name; of every database of the cluster
	Standbys      []Standby     `json:"standbys"` // by application name, then address
	Publications  []Publication `json:"publications"`
	Subscriptions []string      `json:"subscriptions"` // names
	Pglogical     *Pglogical    `json:"pglogical"`     // nil: the extension is not installed in this database
}

// Slot is a row of pg_replication_slots. LSNs are text as PostgreSQL prints them; empty means NULL.
type Slot struct {
	Name              string `json:"name"`
	Plugin            string `json:"plugin"` // empty for physical slots
	Type              string `json:"type"`   // logical or physical
	Database          string `json:"database"`
	Temporary         bool   `json:"temporary"`
	Active            bool   `json:"active"`
	TwoPhase          bool   `json:"two_phase"`
	Failover          bool   `json:"failover"`
	WALStatus         string `json:"wal_status"` // 13 and newer: reserved, extended, unreserved, lost; empty before
	RestartLSN        string `json:"restart_lsn"`
	ConfirmedFlushLSN string `json:"confirmed_flush_lsn"`
	RetainedBytes     *int64 `json:"retained_bytes"` // current insert LSN minus restart_lsn; nil without a restart_lsn
}

// Standby is a row of pg_stat_replication of a physical walsender.
type Standby struct {
	ApplicationName string `json:"application_name"`
	Address         string `json:"address"` // client_addr without mask; empty for a local socket or when hidden
	State           string `json:"state"`
	SyncState       string `json:"sync_state"`
	ReplayLagBytes  *int64 `json:"replay_lag_bytes"`
}

// Publication is a row of pg_publication (10 and newer).
type Publication struct {
	Name      string `json:"name"`
	AllTables bool   `json:"all_tables"`
	Insert    bool   `json:"insert"`
	Update    bool   `json:"update"`
	Delete    bool   `json:"delete"`
	Truncate  bool   `json:"truncate"`
}

// Pglogical is the state of the pglogical extension in this database.
type Pglogical struct {
	Version      string           `json:"version"`
	Node         string           `json:"node"`          // name of the local node; empty when there is none
	NodePassword bool             `json:"node_password"` // the node's interface DSN holds a password (the DSN itself is never kept)
	Sets         []ReplicationSet `json:"sets"`          // by name
}

// ReplicationSet is a pglogical replication set and its member tables.
type ReplicationSet struct {
	Name     string `json:"name"`
	Insert   bool   `json:"insert"`
	Update   bool   `json:"update"`
	Delete   bool   `json:"delete"`
	Truncate bool   `json:"truncate"`
	Tables   []Name `json:"tables"`
}

// Activity is what was going on when the snapshot was taken.
type Activity struct {
	PreparedTransactions *int   `json:"prepared_transactions"`
	OldestWriteSeconds   *int64 `json:"oldest_write_seconds"` // age of the oldest transaction that has an xid; nil when other sessions are hidden
	IdleInTransaction    *int   `json:"idle_in_transaction"`
	Connections          int    `json:"connections"` // of the whole cluster
}

// Objects counts what neither a table copy nor logical decoding carries.
type Objects struct {
	LargeObjects   *int64      `json:"large_objects"`
	ForeignServers []string    `json:"foreign_servers"`
	Languages      []Language  `json:"languages"`   // other than internal, c, sql, plpgsql
	Tablespaces    []string    `json:"tablespaces"` // used by relations of this database, other than the default
	CFunctions     []Name      `json:"c_functions"` // in language C and owned by no extension
	Rules          []ColumnRef `json:"rules"`       // rewrite rules other than views' own: table and rule name
	Policies       []Policy    `json:"policies"`
	DefaultACLs    int         `json:"default_acls"`

	Statistics          []Statistics       `json:"statistics"`           // extended statistics (10 and newer), by name
	StaleCollations     []StaleCollation   `json:"stale_collations"`     // used by columns or indexes (10 and newer), by name
	DomainConstraints   []DomainConstraint `json:"domain_constraints"`   // the ones never validated, by domain, then name
	Truncating          []Name             `json:"truncating"`           // routines of no extension whose source has the word TRUNCATE
	Creating            []Name             `json:"creating"`             // routines of no extension whose source creates tables other than temporary ones
	SecurityLabels      []string           `json:"security_labels"`      // providers, sorted
	SharedComments      int                `json:"shared_comments"`      // on this database and on roles
	ParameterPrivileges int                `json:"parameter_privileges"` // settings that roles were granted (15 and newer)
}

// Statistics is a statistics object of CREATE STATISTICS.
type Statistics struct {
	Name       Name   `json:"name"`
	Definition string `json:"definition"` // pg_get_statisticsobjdef with an empty search_path
}

// StaleCollation is a collation whose library has another version than when it was created.
type StaleCollation struct {
	Name Name   `json:"name"`
	Was  string `json:"was"` // collversion
	Is   string `json:"is"`  // pg_collation_actual_version
}

// DomainConstraint is a check of a domain.
type DomainConstraint struct {
	Domain     Name   `json:"domain"`
	Name       string `json:"name"`
	Definition string `json:"definition"` // pg_get_constraintdef with an empty search_path
}

// Language is a procedural language.
type Language struct {
	Name    string `json:"name"`
	Trusted bool   `json:"trusted"`
}

// Policy is a row-level security policy.
type Policy struct {
	Table Name   `json:"table"`
	Name  string `json:"name"`
}

// Sample is the difference between two readings of the statistics views.
type Sample struct {
	Seconds           float64 `json:"seconds"`             // by the server's clock
	WALBytes          int64   `json:"wal_bytes"`           // growth of the insert LSN
	StatsResetBetween bool    `json:"stats_reset_between"` // the counters were reset in between: the table rates are void
}

// Replica is what the maintenance replica said. Sizes in the tables come from it when SizesFrom is "replica".
type Replica struct {
	Server     Server    `json:"server"`
	ReplayLSN  string    `json:"replay_lsn"`
	ReceiveLSN string    `json:"receive_lsn"`
	Paused     bool      `json:"paused"`
	LagSeconds *int64    `json:"lag_seconds"`
	LagBytes   *int64    `json:"lag_bytes"` // against the source's insert LSN read just before
	Settings   []Setting `json:"settings"`  // the ones a standby must follow its primary in, and hot_standby_feedback
	SizesFrom  bool      `json:"sizes_from"`
}

// Target is what the target said.
type Target struct {
	Server     Server      `json:"server"`
	Database   Database    `json:"database"`
	Settings   []Setting   `json:"settings"`
	Extensions []Extension `json:"extensions"` // installed
	Available  []Extension `json:"available"`  // pg_available_extensions: default_version, schema empty
	Roles      []string    `json:"roles"`      // names, sorted
	Tables     int         `json:"tables"`     // user tables already there, pgcutover's own schema left out
	// MissingCollations are those of the source's columns that the target lacks, as Column.Collation names them. Sorted.
	MissingCollations []string `json:"missing_collations"`
}

// Unknown is a fact that could not be read, and what would show it.
type Unknown struct {
	Fact    string `json:"fact"`    // such as "large_objects" or "column statistics"
	Subject string `json:"subject"` // object it concerns; empty for the whole database
	Reason  string `json:"reason"`
	Grant   string `json:"grant"` // SQL that would let the role see it; empty when no grant can
}
