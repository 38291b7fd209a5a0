export { type RunningArv, startArv } from './start-arv.ts'
export { type RunningProcesses, startProcesses } from './start-processes.ts'
export { readSettings, type Settings, type Variables } from './settings.ts'
export { StartUpError } from './start-up-error.ts'
