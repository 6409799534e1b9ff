package planner

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
)

// Plans edited into nonsense. Each edit is one that somebody could make by hand, and the error has to say where it is.
func TestEditedPlansAreRefused(t *testing.T) {
	inv := inventory(append(partitioned(), withUnique(plain("users", 1<<30)), plain("a", 10), references(plain("b", 10), "a"))...)
	inv.Sequences = []analyze.Sequence{{Name: name("a_id_seq"), Minimum: 1, Maximum: 100, Increment: 1, LastValue: ptr(int64(5))}}
	sound := plan(t, inv, func(o *Options) { o.Slots.Count, o.Load.SplitBytes = 2, 300<<20 })
	text := encoded(t, sound)
	for want, edit := range map[string]func(p *Plan){
		"inventory: \"abc\" is not the SHA-256": func(p *Plan) { p.Inventory = "abc" },
		"source.version_num: 90400":             func(p *Plan) { p.Source.VersionNum = 90400 },
		"source.database: is empty":             func(p *Plan) { p.Source.Database = "" },
		"options: configuration: load.workers":  func(p *Plan) { p.Options.Load.Workers = -1 },
		"names.node: \"Node; drop\" is not":     func(p *Plan) { p.Names.Node = "Node; drop" },
		"names.schema: is \"other\"":            func(p *Plan) { p.Names.Schema = "other" },

		"tables[1] (public.b): is not behind public.c":             func(p *Plan) { p.Tables[0].Name.Name = "c" },
		"tables[0] (public.a): unknown handling \"copy\"":          func(p *Plan) { p.Tables[0].Handling = "copy" },
		"tables[0] (public.a): updates and deletes cannot":         func(p *Plan) { p.Tables[0].Key = nil },
		"tables[0] (public.a): handling \"replicate\" does not go": func(p *Plan) { p.Tables[0].Group = 0 },
		"tables[2] (public.events): a partitioned table holds no":  func(p *Plan) { p.Tables[2].Handling = Replicate },
		"tables[0] (public.a): column \"id\" is empty, too long":   func(p *Plan) { p.Tables[0].Columns[1].Name = "id" },
		"tables[0] (public.a): a size or rate is negative":         func(p *Plan) { p.Tables[0].Bytes = -1 },

		"groups[1] (dms_slot_02): its number is 3":                    func(p *Plan) { p.Groups[1].Number = 3 },
		"\"Slot-1\" cannot be a slot":                                 func(p *Plan) { p.Groups[0].Slot = "Slot-1" },
		"its names collide with those of group 1":                     func(p *Plan) { p.Groups[1].Slot, p.Groups[1].UpdateSet = "dms_slot_01", "dms_slot_01" },
		"its sets must be named \"dms_slot_01\" and \"idms_slot_01\"": func(p *Plan) { p.Groups[0].InsertSet = "inserts" },
		"its marker table must be pgcutover.marker_dms_slot_01":       func(p *Plan) { p.Groups[0].Marker.Name = "marker" },
		"groups[0] (dms_slot_01): has no tables":                      func(p *Plan) { p.Groups[0].Tables = nil },
		"says that it is in group":                                    func(p *Plan) { p.Groups[0].Tables, p.Groups[1].Tables = p.Groups[1].Tables, p.Groups[0].Tables },
		"must not be applied in batches":                              func(p *Plan) { p.Groups[0].BatchApply, p.Groups[1].BatchApply = true, true },
		"balance.groups: is 7":                                        func(p *Plan) { p.Balance.Groups = 7 },
		"bytes, it says 1":                                            func(p *Plan) { p.Groups[0].Bytes = 1 },

		"items[1]: its id is 9":      func(p *Plan) { p.Items[1].ID = 9 },
		"items[0]: has no tables":    func(p *Plan) { p.Items[0].Tables = nil },
		"items: none loads public.a": func(p *Plan) { dropItem(p, "a") },
		"is loaded by item": func(p *Plan) {
			p.Items = append(p.Items, Item{ID: len(p.Items) + 1, Tables: []analyze.Name{name("a")}, Bytes: 10})
		},
		"items[0]: public.events is not to be copied: structure only": func(p *Plan) { p.Items[0].Tables[0] = name("events") },
		"begins at \"40000\", the part before it ends at":             func(p *Plan) { ranged(p, 2).From = Bound{ptr("40000")} },
		"only the first part begins and only the last ends open":      func(p *Plan) { ranged(p, 2).From = nil },
		"is part 2 of 9":                func(p *Plan) { ranged(p, 2).Of = 9 },
		"is cut by something else":      func(p *Plan) { ranged(p, 2).By = "key" },
		"is not a block number":         func(p *Plan) { *ranged(p, 1).To[0], *ranged(p, 2).From[0] = "1; drop", "1; drop" },
		"is not behind its beginning":   func(p *Plan) { *ranged(p, 2).To[0], *ranged(p, 3).From[0] = "7", "7" },
		"ranges by tid need version 14": func(p *Plan) { p.Source.VersionNum = 130016 },
		"the table has 1073741824":      func(p *Plan) { p.Items[0].Bytes-- },

		"its id is 999: builds are numbered on":       func(p *Plan) { p.Builds[0].ID = 999 },
		"it needs 999: work needs only":               func(p *Plan) { p.Builds[0].Needs = append(p.Builds[0].Needs, 999) },
		"it does not wait for item":                   func(p *Plan) { p.Builds[0].Needs = nil },
		"is not among the tables that will exist":     func(p *Plan) { p.Builds[0].Table.Name = "nope" },
		"unknown kind \"drop\"":                       func(p *Plan) { p.Builds[0].Kind = "drop" },
		"foreign keys wait for the cutover":           func(p *Plan) { build(p, BuildConstraint).Constraint.Kind = analyze.ForeignKey },
		"a constraint needs its spec":                 func(p *Plan) { build(p, BuildConstraint).Constraint = nil },
		"a build has a name and a definition":         func(p *Plan) { p.Builds[0].Definition = "" },
		"is not partitioned":                          func(p *Plan) { build(p, BuildAttach).Table = name("a") },
		"its definition makes index":                  func(p *Plan) { build(p, BuildIndex).Name = "other" },
		"it has ';' outside of quotes":                func(p *Plan) { build(p, BuildIndex).Definition += "; DROP TABLE public.a" },
		`it has '\\' outside of quotes`:               func(p *Plan) { build(p, BuildIndex).Definition += "\n\\! reboot" },
		"it has a comment":                            func(p *Plan) { build(p, BuildIndex).Definition += " --" },
		"it has an open quote":                        func(p *Plan) { build(p, BuildIndex).Definition += ` WHERE (a = 'it''s` },
		"a comma in it would begin another action":    func(p *Plan) { build(p, BuildConstraint).Definition += ", DROP COLUMN id" },
		"its definition is not that of a primary key": func(p *Plan) { build(p, BuildConstraint).Definition = "CHECK (true)" },
		"its definition is not that of a foreign key": func(p *Plan) { p.Deferred[0].Definition = "CHECK (true)" },
		"its parentheses do not match":                func(p *Plan) { p.Deferred[0].Definition += ")" },
		"(events_2026_note_idx): \"\" is not a name":  func(p *Plan) { build(p, BuildAttach).Attach[0].Name = "" },
		"its time column at is not among": func(p *Plan) {
			p.Tables[0].Columns = append(p.Tables[0].Columns, Column{"at", "date); DROP TABLE a; --"})
			p.Tables[0].TimeColumn = "at"
		},
		"its root public.nope is not among": func(p *Plan) { p.Tables[0].Root = ptr(name("nope")) },
		"source.managed: \"x; reboot\"":     func(p *Plan) { p.Source.Managed = "x; reboot" },
		"its time column nope is not among": func(p *Plan) { p.Tables[0].TimeColumn = "nope" },
		"a range by tid has no key": func(p *Plan) {
			for i := range p.Items {
				if p.Items[i].Range != nil {
					p.Items[i].Range.Key = []KeyColumn{{"id", "bigint"}}
				}
			}
		},
		"deferred[0] (b_a_fkey): has no definition": func(p *Plan) { p.Deferred[0].Constraint = nil },
		"deferred[0] (b_a_fkey): unknown kind":      func(p *Plan) { p.Deferred[0].Kind = "view" },
		"a foreign key does not come behind a trigger": func(p *Plan) {
			p.Deferred = append([]Deferred{{Kind: DeferTrigger, Table: name("a"), Name: "x", Definition: "x"}}, p.Deferred...)
		},
		"relaxed[0] (public.a): column id belongs to the key": func(p *Plan) { p.Relaxed = []NotNull{{Table: name("a"), Column: "id"}} },
		"settings[0]: unknown server \"moon\"":                func(p *Plan) { p.Settings = []SettingChange{{On: "moon", Name: "x"}} },
		"settings[0]: \"x y\" is not the name":                func(p *Plan) { p.Settings = []SettingChange{{On: OnSource, Name: "x y"}} },
		"\"SUPERUSER\" is not an attribute":                   func(p *Plan) { p.Roles = []Role{{Name: "r", Attributes: []string{"SUPERUSER"}}} },
		"extensions[1]: \"a\" is empty or there twice":        func(p *Plan) { p.Extensions = []Extension{{Name: "a"}, {Name: "a"}} },
		"schemas[0]: \"pglogical\" is empty, not":             func(p *Plan) { p.Schemas[0] = "pglogical" },
		"sequences[0] (public.a_id_seq): increment 0":         func(p *Plan) { p.Sequences[0].Increment = 0 },
		"findings[0]: unknown severity \"meh\"":               func(p *Plan) { p.Findings[0].Severity = "meh" },
		"findings[0]: \"x\" is not a code":                    func(p *Plan) { p.Findings[0].Code = "x" },
	} {
		var p Plan
		require.NoError(t, json.Unmarshal([]byte(text), &p))
		edit(&p)
		var b bytes.Buffer
		require.NoError(t, p.Encode(&b))
		_, err := Decode(&b)
		require.ErrorContains(t, err, want)
	}
}

