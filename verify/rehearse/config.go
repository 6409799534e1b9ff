package rehearse

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
)

// What a user would have written for the sample, for each of the engines; the free disk of primary and replica goes in, and into that for native
// how the servers reach each other.
var (
	//go:embed pgcutover.yaml
	dmsConfig string
	//go:embed native.yaml
	nativeConfig string
	//go:embed full.yaml
	fullConfig string
)

// writeConfig writes pgcutover.yaml.
func (r *run) writeConfig() error {
	source, err := freeBytes(r.servers.Source.DataDir())
	if err != nil {
		return err
	}
	replica := int64(0)
	if r.servers.Replica != nil {
		if replica, err = freeBytes(r.servers.Replica.DataDir()); err != nil {
			return err
		}
	}
	handOff := cmp.Or(r.options.HandOff, planner.HandOffReplica)
	own := r.options.Content.Config
	var text string
	switch {
	case r.options.full() && own == nil:
		text = fmt.Sprintf(fullConfig, source)
	case r.options.full():
		text = own(source, replica) + "\nengine: dms-full\nfull: {plugin: test_decoding}\n"
	case !r.options.native() && own == nil:
		text = fmt.Sprintf(dmsConfig, source, replica)
	case !r.options.native():
		text = own(source, replica)
	default:
		l, err := r.servers.linkUp()
		if err != nil {
			return err
		}
		if own == nil {
			text = fmt.Sprintf(nativeConfig, source, replica, r.servers.Source.Port(), l.target, r.servers.Target.Port(), l.source, handOff)
			break
		}
		text = own(source, replica) + fmt.Sprintf("\nengine: native\nnative:\n  handoff: %s\n  connection: {host: 127.0.0.1, port: %d, passfile: %q}\n", handOff, r.servers.Source.Port(), l.target)
		if r.options.Content.WayBack {
			text += fmt.Sprintf("  way_back: {host: 127.0.0.1, port: %d, passfile: %q}\n", r.servers.Target.Port(), l.source)
		}
	}
	r.config = text
	return r.saveConfig()
}

func (r *run) saveConfig() error {
	if err := os.WriteFile(filepath.Join(r.out, configFile), []byte(r.config), 0o644); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}

// links are the password files that subscriptions read on each server.
type links struct{ target, source string }

// linkUp writes the password files of the servers that subscribe, where their account can read them.
func (s *Servers) linkUp() (l links, err error) {
	entry := func(port int) string {
		return fmt.Sprintf("127.0.0.1:%d:*:%s:%s\n", port, cdcRole, strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(s.password))
	}
	if l.target, err = s.Target.AddFile("subscriptions.pgpass", entry(s.Source.Port())); err != nil {
		return l, err
	}
	l.source, err = s.Source.AddFile("subscriptions.pgpass", entry(s.Target.Port()))
	return l, err
}

// answer adds to the configuration what an error among the hazards needs: the tables without a key, which the rehearsal's application only
// inserts into, are said to be so, and the other errors are taken on. What a real plan has to answer is told.
func (r *run) answer() error {
	f, err := os.Open(filepath.Join(r.out, inventoryFile))
	if err != nil {
		return fmt.Errorf("reading the inventory: %w", err)
	}
	defer f.Close()
	inv, err := analyze.Decode(f)
	if err != nil {
		return fmt.Errorf("reading the inventory: %w", err)
	}
	o := planner.DefaultsFor(r.options.Engine)
	o.Load.Workers = 2
	if r.options.native() {
		o.Native.Connection, o.Native.HandOff = map[string]string{"host": "127.0.0.1"}, cmp.Or(r.options.HandOff, planner.HandOffReplica)
		if r.options.Content.WayBack {
			o.Native.WayBack = map[string]string{"host": "127.0.0.1"}
		}
	}
	var text strings.Builder
	open, err := openErrors(inv, o)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Code == "NT101" {
			o.Tables.InsertsOnly = append(o.Tables.InsertsOnly, x.Subject)
		}
	}
	if len(o.Tables.InsertsOnly) > 0 {
		text.WriteString("\ntables:\n  inserts_only:\n    # No key tells their rows apart; the application of the rehearsal never changes one.\n")
		for _, name := range o.Tables.InsertsOnly {
			fmt.Fprintf(&text, "    - %s\n", quotedYAML(name))
		}
		if open, err = openErrors(inv, o); err != nil {
			return err
		}
	}
	var accepted []string
	for _, x := range open {
		if !slices.Contains(accepted, x.Code) {
			accepted = append(accepted, x.Code)
		}
	}
	if len(accepted) > 0 {
		text.WriteString("\naccept:\n")
		for _, code := range accepted {
			fmt.Fprintf(&text, "  - {code: %s, subject: \"*\", reason: taken on for the rehearsal; a real plan has to answer it}\n", code)
		}
		rule := func(code string) string {
			x, _ := hazard.Lookup(code)
			return code + " (" + x.Title + ")"
		}
		named := make([]string, len(accepted))
		for i, code := range accepted {
			named[i] = rule(code)
		}
		r.accepted = named
		r.printf("%s", wrapped("A plan for the real servers would stop at "+strings.Join(named, ", ")+". The rehearsal goes on past it; plan.md has all of it.", "    ", 118))
	}
	r.config += text.String()
	return r.saveConfig()
}

