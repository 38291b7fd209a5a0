import { defaultExclude, defineConfig } from 'vitest/config'

const SLOW = '**/*.slow.test.ts'

/** What takes minutes (crashes, thousands of operations), or needs what a plain machine lacks, waits for `--mode slow`. */
export default defineConfig(({ mode }) => {
  const slow = mode === 'slow'
  return {
    test: {
      include: [`{drizzle,gateway,packages,subgraphs}/${slow ? SLOW : '**/*.test.ts'}`],
      exclude: slow ? defaultExclude : [...defaultExclude, SLOW],
      globalSetup: ['packages/testkit/src/vitest-global-setup.ts'],
      // Vite would take graphql's ES module for our files while Node gives Apollo's packages the CommonJS one, and
      // graphql refuses schemas from its own other copy. Node itself has only the latter: tests must, too.
      alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
      pool: 'forks',
      maxWorkers: slow ? 1 : 2,
      // Real parts take their time, and machines are shared: a hang is what these are for.
      testTimeout: slow ? 600_000 : 30_000,
      hookTimeout: slow ? 300_000 : 60_000,
    },
  }
})
