import type { ApplicationTypeId } from '../forms/application-type.ts'
import { ok, type Outcome, refuse, type Refused } from '../problems.ts'
import { guards, type LifecycleFacts } from './guards.ts'
import type { Actor } from './roles.ts'
import { states } from './states.ts'
import {
  holders,
  officeOnlyReturn,
  type Transition,
  type TransitionId,
  transitionIds,
  transitions,
} from './transitions.ts'

/** Whether one of these actors may take this transition in this state at all, guards aside. */
export function mayAct(
  id: TransitionId,
  facts: Pick<LifecycleFacts, 'state'>,
  actors: readonly Actor[],
  type: ApplicationTypeId,
): boolean {
  const transition: Transition = transitions[id]
  if (!transition.from.includes(facts.state)) return false
  if (transition.types && !transition.types.includes(type)) return false
  return actors.some((actor) => {
    if (!transition.by.includes(actor)) return false
    if (actor === 'applicant' || actor === 'system') return true
    if (id === 'return' && officeOnlyReturn.includes(facts.state)) return actor === 'office'
    const desk: readonly Actor[] = facts.state in holders ? holders[facts.state as keyof typeof holders] : ['office']
    return desk.includes(actor)
  })
}

/**
 * Decides one transition: allowed, or refused with the first guard that stands against it.
 * The refusal of an impossible transition names what is possible instead.
 */
export function decide(
  id: TransitionId,
  facts: LifecycleFacts,
  actors: readonly Actor[],
  type: ApplicationTypeId,
): Outcome<Transition> {
  const transition: Transition = transitions[id]
  if (!mayAct(id, facts, actors, type)) {
    const allowed = availableTransitions(facts, actors, type).map(({ id: other }) => transitions[other].label)
    return refuse('application.transition-not-allowed', {
      state: states[facts.state].label,
      action: transition.label,
      allowed: allowed.length > 0 ? [...new Set(allowed)].join('、') : '只能查看',
    })
  }
  for (const guard of transition.guards) {
    const refusal: Refused | null = guards[guard](facts)
    if (refusal) return refusal
  }
  return ok(transition)
}

/** What these actors can do now, and for each what still stands against it. */
export function availableTransitions(
  facts: LifecycleFacts,
  actors: readonly Actor[],
  type: ApplicationTypeId,
): { readonly id: TransitionId; readonly refusal: Refused | null }[] {
  return transitionIds
    .filter((id) => mayAct(id, facts, actors, type))
    .filter(
      (id) =>
        !routeGuards.some(
          (guard) => (transitions[id].guards as readonly string[]).includes(guard) && guards[guard](facts) !== null,
        ),
    )
    .map((id) => {
      const transition: Transition = transitions[id]
      const refusal = transition.guards.map((guard) => guards[guard](facts)).find((result) => result !== null) ?? null
      return { id, refusal }
    })
}

/** Guards that say which way an application goes: a transition off its way is not offered at all. */
const routeGuards = [
  'routeHasDepartment',
  'routeHasNoDepartment',
  'routeHasPublicity',
  'routeHasNoPublicity',
  'decidedByCommittee',
  'decidedByApproval',
] as const
