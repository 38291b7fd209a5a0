import type { GraphQLError } from 'graphql'
import { badUserInput } from './errors.ts'
import type { UploadPace } from './upload-watch.ts'

export interface UploadLimits {
  /** Bytes of one file. */
  readonly maxFileSize: number
  readonly maxFiles: number
  /** Bytes of the operation and of the map, the two fields before the files. */
  readonly maxFieldSize: number
  /** What the sender has to keep up; nothing unless given: among ourselves it is the client's that counts. */
  readonly pace?: UploadPace
}

const MAP_FORM =
  'must be a JSON object that says for each file where in "operations" it belongs, e.g. {"0": ["variables.file"]}.'
const OPERATIONS_FORM =
  'must be a JSON object of "query" and "variables" with null for each file, e.g. {"query": "…", "variables": {"file": null}}.'
const NO_FORM = 'The body is no complete multipart form: its parts or its end are malformed.'

/** What of the parser's messages tells a mistake, and what would be right; the first that fits counts. */
const MISTAKES: readonly (readonly [RegExp, (limits: UploadLimits) => string])[] = [
  [
    /'(operations|map)' multipart field value exceeds/,
    ({ maxFieldSize }) => `The fields "operations" and "map" may have at most ${maxFieldSize} bytes each.`,
  ],
  [/max file uploads exceeded/, ({ maxFiles }) => `Send at most ${maxFiles} files in one request.`],
  [
    /^Misordered/,
    () => 'The fields come in the wrong order: send "operations" first, then "map", then the files.',
  ],
  [/^Missing multipart field 'operations'/, () => `The field "operations" is missing. It ${OPERATIONS_FORM}`],
  [/^Missing multipart field 'map'/, () => `The field "map" is missing. It ${MAP_FORM}`],
  [/'operations' multipart field/, () => `The field "operations" ${OPERATIONS_FORM}`],
  [
    /^Invalid object path/,
    () =>
      'The field "map" names a place that "operations" doesn’t have. A place is e.g. "variables.file", null until then.',
  ],
  [/'map' multipart field/, () => `The field "map" ${MAP_FORM}`],
  [
    /find any files or JSON/,
    () => 'The form has neither "operations" nor "map": send "operations" first, then "map", then the files.',
  ],
  [
    /oundary|content[- ]type/i,
    () => 'The content type must be multipart/form-data with the boundary of its parts.',
  ],
  [/^Malformed|^Unexpected end/, () => NO_FORM],
  [/disconnected/, () => 'The upload broke off before it was complete.'],
]

/** A client's mistake in a multipart request, in our words; null for an error that is none. */
export function explainUpload(error: unknown, limits: UploadLimits): GraphQLError | null {
  if (!(error instanceof Error)) return null
  const mistake = MISTAKES.find(([message]) => message.test(error.message))
  if (mistake) return badUserInput(mistake[1](limits))
  // The parser's own errors have a status; anything else is a surprise.
  return 'status' in error ? badUserInput(NO_FORM) : null
}
