package verify

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pgcutover/pgcutover/analyze"
	_ "github.com/pgcutover/pgcutover/golden/seed"
	"github.com/pgcutover/pgcutover/planner"
)

func TestNormalExpression(t *testing.T) {
	for reason, c := range map[string]struct {
		a, b string
		same bool
	}{
		"IN list over varchar, before and after a dump": {
			`((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`,
			`((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))`, true},
		"white space":          {`a   =  b`, `a = b`, true},
		"parentheses":          {`((a) > (1))`, `(a > 1)`, true},
		"after AND":            {`(a AND (b))`, `(a AND b)`, true},
		"other literal":        {`(a = 'x'::text)`, `(a = 'y'::text)`, false},
		"other operator":       {`(a >= 1)`, `(a > 1)`, false},
		"other column":         {`(a > 1)`, `(b > 1)`, false},
		"other case in a name": {`("A" > 1)`, `(a > 1)`, false},
		"cast that changes":    {`((a)::date > b)`, `(a > b)`, false},
		"cast with a length":   {`((a)::character varying(5) = b)`, `(a = b)`, false},
		"around everything":    {`(COALESCE(a, 'x'))`, `COALESCE(a, 'x')`, true},
		"two in a row":         {`(a)(b)`, `a)(b`, false},
		"quotes inside":        {`('it''s' = a)`, `('its' = a)`, false},
		"space in a literal":   {`(a = 'x  y')`, `(a = 'x y')`, false},
		"cast in a literal":    {`(a = '::text')`, `(a = '')`, false},
		"order of AND and OR":  {`((a OR b) AND c)`, `(a OR (b AND c))`, false},
		"call keeps its list":  {`f(a)`, `f a`, false},
		"argument in two":      {`f(a, b)`, `f(a)`, false},
		"default of a serial":  {`nextval('public.s'::regclass)`, `nextval('public.t'::regclass)`, false},
	} {
		require.Equal(t, c.same, normalExpression(c.a) == normalExpression(c.b), "%s: %s | %s", reason, normalExpression(c.a), normalExpression(c.b))
	}
}

func TestNormalExpressionIsStable(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "\"B c\"", "'x''y'", "(", ")", "[", "]", "::text", "::character varying", "::text[]", ",", " ", "=", "||", "AND", "ARRAY", "f", "é", "'", "\"", "::"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), "")
		once := normalExpression(text)
		if twice := normalExpression(once); twice != once {
			t.Fatalf("%q becomes %q, then %q", text, once, twice)
		}
		cutIndex(text)
		keyExpression(text)
	})
}

func TestCutIndex(t *testing.T) {
	d, ok := cutIndex(`CREATE UNIQUE INDEX "i x" ON ONLY public."T" USING btree (lower((email)::text) text_pattern_ops DESC, id, ((a || ','::text))) INCLUDE (b, c) NULLS NOT DISTINCT WITH (fillfactor='80') WHERE ((status)::text <> 'x (y'::text)`)
	require.True(t, ok)
	require.Equal(t, `CREATE UNIQUE INDEX "i x" ON public. "T" USING btree`, d.Head)
	require.Len(t, d.Keys, 3)
	require.Equal(t, `INCLUDE ( b , c ) NULLS NOT DISTINCT WITH ( fillfactor = '80' )`, d.Options)
	require.Contains(t, d.Predicate, "'x (y'")
	expression, rest := keyExpression(d.Keys[0])
	require.Equal(t, "lower ( ( email ) :: text )", expression)
	require.Equal(t, "text_pattern_ops DESC", rest)
	_, rest = keyExpression(`public.f(a) COLLATE "C"`)
	require.Equal(t, `COLLATE "C"`, rest)
	_, rest = keyExpression(`"S"."F"(a) DESC`)
	require.Equal(t, `DESC`, rest)
	for _, bad := range []string{"", "CREATE INDEX", "CREATE INDEX i ON t USING btree (a", "nonsense"} {
		_, ok := cutIndex(bad)
		require.False(t, ok, bad)
	}
}

