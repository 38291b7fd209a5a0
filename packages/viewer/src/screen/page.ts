import type { ViewerContent } from '../live/viewer-content.ts'
import { fill, languageOf, TEXTS } from '../texts.ts'
import type { TextKey } from '../texts.ts'
import { element, setSource } from './element.ts'
import { sayMoment } from './moment.ts'
import { helpKey } from './reason-help.ts'
import type { Screen } from './state.ts'

/** What the visitor wants. */
interface PageEvents {
  onCamera(): void
  onPlain(): void
  onPlay(): void
  onPause(): void
  onSound(isOn: boolean): void
}

/** All that is seen of the page, and its buttons. */
export interface Page {
  readonly camera: HTMLVideoElement
  readonly playerHost: HTMLElement
  /** What lies over the camera, in place of the one before: a canvas that lost the GPU never gets it back. */
  freshCanvas(): HTMLCanvasElement
  render(screen: Screen, content: ViewerContent | null): void
  /** The video that is on, one of those in the host. */
  setVideo(video: HTMLVideoElement | null): void
  setCaption(text: string | null): void
  setConnected(isConnected: boolean): void
  setSound(isOn: boolean): void
}

export function createPage(events: PageEvents): Page {
  const language = languageOf(document.documentElement.lang)
  const texts = TEXTS[language]
  const { body } = document
  const button = (id: string) => element(id, HTMLButtonElement)
  const [sound, play, pause, plainly, withCamera, retry] = [
    button('sound'),
    button('play'),
    button('pause'),
    button('plainly'),
    button('with-camera'),
    button('retry'),
  ]
  const print = element('print', HTMLImageElement)
  const captions = element('captions', HTMLElement)
  const announcer = element('announcer', HTMLElement)
  const playerHost = element('player', HTMLElement)
  let video: HTMLVideoElement | null = null
  const announced = new Set<string>()

  for (const each of [button('start-button'), withCamera, retry]) {
    each.addEventListener('click', () => events.onCamera())
  }
  plainly.addEventListener('click', () => events.onPlain())
  play.addEventListener('click', () => events.onPlay())
  pause.addEventListener('click', () => {
    if (pause.dataset['offers'] === 'play') events.onPlay()
    else events.onPause()
  })
  // Its own controls have a button for the sound, too. Such an event doesn't bubble.
  playerHost.addEventListener(
    'volumechange',
    ({ target }) => {
      if (target instanceof HTMLVideoElement && target.controls) events.onSound(!target.muted)
    },
    { capture: true },
  )
  sound.addEventListener('click', () => events.onSound(sound.getAttribute('aria-pressed') !== 'true'))

  /** Watched plainly, a video is handled as everywhere else; over a print there is nothing to press. */
  function setControls() {
    const isPlain = body.dataset.state === 'plain'
    for (const each of playerHost.querySelectorAll('video')) {
      each.controls = isPlain && each === video
      each.tabIndex = each.controls ? 0 : -1
    }
    playerHost.setAttribute('aria-hidden', String(!isPlain))
  }

  /** Found and lost, again and again: said once, that it works, and no more. */
  function announceOnce(key: TextKey) {
    if (announced.has(key)) return
    announced.add(key)
    announcer.textContent = texts[key]
  }

  /** @returns whether the button that had the focus has gone. */
  function renderPlayback({ asksForTap, offers }: Screen): boolean {
    const { activeElement } = document
    const hadFocus = activeElement === play || activeElement === pause
    // It comes without being asked for, and again whenever it must.
    if (asksForTap && play.hidden) announcer.textContent = texts.play
    else if (!asksForTap && !play.hidden) announcer.textContent = ''
    play.hidden = !asksForTap
    pause.hidden = offers === null
    if (offers !== null) {
      pause.dataset['offers'] = offers
      pause.setAttribute('aria-label', offers === 'play' ? texts.resume : texts.pause)
    }
    return hadFocus && (activeElement === play ? !asksForTap : offers === null)
  }

  function renderContent(content: ViewerContent | null) {
    document.title = content?.title ?? texts.title
    setText('title', content?.title ?? '')
    setText('description', content?.description ?? '')
    print.alt = content?.title ? fill(texts.pictureNamed, { title: content.title }) : texts.picture
    setSource(print, content?.image?.url ?? null)
  }

  function noteOf({ state, reason }: Screen, content: ViewerContent | null): string {
    if (content === null) return ''
    if (!content.activeVideo) {
      const { nextChangeAt } = content
      if (nextChangeAt === null) return texts.noVideo
      return fill(texts.comesOn, { time: sayMoment(nextChangeAt, new Date(), language) })
    }
    return state === 'plain' && reason === 'marker-missing' ? texts['marker-missing'] : ''
  }

  function renderMessage(reason: Exclude<Screen['reason'], 'marker-missing' | null>) {
    setText('message-heading', texts[reason])
    setText('message-help', texts[helpKey(reason, navigator.userAgent, navigator.maxTouchPoints)])
    element('message-link', HTMLElement).hidden = reason !== 'camera-insecure'
    const secure = `https://${location.host}${location.pathname}${location.search}`
    const link = element('secure-address', HTMLAnchorElement)
    link.href = secure
    link.textContent = secure
  }

  function renderScreen(screen: Screen) {
    const { state, reason } = screen
    const before = body.dataset.state
    body.dataset.state = state
    if (reason === null) delete body.dataset.reason
    else body.dataset.reason = reason
    if (state === 'message' && reason !== null && reason !== 'marker-missing') renderMessage(reason)
    const isFocusGone = renderPlayback(screen)
    plainly.hidden = !screen.offersPlain
    withCamera.hidden = state !== 'plain' || !screen.offersCamera
    retry.hidden = !screen.offersCamera
    if (state === 'looking') announceOnce('hint')
    if (state === 'playing' && screen.plays) announceOnce('found')
    setControls()
    // A page that opens is read from its beginning.
    if (isFocusGone && !pause.hidden) pause.focus()
    else if (isFocusGone || (state !== before && before !== 'loading')) keepFocus(state)
  }

  return {
    camera: element('camera', HTMLVideoElement),
    playerHost,
    freshCanvas,
    render(screen, content) {
      renderContent(content)
      renderScreen(screen)
      sound.hidden = content?.activeVideo == null || !['looking', 'playing', 'plain'].includes(screen.state)
      setText('note', noteOf(screen, content))
    },
    setVideo(next) {
      video = next
      setControls()
    },
    setCaption(text) {
      captions.hidden = text === null
      captions.textContent = text
    },
    setConnected(isConnected) {
      body.dataset.connected = String(isConnected)
    },
    setSound(isOn) {
      sound.setAttribute('aria-pressed', String(isOn))
    },
  }
}

