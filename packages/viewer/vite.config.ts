import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const page = (name: string) => fileURLToPath(new URL(`src/${name}`, import.meta.url))

/** The pages that a phone opens. Their assets have a hash in their names, and are served for a year. */
export default defineConfig({
  root: fileURLToPath(new URL('src/', import.meta.url)),
  base: '/viewer/',
  // Nothing is taken from the environment, and nothing is copied as it is.
  envPrefix: 'NOTHING_',
  publicDir: false,
  resolve: {
    alias: [
      // MindAR takes the whole of TensorFlow.js; src/ar/tfjs.ts says what it needs of it.
      { find: /^@tensorflow\/tfjs$/, replacement: page('ar/tfjs.ts') },
      {
        find: /^@tensorflow\/tfjs-backend-webgl$/,
        replacement: '@tensorflow/tfjs-backend-webgl/dist/webgl.js',
      },
      { find: /^@tensorflow\/tfjs-core$/, replacement: '@tensorflow/tfjs-core/dist/base.js' },
      { find: './hash_util', replacement: page('ar/no-hashes.ts') },
      // Of its compiler only the reading of files. Its worker in a file of its own: the policy allows no `blob:`.
      { find: './compiler.js', replacement: page('ar/marker-reader.ts') },
      { find: './controller.worker.js?worker&inline', replacement: './controller.worker.js?worker' },
    ],
  },
  build: {
    // What iOS 15 and Chrome of the same age can run.
    target: ['es2022', 'safari15.4', 'chrome100'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What is loaded beside the camera: three.js and TensorFlow.js, 215 kB of it on the wire.
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: { viewer: page('viewer.html'), print: page('print.html') },
    },
  },
  worker: { format: 'es' },
})
