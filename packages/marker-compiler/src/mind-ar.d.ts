/*
 * mind-ar 1.2.5 has no types and no exports map. Declared here is what this package uses of its insides, no
 * more; the shapes were read from its source.
 */

declare module 'mind-ar/src/image-target/compiler-base.js' {
  import type { Keyframe, TrackingImage } from '@arv/marker-compiler'

  interface GreyImage {
    data: Uint8Array
    width: number
    height: number
  }

  interface CompiledTarget {
    targetImage: GreyImage
    trackingData: TrackingImage[]
    matchingData: Keyframe[]
  }

  interface TrackRequest {
    targetImages: GreyImage[]
    basePercent: number
    progressCallback: (percent: number) => void
  }

  /** As much of an HTML canvas as the compiler touches. */
  interface ProcessCanvas {
    getContext(kind: '2d'): {
      drawImage(image: unknown, x: number, y: number, width: number, height: number): void
      getImageData(x: number, y: number, width: number, height: number): { data: Uint8Array }
    }
  }

  export class CompilerBase<Image extends { width: number; height: number }> {
    compileImageTargets(images: Image[], onProgress: (percent: number) => void): Promise<CompiledTarget[]>
    exportData(): Uint8Array
    createProcessCanvas(image: Image): ProcessCanvas
    compileTrack(request: TrackRequest): Promise<TrackingImage[][]>
  }
}

declare module 'mind-ar/src/image-target/image-list.js' {
  interface ScaledImage {
    data: Uint8Array
    width: number
    height: number
    scale: number
  }

  /** The image at short sides of 256 and 128 px. Only ever scales down correctly. */
  export function buildTrackingImageList(image: {
    data: Uint8Array
    width: number
    height: number
  }): ScaledImage[]
}

declare module 'mind-ar/src/image-target/tracker/extract-utils.js' {
  import type { TrackingImage } from '@arv/marker-compiler'

  export function extractTrackingFeatures(
    images: { data: Uint8Array; width: number; height: number; scale: number }[],
    onImage: (index: number) => void,
  ): TrackingImage[]
}

declare module 'mind-ar/src/image-target/detector/kernels/cpu/index.js' {}
