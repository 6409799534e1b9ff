"""A local server of AWS's APIs: moto, whose tasks of AWS DMS are brought nearer to the real ones.

moto leaves a task in "creating" until it is started, forgets its position and its resource id, resumes what never ran, takes a resumed task for one
that was started afresh, deletes what runs, knows no checkpoints, leaves endpoints in "creating", forgets the tags of tasks and subnet groups, and fails
where an endpoint is tested a second time. It writes times as texts, where AWS DMS has seconds since 1970. Here a task that has stopped has its position as its checkpoint: it applies nothing.

moto knows no full load either. Here a task of the type full-load-and-cdc whose settings say so has loaded its tables as soon as it is started, and stands
still. The program in PGCUTOVER_LOADS is asked for all that such a task is beside: "PROGRAM start ID TYPE" when it is started, and "PROGRAM look ID" whenever
somebody looks at it, which prints JSON: fields of the task, and its tables as "Tables".
Usage: aws-server.py PORT
"""

import json
import os
import subprocess
import sys
from datetime import datetime, timezone

import aws_batch
import aws_rds
from moto.cloudformation.models import CloudFormationBackend
from moto.dms import models, responses
from moto.dms.exceptions import InvalidResourceStateFault
from moto.server import main

create, start = responses.DatabaseMigrationServiceResponse.create_replication_task, responses.DatabaseMigrationServiceResponse.start_replication_task
described, delete = models.FakeReplicationTask.to_dict, models.FakeReplicationTask.delete
instance_described, endpoint_described = models.FakeReplicationInstance.to_dict, models.Endpoint.to_dict
tags = models.DatabaseMigrationServiceBackend.list_tags_for_resource
resolve, begun = CloudFormationBackend._resolve_update_parameters, CloudFormationBackend.__init__


def create_task(self):
    answer = json.loads(create(self))
    tasks = self.dms_backend.replication_tasks
    task = tasks.pop(answer["ReplicationTask"]["ReplicationTaskArn"])
    task.position = self._get_param("CdcStartPosition")
    task.arn = task.arn.rsplit(":", 1)[0] + ":" + (self._get_param("ResourceIdentifier") or task.id)
    tasks[task.arn] = task.ready()
    self.dms_backend.tagger.tag_resource(task.arn, self._get_param("Tags") or [])
    return json.dumps({"ReplicationTask": task.to_dict()})


def start_task(self):
    task = self.dms_backend.replication_tasks.get(self._get_param("ReplicationTaskArn"))
    if task and task.status == "running":
        raise InvalidResourceStateFault("The task runs")
    if task and self._get_param("StartReplicationTaskType") != "start-replication" and not task.start_date:
        raise InvalidResourceStateFault("The task has never run")
    answer = json.loads(start(self))
    if self._get_param("StartReplicationTaskType") == "start-replication":
        task.fresh = task.start_date
    if task.migration_type == "full-load-and-cdc":
        asks_hook("start", task.id, self._get_param("StartReplicationTaskType"))
        if self._get_param("StartReplicationTaskType") == "start-replication" and loads_and_stops(task):
            task.status, task.stop_date, task.reason = "stopped", task.start_date, "Stop Reason STOPPED_AFTER_FULL_LOAD"
        else:
            task.reason = None
    return json.dumps({**answer, "ReplicationTask": task.to_dict()})


def asks_hook(*words):
    if "PGCUTOVER_LOADS" not in os.environ:
        return {}
    said = subprocess.run([os.environ["PGCUTOVER_LOADS"], *words], capture_output=True, text=True, check=True).stdout
    return json.loads(said) if said.strip() else {}


def loads_and_stops(task):
    return json.loads(task.replication_task_settings or "{}").get("FullLoadSettings", {}).get("StopTaskCachedChangesNotApplied", False)


def tables_of(task):
    rules = json.loads(task.table_mappings)["rules"]
    names = [r["object-locator"] for r in rules if r["rule-type"] == "selection"]
    return [{"SchemaName": n["schema-name"], "TableName": n["table-name"], "FullLoadRows": 1, "FullLoadErrorRows": 0, "TableState": "Table completed"} for n in names]


def tables(self):
    task = self.dms_backend.replication_tasks[self._get_param("ReplicationTaskArn")]
    if task.migration_type != "full-load-and-cdc":  # nothing reads or applies changes here: to say how many it did would be made up
        raise InvalidResourceStateFault("The statistics of a task of type cdc are not known here")
    found = asks_hook("look", task.id).get("Tables")
    return json.dumps({"ReplicationTaskArn": task.arn, "TableStatistics": tables_of(task) if found is None else found})


def in_seconds(value, key=""):
    if isinstance(value, dict):
        return {k: in_seconds(v, k) for k, v in value.items()}
    if isinstance(value, str) and key.endswith(("Date", "CreateTime")):
        return datetime.fromisoformat(value).replace(tzinfo=timezone.utc).timestamp()
    return value


def to_dict(self):
    answer = in_seconds(described(self))
    fresh = getattr(self, "fresh", None)
    answer["ReplicationTaskStats"]["FreshStartDate"] = fresh.replace(tzinfo=timezone.utc).timestamp() if fresh else None
    position = getattr(self, "position", None)
    checkpoint = None
    if self.stop_date and position:
        checkpoint = "checkpoint:V1#1#" + "/".join(half.zfill(8) for half in position.split("/")) + "#0#0#*#0#0"
    answer = {**answer, "CdcStartPosition": position, "RecoveryCheckpoint": checkpoint}
    if self.migration_type != "full-load-and-cdc":
        return answer
    loaded = len(tables_of(self)) if self.start_date else 0
    stats = {**answer["ReplicationTaskStats"], "FullLoadProgressPercent": 100 if loaded else 0, "TablesLoaded": loaded}
    told = {k: v for k, v in asks_hook("look", self.id).items() if k != "Tables"}
    return {**answer, "StopReason": getattr(self, "reason", None), **told, "ReplicationTaskStats": {**stats, **told.get("ReplicationTaskStats", {})}}


