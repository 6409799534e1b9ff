package planner

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// withLOB adds a text whose largest value has so many bytes; -1: not known.
func withLOB(t analyze.Table, name string, bytes int64) analyze.Table {
	c := column(len(t.Columns)+1, name, "text")
	c.LOBMax = &analyze.LOBMax{Bytes: &bytes, Method: "exact"}
	if bytes < 0 {
		c.LOBMax = &analyze.LOBMax{Method: "skipped"}
	}
	t.Columns = append(t.Columns, c)
	return t
}

func withVarchar(t analyze.Table, name string, bytes int64) analyze.Table {
	c := analyze.Column{Name: name, Number: len(t.Columns) + 1, Type: "character varying", BaseType: "varchar", TypeKind: "base", LOB: analyze.UnboundedVarchar}
	if bytes >= 0 {
		c.LOBMax = &analyze.LOBMax{Bytes: &bytes, Method: "exact"}
	}
	t.Columns = append(t.Columns, c)
	return t
}

func withGenerated(t analyze.Table, name string) analyze.Table {
	c := column(len(t.Columns)+1, name, "bigint")
	c.Generated = "stored"
	t.Columns = append(t.Columns, c)
	return t
}

func bare(n string) analyze.Table {
	t := plain(n, 1<<20)
	t.Columns = t.Columns[:1]
	return t
}

// percent renames a table to a%.
func percent(t analyze.Table) analyze.Table {
	t.Name.Name = "a%"
	t.Indexes[0].Definition = `CREATE UNIQUE INDEX a_pkey ON public."a%" USING btree (id)`
	return t
}

func makeOne(t *testing.T, change func(*Options), tables ...analyze.Table) Plan {
	t.Helper()
	o := Defaults()
	o.Slots.Count = 1
	if change != nil {
		change(&o)
	}
	p, err := Make(inventory(tables...), o, nil)
	require.NoError(t, err)
	require.Len(t, p.DMS.Tasks, len(p.Groups))
	return p
}

