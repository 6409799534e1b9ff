package catalog

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func TestQueriesAreWholeForEveryVersion(t *testing.T) {
	files, err := queries.ReadDir("queries")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".sql")
		for i, major := range slices.Repeat([]int{906, 1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800}, 2) {
			sql := query(name, major, []string{"pg_stat_file"}[i/10:]...)
			require.Regexp(t, `^(select|with)\b`, sql, "%s for %d: a gate took its beginning away", name, major)
			require.NotContains(t, sql, " -- ", "%s for %d: a gate that none of the rules know", name, major)
			require.NotRegexp(t, `,\s*from `, sql, "%s for %d: a gate left a comma behind", name, major)
			require.Equal(t, strings.Count(sql, "("), strings.Count(sql, ")"), "%s for %d", name, major)
			require.NotContains(t, sql, ";", "one statement a file")
		}
	}
}

// Functions that a standby or an old version lacks must be behind a gate; a live test would notice only on such a server.
func TestQueriesNameNoFunctionOfAnotherVersion(t *testing.T) {
	files, err := queries.ReadDir("queries")
	require.NoError(t, err)
	xlog, wal := regexp.MustCompile(`pg_\w*xlog\w*\(|_location\b`), regexp.MustCompile(`pg_\w*wal\w*\(|replay_lsn\b`)
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".sql")
		require.NotRegexp(t, wal, query(name, 906), name)
		require.NotRegexp(t, xlog, query(name, 1000), name)
	}
}

func TestSecretSettingsStayOnTheServer(t *testing.T) {
	for name, want := range map[string]bool{
		"primary_conninfo": true, "ssl_passphrase_command": true, "archive_command": true, "restore_command": true, "archive_cleanup_command": true,
		"recovery_end_command": true, "app.key": true, "app.jwt_secret": true, "myapp.x": true, "pglogical.extra_connection_options": false, "plrust.token": true,
		"password_encryption": false, "ssl_passphrase_command_supports_reload": false, "shared_preload_libraries": false, "rds.logical_replication": false,
		"rds.some_password": true, "pg_stat_statements.max": false, "search_path": false, "wal_level": false, "apg_plan_mgmt.use_plan_baselines": false, "rdsx.y": true,
	} {
		require.Equal(t, want, secret(name), name)
	}
}

func TestLOBClass(t *testing.T) {
	for _, c := range []struct {
		base, kind string
		typmod     int32
		want       analyze.LOBClass
	}{
		{"text", "base", -1, analyze.NCLOB},
		{"varchar", "base", -1, analyze.UnboundedVarchar},
		{"varchar", "base", 14, analyze.NotLOB},
		{"numeric", "base", -1, analyze.UnboundedNumeric},
		{"numeric", "base", 655366, analyze.NotLOB},
		{"bytea", "base", -1, analyze.BLOB},
		{"xml", "base", -1, analyze.CLOB},
		{"_int4", "array", -1, analyze.NCLOB},
		{"text", "composite", -1, analyze.NCLOB},
		{"text", "enum", -1, analyze.NCLOB}, // an enum called text: nobody has one, and too large a class is the safe side
		{"int4", "base", -1, analyze.NotLOB},
	} {
		require.Equal(t, c.want, lobClass(c.base, c.kind, c.typmod), "%+v", c)
	}
}

func TestMeasureQuery(t *testing.T) {
	gb := int64(1 << 30)
	small, none := int64(8192), int64(0)
	text := analyze.Column{Name: `a"b`, BaseType: "text"}
	bytea := analyze.Column{Name: "b", BaseType: "bytea"}
	jsonb := analyze.Column{Name: "j", BaseType: "jsonb"}
	name := analyze.Name{Schema: "s", Name: `t"`}
	for _, c := range []struct {
		why     string
		m       measured
		mode    LOBMode
		want    string
		sampled bool
	}{
		{"one pass for all columns, and the length without the value where the type allows it",
			measured{table: analyze.Table{Name: name, HeapBytes: &small, ToastBytes: &none}, columns: []analyze.Column{text, bytea, jsonb}}, LOBExact,
			`select count(*), coalesce(max(pg_catalog.octet_length("a""b"::pg_catalog.text)), 0), coalesce(max(pg_catalog.octet_length("b"::pg_catalog.bytea)), 0), ` +
				`coalesce(max(pg_catalog.octet_length("j"::pg_catalog.text)), 0) from only "s"."t"""`, false},
		{"a small table is read whole",
			measured{table: analyze.Table{Name: name, HeapBytes: &small, ToastBytes: &none}, columns: []analyze.Column{bytea}}, LOBSample,
			`select count(*), coalesce(max(pg_catalog.octet_length("b"::pg_catalog.bytea)), 0) from only "s"."t"""`, false},
		{"a large heap in part",
			measured{table: analyze.Table{Name: name, HeapBytes: &gb, ToastBytes: &none}, columns: []analyze.Column{bytea}}, LOBSample,
			`select count(*), coalesce(max(pg_catalog.octet_length("b"::pg_catalog.bytea)), 0) from only "s"."t""" tablesample system (3.125000)`, true},
		{"large TOAST does not matter to a type whose length is in the pointer",
			measured{table: analyze.Table{Name: name, HeapBytes: &small, ToastBytes: &gb}, columns: []analyze.Column{bytea}}, LOBSample,
			`select count(*), coalesce(max(pg_catalog.octet_length("b"::pg_catalog.bytea)), 0) from only "s"."t"""`, false},
		{"but does to one that has to be made into text",
			measured{table: analyze.Table{Name: name, HeapBytes: &small, ToastBytes: &gb}, columns: []analyze.Column{jsonb}}, LOBSample,
			`select count(*), coalesce(max(pg_catalog.octet_length("j"::pg_catalog.text)), 0) from only "s"."t""" tablesample system (25.000000)`, true},
	} {
		sql, sampled := measureQuery(c.m, c.mode)
		require.Equal(t, c.want, sql, c.why)
		require.Equal(t, c.sampled, sampled, c.why)
	}
}

