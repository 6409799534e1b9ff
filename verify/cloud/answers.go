package cloud

import (
	"fmt"

	"github.com/pgcutover/pgcutover/verify"
)

// Unasked says that the question could not even be asked, although its answer matters.
func Unasked(subject, format string, args ...any) verify.Result {
	r := verify.Skip.Of(subject, format, args...)
	r.Undecided = true
	return r
}

// Hinted adds what to do.
func Hinted(r verify.Result, format string, args ...any) verify.Result {
	r.Hint = fmt.Sprintf(format, args...)
	return r
}

// Shown adds evidence: names and values in turn.
func Shown(r verify.Result, pairs ...any) verify.Result {
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Evidence = append(r.Evidence, verify.Fact{Name: fmt.Sprint(pairs[i]), Value: fmt.Sprint(pairs[i+1])})
	}
	return r
}
