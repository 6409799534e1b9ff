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
package standin
