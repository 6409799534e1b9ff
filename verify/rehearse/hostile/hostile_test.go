package hostile_test

import (
	"context"
	"testing"

	"github.com/pgcutover/pgcutover/verify/rehearse"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/hostile"
)

// TestHostile takes the database through a whole migration.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	cluster.NeedPGLogical(t)
	of(hostile.Generate(hostile.Options{Source: 15, Target: 15})).run(t)
}

// of is the migration of a generated database.
func of(db hostile.Database) migration {
	return migration{content: rehearse.Content{
		Database: db.Name,
		Fill: func(ctx context.Context, primary *cluster.Cluster, database string) error {
			_, err := primary.Psql(ctx, database, db.SQL)
			return err
		},
		Config: db.Config,
	}}
}
