import { runSubgraph } from '@arv/subgraph/run-subgraph'
import { contentEnv } from './env.ts'
import { createContentSubgraph } from './subgraph.ts'

await runSubgraph({
  name: 'content',
  env: contentEnv,
  create: async ({ env, openEventBus, ...parts }) =>
    createContentSubgraph({ ...parts, bus: await openEventBus(), publicUrl: env.ARV_PUBLIC_URL }),
})
