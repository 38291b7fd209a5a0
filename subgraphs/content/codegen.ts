import { subgraphCodegen } from '@arv/subgraph/codegen'

export default subgraphCodegen({
  contextType: '../context.ts#ContentContext',
  mappers: {
    ActiveVideoCandidate: '../active-video/foretell-active-video.ts#ContentCandidate',
    ActiveVideoExplanation: '../active-video/foretell-active-video.ts#ContentExplanation',
    ArContent: '../contents/contents.repository.ts#ArContent',
    ArContentConnection: '../contents/contents.loader.ts#ArContentConnection',
    DayPart: '../rotations/rotation-schedule.ts#ContentDayPart',
    MarkerStatusChange: '../markers/marker-status-changed.ts#MarkerStatusChange',
    Marker: '../markers/marker.ts#Marker',
    Portrait: '../portraits/portraits.repository.ts#Portrait',
    PortraitConnection: '../portraits/portraits.loader.ts#PortraitConnection',
    QrCode: '../qr-codes/qr-code.ts#QrCode',
    RotationChange: '../rotations/rotation-changed.ts#RotationChange',
    RotationSchedule: '../rotations/rotations.repository.ts#RotationSchedule',
    RotationTimelineEntry: '../active-video/foretell-active-video.ts#ContentTimelineEntry',
    RotationWarning: '../active-video/foretell-active-video.ts#ContentWarning',
    Video: '../videos/videos.repository.ts#Video',
    VideoActivation: '../active-video/video-activations.repository.ts#VideoActivation',
    VideoActivationConnection: '../active-video/video-activations.loader.ts#VideoActivationConnection',
    VideoCaptions: '../videos/video-captions.repository.ts#VideoCaptions',
    ViewerCaptions: '../viewer/viewer-content.ts#ViewerCaptions',
    ViewerContent: '../viewer/viewer-content.ts#ViewerContent',
    ViewerContentChange: '../viewer/watch-viewer-content.ts#ViewerContentChange',
    ViewerVideo: '../viewer/viewer-content.ts#ViewerVideo',
  },
})
