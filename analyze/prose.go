package analyze

import (
	"strconv"
	"strings"
)

// Count is a number of things as people write it: "1 table", "3 tables", "2 indexes", "5 batches".
func Count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"):
		return strconv.Itoa(n) + " " + noun + "es"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
