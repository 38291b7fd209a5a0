import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Vite would take graphql's ES module for our files while Node gives Apollo's packages the CommonJS one, and
    // graphql refuses schemas from its own other copy. Node itself has only the latter: tests must, too.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
})
