import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { api, ask } from './api.ts'
import type { SessionView } from './session.svelte.ts'

/** What the person chose not to do: closed the phone's question, or took longer than it waits. Not a fault to show. */
export class Dismissed extends Error {}

/** Runs the browser's question; a question that was closed is `Dismissed`, a key that is there already is a refusal. */
async function asking<T>(question: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return ok(await question())
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (name === 'InvalidStateError') return refuse('account.passkey-known')
    if (name === 'NotAllowedError' || name === 'AbortError') throw new Dismissed()
    return refuse('account.passkey-wrong')
  }
}

/** Signs in by a passkey of this device. @throws Dismissed */
export async function signInByPasskey(): Promise<Outcome<SessionView>> {
  const begun = await ask(api.accounts.passkeys['sign-in'].options.$post())
  if (!begun.ok) return begun
  const { challengeId, options } = begun.value
  const answer = await asking(() => startAuthentication({ optionsJSON: options as never }))
  if (!answer.ok) return answer
  return ask(api.accounts.passkeys['sign-in'].$post({ json: { challengeId, response: answer.value as never } }))
}

/** Makes a passkey on this device, with the password typed once more. @throws Dismissed */
export async function addPasskey(password: string) {
  const begun = await ask(api.accounts.passkeys.options.$post({ json: { password } }))
  if (!begun.ok) return begun
  const { challengeId, options } = begun.value
  const answer = await asking(() => startRegistration({ optionsJSON: options as never }))
  if (!answer.ok) return answer
  return ask(api.accounts.passkeys.$post({ json: { challengeId, response: answer.value as never } }))
}
