package analyze

// TableKind is what a relation is.
type TableKind string

// The kinds of relation an inventory lists.
const (
	Ordinary    TableKind = "ordinary"    // relkind r, holds rows; also a leaf partition (IsPartition)
	Partitioned TableKind = "partitioned" // relkind p, routes rows and holds none
	Foreign     TableKind = "foreign"     // relkind f
)

// Table is a relation of kind r, p or f outside the system schemas, temporary ones left out.
type Table struct {
	Name             Name         `json:"name"`
	Kind             TableKind    `json:"kind"`
	Unlogged         bool         `json:"unlogged"`
	Owner            string       `json:"owner"`
	Extension        string       `json:"extension"`     // owned by this extension; empty for none
	OfType           string       `json:"of_type"`       // typed table: the composite type, qualified; empty for none
	Tablespace       string       `json:"tablespace"`    // empty: the database's default
	OIDs             bool         `json:"oids"`          // WITH OIDS (up to 11): rows have a hidden column oid
	AccessMethod     string       `json:"access_method"` // such as heap; empty before 12, and for partitioned tables without one
	IsPartition      bool         `json:"is_partition"`
	Parents          []Name       `json:"parents"` // pg_inherits in inhseqno order
	HasChildren      bool         `json:"has_children"`
	PartitionKey     string       `json:"partition_key"`    // pg_get_partkeydef; partitioned tables
	PartitionBound   string       `json:"partition_bound"`  // pg_get_expr(relpartbound); partitions
	ReplicaIdentity  string       `json:"replica_identity"` // default, nothing, full or index
	RowSecurity      bool         `json:"row_security"`
	ForceRowSecurity bool         `json:"force_row_security"`
	Filenode         uint32       `json:"filenode"`       // pg_relation_filenode: changes with TRUNCATE and rewrites; 0 for none
	EstimatedRows    *int64       `json:"estimated_rows"` // reltuples; nil: never analysed
	Pages            int64        `json:"pages"`          // of the heap, from its size now
	HeapBytes        *int64       `json:"heap_bytes"`     // nil: size not readable
	ToastBytes       *int64       `json:"toast_bytes"`    // TOAST table with its index
	IndexBytes       *int64       `json:"index_bytes"`
	Readable         bool         `json:"readable"`    // the reading role may SELECT every column and every row
	Columns          []Column     `json:"columns"`     // by number
	Indexes          []Index      `json:"indexes"`     // by name
	Constraints      []Constraint `json:"constraints"` // by name; check, foreign key, exclusion, primary key, unique
	Triggers         []Trigger    `json:"triggers"`    // by name; without internal ones
	Counters         *Counters    `json:"counters"`    // since the last statistics reset; nil: no statistics
	Rates            *Rates       `json:"rates"`       // sampled; nil: not sampled
}

// Bytes is heap plus TOAST, what a copy has to read. ok is false when either is unknown.
func (t Table) Bytes() (n int64, ok bool) {
	if t.HeapBytes == nil || t.ToastBytes == nil {
		return 0, false
	}
	return *t.HeapBytes + *t.ToastBytes, true
}

