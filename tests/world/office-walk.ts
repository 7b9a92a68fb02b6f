import type { TransitionId } from '#domain/lifecycle/transitions.ts'
import { apiOf, HAILING, pointIn } from './application-walk.ts'
import { type Batch, bodyOf, type Browser, type World } from './world.ts'

/** What the people of the back office do, step by step, each through the API in the role that owns the step. */
export async function openDesks(world: World) {
  const [office, clerk, department, secretary, admin, auditor, expert] = await Promise.all([
    world.staff('office'),
    world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }),
    world.staff('deptReviewer', { region: HAILING }),
    world.staff('secretary'),
    world.staff('admin'),
    world.staff('auditor'),
    world.staff('expert'),
  ])
  /** Sessions end; each stretch of a long walk signs in again. */
  const signIn = async () => ({
    office: await world.signIn(office),
    clerk: await world.signIn(clerk),
    department: await world.signIn(department),
    secretary: await world.signIn(secretary),
    admin: await world.signIn(admin),
    auditor: await world.signIn(auditor),
    expert: await world.signIn(expert),
  })
  return { signIn }
}
export type Desks = Awaited<ReturnType<Awaited<ReturnType<typeof openDesks>>['signIn']>>
export type Desk = keyof Desks

type Json = Parameters<ReturnType<typeof apiOf>['review']['applications'][':id']['transition']['$post']>[0]['json']

export const officeWalk = (world: World) => {
  const rowOf = (id: string) =>
    world.db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const act = async (
    desk: Browser,
    id: string,
    transition: TransitionId,
    input: Omit<Json, 'transition' | 'version'> & { version?: number } = {},
  ) =>
    apiOf(desk).review.applications[':id'].transition.$post({
      param: { id },
      json: { transition, version: (await rowOf(id)).version, ...input } as Json,
    })
  const go = async (...of: Parameters<typeof act>) => bodyOf(await act(...of))
  const openAll = async (desk: Browser, id: string) => {
    const { answers } = await bodyOf(await apiOf(desk).review.applications[':id'].$get({ param: { id } }))
    for (const { id: attachmentId } of Object.values(answers.files).flat()) {
      await apiOf(desk).review.applications[':id'].opened.$post({ param: { id }, json: { attachmentId } })
    }
  }
  const paperCode = async (id: string) =>
    (
      await world.db
        .selectFrom('paper')
        .select('code')
        .where('applicationId', '=', id)
        .where('voidedAt', 'is', null)
        .executeTakeFirstOrThrow()
    ).code

  return {
    act,
    go,
    openAll,
    paperCode,
    stateOf: async (id: string) => (await rowOf(id)).state,
    /** Through 受理点, 主管部门 where the batch has one, and 预审. */
    async passReview({ clerk, department, office }: Desks, id: string, hasDepartment = false) {
      await openAll(clerk, id)
      await go(clerk, id, hasDepartment ? 'forwardToDepartment' : 'forwardToPreReview')
      if (hasDepartment) await go(department, id, 'passDepartment')
      await openAll(office, id)
      await go(office, id, 'passPreReview')
    },
    async receive({ clerk }: Desks, id: string) {
      await go(clerk, id, 'receivePaper', { paperCode: await paperCode(id) })
    },
    /** A committee of 15, 11 of them there, with a session for the batch. */
    async openSession({ secretary }: Desks, batch: Batch, heldOn = '2026-12-10') {
      const { committees } = apiOf(secretary)
      const members = Array.from({ length: 15 }, (_, at) => ({
        fullName: `委员${at}`,
        employer: `江苏省第${at}研究院`,
        title: '正高级工程师',
        position: at === 0 ? ('chair' as const) : ('member' as const),
      }))
      const committee = {
        name: `工程系列中级评委会 ${crypto.randomUUID().slice(0, 6)}`,
        level: 'intermediate' as const,
        scope: 'series' as const,
        active: true,
        members,
      }
      const { id: committeeId } = await bodyOf(await committees.$post({ json: committee }))
      const json = { id: crypto.randomUUID(), committeeId, batchId: batch.id, name: '第一次评审会', heldOn }
      const { id } = await bodyOf(await committees.sessions.$post({ json }))
      const seen = await bodyOf(await committees.sessions[':id'].$get({ param: { id } }))
      const ids = seen.members.map(({ memberId }) => memberId)
      const present = ids.slice(0, 11)
      for (const memberId of present)
        await committees.sessions[':id'].attendance.$put({ param: { id }, json: { memberId, present: true } })
      return { id, committeeId, chairId: ids[0]!, members: ids, present }
    },
    async assign({ secretary }: Desks, session: { readonly id: string }, ids: readonly string[]) {
      const cases = apiOf(secretary).committees.sessions[':id'].cases
      const answer = await cases.$post({ param: { id: session.id }, json: { applicationIds: [...ids] } })
      if (!answer.ok) throw new Error(await answer.text())
    },
    takeOff: async ({ secretary }: Desks, session: { readonly id: string }, applicationId: string, reason: string) =>
      apiOf(secretary).committees.sessions[':id'].cases[':applicationId']['take-off'].$post({
        param: { id: session.id, applicationId },
        json: { reason, version: (await rowOf(applicationId)).version },
      }),
    ballot: ({ secretary }: Desks, session: { readonly id: string }, applicationId: string, yes: number, no: number) =>
      apiOf(secretary).committees.sessions[':id'].cases[':applicationId'].$put({
        param: { id: session.id, applicationId },
        json: { yes, no, abstain: 11 - yes - no },
      }),
    confirmSession: ({ secretary }: Desks, session: { readonly id: string; readonly chairId: string }) =>
      apiOf(secretary).committees.sessions[':id'].confirm.$post({
        param: { id: session.id },
        json: { chairId: session.chairId },
      }),
    /** A draft of the list of those who passed in the batch. */
    async draft({ office }: Desks, batch: Batch) {
      const words = {
        title: `${batch.name}通过人员公示`,
        officeName: '泰州市职称办',
        phone: '0523-86880000',
        email: 'zcb@example.com',
        address: '海陵区鼓楼南路 310 号',
      }
      return (await bodyOf(await apiOf(office).publicity.desk.$post({ json: { batchId: batch.id, words } }))).id
    },
    publish: ({ office }: Desks, id: string) =>
      apiOf(office).publicity.desk[':id'].publish.$post({ param: { id }, json: {} }),
    confirmList: ({ office }: Desks, id: string, documentNumber: string) =>
      apiOf(office).publicity.desk[':id'].confirm.$post({ param: { id }, json: { documentNumber } }),
    certify: ({ office }: Desks, id: string, number: string) =>
      apiOf(office).certificates[':id'].$post({ param: { id }, json: { number, issuedOn: '2026-12-31' } }),
  }
}
