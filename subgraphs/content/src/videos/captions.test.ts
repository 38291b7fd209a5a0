import { describe, expect, test } from 'vitest'
import { captionsPath, nameCaptions } from './captions.ts'

const captions = (language: string, label?: string | null) => ({ fileId: 'any', language, label })

describe('captions are called', () => {
  test.each([
    ['de', 'de', 'Deutsch'],
    ['EN-us', 'en-US', 'American English'],
    ['pt-br', 'pt-BR', 'português (Brasil)'],
    ['zh-hant', 'zh-Hant', '繁體中文'],
    ['iw', 'he', 'עברית'],
    ['sr-latn-rs', 'sr-Latn-RS', 'srpski (latinica, Srbija)'],
    ['de-u-co-phonebk', 'de-u-co-phonebk', 'Deutsch'],
    ['qaa', 'qaa', 'qaa'],
  ])('in %s, canonically %s, %s unless a label is given', (tag, language, label) => {
    expect(nameCaptions([captions(tag)])).toEqual({ names: [{ language, label }], errors: [] })
    expect(nameCaptions([captions(tag, null)])).toEqual({ names: [{ language, label }], errors: [] })
    expect(nameCaptions([captions(tag, ' For all ')])).toEqual({
      names: [{ language, label: 'For all' }],
      errors: [],
    })
  })

  test('each in its place', () => {
    expect(nameCaptions([captions('ru'), captions('en', 'English'), captions('en-GB')]).names).toEqual([
      { language: 'ru', label: 'русский' },
      { language: 'en', label: 'English' },
      { language: 'en-GB', label: 'British English' },
    ])
  })
})

describe('captions are refused', () => {
  const noTag = 'The language must be a BCP 47 tag, such as "de", "pt-BR" or "zh-Hant".'

  test.each([
    '',
    ' ',
    'German',
    'de_DE',
    'de-',
    'de,en',
    'x-mine',
    'd',
    'de-DE-DE-DE',
    'a'.repeat(1_000_000),
    'de-abcde-abcdf-abcdg-abcdh-abcdi-abcdj',
  ])('in %.40j', (tag) => {
    expect(nameCaptions([captions('en'), captions(tag)]).errors).toEqual([
      { code: 'INVALID', field: ['captions', '1', 'language'], message: noTag },
    ])
  })

  test('in a language that is named before, however it is written', () => {
    expect(nameCaptions([captions('pt-BR'), captions('de'), captions('PT-br')]).errors).toEqual([
      {
        code: 'INVALID',
        field: ['captions', '2', 'language'],
        message: 'A video has captions in a language once, and pt-BR is named before.',
      },
    ])
  })

  test.each([
    ['nothing', '  ', 'The label must have 1 to 100 characters.'],
    ['101 characters', '🦊'.repeat(101), 'The label must have 1 to 100 characters.'],
    ['a line end', 'Deutsch\nund mehr', 'The label holds a control character.'],
    ['NUL', 'Deutsch\0', 'The label holds a control character.'],
  ])('with a label of %s', (_name, label, message) => {
    const field = captionsPath(0, 'label')
    expect(nameCaptions([captions('de', label)]).errors).toEqual([{ code: 'INVALID', field, message }])
  })

  test('and not with a label of a hundred characters', () => {
    expect(nameCaptions([captions('de', '🦊'.repeat(100))]).errors).toEqual([])
  })

  test('for all that is wrong with them at once', () => {
    expect(nameCaptions([captions('?', ''), captions('de', '')]).errors).toMatchObject([
      { field: ['captions', '0', 'language'] },
      { field: ['captions', '0', 'label'] },
      { field: ['captions', '1', 'label'] },
    ])
  })
})
