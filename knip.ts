import type { KnipConfig } from 'knip'

const config: KnipConfig = {
  workspaces: {
    '.': { entry: ['knip.ts'], project: ['*.ts'], ignoreDependencies: ['node', 'oxlint-tsgolint', 'vite'] },
    drizzle: { entry: ['schema/*.ts', 'migrations/*.ts'] },
    gateway: { entry: ['src/main.ts', 'scripts/*.ts', 'test/**/*.ts', 'pages/assets/*.js'] },
    'packages/*': { entry: ['src/index.ts', 'src/**/*.test.ts', 'test/**/*.ts'] },
    'packages/launcher': {
      entry: ['src/{start,dev,migrate,seed,secrets}.ts', 'src/**/*.test.ts', 'test/**/*.ts'],
    },
    'packages/marker-compiler': {
      entry: ['src/index.ts', 'src/*-child.ts', 'src/**/*.test.ts', 'test/**/*.ts'],
    },
    'packages/media-inspector': {
      entry: ['src/index.ts', 'src/*-child.ts', 'src/**/*.test.ts', 'test/**/*.ts'],
    },
    'packages/testkit': { entry: ['src/index.ts', 'src/vitest-global-setup.ts', 'src/**/*.test.ts'] },
    'subgraphs/*': {
      entry: ['src/subgraph.ts', 'src/main.ts', 'codegen.ts', 'src/**/*.test.ts', 'test/**/*.ts'],
    },
  },
  ignore: ['**/__generated__/**'],
  // Codegen finds its plugins by name.
  ignoreDependencies: [/^@graphql-codegen\/(add|typescript)/],
  ignoreBinaries: ['mkfifo', 'initdb', 'postgres'],
}

export default config
