import { expect, test } from 'vitest'
import { helpKey } from './reason-help.ts'

const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148'
const PIXEL = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile'

test.for([
  ['an iPhone', IPHONE, 5, 'camera-denied-help-ios'],
  ['an iPad', MAC, 5, 'camera-denied-help-ios'],
  ['a Mac', MAC, 0, 'camera-denied-help'],
  ['an Android phone', PIXEL, 5, 'camera-denied-help-android'],
  ['anything else', '', 0, 'camera-denied-help'],
] as const)(
  'who refused the camera on %s is told how to allow it there',
  ([, userAgent, touch, expected]) => {
    expect(helpKey('camera-denied', userAgent, touch)).toBe(expected)
  },
)

test('other reasons have one text for all', () => {
  expect(helpKey('camera-busy', IPHONE, 5)).toBe('camera-busy-help')
})
