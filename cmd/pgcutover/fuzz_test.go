package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgcutover/pgcutover/analyze"
	"github.com/pgcutover/pgcutover/planner"
)

func FuzzConfiguration(f *testing.F) {
	for _, s := range []string{
		"slots: {count: auto, max: 3}\naccept:\n  - {code: ID101, subject: '*', reason: x}\n", "load:\n  split_bytes: 10GB\n", "a: &a [*a]\n", "", "---\n---\n", "\ufeffslots: {}\n", "slots:\r\n  max: 3\r\n",
		"slots: {max: 3, max: 4}\n", "slots: {max: 99999999999999999999}\n", "slots: {max: 0x10}\n", "load: {split_bytes: .inf}\n", "? [a]\n: b\n", "!!binary aaaa\n", "slots: !!map {}\n", "%YAML 9.9\n---\n",
		"\xff\xfe", "a\x00b", strings.Repeat("[", 2000), strings.Repeat("{a: ", 2000), strings.Repeat("- ", 2000), "slots: \t{}", "tables: {exclude: [\"a\nb\"]}\n", "<<: {slots: {}}\n", "yes: no\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := config{file: "x.yaml", options: planner.Defaults(), lines: map[string]int{}}
		if err := c.parse([]byte(text)); err != nil {
			require.Contains(t, err.Error(), "x.yaml")
			return
		}
		again := config{file: "x.yaml", options: planner.Defaults(), lines: map[string]int{}}
		require.NoError(t, again.parse([]byte(text)))
		require.Equal(t, c.options, again.options)
	})
}

// FuzzSay reads back what is said: one line begins each message, and nothing in it steers a terminal.
func FuzzSay(f *testing.F) {
	for _, s := range []string{"", "a\nb", "\x1b]0;x\a", "\x1b[2J", "\r", "\u009b31m", "\xff", "\u202e", "pgcutover: error: x", "a\n\nb\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		out := streams{Stderr: &b}
		out.say(red, "error", s)
		p := progress{w: &b}
		p.show("%s", s)
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		require.Len(t, lines, strings.Count(s, "\n")+2, "%q", b.String())
		for i, line := range lines {
			require.False(t, strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && analyze.Steers(r) }), "%q", line)
			require.Equal(t, i == 0 || i == len(lines)-1, strings.HasPrefix(line, "pgcutover: "), "%q", line)
		}
	})
}

// FuzzServiceName has pgx look the service up that a bare name stands for.
func FuzzServiceName(f *testing.F) {
	for _, s := range []string{"shop", "it's", `a\b`, `\'`, "a b", "a'b host=evil", "é", "x dbname", "'"} {
		f.Add(s)
	}
	file := filepath.Join(f.TempDir(), "services")
	f.Setenv("PGSERVICEFILE", file)
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || strings.Contains(s, "=") || strings.Contains(s, "://") || strings.ContainsAny(s, "\x00\n\r[]") || strings.TrimSpace(s) != s {
			return // a connection string; and what no service file can name
		}
		require.NoError(t, os.WriteFile(file, []byte("["+s+"]\nhost=found\ndbname=there\n"), 0o600))
		cfg, err := conninfo(s).config("source")
		require.NoError(t, err, "%q", s)
		require.Equal(t, "found", cfg.Host, "%q", s)
		require.Equal(t, "there", cfg.Database)
	})
}

// FuzzConnectionString looks for a password in whatever is said of a connection string that cannot be used, and in what is not.
func FuzzConnectionString(f *testing.F) {
	const secret = "Sesame7"
	for _, s := range []string{
		"host=h password=" + secret, "postgres://u:" + secret + "@h/d", "host=h password='" + secret, "postgres://u:" + secret + "@h:x/d", "host=h password=" + secret + " sslmode=none", "postgres://u:%zz" + secret + "@h",
		"password=" + secret + " host='", "postgresql://u@h/d?password=" + secret + "&connect_timeout=x", "service=none password=" + secret, "passwrd=" + secret + " port=x", "PASSWORD = " + secret,
	} {
		f.Add(s)
	}
	f.Setenv("PGSERVICEFILE", filepath.Join(f.TempDir(), "none"))
	f.Fuzz(func(t *testing.T, s string) {
		cfg, err := conninfo(s).config("source")
		if err != nil {
			for _, text := range append(hints(err), err.Error()) {
				if holdsPassword(s) {
					require.NotContains(t, text, secret)
				}
			}
			return
		}
		if cfg.Password != "" && strings.Contains(s, cfg.Password) && len(s) < 1000 {
			require.True(t, holdsPassword(s), "%q gives a password in argv, and is not refused", s)
		}
	})
}
