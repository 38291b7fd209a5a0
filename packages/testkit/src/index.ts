export { createTestDatabase, type TestDatabase } from './test-database.ts'
export {
  createSeed,
  type Seed,
  type SeededCompany,
  type SeededContent,
  type SeededFile,
  type SeededUser,
} from './seed.ts'
