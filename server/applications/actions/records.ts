/** What was written about an application, for the rooms that show it: frozen rounds, transitions, papers, opened files. */
export {
  findReturnRequest as returnRequestOf,
  findSnapshot as snapshotOf,
  listOpened as openedBy,
  listPapers as papersOf,
  listTransitions as transitionsOf,
  lockOwn,
} from '../queries.ts'
