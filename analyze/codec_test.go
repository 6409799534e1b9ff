package analyze_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
	_ "github.com/pgcutover/pgcutover/golden/seed"
)

func ptr[T any](v T) *T { return &v }

func name(schema, name string) analyze.Name { return analyze.Name{Schema: schema, Name: name} }

// sample is an inventory with at least two elements in every slice, and none of them in order.
func sample() analyze.Inventory {
	return analyze.Inventory{
		Server:     analyze.Server{VersionNum: 150020, Version: "15.20", SystemIdentifier: "7300000000000000001", Timeline: 1, User: "postgres", TakenAt: "2026-01-02T03:04:05Z"},
		Database:   analyze.Database{Name: "shop", Encoding: "UTF8", Bytes: ptr(int64(123)), RoleSettings: []analyze.RoleSetting{{Role: "b", Database: "shop"}, {Role: "a", Database: "shop"}, {Role: "z"}}},
		Settings:   []analyze.Setting{{Name: "wal_level", Value: "logical"}, {Name: "fsync", Value: "on"}},
		Extensions: []analyze.Extension{{Name: "plpgsql", Version: "1.0"}, {Name: "hstore", Version: "1.8"}},
		Roles:      []analyze.Role{{Name: "b", MemberOf: []analyze.Membership{{Role: "z"}, {Role: "c", Admin: true}}}, {Name: "a"}},
		Schemas:    []analyze.Schema{{Name: "public"}, {Name: "app"}},
		Tables: []analyze.Table{
			{
				Name: name("public", "orders"), Kind: analyze.Ordinary, ReplicaIdentity: "default", Parents: []analyze.Name{name("z", "z"), name("a", "a")},
				EstimatedRows: ptr(int64(0)), HeapBytes: ptr(int64(8192)), ToastBytes: ptr(int64(0)),
				Columns: []analyze.Column{
					{Name: "b", Number: 2, Type: "text", BaseType: "text", LOB: analyze.NCLOB, LOBMax: &analyze.LOBMax{Bytes: ptr(int64(7)), Method: "exact"}},
					{Name: "a", Number: 1, Type: "bigint", BaseType: "int8", NotNull: true, Default: ptr("nextval('s'::regclass)"), Bounds: []string{"1", "10", "100"},
						Common: []analyze.CommonValue{{Value: "7", Fraction: 0.25, Behind: 1}, {Value: "3", Fraction: 0.5, Cut: true}}, Correlation: ptr(-0.5)},
				},
				Indexes: []analyze.Index{
					{Name: "orders_pkey", Definition: "CREATE UNIQUE INDEX …", Unique: true, Primary: true, Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"a"}, Sorted: 1, Constraint: "orders_pkey"},
					{Name: "orders_b", Definition: "CREATE INDEX …", Immediate: true, Valid: true, Ready: true, KeyColumns: []string{"b", ""}, StatisticsTargets: []analyze.IndexStatistics{{Column: 2, Target: 9}}},
				},
				Constraints: []analyze.Constraint{{Name: "orders_pkey", Kind: analyze.PrimaryKey, Definition: "PRIMARY KEY (a)", Validated: true}, {Name: "fk", Kind: analyze.ForeignKey, References: ptr(name("public", "x"))}},
				Triggers:    []analyze.Trigger{{Name: "t2", Enabled: "origin", Definition: "CREATE TRIGGER t2"}, {Name: "t1", Enabled: "always", Definition: "CREATE TRIGGER t1"}},
				Counters:    &analyze.Counters{Inserts: 1}, Rates: &analyze.Rates{Updates: 0.25},
			},
			{Name: name("app", "Ta\"b'le\nx\u202e"), Kind: analyze.Partitioned, ReplicaIdentity: "full", PartitionKey: "RANGE (a)"},
		},
		Sequences:     []analyze.Sequence{{Name: name("public", "s"), Type: "bigint", Increment: 1, LastValue: ptr(int64(9))}, {Name: name("app", "s"), Increment: 1, OwnedBy: &analyze.ColumnRef{Table: name("public", "orders"), Column: "a"}}},
		Views:         []analyze.View{{Name: name("public", "v"), Definition: "SELECT 1"}, {Name: name("app", "v"), Definition: "SELECT 2", Materialized: true}},
		Enums:         []analyze.Enum{{Name: name("public", "e"), Labels: []string{"z", "a"}}, {Name: name("app", "e")}},
		EventTriggers: []analyze.EventTrigger{{Name: "b"}, {Name: "a"}},
		Replication: analyze.Replication{
			Slots: []analyze.Slot{{Name: "b"}, {Name: "a", RetainedBytes: ptr(int64(1))}}, Standbys: []analyze.Standby{{ApplicationName: "x", Address: "10.0.0.2"}, {ApplicationName: "x", Address: "10.0.0.1"}},
			Publications: []analyze.Publication{{Name: "b"}, {Name: "a"}}, Subscriptions: []string{"b", "a"},
			Pglogical: &analyze.Pglogical{Sets: []analyze.ReplicationSet{{Name: "b", Tables: []analyze.Name{name("z", "z"), name("a", "a")}}, {Name: "a"}}},
		},
		Objects: analyze.Objects{
			ForeignServers: []string{"b", "a"}, Languages: []analyze.Language{{Name: "b"}, {Name: "a"}}, Tablespaces: []string{"b", "a"}, CFunctions: []analyze.Name{name("b", "b"), name("a", "a")},
			Rules: []analyze.ColumnRef{{Table: name("app", "x"), Column: "b"}, {Table: name("app", "x"), Column: "a"}}, Policies: []analyze.Policy{{Table: name("app", "x"), Name: "b"}, {Table: name("app", "x"), Name: "a"}},
		},
		Sample:  &analyze.Sample{Seconds: 600.25, WALBytes: 1 << 40},
		Replica: &analyze.Replica{Settings: []analyze.Setting{{Name: "b"}, {Name: "a"}}},
		Target:  &analyze.Target{Roles: []string{"b", "a"}, Settings: []analyze.Setting{{Name: "b"}, {Name: "a"}}, Extensions: []analyze.Extension{{Name: "b"}, {Name: "a"}}, Available: []analyze.Extension{{Name: "b"}, {Name: "a"}}},
		Unknown: []analyze.Unknown{{Fact: "b"}, {Fact: "a", Subject: "2"}, {Fact: "a", Subject: "1"}},
	}
}

