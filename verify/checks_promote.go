package verify

import (
	"github.com/pgcutover/pgcutover/planner"
)

// promoteChecks are what servers tell of an Aurora read replica and its promotion. What AWS tells is asked by package verify/rds.
func promoteChecks() []Check {
	engine, ready, at, after := planner.Engines{planner.EnginePromote}, []Gate{CutoverReady}, []Gate{Cutover}, []Gate{After}
	return []Check{
		{
			Code: "G0-INSTANCE", Title: "nothing in the instance is in the way of its move", Engines: engine, Gates: []Gate{Preflight, CutoverReady}, Family: Activity, Cost: Instant, Needs: []Side{Source}, Run: checkInstance,
			Why:    "The whole instance moves at one moment: other databases with it, prepared transactions too, and logical slots stay behind.",
			Remedy: "10-source/11-preflight.sh lists them with what to do",
		},
		{
			Code: "G6-REPLICA", Title: "the target follows this source, and is near", Engines: engine, Gates: ready, Family: Positions, Cost: Bounded, Loss: true, Needs: []Side{Source, Target}, Run: checkFollows,
			Why:    "What is frozen has to be drained into the replica: a replica far behind takes the application's time, one of another server would never have it. Positions are compared, and the marker, which is on this source alone.",
			Remedy: "20-aurora/22-catch-up.sh; 23-dry-run.sh --yes --end after a dry run",
		},
		{
			Code: "G6-SETTINGS", Title: "the replica is set as the source is", Engines: engine, Gates: ready, Family: Settings, Cost: Instant, Needs: []Side{Source, Target}, Run: checkSameSettings,
			Why:    "Parameter groups do not come along. What differs is what the application meets from its first statement on.",
			Remedy: "aurora.cluster_parameters or aurora.instance_parameters, then 20-aurora/21-deploy.sh; or live with it",
		},
		{
			Code: "G7-PROMOTED", Title: "the target is promoted, and has everything up to the freeze", Engines: engine, Gates: at, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkPromoted,
			Why:    "A marker was written to the source when nobody else wrote any more, and read on the replica before the promotion. Where the promoted cluster has it, it has all that was before.",
			Remedy: "70-cutover/76-unfreeze.sh gives the source back; a cluster that was promoted too early is deleted: 20-aurora/24-delete.sh --yes",
		},
		{
			Code: "G7-OTHERS", Title: "no other database of the instance was written to since the drain", Engines: engine, Gates: at, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Source}, Run: checkOthers,
			Why:    "They were promoted at the same moment, and no freeze holds there: what was written since is on the source alone. Statistics that the server gathers there are no such write; they are told apart where the role of the source can connect to the database.",
			Remedy: "70-cutover/76-unfreeze.sh; or bring over what was written",
		},
		{
			Code: "G7-SORT", Title: "text is sorted as it was on the source, and extensions have their libraries", Engines: engine, Gates: at, Family: Indexes, Cost: Instant, Loss: true, Needs: []Side{Target}, Run: checkLibraries,
			Why:    "Data files came along, libraries did not. An index in another library's order misses rows, and a unique one lets duplicates in.",
			Remedy: "70-cutover/74-look-over.sh lists them with what to do",
		},
		{
			Code: "G8-OPEN", Title: "the target is open, and the source is not", Engines: engine, Gates: after, Family: Freeze, Cost: Instant, Loss: true, Needs: []Side{Source, Target}, Run: checkOpened,
			Why:    "The freeze came along with everything else. A source that takes writes again has rows that are on no other server.",
			Remedy: "70-cutover/75-open.sh --yes; 71-freeze.sh on a source that somebody has opened",
		},
	}
}
