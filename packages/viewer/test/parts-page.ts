import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build, mergeConfig } from 'vite'
import config from '../vite.config.ts'

/** What the page loads beside its own files. */
export interface ServedFile {
  readonly type: string
  readonly body: Buffer
  /** Before it is answered. */
  delayMs?: number
  /** 503 in its place. */
  broken?: boolean
}

/** A page of nothing but the viewer's parts, under the policy that its real pages have. */
export interface PartsPage {
  readonly address: string
  close(): Promise<void>
}

const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; media-src 'self'; img-src 'self'; connect-src 'self'"
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

/** What the page is made of: it names the two others `./parts.css` and `./parts.js`. */
export interface Parts {
  readonly html: string
  readonly css: string
  readonly script: string
}

/** Builds the page as the viewer is built, and serves it with `files` by path until it is closed. */
export async function openPartsPage(
  files: Readonly<Record<string, ServedFile>>,
  { html, css, script }: Parts = { html: HTML, css: CSS, script: SCRIPT },
): Promise<PartsPage> {
  const folder = await mkdtemp(join(tmpdir(), 'arv-viewer-parts-'))
  await writeFile(join(folder, 'parts.html'), html)
  await writeFile(join(folder, 'parts.css'), css)
  await writeFile(join(folder, 'parts.js'), script)
  const { rolldownOptions: _, ...buildOptions } = config.build ?? {}
  await build(
    mergeConfig(
      { ...config, build: buildOptions },
      {
        configFile: false,
        root: folder,
        logLevel: 'error',
        build: { outDir: join(folder, 'dist'), rolldownOptions: { input: join(folder, 'parts.html') } },
      },
    ),
  )
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = files[pathname]
    if (file) void answer(response, file, request.headers.range)
    else void answerBuilt(response, join(folder, 'dist', pathname.replace(/^\/viewer/, '')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server listens nowhere')
  return {
    address: `http://127.0.0.1:${address.port}/parts.html`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answerBuilt(response: ServerResponse, path: string): Promise<void> {
  try {
    const body = await readFile(path)
    response
      .writeHead(200, { 'content-type': TYPES[extname(path)], 'content-security-policy': POLICY })
      .end(body)
  } catch {
    response.writeHead(404).end()
  }
}

/** Videos are asked for by ranges. */
async function answer(response: ServerResponse, file: ServedFile, range: string | undefined): Promise<void> {
  if (file.delayMs !== undefined) await sleep(file.delayMs)
  if (file.broken) return void response.writeHead(503).end()
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  const headers = { 'content-type': file.type, 'accept-ranges': 'bytes' }
  if (from === undefined) return void response.writeHead(200, headers).end(file.body)
  const first = Number(from)
  const last = to ? Number(to) : file.body.length - 1
  const contentRange = `bytes ${first}-${last}/${file.body.length}`
  response
    .writeHead(206, { ...headers, 'content-range': contentRange })
    .end(file.body.subarray(first, last + 1))
}

/** How a part is imported by the page's script: a path in `src/`, as text of JavaScript. */
export const source = (path: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../src/${path}`, import.meta.url)))

const HTML = `<!doctype html>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="./parts.css">
<video id="camera" playsinline muted></video><canvas id="canvas"></canvas><div id="host"></div>
<script type="module" src="./parts.js"></script>`

const CSS = `body { margin: 0 }
#camera, #canvas { position: fixed; inset: 0; width: 100%; height: 100%; object-fit: cover }
#host video { position: fixed; right: 0; bottom: 0; width: 90px; opacity: 0.01 }`

// What runs in the page is text: it is not of this program's types.
const SCRIPT = `
import { openArView } from ${source('ar/ar-view.ts')}
import { backend, memory } from ${source('ar/tfjs.ts')}
import { searchPrint } from ${source('camera/print-search.ts')}
import { createPlayer } from ${source('playback/player.ts')}
import './parts.css'

const told = []
const player = createPlayer({
  onSwap: (element, video) => told.push('swap ' + (video && video.uniqueId)),
  onRefused: () => told.push('refused'),
  onPlaying: (video) => told.push('playing ' + video.uniqueId),
  onCompleted: (video) => told.push('completed ' + video.uniqueId),
  onFailed: (video) => told.push('failed ' + video.uniqueId),
  onSoundRefused: () => told.push('sound refused'),
  onPausedByHand: () => told.push('paused by hand'),
  onPlayedByHand: () => told.push('played by hand'),
  onCue: (text) => text && told.push('cue ' + text),
}, document.querySelector('#host'))
const video = (uniqueId, captions = []) => ({ uniqueId, url: '/' + uniqueId + '.mp4', posterUrl: null, captions })

const ar = { frames: [], looks: [], failures: [], view: null, backend, memory }
const freshCanvas = () => {
  const before = document.querySelector('#canvas')
  before.replaceWith(before.cloneNode())
  return document.querySelector('#canvas')
}
const markerOf = async (path) => (await fetch(path)).arrayBuffer()
ar.open = async (path, closing = new AbortController()) => {
  ar.frames = []
  try {
    ar.view = await openArView({
      camera: document.querySelector('#camera'),
      canvas: freshCanvas(),
      signal: closing.signal,
      marker: await markerOf(path),
      onFrame: (pose, look) => ar.frames.push(pose) && ar.looks.push(look),
      onFailed: (error) => ar.failures.push(error.message),
    })
    return 'open'
  } catch (error) {
    return typeof error.code === 'string' ? error.code : error.name
  }
}
ar.setMarker = async (path) => ar.view.setMarker(await markerOf(path)).then(() => 'set', (error) => error.code)
// A camera that can be turned: a picture of a picture, which trembles.
ar.film = async (path) => {
  const photo = new Image()
  photo.src = path
  await photo.decode()
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: 640, height: 480 })
  const pen = canvas.getContext('2d')
  setInterval(() => {
    pen.fillStyle = '#96928a'
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(photo, canvas.width / 2 - 150, canvas.height / 2 - 112 + Math.random(), 300, 225)
  }, 33)
  ar.turn = () => Object.assign(canvas, { width: 480, height: 640 })
  ar.stream = canvas.captureStream(30)
  const camera = document.querySelector('#camera')
  camera.srcObject = ar.stream
  await camera.play()
}
// The camera is that film.
const search = { told: [], seen: false, asked: 0 }
search.begin = (markerUrl) => {
  search.now = searchPrint({
    camera: document.querySelector('#camera'),
    freshCanvas,
    loadAr: async () => ({ openArView }),
    markerUrl,
    onFrame: (pose) => (search.seen = pose !== null),
    onInVain: () => search.told.push('in vain'),
    onFailed: (reason) => search.told.push(reason),
  })
}
// What the browser would ask: answered when the test says so.
search.camera = (stream) => {
  navigator.mediaDevices.getUserMedia = () => {
    search.asked += 1
    return new Promise((resolve) => (search.allow = () => resolve(stream)))
  }
}
Object.assign(window, { search, told, player, video, ar, ready: true })
`
