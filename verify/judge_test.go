package verify

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// brief lists results as "status subject", sorted: what a judge decided, without its words.
func brief(results []Result) []string {
	out := []string{}
	for _, r := range results {
		mark := string(r.Status)
		if r.Status == Skip && r.Undecided {
			mark = "unasked"
		}
		out = append(out, strings.TrimSpace(mark+" "+r.Subject))
	}
	slices.Sort(out)
	return out
}

// worst lists only what is not a pass.
func worst(results []Result) []string {
	return slices.DeleteFunc(brief(results), func(s string) bool { return s == "pass" || strings.HasPrefix(s, "pass ") })
}

func said(results []Result) string {
	var b strings.Builder
	for _, r := range results {
		b.WriteString(r.Detail + "\n" + r.Hint + "\n")
	}
	return b.String()
}

var (
	began  = time.Date(2026, 1, 1, 0, 0, 0, 123456000, time.UTC)
	table1 = analyze.Name{Schema: "public", Name: "orders"}
	table2 = analyze.Name{Schema: "public", Name: "log"}
)

func primary() server {
	return server{VersionNum: 150020, Version: "15.20", Database: "shop", User: "dba", SystemIdentifier: "71", Timeline: 1, StartTime: began, Insert: 0x5000, Flush: 0x5000}
}

func standby() server {
	s := primary()
	s.InRecovery, s.Insert, s.Flush, s.Replay, s.Receive, s.Receiver = true, 0, 0, 0x4000, 0x5000, receiver{true, "streaming"}
	s.StartTime = began.Add(time.Hour)
	return s
}

func elsewhere() server {
	s := primary()
	s.SystemIdentifier, s.Database, s.StartTime = "72", "shop_new", began.Add(2*time.Hour)
	return s
}

