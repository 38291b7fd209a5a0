/** Texts by their keys. */
export type PageTexts = Readonly<Record<string, string>>

const LANGUAGE = /<html lang="[^"]*"/
const EMPTY_ELEMENT = /<(\w+)((?:\s[^<>]*)?\sdata-text="([^"]+)"[^<>]*)><\/\1>/g
const LABELLED = /\sdata-label="([^"]+)"/g

/**
 * A page in a language: an empty element with `data-text="key"` is given that text, and any with `data-label="key"` an
 * `aria-label`, so that the page can be read before its script has come.
 *
 * @throws Error for a key that there is no text for.
 */
export function renderPage(html: string, language: string, texts: PageTexts): string {
  const textOf = (key: string) => {
    const text = texts[key]
    if (text === undefined) throw new Error(`There is no text ${key} in the language ${language}.`)
    return escapeHtml(text)
  }
  return html
    .replace(LANGUAGE, `<html lang="${language}"`)
    .replaceAll(
      EMPTY_ELEMENT,
      (_whole, tag: string, attributes: string, key: string) =>
        `<${tag}${attributes}>${textOf(key)}</${tag}>`,
    )
    .replaceAll(LABELLED, (whole, key: string) => `${whole} aria-label="${textOf(key)}"`)
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
