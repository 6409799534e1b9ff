package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/pgcutover/pgcutover/planner"
)

// config is a configuration file read over the defaults.
type config struct {
	file    string
	options planner.Options
	lines   map[string]int // of every key that was given, by its path
}

// readConfig reads a configuration file; an empty name gives the defaults. Nothing in it is guessed: an unknown or
// repeated key, a value of another type, an alias or a second document is an error with its line.
func readConfig(file string) (config, error) {
	c := config{file: file, options: planner.Defaults(), lines: map[string]int{}}
	if file == "" {
		return c, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return c, hinted(fmt.Errorf("reading the configuration: %w", err), "without -c, the defaults are used")
	}
	return c, c.parse(data)
}

func (c *config) parse(data []byte) error {
	var documents []yaml.Node
	if err := yaml.Load(data, &documents, yaml.WithAllDocuments(), yaml.WithUniqueKeys(false)); err != nil {
		return hinted(fmt.Errorf("%s%w", c.file, notYAML(err)), "the file is YAML: see docs/config.md for one with every kind of value")
	}
	if len(documents) > 1 {
		return c.fault(&documents[1], "", "a second document begins here; a configuration is one")
	}
	if len(documents) == 0 || len(documents[0].Content) == 0 || isNull(documents[0].Content[0]) {
		return nil // nothing but comments
	}
	root := documents[0].Content[0]
	c.options = planner.DefaultsFor(engineOf(root))
	if c.options.FullLoad() && valueOf(root, "aurora") != nil { // for full.schema: replica
		aurora := planner.DefaultAurora()
		c.options.Aurora = &aurora
	}
	return c.fill(root, "", reflect.ValueOf(&c.options).Elem())
}

// engineOf is what the key engine says, which decides about the defaults of others; empty where there is none.
func engineOf(root *yaml.Node) string {
	if v := valueOf(root, "engine"); v != nil {
		return v.Value
	}
	return ""
}

// valueOf is what stands under a key of the document; nil: it has none.
func valueOf(root *yaml.Node, key string) *yaml.Node {
	if root.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(root.Content); i += 2 {
			if root.Content[i].Value == key {
				return root.Content[i+1]
			}
		}
	}
	return nil
}

// notYAML is what the YAML parser reports, after the name of the file: in one line, with the line of the file where it knows it.
func notYAML(err error) error {
	e, ok := errors.AsType[*yaml.LoadError](err)
	if !ok {
		return errors.New(": " + strings.Join(strings.Fields(err.Error()), " "))
	}
	text := e.Message
	if e.ContextMsg != "" {
		text += " " + e.ContextMsg
	}
	if e.Mark.Line > 0 {
		return fmt.Errorf(":%d: %s", e.Mark.Line, text)
	}
	return errors.New(": " + text)
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// fault is an error at a node of the file.
func (c *config) fault(n *yaml.Node, path, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if path != "" {
		text = path + ": " + text
	}
	return fmt.Errorf("%s:%d: %s", c.file, max(n.Line, 1), text)
}

// explain says where an error of planning comes from: an option of the file, or the inventory.
func (c *config) explain(err error) error {
	if _, ok := errors.AsType[*planner.OptionError](err); !ok {
		return hinted(err, inventoryHint)
	}
	return c.locate(err)
}

// locate adds the file and line to an error about an option. Hints are kept.
func (c *config) locate(err error) error {
	e, ok := errors.AsType[*planner.OptionError](err)
	if !ok {
		return err
	}
	located := err
	for path := e.Path; c.file != "" && path != ""; path = parentPath(path) {
		if line, ok := c.lines[path]; ok {
			located = fmt.Errorf("%s:%d: %s: %s", c.file, line, e.Path, e.Problem)
			break
		}
	}
	if h := e.Hint(); h != "" {
		return hinted(located, h)
	}
	return located
}

func parentPath(path string) string {
	i := strings.LastIndexAny(path, ".[")
	if i < 0 {
		return ""
	}
	return path[:i]
}

func (c *config) fill(n *yaml.Node, path string, v reflect.Value) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return c.fault(n, path, "anchors and aliases are not taken: write the value out")
	}
	if path != "" {
		c.lines[path] = n.Line
	}
	switch v.Kind() {
	case reflect.Struct:
		return c.fillStruct(n, path, v)
	case reflect.Map:
		return c.fillMap(n, path, v)
	case reflect.Slice:
		return c.fillSlice(n, path, v)
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			p.Elem().Set(v.Elem()) // a section's defaults
		}
		if err := c.fill(n, path, p.Elem()); err != nil {
			return err
		}
		v.Set(p)
		return nil
	}
	return c.fillScalar(n, path, v)
}

// optionKeys maps the keys of an options struct to its fields.
func optionKeys(t reflect.Type) (keys []string, field map[string]int) {
	field = map[string]int{}
	for i := range t.NumField() {
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",") // slots.count has no YAML tag of its own: it is a number or "auto"
		keys = append(keys, key)
		field[key] = i
	}
	return keys, field
}

