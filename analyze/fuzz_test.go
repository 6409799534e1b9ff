package analyze_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func FuzzDecode(f *testing.F) {
	whole := string(encode(f, sample()))
	f.Add([]byte(whole))
	for _, change := range [][2]string{
		{"", ""}, {`"format"`, `"Format"`}, {`"server"`, `"server": {}, "server"`}, {`"orders"`, `"\ud800"`}, {`"orders"`, `"\ud83d\ude00"`}, {`"shop"`, `"\u0000"`},
		{`"bytes": 123`, `"bytes": 1e400`}, {`"bytes": 123`, `"bytes": 123.5`}, {`"bytes": 123`, `"bytes": 99999999999999999999`}, {`"tables"`, `"Tables"`}, {`{`, "\ufeff{"}, {"\n", "\r\n"},
	} {
		f.Add([]byte(strings.Replace(whole, change[0], change[1], 1)))
	}
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte(`{"format":1,"tables":[{"name":{"schema":"a","name":"b"}}]}`))
	f.Add([]byte(whole[:len(whole)/2]))
	f.Add([]byte(whole + whole))
	f.Add([]byte(strings.Repeat(`{"format":`, 20_000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		inv, err := analyze.Decode(bytes.NewReader(data))
		if err != nil {
			require.ErrorContains(t, err, "reading inventory: ")
			return
		}
		// What is accepted survives a round trip, and all that looks at it does not panic.
		again, err := analyze.Decode(bytes.NewReader(encode(t, inv)))
		require.NoError(t, err)
		require.Equal(t, inv.Fingerprint(), again.Fingerprint())
		require.Empty(t, analyze.Drift(inv.Structure(), again.Structure()))
		for _, x := range inv.Tables {
			_, _, _, _ = x.Name.SQL(), x.Name.String(), x.CarriesUpdates(), x.ExtraUnique()
		}
		require.True(t, json.Valid(encode(t, inv)))
	})
}

// FuzzDisplay reads a name for people back: two names that look alike would be taken for one, in a configuration too.
func FuzzDisplay(f *testing.F) {
	for _, s := range []string{"", "a", "A", "1", "a b", `a"b`, `a\b`, `a\nb`, "a\nb", "\x1b[31m", "\u202e", "\u00a0", "é", "日本", "👩\u200d👧", "\ufffd", "\u2028", "\U000e0001", `\x1b`, "\x7f", "\u0085"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if analyze.Expressible(s) != nil {
			_ = analyze.Display(s)
			return
		}
		q := analyze.Display(s)
		for _, r := range q {
			require.False(t, analyze.Steers(r) || unicode.IsSpace(r) && r != ' ', "%q shows %q", q, r)
		}
		require.Equal(t, "s."+q, analyze.Name{Schema: "s", Name: s}.String())
		require.NotContains(t, q, "\n")
		if !strings.HasPrefix(q, `"`) {
			require.Equal(t, s, q)
			require.NotEmpty(t, q)
			require.Empty(t, strings.Trim(q, "abcdefghijklmnopqrstuvwxyz0123456789_$"))
			return
		}
		require.Greater(t, len(q), 1)
		require.True(t, strings.HasSuffix(q, `"`))
		// As a constant of Go, whose escapes are the same.
		read, err := strconv.Unquote(`"` + strings.ReplaceAll(q[1:len(q)-1], `""`, `\"`) + `"`)
		require.NoError(t, err, q)
		require.Equal(t, s, read, q)
	})
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"", "a\nb\tc", "\x1b[2J", "\u009b31m", "\xff", "a\r\nb", "\u202eb", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := analyze.Visible(s)
		require.True(t, utf8.ValidString(v))
		require.Equal(t, utf8.RuneCountInString(s), utf8.RuneCountInString(v))
		require.Equal(t, strings.Count(s, "\n"), strings.Count(v, "\n"))
		require.False(t, strings.ContainsFunc(v, func(r rune) bool { return r != '\n' && r != '\t' && analyze.Steers(r) }), "%q", v)
	})
}

