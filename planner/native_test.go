package planner

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func nativeOptions() Options {
	o := DefaultsFor(EngineNative)
	o.Native.Connection = map[string]string{"host": "db1", "passfile": "/var/lib/postgresql/.pgpass"}
	return o
}

func TestNativeConnection(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Options)
		path   string
	}{
		{"none", func(o *Options) { o.Native.Connection = nil }, "native.connection"},
		{"no section", func(o *Options) { o.Native = nil }, "native.connection"},
		{"of another engine", func(o *Options) { o.Engine = EngineDMS }, "native"},
		{"a password", func(o *Options) { o.Native.Connection["password"] = "hunter2" }, "native.connection.password"},
		{"the password of a key", func(o *Options) { o.Native.WayBack = map[string]string{"host": "x", "sslpassword": "hunter2"} }, "native.way_back.sslpassword"},
		{"a connection string in dbname", func(o *Options) { o.Native.Connection["dbname"] = "password=hunter2" }, "native.connection.dbname"},
		{"an unknown keyword", func(o *Options) { o.Native.Connection["hots"] = "x" }, "native.connection.hots"},
		{"nowhere to go", func(o *Options) { delete(o.Native.Connection, "host") }, "native.connection"},
		{"two lines", func(o *Options) { o.Native.Connection["host"] = "a\nb" }, "native.connection.host"},
		{"another way to hand over", func(o *Options) { o.Native.HandOff = "dump" }, "native.handoff"},
		{"a password from somewhere", func(o *Options) { o.Native.Password = "env" }, "native.password"},
		{"unique keys put off", func(o *Options) { o.Unique = UniqueDefer }, "unique"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := nativeOptions()
			require.NoError(t, o.check())
			c.change(&o)
			var e *OptionError
			require.ErrorAs(t, o.check(), &e)
			require.Equal(t, c.path, e.Path)
			require.NotContains(t, e.Error()+e.Hint(), "hunter2")
		})
	}
}

func TestSubscriptionOptions(t *testing.T) {
	said := func(source, target int) map[string]string {
		out := map[string]string{}
		for _, o := range subscriptionOptions(source, target, "") {
			require.NotEmpty(t, o.Reason, o.Name)
			if o.Value != "" {
				out[o.Name] = o.Value
			}
		}
		return out
	}
	require.Empty(t, said(17, 0), "nobody looked at a target")
	require.Empty(t, said(13, 13))
	require.Equal(t, map[string]string{"binary": "true", "streaming": "on"}, said(14, 14))
	require.Equal(t, map[string]string{"disable_on_error": "false", "run_as_owner": "true"}, said(13, 18), "what only the target has to know")
	require.Equal(t, map[string]string{"binary": "true", "streaming": "on", "two_phase": "false", "disable_on_error": "false", "run_as_owner": "true"}, said(15, 17))
	require.Len(t, said(17, 17), 7)
}

// A number of an object means another one on another server.
func TestBinaryFormOnlyWithoutNumbersOfObjects(t *testing.T) {
	for _, c := range []struct {
		column analyze.Column
		binary string
	}{
		{analyze.Column{Type: "integer[]", BaseType: "_int4", TypeKind: "array"}, "true"},
		{analyze.Column{Type: "public.mood", BaseType: "mood", TypeKind: "enum"}, "true"},
		{analyze.Column{Type: "public.hstore", BaseType: "hstore", TypeKind: "base", TypeExtension: "hstore"}, "true"},
		{analyze.Column{Type: "int4range", BaseType: "int4range", TypeKind: "range"}, "true"},
		{analyze.Column{Type: "public.mood[]", BaseType: "_mood", TypeKind: "array"}, "false"},
		{analyze.Column{Type: "public.moods", BaseType: "_mood", TypeKind: "array"}, "false"},
		{analyze.Column{Type: "public.address", BaseType: "address", TypeKind: "composite"}, "false"},
		{analyze.Column{Type: "regclass", BaseType: "regclass", TypeKind: "base"}, "false"},
		{analyze.Column{Type: "regrole[]", BaseType: "_regrole", TypeKind: "array"}, "false"},
		{analyze.Column{Type: "regclass", BaseType: "regclass", TypeKind: "base", Generated: "stored"}, "true"},
	} {
		table := plain("t", 1000)
		c.column.Name = "v"
		table.Columns = append(table.Columns, c.column)
		inv := inventory(table)
		inv.Server.VersionNum = 150020
		inv.Target = &analyze.Target{Server: analyze.Server{VersionNum: 170011}}
		p := plan(t, inv, func(o *Options) { o.Engine, o.Native = EngineNative, nativeOptions().Native })
		i := slices.IndexFunc(p.Native.Options, func(o SubscriptionOption) bool { return o.Name == "binary" })
		require.Equal(t, c.binary, p.Native.Options[i].Value, "%s: %s", c.column.Type, p.Native.Options[i].Reason)
		if c.binary == "false" {
			require.Contains(t, p.Native.Options[i].Reason, "of public.t is of type "+c.column.Type)
		}
	}
}

