import { followContent } from './live/live-content.ts'
import { reloadOnce } from './live/reload-once.ts'
import { uuidInPath } from './live/viewer-content.ts'
import type { ViewerContent } from './live/viewer-content.ts'
import { element, setSource } from './screen/element.ts'
import { fill, languageOf, TEXTS } from './texts.ts'

const texts = TEXTS[languageOf(document.documentElement.lang)]
const heading = element('title', HTMLHeadingElement)
const picture = element('picture', HTMLImageElement)
const code = element('code', HTMLImageElement)
const uniqueId = uuidInPath(location.pathname, 3)

function show(content: ViewerContent | null) {
  document.body.dataset.state = content?.image ? 'content' : 'unavailable'
  if (!content?.image) return
  const title = content.title ?? texts.printName
  document.title = fill(texts.printTitleNamed, { title })
  heading.textContent = title
  picture.alt = fill(texts.printPicture, { title })
  setSource(picture, content.image.url)
  code.alt = texts.printCode
  setSource(code, `/qr/${content.uniqueId}.svg`)
}

if (uniqueId === null) {
  show(null)
} else {
  const live = followContent({
    origin: location.origin,
    uniqueId,
    onContent: show,
    onConnected: (connected) => (document.body.dataset.connected = String(connected)),
    onOutdated: reloadOnce,
  })
  addEventListener('online', () => live.refresh())
}
