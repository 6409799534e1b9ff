package dms

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	dmstypes "github.com/aws/aws-sdk-go-v2/service/databasemigrationservice/types"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify"
)

// troublePattern picks the lines that may mean trouble: errors, warnings, and what AWS DMS says at the level of information although somebody should know.
const troublePattern = `?"]E:" ?"]W:" ?"one-by-one" ?"is paused" ?"truncated"`

// mostLines is how many such lines of a task are looked at; beyond that there is trouble anyway.
const mostLines = 20000

// A line of the log: time, component in brackets, level, text, and place in AWS DMS's own code.
var (
	lineForm   = regexp.MustCompile(`\[([A-Z_]+)\s*\]([A-Z]):\s*`)
	placeForm  = regexp.MustCompile(`\(([a-z0-9_]+\.c(?:pp)?:\d+)\)\s*$`)
	stateForm  = regexp.MustCompile(`SqlState: ([0-9A-Z]{5})`)
	cutForm    = regexp.MustCompile(`[Vv]alue of column '.*' in table '(.*)' was truncated`)
	fallbackIn = regexp.MustCompile(`one-by-one`)
	pausedForm = regexp.MustCompile(`eading from source is paused`)
	jsonForm   = regexp.MustCompile(`invalid input syntax for type json`)
)

// where names the log of a task: what AWS DMS says itself, else what its names are made of.
func where(s scene, settings []byte, arn *string) (group, stream string, on bool) {
	v, err := decode(settings)
	if err != nil {
		v = nil
	}
	text := func(path string) string {
		x, _ := at(v, path)
		s, _ := x.(string)
		return s
	}
	enabled, _ := at(v, "$.Logging.EnableLogging")
	group, stream = text("$.Logging.CloudWatchLogGroup"), text("$.Logging.CloudWatchLogStream")
	if group == "" || stream == "" {
		group, stream = "dms-tasks-"+s.plan.DMS.InstanceIdentifier(), "dms-task-"+resourceID(arn)
	}
	return group, stream, enabled == true
}

func (a *account) checkLogs(ctx context.Context, e *verify.Env) ([]verify.Result, error) {
	s, none := a.scene(ctx, e)
	if none != nil {
		return none, nil
	}
	var out []verify.Result
	s.eachMade(&out, func(t task, have dmstypes.ReplicationTask) {
		slot := t.group.Slot
		group, stream, on := where(s, []byte(aws.ToString(have.ReplicationTaskSettings)), have.ReplicationTaskArn)
		if !on {
			out = append(out, hinted(verify.Unknown.Of(slot, "its task writes no log"), "see G4-SET: $.Logging.EnableLogging"))
			return
		}
		since := time.Time{}
		switch {
		case t.recorded.StartedAt != nil:
			since = *t.recorded.StartedAt
		case have.ReplicationTaskStartDate != nil:
			since = *have.ReplicationTaskStartDate
		case have.ReplicationTaskCreationDate != nil:
			since = *have.ReplicationTaskCreationDate
		}
		// What is acknowledged is read by itself, so that it takes no room from what came later.
		acknowledged := e.LogsSince
		if !acknowledged.After(since) {
			acknowledged = time.Time{}
		}
		tables := tablesOf(s, t)
		if !acknowledged.IsZero() {
			before, whole, err := a.lines(ctx, group, stream, since, acknowledged)
			if err == nil {
				out = append(out, judgeAcknowledged(slot, before, whole, tables, group, stream, acknowledged)...)
			} else if _, gone := errors.AsType[*types.ResourceNotFoundException](err); !gone { // said below
				out = append(out, unheard(ctx, slot, err))
				return
			}
			since = acknowledged
		}
		lines, whole, err := a.lines(ctx, group, stream, since, time.Time{})
		if len(lines) > 0 || err == nil {
			out = append(out, judgeLines(slot, lines, tables, group, stream, acknowledged)...)
		}
		_, gone := errors.AsType[*types.ResourceNotFoundException](err)
		switch {
		case gone:
			out = append(out, hinted(verify.Unknown.Of(slot, "CloudWatch has no log %s in %s", stream, group), "a task writes it from its start on, by the role dms-cloudwatch-logs-role: docs/dms.md"))
		case err != nil:
			out = append(out, unheard(ctx, slot, err))
		case !whole:
			out = append(out, hinted(verify.Unknown.Of(slot, "it has more than %d such lines: the rest was not looked at", mostLines), "mend what the first ones tell"))
		}
	})
	return out, nil
}

// logged is a table of a task.
type logged struct {
	name     analyze.Name
	accepted bool // its LOBs may be cut
}

// tablesOf are the tables of a task, by how AWS DMS writes them into logs.
func tablesOf(s scene, t task) map[string]logged {
	out := map[string]logged{}
	for _, n := range append([]analyze.Name{t.group.Marker}, t.group.Tables...) {
		out[n.Schema+"."+n.Name] = logged{n, slices.Contains(s.plan.Options.LOB.Truncate, n.String())}
	}
	return out
}

// line is a line of a log, and when it was written.
type line struct {
	at   time.Time
	text string
}

// lines reads what the pattern picks from since on and before until, oldest first; a zero time is no limit. What was read before an error comes with it.
func (a *account) lines(ctx context.Context, group, stream string, since, until time.Time) (out []line, whole bool, err error) {
	c, err := a.connect(ctx)
	if err != nil {
		return nil, false, err
	}
	in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(group), LogStreamNames: []string{stream}, FilterPattern: aws.String(troublePattern)}
	if !since.IsZero() {
		in.StartTime = aws.Int64(since.UnixMilli())
	}
	if !until.IsZero() {
		in.EndTime = aws.Int64(until.UnixMilli() - 1) // the end is part of what is asked for
	}
	p := cloudwatchlogs.NewFilterLogEventsPaginator(c.logs, in)
	for p.HasMorePages() {
		page, err := p.NextPage(ctx)
		if err != nil {
			return out, false, err
		}
		for _, event := range page.Events {
			out = append(out, line{time.UnixMilli(aws.ToInt64(event.Timestamp)), aws.ToString(event.Message)})
		}
		if len(out) > mostLines {
			return out, false, nil
		}
	}
	return out, true, nil
}

