export { manyForEach, oneForEach } from './batches.ts'
export { SUBGRAPH_NAMES } from './subgraph.ts'
export type { CommandHandler, Subgraph, SubgraphClient, SubgraphName, SubgraphRequest } from './subgraph.ts'
export { loadTypeDefs } from './type-defs.ts'
export { scalarResolvers } from './scalars.ts'
export { conflict, failure, invalid, limitReached, notAllowed, notFound } from './user-errors.ts'
export type { Failure, UserError, UserErrorCode, UserErrorField } from './user-errors.ts'
export {
  badUserInput,
  cursorExpired,
  forbidden,
  maskError,
  serviceUnavailable,
  tooSlow,
  unauthenticated,
} from './errors.ts'
export type { ErrorCode } from './errors.ts'
export { fieldOfNode, fieldsOfVariables } from './input-fields.ts'
export { asGiven, changesOf, clearable, clearedProblems, kept, plainObject } from './patch.ts'
export { requirePage } from './require-page.ts'
export type { UploadLimits } from './explain-upload.ts'
export type { UploadPace } from './upload-watch.ts'
export type { UploadedFile } from './uploads.ts'
export { drainRequest, readUpload, receiveUpload } from './uploads.ts'
export { createInProcessClient } from './in-process-client.ts'
export { createSubgraphHost, LONGEST_PATH_PART } from './host.ts'
export type { SubgraphHostOptions } from './host.ts'
export { createHttpClient } from './http-client.ts'
export type { HttpClientOptions, HttpSubgraphClient } from './http-client.ts'
export { answerHealth, PartsNotReadyError } from './health.ts'
export type { ReadyChecks } from './health.ts'
export { answerMetrics } from './metrics-route.ts'
export { observeClient } from './observed-client.ts'
export { observeHttp } from './observe-http.ts'
export { inTime } from './in-time.ts'
export { createLogger } from './logger.ts'
export { unreadableAnswer } from './unreadable-request.ts'
export { refuseOtherMethods } from './allowed-methods.ts'
export { isMutation } from './operation-kind.ts'
export type { CallDeadlines } from './call-deadlines.ts'
export { upgradeSockets, wantsSocket } from './upgrade-sockets.ts'
