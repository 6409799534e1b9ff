// Package analyze is the inventory of a PostgreSQL server: what pgcutover knows about a source (or a target) before it decides anything.
//
// The package holds facts, never opinions, and reaches no server: [github.com/pgcutover/pgcutover/analyze/catalog] fills an
// [Inventory] from the system catalogs, the planner judges it. An inventory is a file that people commit and review, so
// its encoding is canonical: the same facts give the same bytes ([Inventory.Encode]).
//
// A fact that could not be read is a nil pointer or an absent entry, together with an [Unknown] that says why and which
// grant would show it. Zero always means zero.
package analyze
