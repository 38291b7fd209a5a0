import { subgraphCodegen } from '@arv/subgraph/codegen'

export default subgraphCodegen({
  contextType: '../context.ts#ContentContext',
  mappers: {
    ArContent: '../contents/contents.repository.ts#ArContent',
    ArContentConnection: '../contents/contents.loader.ts#ArContentConnection',
    MarkerStatusChange: '../markers/marker-status-changed.ts#MarkerStatusChange',
    Marker: '../markers/marker.ts#Marker',
    Portrait: '../portraits/portraits.repository.ts#Portrait',
    QrCode: '../qr-codes/qr-code.ts#QrCode',
    RotationChange: '../rotations/rotation-changed.ts#RotationChange',
    RotationSchedule: '../rotations/rotations.repository.ts#RotationSchedule',
    Video: '../videos/videos.repository.ts#Video',
    ViewerContent: '../viewer/viewer-content.ts#ViewerContent',
    ViewerContentChange: '../viewer/watch-viewer-content.ts#ViewerContentChange',
    ViewerVideo: '../viewer/viewer-content.ts#ViewerVideo',
  },
})
