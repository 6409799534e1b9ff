package rds

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/cloud"
)

// Checks are those that ask AWS, in the order of the gates. What they find out they share, so a slice of them is for one run. Nothing is asked, and no
// configuration read, before the first of them runs.
func Checks(configure cloud.Configuration) []verify.Check {
	a := &account{configure: configure}
	engine, before, ready := planner.Engines{planner.EnginePromote}, []verify.Gate{verify.Preflight}, []verify.Gate{verify.CutoverReady}
	out := []verify.Check{
		{
			Code: "G0-RDS", Title: "the source can have an Aurora read replica", Gates: before, Cost: verify.Instant, Run: a.looks(judgeSource),
			Why:    "AWS makes one of an RDS for PostgreSQL instance with automated backups, that has no other Aurora replica and none in another Region, for the same major version and the same or a higher minor one; an encrypted source asks for an encrypted cluster.",
			Remedy: "see docs/promote.md; where it cannot be, another engine",
		},
		{
			Code: "G0-OFFER", Title: "the Region offers the version and the classes", Gates: before, Cost: verify.Instant, Run: a.checkOffer,
			Why:    "Not every version of RDS for PostgreSQL has its counterpart in Aurora, and not every class is to be had for each.",
			Remedy: "aurora.engine_version, aurora.instance_class and aurora.reader_class, then plan and render again",
		},
		{
			Code: "G6-CLUSTER", Title: "the cluster is a read replica of the source, available, as planned", Gates: ready, Cost: verify.Instant, Loss: true, Run: a.looks(judgeReplica),
			Why:    "What is promoted has to be the replica of this source. A cluster of another migration under the same name, one that was promoted, or one that restarts is none to cut over to.",
			Remedy: "20-aurora/21-deploy.sh",
		},
		{
			Code: "G6-LAG", Title: "CloudWatch sees the replica near the source", Gates: ready, Cost: verify.Instant, Informational: true, Run: a.checkLag,
			Why:    "RDSToAuroraPostgreSQLReplicaLag is AWS's own view of what G6-REPLICA reads on the servers.",
			Remedy: "20-aurora/22-catch-up.sh",
		},
		{
			Code: "G7-CLUSTER", Title: "the cluster stands alone, and its writer is available", Gates: []verify.Gate{verify.Cutover}, Cost: verify.Instant, Loss: true, Run: a.looks(judgePromoted),
			Why:    "As long as AWS calls the cluster a read replica, it may take the writer away once more.",
			Remedy: "70-cutover/73-promote.sh --yes",
		},
		{
			Code: "G8-READERS", Title: "the readers are there", Gates: []verify.Gate{verify.After}, Cost: verify.Instant, Run: a.looks(judgeReaders),
			Why:    "Until then the writer has every read, and a failover waits for a new instance.",
			Remedy: "70-cutover/77-readers.sh",
		},
		{
			Code: "G8-SOURCE", Title: "the old instance replicates to nobody of ours", Gates: []verify.Gate{verify.After}, Cost: verify.Instant, Run: a.looks(judgeOld),
			Why:    "A source that AWS still takes for one of a replica keeps WAL for it. An instance that nobody needs any more is paid for by the hour.",
			Remedy: "70-cutover/78-retire.sh --yes, when the time to go back has passed",
		},
	}
	for i := range out {
		out[i].Family, out[i].Engines, out[i].Aurora = verify.AWS, engine, true
		if slices.Contains(out[i].Gates, verify.Preflight) {
			out[i].Engines = planner.Engines{planner.EnginePromote, planner.EngineDMSFull}
		}
	}
	return out
}

