import { createRetryPause } from '../live/retry-pause.ts'
import { areSameCaptions, followCaptions } from './captions-track.ts'
import type { Captions } from './captions-track.ts'
import { isPlayedToEnd } from './completion.ts'
import { isRefused, loadFirstFrame } from './first-frame.ts'
import { isFullscreen, leaveFullscreen } from './fullscreen.ts'

export interface PlayableVideo {
  readonly uniqueId: string
  readonly url: string
  readonly posterUrl: string | null
  readonly captions: readonly Captions[]
}

export interface Player {
  /** The element that is on now; null while none has a first frame. */
  readonly element: HTMLVideoElement | null
  /**
   * Preloads it beside what is on; swaps once its first frame is there. The same `uniqueId` and `url` as what is on:
   * it plays on, with other captions if they changed, and what was loaded instead is dropped. null: nothing is on.
   */
  show(video: PlayableVideo | null): void
  /** From now on what is on plays (muted unless sound was turned on), also what is swapped in later. */
  play(): void
  pause(): void
  /** In a tap's handler: from now on playing needs no tap of its own. */
  unlock(): void
  /** Turning sound on works in a tap's handler only. */
  setMuted(muted: boolean): void
  /** From its beginning, whether it plays or not. */
  restart(): void
  close(): void
}

export interface PlayerEvents {
  /** The element before is emptied when this returns. */
  onSwap(element: HTMLVideoElement | null, video: PlayableVideo | null): void
  /** Nothing plays before a tap, in which `play()` is called. Once until then. */
  onRefused(): void
  /** Its pictures move, again and for the first time. */
  onPlaying(video: PlayableVideo): void
  /** It was played to its end, once for each time it is shown, though it loops. */
  onCompleted(video: PlayableVideo): void
  /** It could not be loaded; what is on stays, and it is tried again and again. Once for each time it is shown. */
  onFailed(video: PlayableVideo): void
  /** What is said now, if it has captions. */
  onCue(text: string | null): void
  /** Sound was on but the browser wants another tap for it: it plays on, muted. */
  onSoundRefused?(): void
  /** The visitor paused it by its own controls: as if `pause()` were called. */
  onPausedByHand?(): void
  /** And played it by them: as if `play()` were called. */
  onPlayedByHand?(): void
}

/** What is seen. */
interface Shown {
  readonly element: HTMLVideoElement
  video: PlayableVideo
  stopCaptions: () => void
  /** Whether its pictures move: looping, it is told to play anew each time. */
  plays: boolean
  completed: boolean
  lastTime: number
}

/** What is loaded meanwhile. */
interface Awaited {
  readonly element: HTMLVideoElement
  video: PlayableVideo
  readonly dropping: AbortController
  /** Nothing of it comes before a tap. */
  waitsForTap: boolean
}

/**
 * Two elements that take turns, so that the next video is there before the one before goes.
 *
 * Both are put into `host`; the one that is on has `data-on`, and where they are seen is its style sheet's affair. In
 * AR they must be laid out all the same (`opacity: 0`, not `display: none`), else iPhones stop them.
 */
