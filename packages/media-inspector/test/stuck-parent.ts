import { runDecoder } from '../src/run-decoder.ts'

// A process for a test to kill while its decoder waits for the bytes of a named pipe.
const path = process.argv[2] ?? ''
await runDecoder({
  kind: 'image',
  path,
  format: 'png',
  imagePath: `${path}.image`,
  thumbnailPath: `${path}.thumbnail`,
  maxPixels: 1e8,
  minSide: 64,
  thumbnailSize: 400,
})
