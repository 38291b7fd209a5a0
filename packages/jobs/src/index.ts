export {
  type JobName,
  type JobPayload,
  JOBS,
  MARKER_RUNS,
  type MarkerOutcome,
  type MarkerSubject,
  type Notice,
} from './job-catalogue.ts'
export type { QueueCount } from './count-jobs.ts'
export { type JobDesk, type JobDeskConfig, type ListedJob, openJobDesk } from './job-desk.ts'
export {
  type JobHandler,
  type JobHandlers,
  type JobRun,
  type Jobs,
  type JobsConfig,
  type JobsObserver,
  type JobSender,
  type SendOptions,
  startJobs,
} from './jobs.ts'