// sides builds structures of one table, orders, the same on both sides until edited.
func sides(edit func(s *structures, source, target *analyze.Table)) *structures {
	table := func() analyze.Table {
		word := "'new'::character varying"
		return analyze.Table{
			Name: table1, Kind: analyze.Ordinary, ReplicaIdentity: "default",
			Columns: []analyze.Column{
				{Name: "id", Number: 1, Type: "bigint", NotNull: true},
				{Name: "note", Number: 2, Type: "text", NotNull: true, LOB: analyze.CLOB},
				{Name: "status", Number: 3, Type: "character varying(10)", Default: &word},
			},
			Indexes: []analyze.Index{
				{Name: "orders_pkey", Definition: "CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)", Unique: true, Primary: true, Immediate: true, Valid: true, Ready: true, Constraint: "orders_pkey", KeyColumns: []string{"id"}},
				{Name: "orders_status", Definition: "CREATE INDEX orders_status ON public.orders USING btree (status)", Immediate: true, Valid: true, Ready: true},
			},
			Constraints: []analyze.Constraint{
				{Name: "orders_pkey", Kind: analyze.PrimaryKey, Definition: "PRIMARY KEY (id)", Validated: true, Index: "orders_pkey"},
				{Name: "orders_check", Kind: analyze.Check, Definition: "CHECK ((id > 0))", Validated: true},
			},
		}
	}
	a, b := table(), table()
	s := &structures{Plan: planner.Plan{Schemas: []string{"public"}, Names: planner.Names{Schema: "pgcutover"}, Tables: []planner.Table{{Name: table1, Handling: planner.Replicate}}}}
	edit(s, &a, &b)
	s.Source.Tables, s.Target.Tables = append(s.Source.Tables, a), append(s.Target.Tables, b)
	return s
}

// atCutover has rows looked at after the switch, and the cutover at its end.
func atCutover(s *structures) {
	s.Plan.Options.Cutover.Validate = planner.ValidateAfter
	s.Final, s.After = true, true
}

// standIn has a column that may be NULL on the target, with a CHECK of the name that 74-constraints.sh gives.
func standIn(s *structures, b *analyze.Table, definition string) {
	atCutover(s)
	b.Columns[1].NotNull = false
	if definition != "" {
		b.Constraints = append(b.Constraints, analyze.Constraint{Name: planner.NotNullCheck(0), Kind: analyze.Check, Definition: definition})
	}
}

// unvalidated has a foreign key that the target has not validated.
func unvalidated(s *structures, a, b *analyze.Table, twoSteps bool) {
	atCutover(s)
	s.Plan.Deferred = []planner.Deferred{{Kind: planner.DeferForeignKey, Table: table1, Name: "fk", Validated: true, TwoSteps: twoSteps}}
	key := analyze.Constraint{Name: "fk", Kind: analyze.ForeignKey, Definition: "FOREIGN KEY (id) REFERENCES public.orders(id)", References: &table1, Validated: true}
	a.Constraints = append(a.Constraints, key)
	key.Validated, key.Definition = false, key.Definition+" NOT VALID"
	b.Constraints = append(b.Constraints, key)
}

