package analyze

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// maxFile is how large a file of ours may be, in bytes. The inventory of 100,000 tables has a third of it.
const maxFile = 1 << 30

// ReadFile reads one of pgcutover's own files whole. What cannot be one (a device that never ends, the wrong file) is refused after
// its first bytes; what names the file in errors.
func ReadFile(r io.Reader, what string) ([]byte, error) {
	var buf bytes.Buffer
	if _, err := io.CopyN(&buf, r, 1<<16); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	head := bytes.TrimSpace(buf.Bytes())
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) || bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return nil, fmt.Errorf("reading %s: line 1: it begins with a byte order mark: save it as UTF-8 without one", what)
	}
	if buf.Len() == 1<<16 && (len(head) == 0 || head[0] != '{') {
		return nil, fmt.Errorf("reading %s: line 1: it is no JSON object: is this a pgcutover %s?", what, what)
	}
	n, err := io.CopyN(&buf, r, maxFile-1<<16+1)
	switch {
	case errors.Is(err, io.EOF):
		return buf.Bytes(), nil
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	return nil, fmt.Errorf("reading %s: it is larger than %d MB: is this a pgcutover %s?", what, (n+1<<16)>>20, what)
}

// checkKeys walks a valid JSON document beside the Go type that it is to be decoded into, and refuses what encoding/json lets
// pass: a key given twice, of which the last would win; a key in other letters, such as "Tables"; half of a surrogate pair, which would
// become another character. It also finds unknown keys, and unlike encoding/json says where they stand.
func checkKeys(data []byte, t reflect.Type) error {
	w := keyWalk{data: data}
	err := w.value(t)
	if e, ok := errors.AsType[*keyError](err); ok {
		line := 1 + bytes.Count(data[:e.at], []byte("\n"))
		where := ""
		for i := len(e.path) - 1; i >= 0; i-- {
			where += e.path[i]
		}
		if where = strings.TrimPrefix(where, "."); where != "" {
			where += ": "
		}
		return fmt.Errorf("line %d: %s%s", line, where, e.problem)
	}
	return err
}

// keyError is a fault at a place of the document; path is built from the inside out.
type keyError struct {
	at      int
	path    []string
	problem string
}

func (e *keyError) Error() string { return e.problem }

func within(err error, step string) error {
	if e, ok := errors.AsType[*keyError](err); ok {
		e.path = append(e.path, step)
	}
	return err
}

// keyWalk reads a document that json.Valid holds for; at is the next byte.
type keyWalk struct {
	data []byte
	at   int
}

func (w *keyWalk) space() {
	for w.data[w.at] == ' ' || w.data[w.at] == '\n' || w.data[w.at] == '\t' || w.data[w.at] == '\r' {
		w.at++
	}
}

// value walks one value; t is nil where its type says nothing about keys.
func (w *keyWalk) value(t reflect.Type) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil && (reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) || reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())) {
		t = nil
	}
	w.space()
	switch w.data[w.at] {
	case '{':
		return w.object(t)
	case '[':
		return w.array(t)
	case '"':
		_, err := w.text()
		return err
	}
	for w.at < len(w.data) && !bytes.ContainsRune([]byte(" \n\t\r,]}"), rune(w.data[w.at])) {
		w.at++
	}
	return nil
}

func (w *keyWalk) array(t reflect.Type) error {
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		t = t.Elem()
	} else {
		t = nil
	}
	w.at++
	for i := 0; ; i++ {
		w.space()
		switch w.data[w.at] {
		case ']':
			w.at++
			return nil
		case ',':
			w.at++
		}
		w.space()
		if w.data[w.at] == ']' {
			continue
		}
		if err := w.value(t); err != nil {
			return within(err, "["+strconv.Itoa(i)+"]")
		}
	}
}

func (w *keyWalk) object(t reflect.Type) error {
	var fields map[string]jsonField
	var given []bool         // by the field's number
	var seen map[string]bool // where keys are no fields
	var element reflect.Type // of a map
	if t != nil && t.Kind() == reflect.Struct {
		fields = jsonFields(t)
		given = make([]bool, len(fields))
	} else {
		seen = map[string]bool{}
		if t != nil && t.Kind() == reflect.Map {
			element = t.Elem()
		}
	}
	w.at++
	for {
		w.space()
		switch w.data[w.at] {
		case '}':
			w.at++
			return nil
		case ',':
			w.at++
			w.space()
		}
		at := w.at
		key, err := w.text()
		if err != nil {
			return err
		}
		next := element
		twice := seen[key]
		if fields != nil {
			f, known := fields[key]
			if !known {
				return &keyError{at: at, problem: fmt.Sprintf("unknown field %q", key)}
			}
			twice, given[f.number], next = given[f.number], true, f.is
		} else {
			seen[key] = true
		}
		if twice {
			return &keyError{at: at, problem: fmt.Sprintf("%q is given twice", key)}
		}
		w.space()
		w.at++ // the colon
		if err := w.value(next); err != nil {
			return within(err, "."+key)
		}
	}
}

// text reads a string and checks its surrogates.
func (w *keyWalk) text() (string, error) {
	begin, escaped := w.at, false
	for w.at++; w.data[w.at] != '"'; w.at++ {
		if w.data[w.at] == '\\' {
			escaped = true
			w.at++
		}
	}
	w.at++
	raw := w.data[begin:w.at]
	if !escaped {
		return string(raw[1 : len(raw)-1]), nil
	}
	if i := loneSurrogate(raw); i >= 0 {
		return "", &keyError{at: begin + i, problem: fmt.Sprintf("%s is half of a character", raw[i:i+6])}
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

// loneSurrogate is where half of a surrogate pair stands in a JSON string; -1: nowhere.
func loneSurrogate(raw []byte) int {
	unit := func(i int) uint64 { // of \uXXXX at i; 0 where none is
		if i+6 > len(raw) || raw[i] != '\\' || raw[i+1] != 'u' {
			return 0
		}
		n, err := strconv.ParseUint(string(raw[i+2:i+6]), 16, 16)
		if err != nil {
			return 0
		}
		return n
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		u := unit(i)
		switch {
		case 0xd800 <= u && u < 0xdc00 && 0xdc00 <= unit(i+6) && unit(i+6) < 0xe000:
			i += 11
		case 0xd800 <= u && u < 0xe000:
			return i
		default:
			i++
		}
	}
	return -1
}

// jsonField is a field of a struct as encoding/json names it.
type jsonField struct {
	number int
	is     reflect.Type
}

var fieldsOf sync.Map // reflect.Type to map[string]jsonField

func jsonFields(t reflect.Type) map[string]jsonField {
	if m, ok := fieldsOf.Load(t); ok {
		return m.(map[string]jsonField)
	}
	m := map[string]jsonField{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" || !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		m[name] = jsonField{len(m), f.Type}
	}
	fieldsOf.Store(t, m)
	return m
}

// notUTF8 is the error of a file that is not UTF-8; it names the first line that is not.
func notUTF8(what string, data []byte) error {
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return fmt.Errorf("reading %s: line %d: not valid UTF-8", what, line)
}
