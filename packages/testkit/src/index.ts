export { createTestDatabase, type TestDatabase } from './test-database.ts'
export { leaveMarker } from './leave-marker.ts'
export {
  createSeed,
  type Seed,
  type SeededCompany,
  type SeededContent,
  type SeededFile,
  type SeededUser,
} from './seed.ts'
export { programEnvironment } from './program-environment.ts'
