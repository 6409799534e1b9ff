"""Jobs of AWS Batch for the local server: each is a process of this machine, tried again as its definition says.

moto runs a job in a container of Docker, or takes it for done. Here the image of a job is the path of a program below "localhost/"; it gets the
environment that the definition, its secrets and the submission say, and the identifiers that AWS Batch gives.
"""

import os
import signal
import subprocess
import sys
import threading

from moto.batch.models import ComputeEnvironment, Job, batch_backends
from moto.batch_simple.models import BatchSimpleBackend
from moto.core.config import default_user_config
from moto.moto_api import state_manager
from moto.secretsmanager.models import secretsmanager_backends

processes = {}


def entry(of, key, default=None):
    # What comes by CloudFormation has its keys as that writes them.
    return of.get(key, of.get(key[0].upper() + key[1:], default))


def environment(job, url):
    container = job.job_definition.container_properties
    env = dict(os.environ)
    env.update(AWS_ENDPOINT_URL=url, AWS_DEFAULT_REGION="eu-central-1", AWS_ACCESS_KEY_ID="job", AWS_SECRET_ACCESS_KEY="nothing", AWS_EC2_METADATA_DISABLED="true")
    env["PGCUTOVER_AWS"] = os.path.join(os.path.dirname(sys.executable), "aws")
    for variable in entry(container, "environment", []) + entry(job.container_overrides, "environment", []):
        env[entry(variable, "name")] = entry(variable, "value")
    backend = secretsmanager_backends[job.job_definition.backend.account_id][job.job_definition._region]
    for secret in entry(container, "secrets", []):
        env[entry(secret, "name")] = backend.get_secret_value(entry(secret, "valueFrom"), "", "")["SecretString"]
    env["AWS_BATCH_JOB_ID"] = job.job_id
    env["AWS_BATCH_JOB_ARRAY_INDEX"] = job.job_id.rsplit(":", 1)[1]
    return env


def tries(job):
    return entry(job.job_definition.retry_strategy or {}, "attempts", 1)


def again(job, code):
    for rule in entry(job.job_definition.retry_strategy or {}, "evaluateOnExit", []):
        wanted = entry(rule, "onExitCode")
        if wanted is None or wanted == str(code):
            return entry(rule, "action").upper() == "RETRY"
    return True


def work(job, url):
    array = job.backend._jobs[job.job_id.rsplit(":", 1)[0]] if job.job_id.rsplit(":", 1)[0] in job.backend._jobs else None
    program = "/" + entry(job.job_definition.container_properties, "image").removeprefix("localhost/")
    code = None
    job.status = "RUNNING"
    for _ in range(tries(job)):
        process = subprocess.Popen([program], env=environment(job, url), stdin=subprocess.DEVNULL, start_new_session=True)
        processes[job.job_id] = process
        code = process.wait()
        print(f"job {job.job_id}: process {process.pid} ended with {code}", flush=True)
        if code == 0 or job.stop or not again(job, code):
            break
    job.exit_code, job.job_stopped = code, True
    job.status = "SUCCEEDED" if code == 0 else "FAILED"
    job.job_stopped_reason = None if code == 0 else "Essential container in task exited"
    array = array or job.backend._jobs[job.job_id.rsplit(":", 1)[0]]
    ended = [child.status for child in array._child_jobs or []]
    if all(s in ("SUCCEEDED", "FAILED") for s in ended):
        array.status = "FAILED" if "FAILED" in ended else "SUCCEEDED"
        array.job_stopped_reason = "Array Child Job failed" if "FAILED" in ended else None


def install(url):
    default_user_config["batch"] = {"use_docker": False}
    state_manager.set_transition("batch::job", {"progression": "manual", "times": sys.maxsize})  # nothing but work changes it

    def begin(self, include_start_attempt, job):
        self.backend._jobs[job.job_id] = job
        if include_start_attempt:
            job.status = "STARTING"
            # The array is known once all of its jobs are.
            threading.Timer(0.5, work, (job, url)).start()
        else:
            job.status = "PENDING"

    def end(self, reason):
        for child in self._child_jobs or [self]:
            child.stop = True
            if child.job_id in processes and processes[child.job_id].poll() is None:
                os.killpg(processes[child.job_id].pid, signal.SIGTERM)
        self.job_stopped_reason = reason

    # AWS Batch makes its role by itself where none is given; moto wants one.
    def made(cls, name, template, account_id, region_name, **_):
        p = template["Properties"]
        environment = cls(name, p["Type"], p["State"], p["ComputeResources"], "AWSServiceRoleForBatch", account_id=account_id, region_name=region_name)
        batch_backends[account_id][region_name]._compute_environments[environment.arn] = environment
        return environment

    ComputeEnvironment.create_from_cloudformation_json = classmethod(made)
    BatchSimpleBackend._mark_job_as_finished = begin
    Job.terminate = end
