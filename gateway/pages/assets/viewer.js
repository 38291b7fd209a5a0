import { followContent } from './live-content.js'
import { startViewSession } from './view-session.js'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const element = (id) => document.getElementById(id)
const video = element('video')
const { origin, pathname, search } = location
const uniqueId = decodeURIComponent(pathname.split('/')[2] ?? '')
const preview = new URLSearchParams(search).has('preview')

let session = null

function show(content) {
  document.body.dataset.state = content ? 'content' : 'unavailable'
  if (!content) {
    play(null)
    endSession()
    return
  }
  document.title = content.title ?? 'ARV'
  element('title').textContent = content.title ?? ''
  element('description').textContent = content.description ?? ''
  setSource(element('picture'), content.image?.url)
  element('picture').alt = content.title ?? ''
  showNextChange(content)
  session ??= startViewSession({ origin, uniqueId, video, preview })
  session.watch(content.activeVideo?.uniqueId ?? null)
  play(content.activeVideo)
}

function play(activeVideo) {
  const file = activeVideo?.file
  if (file?.poster) video.poster = file.poster.url
  else video.removeAttribute('poster')
  if (!setSource(video, file?.url)) return
  video.load()
  // Muted videos may start by themselves; where even that is refused, the controls are there.
  if (file) video.play().catch(() => undefined)
}

/** Says whether it changed: setting the same address again would start the video over. */
function setSource(media, url) {
  media.hidden = !url
  if (media.getAttribute('src') === (url ?? null)) return false
  if (url) media.setAttribute('src', url)
  else media.removeAttribute('src')
  return true
}

function showNextChange({ activeVideo, nextChangeAt }) {
  const next = element('next')
  next.hidden = Boolean(activeVideo) || !nextChangeAt
  if (!next.hidden) next.textContent = `A video comes on ${new Date(nextChangeAt).toLocaleString()}.`
}

function endSession() {
  session?.end()
  session = null
}

addEventListener('pagehide', endSession)
// Back out of the browser's cache of pages, where everything stood still.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())

if (UUID.test(uniqueId)) {
  const showConnected = (connected) => (element('offline').hidden = connected)
  void followContent({ origin, uniqueId: uniqueId.toLowerCase(), show, showConnected })
} else {
  show(null)
}
