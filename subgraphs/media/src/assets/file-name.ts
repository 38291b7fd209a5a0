const MAX_CHARACTERS = 100
/** Devices of Windows, whatever follows their first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/**
 * The name under which an uploaded file is shown and offered for download: what a person would recognise of the name
 * it came by, without folders, control characters, marks that turn the direction of writing, and what file systems
 * refuse; with the extension of what the file really is.
 *
 * @example safeFileName('../Büro\u202Egpj.exe', 'jpg', 'image') // 'Bürogpj.jpg'
 */
export function safeFileName(given: string, extension: string, fallback: string): string {
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const printable = last.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').replaceAll(/[<>:"|?*]/g, '-')
  const stem = printable.replace(/\.[^.]{0,10}$/, '')
  const short = Array.from(stem).slice(0, MAX_CHARACTERS).join('')
  // Windows drops dots and spaces at the end of a name; a dot at its start hides the file elsewhere.
  const trimmed = short.replaceAll(/\s+/g, ' ').replaceAll(/^[. ]+|[. ]+$/g, '')
  return `${trimmed === '' ? fallback : trimmed.replace(DEVICE, '_$&')}.${extension}`
}
