import { expect, test } from 'vitest'
import { readVisitorDevice } from './visitor-device.ts'

test.each([
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    { deviceType: 'MOBILE', browser: 'Safari', os: 'iOS' },
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    { deviceType: 'MOBILE', browser: 'Chrome', os: 'Android' },
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    { deviceType: 'TABLET', browser: 'Safari', os: 'iOS' },
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0',
    { deviceType: 'DESKTOP', browser: 'Firefox', os: 'Windows' },
  ],
  ['curl/8.11.0', { deviceType: 'OTHER', os: null }],
  ['\u{1F98A} nothing known', { deviceType: 'OTHER', os: null }],
])('%s', (userAgent, device) => {
  expect(readVisitorDevice(userAgent)).toMatchObject({ userAgent, ...device })
})

test.each([null, '', '   ', '\0'])('%j tells nothing', (header) => {
  expect(readVisitorDevice(header)).toEqual({ userAgent: null, deviceType: 'OTHER', browser: null, os: null })
})

test('an endless one is cut', () => {
  expect(readVisitorDevice('Mozilla/5.0 '.repeat(10_000)).userAgent).toHaveLength(512)
})
