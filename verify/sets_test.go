package verify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
)

func TestSetsRejoined(t *testing.T) {
	sets := func() map[string]replicationSet {
		return map[string]replicationSet{
			"dms_slot_01":  {Name: "dms_slot_01", Version: "7", Members: map[analyze.Name]member{table1: {Version: "8"}}},
			"idms_slot_01": {Name: "idms_slot_01", Version: "7", Members: map[analyze.Name]member{table1: {Version: "8"}, table2: {Version: "8"}}},
		}
	}
	require.Empty(t, judgeRejoined(groups, sets(), sets()))
	now := sets()
	now["idms_slot_01"].Members[table2] = member{Version: "9"}
	require.Equal(t, []string{"fail public.log"}, worst(judgeRejoined(groups, sets(), now)))
	now = sets()
	now["dms_slot_01"] = replicationSet{Name: "dms_slot_01", Version: "9", Members: now["dms_slot_01"].Members}
	require.Equal(t, []string{"fail dms_slot_01"}, worst(judgeRejoined(groups, sets(), now)))
	now = sets()
	delete(now["dms_slot_01"].Members, table1) // judgeMembers says so
	require.Empty(t, judgeRejoined(groups, sets(), now))
}
