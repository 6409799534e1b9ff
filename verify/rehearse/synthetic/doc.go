// Package synthetic fills the tables of a database with rows that nobody has ever had, and writes to them. The server makes the rows: an
// INSERT … SELECT from generate_series for each table, with an expression for each column that follows from its type, and with triggers off.
// Foreign keys are drawn from the rows of the tables that they refer to. What a CHECK constraint, a domain or the bound of a partition
// lets through is found by asking the server about candidates: constants of the expression itself, values between them, usual forms of texts.
//
// That finds no row for every table. Where it finds none the table stays empty, and Fill says why; no constraint is ever dropped for it.
//
// The same database and the same amounts give the same rows.
package synthetic
