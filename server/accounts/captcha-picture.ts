import { randomInt } from 'node:crypto'
import { createCanvas } from '@napi-rs/canvas'
import type { Point, Stroke } from './captcha-strokes.ts'
import { digitStrokes } from './captcha-strokes.ts'

/** Pixels. Shown at half this size, so that it is sharp on a phone. */
export const CAPTCHA_WIDTH = 240
export const CAPTCHA_HEIGHT = 96

/** Even between the two, to a thousandth. */
const between = (from: number, to: number) => from + (randomInt(1001) / 1000) * (to - from)

/** A smooth curve through the points (Catmull-Rom), in short straight pieces. */
function smooth(stroke: Stroke): Point[] {
  const curve: Point[] = []
  const at = (index: number) => stroke[Math.min(Math.max(index, 0), stroke.length - 1)]!
  for (let index = 0; index < stroke.length - 1; index++) {
    const [a, b, c, d] = [at(index - 1), at(index), at(index + 1), at(index + 2)]
    for (let step = 0; step < 8; step++) {
      const t = step / 8
      const along = (axis: 0 | 1) =>
        0.5 *
        (2 * b[axis] +
          (c[axis] - a[axis]) * t +
          (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t ** 2 +
          (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t ** 3)
      curve.push([along(0), along(1)])
    }
  }
  curve.push(at(stroke.length - 1))
  return curve
}

/**
 * Digits as a PNG: each its own hand, size, turn and slant, all bent by one wave, with strokes of the same ink across them.
 * A person reads it at a glance; outlines and gaps to cut along are not there.
 */
export function drawCaptcha(digits: string): Uint8Array {
  const canvas = createCanvas(CAPTCHA_WIDTH, CAPTCHA_HEIGHT)
  const ink = canvas.getContext('2d')
  const hue = randomInt(360)
  ink.fillStyle = `hsl(${hue} 30% 96%)`
  ink.fillRect(0, 0, CAPTCHA_WIDTH, CAPTCHA_HEIGHT)
  ink.lineCap = 'round'
  ink.lineJoin = 'round'

  const wave = { length: between(60, 110), height: between(3, 6), phase: between(0, 2 * Math.PI) }
  const bend = ([x, y]: Point): Point => [
    x + (wave.height / 2) * Math.sin(y / 18 + wave.phase),
    y + wave.height * Math.sin((2 * Math.PI * x) / wave.length + wave.phase),
  ]
  const draw = (curve: readonly Point[], width: number, colour: string) => {
    ink.strokeStyle = colour
    ink.lineWidth = width
    ink.beginPath()
    for (const point of curve) ink.lineTo(...bend(point))
    ink.stroke()
  }

  for (let count = 0; count < 60; count++) {
    ink.fillStyle = `hsl(${randomInt(360)} 40% ${randomInt(55, 85)}%)`
    ink.fillRect(randomInt(CAPTCHA_WIDTH), randomInt(CAPTCHA_HEIGHT), randomInt(1, 4), randomInt(1, 4))
  }

  const room = (CAPTCHA_WIDTH - 40) / digits.length
  ;[...digits].forEach((digit, place) => {
    const hands = digitStrokes[digit]!
    const strokes = hands[randomInt(hands.length)]!
    const [width, height] = [between(30, 36), between(52, 62)]
    const [turn, slant] = [between(-0.26, 0.26), between(-0.25, 0.25)]
    const middle: Point = [20 + room * (place + 0.5) + between(-5, 5), CAPTCHA_HEIGHT / 2 + between(-6, 6)]
    const shade = `hsl(${(hue + randomInt(120, 240)) % 360} 55% ${randomInt(24, 36)}%)`
    const thick = between(4.5, 6.5)
    for (const stroke of strokes) {
      const curve = smooth(stroke).map(([x, y]): Point => {
        const [dx, dy] = [(x - 0.5) * width + slant * (0.5 - y) * height, (y - 0.5) * height]
        return [
          middle[0] + dx * Math.cos(turn) - dy * Math.sin(turn),
          middle[1] + dx * Math.sin(turn) + dy * Math.cos(turn),
        ]
      })
      draw(curve, thick, shade)
    }
  })

  for (let count = 0; count < 2; count++) {
    const across = Array.from({ length: 5 }, (_, place): Point => [place * 60, between(14, CAPTCHA_HEIGHT - 14)])
    draw(smooth(across), between(1.5, 2.2), `hsl(${randomInt(360)} 50% ${randomInt(30, 50)}%)`)
  }
  return canvas.toBuffer('image/png')
}
