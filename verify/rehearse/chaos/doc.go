// Package chaos breaks migrations. It runs the rendered scripts of a bundle and the gates of pgcutover on real servers (a primary
// that an application writes to all the time, its streaming standby, a target), lets a fault strike at a moment that is drawn from a seed, and then
// does what a person would do who follows the runbook: runs a step again, does what a hint says, or stops where a gate says no.
//
// A round ends well in one of two ways. It is recovered: the last gate is green, every row that the replica held at the pause is on the
// target once, and the slots deliver exactly what came after. Or it is stopped: a gate or a script has said no, for a reason that is
// declared for the fault. Everything else is a failure: rows lost or doubled under green gates, a fault that nothing noticed although it had
// to, a path that cannot go on although it should, a step that does not end.
//
// Faults strike by conditions and never by the clock: before or after a step, at the n-th connection of a script to a server, or when a server
// has sent so many bytes. The same seed therefore means the same fault at the same stage.
package chaos