export function createPlayer(events: PlayerEvents, host: HTMLElement): Player {
  const elements = [createElement(), createElement()] as const
  const closing = new AbortController()
  let on: Shown | null = null
  let next: Awaited | null = null
  let isWanted = false
  let isMuted = true
  let isRefusalTold = false

  function refuse(): void {
    if (isRefusalTold) return
    isRefusalTold = true
    events.onRefused()
  }

  function refuseNext(awaited: Awaited): void {
    if (next !== awaited) return
    awaited.waitsForTap = true
    if (isWanted) refuse()
  }

  function start({ element }: Pick<Shown, 'element'>): void {
    if (document.hidden) return
    element.play().catch((error: unknown) => {
      if (!isRefused(error) || on?.element !== element || !isWanted) return
      if (element.muted) return refuse()
      element.muted = true
      isMuted = true
      events.onSoundRefused?.()
      start({ element })
    })
  }

  function drop(): void {
    if (next === null) return
    next.dropping.abort()
    empty(next.element)
    next = null
  }

  async function prepare(video: PlayableVideo, startAt: number): Promise<void> {
    const element = on?.element === elements[0] ? elements[1] : elements[0]
    const dropping = new AbortController()
    const { signal } = dropping
    const awaited: Awaited = { element, video, dropping, waitsForTap: false }
    next = awaited
    const retry = createRetryPause()
    const onRefused = (): void => refuseNext(awaited)
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await loadFirstFrame(element, { url: video.url, startAt, signal, onRefused })
        if (next === awaited) swap(awaited)
        return
      } catch {
        if (signal.aborted) return
        if (attempt === 0) events.onFailed(video)
        await retry.wait(signal)
      }
    }
  }

  function swap({ element: loaded, video }: Awaited): void {
    const before = on
    const element = before !== null && isFullscreen(before.element) ? before.element : loaded
    next = null
    before?.stopCaptions()
    if (element !== loaded) move(video, loaded, element)
    const stopCaptions = follow(element, video)
    on = { element, video, stopCaptions, plays: false, completed: false, lastTime: element.currentTime }
    element.muted = isMuted
    if (isWanted && !document.hidden) start(on)
    else element.pause()
    element.dataset['on'] = ''
    events.onCue(null)
    events.onSwap(element, video)
    if (before !== null && before.element !== element) empty(before.element)
    if (isWanted && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) tellPlaying(on)
  }

  function follow(element: HTMLVideoElement, { captions }: PlayableVideo): () => void {
    return followCaptions(element, captions, (text) => events.onCue(text))
  }

  /** It stays the same video: only what is said is written anew. */
  function recaption(shown: Shown, video: PlayableVideo): void {
    const isChanged = !areSameCaptions(shown.video.captions, video.captions)
    shown.video = video
    if (!isChanged) return
    shown.stopCaptions()
    events.onCue(null)
    shown.stopCaptions = follow(shown.element, video)
  }

  function tellPlaying(shown: Shown): void {
    if (shown.element.paused) return
    isRefusalTold = false
    if (shown.plays) return
    shown.plays = true
    events.onPlaying(shown.video)
  }

  function takeOff(): void {
    if (on === null) return
    const before = on
    on = null
    before.stopCaptions()
    events.onCue(null)
    events.onSwap(null, null)
    leaveFullscreen(before.element)
    empty(before.element)
  }

  /** In a tap: whatever is loaded into the elements later may play, and be heard, without another one. */
  function unlock(): void {
    isRefusalTold = false
    for (const element of elements) {
      if (element === next?.element) unlockNext(next)
      else if (element !== on?.element) element.load()
      else if (!isWanted) {
        // Both at once: no picture moves.
        element.play().catch(() => undefined)
        element.pause()
      }
    }
  }

  function unlockNext(awaited: Awaited): void {
    awaited.waitsForTap = false
    awaited.element.play().catch((error: unknown) => {
      // It was no tap after all, or none that browsers take for one.
      if (isRefused(error)) refuseNext(awaited)
    })
  }

  /** Its own controls act without asking; where we did, it is as it is wanted, or the page is hidden. */
  function followHand({ element }: Shown): void {
    if (!element.controls || document.hidden || element.error !== null || element.paused !== isWanted) return
    isWanted = !element.paused
    if (isWanted) events.onPlayedByHand?.()
    else events.onPausedByHand?.()
  }

  for (const element of elements) {
    const listen = (type: keyof HTMLMediaElementEventMap, act: (shown: Shown) => void): void =>
      element.addEventListener(type, () => on?.element === element && act(on), { signal: closing.signal })
    listen('playing', tellPlaying)
    listen('pause', (shown) => {
      shown.plays = false
      followHand(shown)
    })
    listen('play', followHand)
    listen('timeupdate', (shown) => {
      const { currentTime, duration } = element
      if (!shown.completed && isPlayedToEnd(shown.lastTime, currentTime, duration)) {
        shown.completed = true
        events.onCompleted(shown.video)
      }
      shown.lastTime = currentTime
    })
    // It broke off in the middle: it is loaded anew into the other element, and goes on where it was.
    listen('error', ({ video, lastTime }) => {
      if (next !== null) return
      events.onFailed(video)
      void prepare(video, lastTime)
    })
    host.append(element)
  }

  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.hidden) on?.element.pause()
      else if (on !== null && isWanted) start(on)
    },
    { signal: closing.signal },
  )

  return {
    get element() {
      return on?.element ?? null
    },
    show(video) {
      if (video !== null && next !== null && isSame(next.video, video)) {
        next.video = video
        return
      }
      drop()
      if (video === null) takeOff()
      else if (on === null || !isSame(on.video, video)) void prepare(video, 0)
      else {
        recaption(on, video)
        // It broke while the other one loaded.
        if (on.element.error !== null) void prepare(video, on.lastTime)
      }
    },
    play() {
      isWanted = true
      if (isInTap()) unlock()
      else if (next?.waitsForTap === true) refuse()
      if (on !== null) start(on)
    },
    pause() {
      isWanted = false
      on?.element.pause()
    },
    unlock,
    setMuted(muted) {
      isMuted = muted
      if (!muted && isInTap()) unlock()
      if (on === null) return
      on.element.muted = muted
      if (isWanted) start(on)
    },
    restart() {
      if (on !== null) on.element.currentTime = 0
    },
    close() {
      drop()
      takeOff()
      closing.abort()
      for (const element of elements) element.remove()
    },
  }
}

function isSame(one: PlayableVideo, other: PlayableVideo): boolean {
  return one.uniqueId === other.uniqueId && one.url === other.url
}

/** Where the browser doesn't say, it may be. */
function isInTap(): boolean {
  return !('userActivation' in navigator) || navigator.userActivation.isActive
}

function createElement(): HTMLVideoElement {
  const element = document.createElement('video')
  // WebGL takes no pictures of other hosts without it.
  element.crossOrigin = 'anonymous'
  element.preload = 'auto'
  element.loop = true
  element.playsInline = true
  element.muted = true
  // As an attribute, too: old iPhones look at nothing else.
  element.defaultMuted = true
  element.disablePictureInPicture = true
  element.disableRemotePlayback = true
  return element
}

/** In fullscreen there is but that one element: what is loaded goes over to it. */
function move(video: PlayableVideo, from: HTMLVideoElement, to: HTMLVideoElement): void {
  const { currentTime } = from
  empty(from)
  to.src = video.url
  to.currentTime = currentTime
}

/** Frees what it holds; the element itself is kept, for a tap unlocked it. */
function empty(element: HTMLVideoElement): void {
  delete element.dataset['on']
  element.pause()
  element.replaceChildren()
  element.removeAttribute('src')
  element.load()
}
