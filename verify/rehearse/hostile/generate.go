package hostile

import (
	"fmt"
	"strings"
)

// Options say between which servers the database is to move.
type Options struct {
	Source, Target int // major versions: 15, or 906 for 9.6
}

// A Database is what Generate makes.
type Database struct {
	Name string // of the database; can stand in a service file of libpq
	// SQL makes everything in an empty database, roles of the cluster included, as a superuser. For psql.
	SQL string
	// Roles are those that SQL creates.
	Roles []string
}

// builder puts the SQL together.
type builder struct {
	Options
	Database
	sql   strings.Builder
	roles []string
}

// from tells whether both sides are of that major version or newer.
func (b *builder) from(major int) bool { return atLeast(b.Source, major) && atLeast(b.Target, major) }

func atLeast(version, major int) bool {
	if version > 900 { // 9.6
		return false
	}
	return version >= major
}

func (b *builder) add(format string, args ...any) {
	fmt.Fprintf(&b.sql, format, args...)
	b.sql.WriteString("\n")
}

func (b *builder) raw(s string) { b.sql.WriteString(s + "\n") }

// schema is the quoted name of a schema.
func (b *builder) schema(i int) string { return quoted(schemaNames[i%schemas]) }

// in is the quoted name of an object: the i-th name in the schema that its kind's shift gives it.
func (b *builder) in(i, shift int) string {
	i = ((i % len(names)) + len(names)) % len(names)
	return b.schema(i+schemas-shift) + "." + quoted(names[i])
}

// Shifts of the kinds. Tables, indexes, sequences, views and composite types share a namespace; tables, views, enums, domains, ranges and
// composite types another.
const (
	table = iota
	index
	key
	sequence
	view
	matview
	composite
	unique

	enum   = index
	domain = key
	ranged = unique
)

// Generate makes the database.
func Generate(o Options) Database {
	b := &builder{Options: o}
	b.Name = "db \"q\" 'p' \\ $pgcutover$ %s :\"USER\" ${x} $(y) `z` =# 😀 \u00e9"
	b.add("set client_min_messages = warning;\nset check_function_bodies = off;")
	b.addRoles()
	for i := range schemaNames {
		b.add("create schema %s authorization %s;", b.schema(i), quoted(b.role(i)))
		b.add("comment on schema %s is %s;", b.schema(i), literal(schemaNames[i]))
	}
	b.addTypes()
	b.addFunctions()
	for i := range names {
		b.addTable(i)
	}
	b.addCircles()
	b.addViews()
	b.addOddKinds()
	b.addShapes()
	b.addValues()
	b.addLast()
	b.Database.SQL = b.sql.String()
	b.Database.Roles = b.roles
	return b.Database
}

// role is one of the roles that own things.
func (b *builder) role(i int) string { return b.roles[i%len(b.roles)] }

// addRoles creates a role for every name that can be one's.
func (b *builder) addRoles() {
	for i, n := range names {
		if n == "pgcutover" || strings.HasPrefix(n, "pg_") {
			continue
		}
		// Marked, for roles belong to the cluster; and cut, for no name is longer than 63 bytes.
		r := n
		b.roles = append(b.roles, r)
		b.add("create role %s %s;", quoted(r), []string{"nologin", "login", "nologin createdb connection limit 3", "login noinherit"}[i%4])
	}
	for i := 1; i < len(b.roles); i++ {
		b.add("grant %s to %s;", quoted(b.roles[i-1]), quoted(b.roles[i]))
	}
	b.add("alter role %s set search_path = %s, public;", quoted(b.role(1)), quoted(schemaNames[0]))
	b.add("alter role %s in database %s set application_name = %s;", quoted(b.role(2)), quoted(b.Name), literal("it's \\ \"x\" $$"))
	b.add("comment on role %s is %s;", quoted(b.role(3)), literal("role\n\\. 'x'"))
}

