import type { FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'
import qrcode from 'qrcode'
import { parseUuid } from './uuid.ts'

const PNG_PIXELS = 1024
/** Survives a print that is a quarter spoilt. */
const ERROR_CORRECTION = 'Q'

/**
 * `/qr/<uuid>.svg` and `.png`: the code that opens `<public address>/v/<uuid>`. Drawn on request from the address
 * that is configured now; whether there is such a content is not told.
 */
export function mountQrRoute(app: FastifyInstance, publicUrl: string): void {
  const drawn = new LRUCache<string, Promise<Buffer>>({ max: 200 })
  app.get<{ Params: { file: string } }>('/qr/:file', async (request, reply) => {
    const [name, format, ...rest] = request.params.file.split('.')
    const uuid = parseUuid(name)
    if (uuid === null || (format !== 'svg' && format !== 'png') || rest.length > 0) {
      return reply.callNotFound()
    }
    const file = `${uuid}.${format}`
    let drawing = drawn.get(file)
    if (!drawing) {
      drawing = format === 'svg' ? drawSvg(publicUrl, uuid) : drawPng(publicUrl, uuid)
      drawn.set(file, drawing)
    }
    return reply
      .type(format === 'svg' ? 'image/svg+xml' : 'image/png')
      .header('cache-control', 'public, max-age=3600')
      .header('content-disposition', `inline; filename="${file}"`)
      .send(await drawing)
  })
}

function viewerAddress(publicUrl: string, uuid: string): string {
  return `${publicUrl}/v/${uuid}`
}

async function drawSvg(publicUrl: string, uuid: string): Promise<Buffer> {
  const options = { type: 'svg', errorCorrectionLevel: ERROR_CORRECTION } as const
  return Buffer.from(await qrcode.toString(viewerAddress(publicUrl, uuid), options))
}

function drawPng(publicUrl: string, uuid: string): Promise<Buffer> {
  const options = { type: 'png', errorCorrectionLevel: ERROR_CORRECTION, width: PNG_PIXELS } as const
  return qrcode.toBuffer(viewerAddress(publicUrl, uuid), options)
}
