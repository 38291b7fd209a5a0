import { describe, expect, test } from 'vitest'
import { after, FIRST_FACTS, needsReload, screenOf } from './state.ts'
import type { Facts, Reason, Screen, ScreenEvent } from './state.ts'

const CONTENT = { type: 'content', content: { hasMarker: true, hasVideo: true } } as const
const NO_MARKER = { type: 'content', content: { hasMarker: false, hasVideo: true } } as const
const NO_VIDEO = { type: 'content', content: { hasMarker: true, hasVideo: false } } as const
const WITHDRAWN = { type: 'content', content: null } as const
const CAMERA = { type: 'cameraWanted' } as const
const PLAIN = { type: 'plainWanted' } as const
const DENIED = { type: 'failed', reason: 'camera-denied' } as const
const SEEN = { type: 'printSeen' } as const
const LOST = { type: 'printLost' } as const
const IN_VAIN = { type: 'searchedInVain' } as const
const GONE = { type: 'printGone' } as const
const REFUSED = { type: 'playRefused' } as const
const PLAYING = { type: 'playing' } as const
const PLAY = { type: 'playWanted' } as const
const PAUSE = { type: 'pauseWanted' } as const
const STILL = { type: 'motionUnwanted' } as const
const HIDDEN = { type: 'hidden' } as const
const ASLEEP = { type: 'asleep' } as const
const VISIBLE = { type: 'visible' } as const

const factsAfter = (...events: ScreenEvent[]): Facts => events.reduce(after, FIRST_FACTS)
const screenAfter = (...events: ScreenEvent[]): Screen => screenOf(factsAfter(...events))
const failed = (reason: Reason): ScreenEvent => ({ type: 'failed', reason })

/** In words, so that each rule is one line. */
function say(screen: Screen): string {
  const { state, reason, usesCamera, plays, asksForTap, offers, offersPlain, offersCamera } = screen
  return [
    state,
    reason,
    usesCamera && 'camera on',
    plays && 'plays',
    asksForTap && 'asks for a tap',
    offers === 'pause' && 'can be paused',
    offers === 'play' && 'can be played',
    offersPlain && 'or plainly',
    offersCamera && 'or with the camera',
  ]
    .filter(Boolean)
    .join(', ')
}

