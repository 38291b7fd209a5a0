export { VIEWER_OPERATIONS } from '../src/live/operations.ts'
export { buildViewer } from './build.ts'
export { openViewerSite } from './viewer-site.ts'
export type { PageName, RenderedPage, ViewerSite } from './viewer-site.ts'
