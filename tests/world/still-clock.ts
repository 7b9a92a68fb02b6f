import type { World } from './world.ts'

/** Stops the world's clock at an instant, to the millisecond, until the returned function lets it go on from there. */
export function stopClock(world: Pick<World, 'clock'>, instant: Date): () => void {
  const { now, before } = world.clock
  world.clock.moveTo(instant)
  Object.assign(world.clock, { now: () => Promise.resolve(instant), before: (at: Date) => at })
  return () => void Object.assign(world.clock, { now, before })
}
