const FIELDS = `
  fragment PublicFileFields on PublicFile {
    url
    mimeType
    sizeBytes
    width
    height
    durationSeconds
  }

  fragment ViewerContentFields on ViewerContent {
    uniqueId
    title
    description
    cursor
    image { ...PublicFileFields }
    marker { ...PublicFileFields }
    activeVideo {
      uniqueId
      title
      file { ...PublicFileFields poster { ...PublicFileFields } }
      captions { language label file { url } }
    }
    activeVideoReason
    nextChangeAt
    expiresAt
  }
`

export const VIEWER_CONTENT = `
  query ViewerContent($uniqueId: UUID!) {
    viewerContent(uniqueId: $uniqueId) { ...ViewerContentFields }
  }
  ${FIELDS}
`

export const VIEWER_CONTENT_CHANGED = `
  subscription ViewerContentChanged($uniqueId: UUID!, $after: String) {
    viewerContentChanged(uniqueId: $uniqueId, after: $after) {
      cursor
      at
      reason
      content { ...ViewerContentFields }
    }
  }
  ${FIELDS}
`

export const START_VIEW_SESSION = `
  mutation StartViewSession($input: StartViewSessionInput!) {
    startViewSession(input: $input) {
      sessionId
      userErrors { code field message }
    }
  }
`

export const REPORT_VIEW_SESSION = `
  mutation ReportViewSession($input: ReportViewSessionInput!) {
    reportViewSession(input: $input) {
      sessionId
      userErrors { code field message }
    }
  }
`

/** All that the pages ask: a gateway that answers strangers nothing else must know these texts. */
export const VIEWER_OPERATIONS: readonly string[] = [
  VIEWER_CONTENT,
  VIEWER_CONTENT_CHANGED,
  START_VIEW_SESSION,
  REPORT_VIEW_SESSION,
]