// Column is a live column.
type Column struct {
	Name             string   `json:"name"`
	Number           int      `json:"number"`         // attnum
	Type             string   `json:"type"`           // format_type with an empty search_path
	BaseType         string   `json:"base_type"`      // typname under every domain, such as int8, varchar, jsonb; "_x" for arrays
	TypeKind         string   `json:"type_kind"`      // base, composite, domain, enum, range, multirange, array, pseudo: of the base type
	TypeExtension    string   `json:"type_extension"` // extension that owns the base type; empty for none
	NotNull          bool     `json:"not_null"`
	Identity         string   `json:"identity"`          // "", "always" or "by default"
	Generated        string   `json:"generated"`         // "", "stored" or "virtual"
	Default          *string  `json:"default"`           // pg_get_expr; the generation expression of a generated column
	Collation        string   `json:"collation"`         // empty: the type's default
	StatisticsTarget int      `json:"statistics_target"` // -1: the default
	LOB              LOBClass `json:"lob"`               // how AWS DMS treats the type; see LOBClass
	LOBMax           *LOBMax  `json:"lob_max"`           // nil for columns that are neither LOBs nor unbounded varchars, and on partitioned tables
	AvgWidth         *int     `json:"avg_width"`         // pg_stats; nil: no statistics or not visible
	NullFraction     *float64 `json:"null_fraction"`
	Bounds           []string `json:"bounds"` // histogram_bounds as text; only the leading columns of keys that can split a table. Of texts, which are asked for: beginnings in their order
	// SpecialValues says which values out of the ordinary ANALYZE met in a column of dates or numbers: infinity, NaN, years before 1 or
	// beyond 9999. Empty: none, or no statistics; a sample misses what is rare.
	SpecialValues string `json:"special_values"`

	// Few columns have these: those of Bounds.
	Common      []CommonValue `json:"common,omitempty"`      // most_common_vals: what Bounds leave out
	Correlation *float64      `json:"correlation,omitempty"` // of the values' order with that of the rows: 1 or -1 when they are the same; nil: not known
	// KeyRange is for the integer keys of large tables without Bounds, on servers before 14.
	KeyRange *KeyRange `json:"key_range,omitempty"`
}

// KeyRange are the ends of a key when the inventory was taken, as the server prints them.
type KeyRange struct {
	Least    string `json:"least"`
	Greatest string `json:"greatest"`
	Method   string `json:"method"` // index: both were read off the ends of one
}

// CommonValue is a value that many rows share.
type CommonValue struct {
	Value    string  `json:"value"`
	Fraction float64 `json:"fraction"`      // of the rows
	Behind   int     `json:"behind"`        // texts: so many of the column's Bounds sort before it
	Cut      bool    `json:"cut,omitempty"` // texts: Value is its beginning
}

// LOBClass is what AWS DMS makes of a PostgreSQL type
// (AWS DMS user guide, "Source data types for PostgreSQL").
type LOBClass string

// The LOB classes.
const (
	NotLOB           LOBClass = ""
	CLOB             LOBClass = "clob"
	NCLOB            LOBClass = "nclob"
	BLOB             LOBClass = "blob"
	UnboundedVarchar LOBClass = "unbounded varchar" // not a LOB, but cut at unboundedVarcharMaxSize
	UnboundedNumeric LOBClass = "unbounded numeric" // not a LOB, but becomes NUMERIC(28,6)
)

// IsLOB reports whether DMS moves the column as a large object.
func (c LOBClass) IsLOB() bool { return c == CLOB || c == NCLOB || c == BLOB }

// LOBMax is the largest value of a LOB column in bytes of its text form (bytea: raw bytes), as octet_length counts.
type LOBMax struct {
	Bytes  *int64 `json:"bytes"`  // nil: unknown (see Method); 0 for a column without values
	Method string `json:"method"` // exact, sampled or skipped
	Rows   int64  `json:"rows"`   // rows looked at; sampled only
}

// Index is a row of pg_index.
type Index struct {
	Name              string            `json:"name"`       // in its table's schema
	Definition        string            `json:"definition"` // pg_get_indexdef with an empty search_path
	Method            string            `json:"method"`
	Unique            bool              `json:"unique"`
	Primary           bool              `json:"primary"`
	Exclusion         bool              `json:"exclusion"`
	Immediate         bool              `json:"immediate"` // false: checked at commit (deferrable)
	Valid             bool              `json:"valid"`
	Ready             bool              `json:"ready"`
	ReplicaIdentity   bool              `json:"replica_identity"` // indisreplident
	Clustered         bool              `json:"clustered"`
	NullsNotDistinct  bool              `json:"nulls_not_distinct"`
	Partial           bool              `json:"partial"`
	Expression        bool              `json:"expression"`
	KeyColumns        []string          `json:"key_columns"` // in key order; an expression stands as ""
	Sorted            int               `json:"sorted"`      // btree: so many leading key columns are plain columns in the order of their type and collation, all in one direction: ranges of them are found by it
	Included          []string          `json:"included"`
	Constraint        string            `json:"constraint"` // the constraint it implements; empty for none
	Parent            *Name             `json:"parent"`     // the partitioned index it is attached to (11 and newer)
	Bytes             *int64            `json:"bytes"`
	StatisticsTargets []IndexStatistics `json:"statistics_targets"` // ALTER INDEX … ALTER COLUMN … SET STATISTICS
	Tablespace        string            `json:"tablespace"`
}

