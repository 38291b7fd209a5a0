import { chooseCaptions } from './choose-captions.ts'

export interface Captions {
  /** As HTML's `lang`. */
  readonly language: string
  readonly label: string
  readonly url: string
}

/**
 * Follows the captions in the visitor's language: what is said now, for the page to show. The browser itself shows
 * nothing, for the video may lie over a print where its own captions would not be seen.
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
  const tell = (): void => onCue(textOf(track.activeCues))
  // Loads it, and does not show it.
  track.mode = 'hidden'
  track.addEventListener('cuechange', tell)
  return () => {
    track.removeEventListener('cuechange', tell)
    track.mode = 'disabled'
    entry.remove()
  }
}

function textOf(cues: TextTrackCueList | null): string | null {
  const texts = [...(cues ?? [])].flatMap((cue) =>
    cue instanceof VTTCue ? [cue.getCueAsHTML().textContent ?? ''] : [],
  )
  return texts.length > 0 ? texts.join('\n') : null
}
