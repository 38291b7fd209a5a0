/** Every text of the pages, in every language they speak. The server fills the static ones in; the browser the rest. */
export const TEXTS = {
  en: { title: 'ARV', printTitle: 'Print · ARV' },
  ru: { title: 'ARV', printTitle: 'Картинка · ARV' },
} as const

export type Language = keyof typeof TEXTS

export const LANGUAGES: readonly Language[] = ['en', 'ru']
