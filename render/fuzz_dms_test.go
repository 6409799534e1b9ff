package render

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

// Terraform's own parser reads back what was quoted, and finds no template in it.
func FuzzHCL(f *testing.F) {
	for _, s := range []string{"", "shop", `a"b\c`, "${x}", "%{if}", "$${x}", "$", "%", "a\nb\t\r", "\x01\x7f\u0085\u2028", "мир 🐘", "${\"${\"}", "$$${", "%%%{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := hclString(s)
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		e, diags := hclsyntax.ParseExpression([]byte(q), "x.tf", hcl.InitialPos)
		require.False(t, diags.HasErrors(), "%q: %s", q, diags)
		v, diags := e.Value(nil)
		require.False(t, diags.HasErrors(), "%q: %s", q, diags)
		require.Equal(t, norm.NFC.String(s), v.AsString()) // Terraform's strings are normalised
	})
}

// What stands in a template is the same JSON, on one line, without what CloudFormation takes for a reference.
func FuzzCompactJSON(f *testing.F) {
	for _, s := range []string{"", "orders", "{{resolve:ssm:x}}", "{{{", "}}", `a"b\`, "<&>", "a\nb", "\u2028", "${x}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return // names are
		}
		q, err := compactJSON(mappingLocator{Schema: s, Table: s})
		require.NoError(t, err)
		require.NotContains(t, q, "{{")
		require.NotContains(t, q, "\n")
		var back mappingLocator
		require.NoError(t, json.Unmarshal([]byte(q), &back))
		require.Equal(t, mappingLocator{Schema: s, Table: s}, back)
	})
}