func dropItem(p *Plan, table string) {
	for i := range p.Items {
		for j, n := range p.Items[i].Tables {
			if n.Name == table {
				p.Items[i].Tables = append(p.Items[i].Tables[:j:j], p.Items[i].Tables[j+1:]...)
				p.Items[i].Bytes -= 10
				return
			}
		}
	}
}

func ranged(p *Plan, part int) *Range {
	for i := range p.Items {
		if r := p.Items[i].Range; r != nil && r.Part == part {
			return r
		}
	}
	panic("no such part")
}

func build(p *Plan, kind BuildKind) *Build {
	for i := range p.Builds {
		if p.Builds[i].Kind == kind {
			return &p.Builds[i]
		}
	}
	panic("no such build")
}

func TestAPlanWithoutOneOfItsPartsIsRefused(t *testing.T) {
	text := encoded(t, plan(t, inventory(plain("a", 10))))
	for _, part := range []string{"sequences", "relaxed", "deferred", "structure", "builds"} {
		for _, edit := range []func(map[string]any){
			func(m map[string]any) { delete(m, part) },
			func(m map[string]any) { m[part] = nil },
		} {
			var m map[string]any
			require.NoError(t, json.Unmarshal([]byte(text), &m))
			edit(m)
			b, err := json.Marshal(m)
			require.NoError(t, err)
			_, err = Decode(bytes.NewReader(b))
			require.ErrorContains(t, err, `it has no "`+part+`"`)
		}
		var p Plan
		require.NoError(t, json.Unmarshal([]byte(text), &p))
		reflect.ValueOf(&p).Elem().FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, part) }).SetZero()
		_, err := Decode(strings.NewReader(encoded(t, p)))
		require.ErrorContains(t, err, `it has no "`+part+`"`, "although it is written as plans are")
	}
}

