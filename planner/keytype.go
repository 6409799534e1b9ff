package planner

import (
	"cmp"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// keyType is a type whose values can cut a table.
type keyType struct {
	fits    func(string) bool     // the text is a value of the type, as the server prints one
	compare func(a, b string) int // as the server sorts; nil: only the server knows
}

// keyTypes are the types of [KeyColumn]: nothing else gets into a cast.
var keyTypes = map[string]keyType{
	"smallint":                    {integerOf(16), compareNumbers},
	"integer":                     {integerOf(32), compareNumbers},
	"bigint":                      {integerOf(64), compareNumbers},
	"oid":                         {func(s string) bool { return blockNumber(s) }, compareNumbers},
	"numeric":                     {decimal.MatchString, compareNumbers},
	"real":                        {floatOf(32), compareFloats(32)},
	"double precision":            {floatOf(64), compareFloats(64)},
	"uuid":                        {uuid.MatchString, strings.Compare},
	"date":                        {date.MatchString, compareTimes},
	"timestamp without time zone": {timestamp.MatchString, compareTimes},
	"timestamp with time zone":    {timestamptz.MatchString, compareTimes},
	"text":                        {utf8.ValidString, nil},
	"bpchar":                      {utf8.ValidString, nil},
}

// keyTypeOf is the type that bounds are cast to, by the column's base type: not the column's own type, which may be a domain whose
// checks a shortened text would not pass.
var keyTypeOf = map[string]string{
	"int2": "smallint", "int4": "integer", "int8": "bigint", "oid": "oid", "numeric": "numeric", "float4": "real", "float8": "double precision",
	"uuid": "uuid", "date": "date", "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
	"text": "text", "varchar": "text", "bpchar": "bpchar",
}

// The forms in which servers print values under DateStyle ISO and TimeZone UTC. Years have four digits or more, and those before
// Christ count downwards.
var (
	decimal     = regexp.MustCompile(`^(-?[0-9]{1,1000}(\.[0-9]{1,1000})?|NaN)$`)
	uuid        = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	date        = regexp.MustCompile(`^(-?infinity|[0-9]{4,7}-[0-9]{2}-[0-9]{2}( BC)?)$`)
	timestamp   = regexp.MustCompile(`^(-?infinity|[0-9]{4,6}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?( BC)?)$`)
	timestamptz = regexp.MustCompile(`^(-?infinity|[0-9]{4,6}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\+00( BC)?)$`)
	float       = regexp.MustCompile(`^(-?[0-9]+(\.[0-9]+)?(e[-+][0-9]{1,3})?|NaN|-?Infinity)$`)
)

func integerOf(bits int) func(string) bool {
	return func(s string) bool {
		n, err := strconv.ParseInt(s, 10, bits)
		return err == nil && strconv.FormatInt(n, 10) == s
	}
}

func floatOf(bits int) func(string) bool {
	return func(s string) bool {
		_, err := strconv.ParseFloat(s, bits)
		return err == nil && float.MatchString(s)
	}
}

// compareNumbers compares what fits a number's type. NaN is equal to itself and greater than all others, as an index needs it.
func compareNumbers(a, b string) int {
	if a == "NaN" || b == "NaN" {
		return cmp.Compare(truth(a == "NaN"), truth(b == "NaN"))
	}
	if m, err := strconv.ParseInt(a, 10, 64); err == nil {
		if n, err := strconv.ParseInt(b, 10, 64); err == nil {
			return cmp.Compare(m, n)
		}
	}
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	return x.Cmp(y)
}

func compareFloats(bits int) func(a, b string) int {
	return func(a, b string) int {
		x, _ := strconv.ParseFloat(a, bits)
		y, _ := strconv.ParseFloat(b, bits)
		if math.IsNaN(x) || math.IsNaN(y) {
			return cmp.Compare(truth(math.IsNaN(x)), truth(math.IsNaN(y)))
		}
		return cmp.Compare(x, y)
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareTimes compares dates with dates and timestamps with timestamps.
func compareTimes(a, b string) int {
	x, restA := moment(a)
	y, restB := moment(b)
	// A fraction is printed without trailing zeros: 00:00:00 < 00:00:00.5, and .49 < .5 bytewise too.
	return cmp.Or(cmp.Compare(x, y), strings.Compare(restA, restB))
}

// moment is the year of a time, 0 for 1 BC, and what follows it, which sorts as text.
func moment(s string) (year int, rest string) {
	switch s {
	case "infinity":
		return math.MaxInt, ""
	case "-infinity":
		return math.MinInt, ""
	}
	s, before := strings.CutSuffix(s, " BC")
	s = strings.TrimSuffix(s, "+00")
	first, rest, _ := strings.Cut(s, "-")
	year, _ = strconv.Atoi(first)
	if before {
		year = 1 - year
	}
	return year, rest
}