func TestStructureJudges(t *testing.T) {
	relax := func(s *structures) {
		s.Plan.Relaxed = []planner.NotNull{{Table: table1, Column: "note"}}
	}
	extra := analyze.Index{Name: "late", Definition: "CREATE UNIQUE INDEX late ON public.orders USING btree (status)", Unique: true, Immediate: true, Valid: true, Ready: true}
	other := "'old'::character varying"
	for name, c := range map[string]struct {
		edit                          func(s *structures, source, target *analyze.Table)
		columns, constraints, indexes []string
		says                          string
	}{
		"equal":         {edit: func(*structures, *analyze.Table, *analyze.Table) {}},
		"table missing": {edit: func(_ *structures, _, b *analyze.Table) { b.Name = table2 }, columns: []string{"fail public.orders", "warn public.log"}},
		"table left out": {edit: func(s *structures, _, b *analyze.Table) {
			s.Plan.Tables[0].Handling = planner.LeftOut
			b.Columns = nil
			b.Indexes = nil
			b.Constraints = nil
		}, columns: []string{"skip"}},
		"unlogged":                 {edit: func(_ *structures, _, b *analyze.Table) { b.Unlogged = true }, columns: []string{"fail public.orders"}},
		"kind":                     {edit: func(_ *structures, _, b *analyze.Table) { b.Kind = analyze.Partitioned }, columns: []string{"fail public.orders"}},
		"type":                     {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[0].Type = "integer" }, columns: []string{"fail public.orders"}, says: "is bigint on the source, integer on the target"},
		"column missing":           {edit: func(_ *structures, _, b *analyze.Table) { b.Columns = b.Columns[:2] }, columns: []string{"fail public.orders"}, says: "column status is missing"},
		"column extra":             {edit: func(_ *structures, a, _ *analyze.Table) { a.Columns = a.Columns[:2] }, columns: []string{"fail public.orders"}, says: "on the target only"},
		"columns in another order": {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[0], b.Columns[1] = b.Columns[1], b.Columns[0] }, columns: []string{"warn public.orders"}},
		"column numbers":           {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[2].Number = 7 }},
		"not null dropped":         {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[1].NotNull = false }, columns: []string{"fail public.orders"}, says: "set not null"},
		"not null added":           {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[2].NotNull = true }, columns: []string{"fail public.orders"}},
		"relaxed as planned":       {edit: func(s *structures, _, b *analyze.Table) { relax(s); b.Columns[1].NotNull = false }},
		"not relaxed":              {edit: func(s *structures, _, _ *analyze.Table) { relax(s) }, columns: []string{"fail public.orders"}, says: "until the cutover"},
		"not null after the switch": {edit: func(s *structures, _, b *analyze.Table) {
			relax(s)
			standIn(s, b, "CHECK ((note IS NOT NULL)) NOT VALID")
		}, columns: []string{"warn public.orders"}, says: "79-validate.sh"},
		"not null after the switch of a composite value": {edit: func(s *structures, _, b *analyze.Table) {
			relax(s)
			standIn(s, b, "CHECK ((note IS DISTINCT FROM NULL)) NOT VALID")
		}, columns: []string{"warn public.orders"}},
		"another check for not null": {edit: func(s *structures, _, b *analyze.Table) {
			relax(s)
			standIn(s, b, "CHECK ((id IS NOT NULL)) NOT VALID")
		}, columns: []string{"fail public.orders"}, constraints: []string{"fail public.orders"}, says: "set not null"},
		"no check for not null": {edit: func(s *structures, _, b *analyze.Table) {
			relax(s)
			standIn(s, b, "")
		}, columns: []string{"fail public.orders"}, says: "set not null"},
		"check for not null where the freeze validates": {edit: func(s *structures, _, b *analyze.Table) {
			relax(s)
			standIn(s, b, "CHECK ((note IS NOT NULL)) NOT VALID")
			s.Plan.Options.Cutover.Validate = planner.ValidateFrozen
		}, columns: []string{"fail public.orders"}, constraints: []string{"fail public.orders"}, says: "set not null"},
		"default dropped": {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[2].Default = nil }, columns: []string{"fail public.orders"}},
		"default changed": {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[2].Default = &other }, columns: []string{"fail public.orders"}},
		"identity":        {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[0].Identity = "always" }, columns: []string{"fail public.orders"}},
		"generated":       {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[2].Generated = "stored" }, columns: []string{"fail public.orders"}},
		"collation":       {edit: func(_ *structures, _, b *analyze.Table) { b.Columns[2].Collation = "C" }, columns: []string{"fail public.orders"}},
		"partition":       {edit: func(_ *structures, a, _ *analyze.Table) { a.Parents = []analyze.Name{table2} }, columns: []string{"fail public.orders"}},

		"check missing":           {edit: func(_ *structures, _, b *analyze.Table) { b.Constraints = b.Constraints[:1] }, constraints: []string{"fail public.orders"}, says: "orders_check"},
		"check changed":           {edit: func(_ *structures, _, b *analyze.Table) { b.Constraints[1].Definition = "CHECK ((id >= 0))" }, constraints: []string{"fail public.orders"}},
		"check printed otherwise": {edit: func(_ *structures, _, b *analyze.Table) { b.Constraints[1].Definition = "CHECK (((id) > 0))" }},
		"check no inherit":        {edit: func(_ *structures, _, b *analyze.Table) { b.Constraints[1].Definition = "CHECK ((id > 0)) NO INHERIT" }, constraints: []string{"fail public.orders"}},
		"check not validated": {edit: func(_ *structures, _, b *analyze.Table) {
			b.Constraints[1].Validated = false
			b.Constraints[1].Definition += " NOT VALID"
		}, constraints: []string{"fail public.orders"}},
		"not validated on both": {edit: func(_ *structures, a, b *analyze.Table) {
			a.Constraints[1].Validated, b.Constraints[1].Validated = false, false
		}},
		"key deferrable":   {edit: func(_ *structures, _, b *analyze.Table) { b.Constraints[0].Deferrable = true }, constraints: []string{"fail public.orders"}},
		"constraint extra": {edit: func(_ *structures, a, _ *analyze.Table) { a.Constraints = a.Constraints[:1] }, constraints: []string{"fail public.orders"}, says: "on the target only"},
		"foreign key waits": {edit: func(_ *structures, a, _ *analyze.Table) {
			a.Constraints = append(a.Constraints, analyze.Constraint{Name: "fk", Kind: analyze.ForeignKey})
		}},
		"foreign key too early": {edit: func(_ *structures, a, b *analyze.Table) {
			a.Constraints = append(a.Constraints, analyze.Constraint{Name: "fk", Kind: analyze.ForeignKey})
			b.Constraints = append(b.Constraints, analyze.Constraint{Name: "fk", Kind: analyze.ForeignKey})
		}, constraints: []string{"fail public.orders"}, says: "until the cutover"},

		"foreign key after the switch": {edit: func(s *structures, a, b *analyze.Table) { unvalidated(s, a, b, true) }, constraints: []string{"warn public.orders"}, says: "79-validate.sh"},
		"foreign key that the freeze validates": {edit: func(s *structures, a, b *analyze.Table) {
			unvalidated(s, a, b, true)
			s.Plan.Options.Cutover.Validate = planner.ValidateFrozen
		}, constraints: []string{"fail public.orders"}, says: "is not validated"},
		"foreign key that is added in one go": {edit: func(s *structures, a, b *analyze.Table) { unvalidated(s, a, b, false) }, constraints: []string{"fail public.orders"}, says: "is not validated"},

		"index missing":            {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes = b.Indexes[:1] }, indexes: []string{"fail public.orders"}, says: "orders_status is missing"},
		"index under another name": {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes[1].Name = "other" }, indexes: []string{"fail public.orders", "warn public.orders"}, says: "other looks the same"},
		"index invalid":            {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes[1].Valid = false }, indexes: []string{"fail public.orders"}},
		"index not ready":          {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes[1].Ready = false }, indexes: []string{"fail public.orders"}},
		"index unique":             {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes[1].Unique = true }, indexes: []string{"fail public.orders"}},
		"owned by nobody":          {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes[0].Constraint = "" }, indexes: []string{"fail public.orders"}, says: "belongs to constraint orders_pkey"},
		"no primary key":           {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes[0].Primary = false }, indexes: []string{"fail public.orders"}},
		"deferrable":               {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes[0].Immediate = false }, indexes: []string{"fail public.orders"}},
		"nulls":                    {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes[0].NullsNotDistinct = true }, indexes: []string{"fail public.orders"}},
		"replica identity index": {edit: func(_ *structures, a, _ *analyze.Table) {
			a.Indexes[0].ReplicaIdentity, a.ReplicaIdentity = true, "index"
		}, indexes: []string{"fail public.orders", "fail public.orders"}},
		"replica identity": {edit: func(_ *structures, _, b *analyze.Table) { b.ReplicaIdentity = "full" }, indexes: []string{"fail public.orders"}},
		"another column": {edit: func(_ *structures, _, b *analyze.Table) {
			b.Indexes[1].Definition = "CREATE INDEX orders_status ON public.orders USING btree (note)"
		}, indexes: []string{"fail public.orders"}, says: "differs in its column 1"},
		"ON ONLY": {edit: func(_ *structures, _, b *analyze.Table) {
			b.Indexes[1].Definition = "CREATE INDEX orders_status ON ONLY public.orders USING btree (status)"
		}},
		"plain index extra":  {edit: func(_ *structures, a, _ *analyze.Table) { a.Indexes = a.Indexes[:1] }, indexes: []string{"warn public.orders"}},
		"unique index extra": {edit: func(_ *structures, _, b *analyze.Table) { b.Indexes = append(b.Indexes, extra) }, indexes: []string{"fail public.orders"}},
		"invalid on the source": {edit: func(_ *structures, a, _ *analyze.Table) {
			x := extra
			x.Valid = false
			a.Indexes = append(a.Indexes, x)
		}},
		"deferred": {edit: func(s *structures, a, _ *analyze.Table) {
			a.Indexes = append(a.Indexes, extra)
			s.Plan.Deferred = []planner.Deferred{{Kind: planner.DeferIndex, Table: table1, Name: "late"}}
		}},
		"deferred and there": {edit: func(s *structures, a, b *analyze.Table) {
			a.Indexes, b.Indexes = append(a.Indexes, extra), append(b.Indexes, extra)
			s.Plan.Deferred = []planner.Deferred{{Kind: planner.DeferIndex, Table: table1, Name: "late"}}
		}, indexes: []string{"fail public.orders"}, says: "until the cutover"},
		"not attached": {edit: func(_ *structures, a, _ *analyze.Table) { a.Indexes[1].Parent = &table2 }, indexes: []string{"fail public.orders"}, says: "not attached"},
		"clustered":    {edit: func(_ *structures, a, _ *analyze.Table) { a.Indexes[1].Clustered = true }, indexes: []string{"warn public.orders"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sides(c.edit)
			cols, cons, idx := s.judgeColumns(), s.judgeConstraints(), s.judgeIndexes()
			require.Equal(t, c.columns, nilIfEmpty(worst(cols)), said(cols))
			require.Equal(t, c.constraints, nilIfEmpty(worst(cons)), said(cons))
			require.Equal(t, c.indexes, nilIfEmpty(worst(idx)), said(idx))
			require.Contains(t, said(cols)+said(cons)+said(idx), c.says)
		})
	}
}