func TestTopology(t *testing.T) {
	ptr := func(s server) *server { return &s }
	for name, c := range map[string]struct {
		edit func(*topology)
		want []string
		says string
	}{
		"as it should be":            {func(*topology) {}, []string{}, ""},
		"source in recovery":         {func(x *topology) { x.Source = ptr(standby()) }, []string{"fail source"}, "a primary is needed"},
		"replica a primary":          {func(x *topology) { x.Replica = ptr(primary()) }, []string{"fail replica"}, "not a standby"},
		"replica of another":         {func(x *topology) { x.Replica.SystemIdentifier = "99" }, []string{"fail replica"}, "not a standby of the source"},
		"replica unreadable":         {func(x *topology) { x.Replica.SystemIdentifier = "" }, []string{"unknown replica"}, "grant execute"},
		"other timeline":             {func(x *topology) { x.Replica.Timeline = 2 }, []string{"fail replica"}, "timeline 2"},
		"other database":             {func(x *topology) { x.Replica.Database = "postgres" }, []string{"fail replica"}, "connected to database postgres"},
		"not streaming":              {func(x *topology) { x.Replica.Receiver = receiver{} }, []string{"fail replica"}, "does not stream"},
		"not streaming while paused": {func(x *topology) { x.Replica.Receiver = receiver{}; x.Gate = Paused }, []string{"warn replica"}, ""},
		"receiver hidden":            {func(x *topology) { x.Replica.Receiver.Status = "" }, []string{"warn replica"}, "hidden"},
		"receiver waiting":           {func(x *topology) { x.Replica.Receiver.Status = "waiting" }, []string{"warn replica"}, ""},
		"lag":                        {func(x *topology) { x.Source.Insert += 1 << 30 }, []string{"warn replica"}, "1.00 GiB of WAL behind"},
		"lag while paused":           {func(x *topology) { x.Source.Insert += 1 << 30; x.Gate = Loaded }, []string{}, ""},
		"another source":             {func(x *topology) { x.PlannedSource.SystemIdentifier = "70" }, []string{"fail source"}, "the plan was made for"},
		"another database":           {func(x *topology) { x.PlannedSource.Database = "other" }, []string{"fail source"}, ""},
		"another major":              {func(x *topology) { x.PlannedSource.VersionNum = 140010 }, []string{"fail source"}, "analyze and plan again"},
		"another minor":              {func(x *topology) { x.PlannedSource.VersionNum = 150001 }, []string{}, ""},
		"failed over":                {func(x *topology) { x.State = &State{Source: &StateSource{Database: "shop", Timeline: 7}} }, []string{"fail source"}, "failed over"},
		"slots elsewhere":            {func(x *topology) { x.State = &State{Source: &StateSource{Database: "shop", SystemIdentifier: "9"}} }, []string{"fail source"}, "the slots were made on"},
		"target is source":           {func(x *topology) { x.Target = ptr(primary()) }, []string{"fail target"}, "the same server as the source"},
		"target is its copy":         {func(x *topology) { x.Target.SystemIdentifier = "71" }, []string{"fail target"}, ""},
		"target in recovery":         {func(x *topology) { x.Target.InRecovery = true }, []string{"fail target"}, ""},
		"target unreadable":          {func(x *topology) { x.Target.SystemIdentifier = "" }, []string{"unknown target"}, ""},
		"target unreadable but started with the source": {func(x *topology) { x.Target.SystemIdentifier = ""; x.Target.StartTime = began }, []string{"fail target"}, "very moment"},
		"another target":   {func(x *topology) { x.PlannedTarget.SystemIdentifier = "70" }, []string{"fail target"}, ""},
		"schema elsewhere": {func(x *topology) { x.State = &State{Schema: &StateSchema{TargetDatabase: "x"}} }, []string{"fail target"}, "the schema was loaded into"},
		"no replica":       {func(x *topology) { x.Replica = nil }, []string{}, ""},
		"no source":        {func(x *topology) { x.Source = nil }, []string{}, ""},
		"no source, and the plan does not know it": {func(x *topology) { x.Source, x.PlannedSource.SystemIdentifier = nil, "" }, []string{"unknown replica"}, "without the source"},
		"no source, and the replica cannot tell":   {func(x *topology) { x.Source, x.Replica.SystemIdentifier = nil, "" }, []string{"unknown replica"}, "give --source"},
		"nobody":                                   {func(x *topology) { x.Source, x.Replica, x.Target = nil, nil, nil }, []string{"unasked"}, ""},
		"9.6 is 9.6":                               {func(x *topology) { x.Source.VersionNum, x.PlannedSource.VersionNum = 90624, 90601 }, []string{}, ""},
		"9.5 is not":                               {func(x *topology) { x.Source.VersionNum, x.PlannedSource.VersionNum = 90624, 90501 }, []string{"fail source"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			x := topology{Gate: Preflight, Source: ptr(primary()), Replica: ptr(standby()), Target: ptr(elsewhere()), PlannedSource: expectation{150000, "71", "shop"}, PlannedTarget: expectation{150000, "72", "shop_new"}}
			c.edit(&x)
			got := x.judge()
			require.Equal(t, c.want, worst(got), said(got))
			require.Contains(t, said(got), c.says)
		})
	}
}

func on(pairs ...string) settings {
	s := settings{}
	for i := 0; i < len(pairs); i += 2 {
		s[pairs[i]] = setting{Name: pairs[i], Setting: pairs[i+1], Shown: pairs[i+1]}
	}
	return s
}

func (s settings) but(pairs ...string) settings {
	out := maps.Clone(s)
	maps.Copy(out, on(pairs...))
	return out
}

