"""RDS as the engine promote meets it, on top of moto: Aurora read replicas of RDS for PostgreSQL instances.

moto knows read replicas of clusters only, asks a replica for a master user, makes no instance of a cluster by CloudFormation, and has promoted at once. Here a
replica cluster is refused where RDS's user guide says so, is "promoting" for two looks, tells of its promotion by an event, and keeps its last instance until then. What stands for the servers is
told of a promotion: the program that PGCUTOVER_PROMOTES names is run with the identifier of the cluster. Times of events are those of the machine.
"""

import os
import subprocess
from types import SimpleNamespace

from moto.rds import models, responses
from moto.rds.exceptions import InvalidDBClusterStateFault, InvalidParameterCombination

Backend, Cluster, Instance, Response = models.RDSBackend, models.DBCluster, models.DBInstance, responses.RDSResponse
create_cluster, find, promote, delete_cluster = Backend.create_db_cluster, models.find_cluster, Backend.promote_read_replica_db_cluster, Backend.delete_db_cluster
delete_instance, made_of_template, events, options = Backend.delete_db_instance, Instance.create_from_cloudformation_json, Response.describe_events, Backend.describe_orderable_db_instance_options
status = Cluster.status
classes = ["db.r6g.large", "db.r6g.xlarge"]
told = []


def instance_of(arn):
    parts = arn.split(":")
    return models.rds_backends[parts[4]][parts[3]].databases.get(parts[6]) if parts[5] == "db" else None


def find_cluster(arn):
    source = instance_of(arn)
    if source is None:
        return find(arn)
    return SimpleNamespace(read_replica_identifiers=source.__dict__.setdefault("cluster_replicas", []))


def create(self, kwargs):
    source = instance_of(kwargs.get("replication_source_identifier") or "arn:aws:rds:::cluster:")
    if source:
        if source.backup_retention_period == 0:
            raise InvalidDBClusterStateFault("Automated backups are not enabled for the source instance")
        if source.__dict__.get("cluster_replicas"):
            raise InvalidDBClusterStateFault("The source instance has an Aurora read replica")
        if source.engine_version.split(".")[0] != kwargs["engine_version"].split(".")[0]:
            raise InvalidParameterCombination("The engine versions are of different major versions")
        if source.storage_encrypted and not kwargs.get("storage_encrypted"):
            raise InvalidParameterCombination("The source is encrypted")
        kwargs = {**kwargs, "master_username": source.master_username, "master_user_password": "of the source"}
    return create_cluster(self, kwargs)


def promoted(self, db_cluster_identifier):
    cluster = self.clusters.get(db_cluster_identifier)
    if cluster is None:
        raise models.DBClusterNotFoundError(db_cluster_identifier)
    if not cluster.replication_source_identifier:
        raise InvalidDBClusterStateFault(f"DB Cluster {db_cluster_identifier} is not a read replica")
    program = os.environ.get("PGCUTOVER_PROMOTES")
    if program:
        subprocess.run([program, db_cluster_identifier], check=True)
    answer = promote(self, db_cluster_identifier)
    cluster.promoting = 2
    told.append((db_cluster_identifier, "Promoted Read Replica cluster to a stand-alone database cluster."))
    return answer


def looked_at(self):
    if getattr(self, "promoting", 0) > 0:
        self.promoting -= 1
        return "promoting"
    return status.fget(self)


def deleted(self, cluster_identifier, snapshot_name=None):
    cluster = self.clusters.get(cluster_identifier)
    if cluster is not None and cluster._members:
        raise InvalidDBClusterStateFault("Cluster cannot be deleted, it still contains DB instances in non-deleting state.")
    if cluster is not None and cluster.replication_source_identifier:
        find_cluster(cluster.replication_source_identifier).read_replica_identifiers.remove(cluster.db_cluster_arn)
    answer = delete_cluster(self, cluster_identifier, snapshot_name)
    # RDS deletes automated backups with their cluster. moto keeps them, under names that have the minute: a cluster that is made anew within it would be refused.
    for name in [n for n in self.cluster_snapshots if n.startswith(f"rds:{cluster_identifier}-")]:
        del self.cluster_snapshots[name]
    return answer


def instance_deleted(self, db_instance_identifier, *args, **kwargs):
    instance = self.databases.get(db_instance_identifier)
    cluster = self.clusters.get(getattr(instance, "db_cluster_identifier", None) or "")
    if cluster is not None and cluster.replication_source_identifier and len(cluster._members) == 1:
        raise InvalidDBClusterStateFault("Cannot delete the last instance of the read replica DB cluster. Promote the DB cluster to a standalone DB cluster in order to delete it.")
    return delete_instance(self, db_instance_identifier, *args, **kwargs)


def of_template(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    p = cloudformation_json["Properties"]
    if "DBClusterIdentifier" not in p:
        return made_of_template(resource_name, cloudformation_json, account_id, region_name, **kwargs)
    return models.rds_backends[account_id][region_name].create_db_instance({
        "db_instance_identifier": p["DBInstanceIdentifier"], "db_cluster_identifier": p["DBClusterIdentifier"], "db_instance_class": p["DBInstanceClass"],
        "engine": p["Engine"], "tags": p.get("Tags"), "promotion_tier": p.get("PromotionTier", 1),
    })


def told_of(self):
    answer = events(self)
    source = self.params.get("SourceIdentifier")
    answer.result["Events"] = list(answer.result["Events"]) + [SimpleNamespace(message=text, source_identifier=c, source_type="db-cluster", event_categories=[], date=models.utcnow(), source_arn="") for c, text in told if c == source]
    return answer


def orderable(self, engine, engine_version):
    if engine == "aurora-postgresql" and engine_version and not engine_version.endswith(".99"):
        return [{"Engine": engine, "EngineVersion": engine_version, "DBInstanceClass": c} for c in classes]
    return options(self, engine, engine_version)


def install():
    models.find_cluster = find_cluster
    Backend.create_db_cluster, Backend.promote_read_replica_db_cluster, Backend.delete_db_cluster = create, promoted, deleted
    Backend.delete_db_instance, Backend.describe_orderable_db_instance_options = instance_deleted, orderable
    Cluster.status = property(looked_at, status.fset)
    Instance.create_from_cloudformation_json = classmethod(of_template)
    Instance.read_replica_db_cluster_identifiers = property(lambda self: self.__dict__.get("cluster_replicas", []))
    Response.describe_events = told_of
    models.DBParameterGroup.cloudformation_name_type = staticmethod(lambda: "DBParameterGroupName")
