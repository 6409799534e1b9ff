package dms

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/render"
	"github.com/pgcutover/pgcutover/verify"
)

// resourceID is the last part of an ARN, by which metrics, logs and control tables know a task.
func resourceID(arn *string) string {
	s := aws.ToString(arn)
	return s[strings.LastIndexByte(s, ':')+1:]
}

// said is why AWS DMS says that a task does not run.
func said(t types.ReplicationTask) string {
	var words []string
	for _, s := range []*string{t.StopReason, t.LastFailureMessage} {
		if text := strings.Join(strings.Fields(aws.ToString(s)), " "); text != "" {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return "AWS DMS does not say why"
	}
	return strings.Join(words, "; ")
}

func stamp(t *time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// evidence of a task, as AWS DMS has it.
func evidence(r verify.Result, t types.ReplicationTask) verify.Result {
	return shown(r, "task", aws.ToString(t.ReplicationTaskIdentifier), "status", aws.ToString(t.Status), "start position", aws.ToString(t.CdcStartPosition), "checkpoint", aws.ToString(t.RecoveryCheckpoint))
}

// judgeReady is about tasks before their first start.
func judgeReady(s scene) (out []verify.Result) {
	s.each(func(t task) {
		slot := t.group.Slot
		have, there := s.tasks[t.Identifier]
		add := func(status verify.Status, hint, format string, args ...any) {
			r := status.Of(slot, format, args...)
			if there {
				r = evidence(r, have)
			}
			r.Hint = hint
			out = append(out, r)
		}
		anew := fmt.Sprintf("50-cdc/dms/58-delete.sh --slot %s --yes, then 53-deploy.sh", slot)
		wanted, does, done := types.MigrationTypeValueCdc, "a task of type cdc applies changes only", "changes have been applied"
		if s.full() {
			wanted, does, done = types.MigrationTypeValueFullLoadAndCdc, "one of type full-load-and-cdc copies the rows and goes on with the changes", "rows have been loaded"
		}
		before := len(out)
		switch status := aws.ToString(have.Status); {
		case s.state.Earlier(slot):
			add(verify.Skip, "", "its task started at an earlier pause: see the gate cdc")
			return
		case !there && t.recorded.StartedAt != nil:
			add(verify.Fail, "80-recovery/82-restart-slot.sh "+slot, "its task %s has run, and is gone: another one at the same position would lose what it has read since", t.Identifier)
			return
		case !there:
			add(verify.Fail, "50-cdc/dms/53-deploy.sh", "there is no task %s", t.Identifier)
			return
		case !t.known:
			add(verify.Fail, anew, "state.json does not know the task %s: it is of an earlier run, with its slots and tables", t.Identifier)
		case have.ReplicationTaskStartDate != nil || status == "running" || status == "starting" || status == "stopped" || status == "stopping":
			if t.recorded.StartedAt != nil {
				add(verify.Fail, "this gate is for the time before 50-cdc/dms/55-start.sh; what runs is looked at by pgcutover verify cdc", "its task %s is %s: it has been started already", t.Identifier, status)
				break
			}
			at := ""
			if have.ReplicationTaskStartDate != nil {
				at = ", at " + stamp(have.ReplicationTaskStartDate)
			}
			add(verify.Fail, fmt.Sprintf("50-cdc/dms/56-stop.sh %s; 58-delete.sh --slot %[1]s --yes; 80-recovery/82-restart-slot.sh %[1]s", slot), "its task %s was started%s, not by 55-start.sh, and is %s: %s", t.Identifier, at, status, done)
		case status == "failed" || status == "failed-move":
			add(verify.Fail, anew, "its task %s has failed: %s", t.Identifier, said(have))
		case status != "ready":
			add(verify.Fail, "wait until it is ready", "its task %s is %s", t.Identifier, status)
		}
		switch {
		case have.MigrationType == wanted:
		case s.full():
			add(verify.Fail, anew, "its task is of the type %s: %s", have.MigrationType, does)
		default:
			add(verify.Fail, anew, "its task copies data (%s): %s", have.MigrationType, does)
		}
		if s.full() && aws.ToString(have.CdcStartPosition) != "" {
			add(verify.Fail, anew, "its task has a position to read from (%s): what lies before it would be missing", aws.ToString(have.CdcStartPosition))
		}
		if aws.ToString(have.CdcStopPosition) != "" {
			add(verify.Fail, anew, "its task stops by itself at %s", aws.ToString(have.CdcStopPosition))
		}
		if s.instance != nil && aws.ToString(have.ReplicationInstanceArn) != aws.ToString(s.instance.ReplicationInstanceArn) {
			add(verify.Fail, anew, "its task runs on another replication instance: %s", aws.ToString(have.ReplicationInstanceArn))
		}
		for _, x := range []struct {
			side, endpoint string
			arn            *string
		}{{"reads from", t.Endpoint, have.SourceEndpointArn}, {"applies to", s.plan.DMS.TargetEndpoint(), have.TargetEndpointArn}} {
			if e, ok := s.endpoints[x.endpoint]; ok && aws.ToString(e.EndpointArn) != aws.ToString(x.arn) {
				add(verify.Fail, anew, "its task %s an endpoint other than %s: %s", x.side, x.endpoint, aws.ToString(x.arn))
			}
		}
		if id := resourceID(have.ReplicationTaskArn); id != s.plan.DMS.ResourceID(t.DMSTask) {
			add(verify.Fail, anew, "metrics, logs and control tables know its task as %s, and the plan as %s", id, s.plan.DMS.ResourceID(t.DMSTask))
		}
		s.owned(aws.ToString(have.ReplicationTaskArn), "its task", add)
		if len(out) == before {
			add(verify.Pass, "", "task %s is ready and has never run", t.Identifier)
		}
	})
	return out
}

// owned says where what has an ARN belongs to another migration, or does not say to which.
func (s scene) owned(arn, what string, add func(status verify.Status, hint, format string, args ...any)) {
	if s.tagsErr != nil {
		r := unheard(context.Background(), "", s.tagsErr)
		add(verify.Unknown, r.Hint, "whether %s is of this migration is not known: %s", what, r.Detail)
		return
	}
	ours := render.AWSTags(s.plan)
	for _, t := range ours {
		switch have, tagged := s.tags[arn][t.Key]; {
		case have == t.Value:
			continue
		case tagged:
			add(verify.Fail, "another migration of the same account and Region needs another cdc.name", "%s belongs to another migration: its tag %s is %s, and not %s", what, t.Key, analyze.Display(have), t.Value)
		default:
			words := make([]string, len(ours))
			for i, o := range ours {
				words[i] = "Key=" + o.Key + ",Value=" + o.Value
			}
			add(verify.Fail, fmt.Sprintf("if it is of this migration: aws dms add-tags-to-resource --resource-arn %s --tags %s; if it is not, configure another cdc.name", arn, strings.Join(words, " ")),
				"%s has no tag %s: whose it is cannot be told", what, t.Key)
		}
		return
	}
}

func judgeStarts(s scene) (out []verify.Result) {
	s.each(func(t task) {
		slot, start := t.group.Slot, s.state.Start(t.group.Slot)
		have, there := s.tasks[t.Identifier]
		at, read := position(aws.ToString(have.CdcStartPosition))
		var r verify.Result
		switch {
		case s.state.Earlier(slot):
			r = verify.Skip.Of(slot, "its task started at %s, at an earlier pause, and has gone on since", start)
		case !there:
			r = noTask(t)
		case start == 0:
			r = verify.Unknown.Of(slot, "state.json has no pause")
		case aws.ToString(have.CdcStartPosition) == "":
			r = verify.Fail.Of(slot, "its task has no position: it would start where the slot stands at that moment")
		case !read:
			r = verify.Unknown.Of(slot, "the position of its task is no LSN: %q", aws.ToString(have.CdcStartPosition))
		case at < start:
			r = verify.Fail.Of(slot, "its task starts at %s, before %s where the copy ends: what lies between would come again", at, start)
		case at > start:
			r = verify.Fail.Of(slot, "its task starts at %s, past %s where the copy ends: what lies between would be missing without an error", at, start)
		case t.known && t.recorded.StartLSN != start:
			r = verify.Fail.Of(slot, "its task starts at %s, and state.json says that it was made for %s", at, t.recorded.StartLSN)
		default:
			r = verify.Pass.Of(slot, "at %s, where the copy ends", start)
		}
		if r.Status == verify.Fail {
			r.Hint = fmt.Sprintf("50-cdc/dms/58-delete.sh --slot %s --yes, then 53-deploy.sh", slot)
		}
		out = append(out, shown(r, "start position", aws.ToString(have.CdcStartPosition), "copy ends at", start))
	})
	return out
}

// judgeDocuments compares a document of each task with the bundle's.
func (s scene) judgeDocuments(what string, want func(task) []byte, have func(types.ReplicationTask) *string, compare func(want, have []byte) ([]difference, error), hint func(slot string) string) (out []verify.Result) {
	s.eachMade(&out, func(t task, x types.ReplicationTask) {
		slot := t.group.Slot
		differences, err := compare(want(t), []byte(aws.ToString(have(x))))
		if err != nil {
			out = append(out, verify.Unknown.Of(slot, "the %s of its task cannot be compared: %v", what, err))
			return
		}
		if len(differences) == 0 {
			out = append(out, verify.Pass.Of(slot, "the %s of task %s is the bundle's", what, t.Identifier))
			return
		}
		for _, minor := range []bool{false, true} {
			var paths, texts []string
			for _, d := range differences {
				if d.Minor == minor {
					paths, texts = append(paths, d.Path), append(texts, d.Text)
				}
			}
			if len(texts) == 0 {
				continue
			}
			status := map[bool]verify.Status{false: verify.Fail, true: verify.Warn}[minor]
			r := hinted(status.Of(slot, "%s", analyze.Some(texts, 8)), "%s", hint(slot))
			out = append(out, shown(r, "paths", strings.Join(paths, ", ")))
		}
	})
	return out
}

func judgeSettings(s scene) []verify.Result {
	return s.judgeDocuments("settings", func(t task) []byte { return t.input.Settings }, func(t types.ReplicationTask) *string { return t.ReplicationTaskSettings }, compareSettings, func(slot string) string {
		return fmt.Sprintf("50-cdc/dms/56-stop.sh %[1]s; aws dms modify-replication-task with --replication-task-settings file://50-cdc/dms/settings/%[1]s.json; then 57-resume.sh %[1]s where it has run", slot)
	})
}

func judgeMappings(s scene) []verify.Result {
	return s.judgeDocuments("table mapping", func(t task) []byte { return t.input.Mapping }, func(t types.ReplicationTask) *string { return t.TableMappings }, compareMappings, func(slot string) string {
		if x := s.state; x != nil && x.Tasks[slot].StartedAt != nil {
			return fmt.Sprintf("80-recovery/82-restart-slot.sh %s: what was not selected has been lost since the start", slot)
		}
		return fmt.Sprintf("50-cdc/dms/58-delete.sh --slot %s --yes, then 53-deploy.sh", slot)
	})
}

// stands reports whether a task has stopped, for whatever reason.
func stands(t types.ReplicationTask) bool {
	return slices.Contains([]string{"stopped", "failed", "failed-move"}, aws.ToString(t.Status))
}

// gap is why a task that stands would lose changes if it were resumed, or why that cannot be told; empty where it would not. A slot delivers nothing from before
// what its reader has confirmed, also to one that asks for it.
func (s scene) gap(t task, have types.ReplicationTask) string {
	text := aws.ToString(have.RecoveryCheckpoint)
	at, read := position(text)
	confirmed, known := s.confirmed[t.group.Slot]
	start := s.state.Start(t.group.Slot)
	switch {
	case text != "" && !read:
		return fmt.Sprintf("its checkpoint cannot be read (%s): whether its slot still delivers what follows it cannot be told", analyze.Display(text))
	case s.confirmedErr != nil || !known:
		return "" // 57-resume.sh looks again; that the slot is gone others say
	case text == "" && s.full():
		return "it has no checkpoint: whether its slot still delivers what follows what it has applied cannot be told"
	case text == "" && confirmed > start:
		return fmt.Sprintf("it has no checkpoint, while its slot has gone on from %s to %s: whether all of that was applied cannot be told", start, confirmed)
	case text != "" && at < confirmed:
		return fmt.Sprintf("its checkpoint %s lies before %s, from which on its slot delivers: what lies between would be missing without an error", at, confirmed)
	}
	return ""
}

// loading reports whether a task has tables left to load.
func loading(t types.ReplicationTask) bool {
	x := t.ReplicationTaskStats
	return x != nil && (x.TablesLoading > 0 || x.TablesQueued > 0)
}

// startPatience is how long after 55-start.sh has noted a start a task may really begin: the script waits half an hour for it.
const startPatience = 30 * time.Minute

func judgeRunning(s scene) (out []verify.Result) {
	s.each(func(t task) {
		slot := t.group.Slot
		have, there := s.tasks[t.Identifier]
		status := aws.ToString(have.Status)
		checkpoint := aws.ToString(have.RecoveryCheckpoint)
		at, read := position(checkpoint)
		var fresh *time.Time
		if have.ReplicationTaskStats != nil {
			fresh = have.ReplicationTaskStats.FreshStartDate
		}
		var r verify.Result
		switch {
		case !there && t.recorded.StartedAt != nil:
			r = hinted(verify.Fail.Of(slot, "its task %s has run, and is gone", t.Identifier), "80-recovery/82-restart-slot.sh %s", slot)
		case !there:
			r = hinted(verify.Fail.Of(slot, "there is no task %s", t.Identifier), "50-cdc/dms/53-deploy.sh")
		case t.recorded.StartedAt != nil && fresh != nil && fresh.After(t.recorded.StartedAt.Add(startPatience)):
			r = hinted(verify.Fail.Of(slot, "its task was first started at %s, and started afresh at %s: AWS DMS makes the slot anew for that, and what was written in between is lost", stamp(t.recorded.StartedAt), stamp(fresh)),
				"50-cdc/dms/56-stop.sh %s; 80-recovery/82-restart-slot.sh %[1]s; from then on only 57-resume.sh", slot)
		case status == "ready" && have.ReplicationTaskStartDate == nil:
			r = hinted(verify.Fail.Of(slot, "its task %s has not been started", t.Identifier), "50-cdc/dms/55-start.sh %s", slot)
		case s.full() && (!t.known || t.recorded.StartedAt == nil):
			r = hinted(verify.Fail.Of(slot, "its task %s is %s, and 55-start.sh did not start it", t.Identifier, status), "find out who did, and what it has loaded: 80-recovery/83-full-restart.sh")
		case s.full() && status == "running" && loading(have):
			r = hinted(verify.Fail.Of(slot, "its task %s still loads its tables", t.Identifier), "50-cdc/dms/55-wait.sh waits for that; 57-resume.sh comes after the builds")
		case !t.known || t.recorded.StartedAt == nil:
			r = hinted(verify.Fail.Of(slot, "its task %s is %s, and 55-start.sh did not start it", t.Identifier, status),
				"find out who did, and at which position; if that was not %s: 80-recovery/82-restart-slot.sh %s", s.state.Start(slot), slot)
		case stands(have) && s.gap(t, have) != "":
			r = hinted(verify.Fail.Of(slot, "its task %s is %s, and %s", t.Identifier, status, s.gap(t, have)), "80-recovery/82-restart-slot.sh %s loads its tables anew; 57-resume.sh refuses", slot)
		case stands(have):
			r = hinted(verify.Fail.Of(slot, "its task %s is %s: %s", t.Identifier, status, said(have)), "mend the cause, which the log of the task tells (CloudWatch, group dms-tasks-%s), then 50-cdc/dms/57-resume.sh %s", s.plan.DMS.InstanceIdentifier(), slot)
		case status != "running":
			r = hinted(verify.Fail.Of(slot, "its task %s is %s", t.Identifier, status), "wait, then look again; what stays stopped is resumed with 50-cdc/dms/57-resume.sh %s", slot)
		case at != 0 && at < s.state.Start(slot):
			r = hinted(verify.Fail.Of(slot, "its checkpoint %s lies before %s where the copy ends: it applies what the copy holds", at, s.state.Start(slot)), "50-cdc/dms/56-stop.sh %s; 80-recovery/82-restart-slot.sh %[1]s", slot)
		case checkpoint != "" && !read:
			if s.full() {
				r = hinted(verify.Warn.Of(slot, "task %s runs; its checkpoint cannot be read (%s)", t.Identifier, analyze.Display(checkpoint)), "57-resume.sh compares it with the slot where it can")
				break
			}
			r = hinted(verify.Unknown.Of(slot, "task %s runs, and its checkpoint cannot be read (%s): whether it lies behind %s, where the copy ends, cannot be told", t.Identifier, analyze.Display(checkpoint), s.state.Start(slot)),
				"look into the log of the task for the position that it reads from; pgcutover verify --check rows --rows delta compares the rows")
		case aws.ToString(have.LastFailureMessage) != "":
			r = hinted(verify.Warn.Of(slot, "task %s runs, after a failure: %s", t.Identifier, said(have)), "find the reason in the log of the task")
		default:
			r = verify.Pass.Of(slot, "task %s runs", t.Identifier)
		}
		if there {
			s.owned(aws.ToString(have.ReplicationTaskArn), "its task", func(status verify.Status, hint, format string, args ...any) {
				if status == verify.Fail || r.Status == verify.Pass {
					r = hinted(status.Of(slot, format, args...), "%s", hint)
				}
			})
			r = evidence(r, have)
		}
		out = append(out, r)
	})
	return out
}

func judgeStopped(s scene) (out []verify.Result) {
	s.each(func(t task) {
		slot := t.group.Slot
		switch have, there := s.tasks[t.Identifier]; {
		case !there:
			out = append(out, verify.Pass.Of(slot, "there is no task any more"))
		case aws.ToString(have.Status) == "stopped" || aws.ToString(have.Status) == "failed":
			out = append(out, verify.Pass.Of(slot, "task %s is %s", t.Identifier, aws.ToString(have.Status)))
		default:
			out = append(out, hinted(verify.Fail.Of(slot, "its task %s is %s", t.Identifier, aws.ToString(have.Status)), "50-cdc/dms/56-stop.sh %s", slot))
		}
	})
	return out
}

const deleteAll = "50-cdc/dms/58-delete.sh --all --yes"

func judgeDeleted(s scene) (out []verify.Result) {
	if s.instance != nil {
		status := aws.ToString(s.instance.ReplicationInstanceStatus)
		if status == "deleting" {
			return []verify.Result{verify.Pass.Of(s.plan.DMS.InstanceIdentifier(), "the replication instance is being deleted")}
		}
		return []verify.Result{hinted(verify.Warn.Of(s.plan.DMS.InstanceIdentifier(), "the replication instance is still there (%s), and is paid for by the hour", status), deleteAll)}
	}
	if n := len(s.tasks) + len(s.endpoints); n > 0 {
		return []verify.Result{hinted(verify.Warn.Of("", "%d of the tasks and endpoints are left", n), deleteAll)}
	}
	return []verify.Result{verify.Pass.Of("", "nothing is left")}
}
