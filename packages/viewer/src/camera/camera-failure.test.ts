import { expect, test } from 'vitest'
import { cameraFailureOf, cameraObstacle, isWorthLess } from './camera-failure.ts'

test.for([
  ['NotAllowedError', 'camera-denied'],
  ['SecurityError', 'camera-denied'],
  ['NotFoundError', 'camera-missing'],
  ['OverconstrainedError', 'camera-missing'],
  ['NotReadableError', 'camera-busy'],
  ['AbortError', 'camera-busy'],
  ['TypeError', 'camera-failed'],
  ['InvalidStateError', 'camera-failed'],
] as const)('a %s means %s', ([name, expected]) => {
  expect(cameraFailureOf(new DOMException('', name))).toBe(expected)
})

test('an error of a kind of its own is known by its name; what is none, by nothing', () => {
  const overconstrained = Object.assign(new Error(''), { name: 'OverconstrainedError' })
  expect(cameraFailureOf(overconstrained)).toBe('camera-missing')
  expect(isWorthLess(overconstrained)).toBe(true)
  expect(cameraFailureOf('NotAllowedError')).toBe('camera-failed')
  expect(isWorthLess(new DOMException('', 'NotAllowedError'))).toBe(false)
})

test('without HTTPS, or in an app’s own browser, nobody needs to be asked', () => {
  expect(cameraObstacle(false, false)).toBe('camera-insecure')
  expect(cameraObstacle(false, true)).toBe('camera-insecure')
  expect(cameraObstacle(true, false)).toBe('camera-unsupported')
  expect(cameraObstacle(true, true)).toBeNull()
})
