// Package verify says whether it is safe to go on: it asks the servers of a migration for facts, judges them against the plan
// and against what the rendered scripts recorded in state.json, and reports every answer with its evidence.
//
// A [Check] is split in two: a probe reads facts with SQL, a judge turns facts into [Result] values and never sees a
// server. What cannot be decided is [Unknown] or an undecided [Skip], never a pass. The package changes nothing: its
// sessions are read-only, and it never consumes from a slot. It does not import the catalog reader; inventories come from
// [Env.Inventory].
package verify