func TestSettings(t *testing.T) {
	good := on("wal_level", "logical", "shared_preload_libraries", "pg_stat_statements, pglogical", "wal_sender_timeout", "60000", "max_wal_senders", "10")
	raise := planner.SettingChange{On: "source", Name: "max_wal_senders", To: "20", Restart: true, Reason: "room"}
	for name, c := range map[string]struct {
		s       settings
		hidden  bool
		version int
		plan    []planner.SettingChange
		want    []string
	}{
		"good":                     {s: good},
		"not logical":              {s: good.but("wal_level", "replica"), want: []string{"fail wal_level"}},
		"not preloaded":            {s: good.but("shared_preload_libraries", "pglogical_other"), want: []string{"fail shared_preload_libraries"}},
		"preload hidden":           {s: func() settings { x := good.but(); delete(x, "shared_preload_libraries"); return x }(), hidden: true, want: []string{"unknown output_plugin_libraries", "unknown shared_preload_libraries"}},
		"preloaded by path":        {s: good.but("shared_preload_libraries", `"$libdir/pglogical"`)},
		"plugin not allowed":       {s: good.but("output_plugin_libraries", "pgoutput, test_decoding"), want: []string{"fail output_plugin_libraries"}},
		"plugin allowed":           {s: good.but("output_plugin_libraries", "pgoutput,pglogical")},
		"plugin setting hidden":    {s: good, hidden: true, want: []string{"unknown output_plugin_libraries"}},
		"idle slots are dropped":   {s: good.but("idle_replication_slot_timeout", "3600"), want: []string{"fail idle_replication_slot_timeout"}},
		"idle slots are kept":      {s: good.but("idle_replication_slot_timeout", "0")},
		"no sender timeout":        {s: good.but("wal_sender_timeout", "0"), want: []string{"warn wal_sender_timeout"}},
		"no sender timeout on 9.6": {s: good.but("wal_sender_timeout", "0"), version: 90624},
		"planned and not there":    {s: good, plan: []planner.SettingChange{raise}, want: []string{"fail max_wal_senders"}},
		"planned and more":         {s: good.but("max_wal_senders", "25"), plan: []planner.SettingChange{raise}},
		"planned for a standby":    {s: good, plan: []planner.SettingChange{{On: "standby", Name: "max_wal_senders", To: "20"}}},
		"planned and unknown":      {s: good, plan: []planner.SettingChange{{On: "source", Name: "rds.logical_replication", To: "1"}}, want: []string{"unknown rds.logical_replication"}},
		"planned off":              {s: good.but("some_timeout", "5"), plan: []planner.SettingChange{{On: "source", Name: "some_timeout", To: "0"}}, want: []string{"fail some_timeout"}},
		"planned in another unit":  {s: good.but("max_slot_wal_keep_size", "450GB"), plan: []planner.SettingChange{{On: "source", Name: "max_slot_wal_keep_size", To: "460800MB"}}},
		"planned and another size": {s: good.but("max_slot_wal_keep_size", "450MB"), plan: []planner.SettingChange{{On: "source", Name: "max_slot_wal_keep_size", To: "460800MB"}}, want: []string{"fail max_slot_wal_keep_size"}},
		"planned list":             {s: good.but("session_preload_libraries", "a,b"), plan: []planner.SettingChange{{On: "source", Name: "session_preload_libraries", To: "b, c"}}, want: []string{"fail session_preload_libraries"}},
		"waits for a restart": {s: func() settings {
			x := good.but()
			x["wal_level"] = setting{"wal_level", "logical", "logical", true}
			return x
		}(), want: []string{"fail wal_level"}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.version == 0 {
				c.version = 150020
			}
			got := judgeSettings(c.version, "pglogical", c.s, !c.hidden, c.plan)
			require.Equal(t, c.want, nilIfEmpty(worst(got)), said(got))
		})
	}
}

func nilIfEmpty(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	return s
}

func TestStandbySettings(t *testing.T) {
	both := on("max_connections", "100", "max_worker_processes", "8", "max_prepared_transactions", "0", "max_locks_per_transaction", "64", "max_wal_senders", "10")
	raise := []planner.SettingChange{{On: "source", Name: "max_worker_processes", To: "10"}}
	for name, c := range map[string]struct {
		version int
		replica settings
		plan    []planner.SettingChange
		senders int
		want    []string
		says    string
	}{
		"equal":                  {150000, both, nil, 1, nil, ""},
		"lower":                  {150000, both.but("max_connections", "50"), nil, 1, []string{"fail max_connections"}, "replay stops"},
		"lower before 14":        {130000, both.but("max_connections", "50"), nil, 1, []string{"fail max_connections"}, "shuts down"},
		"senders before 12":      {110000, both.but("max_wal_senders", "1"), nil, 1, nil, ""},
		"senders from 12 on":     {120000, both.but("max_wal_senders", "1"), nil, 1, []string{"fail max_wal_senders"}, ""},
		"lower than planned":     {150000, both, raise, 1, []string{"fail max_worker_processes"}, "is going to have 10"},
		"raised, others unknown": {150000, both.but("max_worker_processes", "10"), raise, 2, []string{"warn other standbys"}, ""},
		"unreadable":             {150000, on(), nil, 1, []string{"unknown max_connections", "unknown max_locks_per_transaction", "unknown max_prepared_transactions", "unknown max_wal_senders", "unknown max_worker_processes"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := judgeStandbySettings(c.version, both, c.replica, c.plan, c.senders)
			require.Equal(t, c.want, nilIfEmpty(worst(got)), said(got))
			require.Contains(t, said(got), c.says)
		})
	}
}

