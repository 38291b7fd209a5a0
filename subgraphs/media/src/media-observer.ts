/** Is told what is worth counting. */
export interface MediaObserver {
  /** @param outcome `compiled`, or the code of why it was not */
  markerCompiled(outcome: string, seconds: number): void
  /** A file was accepted. @param bytes what was received, before it was prepared */
  uploaded(kind: string, bytes: number): void
}

export const NO_OBSERVER: MediaObserver = { markerCompiled: () => undefined, uploaded: () => undefined }
