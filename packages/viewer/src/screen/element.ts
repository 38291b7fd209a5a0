/** The page's own element of this id. @throws Error when the page has none of the kind: a mistake of ours. */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`The page has no ${kind.name} #${id}.`)
}

/** Sets or takes an address, and only if it is another: the same one would be loaded again. */
export function setSource(image: HTMLImageElement, url: string | null): void {
  image.hidden = url === null
  if (image.getAttribute('src') === url) return
  if (url === null) image.removeAttribute('src')
  else image.src = url
}