func TestRelaxedPartition(t *testing.T) {
	s := sides(func(s *structures, a, b *analyze.Table) {
		parent := *a
		parent.Name, parent.Kind, parent.Indexes, parent.Constraints = table2, analyze.Partitioned, nil, nil
		a.IsPartition, a.Parents, b.Parents, b.IsPartition = true, []analyze.Name{table2}, []analyze.Name{table2}, true
		b.Columns[1].NotNull = false
		s.Source.Tables = append(s.Source.Tables, parent)
		s.Plan.Relaxed = []planner.NotNull{{Table: table2, Column: "note"}}
	})
	require.Empty(t, worst(s.judgeColumns()), "a partition loses the NOT NULL of its parent")
}

// A CHECK comes down to the children of its table, partitions or not; each has its own besides.
func TestInheritedNotNullCheck(t *testing.T) {
	s := sides(func(s *structures, a, b *analyze.Table) {
		parent := *a
		parent.Name, parent.Indexes, parent.Constraints = table2, nil, nil
		a.Parents, b.Parents = []analyze.Name{table2}, []analyze.Name{table2}
		s.Source.Tables = append(s.Source.Tables, parent)
		standIn(s, b, "CHECK ((note IS NOT NULL)) NOT VALID")
		s.Plan.Relaxed = []planner.NotNull{{Table: table2, Column: "note"}, {Table: table1, Column: "note"}}
		b.Constraints = append(b.Constraints, analyze.Constraint{Name: planner.NotNullCheck(1), Kind: analyze.Check, Definition: "CHECK ((note IS NOT NULL)) NOT VALID"})
	})
	require.Equal(t, []string{"warn public.orders"}, worst(s.judgeColumns()))
	require.Empty(t, worst(s.judgeConstraints()))
}

