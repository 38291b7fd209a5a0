import * as tf from '@tensorflow/tfjs'
import { CompilerBase } from 'mind-ar/src/image-target/compiler-base.js'
// Registers MindAR's kernels for the cpu backend; without them only a browser's WebGL can run its detector.
import 'mind-ar/src/image-target/detector/kernels/cpu/index.js'
import { buildTrackingImageList } from 'mind-ar/src/image-target/image-list.js'
import { extractTrackingFeatures } from 'mind-ar/src/image-target/tracker/extract-utils.js'
import type { MarkerTarget } from './marker-file.ts'
import type { RawImage } from './marker-image.ts'

/**
 * MindAR's compiler, which expects a browser, given decoded pixels in place of a canvas and no web worker.
 */
class ImageTargetCompiler extends CompilerBase<RawImage> {
  override createProcessCanvas({
    rgba,
  }: RawImage): ReturnType<CompilerBase<RawImage>['createProcessCanvas']> {
    return { getContext: () => ({ drawImage: () => undefined, getImageData: () => ({ data: rgba }) }) }
  }

  override compileTrack({
    targetImages,
  }: Parameters<CompilerBase<RawImage>['compileTrack']>[0]): ReturnType<
    CompilerBase<RawImage>['compileTrack']
  > {
    return Promise.resolve(
      targetImages.map((image) => extractTrackingFeatures(buildTrackingImageList(image), () => undefined)),
    )
  }
}

/**
 * Compiles pixels to a genuine MindAR target. Takes seconds of CPU, blocks the event loop for up to a second
 * or two at a time and changes TensorFlow's global state: for a process of its own.
 */
export async function compileImageTarget(
  image: RawImage,
): Promise<{ target: Pick<MarkerTarget, 'matchingData' | 'trackingData'>; encode: () => Uint8Array }> {
  // Otherwise every kernel's output is searched for NaN.
  tf.enableProdMode()
  await tf.setBackend('cpu')

  const compiler = new ImageTargetCompiler()
  const [target] = await compiler.compileImageTargets([image], () => undefined)
  if (target === undefined) throw new Error('MindAR compiled no target')
  return { target, encode: () => compiler.exportData() }
}
