import { chooseCaptions } from './choose-captions.ts'
import { isFullscreen, onFullscreenChange } from './fullscreen.ts'

export interface Captions {
  /** As HTML's `lang`. */
  readonly language: string
  readonly label: string
  readonly url: string
}

/**
 * Follows the captions in the visitor's language: what is said now, for the page to show. The browser itself shows
 * nothing, for the video may lie over a print where its own captions would not be seen; but in its fullscreen, where
 * nothing of the page is seen, it does.
 * @returns Stops it.
 */
export function followCaptions(
  element: HTMLVideoElement,
  captions: readonly Captions[],
  onCue: (text: string | null) => void,
): () => void {
  const chosen = chooseCaptions(captions, navigator.languages)
  if (chosen === null) return () => undefined
  const entry = document.createElement('track')
  entry.kind = 'captions'
  entry.srclang = chosen.language
  entry.label = chosen.label
  entry.src = chosen.url
  element.append(entry)
  const { track } = entry
  const stopping = new AbortController()
  const { signal } = stopping
  const setMode = (): void => {
    // Both load it.
    track.mode = isFullscreen(element) ? 'showing' : 'hidden'
  }
  setMode()
  onFullscreenChange(element, setMode, { signal })
  track.addEventListener('cuechange', () => onCue(textOf(track.activeCues)), { signal })
  return () => {
    stopping.abort()
    track.mode = 'disabled'
    entry.remove()
  }
}

export function areSameCaptions(some: readonly Captions[], others: readonly Captions[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ language, label, url }, index) => {
      const other = others[index]
      return other?.language === language && other.label === label && other.url === url
    })
  )
}

function textOf(cues: TextTrackCueList | null): string | null {
  const texts = [...(cues ?? [])].flatMap((cue) =>
    cue instanceof VTTCue ? [cue.getCueAsHTML().textContent ?? ''] : [],
  )
  return texts.length > 0 ? texts.join('\n') : null
}
