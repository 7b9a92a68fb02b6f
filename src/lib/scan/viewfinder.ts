/**
 * What the viewfinder makes of a stream of detections: a quad that does not jitter, one hint at a time, and the moment
 * to capture. Pure: time and frames come in, so that it is tested without a camera.
 */
import { AUTO_CAPTURE_CONFIDENCE } from './confidence.ts'
import type { Detection } from './detect.ts'
import type { Quad } from './geometry.ts'

export type Hint = 'searching' | 'closer' | 'dark' | 'move-back' | 'hold-still' | 'capturing' | 'next'

export const HINT_LABELS = {
  searching: '请将证件放入画面',
  closer: '靠近一点',
  dark: '光线太暗',
  'move-back': '请露出四条边',
  'hold-still': '请拿稳，马上自动拍',
  capturing: '正在拍摄',
  next: '已拍下，请换下一页',
} as const satisfies Record<Hint, string>

export interface ViewfinderState {
  /** The quad to draw, or null. */
  readonly quad: Quad | null
  readonly hint: Hint
  /** 0–1: how far the steady time has gone; 1 asks for the capture. */
  readonly steadiness: number
}

/** A page must cover this share of the frame: smaller than that its small print is lost. */
const LEAST_COVERAGE = 0.22
/** Mean lightness below which pictures are noise. */
const LEAST_LIGHT = 45
/** Corners may move by this share of the frame's diagonal from frame to frame and still count as held. */
const STILL = 0.006
/** Held for so long before the capture, in milliseconds, and over at least so many frames. */
const HOLD_MS = 700
const HOLD_FRAMES = 5
/** A page that was captured must be gone for so many frames, or have moved by this share of the diagonal, before another is. */
const GONE_FRAMES = 2
const MOVED_ON = 0.06
/** A quad stays on the screen this long after its page was lost, so that it does not blink. */
const LINGER_MS = 250
/** Weight of a new frame in the drawn quad while the page is held, and when it moves. */
const CALM = 0.3
const QUICK = 0.8

export class Viewfinder {
  readonly #diagonal: number
  #quad: Quad | null = null
  #seen = -Infinity
  #heldSince = 0
  #heldFrames = 0
  #captured: Quad | null = null
  #gone = 0

  /** Size of the frames whose corners are told. */
  constructor(width: number, height: number) {
    this.#diagonal = Math.hypot(width, height)
  }

  /** Takes one frame's answer; `now` in milliseconds. */
  update(found: Detection | null, light: number, now: number): ViewfinderState {
    if (!found) {
      if (++this.#gone >= GONE_FRAMES) this.#captured = null
      if (now - this.#seen > LINGER_MS) this.#quad = null
      this.#release(now)
      return { quad: this.#quad, hint: light < LEAST_LIGHT ? 'dark' : 'searching', steadiness: 0 }
    }
    this.#gone = 0
    if (this.#captured && farthest(this.#captured, found.corners) / this.#diagonal > MOVED_ON) this.#captured = null
    const moved = this.#quad ? farthest(this.#quad, found.corners) / this.#diagonal : 1
    const weight = moved < STILL * 2 ? CALM : moved < 0.1 ? QUICK : 1
    this.#quad = this.#quad ? blend(this.#quad, found.corners, weight) : found.corners
    this.#seen = now
    if (moved > STILL) this.#release(now)
    else this.#heldFrames++
    if (this.#captured) {
      this.#release(now)
      return { quad: this.#quad, hint: 'next', steadiness: 0 }
    }
    const hint = this.#hint(found, light)
    if (hint !== 'hold-still') {
      this.#release(now)
      return { quad: this.#quad, hint, steadiness: 0 }
    }
    const steadiness = Math.min(1, (now - this.#heldSince) / HOLD_MS, this.#heldFrames / HOLD_FRAMES)
    return { quad: this.#quad, hint: steadiness >= 1 ? 'capturing' : hint, steadiness }
  }

  /** After a capture: the same page is not captured a second time, only what comes in its place. */
  captured(now: number): void {
    this.#captured = this.#quad
    this.#gone = 0
    this.#release(now)
  }

  #hint(found: Detection, light: number): Hint {
    if (light < LEAST_LIGHT) return 'dark'
    if (found.coverage < LEAST_COVERAGE) return 'closer'
    if (found.beyondFrame.some(Boolean)) return 'move-back'
    return found.confidence < AUTO_CAPTURE_CONFIDENCE ? 'searching' : 'hold-still'
  }

  #release(now: number): void {
    this.#heldSince = now
    this.#heldFrames = 0
  }
}

function farthest(a: Quad, b: Quad): number {
  return Math.max(...a.map((p, i) => Math.hypot(p.x - b[i]!.x, p.y - b[i]!.y)))
}

function blend(a: Quad, b: Quad, weight: number): Quad {
  return a.map((p, i) => ({
    x: p.x + (b[i]!.x - p.x) * weight,
    y: p.y + (b[i]!.y - p.y) * weight,
  })) as unknown as Quad
}
