import type { Draw } from './draw-arguments.ts'

/** Chance that is the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function drawFrom(seed: number): Draw {
  let state = seed
  return (most) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % (most + 1)
  }
}
