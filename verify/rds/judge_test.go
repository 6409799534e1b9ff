package rds

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/verify"
)

const sourceARN = "arn:aws:rds:eu-central-1:123456789012:db:shop-db"

// world is a replica that follows, as planned.
func world() scene {
	o := planner.DefaultAurora()
	o.Source, o.Cluster, o.InstanceClass, o.EngineVersion, o.Readers = "shop-db", "shop", "db.r6g.large", "13.12", 1
	p := planner.Plan{Options: planner.Options{Engine: planner.EnginePromote, Aurora: &o}, Source: planner.Source{Database: "shop", SystemIdentifier: "7"}}
	p.Aurora = &planner.Aurora{Source: "shop-db", Cluster: "shop", Writer: "shop-1", Readers: []string{"shop-2"}, ClusterGroup: "shop-cluster", InstanceGroup: "shop-instance"}
	member := func(id string) types.DBInstance {
		return types.DBInstance{DBInstanceIdentifier: aws.String(id), DBInstanceStatus: aws.String("available"), DBClusterIdentifier: aws.String("shop"), DBInstanceClass: aws.String("db.r6g.large")}
	}
	return scene{
		plan: p, aurora: *p.Aurora, options: o,
		found: &found{
			source: &types.DBInstance{
				DBInstanceArn: aws.String(sourceARN), DBInstanceStatus: aws.String("available"), Engine: aws.String("postgres"), EngineVersion: aws.String("13.12"),
				BackupRetentionPeriod: aws.Int32(7), StorageEncrypted: aws.Bool(true), ReadReplicaDBClusterIdentifiers: []string{"shop"},
			},
			cluster: &types.DBCluster{
				Status: aws.String("available"), EngineVersion: aws.String("13.12"), DBClusterParameterGroup: aws.String("shop-cluster"), ReplicationSourceIdentifier: aws.String(sourceARN),
				DBClusterMembers: []types.DBClusterMember{{DBInstanceIdentifier: aws.String("shop-1"), IsClusterWriter: aws.Bool(true), DBClusterParameterGroupStatus: aws.String("in-sync")}},
				TagList:          []types.Tag{{Key: aws.String("pgcutover:migration"), Value: aws.String("shop")}, {Key: aws.String("pgcutover:source"), Value: aws.String("7/shop")}},
			},
			members: map[string]types.DBInstance{"shop-1": member("shop-1"), "shop-2": member("shop-2")},
		},
	}
}

func spoken(rs []verify.Result) (out []string) {
	for _, r := range rs {
		out = append(out, string(r.Status)+" "+r.Subject+": "+r.Detail)
	}
	return out
}

func judged(t *testing.T, judge func(scene) []verify.Result, cases map[string]struct {
	change func(*scene)
	want   []string
}) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := world()
			c.change(&s)
			require.Equal(t, c.want, spoken(judge(s)))
		})
	}
}

