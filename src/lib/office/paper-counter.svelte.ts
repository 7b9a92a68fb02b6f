import { toasts } from '$lib/components/toasts.svelte.ts'
import { wordsOf } from '#domain/problems.ts'
import { api, ask } from '$lib/session/api.ts'
import { isIdNumber } from '#domain/identity/number-in-words.ts'
import { paperCodeOf } from '#domain/lifecycle/paper-code.ts'

export interface PaperFound {
  readonly id: string
  readonly fullName: string
  readonly number: string
  readonly typeLabel: string
  readonly batchName: string
  readonly employerName: string
  readonly stateLabel: string
  readonly round: number
  readonly version: number
  /** the code on the paper where it was said; null when only the number was */
  readonly code: string | null
  /** why it cannot be taken in, in words */
  readonly obstacle: string | null
}

/** The counter where stamped papers are handed in (T12): find, compare the version, take in, next. */
export class PaperCounter {
  #found: PaperFound | null = $state.raw(null)
  #problem: string | null = $state(null)
  #busy: 'find' | 'receive' | null = $state(null)
  #received: readonly { id: string; fullName: string; number: string; at: string }[] = $state.raw([])
  readonly #onreceived: () => void

  constructor(onreceived: () => void) {
    this.#onreceived = onreceived
  }

  get found(): PaperFound | null {
    return this.#found
  }
  get problem(): string | null {
    return this.#problem
  }
  get busy(): 'find' | 'receive' | null {
    return this.#busy
  }
  get received() {
    return this.#received
  }

  async find(said: string): Promise<void> {
    if (this.#busy || said.trim().length < 4) return
    if (isIdNumber(said)) {
      // It would stand in the address of the question (A40), and no paper is found by it.
      this.#found = null
      this.#problem = '这里按核验码或申报编号查。手边只有身份证号的，请到审核队列里找。'
      return
    }
    this.#busy = 'find'
    this.#found = null
    this.#problem = null
    const paper = await ask(api.review.counter.$get({ query: { said: said.trim() } }))
    const opened = paper.ok
      ? await ask(api.review.applications[':id'].$get({ param: { id: paper.value.applicationId } }))
      : paper
    this.#busy = null
    if (!paper.ok || !opened.ok) {
      const refused = paper.ok ? opened : paper
      this.#problem =
        !refused.ok && refused.code === 'request.not-found'
          ? '没有找到。请核对核验码或申报编号；别的受理点的申报在这里查不到。'
          : !refused.ok
            ? wordsOf(refused).detail
            : null
      return
    }
    const { application, available, papers } = opened.value
    const offer = available.find(({ id }) => id === 'receivePaper')
    const current = papers.some(({ code, voided }) => code === paper.value.code && !voided)
    this.#found = {
      id: application.id,
      fullName: application.fullName ?? '',
      number: application.number ?? '',
      typeLabel: application.typeLabel,
      batchName: application.batchName,
      employerName: application.employerName ?? '',
      stateLabel: application.stateLabel,
      round: application.round,
      version: application.version,
      code: paper.value.code,
      obstacle: !offer
        ? `这份申报现在是“${application.stateLabel}”，不能收纸质材料。`
        : paper.value.voided || (paper.value.code !== null && !current)
          ? '这份打印件已经作废，不是现在的版本。请申报人重新打印、盖章。'
          : null,
    }
  }

  /** @returns whether it was taken in */
  async receive(typedCode: string): Promise<boolean> {
    const found = this.#found
    if (!found || this.#busy) return false
    this.#busy = 'receive'
    const paperCode = found.code ?? paperCodeOf(typedCode)
    const done = await ask(
      api.review.applications[':id'].transition.$post({
        param: { id: found.id },
        json: { transition: 'receivePaper', version: found.version, paperCode },
      }),
    )
    this.#busy = null
    if (!done.ok) {
      this.#problem =
        done.code === 'application.version-changed'
          ? '核验码与现在的版本不一致，没有收。请核对，或请申报人重新打印。'
          : wordsOf(done).detail
      return false
    }
    const { id, fullName, number } = found
    this.#received = [{ id, fullName, number, at: new Date().toISOString() }, ...this.#received]
    this.#found = null
    this.#problem = null
    toasts.show(`收到纸质材料：${fullName}`)
    this.#onreceived()
    return true
  }
}
