import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultExclude, defineConfig } from 'vitest/config'
import { LongestFirst } from './packages/testkit/src/vitest-sequencer.ts'

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
      // To load the modules anew takes each file a second or more. So files share them, and with them whatever is
      // global: a test that changes that (the environment, the clock) puts it back.
      isolate: slow,
      sequence: { sequencer: LongestFirst },
      // Servers are started by the dozen: what Node has compiled for one is there for the next.
      env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
      // Real parts take their time, and machines are shared: a hang is what these are for.
      testTimeout: slow ? 600_000 : 30_000,
      hookTimeout: slow ? 300_000 : 60_000,
    },
  }
})
