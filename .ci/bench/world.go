package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
)

const database = "shop"

// world is a primary with data, its standby, paused as the bundle does it, and a target. Peers read the primary, which nobody writes to.
type world struct {
	*bench
	source, replica, target *cluster.Cluster
	env                     []string // of the bundle's scripts
	dir                     string   // of plan.json and state.json; the bundle is in dir/migration
	state                   []byte   // state.json as of the pause
	pg                      string   // directory of the clients
}

// settings of every server: what a person gives a server of this machine that is to be loaded.
var settings = []string{"shared_buffers=2GB", "maintenance_work_mem=512MB", "max_wal_size=32GB", "checkpoint_timeout=1h", "autovacuum=off", "max_parallel_maintenance_workers=2"}

// theWorld makes it when it is first asked for.
func (b *bench) theWorld(ctx context.Context) (*world, error) {
	if b.world != nil {
		b.count(b.world.source, b.world.replica, b.world.target)
		return b.world, nil
	}
	w := &world{bench: b, dir: filepath.Join(b.dir, "load")}
	b.world = w // stopped at the end, whatever comes now
	say := func(what string) { fmt.Fprintln(os.Stderr, "bench:", what) }
	say(fmt.Sprintf("making %g GB of data", b.size))
	var err error
	if w.source, err = cluster.Start(ctx, cluster.Options{Role: cluster.Source, Settings: append([]string{"shared_preload_libraries="}, settings...)}); err != nil {
		return nil, err
	}
	if w.target, err = cluster.Start(ctx, cluster.Options{Role: cluster.Target, Settings: append([]string{"wal_level=minimal", "max_wal_senders=0"}, settings...)}); err != nil {
		return nil, err
	}
	w.pg = cluster.Clients(ctx, w.source, w.target)
	if err := w.source.AddDatabase(ctx, database); err != nil {
		return nil, err
	}
	if _, err := w.source.Psql(ctx, database, dataset(b.size)); err != nil {
		return nil, fmt.Errorf("making the data: %w", err)
	}
	say("its standby, the plan and the pause")
	if w.replica, err = w.source.Standby(ctx); err != nil {
		return nil, err
	}
	b.count(w.source, w.replica, w.target)
	return w, w.pause(ctx)
}

func (w *world) stop() {
	for _, c := range []*cluster.Cluster{w.target, w.replica, w.source} {
		if c != nil {
			if err := c.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, "bench:", err)
			}
		}
	}
}

// pause takes the bundle to the point where the load begins.
func (w *world) pause(ctx context.Context) error {
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		return err
	}
	var services strings.Builder
	for name, c := range map[string]*cluster.Cluster{"source": w.source, "replica": w.replica, "target": w.target} {
		fmt.Fprintf(&services, "[pgcutover_%s]\nhost=%s\nport=%d\nuser=postgres\ndbname=%s\n", name, c.SocketDir(), c.Port(), database)
	}
	file := filepath.Join(w.dir, "services")
	config := fmt.Sprintf("engine: native\nnative: {connection: {host: 127.0.0.1, port: %d}}\nload: {workers: 2, maintenance_work_mem: 512MB}\n", w.source.Port())
	if err := errors.Join(os.WriteFile(file, []byte(services.String()), 0o600), os.WriteFile(filepath.Join(w.dir, "pgcutover.yaml"), []byte(config), 0o644)); err != nil {
		return err
	}
	w.env = []string{"PGSERVICEFILE=" + file, "PGCUTOVER_PG_BIN=" + w.pg}
	if err := w.target.AddDatabase(ctx, database); err != nil {
		return err
	}
	at := func(name string) string { return filepath.Join(w.dir, name) }
	for _, args := range [][]string{
		{"analyze", "--source", "service=pgcutover_source", "--target", "service=pgcutover_target", "--lob", "skip", "-o", at("inventory.json")},
		{"plan", at("inventory.json"), "--config", at("pgcutover.yaml"), "-o", at("plan.json")},
		{"render", at("plan.json"), "-o", at("migration")},
	} {
		if err := w.run(ctx, w.env, w.program, args...); err != nil {
			return err
		}
	}
	for _, step := range []string{"10-source/13-role.sql", "10-source/14-markers.sql", "10-source/15-publications.sql", "10-source/16-members.sh", "10-source/17-slots.sh", "20-replica/21-pause.sh"} {
		if err := w.step(ctx, step); err != nil {
			return err
		}
	}
	var err error
	w.state, err = os.ReadFile(at("state.json"))
	return err
}

// step runs a file of the bundle.
func (w *world) step(ctx context.Context, path string) error {
	file := filepath.Join(w.dir, "migration", path)
	if !strings.HasSuffix(path, ".sql") {
		return w.run(ctx, w.env, file)
	}
	on := "target"
	if strings.HasPrefix(path, "10-") {
		on = "source"
	}
	return w.run(ctx, w.env, filepath.Join(w.pg, "psql"), "-X", "-w", "-q", "-v", "ON_ERROR_STOP=1", "-d", "service=pgcutover_"+on, "-f", file)
}

// loaded is theWorld with a target that pgcutover has just loaded.
func (b *bench) loaded(ctx context.Context) (*world, error) {
	w, err := b.theWorld(ctx)
	if err == nil {
		err = w.fresh(ctx)
	}
	if err == nil {
		err = w.loadBundle(ctx)
	}
	return w, err
}

// fresh is the target and the bundle as before any load.
func (w *world) fresh(ctx context.Context) error { return errors.Join(w.empty(ctx), w.rewind()) }

// empty makes the target's database anew, and has everything that was done before on disk.
func (w *world) empty(ctx context.Context) error {
	_, err := w.target.Psql(ctx, "postgres", `drop database if exists `+database+` with (force); create database `+database+`; checkpoint`)
	return err
}