func TestDecodeRefusesOtherFiles(t *testing.T) {
	for input, want := range map[string]string{
		"":                           "the file is empty",
		"{}":                         `no "format": is this a pgcutover plan?`,
		`{"format": 7}`:              "format 7 is newer",
		`{"format": 1, "items": [`:   "the file ends too early",
		`{"format": 1, "itemz": []}`: `unknown field "itemz"`,
		`{"format": 1}`:              `it has no "inventory"`,
	} {
		_, err := Decode(strings.NewReader(input))
		require.ErrorContains(t, err, want)
	}
}

// The type of a range goes into a cast, and so does whatever somebody adds to it.
func TestEditedRangesByKeyAreRefused(t *testing.T) {
	sound := func(typ string, bounds ...string) error {
		v := validator{plan: &Plan{Source: Source{VersionNum: 90624}}}
		table := Table{Name: name("a"), Columns: []Column{{Name: "id"}}, Bytes: int64(len(bounds) + 1)}
		var at []int
		for i := range len(bounds) + 1 {
			r := &Range{Part: i + 1, Of: len(bounds) + 1, By: ByKey, Key: []KeyColumn{{"id", typ}}}
			if i > 0 {
				r.From = Bound{&bounds[i-1]}
			}
			if i < len(bounds) {
				r.To = Bound{&bounds[i]}
			}
			v.plan.Items = append(v.plan.Items, Item{ID: i + 1, Tables: []analyze.Name{table.Name}, Range: r, Bytes: 1})
			at = append(at, i)
		}
		return v.rangesHold(&table, at)
	}
	for typ, bounds := range map[string][]string{
		"smallint": {"-32768", "9", "10", "32767"}, "integer": {"-2147483648", "2147483647"}, "bigint": {"-9223372036854775808", "9", "10", "9223372036854775807"},
		"oid": {"0", "9", "4294967295"}, "numeric": {"-1.5", "-1.05", "9", "10.000000000000000000001", "NaN"},
		"real": {"-Infinity", "-1e-10", "0", "9", "1e+10", "Infinity", "NaN"}, "double precision": {"-Infinity", "-1e-300", "0", "0.1", "0.30000000000000004"},
		"text": {"10", "9", "the server sorts them"}, "bpchar": {"b", "a"},
		"uuid":                        {"00000000-0000-0000-0000-000000000000", "a0000000-0000-0000-0000-000000000000"},
		"date":                        {"-infinity", "4713-01-01 BC", "0044-03-15 BC", "0001-01-01", "2026-01-01", "10000-01-01", "5874897-12-31", "infinity"},
		"timestamp without time zone": {"-infinity", "0044-03-15 00:00:00 BC", "0044-03-15 00:00:01 BC", "2026-01-01 00:00:00", "infinity"},
		"timestamp with time zone":    {"-infinity", "0002-01-01 00:00:00+00 BC", "0001-01-01 00:00:00+00 BC", "2026-01-01 00:00:00+00", "2026-01-01 00:00:00.49+00", "2026-01-01 00:00:00.5+00", "294276-12-31 23:59:59.999999+00", "infinity"},
	} {
		require.NoError(t, sound(typ, bounds...), typ)
	}
	for _, typ := range []string{"bigint OR true", "bigint\n\\! reboot", "bigint; drop table a", "text COLLATE x", `"open`, "", "int8", "public.mood", "timestamp(3) with time zone"} {
		require.ErrorContains(t, sound(typ, "1", "2"), "not a type to cut by")
	}
	for typ, bounds := range map[string][]string{
		"bigint": {"10", "9"}, "text": {"a", "a"}, "date": {"2026-02-01", "2026-01-01"}, "numeric": {"1.0", "1.00"}, "real": {"-0", "0"}, "double precision": {"NaN", "1"},
		"uuid": {"b0000000-0000-0000-0000-000000000000", "a0000000-0000-0000-0000-000000000000"}, "timestamp without time zone": {"0044-03-15 00:00:00 BC", "0045-03-15 00:00:00 BC"},
		"timestamp with time zone": {"10000-01-01 00:00:00+00", "2026-01-01 00:00:00+00"},
	} {
		require.ErrorContains(t, sound(typ, bounds...), "not behind its beginning", typ)
	}
	for typ, bound := range map[string]string{
		"bigint": "9223372036854775808", "smallint": "32768", "integer": "+5", "oid": "-1", "numeric": "1e3", "real": "1e99", "double precision": "nan", "text": "\x00",
		"uuid": "A0000000-0000-0000-0000-000000000000", "date": "now", "timestamp without time zone": "2026-01-01 00:00:00+00", "timestamp with time zone": "2026-01-01 00:00:00+02",
	} {
		require.ErrorContains(t, sound(typ, bound), "a", typ)
	}
}

