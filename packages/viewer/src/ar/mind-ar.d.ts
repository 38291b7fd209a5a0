/*
 * mind-ar 1.2.5 has no types and no exports map. Declared here is what this package uses of its insides, no more; the
 * shapes were read from its source.
 */

declare module 'mind-ar/src/image-target/controller.js' {
  import type { Tensor } from '@tensorflow/tfjs-core'

  /** 3×4: from the marker, y downwards, to before the camera. */
  export type ModelView = readonly (readonly number[])[]

  interface FeaturePoint {
    readonly x: number
    readonly y: number
  }

  /** The same points on the marker (its units, y downwards) and in the picture (px). */
  export interface TrackedPoints {
    readonly worldCoords: readonly FeaturePoint[]
    readonly screenCoords: readonly FeaturePoint[]
  }

  export interface Tracker {
    dummyRun(input: Tensor): void
    track(input: Tensor, last: ModelView, targetIndex: number): TrackedPoints
    readonly featurePointsListT: readonly Tensor[]
    readonly imagePixelsListT: readonly Tensor[]
    readonly imagePropertiesListT: readonly Tensor[]
  }

  export class Controller {
    constructor(options: { inputWidth: number; inputHeight: number })

    readonly worker: Worker
    readonly inputLoader: {
      /** Draws the element in the size that its attributes `width` and `height` say. */
      loadInput(input: HTMLVideoElement): Tensor
      readonly tempPixelHandle: { readonly dataId: object }
    }
    readonly cropDetector: {
      /** Looks at the middle of the picture. */
      detect(input: Tensor): { featurePoints: readonly FeaturePoint[] }
      /** Looks at one of nine squares, another one each time. */
      detectMoving(input: Tensor): { featurePoints: readonly FeaturePoint[] }
      readonly detector: { readonly tensorCaches: Readonly<Record<string, Readonly<Record<string, Tensor>>>> }
    }
    /** There once a marker is added. */
    readonly tracker: Tracker | undefined

    addImageTargetsFromBuffer(marker: ArrayBuffer): { dimensions: readonly (readonly [number, number])[] }
    match(
      points: readonly FeaturePoint[],
      targetIndex: number,
    ): Promise<{ modelViewTransform: ModelView | null }>
    /** null: too few points were found again. */
    trackUpdate(last: ModelView, points: TrackedPoints): Promise<ModelView | null>
    /** 4×4, column by column, y upwards. */
    getWorldMatrix(modelView: ModelView, targetIndex: number): number[]
    dispose(): void
  }
}
