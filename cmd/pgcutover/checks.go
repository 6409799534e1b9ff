package main

import (
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/cloud"
	"github.com/pgcutover/pgcutover/verify/dms"
	"github.com/pgcutover/pgcutover/verify/rds"
)

// checks is every check there is: those that ask servers, and those that ask AWS.
func checks() []verify.Check { return verify.Checks(awsChecks()...) }

// awsChecks are those that ask AWS.
func awsChecks() []verify.Check {
	return append(dms.Checks(cloud.Usual), rds.Checks(cloud.Usual)...)
}
