// Package hostile makes a database that nobody should have, and somebody does: names of every kind that use every character that
// PostgreSQL stores, tables of every shape, and values that get lost where something is not quoted or not pinned. Whatever moves a
// database has to move this one.
//
// The database is a value: the same options give the same SQL, byte for byte.
package hostile
