import { describe, expect, test } from 'vitest'
import { safeFileName } from './file-name.ts'

describe('the name of an uploaded file', () => {
  test.each([
    ['Beach photo.JPG', 'Beach photo.jpg'],
    ['Ünïcode 海.jpeg', 'Ünïcode 海.jpg'],
    ['archive.2026.png', 'archive.2026.jpg'],
    ['no extension', 'no extension.jpg'],
    ['../../etc/passwd', 'passwd.jpg'],
    [String.raw`C:\Users\ann\photo.png`, 'photo.jpg'],
    ['evil\u0000.svg', 'evil.jpg'],
    ['invoice\u202Egpj.exe', 'invoicegpj.jpg'],
    ['zero\u200Bwidth\u2028line.png', 'zerowidthline.jpg'],
    ['what?<is>:"this"|*.png', 'what--is---this---.jpg'],
    ['  spaced \t out  .png', 'spaced out.jpg'],
    ['.hidden.png', 'hidden.jpg'],
    ['..', 'image.jpg'],
    ['.......', 'image.jpg'],
    ['CON.jpg', '_CON.jpg'],
    ['lpt1', '_lpt1.jpg'],
    ['nul.tar.png', '_nul.tar.jpg'],
    ['console.png', 'console.jpg'],
    ['Bu\u0308ro.png', 'Büro.jpg'],
    [String.raw`\\server\share\..\x.png`, 'x.jpg'],
    ['x.jpg/', 'image.jpg'],
    ['', 'image.jpg'],
    ['.png', 'image.jpg'],
    ['\u202E\u200F', 'image.jpg'],
    ['half a pair \uD83D.png', 'half a pair.jpg'],
  ])('%j becomes %j', (given, safe) => {
    expect(safeFileName(given, 'jpg', 'image')).toBe(safe)
  })

  test('is cut at a hundred characters, and never inside one', () => {
    expect(safeFileName(`${'🦊'.repeat(300)}.png`, 'webp', 'image')).toBe(`${'🦊'.repeat(100)}.webp`)
  })
})
