package planner

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func FuzzDecode(f *testing.F) {
	p, err := Make(synthetic(12), Defaults(), nil)
	require.NoError(f, err)
	text := encoded(f, p)
	for _, change := range [][2]string{{"", ""}, {`"groups"`, `"Groups"`}, {`"format": `, `"format": 1, "format": `}, {`"weight": `, `"weight": -`}, {`"bytes": `, `"bytes": 1e`}, {`"tables"`, `"findings": null, "tables"`}, {"{", "\ufeff{"}} {
		f.Add([]byte(strings.Replace(text, change[0], change[1], 1)))
	}
	f.Add([]byte(`{"format": 1}`))
	f.Add([]byte(text[:len(text)/2]))
	f.Fuzz(func(t *testing.T, data []byte) {
		if quick, ok := unchanged(data); ok {
			p, err := strictly(data)
			require.NoError(t, err)
			require.Equal(t, p, quick)
		}
		p, err := Decode(bytes.NewReader(data))
		if err != nil {
			require.Regexp(t, `^(reading plan: |plan: )`, err.Error())
			return
		}
		again, err := Decode(strings.NewReader(encoded(t, p)))
		require.NoError(t, err, "a plan that was read can be written and read again")
		require.Equal(t, p.Fingerprint(), again.Fingerprint())
	})
}

// A plan as it was written needs no closer look; one that anybody has touched does.
func TestUnchanged(t *testing.T) {
	p, err := Make(synthetic(12), Defaults(), nil)
	require.NoError(t, err)
	text := encoded(t, p)
	quick, ok := unchanged([]byte(text))
	require.True(t, ok)
	slow, err := strictly([]byte(text))
	require.NoError(t, err)
	require.Equal(t, slow, quick)
	for _, change := range [][2]string{
		{"}\n", "}"}, {"}\n", "}\n\n"}, {"}\n", "}\n{}"}, {`"groups"`, `"Groups"`}, {`"groups"`, `"group"`}, {`"format": 1`, `"format": 1, "format": 1`}, {`"format": `, `"format": 10`}, {`"format": 1`, `"format": 0`},
		{`"format": 1`, `"format":  1`}, {`"format": 1`, `"format": 1e0`}, {`"inventory": "`, `"inventory": "\ud800`}, {`"inventory": "`, "\"inventory\": \"\xff"}, {`"inventory": "`, `"inventory": "\u0000`},
		{`"inventory": "`, `"inventory": "\u0041`}, {`"sequences": [`, `"sequences": null, "sequences": [`},
	} {
		i := strings.LastIndex(text, change[0])
		if strings.HasPrefix(change[0], `"`) {
			i = strings.Index(text, change[0])
		}
		require.GreaterOrEqual(t, i, 0, change[0])
		_, ok := unchanged([]byte(text[:i] + change[1] + text[i+len(change[0]):]))
		require.False(t, ok, "%q", change[1])
	}
}

func TestDecodeFindsEveryCut(t *testing.T) {
	p, err := Make(synthetic(3), Defaults(), nil)
	require.NoError(t, err)
	whole := strings.TrimSpace(encoded(t, p))
	for n := range len(whole) {
		_, err := Decode(strings.NewReader(whole[:n]))
		require.ErrorContains(t, err, "reading plan: ", "the first %d bytes", n)
	}
}

// values are all that can be changed in an inventory, in the order of its fields.
func values(v reflect.Value, visit func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		visit(v)
		if !v.IsNil() {
			values(v.Elem(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			values(v.Field(i), visit)
		}
	case reflect.Slice:
		visit(v)
		for i := range v.Len() {
			values(v.Index(i), visit)
		}
	default:
		visit(v)
	}
}

// edit puts another value into one place of an inventory.
func edit(v reflect.Value, s string, n int64) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(n)
	case reflect.Float64:
		v.SetFloat(float64(n))
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		} else {
			v.SetZero()
		}
	case reflect.Slice:
		switch { // shorter, doubled, none
		case v.Len() == 0:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		case n%3 == 0:
			v.Set(v.Slice(0, v.Len()-1))
		case n%3 == 1:
			v.Set(reflect.AppendSlice(v.Slice3(0, v.Len(), v.Len()), v))
		default:
			v.SetZero()
		}
	}
}

// FuzzMake changes two places of the inventory of a golden case: a plan comes of it that holds together and can be read, or an
// error; never a panic, whatever somebody put into the file.
func FuzzMake(f *testing.F) {
	var bases [][]byte
	for _, name := range []string{"small", "hostile", "partitioned", "inherited", "uniques", "pg96", "nokeys"} {
		body, err := os.ReadFile(filepath.Join("..", "golden", "cases", name, "inventory.json"))
		require.NoError(f, err)
		bases = append(bases, body)
	}
	for i := range len(bases) {
		f.Add(i, i*31, "x", int64(-1), i*57, "public", int64(1)<<62)
		f.Add(i, i*131, "", int64(0), i*17, "$$", int64(2))
	}
	f.Fuzz(func(t *testing.T, base, at1 int, s1 string, n1 int64, at2 int, s2 string, n2 int64) {
		if analyze.Expressible(s1) != nil || analyze.Expressible(s2) != nil {
			return
		}
		inv, err := analyze.Decode(bytes.NewReader(bases[max(base, -base, 0)%len(bases)]))
		require.NoError(t, err)
		for i, at := range []int{at1, at2} {
			var all []reflect.Value
			values(reflect.ValueOf(&inv).Elem(), func(v reflect.Value) { all = append(all, v) })
			edit(all[max(at, -at, 0)%len(all)], []string{s1, s2}[i], []int64{n1, n2}[i])
		}
		var file bytes.Buffer
		require.NoError(t, json.NewEncoder(&file).Encode(inv))
		inv, err = analyze.Decode(&file)
		if err != nil {
			return
		}
		p, err := Make(inv, Defaults(), nil)
		if err != nil {
			return
		}
		require.NoError(t, p.Validate())
		_, err = Decode(strings.NewReader(encoded(t, p)))
		require.NoError(t, err)
	})
}
