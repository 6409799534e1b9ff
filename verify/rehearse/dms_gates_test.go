package rehearse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

// TestDMSGates takes a migration by AWS DMS from where a rehearsal of it ends through the cutover, without AWS: nobody writes, so that markers are
// all that has to be carried. Each breakage is seen by the check whose business it is, and by no other. What only AWS knows (tasks that stand, failed
// statements, the exceptions table) no gate from here on claims to know.
func TestDMSGates(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.NeedPGLogical(t)
	m := &migration{program: buildProgram(t), out: filepath.Join(t.TempDir(), "demo")}
	err := Run(t.Context(), Options{
		Program: m.program, Out: m.out, Stdout: &m.said, bare: true,
		AfterSetup:   func(s Servers) { m.servers = s },
		BeforeFinish: func(Servers) { t.Run("cutover", m.cutoverByDMS) },
	})
	if err != nil || t.Failed() {
		t.Log(m.said.String())
	}
	require.NoError(t, err)
}

func (m *migration) cutoverByDMS(t *testing.T) {
	f, err := os.Open(filepath.Join(m.out, planFile))
	require.NoError(t, err)
	plan, err := planner.Decode(f)
	require.NoError(t, f.Close())
	require.NoError(t, err)
	step := func(words ...string) {
		t.Helper()
		code, said := m.run(t, nil, words...)
		require.Zero(t, code, said)
	}
	carrying := func(do func()) {
		t.Helper()
		stop, err := m.servers.Carry(t.Context(), plan)
		require.NoError(t, err)
		do()
		require.NoError(t, stop())
	}
	slot := plan.Groups[0].Slot
	marker := plan.Groups[0].Marker.SQL()
	const thaw = "set default_transaction_read_only = off; "
	recount := func() { m.recount(t) }

	// No task reads the slots here, and no AWS answers.
	m.families = withoutAWS()
	m.families[1] = strings.Replace(m.families[1], "apply,", "", 1)
	carrying(func() { step(drain, "--not-frozen") })
	t.Run("cutover-ready", m.breaks("cutover-ready", []breakage{
		{name: "a marker of long ago", on: "source", sql: "create table pgcutover.kept as table " + marker + "; update " + marker + " set token = 'late', at = now() - interval '2 minutes' where id = 1",
			mend: "update " + marker + " m set token = kept.token, at = kept.at from pgcutover.kept where m.id = kept.id; drop table pgcutover.kept", want: []string{"G6-MARKER"}, says: "G6-MARKER " + slot + ": the marker of 1"},
		{name: "no marker on the target", on: "target", sql: "create table pgcutover.kept as table " + marker + "; delete from " + marker + " where id = 1", mend: "insert into " + marker + " select * from pgcutover.kept where id = 1; drop table pgcutover.kept",
			want: []string{"G6-MARKER"}, says: "G6-MARKER " + slot + ": its marker has no row on the target"},
		{name: "a foreign key too early", on: "target", sql: "alter table accounts add constraint accounts_owner foreign key (owner_user_id) references users deferrable initially deferred", mend: "alter table accounts drop constraint accounts_owner",
			want: []string{"G3-CON"}, says: "G3-CON public.accounts"},
		{name: "a trigger too early", on: "target", sql: "create trigger touch before update on accounts for each row execute function touch()", mend: "drop trigger touch on accounts", want: []string{"G3-FIRE"}, says: "G3-FIRE public.accounts"},
		{name: "a table that left its set", on: "source", sql: "select pglogical.replication_set_remove_table('" + plan.Groups[0].InsertSet + "', '" + plan.Groups[0].Tables[0].SQL() + "')",
			mend: "select pglogical.replication_set_add_table('" + plan.Groups[0].InsertSet + "', '" + plan.Groups[0].Tables[0].SQL() + "', false)", want: []string{"G1-MEMBER"}, says: "G1-MEMBER " + plan.Groups[0].Tables[0].String()},
	}))

	step(freeze)
	carrying(func() { step(drain) })
	step("70-cutover/73-sequences.sh")
	step("70-cutover/74-constraints.sh")
	step("70-cutover/75-analyze.sh")
	t.Run("cutover", m.breaks("cutover", []breakage{
		{name: "a write to the source", on: "source", sql: thaw + "insert into sources values ('late', 'x')", mend: thaw + "delete from sources where code = 'late'", after: recount, want: []string{"G7-FENCE", "G7-PARITY"}, says: "1 row missing"},
		{name: "a row too many", on: "target", sql: "insert into sources values ('own', 'x')", mend: "delete from sources where code = 'own'", want: []string{"G7-PARITY"}, says: "G7-PARITY public.sources"},
		{name: "a value that differs", on: "target", sql: "update sources set label = 'other' where code = 'ads'", mend: "update sources set label = 'Search ads' where code = 'ads'", flags: []string{"--rows", "checksum"},
			want: []string{"G7-PARITY"}, says: "G7-PARITY public.sources"},
		{name: "thawed", on: "source", sql: thaw + "alter table pgcutover.frozen rename to thawed", mend: thaw + "alter table pgcutover.thawed rename to frozen", want: []string{"G7-FENCE"}, says: "not frozen"},
		{name: "a marker that has not arrived", on: "source", sql: thaw + "create table pgcutover.kept as table " + marker + "; update " + marker + " set token = 'later' where id = 1",
			mend: thaw + "update " + marker + " m set token = kept.token from pgcutover.kept where m.id = kept.id; drop table pgcutover.kept", want: []string{"G7-DRAIN"}, says: "G7-DRAIN " + slot + ": its marker is not the same"},
		{name: "a sequence behind", on: "target", sql: "select setval('invoice_number', 1)", mend: "select setval('invoice_number', 900000)", want: []string{"G7-SEQ"}, says: "G7-SEQ public.invoice_number"},
		{name: "a NOT NULL missing", on: "target", sql: "alter table sources alter column label drop not null", mend: "alter table sources alter column label set not null", want: []string{"G7-COLS"}, says: "G7-COLS public.sources"},
		{name: "a foreign key missing", on: "target", sql: "alter table accounts rename constraint accounts_owner to gone", mend: "alter table accounts rename constraint gone to accounts_owner", want: []string{"G7-CON"}, says: "accounts_owner"},
		{name: "an index missing", on: "target", sql: "alter index calls_pkey rename to gone", mend: "alter index gone rename to calls_pkey", want: []string{"G7-CON", "G7-IDX"}, says: "calls_pkey"},
		{name: "a trigger disabled", on: "target", sql: "alter table accounts disable trigger touch", mend: "alter table accounts enable trigger touch", want: []string{"G7-TRG"}, says: "G7-TRG public.accounts"},
		{name: "replica for everybody", on: "target", sql: "alter role calltrack_app set session_replication_role = replica", mend: "alter role calltrack_app reset session_replication_role", want: []string{"G7-SRR"}, says: "calltrack_app"},
		{name: "a privilege missing", on: "target", sql: "revoke select on accounts from calltrack_app", mend: "grant select on accounts to calltrack_app", warns: []string{"G7-ACL"}, says: "G7-ACL table public.accounts"},
		{name: "a table without statistics", on: "target", sql: "delete from pg_statistic where starelid = 'sources'::regclass; select pg_stat_reset_single_table_counters('sources'::regclass)", mend: "analyze sources", warns: []string{"G7-STATS"}, says: "G7-STATS public.sources"},
	}))
	step(retire, "--yes")
	step("70-cutover/79-validate.sh")
	t.Run("after", m.breaks("after", []breakage{
		{name: "a slot", on: "source", sql: "select pg_create_logical_replication_slot('" + slot + "', 'test_decoding')", mend: "select pg_drop_replication_slot('" + slot + "')", want: []string{"G8-SLOTS"}, says: "G8-SLOTS " + slot},
		{name: "a column that may be empty again", on: "target", sql: "alter table audit_log alter action drop not null", mend: "alter table audit_log alter action set not null", want: []string{"G8-VALID"}, says: "G8-VALID public.audit_log"},
	}))
}
