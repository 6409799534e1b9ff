package analyze

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// standard is what encoding/json makes of a value.
func standard(t require.TestingT, v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(v))
	return b.String()
}

func canonical(t require.TestingT, v any) string {
	var b bytes.Buffer
	require.NoError(t, EncodeCanonical(&b, v))
	return b.String()
}

type everything struct {
	Text    string `json:"text"`
	Number  float64
	Whole   int64          `json:"whole,omitempty"`
	Small   uint8          `json:"<small>"`
	Flag    bool           `json:"flag"`
	Pointer *everything    `json:"pointer"`
	Maybe   *float64       `json:"maybe,omitempty"`
	List    []everything   `json:"list"`
	Pair    [2]string      `json:"pair"`
	Map     map[string]int `json:"map"`
	Left    string         `json:"-"`
	None    []string       `json:"none,omitempty"`
	Hollow  struct{}       `json:"hollow"`
	hidden  int
}

func drawEverything(t *rapid.T, depth int) everything {
	hostile := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<&>", "\u2028\u2029", "a\x00b", "\x7f", "\xff\xfe", `"\`, "\b\f\n\r\t\x1f", "😀"}))
	e := everything{
		Text: hostile.Draw(t, "text"), Whole: rapid.Int64().Draw(t, "whole"), Small: rapid.Uint8().Draw(t, "small"), Flag: rapid.Bool().Draw(t, "flag"),
		Number: rapid.OneOf(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1e-6, 9.9e-7, 1e21, 9.99e20, 1e-100, -1e-9, 1e300, 0.1})).Draw(t, "number"),
		Pair:   [2]string{hostile.Draw(t, "first"), "b"}, Left: "x", hidden: 1,
	}
	if rapid.Bool().Draw(t, "map") {
		e.Map = rapid.MapOf(hostile, rapid.Int()).Draw(t, "pairs")
	}
	if rapid.Bool().Draw(t, "maybe") {
		e.Maybe = &e.Number
	}
	if depth < 3 && rapid.Bool().Draw(t, "deeper") {
		x := drawEverything(t, depth+1)
		e.Pointer, e.List = &x, []everything{x, {}}
	}
	return e
}

func TestCanonicalFormIsWhatTheStandardLibraryWrites(t *testing.T) {
	require.NotNil(t, shapeOf(reflect.TypeFor[everything]()))
	require.NotNil(t, shapeOf(reflect.TypeFor[Inventory]()), "an inventory is streamed")
	rapid.Check(t, func(t *rapid.T) {
		e := drawEverything(t, 0)
		require.Equal(t, standard(t, e), canonical(t, e))
	})
	for _, v := range []any{nil, 1, "x", []int{}, []int(nil), map[string]int{}, json.RawMessage(`{"a":1}`), struct{ A any }{[]byte("x")}, struct{ B []byte }{[]byte("x")}} {
		require.Equal(t, standard(t, v), canonical(t, v))
	}
	require.Error(t, EncodeCanonical(&bytes.Buffer{}, math.NaN()))
	require.Error(t, EncodeCanonical(&bytes.Buffer{}, []float64{math.Inf(1)}))

	cases, err := filepath.Glob("../golden/cases/*/inventory.json")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		data, err := os.ReadFile(c)
		require.NoError(t, err)
		inv, err := Decode(bytes.NewReader(data))
		require.NoError(t, err)
		require.Equal(t, standard(t, inv), canonical(t, inv), c)
	}
}

// failing refuses everything after some bytes.
type failing int

func (f *failing) Write(p []byte) (int, error) {
	if *f -= failing(len(p)); *f < 0 {
		return 0, os.ErrClosed
	}
	return len(p), nil
}

func TestEncodeCanonicalTellsThatTheWriterFailed(t *testing.T) {
	for _, n := range []failing{0, 10} {
		require.ErrorIs(t, EncodeCanonical(&n, []string{"some text", "more"}), os.ErrClosed)
	}
}
