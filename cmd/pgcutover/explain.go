package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pgcutover/pgcutover/planner"
	"github.com/pgcutover/pgcutover/planner/hazard"
	"github.com/pgcutover/pgcutover/verify"
)

// explainCmd prints what stands behind a code.
type explainCmd struct {
	Code string `arg:"" optional:"" help:"Code of a hazard, such as ID101, or of a check, such as G0-TOPO."`
	All  bool   `help:"List every code with its title."`
}

// Help is the long help.
func (explainCmd) Help() string {
	return `Hazards are found by plan in an inventory, checks are run by verify on servers. Their codes share one namespace, are never
reused and never change their meaning.`
}

func (c *explainCmd) Validate() error {
	if (c.Code == "") != c.All {
		return fmt.Errorf("give a code, or --all")
	}
	return nil
}

func (c *explainCmd) Run(s streams) error {
	var b strings.Builder
	if c.All {
		listCodes(&b)
	} else if err := explain(&b, strings.ToUpper(c.Code)); err != nil {
		return err
	}
	if _, err := io.WriteString(s.Stdout, b.String()); err != nil {
		return fmt.Errorf("writing the explanation: %w", err)
	}
	return nil
}

func listCodes(b *strings.Builder) {
	for _, r := range hazard.Rules() {
		fmt.Fprintf(b, "%-14s %-8s %s\n", r.Code, r.Severity, r.Title)
	}
	for _, c := range checks() {
		fmt.Fprintf(b, "%-14s %-8s %s\n", c.Code, "check", c.Title)
	}
}

func explain(b *strings.Builder, code string) error {
	if r, ok := hazard.Lookup(code); ok {
		fmt.Fprintf(b, "%s  %s\n\nHazard, %s, since %s. Found by: pgcutover plan.\n", r.Code, r.Title, r.Severity, r.Since)
		paragraph(b, "", r.Why)
		paragraph(b, "Remedy: ", r.Fix)
		if len(r.Engines) > 0 {
			paragraph(b, "Engine: ", r.Engines.String()+".")
		}
		if r.HandOff != "" {
			paragraph(b, "Hand-off: ", string(r.HandOff)+".")
		}
		if v := r.Versions.String(); v != "" {
			paragraph(b, "Versions: ", v+".")
		}
		if len(r.Needs) > 0 {
			paragraph(b, "", "It is undecided when the inventory lacks: "+strings.Join(r.Needs, ", ")+". That is then a finding of its own (UN101).")
		}
		if r.Severity == hazard.Error {
			paragraph(b, "", "To take it on, in the configuration:")
			fmt.Fprintf(b, "\n    accept:\n      - {code: %s, subject: \"<as the finding shows it>\", reason: \"<why>\"}\n", r.Code)
		}
		return nil
	}
	all := checks()
	if i := slices.IndexFunc(all, func(c verify.Check) bool { return c.Code == code }); i >= 0 {
		c := all[i]
		fmt.Fprintf(b, "%s  %s\n\nCheck of the family %s, cost %s. Run by: pgcutover verify %s.\n", c.Code, c.Title, c.Family, c.Cost, gateList(c.Gates))
		paragraph(b, "", c.Why)
		paragraph(b, "Remedy: ", c.Remedy)
		if len(c.Engines) > 0 {
			paragraph(b, "Engine: ", c.Engines.String()+".")
		}
		if c.HandOff != "" {
			paragraph(b, "Hand-off: ", c.HandOff+".")
		}
		if c.Loss {
			paragraph(b, "", "It guards against silent loss of data.")
		}
		if full := verify.InFullLoad(c); c.Engines.Have(planner.EngineDMSFull) && len(c.Engines) != 1 && c.HandOff == "" {
			explainFull(b, c, full)
		}
		return nil
	}
	var codes []string
	for _, r := range hazard.Rules() {
		codes = append(codes, r.Code)
	}
	for _, c := range checks() {
		codes = append(codes, c.Code)
	}
	hint := "pgcutover explain --all lists the codes"
	if near := planner.Nearest(code, codes, 3); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return misused(hinted(fmt.Errorf("there is no code %s", code), hint))
}

// explainFull tells what of a check is different with the engine dms-full.
func explainFull(b *strings.Builder, c, full verify.Check) {
	var texts []string
	if full.Title != c.Title {
		texts = append(texts, full.Title+".")
	}
	if !slices.Equal(full.Gates, c.Gates) {
		texts = append(texts, "Run by: pgcutover verify "+gateList(full.Gates)+".")
	}
	if full.Why != c.Why {
		texts = append(texts, full.Why)
	}
	if full.Remedy != c.Remedy {
		texts = append(texts, "Remedy: "+full.Remedy+".")
	}
	if len(texts) > 0 {
		paragraph(b, "With the engine dms-full: ", strings.Join(texts, " "))
	}
}

func gateList(gates []verify.Gate) string {
	names := make([]string, len(gates))
	for i, g := range gates {
		names[i] = string(g)
	}
	return strings.Join(names, ", ")
}

// paragraph writes text in lines of at most 80 columns, after an empty one.
func paragraph(b *strings.Builder, label, text string) {
	if text == "" {
		return
	}
	b.WriteString("\n")
	column := 0
	for _, word := range strings.Fields(label + text) {
		n := len([]rune(word))
		switch {
		case column == 0:
		case column+1+n > 80:
			b.WriteString("\n")
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	b.WriteString("\n")
}
