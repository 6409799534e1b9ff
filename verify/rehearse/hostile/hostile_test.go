package hostile_test

import (
	"context"
	"os"
	"testing"

	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/hostile"
)

func TestWrite(t *testing.T) {
	db := hostile.Generate(hostile.Options{Source: 15, Target: 15})
	os.WriteFile("/tmp/keepE/h.sql", []byte(db.SQL), 0o644)
	os.WriteFile("/tmp/keepE/h.name", []byte(db.Name), 0o644)
}

func TestHostile(t *testing.T) {
	cluster.NeedPGLogical(t)
	db := hostile.Generate(hostile.Options{Source: 15, Target: 15})
	migration{content: rehearse.Content{
		Database: db.Name,
		Fill: func(ctx context.Context, primary *cluster.Cluster, database string) error {
			_, err := primary.Psql(ctx, database, db.SQL)
			return err
		},
		Config: db.Config,
	}}.run(t)
}
