export type { MarkerImage } from './child-protocol.ts'
export { compileMarker } from './compile-marker.ts'
export type { CompileMarkerOptions } from './compile-marker.ts'
export { inspectMarker } from './inspect-marker.ts'
export type { MarkerInspection } from './inspect-marker.ts'
export type {
  Cluster,
  FeaturePoint,
  Keyframe,
  MarkerFile,
  MarkerTarget,
  TrackingImage,
} from './marker-file.ts'
export type { CompiledMarker, MarkerFailure, MarkerRejection, MarkerResult } from './marker-result.ts'
export { rateMarker } from './rate-marker.ts'
export type { MarkerRating } from './rate-marker.ts'
