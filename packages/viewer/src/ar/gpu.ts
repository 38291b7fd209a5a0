import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js'
import { ArViewError, gpuLost } from './ar-view-error.ts'
import {
  enableProdMode,
  env,
  findBackend,
  findBackendFactory,
  registerBackend,
  removeBackend,
  setBackend,
} from './tfjs.ts'

const NAME = 'webgl'

export interface Gpu {
  /** Frees all that was made on it. */
  close(): void
}

/**
 * What MindAR computes on. There is one for the whole page: close it before it is opened again.
 * @param onLost The browser took it away (too little memory, a driver that crashed).
 * @throws ArViewError NO_WEBGL
 */
export async function openGpu(onLost: (error: ArViewError) => void): Promise<Gpu> {
  enableProdMode()
  // Without it a browser that draws in software would be refused; slow is better than nothing.
  env().set('SOFTWARE_WEBGL_ENABLED', true)
  if (findBackendFactory(NAME) !== null) removeBackend(NAME)
  registerBackend(NAME, () => new MathBackendWebGL())
  if (!(await setBackend(NAME))) throw noWebgl()
  const backend = findBackend(NAME)
  if (!(backend instanceof MathBackendWebGL)) throw noWebgl()

  const { canvas } = backend.gpgpu.gl
  const lost = (): void => onLost(gpuLost())
  canvas.addEventListener('webglcontextlost', lost)
  return {
    close() {
      canvas.removeEventListener('webglcontextlost', lost)
      removeBackend(NAME)
    },
  }
}

function noWebgl(): ArViewError {
  return new ArViewError('NO_WEBGL', 'MindAR needs WebGL')
}
