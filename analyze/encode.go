package analyze

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// EncodeCanonical writes v as indented JSON without HTML escapes and with a final newline: byte for byte what encoding/json
// writes with those settings, but as a stream. That package holds the whole text in memory, twice, before it writes any of it.
func EncodeCanonical(w io.Writer, v any) error {
	if t := reflect.TypeOf(v); t == nil || !streamable(t) {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	s := &stream{w: w}
	s.value(reflect.ValueOf(v), 0)
	s.out = append(s.out, '\n')
	s.flush()
	return s.err
}

// stream writes JSON. After an error nothing more is written.
type stream struct {
	w    io.Writer
	out  []byte // not written yet
	next []byte // a line break and the indent of the deepest level so far
	err  error
}

func (s *stream) flush() {
	if s.err == nil {
		_, s.err = s.w.Write(s.out)
	}
	s.out = s.out[:0]
}

func (s *stream) line(depth int) {
	for len(s.next) < 1+2*depth {
		if s.next == nil {
			s.next = []byte{'\n'}
		}
		s.next = append(s.next, "        "...)
	}
	s.out = append(s.out, s.next[:1+2*depth]...)
	if len(s.out) > 1<<16 {
		s.flush()
	}
}

func (s *stream) value(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			s.out = append(s.out, "null"...)
			return
		}
		s.value(v.Elem(), depth)
	case reflect.Struct:
		s.structure(v, depth)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			s.out = append(s.out, "null"...)
			return
		}
		n := v.Len()
		s.out = append(s.out, '[')
		for i := range n {
			if i > 0 {
				s.out = append(s.out, ',')
			}
			s.line(depth + 1)
			s.value(v.Index(i), depth+1)
		}
		if n > 0 {
			s.line(depth)
		}
		s.out = append(s.out, ']')
	case reflect.Map:
		s.mapping(v, depth)
	case reflect.String:
		s.text(v.String())
	case reflect.Bool:
		s.out = strconv.AppendBool(s.out, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s.out = strconv.AppendInt(s.out, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		s.out = strconv.AppendUint(s.out, v.Uint(), 10)
	case reflect.Float64:
		s.float(v.Float())
	default:
		s.err = cmp.Or(s.err, fmt.Errorf("encoding a value of type %s", v.Type()))
	}
}

func (s *stream) structure(v reflect.Value, depth int) {
	s.out = append(s.out, '{')
	first := true
	for _, f := range shownFields(v.Type()) {
		x := v.Field(f.index)
		if f.omitEmpty && empty(x) {
			continue
		}
		if !first {
			s.out = append(s.out, ',')
		}
		first = false
		s.line(depth + 1)
		s.out = append(s.out, f.key...)
		s.value(x, depth+1)
	}
	if !first {
		s.line(depth)
	}
	s.out = append(s.out, '}')
}

func (s *stream) mapping(v reflect.Value, depth int) {
	if v.IsNil() {
		s.out = append(s.out, "null"...)
		return
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	s.out = append(s.out, '{')
	for i, k := range keys {
		if i > 0 {
			s.out = append(s.out, ',')
		}
		s.line(depth + 1)
		s.text(k.String())
		s.out = append(s.out, ": "...)
		s.value(v.MapIndex(k), depth+1)
	}
	if len(keys) > 0 {
		s.line(depth)
	}
	s.out = append(s.out, '}')
}

// text writes plain strings itself and leaves the others to encoding/json.
func (s *stream) text(t string) {
	plain := true
	for i := range len(t) {
		if c := t[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		s.out = append(s.out, '"')
		s.out = append(s.out, t...)
		s.out = append(s.out, '"')
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(t); err != nil {
		s.err = cmp.Or(s.err, err)
		return
	}
	s.out = append(s.out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// float writes what encoding/json does: plain digits, and an exponent only for the very small and the very large.
func (s *stream) float(f float64) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		s.err = cmp.Or(s.err, fmt.Errorf("encoding %v: JSON has no such number", f))
		return
	}
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	s.out = strconv.AppendFloat(s.out, f, format, -1, 64)
	if n := len(s.out); format == 'e' && n >= 4 && s.out[n-4] == 'e' && s.out[n-3] == '-' && s.out[n-2] == '0' {
		s.out[n-2] = s.out[n-1]
		s.out = s.out[:n-1]
	}
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Array, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// field is an exported field of a struct as JSON shows it.
type field struct {
	index     int
	key       string // quoted, with the colon
	omitEmpty bool
}

var shown, streamed sync.Map // by reflect.Type: []field, bool

func shownFields(t reflect.Type) []field {
	if c, ok := shown.Load(t); ok {
		return c.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" && options == "" {
			continue
		}
		var k stream
		k.text(cmp.Or(name, f.Name))
		fields = append(fields, field{i, string(k.out) + ": ", options == "omitempty"})
	}
	shown.Store(t, fields)
	return fields
}

// streamable reports whether a type is made of what stream writes; encoding/json does the others.
func streamable(t reflect.Type) bool {
	if c, ok := streamed.Load(t); ok {
		return c.(bool)
	}
	streamed.Store(t, true) // of a type that holds itself
	ok := plainJSON(t)
	streamed.Store(t, ok)
	return ok
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

func plainJSON(t reflect.Type) bool {
	for _, i := range []reflect.Type{marshaler, textMarshaler} {
		if t.Implements(i) || reflect.PointerTo(t).Implements(i) {
			return false
		}
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Array:
		return streamable(t.Elem())
	case reflect.Slice:
		return t.Elem().Kind() != reflect.Uint8 && streamable(t.Elem())
	case reflect.Map:
		return t.Key().Kind() == reflect.String && streamable(t.Key()) && streamable(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous || options != "" && options != "omitempty" || f.IsExported() && !streamable(f.Type) {
				return false
			}
		}
		return true
	case reflect.String, reflect.Bool, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	}
	return false
}
