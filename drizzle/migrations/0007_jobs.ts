import { getConstructionPlans } from 'pg-boss'

/** Options of pg-boss's queues, by name. Times are in seconds. */
const QUEUES = {
  // Where a compilation goes whose last run nobody answered for: its worker was killed.
  'marker.abandoned': {
    retryLimit: 20,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: 30,
  },
  'marker.compile': {
    deadLetter: 'marker.abandoned',
    retryLimit: 3,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 300,
    heartbeatSeconds: 10,
    notify: true,
  },
  'marker.report': {
    retryLimit: 20,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: 30,
    notify: true,
  },
  'storage.register-company': {
    retryLimit: 20,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: 60,
  },
  'storage.sweep': { policy: 'singleton', retryLimit: 0, expireInSeconds: 300 },
  'events.retention': { policy: 'singleton', retryLimit: 0, expireInSeconds: 300 },
  'views.partitions': { policy: 'singleton', retryLimit: 3, expireInSeconds: 60 },
} as const

/**
 * pg-boss's own schema, made here so that no process of ARV ever needs the right to create anything.
 * A newer pg-boss with a newer schema gets a migration of its own, from its `getMigrationPlans`.
 */
export const up = `
${getConstructionPlans('jobs')
  .replace(/^\s*BEGIN;/m, '')
  .replace(/COMMIT;\s*$/, '')}
${Object.entries(QUEUES)
  .map(
    ([name, options]) =>
      `select jobs.create_queue('${name}', '${JSON.stringify({ policy: 'standard', ...options })}');`,
  )
  .join('\n')}
-- A job holds a company and ids, no more. Workers run as their subgraph's role, so that they can fetch
-- and settle jobs with the same rights with which use-cases enqueue them.
grant usage on schema jobs to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
grant select, insert, update, delete on all tables in schema jobs to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
grant execute on all functions in schema jobs to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
`

export const down = 'drop schema jobs cascade;'