func judgeSource(s scene) []verify.Result {
	who, x := "instance "+s.aurora.Source, s.source
	if x == nil {
		return []verify.Result{cloud.Hinted(verify.Fail.Of(who, "RDS has none of that name in this account and Region"), "aurora.source; AWS_REGION and AWS_PROFILE")}
	}
	var out []verify.Result
	fail := func(remedy, format string, args ...any) {
		out = append(out, cloud.Hinted(verify.Fail.Of(who, format, args...), "%s", remedy))
	}
	if e := aws.ToString(x.Engine); e != "postgres" {
		fail("aurora.source names an RDS for PostgreSQL instance", "its engine is %s", e)
	}
	if v := aws.ToString(x.DBInstanceStatus); v != "available" {
		fail("wait until it is available", "it is %s", v)
	}
	is, want := planner.AuroraVersionNum(aws.ToString(x.EngineVersion)), planner.AuroraVersionNum(s.options.EngineVersion)
	switch {
	case is == 0:
		out = append(out, verify.Unknown.Of(who, "its version, %q, is not understood", aws.ToString(x.EngineVersion)))
	case is/10000 != want/10000:
		fail("the same major version, and an upgrade of the cluster after the promotion; or another engine", "it runs %s, and Aurora %s is of another major version", aws.ToString(x.EngineVersion), s.options.EngineVersion)
	case is > want:
		fail("aurora.engine_version of this minor version or a newer one", "it runs %s, and Aurora %s is older", aws.ToString(x.EngineVersion), s.options.EngineVersion)
	}
	if aws.ToInt32(x.BackupRetentionPeriod) == 0 {
		fail("aws rds modify-db-instance --backup-retention-period 1 --apply-immediately; it is an outage", "it has no automated backups, of which the replica is made")
	}
	if aws.ToBool(x.StorageEncrypted) && !s.options.Encrypted {
		fail("aurora.encrypted: true", "it is encrypted, and the cluster is not to be")
	}
	if !aws.ToBool(x.StorageEncrypted) && s.options.Encrypted {
		out = append(out, cloud.Hinted(verify.Warn.Of(who, "it is not encrypted: the cluster can be, with a key by name"), "PGCUTOVER_AURORA_KEY in env; or aurora.encrypted: false"))
	}
	for _, c := range x.ReadReplicaDBClusterIdentifiers {
		if c != s.aurora.Cluster && !strings.HasSuffix(c, ":cluster:"+s.aurora.Cluster) {
			fail("promote or delete that one first", "it has the Aurora read replica %s, and an instance has one at most", c)
		}
	}
	for _, r := range x.ReadReplicaDBInstanceIdentifiers {
		if strings.HasPrefix(r, "arn:") {
			fail("delete it, or move by another engine", "it has the read replica %s in another Region", r)
		}
	}
	if g := x.DBSubnetGroup; g != nil {
		zones := map[string]bool{}
		for _, n := range g.Subnets {
			if n.SubnetAvailabilityZone != nil {
				zones[aws.ToString(n.SubnetAvailabilityZone.Name)] = true
			}
		}
		if len(zones) == 1 {
			out = append(out, cloud.Hinted(verify.Warn.Of(who, "its subnet group %s is in one availability zone, and Aurora wants two", aws.ToString(g.DBSubnetGroupName)), "PGCUTOVER_AURORA_SUBNETS in env"))
		}
	}
	if len(out) == 0 {
		out = append(out, verify.Pass.Of(who, "PostgreSQL %s, available, with backups, without another Aurora replica", aws.ToString(x.EngineVersion)))
	}
	return out
}

func (a *account) checkOffer(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	if e.Plan.Options.Aurora == nil {
		return []verify.Result{verify.Skip.Of("", "the plan makes no Aurora replica")}, nil
	}
	o := e.Plan.Options.Aurora
	classes, err := a.classes(ctx, o.EngineVersion)
	if err != nil {
		return []verify.Result{cloud.Unheard(ctx, "", err, page)}, nil
	}
	return judgeOffer(*o, classes), nil
}

func judgeOffer(o planner.AuroraOptions, classes []string) []verify.Result {
	version := "Aurora PostgreSQL " + o.EngineVersion
	if len(classes) == 0 {
		return []verify.Result{cloud.Hinted(verify.Fail.Of(version, "the Region does not offer it"), "aws rds describe-db-engine-versions --engine aurora-postgresql lists what it has")}
	}
	out := []verify.Result{verify.Pass.Of(version, "the Region offers it")}
	wanted := []string{o.InstanceClass}
	if o.Readers > 0 && o.ReaderClass != "" && o.ReaderClass != o.InstanceClass {
		wanted = append(wanted, o.ReaderClass)
	}
	for _, c := range wanted {
		if slices.Contains(classes, c) {
			out = append(out, verify.Pass.Of(c, "the Region offers it for %s", version))
			continue
		}
		out = append(out, cloud.Hinted(verify.Fail.Of(c, "the Region does not offer it for %s", version), "it offers %s", strings.Join(classes, ", ")))
	}
	return out
}

