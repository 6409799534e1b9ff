package rehearse

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/verify/rehearse/cluster"
	"github.com/pgcutover/pgcutover/verify/rehearse/synthetic"
	"github.com/pgcutover/pgcutover/verify/rehearse/workload"
)

// A Schema is somebody's database without its rows.
type Schema struct {
	Database string // its name; empty: "rehearsal"
	About    string // for people: "the schema of app.sql"
	SQL      string // what pg_dump --schema-only writes, or any SQL that psql runs
	Like     *analyze.Inventory
	Scale    synthetic.Scale
	Rate     float64 // transactions a second
	// Config is the user's configuration; nil: one is made, which takes on what a plan would stop at.
	Config func(sourceFree, replicaFree int64) string
}

// schemaRole is who the application logs in as.
const schemaRole = "pgcutover_rehearsal"

// schemaGrants let it write everywhere. Row-level security is passed by, which is an attribute of the role.
const schemaGrants = `create role ` + schemaRole + ` nologin;
do $$
declare s name;
begin
	for s in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
		execute format('grant usage on schema %I to ` + schemaRole + `', s);
		execute format('grant select, insert, update, delete on all tables in schema %I to ` + schemaRole + `', s);
		execute format('grant usage on all sequences in schema %I to ` + schemaRole + `', s);
		execute format('grant execute on all functions in schema %I to ` + schemaRole + `', s);
	end loop;
end $$`

// Content is the schema with rows that are made up, and an application that writes to them.
func (s Schema) Content() Content {
	var made *synthetic.Content
	var application *synthetic.Application
	c := Content{
		Database: s.Database, About: s.About, Config: s.Config, Answer: s.Config == nil, WayBack: true,
		Role: schemaRole, RoleOptions: "login bypassrls", Grants: schemaGrants,
	}
	if c.Database == "" {
		c.Database = "rehearsal"
	}
	if c.Config == nil {
		c.Config = bareConfig
	}
	c.Fill = func(ctx context.Context, primary *cluster.Cluster, database string) error {
		if err := loadSchema(ctx, primary, database, s.SQL); err != nil {
			return err
		}
		conn, err := pgx.Connect(ctx, primary.DSN(database))
		if err != nil {
			return fmt.Errorf("connecting to the primary: %w", err)
		}
		defer conn.Close(context.WithoutCancel(ctx))
		if made, err = synthetic.Fill(ctx, conn, synthetic.Options{Like: s.Like, Scale: s.Scale}); err != nil {
			return err
		}
		application = made.Application()
		return nil
	}
	c.Write = func(ctx context.Context, dsn string) (Application, error) {
		return application.Start(ctx, dsn, workload.Options{Rate: s.Rate, Seed: 1})
	}
	c.Remarks = func() []string {
		if made == nil {
			return nil
		}
		return remarks(made, application)
	}
	return c
}

// remarks tell which tables have no rows, and what the application could not do.
func remarks(made *synthetic.Content, application *synthetic.Application) (out []string) {
	out = append(out, fmt.Sprintf("made-up rows: %s in %d tables before the application began", thousands(made.Rows), made.Tables))
	if n := len(made.Empty); n > 0 {
		out = append(out, fmt.Sprintf("%s stayed empty:", analyze.Count(n, "table")))
		for _, e := range made.Empty {
			out = append(out, fmt.Sprintf("- %s, because %s", e.Table, e.Reason))
		}
	}
	given := application.GivenUp()
	if len(given) > 0 {
		out = append(out, "the application gave up, because the schema always refused:")
		for _, e := range given {
			out = append(out, fmt.Sprintf("- %s: %s", e.Table, e.Reason))
		}
	}
	return out
}

var (
	missingRole      = regexp.MustCompile(`(?s)ERROR:  42704: role "(.*?)" does not exist\n`)
	missingExtension = regexp.MustCompile(`(?:could not open extension control file "[^"\n]*/([^"/\n]+)\.control"|extension "([^"\n]+)" is not available)`)
	// An error begins a line of psql's; what a server of another version does not know of the settings that pg_dump begins with is none.
	serverError = regexp.MustCompile(`(?m)^psql:[^\n]*: ERROR:  (\w{5}): ([^\n]*)`)
)

// tolerated tells errors that leave nothing out.
func tolerated(code, text string) bool {
	return code == "42704" && strings.HasPrefix(text, "unrecognized configuration parameter") || // SET of a newer pg_dump
		code == "42P06" && text == `schema "public" already exists` || code == "42710" && strings.HasPrefix(text, "role ") && strings.HasSuffix(text, "already exists")
}

// noVariables takes away psql's own variables: in pg_dump's list[1:"USER"] a column is meant.
var noVariables = func() (out string) {
	for _, name := range strings.Fields("DBNAME ENCODING HOST PORT USER SERVER_VERSION_NAME SERVER_VERSION_NUM VERSION VERSION_NAME VERSION_NUM PROMPT1 PROMPT2 PROMPT3") {
		out += "\\unset " + name + "\n"
	}
	return out
}()

// loadSchema runs the SQL in a database. Roles are of the cluster, and a dump of a database does not hold them: those that it lacks are made,
// without any right.
func loadSchema(ctx context.Context, c *cluster.Cluster, database, sql string) error {
	sql = noVariables + sql
	said, err := c.PsqlThrough(ctx, database, sql)
	if err != nil {
		return err
	}
	var roles []string
	for _, m := range missingRole.FindAllStringSubmatch(said, -1) {
		if !slices.Contains(roles, m[1]) {
			roles = append(roles, m[1])
		}
	}
	if len(roles) > 0 {
		var create strings.Builder
		for _, role := range roles {
			fmt.Fprintf(&create, "create role %s nologin;\n", analyze.Ident(role))
		}
		if _, err := c.Psql(ctx, "postgres", create.String()+"drop database "+analyze.Ident(database)); err != nil {
			return fmt.Errorf("making the roles that the schema names: %w", err)
		}
		if err := c.AddDatabase(ctx, database); err != nil {
			return err
		}
		if said, err = c.PsqlThrough(ctx, database, sql); err != nil {
			return err
		}
	}
	for _, m := range serverError.FindAllStringSubmatch(said, -1) {
		if tolerated(m[1], m[2]) {
			continue
		}
		if x := missingExtension.FindStringSubmatch(m[2]); x != nil {
			return fmt.Errorf("loading the schema: it needs the extension %s, which PostgreSQL %s in %s lacks; install it, or take it out of the schema", x[1]+x[2], c.Install().Version, c.Install().Bin)
		}
		return errors.New("loading the schema: " + m[0])
	}
	if _, err := c.Psql(ctx, database, cutTies); err != nil {
		return fmt.Errorf("loading the schema: %w", err)
	}
	return nil
}

// cutTies removes what reaches other servers: subscriptions, and the user mappings of foreign servers, whose passwords would also stand in the
// bundle's dump of the schema.
const cutTies = `do $$
declare r record;
begin
	for r in select subname from pg_subscription where subdbid = (select oid from pg_database where datname = current_database()) loop
		execute format('alter subscription %I disable', r.subname);
		execute format('alter subscription %I set (slot_name = none)', r.subname);
		execute format('drop subscription %I', r.subname);
	end loop;
	for r in select srvname, usename, umuser from pg_user_mappings loop
		execute format('drop user mapping for %s server %I', case when r.umuser = 0 then 'public' else quote_ident(r.usename) end, r.srvname);
	end loop;
end $$`
