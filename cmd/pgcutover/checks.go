package main

import (
	"github.com/pgcutover/pgcutover/verify"
	"github.com/pgcutover/pgcutover/verify/dms"
)

// checks is every check there is: those that ask servers, and those that ask AWS.
func checks() []verify.Check { return verify.Checks(dms.Checks(dms.Usual)...) }
