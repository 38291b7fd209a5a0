import { expect, test } from 'vitest'
import { explainActiveVideo } from './explain-active-video.ts'
import { content, daily, utc, video } from './testing/build-content.ts'

test('an explanation names the winner, and why each other video lost', () => {
  const given = content({
    videos: [
      video(1),
      video(2),
      video(3, { isReady: false }),
      video(4, { from: '2026-12-24', to: '2026-12-27' }),
      video(5, { isReady: false, to: '2026-11-02' }),
    ],
    takeover: { videoId: 8, since: utc('2026-11-05') },
    schedules: [daily('09:00', { id: 7, videoSequence: [9, 1, 2, 9] })],
  })
  expect(explainActiveVideo(given, utc('2026-11-02T12:00'))).toEqual({
    at: utc('2026-11-02T12:00'),
    videoId: 2,
    rule: 'ROTATION',
    scheduleId: 7,
    validUntil: utc('2026-11-03T09:00'),
    candidates: [
      { videoId: 1, eligible: true, reason: 'OUTRANKED' },
      { videoId: 2, eligible: true, reason: 'WINS' },
      { videoId: 3, eligible: false, reason: 'NOT_READY' },
      { videoId: 4, eligible: false, reason: 'OUTSIDE_WINDOW' },
      { videoId: 5, eligible: false, reason: 'NOT_READY' },
      { videoId: 9, eligible: false, reason: 'REMOVED' },
      { videoId: 8, eligible: false, reason: 'REMOVED' },
    ],
  })
})

test('without anything to play there is no winner, and it is said when one comes', () => {
  const given = content({ videos: [video(4, { from: '2026-12-24' })] })
  expect(explainActiveVideo(given, utc('2026-11-02'))).toMatchObject({
    videoId: null,
    rule: 'NONE',
    scheduleId: null,
    validUntil: utc('2026-12-24'),
  })
})
