import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

/**
 * Event-loop delay, memory, garbage collection and the like: facts of the process, so measured once however many
 * servers run in it. Their names are prom-client's own, which dashboards know.
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry
}
