/*
 * What MindAR takes for the whole of TensorFlow.js (vite.config.ts puts this in its place): the core without its
 * training, and of the WebGL backend's 200 kernels those that MindAR's tensors run on. MindAR registers its own.
 */
import '@tensorflow/tfjs-core/dist/base_side_effects.js'
// The methods of a tensor that MindAR calls.
import '@tensorflow/tfjs-core/dist/public/chained_ops/arg_max.js'
import '@tensorflow/tfjs-core/dist/public/chained_ops/cast.js'
import '@tensorflow/tfjs-core/dist/public/chained_ops/slice.js'
import '@tensorflow/tfjs-core/dist/public/chained_ops/sub.js'
import { registerKernel } from '@tensorflow/tfjs-core'
import { argMaxConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/ArgMax.js'
import { castConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Cast.js'
import { concatConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Concat.js'
import { identityConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Identity.js'
import { packConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Pack.js'
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape.js'
import { sliceConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Slice.js'
import { subConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sub.js'
import '@tensorflow/tfjs-backend-webgl/dist/flags_webgl.js'

const NEEDED_KERNELS = [
  argMaxConfig,
  castConfig,
  concatConfig,
  identityConfig,
  packConfig,
  reshapeConfig,
  sliceConfig,
  subConfig,
]

for (const kernel of NEEDED_KERNELS) registerKernel(kernel)

export {
  backend,
  browser,
  enableProdMode,
  engine,
  env,
  findBackend,
  findBackendFactory,
  keep,
  memory,
  nextFrame,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  stack,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