// openErrors are the hazards that a plan stops at. No server is asked, so what depends on the rates and the disks is left to the plan itself.
func openErrors(inv analyze.Inventory, o planner.Options) ([]hazard.Finding, error) {
	plan, err := planner.Make(inv, o, nil)
	if err != nil {
		return nil, fmt.Errorf("looking for what the plan would stop at: %w", err)
	}
	return slices.DeleteFunc(plan.Findings, func(f hazard.Finding) bool {
		return f.Severity != hazard.Error || f.Accepted != "" || strings.HasPrefix(f.Code, "RP") || strings.HasPrefix(f.Code, "CP")
	}), nil
}

// quotedYAML is a text as YAML takes it: a JSON string is one.
func quotedYAML(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic("encoding a string: " + err.Error())
	}
	return string(b)
}

// Fitted is a user's pgcutover.yaml with what it says of the real servers taken out: the engine, the connections of native and the free
// disk, which a rehearsal has of its own. Comments and everything else stay.
func Fitted(config []byte) (func(sourceFree, replicaFree int64) string, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(config, &document); err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	if len(document.Content) == 0 {
		return bareConfig, nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("reading the configuration: line %d is not a key with a value", root.Line)
	}
	drop(root, "engine", "native", "full", "aurora")
	wal := child(root, "wal")
	if wal != nil {
		drop(wal, "source_free_bytes", "replica_free_bytes")
	}
	return func(source, replica int64) string {
		free := fmt.Sprintf("source_free_bytes: %d\nreplica_free_bytes: %d\n", source, replica)
		if wal == nil || wal.Kind != yaml.MappingNode {
			return encoded(root) + "wal:\n  " + strings.ReplaceAll(strings.TrimSpace(free), "\n", "\n  ") + "\n"
		}
		kept := slices.Clone(wal.Content)
		defer func() { wal.Content = kept }()
		for _, line := range strings.Split(strings.TrimSpace(free), "\n") {
			key, value, _ := strings.Cut(line, ": ")
			wal.Content = append(wal.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: value})
		}
		return encoded(root)
	}, nil
}

func encoded(root *yaml.Node) string {
	if len(root.Content) == 0 {
		return ""
	}
	b, err := yaml.Marshal(root)
	if err != nil {
		panic("encoding what was decoded: " + err.Error())
	}
	return string(b)
}

// child is the value of a key; nil: there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func drop(n *yaml.Node, keys ...string) {
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if slices.Contains(keys, n.Content[i].Value) {
			n.Content = slices.Delete(n.Content, i, i+2)
		}
	}
}

// bareConfig is the configuration of a database that nobody has configured.
func bareConfig(source, replica int64) string {
	return fmt.Sprintf(`# Made for a rehearsal. Every key is described in docs/config.md.
load:
  workers: 2

wal:
  # As df says on the day.
  source_free_bytes: %d
  replica_free_bytes: %d
`, source, replica)
}
