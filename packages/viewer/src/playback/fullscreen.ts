/** Whether the browser shows this very element, and nothing of the page, over the whole screen. */
export function isFullscreen(element: HTMLVideoElement): boolean {
  if (document.fullscreenElement === element) return true
  // An iPhone knows no other way.
  return 'webkitDisplayingFullscreen' in element && element.webkitDisplayingFullscreen === true
}

export function leaveFullscreen(element: HTMLVideoElement): void {
  if (document.fullscreenElement === element) document.exitFullscreen().catch(() => undefined)
  else if ('webkitExitFullscreen' in element && typeof element.webkitExitFullscreen === 'function') {
    element.webkitExitFullscreen()
  }
}

/** Whenever {@link isFullscreen} may say something else than before. */
export function onFullscreenChange(
  element: HTMLVideoElement,
  listener: () => void,
  { signal }: { readonly signal: AbortSignal },
): void {
  document.addEventListener('fullscreenchange', listener, { signal })
  element.addEventListener('webkitbeginfullscreen', listener, { signal })
  element.addEventListener('webkitendfullscreen', listener, { signal })
}