func TestDefinitionsOfTheCatalogPass(t *testing.T) {
	require.NoError(t, definesIndex(
		`CREATE UNIQUE INDEX "we""ird; \ --" ON public."T'x" USING btree (lower((a)::text), ((b -> 'x;\y'::text))) INCLUDE (c) WITH (fillfactor='70') WHERE (d = ANY (ARRAY['a,b'::text, '('::text]))`,
		`we"ird; \ --`, analyze.Name{Schema: "public", Name: "T'x"}))
	for s, kind := range map[string]analyze.ConstraintKind{
		"PRIMARY KEY (a, b) INCLUDE (c) DEFERRABLE INITIALLY DEFERRED":                            analyze.PrimaryKey,
		"UNIQUE NULLS NOT DISTINCT (a)":                                                           analyze.UniqueKey,
		`CHECK (((a)::text ~ E'\\''(;'::text) AND (b[1:2] = '{}'::int[]))`:                        analyze.Check,
		"EXCLUDE USING gist (a WITH =, b WITH &&) WHERE ((c > '-5'::integer))":                    analyze.Exclusion,
		`FOREIGN KEY (a, b) REFERENCES "S;".t(a, b) MATCH FULL ON DELETE SET NULL (a) DEFERRABLE`: analyze.ForeignKey,
	} {
		require.NoError(t, definesConstraint(s, kind), s)
	}
}

