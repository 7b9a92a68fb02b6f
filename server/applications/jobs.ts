import { checkApplication } from '#domain/forms/check.ts'
import { isEditable } from '#domain/lifecycle/states.ts'
import { type Transition, type TransitionId, transitionIds, transitions } from '#domain/lifecycle/transitions.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { ok } from '#domain/problems.ts'
import { writingEndsAt } from '#domain/rules/window.ts'
import { addDays, dateInShanghai, endOfDayInShanghai, startOfDayInShanghai, timeInWords } from '#domain/working-days.ts'
import { notify } from '#server/notices/actions.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { applyTransition } from './actions/apply-transition.ts'
import { contentOf, formOf } from './actions/content.ts'
import { nameOf } from './actions/notice-params.ts'
import { addUpTally, listOverdue, listToRemind, lockForActing } from './queries.ts'

const AT_ONCE = 200
const HOUR = 3_600_000
/** Days before the end of a window at which those with an unfinished draft are reminded (T4, DESIGN §8). */
const REMIND_DAYS = [3, 1]

/** The transition that time brings about in a state. */
const byTime = (state: State): TransitionId | undefined =>
  transitionIds.find((id) => {
    const { by, from }: Transition = transitions[id]
    return by.includes('system') && from.includes(state)
  })

/**
 * T4, T8: closes drafts whose batch is over and returned applications whose term is over. Each in its own transaction, so
 * that one does not hold up the rest; done twice it changes nothing. Returns how many were closed.
 */
export async function expireOverdue(platform: Dependencies): Promise<number> {
  const who = systemWho('applications.tick')
  const now = await platform.clock.now(platform.database.db)
  let closed = 0
  for (const { id, state } of await listOverdue(platform.database.db, who, now, AT_ONCE)) {
    const transition = byTime(state)
    if (!transition) continue
    const done = await actAs(platform, who, (ctx) => applyTransition(ctx, id, transition, {}))
    if (done.ok) closed++
  }
  return closed
}

/** Reminds those with an unfinished draft 3 days and 1 day before their window closes (T4). Returns how many were told. */
export async function remindUnfinished(platform: Dependencies): Promise<number> {
  const who = systemWho('notices.remind')
  const { db } = platform.database
  const now = await platform.clock.now(db)
  let told = 0
  for (const days of REMIND_DAYS) {
    const day = addDays(dateInShanghai(now), days)
    const span = {
      from: startOfDayInShanghai(day),
      to: endOfDayInShanghai(day),
      since: new Date(now.getTime() - 20 * HOUR),
    }
    for (const { id } of await listToRemind(db, who, span)) if (await remind(platform, id)) told++
  }
  return told
}

async function remind(platform: Dependencies, id: string): Promise<boolean> {
  const done = await actAs(platform, systemWho('notices.remind'), async (ctx) => {
    const application = await lockForActing(ctx.db, ctx.who, id)
    if (!application || !isEditable(application.state)) return ok(false)
    const { batch, type, facts } = await formOf(ctx.db, ctx.who, application, ctx.now)
    const { answers } = await contentOf(ctx.db, ctx.who, application)
    const until = writingEndsAt(batch, application.resubmitUntil)
    if (until === null) return ok(false)
    await notify(ctx, {
      accountId: application.accountId,
      notice: 'reminder',
      params: {
        application: `${nameOf(application, batch)}申报`,
        until: timeInWords(until),
        count: checkApplication(type, answers, facts).length,
      },
      applicationId: id,
      link: `/applications/${id}`,
      sms: true,
    })
    return ok(true)
  })
  return done.ok && done.value
}

/** What this room does by itself, for the queue's workers. */
export const applicationJobs = (platform: Dependencies) => ({
  'applications.tick': async () => {
    while ((await expireOverdue(platform)) === AT_ONCE);
    await addUpTally(platform.database.db)
  },
  'notices.remind': async () => {
    await remindUnfinished(platform)
  },
})