func encode(t require.TestingT, inv analyze.Inventory) []byte {
	var b bytes.Buffer
	require.NoError(t, inv.Encode(&b))
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	inv := sample()
	got, err := analyze.Decode(bytes.NewReader(encode(t, inv)))
	require.NoError(t, err)
	inv.Format = analyze.Format
	require.Empty(t, cmp.Diff(inv.Normalize(), got))
	require.Equal(t, string(encode(t, inv)), string(encode(t, got)))
	require.Equal(t, inv.Fingerprint(), got.Fingerprint())
	require.Regexp(t, `^[0-9a-f]{64}$`, inv.Fingerprint())
}

func TestEncodingIsCanonical(t *testing.T) {
	text := string(encode(t, analyze.Inventory{}))
	require.True(t, strings.HasPrefix(text, "{\n  \"format\": 1,\n"))
	require.True(t, strings.HasSuffix(text, "}\n"))
	require.Contains(t, text, `"tables": [],`, "an absent list is empty, not null")
	require.Contains(t, string(encode(t, analyze.Inventory{Views: []analyze.View{{Definition: "a < b && c > d"}}})), "a < b && c > d")

	inv := sample()
	before := encode(t, inv)
	inv.Tables[0].Columns[0].Name = "renamed"
	require.NotEqual(t, before, encode(t, inv))
}

// The file is a format that other programs read; a change of it must be seen in a review.
func TestFormatIsWhatItWas(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("testdata", "inventory.json"))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(encode(t, sample()))))
	inv, err := analyze.Decode(bytes.NewReader(want))
	require.NoError(t, err)
	require.Equal(t, sample().Fingerprint(), inv.Fingerprint())
}