func TestLOBsOfATask(t *testing.T) {
	truncate := func(names ...string) func(*Options) { return func(o *Options) { o.LOB.Truncate = names } }
	for what, x := range map[string]struct {
		change    func(*Options)
		tables    []analyze.Table
		kb        int
		unlimited []string
		fail      bool
		batch     bool
		reason    string
	}{
		"nothing but the marker":                {nil, []analyze.Table{bare("a")}, 32, nil, true, true, "Only the marker"},
		"small ones leave the default":          {nil, []analyze.Table{withLOB(bare("a"), "x", 100)}, 32, nil, true, true, "public.a.x"},
		"the largest of all decides":            {nil, []analyze.Table{withLOB(bare("a"), "x", 100_000), withLOB(bare("b"), "y", 200_000)}, 592, nil, true, true, "public.b.y"}, // 600000 bytes are 585.9 kB
		"as large as can be limited":            {nil, []analyze.Table{withLOB(bare("a"), "x", hazard.MaxLOBBytes/3)}, 102400, nil, true, true, "public.a.x"},
		"larger than can be limited":            {nil, []analyze.Table{withLOB(bare("a"), "x", hazard.MaxLOBBytes/3+1), withLOB(bare("b"), "y", 50_000)}, 152, []string{"public.a"}, true, false, "public.b.y"},
		"of unknown size":                       {nil, []analyze.Table{withLOB(bare("a"), "x", -1)}, 32, []string{"public.a"}, true, false, "No LOB of the group"},
		"of unknown size, with a % in its name": {nil, []analyze.Table{withLOB(percent(bare("a")), "x", -1)}, 102400, nil, true, false, `No rule of a mapping can leave the LOBs of public."a%" unlimited`},
		"a % where nothing is unlimited":        {nil, []analyze.Table{withLOB(percent(bare("a")), "x", 100_000)}, 296, nil, true, true, `public."a%".x`},
		"cut where that is accepted":            {truncate("public.a"), []analyze.Table{withLOB(bare("a"), "x", 1<<30)}, 64, nil, false, true, "public.a.x"},
		"cut, of unknown size":                  {truncate("public.a"), []analyze.Table{withLOB(bare("a"), "x", -1)}, 32, nil, false, true, "public.a.x"},
		"one may be cut, and so the others":     {truncate("public.a"), []analyze.Table{withLOB(bare("a"), "x", 1<<30), withLOB(bare("b"), "y", 100_000)}, 296, nil, false, true, "public.b.y"},
		"a margin of its own":                   {func(o *Options) { o.LOB.Margin = 3 }, []analyze.Table{withLOB(bare("a"), "x", 100_000)}, 592, nil, true, true, "margin of 3"},
		"a margin of one table":                 {func(o *Options) { o.LOB.Margins = map[string]float64{"public.a": 9} }, []analyze.Table{withLOB(bare("a"), "x", 100_000), withLOB(bare("b"), "y", 200_000)}, 1760, nil, true, true, "public.a.x needs the most: twice its largest value, because AWS DMS counts characters of two bytes, times the margin of 9"},
		"a margin beyond any limit":             {func(o *Options) { o.LOB.Margins = map[string]float64{"public.a": 1e6} }, []analyze.Table{withLOB(bare("a"), "x", 100_000), withLOB(bare("b"), "y", 200_000)}, 592, []string{"public.a"}, true, false, "public.b.y"},
		"generated columns do not travel":       {nil, []analyze.Table{withGenerated(bare("a"), "g")}, 32, nil, true, true, "Only the marker"},
		"unique keys keep changes from batches": {nil, []analyze.Table{withUnique(plain("a", 1<<20))}, 32, nil, true, false, "public.a.note"},
		"a table without a key too":             {nil, []analyze.Table{withoutKey(plain("a", 1<<20)), plain("b", 1<<20)}, 32, nil, true, false, "public.a.note"},
	} {
		t.Run(what, func(t *testing.T) {
			p := makeOne(t, x.change, x.tables...)
			got := p.DMS.Tasks[0]
			require.Equal(t, x.kb, got.LOBMaxKB)
			var unlimited []string
			for _, n := range got.Unlimited {
				unlimited = append(unlimited, n.Name.String())
				require.NotEmpty(t, n.Reason)
			}
			require.Equal(t, x.unlimited, unlimited)
			require.Equal(t, x.fail, got.FailOnTruncation, got.TruncationReason)
			require.Equal(t, x.batch, p.Groups[0].BatchApply, p.Groups[0].BatchReason)
			require.Contains(t, got.LOBReason, strings.ReplaceAll(x.reason, "public.a.note", "public."))
		})
	}
}

func TestAcceptedTruncationReachesTheWholeSlot(t *testing.T) {
	tables := []analyze.Table{withLOB(bare("a"), "x", 1<<30), withLOB(bare("b"), "y", 100)}
	found := func(change func(*Options)) bool {
		p := makeOne(t, change, tables...)
		for _, f := range p.Findings {
			if f.Code == "TY123" {
				return true
			}
		}
		return false
	}
	require.True(t, found(func(o *Options) { o.LOB.Truncate = []string{"public.a"} }))
	require.False(t, found(func(o *Options) { o.LOB.Truncate = []string{"public.a", "public.b"} }))
	require.False(t, found(func(o *Options) {
		o.LOB.Truncate, o.Slots.Count, o.Slots.Apart = []string{"public.a"}, 2, [][]string{{"public.a", "public.b"}}
	}))
}

func TestVarcharsWithoutALength(t *testing.T) {
	for what, x := range map[string]struct {
		table analyze.Table
		bytes int
	}{
		"none":                   {bare("a"), 0},
		"shorter than default":   {withVarchar(bare("a"), "v", 10), 8000},
		"of unknown size":        {withVarchar(bare("a"), "v", -1), 10_485_760},
		"longer":                 {withVarchar(withVarchar(bare("a"), "v", 10), "w", 100_000), 300_000},
		"longer than DMS takes":  {withVarchar(bare("a"), "v", 1<<30), 10_485_760},
		"known and unknown ones": {withVarchar(withVarchar(bare("a"), "v", 100_000), "w", -1), 10_485_760},
	} {
		require.Equal(t, x.bytes, makeOne(t, nil, x.table).DMS.Tasks[0].VarcharMaxBytes, what)
	}
}