// Where all columns can be compared, FULL is an identity; what has none goes where it does no harm to the application.
func TestNativeHandling(t *testing.T) {
	id := analyze.Column{Name: "id", BaseType: "int4", NotNull: true}
	doc := analyze.Column{Name: "doc", BaseType: "json", Type: "json"}
	pk := analyze.Index{Name: "pk", Primary: true, Unique: true, Valid: true, Immediate: true, Ready: true, KeyColumns: []string{"id"}}
	late := pk
	late.Immediate = false
	for _, c := range []struct {
		name  string
		table analyze.Table
		want  Handling
		says  string
	}{
		{"primary key", analyze.Table{ReplicaIdentity: "default", Columns: []analyze.Column{id, doc}, Indexes: []analyze.Index{pk}}, Replicate, "primary key"},
		{"full", analyze.Table{ReplicaIdentity: "full", Columns: []analyze.Column{id}}, Replicate, "all of their columns"},
		{"full with json", analyze.Table{ReplicaIdentity: "full", Columns: []analyze.Column{id, doc}}, InsertsOnly, "doc is of type json"},
		{"full with json and a key", analyze.Table{ReplicaIdentity: "full", Columns: []analyze.Column{id, doc}, Indexes: []analyze.Index{pk}}, Replicate, "all of their columns"},
		{"nothing", analyze.Table{ReplicaIdentity: "nothing", Columns: []analyze.Column{id}, Indexes: []analyze.Index{pk}}, InsertsOnly, "NOTHING"},
		{"no key", analyze.Table{ReplicaIdentity: "default", Columns: []analyze.Column{id}}, InsertsOnly, "no primary key"},
		{"deferrable", analyze.Table{ReplicaIdentity: "default", Columns: []analyze.Column{id}, Indexes: []analyze.Index{late}}, InsertsOnly, "deferrable"},
	} {
		c.table.Name, c.table.Kind = analyze.Name{Schema: "public", Name: "t"}, analyze.Ordinary
		h, why := nativeHandling(&c.table, false)
		require.Equal(t, c.want, h, c.name)
		require.Contains(t, why, c.says, c.name)
	}
}

func TestNativePlan(t *testing.T) {
	inv := inventory(plain("a", 100), plain("b", 100))
	inv.Target = &analyze.Target{Server: analyze.Server{VersionNum: 170010}, Settings: []analyze.Setting{
		{Name: "max_logical_replication_workers", Value: "1"}, {Name: "max_worker_processes", Value: "8"}, {Name: "max_replication_slots", Value: "1"}, {Name: "wal_level", Value: "replica"}}}
	o := nativeOptions()
	p, err := Make(inv, o, nil)
	require.NoError(t, err)
	require.Empty(t, p.Relaxed)
	for _, g := range p.Groups {
		require.False(t, g.BatchApply)
	}
	changes := map[string]string{}
	for _, s := range p.Settings {
		require.NotContains(t, s.To, "pglogical")
		if s.On == OnTarget {
			changes[s.Name] = s.To
		}
	}
	require.Equal(t, map[string]string{"max_logical_replication_workers": "3", "max_worker_processes": "11", "max_replication_slots": "3"}, changes)
	o.Native.WayBack = map[string]string{"service": "back"}
	p, err = Make(inv, o, nil)
	require.NoError(t, err)
	names := []string{}
	for _, s := range p.Settings {
		if s.On == OnTarget {
			names = append(names, s.Name+"="+s.To)
		}
	}
	require.Contains(t, names, "wal_level=logical")
	require.Contains(t, names, "max_replication_slots=5")

	o.Target.Managed = "rds"
	_, err = Make(inv, o, nil)
	var e *OptionError
	require.ErrorAs(t, err, &e)
	require.Equal(t, "native.password", e.Path, "a managed server reads no passfile")

	p.Native = nil
	require.ErrorContains(t, p.Validate(), "native")
	inv.Server.VersionNum = 90624
	_, err = Make(inv, nativeOptions(), nil)
	require.ErrorAs(t, err, &e)
	require.Equal(t, "engine", e.Path)
}
