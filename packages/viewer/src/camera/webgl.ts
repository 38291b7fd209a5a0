/** Whether anything can be drawn over the camera at all: asked before the camera is, which would be in vain. */
export function hasWebgl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2')
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return context !== null
}