describe('the screen', () => {
  test.for<[string, ScreenEvent[], string]>([
    ['before anything is known', [], 'loading'],
    ['of an unknown content', [WITHDRAWN], 'unavailable'],
    ['of a content', [CONTENT], 'start, or plainly, or with the camera'],
    ['of one without a video', [NO_VIDEO], 'start, or plainly, or with the camera'],
    ['of one without a marker', [NO_MARKER], 'plain, marker-missing, plays'],
    ['when the camera is allowed before the content has come', [CAMERA], 'loading'],
    ['once started', [CONTENT, CAMERA], 'looking, camera on, or plainly'],
    ['when the camera was allowed before', [CAMERA, CONTENT], 'looking, camera on, or plainly'],
    ['found', [CONTENT, CAMERA, SEEN], 'playing, camera on, plays, can be paused, or plainly'],
    ['just lost', [CONTENT, CAMERA, SEEN, LOST], 'playing, camera on, can be paused, or plainly'],
    ['lost for a while', [CONTENT, CAMERA, SEEN, LOST, GONE], 'looking, camera on, or plainly'],
    [
      'found again at once',
      [CONTENT, CAMERA, SEEN, LOST, SEEN],
      'playing, camera on, plays, can be paused, or plainly',
    ],
    [
      'found again, and then comes the news of its loss',
      [CONTENT, CAMERA, SEEN, LOST, SEEN, GONE],
      'playing, camera on, plays, can be paused, or plainly',
    ],
    ['searched in vain', [CONTENT, CAMERA, IN_VAIN], 'start, or plainly, or with the camera'],
    ['searched in vain, and once more', [CONTENT, CAMERA, IN_VAIN, CAMERA], 'looking, camera on, or plainly'],
    ['found, without a video', [NO_VIDEO, CAMERA, SEEN], 'playing, camera on, or plainly'],
    ['found, when its video goes', [CONTENT, CAMERA, SEEN, NO_VIDEO], 'playing, camera on, or plainly'],
    [
      'found, when a video comes',
      [NO_VIDEO, CAMERA, SEEN, CONTENT],
      'playing, camera on, plays, can be paused, or plainly',
    ],
    [
      'found, and refused to play',
      [CONTENT, CAMERA, SEEN, REFUSED],
      'playing, camera on, plays, asks for a tap, or plainly',
    ],
    ['refused, and lost', [CONTENT, CAMERA, SEEN, REFUSED, LOST, GONE], 'looking, camera on, or plainly'],
    [
      'refused, then tapped',
      [CONTENT, CAMERA, SEEN, REFUSED, PLAYING],
      'playing, camera on, plays, can be paused, or plainly',
    ],
    ['watched plainly', [CONTENT, PLAIN], 'plain, plays, or with the camera'],
    [
      'watched plainly, and refused to play',
      [CONTENT, PLAIN, REFUSED],
      'plain, plays, asks for a tap, or with the camera',
    ],
    ['watched plainly, without a video', [NO_VIDEO, PLAIN], 'plain, or with the camera'],
    ['plainly after the camera', [CONTENT, CAMERA, SEEN, PLAIN], 'plain, plays, or with the camera'],
    ['with the camera after plainly', [CONTENT, PLAIN, CAMERA], 'looking, camera on, or plainly'],
    [
      'when the marker is compiled while one watches',
      [NO_MARKER, CONTENT],
      'start, or plainly, or with the camera',
    ],
    [
      'when a new marker is being compiled',
      [CONTENT, CAMERA, SEEN, NO_MARKER],
      'plain, marker-missing, plays',
    ],
    [
      'when that one is there',
      [CONTENT, CAMERA, SEEN, NO_MARKER, CONTENT],
      'playing, camera on, plays, can be paused, or plainly',
    ],
    ['withdrawn while one watches', [CONTENT, CAMERA, SEEN, WITHDRAWN], 'unavailable'],
    ['back again', [CONTENT, CAMERA, SEEN, WITHDRAWN, CONTENT], 'looking, camera on, or plainly'],
    [
      'back again for those who watched plainly',
      [CONTENT, PLAIN, WITHDRAWN, CONTENT],
      'plain, plays, or with the camera',
    ],
    [
      'back again for those who had not begun',
      [CONTENT, WITHDRAWN, CONTENT],
      'start, or plainly, or with the camera',
    ],
    ['hidden', [CONTENT, CAMERA, SEEN, HIDDEN], 'playing, camera on, can be paused, or plainly'],
    ['hidden for a while', [CONTENT, CAMERA, SEEN, HIDDEN, ASLEEP], 'looking, or plainly'],
    [
      'back from a glance elsewhere',
      [CONTENT, CAMERA, SEEN, HIDDEN, VISIBLE],
      'playing, camera on, plays, can be paused, or plainly',
    ],
    ['back from sleep', [CONTENT, CAMERA, SEEN, HIDDEN, ASLEEP, VISIBLE], 'looking, camera on, or plainly'],
    [
      'visible before sleep came',
      [CONTENT, CAMERA, HIDDEN, VISIBLE, ASLEEP],
      'looking, camera on, or plainly',
    ],
    [
      'paused over the print',
      [CONTENT, CAMERA, SEEN, PAUSE],
      'playing, camera on, can be played, or plainly',
    ],
    [
      'paused, then lost and found',
      [CONTENT, CAMERA, SEEN, PAUSE, LOST, GONE, SEEN],
      'playing, camera on, can be played, or plainly',
    ],
    [
      'paused, when another video comes',
      [CONTENT, CAMERA, SEEN, PAUSE, CONTENT],
      'playing, camera on, can be played, or plainly',
    ],
    [
      'paused, and back from a glance elsewhere',
      [CONTENT, CAMERA, SEEN, PAUSE, HIDDEN, VISIBLE],
      'playing, camera on, can be played, or plainly',
    ],
    [
      'paused, and out of sight',
      [CONTENT, CAMERA, SEEN, PAUSE, LOST, GONE],
      'looking, camera on, or plainly',
    ],
    [
      'paused and played',
      [CONTENT, CAMERA, SEEN, PAUSE, PLAY],
      'playing, camera on, plays, can be paused, or plainly',
    ],
    [
      'paused while a refusal came',
      [CONTENT, CAMERA, SEEN, PAUSE, REFUSED],
      'playing, camera on, can be played, or plainly',
    ],
    ['watched plainly, and paused', [CONTENT, PLAIN, PAUSE], 'plain, or with the camera'],
    [
      'paused plainly, after a glance elsewhere',
      [CONTENT, PLAIN, PAUSE, HIDDEN, VISIBLE],
      'plain, or with the camera',
    ],
    ['paused plainly, and played', [CONTENT, PLAIN, PAUSE, PLAY], 'plain, plays, or with the camera'],
    [
      'found, where nothing may move by itself',
      [STILL, CONTENT, CAMERA, SEEN],
      'playing, camera on, asks for a tap, or plainly',
    ],
    [
      'found, where nothing may move by itself, and tapped',
      [STILL, CONTENT, CAMERA, SEEN, PLAY],
      'playing, camera on, plays, can be paused, or plainly',
    ],
    ['found there without a video', [STILL, NO_VIDEO, CAMERA, SEEN], 'playing, camera on, or plainly'],
    [
      'watched plainly, where nothing may move by itself',
      [STILL, CONTENT, PLAIN],
      'plain, asks for a tap, or with the camera',
    ],
    ['watched plainly there, and tapped', [STILL, CONTENT, PLAIN, PLAY], 'plain, plays, or with the camera'],
    ['hidden while watched plainly', [CONTENT, PLAIN, HIDDEN], 'plain, or with the camera'],
  ])('%s', ([, events, expected]) => {
    expect(say(screenAfter(...events))).toBe(expected)
  })

  test.for<[Reason, string]>([
    ['camera-denied', 'message, camera-denied, or plainly, or with the camera'],
    ['camera-missing', 'message, camera-missing, or plainly, or with the camera'],
    ['camera-busy', 'message, camera-busy, or plainly, or with the camera'],
    ['camera-lost', 'message, camera-lost, or plainly, or with the camera'],
    ['camera-failed', 'message, camera-failed, or plainly, or with the camera'],
    ['tracker-failed', 'message, tracker-failed, or plainly, or with the camera'],
    ['camera-insecure', 'message, camera-insecure, or plainly'],
    ['camera-unsupported', 'message, camera-unsupported, or plainly'],
    ['webgl-missing', 'message, webgl-missing, or plainly'],
  ])('of a failure, %s, offers what can still be done', ([reason, expected]) => {
    expect(say(screenAfter(CONTENT, CAMERA, failed(reason)))).toBe(expected)
  })
})