func TestCapacity(t *testing.T) {
	s := on("max_replication_slots", "10", "max_wal_senders", "10", "max_connections", "100", "superuser_reserved_connections", "3")
	require.Empty(t, worst(judgeCapacity(s, usage{SlotsOthers: 5, Senders: 4, Connections: 50}, 4)))
	require.Equal(t, []string{"fail replication slots"}, worst(judgeCapacity(s, usage{SlotsOthers: 6, Senders: 4, Connections: 50}, 4)))
	require.Empty(t, worst(judgeCapacity(s, usage{SlotsOthers: 5, SlotsOurs: 4}, 4)), "slots that are there already need no room")
	require.Equal(t, []string{"fail walsenders"}, worst(judgeCapacity(s, usage{Senders: 5}, 4)))
	require.Equal(t, []string{"fail connections"}, worst(judgeCapacity(s, usage{Connections: 90}, 4)))
	require.Len(t, worst(judgeCapacity(on(), usage{}, 1)), 3)
}

func TestVersions(t *testing.T) {
	clients := map[string]string{"psql": "psql (PostgreSQL) 16.2 (Debian 16.2-1)", "pg_dump": "pg_dump (PostgreSQL) 16.2"}
	for name, c := range map[string]struct {
		v    versions
		want []string
	}{
		"good":             {versions{Source: 90624, Replica: 90624, Target: 160002, Clients: clients}, nil},
		"too old a source": {versions{Source: 90500, Target: 160002, Clients: clients}, []string{"fail source"}},
		"older target":     {versions{Source: 160002, Target: 150002, Clients: clients}, []string{"fail target"}},
		"planned target":   {versions{Source: 150002, PlannedTarget: 160002, Clients: clients}, nil},
		"no target":        {versions{Source: 150002, Clients: clients}, []string{"unasked target"}},
		"old clients":      {versions{Source: 150002, Target: 170002, Clients: clients}, []string{"fail pg_dump", "fail psql"}},
		"no pg_dump":       {versions{Source: 150002, Target: 160002, Clients: map[string]string{"psql": clients["psql"], "pg_dump": "error: (PostgreSQL) 99"}}, []string{"fail pg_dump"}},
		"other replica":    {versions{Source: 150002, Replica: 140002, Target: 160002}, []string{"fail replica"}},
		"13 is too old":    {versions{Source: 100002, Target: 100002, Clients: map[string]string{"psql": "psql (PostgreSQL) 13.1", "pg_dump": "pg_dump (PostgreSQL) 14beta1"}}, []string{"fail psql"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.v.judge()
			require.Equal(t, c.want, nilIfEmpty(worst(got)), said(got))
		})
	}
}

