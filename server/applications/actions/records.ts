/**
 * What was written about applications, for the rooms that show it: frozen rounds, transitions, papers, opened files, how many stand
 * where.
 */
export {
  addUpTally,
  findReturnRequest as returnRequestOf,
  findSnapshot as snapshotOf,
  listOpened as openedBy,
  listPapers as papersOf,
  listTransitions as transitionsOf,
  lockOwn,
} from '../queries.ts'