// theCluster is the answer about the cluster that every gate from its making on asks for; ok is false where there is nothing to look at.
func (s scene) theCluster() (out []verify.Result, ok bool) {
	who, c := "cluster "+s.aurora.Cluster, s.cluster
	if c == nil {
		return []verify.Result{cloud.Hinted(verify.Fail.Of(who, "RDS has none of that name in this account and Region"), "20-aurora/21-deploy.sh; AWS_REGION and AWS_PROFILE")}, false
	}
	has := map[string]string{}
	for _, t := range c.TagList {
		has[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	for _, t := range render.AWSTags(s.plan) {
		switch v := has[t.Key]; {
		case v == "":
			out = append(out, cloud.Hinted(verify.Fail.Of(who, "it has no tag %s: whose it is cannot be told", t.Key), "20-aurora/21-deploy.sh says how to give it one"))
		case v != t.Value:
			out = append(out, cloud.Hinted(verify.Fail.Of(who, "it is of another migration: its tag %s is %s, and not %s", t.Key, v, t.Value), "configure another aurora.cluster"))
		}
	}
	if v := aws.ToString(c.Status); v != "available" {
		out = append(out, cloud.Hinted(verify.Fail.Of(who, "it is %s", v), "wait until it is available"))
	}
	if v := aws.ToString(c.EngineVersion); v != s.options.EngineVersion {
		out = append(out, verify.Warn.Of(who, "it runs %s, planned was %s", v, s.options.EngineVersion))
	}
	if g := aws.ToString(c.DBClusterParameterGroup); g != s.aurora.ClusterGroup {
		out = append(out, cloud.Hinted(verify.Warn.Of(who, "its parameter group is %s, planned was %s", g, s.aurora.ClusterGroup), "aws rds modify-db-cluster --db-cluster-parameter-group-name %s, and a reboot", s.aurora.ClusterGroup))
	}
	for _, m := range c.DBClusterMembers {
		if st := aws.ToString(m.DBClusterParameterGroupStatus); st != "" && st != "in-sync" {
			out = append(out, cloud.Hinted(verify.Warn.Of("instance "+aws.ToString(m.DBInstanceIdentifier), "its cluster parameters are %s", st), "aws rds reboot-db-instance, before the cutover"))
		}
	}
	w, there := s.members[s.aurora.Writer]
	switch {
	case !there:
		out = append(out, cloud.Hinted(verify.Fail.Of("instance "+s.aurora.Writer, "RDS has none of that name"), "20-aurora/21-deploy.sh"))
	case aws.ToString(w.DBInstanceStatus) != "available":
		out = append(out, cloud.Hinted(verify.Fail.Of("instance "+s.aurora.Writer, "it is %s", aws.ToString(w.DBInstanceStatus)), "wait until it is available"))
	case aws.ToString(w.DBClusterIdentifier) != s.aurora.Cluster:
		out = append(out, verify.Fail.Of("instance "+s.aurora.Writer, "it is no instance of the cluster"))
	}
	return out, true
}

func judgeReplica(s scene) []verify.Result {
	out, there := s.theCluster()
	if !there {
		return out
	}
	who, of := "cluster "+s.aurora.Cluster, aws.ToString(s.cluster.ReplicationSourceIdentifier)
	switch {
	case of == "":
		out = append(out, cloud.Hinted(verify.Fail.Of(who, "it is no read replica any more"), "after a dry run 20-aurora/23-dry-run.sh --yes --end; else 24-delete.sh --yes, and 21-deploy.sh"))
	case s.source == nil:
		out = append(out, verify.Unknown.Of(who, "it is a read replica of %s, and there is no instance %s to compare that with", of, s.aurora.Source))
	case of != aws.ToString(s.source.DBInstanceArn):
		out = append(out, verify.Fail.Of(who, "it is a read replica of %s, and not of %s", of, aws.ToString(s.source.DBInstanceArn)))
	}
	return orPass(out, who, "a read replica of %s, available", of)
}

func orPass(out []verify.Result, who, format string, args ...any) []verify.Result {
	if len(out) == 0 {
		out = append(out, verify.Pass.Of(who, format, args...))
	}
	return out
}

// mostLag is how many seconds the replica may be behind by CloudWatch.
const mostLag = 60.0

func (a *account) checkLag(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	if e.Plan.Aurora == nil {
		return []verify.Result{verify.Skip.Of("", "the plan makes no Aurora replica")}, nil
	}
	lag, err := a.lag(ctx, e.Plan.Aurora.Writer)
	if err != nil {
		return []verify.Result{cloud.Unheard(ctx, "", err, page)}, nil
	}
	return []verify.Result{judgeLag(e.Plan.Aurora.Writer, lag)}, nil
}

func judgeLag(writer string, lag *float64) verify.Result {
	switch {
	case lag == nil:
		return cloud.Hinted(verify.Warn.Of(writer, "CloudWatch has no figure of the last ten minutes"), "G6-REPLICA asks the servers themselves")
	case *lag > mostLag:
		return verify.Fail.Of(writer, "%s s behind", fmt.Sprintf("%.0f", *lag))
	}
	return verify.Pass.Of(writer, "%s s behind", fmt.Sprintf("%.0f", *lag))
}

func judgePromoted(s scene) []verify.Result {
	out, there := s.theCluster()
	if !there {
		return out
	}
	who := "cluster " + s.aurora.Cluster
	if of := aws.ToString(s.cluster.ReplicationSourceIdentifier); of != "" {
		out = append(out, cloud.Hinted(verify.Fail.Of(who, "it is a read replica of %s", of), "70-cutover/73-promote.sh --yes"))
	}
	writer := ""
	for _, m := range s.cluster.DBClusterMembers {
		if aws.ToBool(m.IsClusterWriter) {
			writer = aws.ToString(m.DBInstanceIdentifier)
		}
	}
	if writer == "" {
		out = append(out, verify.Fail.Of(who, "it has no writer"))
	}
	return orPass(out, who, "of its own, with the writer %s", writer)
}

func judgeReaders(s scene) []verify.Result {
	var out []verify.Result
	for _, r := range s.aurora.Readers {
		x, there := s.members[r]
		switch {
		case !there:
			out = append(out, cloud.Hinted(verify.Fail.Of("instance "+r, "RDS has none of that name"), "70-cutover/77-readers.sh"))
		case aws.ToString(x.DBClusterIdentifier) != s.aurora.Cluster:
			out = append(out, verify.Fail.Of("instance "+r, "it is no instance of the cluster"))
		case aws.ToString(x.DBInstanceStatus) != "available":
			out = append(out, cloud.Hinted(verify.Fail.Of("instance "+r, "it is %s", aws.ToString(x.DBInstanceStatus)), "wait until it is available"))
		default:
			out = append(out, verify.Pass.Of("instance "+r, "available, %s", aws.ToString(x.DBInstanceClass)))
		}
	}
	if len(out) == 0 {
		return []verify.Result{verify.Skip.Of("", "the plan has no readers")}
	}
	return out
}

func judgeOld(s scene) []verify.Result {
	who := "instance " + s.aurora.Source
	if s.source == nil {
		return []verify.Result{verify.Pass.Of(who, "it is gone")}
	}
	for _, c := range s.source.ReadReplicaDBClusterIdentifiers {
		if c == s.aurora.Cluster || strings.HasSuffix(c, ":cluster:"+s.aurora.Cluster) {
			return []verify.Result{cloud.Hinted(verify.Fail.Of(who, "RDS takes it for the source of %s still", c), "look at the cluster in the console: it may not be promoted")}
		}
	}
	return []verify.Result{cloud.Hinted(verify.Warn.Of(who, "it replicates to the cluster no more; it is there (%s), and paid for", aws.ToString(s.source.DBInstanceStatus)), "70-cutover/78-retire.sh --yes, when the time to go back has passed")}
}
