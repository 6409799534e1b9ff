package hostile

import (
	"fmt"
	"strings"
)

// addValues creates tables whose values get lost where a format is not pinned or a character is not escaped.
func (b *builder) addValues() {
	b.add(`create schema "values";
set search_path = "values";
create table strings (id int primary key, t text, v varchar(200), c char(7), n name, b bytea, j json, jb jsonb, x xml, "char" "char", ts tsvector, q tsquery, a text[]);`)
	for i, s := range valueStrings() {
		q := literal(s)
		b.add("insert into strings values (%d, %s, left(%s, 200), left(%s, 5), left(%s, 20), convert_to(%s, 'UTF8'), to_json(%s::text), case when %s !~ '^x' then to_jsonb(%s::text) end, null, left(%s, 1)::\"char\", to_tsvector('simple', %s), null, array[%s, null, '', 'NULL', %s]);",
			i+1, q, q, q, q, q, q, q, q, literal(ascii(s)), q, q, q)
	}
	b.add("insert into strings (id) values (0), (-1);")
	b.add("insert into strings (id, b) select -2, decode(string_agg(lpad(to_hex(n), 2, '0'), ''), 'hex') from generate_series(0, 255) as n;")
	b.add("insert into strings (id, t) select -100 - n, chr(n) || 'x' || chr(n) from generate_series(1, 160) as n;")
	b.add("insert into strings (id, t, b) values (-3, repeat(E'1234567\\n\\\\.\\n\\t\\\\N', 70000), decode(repeat('00ff5c2e0a', 200000), 'hex'));")
	b.add("insert into strings (id, x) values (-4, '<a b=\"&lt;\">&amp;\\.</a>'), (-5, 'text'), (-6, '<?pi \\N?>');")
	b.raw(`
create table numbers (id int primary key, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, n2 numeric(30, 10), m money, bo boolean, bi bit(5), vb varbit, o oid, u uuid);
insert into numbers values
  (1, -32768, -2147483648, -9223372036854775808, '-Infinity', '-Infinity', '-1e-1000', -1, -92233720368547758.08, true, b'10101', b'', 4294967295, 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
  (2, 32767, 2147483647, 9223372036854775807, 'NaN', 'NaN', 'NaN', 'NaN', 92233720368547758.07, false, b'00000', b'1', 0, '00000000-0000-0000-0000-000000000000'),
  (3, 0, 0, 0, '-0', '-0', 0, 0, 0, null, null, null, null, null),
  (4, 1, 1, 1, 1.17549435e-38, 2.2250738585072014e-308, 1e1000, 0.0000000001, 0.01, null, null, null, null, null),
  (5, null, null, null, 3.4028235e38, 1.7976931348623157e308, repeat('9', 3000)::numeric, 12345678901234567890.0123456789, null, null, null, null, null, null),
  (6, null, null, null, 0.1, 0.1, 0.10, 0.1, null, null, null, null, null, null),
  (7, null, null, null, 1e-45, 4.9e-324, null, null, null, null, null, null, null, null);
insert into numbers (id, f4, f8) select 100 + n, (sin(n) * 10 ^ (n % 30 - 15))::float4, cos(n) * 10 ^ (n % 300 - 150) from generate_series(1, 200) as n;
create table times (id int primary key, d date, ts timestamp, tz timestamptz, t time, ttz timetz, iv interval, r daterange, tr tstzrange, p point, pa path, po polygon, ci circle, li line, se lseg, bx box, ip inet, ne cidr, ma macaddr, m8 macaddr);
insert into times values
  (1, 'infinity', 'infinity', 'infinity', '24:00', '24:00-15:59:59', '178000000 years', '(,)', '[-infinity,infinity]', '(nan,inf)', '[(1,2),(3,4)]', '((1,2),(3,4),(5,6))', '<(1,2),3>', '{1,2,3}', '[(1,2),(3,4)]', '(1,2),(3,4)', '::ffff:1.2.3.4/96', '10.0.0.0/8', '08:00:2b:01:02:03', null),
  (2, '-infinity', '-infinity', '-infinity', '00:00', '00:00+15:59:59', '-178000000 years', 'empty', 'empty', '(-0,1e-300)', '((1,2))', null, null, null, null, null, '0.0.0.0/0', '::/0', null, null),
  (3, '4713-01-01 BC', '4713-01-01 00:00:00 BC', '4713-12-31 00:00:00+00 BC', '23:59:59.999999', '12:00:00.000001+05:30', '1 year -2 months 3 days -04:05:06.789', '[4713-01-01 BC,0001-01-01 BC)', null, null, null, null, null, null, null, null, null, null, null, null),
  (4, '5874897-12-31', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', null, null, '-0.000001 seconds', null, null, null, null, null, null, null, null, null, null, null, null, null),
  (5, '2024-03-31', '2024-03-31 02:30', '2024-03-31 01:30+00', null, null, 'P1Y-2M3DT4H', null, null, null, null, null, null, null, null, null, null, null, null, null),
  (6, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
create table nulls (id bigserial primary key, a int, b text, c text[], d jsonb);
insert into nulls (a, b, c, d) select nullif(n % 5, 3), case n % 7 when 0 then '' when 1 then null when 2 then '\N' when 3 then 'NULL' else repeat('x', n) end, case n % 3 when 0 then '{}' when 1 then array[null, '', 'null'] end, case n % 4 when 0 then 'null' when 1 then '{"a": null, "\\u0022": [1e2, -0.0]}'::jsonb end from generate_series(1, 500) as n;
create table arrays (id int primary key, a2 int[][], lower int[], e text[], d date[], b bytea[], n numeric[], bo boolean[]);
insert into arrays values (1, '{{1,2},{3,null}}', '[-3:-1]={1,2,3}', E'{"a,b","q\\"\\\\","{}"," ",NULL,"NULL",""}', '{infinity,"0044-03-15 BC"}', array['\x00'::bytea, '', null], '{NaN,1e-100}', '{t,f,NULL}'), (2, '{}', '[2:2][0:1]={{1,2}}', '{}', '{}', '{}', '{}', '{}'), (3, null, null, null, null, null, null, null);
reset search_path;`)
	for i := range names {
		b.add("insert into %s (%s) values (left(%s, 100));", b.in(i, table), quoted(name(i*3+5)), literal(fmt.Sprintf("%d %s", i, valueStrings()[i%len(valueStrings())])))
	}
}