def instance_to_dict(self):
    return in_seconds(instance_described(self))


def endpoint_to_dict(self):
    answer = endpoint_described(self)
    return {**answer, "Status": "active" if answer["Status"] == "creating" else answer["Status"]}


def resolve_parameters(self, instance, incoming_params):
    # The previous value of a parameter may be its default.
    return resolve(self, instance, [p for p in incoming_params if not p.get("UsePreviousValue") or p["ParameterKey"] in instance.parameters])


class Exports(dict):
    # An updated stack has lost its exports, and is not to fail when it is deleted.
    def pop(self, key, *default):
        return super().pop(key, *(default or [None]))


def begin(self, *args, **kwargs):
    begun(self, *args, **kwargs)
    self.exports = Exports()


# Premigration assessments, which moto does not know: each ends at once, as the bucket is called.
assessments = ["postgres-check-wallevel", "postgres-check-idle-in-transaction-session-timeout", "postgres-datamasking-hash-mask", "postgres-check-pk-lob"]
runs = {}


def applicable(self):
    return json.dumps({"IndividualAssessmentNames": assessments})


def assess(self):
    task = self._get_param("ReplicationTaskArn")
    arn = task.replace(":task:", ":assessment-run:") + f"-{len(runs)}"
    runs[arn] = {
        "ReplicationTaskAssessmentRunArn": arn,
        "ReplicationTaskArn": task,
        "Status": self._get_param("ResultLocationBucket"),
        "ResultLocationBucket": self._get_param("ResultLocationBucket"),
        "ResultLocationFolder": self._get_param("ResultLocationFolder"),
        "AssessmentRunName": self._get_param("AssessmentRunName"),
        "IsLatestTaskAssessmentRun": True,
        "names": self._get_param("IncludeOnly"),
    }
    for other in runs.values():
        if other["ReplicationTaskArn"] == task:
            other["IsLatestTaskAssessmentRun"] = other is runs[arn]
    return json.dumps({"ReplicationTaskAssessmentRun": runs[arn]})


def asked(self):
    for f in self._get_param("Filters") or []:
        key = {"replication-task-assessment-run-arn": "ReplicationTaskAssessmentRunArn", "replication-task-arn": "ReplicationTaskArn"}[f["Name"]]
        return [r for r in runs.values() if r[key] in f["Values"]]
    return list(runs.values())


def assessed(self):
    return json.dumps({"ReplicationTaskAssessmentRuns": [{k: v for k, v in r.items() if k != "names"} for r in asked(self)]})


def individual(self):
    found = []
    for r in asked(self):
        for name in r["names"]:
            status = {"postgres-check-idle-in-transaction-session-timeout": "warning", "postgres-check-pk-lob": r["Status"]}.get(name, "passed")
            found.append({"ReplicationTaskAssessmentRunArn": r["ReplicationTaskAssessmentRunArn"], "IndividualAssessmentName": name, "Status": status})
    return json.dumps({"ReplicationTaskIndividualAssessments": found})


def tags_of(self, arns):
    # Those of subnet groups are kept by their names.
    names = {arn.rsplit(":", 1)[1] if ":subgrp:" in arn else arn: arn for arn in arns}
    return [{**tag, "ResourceArn": names[tag["ResourceArn"]]} for tag in tags(self, list(names))]


def delete_task(self):
    if self.status == "running":
        raise InvalidResourceStateFault("The task runs")
    return delete(self)


backend = models.DatabaseMigrationServiceBackend
first_test = backend.test_connection


def test_connection(self, replication_instance_arn, endpoint_arn):
    self.connections = [c for c in self.connections if (c.replication_instance_arn, c.endpoint_arn) != (replication_instance_arn, endpoint_arn)]
    return first_test(self, replication_instance_arn, endpoint_arn)


backend.test_connection = test_connection
responses.DatabaseMigrationServiceResponse.create_replication_task = create_task
responses.DatabaseMigrationServiceResponse.describe_table_statistics = tables
responses.DatabaseMigrationServiceResponse.start_replication_task = start_task
models.FakeReplicationTask.to_dict = to_dict
models.FakeReplicationTask.delete = delete_task
models.FakeReplicationInstance.to_dict = instance_to_dict
models.Endpoint.to_dict = endpoint_to_dict
models.DatabaseMigrationServiceBackend.list_tags_for_resource = tags_of
CloudFormationBackend._resolve_update_parameters, CloudFormationBackend.__init__ = resolve_parameters, begin
responses.DatabaseMigrationServiceResponse.describe_applicable_individual_assessments = applicable
responses.DatabaseMigrationServiceResponse.start_replication_task_assessment_run = assess
responses.DatabaseMigrationServiceResponse.describe_replication_task_assessment_runs = assessed
responses.DatabaseMigrationServiceResponse.describe_replication_task_individual_assessments = individual
aws_rds.install()
aws_batch.install(f"http://127.0.0.1:{sys.argv[1]}")
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