// addTypes creates enums, domains over domains, composite types and ranges with every name.
func (b *builder) addTypes() {
	for i := range names {
		labels := make([]string, 0, len(names))
		for k := range 4 {
			labels = append(labels, literal(name(i+k)))
		}
		b.add("create type %s as enum (%s);", b.in(i, enum), strings.Join(labels, ", "))
		b.add("create type %s as (%s %s, %s text, %s int[]);", b.in(i, composite), quoted(name(i)), b.in(i, enum), quoted(name(i+1)), quoted(name(i+2)))
		base := "text collate \"C\""
		if i > 0 && i%3 != 0 {
			base = b.in(i-1, domain)
		}
		b.add("create domain %s as %s default %s constraint %s check (value <> %s);", b.in(i, domain), base, literal(name(i)), quoted(name(i+5)), literal("not \\ "+name(i)))
	}
	for i := range everyByte() {
		b.add("create type %s as range (subtype = float8, subtype_diff = float8mi);", b.in(i, ranged))
	}
	b.add("comment on type %s is %s;", b.in(4, enum), literal(name(4)+"\n\\.\n"))
	b.add("comment on column %s.%s is %s;", b.in(5, composite), quoted(name(5)), literal(name(5)))
}

// addFunctions creates functions whose bodies would mislead whoever looks at lines instead of statements.
func (b *builder) addFunctions() {
	for i, n := range names {
		b.add("create function %s(%s bigint, %s text default %s) returns bigint language plpgsql immutable as %s;", b.in(i, 0), quoted(name(i+1)), quoted(name(i+2)), literal(n),
			literal("begin\n-- "+strings.NewReplacer("\n", "\n--", "\r", "\r--").Replace(n)+"\n  return $1 + 0 * length($q$\nSET lock_timeout = 0;\nSET transaction_timeout = 0;\n\\restrict key\n-- Name: x; Type: ACL; Schema: -; Owner: "+"postgres\n--\n$q$);\nend"))
		b.add("alter function %s(bigint, text) owner to %s;", b.in(i, 0), quoted(b.role(i)))
		b.add("comment on function %s(bigint, text) is %s;", b.in(i, 0), literal(n))
	}
	for i := range everyByte() {
		b.add("create function %s() returns trigger language plpgsql as 'begin return new; end';", b.in(i, 1))
	}
}

// addTable creates the table with the i-th name, with an index, keys and a sequence that have other names of the list.
func (b *builder) addTable(i int) {
	t := b.in(i, table)
	column := func(k int) string { return quoted(name(i*3 + k)) }
	seq := b.in(i+sequence, sequence)
	b.add("create sequence %s increment by %d start %d;", seq, 1+i%3, 10+i)
	b.add(`create table %s (
  %s bigint not null default %s(nextval(%s::regclass)),
  %s text default %s,
  %s %s,
  %s %s default %s,
  %s %s,
  %s varchar(100) not null default %s,
  constraint %s primary key (%s),
  constraint %s check (%s <> %s and %s is not null)
);`, t,
		column(0), b.in(i+9, 0), literal(seq),
		column(1), literal(name(i)+"\n\\.\n"),
		column(2), b.in(i+1, enum),
		column(3), b.in(i+2, domain), literal(name(i+7)),
		column(4), b.in(i+6, composite),
		column(5), literal(name(i)),
		quoted(name(i+key)), column(0),
		quoted(name(i+20)), column(1), literal(name(i)+"'\\"), column(5))
	b.add("alter sequence %s owned by %s.%s;", seq, t, column(0))
	b.add("alter table %s owner to %s;\nalter sequence %s owner to %s;", t, quoted(b.role(i)), seq, quoted(b.role(i)))
	b.add("grant select, insert on %s to %s with grant option;\ngrant select (%s) on %s to public;", t, quoted(b.role(i+11)), column(1), t)
	b.add("comment on table %s is %s;\ncomment on column %s.%s is %s;\ncomment on constraint %s on %s is %s;", t, literal(name(i)), t, column(2), literal(name(i+1)), quoted(name(i+20)), t, literal(name(i+2)))
	switch i % 3 {
	case 0:
		b.add("create index %s on %s ((%s || %s), %s);", quoted(name(i+index)), t, column(1), literal(name(i)), column(5))
	case 2:
		// A hash index of 9.6 does not get to a standby.
		b.add("create index %s on %s using %s (%s);", quoted(name(i+index)), t, map[bool]string{true: "hash", false: "btree"}[b.from(10)], column(5))
	default:
		b.add("create index %s on %s (%s desc nulls last) where %s <> %s;", quoted(name(i+index)), t, column(5), column(1), literal(name(i+3)))
	}
	b.add("comment on index %s.%s is %s;", b.schema(i), quoted(name(i+index)), literal(name(i)))
	if i%2 == 0 && (i+unique)%len(names) >= len(everyByte()) {
		b.add("create unique index %s on %s (lower(%s), %s(%s));", quoted(name(i+unique)), t, column(5), b.in(i+4, 0), column(0))
	} else {
		b.add("alter table %s add constraint %s unique (%s, %s) deferrable;", t, quoted(name(i+unique)), column(0), column(5))
	}
	b.add("insert into %s (%s, %s, %s, %s, %s) select nullif(%s || E'\\n\\\\N', null), (enum_range(null::%s))[1 + n %% 4], case when n %% 2 = 0 then %s end, row((enum_range(null::%s))[1], %s, array[n, null])::%s, %s || n from generate_series(1, %d) as n;",
		t, column(1), column(2), column(3), column(4), column(5),
		literal(name(i)), b.in(i+1, enum), literal(name(i)+" "), b.in(i+6, enum), literal(name(i+4)), b.in(i+6, composite), literal("v\t"+name(i)), 3+i%5)
	b.add("insert into %s (%s) values (%s);", t, column(5), literal(`\N`))
	if i < len(everyByte()) {
		b.add("create trigger %s before insert or update of %s on %s for each row when (new.%s <> %s) execute procedure %s();", quoted(name(i)), column(1), t, column(1), literal(name(i)), b.in(i, 1))
		b.add("create rule %s as on delete to %s where old.%s = %s do instead nothing;", quoted(name(i)), t, column(1), literal(name(i)))
		b.add("alter table %s enable row level security;", t)
		b.add("create policy %s on %s to %s using (%s <> %s);", quoted(name(i)), t, quoted(b.role(i)), column(1), literal(name(i)))
		b.add("comment on trigger %s on %s is %s;\ncomment on rule %s on %s is %s;\ncomment on policy %s on %s is %s;", quoted(name(i)), t, literal(name(i)), quoted(name(i)), t, literal(name(i)), quoted(name(i)), t, literal(name(i)))
		b.add("alter table %s force row level security;", b.in(0, table))
		if b.from(10) {
			b.add("create statistics %s (dependencies) on %s, %s from %s;", b.in(i, 0), column(0), column(5), t)
			b.add("comment on statistics %s is %s;", b.in(i, 0), literal(name(i)))
		}
	}
}

