import { describe, expect, test } from 'vitest'
import { afterFrame, NOT_SEEN } from './sighting.ts'

/** A frame for each letter: `x` found, `.` not; what is shown after each. */
function shownAfter(frames: string, msPerFrame = 50): string {
  let sighting = NOT_SEEN
  return frames
    .split('')
    .map((frame, index) => {
      sighting = afterFrame(sighting, frame === 'x', index * msPerFrame)
      return sighting.shown ? 'S' : '-'
    })
    .join('')
}

describe('whether the print is shown', () => {
  test.each([
    ['is shown when it was found in three frames in a row', 'xxxx', '--SS'],
    ['is not by a chance match, nor by two', 'x.xx.x', '------'],
    ['stays for five frames that miss it', 'xxx.....x', '--SSSSSSS'],
    ['is gone with the sixth', 'xxx......', '--SSSSSS-'],
    ['must be found three times again', 'xxx......xxx', '--SSSSSS---S'],
    ['counts what is missed from the last time it was found', 'xxx....x....x', '--SSSSSSSSSSS'],
  ])('it %s', (_, frames, shown) => {
    expect(shownAfter(frames)).toBe(shown)
  })

  test('on a slow phone it is gone after more than 600 ms, but one frame that misses it is forgiven', () => {
    expect(shownAfter('xxx...', 250)).toBe('--SSS-')
    expect(shownAfter('xxx.x.x', 900)).toBe('--SSSSS')
    expect(shownAfter('xxx..', 900)).toBe('--SS-')
  })
})
