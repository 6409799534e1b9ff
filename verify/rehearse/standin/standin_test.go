package standin

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestReadsEveryBundle reads the task of every slot of the golden bundles.
func TestReadsEveryBundle(t *testing.T) {
	bundles, err := filepath.Glob(filepath.Join("..", "..", "..", "golden", "cases", "*", "migration"))
	require.NoError(t, err)
	tasks := 0
	for _, dir := range bundles {
		bundle := os.DirFS(dir)
		mappings, err := fs.Glob(bundle, folder+"mappings/*.json")
		require.NoError(t, err)
		for _, file := range mappings {
			slot := strings.TrimSuffix(path.Base(file), ".json")
			if _, err := fs.Stat(bundle, folder+"terraform"); err == nil {
				continue
			}
			task, err := Read(bundle, slot)
			require.NoError(t, err, dir)
			tasks++
			require.NotEmpty(t, task.Files)
			for _, file := range task.Files {
				require.FileExists(t, filepath.Join(dir, file))
			}
			if task.Plugin == "test_decoding" {
				require.Empty(t, task.Sets)
			} else {
				require.Equal(t, []string{slot, "i" + slot}, task.Sets)
			}
			require.Equal(t, task.FullLoad, task.Slot == "", "who makes its slot itself")
			require.Contains(t, task.Resource, "-task-")
			require.Equal(t, "SET session_replication_role = replica", task.Target.AfterConnectScript)
			require.Positive(t, task.Settings.TargetMetadata.LobMaxSize)
			require.GreaterOrEqual(t, task.Source.VarcharMaxBytes, defaultVarcharBytes)
			var reviewed Mapping // what people read is what AWS gets
			require.NoError(t, decode(bundle, file, &reviewed))
			require.Equal(t, reviewed, task.Mapping)
		}
	}
	require.GreaterOrEqual(t, tasks, 20, "the bundles of the golden cases were not found")
	_, err = Read(os.DirFS(bundles[0]), "none")
	require.ErrorContains(t, err, "reading the task of slot none")
}

func mapping(t *testing.T, rules string) Mapping {
	var m Mapping
	require.NoError(t, json.Unmarshal([]byte(`{"rules": [`+rules+`]}`), &m))
	return m
}

func selection(action, table string) string {
	return fmt.Sprintf(`{"rule-type": "selection", "rule-action": %q, "object-locator": {"schema-name": "public", "table-name": %q}}`, action, table)
}

func TestSelection(t *testing.T) {
	explicit := mapping(t, selection("explicit", "a_b"))
	require.True(t, explicit.selects("public", "a_b"))
	require.False(t, explicit.selects("public", "axb"), "explicit takes one table by its very name")
	require.False(t, explicit.selects("other", "a_b"))
	include := mapping(t, selection("include", "a_b"))
	require.True(t, include.selects("public", "axb"), "include takes patterns, in which _ is any character")
	require.True(t, mapping(t, selection("include", "%")).selects("public", "line one\nline two"))
	require.False(t, mapping(t, selection("include", "%")+","+selection("exclude", "a%")).selects("public", "axb"))
	removed := mapping(t, `{"rule-type": "transformation", "rule-target": "column", "rule-action": "remove-column", "object-locator": {"schema-name": "public", "table-name": "a", "column-name": "c_d"}}`)
	require.True(t, removed.removes("public", "a", "c_d"))
	require.True(t, removed.removes("public", "a", "cxd"), "rules of columns know no exact names")
	require.False(t, removed.removes("public", "b", "c_d"))
}

// rows is a table with a key, a LOB and a number, as the source has it.
func rows() *table {
	return &table{schema: "public", name: "t", ident: "public.t", key: []string{"id"}, columns: map[string]column{
		"id":   {name: "id", typ: "integer", plain: "integer", key: true},
		"n":    {name: "n", typ: "integer", plain: "integer"},
		"body": {name: "body", typ: "text", plain: "text", lob: nclob},
	}}
}

func tupleOf(t *testing.T, object string) tuple {
	var out tuple
	require.NoError(t, json.Unmarshal([]byte(object), &out))
	return out
}

func TestNetChanges(t *testing.T) {
	x := rows()
	c := func(kind byte, row string) change {
		if kind == 'D' {
			return change{kind: kind, table: x, old: tupleOf(t, row)}
		}
		return change{kind: kind, table: x, row: tupleOf(t, row)}
	}
	for _, test := range []struct {
		name string
		in   []change
		want []change
	}{
		{"updates of a row are one", []change{c('U', `{"id":1,"n":1}`), c('U', `{"id":1,"body":"b"}`)}, []change{c('U', `{"id":1,"n":1,"body":"b"}`)}},
		{"an insert takes updates in", []change{c('I', `{"id":1,"n":1}`), c('U', `{"id":1,"n":2}`)}, []change{c('I', `{"id":1,"n":2}`)}},
		{"what is deleted in the end is deleted", []change{c('I', `{"id":1,"n":1}`), c('U', `{"id":1,"n":2}`), c('D', `{"id":1}`)}, []change{c('D', `{"id":1}`)}},
		{"a row that comes back is deleted first", []change{c('D', `{"id":1}`), c('I', `{"id":1,"n":2}`), c('U', `{"id":1,"n":3}`)}, []change{c('D', `{"id":1}`), c('I', `{"id":1,"n":3}`)}},
		{"deletes, inserts, updates", []change{c('U', `{"id":1,"n":1}`), c('I', `{"id":2,"n":1}`), c('D', `{"id":3}`)}, []change{c('D', `{"id":3}`), c('I', `{"id":2,"n":1}`), c('U', `{"id":1,"n":1}`)}},
		{"a truncate forgets what was before", []change{c('U', `{"id":1,"n":1}`), {kind: 'T', table: x}, c('I', `{"id":1,"n":2}`)}, []change{{kind: 'T', table: x}, c('I', `{"id":1,"n":2}`)}},
	} {
		t.Run(test.name, func(t *testing.T) { require.Equal(t, test.want, net(test.in)) })
	}
}

