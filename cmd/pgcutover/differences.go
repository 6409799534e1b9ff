package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/analyze/differences"
	"github.com/pgcutover/pgcutover/planner"
)

// only are the tables of the plan that --table names; nil: all.
func (c *verifyCmd) only(p planner.Plan) ([]analyze.Name, error) {
	var out []analyze.Name
	for _, name := range c.Tables {
		n := len(out)
		for _, t := range p.Tables {
			if t.Handling.Copied() && (t.Name.String() == name || t.Root != nil && t.Root.String() == name) {
				out = append(out, t.Name)
			}
		}
		if len(out) == n {
			return nil, hinted(fmt.Errorf("--table %s: the plan copies no table of this name", name), "names are those of reports and of plan.md, with the schema: public.orders")
		}
	}
	return out, nil
}

// differenceList is the file of --differences on the way: it has its name when it is whole. Zero: nobody asks for one.
type differenceList struct {
	path   string
	file   *os.File
	buffer *bufio.Writer
	writer *differences.Writer
}

// newList begins the file, before hours of comparing. Only its owner may read it: keys are data.
func (c *verifyCmd) newList(p planner.Plan) (*differenceList, error) {
	l := &differenceList{path: c.List}
	if c.List == "" {
		return l, nil
	}
	if err := spare([]string{c.List}, c.Plan, c.statePath(), c.Resume); err != nil {
		return nil, err
	}
	var err error
	if l.path, err = writable(c.List); err != nil {
		return nil, err
	}
	if info, err := os.Stat(l.path); err == nil && !info.Mode().IsRegular() {
		return nil, misused(fmt.Errorf("writing %s: it is no file", c.List))
	}
	if l.file, err = os.CreateTemp(filepath.Dir(l.path), ".pgcutover-*"); err != nil { // with mode 0600
		return nil, writeError(c.List, err)
	}
	l.buffer = bufio.NewWriter(l.file)
	l.writer = differences.NewWriter(l.buffer, differences.List{Plan: p.Fingerprint(), Rows: c.Rows})
	return l, nil
}

// keep ends the file and gives it its name.
func (l *differenceList) keep() error {
	if l.file == nil {
		return nil
	}
	err := cmp.Or(l.writer.Close(), l.buffer.Flush(), l.file.Sync())
	err = cmp.Or(err, l.file.Close())
	if err == nil {
		err = os.Rename(l.file.Name(), l.path)
	}
	if err != nil {
		return writeError(l.path, err)
	}
	l.file = nil
	return nil
}

// discard removes what was begun and not kept.
func (l *differenceList) discard() {
	if l.file != nil {
		_ = errors.Join(l.file.Close(), os.Remove(l.file.Name())) // nothing is lost with it
	}
}
