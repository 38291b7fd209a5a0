import { expect, test } from 'vitest'
import { createVisibleTime } from './visible-time.ts'

test('counts only the time while the page is visible', () => {
  const time = createVisibleTime()
  expect(time.seconds(1000)).toBe(0)
  time.show(1000)
  expect(time.seconds(3500)).toBe(2)
  time.hide(4500)
  expect(time.seconds(60_000)).toBe(3)
  time.show(100_000)
  expect(time.seconds(100_500)).toBe(4)
  expect(time.seconds(101_000)).toBe(4)
  expect(time.seconds(101_500)).toBe(5)
})

test('shown or hidden twice is shown or hidden once', () => {
  const time = createVisibleTime()
  time.show(0)
  time.show(5000)
  time.hide(10_000)
  time.hide(20_000)
  expect(time.seconds(30_000)).toBe(10)
})

test('never falls, whatever the clock does', () => {
  const time = createVisibleTime()
  time.show(10_000)
  expect(time.seconds(20_000)).toBe(10)
  expect(time.seconds(5000)).toBe(10)
  time.hide(0)
  expect(time.seconds(0)).toBe(10)
})

test('no visit is longer than a day', () => {
  const time = createVisibleTime()
  time.show(0)
  expect(time.seconds(90_000_000)).toBe(86_400)
})
