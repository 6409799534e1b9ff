#!/usr/bin/env bash
# 40-load/batch/job.sh: What each job of the array runs: fetches the bundle and state.json, then 42-load.sh.
#
# Runs in each job of the array, from the image that the Dockerfile beside it makes. It is given: where bundle and state.json lie (PGCUTOVER_FILES), the
# checksum of the bundle (PGCUTOVER_BUNDLE_SHA256), the texts of the service file and the password file (PGCUTOVER_SERVICES, PGCUTOVER_PASSWORDS), the
# number of workers, and from AWS Batch its place in the array.
#
# The jobs share the work through the ledger on the target, so each may end, be lost or be started again at any moment.
#
# Exit codes: those of 42-load.sh. Everything but 1 makes AWS Batch try again.
set -Eeuo pipefail
umask 077

: "${PGCUTOVER_FILES:?} ${PGCUTOVER_BUNDLE_SHA256:?} ${PGCUTOVER_SERVICES:?} ${PGCUTOVER_PASSWORDS:?} ${PGCUTOVER_WORKERS:?}"
work=$(mktemp -d)
cd -- "$work"
"${PGCUTOVER_AWS:-aws}" s3 cp --only-show-errors "$PGCUTOVER_FILES/bundle.tar.gz" bundle.tar.gz
"${PGCUTOVER_AWS:-aws}" s3 cp --only-show-errors "$PGCUTOVER_FILES/state.json" state.json
printf '%s  bundle.tar.gz\n' "$PGCUTOVER_BUNDLE_SHA256" | sha256sum --check --quiet || {
  printf 'The bundle in %s is not the one that the job was submitted for: run 42-batch.sh again.\n' "$PGCUTOVER_FILES" >&2
  exit 1
}
mkdir migration
tar -xzf bundle.tar.gz -C migration
printf '%s\n' "$PGCUTOVER_SERVICES" >services
printf '%s\n' "$PGCUTOVER_PASSWORDS" >passwords
unset PGCUTOVER_SERVICES PGCUTOVER_PASSWORDS PGSERVICE PGHOST PGUSER PGDATABASE PGPASSWORD
export PGSERVICEFILE=$work/services PGPASSFILE=$work/passwords PGCUTOVER_STATE=$work/state.json PGCUTOVER_LOG_DIR=$work/load-logs
# Containers may have the same host name, and in each the first process is 1; workers are told apart by both.
export PGCUTOVER_LOAD_HOST=${AWS_BATCH_JOB_ID:-$(uname -n)}
status=0
migration/40-load/42-load.sh --workers "$PGCUTOVER_WORKERS" || status=$?
# What the workers said goes where the job's own words go; with the container it would be gone.
if ((status != 0)); then tail -n 200 -- load-logs/* 2>/dev/null || true; fi
exit "$status"
