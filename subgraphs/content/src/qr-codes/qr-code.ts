/** The QR code of something that visitors open. */
export interface QrCode {
  readonly uniqueId: string
}

/** The page that visitors open. */
export function viewerUrl(publicUrl: string, uniqueId: string): string {
  return `${withoutSlash(publicUrl)}/v/${uniqueId}`
}

/** Where the gateway draws the code. */
export function qrCodePath({ uniqueId }: QrCode, format: 'SVG' | 'PNG'): string {
  return `/qr/${uniqueId}.${format === 'SVG' ? 'svg' : 'png'}`
}

export function qrCodeUrl(publicUrl: string, code: QrCode, format: 'SVG' | 'PNG'): string {
  return `${withoutSlash(publicUrl)}${qrCodePath(code, format)}`
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