func TestSameAsksTheTarget(t *testing.T) {
	asked := 0
	s := sides(func(s *structures, _, b *analyze.Table) {
		b.Constraints[1].Definition = "CHECK ((0 < id))"
		s.Same = func(kind expressionKind, table analyze.Name, a, c string) bool {
			asked++
			require.Equal(t, scalar, kind)
			require.Equal(t, table1, table)
			return true
		}
	})
	require.Empty(t, worst(s.judgeConstraints()))
	require.Equal(t, 1, asked)
}

func TestObjects(t *testing.T) {
	view := analyze.View{Name: analyze.Name{Schema: "public", Name: "v"}, Definition: " SELECT 1;"}
	enum := analyze.Enum{Name: analyze.Name{Schema: "public", Name: "mood"}, Labels: []string{"a", "b"}}
	seq := analyze.Sequence{Name: analyze.Name{Schema: "public", Name: "s"}, Increment: 1, Maximum: 9, OwnedBy: &analyze.ColumnRef{Table: table1, Column: "id"}}
	make1 := func() objects {
		s := &structures{Plan: planner.Plan{Schemas: []string{"public"}, Sequences: []planner.Sequence{{Name: seq.Name, Increment: 1}}}}
		for _, inv := range []*analyze.Inventory{&s.Source, &s.Target} {
			inv.Views, inv.Enums, inv.Sequences = []analyze.View{view}, []analyze.Enum{enum}, []analyze.Sequence{seq}
		}
		return objects{structures: s, Source: map[string]string{"function public.f()": "x"}, Target: map[string]string{"function public.f()": "x"}}
	}
	for name, c := range map[string]struct {
		edit func(*objects)
		want []string
	}{
		"equal":            {func(*objects) {}, nil},
		"function missing": {func(o *objects) { o.Target = nil }, []string{"fail function public.f()"}},
		"function differs": {func(o *objects) { o.Target["function public.f()"] = "y" }, []string{"fail function public.f()"}},
		"view missing":     {func(o *objects) { o.structures.Target.Views = nil }, []string{"fail view public.v"}},
		"view differs":     {func(o *objects) { o.structures.Target.Views[0].Definition = " SELECT 2;" }, []string{"fail view public.v"}},
		"view that waits for its primary key": {func(o *objects) {
			o.structures.Target.Views[0].Definition = " SELECT NULL::bigint AS id,\n    NULL::character varying(10) AS \"a \"\" (b\",\n    NULL::timestamp(3) without time zone AS at;"
		}, nil},
		"view that is only like it": {func(o *objects) {
			o.structures.Target.Views[0].Definition = " SELECT NULL::bigint AS id,\n    b.x AS y\n   FROM b;"
		}, []string{"fail view public.v"}},
		"function that waits for a primary key": {func(o *objects) { o.Target, o.postponed = nil, map[string]bool{"function public.f()": true} }, nil},
		"view that waits for a primary key": {func(o *objects) {
			o.structures.Target.Views, o.postponedViews = nil, map[analyze.Name]bool{o.structures.Source.Views[0].Name: true}
		}, nil},
		"view that waits for its primary key after the cutover": {func(o *objects) {
			o.Final, o.structures.Target.Views[0].Definition = true, " SELECT NULL::bigint AS id;"
		}, []string{"fail view public.v"}},
		"neither waits after the cutover": {func(o *objects) {
			o.Final, o.Target, o.structures.Target.Views = true, nil, nil
			o.postponed, o.postponedViews = map[string]bool{"function public.f()": true}, map[analyze.Name]bool{o.structures.Source.Views[0].Name: true}
		}, []string{"fail function public.f()", "fail view public.v"}},
		"view materialized":    {func(o *objects) { o.structures.Target.Views[0].Materialized = true }, []string{"fail view public.v"}},
		"view of an extension": {func(o *objects) { o.structures.Source.Views[0].Extension = "x"; o.structures.Target.Views = nil }, nil},
		"enum missing":         {func(o *objects) { o.structures.Target.Enums = nil }, []string{"fail enum public.mood"}},
		"enum order":           {func(o *objects) { o.structures.Target.Enums[0].Labels = []string{"b", "a"} }, []string{"fail enum public.mood"}},
		"sequence step":        {func(o *objects) { o.structures.Target.Sequences[0].Increment = 2 }, []string{"fail sequence public.s"}},
		"sequence owner":       {func(o *objects) { o.structures.Target.Sequences[0].OwnedBy = nil }, []string{"fail sequence public.s"}},
		"sequence unread":      {func(o *objects) { o.structures.Source.Sequences[0].Increment = 0 }, []string{"unknown sequence public.s"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := make1()
			c.edit(&o)
			require.Equal(t, c.want, nilIfEmpty(worst(o.judge())))
		})
	}
}

