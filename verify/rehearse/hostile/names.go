package hostile

import (
	"fmt"
	"strings"
)

// everyByte are names that together hold each byte that a name can hold and that is a character by itself: 1 to 127.
func everyByte() []string {
	var all []byte
	for b := byte(1); b < 128; b++ {
		all = append(all, b)
	}
	return []string{string(all[:43]), string(all[43:85]), string(all[85:])}
}

// schemas is how many there are. Kinds of objects that share a namespace in a schema differ in their shift modulo this number, so that
// every kind can have every name.
const schemas = 8

// names are what objects are called: at least one of each danger, a multiple of schemas.
var names = func() []string {
	out := append(everyByte(),
		`"`, `'`, `\`, `a"b'c\d`, "line\n\\.\nSET lock_timeout = 0;\n\\q", "tab\tcr\r\nend", "\n\\restrict x\n\\unrestrict x\n", "\n-- Name: x; Type: ACL; Schema: -; Owner: no\n--",
		`$`, `$$`, `$pgcutover$`, `%`, `%s %d %1$s %%`, `_`, `:name`, `:'name'`, `:"USER"`, "`touch /tmp/pwned`", `${x}`, `$(touch /tmp/pwned)`, `!`, `*`, `-`, `-- comment`, `/* comment`,
		" leading", "trailing ", " ", "select", "Upper", "upper", "UPPER", "😀", "e\u0301", "\u00e9", "\u202eעברית \u0627\u0644\u0639\u0631\u0628\u064a\u0629", "\ufeff",
		strings.Repeat("n", 63), strings.Repeat("😀", 15)+"abc", strings.Repeat("é", 31)+"x", "pgcutover", "pglogical", "dms_slot_01", `\.`, `\N`, "a.b", `a"."b`, "; drop table x; --", "{{.X}}",
		"<b>&amp;|</b>", "\x7f", "\x01", "null", "0", "tableoid ", "ctid ", `[1:"USER"]`, "a,b", "(c)",
	)
	for len(out)%schemas != 0 {
		out = append(out, fmt.Sprintf("%d 'more' \"\n", len(out)))
	}
	return out
}()

// schemaNames are those of the schemas.
var schemaNames = append(everyByte(), "nl\n\\.\n$pgcutover$", `$(touch /tmp/pwned) %s "q" 'p'`, "😀 \u202eעברית", "select", ` :"USER" :'x' \`)

// name is the i-th, round and round.
func name(i int) string { return names[((i%len(names))+len(names))%len(names)] }

// quoted is an SQL identifier.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// literal is an SQL string constant, whatever standard_conforming_strings says.
func literal(s string) string {
	return " E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(s) + "'"
}
