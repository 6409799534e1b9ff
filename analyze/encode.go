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
	sh := shapeOf(reflect.TypeOf(v))
	if sh == nil {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	s := &stream{w: w}
	s.value(reflect.ValueOf(v), sh, 0)
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

func (s *stream) value(v reflect.Value, sh *shape, depth int) {
	switch sh.kind {
	case reflect.Pointer:
		if v.IsNil() {
			s.out = append(s.out, "null"...)
			return
		}
		s.value(v.Elem(), sh.elem, depth)
	case reflect.Struct:
		s.structure(v, sh, depth)
	case reflect.Slice, reflect.Array:
		s.list(v, sh, depth)
	case reflect.Map:
		s.mapping(v, sh, depth)
	case reflect.String:
		s.text(v.String())
	case reflect.Bool:
		s.out = strconv.AppendBool(s.out, v.Bool())
	case reflect.Int:
		s.out = strconv.AppendInt(s.out, v.Int(), 10)
	case reflect.Uint:
		s.out = strconv.AppendUint(s.out, v.Uint(), 10)
	case reflect.Float64:
		s.float(v.Float())
	}
}

func (s *stream) list(v reflect.Value, sh *shape, depth int) {
	if sh.kind == reflect.Slice && v.IsNil() {
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
		s.value(v.Index(i), sh.elem, depth+1)
	}
	if n > 0 {
		s.line(depth)
	}
	s.out = append(s.out, ']')
}

func (s *stream) structure(v reflect.Value, sh *shape, depth int) {
	s.out = append(s.out, '{')
	first := true
	for i := range sh.fields {
		f := &sh.fields[i]
		x := v.Field(f.index)
		if f.omitEmpty && empty(x) {
			continue
		}
		switch {
		case depth < shallow && first:
			s.out = append(s.out, f.before[depth][1:]...)
		case depth < shallow:
			s.out = append(s.out, f.before[depth]...)
		default:
			if !first {
				s.out = append(s.out, ',')
			}
			s.line(depth + 1)
			s.out = append(s.out, f.key...)
		}
		first = false
		s.value(x, f.shape, depth+1)
	}
	if !first {
		s.line(depth)
	}
	s.out = append(s.out, '}')
}

func (s *stream) mapping(v reflect.Value, sh *shape, depth int) {
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
		s.value(v.MapIndex(k), sh.elem, depth+1)
	}
	if len(keys) > 0 {
		s.line(depth)
	}
	s.out = append(s.out, '}')
}

// plain are the bytes that a string of JSON holds as they are. (A look into a table costs less than comparisons, and there are
// hundreds of millions of bytes in an inventory of many tables.)
var plain = func() (is [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// text writes plain strings itself and leaves the others to encoding/json.
func (s *stream) text(t string) {
	for i := range len(t) {
		if !plain[t[i]] {
			s.escaped(t)
			return
		}
	}
	s.out = append(s.out, '"')
	s.out = append(s.out, t...)
	s.out = append(s.out, '"')
}

func (s *stream) escaped(t string) {
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

// shape is how values of a type are written, found out once: asking a value for its type and the type for its fields costs more
// than writing.
type shape struct {
	kind   reflect.Kind // Int stands for all sizes of it, Uint too
	elem   *shape       // of what a pointer, slice, array or map holds
	fields []field      // of a struct
}

// shallow is the number of levels whose line breaks are made beforehand. Deeper ones are put together while writing.
const shallow = 6

// field is an exported field of a struct as JSON shows it.
type field struct {
	index     int
	omitEmpty bool
	shape     *shape
	key       string          // quoted, with the colon
	before    [shallow]string // by the depth of its struct: comma, line break, indent and key, in one piece
}

var shapes sync.Map // by the reflect.Type of a whole value: *shape, nil where encoding/json writes it

// shapeOf is nil for types that are not made of what stream writes.
func shapeOf(t reflect.Type) *shape {
	if t == nil {
		return nil
	}
	if c, ok := shapes.Load(t); ok {
		return c.(*shape)
	}
	sh := newShape(t, map[reflect.Type]*shape{})
	shapes.Store(t, sh)
	return sh
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// newShape finds types that it has been asked for in known, because a type may hold itself.
func newShape(t reflect.Type, known map[reflect.Type]*shape) *shape {
	if sh, ok := known[t]; ok {
		return sh
	}
	for _, i := range []reflect.Type{marshaler, textMarshaler} {
		if t.Implements(i) || reflect.PointerTo(t).Implements(i) {
			return nil
		}
	}
	sh := &shape{kind: t.Kind()}
	known[t] = sh
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Float64:
		return sh
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		sh.kind = reflect.Int
		return sh
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		sh.kind = reflect.Uint
		return sh
	case reflect.Struct:
		if sh.addFields(t, known) {
			return sh
		}
		return nil
	case reflect.Map:
		if k := t.Key(); k.Kind() != reflect.String || newShape(k, known) == nil {
			return nil
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 { // encoding/json writes base64
			return nil
		}
	case reflect.Pointer, reflect.Array:
	default:
		return nil
	}
	if sh.elem = newShape(t.Elem(), known); sh.elem == nil {
		return nil
	}
	return sh
}

// addFields reports whether stream writes all fields of a struct.
func (sh *shape) addFields(t reflect.Type, known map[reflect.Type]*shape) bool {
	for i := range t.NumField() {
		x := t.Field(i)
		name, options, _ := strings.Cut(x.Tag.Get("json"), ",")
		if x.Anonymous || options != "" && options != "omitempty" {
			return false
		}
		if !x.IsExported() {
			continue
		}
		f := field{index: i, omitEmpty: options == "omitempty", shape: newShape(x.Type, known)}
		if f.shape == nil {
			return false
		}
		if name == "-" && options == "" {
			continue
		}
		var k stream
		k.text(cmp.Or(name, x.Name))
		f.key = string(k.out) + ": "
		for depth := range f.before {
			f.before[depth] = ",\n" + strings.Repeat("  ", depth+1) + f.key
		}
		sh.fields = append(sh.fields, f)
	}
	return true
}
