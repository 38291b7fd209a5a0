import { runSubgraph } from '@arv/subgraph/run-subgraph'
import { z } from 'zod'
import { createAnalyticsSubgraph } from './subgraph.ts'

await runSubgraph({ name: 'analytics', env: z.object({}), create: createAnalyticsSubgraph })
