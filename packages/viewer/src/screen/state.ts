import type { CameraFailure } from '../camera/camera-failure.ts'

/** Why something else than the print is to be seen. */
export type Reason = CameraFailure | 'webgl-missing' | 'tracker-failed' | 'marker-missing'

/** What of a content decides what the screen shows. */
interface SeenContent {
  readonly hasMarker: boolean
  readonly hasVideo: boolean
}

export type ScreenEvent =
  /** Read or pushed; null: nothing to see. */
  | { readonly type: 'content'; readonly content: SeenContent | null }
  /** Tapped, or the camera was allowed long ago; after a failure: tried again. */
  | { readonly type: 'cameraWanted' }
  | { readonly type: 'plainWanted' }
  /** There is no AR, and why. */
  | { readonly type: 'failed'; readonly reason: Reason }
  | { readonly type: 'printSeen' }
  | { readonly type: 'printLost' }
  /** Lost for so long that the visitor needs to be told what to look for. */
  | { readonly type: 'printGone' }
  /** The camera was on for minutes, and the print not before it. */
  | { readonly type: 'searchedInVain' }
  | { readonly type: 'playRefused' }
  | { readonly type: 'playing' }
  /** The visitor says so, by whatever button. */
  | { readonly type: 'playWanted' }
  | { readonly type: 'pauseWanted' }
  /** Their device says they want nothing that moves by itself. */
  | { readonly type: 'motionUnwanted' }
  | { readonly type: 'hidden' }
  /** Hidden for so long that the camera should be off. */
  | { readonly type: 'asleep' }
  | { readonly type: 'visible' }

/** What has happened so far, as far as it still matters. */
export interface Facts {
  readonly content: SeenContent | null | 'unknown'
  /** How the visitor watches, once that is chosen. */
  readonly way: 'camera' | 'plain' | null
  readonly failure: Reason | null
  readonly print: 'out of sight' | 'seen' | 'just lost'
  /** The browser wants a tap before anything plays. */
  readonly isPlayRefused: boolean
  /** What the visitor wants of the video; "not asked": it stands still until they play it. */
  readonly wish: 'play' | 'pause' | 'not asked'
  readonly page: 'visible' | 'hidden' | 'asleep'
}

export const FIRST_FACTS: Facts = {
  content: 'unknown',
  way: null,
  failure: null,
  print: 'out of sight',
  isPlayRefused: false,
  wish: 'play',
  page: 'visible',
}

/** What to show and to do. */
export interface Screen {
  readonly state: 'loading' | 'start' | 'looking' | 'playing' | 'plain' | 'message' | 'unavailable'
  readonly reason: Reason | null
  /** Whether camera and tracker should be on. */
  readonly usesCamera: boolean
  /** Whether the active video should play. */
  readonly plays: boolean
  readonly asksForTap: boolean
  /** Over a print, where a video has no controls of its own. */
  readonly offers: 'pause' | 'play' | null
  readonly offersPlain: boolean
  readonly offersCamera: boolean
}

/** The facts after something happened. */
export function after(facts: Facts, event: ScreenEvent): Facts {
  switch (event.type) {
    case 'content':
      return afterContent(facts, event.content)
    case 'cameraWanted':
      return { ...facts, way: 'camera', failure: null, print: 'out of sight' }
    case 'plainWanted':
      return { ...facts, way: 'plain', print: 'out of sight' }
    case 'failed':
      return { ...facts, failure: event.reason, print: 'out of sight' }
    case 'printSeen':
      return { ...facts, print: 'seen' }
    case 'printLost':
      return facts.print === 'seen' ? { ...facts, print: 'just lost' } : facts
    case 'printGone':
      return facts.print === 'just lost' ? { ...facts, print: 'out of sight' } : facts
    case 'searchedInVain':
      return { ...facts, way: null, print: 'out of sight' }
    case 'playRefused':
      return { ...facts, isPlayRefused: true }
    case 'playing':
      return { ...facts, isPlayRefused: false }
    case 'playWanted':
      return { ...facts, wish: 'play' }
    case 'pauseWanted':
      return { ...facts, wish: 'pause' }
    case 'motionUnwanted':
      return { ...facts, wish: 'not asked' }
    case 'hidden':
      return facts.page === 'visible' ? { ...facts, page: 'hidden' } : facts
    case 'asleep':
      return facts.page === 'hidden' ? { ...facts, page: 'asleep', print: 'out of sight' } : facts
    case 'visible':
      return { ...facts, page: 'visible' }
  }
}

/** What comes back after it was withdrawn is watched as before: with the camera by those who had it on. */
function afterContent(facts: Facts, content: SeenContent | null): Facts {
  if (content === null) return { ...facts, content, print: 'out of sight', isPlayRefused: false }
  return { ...facts, content }
}

/** What is to be seen, by what has happened. The first line that fits is right. */
export function screenOf(facts: Facts): Screen {
  const { content, way, failure, print, page, wish } = facts
  if (content === 'unknown') return screen('loading')
  if (content === null) return screen('unavailable')
  const canPlay = content.hasVideo && page === 'visible'
  const needsTap = wish === 'not asked' || (wish === 'play' && facts.isPlayRefused)
  if (way === 'plain' || !content.hasMarker) {
    const reason = content.hasMarker ? failure : 'marker-missing'
    return {
      ...screen('plain', reason),
      plays: canPlay && wish === 'play',
      asksForTap: canPlay && needsTap,
      offersCamera: content.hasMarker && !isForGood(failure),
    }
  }
  if (failure !== null) {
    return { ...screen('message', failure), offersPlain: true, offersCamera: !isForGood(failure) }
  }
  if (way === null) return { ...screen('start'), offersPlain: true, offersCamera: true }
  const isPrintSeen = print === 'seen'
  const isOverPrint = content.hasVideo && print !== 'out of sight'
  return {
    ...screen(print === 'out of sight' ? 'looking' : 'playing'),
    usesCamera: page !== 'asleep',
    plays: canPlay && isPrintSeen && wish === 'play',
    asksForTap: canPlay && isPrintSeen && needsTap,
    offers: isOverPrint && !needsTap ? (wish === 'play' ? 'pause' : 'play') : null,
    offersPlain: true,
  }
}

/** Trying again on the same page changes nothing about it. */
function isForGood(reason: Reason | null): boolean {
  return reason === 'camera-insecure' || reason === 'camera-unsupported' || reason === 'webgl-missing'
}

/**
 * Whether trying again takes a new page: what did not load once, a browser may not load again for the same one, and iOS
 * may refuse the camera without asking once it was refused.
 */
export function needsReload(reason: Reason | null): boolean {
  return reason === 'tracker-failed' || reason === 'camera-denied'
}

function screen(state: Screen['state'], reason: Reason | null = null): Screen {
  return {
    state,
    reason,
    usesCamera: false,
    plays: false,
    asksForTap: false,
    offers: null,
    offersPlain: false,
    offersCamera: false,
  }
}
