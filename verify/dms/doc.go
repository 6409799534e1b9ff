// Package dms has the checks that ask AWS: whether the tasks of AWS DMS, their endpoints and their replication instance are what the bundle
// makes of the plan, whether they run, and what they, their metrics and their logs say. It is the only user of AWS's SDK.
//
// As in package verify, what asks and what judges are apart: account.go asks, everything else turns the SDK's values into results. Calls only
// read. What AWS does not tell (no credentials, a right that is missing, throttling) is unknown, never a pass.
package dms
