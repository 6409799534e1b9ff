// Package rds has the checks that ask AWS about an RDS instance and the Aurora cluster that begins as its read replica. It, verify/dms and what they share in
// verify/cloud are the only users of AWS's SDK.
package rds
