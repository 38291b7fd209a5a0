import { invalid, type UserError } from '@arv/subgraph'

export const MAX_CAPTIONS = 20
const MAX_LABEL = 100
/** What RFC 5646 (4.4.1) finds enough for every tag without extensions. */
const MAX_TAG = 35

/** Captions as an input names them. */
export interface CaptionsInput {
  /** A global id. */
  readonly fileId: string
  readonly language: string
  readonly label?: string | null | undefined
}

/** What captions are called, and in which language they are. */
export interface CaptionsName {
  /** A BCP 47 tag in its canonical form. */
  readonly language: string
  readonly label: string
}

/**
 * Reads the languages and labels of all captions of a video; what is wrong with each is said of its place in the list.
 *
 * @returns as many names as inputs, in their order, when there are no errors
 */
export function nameCaptions(inputs: readonly CaptionsInput[]): {
  names: CaptionsName[]
  errors: UserError[]
} {
  const names: CaptionsName[] = []
  const errors: UserError[] = []
  for (const [index, input] of inputs.entries()) {
    const language = canonicalLanguage(input.language)
    const label = input.label?.trim() ?? (language === null ? null : ownName(language))
    const wrong = [
      languageError(index, language, names),
      label === null ? null : labelError(captionsPath(index, 'label'), label),
    ].filter((error) => error !== null)
    errors.push(...wrong)
    if (language !== null && label !== null) names.push({ language, label })
  }
  return { names, errors }
}

/** Where in an input a field of its captions is. */
export function captionsPath(index: number, field: keyof CaptionsInput): string[] {
  return ['captions', String(index), field]
}

function languageError(index: number, language: string | null, before: readonly CaptionsName[]) {
  const path = captionsPath(index, 'language')
  if (language === null) {
    return invalid(path, 'The language must be a BCP 47 tag, such as "de", "pt-BR" or "zh-Hant".')
  }
  return before.some((name) => name.language === language)
    ? invalid(path, `A video has captions in a language once, and ${language} is named before.`)
    : null
}

function labelError(path: readonly string[], label: string): UserError | null {
  // Control characters would break the menus that show it.
  if (/\p{Cc}/u.test(label)) return invalid(path, 'The label holds a control character.')
  const length = Array.from(label).length
  return length >= 1 && length <= MAX_LABEL
    ? null
    : invalid(path, `The label must have 1 to ${MAX_LABEL} characters.`)
}

/** The tag in its canonical form; null for what is none. */
function canonicalLanguage(tag: string): string | null {
  if (tag.length > MAX_TAG) return null
  try {
    const [canonical] = Intl.getCanonicalLocales(tag)
    // A word such as "German" would be a tag by its form, and names no language: those have two or three letters.
    return canonical !== undefined && new Intl.Locale(canonical).language.length <= 3 ? canonical : null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** What a language is called by those who speak it; its tag when that is not known. */
function ownName(language: string): string {
  // A tag may end in extensions, such as a calendar, which have no name.
  const { baseName } = new Intl.Locale(language)
  return new Intl.DisplayNames([baseName], { type: 'language' }).of(baseName) ?? language
}