// addCircles makes tables refer to each other in a circle, with names of every kind.
func (b *builder) addCircles() {
	for i := range names {
		to, column := (i+schemas)%len(names), quoted(fmt.Sprintf("to %d", i))
		b.add("alter table %s add column %s bigint;", b.in(i, table), column)
		b.add("update %s set %s = (select min(%s) from %s);", b.in(i, table), column, quoted(name(to*3)), b.in(to, table))
		b.add("alter table %s add constraint %s foreign key (%s) references %s (%s) on delete set null %s;", b.in(i, table), quoted(name(i+30)), column, b.in(to, table), quoted(name(to*3)),
			[]string{"", "deferrable initially deferred", "on update cascade not valid"}[i%3])
	}
}

// addViews creates views on views, materialized views on both, and a recursive view.
func (b *builder) addViews() {
	for i := range names {
		b.add("create view %s as select t.*, %s::text as %s from %s as t where %s <> %s;", b.in(i+view, view), literal(name(i)), quoted("more "+fmt.Sprint(i)), b.in(i, table), quoted(name(i*3+5)), literal(name(i)+"'"))
		b.add("comment on view %s is %s;", b.in(i+view, view), literal(name(i)))
		if i%4 == 0 || (i+matview)%len(names) < len(everyByte()) {
			b.add("create materialized view %s as select count(*) as %s, min(%s) as %s from %s;", b.in(i+matview, matview), quoted(name(i)), quoted(name(i*3+5)), quoted(name(i+1)), b.in(i+view, view))
			b.add("create unique index on %s (%s);", b.in(i+matview, matview), quoted(name(i)))
		}
	}
	b.add("create materialized view %s as select * from %s with no data;", b.in(1+matview, matview), b.in(0+matview, matview))
	b.add("refresh materialized view %s;", b.in(1+matview, matview))
	b.add("create recursive view public.\"re\\cursive\" (%s) as values (1) union all select %s + 1 from \"re\\cursive\" where %s < 5;", quoted("n'"), quoted("n'"), quoted("n'"))
}