// A rule of a mapping that leaves a generated column out must take no other column with it.
func TestGeneratedColumnsAreLeftOutAlone(t *testing.T) {
	reached := func(tables ...analyze.Table) string {
		for _, f := range makeOne(t, nil, tables...).Findings {
			if f.Code == "TY124" {
				return f.Detail
			}
		}
		return ""
	}
	quoted := func(t analyze.Table) analyze.Table { // as the catalog prints a name with a capital or a percent sign
		t.Indexes[0].Definition = "CREATE UNIQUE INDEX " + analyze.Ident(t.Indexes[0].Name) + " ON " + t.Name.SQL() + " USING btree (id)"
		return t
	}
	twin := func(n, c string) analyze.Table {
		x := quoted(bare(n))
		x.Columns = append(x.Columns, column(2, c, "bigint"))
		return x
	}
	require.Contains(t, reached(withGenerated(bare("order_items"), "total"), twin("orderXitems", "total")), `public."orderXitems".total`)
	require.Contains(t, reached(withGenerated(twin("a", "fullXname"), "full_name")), `public.a."fullXname"`)
	require.Contains(t, reached(withGenerated(quoted(bare("t%")), "total"), twin("tables", "total")), `public.tables.total`)
	require.Empty(t, reached(withGenerated(bare("order_items"), "total"), withGenerated(quoted(bare("orderXitems")), "total")), "generated as well")
	require.Empty(t, reached(withGenerated(bare("order_items"), "total"), twin("orderXitems", "sum")))
	require.Empty(t, reached(withGenerated(bare("orders"), "total"), twin("ordersX", "total")))

	// The target computes both kinds, and takes a value for neither.
	for _, kind := range []string{"stored", "virtual"} {
		table := withGenerated(bare("a"), "g")
		table.Columns[len(table.Columns)-1].Generated = kind
		require.Equal(t, []analyze.ColumnRef{{Table: name("a"), Column: "g"}}, makeOne(t, nil, table).DMS.Tasks[0].Removed, kind)
	}
}

func TestLike(t *testing.T) {
	for _, x := range []struct {
		text, pattern string
		want          bool
	}{
		{"", "", true}, {"a", "", false}, {"", "%", true}, {"", "_", false}, {"ab", "a_", true}, {"ab", "_", false}, {"axxb", "a%b", true},
		{"axxbc", "a%b", false}, {"aab", "%ab", true}, {"äb", "_b", true}, {"abc", "%%c", true}, {"abc", "abc", true}, {"abc", "ab", false},
	} {
		require.Equal(t, x.want, like(x.text, x.pattern), "%q like %q", x.text, x.pattern)
	}
}

