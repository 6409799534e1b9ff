// Package parity proves that two databases hold the same rows, and names the rows that differ.
//
// Each row is hashed by its own server, in a form that is the same on every version from 9.6 to 18 (see form.go), and the hashes of
// many rows are summed, so that hardly anything crosses the network. Tables are cut into pieces by ranges of their key, the
// same on both sides. Where the sums of a piece differ, the rows are dealt into buckets by a hash of their key until few
// rows are left, and only of those the hashes are fetched. No value of a row leaves its server, but for the key of a row that
// differs.
//
// Compare needs both sides to stand still. Follow compares a target that changes are applied to with the source that they come from.
package parity