func TestParseLSN(t *testing.T) {
	for text, want := range map[string]uint64{"0/0": 0, "0/16B3748": 0x16B3748, "1A/FFFFFFFF": 0x1AFFFFFFFF, "FFFFFFFF/FFFFFFFF": 1<<64 - 1} {
		got, err := parseLSN(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "0", "/", "0/", "/0", "0/0/0", "g/0", "100000000/0", "-1/0", " 0/0"} {
		_, err := parseLSN(text)
		require.Error(t, err, text)
	}
}

func TestCompareSamples(t *testing.T) {
	busy, idle := counted{1, analyze.Name{Name: "busy"}}, counted{2, analyze.Name{Name: "idle"}}
	first := func() count {
		return count{major: 1500, clock: 100, position: "0/FFFFFF00", reset: "then", started: "s",
			tables: map[counted]analyze.Counters{busy: {Inserts: 10, Updates: 5}, idle: {}}}
	}
	second := func() count {
		c := first()
		c.clock, c.position, c.tables = 110, "1/100", map[counted]analyze.Counters{busy: {Inserts: 30, Updates: 5, Deletes: 5}, idle: {}}
		return c
	}
	rates, err := compare(first(), second())
	require.NoError(t, err)
	require.Empty(t, rates.unknown)
	require.Equal(t, &analyze.Sample{Seconds: 10, WALBytes: 0x200}, rates.sample)
	require.Equal(t, map[analyze.Name]analyze.Rates{busy.name: {Inserts: 2, Deletes: 0.5}, idle.name: {}}, rates.tables)

	for why, c := range map[string]struct {
		change func(a, b *count)
		want   analyze.Unknown
		tables int
	}{
		"reset":                {func(a, b *count) { b.reset = "now" }, analyze.Unknown{Fact: "write rates", Reason: "the statistics were reset between the samples"}, 0},
		"first reset ever, 15": {func(a, b *count) { a.reset = "" }, analyze.Unknown{Fact: "write rates", Reason: "the statistics were reset between the samples"}, 0},
		"restart":              {func(a, b *count) { b.started = "later" }, analyze.Unknown{Fact: "write rates", Reason: "the statistics were reset between the samples"}, 0},
		"one table reset":      {func(a, b *count) { b.tables[busy] = analyze.Counters{} }, analyze.Unknown{Fact: "write rates", Subject: `"".busy`, Reason: "the table's counters were reset between the samples"}, 1},
		"clock set back":       {func(a, b *count) { b.clock = 99 }, analyze.Unknown{Fact: "write rates", Reason: "the server's clock went back between the samples"}, 0},
		"positions hidden":     {func(a, b *count) { a.position = "" }, analyze.Unknown{Fact: "WAL rate", Reason: "the server does not tell its WAL position"}, 2},
	} {
		t.Run(why, func(t *testing.T) {
			a, b := first(), second()
			c.change(&a, &b)
			rates, err := compare(a, b)
			require.NoError(t, err)
			require.Equal(t, []analyze.Unknown{c.want}, rates.unknown)
			require.Len(t, rates.tables, c.tables)
			require.True(t, rates.sample == nil || rates.sample.StatsResetBetween == (c.tables == 0))
		})
	}

	a, b := first(), second()
	a.reset, a.major = "", 1400
	rates, err = compare(a, b)
	require.NoError(t, err)
	require.Empty(t, rates.unknown, "before 15 the first statistics of a database set the time")

	b.position = "nonsense"
	_, err = compare(first(), b)
	require.ErrorContains(t, err, "is not a WAL position")
}