// valueStrings are texts that something takes for syntax.
func valueStrings() []string {
	out := []string{"", " ", `\N`, `\.`, "\\.\n", "\n\\.\n", `\`, `\\`, `\n`, "\n", "\r", "\r\n", "\t", "\v\f\b", "\x7f", "NULL", "null", `""`, `"`, "'", "''", ",", ";", "{}", "{NULL}", "$$", "$1", "%s", "%", "--", "/*", ":x", `:'x'`, "`id`",
		"$(id)", "!", "\ufeff", "\ufeffbom", "e\u0301", "\u00e9", "😀", "\u202eabc", "\u2028", "\u0085", "\uffff", "\U0010ffff", strings.Repeat("long ", 30), "ends in \\", "\x01\x02\x03\x1f", "COPY t FROM stdin;\n1\n\\.\n", "\\q", "\\! touch /tmp/pwned"}
	return append(out, everyByte()...)
}

// ascii is a text without its characters beyond 127, of which a "char" could keep one byte only.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 127 {
			return '?'
		}
		return r
	}, s)
}

// addLast creates what would get in the way of the rest.
func (b *builder) addLast() {
	b.add("alter database %s set statement_timeout = '1h';\nalter database %s set search_path = public, shapes;", quoted(b.Name), quoted(b.Name))
	b.add("comment on database %s is %s;", quoted(b.Name), literal("db\n\\. :x"))
	b.add("alter default privileges for role %s in schema %s grant select on tables to %s;", quoted(b.role(4)), b.schema(4), quoted(b.role(5)))
	b.add("analyze;")
}
