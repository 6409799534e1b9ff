package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/pgcutover/pgcutover/planner"
)

// awsAccount is what scripts that ask AWS say about themselves.
type awsAccount struct {
	Service string // whose ARNs tell the Region and the account
	Tags    []AWSTag
	Rename  string // key of the configuration that gives a migration names of its own
	Delete  string // command that deletes all of it
	Docs    string // page that lists the rights
}

// An AWSTag is a tag of AWS.
type AWSTag struct{ Key, Value string }

// AWSTags are on everything that a migration has in AWS, and tell it from what others have: the scripts and gates leave alone what has them not. The
// identifiers are free for everybody in an account and Region, and plans of two databases may have the same name (cdc.name), so the second
// tag is the source: its system identifier, where the plan knows it, and its database. A physical copy of the source has the same ones.
func AWSTags(p planner.Plan) []AWSTag {
	source := p.Source.Database
	if !plainTag.MatchString(source) {
		sum := sha256.Sum256([]byte(source))
		source = "sha256:" + hex.EncodeToString(sum[:8])
	}
	migration := cmp.Or(p.DMS.Name, p.AWSName())
	if p.DMS.Name == "" && p.Aurora != nil {
		migration = p.Aurora.Cluster
	}
	return []AWSTag{
		{"pgcutover:migration", migration},
		{"pgcutover:source", strings.TrimPrefix(p.Source.SystemIdentifier+"/"+source, "/")},
	}
}

// plainTag are names of databases that the value of a tag can be; all services take these characters.
var plainTag = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
