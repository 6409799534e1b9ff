// Package templates holds the text of every file pgcutover renders, one folder per language, and no logic: an editor of SQL
// or shell never has to read Go. A template's name is the name of the file it becomes, plus ".tmpl".
package templates

import "embed"

// FS holds the template files.
//
//go:embed all:sql all:shell all:runbook all:report all:terraform
var FS embed.FS