// The grammar of what pg_get_indexdef begins with, as an expression: too slow for a hundred thousand indexes, and easier to trust.
func TestIndexNamesAreReadByTheGrammar(t *testing.T) {
	grammar := regexp.MustCompile(`^CREATE (?:UNIQUE )?INDEX ` + anyName + ` ON (?:ONLY )?` + anyName + `\.` + anyName + ` USING [a-z]`)
	plain := func(s string) string {
		if !strings.HasPrefix(s, `"`) {
			return s
		}
		return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
	}
	pieces := []string{"CREATE ", "UNIQUE ", "INDEX ", " ON ", "ONLY ", ".", " USING ", "btree (a)", "a", "_b9", "Größe", `"`, `""`, `"x y"`, `"a""b"`, `""""`, `"é`, "9", "A", "$", " ", "\n", "E'", ""}
	piece := rapid.SampledFrom(pieces)
	matched := 0
	rapid.Check(t, func(t *rapid.T) {
		// Mostly what has the right shape, with something else in places.
		var b strings.Builder
		for _, likely := range []string{"CREATE ", "UNIQUE ", "INDEX ", `"a""b"`, " ON ", "ONLY ", "s", ".", `"T x"`, " USING ", "btree (a)"} {
			if rapid.IntRange(0, 11).Draw(t, "other") > 0 {
				b.WriteString(likely)
			} else {
				b.WriteString(piece.Draw(t, "piece"))
			}
		}
		m := grammar.FindStringSubmatch(b.String())
		index, schema, table, ok := indexNames(b.String())
		require.Equal(t, m != nil, ok, "%q", b.String())
		if ok {
			require.Equal(t, []string{plain(m[1]), plain(m[2]), plain(m[3])}, []string{index, schema, table})
			matched++
		}
	})
	require.NotZero(t, matched)
}

// Where a plan's tables are said to be saves look-ups and decides nothing.
func TestWhatIsToldOfPositionsDoesNotMatter(t *testing.T) {
	p, err := Make(synthetic(40), Defaults(), nil)
	require.NoError(t, err)
	broken := p
	broken.Items = slices.Clone(p.Items)
	broken.Items[0].Tables = []analyze.Name{name("nowhere")}
	want := broken.decisionsHold(whereabouts{})
	require.ErrorContains(t, want, "not among the plan's tables")
	for _, at := range []int{0, 7, 39, 40, 1000} {
		wrong := slices.Repeat([]int{at}, 200)
		told := whereabouts{items: wrong, groups: [][]int{wrong, nil, wrong}, builds: wrong}
		require.NoError(t, p.decisionsHold(told))
		require.Equal(t, want, broken.decisionsHold(told))
	}
}
