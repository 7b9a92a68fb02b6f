/** Counts links that lead nowhere, halves of a submission, things there twice: what no fault may leave behind. */
export const ORPHANS = `
  select
    (select count(*)::int from attachment a where removed_at is null
      and not exists (select from stored_file s where s.sha256 = a.sha256 and s.size = a.size)) as "linksWithoutFile",
    (select count(*)::int from (select application_id, path, sha256 from attachment where removed_at is null
      group by 1, 2, 3 having count(*) > 1) twice) as "filesLinkedTwice",
    (select count(*)::int from upload u where state = 'verified'
      and not exists (select from stored_file s where s.sha256 = u.content_sha256)) as "verifiedWithoutFile",
    (select count(*)::int from application a where state = 'DRAFT'
      and exists (select from application_snapshot s where s.application_id = a.id)) as "draftsWithSnapshot",
    (select count(*)::int from application a where state = 'SUBMITTED'
      and not exists (select from application_snapshot s where s.application_id = a.id)) as "submittedWithoutSnapshot",
    (select count(*)::int from (select application_id from application_snapshot
      group by application_id, round having count(*) > 1) twice) as "roundsFrozenTwice",
    (select count(*)::int from application_cell c join application a on a.id = c.application_id
      where c.version > a.version) as "cellsAheadOfVersion"`

/** Those counts that are not nought. */
export const notNone = (counts: Readonly<Record<string, number>> | undefined): Record<string, number> =>
  Object.fromEntries(Object.entries(counts ?? {}).filter(([, count]) => count !== 0))
