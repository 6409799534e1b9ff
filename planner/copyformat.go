package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// The ways rows are copied.
const (
	CopyAuto = "auto" // in binary form where every column allows it
	CopyText = "text"
)

// ConfiguredText is the reason of a table that is copied as text because the configuration says so of all.
const ConfiguredText = "configured"

// steadyTypes have a binary form that every version from 9.6 on writes and reads alike (their send and receive functions in PostgreSQL's
// sources), and that depends on no setting. Dates and times are told apart: see integerTimes.
var steadyTypes = []string{
	"bit", "bool", "box", "bpchar", "bytea", "char", "cidr", "circle", "date", "float4", "float8", "inet", "int2", "int4", "int8", "interval", "json", "jsonb", "line", "lseg",
	"macaddr", "macaddr8", "name", "numeric", "oid", "path", "pg_lsn", "point", "polygon", "text", "time", "timestamp", "timestamptz", "timetz", "tsvector", "uuid", "varbit", "varchar",
}

// integerTimes are types whose binary form was another one on servers before 10 that were built with floating-point times.
var integerTimes = []string{"interval", "time", "timestamp", "timestamptz", "timetz"}

// textCopy says why the rows of a table are copied as text; empty: in binary form, which is less work on both sides. Binary values
// of array, composite and range types hold numbers of types, which of types other than PostgreSQL's own are others on the target; regclass
// and its like are numbers of objects; what types of extensions write is for their versions to say.
func (b *builder) textCopy(t *analyze.Table) string {
	if b.opt.Load.CopyFormat == CopyText {
		return ConfiguredText
	}
	times, _ := b.setting("integer_datetimes")
	integers := times.Value == "on" || b.inv.Server.VersionNum >= 100000
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Generated != "" {
			continue
		}
		base := c.BaseType
		if c.TypeKind == "array" {
			base = strings.TrimPrefix(base, "_")
		}
		steady := c.TypeExtension == "" && (c.TypeKind == "base" || c.TypeKind == "array") && slices.Contains(steadyTypes, base)
		switch {
		case c.TypeKind == "enum" && c.TypeExtension == "": // sent as its label
		case !steady:
			return fmt.Sprintf("%s is of type %s, whose binary form another server may read otherwise", analyze.Display(c.Name), c.Type)
		case slices.Contains(integerTimes, base) && !integers:
			return fmt.Sprintf("%s is of type %s, and integer_datetimes is not known to be on", analyze.Display(c.Name), c.Type)
		}
	}
	return ""
}
