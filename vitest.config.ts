import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{drizzle,gateway,packages,subgraphs}/**/*.test.ts'],
    globalSetup: ['packages/testkit/src/vitest-global-setup.ts'],
    // Vite would take graphql's ES module for our files while Node gives Apollo's packages the CommonJS one, and
    // graphql refuses schemas from its own other copy. Node itself has only the latter: tests must, too.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
    pool: 'forks',
    maxWorkers: 2,
    // Real parts take their time, and machines are shared: a hang is what these are for.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
