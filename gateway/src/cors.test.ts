import { expect, test } from 'vitest'
import { allowOrigins, isOrigin } from './cors.ts'

test.for(['https://admin.example', 'http://localhost:5173', 'http://[::1]:4000', 'http://10.0.0.7'])(
  '%s is an origin',
  (text) => {
    expect(isOrigin(text)).toBe(true)
  },
)

test.for([
  '*',
  'null',
  'admin.example',
  'https://*.example',
  'https://admin.example/',
  'https://admin.example/path',
  'https://admin.example:443',
  'HTTPS://admin.example',
  'https://user@admin.example',
  'ftp://admin.example',
])('%s is no origin as browsers send it, and in no list', (text) => {
  expect(isOrigin(text)).toBe(false)
  expect(() => allowOrigins([text], 'https://arv.example')).toThrow(
    `"${text}" is no origin such as https://admin.example`,
  )
})