func TestReplicationInstance(t *testing.T) {
	tables := func(n int) []analyze.Table {
		var out []analyze.Table
		for _, s := range strings.Split("abcdefghijklmnopqrstuvwxyz", "")[:n] {
			out = append(out, withRate(bare(s), 1))
		}
		return out
	}
	slots := func(n int) func(*Options) { return func(o *Options) { o.Slots.Count = n } }
	for _, x := range []struct {
		change func(*Options)
		tables []analyze.Table
		class  string
	}{
		{slots(1), tables(1), "dms.r6i.large"},
		{slots(3), tables(3), "dms.r6i.xlarge"},
		{slots(20), tables(20), "dms.r6i.8xlarge"},
		{slots(1), []analyze.Table{withLOB(withLOB(bare("a"), "x", hazard.MaxLOBBytes/3), "y", 1)}, "dms.r6i.xlarge"}, // 200 values of 100 MB, and the rest
		{func(o *Options) { o.CDC.InstanceClass = "dms.c6i.large" }, tables(3), "dms.c6i.large"},
	} {
		require.Equal(t, x.class, makeOne(t, x.change, x.tables...).DMS.Instance.Class)
	}

	storage := func(change func(*Options)) int { return makeOne(t, change, tables(1)...).DMS.Instance.StorageGB }
	rate := func(n int64) func(*Options) { return func(o *Options) { o.WAL.BytesPerSecond = &n } }
	require.Equal(t, 100, storage(rate(1)))
	require.Equal(t, 6144, storage(rate(1e10)))
	middle := storage(rate(20e6))
	require.Greater(t, middle, 100)
	require.Less(t, middle, 1000)
	require.Equal(t, 777, storage(func(o *Options) { o.CDC.StorageGB = 777 }))

	// Where no class is large enough, no disk is, or nobody knows, the reason says so.
	full := make([]analyze.Table, 0, 20)
	for _, x := range tables(20) {
		for _, c := range []string{"x", "y", "z", "u", "v", "w"} {
			x = withLOB(x, c, hazard.MaxLOBBytes/3)
		}
		full = append(full, x)
	}
	largest := makeOne(t, slots(20), full...).DMS.Instance
	require.Equal(t, "dms.r6i.32xlarge", largest.Class)
	require.Contains(t, largest.ClassReason, "no class has that much")
	require.Contains(t, makeOne(t, rate(1e10), tables(1)...).DMS.Instance.StorageReason, "No instance has the ")
	inv := inventory(tables(1)...)
	inv.Sample = nil
	p, err := Make(inv, Defaults(), nil)
	require.NoError(t, err)
	require.Equal(t, 100, p.DMS.Instance.StorageGB)
	require.Contains(t, p.DMS.Instance.StorageReason, "is not known, so this is a guess")

	version := func(num int, change func(*Options)) (string, error) {
		inv := inventory(tables(1)...)
		inv.Server.VersionNum = num
		o := Defaults()
		if change != nil {
			change(&o)
		}
		p, err := Make(inv, o, nil)
		return p.DMS.Instance.EngineVersion, err
	}
	for num, want := range map[int]string{90624: "3.5.4", 160010: "3.5.4", 170006: "3.6.1", 180001: "3.6.1"} {
		got, err := version(num, nil)
		require.NoError(t, err)
		require.Equal(t, want, got, num)
	}
	got, err := version(160010, func(o *Options) { o.CDC.EngineVersion = "3.10.0" })
	require.NoError(t, err)
	require.Equal(t, "3.10.0", got)
	_, err = version(170006, func(o *Options) { o.CDC.EngineVersion = "3.5.4" })
	require.ErrorContains(t, err, "cdc.engine_version: 3.5.4 does not read a source of version 17")
}

func TestNamesInAWS(t *testing.T) {
	for database, want := range map[string]string{
		"shop": "shop", "Shop_Prod": "shop-prod", "__a..b__": "a-b", "9lives": "db-9lives", "мир": "db", "a very long name of a database": "a-very-long-name-of", "x' $(id)": "x-id",
	} {
		got := awsNameOf(database)
		require.Equal(t, want, got, database)
		require.Regexp(t, awsName, got)
		require.LessOrEqual(t, len(got), maxAWSName)
	}
	p := makeOne(t, func(o *Options) { o.Slots.Prefix = "__the__slot_" }, bare("a"))
	require.Equal(t, "shop-the-slot-01", p.DMS.Tasks[0].Identifier)
	require.Equal(t, "shop-source-01", p.DMS.Tasks[0].Endpoint)
}