func TestPreflightJudges(t *testing.T) {
	t.Run("extensions", func(t *testing.T) {
		planned := []planner.Extension{{Name: "citext", Version: "1.6", Create: true}, {Name: "hstore", Version: "1.8", Create: true}, {Name: "pglogical", Version: "2", Create: false}}
		require.Equal(t, []string{"fail extension citext", "warn extension hstore"}, worst(judgeExtensions(planned, map[string]string{"hstore": "1.9"})))
		require.Empty(t, worst(judgeExtensions(planned, map[string]string{"hstore": "1.8", "citext": "1.6"})))
	})
	t.Run("encoding", func(t *testing.T) {
		a := database{"UTF8", "en_US.UTF-8", "en_US.UTF-8", "libc", ""}
		b := a
		b.Collate, b.Ctype = "en_US.utf8", "en_US.utf8"
		require.Empty(t, worst(judgeEncoding(a, b)), "two spellings of one locale")
		b.Collate = "C"
		require.Equal(t, []string{"warn collation"}, worst(judgeEncoding(a, b)))
		b = a
		b.Encoding = "LATIN1"
		require.Equal(t, []string{"fail encoding"}, worst(judgeEncoding(a, b)))
	})
	t.Run("transactions", func(t *testing.T) {
		long := int64(3600)
		require.Empty(t, worst(inFlight{}.judge()))
		require.Equal(t, []string{"fail prepared transactions"}, worst(inFlight{Prepared: []string{"x"}}.judge()))
		require.Equal(t, []string{"warn open transactions"}, worst(inFlight{OldestWrite: &long}.judge()))
		require.Equal(t, []string{"warn open transactions"}, worst(inFlight{Hidden: true}.judge()))
		require.Equal(t, []string{"fail wraparound"}, worst(inFlight{XIDAge: 1_900_000_000}.judge()))
		require.Equal(t, []string{"warn wraparound"}, worst(inFlight{XIDAge: 1_200_000_000}.judge()))
	})
	t.Run("foreign", func(t *testing.T) {
		judge := func(f foreign, started bool) []string {
			return worst(f.judge("pgcutover_provider", []string{"dms_slot_01"}, []string{"dms_slot_01", "idms_slot_01"}, started))
		}
		require.Empty(t, judge(foreign{}, false))
		require.Empty(t, judge(foreign{Node: "pgcutover_provider"}, true))
		require.Equal(t, []string{"fail node"}, judge(foreign{Node: "other"}, false))
		require.Equal(t, []string{"fail slot dms_slot_01"}, judge(foreign{Slots: []foreignSlot{{Name: "dms_slot_01", Logical: true}}}, false))
		require.Empty(t, judge(foreign{Slots: []foreignSlot{{Name: "dms_slot_01", Logical: true}}}, true))
		require.Equal(t, []string{"warn slot debezium"}, judge(foreign{Slots: []foreignSlot{{Name: "debezium", Logical: true, Active: true}}}, false))
		require.Equal(t, []string{"warn slot debezium"}, judge(foreign{Slots: []foreignSlot{{Name: "debezium", Logical: true}}}, false))
		require.Empty(t, judge(foreign{Slots: []foreignSlot{{Name: "standby_1"}}}, false), "physical slots are the standbys'")
		require.Equal(t, []string{"fail replication set idms_slot_01"}, judge(foreign{Sets: []string{"default", "idms_slot_01"}}, false))
		require.Equal(t, []string{"warn subscriptions"}, judge(foreign{Subscriptions: []string{"s"}}, false))
		require.Equal(t, []string{"unknown pglogical"}, judge(foreign{NoRight: true}, false))
	})
	t.Run("secrets", func(t *testing.T) {
		require.Equal(t, []string{"fail pglogical node"}, worst(judgeSecrets(node{Node: "n", Password: true})))
		require.Empty(t, worst(judgeSecrets(node{Node: "n"})))
	})
	t.Run("role", func(t *testing.T) {
		good := cdcRole{Login: true, Replication: true, Settings: []string{"extra_float_digits=3", "statement_timeout=0", "lock_timeout=0s"}}
		require.Empty(t, worst(good.judge("cdc", 90624)))
		require.Equal(t, []string{"fail cdc"}, worst(cdcRole{Login: true, Settings: good.Settings}.judge("cdc", 150000)))
		require.Equal(t, []string{"fail cdc"}, worst(cdcRole{Login: true, Replication: true}.judge("cdc", 110000)), "floats would be rounded")
		require.Empty(t, worst(cdcRole{Login: true, Replication: true}.judge("cdc", 120000)))
		require.Equal(t, []string{"fail cdc"}, worst(cdcRole{Login: true, Replication: true, Settings: []string{"statement_timeout=30s"}}.judge("cdc", 150000)))
		require.Equal(t, []string{"warn cdc"}, worst(cdcRole{Replication: true}.judge("cdc", 150000)))
	})
	t.Run("rights", func(t *testing.T) {
		tables := []unreadable{{Schema: "public", Name: "a"}, {Schema: "priv", Name: "b", NoUsage: true}, {Schema: "public", Name: "c", Hidden: true, Owner: "app"}}
		got := judgeUnreadable(`o"ps`, "", tables)
		require.Contains(t, said(got), `alter role "o""ps" bypassrls`)
		managed := said(judgeUnreadable(`o"ps`, "rds", tables))
		require.NotContains(t, managed, "bypassrls", "no role of a managed server can be given it")
		require.Contains(t, managed, `grant "app" to "o""ps";`)
		tables[2].Forced = true
		require.Contains(t, said(judgeUnreadable(`o"ps`, "aurora", tables)), `alter table "public"."c" no force row level security`)
		require.Equal(t, []string{"fail priv.b", "fail public.a", "fail public.c"}, worst(got))
		require.Contains(t, said(got), `grant select on table "public"."a" to "o""ps"`)
	})
	t.Run("empty", func(t *testing.T) {
		require.Empty(t, worst(judgeEmpty(nil)))
		require.Contains(t, said(judgeEmpty([]string{"a", "b", "c", "d", "e", "f", "g"})), "a, b, c, d, e and 2 more")
	})
	t.Run("drift", func(t *testing.T) {
		planned := []analyze.Object{{Kind: "table", Name: table1, Digest: "1"}, {Kind: "columns", Name: table1, Digest: "2"}}
		require.Empty(t, worst(judgeDrift(planned, planned)))
		changed := []analyze.Object{planned[0], {Kind: "columns", Name: table1, Digest: "3"}}
		require.Equal(t, []string{"fail public.orders"}, worst(judgeDrift(planned, changed)))
		require.Equal(t, []string{"unknown"}, worst(judgeDrift(nil, planned)), "a plan without a structure")
		blind := []analyze.Object{planned[0], {Kind: "columns", Name: table1}}
		require.Equal(t, []string{"unknown"}, worst(judgeDrift(planned, blind)), "what was not read whole is no pass")
	})
	t.Run("an edited plan", func(t *testing.T) {
		twice := "id * 2"
		now := []analyze.Table{{Name: table1, Columns: []analyze.Column{
			{Name: "id", Type: "bigint"}, {Name: "note", Type: "text"}, {Name: "doubled", Type: "bigint", Generated: "stored", Default: &twice},
		}}}
		plan := func(columns ...planner.Column) []planner.Table {
			return []planner.Table{{Name: table1, Handling: planner.Replicate, Columns: columns}, {Name: table2, Handling: planner.LeftOut}}
		}
		id, note := planner.Column{Name: "id", Type: "bigint"}, planner.Column{Name: "note", Type: "text"}
		require.Empty(t, judgeEdited(plan(id, note), now, nil))
		require.Equal(t, []string{"fail public.orders"}, worst(judgeEdited(plan(id), now, nil)))
		require.Equal(t, []string{"fail public.orders"}, worst(judgeEdited(plan(id, planner.Column{Name: "note", Type: "bytea"}), now, nil)))
		require.Empty(t, judgeEdited(plan(id), now, []Result{fail("public.orders", "columns changed")}), "said already")
		require.Equal(t, []string{"fail public.orders"}, worst(judgeEdited(plan()[1:], now, nil)))
		require.Empty(t, judgeEdited(nil, []analyze.Table{{Name: analyze.Name{Schema: "pglogical", Name: "queue"}}}, nil))
	})
	t.Run("hazards", func(t *testing.T) {
		e := func(code string) hazard.Finding {
			return hazard.Finding{Code: code, Severity: hazard.Error, Subject: "s"}
		}
		got := judgeHazards([]hazard.Finding{e("TY101"), e("ID101")}, []hazard.Finding{e("ID101"), e("ID102"), e("RP208")}, true, true, askedElsewhere)
		require.Equal(t, []string{"fail s", "fail s", "fail s"}, worst(got))
		require.Contains(t, said(got), "new since the plan")
		require.Empty(t, worst(judgeHazards([]hazard.Finding{e("ID101"), e("RP212")}, nil, false, true, askedElsewhere)), "mended since")
		accepted := e("ID101")
		accepted.Accepted = "known"
		require.Equal(t, []string{"skip s"}, worst(judgeHazards(nil, []hazard.Finding{accepted}, true, true, askedElsewhere)))
		require.Equal(t, []string{"fail s"}, worst(judgeHazards([]hazard.Finding{e("RP212")}, nil, true, false, askedElsewhere)), "the target was not looked at")
	})
	t.Run("accepted", func(t *testing.T) {
		known := []hazard.Finding{{Code: "CP103", Subject: "replica", Accepted: "looked at by hand"}, {Code: "CP103", Subject: "server"}}
		codes := map[string]tolerated{"CP103 server": {Unknown, "source"}, "CP103 replica": {Unknown, "replica"}}
		got := tolerate([]Result{unknown("source", "?"), unknown("replica", "?"), fail("replica", "no"), pass("replica", "")}, known, codes)
		require.Equal(t, []string{"fail replica", "unknown source", "warn replica"}, worst(got), "accepted was that it is not known, not that it is too small")
		require.Contains(t, said(got), "accepted in the configuration: looked at by hand")
		require.False(t, got[1].Undecided)
	})
	t.Run("disk", func(t *testing.T) {
		n := func(v int64) *int64 { return &v }
		for name, c := range map[string]struct {
			d    disk
			want Status
		}{
			"plenty":          {disk{Side: Source, Free: n(1000), Need: n(100), KeepSize: -1}, Pass},
			"tight":           {disk{Side: Source, Free: n(140), Need: n(100), KeepSize: -1}, Warn},
			"too small":       {disk{Side: Source, Free: n(99), Need: n(100), KeepSize: -1}, Fail},
			"held already":    {disk{Side: Source, Free: n(60), Need: n(100), Retained: 90, KeepSize: -1}, Pass},
			"unknown free":    {disk{Side: Replica, Need: n(100), KeepSize: -1}, Unknown},
			"unknown need":    {disk{Side: Replica, Free: n(100), KeepSize: -1}, Unknown},
			"slots are given": {disk{Side: Source, Free: n(1000), Need: n(100), KeepSize: 50}, Fail},
			"keep is enough":  {disk{Side: Source, Free: n(1000), Need: n(100), KeepSize: 100}, Pass},
		} {
			require.Equal(t, c.want, c.d.judge(1.5, 1).Status, name)
		}
	})
}