// IndexStatistics is a statistics target set on an expression column of an index (11 and newer).
type IndexStatistics struct {
	Column int `json:"column"` // attnum in the index
	Target int `json:"target"`
}

// ConstraintKind is pg_constraint.contype spelled out.
type ConstraintKind string

// The kinds of constraint an inventory lists. NOT NULL is a property of the column.
const (
	Check      ConstraintKind = "check"
	ForeignKey ConstraintKind = "foreign key"
	PrimaryKey ConstraintKind = "primary key"
	UniqueKey  ConstraintKind = "unique"
	Exclusion  ConstraintKind = "exclusion"
)

// Constraint is a row of pg_constraint.
type Constraint struct {
	Name       string         `json:"name"`
	Kind       ConstraintKind `json:"kind"`
	Definition string         `json:"definition"` // pg_get_constraintdef with an empty search_path
	Deferrable bool           `json:"deferrable"`
	Deferred   bool           `json:"deferred"`
	Validated  bool           `json:"validated"`
	Inherited  bool           `json:"inherited"`  // comes from a parent only (coninhcount > 0 and not conislocal), or hangs under a parent's (conparentid)
	References *Name          `json:"references"` // foreign keys: the referenced table
	Index      string         `json:"index"`      // the index behind a primary key, unique or exclusion constraint
}

// Trigger is a user trigger.
type Trigger struct {
	Name       string `json:"name"`
	Enabled    string `json:"enabled"` // origin, disabled, replica or always
	Definition string `json:"definition"`
}

// Counters are the cumulative row counters of pg_stat_user_tables.
type Counters struct {
	Inserts    int64 `json:"inserts"`
	Updates    int64 `json:"updates"`
	HotUpdates int64 `json:"hot_updates"`
	Deletes    int64 `json:"deletes"`
	LiveRows   int64 `json:"live_rows"`
	DeadRows   int64 `json:"dead_rows"`
}

// Rates are row changes per second between two samples.
type Rates struct {
	Inserts    float64 `json:"inserts"`
	Updates    float64 `json:"updates"`
	HotUpdates float64 `json:"hot_updates"`
	Deletes    float64 `json:"deletes"`
}

// PrimaryKey is the index behind the table's primary key, or nil.
func (t Table) PrimaryKey() *Index {
	for i := range t.Indexes {
		if t.Indexes[i].Primary {
			return &t.Indexes[i]
		}
	}
	return nil
}

// CarriesUpdates reports whether logical decoding can identify the table's updated and deleted rows: replica identity
// DEFAULT with a valid, immediate primary key, or an index named by REPLICA IDENTITY USING INDEX. pglogical refuses every
// other table in a set that replicates updates or deletes, REPLICA IDENTITY FULL included.
func (t Table) CarriesUpdates() bool {
	for _, x := range t.Indexes {
		switch t.ReplicaIdentity {
		case "default":
			if x.Primary && x.Immediate && x.Valid {
				return true
			}
		case "index":
			if x.ReplicaIdentity && x.Valid && x.Immediate {
				return true
			}
		}
	}
	return false
}

// ExtraUnique lists the indexes, other than the replica identity's own, whose uniqueness the server enforces: unique
// and exclusion alike. A table with one is not safe for batched apply.
func (t Table) ExtraUnique() []Index {
	var out []Index
	for _, x := range t.Indexes {
		if (x.Unique || x.Exclusion) && !x.Primary {
			out = append(out, x)
		}
	}
	return out
}

// HoldsRows reports whether rows are stored under this relation's own name on this server.
func (t Table) HoldsRows() bool { return t.Kind == Ordinary }
