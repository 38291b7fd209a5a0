import { isCameraAllowed, knownCameraObstacle } from './camera/camera.ts'
import { loadMarker } from './camera/marker-file.ts'
import { searchPrint } from './camera/print-search.ts'
import type { PrintSearch } from './camera/print-search.ts'
import { hasWebgl } from './camera/webgl.ts'
import { followContent } from './live/live-content.ts'
import { playableVideo } from './live/playable-video.ts'
import { reloadOnce } from './live/reload-once.ts'
import { uuidInPath } from './live/viewer-content.ts'
import type { ViewerContent } from './live/viewer-content.ts'
import { createPlayer } from './playback/player.ts'
import { watchPageVisibility } from './screen/page-visibility.ts'
import { createPage } from './screen/page.ts'
import { after, FIRST_FACTS, needsReload, screenOf } from './screen/state.ts'
import type { ScreenEvent } from './screen/state.ts'
import { createWakeLock } from './screen/wake-lock.ts'
import { startViewSession } from './visit/view-session.ts'
import type { ViewSession } from './visit/view-session.ts'

/** So long the print is out of sight before the visitor is shown again what to look for. */
const GONE_AFTER_MS = 1000

const { origin, pathname, search: query } = location
const isPreview = new URLSearchParams(query).has('preview')
const loadAr = () => import('./ar/ar-view.ts')

let facts = FIRST_FACTS
let content: ViewerContent | null = null
let session: ViewSession | null = null
let printSearch: PrintSearch | null = null
let gone: ReturnType<typeof setTimeout> | undefined

const wakeLock = createWakeLock()
const page = createPage({
  onCamera() {
    if (needsReload(facts.failure)) location.reload()
    else {
      player.unlock()
      happen({ type: 'cameraWanted' })
    }
  },
  onPlain() {
    happen({ type: 'plainWanted' })
    player.unlock()
  },
  onPlay() {
    happen({ type: 'playWanted' })
    // Once more for what was refused: this is the tap.
    player.play()
  },
  onPause: () => happen({ type: 'pauseWanted' }),
  onSound(isOn) {
    player.setMuted(!isOn)
    page.setSound(isOn)
  },
})
const player = createPlayer(
  {
    onSwap(element) {
      page.setVideo(element)
      printSearch?.setVideo(element)
    },
    onRefused: () => happen({ type: 'playRefused' }),
    onPlaying(video) {
      happen({ type: 'playing' })
      session?.played(video.uniqueId)
    },
    onCompleted: () => session?.completed(),
    // It tries again by itself; the one before, or the picture, is there meanwhile.
    onFailed: () => undefined,
    onCue: (text) => page.setCaption(text),
    onSoundRefused: () => page.setSound(false),
    onPausedByHand: () => happen({ type: 'pauseWanted' }),
    onPlayedByHand: () => happen({ type: 'playWanted' }),
  },
  page.playerHost,
)

/** The only way by which what is shown changes. */
function happen(event: ScreenEvent) {
  const before = screenOf(facts)
  facts = after(facts, event)
  const screen = screenOf(facts)
  page.render(screen, content)
  searchIf(screen.usesCamera)
  if (screen.plays && !before.plays) player.play()
  if (!screen.plays && before.plays) player.pause()
  wakeLock.set(screen.plays || screen.usesCamera)
}

function searchIf(isWanted: boolean) {
  const markerUrl = content?.marker?.url
  if (!isWanted || markerUrl === undefined) {
    printSearch?.close()
    printSearch = null
    clearTimeout(gone)
    return
  }
  if (printSearch) {
    printSearch.setMarker(markerUrl)
    return
  }
  printSearch = searchPrint({
    camera: page.camera,
    freshCanvas: () => page.freshCanvas(),
    loadAr,
    markerUrl,
    onFrame(pose, { corners, atMs }) {
      session?.frame({ corners, isShown: pose !== null, atMs })
      if (pose) see()
      else lose()
    },
    onInVain() {
      printSearch = null
      happen({ type: 'searchedInVain' })
    },
    onFailed(reason) {
      printSearch = null
      happen({ type: 'failed', reason })
    },
  })
  printSearch.setVideo(player.element)
}

function see() {
  clearTimeout(gone)
  if (facts.print !== 'seen') happen({ type: 'printSeen' })
}

function lose() {
  if (facts.print !== 'seen') return
  happen({ type: 'printLost' })
  gone = setTimeout(() => happen({ type: 'printGone' }), GONE_AFTER_MS)
}

function show(next: ViewerContent | null) {
  content = next
  if (next?.marker) loadMarker(next.marker.url).catch(() => undefined)
  player.show(playableVideo(next?.activeVideo ?? null))
  if (next) beginVisit(next.uniqueId)
  else endVisit()
  happen({
    type: 'content',
    content: next && { hasMarker: next.marker !== null, hasVideo: next.activeVideo !== null },
  })
}

function beginVisit(uniqueId: string) {
  session ??= startViewSession({ origin, uniqueId, preview: isPreview })
}

function endVisit() {
  session?.end()
  session = null
}

function open(uniqueId: string) {
  const obstacle = knownCameraObstacle() ?? (hasWebgl() ? null : 'webgl-missing')
  if (obstacle) {
    happen({ type: 'failed', reason: obstacle })
  } else {
    loadAr().catch(() => undefined)
    void isCameraAllowed().then((isAllowed) => {
      if (isAllowed && facts.way === null) happen({ type: 'cameraWanted' })
    })
  }
  const live = followContent({
    origin,
    uniqueId,
    onContent: show,
    onConnected: (isConnected) => page.setConnected(isConnected),
    onOutdated: reloadOnce,
  })
  addEventListener('online', () => live.refresh())
  watchPageVisibility({
    onHidden() {
      session?.hide()
      happen({ type: 'hidden' })
    },
    onAsleep: () => happen({ type: 'asleep' }),
    onVisible(wasAsleep) {
      if (session?.show() === false) {
        endVisit()
        beginVisit(uniqueId)
      }
      if (wasAsleep) {
        live.refresh()
        // A phone in a pocket ran no timer that could have told.
        happen({ type: 'asleep' })
      }
      happen({ type: 'visible' })
    },
    onLeave() {
      endVisit()
      live.close()
      happen({ type: 'hidden' })
      happen({ type: 'asleep' })
    },
  })
}

if (matchMedia('(prefers-reduced-motion: reduce)').matches) happen({ type: 'motionUnwanted' })
const uniqueId = uuidInPath(pathname, 2)
if (uniqueId === null) show(null)
else open(uniqueId)