func TestJudgeSource(t *testing.T) {
	judged(t, judgeSource, map[string]struct {
		change func(*scene)
		want   []string
	}{
		"good":             {func(*scene) {}, []string{"pass instance shop-db: PostgreSQL 13.12, available, with backups, without another Aurora replica"}},
		"not there":        {func(s *scene) { s.source = nil }, []string{"fail instance shop-db: RDS has none of that name in this account and Region"}},
		"another engine":   {func(s *scene) { s.source.Engine = aws.String("mysql") }, []string{"fail instance shop-db: its engine is mysql"}},
		"restarting":       {func(s *scene) { s.source.DBInstanceStatus = aws.String("rebooting") }, []string{"fail instance shop-db: it is rebooting"}},
		"another major":    {func(s *scene) { s.source.EngineVersion = aws.String("14.9") }, []string{"fail instance shop-db: it runs 14.9, and Aurora 13.12 is of another major version"}},
		"a newer minor":    {func(s *scene) { s.source.EngineVersion = aws.String("13.13") }, []string{"fail instance shop-db: it runs 13.13, and Aurora 13.12 is older"}},
		"an older minor":   {func(s *scene) { s.source.EngineVersion = aws.String("13.9") }, []string{"pass instance shop-db: PostgreSQL 13.9, available, with backups, without another Aurora replica"}},
		"supported longer": {func(s *scene) { s.source.EngineVersion = aws.String("13.12-R1") }, []string{`unknown instance shop-db: its version, "13.12-R1", is not understood`}},
		"extended support": {func(s *scene) { s.source.EngineVersion = aws.String("13.12-rds.20260514") }, []string{"pass instance shop-db: PostgreSQL 13.12-rds.20260514, available, with backups, without another Aurora replica"}},
		"of 9.6":           {func(s *scene) { s.source.EngineVersion = aws.String("9.6.22") }, []string{"fail instance shop-db: it runs 9.6.22, and Aurora 13.12 is of another major version"}},
		"unknown version":  {func(s *scene) { s.source.EngineVersion = aws.String("13") }, []string{`unknown instance shop-db: its version, "13", is not understood`}},
		"no backups":       {func(s *scene) { s.source.BackupRetentionPeriod = aws.Int32(0) }, []string{"fail instance shop-db: it has no automated backups, of which the replica is made"}},
		"encrypted":        {func(s *scene) { s.options.Encrypted = false }, []string{"fail instance shop-db: it is encrypted, and the cluster is not to be"}},
		"not encrypted":    {func(s *scene) { s.source.StorageEncrypted = aws.Bool(false) }, []string{"warn instance shop-db: it is not encrypted: the cluster can be, with a key by name"}},
		"another replica":  {func(s *scene) { s.source.ReadReplicaDBClusterIdentifiers = []string{"other"} }, []string{"fail instance shop-db: it has the Aurora read replica other, and an instance has one at most"}},
		"ours, by its ARN": {func(s *scene) {
			s.source.ReadReplicaDBClusterIdentifiers = []string{"arn:aws:rds:eu-central-1:1:cluster:shop"}
		}, []string{"pass instance shop-db: PostgreSQL 13.12, available, with backups, without another Aurora replica"}},
		"far replica": {func(s *scene) {
			s.source.ReadReplicaDBInstanceIdentifiers = []string{"near", "arn:aws:rds:us-east-1:1:db:far"}
		}, []string{"fail instance shop-db: it has the read replica arn:aws:rds:us-east-1:1:db:far in another Region"}},
	})
}

func TestJudgeReplica(t *testing.T) {
	judged(t, judgeReplica, map[string]struct {
		change func(*scene)
		want   []string
	}{
		"good":              {func(*scene) {}, []string{"pass cluster shop: a read replica of " + sourceARN + ", available"}},
		"not there":         {func(s *scene) { s.cluster = nil }, []string{"fail cluster shop: RDS has none of that name in this account and Region"}},
		"promoted":          {func(s *scene) { s.cluster.ReplicationSourceIdentifier = nil }, []string{"fail cluster shop: it is no read replica any more"}},
		"of another source": {func(s *scene) { s.source.DBInstanceArn = aws.String("arn:other") }, []string{"fail cluster shop: it is a read replica of " + sourceARN + ", and not of arn:other"}},
		"source is gone":    {func(s *scene) { s.source = nil }, []string{"unknown cluster shop: it is a read replica of " + sourceARN + ", and there is no instance shop-db to compare that with"}},
		"somebody else's":   {func(s *scene) { s.cluster.TagList[0].Value = aws.String("crm") }, []string{"fail cluster shop: it is of another migration: its tag pgcutover:migration is crm, and not shop"}},
		"without tags":      {func(s *scene) { s.cluster.TagList = s.cluster.TagList[:1] }, []string{"fail cluster shop: it has no tag pgcutover:source: whose it is cannot be told"}},
		"modified":          {func(s *scene) { s.cluster.Status = aws.String("modifying") }, []string{"fail cluster shop: it is modifying"}},
		"no writer":         {func(s *scene) { delete(s.members, "shop-1") }, []string{"fail instance shop-1: RDS has none of that name"}},
		"writer restarts": {func(s *scene) {
			m := s.members["shop-1"]
			m.DBInstanceStatus = aws.String("rebooting")
			s.members["shop-1"] = m
		}, []string{"fail instance shop-1: it is rebooting"}},
		"default group": {func(s *scene) { s.cluster.DBClusterParameterGroup = aws.String("default.aurora-postgresql13") }, []string{"warn cluster shop: its parameter group is default.aurora-postgresql13, planned was shop-cluster"}},
		"pending": {func(s *scene) {
			s.cluster.DBClusterMembers[0].DBClusterParameterGroupStatus = aws.String("pending-reboot")
		}, []string{"warn instance shop-1: its cluster parameters are pending-reboot"}},
	})
}

