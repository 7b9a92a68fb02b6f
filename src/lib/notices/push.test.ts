import { beforeEach, describe, expect, it } from 'vitest'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { PushReminders } from './push.svelte.ts'

/** Three bytes stand for a key; as base64url they are the four letters that the server tells. */
const OURS = { bytes: new Uint8Array([251, 255, 190]), text: '-_--' }
const OLD = new Uint8Array([1, 2, 3])

class Subscription {
  readonly endpoint: string
  readonly options: PushSubscriptionOptions
  readonly #onend: () => void
  constructor(endpoint: string, key: Uint8Array<ArrayBuffer> | null, onend: () => void) {
    this.endpoint = endpoint
    this.options = { userVisibleOnly: true, applicationServerKey: key && key.buffer }
    this.#onend = onend
  }
  async unsubscribe() {
    this.#onend()
    return true
  }
  toJSON() {
    return { endpoint: this.endpoint, keys: { p256dh: 'p', auth: 'a' } }
  }
}

let standing: Subscription | null
let reachable: boolean
let told: string[]
let answer: Outcome<unknown>

const stand = (endpoint: string, key: Uint8Array<ArrayBuffer> | null) => {
  standing = new Subscription(endpoint, key, () => (standing = null))
  return standing as unknown as PushSubscription
}
const reminders = () =>
  new PushReminders({
    browser: {
      permission: () => 'granted',
      ask: async () => 'granted',
      manager: async () => ({
        getSubscription: async () => standing as unknown as PushSubscription | null,
        subscribe: async () => {
          if (!reachable) throw new DOMException('no service', 'AbortError')
          return stand('new', OURS.bytes)
        },
      }),
    },
    source: {
      key: async () => ok({ publicKey: OURS.text }),
      subscribe: async ({ endpoint }) => {
        told.push(`+${endpoint}`)
        return answer
      },
      unsubscribe: async (endpoint) => {
        told.push(`-${endpoint}`)
        return ok()
      },
    },
  })

describe('结果提醒 of this browser', () => {
  beforeEach(() => {
    standing = null
    reachable = true
    told = []
    answer = ok()
  })

  it.each(['refresh', 'turnOn'] as const)('%s: a subscription by another key is made anew', async (way) => {
    stand('old', OLD)
    const push = reminders()
    await push[way]()
    expect([told, push.state]).toEqual([['-old', '+new'], 'on'])
  })

  it.each([OURS.bytes, null])(
    'one by the key of the server, or of which the browser does not say, stays: %s',
    async (key) => {
      stand('old', key)
      const push = reminders()
      await push.refresh()
      expect([told, push.state]).toEqual([['+old'], 'on'])
    },
  )

  it('is told as off where there is none any more, and asks the browser for none by itself', async () => {
    stand('old', OLD)
    const push = reminders()
    await push.refresh()
    standing = null
    await push.refresh()
    expect([told, push.state]).toEqual([['-old', '+new'], 'off'])
    stand('old', OLD)
    reachable = false
    await push.refresh()
    expect([push.state, standing]).toEqual(['off', null])
    expect(await push.turnOn()).toMatchObject({ code: 'push.no-service' })
  })

  it('stays as it was told while the server does not answer', async () => {
    stand('old', OURS.bytes)
    const push = reminders()
    await push.refresh()
    answer = refuse('network.offline')
    await push.refresh()
    expect(push.state).toBe('on')
  })
})
