import { followContent } from './live-content.js'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const element = (id) => document.getElementById(id)
const { origin, pathname } = location
const uniqueId = decodeURIComponent(pathname.split('/')[3] ?? '').toLowerCase()

function show(content) {
  document.body.dataset.state = content?.image ? 'content' : 'unavailable'
  if (!content?.image) return
  const title = content.title ?? 'Print'
  document.title = `${title} · print · ARV`
  element('title').textContent = title
  element('picture').alt = `The print: ${title}`
  element('code').alt = 'A QR code that opens the page on a phone'
  // Set again, the same address would be loaded again with every change of the content.
  if (element('picture').getAttribute('src') !== content.image.url) element('picture').src = content.image.url
  element('code').src ||= `/qr/${uniqueId}.svg`
}

if (UUID.test(uniqueId)) {
  void followContent({
    origin,
    uniqueId,
    show,
    showConnected: (connected) => (element('offline').hidden = connected),
  })
} else {
  show(null)
}
