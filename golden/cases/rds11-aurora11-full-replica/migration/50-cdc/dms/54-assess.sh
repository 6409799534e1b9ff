#!/usr/bin/env bash
# 50-cdc/dms/54-assess.sh: Have AWS DMS assess every task before its start: optional.
# Before: 54-test-connections.sh, and a bucket and a role for the reports (see env.example).
# Again: assesses again.
#
# Usage: 54-assess.sh [--wait SECONDS] [SLOT…]
#   --wait SECONDS   how long the assessments may take (default 1800)
#   SLOT             only the tasks of these; all when none is given
#
# Has AWS DMS assess every task before its start (premigration assessment). Optional: it finds what only AWS's side sees, and reads the catalogs of both
# servers, but no rows. The reports go to PGCUTOVER_DMS_ASSESSMENT_BUCKET; "pgcutover verify cdc-ready" shows their outcome too (G4-ASSESS).
set -Eeuo pipefail
# shellcheck source=../../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../session.sh"
# shellcheck source=aws.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/aws.sh"

wait=1800 slots=()
while (($#)); do
  case $1 in
    --wait) wait=${2:?} && shift 2 ;;
    -*) usage_error "$1" ;;
    *) slots+=("$1") && shift ;;
  esac
done
[[ $wait =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "--wait $wait"

# Not run, because they are about what no task here does.
readonly LEFT_OUT=(
  postgres-check-pk-validity                              # it is about validation by AWS DMS, which is off: pgcutover verify compares the rows
  postgres-datamasking-digits-randomize                   # nothing is masked
  postgres-datamasking-digits-mask                        # nothing is masked
  postgres-datamasking-hash-mask                          # nothing is masked
  all-to-all-validation-with-datamasking-digits-randomize # nothing is masked
  all-to-all-validation-with-datamasking-hash-mask        # nothing is masked
  all-to-all-validation-with-digit-mask                   # nothing is masked
)
# What may warn or fail although all is well, and why.
readonly EXPECTED=(
  postgres-check-target-secondary-indexes '40-load/42-load.sh builds them after the full load; the keys alone are there before'
  postgres-check-idle-in-transaction-session-timeout "0 for the roles of AWS DMS, so that nothing ends their sessions; AWS's own advice where tasks break"
  postgres-check-session-replication-role 'the target endpoint sets it in its own sessions, and nobody sets it for the whole server'
  postgres-check-ddl-event-trigger 'no DDL is captured: CaptureDdls is false'
  postgres-check-replication-slots-count 'each task makes one, and 10-source/12-settings.sh has left room for them'
  postgres-check-target-privileges 'the role makes no tables but the control tables, and truncates none: see 51-control.sql'
  postgres-check-target-generated-cols 'the mappings leave generated columns out'
  postgres-check-limited-lob-size 'the limits come from the largest values, with a margin: see plan.md'
  postgres-check-materialized-views '70-cutover/74-constraints.sh refreshes them'
  all-check-secondary-constraints 'foreign keys, triggers and unique keys come back at the cutover'
)

only_one
assert_source
assert_ours
chosen "${slots[@]}"
bucket=$(wanted PGCUTOVER_DMS_ASSESSMENT_BUCKET '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$')
role=$(wanted PGCUTOVER_DMS_ASSESSMENT_ROLE '^arn:[A-Za-z0-9:/_+=.@!-]+$')

for slot in "${CHOSEN[@]}"; do
  look_at_task "$(task_of "$slot")"
  [[ -n $TASK_ARN ]] || refuse "there is no task $(task_of "$slot")" "50-cdc/dms/53-deploy.sh"
  [[ $TASK_STATUS != running && $TASK_STATUS != starting ]] || refuse "task $(task_of "$slot") is $TASK_STATUS: this is for the time before" "pgcutover verify cdc"
done

runs=()
declare -A slot_of=()
for slot in "${CHOSEN[@]}"; do
  task=$(task_of "$slot")
  look_at_task "$task"
  offered=$(tell dms describe-applicable-individual-assessments --replication-task-arn "$TASK_ARN" --query IndividualAssessmentNames)
  asked=()
  for name in $offered; do # names of AWS: letters, digits and hyphens
    case " ${LEFT_OUT[*]} " in *" $name "*) ;; *) asked+=("$name") ;; esac
  done
  if ((${#asked[@]} == 0)); then
    warn "AWS DMS offers no assessment of $task"
    continue
  fi
  run=$(tell dms start-replication-task-assessment-run --replication-task-arn "$TASK_ARN" --service-access-role-arn "$role" --result-location-bucket "$bucket" \
    --result-location-folder "pgcutover/$DMS_INSTANCE" --result-encryption-mode SSE_S3 --assessment-run-name "$task-$(date -u +%Y%m%dT%H%M%SZ)" \
    --include-only "${asked[@]}" --query ReplicationTaskAssessmentRun.ReplicationTaskAssessmentRunArn)
  runs+=("$run")
  slot_of[$run]=$slot
  say "$task: ${#asked[@]} assessments are asked for"
done
((${#runs[@]} > 0)) || exit 0

# about COMMAND QUERY asks about all runs at once.
about() {
  "$AWS" dms "$1" --filters "Name=replication-task-assessment-run-arn,Values=$(IFS=, && printf '%s' "${runs[*]}")" --query "$2" --output text 2>"$TMP/aws" || aws_failed "aws dms $1"
}
began=$SECONDS
while :; do
  answer=$(about describe-replication-task-assessment-runs 'ReplicationTaskAssessmentRuns[].[ReplicationTaskAssessmentRunArn,Status,LastFailureMessage]')
  case $answer in
    *$'\t'running$'\t'* | *$'\t'starting$'\t'* | *$'\t'provisioning$'\t'* | *$'\t'cancelling$'\t'*) ;;
    *) break ;;
  esac
  ((SECONDS - began < wait)) || die "the assessments are not done after $wait s" "they go on in AWS: pgcutover verify cdc-ready --check G4-ASSESS shows the outcome"
  sleep 10
done
bad=0
while IFS=$'\t' read -r run status why; do
  case $status in
    passed | warning | failed) ;;
    *)
      bad=$((bad + 1))
      if [[ $why == None ]]; then why=""; fi
      warn "${slot_of[$run]:-$run}: the assessment is $status${why:+: $why}"
      ;;
  esac
done <<<"$answer"

answer=$(about describe-replication-task-individual-assessments 'ReplicationTaskIndividualAssessments[].[ReplicationTaskAssessmentRunArn,Status,IndividualAssessmentName]')
while IFS=$'\t' read -r run status name; do
  why=""
  case $status in
    "" | passed | skipped) continue ;;
    failed | warning)
      for ((i = 0; i < ${#EXPECTED[@]}; i += 2)); do
        if [[ ${EXPECTED[i]} == "$name" ]]; then why=${EXPECTED[i + 1]}; fi
      done
      ;;
    *) ;; # it came to no answer, which nobody expects
  esac
  if [[ -n $why ]]; then
    say "${slot_of[$run]:-$run}: $name: $status, as expected: $why"
  else
    warn "${slot_of[$run]:-$run}: $name: $status"
    if [[ $status != warning ]]; then bad=$((bad + 1)); fi
  fi
done <<<"$answer"
say "the reports are in s3://$bucket/pgcutover/$DMS_INSTANCE"
((bad == 0)) || refuse "$bad assessments failed or came to no end" "the report says more; a task that starts all the same may stop at its first change"
