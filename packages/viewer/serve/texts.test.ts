import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fill, LANGUAGES, languageOf, TEXTS } from '../src/texts.ts'

const read = (name: string) => readFileSync(new URL(`../src/${name}`, import.meta.url), 'utf8')
const bracesIn = (text: string) => text.match(/\{\w+\}/g) ?? []

describe.for(LANGUAGES.map((language) => [language]))('in %s', ([language = 'en']) => {
  const texts = TEXTS[languageOf(language)]

  test.for(Object.entries(TEXTS.en))('%s is said, with what belongs into it', ([key, english]) => {
    const text = Object.entries(texts).find(([name]) => name === key)?.[1] ?? ''
    expect(text.trim()).not.toBe('')
    expect(bracesIn(text)).toEqual(bracesIn(english))
  })

  test('nothing is said that English doesn’t know', () => {
    expect(Object.keys(texts).toSorted()).toEqual(Object.keys(TEXTS.en).toSorted())
  })
})

test('nothing but names is left in English', () => {
  const same = Object.entries(TEXTS.en).filter(([key, text]) =>
    Object.entries(TEXTS.ru).some(([name, other]) => name === key && other === text),
  )
  expect(same.map(([key]) => key)).toEqual(['title'])
})

describe.for([['viewer.html'], ['print.html']])('%s', ([name = '']) => {
  const html = read(name)
  const keys = [...html.matchAll(/data-(?:text|label)="([^"]*)"/g)].map(([, key]) => key)

  test('asks for texts that there are', () => {
    expect(keys.length).toBeGreaterThan(5)
    expect(Object.keys(TEXTS.en)).toEqual(expect.arrayContaining(keys))
  })

  test('has no text of its own', () => {
    expect(html.replaceAll(/<[^>]*>/g, '').trim()).toBe('')
  })

  test('has no inline style and no inline script', () => {
    expect(html).not.toMatch(/\sstyle=|\son\w+=|<style|<script[^>]*>[^<]/)
  })
})

test.for([
  ['ru', 'ru'],
  ['ru-RU', 'ru'],
  ['RU', 'ru'],
  ['en-GB', 'en'],
  ['fr', 'en'],
  ['run', 'en'],
  ['', 'en'],
] as const)('a reader of "%s" is spoken to in %s', ([tag, expected]) => {
  expect(languageOf(tag)).toBe(expected)
})

test('what stands in braces is filled in, as it is', () => {
  expect(fill('Look at {title}: {title}!', { title: '$& {time}' })).toBe('Look at $& {time}: $& {time}!')
  expect(fill('{unknown}', {})).toBe('{unknown}')
})