func TestPlanCoverage(t *testing.T) {
	p := func(s string) planner.Bound { return planner.Bound{&s} }
	part := func(i, of int, from, to planner.Bound) planner.Item {
		return planner.Item{ID: i, Tables: []analyze.Name{table1}, Range: &planner.Range{Part: i, Of: of, By: planner.ByKey, Key: []planner.KeyColumn{{Name: "id", Type: "bigint"}}, From: from, To: to}}
	}
	whole := planner.Item{ID: 1, Tables: []analyze.Name{table1}}
	for name, c := range map[string]struct {
		items []planner.Item
		bad   bool
	}{
		"whole":             {[]planner.Item{whole}, false},
		"ranges":            {[]planner.Item{part(2, 3, p("5"), p("9")), part(1, 3, nil, p("5")), part(3, 3, p("9"), nil)}, false},
		"none":              {nil, true},
		"twice":             {[]planner.Item{whole, whole}, true},
		"whole and a range": {[]planner.Item{whole, part(1, 1, nil, nil)}, true},
		"gap":               {[]planner.Item{part(1, 2, nil, p("5")), part(2, 2, p("6"), nil)}, true},
		"overlap":           {[]planner.Item{part(1, 2, nil, p("5")), part(2, 2, p("4"), nil)}, true},
		"missing part":      {[]planner.Item{part(1, 3, nil, p("5")), part(3, 3, p("5"), nil)}, true},
		"open too early":    {[]planner.Item{part(1, 2, nil, nil), part(2, 2, p("5"), nil)}, true},
		"closed end":        {[]planner.Item{part(1, 2, nil, p("5")), part(2, 2, p("5"), p("9"))}, true},
		"closed begin":      {[]planner.Item{part(1, 1, p("5"), nil)}, true},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.bad, notCovered(c.items) != "", notCovered(c.items)) })
	}
	require.Equal(t, []string{"skip state"}, brief(judgeState(Preflight, "f", nil, 1, planner.Options{})))
	require.Equal(t, []string{"unknown state"}, brief(judgeState(Paused, "f", nil, 1, planner.Options{})))
	require.Equal(t, []string{"fail state"}, brief(judgeState(Preflight, "f", &State{Plan: "g"}, 1, planner.Options{})))
	require.Equal(t, []string{"unknown state"}, brief(judgeState(ReadyToPause, "f", &State{Plan: "f"}, 1, planner.Options{})))
	require.Equal(t, []string{"unknown state"}, brief(judgeState(Loaded, "f", &State{Plan: "f"}, 1, planner.Options{})))
	require.Equal(t, []string{"pass state"}, brief(judgeState(Loaded, "f", &State{Plan: "f", Pause: &StatePause{}}, 1, planner.Options{})))
	require.Equal(t, []string{"fail state"}, brief(judgeFinished(&State{Load: &StateLoad{}})), "G3-COVER says no to it")
	require.Empty(t, judgeFinished(&State{Load: &StateLoad{FinishedAt: new(time.Time)}}))
	require.Equal(t, []string{"pass state"}, brief(judgeState(Paused, "f", &State{Plan: "f", Pause: &StatePause{}}, 1, planner.Options{})))
}