func TestDeferredIsOff(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(s *structures, b *analyze.Table)
		want []string
	}{
		"nothing": {func(*structures, *analyze.Table) {}, nil},
		"trigger": {func(_ *structures, b *analyze.Table) { b.Triggers = []analyze.Trigger{{Name: "g", Enabled: "origin"}} }, []string{"fail public.orders"}},
		"disabled trigger": {func(_ *structures, b *analyze.Table) {
			b.Triggers = []analyze.Trigger{{Name: "g", Enabled: "disabled"}}
		}, nil},
		"row security": {func(_ *structures, b *analyze.Table) { b.RowSecurity = true }, []string{"fail public.orders"}},
		"rule": {func(s *structures, _ *analyze.Table) {
			s.Target.Objects.Rules = []analyze.ColumnRef{{Table: table1, Column: "r"}}
		}, []string{"fail public.orders"}},
		"planned event trigger": {func(s *structures, _ *analyze.Table) {
			s.Target.EventTriggers = []analyze.EventTrigger{{Name: "e", Enabled: "origin"}}
			s.Plan.Deferred = []planner.Deferred{{Kind: planner.DeferEventTrigger, Name: "e"}}
		}, []string{"fail event trigger e"}},
		"event trigger": {func(s *structures, _ *analyze.Table) {
			s.Target.EventTriggers = []analyze.EventTrigger{{Name: "e", Enabled: "origin"}}
		}, []string{"warn event trigger e"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sides(func(s *structures, _, b *analyze.Table) { c.edit(s, b) })
			require.Equal(t, c.want, nilIfEmpty(worst(s.judgeDeferred())))
		})
	}
	hint := func(planned ...planner.Deferred) string {
		return sides(func(s *structures, _, b *analyze.Table) {
			s.Plan.Deferred = planned
			b.Triggers = []analyze.Trigger{{Name: "g", Enabled: "origin"}}
		}).judgeDeferred()[0].Hint
	}
	require.Equal(t, "drop it: 70-cutover brings it back", hint(planner.Deferred{Kind: planner.DeferTrigger, Table: table1, Name: "g"}))
	require.Contains(t, hint(), "it is not the plan's")
	builds := []planner.Build{{Kind: planner.BuildAnalyze, Table: table1}, {Kind: planner.BuildIndex, Table: table2}}
	require.Equal(t, []string{"warn public.orders"}, worst(judgeAnalyzed(builds, map[analyze.Name]bool{table1: false, table2: false})))
	require.Empty(t, worst(judgeAnalyzed(builds, map[analyze.Name]bool{table1: true})))
}

