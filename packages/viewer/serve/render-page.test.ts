import { expect, test } from 'vitest'
import { renderPage } from './render-page.ts'

const TEXTS = { hello: 'Hello & <b>"you"</b>', look: 'Look', close: 'Close "it"' }

test('a page is given its language, its texts and its labels', () => {
  const html = [
    '<html lang="en">',
    '<title data-text="look"></title>',
    '<p class="big" data-text="hello" hidden></p>',
    '<button type="button" data-label="close">×</button>',
  ].join('\n')
  expect(renderPage(html, 'ru', TEXTS)).toBe(
    [
      '<html lang="ru">',
      '<title data-text="look">Look</title>',
      '<p class="big" data-text="hello" hidden>Hello &amp; &lt;b&gt;&quot;you&quot;&lt;/b&gt;</p>',
      '<button type="button" data-label="close" aria-label="Close &quot;it&quot;">×</button>',
    ].join('\n'),
  )
})

test('an element may have both, and one with a content of its own keeps it', () => {
  const html = '<button data-text="look" data-label="close"></button><p data-text="look">Own</p>'
  expect(renderPage(html, 'en', TEXTS)).toBe(
    '<button data-text="look" data-label="close" aria-label="Close &quot;it&quot;">Look</button><p data-text="look">Own</p>',
  )
})

test('a key without a text is an error', () => {
  expect(() => renderPage('<p data-text="helo"></p>', 'en', TEXTS)).toThrow(
    'There is no text helo in the language en.',
  )
})
