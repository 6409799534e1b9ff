package planner

import (
	"reflect"
	"sync"
)

// fillEmpty turns nil slices and maps into empty ones, which JSON shows as [] and {} rather than null.
func fillEmpty(p *Plan) { hollowPlan().fill(reflect.ValueOf(p).Elem()) }

// fillNil does the same with any value.
func fillNil[T any](v *T) {
	if h := hollowIn(reflect.TypeFor[T]()); h != nil {
		h.fill(reflect.ValueOf(v).Elem())
	}
}

// hollowPlan is made once: it does not depend on anything.
var hollowPlan = sync.OnceValue(func() *hollow { return hollowIn(reflect.TypeFor[Plan]()) })

// hollow is a type of which a value may hold nil slices and maps. Of a plan of many tables most values hold none, and are not looked at.
type hollow struct {
	kind   reflect.Kind
	empty  reflect.Value // what stands in for nil; one for all, for nobody can change what has no room for anything
	elem   *hollow       // of pointers and slices; nil: nothing in them can be nil
	fields []hollowField // of structs
}

type hollowField struct {
	index int
	of    *hollow
}

// hollowIn is nil for a type whose values hold no slices and maps. (No type of a plan holds itself.)
func hollowIn(t reflect.Type) *hollow {
	h := &hollow{kind: t.Kind()}
	switch t.Kind() {
	case reflect.Pointer:
		if h.elem = hollowIn(t.Elem()); h.elem == nil {
			return nil
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if of := hollowIn(t.Field(i).Type); of != nil {
				h.fields = append(h.fields, hollowField{i, of})
			}
		}
		if len(h.fields) == 0 {
			return nil
		}
	case reflect.Slice:
		h.empty, h.elem = reflect.MakeSlice(t, 0, 0), hollowIn(t.Elem())
	case reflect.Map: // made for each: a map can be added to
	default:
		return nil
	}
	return h
}

func (h *hollow) fill(v reflect.Value) {
	switch h.kind {
	case reflect.Pointer:
		if !v.IsNil() {
			h.elem.fill(v.Elem())
		}
	case reflect.Struct:
		for _, f := range h.fields {
			f.of.fill(v.Field(f.index))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(h.empty)
		}
		if h.elem == nil {
			return
		}
		for i := range v.Len() {
			h.elem.fill(v.Index(i))
		}
	}
}