function freshCanvas(): HTMLCanvasElement {
  const before = element('ar', HTMLCanvasElement)
  const hadFocus = document.activeElement === before
  before.replaceWith(before.cloneNode())
  const fresh = element('ar', HTMLCanvasElement)
  if (hadFocus) fresh.focus({ preventScroll: true })
  return fresh
}

/** Set again, a text that stays the same would be read out again. */
function setText(id: string, text: string) {
  const place = element(id, HTMLElement)
  if (place.textContent !== text) place.textContent = text
}

/** What has the focus for somebody who has just come to a state; read out, it says where they are. */
const FOCUSED: Readonly<Record<Screen['state'], string>> = {
  loading: 'loading-heading',
  start: 'start-heading',
  looking: 'ar',
  playing: 'ar',
  plain: 'title',
  message: 'message-heading',
  unavailable: 'unavailable-heading',
}

/** When what had the focus has gone, it goes to what came. */
function keepFocus(state: Screen['state']) {
  const { activeElement, body } = document
  const isThere =
    activeElement &&
    activeElement !== body &&
    activeElement.getClientRects().length > 0 &&
    getComputedStyle(activeElement).visibility === 'visible'
  if (isThere) return
  const place = element(FOCUSED[state], HTMLElement)
  // Not every content has a title, and what is not seen takes no focus.
  const isSeen = place.getClientRects().length > 0
  ;(isSeen ? place : element('player', HTMLElement)).focus({ preventScroll: true })
}
