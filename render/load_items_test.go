package render_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Two columns that change places on one side load as many rows as ever: no count would tell.
func TestItemsEdited(t *testing.T) {
	s := newSite(t, "create table public.pair (id int primary key, a int, b int); insert into public.pair values (1, 2, 3)", nil)
	file := s.path("40-load", "items.tsv")
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	edited := strings.Replace(string(whole), `"a", "b") TO STDOUT`, `"b", "a") TO STDOUT`, 1)
	require.NotEqual(t, string(whole), edited)
	require.NoError(t, os.WriteFile(file, []byte(edited), 0o644))
	s.refused(t, []string{"items.tsv is not the one that was rendered"}, "40-load/42-load.sh")
	require.Equal(t, "0", s.target(t, "select count(*) from public.pair"))
	require.NoError(t, os.WriteFile(file, whole, 0o644))
	s.must(t, "40-load/42-load.sh")
	require.Equal(t, "1|2|3", s.target(t, "select * from public.pair"))
}
