package catalog

import (
	"github.com/pgcutover/pgcutover/analyze"
)

func (r *reader) readViews() error {
	var v analyze.View
	var definition *string
	return r.each("views", nil, []any{&v.Name.Schema, &v.Name.Name, &v.Materialized, &v.Populated, &v.Owner, &v.Extension, &definition}, func() error {
		if definition == nil { // dropped since the snapshot
			return nil
		}
		v := v
		v.Definition = *definition
		v.Populated = v.Populated && v.Materialized
		r.inv.Views = append(r.inv.Views, v)
		return nil
	})
}

// readExtensions reads what else has to be there before anything is created: extensions and schemas.
func (r *reader) readExtensions() error {
	extensions, err := readExtensions(r.each)
	if err != nil {
		return err
	}
	r.inv.Extensions = extensions
	var s analyze.Schema
	return r.each("schemas", nil, []any{&s.Name, &s.Owner, &s.Extension, &s.Usage}, func() error {
		r.inv.Schemas = append(r.inv.Schemas, s)
		return nil
	})
}

func (r *reader) readObjects() error {
	var e analyze.Enum
	err := r.each("enums", nil, []any{&e.Name.Schema, &e.Name.Name, &e.Extension, &e.Labels}, func() error {
		r.inv.Enums = append(r.inv.Enums, e)
		e.Labels = nil
		return nil
	})
	if err != nil {
		return err
	}
	var g analyze.EventTrigger
	var state string
	err = r.each("event_triggers", nil, []any{&g.Name, &g.Event, &state, &g.Function.Schema, &g.Function.Name}, func() error {
		g.Enabled = enabled[state]
		r.inv.EventTriggers = append(r.inv.EventTriggers, g)
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.readUncarried(); err != nil {
		return err
	}
	// With hundreds of millions of them the count alone can take longer than a catalog query may.
	return r.optional("large objects", "GRANT SELECT ON pg_catalog.pg_largeobject_metadata TO "+r.me(), func() error {
		var n int64
		if err := r.one("large_objects", nil, &n); err != nil {
			return err
		}
		r.inv.Objects.LargeObjects = &n
		return nil
	}, queryCanceled)
}

// readUncarried reads what neither a table copy nor logical decoding brings along.
func (r *reader) readUncarried() error {
	o := &r.inv.Objects
	var kind, a, b, c, d string
	return r.each("objects", nil, []any{&kind, &a, &b, &c, &d}, func() error {
		switch kind {
		case "foreign server":
			o.ForeignServers = append(o.ForeignServers, a)
		case "language":
			o.Languages = append(o.Languages, analyze.Language{Name: a, Trusted: b == "true"})
		case "tablespace":
			o.Tablespaces = append(o.Tablespaces, a)
		case "c function":
			o.CFunctions = append(o.CFunctions, analyze.Name{Schema: a, Name: b})
		case "rule":
			o.Rules = append(o.Rules, analyze.ColumnRef{Table: analyze.Name{Schema: a, Name: b}, Column: c})
		case "policy":
			o.Policies = append(o.Policies, analyze.Policy{Table: analyze.Name{Schema: a, Name: b}, Name: c})
		case "default acl":
			o.DefaultACLs++
		case "domain constraint":
			o.DomainConstraints = append(o.DomainConstraints, analyze.DomainConstraint{Domain: analyze.Name{Schema: a, Name: b}, Name: c, Definition: d})
		case "statistics":
			o.Statistics = append(o.Statistics, analyze.Statistics{Name: analyze.Name{Schema: a, Name: b}, Definition: d})
		case "stale collation":
			o.StaleCollations = append(o.StaleCollations, analyze.StaleCollation{Name: analyze.Name{Schema: a, Name: b}, Was: c, Is: d})
		case "truncating":
			o.Truncating = append(o.Truncating, analyze.Name{Schema: a, Name: b})
		case "creating":
			o.Creating = append(o.Creating, analyze.Name{Schema: a, Name: b})
		case "security label":
			o.SecurityLabels = append(o.SecurityLabels, a)
		case "shared comment":
			o.SharedComments++
		case "parameter privilege":
			o.ParameterPrivileges++
		case "database privilege":
			r.inv.Database.Privileges = append(r.inv.Database.Privileges, analyze.DatabasePrivilege{Grantee: a, Privilege: b, Grantable: c == "true"})
		}
		return nil
	})
}

func readExtensions(each func(string, []any, []any, func() error) error) ([]analyze.Extension, error) {
	var out []analyze.Extension
	var e analyze.Extension
	err := each("extensions", nil, []any{&e.Name, &e.Version, &e.Schema}, func() error {
		out = append(out, e)
		return nil
	})
	return out, err
}
