package planner

import (
	"cmp"
	"slices"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// A smaller table is soon copied, in one piece too.
const wholeMatters = 128 << 20

func (b *builder) findings(p Plan) []hazard.Finding {
	accept := make([]hazard.Acceptance, len(p.Options.Accept))
	for i, a := range p.Options.Accept {
		accept[i] = hazard.Acceptance(a)
	}
	return hazard.Find(b.facts(p), accept)
}

// mappingRule is about what a selection rule of a table mapping takes beside the names, with the share of rules that LOBs and
// generated columns need.
const mappingRule = 250

// boundary is about what a range of a table takes in a mapping, with its share of the rule about it.
const boundary = 100

// loading is what the rules judge about the full load.
func (b *builder) loading(p Plan) hazard.Loading {
	l := hazard.Loading{Sessions: p.Full.Sessions, Validation: p.Options.Full.Validation}
	for i, t := range p.DMS.Tasks {
		if _, _, fits := b.commitRate(p, p.Groups[i], t); !fits {
			l.Overfull = append(l.Overfull, t.Identifier)
		}
	}
	for i := range p.Items {
		if b.took[i] > l.LongestSeconds {
			l.LongestSeconds, l.Longest = b.took[i], p.Items[i].Tables[0]
		}
	}
	return l
}

// buildMemory is what the largest builds take that the workers have in hand at once: a sort takes about twice as much as the index
// that comes of it, and at most maintenance_work_mem.
func buildMemory(p Plan) (builds int, bytes int64) {
	most, _ := memory(p.Options.Load.MaintenanceWorkMem) // looked at with the options
	var each []int64
	for _, b := range p.Builds {
		if b.Kind != BuildAnalyze && b.Bytes > 0 {
			n := min(b.Bytes, most)
			each = append(each, n+min(n, most-n))
		}
	}
	slices.SortFunc(each, func(a, b int64) int { return cmp.Compare(b, a) })
	each = each[:min(len(each), p.Options.Load.Workers)]
	for _, n := range each {
		bytes += n
	}
	return len(each), bytes
}

// facts gathers what the rules judge.
func (b *builder) facts(p Plan) hazard.Facts {
	f := hazard.Facts{
		Inventory:   b.inv,
		Fates:       make(map[analyze.Name]hazard.Fate, len(p.Tables)),
		Target:      hazard.Target{VersionNum: p.Target.VersionNum, Managed: p.Target.Managed},
		AppendOnly:  map[analyze.Name]bool{},
		Truncate:    b.cut,
		LOBMargin:   p.Options.LOB.Margin,
		LOBMargins:  b.margins,
		Engine:      p.Options.Engine,
		DeferUnique: p.Options.Unique == UniqueDefer,
		Node:        p.Names.Node,

		ExcludedSchemas: p.Options.Tables.ExcludeSchemas,
		LeftOutViews:    b.leftViews,
		Figures: hazard.Figures{
			Weights: p.Balance.Weights, TargetLoad: p.Options.Slots.TargetLoad,
			GroupMax: p.Balance.GroupMax, GroupBound: p.Balance.GroupBound,
			LoadSeconds: p.Balance.LoadSeconds, LoadBound: p.Balance.LoadBound,
			PauseSeconds: p.Estimate.PauseSeconds, ReadySeconds: p.Estimate.PauseSeconds + float64(p.Options.WAL.SetupSeconds),
			WALBytesPerSecond: p.Estimate.WALBytesPerSecond,
			SourceWALBytes:    p.Estimate.SourceWALBytes, ReplicaWALBytes: p.Estimate.ReplicaWALBytes,
			SourceFreeBytes: p.Estimate.SourceFreeBytes, ReplicaFreeBytes: p.Estimate.ReplicaFreeBytes,
			SequenceMargin: p.Options.Cutover.SequenceMargin,
			TargetBytes:    p.TargetBytes(), TargetFreeBytes: p.Options.Target.FreeBytes, TargetMemoryBytes: p.Options.Target.MemoryBytes,
		},
	}
	f.Plugin = b.plugin()
	if p.Full != nil {
		f.Figures.ReadySeconds = p.Estimate.CopySeconds + p.Estimate.BuildSeconds + float64(p.Options.WAL.SetupSeconds)
		f.Loading = b.loading(p)
	}
	f.Aurora = b.auroraFacts(p)
	f.Figures.BuildsAtOnce, f.Figures.BuildMemoryBytes = buildMemory(p)
	if o := p.Options.Native; o != nil {
		f.Subscribing = hazard.Subscribing{Prompt: o.Password == PasswordPrompt, WayBack: len(o.WayBack) > 0, Snapshots: p.Options.Snapshots()}
	}
	if names, err := b.known.findAll("tables.inserts_only", p.Options.Tables.InsertsOnly); err == nil { // looked up before without an error
		for _, n := range names {
			f.AppendOnly[n] = true
		}
	}
	even := 0.0
	for _, s := range b.took {
		even += s
	}
	even /= float64(p.Options.Load.Workers)
	if p.Full != nil {
		even *= float64(p.Options.Load.Workers) / float64(p.Full.Sessions)
	}
	for i := range p.Tables {
		t := &p.Tables[i]
		fate := hazard.Fate{Present: t.Handling != LeftOut, Copied: t.Handling.Copied(), InsertsOnly: t.Handling == InsertsOnly, Bytes: t.Bytes}
		// In one piece it matters once it takes the better part of what an even spread would.
		if fate.Copied && t.Bytes > wholeMatters && b.speed.copySeconds(t.Name, t.Bytes) > even*0.8 {
			fate.Whole = b.cutter(t).whole
		}
		f.Fates[t.Name] = fate
	}
	parallels := map[int]int{} // ranges of each group
	if p.Full != nil {
		for i := range p.Items {
			if p.Items[i].Range != nil {
				parallels[b.tables[b.where.items[i]].Group]++
			}
		}
	}
	for i, g := range p.Groups {
		x := hazard.Group{Slot: g.Slot, UpdateSet: g.UpdateSet, InsertSet: g.InsertSet}
		if i < len(p.DMS.Tasks) {
			b.dmsFacts(&x, g, p.DMS.Tasks[i])
		}
		for _, n := range g.Tables {
			x.MappingBytes += mappingRule + len(n.Schema) + len(n.Name)
		}
		if p.Full != nil {
			x.MappingBytes += parallels[g.Number] * boundary
		}
		if p.Balance.Weights == BySample {
			x.Load = g.Load()
		}
		f.Groups = append(f.Groups, x)
	}
	for _, s := range p.Settings {
		f.Settings = append(f.Settings, hazard.Setting{On: s.On, Name: s.Name, From: s.From, To: s.To, Restart: s.Restart})
	}
	return f
}

// Load is the group's demand on its apply stream: its weight, a third of it where changes are applied in batches.
func (g Group) Load() float64 {
	if g.BatchApply {
		return round(g.Weight / batchSpeed)
	}
	return g.Weight
}