// What is neither valid nor a whole is refused, with the place.
func TestDecodeIsStrict(t *testing.T) {
	whole := string(encode(t, sample()))
	for _, c := range []struct{ why, text, want string }{
		{"a key twice", strings.Replace(whole, `"version": "15.20"`, `"version": "9", "version": "15.20"`, 1), `server: "version" is given twice`},
		{"a key twice at the top", strings.Replace(whole, `"server"`, `"server": {}, "server"`, 1), `"server" is given twice`},
		{"a key in capitals", strings.Replace(whole, `"tables"`, `"Tables"`, 1), `unknown field "Tables"`},
		{"a key with an escape, twice", strings.Replace(whole, `"name": "orders"`, `"n\u0061me": "x", "name": "orders"`, 1), `tables[1].name: "name" is given twice`},
		{"half a surrogate pair", strings.Replace(whole, `"orders"`, `"ord\ud83ders"`, 1), `\ud83d is half of a character`},
		{"the other half", strings.Replace(whole, `"orders"`, `"\ude00\ud83d"`, 1), `\ude00 is half of a character`},
		{"a byte order mark", "\ufeff" + whole, "begins with a byte order mark"},
		{"UTF-16", "\xff\xfe{\x00", "begins with a byte order mark"},
		{"not UTF-8", strings.Replace(whole, "orders", "ord\xffers", 1), "not valid UTF-8"},
		{"two documents", whole + whole, "after top-level value"},
		{"too deep", `{"format":1,"tables":` + strings.Repeat("[", 100_000), "exceeded max depth"},
		{"a huge number", strings.Replace(whole, `"bytes": 123`, `"bytes": 1`+strings.Repeat("0", 5000), 1), "cannot unmarshal number"},
	} {
		_, err := analyze.Decode(strings.NewReader(c.text))
		require.ErrorContains(t, err, c.want, c.why)
		require.Regexp(t, `^reading inventory: line [0-9]+: `, err.Error(), c.why)
		require.Less(t, len(err.Error()), 6000, c.why)
	}
	_, err := analyze.Decode(strings.NewReader(strings.ReplaceAll(whole, "\n", "\r\n")))
	require.NoError(t, err, "an editor on Windows changes line ends, and nothing else")
	_, err = analyze.Decode(strings.NewReader(strings.Replace(whole, `"orders"`, `"\ud83d\ude00 \\ud83d"`, 1)))
	require.NoError(t, err, "a whole pair, and a backslash that stands for itself")
}

// endless is a device that never ends.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestEndlessFilesEnd(t *testing.T) {
	for _, b := range []byte{0, ' ', '[', 'x'} {
		_, err := analyze.Decode(endless(b))
		require.ErrorContains(t, err, "is this a pgcutover inventory?", "%q", b)
	}
	_, err := analyze.Decode(io.MultiReader(strings.NewReader(`{"format": 1`), failing{}))
	require.ErrorContains(t, err, "reading inventory: the disk is gone")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("the disk is gone") }

// What reading allocates grows with the size of a file and not faster: many keys, many elements, long strings.
func TestReadingIsLinear(t *testing.T) {
	for what, text := range map[string]string{
		"an object of keys":  `{"format":1,"tables":[],` + strings.Repeat(`"k":1,`, 300_000),
		"a list of lists":    `{"format":1,"tables":[` + strings.Repeat(`[],`, 300_000),
		"a text of escapes":  `{"format":1,"tables":[{"name":{"schema":"` + strings.Repeat(`\u0041`, 300_000),
		"lines":              `{` + strings.Repeat("\n", 2_000_000),
		"bytes of no letter": `{"` + strings.Repeat("\xff", 2_000_000),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := analyze.Decode(strings.NewReader(text))
		runtime.ReadMemStats(&after)
		require.Error(t, err, what)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(40*len(text)), what)
	}
}

func TestReadFileOfTheDisk(t *testing.T) {
	name := filepath.Join(t.TempDir(), "inventory.json")
	require.NoError(t, os.WriteFile(name, encode(t, sample()), 0o600))
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	data, err := analyze.ReadFile(file, "inventory")
	require.NoError(t, err)
	require.Equal(t, string(encode(t, sample())), string(data))
}
