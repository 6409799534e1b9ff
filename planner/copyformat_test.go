package planner

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func TestTextCopy(t *testing.T) {
	b := builder{opt: Defaults()}
	b.inv.Server.VersionNum = 150000
	says := func(c analyze.Column) string {
		c.Name = "c"
		x := analyze.Table{Columns: []analyze.Column{column(1, "id", "bigint"), c}}
		return b.textCopy(&x)
	}
	for _, c := range []analyze.Column{
		{Type: "bigint", BaseType: "int8", TypeKind: "base"},
		{Type: "public.email", BaseType: "text", TypeKind: "base"}, // a domain
		{Type: "integer[]", BaseType: "_int4", TypeKind: "array"},
		{Type: "public.mood", BaseType: "mood", TypeKind: "enum"},
		{Type: "timestamp with time zone", BaseType: "timestamptz", TypeKind: "base"},
		{Type: "public.geometry", BaseType: "geometry", TypeKind: "base", TypeExtension: "postgis", Generated: "stored"}, // is not copied
	} {
		require.Empty(t, says(c), c.Type)
	}
	for _, c := range []analyze.Column{
		{Type: "regclass", BaseType: "regclass", TypeKind: "base"},
		{Type: "xml", BaseType: "xml", TypeKind: "base"},
		{Type: "money", BaseType: "money", TypeKind: "base"},
		{Type: "public.mood[]", BaseType: "_mood", TypeKind: "array"},
		{Type: "public.pair", BaseType: "pair", TypeKind: "composite"},
		{Type: "int4range", BaseType: "int4range", TypeKind: "range"},
		{Type: "public.text", BaseType: "text", TypeKind: "composite"},
		{Type: "public.hstore", BaseType: "hstore", TypeKind: "base", TypeExtension: "hstore"},
		{Type: "public.shade", BaseType: "shade", TypeKind: "enum", TypeExtension: "shades"},
		{Type: "public.thing", BaseType: "thing", TypeKind: "base"},
	} {
		require.Equal(t, "c is of type "+c.Type+", whose binary form another server may read otherwise", says(c))
	}

	at := analyze.Column{Type: "timestamp without time zone", BaseType: "timestamp", TypeKind: "base"}
	b.inv.Server.VersionNum = 90600
	require.Contains(t, says(at), "integer_datetimes is not known to be on")
	b.inv.Settings = []analyze.Setting{{Name: "integer_datetimes", Value: "off"}}
	require.Contains(t, says(at), "integer_datetimes is not known to be on")
	b.inv.Settings[0].Value = "on"
	require.Empty(t, says(at))

	b.opt.Load.CopyFormat = CopyText
	require.Equal(t, ConfiguredText, says(at))
}
