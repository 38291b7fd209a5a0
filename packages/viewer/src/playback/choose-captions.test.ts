import { describe, expect, test } from 'vitest'
import { chooseCaptions } from './choose-captions.ts'

const ENGLISH = { language: 'en' }
const RUSSIAN = { language: 'ru' }
const BRAZILIAN = { language: 'pt-BR' }
const PORTUGUESE = { language: 'pt-PT' }

describe('the captions that are shown', () => {
  test.each([
    ['the language itself', [ENGLISH, RUSSIAN], ['ru'], RUSSIAN],
    ['whatever its case', [ENGLISH, BRAZILIAN], ['PT-br'], BRAZILIAN],
    [
      'the more wanted language, whatever the order of the captions',
      [ENGLISH, RUSSIAN],
      ['ru', 'en'],
      RUSSIAN,
    ],
    ['the very same before its family', [BRAZILIAN, PORTUGUESE], ['pt-PT', 'pt-BR'], PORTUGUESE],
    ['the family, when there is no more', [ENGLISH, BRAZILIAN], ['pt'], BRAZILIAN],
    ['the family of what has a region', [RUSSIAN, ENGLISH], ['en-GB'], ENGLISH],
    [
      'a family that is wanted more before the very same of another',
      [ENGLISH, RUSSIAN],
      ['ru-RU', 'en'],
      RUSSIAN,
    ],
    ['the first, when none fits', [ENGLISH, RUSSIAN], ['fr', 'de'], ENGLISH],
    ['the first, when nothing is wanted', [RUSSIAN, ENGLISH], [], RUSSIAN],
  ])('%s', (_, captions, languages, chosen) => {
    expect(chooseCaptions(captions, languages)).toBe(chosen)
  })

  test('none, when there are none', () => {
    expect(chooseCaptions([], ['en'])).toBeNull()
  })

  test('a language whose name begins like another is another', () => {
    expect(chooseCaptions([{ language: 'est' }, ENGLISH], ['es', 'en'])).toBe(ENGLISH)
  })
})
