package dms

import (
	"context"

	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/cloud"
)

func unasked(subject, format string, args ...any) verify.Result {
	return cloud.Unasked(subject, format, args...)
}

func hinted(r verify.Result, format string, args ...any) verify.Result {
	return cloud.Hinted(r, format, args...)
}

func shown(r verify.Result, pairs ...any) verify.Result { return cloud.Shown(r, pairs...) }

// unheard is the answer about a subject when AWS gave none.
func unheard(ctx context.Context, subject string, err error) verify.Result {
	return cloud.Unheard(ctx, subject, err, "docs/dms.md")
}