func TestStatements(t *testing.T) {
	w := writer{lobBytes: 1024, varcharBytes: 8000}
	sqls := func(c change) (out []string) {
		work, cut, err := w.statements(&c)
		require.NoError(t, err)
		require.Empty(t, cut)
		for _, s := range work {
			out = append(out, s.sql)
		}
		return out
	}
	x := rows()
	require.Equal(t, []string{
		`insert into public.t ("id", "n") select r."id", r."n" from json_to_record($1::text::json) as r("id" integer, "n" integer)`,
		`update public.t as t set "body" = r."body" from json_to_record($1::text::json) as r("body" text, "id" integer) where t."id" = r."id"`,
	}, sqls(change{kind: 'I', table: x, row: tupleOf(t, `{"id":1,"n":2,"body":"b"}`)}), "LOBs follow")
	require.Equal(t, []string{`update public.t as t set "n" = r."n" from json_to_record($1::text::json) as r("id" integer, "n" integer) where t."id" = r."id"`},
		sqls(change{kind: 'U', table: x, row: tupleOf(t, `{"id":1,"n":2}`)}), "a stored value that did not change is not sent")
	require.Empty(t, sqls(change{kind: 'U', table: x, old: tupleOf(t, `{"id":1}`), row: tupleOf(t, `{"id":2,"n":2}`)}), "updates of the key are ignored")
	require.Equal(t, []string{`delete from public.t as t using json_to_record($1::text::json) as r("id" integer) where t."id" = r."id"`},
		sqls(change{kind: 'D', table: x, old: tupleOf(t, `{"id":1,"n":null}`)}))
	x.key = nil
	require.Len(t, sqls(change{kind: 'I', table: x, row: tupleOf(t, `{"id":1,"n":2,"body":"b"}`)}), 1, "without a key nothing finds the row again")
}

func TestTruncation(t *testing.T) {
	w := writer{lobBytes: 1024, varcharBytes: 100}
	x := rows()
	for _, test := range []struct {
		kind          column
		value         string
		text          string
		limit, length int
	}{
		{column{name: "c", plain: "text", lob: nclob}, `"` + strings.Repeat("é", 512) + `"`, "", 0, 0},
		{column{name: "c", plain: "text", lob: nclob}, `"` + strings.Repeat("é", 513) + `"`, strings.Repeat("é", 512), 1024, 1026},
		{column{name: "c", plain: "bytea", lob: blob}, `"\\x` + strings.Repeat("ff", 1024) + `"`, "", 0, 0},
		{column{name: "c", plain: "bytea", lob: blob}, `"\\x` + strings.Repeat("ff", 1025) + `"`, `\x` + strings.Repeat("ff", 1024), 1024, 1025},
		{column{name: "c", plain: "jsonb", lob: nclob}, `"` + strings.Repeat("x", 600) + `"`, `"` + strings.Repeat("x", 511), 1024, 1204},
		{column{name: "c", plain: "character varying", open: true}, `"` + strings.Repeat("é", 51) + `"`, strings.Repeat("é", 50), 100, 102},
		{column{name: "c", plain: "character varying(200)"}, `"` + strings.Repeat("x", 150) + `"`, "", 0, 0},
	} {
		text, limit, length, err := w.cut(x, test.kind, json.RawMessage(test.value))
		require.NoError(t, err)
		require.Equal(t, []int{test.limit, test.length}, []int{limit, length}, test.kind.plain)
		if length > 0 {
			require.Equal(t, test.text, text)
		}
	}
}

func TestDecoding(t *testing.T) {
	x := rows()
	d := decoder{tables: map[[2]string]*table{{"public", "t"}: x}}
	add := func(line string) *transaction {
		out, err := d.add([]byte(line))
		require.NoError(t, err)
		return out
	}
	add(`{"action":"S", "params": {"max_proto_version":"1"}}`)
	add(`{"action":"B", "has_catalog_changes":"f", "xid":"7", "first_lsn":"0/10", "commit_time":"2026-11-27 07:00:00.123456+00"}`)
	add(`{"action":"I","relation":["public","other"],"newtuple":{"id":1}}`)
	add(`{"action":"I","relation":["public","t"],"newtuple":{"id":1}}`)
	add(`{"action":"I","relation":["pglogical","queue"],"newtuple":{"message_type":"T","message":{"schema_name":"public","table_name":"t"}}}`)
	add(`{"action":"I","relation":["pglogical","queue"],"newtuple":{"message_type":"Q","message":"select 1"}}`)
	tx := add(`{"action":"C", "final_lsn":"0/20", "end_lsn":"1/30"}`)
	require.Equal(t, []change{{kind: 'I', table: x, row: tupleOf(t, `{"id":1}`)}, {kind: 'T', table: x}}, tx.changes)
	require.Equal(t, time.Date(2026, 11, 27, 7, 0, 0, 123456000, time.UTC), tx.at)
	require.Equal(t, "1/30", tx.end.String())
	_, err := d.add([]byte(`{"action":"D","relation":["public","t"],"oldtuple":{"id":1}}`))
	require.ErrorContains(t, err, "outside of a transaction")
	_, err = d.add([]byte(`{"action":"I","relation":["public","a"b"]}`))
	require.ErrorContains(t, err, "a name with a double quote?")
}
