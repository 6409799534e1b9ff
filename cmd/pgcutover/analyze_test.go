package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze/catalog"
)

// A statement_timeout of the role or of PGOPTIONS holds until the session's own is set; whoever set it has to hear of it.
func TestTimeoutOfTheSessionIsExplained(t *testing.T) {
	err := fmt.Errorf("reading settings: %w", &pgconn.PgError{Code: "57014", Message: "canceling statement due to statement timeout"})
	got := readError(err, nil, catalog.Options{})
	require.ErrorIs(t, got, err)
	h, ok := errors.AsType[*hintedError](got)
	require.True(t, ok)
	require.Contains(t, h.hint, "PGOPTIONS='-c statement_timeout=0'")
}
