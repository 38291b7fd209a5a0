/**
 * The captions whose language comes first among the visitor's: the very same (`pt-BR`), else of the same family (`pt`
 * for `pt-BR`, and the other way round). None fits: the first there are, for whoever can't hear reads those rather
 * than none.
 * @param languages As `navigator.languages`: the most wanted first.
 */
export function chooseCaptions<Captions extends { readonly language: string }>(
  captions: readonly Captions[],
  languages: readonly string[],
): Captions | null {
  for (const language of languages) {
    const fitting =
      captions.find((one) => sameTag(one.language, language)) ??
      captions.find((one) => family(one.language) === family(language))
    if (fitting !== undefined) return fitting
  }
  return captions[0] ?? null
}

function sameTag(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function family(tag: string): string {
  return (tag.split('-')[0] ?? tag).toLowerCase()
}