// shuffle puts every slice whose order means nothing into another one.
func shuffle(v reflect.Value, r *rand.Rand, field string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			shuffle(v.Elem(), r, field)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			shuffle(v.Field(i), r, v.Type().Field(i).Name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			shuffle(v.Index(i), r, "")
		}
		switch field {
		case "Parents", "KeyColumns", "Included", "Labels", "Bounds", "Common", "StatisticsTargets": // these have an order of their own
			return
		}
		r.Shuffle(v.Len(), reflect.Swapper(v.Interface()))
	}
}

func TestFingerprintDoesNotDependOnOrder(t *testing.T) {
	want := sample().Fingerprint()
	rapid.Check(t, func(t *rapid.T) {
		inv := sample()
		seed := rapid.Uint64().Draw(t, "seed")
		shuffle(reflect.ValueOf(&inv).Elem(), rand.New(rand.NewPCG(seed, 0)), "")
		require.Equal(t, want, inv.Fingerprint())
	})
}

func TestNormalizeLeavesItsReceiverAlone(t *testing.T) {
	inv := sample()
	_ = inv.Normalize()
	require.Equal(t, "public", inv.Tables[0].Name.Schema)
	require.Equal(t, "wal_level", inv.Settings[0].Name)
	require.Equal(t, 2, inv.Tables[0].Columns[0].Number)
	require.Equal(t, "z", inv.Roles[0].MemberOf[0].Role)
	require.Equal(t, "b", inv.Replication.Pglogical.Sets[0].Name)
	require.Equal(t, "z", inv.Replication.Pglogical.Sets[0].Tables[0].Schema)
}

func TestDecodeRefuses(t *testing.T) {
	whole := string(encode(t, sample()))
	for _, c := range []struct{ why, text, want string }{
		{"empty", "", "reading inventory: the file is empty"},
		{"white space", " \n\t", "the file is empty"},
		{"cut in the middle", whole[:len(whole)/2], "the file ends too early"},
		{"followed by something", whole + "x", "after top-level value"},
		{"cut before the last brace", strings.TrimSuffix(whole, "}\n"), "the file ends too early"},
		{"not JSON", "select 1;", "line 1: invalid character 's'"},
		{"another file", `{"name": "x"}`, `no "format": is this a pgcutover inventory?`},
		{"null", "null", `no "format"`},
		{"an array", "[]", "cannot unmarshal array"},
		{"newer", strings.Replace(whole, `"format": 1`, `"format": 2`, 1), "format 2 is newer than this program, which reads up to 1"},
		{"newer, with a field of its own", strings.Replace(whole, `"format": 1`, `"format": 7, "new": true`, 1), "format 7 is newer"},
		{"format zero", strings.Replace(whole, `"format": 1`, `"format": 0`, 1), "format 0 does not exist"},
		{"negative format", strings.Replace(whole, `"format": 1`, `"format": -1`, 1), "format -1 does not exist"},
		{"format as text", strings.Replace(whole, `"format": 1`, `"format": "1"`, 1), "line 2: json: cannot unmarshal string"},
		{"unknown field", strings.Replace(whole, `"unlogged"`, `"unloged"`, 1), `unknown field "unloged"`},
		{"wrong type", strings.Replace(whole, `"timeline": 1`, `"timeline": "1"`, 1), "cannot unmarshal string"},
		{"trailing text", whole + "{}", "after top-level value"},
		{"trailing garbage", whole + "x", "invalid character"},
		{"not UTF-8", strings.Replace(whole, "orders", "ord\xffers", 1), "not valid UTF-8"},
		{"NUL in a name", strings.Replace(whole, `"name": "orders"`, `"name": "ord\u0000ers"`, 1), "Tables[1].Name.Name holds a NUL character"},
		{"NUL behind a pointer", strings.Replace(whole, `"default": "nextval`, `"default": "\u0000nextval`, 1), "Default holds a NUL character"},
	} {
		t.Run(c.why, func(t *testing.T) {
			_, err := analyze.Decode(strings.NewReader(c.text))
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "reading inventory: ")
		})
	}
}

func TestDecodeFindsEveryCut(t *testing.T) {
	whole := encode(t, sample())
	whole = bytes.TrimSpace(whole)
	for n := range len(whole) {
		_, err := analyze.Decode(bytes.NewReader(whole[:n]))
		require.Error(t, err, "the first %d bytes", n)
	}
}