func TestJudgePromoted(t *testing.T) {
	judged(t, judgePromoted, map[string]struct {
		change func(*scene)
		want   []string
	}{
		"good":      {func(s *scene) { s.cluster.ReplicationSourceIdentifier = nil }, []string{"pass cluster shop: of its own, with the writer shop-1"}},
		"a replica": {func(*scene) {}, []string{"fail cluster shop: it is a read replica of " + sourceARN}},
		"no writer": {func(s *scene) {
			s.cluster.ReplicationSourceIdentifier, s.cluster.DBClusterMembers[0].IsClusterWriter = nil, aws.Bool(false)
		}, []string{"fail cluster shop: it has no writer"}},
	})
}

func TestJudgeAfter(t *testing.T) {
	s := world()
	require.Equal(t, []string{"pass instance shop-2: available, db.r6g.large"}, spoken(judgeReaders(s)))
	require.Equal(t, []string{"fail instance shop-db: RDS takes it for the source of shop still"}, spoken(judgeOld(s)))
	s.source.ReadReplicaDBClusterIdentifiers = nil
	require.Equal(t, []string{"warn instance shop-db: it replicates to the cluster no more; it is there (available), and paid for"}, spoken(judgeOld(s)))
	s.source = nil
	require.Equal(t, []string{"pass instance shop-db: it is gone"}, spoken(judgeOld(s)))
	delete(s.members, "shop-2")
	require.Equal(t, []string{"fail instance shop-2: RDS has none of that name"}, spoken(judgeReaders(s)))
	s.aurora.Readers = nil
	require.Equal(t, []string{"skip : the plan has no readers"}, spoken(judgeReaders(s)))
}

func TestJudgeOffer(t *testing.T) {
	o := world().options
	require.Equal(t, []string{"fail Aurora PostgreSQL 13.12: the Region does not offer it"}, spoken(judgeOffer(o, nil)))
	require.Equal(t, []string{"pass Aurora PostgreSQL 13.12: the Region offers it", "pass db.r6g.large: the Region offers it for Aurora PostgreSQL 13.12"}, spoken(judgeOffer(o, []string{"db.r6g.large"})))
	o.ReaderClass = "db.x2g.large"
	require.Equal(t, "fail db.x2g.large: the Region does not offer it for Aurora PostgreSQL 13.12", spoken(judgeOffer(o, []string{"db.r6g.large"}))[2])
}

func TestJudgeLag(t *testing.T) {
	require.Equal(t, verify.Warn, judgeLag("shop-1", nil).Status)
	require.Equal(t, verify.Pass, judgeLag("shop-1", aws.Float64(mostLag)).Status)
	require.Equal(t, verify.Fail, judgeLag("shop-1", aws.Float64(mostLag+1)).Status)
}

// Only what says that there is none says so.
func TestIsNone(t *testing.T) {
	for _, code := range []string{"DBInstanceNotFound", "DBInstanceNotFoundFault"} {
		require.True(t, isNone(&smithy.GenericAPIError{Code: code}, "DBInstanceNotFound"), code)
	}
	require.True(t, isNone(&smithy.GenericAPIError{Code: "DBClusterNotFoundFault"}, "DBClusterNotFoundFault"))
	for _, err := range []error{nil, errors.New("DBInstanceNotFound"), &smithy.GenericAPIError{Code: "AccessDenied", Message: "DBInstanceNotFound"}, &smithy.GenericAPIError{Code: "DBSubnetGroupNotFound"}} {
		require.False(t, isNone(err, "DBInstanceNotFound"))
	}
}
