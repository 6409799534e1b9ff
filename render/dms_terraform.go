package render

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pgcutover/pgcutover/planner"
)

type terraformView struct {
	Plan, Name, Instance, Class, Engine string
	Tags                                []AWSTag
	Storage, StorageLeft, Timeout       int64 // GB, bytes, seconds
	MultiAZ, Full                       bool
	Migration                           string
	Source, Target                      DMSEndpoint
	Tasks                               []terraformTask
}

type terraformTask struct {
	Slot, Task, Resource, Endpoint, Attributes string
	Fail                                       bool
}

// terraform is the module that makes what AWS DMS needs.
func terraform(p planner.Plan) (Artifact, error) {
	d := p.DMS
	v := terraformView{
		Plan: p.Fingerprint()[:12], Name: d.Name, Tags: AWSTags(p), Instance: d.InstanceIdentifier(), Class: d.Instance.Class, Engine: d.Instance.EngineVersion,
		Storage: int64(d.Instance.StorageGB), StorageLeft: int64(d.Instance.StorageGB) << 30 / 5, Timeout: statementSeconds, MultiAZ: d.Instance.MultiAZ, Full: full(p), Migration: migrationType(p),
		Source: sourceEndpoint(p, 0), Target: targetEndpoint(p),
	}
	for i, t := range d.Tasks {
		v.Tasks = append(v.Tasks, terraformTask{p.Groups[i].Slot, t.Identifier, d.ResourceID(t), t.Endpoint, sourceEndpoint(p, i).Attributes, t.FailOnTruncation})
	}
	a := Artifact{Path: dmsFolder + "terraform/main.tf", Mode: 0o644, On: OnAWS, Title: "Terraform module of the replication instance, the endpoints and the tasks"}
	return a.fill("terraform/main.tf.tmpl", v)
}

// hclString is a quoted template of Terraform's language without a template in it (HCL native syntax, "Template Literals").
func hclString(s string) (string, error) {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", errors.New("quoting for Terraform: not a text")
	}
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String(), nil
}
