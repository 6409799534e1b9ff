package rehearse

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/sample"
)

// Servers are the three of a rehearsal. People reach them by service name, with a password over 127.0.0.1.
type Servers struct {
	Source, Replica, Target *cluster.Cluster
	Database                string // the one that moves, on every server
	ServiceFile, PassFile   string // of libpq; in Dir
	Dir                     string // of these two; gone afterwards
	password                string
	noAWS                   bool // nothing may ask AWS
}

type namedServer struct {
	name string
	*cluster.Cluster
}

// all returns those that were started, in the order in which they may be stopped.
func (s *Servers) all() []namedServer {
	var out []namedServer
	for _, n := range []namedServer{{"target", s.Target}, {"replica", s.Replica}, {"source", s.Source}} {
		if n.Cluster != nil {
			out = append(out, n)
		}
	}
	return out
}

// start brings up the servers and fills the primary.
func (s *Servers) start(ctx context.Context, o Options, say func(string, ...any)) (err error) {
	s.password, s.Database = o.Password, o.Content.Database
	if s.password == "" {
		s.password = rand.Text()
	}
	timed := func(what string, do func() error) error {
		start := time.Now()
		err := do()
		if err == nil {
			say("  %-64s %5.1f s\n", what, time.Since(start).Seconds())
		}
		return err
	}
	settings, targetSettings := o.settings, []string(nil)
	if o.native() {
		settings, targetSettings = append([]string{"shared_preload_libraries="}, settings...), []string{"wal_level=logical"} // for the way back
	}
	if o.full() { // the slots decode with what every server has
		settings = append([]string{"shared_preload_libraries="}, settings...)
	}
	err = timed("a primary", func() (err error) {
		// The application's retries should show, not the patience of a busy machine.
		s.Source, err = cluster.Start(ctx, cluster.Options{Role: cluster.Source, Major: o.SourceMajor, Password: s.password, Settings: settings})
		return err
	})
	if err != nil {
		return err
	}
	if in := s.Source.Install(); !in.PGLogical && o.settings == nil && !o.native() && !o.full() {
		return fmt.Errorf("PostgreSQL %s in %s has no pglogical", in.Version, in.Bin)
	}
	err = timed(o.Content.About, func() error {
		if err := s.Source.AddDatabase(ctx, s.Database); err != nil {
			return err
		}
		return o.Content.Fill(ctx, s.Source, s.Database)
	})
	if err != nil {
		return err
	}
	if o.standby() {
		err = timed("its streaming standby", func() (err error) {
			s.Replica, err = s.Source.Standby(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	err = timed("a target, empty", func() (err error) {
		major := o.TargetMajor
		if major == 0 {
			major = s.Source.Install().Major
		}
		if s.Target, err = cluster.Start(ctx, cluster.Options{Role: cluster.Target, Major: major, Password: s.password, Settings: targetSettings}); err != nil {
			return err
		}
		return s.Target.AddDatabase(ctx, s.Database)
	})
	if err != nil {
		return err
	}
	s.noAWS = !o.native()
	if o.cutsOver() && o.Content.Write != nil {
		if err := errors.Join(s.exec(ctx, s.Source, o.Content.Grants), s.letApplicationIn(ctx, s.Source, o.Content)); err != nil {
			return err
		}
	}
	return s.writeServices()
}

// fillSample loads the sample; bare: without its rows, but for one to compare.
func fillSample(bare bool) func(context.Context, *cluster.Cluster, string) error {
	return func(ctx context.Context, primary *cluster.Cluster, database string) error {
		conn, err := pgx.Connect(ctx, primary.DSN(database))
		if err != nil {
			return fmt.Errorf("connecting to the primary: %w", err)
		}
		defer conn.Close(context.WithoutCancel(ctx))
		if !bare {
			return sample.Load(ctx, conn)
		}
		if err := sample.LoadSchema(ctx, conn); err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "insert into sources values ('ads', 'Search ads')")
		return err
	}
}

// writeServices writes libpq's service and password files, beside the clusters: what is there goes away even if this process is
// killed.
func (s *Servers) writeServices() error {
	var err error
	if s.Dir, err = os.MkdirTemp(filepath.Dir(s.Source.SocketDir()), "clients"); err != nil {
		return fmt.Errorf("making a directory for the service file: %w", err)
	}
	var services, passwords strings.Builder
	for _, n := range s.all() {
		fmt.Fprintf(&services, "[pgcutover_%s]\nhost=127.0.0.1\nport=%d\ndbname=%s\nuser=postgres\n\n", n.name, n.Port(), s.Database)
		fmt.Fprintf(&passwords, "127.0.0.1:%d:*:postgres:%s\n", n.Port(), strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(s.password))
	}
	s.ServiceFile, s.PassFile = filepath.Join(s.Dir, "pg_service.conf"), filepath.Join(s.Dir, "pgpass")
	return errors.Join(
		os.WriteFile(s.ServiceFile, []byte(services.String()), 0o600),
		os.WriteFile(s.PassFile, []byte(passwords.String()), 0o600),
	)
}

// environment is what the steps run in: ours without anything that says PG or is pgcutover's, and the three services.
func (s *Servers) environment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") {
			env = append(env, v)
		}
	}
	return append(env, s.exports()...)
}

// exports are the variables that a person would set.
func (s *Servers) exports() []string {
	out := []string{"PGSERVICEFILE=" + s.ServiceFile, "PGPASSFILE=" + s.PassFile, "PGCUTOVER_SOURCE=pgcutover_source"}
	if s.Replica != nil {
		out = append(out, "PGCUTOVER_REPLICA=pgcutover_replica")
	}
	if s.noAWS {
		out = append(out, "PGCUTOVER_AWS=false") // whatever asked AWS would fail
	}
	return append(out, "PGCUTOVER_TARGET=pgcutover_target", "PGCUTOVER_PG_BIN="+cluster.Clients(context.Background(), s.Source, s.Target))
}

func (s *Servers) saveLogs(dir string) error {
	var errs []error
	for _, n := range s.all() {
		errs = append(errs, os.WriteFile(filepath.Join(dir, n.name+".server.log"), []byte(n.Log()), 0o644))
	}
	return errors.Join(errs...)
}

func (s *Servers) stop() error {
	var errs []error
	for _, n := range s.all() {
		errs = append(errs, n.Stop())
	}
	if s.Dir != "" {
		errs = append(errs, os.RemoveAll(s.Dir))
	}
	return errors.Join(errs...)
}