func (c *config) fillStruct(n *yaml.Node, path string, v reflect.Value) error {
	if isNull(n) {
		return nil // a heading whose keys are all commented out
	}
	if n.Kind != yaml.MappingNode {
		return c.fault(n, path, "keys and values are expected here, not %s", what(n))
	}
	keys, field := optionKeys(v.Type())
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, value := n.Content[i], n.Content[i+1]
		name, full := k.Value, keyPath(path, k.Value)
		if k.Kind != yaml.ScalarNode {
			return c.fault(k, path, "a key is a word")
		}
		if line, twice := seen[name]; twice {
			return c.fault(k, full, "given twice, first in line %d", line)
		}
		seen[name] = k.Line
		at, known := field[name]
		if !known {
			err := c.fault(k, full, "unknown key")
			if near := planner.Nearest(name, keys, 2); len(near) > 0 {
				return hinted(err, "did you mean "+strings.Join(near, " or ")+"?")
			}
			where := "the top level"
			if path != "" {
				where = path
			}
			return hinted(err, "keys of "+where+": "+strings.Join(keys, ", "))
		}
		if err := c.fill(value, full, v.Field(at)); err != nil {
			return err
		}
		c.lines[full] = k.Line
	}
	return nil
}

func keyPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (c *config) fillMap(n *yaml.Node, path string, v reflect.Value) error {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return c.fault(n, path, "tables and numbers are expected here, not %s", what(n))
	}
	m := reflect.MakeMap(v.Type())
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, value := n.Content[i], n.Content[i+1]
		key := reflect.ValueOf(k.Value)
		if k.Kind != yaml.ScalarNode {
			return c.fault(k, path, "a key is a table's name")
		}
		if m.MapIndex(key).IsValid() {
			return c.fault(k, path, "%s is given twice", k.Value)
		}
		x := reflect.New(v.Type().Elem()).Elem()
		if err := c.fill(value, keyPath(path, k.Value), x); err != nil {
			return err
		}
		m.SetMapIndex(key, x)
	}
	v.Set(m)
	return nil
}

func (c *config) fillSlice(n *yaml.Node, path string, v reflect.Value) error {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return c.fault(n, path, "a list is expected here, not %s", what(n))
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, x := range n.Content {
		if err := c.fill(x, fmt.Sprintf("%s[%d]", path, i), out.Index(i)); err != nil {
			return err
		}
	}
	v.Set(out)
	return nil
}

func (c *config) fillScalar(n *yaml.Node, path string, v reflect.Value) error {
	if n.Kind != yaml.ScalarNode {
		return c.fault(n, path, "a single value is expected here, not %s", what(n))
	}
	if isNull(n) {
		return c.fault(n, path, "has no value")
	}
	text := n.Value
	switch v.Kind() {
	case reflect.String:
		if tag := n.ShortTag(); tag != "!!str" && tag != "!!int" && tag != "!!float" && tag != "!!timestamp" {
			return c.fault(n, path, "text is expected here, not %s: put it in quotes", what(n))
		}
		v.SetString(text)
	case reflect.Bool:
		if n.ShortTag() != "!!bool" {
			return c.fault(n, path, "true or false is expected here, not %s", what(n))
		}
		v.SetBool(strings.EqualFold(text, "true"))
	case reflect.Int, reflect.Int64:
		i, err := wholeNumber(path, text)
		if err != nil {
			return c.fault(n, path, "%v", err)
		}
		if v.OverflowInt(i) {
			return c.fault(n, path, "%s is too large", text)
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return c.fault(n, path, "a number is expected here, not %q", text)
		}
		v.SetFloat(f)
	default:
		panic("configuration: no way to read a " + v.Type().String() + " of " + path)
	}
	return nil
}

// automatic are the keys that take the word auto for 0.
var automatic = []string{"slots.count", "load.split_bytes", "cdc.storage_gb"}

// wholeNumber reads a number; a key that counts bytes takes sizes too, one that counts seconds takes durations.
func wholeNumber(path, text string) (int64, error) {
	if slices.Contains(automatic, path) && text == "auto" {
		return 0, nil
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		if i == 0 && path == "slots.count" {
			return 0, errors.New(`a number from 1 on, or auto, is expected here`)
		}
		return i, nil
	}
	key := path[strings.LastIndexByte(path, '.')+1:]
	switch {
	case strings.Contains(key, "bytes"):
		if n, ok := parseSize(text); ok {
			return n, nil
		}
		return 0, fmt.Errorf("a size is expected here, such as 512MB or 10GB, not %q", text)
	case strings.HasSuffix(key, "_seconds"):
		if d, err := time.ParseDuration(text); err == nil && d%time.Second == 0 {
			return int64(d / time.Second), nil
		}
		return 0, fmt.Errorf("seconds are expected here, or a duration such as 90m or 2h, not %q", text)
	case slices.Contains(automatic, path):
		return 0, fmt.Errorf(`a number or auto is expected here, not %q`, text)
	}
	return 0, fmt.Errorf("a whole number is expected here, not %q", text)
}

var sizeForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(?:(B)|([kKMGTP])(?:i?B)?)$`)

// parseSize reads a size as PostgreSQL means it: units are powers of 1024, with or without the i.
func parseSize(text string) (int64, bool) {
	m := sizeForm.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	f, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, false
	}
	if m[3] != "" {
		f *= math.Pow(1024, float64(1+strings.Index("KMGTP", strings.ToUpper(m[3]))))
	}
	if f >= math.MaxInt64 {
		return 0, false
	}
	return int64(f), true
}

func what(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		if isNull(n) {
			return "nothing"
		}
		return strconv.Quote(n.Value)
	}
	return "an alias"
}
