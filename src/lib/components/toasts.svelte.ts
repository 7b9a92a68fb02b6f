export type Toast = { id: number; text: string; label: string | undefined; action: (() => void) | undefined }

type Choice = {
  /** The word on the button (撤销). */
  label?: string
  action?: () => void
  /** How long it stays; 4 s, or 7 s when there is something to undo. */
  seconds?: number
}

/** One sentence above the dock, one at a time. What went wrong never goes here: it stands where it happened. */
class Toasts {
  #current = $state<Toast | undefined>()
  #hosts = $state<symbol[]>([])
  #next = 1
  #timer: ReturnType<typeof setTimeout> | undefined

  get current(): Toast | undefined {
    return this.#current
  }

  /** Everything outside an open dialog is inert, so the toast is drawn by the place that was opened last. */
  isTopmost(host: symbol): boolean {
    return this.#hosts.at(-1) === host
  }

  /** Registers a place that can draw the toast; returns what takes it away again. */
  host(host: symbol): () => void {
    this.#hosts.push(host)
    return () => {
      this.#hosts = this.#hosts.filter((one) => one !== host)
    }
  }

  show(text: string, choice: Choice = {}): void {
    clearTimeout(this.#timer)
    const id = this.#next++
    this.#current = { id, text, label: choice.label, action: choice.action }
    const seconds = choice.seconds ?? (choice.action ? 7 : 4)
    this.#timer = setTimeout(() => this.dismiss(), seconds * 1000)
  }

  dismiss(): void {
    clearTimeout(this.#timer)
    this.#current = undefined
  }
}

export const toasts = new Toasts()

/** Says one sentence, with at most one action: `show('已删除 1 条学历', { label: '撤销', action: restore })`. */
export const show = (text: string, choice?: Choice): void => toasts.show(text, choice)

export const dismiss = (): void => toasts.dismiss()
