// Package standin stands in for AWS DMS in rehearsals and tests: it reads a slot from the captured position and applies what comes to the
// target. It is told what to do by the very files that AWS DMS would get, and does with them what AWS's user guide says that AWS DMS does, the
// harm included, so that a plan's answers to that harm are seen to work. It proves the hand-off, the files and the gates. It does not prove
// what AWS DMS does.
//
// What it imitates:
//   - one slot for each task, read through pglogical from the two sets that are named after it; the server decides what lies before the start
//   - should it be told so, what began before the start is left out, although it ended behind it
//   - only tables that the mapping selects, without the columns that it removes
//   - changes go into a table by its primary key; without one, only inserts do, and their LOBs stay empty
//   - an update that changes the primary key is ignored, without a word
//   - a row is inserted without its LOBs, which follow in an update
//   - limited LOBs are cut, unlimited ones looked up on the source as they are at that moment; a varchar without a length is cut
//   - a numeric without a precision becomes a numeric(28,6)
//   - transactions one after the other, or the net changes of many at once; a batch that fails is tried statement by statement
//   - error policies, and control tables on the target as AWS DMS makes them
//   - TRUNCATE is applied only where the settings say so
//
// A task of type full-load-and-cdc makes its own slot, under a name of its own, and reads it through test_decoding. It loads the tables of its mapping, so many at a
// time as the settings say and those with a greater load-order first, in ranges where the mapping has any; a row without its LOBs first, then those, cut where
// they are limited. A table that cannot be loaded ends the task, or is put into awsdms_full_load_exceptions, as the policy says. Then it stops before it
// applies what has changed, and goes on when it is started again. It reads in the snapshot that its slot exports, so that rows and changes meet exactly: AWS DMS
// reads every table at a moment of its own and sorts the overlap out, and that it does so rightly is not shown here. Nor is its own comparison of rows
// (validation), pglogical as the plug-in of a full load, or what AWS's API tells of any of it.
package standin
