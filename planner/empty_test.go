package planner

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

// missing are the places under v where a nil slice or map is.
func missing(v reflect.Value, path string) []string {
	var out []string
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out = missing(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, missing(v.Field(i), path+"."+v.Type().Field(i).Name)...)
		}
	case reflect.Map:
		if v.IsNil() {
			out = append(out, path)
		}
	case reflect.Slice:
		if v.IsNil() {
			out = append(out, path)
		}
		for i := range v.Len() {
			out = append(out, missing(v.Index(i), path+"[]")...)
		}
	}
	return out
}

func TestNoListOfAPlanIsMissing(t *testing.T) {
	inv := inventory(append(partitioned(), withUnique(plain("users", 1<<30)), withoutKey(plain("a", 10)), references(plain("b", 10), "users"))...)
	for _, o := range []func(*Options){func(*Options) {}, func(o *Options) {
		o.Engine, o.Native = EngineNative, &NativeOptions{HandOff: HandOffReplica, Connection: map[string]string{"service": "source"}, Password: PasswordPrompt}
	}} {
		p := plan(t, inv, o)
		require.NotEmpty(t, p.Findings)
		require.Empty(t, missing(reflect.ValueOf(p), "plan"))
	}
}

// One empty slice stands in many places: who adds to one of them must not be seen in another.
func TestEmptyListsAreApart(t *testing.T) {
	p := Plan{Tables: []Table{{}, {}}}
	fillEmpty(&p)
	p.Tables[0].Key = append(p.Tables[0].Key, "id")
	require.Empty(t, p.Tables[1].Key)
	require.NotNil(t, p.Tables[1].Key)
	p.Tables = append(p.Tables, Table{Root: &analyze.Name{}})
	fillEmpty(&p)
	require.NotNil(t, p.Tables[2].Columns)
}