func TestOptionsOfChangeDataCapture(t *testing.T) {
	for what, change := range map[string]func(*CDCOptions){
		"cdc.format":            func(o *CDCOptions) { o.Format = "pulumi" },
		"cdc.name":              func(o *CDCOptions) { o.Name = "a--b" },
		"cdc.name: \"a2345":     func(o *CDCOptions) { o.Name = "a23456789012345678901" },
		"cdc.engine_version":    func(o *CDCOptions) { o.EngineVersion = "3.5" },
		"cdc.engine_version: v": func(o *CDCOptions) { o.EngineVersion = "3.5.3" },
		"cdc.instance_class":    func(o *CDCOptions) { o.InstanceClass = "r6i.large" },
		"cdc.storage_gb":        func(o *CDCOptions) { o.StorageGB = 6145 },
		"cdc.on_error":          func(o *CDCOptions) { o.OnError = "" },
		"cdc.control_schema":    func(o *CDCOptions) { o.ControlSchema = "public" },
		"cdc.ssl":               func(o *CDCOptions) { o.SSL = "none" },
		"cdc.source_attributes": func(o *CDCOptions) { o.SourceAttributes = "a=1; b=2" },
		"cdc.source_attributes: SLOTNAME is not to be set here: each source endpoint": func(o *CDCOptions) { o.SourceAttributes = "trimSpaceInChar=false;SLOTNAME=x" },
		"cdc.source_attributes: heartbeatFrequency is not to be":                      func(o *CDCOptions) { o.SourceAttributes = "heartbeatFrequency=1" },
		"cdc.target_attributes: AfterConnectScript is not to be":                      func(o *CDCOptions) { o.TargetAttributes = "AfterConnectScript=SELECT" },
		"cdc.target_attributes: loadusingcsv is there twice":                          func(o *CDCOptions) { o.TargetAttributes = "loadUsingCSV=true;loadusingcsv=false;" },
		"cdc.start_interval_se": func(o *CDCOptions) { o.StartIntervalSeconds = -1 },
	} {
		o := Defaults()
		change(&o.CDC)
		_, err := Make(inventory(bare("a")), o, nil)
		require.ErrorContains(t, err, what)
		require.ErrorAs(t, err, new(*OptionError))
	}
	inv := inventory(bare("a"))
	inv.Schemas = append(inv.Schemas, analyze.Schema{Name: "awsdms_control", Owner: "app", Usage: true})
	_, err := Make(inv, Defaults(), nil)
	require.ErrorContains(t, err, "cdc.control_schema: the source has a schema awsdms_control")
}

// A plan whose part for AWS DMS does not fit the rest is refused, with the place.
func TestValidateDMS(t *testing.T) {
	for where, spoil := range map[string]func(*Plan){
		"dms.tasks: there is none":  func(p *Plan) { p.DMS.Tasks = nil },
		"dms.tasks: there are":      func(p *Plan) { p.DMS.Tasks = append(p.DMS.Tasks, p.DMS.Tasks[0]) },
		"dms.name":                  func(p *Plan) { p.DMS.Name = "Shop" },
		"dms.instance":              func(p *Plan) { p.DMS.Instance.Class = "large" },
		"is of group 2":             func(p *Plan) { p.DMS.Tasks[0].Group = 2 },
		"cannot be an identifier":   func(p *Plan) { p.DMS.Tasks[0].Identifier = "dms_slot_01" },
		"LOBs of 102401 kB":         func(p *Plan) { p.DMS.Tasks[0].LOBMaxKB = 102401 },
		"batches take limited LOBs": func(p *Plan) { p.DMS.Tasks[0].Unlimited = []DMSTable{{Name: name("a")}} },
		"public.b is not in its":    func(p *Plan) { p.Groups[0].BatchApply, p.DMS.Tasks[0].Unlimited = false, []DMSTable{{Name: name("b")}} },
		"public.c is not in its":    func(p *Plan) { p.DMS.Tasks[0].Removed = []analyze.ColumnRef{{Table: name("c"), Column: "x"}} },
		"\"shop-source-02\" is there": func(p *Plan) {
			p.DMS.Tasks[1].Identifier, p.DMS.Tasks[0].Identifier = "shop-source-02", "shop-source-02"
		},
	} {
		p := makeOne(t, func(o *Options) { o.Slots.Count = 2 }, withRate(bare("a"), 2), withRate(bare("b"), 1))
		spoil(&p)
		require.ErrorContains(t, p.Validate(), where)
	}
}