// Before 17 only the partitioned table has the identity, from then on its partitions have it too.
func TestIdentityOfPartitions(t *testing.T) {
	of := func(parent, partition string) analyze.Inventory {
		p := analyze.Table{Name: analyze.Name{Schema: "public", Name: "p"}, Kind: analyze.Partitioned, Columns: []analyze.Column{{Name: "id", Type: "bigint", NotNull: true, Identity: parent}}}
		q := analyze.Table{Name: analyze.Name{Schema: "public", Name: "q"}, Kind: analyze.Ordinary, IsPartition: true, Parents: []analyze.Name{p.Name}}
		q.Columns = []analyze.Column{{Name: "id", Type: "bigint", NotNull: true, Identity: partition}}
		return analyze.Inventory{Tables: []analyze.Table{p, q}}
	}
	for reason, c := range map[string]struct {
		source, target analyze.Inventory
		version        int
		says           []string
	}{
		"from before 17 to 17":         {of("always", ""), of("by default", "by default"), 170000, nil},
		"from 17 to 17":                {of("always", "always"), of("by default", "by default"), 170000, nil},
		"before 17":                    {of("always", ""), of("by default", ""), 160000, nil},
		"not relaxed":                  {of("always", ""), of("always", "always"), 170000, []string{"column id is GENERATED ALWAYS on the target, which refuses the values that the source generated"}},
		"identity before 17":           {of("", ""), of("", "by default"), 160000, []string{"column id is identity none on the source, by default on the target"}},
		"identity that nobody planned": {of("", ""), of("", "by default"), 170000, []string{"column id is identity none on the source, by default on the target"}},
	} {
		c.target.Server.VersionNum = c.version
		s := &structures{Source: c.source, Target: c.target, Plan: planner.Plan{Tables: []planner.Table{
			{Name: c.source.Tables[0].Name, Handling: planner.Structure}, {Name: c.source.Tables[1].Name, Handling: planner.Replicate},
		}}}
		var says []string
		for _, r := range s.judgeColumns() {
			if r.Status == Fail {
				says = append(says, r.Detail)
			}
		}
		require.Equal(t, c.says, says, reason)
	}
}

