// Package catalog fills an [analyze.Inventory] from a live server. It is the only reader of pg_catalog in the program.
//
// Everything but the values of sequences is read in one READ ONLY, REPEATABLE READ transaction with an empty search_path,
// in a number of statements that does not depend on the number of tables. The queries lie in the folder queries, one file each, and
// run on 9.6 to 18; lines that only some versions understand end in "-- from 1100" or "-- before 1100"
// ([analyze.Server.Major]).
//
// What the role may not see becomes a nil value and an [analyze.Unknown] with the grant that would show it. The package
// judges nothing and changes nothing: it takes no lock stronger than ACCESS SHARE, and does not wait long for that either.
package catalog
