/*
 * In place of TensorFlow.js's hashes of texts, which nothing here computes: they try WebAssembly when they are loaded,
 * and the page's policy would report it each time.
 */
/** The only one that is named anywhere: by a kernel that is not in the bundle. */
export function fingerPrint64(): never {
  throw new Error('Hashes of texts are not in this bundle')
}
