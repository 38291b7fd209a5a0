export { findLocalPostgres, type FoundPostgres } from './find-local-postgres.ts'
export { holdLifeline } from './lifeline.ts'
export { type LocalPostgres, type LocalPostgresOptions, startLocalPostgres } from './local-postgres.ts'
export { LocalPostgresError, type LocalPostgresFailure } from './local-postgres-error.ts'