// trouble is lines of one kind.
type trouble struct {
	kind   string
	status verify.Status
	hint   string
	count  int
	last   time.Time
}

// sorted are the lines of a task by what they tell, in the order of the first of each kind. Texts are not in it: those of errors have the values of rows in them.
func sorted(slot string, lines []line, tables map[string]logged, group, stream string) (out []*trouble) {
	found := map[string]*trouble{}
	var at time.Time
	add := func(status verify.Status, hint, format string, args ...any) {
		kind := fmt.Sprintf(format, args...)
		if found[kind] == nil {
			found[kind] = &trouble{kind: kind, status: status, hint: hint}
			out = append(out, found[kind])
		}
		found[kind].count++
		found[kind].last = at
	}
	for _, l := range lines {
		line := l.text
		at = l.at
		form := lineForm.FindStringSubmatch(line)
		level, component := "", "?"
		if form != nil {
			component, level = form[1], form[2]
		}
		switch {
		case cutForm.MatchString(line):
			text := cutForm.FindStringSubmatch(line)[1]
			table, ours := analyze.Display(text), tables[text]
			if ours.name.Name != "" {
				table = ours.name.String()
			}
			if ours.accepted {
				add(verify.Warn, "as lob.truncate accepts; the longer values are on the source alone", "values of %s were truncated", table)
				break
			}
			add(verify.Fail, fmt.Sprintf("pgcutover verify --check rows --rows delta --differences FILE lists the rows, and render --backfill FILE makes what mends them; for a limit that does, without which the next change of a row may cut it again: lob.margins, a new plan, then pgcutover render NEW --restart slot=%s --running OLD", slot), "values of %s were truncated", table)
		case jsonForm.MatchString(line):
			add(verify.Fail, "a JSON text was cut: see lob.margins, and G5-EXC for the tables", "JSON texts did not arrive whole")
		case fallbackIn.MatchString(line):
			add(verify.Warn, "pgcutover verify --check rows --rows delta tells whether rows are missing; if this comes often, the tables of this slot are better applied without batches", "batches fell back to single rows")
		case pausedForm.MatchString(line):
			add(verify.Warn, "normal while it catches up; later a larger replication instance", "reading from the source was paused, since the instance holds too much")
		case level == "E":
			state := ""
			if m := stateForm.FindStringSubmatch(line); m != nil {
				state = ", SQLSTATE " + m[1]
			}
			place := ""
			if m := placeForm.FindStringSubmatch(line); m != nil {
				place = " (" + m[1] + ")"
			}
			add(verify.Fail, showing(group, stream, "]E:"), "errors of %s%s%s", component, place, state)
		case level == "W":
			add(verify.Warn, showing(group, stream, "]W:"), "warnings of %s", component)
		}
	}
	return out
}

// judgeLines judges what a task has logged, where some was acknowledged from that time on.
func judgeLines(slot string, lines []line, tables map[string]logged, group, stream string, acknowledged time.Time) (out []verify.Result) {
	add := func(r verify.Result) {
		r = shown(r, "log", group+"/"+stream)
		if !acknowledged.IsZero() {
			r = shown(r, "logs since", moment(acknowledged))
		}
		out = append(out, r)
	}
	since := ""
	if !acknowledged.IsZero() {
		since = ", since " + moment(acknowledged)
	}
	for _, f := range sorted(slot, lines, tables, group, stream) {
		hint := f.hint
		if f.status == verify.Fail {
			hint += "; once that is dealt with, --logs-since TIME acknowledges what was logged before TIME"
		}
		add(hinted(f.status.Of(slot, "%s: %s%s, the last at %s", f.kind, analyze.Count(f.count, "line"), since, moment(f.last)), "%s", hint))
	}
	if len(out) == 0 {
		add(verify.Pass.Of(slot, "no errors, no warnings, nothing truncated%s", since))
	}
	return out
}

// judgeAcknowledged shows what somebody has looked at, so that a report tells what it leaves out.
func judgeAcknowledged(slot string, lines []line, whole bool, tables map[string]logged, group, stream string, acknowledged time.Time) []verify.Result {
	kinds := sorted(slot, lines, tables, group, stream)
	if len(kinds) == 0 {
		return nil
	}
	texts, n := make([]string, len(kinds)), 0
	for i, f := range kinds {
		texts[i] = fmt.Sprintf("%s (%d)", f.kind, f.count)
		n += f.count
	}
	count := analyze.Count(n, "line")
	if !whole {
		count = "more than " + count
	}
	r := verify.Warn.Of(slot, "acknowledged by --logs-since, and left out: %s from before %s: %s", count, moment(acknowledged), analyze.Some(texts, 8))
	return []verify.Result{shown(r, "log", group+"/"+stream, "logs since", moment(acknowledged), "acknowledged", strings.Join(texts, "; "))}
}

// moment is a time as --logs-since takes it.
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// showing is how to see lines with a level oneself.
func showing(group, stream, level string) string {
	return fmt.Sprintf(`aws logs filter-log-events --log-group-name %s --log-stream-names %s --filter-pattern '"%s"' shows them`, group, stream, level)
}
