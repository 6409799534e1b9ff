package catalog

import (
	"strings"

	"github.com/pgcutover/pgcutover/analyze"
)

// readServer fills Server and the reader's session, then what depends on both: the settings.
func (r *reader) readServer() error {
	if err := r.readSession(); err != nil {
		return err
	}
	r.inv.Server.Managed = r.managed()
	if err := r.readControl(); err != nil {
		return err
	}
	r.keepSettings()
	return nil
}

func (r *reader) readSession() error {
	s, me := &r.inv.Server, &r.session
	var statFile bool
	err := r.one("server", nil,
		&s.VersionNum, &s.Version, &me.blockSize, &s.InRecovery, &me.started, &s.TakenAt, &me.databaseOID, &r.inv.Database.Name,
		&s.User, &s.Superuser, &me.readAllStats, &me.readAllSettings, &me.control, &me.checkpoint, &statFile, &me.connect,
		&me.rdsRole, &me.rdsAdmin, &me.auroraFunction)
	if err != nil {
		return err
	}
	if statFile {
		me.functions = []string{"pg_stat_file"}
	}
	s.Version, _, _ = strings.Cut(s.Version, " ") // Debian adds its package's version
	// Some managed servers refuse the functions of WAL positions.
	return r.optional("WAL position", "", func() error {
		return r.one("position", nil, &me.position)
	})
}

// managed tells the service that runs the server: Aurora has a function of its own, RDS its settings or both of its roles.
func (r *reader) managed() string {
	if r.session.auroraFunction {
		return "aurora"
	}
	for _, s := range r.session.settings {
		if strings.HasPrefix(s.Name, "rds.") {
			return "rds"
		}
	}
	if r.session.rdsRole && r.session.rdsAdmin {
		return "rds"
	}
	return ""
}

// readControl reads the identity of the cluster. The functions are superuser-only before 10 and can be revoked after.
func (r *reader) readControl() error {
	const identifier, timeline = "pg_catalog.pg_control_system()", "pg_catalog.pg_control_checkpoint()"
	for _, f := range []struct {
		allowed              bool
		fact, function, file string
		into                 any
	}{
		{r.session.control, "system identifier", identifier, "control", &r.inv.Server.SystemIdentifier},
		{r.session.checkpoint, "timeline", timeline, "timeline", &r.inv.Server.Timeline},
	} {
		grant := "GRANT EXECUTE ON FUNCTION " + f.function + " TO " + r.me()
		if !f.allowed {
			r.unknown(f.fact, "", "the role may not call "+f.function, grant)
			continue
		}
		if err := r.optional(f.fact, grant, func() error { return r.one(f.file, nil, f.into) }); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) readDatabase() error {
	d := &r.inv.Database
	var provider string
	maySize := r.maySize()
	read := func() error {
		return r.one("database", []any{maySize}, &d.Encoding, &d.Collate, &d.Ctype, &provider, &d.Locale, &d.CollationVersion,
			&d.ActualCollationVersion, &d.Owner, &d.Bytes, &d.FrozenXIDAge)
	}
	if err := read(); err != nil {
		return err
	}
	d.LocaleProvider = provider
	if name, ok := map[string]string{"c": "libc", "i": "icu", "b": "builtin", "d": "libc"}[provider]; ok {
		d.LocaleProvider = name
	}
	if !maySize {
		r.unknown("database size", "", "the role may not connect to the database any more", "GRANT CONNECT ON DATABASE "+analyze.Ident(d.Name)+" TO "+r.me())
	}
	var row analyze.RoleSetting
	return r.each("role_settings", nil, []any{&row.Role, &row.Database, &row.Settings}, func() error {
		if kept := r.keepRoleSettings(row); len(kept.Settings) > 0 {
			d.RoleSettings = append(d.RoleSettings, kept)
		}
		row.Settings = nil
		return nil
	})
}

// maySize tells whether the role may ask for the size of the database.
func (r *reader) maySize() bool { return r.session.connect || r.session.readAllStats }

func (r *reader) readRoles() error {
	byOID := map[uint32]int{}
	var oid uint32
	var x analyze.Role
	err := r.each("roles", nil, []any{&oid, &x.Name, &x.Superuser, &x.Inherit, &x.CreateRole, &x.CreateDB, &x.Login, &x.Replication,
		&x.BypassRLS, &x.ConnLimit, &x.ValidUntil, &x.Owner, &x.Grantee}, func() error {
		byOID[oid] = len(r.inv.Roles)
		r.inv.Roles = append(r.inv.Roles, x)
		return nil
	})
	if err != nil {
		return err
	}
	var m analyze.Membership
	return r.each("memberships", nil, []any{&oid, &m.Role, &m.Admin, &m.Inherit, &m.Set}, func() error {
		if i, ok := byOID[oid]; ok {
			r.inv.Roles[i].MemberOf = append(r.inv.Roles[i].MemberOf, m)
		}
		m.Inherit, m.Set = nil, nil
		return nil
	})
}