describe('after a failure', () => {
  test('the video can be watched plainly, and the camera be tried again', () => {
    expect(say(screenAfter(CONTENT, CAMERA, DENIED, PLAIN))).toBe(
      'plain, camera-denied, plays, or with the camera',
    )
    expect(say(screenAfter(CONTENT, CAMERA, DENIED, CAMERA))).toBe('looking, camera on, or plainly')
  })

  test('that never passes, the camera is not offered again', () => {
    expect(say(screenAfter(failed('webgl-missing'), CONTENT, PLAIN))).toBe('plain, webgl-missing, plays')
  })

  test.for<[Reason | null, boolean]>([
    ['tracker-failed', true],
    ['camera-denied', true],
    ['camera-busy', false],
    ['camera-lost', false],
    [null, false],
  ])('%s: that trying again takes a new page is %s', ([reason, expected]) => {
    expect(needsReload(reason)).toBe(expected)
  })

  test('while the video is watched plainly, nobody is disturbed', () => {
    expect(screenAfter(CONTENT, PLAIN, failed('tracker-failed')).state).toBe('plain')
  })

  test('a content that is withdrawn is what is told', () => {
    expect(screenAfter(CONTENT, CAMERA, DENIED, WITHDRAWN)).toMatchObject({
      state: 'unavailable',
      reason: null,
    })
  })
})

test('a print that was never seen can be neither lost nor gone', () => {
  const looking = factsAfter(CONTENT, CAMERA)
  expect(after(looking, LOST)).toBe(looking)
  expect(after(looking, GONE)).toBe(looking)
})