// An index made by its definition would stand in the way of the constraint that it belongs to.
func TestMissingKeyComesBackAsConstraint(t *testing.T) {
	s := sides(func(_ *structures, _, b *analyze.Table) {
		b.Constraints = slices.DeleteFunc(b.Constraints, func(c analyze.Constraint) bool { return c.Kind == analyze.PrimaryKey })
		b.Indexes = slices.DeleteFunc(b.Indexes, func(x analyze.Index) bool { return x.Primary })
	})
	var hints []string
	for _, r := range append(s.judgeConstraints(), s.judgeIndexes()...) {
		if r.Status == Fail {
			hints = append(hints, r.Hint)
		}
	}
	require.Equal(t, []string{`alter table "public"."orders" add constraint "orders_pkey" PRIMARY KEY (id);`, "add constraint orders_pkey, which makes it: see G3-CON"}, hints)
}

func TestReplicationRole(t *testing.T) {
	server := replicationRole{Scope: "server", Value: "origin"}
	require.Equal(t, []string{"pass"}, brief(judgeReplicationRole([]replicationRole{server})))
	require.Equal(t, []string{"fail database shop"}, brief(judgeReplicationRole([]replicationRole{{Scope: "server", Value: "replica", Hidden: true}, {Scope: "database shop", Value: "replica"}})))
	require.Equal(t, []string{"unknown server"}, brief(judgeReplicationRole([]replicationRole{{Scope: "server", Value: "origin", Hidden: true}, {Scope: "role dba", Value: "origin"}})), "origin for us says nothing about others")
}

func TestPrivileges(t *testing.T) {
	of := func(rule bool, lines ...string) map[string]privileges {
		return map[string]privileges{"table public.orders": {Name: "table public.orders", Rule: rule, Lines: lines}}
	}
	require.Equal(t, []string{"pass"}, brief(judgePrivileges(of(false, "owner a", "cdc has SELECT"), of(false, "owner a"), "cdc")), "what the migration granted is not the database's")
	require.Equal(t, []string{"pass"}, brief(judgePrivileges(of(false, "owner a"), nil, "cdc")), "what is missing is for other checks")
	require.Equal(t, []string{"warn table public.orders"}, brief(judgePrivileges(of(true, "x has SELECT"), nil, "cdc")), "default privileges are missing")
	r := judgePrivileges(of(false, "owner a", "x has SELECT"), of(false, "owner b", "x has SELECT"), "cdc")
	require.Equal(t, "on the source only: owner a; on the target only: owner b", r[0].Detail)
}

func TestFence(t *testing.T) {
	n := func(n int64) *int64 { return &n }
	at := func(first, second int64) [2]map[string]int64 {
		return [2]map[string]int64{{"public.orders": first, "public.log": 5}, {"public.orders": second, "public.log": 5}}
	}
	for reason, c := range map[string]struct {
		fence fence
		want  []string
	}{
		"still":                   {fence{Frozen: true, Writes: at(7, 7), Since: n(12)}, []string{"pass"}},
		"not known since when":    {fence{Frozen: true, Writes: at(7, 7)}, []string{"pass"}},
		"written between":         {fence{Frozen: true, Writes: at(7, 8)}, []string{"fail counters"}},
		"written since":           {fence{Frozen: true, Writes: at(7, 7), Since: n(11)}, []string{"fail counters"}},
		"counters lost":           {fence{Frozen: true, Writes: at(7, 7), Since: n(13)}, []string{"fail counters"}},
		"not frozen, and written": {fence{Writes: at(7, 8), Since: n(12)}, []string{"fail counters", "fail freeze"}},
		"others":                  {fence{Frozen: true, Prepared: 1, Writers: []string{"app"}, Writes: at(7, 7), Since: n(12)}, []string{"fail prepared transactions", "fail sessions"}},
	} {
		require.Equal(t, c.want, brief(c.fence.judge()), reason)
	}
}
