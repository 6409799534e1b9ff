"""A local server of AWS's APIs: moto, whose tasks of AWS DMS are brought nearer to the real ones.

moto leaves a task in "creating" until it is started, forgets its position and its resource id, resumes what never ran, and deletes what runs.
Usage: aws-server.py PORT
"""

import json
import sys

from moto.dms import models, responses
from moto.dms.exceptions import InvalidResourceStateFault
from moto.server import main

create, start = responses.DatabaseMigrationServiceResponse.create_replication_task, responses.DatabaseMigrationServiceResponse.start_replication_task
described, delete = models.FakeReplicationTask.to_dict, models.FakeReplicationTask.delete


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
    return start(self)


def to_dict(self):
    return {**described(self), "CdcStartPosition": getattr(self, "position", None)}


def delete_task(self):
    if self.status == "running":
        raise InvalidResourceStateFault("The task runs")
    return delete(self)


responses.DatabaseMigrationServiceResponse.create_replication_task = create_task
responses.DatabaseMigrationServiceResponse.start_replication_task = start_task
models.FakeReplicationTask.to_dict = to_dict
models.FakeReplicationTask.delete = delete_task
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
