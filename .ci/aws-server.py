"""A local server of AWS's APIs: moto, whose tasks of AWS DMS are brought nearer to the real ones.

moto leaves a task in "creating" until it is started, forgets its position and its resource id, resumes what never ran, takes a resumed task for one
that was started afresh, deletes what runs, and leaves endpoints in "creating". It writes times as texts, where AWS DMS has seconds since 1970.
Usage: aws-server.py PORT
"""

import json
import sys
from datetime import datetime, timezone

from moto.dms import models, responses
from moto.dms.exceptions import InvalidResourceStateFault
from moto.server import main

create, start = responses.DatabaseMigrationServiceResponse.create_replication_task, responses.DatabaseMigrationServiceResponse.start_replication_task
described, delete = models.FakeReplicationTask.to_dict, models.FakeReplicationTask.delete
instance_described, endpoint_described = models.FakeReplicationInstance.to_dict, models.Endpoint.to_dict


def create_task(self):
    answer = json.loads(create(self))
    tasks = self.dms_backend.replication_tasks
    task = tasks.pop(answer["ReplicationTask"]["ReplicationTaskArn"])
    task.position = self._get_param("CdcStartPosition")
    task.arn = task.arn.rsplit(":", 1)[0] + ":" + (self._get_param("ResourceIdentifier") or task.id)
    tasks[task.arn] = task.ready()
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
    return json.dumps({**answer, "ReplicationTask": task.to_dict()})


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
    return {**answer, "CdcStartPosition": getattr(self, "position", None)}


def instance_to_dict(self):
    return in_seconds(instance_described(self))


def endpoint_to_dict(self):
    answer = endpoint_described(self)
    return {**answer, "Status": "active" if answer["Status"] == "creating" else answer["Status"]}


def delete_task(self):
    if self.status == "running":
        raise InvalidResourceStateFault("The task runs")
    return delete(self)


responses.DatabaseMigrationServiceResponse.create_replication_task = create_task
responses.DatabaseMigrationServiceResponse.start_replication_task = start_task
models.FakeReplicationTask.to_dict = to_dict
models.FakeReplicationTask.delete = delete_task
models.FakeReplicationInstance.to_dict = instance_to_dict
models.Endpoint.to_dict = endpoint_to_dict
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
