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
  build: {
    // What iOS 15 and Chrome of the same age can run.
    target: ['es2022', 'safari15.4', 'chrome100'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { viewer: page('viewer.html'), print: page('print.html') },
    },
  },
  worker: { format: 'es' },
})
